"""What a decision is about: one record, one recipient, one moment, and what is known around them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import permutations
from typing import TypeVar

from fourfold.agreements.approval import Approval, HouseRule
from fourfold.agreements.consent import Consent
from fourfold.agreements.fits import Place, place
from fourfold.agreements.lifecycle import Agreement
from fourfold.agreements.text import Party
from fourfold.records.kinds import Kind
from fourfold.release.label import Label

NO_PLACE = Place(None, named=False, candidates=())
Bound = TypeVar("Bound", Consent, Approval)


@dataclass(frozen=True, slots=True)
class Clocks:
    """The moments that decide: this node's clock, and what others have put their signatures to.

    `countersigned` is the latest time under any countersignature that this node has seen,
    `peer_countersigned` the latest that the recipient itself has countersigned; None: none yet.
    """

    now: datetime
    countersigned: datetime | None = None
    peer_countersigned: datetime | None = None

    @property
    def later(self) -> datetime:
        """For what ends: a clock that was set back must not revive an agreement or a consent."""
        return self.now if self.countersigned is None else max(self.now, self.countersigned)

    @property
    def earlier(self) -> datetime | None:
        """For what begins: a clock that was set forward must not end an embargo. None: not known."""
        return None if self.peer_countersigned is None else min(self.now, self.peer_countersigned)


@dataclass(frozen=True)
class Circumstances:
    """What a decision needs besides the record and the recipient.

    `agreements` are all of the owner's, whatever became of them. `countersigned` is the latest time under
    any countersignature that this node has seen, `peer_countersigned` the latest that each recipient has
    countersigned itself. `consents` are those that were checked and not revoked (`still_given`),
    `approvals` those that were checked.
    """

    agreements: tuple[Agreement, ...]
    kinds: Mapping[str, Kind]
    now: datetime
    countersigned: datetime | None = None
    peer_countersigned: Mapping[str, datetime] = field(default_factory=dict)
    consents: tuple[Consent, ...] = ()
    approvals: tuple[Approval, ...] = ()
    house_rule: HouseRule = field(default_factory=HouseRule)

    @cached_property
    def between(self) -> Mapping[tuple[str, str], tuple[Agreement, ...]]:
        """The agreements between any two institutions, in either order."""
        found: defaultdict[tuple[str, str], list[Agreement]] = defaultdict(list)
        for each in self.agreements:
            for pair in permutations(sorted({party.id for party in each.text.parties}), 2):
                found[pair].append(each)
        return {pair: tuple(agreements) for pair, agreements in found.items()}

    @cached_property
    def consents_for(self) -> Mapping[str, tuple[Consent, ...]]:
        """The consents, by the digest of the record version that they are bound to."""
        return _by_record(self.consents)

    @cached_property
    def approvals_for(self) -> Mapping[str, tuple[Approval, ...]]:
        """The approvals, by the digest of the record version that they are bound to."""
        return _by_record(self.approvals)

    def clocks(self, recipient: str) -> Clocks:
        """The moments that count for one recipient."""
        return Clocks(self.now, self.countersigned, self.peer_countersigned.get(recipient))


@dataclass(frozen=True, slots=True)
class Case:
    """One record, one recipient, one agreement between the two (None: there is none)."""

    label: Label
    recipient: str
    agreement: Agreement | None
    around: Circumstances

    @property
    def clocks(self) -> Clocks:
        """The moments that count."""
        return self.around.clocks(self.recipient)

    @property
    def party(self) -> Party | None:
        """The recipient, as the agreement describes it."""
        return self.agreement.text.party(self.recipient) if self.agreement else None

    @property
    def place(self) -> Place:
        """The slice that governs the record."""
        if self.agreement is None:
            return NO_PLACE
        return place(self.agreement.text, self.label.activity, self.label.kind, self.label.slice)

    @property
    def kind(self) -> Kind | None:
        """The record's kind, if this node knows it."""
        return self.around.kinds.get(self.label.kind)


def _by_record(given: Iterable[Bound]) -> Mapping[str, tuple[Bound, ...]]:
    found: defaultdict[str, list[Bound]] = defaultdict(list)
    for each in given:
        found[each.record].append(each)
    return {record: tuple(items) for record, items in found.items()}
