"""Declining consent; the answer gives no reason."""

from django.db import transaction

from fourfold.node import clock, consenting, trail
from fourfold.node.consent_kinds import CONSENT, ConsentAnswer
from fourfold.node.models import ConsentCase, Tag
from fourfold.protocols.consent import Move


def decline_consent(request: str, actor: str) -> ConsentCase:
    """Decline what a counterpart asked.

    Raises:
        NotFoundError: no such request was received.
        RefusedError: it was answered before.
    """
    now = clock.now()
    with transaction.atomic():
        case = consenting.case_of(request, ours=False)
        consenting.advance(case, Move.DECLINE, now)
        answer = ConsentAnswer(title="Consent declined", request=case.id, answer="declined")
        purpose = consenting.request_of(case).purpose
        consenting.send(CONSENT, answer, purpose, case.peer, actor, now, about=case.compartment)
        trail.note(Tag.CONSENT_DECLINED, now, peer=case.peer, subject=case.id, actor=actor)
    return case
