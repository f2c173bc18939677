"""What a received assessment, agreement, consent or step brings about, in the transaction that stores it.

What does not hold is noted in the trail and changes nothing; the object itself stays as received.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction

from fourfold.errors import FourfoldError, ProofError, RefusedError
from fourfold.exchange.faults import read_fields
from fourfold.exchange.stix import decode, read_object
from fourfold.framework import assess, shipped
from fourfold.node import agreeing, arriving, assessing, clock, models, trail
from fourfold.node.actions.fetch_attachments import expect
from fourfold.node.actions.handle_consent import take_answer, take_request
from fourfold.node.consent_kinds import CONSENT, CONSENT_REQUEST
from fourfold.node.kinds import (
    ASSESSMENT,
    DRAFT_AGREEMENT,
    Assessment,
    DraftAgreement,
    kind_of,
    step_kinds,
)
from fourfold.protocols.assessment import Move
from fourfold.protocols.coordination import Answer, Proposal
from fourfold.records import check_reveal
from fourfold.records.attachments import attachments_of
from fourfold.release import ReleaseObject

STEP_TAGS: Mapping[str, tuple[models.Tag, models.Tag]] = {
    kind: (models.Tag.PROPOSAL_RECEIVED, models.Tag.PROPOSAL_REFUSED)
    if issubclass(kind_of(kind).payload, Proposal | Answer)
    else (models.Tag.JOINT_RECEIVED, models.Tag.JOINT_REFUSED)
    for kind in step_kinds()
}
REFUSED: Mapping[str, models.Tag] = {
    ASSESSMENT.id: models.Tag.ASSESSMENT_REFUSED,
    DRAFT_AGREEMENT.id: models.Tag.AGREEMENT_REFUSED,
    CONSENT_REQUEST.id: models.Tag.CONSENT_REFUSED,
    CONSENT.id: models.Tag.CONSENT_REFUSED,
    **{kind: refused for kind, (_, refused) in STEP_TAGS.items()},
}


def handle(row: models.Received) -> None:
    """Act on what was received; never raises for anything that a counterpart can send.

    What its payload says wrongly is contained here. What fails of our own is not the sender's fault, and not
    hidden as if it were: withdrawals stand by themselves (fourfold.node.releasing), all else stops this page.
    """
    act, now = _ACTS.get(row.kind), clock.now()
    if row.revoked:
        return  # what it takes back was destroyed with it (fourfold.node.onward)
    release = decode(read_object(bytes(row.wire)).value)
    expect(row.pk, attachments_of(release.fields))
    if act is None:
        return
    try:
        with transaction.atomic():
            act(row, release, now)
    except FourfoldError as error:
        reason = type(error).__name__
        trail.note(REFUSED[row.kind], now, peer=row.peer, subject=row.object, reason=reason)


def is_acted_on(release: ReleaseObject) -> bool:
    """Whether an object brings about more than itself."""
    return release.kind in _ACTS or bool(attachments_of(release.fields))


def _assessment(row: models.Received, release: ReleaseObject, now: datetime) -> None:
    payload = read_fields(Assessment, release.fields)
    if payload.activity not in shipped().activities:
        raise RefusedError("The framework has no such activity.")
    joint = assessing.row_for(row.peer, payload.activity)
    if payload.step == "seal":
        _seal(joint, payload, now)
    else:
        _reveal(joint, payload, now)


def _seal(joint: models.JointAssessment, payload: Assessment, now: datetime) -> None:
    if joint.their_seal == payload.seal:
        return  # the same seal in another object says nothing new
    assessing.advance(joint, Move.RECEIVE_SEAL)
    joint.their_seal, joint.their_sealed = payload.seal, now
    joint.save()
    tag = models.Tag.ASSESSMENT_SEAL_RECEIVED
    trail.note(tag, now, peer=joint.peer, subject=payload.activity)


def _reveal(joint: models.JointAssessment, payload: Assessment, now: datetime) -> None:
    """Take the counterpart's answers, if they are what it sealed and the same framework can read them."""
    if payload.answers is None or payload.nonce is None or payload.answers.activity != payload.activity:
        raise ProofError("The reveal shows no answers to the activity that was sealed.")
    answers = payload.answers.model_dump(mode="json")
    check_reveal(joint.their_seal, answers, payload.nonce, joint.peer_id)
    if joint.their_answers == answers:
        return  # the same answers in another object say nothing new
    assessing.advance(joint, Move.RECEIVE_REVEAL)
    if payload.answers.framework != shipped().digest:
        raise RefusedError("The counterpart assessed by another framework.")
    assess(shipped(), assessing.combined(assessing.to_reveal(joint), answers, joint.peer_id))
    joint.their_answers, joint.their_revealed = answers, now
    joint.save()
    tag = models.Tag.ASSESSMENT_REVEAL_RECEIVED
    trail.note(tag, now, peer=joint.peer, subject=payload.activity)


def _draft_agreement(row: models.Received, release: ReleaseObject, now: datetime) -> None:
    payload = read_fields(DraftAgreement, release.fields)
    if payload.agreement.text.party(row.peer_id) is None:
        raise RefusedError("The counterpart is no party of the agreement that it sent.")
    known = models.Agreement.objects.filter(pk=payload.agreement.digest).exists()
    kept = agreeing.keep(payload.agreement, now)
    if not known:
        trail.note(models.Tag.AGREEMENT_RECEIVED, now, peer=row.peer, subject=kept.agreement)
    if payload.ending is not None:
        agreeing.record_ending(kept, payload.ending, now, trail.NODE)


def _step(row: models.Received, release: ReleaseObject, now: datetime) -> None:
    """Keep a step of a proposal or a joint record; one that breaks a rule stays visible and counts not."""
    received, refused = STEP_TAGS[row.kind]
    opening = str(release.fields.get("opening") or row.object)
    reason = arriving.receive(row, release, now)
    tag = refused if reason else received
    trail.note(tag, now, peer=row.peer, subject=opening[:80], reason=reason)


_ACTS: Mapping[str, Callable[[models.Received, ReleaseObject, datetime], None]] = {
    ASSESSMENT.id: _assessment,
    DRAFT_AGREEMENT.id: _draft_agreement,
    CONSENT_REQUEST.id: take_request,
    CONSENT.id: take_answer,
    **dict.fromkeys(step_kinds(), _step),
}
