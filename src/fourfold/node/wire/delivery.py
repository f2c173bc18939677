"""What may still be delivered: the release is decided again at the moment when it is handed out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from fourfold.node.actions.hand_out import hold_back
from fourfold.node.delivering import is_stub, labels_now, still_passes
from fourfold.node.models import Peer, RecordVersion
from fourfold.node.releasing import label_of_source
from fourfold.node.standing import circumstances
from fourfold.release import Circumstances, Label, label_text, read_label


class Row(NamedTuple):
    """A release version as a page needs it, without all else that is kept of it.

    `source` is the record version that it was made of, `digest` that version's digest and `record` the
    record's id (None: it is gone), `is_latest` whether the record has no later version, `label` the
    version's label or empty. The rest is as in `fourfold.node.models.ReleaseVersion`.
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
    digest: str | None
    record: str | None
    is_latest: bool | None
    wire: bytes


COLUMNS = (
    "pk",
    "release_id",
    *("stix_id", "stix_type", "modified", "date_added", "revoked", "agreement_id", "passed", "held_back"),
    "label",
    "source_id",
    *("source__digest", "source__record", "source__latest"),
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
        around = circumstances(self._now, {row.digest for row in rows if row.digest is not None})
        overtaken = {row.record for row in rows if row.record is not None and not row.is_latest}
        decisions = _Decisions(self._peer.pk, around, labels_now(overtaken) if overtaken else {})
        passing, held = [], []
        for row in rows:
            (passing if decisions.may_leave(row) else held).append(row)
        hold_back(self._peer, [row.pk for row in held if row.held_back is None])
        return passing


class _Decisions:
    """The decisions for one page: what is alike in all that the table reads is decided once.

    `since` are the labels of the records that have a later version than the one released, by their ids.
    """

    def __init__(self, peer: str, around: Circumstances, since: Mapping[str, Label]) -> None:
        self._peer, self._around, self._since = peer, around, since
        self._texts = {record: label_text(label) for record, label in since.items()}
        self._made: dict[tuple[object, ...], bool] = {}

    def may_leave(self, row: Row) -> bool:
        """Whether a release version may leave; a withdrawal always may, what lost its source never."""
        if row.revoked or row.record is None or row.digest is None:
            return row.revoked
        if not (row.is_latest or row.record in self._since):
            return False
        bound = row.digest if self._is_bound(row.digest) else ""
        since = None if row.is_latest else self._texts[row.record]
        key = (
            row.label or row.source,
            bound,
            row.agreement,
            tuple(row.passed),
            is_stub(row.stix_type),
            since,
        )
        if key not in self._made:
            self._made[key] = self._decide(row, bound)
        return self._made[key]

    def _decide(self, row: Row, bound: str) -> bool:
        label, since = _label(row, bound), None if row.is_latest else self._since[str(row.record)]
        stub = is_stub(row.stix_type)
        return still_passes(
            label, self._peer, row.agreement, row.passed, self._around, stub=stub, since=since
        )

    def _is_bound(self, digest: str) -> bool:
        """Whether a consent or an approval is for just this record version."""
        return digest in self._around.consents_for or digest in self._around.approvals_for


def _label(row: Row, bound: str) -> Label:
    if row.label:
        return read_label(row.label, bound)
    return label_of_source(RecordVersion.objects.get(pk=row.source))


def rows_of(values: Iterable[Sequence[object]]) -> list[Row]:
    """The rows in what was selected as `COLUMNS`."""
    return [Row._make(each) for each in values]
