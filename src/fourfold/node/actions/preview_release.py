"""Previewing: who would get what of a record, and why, before anything leaves."""

from fourfold.node import clock, keeping, releasing
from fourfold.node.models import Peer
from fourfold.release import Preview


def preview_release(record: str) -> Preview:
    """What every counterpart would get of the latest version of a record.

    Raises:
        NotFoundError: there is no such record.
    """
    row = keeping.latest(record)
    recipients = Peer.objects.order_by("name").values_list("institution", flat=True)
    return releasing.reports_for(row, recipients, clock.now())
