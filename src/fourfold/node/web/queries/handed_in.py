"""What third-party tools handed in: where it came from, and where it stands. Nothing of it is believed."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from fourfold.node.models import Client, Submitted, SubmittedState
from fourfold.node.web.queries.listing import Asked, PageView, page_of
from fourfold.node.web.queries.states import StateView

STATES: dict[str, StateView] = {
    SubmittedState.WAITING: StateView(_("waits for a person"), "wait", "clock"),
    SubmittedState.QUARANTINED: StateView(_("failed a check"), "bad", "no"),
    SubmittedState.ACCEPTED: StateView(_("became a record"), "good", "yes"),
    SubmittedState.REJECTED: StateView(_("rejected and destroyed"), "plain", "dash"),
}


@dataclass(frozen=True, slots=True)
class HandedInRow:
    """One object; `remarks` say what was wrong with it, or unknown in its markings."""

    number: int
    title: str
    type: str
    client: str
    tlp: str
    state: StateView
    remarks: tuple[str, ...]
    received: datetime
    decided_by: str
    second: str
    record: str


@dataclass(frozen=True, slots=True)
class HandedInView:
    """The list."""

    rows: tuple[HandedInRow, ...]
    page: PageView


def has_clients() -> bool:
    """Whether any third-party client was ever let in."""
    return Client.objects.exists()


def handed_in_view(asked: Asked) -> HandedInView:
    """One page of what was handed in, the newest first."""
    rows, page = page_of(
        Submitted.objects.select_related("client__peer").defer("wire").order_by("-received", "-pk"), asked
    )
    return HandedInView(tuple(_row(row) for row in rows), page)


def _row(row: Submitted) -> HandedInRow:
    return HandedInRow(
        number=row.pk,
        title=row.title or row.stix_id or str(_("without a name")),
        type=row.type,
        client=row.client.peer.name,
        tlp=row.tlp,
        state=STATES[row.state],
        remarks=(*row.faults, *row.notes),
        received=row.received,
        decided_by=row.decided_by,
        second=row.second,
        record=row.record,
    )
