"""What would pass of one record to one recipient: the table asked for the whole and for every field."""

from dataclasses import dataclass, replace

from fourfold.release.abstraction import Abstraction
from fourfold.release.case import Case, Circumstances, cases
from fourfold.release.codes import APPROVALS, Finding
from fourfold.release.decide import Decision, Outcome, decide, meet
from fourfold.release.facts import NOTHING_KNOWN
from fourfold.release.label import Label


@dataclass(frozen=True, slots=True)
class Plan:
    """What passes to one recipient, and why not more.

    `record` is the digest of the version that was decided on (empty: of a label without one). `whole` is
    the decision on the record, `fields` that on each of its fields. `agreement` (digest) and `slice` (id)
    are those under which it passes; None where there are none. `fault` names an error that kept the facts
    from being found out.
    """

    recipient: str
    record: str
    whole: Decision
    fields: tuple[tuple[str, Decision], ...]
    agreement: str | None = None
    slice: str | None = None
    fault: str = ""

    @property
    def passing(self) -> tuple[str, ...]:
        """The fields that pass, if the record does."""
        if self.whole.outcome < Outcome.PASS:
            return ()
        return tuple(name for name, decision in self.fields if decision.outcome is Outcome.PASS)

    @property
    def outcome(self) -> Outcome:
        """What leaves: everything, some fields, a stub, nothing. A record of which no field passes stays."""
        if self.whole.outcome < Outcome.PASS:
            return self.whole.outcome
        passing = len(self.passing)
        if not passing:
            return Outcome.WITHHOLD
        return Outcome.PASS if passing == len(self.fields) else Outcome.PASS_REDACTED

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that stands against more, of the whole and of its fields, in the order of the rows."""
        return meet([self.whole, *(decision for _, decision in self.fields)]).findings

    @property
    def lacks_only_approvals(self) -> bool:
        """Whether it would pass, whole, if other people of the institution approved it."""
        return bool(self.findings) and {each.code for each in self.findings} <= APPROVALS


def plan(label: Label, recipient: str, around: Circumstances) -> Plan:
    """What would pass; never raises: what cannot be worked out is withheld, with the fault in its place."""
    try:
        return _combined([_under(case) for case in cases(label, recipient, around)])
    except Exception as error:  # noqa: BLE001  whatever went wrong, it withholds, and the audit learns of it
        nothing = decide(NOTHING_KNOWN)
        return Plan(recipient, "", nothing, (), fault=type(error).__name__)


def _under(case: Case) -> Plan:
    """What would pass under one agreement."""
    facts = Abstraction(case).facts
    return Plan(
        recipient=case.recipient,
        record=case.label.digest,
        whole=decide(facts(None)),
        fields=tuple((name, decide(facts(name))) for name in case.label.fields),
        agreement=case.terms.digest,
        slice=case.terms.slice,
    )


def _combined(plans: list[Plan]) -> Plan:
    """Of several agreements the most restrictive governs: only what passes under all of them passes.

    It travels under the one that lets the least pass. Where one of them alone lets nothing pass, another
    that would let a stub stand for the record does not change that.
    """
    least = min(plans, key=lambda each: (each.outcome, len(each.passing), each.agreement or ""))
    if len(plans) == 1:
        return least
    by_field = [dict(each.fields) for each in plans]
    whole = meet(each.whole for each in plans)
    return Plan(
        recipient=least.recipient,
        record=least.record,
        whole=replace(whole, outcome=Outcome.WITHHOLD) if least.outcome is Outcome.WITHHOLD else whole,
        fields=tuple((name, meet(fields[name] for fields in by_field)) for name, _ in least.fields),
        agreement=least.agreement,
        slice=least.slice,
    )
