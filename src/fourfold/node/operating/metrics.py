"""What Prometheus can ask: requests and collections as they happen, the rest counted when it asks.

A label is a counterpart's name, a state or a route; never an id of something that is kept, never a title.
Several web processes add up by files in one folder (`gathering`).
"""

import os
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Max
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from fourfold.node import clock, models
from fourfold.node.operating import vitals
from fourfold.node.operating.gathering import FOLDER
from fourfold.node.parties import nodes
from fourfold.node.withdrawing import with_standing

REQUESTS = Histogram(
    "fourfold_request_seconds", "Time to answer a request.", ["method", "route", "status"], registry=None
)
"""By route, never by address: an address has ids."""


def exposition() -> bytes:
    """All metrics in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(StoreCollector())
    if os.environ.get(FOLDER):
        MultiProcessCollector(registry)
    else:
        registry.register(REQUESTS)
    return generate_latest(registry)


class StoreCollector(Collector):
    """What the store says at this moment."""

    def collect(self) -> Iterator[Metric]:
        """Each gauge, with a value for each counterpart where it is about one."""
        yield from _peers()
        yield from _states()
        yield from _logs()
        yield _delegation()
        yield from _surroundings()


def _peers() -> Iterator[Metric]:
    peers = list(nodes())
    pulled = [(peer.name, _seconds(peer.last_pulled)) for peer in peers if peer.last_pulled]
    failing = [(peer.name, float(bool(peer.last_error))) for peer in peers]
    waiting = models.ReceiptOut.objects.filter(delivered=None).values_list("peer__name")
    yield _gauge("collected_timestamp_seconds", "Last collection that succeeded.", ["peer"], pulled)
    yield _gauge("collection_failing", "1 if the last collection failed.", ["peer"], failing)
    counted = waiting.annotate(count=Count("pk"))
    yield _gauge("receipts_waiting", "Receipts not yet delivered.", ["peer"], counted)


def _states() -> Iterator[Metric]:
    releases = with_standing(models.Release.objects, clock.now())
    for name, help_, rows, state in (
        ("releases", "What was released, by where it stands.", releases, "standing"),
        ("received", "Versions received, by what became of them.", models.Received.objects, "state"),
    ):
        counted = rows.values_list("peer__name", state).annotate(count=Count("pk")).order_by()
        yield _gauge(name, help_, ["peer", "state"], counted)


def _logs() -> Iterator[Metric]:
    sizes = models.Log.objects.exclude(peer=None).values_list("peer__name").annotate(Max("size"))
    yield _gauge("log_entries", "Entries of the log kept for a counterpart.", ["peer"], sizes)
    signed = models.Checkpoint.objects.exclude(log__peer=None).exclude(cosigned=None)
    by_peer = signed.values_list("log__peer__name").annotate(Max("size"), Max("cosigned"))
    found = [(peer, size, _seconds(at)) for peer, size, at in by_peer]
    yield _gauge(
        "log_countersigned_entries", "Of these, countersigned.", ["peer"], [row[:2] for row in found]
    )
    moments = [(peer, at) for peer, _, at in found]
    yield _gauge("log_countersigned_timestamp_seconds", "Last countersignature.", ["peer"], moments)


def _delegation() -> Metric:
    own = models.Node.objects.filter(pk=settings.NODE.id).first()
    until = [(_seconds(own.signed_delegation.delegation.valid_until),)] if own else []
    return _gauge("delegation_ends_timestamp_seconds", "When the node key lapses.", [], until)


def _surroundings() -> Iterator[Metric]:
    now, found = clock.now(), vitals.disk()
    yield _gauge("disk_free_bytes", "Free where the node's folder lies.", [], [(found.free,)])
    for name, help_, at in (
        ("backup", "Last backup that was written whole.", vitals.last_backup()),
        ("collecting", "When the process that collects last did.", vitals.last_collection()),
    ):
        yield _gauge(f"{name}_timestamp_seconds", help_, [], [(_seconds(at),)] if at else [])
    offsets = [(name, offset.total_seconds()) for name, offset in vitals.clock_offsets().items()]
    yield _gauge("clock_offset_seconds", "How far its clock is ahead, at the least.", ["peer"], offsets)
    for name, help_, label, given in (
        ("withdrawal_awaited", "Since when the oldest withdrawal waits.", "peer", vitals.awaited(now)),
        ("peer_delegation_ends", "When its node key lapses.", "peer", vitals.delegations()),
        ("client_token_ends", "When the token of a client lapses.", "client", vitals.tokens()),
    ):
        rows = [(who, _seconds(at)) for who, at in given.items()]
        yield _gauge(f"{name}_timestamp_seconds", help_, [label], rows)


def _gauge(name: str, help_: str, labels: list[str], rows: Iterable[tuple]) -> Metric:
    found = GaugeMetricFamily(f"fourfold_{name}", help_, labels=labels)
    for *given, value in rows:
        found.add_metric(given, value)
    return found


def _seconds(at: datetime) -> float:
    return at.timestamp()
