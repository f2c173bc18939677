"""Whether what was released may still leave: the decision at the moment when it is handed out.

It is taken on two labels: that of the record version of which the release was made, and that of the version
which the record has now. What was tightened since then, and not yet released anew, thus stays here too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from fourfold.exchange.stix import stix_type
from fourfold.node import models
from fourfold.node.releasing import around_for, label_of_source
from fourfold.release import STUB, Circumstances, Label, Outcome, plan


def may_be_handed_out(row: models.ReleaseVersion, around: Circumstances) -> bool:
    """Whether what was released may still leave at this moment; a withdrawal always may."""
    if row.revoked:
        return True
    if row.source is None:
        return False
    since = None if row.source.latest else labels_now([row.source.record]).get(row.source.record)
    if not (row.source.latest or since):
        return False
    stub, label = is_stub(row.stix_type), label_of_source(row.source)
    return still_passes(label, row.peer_id, row.agreement_id, row.passed, around, stub=stub, since=since)


def still_passes(  # noqa: PLR0913  a decision at delivery has this many parts, and all are named
    label: Label,
    peer: str,
    agreement: str,
    passed: Sequence[str],
    around: Circumstances,
    *,
    stub: bool,
    since: Label | None = None,
) -> bool:
    """Whether all that passed once of something with this label passes now, under the same agreement.

    If only part of it does, nothing leaves. A stub leaves only where nothing but a stub may. `since` is the
    label of the version that the record has now, if that is another. What is bound to the released bytes,
    consents and approvals, counts as it does for these bytes: to edit the text holds nothing back.
    """
    allowed = plan(label, peer, around_for(label.kind, around))
    if stub is not (allowed.outcome is Outcome.STUB) or allowed.agreement != agreement:
        return False
    return set(passed) <= set(allowed.passing) and (
        since is None or _as_much(replace(since, digest=label.digest), peer, passed, around, stub=stub)
    )


def labels_now(records: Iterable[str]) -> dict[str, Label]:
    """The labels of the latest versions of some records; none of one that was destroyed."""
    rows = models.RecordVersion.objects.filter(record__in=set(records), latest=True)
    return {row.record: label_of_source(row) for row in rows}


def is_stub(type_: str) -> bool:
    """Whether an object of this STIX type is a stub."""
    return type_ == stix_type(STUB.id)


def _as_much(since: Label, peer: str, passed: Sequence[str], around: Circumstances, *, stub: bool) -> bool:
    """Whether a label lets pass at least this much."""
    allowed = plan(since, peer, around_for(since.kind, around))
    return allowed.outcome >= Outcome.STUB if stub else set(passed) <= set(allowed.passing)
