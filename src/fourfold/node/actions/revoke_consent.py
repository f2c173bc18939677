"""Revoking a consent: nothing is delivered on it any more, and what was is withdrawn."""

from django.conf import settings
from django.db import transaction

from fourfold.agreements import SignedConsent, revoke
from fourfold.errors import NotFoundError
from fourfold.node import clock, consenting, telling, trail
from fourfold.node.consent_kinds import CONSENT, ConsentAnswer
from fourfold.node.keys import node_signer
from fourfold.node.models import ConsentCase, ConsentDocument, Tag
from fourfold.protocols.consent import Move


def revoke_consent(consent: str, actor: str) -> ConsentDocument:
    """Take back a consent of this institution, by its id or by that of the request that it answered.

    The counterpart that was granted it learns of it when it collects next. If it cannot be told now, the
    consent is revoked here all the same, and each later collection tries to tell it.
    A second time changes nothing.

    Raises:
        NotFoundError: this institution gave no such consent.
    """
    now = clock.now()
    with transaction.atomic():
        document = _document(consent)
        if document.revoked is not None:
            return document
        case = ConsentCase.objects.filter(document=document, ours=False).select_related("peer").first()
        consenting.stop(document, now, actor)
        if case is not None:
            consenting.advance(case, Move.REVOKE, now)
        trail.note(Tag.CONSENT_REVOKED, now, subject=document.id, actor=actor)
    if case is not None:
        _tell(case, document, actor)
    return document


def tell_revocations() -> None:
    """Tell at last of revocations that could not be told; what still cannot be told goes on waiting."""
    about = [subject for _, subject in telling.waiting()]
    for case in ConsentCase.objects.filter(pk__in=about, ours=False).select_related("peer", "document"):
        _tell(case, case.document, trail.NODE)


def _document(consent: str) -> ConsentDocument:
    own = ConsentDocument.readable.select_for_update().filter(originator=settings.NODE.id)
    found = own.filter(pk=consent).first() or own.filter(case__id=consent).first()
    if found is None:
        raise NotFoundError("This institution gave no such consent.")
    return found


def _tell(case: ConsentCase, document: ConsentDocument, actor: str) -> None:
    telling.tell(case.peer, case.id, lambda: _send(case, document, actor), clock.now())


def _send(case: ConsentCase, document: ConsentDocument, actor: str) -> None:
    now = clock.now()
    given = SignedConsent.model_validate_json(bytes(document.body)).consent
    revocation = revoke(given, node_signer(), now)
    answer = ConsentAnswer(
        title="Consent taken back", request=case.id, answer="revoked", revocation=revocation
    )
    consenting.send(CONSENT, answer, given.purpose, case.peer, actor, now, about=case.compartment)
