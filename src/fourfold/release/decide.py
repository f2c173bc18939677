"""The decision: every row of the table is asked, all reasons are told, whatever is in doubt is withheld."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from fourfold.release.codes import NOTHING_FOR_YOU, REASONS, Code, Finding
from fourfold.release.facts import DOMAINS, NOTHING_KNOWN, Facts
from fourfold.release.table import ROWS, Row

MOST_REMEMBERED = 100_000
"""How many distinct facts are kept with their decisions; a store has some thousands."""


class Outcome(IntEnum):
    """What may pass; more is greater."""

    WITHHOLD = 0
    STUB = 1
    PASS_REDACTED = 2
    PASS = 3

    @property
    def word(self) -> str:
        """How it is written: `withhold`, `stub`, `pass-redacted`, `pass`."""
        return self.name.lower().replace("_", "-")


@dataclass(frozen=True, slots=True)
class Decision:
    """What may pass, and everything that stands against more, in the order of the rows."""

    outcome: Outcome
    findings: tuple[Finding, ...] = ()

    @property
    def phrase(self) -> str:
        """What the recipient is told where it gets nothing; it reveals nothing, not even that there is."""
        return NOTHING_FOR_YOU

    @property
    def codes(self) -> tuple[Code, ...]:
        """The codes of its findings."""
        return tuple(finding.code for finding in self.findings)


_remembered: dict[Facts, Decision] = {}


def decide(facts: Facts) -> Decision:
    """The decision on these facts, with all reasons; never raises.

    The rows are asked once for each distinct tuple of facts.
    """
    try:
        return _remembered[facts]
    except (KeyError, TypeError):
        return _remember(facts)


def meet(decisions: Iterable[Decision]) -> Decision:
    """What passes under all of several decisions: the least of them, with the reasons of all.

    Of several agreements the most restrictive governs; a group gets what each of its members may get.
    None given: nothing passes.
    """
    given = tuple(decisions)
    findings = {finding: None for decision in given for finding in decision.findings}
    outcome = min((decision.outcome for decision in given), default=Outcome.WITHHOLD)
    return Decision(outcome, tuple(sorted(findings, key=lambda finding: finding.row)))


def ask(row: Row, facts: Facts) -> tuple[Finding, ...]:
    """What one row has against these facts; a fault in the row itself counts against the release."""
    try:
        codes = row.rule(*[getattr(facts, name) for name in row.reads])
        return tuple(_FINDINGS[row.number, code] for code in codes)
    except Exception:  # noqa: BLE001  whatever went wrong in a row, it must withhold and not stop the others
        return (_FINDINGS[row.number, Code.ROW_FAILED],)


def _remember(facts: Facts) -> Decision:
    if not _well_formed(facts):
        return _decide(NOTHING_KNOWN)
    if len(_remembered) >= MOST_REMEMBERED:
        _remembered.clear()
    decision = _remembered[facts] = _decide(facts)
    return decision


def _well_formed(facts: Facts) -> bool:
    """Whether each fact is a value of its own enum: a bare word or number must not pass for one."""
    return (
        isinstance(facts, tuple)
        and len(facts) == len(DOMAINS)
        and all(type(fact) is domain for fact, domain in zip(facts, DOMAINS.values(), strict=True))
    )


def _decide(facts: Facts) -> Decision:
    findings = tuple(finding for row in ROWS for finding in ask(row, facts))
    against = [finding for finding in findings if finding.code is not Code.STUB_ONLY]
    if against:
        return Decision(Outcome.WITHHOLD, findings)
    return Decision(Outcome.STUB, findings) if findings else Decision(Outcome.PASS)


_FINDINGS = {(row.number, code): Finding(row.number, code, REASONS[code]) for row in ROWS for code in Code}
