"""Keys as rows: whose, which, what became of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fourfold.node import clock
from fourfold.node.keyrings import readable, ring_of
from fourfold.node.models import KeyStatement, Node, Peer, StatementKind
from fourfold.node.parties import nodes
from fourfold.node.possession import proved
from fourfold.records.identity import SignedDelegation
from fourfold.records.keyring import Keyring, Link
from fourfold.records.signing import fingerprint_shown

WAITS = "waits"
"""The state of a new institution key that people have not accepted yet."""
UNPROVED, UNREADABLE = "unproved", "unreadable"
"""The state of a node key that has signed nothing for its institution here; of a text that is no key."""
PEOPLE = 2
"""How many must have compared its fingerprint."""


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One key of one institution, `sort` institution or node; `people` have confirmed one that waits."""

    institution: str
    name: str
    sort: str
    fingerprint: str
    state: str
    since: datetime | None
    until: datetime | None
    people: tuple[str, ...] = ()


def listed() -> list[dict[str, Any]]:
    """All keys of this institution and of its counterparts, and those that wait for people."""
    return [as_row(each) for each in keys()]


def keys() -> list[KeyRow]:
    """The same: those of this institution first, then by the counterparts' names."""
    now, rows = clock.now(), []
    for each in [*Node.objects.all(), *nodes()]:
        ring = ring_of(each)
        rows += [
            *_institution_keys(each, ring),
            *_node_keys(each, ring, now),
            *_waiting(each),
            *_unreadable(each),
        ]
    return rows


def as_row(key: KeyRow) -> dict[str, Any]:
    """One key."""
    waits = f"waits for people ({len(key.people)} of {PEOPLE})"
    return {
        "institution": key.name,
        "key": key.sort,
        "fingerprint": key.fingerprint,
        "state": waits if key.state == WAITS else key.state,
        "since": key.since and key.since.isoformat(timespec="seconds"),
        "until": key.until and key.until.isoformat(timespec="seconds"),
    }


def _institution_keys(whose: Node | Peer, ring: Keyring) -> Iterator[KeyRow]:
    for link in ring.links:
        state = _state(link, ring)
        yield KeyRow(*_named(whose, "institution", link.key), state=state, since=link.since, until=None)


def _state(link: Link, ring: Keyring) -> str:
    if link.key == ring.key:
        return "speaks"
    return "succeeded" if ring.continues(link.key, ring.key) else "lost"


def _node_keys(whose: Node | Peer, ring: Keyring, now: datetime) -> Iterator[KeyRow]:
    shown = proved(whose.institution) if isinstance(whose, Peer) else ring.ever()
    for key, given in sorted(ring.windows().items(), key=lambda item: item[1].valid_from):
        revoked = ring.revocation(key)
        if revoked is not None:
            state, until = revoked.reason.value, revoked.since
        else:
            acts = given.valid_from <= now < given.valid_until
            acting = "acts" if key in shown else UNPROVED
            state, until = acting if acts else "out of time", given.valid_until
        yield KeyRow(*_named(whose, "node", key), state=state, since=given.valid_from, until=until)


def _waiting(whose: Node | Peer) -> Iterator[KeyRow]:
    for each in KeyStatement.waiting().filter(institution=whose.institution):
        people = tuple(each.confirmations.order_by("at").values_list("person", flat=True))
        named = _named(whose, "institution", each.key)
        yield KeyRow(*named, state=WAITS, since=each.received, until=None, people=people)


def _unreadable(whose: Node | Peer) -> Iterator[KeyRow]:
    """What 0.3.0 took for the delegation of a node key, and is none: shown, and believed by nobody."""
    kept = KeyStatement.objects.filter(institution=whose.institution, kind=StatementKind.DELEGATION)
    for each in kept.order_by("pk"):
        if readable(each, SignedDelegation) is None:
            yield KeyRow(*_named(whose, "node", ""), state=UNREADABLE, since=each.received, until=None)


def _named(whose: Node | Peer, sort: str, key: str) -> tuple[str, str, str, str]:
    """Whose key it is, of which sort, and its fingerprint."""
    return whose.institution, whose.name, sort, fingerprint_shown(key)
