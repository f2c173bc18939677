"""Offering: releasing to one recipient every record that it may have, and saying how many it may not."""

from dataclasses import dataclass

from django.db.models import Max

from fourfold.errors import RefusedError
from fourfold.node import clock, models, releasing
from fourfold.node.actions.add_record import SYSTEM


@dataclass(frozen=True, slots=True)
class Offered:
    """What came of it: release ids with something new, how many have nothing new, how many are withheld."""

    released: tuple[str, ...]
    unchanged: int
    withheld: int


def offer(peer: models.Peer, actor: str) -> Offered:
    """Release the latest version of every record that the table lets pass; to repeat it changes nothing.

    Each release is decided and made for itself, as if it were the only one.
    """
    released, unchanged, withheld = [], 0, 0
    before = models.ReleaseVersion.objects.filter(peer=peer).aggregate(last=Max("sequence"))["last"] or 0
    rows = models.RecordVersion.objects.filter(latest=True).exclude(kind__in=SYSTEM).order_by("pk")
    for row in rows.iterator(chunk_size=200):
        try:
            made = releasing.release(row, peer, actor, clock.now())
        except RefusedError:
            withheld += 1
            continue
        if made.sequence > before:
            released.append(made.release_id)
        else:
            unchanged += 1
    return Offered(tuple(released), unchanged, withheld)
