"""Releasing: the one place where something of a record becomes an object that others can collect.

The decision is taken in the transaction that makes the object, and again when the object is handed out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from fourfold.agreements import HouseRule
from fourfold.canon import canonical_bytes, digest_bytes, new_id
from fourfold.errors import RefusedError
from fourfold.exchange.stix import read_object, sign_release, stix_id, stix_type
from fourfold.log import leaf_hash
from fourfold.node import clock, ledger, models, trail
from fourfold.node.keyrings import own_ring
from fourfold.node.keys import node_signer
from fourfold.node.kinds import SYSTEM_KINDS, kind_of
from fourfold.node.provenance import as_believed
from fourfold.node.standing import circumstances
from fourfold.protocols.communication import COMMUNICATION, Move, State
from fourfold.records.envelope import Record
from fourfold.records.signing import Purpose
from fourfold.release import (
    LAST_VERSION,
    STUB,
    Circumstances,
    Label,
    Making,
    Notice,
    Outcome,
    Plan,
    Preview,
    RecipientReport,
    ReleaseObject,
    build,
    build_stub,
    label_of,
    label_text,
    preview,
    stub_object,
    withdraw,
)

_EPOCH_BITS, _VERSION_BITS = 40, 16
"""Each epoch has sequence numbers and version numbers of its own: what a lost store had issued is never
issued again, whatever anybody says that it holds."""

_STEP = timedelta(microseconds=1)
_BETWEEN_INSTITUTIONS = frozenset(kind.id for kind in SYSTEM_KINDS)


def report_for(version: models.RecordVersion, peer: models.Peer, now: datetime) -> RecipientReport:
    """What one counterpart would get of one version of a record, and why not more."""
    return reports_for(version, [peer.institution], now).recipients[0]


def reports_for(version: models.RecordVersion, recipients: Iterable[str], now: datetime) -> Preview:
    """What each of these counterparts would get of one version of a record, and why not more."""
    around = around_for(version.kind, circumstances(now, [version.digest]))
    return preview(as_believed(version), recipients, around, stub=version.wants_stub)


def stub_report(version: models.RecordVersion, peer: models.Peer, now: datetime) -> RecipientReport:
    """What one counterpart would get if the owner let a stub stand for a record version."""
    around = around_for(version.kind, circumstances(now, [version.digest]))
    return preview(as_believed(version), [peer.institution], around, stub=True).recipients[0]


def release(
    version: models.RecordVersion,
    peer: models.Peer,
    actor: str,
    now: datetime,
    *,
    anew: bool = False,
    created: datetime | None = None,
) -> models.ReleaseVersion:
    """Make what a counterpart may have of a record version, and put it into its collection.

    To release again what it has already changes nothing. What was withdrawn does not come back; `anew` makes
    another release of the record, under an id of its own. A stub that stood for the record is withdrawn.
    `created` is what the first release of it is dated (None: now).

    Raises:
        RefusedError: nothing may pass, with all reasons; or it was withdrawn.
    """
    with transaction.atomic():
        peer = models.Peer.objects.select_for_update().get(pk=peer.pk)
        check_sources(version.record)
        report = report_for(version, peer, now)
        if report.outcome < Outcome.PASS_REDACTED:
            raise RefusedError(refusal(report))
        before = _open(peer, version)
        if before and before.kind == STUB.id:
            take_back(before, "The record itself is released.", actor, now)
            peer.refresh_from_db()
            before = None
        elif before is None and not anew and _was_withdrawn(peer, version):
            raise RefusedError("This record was withdrawn there. What was withdrawn does not come back.")
        if before and (same := _same(before.latest(), version, report.plan)):
            return same
        return _make(_Doing(version, peer, report, before, actor, now, created))


def release_stub(
    version: models.RecordVersion, peer: models.Peer, actor: str, now: datetime
) -> models.ReleaseVersion:
    """Put a stub of a record that is kept apart into a counterpart's collection; again changes nothing.

    Raises:
        RefusedError: no stub may leave, with all reasons; or the counterpart holds more than that already.
    """
    with transaction.atomic():
        peer = models.Peer.objects.select_for_update().get(pk=peer.pk)
        report = stub_report(version, peer, now)
        if report.outcome > Outcome.STUB:
            raise RefusedError(
                f"The record itself may pass to {peer.name}; a stub stands only for what may not."
            )
        if report.outcome is not Outcome.STUB:
            raise RefusedError(refusal(report))
        before = _open(peer, version)
        if before and before.kind != STUB.id:
            raise RefusedError(f"{peer.name} was given the record itself. Withdraw that first: {before.id}.")
        last = before.latest() if before else None
        if last and (last.source_id, last.agreement_id) == (version.pk, report.agreement):
            return last
        return _make_stub(_Doing(version, peer, report, before, actor, now))


def take_back(
    release_: models.Release, reason: str, actor: str, now: datetime, notice: Notice | None = None
) -> models.ReleaseVersion:
    """Withdraw a release, as `take_back_all` does several; what there is of it then, the newest."""
    return take_back_all([release_], reason, actor, now, notice)[0]


def take_back_all(
    releases: Iterable[models.Release],
    reason: str,
    actor: str,
    now: datetime,
    notice: Notice | None = None,
) -> tuple[models.ReleaseVersion, ...]:
    """Withdraw releases: all at once, then each recipient is told by itself; the newest version of each.

    From the first step on nothing of them is handed out. What the second adds, a version without fields, the
    counterpart collects like any other; what was never handed out needs none. One that cannot be told now
    does not keep the others waiting: it stays pending, and is told with the next collection (`tell_waiting`).

    To withdraw again changes nothing.
    """
    with transaction.atomic():
        found = [_taken_back(each, reason, actor, now, notice) for each in releases]
    return tuple(_told(each, now) for each in found)


def untold() -> QuerySet[models.Release]:
    """What was withdrawn and whose holder could not be told of it yet."""
    told = models.ReleaseVersion.objects.filter(release=OuterRef("pk"), revoked=True)
    rows = models.Release.objects.filter(state=State.WITHDRAWAL_PENDING.value)
    return rows.exclude(Exists(told)).select_related("peer").order_by("withdrawn", "pk")


def tell_waiting(now: datetime, only: Q | None = None) -> None:
    """Tell, at last, of withdrawals of which nobody was told; what still cannot be told goes on waiting."""
    for each in untold().filter(only or Q()):
        _told(each, now)


def around_for(kind: str, around: Circumstances) -> Circumstances:
    """The house rule is about what people keep; who opens a key to sign has approved what is signed."""
    return replace(around, house_rule=HouseRule()) if kind in _BETWEEN_INSTITUTIONS else around


def refusal(report: RecipientReport) -> str:
    """Why nothing passes, for the owner's own people."""
    reasons = [f"Row {each.row}: {each.reason}" for each in report.plan.findings]
    if report.fault:
        reasons.append(f"The facts could not be worked out ({report.fault}).")
    return f"Nothing of this may pass to {report.name}. " + " ".join(dict.fromkeys(reasons))


