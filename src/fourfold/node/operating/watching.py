"""Judging what an operator watches: what is about to hurt is told, with what to do; what hurts fails."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from fourfold.node import models
from fourfold.node.operating import vitals
from fourfold.node.parties import nodes

SOON = timedelta(days=30)
"""A key or a token that ends earlier than this is told about."""
OVERDUE = timedelta(days=7)
"""A withdrawal that waits longer than this is told about."""
SILENT = timedelta(days=1)
"""A counterpart that has not countersigned for longer than this is told about."""
CLOCK = timedelta(seconds=60)
"""How far a counterpart's clock may be from ours; from five minutes on, requests are refused."""
_ROOM, _LITTLE = 1 << 30, 100 << 20
"""Free bytes below which the disk is told about, and below which it fails."""
_NEARLY = 0.95
"""A quarantine that is full to this share has no room for an object of common size."""
_PAUSES = 5
"""After so many pauses without a collection, nobody collects."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: its name, whether it holds, a sentence; `warns`: it holds, and wants looking after."""

    name: str
    holds: bool
    sentence: str
    warns: bool = False


def watched(now: datetime) -> Iterator[Finding]:
    """All that is watched; nothing that is well takes more than a line."""
    yield _disk()
    yield _backup(now)
    yield _collecting(now)
    yield _told("collections", _collections(), "Each counterpart answered when it was last asked.")
    yield _told("quarantine", _quarantines(), _within())
    yield _told("clocks", _clocks(), "No counterpart's clock is known to differ.")
    yield _told("countersignatures", _countersignatures(now), "None is overdue.")
    yield _told("withdrawals", _withdrawals(now), "None waits for long.")
    yield _told("lapsing", _lapsing(now), "No key of a counterpart and no token of a client lapses soon.")


def _told(name: str, sentences: Iterator[str], well: str) -> Finding:
    found = " ".join(sentences)
    return Finding(name, holds=True, sentence=found or well, warns=bool(found))


def _disk() -> Finding:
    found = vitals.disk()
    free = f"{found.free / (1 << 30):.1f} GiB are free."
    if found.free < _LITTLE:
        sentence = f"Only {found.free >> 20} MiB are free: make room now, before a write fails."
        return Finding("disk", holds=False, sentence=sentence)
    if found.free < max(_ROOM, 2 * found.store):
        sentence = f"{free} That is little: a backup needs room for the store once more. Make room."
        return Finding("disk", holds=True, sentence=sentence, warns=True)
    return Finding("disk", holds=True, sentence=free)


def _backup(now: datetime) -> Finding:
    last, most = vitals.last_backup(), settings.NODE.backup_due_days
    if not most:
        return Finding("backup", holds=True, sentence="Not watched: backup_due_days in node.toml is 0.")
    if last is None:
        sentence = (
            "None was written from this folder yet: fourfold node backup. If you back up by other means, set "
            "backup_due_days = 0 in node.toml."
        )
        return Finding("backup", holds=True, sentence=sentence, warns=True)
    sentence = f"The last was written on {_at(last)}."
    if now - last > timedelta(days=most):
        return Finding("backup", holds=True, sentence=f"{sentence} Write another.", warns=True)
    return Finding("backup", holds=True, sentence=sentence)


def _collecting(now: datetime) -> Finding:
    """Whether a served process collects: the one sign of a node that runs, to a command beside it."""
    pause, last = settings.NODE.sync_seconds, vitals.last_collection()
    if not pause:
        return Finding("collecting", holds=True, sentence="Only when asked: sync_seconds is 0.")
    if not nodes().exists():
        return Finding("collecting", holds=True, sentence="There is no counterpart to collect from.")
    if last is None:
        sentence = "No process has collected yet: is the node served? fourfold node serve."
        return Finding("collecting", holds=True, sentence=sentence, warns=True)
    if now - last > timedelta(seconds=_PAUSES * pause + 60):
        sentence = f"No process has collected since {_at(last)}: is the node served? See its log."
        return Finding("collecting", holds=True, sentence=sentence, warns=True)
    return Finding("collecting", holds=True, sentence=f"A process last did on {_at(last)}.")


def _collections() -> Iterator[str]:
    for peer in nodes().exclude(last_error=""):
        since = f"last succeeded on {_at(peer.last_pulled)}" if peer.last_pulled else "never succeeded"
        yield f"Collecting from {peer.name} {since}: {peer.last_error}"


def _within() -> str:
    own = settings.NODE
    return (
        f"None is full. One sync spends on one counterpart at most {own.budget_seconds} seconds, "
        f"{own.budget_requests} requests, {own.budget_mebibytes} MiB and {own.budget_objects} objects."
    )


def _quarantines() -> Iterator[str]:
    own, lying = settings.NODE, vitals.quarantined()
    for name, (count, size) in sorted(lying.items()):
        if count >= own.quarantine_objects or size >= (own.quarantine_mebibytes << 20) * _NEARLY:
            yield (
                f"The quarantine of {name} is full ({count} objects, {size >> 20} MiB): nothing more that it "
                "sends wrongly is kept. Ask its operator what is wrong; a rule for what is quarantined in "
                "retention.yaml empties it."
            )


def _clocks() -> Iterator[str]:
    for name, offset in sorted(vitals.clock_offsets().items()):
        if abs(offset) > CLOCK:
            seconds = round(abs(offset).total_seconds())
            way = "ahead of" if offset > timedelta() else "behind"
            yield (
                f"The clock of {name} seems {seconds} seconds {way} this one. Compare this one with a time "
                "server; if it is right, tell them. From five minutes on requests are refused."
            )


def _countersignatures(now: datetime) -> Iterator[str]:
    last = vitals.countersigned()
    for log in models.Log.objects.filter(peer__in=nodes(), size__gt=0).select_related("peer").distinct():
        name, since = log.peer.name, last.get(log.peer.name, log.peer.joined)
        if now - since > SILENT:
            yield f"{name} has not countersigned its log since {_at(since)}: ask its operator to sync."


def _withdrawals(now: datetime) -> Iterator[str]:
    for name, oldest in sorted(vitals.awaited(now).items()):
        if now - oldest > OVERDUE:
            yield (
                f"A withdrawal waits for {name} since {_at(oldest)}: ask whether it still collects "
                "(fourfold release list)."
            )


def _lapsing(now: datetime) -> Iterator[str]:
    for name, until in sorted(vitals.delegations().items()):
        if until - now < SOON:
            yield f"The node key of {name} is delegated until {_at(until)}: ask its operator to renew it."
    for name, until in sorted(vitals.tokens().items()):
        if until - now < SOON:
            yield f"The token of the client {name} counts until {_at(until)}: add it anew, or revoke it."


def _at(moment: datetime) -> str:
    return f"{moment:%d %B %Y at %H:%M} UTC"
