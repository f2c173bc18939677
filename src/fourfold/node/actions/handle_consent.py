"""What a received request for consent, or the answer to one, brings about."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from fourfold.agreements import Consent, SignedConsent
from fourfold.errors import RefusedError, SignatureError
from fourfold.exchange.faults import read_fields
from fourfold.node import consenting, models, trail
from fourfold.node.consent_kinds import ConsentAnswer, ConsentRequest
from fourfold.protocols.consent import Move, State
from fourfold.records.identity import institution_id
from fourfold.release import ReleaseObject


def take_request(row: models.Received, release: ReleaseObject, now: datetime) -> None:
    """Keep a request, for people to answer; a further version of one that was answered changes nothing.

    Raises:
        RefusedError: it names a recipient whose key that is not.
    """
    payload = read_fields(ConsentRequest, release.fields)
    if payload.recipient != institution_id(payload.recipient_key) or payload.recipient == row.peer_id:
        raise RefusedError("The request names a recipient that its key does not give.")
    _, made = models.ConsentCase.objects.get_or_create(
        pk=row.object,
        defaults={
            "ours": False,
            "peer": row.peer,
            "record_digest": payload.record,
            "recipient": payload.recipient,
            "body": consenting.body_of(payload),
            "state": State.ASKED.value,
            "created": now,
        },
    )
    if made:
        trail.note(models.Tag.CONSENT_REQUESTED, now, peer=row.peer, subject=row.object)


def take_answer(row: models.Received, release: ReleaseObject, now: datetime) -> None:
    """Act on an answer: keep the consent, or stop what was delivered on it.

    Raises:
        NotFoundError: nothing of the kind was asked.
        RefusedError: it answers another originator's request, or was answered before.
        SignatureError: it is not what its originator signed for this request.
    """
    payload = read_fields(ConsentAnswer, release.fields)
    case = consenting.case_of(payload.request, ours=True)
    if case.peer_id != row.peer_id:
        raise RefusedError("Another institution was asked.")
    if payload.answer == "granted":
        signed = payload.consent
        given = _granted(case, signed)
        body = signed.model_dump_json().encode()
        case.document = consenting.keep_document(given, body, case.recipient, now)
    elif payload.answer == "revoked":
        _check_revoked(case, payload)
        consenting.stop(case.document, now, trail.NODE)
    consenting.advance(case, _MOVES[payload.answer], now)
    trail.note(models.Tag.CONSENT_ANSWERED, now, peer=row.peer, subject=case.id, reason=case.state)


def _granted(case: models.ConsentCase, signed: SignedConsent | None) -> Consent:
    """The consent, if it was signed by the originator and for just what was asked."""
    if signed is None:
        raise RefusedError("The answer says that it was granted, and holds no consent.")
    given, asked = signed.check({case.peer.node_key}), consenting.request_of(case)
    said = (given.originator, given.record, given.recipient_key, given.agreement, given.purpose)
    wanted = (case.peer_id, asked.record, asked.recipient_key, asked.agreement, asked.purpose)
    if said != wanted:
        raise SignatureError("The consent is for something else than was asked.")
    return given


def _check_revoked(case: models.ConsentCase, payload: ConsentAnswer) -> None:
    if payload.revocation is None or case.document is None:
        raise RefusedError("Nothing was granted that could be taken back.")
    revocation = payload.revocation.check({case.peer.node_key})
    given = SignedConsent.model_validate_json(bytes(case.document.body)).consent
    if (revocation.originator, revocation.consent) != (given.originator, given.digest()):
        raise SignatureError("The revocation is of another consent.")


_MOVES: Mapping[str, Move] = MappingProxyType(
    {"granted": Move.GRANT, "declined": Move.DECLINE, "revoked": Move.REVOKE}
)
