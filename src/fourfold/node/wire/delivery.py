"""What may still be delivered: the release is decided again at the moment when it is handed out."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from fourfold.node.actions.hand_out import hold_back
from fourfold.node.models import Peer, RecordVersion
from fourfold.node.releasing import is_stub, label_of_source, still_passes
from fourfold.node.standing import circumstances
from fourfold.release import Circumstances, Label, read_label


class Row(NamedTuple):
    """A release version as a page needs it, without all else that is kept of it.

    `source` is the record version that it was made of and `record` that version's digest (None: it is gone),
    `label` is its label or empty. The rest is as in `fourfold.node.models.ReleaseVersion`.
    """

    pk: int
    release: str
    stix_id: str
    stix_type: str
    modified: datetime
    date_added: datetime
    revoked: bool
    agreement: str
    passed: Sequence[str]
    held_back: datetime | None
    label: str
    source: int | None
    record: str | None
    wire: bytes


COLUMNS = (
    "pk",
    "release_id",
    *("stix_id", "stix_type", "modified", "date_added", "revoked", "agreement_id", "passed", "held_back"),
    "label",
    "source_id",
    "source__digest",
    "wire",
)
"""Where the parts of a row come from."""


class Delivery:
    """The deliveries to one counterpart at one moment."""

    def __init__(self, peer: Peer, now: datetime) -> None:
        self._peer, self._now = peer, now

    def passing(self, rows: Sequence[Row]) -> list[Row]:
        """Those of some release versions that may be handed out now, in their order.

        A consent may have been revoked, an agreement ended, since they were released. What does not pass is
        noted here, and looks to the caller like nothing.
        """
        around = circumstances(self._now, {row.record for row in rows if row.record is not None})
        decisions = _Decisions(self._peer.pk, around)
        passing, held = [], []
        for row in rows:
            (passing if decisions.may_leave(row) else held).append(row)
        hold_back(self._peer, [row.pk for row in held if row.held_back is None])
        return passing


class _Decisions:
    """The decisions for one page: what is alike in all that the table reads is decided once."""

    def __init__(self, peer: str, around: Circumstances) -> None:
        self._peer, self._around = peer, around
        self._made: dict[tuple[str | int, str, str, tuple[str, ...], bool], bool] = {}

    def may_leave(self, row: Row) -> bool:
        """Whether a release version may leave; a withdrawal always may, what lost its source never."""
        if row.revoked or row.source is None or row.record is None:
            return row.revoked
        bound = row.record if self._is_bound(row.record) else ""
        stub = is_stub(row.stix_type)
        key = (row.label or row.source, bound, row.agreement, tuple(row.passed), stub)
        if key not in self._made:
            label, around = _label(row, bound), self._around
            self._made[key] = still_passes(label, self._peer, row.agreement, row.passed, around, stub=stub)
        return self._made[key]

    def _is_bound(self, record: str) -> bool:
        """Whether a consent or an approval is for just this record version."""
        return record in self._around.consents_for or record in self._around.approvals_for


def _label(row: Row, bound: str) -> Label:
    if row.label:
        return read_label(row.label, bound)
    return label_of_source(RecordVersion.objects.get(pk=row.source))


def rows_of(values: Iterable[Sequence[object]]) -> list[Row]:
    """The rows in what was selected as `COLUMNS`."""
    return [Row._make(each) for each in values]
