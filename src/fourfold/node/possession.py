"""Which institution has shown that a node key is its own; and what becomes of another's claim to it.

A delegation is a claim. It identifies nobody, and shuts nobody out, until the key itself has signed for the
institution: in a statement, in a signed request that names it, under its log (docs/how-to/keys.md).
"""

from collections.abc import Iterable
from datetime import datetime

from fourfold.canon import canonical_bytes
from fourfold.errors import RefusedError, SignatureError
from fourfold.node import keyrings
from fourfold.node.models import KeyProof, KeyStatement, Node, Peer, ProofKind, StatementKind
from fourfold.records.possession import SignedPossession, possess
from fourfold.records.signing import Signer

SHARED, UNPROVED = "shared key", "unproved key"
"""Reasons in the trail: another institution's key was claimed; a key that has signed nothing was used."""


def prove(
    peer: Peer, key: str, how: ProofKind, now: datetime, signed: SignedPossession | None = None
) -> bool:
    """Note that a node key has signed for a counterpart; False: it did so for another institution before.

    Every other counterpart's claim to the key ends, and is noted. Runs inside a transaction of its caller.
    """
    if is_proved(key, peer.institution):
        return True
    if Node.objects.filter(node_key=key).exists() or not _keep(peer.institution, key, how, now, signed):
        keyrings.note_refused(peer, SHARED, now)
        return False
    for other in claiming(key):
        if other.pk != peer.pk:
            keyrings.note_refused(other, SHARED, now)
            keyrings.settle(other)
    return True


def prove_stated(peer: Peer, stated: Iterable[SignedPossession], now: datetime) -> None:
    """Take what the node keys of a counterpart say themselves; what does not hold is noted."""
    delegated = keyrings.ring_of(peer).ever()
    for each in stated:
        key = each.possession.node_key
        if key not in delegated or is_proved(key, peer.institution):
            continue
        try:
            holds = each.check().institution == peer.institution
        except SignatureError:
            holds = False
        if holds:
            prove(peer, key, ProofKind.STATEMENT, now, each)
        else:
            keyrings.note_refused(peer, "possession", now)


def prove_own(signer: Signer, now: datetime) -> None:
    """Let this node's key say for whom it acts, once."""
    own = Node.objects.get()
    if signer.key == own.node_key and not is_proved(signer.key, own.institution):
        _keep(own.institution, signer.key, ProofKind.STATEMENT, now, possess(signer, own.institution))


def is_proved(key: str, institution: str) -> bool:
    """Whether the key has signed for the institution."""
    return KeyProof.objects.filter(key=key, institution=institution).exists()


def proved(institution: str) -> frozenset[str]:
    """The node keys that have signed for an institution."""
    return frozenset(KeyProof.objects.filter(institution=institution).values_list("key", flat=True))


def refuse_another(key: str, institution: str) -> None:
    """Refuse a node key that has signed for another institution, this one included.

    Raises:
        RefusedError: it has.
    """
    others = KeyProof.objects.filter(key=key).exclude(institution=institution)
    own = Node.objects.filter(node_key=key).exclude(institution=institution)
    if others.exists() or own.exists():
        raise RefusedError("Another institution has this node key; a node acts for one institution only.")


def claiming(key: str) -> list[Peer]:
    """The counterparts of whom somebody says that this node key is theirs."""
    told = KeyStatement.objects.filter(kind=StatementKind.DELEGATION, key=key).values("institution")
    peers = Peer.objects.filter(client=None)
    return list((peers.filter(node_key=key) | peers.filter(pk__in=told)).order_by("pk"))


def _keep(institution: str, key: str, how: ProofKind, now: datetime, signed: SignedPossession | None) -> bool:
    """Keep a proof, if it is the first of its key or the same institution's; whether it is."""
    body = canonical_bytes(signed.model_dump(mode="json")) if signed else b""
    values = {"institution": institution, "how": how, "body": body, "at": now}
    return KeyProof.objects.get_or_create(key=key, defaults=values)[0].institution == institution
