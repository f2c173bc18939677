"""Keeping signed agreements, and telling the other parties of them."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction

from fourfold.agreements import (
    Party,
    Rings,
    SignedAgreement,
    SignedEnding,
    accept_successor,
    check,
    check_text,
)
from fourfold.errors import InputError, RefusedError
from fourfold.node import keeping, models, releasing, trail
from fourfold.node.keyrings import lines
from fourfold.node.kinds import DRAFT_AGREEMENT, DraftAgreement
from fourfold.node.standing import signed
from fourfold.records.markings import Marking, Tlp

MARKING = Marking(tlp=Tlp.AMBER_STRICT)
"""How drafts and signatures travel: between the parties, and no further."""


@transaction.atomic(savepoint=False)
def keep(given: SignedAgreement, now: datetime) -> models.Agreement:
    """Keep an agreement, or add the signatures that are new; what is known changes nothing.

    Runs inside the transaction of its caller, or in one of its own.

    Raises:
        InputError: its text has faults; all of them.
        SignatureError: a signature does not hold.
        RefusedError: it is not the next of its chain, or this institution is no party of it.
    """
    signing, rings = check(given), lines()
    if faults := check_text(signing.text, rings):
        raise InputError(faults)
    if signing.text.party(settings.NODE.id) is None:
        raise RefusedError("This institution is no party of the agreement.")
    row = models.Agreement.objects.select_for_update().filter(pk=given.digest).first()
    if row is None:
        _check_chain(given, rings)
        _check_keys(signing.text.parties, rings)
        row = _create(given, now)
    _add_signatures(row, given, rings, now)
    return row


def publish(
    given: SignedAgreement,
    peer: models.Peer,
    actor: str,
    now: datetime,
    ending: SignedEnding | None = None,
) -> None:
    """Tell a party of a text, its signatures and its ending, under the founding agreement."""
    payload = DraftAgreement(title=given.text.title, agreement=given, ending=ending)
    record = keeping.system_record(DRAFT_AGREEMENT, payload.model_dump(mode="json"), MARKING, now)
    version = keeping.add(record, actor=actor, title=given.text.title, source="agreement")
    releasing.release(version, peer, actor, now)


def record_ending(row: models.Agreement, ending: SignedEnding, now: datetime, actor: str) -> bool:
    """Note that a party has ended an agreement; False: it had ended before, and nothing changes."""
    given = ending.check(signed(row), lines())
    if row.ended is not None:
        return False
    row.ended, row.ended_by, row.ending = now, given.party, ending.model_dump_json().encode()
    row.save(update_fields=["ended", "ended_by", "ending"])
    trail.note(models.Tag.AGREEMENT_ENDED, now, subject=row.agreement, actor=actor)
    return True


def _check_chain(given: SignedAgreement, rings: Rings) -> None:
    """A text must begin a chain, or follow the latest that all parties have signed."""
    before = (
        models.Agreement.objects.filter(agreement=given.text.id).exclude(complete=None).order_by("-number")
    ).first()
    if before is not None:
        accept_successor(signed(before), given, rings)
    elif given.text.predecessor is not None:
        raise RefusedError("The agreement follows one that is not known here.")


def _check_keys(parties: Iterable[Party], rings: Rings) -> None:
    """Check that every party that is known here is named by the key that speaks for it now.

    Raises:
        RefusedError: one is named by another key.
    """
    for party in parties:
        if party.id in rings and party.institution_key != rings[party.id].key:
            raise RefusedError(
                f"The text names a key of {party.name} that does not speak for it here. If its key changed, "
                "two people accept the new one first (fourfold key accept); then it is proposed anew."
            )


def _create(given: SignedAgreement, now: datetime) -> models.Agreement:
    text = given.text
    row = models.Agreement.objects.create(
        digest=given.digest,
        agreement=text.id,
        number=text.number,
        predecessor=text.predecessor or "",
        title=text.title,
        founding=text.founding,
        text=given.signed_bytes,
        created=now,
    )
    models.AgreementParty.objects.bulk_create(
        models.AgreementParty(agreement=row, institution=party.id, key=party.institution_key)
        for party in text.parties
    )
    return row


def _add_signatures(row: models.Agreement, given: SignedAgreement, rings: Rings, now: datetime) -> None:
    unsigned = set(row.parties.filter(signature="").values_list("institution", flat=True))
    signing = {signature.key for signature in given.signatures}
    parties = given.text.parties
    _check_keys([each for each in parties if each.id in unsigned and each.institution_key in signing], rings)
    for signature in given.signatures:
        row.parties.filter(key=signature.key, signature="").update(signature=signature.value, signed=now)
    if row.complete is None and not row.parties.filter(signature="").exists():
        _complete(row, now)


def _complete(row: models.Agreement, now: datetime) -> None:
    row.complete = now
    row.save(update_fields=["complete"])
    models.Agreement.objects.filter(pk=row.predecessor, superseded=None).update(
        superseded=row.content().valid_from
    )
    trail.note(models.Tag.AGREEMENT_COMPLETE, now, subject=row.agreement)
