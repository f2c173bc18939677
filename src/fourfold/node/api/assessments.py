"""Assessing with a counterpart: answering, sealing, revealing, and what it comes to."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from fourfold.errors import NotFoundError
from fourfold.framework import assess, shipped
from fourfold.node import answering, assessing, clock
from fourfold.node.actions.answer_part import answer_part
from fourfold.node.actions.arrange_parts import add_parts, remove_part, rename_part
from fourfold.node.actions.reveal import reveal_assessment
from fourfold.node.actions.seal import seal_assessment
from fourfold.node.api.callers import needs
from fourfold.node.api.problems import ANSWERS
from fourfold.node.api.shapes.common import Name, Taken
from fourfold.node.models import JointAssessment
from fourfold.node.parties import find_peer
from fourfold.node.queries import assessments
from fourfold.node.queries.agenda import agenda_with
from fourfold.node.roles import Act

router = Router(tags=["Assessment"])
Activity = Annotated[str, Field(max_length=100, pattern=r"^[a-z][a-z0-9_]*$")]
Part = Annotated[str, Field(min_length=1, max_length=answering.LONGEST_NAME, pattern=r"^[^\x00]*$")]
Seen = Annotated[str, Field(max_length=71, pattern=r"^(sha256:[0-9a-f]{64})?$")]
Values = Annotated[list[Annotated[str, Field(max_length=50)]], Field(min_length=1, max_length=8)]


class With(Schema):
    """The counterpart that is meant, by name or id; it may be left out where there is only one."""

    with_: Annotated[Name | None, Field(alias="with")] = None


class AnswerIn(Taken):
    """The values that are held possible, and why; what is withheld is not revealed."""

    values: Values
    because: Annotated[str, Field(max_length=answering.LONGEST_REASON, pattern=r"^[^\x00]*$")] = ""
    source: Annotated[str, Field(max_length=answering.LONGEST_SOURCE, pattern=r"^[^\x00]*$")] = ""
    dated: Annotated[date | None, Field(alias="date")] = None
    withheld: bool = False


class PartIn(Taken):
    """All answers to one part, by criterion; `seen` is the digest of what they replace (empty: nothing)."""

    name: Part
    answers: Annotated[dict[str, AnswerIn], Field(max_length=100)]
    seen: Seen | None = None


class PartsIn(Taken):
    """Parts to be added, in which nothing is answered yet."""

    names: Annotated[list[Part], Field(min_length=1, max_length=30)]


class RenameIn(Taken):
    """A part, and its new name."""

    name: Part
    new: Part


class RemoveIn(Taken):
    """A part that is to be removed with its answers; `seen` is its digest."""

    name: Part
    seen: Seen | None = None


class SealIn(Taken):
    """`seen` is the digest of all the answers that are to be sealed."""

    seen: Seen | None = None


class AssessmentRow(Schema):
    """Where the assessment of one activity stands."""

    activity: str
    state: str
    seal: str
    their_seal: str
    withheld: list[str]


class AnswerOut(Schema):
    """One of our answers, and who gave it when (empty: not known)."""

    values: list[str]
    because: str
    source: str
    dated: Annotated[date | None, Field(serialization_alias="date")]
    withheld: bool
    by: str
    at: str


class PartOut(Schema):
    """Our answers to one part, and the digest to change them by."""

    name: str
    digest: str
    answers: dict[str, AnswerOut]


class AssessmentOut(AssessmentRow):
    """The same with our own answers, and the digest to seal them by."""

    digest: str
    parts: list[PartOut]


@router.get("", response={200: list[AssessmentRow], **ANSWERS})
@needs(Act.READ)
def list_assessments(request: HttpRequest, other: Query[With]) -> Any:
    """Every activity that one of the two has begun to assess, and where it stands."""
    del request
    return assessments.listed(find_peer(other.with_))


@router.get("/agenda", response={200: dict[str, Any], **ANSWERS})
@needs(Act.READ)
def show_agenda(request: HttpRequest, other: Query[With], activity: Activity | None = None) -> Any:
    """What the next meeting is about: decisive differences, open questions, what is agreed."""
    del request
    if activity is not None:
        answering.check_activity(activity)
    return agenda_with(find_peer(other.with_), clock.now(), activity).to_json()


@router.get("/{activity}", response={200: AssessmentOut, **ANSWERS}, by_alias=True)
@needs(Act.READ)
def show_assessment(request: HttpRequest, activity: Activity, other: Query[With]) -> Any:
    """Our answers to one activity, and where its assessment stands."""
    del request
    return _shown(_found(activity, other))


@router.put("/{activity}/parts", response={200: AssessmentOut, **ANSWERS}, by_alias=True)
@needs(Act.ASSESS)
def answer(request: HttpRequest, activity: Activity, given: PartIn, other: Query[With]) -> Any:
    """Answer one part, in place of what was answered there."""
    answers = {name: answering.OwnAnswer(**_answer(each)) for name, each in given.answers.items()}
    part = answering.OwnPart(given.name, answers)
    return _shown(answer_part(find_peer(other.with_), activity, part, request.auth.name, given.seen))


@router.post("/{activity}/parts", response={200: AssessmentOut, **ANSWERS}, by_alias=True)
@needs(Act.ASSESS)
def add(request: HttpRequest, activity: Activity, given: PartsIn, other: Query[With]) -> Any:
    """Divide an activity: add parts in which nothing is answered yet."""
    return _shown(add_parts(find_peer(other.with_), activity, given.names, request.auth.name))


@router.post("/{activity}/parts/renaming", response={200: AssessmentOut, **ANSWERS}, by_alias=True)
@needs(Act.ASSESS)
def rename(request: HttpRequest, activity: Activity, given: RenameIn, other: Query[With]) -> Any:
    """Give a part another name."""
    peer = find_peer(other.with_)
    return _shown(rename_part(peer, activity, given.name, given.new, request.auth.name))


@router.post("/{activity}/parts/removal", response={200: AssessmentOut, **ANSWERS}, by_alias=True)
@needs(Act.ASSESS)
def remove(request: HttpRequest, activity: Activity, given: RemoveIn, other: Query[With]) -> Any:
    """Remove a part with its answers."""
    peer = find_peer(other.with_)
    return _shown(remove_part(peer, activity, given.name, request.auth.name, given.seen))


@router.get("/{activity}/alone", response={200: dict[str, Any], **ANSWERS})
@needs(Act.READ)
def show_alone(request: HttpRequest, activity: Activity, other: Query[With]) -> Any:
    """What our answers alone come to, in the shape that `recommend` gives."""
    del request
    return assess(shipped(), answering.alone(_found(activity, other))).to_json()


@router.get("/{activity}/joint", response={200: dict[str, Any], **ANSWERS})
@needs(Act.READ)
def show_joint(request: HttpRequest, activity: Activity, other: Query[With]) -> Any:
    """What both sides' answers come to, once both have revealed them."""
    del request
    row = _found(activity, other)
    return {**assessing.joint(row).to_json(), "digest": assessing.joint_digest(row)}


