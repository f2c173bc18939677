"""Proposals and joint records as rows: where each stands, what is due from whom, and how it came to that."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings

from fourfold.node import clock, courses, releasing
from fourfold.node.courses import Matter, Waiting
from fourfold.node.kinds import kind_of
from fourfold.node.models import Approval, CourseStep, Peer
from fourfold.node.parties import peers_of
from fourfold.protocols import collaboration, coordination
from fourfold.protocols.collaboration import Contribution, Part
from fourfold.protocols.coordination import Answer, Proposal
from fourfold.protocols.steps import Step

RECALLED, WAITING = "recalled", "waiting"
APPROVE = "approve"
"""What is due of us while a step of ours waits for a second person."""
_SAID = {
    "accept": "accepted",
    "decline": "declined",
    "withdraw": "withdrew it",
    "commit": "committed to it",
    "finish": "reported it done",
    "sign": "signed",
    "publish": "published",
    "leave": "left",
}


@dataclass(frozen=True, slots=True)
class Due:
    """What is expected of one party next, and until when (None: no date)."""

    party: str
    move: str
    until: date | None


@dataclass(frozen=True, slots=True)
class Approving:
    """How far the approval of a step for one party is: who has given it, whether more are missing."""

    peer: Peer
    given: tuple[str, ...]
    missing: bool


@dataclass(frozen=True, slots=True)
class Happened:
    """One step: who, what, when; and why it does not count, where it does not."""

    digest: str
    author: str
    number: int
    what: str
    at: datetime
    note: str
    problem: str


def proposals() -> list[Matter]:
    """All proposals, the newest first."""
    return _all(Proposal)


def joint_records() -> list[Matter]:
    """All joint records, the newest first."""
    return _all(Contribution)


def is_joint(matter: Matter) -> bool:
    """Whether it is a joint record, and no proposal."""
    return issubclass(matter.kind.payload, Contribution)


def kind_title(matter: Matter) -> str:
    """What kind of proposal or joint record it is."""
    payload = matter.kind.payload
    return payload.WHOLE if issubclass(payload, Contribution) else matter.kind.title


def title_of(matter: Matter) -> str:
    """What people call it; of one that was recalled only the kind is left."""
    course = matter.course
    if not matter.begun and matter.waiting:
        return getattr(matter.waiting.step, "title", None) or f"{kind_title(matter)}, untitled"
    if isinstance(course, coordination.Course):
        return course.head.proposal.title
    if course is not None:
        return str(course.current.combined.get("title") or f"{kind_title(matter)}, untitled")
    return f"{kind_title(matter)}, recalled"


def state_of(matter: Matter) -> str:
    """Where it stands, in one word."""
    if not matter.begun:
        return WAITING
    return matter.course.state.value if matter.course else RECALLED


def opened(matter: Matter) -> datetime:
    """When it was opened, or will have been, once its opening has left."""
    return matter.row.at if isinstance(matter.row, CourseStep) else matter.row.kept


def due_of(matter: Matter) -> tuple[Due, ...]:
    """What is expected, of whom and until when, in the order of the parties."""
    course, own = matter.course, settings.NODE.id
    waits = (Due(own, APPROVE, None),) if matter.waiting else ()
    if course is None:
        return waits
    moves = [(party, course.due(party)) for party in course.parties]
    told = (Due(party, move.value, _until(course, party)) for party, move in moves if move)
    return (*waits, *(due for due in told if not (waits and due.party == own)))


def approvals(matter: Matter, held: Waiting) -> tuple[Approving, ...]:
    """For each party that our waiting step is for, how far its approval is."""
    now, found = clock.now(), []
    for peer in peers_of(matter.parties):
        given = Approval.objects.filter(
            record_digest=held.version.digest, recipient=peer.institution, revoked=None
        )
        names = tuple(given.order_by("created").values_list("approver", flat=True))
        missing = releasing.report_for(held.version, peer, now).plan.lacks_only_approvals
        found.append(Approving(peer, names, missing))
    return tuple(found)


def waiting_row(matter: Matter) -> dict[str, Any] | None:
    """Our step that waits for approval: what it is and says, whose it is, and which approvals are missing."""
    held = matter.waiting
    if held is None:
        return None
    return {
        "step": said(held.step),
        "by": held.row.actor,
        "record": held.row.record,
        "record_digest": held.version.digest,
        "says": content_of(held.step),
        "parties": [
            {"name": each.peer.name, "approved_by": list(each.given), "missing": each.missing}
            for each in approvals(matter, held)
        ],
    }


def history(matter: Matter) -> tuple[Happened, ...]:
    """All steps in the order of their times, those that count for nothing with the reason."""
    rows = CourseStep.readable.filter(opening=matter.row.digest).order_by("at", "author", "number")
    return tuple(_happened(matter, row) for row in rows)


def party_names() -> dict[str, str]:
    """The names of the institutions that this node knows, by id."""
    return {**dict(Peer.objects.values_list("institution", "name")), settings.NODE.id: settings.NODE.name}


def as_row(matter: Matter) -> dict[str, Any]:
    """One proposal or joint record."""
    names = party_names()
    course = matter.course
    row = {
        "digest": matter.row.digest,
        "title": title_of(matter),
        "kind": matter.row.kind,
        "activity": matter.row.activity,
        "slice": matter.row.slice,
        "parties": [names.get(each, each) for each in matter.parties],
        "state": state_of(matter),
        "waits_for": [_waits(each, names) for each in due_of(matter)],
        "waiting": waiting_row(matter),
    }
    if isinstance(course, coordination.Course):
        return {**row, "due": course.head.proposal.due.isoformat(), "round": course.head.round}
    if isinstance(course, collaboration.Course):
        signed_by = sorted(names.get(each, each) for each in course.signatures)
        return {**row, "revision": course.revision, "signed_by": signed_by, "content": course.current.digest}
    return row


def whole(matter: Matter) -> dict[str, Any]:
    """One proposal or joint record with its text and its history."""
    names, course = party_names(), matter.course
    value = as_row(matter)
    value["history"] = [
        {
            "by": names.get(each.author, each.author),
            "what": each.what,
            "at": each.at.isoformat(),
            "note": each.note,
            "digest": each.digest,
            "counts_not": each.problem,
        }
        for each in history(matter)
    ]
    if isinstance(course, coordination.Course):
        value["stances"] = {names.get(key, key): each.value for key, each in course.head.stances.items()}
        value["commitments"] = {names.get(key, key): day.isoformat() for key, day in course.head.by.items()}
        value["text"] = content_of(course.head.proposal)
        value["versions"] = [_version(each, names) for each in course.texts]
    elif isinstance(course, collaboration.Course):
        value["entry"] = course.current.combined
        value["originators"] = sorted(names.get(each, each) for each in course.current.originators)
        value["marking"] = course.current.marking.model_dump(mode="json", exclude_none=True)
        value["signatures"] = {
            names.get(key, key): each.model_dump(mode="json") for key, each in course.signatures.items()
        }
    return value


def _version(text: coordination.Text, names: dict[str, str]) -> dict[str, Any]:
    """One text among those that were proposed; the last is the one that counts."""
    author = text.proposal.author
    return {
        "round": text.round,
        "by": names.get(author, author),
        "digest": text.digest,
        "text": content_of(text.proposal),
    }


def content_of(step: Step) -> dict[str, Any]:
    """What a person wrote of a step: its fields without what the node adds."""
    return {name: value for name, value in step.fields().items() if name in step.asked()}


def _all(payload: type[Step]) -> list[Matter]:
    rows = [*courses.waiting_openings(), *courses.openings()]
    wanted = [row for row in rows if issubclass(kind_of(row.kind).payload, payload)]
    return courses.matters(wanted, clock.now())


def _until(course: coordination.Course | collaboration.Course, party: str) -> date | None:
    if isinstance(course, collaboration.Course):
        return None
    return course.head.by.get(party, course.head.proposal.due)


def _waits(due: Due, names: dict[str, str]) -> str:
    until = f" by {due.until}" if due.until else ""
    return f"{names.get(due.party, due.party)} to {due.move}{until}"


def _happened(matter: Matter, row: CourseStep) -> Happened:
    step = matter.steps.get(row.digest)
    note = getattr(step, "note", None) or ""
    what = said(step) if step else "a step, since recalled"
    return Happened(row.digest, row.author, row.number, what, row.at, note, _problem(matter, row))


def _problem(matter: Matter, row: CourseStep) -> str:
    """Why a step counts for nothing; empty where it counts."""
    course = matter.course
    if row.recalled is not None:
        return "Recalled by its author; its content is destroyed here."
    if course is None:
        return ""
    if row.digest in getattr(course, "late", ()):
        return "Came after the record was published."
    if reason := course.order.void.get(row.digest):
        return reason
    waits = course.order.waiting.get(row.digest, "")
    return f"Waits: {waits}." if waits else ""


def said(step: Step) -> str:
    """What was done by a step, in a word or two."""
    if isinstance(step, Proposal):
        return "amended it" if step.supersedes else "proposed"
    if isinstance(step, Answer | Part):
        return _SAID[step.move.value]
    if isinstance(step, Contribution) and step.parties:
        return "began it"
    return "contributed"
