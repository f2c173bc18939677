"""What was made from material of others: found again, taken back and destroyed when they withdraw it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from fourfold.canon import new_id
from fourfold.errors import NotFoundError
from fourfold.exchange.receipts import MOST_DESTROYED, Outcome, Receipt, SignedReceipt, read_receipt
from fourfold.exchange.stix import decode, read_object
from fourfold.node import destroying, keeping, models, releasing, trail
from fourfold.node.actions.write_receipt import write_receipt
from fourfold.node.provenance import believed
from fourfold.node.recalling import recall
from fourfold.node.withdrawing import NOTHING_HELD, with_standing
from fourfold.records.derivation import Inheritance, inherit
from fourfold.records.markings import Marking, join
from fourfold.records.signing import Signer
from fourfold.release import Onward, ReleaseObject, passed_on

REASON = "Its originator withdrew it."


def received(object_: str) -> tuple[models.Received, ReleaseObject]:
    """The newest version of something received, and the release object in it.

    Raises:
        NotFoundError: nothing of this id is held.
    """
    rows = models.Received.readable.filter(object=object_, state=models.ReceivedState.STORED)
    row = rows.exclude(wire=None).select_related("peer").order_by("-version").first()
    if row is None:
        raise NotFoundError("Nothing of this id is held here.")
    return row, decode(read_object(bytes(row.wire)).value)


@dataclass(frozen=True, slots=True)
class Derivation:
    """What a record inherits from its sources, and which received objects they go back to."""

    inheritance: Inheritance
    roots: tuple[models.Derived, ...]

    def carried(self, own: Marking) -> tuple[frozenset[str], Marking]:
        """Whose it is, and how it is marked at the least, if its author would mark it `own`."""
        return self.inheritance.originators, join([own, self.inheritance.marking])


def derive(sources: Sequence[str], now: datetime) -> Derivation:
    """What is written from these sources must carry: ids of own records, or of what was received.

    Raises:
        NotFoundError: one of them is not here.
    """
    records, found = [], []
    for name in sources:
        if name.startswith("record--"):
            records.append(keeping.latest(name).content())
            found += roots(name).select_related("origin")
        else:
            row, release = received(name)
            envelope = Onward(
                record=new_id("record"),
                version=1,
                slice=None,
                fields=tuple(release.fields),
                created=now,
                modified=now,
            )
            records.append(passed_on(release, envelope, ours=settings.NODE.id in believed(release)))
            found.append(models.Derived(origin=row.peer, object=name))
    inherited = inherit(records, settings.NODE.id)
    return Derivation(replace(inherited, derived_from=tuple(sorted(set(sources)))), tuple(found))


def roots(record: str) -> QuerySet[models.Derived]:
    """What an own record was made from."""
    return models.Derived.objects.filter(record=record)


def note_derived(record: str, sources: Iterable[models.Derived], *, verbatim: bool = False) -> None:
    """Remember what a record was made from; what its sources came from counts too."""
    for each in sources:
        models.Derived.objects.get_or_create(
            record=record, origin=each.origin, object=each.object, defaults={"verbatim": verbatim}
        )


def withdraw_onward(row: models.Received, signer: Signer, now: datetime) -> None:
    """Destroy what was held of an object that its owner withdrew by `row`, and take back what was made of it.

    The answer is written once all to whom it had gone on have answered; what each of them does is its own
    affair, and keeps nothing here. Runs inside the transaction that stores the withdrawal.
    """
    lost = destroying.destroy_received(row.peer, row.object, now, models.ReceivedState.WITHDRAWN)
    for each in models.Derived.objects.filter(origin=row.peer, object=row.object):
        recall(models.CourseStep.objects.filter(record=each.record), now)
        open_ = models.Release.objects.filter(record=each.record, withdrawn=None)
        releasing.take_back_all(open_, REASON, trail.NODE, now)
        if each.verbatim:
            lost += destroying.destroy_record(each.record, trail.NODE, now, envelope=True)
    trail.note(models.Tag.OBJECT_DESTROYED, now, peer=row.peer, subject=row.object)
    models.DestroyedFile.objects.bulk_create(
        models.DestroyedFile(withdrawal=row, digest=digest) for digest in sorted(set(lost))
    )
    if not _pending(row.peer, row.object, now):
        write_receipt(row, _receipt(row, now), signer)


def settle(signer: Signer, now: datetime) -> None:
    """Answer the withdrawals that waited for the last of those to whom something had been passed on."""
    waiting = models.Received.objects.filter(revoked=True, receipt=None).select_related("peer")
    for row in waiting.exclude(state=models.ReceivedState.QUARANTINED):
        if not _pending(row.peer, row.object, now):
            write_receipt(row, _receipt(row, now), signer)


def _pending(peer: models.Peer, object_: str, now: datetime) -> bool:
    """A client that collected it cannot answer: that it holds nothing any more is never claimed for it."""
    held = with_standing(_passed_on(peer, object_), now)
    return held.exclude(standing__in=NOTHING_HELD).exists()


def _passed_on(peer: models.Peer, object_: str) -> QuerySet[models.Release]:
    records = models.Derived.objects.filter(origin=peer, object=object_).values("record")
    return models.Release.objects.filter(record__in=records)


def _receipt(row: models.Received, now: datetime) -> Receipt:
    """The answer for all who held it: what was destroyed here, and how long anybody's backups last."""
    own = [now + timedelta(days=settings.NODE.backup_days)] if settings.NODE.backup_days else []
    others = [each.receipt.backups_until for each in _answers(row)]
    return Receipt(
        owner=row.peer_id,
        recipient=settings.NODE.id,
        object=row.object,
        version=row.version,
        digest=row.digest,
        outcome=Outcome.WITHDRAWN,
        destroyed=_destroyed(row),
        backups_until=max([*own, *(until for until in others if until)], default=None),
        at=now,
    )


def _destroyed(row: models.Received) -> tuple[str, ...]:
    """Digests of what is not here any more: each version that had come, whatever destroyed it, and the files.

    Of more than a receipt takes, the newest versions and some of the files.
    """
    files = row.destroyed_files.order_by("pk").values_list("digest", flat=True)[: MOST_DESTROYED // 2]
    earlier = models.Received.objects.filter(peer=row.peer, object=row.object, revoked=False)
    newest = earlier.order_by("-version", "-pk").values_list("digest", flat=True)
    return (*reversed(newest[: MOST_DESTROYED - len(files)]), *files)


def _answers(row: models.Received) -> list[SignedReceipt]:
    given = models.ReceiptIn.objects.filter(
        release_version__release__in=_passed_on(row.peer, row.object), outcome=Outcome.WITHDRAWN.value
    )
    return [read_receipt(bytes(each.body)) for each in given]
