"""Releasing a record to one counterpart."""

from fourfold.errors import RefusedError
from fourfold.node import clock, keeping, releasing, trail
from fourfold.node.kinds import step_kinds
from fourfold.node.models import CourseStep, Peer, ReleaseVersion, Tag


def release_record(
    record: str, peer: Peer, actor: str, *, anew: bool = False, seen: str | None = None
) -> ReleaseVersion:
    """Put what a counterpart may have of a record's latest version into its collection.

    To release again what it has already changes nothing. `anew` makes another release, under an id of its
    own, of what was withdrawn there. `seen` is the digest of the version whose preview somebody looked at.

    Raises:
        NotFoundError: there is no such record.
        RefusedError: it was changed since it was seen; or nothing may pass, with all reasons, which the trail
            notes as an attempt.
    """
    row, now = keeping.latest(record, seen), clock.now()
    if row.kind in step_kinds() and not CourseStep.objects.filter(record=record, recalled=None).exists():
        raise RefusedError("A step leaves by its own act, to all parties at once; this one has not left.")
    try:
        return releasing.release(row, peer, actor, now, anew=anew)
    except RefusedError:
        trail.note(Tag.RELEASE_WITHHELD, now, peer=peer, subject=record, actor=actor)
        raise
