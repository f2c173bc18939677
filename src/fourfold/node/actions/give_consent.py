"""Giving one's own consent, as an originator of what one holds: for what is RED, proprietary or ORCON."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from fourfold.agreements import Consent, give
from fourfold.canon import new_id
from fourfold.errors import Fault, InputError, RefusedError
from fourfold.node import clock, consenting, keeping, releasing, trail
from fourfold.node.keys import node_signer
from fourfold.node.models import ConsentDocument, Peer, Tag
from fourfold.node.naming import same_person


def give_consent(
    record: str, recipient: Peer, until: datetime, actor: str, seen: str | None = None
) -> ConsentDocument:
    """Consent, as one of its originators, that the latest version of a record goes to a counterpart.

    It covers these bytes, under the agreement that governs now; any edit needs another. Once is enough.
    Whoever wrote the record does not give it.
    `seen` is the digest of the version that somebody looked at.

    Raises:
        NotFoundError: there is no such record.
        InputError: the moment has passed.
        RefusedError: this institution is no originator of it, or has no agreement with the counterpart; the
            actor wrote it; or it was changed since it was seen.
    """
    row, now = keeping.latest(record, seen), clock.now()
    if any(same_person(actor, each) for each in keeping.authors(record)):
        raise RefusedError("Nobody consents to the release of what they wrote. Ask a second person.")
    if until <= now:
        raise InputError([Fault("A consent ends in the future.", field="until")])
    content, report = row.content(), releasing.report_for(row, recipient, now)
    if settings.NODE.id not in content.originators:
        raise RefusedError("This institution is no originator of it; ask those who are.")
    if report.agreement is None:
        raise RefusedError(f"No agreement with {recipient.name} governs such a record; agree first.")
    known = ConsentDocument.objects.filter(
        originator=settings.NODE.id,
        recipient=recipient.institution,
        record_digest=row.digest,
        agreement_digest=report.agreement,
        revoked=None,
        expires__gte=until,
    ).first()
    if known is not None:
        return known
    signed = give(
        Consent(
            id=new_id("consent"),
            originator=settings.NODE.id,
            record=row.digest,
            fields=frozenset(content.payload),
            recipient_key=recipient.institution_key,
            agreement=report.agreement,
            purpose=content.activity,
            expires=until,
        ),
        node_signer(),
    )
    with transaction.atomic():
        body = signed.model_dump_json().encode()
        kept = consenting.keep_document(signed.consent, body, recipient.institution, now)
        trail.note(Tag.CONSENT_GIVEN, now, peer=recipient, subject=record, actor=actor)
    return kept
