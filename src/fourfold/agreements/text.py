"""The text of an agreement: what both institutions sign."""

from pydantic import BaseModel, ConfigDict, Field

from fourfold.canon import canonical_bytes, digest_bytes
from fourfold.canon.sets import SortedSet
from fourfold.framework import Level
from fourfold.records.bounded import DigestText, Id, Name, Number, Title
from fourfold.records.instants import Instant
from fourfold.records.markings import Caveat, Tlp

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
    institution_key: str
    facts: PartyFacts


class Direction(BaseModel):
    """What holds for what one party sends under a slice.

    `fields` is the redaction rule: for each kind, the fields that may pass (a kind that is not named has
    none). The purpose clauses let a regulator, or a party with defence ties, receive what is marked
    NO-ENFORCEMENT or NO-DEFENCE. `personal_data_basis` is the legal basis on which fields marked PERSONAL
    may pass.
    """

    model_config = FROZEN

    sender: str
    fields: dict[str, tuple[str, ...]]
    enforcement_clause: str | None = None
    defence_clause: str | None = None
    personal_data_basis: str | None = None


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

    def slice(self, name: str) -> SliceTerms | None:
        """The slice with this id, if there is one."""
        return next((terms for terms in self.slices if terms.id == name), None)
