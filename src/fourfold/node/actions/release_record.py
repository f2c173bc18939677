"""Releasing a record to one counterpart."""

from fourfold.errors import RefusedError
from fourfold.node import clock, keeping, releasing, trail
from fourfold.node.models import Peer, ReleaseVersion, Tag


def release_record(record: str, peer: Peer, actor: str) -> ReleaseVersion:
    """Put what a counterpart may have of a record's latest version into its collection.

    To release again what it has already changes nothing.

    Raises:
        NotFoundError: there is no such record.
        RefusedError: nothing may pass; the message has all reasons, and the trail notes the attempt.
    """
    row, now = keeping.latest(record), clock.now()
    try:
        return releasing.release(row, peer, actor, now)
    except RefusedError:
        trail.note(Tag.RELEASE_WITHHELD, now, peer=peer, subject=record, actor=actor)
        raise
