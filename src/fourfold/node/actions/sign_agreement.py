"""Signing an agreement that another party proposed."""

from django.conf import settings
from django.db import transaction

from fourfold.agreements import countersign
from fourfold.errors import NotFoundError
from fourfold.node import agreeing, clock, models, trail
from fourfold.node.keyrings import lines
from fourfold.node.keys import institution_signer
from fourfold.node.parties import others
from fourfold.node.standing import signed


def sign_agreement(digest: str, actor: str) -> models.Agreement:
    """Countersign the exact bytes that were proposed, and release them to the other parties.

    A second time changes nothing.

    Raises:
        NotFoundError: there is no such agreement.
        SignatureError, InputError, RefusedError: a signature does not hold, or the text has faults.
    """
    row = models.Agreement.objects.filter(pk=digest).first()
    if row is None:
        raise NotFoundError("There is no such agreement.")
    if row.parties.exclude(signature="").filter(institution=settings.NODE.id).exists():
        return row
    now = clock.now()
    given = countersign(signed(row), institution_signer(), lines())
    with transaction.atomic():
        row = agreeing.keep(given, now)
        for peer in others(given.text):
            agreeing.publish(given, peer, actor, now)
        trail.note(models.Tag.AGREEMENT_SIGNED, now, subject=row.agreement, actor=actor)
    return row
