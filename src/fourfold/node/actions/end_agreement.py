"""Ending an agreement: one party alone, at once."""

from functools import partial

from django.conf import settings
from django.db import transaction

from fourfold.agreements import SignedEnding, end
from fourfold.errors import NotFoundError
from fourfold.node import agreeing, clock, models, telling, trail
from fourfold.node.keyrings import lines
from fourfold.node.keys import institution_signer
from fourfold.node.parties import others
from fourfold.node.standing import signed


def end_agreement(digest: str, reason: str, actor: str) -> SignedEnding:
    """End an agreement and tell the other parties. A second time changes nothing.

    It has ended whether or not a party can be told now; each later collection tries to tell it. The ending
    of a founding agreement cannot be told under it; its file is handed over by people.

    Raises:
        NotFoundError: there is no such agreement.
        RefusedError: this institution is no party.
    """
    row = models.Agreement.objects.filter(pk=digest).first()
    if row is None:
        raise NotFoundError("There is no such agreement.")
    if row.ending is not None:
        return SignedEnding.model_validate_json(bytes(row.ending))
    now, given = clock.now(), signed(row)
    ending = end(given, institution_signer(), now, reason, lines())
    with transaction.atomic():
        agreeing.record_ending(row, ending, now, actor)
    for peer in () if row.founding else others(given.text):
        _tell(peer, row, ending, actor)
    return ending


def tell_endings() -> None:
    """Tell at last of endings that could not be told; what still cannot be told goes on waiting."""
    for peer, subject in telling.waiting():
        for row in models.Agreement.objects.filter(agreement=subject, ended_by=settings.NODE.id):
            _tell(peer, row, SignedEnding.model_validate_json(bytes(row.ending)), trail.NODE)


def _tell(peer: models.Peer, row: models.Agreement, ending: SignedEnding, actor: str) -> None:
    now = clock.now()
    send = partial(agreeing.publish, signed(row), peer, actor, now, ending)
    telling.tell(peer, row.agreement, send, now)
