"""What third-party tools handed in, as rows."""

from typing import Any

from fourfold.node.actions.take_submission import UNDECIDED
from fourfold.node.inboxing import described_all
from fourfold.node.models import Submitted


def listed(client: str | None, *, every: bool) -> list[dict[str, Any]]:
    """What waits for a person, the oldest first; `every`: what was decided too. None: of all clients."""
    rows = Submitted.readable.select_related("client__peer").order_by("pk")
    if client is not None:
        rows = rows.filter(client__pk=client)
    if not every:
        rows = rows.filter(state__in=UNDECIDED)
    return described_all(list(rows.defer("wire")))
