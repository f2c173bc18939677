"""Synchronising: collecting from every counterpart, one after the other."""

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings

from fourfold.errors import FourfoldError
from fourfold.node import clock
from fourfold.node.actions.end_agreement import tell_endings
from fourfold.node.actions.open_epoch import open_client_epochs
from fourfold.node.actions.pull import Pulled, alarm, pull
from fourfold.node.actions.revoke_consent import tell_revocations
from fourfold.node.keys import node_signer
from fourfold.node.models import Peer
from fourfold.node.parties import nodes
from fourfold.node.releasing import tell_waiting

log = logging.getLogger("fourfold")


@dataclass(frozen=True, slots=True)
class Synced:
    """What came of one counterpart: what was pulled, or why it was not; and what both sides hold unlike."""

    peer: Peer
    pulled: Pulled | None
    problem: str = ""


def sync(peers: tuple[Peer, ...] | None = None, *, whole: bool = True) -> tuple[Synced, ...]:
    """Collect from these counterparts (None: all); one that fails does not keep the others waiting.

    `whole`: compare what both sides hold even where that is not due.
    """
    wanted = tuple(nodes()) if peers is None else peers
    with _alone():
        _make_up()
        return tuple(_sync(peer, whole=whole) for peer in wanted)


def _make_up() -> None:
    """What waits for no counterpart: epochs of clients; what could not be told so far."""
    try:
        open_client_epochs(node_signer())
    except FourfoldError as error:
        log.warning("no new epochs for clients: %s", type(error).__name__)
    tell_waiting(clock.now())
    tell_revocations()
    tell_endings()


def _sync(peer: Peer, *, whole: bool) -> Synced:
    try:
        return Synced(peer, pull(peer, whole=whole), alarm(peer))
    except FourfoldError as error:
        return Synced(peer, None, str(error))


@contextmanager
def _alone() -> Iterator[None]:
    """One collection at a time on this node; the system lets go of the lock if the process dies."""
    with (settings.HOME.path / "sync.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
