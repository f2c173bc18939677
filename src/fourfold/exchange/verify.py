"""What a receiver checks before it believes an object.

    bytes ── parse ── signature ── release ── policies ──> Verified | Refusal

The first stages stop at the first failure, since nothing behind it may be believed. The policies are all
evaluated, so that a refusal names all that is wrong.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from fourfold.canon import digest_bytes
from fourfold.errors import InputError, SignatureError
from fourfold.exchange.limits import MAX_OBJECT_BYTES
from fourfold.exchange.policies import Case, Context, refusals
from fourfold.exchange.reasons import SENTENCES, Reason
from fourfold.exchange.stix.codec import decode
from fourfold.exchange.stix.signed import SignedObject, release_extension, signed_object
from fourfold.exchange.stix.times import read_time
from fourfold.exchange.strict import fits, parse_json
from fourfold.records.identity import Delegation, SignedDelegation
from fourfold.records.statements import KeyRevocation, RevocationReason
from fourfold.release.object import ReleaseObject

_MOST = 1 << 31
_CLAIMED = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")


@dataclass(frozen=True, slots=True)
class Keys:
    """The node keys that an institution key delegated, in time or not; and those that were revoked since."""

    windows: Mapping[str, Delegation]
    revoked: Mapping[str, KeyRevocation]


@dataclass(frozen=True, slots=True)
class Attested:
    """A release that the counterpart did sign; whether it may be stored is another question."""

    wire: bytes
    digest: str
    release: ReleaseObject
    key: str


@dataclass(frozen=True, slots=True)
class Verified:
    """An object that may be stored: its bytes as received, their digest, and the release in them.

    `duplicate`: this very version is held already, so there is nothing to do.
    """

    wire: bytes
    digest: str
    release: ReleaseObject
    key: str
    duplicate: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """An object that must not be believed: all reasons, and what it claims to be (empty: not even that)."""

    wire: bytes
    digest: str
    reasons: tuple[Reason, ...]
    object: str = ""
    version: int = 0
    detail: str = ""

    @property
    def reason(self) -> Reason:
        """The first reason."""
        return self.reasons[0]

    def __str__(self) -> str:
        """All reasons as sentences."""
        return " ".join(SENTENCES[reason] for reason in self.reasons)


def trusted_keys(peer: str, delegations: Iterable[SignedDelegation]) -> dict[str, Delegation]:
    """The node keys that a peer's institution key did delegate, by key; whether in time is asked at use."""
    keys = {}
    for signed in delegations:
        given = signed.delegation
        try:
            signed.check(given.valid_from)
        except (SignatureError, InputError):
            continue
        if given.institution == peer:
            keys[given.node_key] = given
    return keys


def check_received(wire: bytes, context: Context) -> Verified | Refusal:
    """Decide whether received bytes are an object that this node may store.

    Never raises for anything that a counterpart can send.
    """
    found = check_signed(wire, Keys(context.keys, context.revoked), context.now)
    return found if isinstance(found, Refusal) else check_agreed(found, context)


def check_signed(wire: bytes, keys: Keys, now: datetime) -> Attested | Refusal:
    """The release in received bytes, once one of the counterpart's node keys is found to have signed it.

    This takes nearly all of the time and needs nothing that a node holds, so it comes before any lock.
    """
    found = _read(wire)
    if isinstance(found, Refusal):
        return found
    reason = _signature_fault(found, keys, now)
    if reason:
        return _refusal(found, reason)
    try:
        release = decode(found.value)
    except InputError as error:
        return _refusal(found, Reason.NOT_A_RELEASE, detail=str(error))
    return Attested(found.wire, found.digest, release, found.signature.key)


def check_agreed(found: Attested, context: Context) -> Verified | Refusal:
    """Whether a signed release may be stored: by what is agreed, and by what is held of it already."""
    release, held = found.release, context.held(found.release.id)
    same = held is not None and (held.version, held.digest) == (release.version, found.digest)
    reasons = () if same else refusals(Case(release, found.digest, context, held))
    if reasons:
        return Refusal(found.wire, found.digest, reasons, release.id, release.version)
    return Verified(found.wire, found.digest, release, found.key, duplicate=same)


def _read(wire: bytes) -> SignedObject | Refusal:
    """The object in the bytes, its signature not yet checked."""
    try:
        value = parse_json(wire, MAX_OBJECT_BYTES)
        if release_extension(value) is None:
            return Refusal(wire, digest_bytes(wire), (Reason.EXTENSION_MISSING,))
        return signed_object(wire, value)
    except SignatureError:
        return Refusal(wire, digest_bytes(wire), (Reason.UNSIGNED,))
    except InputError as error:
        reason = Reason.MALFORMED if fits(wire, MAX_OBJECT_BYTES) else Reason.TOO_LARGE
        return Refusal(wire, digest_bytes(wire), (reason,), detail=str(error))


def _signature_fault(found: SignedObject, keys: Keys, now: datetime) -> Reason | None:
    given = keys.windows.get(found.signature.key)
    if given is None:
        return Reason.UNKNOWN_KEY
    try:
        found.check(given.node_key)
    except (SignatureError, InputError):
        return Reason.WRONG_SIGNATURE
    return _time_fault(found, given, keys.revoked.get(given.node_key), now)


def _time_fault(
    found: SignedObject, given: Delegation, revoked: KeyRevocation | None, now: datetime
) -> Reason | None:
    """Whether the key acted in its time: that of now, or for a renewed key that which it signed in.

    A moment that only the key itself has signed can be written by whoever holds the key. So nothing by a
    compromised key is believed; and what a renewed one signed must be in the log that its successor signs.
    """
    if revoked is None:
        in_time = given.valid_from <= now < given.valid_until
        return None if in_time else Reason.KEY_OUT_OF_TIME
    signed = _modified(found)
    earlier = signed is not None and given.valid_from <= signed < min(given.valid_until, revoked.since)
    return None if earlier and revoked.reason is RevocationReason.RENEWED else Reason.KEY_REVOKED


def _modified(found: SignedObject) -> datetime | None:
    try:
        return read_time(str(found.value.get("modified")))
    except InputError:
        return None


def _refusal(found: SignedObject, reason: Reason, detail: str = "") -> Refusal:
    """A refusal of something that can be read: with what it claims to be, which is believed of nobody."""
    extension = release_extension(found.value) or {}
    claimed, number = _CLAIMED.search(str(found.value.get("id"))), extension.get("number")
    name = f"release--{claimed[0]}" if claimed else ""
    version = number if isinstance(number, int) and 0 < number < _MOST else 0
    return Refusal(found.wire, found.digest, (reason,), name, version, detail)
