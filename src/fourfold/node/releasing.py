"""Releasing: the one place where something of a record becomes an object that a counterpart can collect.

The decision is taken in the transaction that makes the object, and again when the object is handed out.
"""

from datetime import datetime, timedelta
from functools import lru_cache

from django.db import transaction
from django.db.models import Max

from fourfold.canon import canonical_bytes, digest_bytes
from fourfold.errors import RefusedError
from fourfold.exchange.stix import read_object, sign_release, stix_id, stix_type
from fourfold.log import leaf_hash
from fourfold.node import ledger, models, trail
from fourfold.node.keyrings import own_ring
from fourfold.node.keys import node_signer
from fourfold.node.kinds import kind_of
from fourfold.node.standing import circumstances
from fourfold.protocols.communication import COMMUNICATION, Move, State
from fourfold.records.envelope import Record
from fourfold.records.signing import Purpose
from fourfold.release import (
    Circumstances,
    Label,
    Making,
    Outcome,
    Plan,
    RecipientReport,
    ReleaseObject,
    build,
    label_of,
    plan,
    preview,
    withdraw,
)

_EPOCH_BITS = 40
"""Each epoch has sequence numbers of its own: what a lost store had issued is never issued again."""

_STEP = timedelta(microseconds=1)


def report_for(version: models.RecordVersion, peer: models.Peer, now: datetime) -> RecipientReport:
    """What one counterpart would get of one version of a record, and why not more."""
    around = circumstances(now, [version.digest])
    made = preview(version.content(), [peer.institution], around, stub=version.wants_stub)
    return made.recipients[0]


def release(
    version: models.RecordVersion, peer: models.Peer, actor: str, now: datetime
) -> models.ReleaseVersion:
    """Make what a counterpart may have of a record version, and put it into its collection.

    To release again what it has already changes nothing.

    Raises:
        RefusedError: nothing may pass, with all reasons; or it was withdrawn.
    """
    with transaction.atomic():
        peer = models.Peer.objects.select_for_update().get(pk=peer.pk)
        report = report_for(version, peer, now)
        if report.outcome < Outcome.PASS_REDACTED:
            raise RefusedError(refusal(report))
        before = models.Release.objects.filter(peer=peer, record=version.record).first()
        if before and (same := _same(before.latest(), version, report.plan)):
            return same
        return _make(version, peer, report, before, actor, now)


def take_back(release_: models.Release, reason: str, actor: str, now: datetime) -> models.ReleaseVersion:
    """Withdraw a release: a version without fields, which the counterpart collects like any other.

    To withdraw again changes nothing.

    Raises:
        RefusedError: there is nothing to withdraw.
    """
    with transaction.atomic():
        peer = models.Peer.objects.select_for_update().get(pk=release_.peer_id)
        release_ = models.Release.objects.get(pk=release_.pk)
        last = release_.latest()
        if last.revoked:
            return last
        made = withdraw(_last_known(release_), now)
        _move(release_, Move.WITHDRAW)
        release_.withdrawn, release_.withdrawal_reason = now, reason[:500]
        release_.save(update_fields=["state", "withdrawn", "withdrawal_reason"])
        row = _enter(release_, made, peer, last.source, last.agreement, now)
        row.withheld = sorted({*last.passed, *last.withheld})
        row.save()
        _log(row, peer)
        trail.note(models.Tag.RELEASE_WITHDRAWN, now, peer=peer, subject=release_.id, actor=actor)
    return row


def may_be_handed_out(row: models.ReleaseVersion, around: Circumstances) -> bool:
    """Whether what was released may still leave at this moment; a withdrawal always may.

    Everything in the object must still be allowed, under the agreement that it names; if only part of it
    is, nothing leaves.
    """
    if row.revoked:
        return True
    if row.source is None:
        return False
    allowed = plan(_label(row.source), row.peer_id, around)
    return allowed.agreement == row.agreement_id and set(row.passed) <= set(allowed.passing)


def refusal(report: RecipientReport) -> str:
    """Why nothing passes, for the owner's own people."""
    reasons = [f"Row {each.row}: {each.reason}" for each in report.plan.findings]
    if report.fault:
        reasons.append(f"The facts could not be worked out ({report.fault}).")
    return f"Nothing of this may pass to {report.name}. " + " ".join(dict.fromkeys(reasons))


def _label(source: models.RecordVersion) -> Label:
    return _read_label(bytes(source.body), source.wants_stub)


