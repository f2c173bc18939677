"""What the operator of a demonstration node does: the actions, so that repeating one changes nothing."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fourfold.demo import together
from fourfold.demo.incidents import demo_incidents
from fourfold.errors import RefusedError
from fourfold.node import assessing, clock, drafting, keeping, models
from fourfold.node.actions.accept_reply import accept_reply
from fourfold.node.actions.check_log import check_logs
from fourfold.node.actions.end_agreement import end_agreement
from fourfold.node.actions.export_evidence import export_evidence
from fourfold.node.actions.import_incidents import Import, import_incidents
from fourfold.node.actions.invite import invite
from fourfold.node.actions.join import join
from fourfold.node.actions.load_answers import load_answers
from fourfold.node.actions.preview_release import preview_release
from fourfold.node.actions.propose_agreement import propose_agreement
from fourfold.node.actions.release_record import release_record
from fourfold.node.actions.reveal import reveal_assessment
from fourfold.node.actions.seal import seal_assessment
from fourfold.node.actions.sign_agreement import sign_agreement
from fourfold.node.actions.sync import sync
from fourfold.node.actions.withdraw import withdraw
from fourfold.node.parties import find_peer
from fourfold.node.standing import last_countersigned, standing_of
from fourfold.planning import example_plan
from fourfold.protocols.assessment import State
from fourfold.records.signing import fingerprint

ACTOR = "liaison officer"
ACTIVITY = "incident_reporting"
PUBLIC = "public-incidents"
DEFINITIONS, REGISTRY = "definitions", "registry"
SLICES = {
    "incidents reported at home": PUBLIC,
    "highly sensitive incidents": "sensitive-incidents",
    "definitions of an incident": DEFINITIONS,
    "common registry": REGISTRY,
}
LEFT_OPEN = "talent_pool"
"""The activity whose answers stay drafted on both sides: whoever looks on can seal and reveal it by page."""
TITLE = "Incident reporting"
SOURCE = "demonstration: "


def who() -> dict[str, Any]:
    """This node: its institution and the fingerprint that people compare."""
    own = models.Node.objects.get()
    return {
        "id": own.institution,
        "name": own.name,
        "fingerprint": fingerprint(own.institution_key),
        "node": fingerprint(own.node_key),
    }


def invitation() -> str:
    """The invitation to hand over; the one that is still open, if there is one."""
    row = models.Invitation.objects.order_by("-created").first()
    return bytes(row.body).decode() if row else invite(ACTOR).file.decode()


def answer_invitation(file: str, fingerprint: str) -> str:
    """The reply to hand back."""
    return join(file.encode(), "invitation.json", fingerprint, ACTOR).decode()


def accept(file: str, fingerprint: str) -> str:
    """Accept the reply."""
    return accept_reply(file.encode(), "reply.json", fingerprint, ACTOR).name


def collect() -> dict[str, Any]:
    """Collect from the counterpart."""
    done = sync()[0]
    if done.pulled is None:
        raise RefusedError(done.problem)
    stored, checkpoint = done.pulled.stored, done.pulled.checkpoint
    return {
        "stored": stored.stored,
        "withdrawn": stored.withdrawn,
        "refused": stored.refused,
        "receipts": done.pulled.receipts,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
    }


def agreements() -> list[dict[str, Any]]:
    """All agreements, and where they stand."""
    now = max(filter(None, (clock.now(), last_countersigned())))
    return [
        {
            "digest": row.digest,
            "title": row.title,
            "founding": row.founding,
            "state": standing_of(row).state(now).value,
            "signatures": row.parties.exclude(signature="").count(),
            "slices": {part.id: part.level.value for part in row.content().slices},
        }
        for row in models.Agreement.objects.order_by("created")
    ]


def load(party: str, withhold: list[str]) -> int:
    """Load the shipped example's answers of one side; how many activities there are."""
    loaded = load_answers(
        example_plan().encode(), "example-plan.yaml", party, find_peer(None), ACTOR, withhold
    )
    return len(loaded.stored) + len(loaded.sealed)


def seal() -> dict[str, str]:
    """Seal every activity but the one that is left open; the seals."""
    peer = find_peer(None)
    rows = [seal_assessment(peer, activity, ACTOR) for activity in _assessed(peer)]
    return {row.activity: row.seal for row in rows}


def reveal() -> int:
    """Reveal what is sealed; how many activities."""
    peer = find_peer(None)
    return len([reveal_assessment(peer, activity, ACTOR) for activity in _assessed(peer)])


def joint() -> dict[str, Any]:
    """What both sides now share, for each activity: its digest, and the suggestion for each slice."""
    rows = models.JointAssessment.objects.filter(state=State.JOINT.value).order_by("activity")
    return {
        row.activity: {
            "digest": assessing.joint_digest(row),
            "slices": {
                part.name: part.outcome.suggestion.value if part.outcome.suggestion else None
                for part in assessing.joint(row).slices
            },
        }
        for row in rows
    }


