"""Whose key is it? The keyring of each institution, from the statements that this node believes.

The rows of the node and of its counterparts hold the present keys; the statements tell how they came about.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ValidationError

from fourfold.canon import canonical_bytes, digest_bytes
from fourfold.errors import SignatureError
from fourfold.log import Note, NoteKey, NoteKind
from fourfold.node import models, trail
from fourfold.node.models import KeyProof, KeyStatement, StatementKind
from fourfold.records.identity import SignedDelegation
from fourfold.records.keyring import Keyring, Link, LinkKind, keyring_of
from fourfold.records.possession import SignedPossession
from fourfold.records.statements import (
    MOST_STATEMENTS,
    KeyHistory,
    SignedKeyRevocation,
    SignedReplacement,
    SignedSuccession,
)


def ring_of(row: models.Node | models.Peer) -> Keyring:
    """All that is believed of an institution's keys; a node key that another has proved its own is none."""
    rows = list(
        KeyStatement.objects.filter(institution=row.institution).exclude(accepted=None).order_by("pk")
    )
    delegations = _readable(rows, StatementKind.DELEGATION, SignedDelegation)
    if row.signed_delegation is not None:
        delegations.setdefault(statement_digest(row.signed_delegation), row.signed_delegation)
    keys = {each.delegation.node_key for each in delegations.values()}
    others = set(
        KeyProof.objects.filter(key__in=keys)
        .exclude(institution=row.institution)
        .values_list("key", flat=True)
    )
    claimed = [each for each in delegations.values() if each.delegation.node_key not in others]
    revocations = _readable(rows, StatementKind.REVOCATION, SignedKeyRevocation).values()
    return keyring_of(row.institution, _links(row.institution_key, rows), claimed, revocations)


def own_ring() -> Keyring:
    """This institution's keys."""
    return ring_of(models.Node.objects.get())


def accepted_of(institution: str) -> Collection[str]:
    """The institution keys that are believed of a counterpart; none, if it is not known."""
    return lines().get(institution, Keyring(institution, ())).accepted


def lines() -> Mapping[str, Keyring]:
    """The institution keys of all that are known here, without node keys: what agreements need."""
    wanted = (StatementKind.SUCCESSION, StatementKind.REPLACEMENT)
    rows: dict[str, list[KeyStatement]] = {}
    for each in KeyStatement.objects.filter(kind__in=wanted).exclude(accepted=None).order_by("pk"):
        rows.setdefault(each.institution, []).append(each)
    known = [
        *models.Node.objects.values_list("institution", "institution_key"),
        *models.Peer.objects.values_list("institution", "institution_key"),
    ]
    return {id_: Keyring(id_, _links(key, rows.get(id_, ()))) for id_, key in known}


def history(ring: Keyring) -> KeyHistory:
    """What this institution tells others of its keys; a replacement is told by people only."""
    rows = list(
        KeyStatement.objects.filter(institution=ring.institution).exclude(accepted=None).order_by("pk")
    )
    stated = KeyProof.objects.filter(institution=ring.institution, key__in=ring.ever()).exclude(body=b"")
    return KeyHistory(
        institution=ring.institution,
        successions=tuple(_readable(rows, StatementKind.SUCCESSION, SignedSuccession).values()),
        delegations=ring.delegations,
        revocations=tuple(_readable(rows, StatementKind.REVOCATION, SignedKeyRevocation).values()),
        possessions=tuple(_read(each, SignedPossession) for each in stated.order_by("pk")),
    )


def keep(
    institution: str,
    kind: StatementKind,
    key: str,
    signed: BaseModel,
    received: datetime,
    *,
    accepted: datetime | None,
) -> KeyStatement:
    """Keep a statement; one that is known stays as it is."""
    body = canonical_bytes(signed.model_dump(mode="json"))
    values = {
        "institution": institution,
        "kind": kind,
        "key": key,
        "body": body,
        "received": received,
        "accepted": accepted,
    }
    return KeyStatement.objects.get_or_create(digest=digest_bytes(body), defaults=values)[0]


