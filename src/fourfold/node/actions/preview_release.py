"""Previewing: who would get what of a record, and why, before anything leaves."""

from fourfold.node import clock, keeping
from fourfold.node.models import Peer
from fourfold.node.provenance import as_believed
from fourfold.node.standing import circumstances
from fourfold.release import Preview, preview


def preview_release(record: str) -> Preview:
    """What every counterpart would get of the latest version of a record.

    Raises:
        NotFoundError: there is no such record.
    """
    row = keeping.latest(record)
    around = circumstances(clock.now(), [row.digest])
    recipients = Peer.objects.order_by("name").values_list("institution", flat=True)
    return preview(as_believed(row), recipients, around, stub=row.wants_stub)
