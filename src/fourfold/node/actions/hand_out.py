"""Handing out: noting, once, that a counterpart collected a release, or could not."""

from collections.abc import Sequence

from django.db import transaction

from fourfold.node import clock
from fourfold.node.models import Peer, Release, ReleaseVersion, Tag
from fourfold.node.trail import note
from fourfold.protocols.communication import COMMUNICATION, Move, State


def hand_out(peer: Peer, keys: Sequence[int]) -> None:
    """Note the first time that each of these release versions is handed out; repeating changes nothing."""
    fresh = ReleaseVersion.objects.filter(pk__in=keys, peer=peer, first_sent=None)
    if not fresh.exists():
        return
    now = clock.now()
    with transaction.atomic():
        for version in fresh.select_for_update().select_related("release").order_by("sequence"):
            ReleaseVersion.objects.filter(pk=version.pk).update(first_sent=now)
            _advance(version.release)
            note(Tag.RELEASE_DELIVERED, now, peer=peer, subject=version.release_id)


def hold_back(peer: Peer, rows: Sequence[ReleaseVersion]) -> None:
    """Note the first time that the decision at delivery went against each of these release versions."""
    if not rows:
        return
    now = clock.now()
    with transaction.atomic():
        for version in rows:
            if ReleaseVersion.objects.filter(pk=version.pk, held_back=None).update(held_back=now):
                note(Tag.RELEASE_WITHHELD_AT_DELIVERY, now, peer=peer, subject=version.release_id)


def _advance(release: Release) -> None:
    after = COMMUNICATION.advance(State(release.state), Move.DELIVER).value
    Release.objects.filter(pk=release.pk).exclude(state=after).update(state=after)