@router.post("/{activity}/seal", response={200: AssessmentRow, **ANSWERS})
@needs(Act.ASSESS)
def seal(request: HttpRequest, activity: Activity, given: SealIn, other: Query[With]) -> Any:
    """Seal our answers: from now on they do not change."""
    row = _found(activity, other)
    return assessments.as_row(seal_assessment(row.peer, activity, request.auth.name, given.seen))


@router.post("/{activity}/reveal", response={200: AssessmentRow, **ANSWERS})
@needs(Act.ASSESS)
def reveal(request: HttpRequest, activity: Activity, other: Query[With]) -> Any:
    """Reveal what we sealed, once the counterpart has sealed too."""
    row = _found(activity, other)
    return assessments.as_row(reveal_assessment(row.peer, activity, request.auth.name))


def _found(activity: str, other: With) -> JointAssessment:
    row = JointAssessment.readable.filter(peer=find_peer(other.with_), activity=activity).first()
    if row is None:
        raise NotFoundError("Nobody has begun to assess this activity.")
    return row


def _answer(given: AnswerIn) -> dict[str, Any]:
    return {**given.model_dump(), "values": tuple(given.values)}


def _shown(row: JointAssessment) -> dict[str, Any]:
    parts = answering.own_parts(row)
    return {
        **assessments.as_row(row),
        "digest": answering.whole_digest(parts),
        "parts": [{"name": part.name, "digest": part.digest, "answers": part.answers} for part in parts],
    }
