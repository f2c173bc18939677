"""What must hold of a release that its owner did sign: small policies, each with one reason to refuse.

A withdrawal is accepted under fewer of them: it must reach every holder, also when the agreement has ended.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import ValidationError

from fourfold.agreements.text import AgreementText, Direction, SliceTerms
from fourfold.canon import canonical_bytes
from fourfold.exchange.reasons import Reason
from fourfold.framework import Level
from fourfold.records.identity import Delegation
from fourfold.records.markings import Caveat, Marking
from fourfold.records.statements import KeyRevocation
from fourfold.release.object import STUB, ReleaseObject, Stub


@dataclass(frozen=True, slots=True)
class Held:
    """The newest version of an object that a node holds, or the tombstone of it."""

    version: int
    modified: datetime
    digest: str
    revoked: bool


@dataclass(frozen=True, slots=True)
class Context:
    """What a receiver knows: who it is, whom it listens to, what is agreed, what it holds, what time it is.

    `keys` are the node keys that the peer's institution key delegated (see `trusted_keys`), in time or not;
    `revoked` are those of them that were revoked since.
    `agreements` are those in force between the two at `now`, by digest. `held` finds what is held of a
    release id. `clock_skew_seconds` is how far ahead the counterpart's clock may be. `on_hold` says of a
    release id whether a legal hold keeps it from being destroyed.
    """

    me: str
    peer: str
    keys: Mapping[str, Delegation]
    agreements: Mapping[str, AgreementText]
    held: Callable[[str], Held | None]
    now: datetime
    clock_skew_seconds: int = 300
    on_hold: Callable[[str], bool] = lambda _: False
    revoked: Mapping[str, KeyRevocation] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """One release under check: what it says, what is held of it, and the terms it claims."""

    release: ReleaseObject
    digest: str
    context: Context
    held: Held | None

    @property
    def agreement(self) -> AgreementText | None:
        """The agreement it names, if that is in force here."""
        return self.context.agreements.get(self.release.agreement)

    @property
    def terms(self) -> SliceTerms | None:
        """The slice it names, if the agreement has it for this activity."""
        found = self.agreement.slice(self.release.slice) if self.agreement else None
        return found if found and found.activity == self.release.activity else None

    @property
    def direction(self) -> Direction | None:
        """What the slice says about what the counterpart sends."""
        return self.terms.direction(self.context.peer) if self.terms else None


Policy = Callable[[Case], Reason | None]


def refusals(case: Case) -> tuple[Reason, ...]:
    """All reasons against a release, in the order of the policies; none: it may be stored."""
    return _reasons(ALWAYS, case) + (() if case.release.revoked else agreed(case))


def agreed(case: Case) -> tuple[Reason, ...]:
    """All that the agreement has against a release."""
    return _reasons(AGREED, case)


def _reasons(policies: tuple[Policy, ...], case: Case) -> tuple[Reason, ...]:
    return tuple(reason for policy in policies if (reason := policy(case)) is not None)


def from_the_peer(case: Case) -> Reason | None:
    """The owner is the counterpart whose key signed it."""
    return None if case.release.owner == case.context.peer else Reason.NOT_THE_PEER


def for_me(case: Case) -> Reason | None:
    """The recipient is this institution."""
    return None if case.release.recipient == case.context.me else Reason.WRONG_RECIPIENT


def dated(case: Case) -> Reason | None:
    """Its time is not ahead of this clock by more than clocks differ."""
    latest = case.context.now + timedelta(seconds=case.context.clock_skew_seconds)
    return None if case.release.modified <= latest else Reason.FROM_THE_FUTURE


def newer(case: Case) -> Reason | None:
    """It is a newer version than the one held; the same number with other content is equivocation."""
    if case.held is None or case.release.version > case.held.version:
        return None
    return Reason.EQUIVOCATION if case.release.version == case.held.version else Reason.OLD_VERSION


def later(case: Case) -> Reason | None:
    """A newer version has a later time: STIX tells versions apart by it."""
    if case.held is None or case.release.version <= case.held.version:
        return None
    return None if case.release.modified > case.held.modified else Reason.TIME_NOT_NEWER


def not_withdrawn(case: Case) -> Reason | None:
    """What was withdrawn does not come back under the same id; another withdrawal brings nothing back."""
    back = case.held is not None and case.held.revoked and not case.release.revoked
    return Reason.WITHDRAWN_BEFORE if back else None


def not_on_hold(case: Case) -> Reason | None:
    """A withdrawal destroys; what a legal hold keeps is destroyed when the hold is lifted, not before."""
    held = case.release.revoked and case.context.on_hold(case.release.id)
    return Reason.LEGAL_HOLD if held else None


def under_agreement(case: Case) -> Reason | None:
    """It names, by digest, an agreement that is in force here."""
    return None if case.agreement else Reason.NO_AGREEMENT


def in_a_slice(case: Case) -> Reason | None:
    """The agreement has the slice it names, for its activity."""
    return Reason.SLICE_NOT_AGREED if case.agreement and case.terms is None else None


def above_separation(case: Case) -> Reason | None:
    """The slice is not at separation; there, and only there, a closed stub stands for what is kept."""
    if case.terms is None:
        return None
    apart = case.terms.level is Level.SEPARATION
    return None if apart is (case.release.kind == STUB.id) else Reason.AT_SEPARATION


def kind_agreed(case: Case) -> Reason | None:
    """The slice covers its kind, or that of the record which a stub stands for."""
    if case.terms is None:
        return None
    stub = stub_in(case.release)
    kind = stub.kind if stub else case.release.kind
    return None if kind in case.terms.kinds else Reason.KIND_NOT_AGREED


def fields_agreed(case: Case) -> Reason | None:
    """Every field in it is one that the agreement lets its owner send; a stub has its closed shape."""
    if case.terms is None:
        return None
    if case.release.kind == STUB.id:
        closed = stub_in(case.release) is not None and case.direction is not None
        return None if closed else Reason.FIELD_NOT_AGREED
    allowed = case.direction.fields.get(case.release.kind, ()) if case.direction else ()
    return None if set(case.release.fields) <= set(allowed) else Reason.FIELD_NOT_AGREED


def stub_in(release: ReleaseObject) -> Stub | None:
    """The stub in a release object; None: it holds none, or anything besides it."""
    if release.kind != STUB.id:
        return None
    try:
        stub = Stub.model_validate_json(canonical_bytes(release.fields), strict=True)
    except ValidationError:
        return None
    closed = release.marking == Marking(tlp=stub.handling) and release.originators == {release.owner}
    return stub if closed else None


def marking_agreed(case: Case) -> Reason | None:
    """Its marking is within the ceiling, without forbidden caveats, and by a gateway if it needs one."""
    if case.terms is None:
        return None
    marking = case.release.marking
    within = marking.tlp.rank <= case.terms.ceiling.rank
    taken = not marking.caveats & case.terms.forbidden_caveats
    lawful = Caveat.STATUTORY not in marking.caveats or _gateway_opens(case)
    return None if within and taken and lawful else Reason.MARKING_NOT_AGREED


def _gateway_opens(case: Case) -> bool:
    """Whether the agreement opens a legal gateway from the counterpart to this institution."""
    if case.agreement is None or case.direction is None:
        return False
    return case.agreement.gateway_opens(case.direction, case.context.me)


ALWAYS: tuple[Policy, ...] = (from_the_peer, for_me, dated, newer, later, not_withdrawn, not_on_hold)
"""What must hold of everything, withdrawals included."""

AGREED: tuple[Policy, ...] = (
    under_agreement,
    in_a_slice,
    above_separation,
    kind_agreed,
    fields_agreed,
    marking_agreed,
)
"""What must hold, besides, of everything that brings content."""