def label_of_source(source: models.RecordVersion) -> Label:
    """The label of a record version, read from the record itself."""
    return _read_label(bytes(source.body), source.wants_stub)


@lru_cache(maxsize=10_000)
def _read_label(body: bytes, stub: bool) -> Label:  # noqa: FBT001  a part of the key
    """The label of a record version, which never changes."""
    return label_of(Record.model_validate_json(body), stub=stub)


def _same(
    last: models.ReleaseVersion, version: models.RecordVersion, made: Plan
) -> models.ReleaseVersion | None:
    """The version that the counterpart has, if it is still the right one."""
    right = (
        last.source_id == version.pk
        and last.agreement_id == made.agreement
        and tuple(last.passed) == made.passing
        and last.held_back is None
        and read_object(bytes(last.wire)).signature.key not in own_ring().compromised()
    )
    return last if right else None


@dataclass(frozen=True, slots=True)
class _Doing:
    """One release under way: of what, to whom, as it was decided, after what, by whom, when."""

    version: models.RecordVersion
    peer: models.Peer
    report: RecipientReport
    before: models.Release | None
    actor: str
    now: datetime
    created: datetime | None = None

    def making(self) -> Making:
        """Fresh numbers and secrets for the object."""
        own = models.Node.objects.get()
        if self.before is None:
            apart = _was_withdrawn(self.peer, self.version)
            return Making.first(self.now, own.pseudonym_secret, self.created, apart=apart)
        last = self.before.latest().content()
        return Making.following(last, self.now, own.pseudonym_secret, _least(self.peer))


def _make(doing: _Doing) -> models.ReleaseVersion:
    making, version = doing.making(), doing.version
    return _put(doing, making, build(version.content(), kind_of(version.kind), doing.report.plan, making))


def _make_stub(doing: _Doing) -> models.ReleaseVersion:
    making, record, plan_ = doing.making(), doing.version.content(), doing.report.plan
    name = doing.before.latest().content().fields["id"] if doing.before else new_id("stub")
    stub = build_stub(record, plan_, name)
    return _put(doing, making, stub_object(stub, record.owner, record.activity, plan_, making))


def _put(doing: _Doing, making: Making, made: ReleaseObject) -> models.ReleaseVersion:
    """The object's row in the collection, its leaf in the log, and the note in the trail."""
    agreement, peer, now = models.Agreement.objects.get(pk=made.agreement), doing.peer, doing.now
    release_ = _release_row(doing.before, made, doing.version, peer, now)
    row = _enter(release_, made, peer, doing.version, agreement)
    row.secret = making.secret
    row.label = label_text(label_of_source(doing.version))
    row.passed = list(doing.report.plan.passing)
    row.withheld = [field.name for field in doing.report.fields if not field.passes]
    row.reasons = _reasons(doing.report)
    row.save()
    _log(row, peer, made.salt)
    trail.note(models.Tag.RELEASE_MADE, now, peer=peer, subject=made.id, actor=doing.actor)
    return row


