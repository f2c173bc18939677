"""The life of an agreement: from proposal to end, as a pure function of what was signed and the time.

    proposed -> not yet -> in force -> review due -> expired
                 any of them, by a successor -> superseded
                 any of them, by one party alone, at once -> ended

Agreements with one id form a chain: each is numbered and names its predecessor's digest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from fourfold.agreements.faults import NO_RINGS, Rings, check_text
from fourfold.agreements.signatures import SignedAgreement, check
from fourfold.agreements.text import AgreementText, Party
from fourfold.canon import canonical_bytes
from fourfold.errors import RefusedError, SignatureError
from fourfold.records.bounded import DigestText, Id
from fourfold.records.instants import Instant
from fourfold.records.signing import Purpose, Signature, Signer, verify


class State(StrEnum):
    """Where an agreement stands. It binds in two of these: in force, and in force with its review due."""

    PROPOSED = "proposed"
    NOT_YET = "not-yet"
    IN_FORCE = "in-force"
    REVIEW_DUE = "review-due"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    ENDED = "ended"

    @property
    def binds(self) -> bool:
        """Whether anything may pass; a review that is due is a reminder, as the end has its own date."""
        return self in {State.IN_FORCE, State.REVIEW_DUE}


class Ending(BaseModel):
    """One party's word that an agreement has ended; it needs nobody else's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    agreement: DigestText
    party: Id
    ended: Instant
    reason: str = ""

    def signed_bytes(self) -> bytes:
        """The bytes that the party's institution key signs."""
        return canonical_bytes(self.model_dump(mode="json"))


class SignedEnding(BaseModel):
    """An ending with its party's signature."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ending: Ending
    signature: Signature

    def check(self, agreement: SignedAgreement, rings: Rings = NO_RINGS) -> Ending:
        """The ending, if it ends this agreement.

        Raises:
            SignatureError: for another agreement, by no party of it, or not signed by the party's key.
        """
        party = agreement.text.party(self.ending.party)
        if self.ending.agreement != agreement.digest:
            raise SignatureError("This ending is for another agreement.")
        if party is None:
            raise SignatureError("Only a party can end an agreement; this is none.")
        key = self.signature.key if _speaks(party, self.signature.key, rings) else party.institution_key
        verify(self.signature, Purpose.ENDING, self.ending.signed_bytes(), key)
        return self.ending


def end(
    agreement: SignedAgreement,
    institution: Signer,
    now: datetime,
    reason: str = "",
    rings: Rings = NO_RINGS,
) -> SignedEnding:
    """End an agreement alone, at once.

    Raises:
        RefusedError: the key is no party's.
    """
    party = next((each for each in agreement.text.parties if _speaks(each, institution.key, rings)), None)
    if party is None:
        raise RefusedError("Only a party can end an agreement; this key is no party's institution key.")
    ending = Ending(agreement=agreement.digest, party=party.id, ended=now, reason=reason)
    return SignedEnding(ending=ending, signature=institution.sign(Purpose.ENDING, ending.signed_bytes()))


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement whose signatures were checked, with what decides where it stands.

    `digest` is that of the signed bytes. `superseded_from` is when a complete successor begins.
    """

    text: AgreementText
    digest: str
    complete: bool
    ended: bool = False
    superseded_from: datetime | None = None

    def state(self, at: datetime) -> State:
        """Where the agreement stands at a moment.

        An ending holds at once whatever moment it names: a party is not kept in by its clock.
        """
        if self.ended:
            return State.ENDED
        if not self.complete:
            return State.PROPOSED
        if self.superseded_from is not None and at >= self.superseded_from:
            return State.SUPERSEDED
        return self._by_date(at)

    def _by_date(self, at: datetime) -> State:
        text = self.text
        if at < text.valid_from:
            return State.NOT_YET
        if text.expires is not None and at >= text.expires:
            return State.EXPIRED
        return State.REVIEW_DUE if at >= text.review_by else State.IN_FORCE


def standing(
    given: SignedAgreement,
    endings: Iterable[SignedEnding] = (),
    successor: SignedAgreement | None = None,
    rings: Rings = NO_RINGS,
) -> Agreement:
    """A signed agreement with all that was signed about it since, each signature checked.

    A successor that not all parties have signed changes nothing. A party whose key was lost is bound by
    nothing that only the lost key has signed: such an agreement has ended, until it is signed anew.

    Raises:
        InputError, SignatureError: as `check` and `SignedEnding.check`.
        RefusedError: the successor is none of this agreement.
    """
    signing = check(given)
    ended = bool([ending.check(given, rings) for ending in endings]) or _broken(signing.text, rings)
    since = None
    if successor is not None:
        accept_successor(given, successor, rings)
        since = successor.text.valid_from if check(successor).complete else None
    return Agreement(signing.text, signing.digest, signing.complete, ended, since)


def accept_successor(
    current: SignedAgreement, following: SignedAgreement, rings: Rings = NO_RINGS
) -> SignedAgreement:
    """The next of a chain, if it follows from the current one; who has signed it is another question.

    A party may sign it by a key that succeeded the one in the current text, but not by one that replaced a
    lost key: that needs a new agreement.

    Raises:
        InputError, SignatureError: as `check`.
        RefusedError: another chain, a lower or equal number, another predecessor, other parties, or a text
            with faults; all of them.
    """
    before, after = check(current), check(following).text
    refusals = [
        sentence for wrong, sentence in _refusals(before.text, before.digest, after, rings) if wrong
    ] + [str(fault) for fault in check_text(after, rings)]
    if refusals:
        raise RefusedError(" ".join(refusals))
    return following


def _refusals(
    before: AgreementText, digest: str, after: AgreementText, rings: Rings
) -> list[tuple[bool, str]]:
    return [
        (after.id != before.id, "It continues another agreement."),
        (after.number <= before.number, f"Its number is {after.number}; it must be above {before.number}."),
        (after.predecessor != digest, "It does not name this agreement's digest as its predecessor."),
        (not _same_parties(before, after, rings), "It has other parties; that needs a new agreement."),
        (after.founding != before.founding, "A founding agreement is followed by a founding agreement only."),
    ]


def _same_parties(before: AgreementText, after: AgreementText, rings: Rings) -> bool:
    earlier = {party.id: party for party in before.parties}
    later = {party.id: party.institution_key for party in after.parties}
    return earlier.keys() == later.keys() and all(
        _speaks(earlier[party], key, rings) for party, key in later.items()
    )


def _speaks(party: Party, key: str, rings: Rings) -> bool:
    """Whether a key speaks for a party: the one that it signed by, or one that succeeded it."""
    ring = rings.get(party.id)
    return key == party.institution_key or (ring is not None and ring.continues(party.institution_key, key))


def _broken(text: AgreementText, rings: Rings) -> bool:
    """Whether some party's key was lost since: its present key does not continue the one that signed."""
    return any(party.id in rings and not _speaks(party, rings[party.id].key, rings) for party in text.parties)
