"""What a test does inside a node, in a process of its own: HOME ACT ARGUMENTS -> one line of JSON.

Everything is done by the node's own code; nothing here writes a row that the node would write itself.
"""

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from fourfold.node.boot import boot, migrate

boot(Path(sys.argv[1]))
migrate()

# Django must know its settings before any model is imported.
from django.conf import settings  # noqa: E402  see above: booted first
from django.db import transaction  # noqa: E402  see above: booted first

from fourfold.agreements import SignedAgreement  # noqa: E402  see above: booted first
from fourfold.canon import digest, new_salt  # noqa: E402  see above: booted first
from fourfold.errors import FourfoldError  # noqa: E402  see above: booted first
from fourfold.node import agreeing, clock, models  # noqa: E402  see above: booted first
from fourfold.node.actions.add_record import NewRecord, add_record  # noqa: E402  see above: booted first
from fourfold.node.actions.check_log import check_logs  # noqa: E402  see above: booted first
from fourfold.node.actions.release_record import release_record  # noqa: E402  see above: booted first
from fourfold.node.actions.sync import sync  # noqa: E402  see above: booted first
from fourfold.node.actions.withdraw import withdraw  # noqa: E402  see above: booted first
from fourfold.records.markings import Marking, Tlp  # noqa: E402  see above: booted first


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
    """A counterpart, and what was agreed with it."""
    with transaction.atomic():
        models.Peer.objects.create(
            institution=peer["id"],
            name=peer["name"],
            institution_key=peer["key"],
            node_key=peer["node_key"],
            delegation=peer["delegation"].encode(),
            url=peer["url"],
            joined=clock.now(),
        )
        agreeing.keep(SignedAgreement.model_validate_json(agreement), clock.now())


def write(count: int, name: str, together: int = 1) -> int:
    """Keep and release incidents: each for itself, or some in one transaction."""
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


def name() -> str:
    """Who acts."""
    return "tester"


def withdraw_some(every: int) -> int:
    """Take back every so many-th release."""
    rows = list(models.Release.objects.order_by("created").values_list("pk", flat=True)[::every])
    for row in rows:
        withdraw(row, "too early", name())
    return len(rows)


def collect() -> list[str]:
    """Collect from all counterparts; what went wrong, if anything did."""
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
        "released": models.ReleaseVersion.objects.count(),
        "states": sorted(models.Release.objects.values_list("state", flat=True).distinct()),
        "logs": [_log(each) for each in check_logs() if each.peer],
        "problems": [f"{each.origin}: {each.problem}" for each in check_logs() if each.problem],
    }


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
    print(json.dumps(answer))
