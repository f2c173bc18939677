"""What a test does inside a node, in a process of its own: HOME ACT ARGUMENTS -> one line of JSON.

Everything is done by the node's own code; nothing here writes a row that the node would write itself.
"""

import json
import sys
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from fourfold.node.boot import boot, migrate

boot(Path(sys.argv[1]))
migrate()

# Django must know its settings before any model is imported.
from allauth.core.internal import ratelimit  # noqa: E402  see above: booted first
from django.conf import settings  # noqa: E402  see above: booted first
from django.contrib.auth.hashers import PBKDF2PasswordHasher  # noqa: E402  see above: booted first
from django.db import DatabaseError, transaction  # noqa: E402  see above: booted first
from django.db.models import Count  # noqa: E402  see above: booted first
from django.test import Client  # noqa: E402  see above: booted first

from fourfold.agreements import SignedAgreement  # noqa: E402  see above: booted first
from fourfold.canon import canonical_bytes, digest, digest_bytes, new_salt  # noqa: E402  booted first
from fourfold.cli.main import store_fault  # noqa: E402  see above: booted first
from fourfold.errors import FourfoldError  # noqa: E402  see above: booted first
from fourfold.exchange.stix import sign_release, stix_id  # noqa: E402  see above: booted first
from fourfold.log import leaf_hash  # noqa: E402  see above: booted first
from fourfold.node import agreeing, clock, keeping, ledger, models  # noqa: E402  see above: booted first
from fourfold.node.actions.add_account import add_account  # noqa: E402  see above: booted first
from fourfold.node.actions.add_record import NewRecord, add_record  # noqa: E402  see above: booted first
from fourfold.node.actions.check_log import check_logs  # noqa: E402  see above: booted first
from fourfold.node.actions.hand_out import hand_out  # noqa: E402  see above: booted first
from fourfold.node.actions.release_record import release_record  # noqa: E402  see above: booted first
from fourfold.node.actions.sync import sync  # noqa: E402  see above: booted first
from fourfold.node.actions.withdraw import withdraw  # noqa: E402  see above: booted first
from fourfold.node.keys import node_signer  # noqa: E402  see above: booted first
from fourfold.node.kinds import kind_of  # noqa: E402  see above: booted first
from fourfold.node.possession import prove  # noqa: E402  see above: booted first
from fourfold.node.releasing import report_for  # noqa: E402  see above: booted first
from fourfold.node.roles import Role  # noqa: E402  see above: booted first
from fourfold.records.envelope import Record  # noqa: E402  see above: booted first
from fourfold.records.markings import Marking, Tlp  # noqa: E402  see above: booted first
from fourfold.records.signing import Purpose  # noqa: E402  see above: booted first
from fourfold.release import Making, build  # noqa: E402  see above: booted first

PBKDF2PasswordHasher.iterations = 1  # in this process only: a password of a test is worth no stretching

MICROSECOND = timedelta(microseconds=1)


def create(key: str, delegation: str) -> None:
    """The row about the node itself."""
    with transaction.atomic():
        models.Node.objects.create(
            institution=settings.NODE.id,
            name=settings.NODE.name,
            institution_key=key,
            node_key=json.loads(delegation)["delegation"]["node_key"],
            delegation=delegation.encode(),
            pseudonym_secret=new_salt(),
            created=clock.now(),
        )


def meet(agreement: str, **peer: str) -> None:
    """A counterpart whose key is known to be its own, and what was agreed with it."""
    with transaction.atomic():
        row = models.Peer.objects.create(
            institution=peer["id"],
            name=peer["name"],
            institution_key=peer["key"],
            node_key=peer["node_key"],
            delegation=peer["delegation"].encode(),
            url=peer["url"],
            joined=clock.now(),
        )
        prove(row, peer["node_key"], models.ProofKind.REQUEST, clock.now())
        agreeing.keep(SignedAgreement.model_validate_json(agreement), clock.now())


def write(count: int, name: str, together: int = 1, hours: int = 0) -> int:
    """Keep and release incidents, each for itself, or some in one transaction; the clock may go wrong."""
    now = clock.now
    clock.now = lambda: now() + timedelta(hours=hours)
    peer = models.Peer.objects.get()
    for start in range(0, count, together):
        with transaction.atomic() if together > 1 else nullcontext():
            for number in range(start, min(start + together, count)):
                _tell(peer, f"{name} {number}")
    return count


def _tell(peer: models.Peer, title: str) -> models.ReleaseVersion:
    given = {"title": title, "description": "It did not stop. " * 20, "analyst_note": "kept here"}
    marking = Marking(tlp=Tlp.GREEN)
    row = add_record(NewRecord("incident", "incident_reporting", given, marking, "public-incidents"), name())
    return release_record(row.record, peer, name())


def fill(count: int, together: int = 1000) -> int:
    """Many released incidents in little time: what `write` does, for many in one transaction.

    Each has its own record, object, signature and log entry; the decision is that of the first of them.
    """
    peer, secret = models.Peer.objects.get(), models.Node.objects.get().pseudonym_secret
    first = _tell(peer, "Incident")
    decided = report_for(first.source, peer, clock.now()).plan
    for start in range(1, count, together):
        _fill(peer, first, decided, secret, range(start, min(start + together, count)))
    return count


