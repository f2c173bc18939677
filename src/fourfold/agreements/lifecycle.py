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

from fourfold.agreements.faults import check_text
from fourfold.agreements.signatures import SignedAgreement, check
from fourfold.agreements.text import AgreementText
from fourfold.canon import canonical_bytes
from fourfold.errors import RefusedError, SignatureError
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

    agreement: str
    party: str
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

    def check(self, agreement: SignedAgreement) -> Ending:
        """The ending, if it ends this agreement.

        Raises:
            SignatureError: for another agreement, by no party of it, or not signed by the party's key.
        """
        party = agreement.text.party(self.ending.party)
        if self.ending.agreement != agreement.digest:
            raise SignatureError("This ending is for another agreement.")
        if party is None:
            raise SignatureError("Only a party can end an agreement; this is none.")
        verify(self.signature, Purpose.ENDING, self.ending.signed_bytes(), party.institution_key)
        return self.ending


def end(agreement: SignedAgreement, institution: Signer, now: datetime, reason: str = "") -> SignedEnding:
    """End an agreement alone, at once.

    Raises:
        RefusedError: the key is no party's.
    """
    parties = {party.institution_key: party.id for party in agreement.text.parties}
    if institution.key not in parties:
        raise RefusedError("Only a party can end an agreement; this key is no party's institution key.")
    party = parties[institution.key]
    ending = Ending(agreement=agreement.digest, party=party, ended=now, reason=reason)
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
    given: SignedAgreement, endings: Iterable[SignedEnding] = (), successor: SignedAgreement | None = None
) -> Agreement:
    """A signed agreement with all that was signed about it since, each signature checked.

    A successor that not all parties have signed changes nothing.

    Raises:
        InputError, SignatureError: as `check` and `SignedEnding.check`.
        RefusedError: the successor is none of this agreement.
    """
    signing = check(given)
    ended = bool([ending.check(given) for ending in endings])
    since = None
    if successor is not None:
        accept_successor(given, successor)
        since = successor.text.valid_from if check(successor).complete else None
    return Agreement(signing.text, signing.digest, signing.complete, ended, since)


def accept_successor(current: SignedAgreement, following: SignedAgreement) -> SignedAgreement:
    """The next of a chain, if it follows from the current one; who has signed it is another question.

    Raises:
        InputError, SignatureError: as `check`.
        RefusedError: another chain, a lower or equal number, another predecessor, other parties, or a text
            with faults; all of them.
    """
    before, after = check(current), check(following).text
    refusals = [sentence for wrong, sentence in _refusals(before.text, before.digest, after) if wrong] + [
        str(fault) for fault in check_text(after)
    ]
    if refusals:
        raise RefusedError(" ".join(refusals))
    return following


def _refusals(before: AgreementText, digest: str, after: AgreementText) -> list[tuple[bool, str]]:
    return [
        (after.id != before.id, "It continues another agreement."),
        (after.number <= before.number, f"Its number is {after.number}; it must be above {before.number}."),
        (after.predecessor != digest, "It does not name this agreement's digest as its predecessor."),
        (_keys(after) != _keys(before), "It has other parties; that needs a new agreement."),
        (after.founding != before.founding, "A founding agreement is followed by a founding agreement only."),
    ]


def _keys(text: AgreementText) -> frozenset[tuple[str, str]]:
    return frozenset((party.id, party.institution_key) for party in text.parties)