@lru_cache(maxsize=10_000)
def _read_label(body: bytes, stub: bool) -> Label:  # noqa: FBT001  a part of the key
    """The label of a record version, which never changes."""
    return label_of(Record.model_validate_json(body), stub=stub)


def _same(
    last: models.ReleaseVersion, version: models.RecordVersion, made: Plan
) -> models.ReleaseVersion | None:
    """The version that the counterpart has, if it is still the right one."""
    if last.revoked:
        raise RefusedError("This record was withdrawn there. What was withdrawn does not come back.")
    right = (
        last.source_id == version.pk
        and last.agreement_id == made.agreement
        and tuple(last.passed) == made.passing
        and last.held_back is None
        and read_object(bytes(last.wire)).signature.key not in own_ring().compromised()
    )
    return last if right else None


def _make(
    version: models.RecordVersion,
    peer: models.Peer,
    report: RecipientReport,
    before: models.Release | None,
    actor: str,
    now: datetime,
) -> models.ReleaseVersion:
    own = models.Node.objects.get()
    if before is None:
        making = Making.first(now, own.pseudonym_secret)
    else:
        making = Making.following(_last_known(before), now, own.pseudonym_secret)
    made = build(version.content(), kind_of(version.kind), report.plan, making)
    agreement = models.Agreement.objects.get(pk=made.agreement)
    row = _enter(_release_row(before, made, version, peer, now), made, peer, version, agreement, now)
    row.secret = making.secret
    row.passed = list(report.plan.passing)
    row.withheld = [field.name for field in report.fields if not field.passes]
    row.reasons = _reasons(report)
    row.save()
    _log(row, peer)
    trail.note(models.Tag.RELEASE_MADE, now, peer=peer, subject=made.id, actor=actor)
    return row


def _last_known(release_: models.Release) -> ReleaseObject:
    """The last version that this node knows of, or that the counterpart says it holds: none is made twice."""
    last = release_.latest()
    told = models.UnknownRelease.objects.filter(peer=release_.peer_id, stix_id=last.stix_id)
    number = told.aggregate(last=Max("version"))["last"] or 0
    return last.content().model_copy(update={"version": max(last.version, number)})


def _release_row(
    before: models.Release | None,
    made: ReleaseObject,
    version: models.RecordVersion,
    peer: models.Peer,
    now: datetime,
) -> models.Release:
    if before is None:
        return models.Release.objects.create(
            id=made.id, peer=peer, record=version.record, kind=made.kind, created=now
        )
    _move(before, Move.UPDATE)
    before.save(update_fields=["state"])
    return before


def _enter(
    release_: models.Release,
    made: ReleaseObject,
    peer: models.Peer,
    source: models.RecordVersion | None,
    agreement: models.Agreement,
    now: datetime,
) -> models.ReleaseVersion:
    """A row of the collection, at its place: `date_added` grows even where the clock does not."""
    wire = sign_release(made, node_signer())
    peer.last_added = now if peer.last_added is None else max(now, peer.last_added + _STEP)
    peer.save(update_fields=["last_added"])
    last = models.ReleaseVersion.objects.filter(peer=peer).aggregate(last=Max("sequence"))["last"]
    log = ledger.log_of(peer)
    return models.ReleaseVersion(
        release=release_,
        version=made.version,
        peer=peer,
        source=source,
        agreement=agreement,
        slice=made.slice,
        stix_id=stix_id(made.kind, made.id),
        stix_type=stix_type(made.kind),
        modified=made.modified,
        revoked=made.revoked,
        wire=wire,
        digest=digest_bytes(wire),
        body=canonical_bytes(made.model_dump(mode="json")),
        sequence=max(last or 0, (log.epoch - 1) << _EPOCH_BITS) + 1,
        date_added=peer.last_added,
    )


def _log(row: models.ReleaseVersion, peer: models.Peer) -> None:
    leaf = leaf_hash(row.content().salt, row.digest, Purpose.RELEASE)
    ledger.append(ledger.log_of(peer), leaf, release_version=row)


def _move(release_: models.Release, move: Move) -> None:
    release_.state = COMMUNICATION.advance(State(release_.state), move).value


def _reasons(report: RecipientReport) -> list[dict[str, object]]:
    """The full reasons for the audit: of the whole, and of each field that was withheld."""
    whole = [{"row": row.number, "passes": row.passes} for row in report.rows]
    fields = [
        {"field": field.name, "row": each.row, "code": each.code.value, "reason": each.reason}
        for field in report.fields
        for each in field.findings
    ]
    return [*whole, *fields]
