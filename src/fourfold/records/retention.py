"""How long things are kept: rules by what and which kind, and what follows for one thing.

schema: fourfold.retention/1
rules:
  - {what: kept, kind: incident, at_least_days: 1825}                         # five years
  - {what: received, kind: incident, at_least_days: 365, at_most_days: 1825}
  - {what: quarantined, at_most_days: 30}

A thing is due once the shortest `at_most_days` of all rules that speak of it has passed, and not before the
longest `at_least_days`; a rule without a kind speaks of every kind. What lies in quarantine has no kind. Days
count from the last version that was kept or received. Where no rule sets an end, there is none. A legal hold
stands above every rule.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from fourfold.canon import Faults, Located, read_document

SCHEMA = "fourfold.retention/1"
LONGEST = 36_500
"""Days in the longest rule: a hundred years."""


class What(StrEnum):
    """Which things a rule speaks of: own records, what was received, what was received and not accepted."""

    KEPT = "kept"
    RECEIVED = "received"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `kind` None: every kind. In days; 0: no least, or no end."""

    what: What
    kind: str | None
    at_least_days: int = 0
    at_most_days: int = 0

    def speaks_of(self, what: What, kind: str) -> bool:
        """Whether the rule is about such a thing."""
        return self.what is what and self.kind in {None, kind}


@dataclass(frozen=True, slots=True)
class Retention:
    """All rules of one institution."""

    rules: tuple[Rule, ...] = ()

    def ends(self, what: What, kind: str, since: datetime) -> datetime | None:
        """When a thing is due to be destroyed (None: no rule sets an end)."""
        speaking = [rule for rule in self.rules if rule.speaks_of(what, kind)]
        most = min((rule.at_most_days for rule in speaking if rule.at_most_days), default=0)
        if not most:
            return None
        least = max(rule.at_least_days for rule in speaking)
        return since + timedelta(days=max(least, most))


def read_retention(text: str | bytes, *, file: str, kinds: frozenset[str]) -> Retention:
    """The rules in a file.

    Raises:
        InputError: with all faults: an unknown kind, a number out of range, a rule that can never be kept.
    """
    faults = Faults(file)
    top = faults.mapping(read_document(text, file=file, faults=faults), required=("schema", "rules"))
    faults.choice(top.get("schema"), (SCHEMA,), "schema of retention rules")
    rules = tuple(_rule(faults, item, kinds) for item in faults.items(top.get("rules")))
    faults.raise_any()
    return Retention(rules)


def _rule(faults: Faults, at: Located, kinds: frozenset[str]) -> Rule:
    keys = faults.mapping(at, required=("what",), optional=("kind", "at_least_days", "at_most_days"))
    what = faults.choice(keys.get("what"), tuple(What), "word for what a rule speaks of")
    kind = faults.choice(keys.get("kind"), sorted(kinds), "kind of record")
    least, most = (_days(faults, keys.get(name)) for name in ("at_least_days", "at_most_days"))
    if not (least or most):
        faults.add(at, "The rule sets neither a least nor an end.", "Give at_least_days or at_most_days.")
    if most and least > most:
        faults.add(at, f"It keeps at least {least} days, but at most {most}.", "Make the end the later one.")
    return Rule(What(what or What.KEPT), kind or None, least, most)


def _days(faults: Faults, at: Located | None) -> int:
    days = faults.whole_number(at)
    if at is not None and not 0 < days <= LONGEST and isinstance(at.value, int):
        faults.add(at, f"Days are a number from 1 to {LONGEST}.")
    return days
