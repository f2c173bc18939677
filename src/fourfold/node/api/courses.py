"""Working together: proposals that are answered and committed to, records that are written and signed."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from fourfold.errors import NotFoundError
from fourfold.node import clock, courses
from fourfold.node.actions.amend_proposal import amend_proposal
from fourfold.node.actions.answer_proposal import Said, answer_proposal
from fourfold.node.actions.begin_joint_record import NewJointRecord, begin_joint_record
from fourfold.node.actions.conclude_joint_record import leave_joint_record, publish_joint_record
from fourfold.node.actions.contribute import contribute
from fourfold.node.actions.drop_step import drop_step
from fourfold.node.actions.propose import NewProposal, propose
from fourfold.node.actions.sign_joint_record import sign_joint_record
from fourfold.node.api import course_shapes as shapes
from fourfold.node.api.callers import needs
from fourfold.node.api.problems import ANSWERS
from fourfold.node.courses import Opening
from fourfold.node.models import Peer
from fourfold.node.parties import find_peer
from fourfold.node.queries import courses as queries
from fourfold.node.roles import Act
from fourfold.protocols.coordination import Move

proposals = Router(tags=["Proposals"])
joint_records = Router(tags=["Joint records"])


@proposals.get("", response={200: list[shapes.ProposalRow], **ANSWERS})
@needs(Act.READ)
def list_proposals(request: HttpRequest) -> Any:
    """All proposals: where each stands, what is due, and from whom."""
    del request
    return [queries.as_row(each) for each in queries.proposals()]


@proposals.post("", response={201: shapes.ProposalOut, **ANSWERS})
@needs(Act.TAKE_PART)
def make_proposal(request: HttpRequest, given: shapes.ProposeIn) -> Any:
    """Propose a text. It goes to every other party whole, or to nobody; the same again changes nothing."""
    new = NewProposal(given.kind, given.slice, given.marking, given.fields)
    return _made(propose(new, _peers(given.to), request.auth.name))


@proposals.get("/{digest}", response={200: shapes.ProposalOut, **ANSWERS})
@needs(Act.READ)
def show_proposal(request: HttpRequest, digest: shapes.Digest) -> Any:
    """A proposal: every text of it, where each party stands, and how it came to that."""
    del request
    return _whole(_proposal(digest))


@proposals.post("/{digest}/amendments", response={201: shapes.ProposalOut, **ANSWERS})
@needs(Act.TAKE_PART)
def amend(request: HttpRequest, digest: shapes.Digest, given: shapes.AmendIn) -> Any:
    """Answer the text that counts with another, which supersedes it."""
    row, who = _proposal(digest), request.auth.name
    return _made(amend_proposal(row, given.fields, given.marking, who, about=given.about))


@proposals.post("/{digest}/answers", response={201: shapes.ProposalOut, **ANSWERS})
@needs(Act.TAKE_PART)
def answer(request: HttpRequest, digest: shapes.Digest, given: shapes.AnswerIn) -> Any:
    """Accept or decline the text that counts, withdraw one's own, commit to it by a date, report it done."""
    said = Said(Move(given.move), given.note, given.by, given.about)
    return _made(answer_proposal(_proposal(digest), said, request.auth.name))


@proposals.delete("/{digest}/waiting", response={200: shapes.DroppedOut, **ANSWERS})
@needs(Act.TAKE_PART)
def drop_answer(request: HttpRequest, digest: shapes.Digest) -> Any:
    """Drop one's own step that waits for approval; nobody else has seen it."""
    return drop_step(_proposal(digest), request.auth.name)


@joint_records.get("", response={200: list[shapes.JointRow], **ANSWERS})
@needs(Act.READ)
def list_joint_records(request: HttpRequest) -> Any:
    """All joint records: where each stands, who has signed, what is due from whom."""
    del request
    return [queries.as_row(each) for each in queries.joint_records()]


@joint_records.post("", response={201: shapes.JointOut, **ANSWERS})
@needs(Act.TAKE_PART)
def begin(request: HttpRequest, given: shapes.BeginIn) -> Any:
    """Begin a joint record with what one knows; the same again changes nothing."""
    new = NewJointRecord(given.kind, given.slice, given.marking, given.fields, tuple(given.sources))
    return _made(begin_joint_record(new, _peers(given.to), request.auth.name))


@joint_records.get("/{digest}", response={200: shapes.JointOut, **ANSWERS})
@needs(Act.READ)
def show_joint_record(request: HttpRequest, digest: shapes.Digest) -> Any:
    """A joint record as it now reads, the digest of its bytes, and who has signed these."""
    del request
    return _whole(_joint(digest))


@joint_records.post("/{digest}/contributions", response={201: shapes.JointOut, **ANSWERS})
@needs(Act.TAKE_PART)
def add(request: HttpRequest, digest: shapes.Digest, given: shapes.ContributeIn) -> Any:
    """Add what one knows; the signatures so far are void."""
    row, sources, who = _joint(digest), tuple(given.sources), request.auth.name
    return _made(contribute(row, given.fields, given.marking, sources, who, about=given.about))


@joint_records.post("/{digest}/signatures", response={201: shapes.JointOut, **ANSWERS})
@needs(Act.TAKE_PART)
def sign(request: HttpRequest, digest: shapes.Digest, given: shapes.SignIn) -> Any:
    """Sign, with the node key, the very bytes that were read."""
    return _made(sign_joint_record(_joint(digest), given.content, request.auth.name))


@joint_records.post("/{digest}/publication", response={201: shapes.JointOut, **ANSWERS})
@needs(Act.TAKE_PART)
def publish(request: HttpRequest, digest: shapes.Digest) -> Any:
    """Publish what all have signed: read-only from now on, and the same on all sides."""
    return _made(publish_joint_record(_joint(digest), request.auth.name))


@joint_records.post("/{digest}/departure", response={201: shapes.JointOut, **ANSWERS})
@needs(Act.TAKE_PART)
def leave(request: HttpRequest, digest: shapes.Digest, given: shapes.LeaveIn) -> Any:
    """Leave a draft and thereby end it; what was published stays."""
    return _made(leave_joint_record(_joint(digest), given.note, request.auth.name))


@joint_records.delete("/{digest}/waiting", response={200: shapes.DroppedOut, **ANSWERS})
@needs(Act.TAKE_PART)
def drop_part(request: HttpRequest, digest: shapes.Digest) -> Any:
    """Drop one's own step that waits for approval; nobody else has seen it."""
    return drop_step(_joint(digest), request.auth.name)


def _peers(names: list[str]) -> list[Peer]:
    """The counterparts that were named, each once."""
    found = [find_peer(name) for name in names]
    return list({peer.institution: peer for peer in found}.values())


def _proposal(digest: str) -> Opening:
    return _opening(digest, joint=False)


def _joint(digest: str) -> Opening:
    return _opening(digest, joint=True)


def _opening(digest: str, *, joint: bool) -> Opening:
    row = courses.find(digest)
    if queries.is_joint(courses.matter(row, clock.now())) is not joint:
        raise NotFoundError("There is none of this digest.")
    return row


def _made(row: Opening) -> Status:
    """Where it stands after a step."""
    return Status(201, _whole(courses.find(row.opening)))


def _whole(row: Opening) -> dict[str, Any]:
    return queries.whole(courses.matter(row, clock.now()))
