"""Taking what a third-party client hands in: into the inbox, or into quarantine; nothing is believed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from fourfold.canon import new_id
from fourfold.errors import FourfoldError
from fourfold.exchange.foreign import Foreign, read_foreign
from fourfold.exchange.limits import MAX_DELIVERIES, MAX_WAITING
from fourfold.exchange.stix.times import read_time, taxii_time
from fourfold.node import clock, trail
from fourfold.node.models import Client, Submission, Submitted, SubmittedState, Tag

DAY = timedelta(days=1)
STATUS_KEPT = timedelta(days=30)
"""How long a sender may ask what became of a delivery that brought nothing new."""

_LONGEST_VERSION = 40
UNDECIDED = (SubmittedState.WAITING, SubmittedState.QUARANTINED)


class InboxFullError(FourfoldError):
    """So much of this client waits for a person, or came today, that no more is taken."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What the sender is told of one object."""

    id: str
    version: str
    message: str = ""

    def wire(self) -> dict[str, Any]:
        """As a status detail (section 4.3.1)."""
        detail = {"id": self.id or "unreadable", "version": self.version}
        return detail | ({"message": self.message} if self.message else {})


def take_submission(client: Client, wires: Sequence[bytes]) -> Submission:
    """Keep each object as it came, and tell its sender what became of it.

    What fails a check is told as a failure and kept in quarantine all the same. The same bytes again
    change nothing, and are told as a success or failure just as before.

    Raises:
        InboxFullError: too much of this client waits, or came today; nothing of this delivery is kept.
    """
    now = clock.now()
    with transaction.atomic():
        Client.objects.select_for_update().get(pk=client.pk)
        _check_room(client, len(wires), now)
        row = Submission.objects.create(
            id=new_id("status").removeprefix("status--"), client=client, received=now
        )
        _keep(row, [read_foreign(wire) for wire in wires], now)
        trail.note(Tag.INBOX_RECEIVED, now, peer=client.peer, subject=f"status--{row.id}")
    return row


def _check_room(client: Client, more: int, now: datetime) -> None:
    """Forget the statuses of what is long decided or was nothing new; refuse what is too much."""
    mine = Submission.objects.filter(client=client)
    mine.filter(received__lt=now - STATUS_KEPT, parts=None).delete()
    waiting = Submitted.objects.filter(client=client, state__in=UNDECIDED).count()
    if waiting + more > MAX_WAITING or mine.filter(received__gt=now - DAY).count() >= MAX_DELIVERIES:
        raise InboxFullError("Too much of this client waits for a person, or came within a day.")


def _keep(row: Submission, given: Sequence[Foreign], now: datetime) -> None:
    unique = {each.digest: each for each in given}
    known = Submitted.objects.filter(client=row.client, digest__in=list(unique)).values_list(
        "digest", flat=True
    )
    fresh = unique.keys() - set(known)
    rows = [_row(row, each, now) for each in unique.values() if each.digest in fresh]
    for made in rows:
        made.compartment = made.belongs()
    Submitted.objects.bulk_create(rows)
    for each in given:
        told = _Told(each.id, each.version or taxii_time(now), " ".join(each.faults)[:500])
        (row.failures if each.faults else row.successes).append(told.wire())
    row.save(update_fields=["successes", "failures"])


def _row(row: Submission, each: Foreign, now: datetime) -> Submitted:
    return Submitted(
        submission=row,
        client=row.client,
        stix_id=each.ref,
        type=each.type,
        version=_kept(each.version),
        title=each.title,
        tlp=each.marking.tlp.value,
        notes=list(each.notes),
        faults=list(each.faults),
        revoked=each.revoked,
        wire=each.wire,
        digest=each.digest,
        state=SubmittedState.QUARANTINED if each.faults else SubmittedState.WAITING,
        received=now,
    )


def _kept(version: str) -> str:
    """A version as the store keeps it: as it was written, unless that is very long."""
    return version if len(version) <= _LONGEST_VERSION else taxii_time(read_time(version))
