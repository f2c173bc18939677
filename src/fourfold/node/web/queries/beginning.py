"""What can be begun together in an activity: slice by slice what was agreed, and why something cannot be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext

from fourfold.activities import AVENUES
from fourfold.agreements import AgreementText, SliceTerms
from fourfold.framework import Level
from fourfold.node.kinds import kind_of
from fourfold.node.models import Peer
from fourfold.node.parties import nodes
from fourfold.node.standing import standings
from fourfold.node.web.queries.words import Word, kind_title
from fourfold.protocols.collaboration import Contribution
from fourfold.protocols.coordination import Proposal
from fourfold.records.kinds import Kind


@dataclass(frozen=True, slots=True)
class BeginView:
    """One kind in one slice: whether it can be begun there, and if not, what stands against it.

    `closer`: the slice is agreed at a level below the one that the kind needs. `terms`: the agreement
    does not let us send it there whole.
    """

    kind: str
    title: Word
    joint: bool
    needs: Level
    closer: bool
    terms: bool

    @property
    def allowed(self) -> bool:
        """Whether it can be begun."""
        return not (self.closer or self.terms)


@dataclass(frozen=True, slots=True)
class SliceView:
    """One slice of an agreement in force: its level, with whom, and what can be begun there."""

    id: str
    name: str
    level: Level
    agreement: str
    agreement_title: str
    peers: tuple[Peer, ...]
    begins: tuple[BeginView, ...]


@dataclass(frozen=True, slots=True)
class BeginningView:
    """All slices of an activity; `kinds` is false where nothing of it can be done together yet."""

    activity: str
    kinds: bool
    slices: tuple[SliceView, ...]


def beginning_view(activity: str, now: datetime, peer: Peer | None = None) -> BeginningView:
    """What can be begun in an activity; with one counterpart, or with any (None)."""
    kinds = opening_kinds(activity)
    slices = (each for each in _slices(activity, kinds, now) if peer is None or peer in each.peers)
    return BeginningView(activity, bool(kinds), tuple(slices) if kinds else ())


def opening_kinds(activity: str) -> tuple[Kind, ...]:
    """The kinds that open a proposal or a joint record in an activity."""
    moved = (kind_of(name) for avenue in AVENUES if avenue.activity == activity for name in avenue.kinds)
    return tuple(kind for kind in moved if issubclass(kind.payload, Proposal | Contribution))


def _slices(activity: str, kinds: Iterable[Kind], now: datetime) -> Iterable[SliceView]:
    known = {peer.institution: peer for peer in nodes()}
    for each in standings():
        if each.state(now).binds and not each.text.founding and each.text.party(settings.NODE.id):
            for part in each.text.slices:
                if part.activity == activity and (peers := _peers(each.text, known)):
                    yield _slice(each.digest, each.text, part, peers, kinds)


def _peers(text: AgreementText, known: Mapping[str, Peer]) -> tuple[Peer, ...]:
    return tuple(known[party.id] for party in text.parties if party.id in known)


def _slice(
    digest: str, text: AgreementText, part: SliceTerms, peers: tuple[Peer, ...], kinds: Iterable[Kind]
) -> SliceView:
    begins = tuple(_begin(part, kind) for kind in kinds)
    return SliceView(part.id, part.name, part.level, digest, text.title, peers, begins)


def _begin(part: SliceTerms, kind: Kind) -> BeginView:
    ours = part.direction(settings.NODE.id)
    passing = ours.fields.get(kind.id, ()) if ours else ()
    whole = kind.id in part.kinds and set(kind.fields) <= set(passing)
    joint = issubclass(kind.payload, Contribution)
    title = gettext(kind.payload.WHOLE) if joint else kind_title(kind.id)
    return BeginView(kind.id, title, joint, kind.level, part.level < kind.level, not whole)
