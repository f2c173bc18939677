"""Handing out: noting, once, that a counterpart collected a release, or could not."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Q

from fourfold.node import clock
from fourfold.node.models import Peer, Release, ReleaseVersion, Tag
from fourfold.node.releasing import tell_waiting
from fourfold.node.trail import note_all
from fourfold.protocols.communication import COMMUNICATION, Move, State


def hand_out(peer: Peer, keys: Sequence[int]) -> None:
    """Note the first time that each of these release versions is handed out; repeating changes nothing.

    What was withdrawn while it was on its way, as nobody had it, is withdrawn from whom it now reaches.
    """
    fresh = ReleaseVersion.objects.filter(pk__in=keys, peer=peer, first_sent=None)
    if not keys or not fresh.exists():
        return
    now = clock.now()
    with transaction.atomic():
        columns = ("pk", "release_id", "release__state", "release__compartment")
        rows = list(fresh.order_by("sequence").values_list(*columns))
        ReleaseVersion.objects.filter(pk__in=[row[0] for row in rows]).update(first_sent=now)
        _advance((release, state) for _, release, state, _ in rows)
        note_all(Tag.RELEASE_DELIVERED, now, peer, ((release, place) for _, release, _, place in rows))
    if overtaken := [release for _, release, state, _ in rows if state == State.WITHDRAWAL_NOT_HELD]:
        tell_waiting(now, Q(pk__in=overtaken))


def hold_back(peer: Peer, keys: Sequence[int]) -> None:
    """Note the first time that the decision at delivery went against each of these release versions."""
    if not keys:
        return
    now = clock.now()
    fresh = ReleaseVersion.objects.filter(pk__in=keys, peer=peer, held_back=None)
    with transaction.atomic():
        rows = list(fresh.order_by("sequence").values_list("pk", "release_id", "release__compartment"))
        ReleaseVersion.objects.filter(pk__in=[row[0] for row in rows]).update(held_back=now)
        note_all(Tag.RELEASE_WITHHELD_AT_DELIVERY, now, peer, (row[1:] for row in rows))


def _advance(delivered: Iterable[tuple[str, str]]) -> None:
    """Move releases on, from the state in which each is."""
    by_state: defaultdict[str, set[str]] = defaultdict(set)
    for release, state in delivered:
        by_state[state].add(release)
    for state, releases in by_state.items():
        after = COMMUNICATION.advance(State(state), Move.DELIVER).value
        if after != state:
            Release.objects.filter(pk__in=releases).update(state=after)
