"""What an operator does of proposals and joint records; repeating any of it changes nothing."""

from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from fourfold.activities.incident_reporting.collaboration import ENTRY
from fourfold.activities.incident_reporting.coordination import MAPPING
from fourfold.canon import read_document
from fourfold.demo.incidents import demo_incidents
from fourfold.node import clock, courses, models
from fourfold.node.actions.amend_proposal import amend_proposal
from fourfold.node.actions.answer_proposal import Said, answer_proposal
from fourfold.node.actions.begin_joint_record import NewJointRecord, begin_joint_record
from fourfold.node.actions.conclude_joint_record import publish_joint_record
from fourfold.node.actions.contribute import contribute
from fourfold.node.actions.propose import NewProposal, propose
from fourfold.node.actions.sign_joint_record import sign_joint_record
from fourfold.node.parties import find_peer
from fourfold.node.queries import courses as queries
from fourfold.protocols.coordination import Move
from fourfold.records.markings import Marking, Tlp

ACTOR = "incident analyst"
FILE = "definitions.yaml"
DAYS = 60
GREEN = Marking(tlp=Tlp.GREEN)
TOLD = ("title", "date", "countries", "sources", "registers")


def propose_mapping(slice_: str) -> str:
    """Propose the shipped mapping, to be adopted within sixty days; its digest."""
    told = _told()
    known = [each for each in queries.proposals() if _is(each, told["title"], slice_)]
    if known:
        return known[0].row.digest
    fields = {name: told[name] for name in ("title", "first", "second", "rows")}
    fields["due"] = (clock.now() + timedelta(days=DAYS)).date().isoformat()
    given = NewProposal(MAPPING.id, slice_, GREEN, fields)
    return propose(given, [find_peer(None)], ACTOR).digest


def amend_mapping(digest: str) -> dict[str, Any]:
    """Amend the note of its last row, unless that was done."""
    matter = _matter(digest)
    head = courses.proposal(matter).head
    if head.round == 1:
        fields = queries.content_of(head.proposal)
        fields["rows"][-1] = {**fields["rows"][-1], "note": _told()["amended"]}
        amend_proposal(matter.row, fields, None, ACTOR)
    return course_shown(digest)


def say(digest: str, move: str) -> dict[str, Any]:
    """Answer a proposal, unless it is closed."""
    matter = _matter(digest)
    if not courses.proposal(matter).state.final:
        answer_proposal(matter.row, Said(Move(move)), ACTOR)
    return course_shown(digest)


def begin_entry(key: str, slice_: str) -> str:
    """Begin an entry of the common registry on one of the shipped incidents; its digest."""
    incident = next(each.incident for each in demo_incidents() if each.key == key)
    known = [each for each in queries.joint_records() if _is(each, incident.title, slice_)]
    if known:
        return known[0].row.digest
    public = incident.model_dump(mode="json", exclude_none=True)
    fields = {name: public[name] for name in TOLD if name in public}
    fields |= {"what_happened": public["description"], **_told()["entry"]["home"]}
    given = NewJointRecord(ENTRY.id, slice_, GREEN, fields)
    return begin_joint_record(given, [find_peer(None)], ACTOR).digest


def contribute_entry(digest: str) -> dict[str, Any]:
    """Contribute what the other side knows, unless it is published."""
    matter = _matter(digest)
    if not courses.joint_record(matter).state.final:
        contribute(matter.row, _told()["entry"]["abroad"], None, (), ACTOR)
    return course_shown(digest)


def sign_entry(digest: str) -> dict[str, Any]:
    """Sign what all have contributed."""
    sign_joint_record(_matter(digest).row, None, ACTOR)
    return course_shown(digest)


def publish_entry(digest: str) -> dict[str, Any]:
    """Publish what all have signed."""
    publish_joint_record(_matter(digest).row, ACTOR)
    return course_shown(digest)


def course_shown(digest: str) -> dict[str, Any]:
    """Where a proposal or a joint record stands, with its text and history."""
    return queries.whole(_matter(digest))


def steps() -> int:
    """How many steps this node holds."""
    return models.CourseStep.objects.count()


def _is(matter: courses.Matter, title: str, slice_: str) -> bool:
    return (queries.title_of(matter), matter.row.slice) == (title, slice_)


def _matter(digest: str) -> courses.Matter:
    return courses.matter(courses.find(digest), clock.now())


@cache
def _told() -> dict[str, Any]:
    return read_document((files("fourfold.demo") / "data" / FILE).read_bytes(), file=FILE).plain()


ACTS = (
    propose_mapping, amend_mapping, say, begin_entry, contribute_entry, sign_entry, publish_entry,
    course_shown, steps,
)  # fmt: skip
