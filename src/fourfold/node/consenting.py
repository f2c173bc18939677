"""What asking for consent and giving it share: the records by which both travel, and what a request means."""

import json
from datetime import datetime

from django.db.models import QuerySet
from pydantic import BaseModel

from fourfold.agreements import Consent
from fourfold.canon import canonical_bytes
from fourfold.errors import NotFoundError, RefusedError
from fourfold.node import keeping, models, releasing
from fourfold.node.consent_kinds import ConsentRequest
from fourfold.protocols.consent import CONSENT, Move, State
from fourfold.records.envelope import Record
from fourfold.records.kinds import Kind
from fourfold.records.markings import Marking, Tlp
from fourfold.release import passed_on

MARKING = Marking(tlp=Tlp.AMBER_STRICT)
"""How requests and answers travel: between the two, and no further."""


def send(  # noqa: PLR0913  what is sent has this many parts, and all are named
    kind: Kind,
    payload: BaseModel,
    activity: str,
    peer: models.Peer,
    actor: str,
    now: datetime,
    *,
    about: int,
) -> models.ReleaseVersion:
    """Release a request or an answer to a counterpart, under whatever agreement takes such records.

    `about` is the compartment of the record that it is about: who may not read that, does not read this.

    Raises:
        RefusedError: no agreement lets it pass, with all reasons.
    """
    content = payload.model_dump(mode="json")
    record = keeping.new_record(kind, content, activity=activity, slice_=None, marking=MARKING, now=now)
    version = keeping.add(record, actor=actor, title=content["title"], source="consent", within=about)
    return releasing.release(version, peer, actor, now)


def case_of(id_: str, *, ours: bool | None = None) -> models.ConsentCase:
    """One request, locked inside a transaction.

    Raises:
        NotFoundError: there is none, or it is on the other side to answer it.
    """
    rows = models.ConsentCase.readable.select_for_update(of=("self",)).select_related("peer", "document")
    case = rows.filter(pk=id_, **({} if ours is None else {"ours": ours})).first()
    if case is None:
        raise NotFoundError("There is no such request for consent.")
    return case


def request_of(case: models.ConsentCase) -> ConsentRequest:
    """What was asked."""
    return ConsentRequest.model_validate_json(bytes(case.body))


def body_of(request: ConsentRequest) -> bytes:
    """A request as it is kept."""
    return canonical_bytes(json.loads(request.model_dump_json()))


def advance(case: models.ConsentCase, move: Move, now: datetime) -> None:
    """Move a case on.

    Raises:
        RefusedError: it was answered before.
    """
    case.state = CONSENT.advance(State(case.state), move).value
    case.answered = now
    case.save(update_fields=["state", "answered", "document"])


def what_would_go_on(case: models.ConsentCase) -> Record:
    """The very record that the holder asks to pass on, computed from what was released to it.

    Raises:
        RefusedError: this was never released to it, was withdrawn, or does not give the bytes it names.
    """
    asked = request_of(case)
    rows = models.ReleaseVersion.objects.filter(
        peer=case.peer,
        release_id=asked.object,
        version=asked.object_version,
        digest=asked.object_digest,
        revoked=False,
        release__withdrawn=None,
    )
    row = rows.first()
    if row is None:
        raise RefusedError("Nothing of this id, version and digest is with that counterpart.")
    found = passed_on(row.content(), asked.onward)
    if found.digest() != asked.record or found.activity != asked.purpose:
        raise RefusedError("What would go on is not what was released: the holder has changed it.")
    return found


def keep_document(given: Consent, body: bytes, recipient: str, now: datetime) -> models.ConsentDocument:
    """Keep a consent whose signature was checked.

    Raises:
        RefusedError: another consent has this id.
    """
    if models.ConsentDocument.objects.filter(pk=given.id).exists():
        raise RefusedError("A consent of this id is held already.")
    return models.ConsentDocument.objects.create(
        id=given.id,
        originator=given.originator,
        recipient=recipient,
        record_digest=given.record,
        agreement_digest=given.agreement,
        body=body,
        received=now,
        expires=given.expires,
    )


def stop(document: models.ConsentDocument, now: datetime, actor: str) -> None:
    """A consent was taken back: nothing is delivered on it from now on, and what was is withdrawn."""
    if document.revoked is not None:
        return
    document.revoked = now
    document.save(update_fields=["revoked"])
    releasing.take_back_all(hanging_on(document), "A consent to it was taken back.", actor, now)


def hanging_on(document: models.ConsentDocument) -> QuerySet[models.Release]:
    """What was released on a consent, and is withdrawn with it."""
    versions = models.ReleaseVersion.objects.filter(source__digest=document.record_digest)
    rows = models.Release.objects.filter(peer=document.recipient, withdrawn=None)
    return rows.filter(pk__in=versions.values("release")).select_related("peer")
