"""Synchronising: collecting from every counterpart, one after the other, each within its budget."""

import fcntl
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings

from fourfold.errors import FourfoldError
from fourfold.node import clock
from fourfold.node.actions.end_agreement import tell_endings
from fourfold.node.actions.open_epoch import open_client_epochs
from fourfold.node.actions.pull import Pulled, alarm, broken_off, pull, told
from fourfold.node.actions.revoke_consent import tell_revocations
from fourfold.node.keys import node_signer
from fourfold.node.models import Peer
from fourfold.node.models.reading import reading_as
from fourfold.node.parties import nodes
from fourfold.node.releasing import tell_waiting

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Synced:
    """What came of one counterpart: what was pulled, or why it was not; and what both sides hold unlike."""

    peer: Peer
    pulled: Pulled | None
    problem: str = ""


def sync(
    peers: tuple[Peer, ...] | None = None,
    *,
    whole: bool = True,
    after_each: Callable[[], None] = lambda: None,
) -> tuple[Synced, ...]:
    """Collect from these counterparts (None: all); one that fails does not keep the others waiting.

    `whole`: compare what both sides hold even where that is not due. `after_each` is told of every turn. The
    node collects, whoever asked it to: what comes is not looked at as that person.
    """
    found = []
    with _alone(), reading_as(None):
        _make_up()
    for peer in _in_turn() if peers is None else peers:
        with _alone(), reading_as(None):
            found.append(_sync(peer, whole=whole))
        after_each()
    return tuple(found)


def _in_turn() -> tuple[Peer, ...]:
    """All counterparts: those that went well last time come first, whatever the others are called."""
    return tuple(sorted(nodes(), key=lambda peer: bool(peer.last_error)))


def _make_up() -> None:
    """What waits for no counterpart: epochs of clients; what could not be told so far."""
    steps = (
        lambda: open_client_epochs(node_signer()),
        lambda: tell_waiting(clock.now()),
        tell_revocations,
        tell_endings,
    )
    for step in steps:
        try:
            step()
        except Exception:  # noqa: BLE001  its class and places are logged; it keeps nobody from a turn
            _LOG.exception("Something could not be made up for; the next sync tries again.")


def _sync(peer: Peer, *, whole: bool) -> Synced:
    """One counterpart's turn.

    What it made go wrong is its problem and nobody else's, whatever it is: an error that got through would
    keep all that stand behind it, and their withdrawals, from this node.
    """
    try:
        found = pull(peer, whole=whole)
        return Synced(peer, found, " ".join(filter(None, (alarm(peer), found.more))))
    except FourfoldError as error:
        return Synced(peer, None, told(error))
    except Exception as error:  # noqa: BLE001  its class and places are logged
        _LOG.exception("The turn of a counterpart failed.")
        return Synced(peer, None, broken_off(peer, error))


@contextmanager
def _alone() -> Iterator[None]:
    """One counterpart at a time on this node; the system lets go of the lock if the process dies."""
    with (settings.HOME.path / "sync.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
