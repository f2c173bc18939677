"""Who inside an institution may read something: need to know, by label, caveat and activity.

Total over closed enums, and fails closed: an unknown label, caveat or activity is read by nobody. RED is read
by those who are named for the very thing, whatever else they may read (TLP 2.0: for the eyes of individual
recipients only). Monotone: a tighter label, or one caveat more, is never read by more people.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from fourfold.agreements import FOUNDING
from fourfold.framework import shipped
from fourfold.records.envelope import Record
from fourfold.records.markings import Caveat, Marking, Tlp, join

WHOLE = Tlp.AMBER_STRICT
"""The most that a clearance gives; what is RED is given by name alone."""
_LABELS, _CAVEATS = frozenset(Tlp), frozenset(Caveat)
_CLEARED = _LABELS - {Tlp.RED}
ANY = "*"
"""Stands for an activity that nobody knows: read by those who are cleared for all."""


@dataclass(frozen=True, slots=True)
class Compartment:
    """All that decides who inside may read something: its tightest label, its caveats, its activity.

    `subject` is a name of its own, for those who were named for it: the id of a record or of a received
    object, or the account that wrote it. Texts as they are stored, so that an unknown one can be told.
    """

    tlp: str
    caveats: frozenset[str] = frozenset()
    activity: str = FOUNDING
    subject: str = ""

    @property
    def named_only(self) -> bool:
        """Whether only those who were named read it: it is RED, or its label is not known."""
        return self.tlp not in _CLEARED


@dataclass(frozen=True, slots=True)
class Clearance:
    """What one grant lets somebody read: up to a label short of RED, with these caveats, of these activities.

    `activities` None: of all. What institutions agree at all is of no activity, and for all.

    Raises:
        ValueError: the ceiling is RED, which no clearance gives.
    """

    ceiling: Tlp
    caveats: frozenset[Caveat] = frozenset()
    activities: frozenset[str] | None = None

    def __post_init__(self) -> None:
        """A clearance for RED is none."""
        if self.ceiling is Tlp.RED:
            raise ValueError("RED is read by those named for it, never by clearance")

    def covers(self, what: Compartment) -> bool:
        """Whether this grant alone lets it be read."""
        if what.named_only or not what.caveats <= self.caveats:
            return False
        return Tlp(what.tlp).rank <= self.ceiling.rank and self._covers_activity(what.activity)

    def _covers_activity(self, activity: str) -> bool:
        if activity == FOUNDING:
            return True
        if self.activities is None:
            return activity == ANY or activity in shipped().activities
        return activity in shipped().activities and activity in self.activities


EVERYBODY = Clearance(Tlp.CLEAR)
"""What whoever may read at all reads without a grant: CLEAR, without caveats."""
EVERYTHING_SHORT_OF_RED = Clearance(WHOLE, _CAVEATS)


@dataclass(frozen=True, slots=True)
class Clearances:
    """All that one person may read: what any of the grants lets, and what the person was named for.

    `eyes`: it is the person who reads. RED goes to nobody's program, and into no file.
    """

    grants: frozenset[Clearance] = frozenset()
    named: frozenset[str] = frozenset()
    eyes: bool = True

    @property
    def whole(self) -> bool:
        """Whether one grant lets everything short of RED be read."""
        return any(
            each.ceiling is WHOLE and each.caveats == _CAVEATS and each.activities is None
            for each in self.grants
        )


def may_read(who: Clearances, what: Compartment) -> bool:
    """Whether somebody may read something; whatever is not known is not read."""
    known = what.tlp in _LABELS and what.caveats <= _CAVEATS and bool(what.activity)
    if known and what.subject and what.subject in who.named:
        return who.eyes or what.tlp != Tlp.RED
    return any(each.covers(what) for each in who.grants)


def compartment_of(record: Record) -> Compartment:
    """Where a record belongs: as a whole under the tightest of its marking and of those of its fields.

    What is RED has readers of its own.
    """
    return compartment(record.activity, [record.marking, *record.field_markings.values()], record.id)


def compartment(activity: str, markings: Iterable[Marking], subject: str) -> Compartment:
    """Where something with these markings belongs; `subject` is its id, which counts where it is RED."""
    tightest = join(markings)
    own = subject if tightest.tlp is Tlp.RED else ""
    return Compartment(tightest.tlp, frozenset(tightest.caveats), activity, own)


UNREAD = Compartment(WHOLE, _CAVEATS, ANY)
"""Where something belongs whose marking could not be read: with the tightest that is read by clearance."""


def tightened(one: Compartment, by: Compartment) -> Compartment:
    """Where something in one compartment belongs once it is as tight as another, too.

    It keeps a name of its own where it had one.
    """
    known = {one.tlp, by.tlp} <= _LABELS
    tlp = max(Tlp(one.tlp), Tlp(by.tlp), key=lambda each: each.rank) if known else ""
    activities = {one.activity, by.activity} - {FOUNDING} or {FOUNDING}
    activity = activities.pop() if len(activities) == 1 else ANY
    return Compartment(tlp, one.caveats | by.caveats, activity, one.subject or by.subject)
