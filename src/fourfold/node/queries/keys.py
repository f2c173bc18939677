"""Keys as rows: whose, which, what became of it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from fourfold.node import clock
from fourfold.node.keyrings import ring_of
from fourfold.node.models import KeyStatement, Node, Peer
from fourfold.records.keyring import Keyring, Link
from fourfold.records.signing import fingerprint


def listed() -> list[dict[str, Any]]:
    """All keys of this institution and of its counterparts, and those that wait for people."""
    now, rows = clock.now(), []
    for each in [*Node.objects.all(), *Peer.objects.order_by("name")]:
        ring = ring_of(each)
        rows += [*_institution_keys(each.name, ring), *_node_keys(each.name, ring, now), *_waiting(each)]
    return rows


def _institution_keys(name: str, ring: Keyring) -> Iterator[dict[str, Any]]:
    for link in ring.links:
        yield _row(name, "institution", link.key, _state(link, ring), link.since, None)


def _state(link: Link, ring: Keyring) -> str:
    if link.key == ring.key:
        return "speaks"
    return "succeeded" if ring.continues(link.key, ring.key) else "lost"


def _node_keys(name: str, ring: Keyring, now: datetime) -> Iterator[dict[str, Any]]:
    for key, given in sorted(ring.windows().items(), key=lambda item: item[1].valid_from):
        revoked = ring.revocation(key)
        if revoked is not None:
            state, until = revoked.reason.value, revoked.since
        else:
            acts = given.valid_from <= now < given.valid_until
            state, until = "acts" if acts else "out of time", given.valid_until
        yield _row(name, "node", key, state, given.valid_from, until)


def _waiting(row: Node | Peer) -> Iterator[dict[str, Any]]:
    for each in KeyStatement.waiting().filter(institution=row.institution):
        people = each.confirmations.count()
        yield _row(
            row.name, "institution", each.key, f"waits for people ({people} of 2)", each.received, None
        )


def _row(
    name: str, sort: str, key: str, state: str, since: datetime | None, until: datetime | None
) -> dict[str, Any]:
    return {
        "institution": name,
        "key": sort,
        "fingerprint": fingerprint(key),
        "state": state,
        "since": since and since.isoformat(timespec="seconds"),
        "until": until and until.isoformat(timespec="seconds"),
    }
