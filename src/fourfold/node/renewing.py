"""What something handed in is to what came before: versions of one object, known by its id (STIX 2.1, 3.6).

Only the client that handed an object in takes it back or renews it; of another client's word it is told where
the same object came from already.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from fourfold.errors import InputError
from fourfold.exchange.stix.times import read_time
from fourfold.node.models import RecordVersion, Release, Submitted, SubmittedState

_UNDECIDED = (SubmittedState.WAITING, SubmittedState.QUARANTINED)
_EARLIEST = datetime.min.replace(tzinfo=UTC)


class Relation(StrEnum):
    """What a version is to the others of its object."""

    ALONE = ""
    TAKEN_BACK = "taken-back"
    NEWER = "newer"
    OLDER = "older"
    RENEWED = "renewed"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Related:
    """What a version is to the others, and to which.

    `record` is the one that lives and was made of another version (empty: none); `number` that version's
    place in the inbox, or the place of the version that takes back or renews this one (0: neither).
    """

    relation: Relation = Relation.ALONE
    record: str = ""
    number: int = 0


ALONE = Related()


def related(rows: Sequence[Submitted]) -> Mapping[int, Related]:
    """What each of these is to the others of its object, by its number, as far as the reader may know."""
    ids = {row.stix_id for row in rows} - {""}
    versions = defaultdict(list)
    for each in Submitted.readable.filter(stix_id__in=ids).defer("wire", "notes", "faults"):
        versions[each.stix_id].append(each)
    named = {each.record for group in versions.values() for each in group} - {""}
    live = set(_live(named))
    return {row.pk: _relation(row, versions[row.stix_id], live) for row in rows}


def relation_of(row: Submitted) -> Related:
    """What one of them is to the others."""
    return related([row])[row.pk]


def news_of(record: str) -> tuple[Submitted, ...]:
    """What waits in the inbox and takes back, or renews, that of which a record was made."""
    made = Submitted.readable.filter(record=record).exclude(stix_id="").values_list("client", "stix_id")
    found = []
    for client, stix_id in set(made):
        waiting = Submitted.readable.filter(client=client, stix_id=stix_id, state__in=_UNDECIDED)
        rows = list(waiting.defer("wire").order_by("pk"))
        known = related(rows)
        found += [row for row in rows if known[row.pk].relation in {Relation.TAKEN_BACK, Relation.NEWER}]
    return tuple(found)


def released_of(record: str) -> tuple[Release, ...]:
    """What was released of a record, and is not withdrawn."""
    return tuple(Release.objects.filter(record=record, withdrawn=None).select_related("peer").order_by("pk"))


def _live(records: Iterable[str]) -> Iterable[str]:
    rows = RecordVersion.readable.filter(record__in=list(records), latest=True, destroyed=None)
    return rows.values_list("record", flat=True)


def _relation(row: Submitted, versions: Sequence[Submitted], live: set[str]) -> Related:
    others = [each for each in versions if each.pk != row.pk]
    mine = [each for each in others if each.client_id == row.client_id]
    later = sorted((each for each in mine if _place(each) > _place(row)), key=_place)
    made = max((each for each in mine if each.record in live), key=_place, default=None)
    record, number = (made.record, made.pk) if made else (row.record if row.record in live else "", 0)
    if row.revoked:
        return Related(Relation.TAKEN_BACK, record, number)
    if back := next((each for each in later if each.revoked), None):
        return Related(Relation.TAKEN_BACK, record, back.pk)
    if row.record in live:
        waiting = next((each for each in later if each.state in _UNDECIDED), None)
        return Related(Relation.RENEWED, row.record, waiting.pk) if waiting else ALONE
    if made:
        return Related(Relation.NEWER if _place(row) > _place(made) else Relation.OLDER, record, number)
    other = next((each for each in others if each.record in live), None)
    return Related(Relation.ELSEWHERE, other.record, other.pk) if other else ALONE


def _place(row: Submitted) -> tuple[datetime, int]:
    """By the time that the object says it is of; where that is the same, what came later is later."""
    try:
        return read_time(row.version), row.pk
    except InputError:
        return _EARLIEST, row.pk
