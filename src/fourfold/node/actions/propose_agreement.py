"""Proposing an agreement: its first signature, and the text to the other parties."""

from django.db import transaction

from fourfold.agreements import AgreementText, sign
from fourfold.node import agreeing, clock, models, trail
from fourfold.node.drafting import own_party
from fourfold.node.keyrings import lines
from fourfold.node.keys import institution_signer
from fourfold.node.parties import others


def propose_agreement(text: AgreementText, actor: str) -> models.Agreement:
    """Sign a text with the institution key, and release it to every other party.

    Raises:
        InputError: the text has faults; all of them.
        RefusedError: this institution is no party, the text does not follow, or it may not be sent.
    """
    own_party(text)
    now, signed = clock.now(), sign(text, institution_signer(), lines())
    with transaction.atomic():
        known = models.Agreement.objects.filter(pk=signed.digest).first()
        if known is not None:
            return known
        row = agreeing.keep(signed, now)
        for peer in others(text):
            agreeing.publish(signed, peer, actor, now)
        trail.note(models.Tag.AGREEMENT_PROPOSED, now, subject=row.agreement, actor=actor)
    return row
