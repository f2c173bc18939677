"""What may still be delivered: the release is decided again at the moment when it is handed out."""

from collections.abc import Sequence
from datetime import datetime

from fourfold.node.actions.hand_out import hold_back
from fourfold.node.models import Peer, ReleaseVersion
from fourfold.node.releasing import may_be_handed_out
from fourfold.node.standing import circumstances


class Delivery:
    """The deliveries to one counterpart at one moment."""

    def __init__(self, peer: Peer, now: datetime) -> None:
        self._peer, self._now = peer, now

    def passing(self, rows: Sequence[ReleaseVersion]) -> list[ReleaseVersion]:
        """Those of some release versions that may be handed out now, in their order.

        A consent may have been revoked, an agreement ended, since they were released. What does not pass is
        noted here, and looks to the caller like nothing.
        """
        around = circumstances(self._now, {row.source.digest for row in rows if row.source is not None})
        passing = [row for row in rows if may_be_handed_out(row, around)]
        handed = {row.pk for row in passing}
        hold_back(self._peer, [row for row in rows if row.pk not in handed and row.held_back is None])
        return passing
