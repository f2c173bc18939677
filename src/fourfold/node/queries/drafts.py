"""Drafts of agreements, as they are kept."""

from fourfold.errors import NotFoundError
from fourfold.node.models import AgreementDraft


def open_drafts() -> tuple[AgreementDraft, ...]:
    """Those that are still written, the latest first."""
    rows = AgreementDraft.readable.filter(proposed="", dropped=None).select_related("peer")
    return tuple(rows.order_by("-changed", "-pk"))


def find_draft(number: int) -> AgreementDraft:
    """One by its number, whatever became of it.

    Raises:
        NotFoundError: there is none.
    """
    row = AgreementDraft.readable.select_related("peer").filter(pk=number).first()
    if row is None:
        raise NotFoundError("There is no such draft.")
    return row
