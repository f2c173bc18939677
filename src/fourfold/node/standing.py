"""Where the agreements of this node stand, and all else that a release decision reads from the store."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Max, Q
from django.db.models.functions import Coalesce

from fourfold.agreements import (
    Agreement,
    AgreementText,
    Approval,
    Consent,
    Rings,
    SignedAgreement,
    SignedApproval,
    SignedConsent,
    SignedEnding,
    standing,
)
from fourfold.errors import SignatureError
from fourfold.node import models
from fourfold.node.keyrings import lines, own_ring, ring_of
from fourfold.node.kinds import kinds
from fourfold.records.keyring import Keyring
from fourfold.records.signing import Purpose, Signature
from fourfold.release import Circumstances

_COUNTERSIGNED = Coalesce("renewed_at_peer", "cosigned_at_peer")


def signed(row: models.Agreement) -> SignedAgreement:
    """An agreement as it was signed: its exact bytes, and the signatures that are here."""
    given = row.parties.exclude(signature="").order_by("key")
    signatures = tuple(
        Signature(purpose=Purpose.AGREEMENT, key=party.key, value=party.signature) for party in given
    )
    return SignedAgreement(content=bytes(row.text).decode(), signatures=signatures)


def standing_of(row: models.Agreement, rings: Rings | None = None) -> Agreement:
    """An agreement with what was signed about it since; every signature is checked, once in a process.

    The terms of a third-party client end when its token is revoked.
    """
    ending = None if row.ending is None else bytes(row.ending)
    following = models.Agreement.objects.filter(predecessor=row.digest).exclude(complete=None).first()
    known = lines() if rings is None else rings
    parties = tuple(known[party.institution] for party in row.parties.all() if party.institution in known)
    found = _standing(signed(row), ending, signed(following) if following else None, parties)
    revoked = any(client.revoked is not None for client in row.clients.all())
    return replace(found, ended=True) if revoked else found


def standings() -> tuple[Agreement, ...]:
    """All agreements of this node, whatever became of them."""
    rows = models.Agreement.objects.prefetch_related("parties", "clients").order_by("agreement", "number")
    rings = lines()
    return tuple(standing_of(row, rings) for row in rows)


def last_countersigned() -> datetime | None:
    """The latest time under any countersignature that this node has seen: no clock may fall behind it."""
    return models.Checkpoint.objects.aggregate(last=Max(_COUNTERSIGNED))["last"]


def binding_with(institution: str, now: datetime) -> dict[str, AgreementText]:
    """The agreements with an institution that bind now, by digest; the later of the two clocks decides."""
    last = last_countersigned()
    at = now if last is None else max(now, last)
    return {
        each.digest: each.text
        for each in standings()
        if each.state(at).binds and each.text.party(institution) is not None
    }


def receivable_from(institution: str, now: datetime) -> dict[str, AgreementText]:
    """The agreements under which something may be received from an institution.

    Besides those that bind: the founding agreement that this institution has signed, while only that
    counterpart's signature is missing here. Its first message under it brings that signature.
    """
    rows = models.Agreement.objects.filter(founding=True, complete=None, ended=None).filter(
        parties__institution=institution
    )
    waiting = {row.digest: row.content() for row in rows if _waits_for(row, institution)}
    return {**binding_with(institution, now), **waiting}


def circumstances(now: datetime, digests: Iterable[str] | None = None) -> Circumstances:
    """What a release decision needs; approvals and consents only for these record versions (None: all)."""
    return Circumstances(
        agreements=standings(),
        kinds=kinds(),
        now=now,
        countersigned=last_countersigned(),
        peer_countersigned=_peer_countersigned(),
        consents=_consents(digests),
        approvals=_approvals(digests),
        house_rule=settings.NODE.house_rule,
    )


@lru_cache(maxsize=512)
def _standing(
    given: SignedAgreement,
    ending: bytes | None,
    successor: SignedAgreement | None,
    rings: tuple[Keyring, ...],
) -> Agreement:
    endings = () if ending is None else (SignedEnding.model_validate_json(ending),)
    return standing(given, endings, successor, {ring.institution: ring for ring in rings})


def _waits_for(row: models.Agreement, institution: str) -> bool:
    missing = {party.institution for party in row.parties.all() if not party.signature}
    return missing == {institution}


def _peer_countersigned() -> dict[str, datetime]:
    """The last time that each recipient countersigned.

    A third-party client countersigns none: for it, the last that any counterpart did stands against a clock
    that was set forward. Without a counterpart there is none.
    """
    rows = models.Checkpoint.objects.exclude(cosigned_at_peer=None).exclude(log__peer=None)
    last = rows.values_list("log__peer").annotate(last=Max(_COUNTERSIGNED))
    found = dict(last.order_by())
    witness = max(found.values(), default=None)
    if witness is None:
        return found
    return dict.fromkeys(models.Client.objects.values_list("pk", flat=True), witness) | found


def _chosen(digests: Iterable[str] | None) -> Q:
    return Q() if digests is None else Q(record_digest__in=list(digests))


def _approvals(digests: Iterable[str] | None) -> tuple[Approval, ...]:
    own = own_ring().ever()
    rows = models.Approval.objects.filter(_chosen(digests), revoked=None)
    given = (SignedApproval.model_validate_json(bytes(row.body)) for row in rows)
    return tuple(found for each in given if (found := _checked(each, own)) is not None)


def _consents(digests: Iterable[str] | None) -> tuple[Consent, ...]:
    rows = models.ConsentDocument.objects.filter(_chosen(digests), revoked=None)
    return tuple(found for row in rows if (found := _consent(row)) is not None)


def _consent(row: models.ConsentDocument) -> Consent | None:
    known = [*models.Node.objects.filter(pk=row.originator), *models.Peer.objects.filter(pk=row.originator)]
    keys = {key for each in known for key in ring_of(each).ever()}
    return _checked(SignedConsent.model_validate_json(bytes(row.body)), keys)


def _checked(given: SignedApproval | SignedConsent, keys: set[str]) -> Any:
    """What was signed; None where none of these keys signed it: it does not count, and all else does."""
    try:
        return given.check(keys)
    except SignatureError:
        return None
