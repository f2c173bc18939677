"""A second person's approval, and how many of them an institution asks for before something leaves."""

from collections.abc import Collection, Iterable
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fourfold.canon import canonical_bytes
from fourfold.canon.sets import SortedSet
from fourfold.errors import SignatureError
from fourfold.records.instants import Instant
from fourfold.records.markings import Tlp
from fourfold.records.signing import Purpose, Signature, Signer, verify

FROZEN = ConfigDict(frozen=True, extra="forbid")


class Approval(BaseModel):
    """One person's word that one version of a record may go to one recipient.

    `record` is the digest of that version, so that any edit voids it. `authors` are all who wrote or edited
    the version; the approver is none of them. People are named by their ids inside the institution.
    """

    model_config = FROZEN

    record: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")
    recipient: str
    authors: SortedSet[str] = Field(min_length=1)
    approver: str = Field(min_length=1)
    approved: Instant

    @model_validator(mode="after")
    def _second_person(self) -> Self:
        if self.approver in self.authors:
            raise ValueError("nobody approves what they wrote")
        return self

    def signed_bytes(self) -> bytes:
        """The bytes that the institution's node signs."""
        return canonical_bytes(self.model_dump(mode="json"))

    def covers(self, record: str, recipient: str) -> bool:
        """Whether it is for just this version and this recipient."""
        return (self.record, self.recipient) == (record, recipient)


class SignedApproval(BaseModel):
    """An approval with the signature of the node where it was given."""

    model_config = FROZEN

    approval: Approval
    signature: Signature

    def check(self, keys: Collection[str]) -> Approval:
        """The approval, if one of the institution's own node `keys` signed it.

        Raises:
            SignatureError: none of these keys signed it.
        """
        if self.signature.key not in keys:
            raise SignatureError("An approval is signed by the institution's own node; this key is not its.")
        verify(self.signature, Purpose.APPROVAL, self.approval.signed_bytes(), self.signature.key)
        return self.approval


def approve(approval: Approval, node: Signer) -> SignedApproval:
    """Sign an approval."""
    return SignedApproval(approval=approval, signature=node.sign(Purpose.APPROVAL, approval.signed_bytes()))


def approvers(approvals: Iterable[Approval], record: str, recipient: str) -> frozenset[str]:
    """The people who approved that this version goes to this recipient; each counts once.

    Somebody whom any of these approvals names as an author of the version counts in none of them.
    """
    valid = [each for each in approvals if each.covers(record, recipient)]
    authors = frozenset[str]().union(*(each.authors for each in valid))
    return frozenset(each.approver for each in valid) - authors


class HouseRule(BaseModel):
    """How many second persons an institution itself asks for, by label; never fewer for a tighter one."""

    model_config = FROZEN

    clear: int = Field(default=0, ge=0)
    green: int = Field(default=0, ge=0)
    amber: int = Field(default=0, ge=0)
    amber_strict: int = Field(default=0, ge=0)
    red: int = Field(default=1, ge=0)

    @model_validator(mode="after")
    def _no_fewer_for_a_tighter_label(self) -> Self:
        needed = [self.needed(tlp) for tlp in Tlp]
        if needed != sorted(needed):
            raise ValueError("a tighter label needs at least as many approvals as a looser one")
        return self

    def needed(self, tlp: Tlp) -> int:
        """How many second persons must approve what carries this label."""
        needed: int = getattr(self, _MEMBERS[tlp])
        return needed


_MEMBERS = {tlp: tlp.name.lower() for tlp in Tlp}