def keep_present(row: models.Node | models.Peer, now: datetime) -> None:
    """Keep the delegation that a row shows, before another takes its place."""
    if row.signed_delegation is not None:
        keep_delegation(row.signed_delegation, now)


def has_room(peer: models.Peer, kind: StatementKind, now: datetime) -> bool:
    """Whether one more statement of a sort may be kept of a counterpart; a refusal is noted.

    No more are kept than a history may tell: a renewal a month fills it in sixteen years.
    """
    kept = KeyStatement.objects.filter(institution=peer.institution, kind=kind).count()
    if kept >= MOST_STATEMENTS:
        note_refused(peer, "too many statements", now)
    return kept < MOST_STATEMENTS


def keep_delegation(signed: SignedDelegation, now: datetime) -> KeyStatement:
    """Keep a delegation that is believed."""
    given = signed.delegation
    return keep(given.institution, StatementKind.DELEGATION, given.node_key, signed, now, accepted=now)


def settle(peer: models.Peer) -> None:
    """Let the row of a counterpart show the keys that speak for it now."""
    ring = ring_of(peer)
    present = [each for each in ring.delegations if each.delegation.institution_key == ring.key]
    newest = max(present, key=lambda each: each.delegation.valid_from, default=None)
    peer.institution_key = ring.key
    if newest is not None:
        peer.node_key, peer.delegation = newest.delegation.node_key, newest.model_dump_json().encode()
    peer.save(update_fields=["institution_key", "node_key", "delegation"])


def statement_digest(signed: BaseModel) -> str:
    """The digest under which a statement is kept."""
    return digest_bytes(canonical_bytes(signed.model_dump(mode="json")))


def signer_of(note: Note, name: str, kind: NoteKind, keys: Iterable[str]) -> NoteKey:
    """Which of these node keys signed a note under a name; the signature itself is not checked yet.

    Raises:
        SignatureError: none of them.
    """
    ids = {(each.name, each.id) for each in note.signatures}
    for key in sorted(keys):
        wanted = NoteKey(name, kind, key)
        if (name, wanted.id) in ids:
            return wanted
    raise SignatureError(f"No node key that acts for {name.partition('/')[0]} has signed this.")


def note_refused(peer: models.Peer, reason: str, now: datetime) -> None:
    """Note that something was signed by a key that does not speak for a counterpart."""
    trail.note_seldom(models.Tag.KEY_REFUSED, now, peer=peer, reason=reason)


def _links(present: str, rows: Iterable[KeyStatement]) -> tuple[Link, ...]:
    """The institution keys in their order, the present one last."""
    links: list[Link] = []
    for row in rows:
        if row.kind == StatementKind.SUCCESSION and (signed := readable(row, SignedSuccession)):
            given = signed.succession
            old, new = given.old_key, Link(given.new_key, LinkKind.SUCCESSION, given.since)
        elif row.kind == StatementKind.REPLACEMENT and (signed := readable(row, SignedReplacement)):
            lost = signed.replacement
            old, new = lost.lost_key, Link(lost.new_key, LinkKind.REPLACEMENT, row.accepted)
        else:
            continue
        links = [*(links or [Link(old)]), new]
    return tuple(links) or (Link(present),)


def _readable(rows: Iterable[KeyStatement], kind: StatementKind, form: type) -> dict[str, Any]:
    """The statements of a kind by their digest; one whose key is none, which 0.3.0 took, says nothing."""
    return {each.digest: found for each in rows if each.kind == kind and (found := readable(each, form))}


def readable(row: KeyStatement, form: type):  # noqa: ANN201  an instance of `form`
    """What a kept statement says; None: a key in it is none."""
    try:
        return _read(row, form)
    except ValidationError:
        return None


def _read(row: KeyStatement | KeyProof, form: type):  # noqa: ANN202  an instance of `form`
    return form.model_validate_json(bytes(row.body))
