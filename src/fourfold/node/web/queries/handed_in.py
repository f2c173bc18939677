"""What third-party tools handed in: where it came from, how it is marked; nothing of it is believed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from fourfold.errors import InputError, RefusedError
from fourfold.exchange.foreign import marking_refs
from fourfold.exchange.stix.ids import CAVEAT_MARKINGS, TLP_1_MARKINGS, TLP_MARKINGS
from fourfold.node import inboxing
from fourfold.node.actions.accept_submitted import Acceptance, becomes, filled, loosened
from fourfold.node.actions.change_record import Changes
from fourfold.node.actions.follow_taking_back import taken_back
from fourfold.node.actions.propose_acceptance import proposed_acceptance, standing
from fourfold.node.actions.take_submission import UNDECIDED
from fourfold.node.keeping import latest
from fourfold.node.models import Client, Submitted, SubmittedState
from fourfold.node.models.fields import has_words
from fourfold.node.renewing import Related, Relation, related, relation_of, released_of
from fourfold.node.standing import standings
from fourfold.node.web.queries.listing import Asked, Choice, FilterView, PageView, SearchView, page_of
from fourfold.node.web.queries.releases import state_filter
from fourfold.node.web.queries.showing import (
    MarkingView,
    ValueView,
    marking_view,
    names,
    slice_name,
    value_view,
)
from fourfold.node.web.queries.states import RELEASE, StateView
from fourfold.node.web.queries.waiting import DifferenceView, record_differences
from fourfold.node.web.queries.words import Word, field_title

STATES: dict[str, StateView] = {
    SubmittedState.WAITING: StateView(_("waits for a person"), "wait", "clock"),
    SubmittedState.QUARANTINED: StateView(_("failed a check"), "bad", "no"),
    SubmittedState.ACCEPTED: StateView(_("became a record"), "good", "yes"),
    SubmittedState.REJECTED: StateView(_("rejected and destroyed"), "plain", "dash"),
}
RELATIONS: dict[str, StateView] = {
    Relation.TAKEN_BACK: StateView(_("taken back by its sender"), "bad", "no"),
    Relation.NEWER: StateView(_("a newer version"), "wait", "clock"),
    Relation.OLDER: StateView(_("an older version"), "plain", "dash"),
    Relation.RENEWED: StateView(_("a newer version waits"), "wait", "clock"),
    Relation.ELSEWHERE: StateView(_("another tool handed it in too"), "plain", "dash"),
}
_FOLLOWED = StateView(_("followed: what was released is withdrawn"), "good", "yes")
_TLP_1 = {"CLEAR": "WHITE"}
"""What TLP 1.0 called a label of TLP 2.0, where the two differ."""


@dataclass(frozen=True, slots=True)
class HandedInRow:
    """One object; `remarks` say what was wrong with it, or unknown in its markings.

    `relation` is what it is to other versions of it, `made` the record of one of them, `other` that version.
    """

    number: int
    title: str
    type: str
    client: str
    tlp: str
    state: StateView
    remarks: tuple[str, ...]
    received: datetime
    decided_by: str
    second: str
    record: str
    relation: StateView | None
    made: str
    other: int


@dataclass(frozen=True, slots=True)
class HandedInView:
    """The list; `asked`: the reader narrowed it."""

    rows: tuple[HandedInRow, ...]
    page: PageView
    search: SearchView
    asked: bool


@dataclass(frozen=True, slots=True)
class MappedView:
    """One marking on the object: a label of an edition of TLP, or a caveat; what it counts as, if known."""

    ref: str
    label: str
    edition: str
    counts: Word | None


@dataclass(frozen=True, slots=True)
class ProposedView:
    """What somebody proposed about it: what would be guarded less, and how it would be kept."""

    number: int
    by: str
    at: datetime
    less: tuple[str, ...]
    tlp: str
    originators: tuple[str, ...]
    slice: str
    fields: tuple[tuple[Word, ValueView], ...]
    into: str


@dataclass(frozen=True, slots=True)
class SubmittedView:
    """One object that was handed in, whole: provenance, marking as it came and as it counts, bytes."""

    row: HandedInRow
    stix_id: str
    version: str
    delivery: str
    digest: str
    decided: datetime | None
    faults: tuple[str, ...]
    marking: MarkingView | None
    mapped: tuple[MappedView, ...]
    unlabelled: bool
    wire: str
    open: bool
    proposal: ProposedView | None
    taken_back: bool
    updates: bool
    follows: bool


def has_clients() -> bool:
    """Whether any third-party client was ever let in."""
    return Client.objects.exists()


def handed_in_view(asked: Asked) -> HandedInView:
    """One page of what was handed in, the newest first."""
    rows, page = page_of(_found(asked).order_by("-received", "-pk"), asked)
    search = asked.search(state_filter(asked, STATES), _client_filter(asked))
    known = related(rows)
    return HandedInView(tuple(_row(row, known[row.pk]) for row in rows), page, search, asked.narrowed)


def submitted_view(number: int) -> SubmittedView | None:
    """One object that was handed in; None where there is none of that number."""
    rows = Submitted.readable.select_related("client__peer")
    row = rows.filter(pk=number).first() if number < 1 << 63 else None
    if row is None:
        return None
    wire, known = bytes(row.wire or b""), names()
    refs = marking_refs(wire)
    is_open, found = row.state in UNDECIDED, relation_of(row)
    return SubmittedView(
        row=_row(row, found),
        stix_id=row.stix_id,
        version=row.version,
        delivery=row.submission_id,
        digest=row.digest,
        decided=row.decided,
        faults=tuple(row.faults),
        marking=marking_view(inboxing.read(row).marking, known) if wire else None,
        mapped=tuple(_mapped(refs)),
        unlabelled=bool(wire) and not any(each in _LABELS for each in refs),
        wire=wire.decode(errors="replace"),
        open=is_open,
        proposal=_proposal(row, known) if is_open else None,
        taken_back=found.relation is Relation.TAKEN_BACK,
        updates=found.relation is Relation.NEWER,
        follows=is_open and row.revoked and bool(found.record),
    )


def update_differences(number: int, record: str) -> tuple[DifferenceView, ...]:
    """What an object would change in the record made of an earlier version, before beside after.

    Raises:
        NotFoundError: there is no such object.
        RefusedError: it updates no such record.
        InputError: it would become no proper record; all faults.
    """
    after = becomes(inboxing.find_submitted(number), Acceptance(into=record))
    changes = Changes(after.payload, after.marking, after.slice, after.field_markings)
    return tuple(record_differences(latest(record).content(), changes))


def releases_taken_back(number: int) -> tuple[tuple[str, str, StateView], ...]:
    """What would be withdrawn by following the sender: each release, to whom, and where it stands.

    Raises:
        NotFoundError: there is no such object.
        RefusedError: it takes nothing back of which there is a record.
    """
    found = released_of(taken_back(inboxing.find_submitted(number)))
    return tuple((each.pk, each.peer.name, RELEASE[each.state]) for each in found)


_LABELS: Mapping[str, tuple[str, str]] = {
    **{ref: (f"TLP:{tlp.value}", "2.0") for tlp, ref in TLP_MARKINGS.items()},
    **{ref: (f"TLP:{_TLP_1.get(tlp.value, tlp.value)}", "1.0") for ref, tlp in TLP_1_MARKINGS.items()},
}
"""The labels that are known here: what each is called, and in which edition of TLP."""
_COUNTS: Mapping[str, Word] = {
    **{ref: f"TLP:{tlp.value}" for tlp, ref in TLP_MARKINGS.items()},
    **{ref: f"TLP:{tlp.value}" for ref, tlp in TLP_1_MARKINGS.items()},
    **{ref: caveat.value for caveat, ref in CAVEAT_MARKINGS.items()},
}


def _mapped(refs: Sequence[str]) -> Iterator[MappedView]:
    for ref in refs:
        label, edition = _LABELS.get(ref, ("", ""))
        yield MappedView(ref, label, edition, _COUNTS.get(ref))


def _proposal(row: Submitted, known: Mapping[str, str]) -> ProposedView | None:
    proposal = standing(row.pk)
    if proposal is None:
        return None
    _number, given = proposed_acceptance(proposal)
    return ProposedView(
        proposal.pk,
        proposal.proposed_by,
        proposal.proposed,
        _less(row, given),
        (given.tlp or inboxing.read(row).marking.tlp).value,
        tuple(known.get(each, each) for each in given.originators),
        slice_name(given.slice or "", [each.text for each in standings()]),
        tuple((field_title(name), value_view(text)) for name, text in filled(row, given).items()),
        given.into,
    )


def _less(row: Submitted, given: Acceptance) -> tuple[str, ...]:
    """What would be guarded less; an originator may have become unknown here meanwhile."""
    try:
        return loosened(row, given)
    except (InputError, RefusedError) as error:
        return (str(error),)


def _found(asked: Asked) -> QuerySet[Submitted]:
    rows = Submitted.readable.select_related("client__peer").defer("wire")
    state, client = asked.values.get("state", ""), asked.values.get("client", "")
    if state in STATES:
        rows = rows.filter(state=state)
    if client:
        rows = rows.filter(client=client)
    for word in asked.words:
        rows = rows.filter(has_words(word) | Q(stix_id__iexact=word) | Q(type__iexact=word))
    return rows


def _client_filter(asked: Asked) -> FilterView:
    current = asked.values.get("client", "")
    rows = Client.objects.select_related("peer").order_by("peer__name")
    choices = tuple(Choice(each.pk, each.peer.name, each.pk == current) for each in rows)
    return FilterView("client", _("From the client"), _("any"), choices)


def _row(row: Submitted, found: Related) -> HandedInRow:
    followed = row.revoked and row.state == SubmittedState.ACCEPTED
    return HandedInRow(
        number=row.pk,
        title=row.title or row.stix_id or str(_("without a name")),
        type=row.type,
        client=row.client.peer.name,
        tlp=row.tlp,
        state=_FOLLOWED if followed else STATES[row.state],
        remarks=(*row.faults, *row.notes),
        received=row.received,
        decided_by=row.decided_by,
        second=row.second,
        record=row.record,
        relation=RELATIONS.get(found.relation),
        made=found.record,
        other=found.number,
    )
