"""The text of an agreement: what both institutions sign."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from fourfold.canon import canonical_bytes, digest_bytes
from fourfold.canon.sets import SortedSet
from fourfold.framework import Level
from fourfold.records.bounded import DigestText, Id, Name, Number, Title
from fourfold.records.instants import Instant
from fourfold.records.markings import Caveat, Tlp
from fourfold.records.signing import PublicKey

FROZEN = ConfigDict(frozen=True, extra="forbid")


class PartyFacts(BaseModel):
    """What the release policy must know of a recipient; believed because both sides signed it."""

    model_config = FROZEN

    regulator: bool
    defence_tie: bool


class Party(BaseModel):
    """One institution of an agreement, known by its key."""

    model_config = FROZEN

    id: Id
    name: str
    institution_key: PublicKey
    facts: PartyFacts


def says(text: str) -> bool:
    """Whether a text says anything: a letter or a digit, not blanks or characters that nobody sees."""
    return any(map(str.isalnum, text))


class LegalGateway(BaseModel):
    """Why what a law keeps confidential may reach the recipient: the provision that opens the way.

    `decided` is the day on which `decided_by` found the provision's conditions met. `regulators_only`: it
    opens to regulatory authorities alone, as Article 78(5) of Regulation (EU) 2024/1689 does.
    """

    model_config = FROZEN

    provision: str
    decided_by: str
    decided: date
    regulators_only: bool = False


class Direction(BaseModel):
    """What holds for what one party sends under a slice.

    `fields` is the redaction rule: for each kind, the fields that may pass (a kind that is not named has
    none). The purpose clauses let a regulator, or a party with defence ties, receive what is marked
    NO-ENFORCEMENT or NO-DEFENCE. `personal_data_basis` is the legal basis on which fields marked PERSONAL
    may pass. `legal_gateway` is why what is marked STATUTORY may; a text without one has no such place, so
    that what was signed before there was one keeps its bytes.
    """

    model_config = FROZEN

    sender: str
    fields: dict[str, tuple[str, ...]]
    enforcement_clause: str | None = None
    defence_clause: str | None = None
    personal_data_basis: str | None = None
    legal_gateway: LegalGateway | None = Field(default=None, exclude_if=lambda given: given is None)


class SliceTerms(BaseModel):
    """One slice of an activity: its level, and what fits into it."""

    model_config = FROZEN

    id: Name
    activity: Name
    name: str
    level: Level
    kinds: SortedSet[Name]
    ceiling: Tlp
    forbidden_caveats: SortedSet[Caveat] = frozenset()
    directions: tuple[Direction, ...] = ()

    def direction(self, sender: str) -> Direction | None:
        """What holds for what this party sends, if anything does."""
        return next((direction for direction in self.directions if direction.sender == sender), None)


class AgreementText(BaseModel):
    """The one text that all parties sign; numbered, and chained to its predecessor's digest.

    `community` names the institutions that count as one community for TLP:GREEN. `assessments` are the
    digests of the assessments that the levels were argued from.
    """

    model_config = FROZEN

    id: str = Field(pattern=r"^agreement--[0-9a-f-]{36}$")
    number: Number
    predecessor: DigestText | None
    title: Title
    founding: bool = False
    parties: tuple[Party, ...] = Field(min_length=2)
    community: SortedSet[str] = frozenset()
    slices: tuple[SliceTerms, ...] = Field(min_length=1)
    framework: str
    assessments: tuple[str, ...] = ()
    valid_from: Instant
    review_by: Instant
    expires: Instant | None = None

    def signed_bytes(self) -> bytes:
        """The bytes that every party signs; of what is signed already, the bytes as received are kept."""
        return canonical_bytes(self.model_dump(mode="json"))

    def digest(self) -> str:
        """The digest by which everything else refers to this text."""
        return digest_bytes(self.signed_bytes())

    def party(self, institution: str) -> Party | None:
        """The party with this id, if it is one."""
        return next((party for party in self.parties if party.id == institution), None)

    def gateway_opens(self, direction: Direction, recipient: str) -> bool:
        """Whether a direction has a legal gateway, decided in time, that opens to the recipient."""
        gateway, party = direction.legal_gateway, self.party(recipient)
        if gateway is None or party is None or not (says(gateway.provision) and says(gateway.decided_by)):
            return False
        open_to = party.facts.regulator or not gateway.regulators_only
        return open_to and gateway.decided <= self.valid_from.date()

    def slice(self, name: str) -> SliceTerms | None:
        """The slice with this id, if there is one."""
        return next((terms for terms in self.slices if terms.id == name), None)
