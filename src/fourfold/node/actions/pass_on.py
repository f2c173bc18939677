"""Passing on: what was received becomes a record of one's own, on which the release table then decides."""

from collections.abc import Iterable

from django.conf import settings
from django.db import transaction

from fourfold.canon import new_id
from fourfold.errors import Fault, InputError, RefusedError
from fourfold.node import clock, keeping, onward, trail
from fourfold.node.kinds import kinds_by_acts
from fourfold.node.models import Derived, Received, RecordVersion, Tag
from fourfold.node.provenance import believed
from fourfold.release import STUB, Onward, passed_on

_BY_NODES = kinds_by_acts() | {STUB.id}


def pass_on(
    object_: str,
    slice_: str | None,
    actor: str,
    fields: Iterable[str] | None = None,
    seen: str | None = None,
) -> RecordVersion:
    """Keep what was received as a record to pass on; nothing leaves yet. Again changes nothing.

    It keeps its originators, as far as they are more than its owner's word, and its marking. It goes nowhere
    without what the release table asks for: the originators' consent in most cases. `slice_` is that of the
    agreement with those who are to receive it, `fields` those that are to go on (None: all). If its
    originator withdraws it, the record is destroyed. `seen` is the digest of the version that somebody
    looked at.

    Raises:
        NotFoundError: nothing of this id is held.
        InputError: it has not all of these fields.
        RefusedError: it is not for passing on, or a newer version came since it was seen.
    """
    received, release = onward.received(object_)
    _check(received, release.kind, seen)
    chosen = tuple(sorted(set(release.fields) if fields is None else set(fields)))
    if missing := sorted(set(chosen) - set(release.fields)):
        raise InputError([Fault(f"It has no field {name!r}.", field="fields") for name in missing])
    known = _known(received.peer_id, object_, received.version, slice_, chosen)
    if known is not None:
        return known
    now = clock.now()
    envelope = Onward(
        record=new_id("record"), version=1, slice=slice_, fields=chosen, created=now, modified=now
    )
    record = passed_on(release, envelope, ours=settings.NODE.id in believed(release))
    with transaction.atomic():
        title = str(record.payload.get("title", release.kind))
        row = keeping.add(record, actor=actor, title=title, source=_source(object_, received.version))
        source = Derived(record=record.id, origin=received.peer, object=object_)
        onward.note_derived(record.id, [source], verbatim=True)
        trail.note(Tag.RECORD_ADDED, now, subject=record.id, actor=actor, reason="passed-on")
    return row


def for_passing_on(kind: str) -> bool:
    """Whether what is received of a kind may be kept to pass on at all."""
    return kind not in _BY_NODES


def _check(row: Received, kind: str, seen: str | None) -> None:
    if not for_passing_on(kind):
        raise RefusedError(
            "What institutions assess, sign, consent to and draft together stays between them."
        )
    if seen is not None and seen != row.digest:
        raise RefusedError("A newer version of it came meanwhile. Look at that one, then decide.")


def _known(
    peer: str, object_: str, version: int, slice_: str | None, fields: tuple[str, ...]
) -> RecordVersion | None:
    """The record that was made of just this before, and is still as it was made."""
    records = Derived.objects.filter(origin=peer, object=object_, verbatim=True).values("record")
    rows = RecordVersion.readable.filter(record__in=records, latest=True, source=_source(object_, version))
    for row in rows.filter(slice=slice_ or "", version=1, destroyed=None):
        if tuple(sorted(row.content().payload)) == fields:
            return row
    return None


def _source(object_: str, version: int) -> str:
    return f"received: {object_} version {version}"
