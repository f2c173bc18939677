"""Proposing a draft: the text goes to the other parties, and nobody has signed it yet."""

from datetime import timedelta

from django.db import transaction

from fourfold.agreements import SignedAgreement, check_text
from fourfold.errors import InputError
from fourfold.node import agreeing, clock, models, trail
from fourfold.node.actions.draft_agreement import open_draft
from fourfold.node.drafting import own_party
from fourfold.node.keyrings import lines
from fourfold.node.parties import others

BACK = timedelta(minutes=5)
"""So much earlier than its proposal an agreement may begin, for clocks that differ."""


def propose_draft(number: int, actor: str, seen: str | None = None) -> models.Agreement:
    """Fix the text of a draft and release it, unsigned, to every other party; each signs it by command.

    It begins to hold once all have signed it; a begin that is past becomes now. A second time
    changes nothing.

    Raises:
        NotFoundError: there is no such draft.
        InputError: the text has faults; all of them.
        RefusedError: it was dropped, changed since it was seen, does not follow, or may not be sent.
    """
    known = models.AgreementDraft.readable.filter(pk=number).exclude(proposed="").first()
    if known is not None:
        return models.Agreement.objects.get(pk=known.proposed)
    now = clock.now()
    with transaction.atomic():
        draft = open_draft(number, seen)
        text = draft.content()
        text = text.model_copy(update={"valid_from": max(text.valid_from, now - BACK)})
        own_party(text)
        if faults := check_text(text, lines()):
            raise InputError(faults)
        given = SignedAgreement(content=text.signed_bytes().decode(), signatures=())
        row = agreeing.keep(given, now)
        for peer in others(text):
            agreeing.publish(given, peer, actor, now)
        draft.proposed, draft.changed, draft.changed_by = row.digest, now, actor
        draft.save(update_fields=["proposed", "changed", "changed_by"])
        trail.note(models.Tag.AGREEMENT_PROPOSED, now, subject=row.agreement, actor=actor)
    return row
