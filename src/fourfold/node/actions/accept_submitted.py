"""Accepting something from the inbox: it becomes a record, for which a person vouches."""

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
from fourfold.node.kinds import kind_of
from fourfold.node.naming import same_person
from fourfold.records.derivation import Inheritance
from fourfold.records.envelope import UNKNOWN_ORIGINATOR, Record
from fourfold.records.markings import Marking, Tlp


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What a person decides about something in the inbox.

    `fields` stand beside and before those that the object itself fills; an empty one leaves it out.
    `originators` are the institutions that it came from, by name or id: none given, it is unknown, and the
    record never leaves. `tlp` takes the place of the label that counts so far.
    """

    kind: str = INCIDENT.id
    activity: str = ACTIVITY
    slice: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    originators: tuple[str, ...] = ()
    tlp: Tlp | None = None


def accept_submitted(
    number: int, given: Acceptance, actor: str, second: str | None = None
) -> models.Submitted:
    """Make a record of something in the inbox or in quarantine. Its bytes stay in the inbox, as received.

    Raises:
        NotFoundError: there is no such thing.
        RefusedError: it was decided already; or it would be guarded less and nobody else agreed.
        InputError: a field or an originator is wrong; all faults.
    """
    row, now = inboxing.find_submitted(number), clock.now()
    _undecided(row)
    record = _record(row, given, now)
    wider = _wider(row, record)
    if wider and (not second or same_person(second, actor)):
        raise RefusedError(f"This needs a second person: {' '.join(wider)}")
    return _keep(row, record, actor, str(second) if wider else "", now)


def filled(row: models.Submitted, given: Acceptance) -> dict[str, JsonValue]:
    """The fields of the record that it would become."""
    fields = {**inboxing.prefilled(row, given.kind), **given.fields}
    return {name: text for name, text in fields.items() if text}


def loosened(row: models.Submitted, given: Acceptance) -> tuple[str, ...]:
    """Why it needs a second person that something in the inbox is accepted so; empty where it needs none.

    Raises:
        RefusedError: it was decided already.
        InputError: a field or an originator is wrong; all faults.
    """
    _undecided(row)
    return tuple(_wider(row, _record(row, given, clock.now())))


def _undecided(row: models.Submitted) -> None:
    if row.state not in UNDECIDED:
        raise RefusedError(f"It was {row.state} by {row.decided_by} already.")


def _record(row: models.Submitted, given: Acceptance, now: datetime) -> Record:
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


def _wider(row: models.Submitted, record: Record) -> list[str]:
    """What makes the record guarded less than what was handed in."""
    before: Marking = inboxing.read(row).marking
    reasons = []
    if record.originators != {UNKNOWN_ORIGINATOR}:
        reasons.append("An originator is vouched for, so that it may leave.")
    if record.marking.tlp.rank < before.tlp.rank:
        reasons.append(f"TLP:{before.tlp} becomes TLP:{record.marking.tlp}.")
    return reasons


def _keep(row: models.Submitted, record: Record, actor: str, second: str, now: datetime) -> models.Submitted:
    title = str(record.payload.get("title", row.title or row.type))
    source = f"inbox {row.pk}: {row.stix_id or 'unreadable'} from {row.client.peer.name}, {row.digest}"
    with transaction.atomic():
        row = models.Submitted.objects.select_for_update().get(pk=row.pk)
        _undecided(row)
        keeping.add(record, actor=actor, title=title, source=source)
        row.state, row.record = models.SubmittedState.ACCEPTED, record.id
        row.decided, row.decided_by, row.second = now, actor, second
        row.save(update_fields=["state", "record", "decided", "decided_by", "second"])
        inboxing.settle_proposals(row, now, second or actor)
        trail.note(models.Tag.INBOX_ACCEPTED, now, peer=row.client.peer, subject=record.id, actor=actor)
        if second:
            trail.note(models.Tag.INBOX_VOUCHED, now, peer=row.client.peer, subject=record.id, actor=second)
    return row
