"""Accepting something from the inbox: it becomes a record, or the next version of one; a person vouches."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from pydantic import JsonValue

from fourfold.activities.incident_reporting.records import ACTIVITY, INCIDENT
from fourfold.errors import RefusedError
from fourfold.node import clock, inboxing, keeping, models, trail
from fourfold.node.actions.add_record import SYSTEM
from fourfold.node.actions.take_submission import UNDECIDED
from fourfold.node.compartments import settle_handed_in
from fourfold.node.kinds import kind_of
from fourfold.node.naming import same_person
from fourfold.node.renewing import Relation, relation_of
from fourfold.records.derivation import Inheritance
from fourfold.records.envelope import UNKNOWN_ORIGINATOR, Record
from fourfold.records.markings import Marking, Tlp, join


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What a person decides about something in the inbox.

    `fields` stand beside and before those that the object itself fills; an empty one leaves it out.
    `originators` are the institutions that it came from, by name or id: none given, it is unknown, and the
    record never leaves. `tlp` takes the place of the label that counts so far.

    `into` is the record, made of an earlier version, that is updated by it: all but its fields and a tighter
    marking stays as it is. `anyway`: a record is made although there is one, or its sender took it back.
    """

    kind: str = INCIDENT.id
    activity: str = ACTIVITY
    slice: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    originators: tuple[str, ...] = ()
    tlp: Tlp | None = None
    into: str = ""
    anyway: bool = False


def accept_submitted(
    number: int, given: Acceptance, actor: str, second: str | None = None
) -> models.Submitted:
    """Make a record of something in the inbox or in quarantine, or update the one made of an earlier version.

    Its bytes stay in the inbox, as received.

    Raises:
        NotFoundError: there is no such thing.
        RefusedError: it was decided already; there is a record of another version of it, or its sender took
            it back; or it would be guarded less and nobody else agreed.
        InputError: a field or an originator is wrong; all faults.
    """
    row, now = inboxing.find_submitted(number), clock.now()
    _check_open(row, given)
    record = _record(row, given, now)
    wider = _wider(row, record)
    if wider and (not second or same_person(second, actor)):
        raise RefusedError(f"This needs a second person: {' '.join(wider)}")
    return _keep(row, given, record, actor, str(second) if wider else "", now)


def filled(row: models.Submitted, given: Acceptance) -> dict[str, JsonValue]:
    """The fields of the record that it would become."""
    fields = {**inboxing.prefilled(row, given.kind), **given.fields}
    return {name: text for name, text in fields.items() if text}


def becomes(row: models.Submitted, given: Acceptance) -> Record:
    """The record, or its next version, that it would become; for a page that shows it beforehand.

    Raises:
        RefusedError: as for `accept_submitted`.
        InputError: a field or an originator is wrong; all faults.
    """
    _check_open(row, given)
    return _record(row, given, clock.now())


def loosened(row: models.Submitted, given: Acceptance) -> tuple[str, ...]:
    """Why it needs a second person that something in the inbox is accepted so; empty where it needs none.

    Raises:
        RefusedError: it was decided already; there is a record of another version of it, or its sender took
            it back.
        InputError: a field or an originator is wrong; all faults.
    """
    return tuple(_wider(row, becomes(row, given)))


def _check_open(row: models.Submitted, given: Acceptance) -> None:
    """Nothing was decided yet; no second record of an object, and none of what was taken back, comes unasked.

    Raises:
        RefusedError: it is not so.
    """
    if row.state not in UNDECIDED:
        raise RefusedError(f"It was {row.state} by {row.decided_by} already.")
    found = relation_of(row)
    if given.into:
        if (found.relation, found.record) != (Relation.NEWER, given.into):
            if found.relation is Relation.TAKEN_BACK:
                raise RefusedError("Its sender has taken it back: withdraw the record's releases instead.")
            raise RefusedError(
                "That record was not made of an earlier version of this: it is not updated by it."
            )
    elif found.relation is Relation.TAKEN_BACK and not given.anyway:
        raise RefusedError(
            "Its sender has taken it back. Reject it, withdraw what was made of it (take-back), or ask for a "
            "record of it all the same (anyway)."
        )
    elif found.record and not given.anyway:
        raise RefusedError(
            f"{found.record} was made of another version of it already. Update that one, or ask for a second "
            "record all the same (anyway)."
        )


def _record(row: models.Submitted, given: Acceptance, now: datetime) -> Record:
    if given.into:
        return _next(row, given, now)
    if given.kind in SYSTEM:
        raise RefusedError("Such records are made between institutions, not from an inbox.")
    marking = inboxing.read(row).marking
    marking = marking if given.tlp is None else marking.model_copy(update={"tlp": given.tlp})
    return keeping.new_record(
        kind_of(given.kind),
        filled(row, given),
        activity=given.activity,
        slice_=given.slice,
        marking=marking,
        inherited=Inheritance(inboxing.originators_named(given.originators), marking, ()),
        now=now,
    )


def _next(row: models.Submitted, given: Acceptance, now: datetime) -> Record:
    """The next version of a record: what the object fills, filled anew; guarded as both ask for.

    A field that the earlier version filled, and this one does not, goes, unless somebody changed it here.
    """
    before = keeping.latest(given.into).content()
    earlier = inboxing.find_submitted(relation_of(row).number)
    ours = {
        name: value
        for name, value in before.payload.items()
        if inboxing.prefilled(earlier, before.kind).get(name) != value
    }
    fresh = {
        **inboxing.prefilled(row, before.kind),
        **{name: text for name, text in given.fields.items() if text},
    }
    return before.model_copy(
        update={
            "version": before.version + 1,
            "modified": now,
            "payload": keeping.checked_payload(kind_of(before.kind), {**ours, **fresh}),
            "marking": join([before.marking, inboxing.read(row).marking]),
        }
    )


def _wider(row: models.Submitted, record: Record) -> list[str]:
    """What makes the record guarded less than what was handed in."""
    before: Marking = inboxing.read(row).marking
    reasons = []
    if record.originators != {UNKNOWN_ORIGINATOR}:
        reasons.append("An originator is vouched for, so that it may leave.")
    if record.marking.tlp.rank < before.tlp.rank:
        reasons.append(f"TLP:{before.tlp} becomes TLP:{record.marking.tlp}.")
    return reasons


def _keep(
    row: models.Submitted, given: Acceptance, record: Record, actor: str, second: str, now: datetime
) -> models.Submitted:
    title = str(record.payload.get("title", row.title or row.type))
    source = f"inbox {row.pk}: {row.stix_id or 'unreadable'} from {row.client.peer.name}, {row.digest}"
    with transaction.atomic():
        row = models.Submitted.objects.select_for_update().get(pk=row.pk)
        _check_open(row, given)
        keeping.add(record, actor=actor, title=title, source=source)
        if given.into:
            trail.note(models.Tag.RECORD_CHANGED, now, subject=record.id, actor=actor)
        row.state, row.record = models.SubmittedState.ACCEPTED, record.id
        row.decided, row.decided_by, row.second = now, actor, second
        row.save(update_fields=["state", "record", "decided", "decided_by", "second"])
        settle_handed_in(row.pk, record.id)
        inboxing.settle_proposals(row, now, second or actor)
        trail.note(models.Tag.INBOX_ACCEPTED, now, peer=row.client.peer, subject=record.id, actor=actor)
        if second:
            trail.note(models.Tag.INBOX_VOUCHED, now, peer=row.client.peer, subject=record.id, actor=second)
    return row