@transaction.atomic
def _fill(peer: Any, first: Any, decided: Any, secret: str, numbers: range) -> None:
    now, kind, last = clock.now(), kind_of("incident"), models.Peer.objects.get().last_added
    records = [_record(first, number, now) for number in numbers]
    sources = models.RecordVersion.objects.bulk_create(_row(each, first.compartment) for each in records)
    makings = [Making.first(now, secret) for _ in records]
    made = [
        build(record, kind, replace(decided, record=record.digest()), making)
        for record, making in zip(records, makings, strict=True)
    ]
    models.Release.objects.bulk_create(
        models.Release(
            id=each.id,
            peer=peer,
            record=record.id,
            kind=each.kind,
            created=now,
            compartment=first.compartment,
        )
        for each, record in zip(made, records, strict=True)
    )
    rows = models.ReleaseVersion.objects.bulk_create(
        _version(first, *parts, last + (place + 1) * MICROSECOND)
        for place, parts in enumerate(zip(made, makings, sources, numbers, strict=True))
    )
    leaves = [leaf_hash(each.salt, row.digest, Purpose.RELEASE) for each, row in zip(made, rows, strict=True)]
    ledger.append_all(
        ledger.log_of(peer),
        [
            {"hash": leaf, "release_version": row.pk, "event": None}
            for leaf, row in zip(leaves, rows, strict=True)
        ],
    )
    models.Peer.objects.update(last_added=rows[-1].date_added)


def _record(first: Any, number: int, now: Any) -> Record:
    fields = {**first.source.content().payload, "title": f"Incident {number}"}
    marking = first.source.content().marking
    place = {"activity": "incident_reporting", "slice_": "public-incidents"}
    return keeping.new_record(kind_of("incident"), fields, **place, marking=marking, now=now)


def _row(record: Record, compartment: int) -> models.RecordVersion:
    row = keeping._row(record, name(), str(record.payload["title"]), "")
    row.compartment = compartment
    return row


def _version(first: Any, made: Any, making: Making, source: Any, number: int, added: Any) -> Any:
    wire = sign_release(made, node_signer())
    return models.ReleaseVersion(
        release_id=made.id,
        version=1,
        peer_id=first.peer_id,
        source=source,
        agreement_id=made.agreement,
        slice=made.slice,
        stix_id=stix_id(made.kind, made.id),
        stix_type=first.stix_type,
        modified=made.modified,
        wire=wire,
        digest=digest_bytes(wire),
        body=canonical_bytes(made.model_dump(mode="json")),
        label=first.label,
        secret=making.secret,
        sequence=first.sequence + number,
        date_added=added,
        passed=first.passed,
        withheld=first.withheld,
        reasons=first.reasons,
        compartment=first.compartment,
    )


def name() -> str:
    """Who acts."""
    return "tester"


def withdraw_some(every: int) -> int:
    """Take back every so many-th release, of which the recipient may have had the first version."""
    rows = list(models.Release.objects.order_by("created").select_related("peer")[::every])
    for row in rows:
        hand_out(row.peer, [row.latest().pk])
        withdraw(row.pk, "too early", name())
    return len(rows)


def collect() -> list[str]:
    """Collect from all counterparts; what went wrong, if anything did."""
    print("begins", flush=True)
    return [each.problem for each in sync() if each.problem]


def end_state() -> dict[str, Any]:
    """What two undisturbed runs have in common: what is held, what was answered, and the logs' state."""
    received = models.Received.objects.order_by("digest")
    return {
        "received": digest(list(received.values_list("digest", "state", "revoked"))),
        "objects": received.count(),
        "receipts": models.ReceiptOut.objects.exclude(delivered=None).count(),
        "waiting": models.ReceiptOut.objects.filter(delivered=None).count(),
        "answers": models.ReceiptIn.objects.count(),
        "held_as": dict(received.values_list("state").annotate(Count("pk")).order_by()),
        "reasons": sorted(set(received.values_list("reason", flat=True))),
        "released": models.ReleaseVersion.objects.count(),
        "states": sorted(models.Release.objects.values_list("state", flat=True).distinct()),
        "logs": [_log(each) for each in check_logs() if each.peer],
        "problems": [f"{each.origin}: {each.problem}" for each in check_logs() if each.problem],
    }


def account(name: str, password: str) -> None:
    """An account that may read."""
    add_account(name, password, [Role.READER], "operator")


def try_sign_in(name: str, passwords: list[str], at: float) -> list[int]:
    """Try to sign in by page with each of these passwords, all at one time; how each was answered."""
    real = ratelimit.time
    ratelimit.time = SimpleNamespace(time=lambda: at, monotonic=real.monotonic, sleep=real.sleep)
    client = Client(headers={"host": urlsplit(settings.NODE.url).netloc})
    return [client.post("/sign-in/", {"login": name, "password": each}).status_code for each in passwords]


def _log(each: Any) -> dict[str, Any]:
    return {
        "ours": each.ours,
        "size": each.size,
        "root": each.root,
        "cosigned": each.cosigned_size == each.size,
    }


if __name__ == "__main__":
    try:
        answer = globals()[sys.argv[2]](**json.loads(sys.argv[3]))
    except FourfoldError as error:
        sys.exit(f"{type(error).__name__}: {error}")
    except DatabaseError as error:
        sys.exit(store_fault(error))
    print(json.dumps(answer))