def check_sources(record: str) -> None:
    """Refuse what was made from material that its originator has withdrawn since.

    Raises:
        RefusedError: one of its sources was withdrawn.
    """
    for each in models.Derived.objects.filter(record=record).select_related("origin"):
        if models.Received.objects.filter(peer=each.origin, object=each.object, revoked=True).exists():
            raise RefusedError(f"{each.origin.name} withdrew what this was made from; it goes nowhere now.")


def _open(peer: models.Peer, version: models.RecordVersion) -> models.Release | None:
    """What a counterpart has of a record, and was not withdrawn."""
    return models.Release.objects.filter(peer=peer, record=version.record, withdrawn=None).first()


def _was_withdrawn(peer: models.Peer, version: models.RecordVersion) -> bool:
    """Whether the record itself, more than a stub of it, was released and withdrawn."""
    rows = models.Release.objects.filter(peer=peer, record=version.record)
    return rows.exclude(withdrawn=None).exclude(kind=STUB.id).exists()


def _least(peer: models.Peer) -> int:
    """The lowest number that a version may have in this epoch; above is always room for a withdrawal."""
    lost = (ledger.log_of(peer).epoch - 1) << _VERSION_BITS
    return min(lost, LAST_VERSION - (1 << _VERSION_BITS)) + 1


def _taken_back(
    release_: models.Release, reason: str, actor: str, now: datetime, notice: Notice | None
) -> models.Release:
    """A release that is withdrawn from now on; nothing here depends on its recipient."""
    release_ = (
        models.Release.objects.select_for_update(of=("self",)).select_related("peer").get(pk=release_.pk)
    )
    if release_.withdrawn is not None:
        return release_
    _move(release_, Move.WITHDRAW if _may_be_held(release_) else Move.DROP)
    release_.withdrawn, release_.withdrawal_reason = now, reason[:500]
    release_.notice = notice.value if notice else ""
    release_.save(update_fields=["state", "withdrawn", "withdrawal_reason", "notice"])
    trail.note(models.Tag.RELEASE_WITHDRAWN, now, peer=release_.peer, subject=release_.id, actor=actor)
    return release_


def _may_be_held(release_: models.Release) -> bool:
    """Whether anything of a release may be with its recipient; it was never handed out, or this says so.

    A note or a receipt tells, or the recipient itself. After a restore, what is older may have been handed
    out since the backup.
    """
    known = release_.versions.filter(Q(first_sent__isnull=False) | Q(receipts__isnull=False))
    named = release_.versions.values("stix_id")
    claimed = models.UnknownRelease.objects.filter(peer=release_.peer_id, stix_id__in=named)
    epoch = models.Log.objects.filter(peer=release_.peer_id).aggregate(last=Max("epoch"))["last"] or 1
    older = release_.versions.filter(sequence__lte=(epoch - 1) << _EPOCH_BITS)
    told = release_.state != State.SHARED or release_.peer.epoch_due
    return told or known.exists() or claimed.exists() or older.exists()


def _told(release_: models.Release, now: datetime) -> models.ReleaseVersion:
    """Put the withdrawal into the recipient's collection, where it is due; what fails, fails for it alone."""
    last = release_.latest()
    if last.revoked or release_.state != State.WITHDRAWAL_PENDING:
        return last
    try:
        with transaction.atomic():
            return _withdrawal(release_, now)
    except Exception as error:  # noqa: BLE001  whatever it is: others wait to be told, and this is tried again
        _note_failed(release_, type(error).__name__, now)
        return last


def _note_failed(release_: models.Release, reason: str, now: datetime) -> None:
    """Note once why a withdrawal cannot be told; it is tried again with each collection."""
    tag = models.Tag.WITHDRAWAL_FAILED
    if not models.Event.objects.filter(tag=tag, subject=release_.pk, reason=reason).exists():
        trail.note(tag, now, peer=release_.peer, subject=release_.pk, reason=reason)


def _withdrawal(release_: models.Release, now: datetime) -> models.ReleaseVersion:
    """The version without fields, at its place in the collection and in the log."""
    peer = models.Peer.objects.select_for_update().get(pk=release_.peer_id)
    last, notice = release_.latest(), Notice(release_.notice) if release_.notice else None
    if last.revoked:
        return last
    made = withdraw(last.content(), now, notice, _least(peer))
    row = _enter(release_, made, peer, last.source, last.agreement)
    row.withheld = sorted({*last.passed, *last.withheld})
    row.save()
    _log(row, peer, made.salt)
    return row


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
) -> models.ReleaseVersion:
    """A row of the collection, at its place: `date_added` grows even where the clock does not.

    It is read off the clock here, with the write lock held and little left to do: whoever polls by a clock of
    its own would else pass over what waited for others to write.
    """
    wire, now = sign_release(made, node_signer()), clock.now()
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


def _log(row: models.ReleaseVersion, peer: models.Peer, salt: str) -> None:
    leaf = leaf_hash(salt, row.digest, Purpose.RELEASE)
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
