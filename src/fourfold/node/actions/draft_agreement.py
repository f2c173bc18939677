"""Writing the text of an agreement: begun from a joint assessment or from a text, changed, given up."""

import json

from django.db import transaction

from fourfold.agreements import AgreementText
from fourfold.canon import canonical_bytes, printable
from fourfold.errors import Fault, InputError, NotFoundError, RefusedError
from fourfold.node import clock, drafting
from fourfold.node.models import Agreement, AgreementDraft, JointAssessment, Peer

LONGEST = 500


def begin_draft(
    row: JointAssessment, title: str, actor: str, replaces: str | None = None, *, consents: bool = False
) -> AgreementDraft:
    """The text that a joint assessment leads to, to be changed.

    `replaces` is the digest of the agreement in force that it follows.

    Raises:
        RefusedError: not assessed by both, not carried out yet, nothing like a founding agreement, or the
            framework suggests no level for any part.
    """
    now = clock.now()
    check_title(title)
    text = drafting.draft(row, title, {}, now, replaces, consents=consents)
    return _begun(row.peer, row.activity, text, actor)


def check_title(title: str) -> None:
    """Refuse a title that no list could show.

    Raises:
        InputError: it is no line of 1 to 500 characters.
    """
    if not title.strip() or len(title) > LONGEST or printable(title) != title:
        raise InputError([Fault("Give a title of 1 to 500 characters, on one line.", field="title")])


def amend_proposal(digest: str, actor: str) -> AgreementDraft:
    """A draft of one's own that takes the place of a text that was proposed and is not signed by all.

    Raises:
        NotFoundError: there is no such text.
        RefusedError: all have signed it, it was ended, or it is a founding agreement.
    """
    row = Agreement.objects.filter(pk=digest).first()
    if row is None:
        raise NotFoundError("There is no such agreement.")
    if row.complete is not None or row.ended is not None or row.founding:
        raise RefusedError("Only a proposal that still waits for a signature is amended.")
    text = row.content()
    peer = Peer.objects.filter(pk__in=[party.id for party in text.parties], client=None).first()
    if peer is None:
        raise RefusedError("No counterpart of this node is a party of it.")
    return _begun(peer, text.slices[0].activity, text, actor, digest)


def change_draft(number: int, text: AgreementText, actor: str, seen: str | None = None) -> AgreementDraft:
    """Keep another text. It may have faults as long as it is a draft; the same text changes nothing.

    `seen` is the digest of the text that the change starts from.

    Raises:
        NotFoundError: there is no such draft.
        InputError: the title is no line of 1 to 500 characters.
        RefusedError: it was proposed or dropped, somebody changed it meanwhile, or the text places itself
            elsewhere in its chain or is between others.
    """
    check_title(text.title)
    with transaction.atomic():
        row = open_draft(number, seen)
        before, body = row.content(), _body(text)
        if _frame(before) != _frame(text):
            raise RefusedError(
                "A draft keeps its parties, its number and what it follows. Begin another one."
            )
        if bytes(row.body) != body:
            row.body, row.changed, row.changed_by = body, clock.now(), actor
            row.save()
    return row


def drop_draft(number: int) -> AgreementDraft:
    """Give a draft up. A second time changes nothing.

    Raises:
        NotFoundError: there is no such draft.
        RefusedError: it was proposed.
    """
    with transaction.atomic():
        row = _locked(number)
        if row.dropped is None:
            open_draft(number)
            row.dropped = clock.now()
            row.save(update_fields=["dropped"])
    return row


def open_draft(number: int, seen: str | None = None) -> AgreementDraft:
    """A draft that can still be changed, locked in a transaction of the caller.

    Raises:
        NotFoundError: there is no such draft.
        RefusedError: it was proposed or dropped, or is not as it was seen.
    """
    row = _locked(number)
    if not row.is_open:
        raise RefusedError("This draft was proposed, or given up: it does not change any more.")
    if seen not in {None, row.digest}:
        raise RefusedError("Somebody changed this draft meanwhile. Read it again, then repeat the change.")
    return row


def _locked(number: int) -> AgreementDraft:
    row = AgreementDraft.readable.select_for_update().filter(pk=number).first()
    if row is None:
        raise NotFoundError("There is no such draft.")
    return row


def _begun(peer: Peer, activity: str, text: AgreementText, actor: str, answers: str = "") -> AgreementDraft:
    """A new draft; or the one that was begun just so and that nobody has touched, if somebody asks twice."""
    now = clock.now()
    for row in AgreementDraft.objects.filter(peer=peer, activity=activity, answers=answers, begun_by=actor):
        if row.is_open and row.changed == row.begun and _terms(row.content()) == _terms(text):
            return row
    return AgreementDraft.objects.create(
        peer=peer,
        activity=activity,
        body=_body(text),
        answers=answers,
        begun=now,
        begun_by=actor,
        changed=now,
        changed_by=actor,
    )


def _body(text: AgreementText) -> bytes:
    return canonical_bytes(json.loads(text.model_dump_json()))


def _terms(text: AgreementText) -> tuple[object, ...]:
    return (text.title, text.number, text.predecessor, text.parties, text.slices)


def _frame(text: AgreementText) -> tuple[object, ...]:
    return (text.id, text.number, text.predecessor, text.founding, text.parties, text.framework)
