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
from fourfold.agreements.lifecycle import Agreement
from fourfold.records.kinds import Kind
from fourfold.release.label import Label
from fourfold.release.terms import Sending, Terms, governing, terms_of

Bound = TypeVar("Bound", Consent, Approval)


@dataclass(frozen=True)
class Circumstances:
    """What a decision needs besides the record and the recipient.

    `agreements` are all of the owner's, whatever became of them. `now` is this node's clock, `countersigned`
    the latest time under any countersignature that this node has seen, `peer_countersigned` the latest that
    each recipient has countersigned itself. `consents` are those that were checked and not revoked
    (`still_given`), `approvals` those that were checked.
    """

    agreements: tuple[Agreement, ...]
    kinds: Mapping[str, Kind]
    now: datetime
    countersigned: datetime | None = None
    peer_countersigned: Mapping[str, datetime] = field(default_factory=dict)
    consents: tuple[Consent, ...] = ()
    approvals: tuple[Approval, ...] = ()
    house_rule: HouseRule = field(default_factory=HouseRule)
    _terms: dict[Sending, tuple[Terms, ...]] = field(default_factory=dict, init=False, compare=False)

    @cached_property
    def later(self) -> datetime:
        """For what ends: a clock that was set back must not revive an agreement or a consent."""
        return self.now if self.countersigned is None else max(self.now, self.countersigned)

    def earlier(self, recipient: str) -> datetime | None:
        """For what begins: a clock that was set forward must not end an embargo. None: not known."""
        countersigned = self.peer_countersigned.get(recipient)
        return None if countersigned is None else min(self.now, countersigned)

    @cached_property
    def between(self) -> Mapping[tuple[str, str], tuple[Agreement, ...]]:
        """The agreements between any two institutions, in either order; with itself nobody has one."""
        found: defaultdict[tuple[str, str], list[Agreement]] = defaultdict(list)
        for each in self.agreements:
            for pair in permutations(sorted({party.id for party in each.text.parties}), 2):
                found[pair].append(each)
        return {pair: tuple(agreements) for pair, agreements in found.items()}

    def terms(self, sending: Sending) -> tuple[Terms, ...]:
        """What the agreements that decide say of a sending; worked out once for each."""
        if sending not in self._terms:
            agreements = self.between.get((sending.owner, sending.recipient), ())
            kind = self.kinds.get(sending.kind)
            self._terms[sending] = tuple(
                terms_of(each, sending, kind, self.later)
                for each in governing(agreements, sending, self.later)
            )
        return self._terms[sending]

    @cached_property
    def consents_for(self) -> Mapping[str, tuple[Consent, ...]]:
        """The consents, by the digest of the record version that they are bound to."""
        return _by_record(self.consents)

    @cached_property
    def approvals_for(self) -> Mapping[str, tuple[Approval, ...]]:
        """The approvals, by the digest of the record version that they are bound to."""
        return _by_record(self.approvals)


@dataclass(frozen=True, slots=True)
class Case:
    """One record, one recipient, and what one of the agreements that decide says."""

    label: Label
    recipient: str
    terms: Terms
    around: Circumstances


def cases(label: Label, recipient: str, around: Circumstances) -> tuple[Case, ...]:
    """A case for each agreement that decides; if there is no agreement, the one case that says so."""
    sending = Sending(label.owner, recipient, label.activity, label.kind, label.slice)
    return tuple(Case(label, recipient, terms, around) for terms in around.terms(sending))


def _by_record(given: Iterable[Bound]) -> Mapping[str, tuple[Bound, ...]]:
    found: defaultdict[str, list[Bound]] = defaultdict(list)
    for each in given:
        found[each.record].append(each)
    return {record: tuple(items) for record, items in found.items()}
