"""Granting consent: the originator's signed word for exactly these bytes, to exactly this recipient."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from fourfold.agreements import Consent, give
from fourfold.canon import new_id
from fourfold.errors import Fault, InputError
from fourfold.node import clock, consenting, trail
from fourfold.node.consent_kinds import CONSENT, ConsentAnswer
from fourfold.node.keys import node_signer
from fourfold.node.models import ConsentCase, Tag
from fourfold.protocols.consent import Move


def grant_consent(request: str, until: datetime, actor: str) -> ConsentCase:
    """Consent to what a counterpart asked, until a moment; the signed consent goes to it.

    Raises:
        NotFoundError: no such request was received.
        InputError: the moment has passed.
        RefusedError: it was answered before, or the bytes that are to go on are not what was released.
    """
    now = clock.now()
    if until <= now:
        raise InputError([Fault("A consent ends in the future.", field="until")])
    with transaction.atomic():
        case = consenting.case_of(request, ours=False)
        asked, record = consenting.request_of(case), consenting.what_would_go_on(case)
        signed = give(
            Consent(
                id=new_id("consent"),
                originator=settings.NODE.id,
                record=record.digest(),
                fields=frozenset(record.payload),
                recipient_key=asked.recipient_key,
                agreement=asked.agreement,
                purpose=record.activity,
                expires=until,
            ),
            node_signer(),
        )
        body = signed.model_dump_json().encode()
        case.document = consenting.keep_document(signed.consent, body, case.recipient, now)
        consenting.advance(case, Move.GRANT, now)
        answer = ConsentAnswer(title="Consent", request=case.id, answer="granted", consent=signed)
        consenting.send(CONSENT, answer, asked.purpose, case.peer, actor, now, about=case.compartment)
        trail.note(Tag.CONSENT_GIVEN, now, peer=case.peer, subject=case.id, actor=actor)
    return case