def propose() -> str:
    """Propose the agreement on incident reporting that the assessment leads to; its digest."""
    known = models.Agreement.objects.filter(founding=False, title=TITLE).first()
    if known is not None:
        return known.digest
    row = models.JointAssessment.objects.get(activity=ACTIVITY)
    text = drafting.draft(row, TITLE, SLICES, clock.now())
    return propose_agreement(text, ACTOR).digest


def sign(digest: str) -> str:
    """Countersign what was proposed."""
    return sign_agreement(digest, ACTOR).digest


def end(digest: str, reason: str) -> str:
    """End an agreement."""
    return end_agreement(digest, reason, ACTOR).ending.agreement


def load_incidents(holder: str) -> dict[str, str]:
    """Import the shipped incidents that this side holds; record ids by their keys."""
    import_incidents(examples(holder), ACTOR)
    rows = models.RecordVersion.objects.filter(source__startswith=SOURCE, latest=True)
    return {row.source.removeprefix(SOURCE): row.record for row in rows}


def examples(holder: str) -> list[Import]:
    """The shipped incidents that one side holds; what names no slice belongs to the public ones."""
    return [
        Import(SOURCE + each.key, each.incident, each.marking, each.slice or PUBLIC)
        for each in demo_incidents()
        if each.holder == holder
    ]


def preview(record: str) -> dict[str, Any]:
    """Who would get what of a record, and why."""
    return preview_release(record).to_json()["recipients"][0]


def release(record: str) -> dict[str, Any]:
    """Release a record to the counterpart; what was withdrawn from it meanwhile stays withdrawn."""
    before = models.Release.objects.filter(record=record).exclude(withdrawn=None).first()
    if before is not None:
        return _shown(before.latest())
    return _shown(release_record(record, find_peer(None), ACTOR))


def take_back(record: str, reason: str) -> dict[str, Any]:
    """Withdraw what was released of a record."""
    found = models.Release.objects.get(record=record)
    return _shown(withdraw(found.id, reason, ACTOR))


def released(record: str) -> dict[str, Any]:
    """Where a release stands, with the receipts for it."""
    found = models.Release.objects.get(record=record)
    receipts = models.ReceiptIn.objects.filter(release_version__release=found).order_by("pk")
    return {**_shown(found.latest()), "state": found.state, "receipts": [each.outcome for each in receipts]}


def received() -> list[dict[str, Any]]:
    """What this node holds of its counterpart's, withdrawals included."""
    rows = models.Received.objects.order_by("pk")
    return [
        {
            "object": row.object,
            "version": row.version,
            "kind": row.kind,
            "state": row.state,
            "revoked": row.revoked,
            "digest": row.digest,
            "held": row.wire is not None,
        }
        for row in rows
    ]


def record_text(record: str, field: str) -> str:
    """One field of an own record, for looking for it elsewhere."""
    return str(keeping.latest(record).content().payload[field])


def logs() -> list[dict[str, Any]]:
    """Every log, computed again from its leaves."""
    return [
        {
            "origin": each.origin,
            "ours": each.ours,
            "peer": each.peer,
            "size": each.size,
            "root": each.root,
            "cosigned_size": each.cosigned_size,
            "cosigned_at": each.cosigned_at.isoformat() if each.cosigned_at else "",
            "problem": each.problem,
        }
        for each in check_logs()
    ]


def export(folder: str) -> list[str]:
    """Export all evidence; the names of the files."""
    return list(export_evidence(find_peer(None), Path(folder), ACTOR))


def counts() -> dict[str, int]:
    """How much of everything there is."""
    kinds = (
        models.Agreement,
        models.RecordVersion,
        models.ReleaseVersion,
        models.Received,
        models.ReceiptOut,
        models.ReceiptIn,
        models.JointAssessment,
        models.CourseStep,
    )
    return {kind.__name__: kind.objects.count() for kind in kinds}


def _assessed(peer: models.Peer) -> list[str]:
    rows = models.JointAssessment.objects.filter(peer=peer, answers__isnull=False)
    names = rows.exclude(activity=LEFT_OPEN).order_by("activity")
    return list(names.values_list("activity", flat=True))


def _shown(row: models.ReleaseVersion) -> dict[str, Any]:
    return {
        "id": row.release_id,
        "version": row.version,
        "digest": row.digest,
        "passed": row.passed,
        "withheld": row.withheld,
        "revoked": row.revoked,
    }


ACTS: Mapping[str, Callable[..., Any]] = {
    act.__name__: act
    for act in (
        who, invitation, answer_invitation, accept, collect, agreements, load, seal, reveal, joint, propose,
        sign, end, load_incidents, preview, release, take_back, released, received, record_text, logs, export,
        counts, *together.ACTS,
    )
}  # fmt: skip
"""All that an operator can be told to do."""
