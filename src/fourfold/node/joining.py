"""The two files by which institutions begin: an invitation, and the reply to it.

Both are signed by institution keys. A name in them proves nothing: before either file is believed, two people
compare the fingerprint of the key by another way than the one by which the file came.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from fourfold.agreements import AgreementText, Party, PartyFacts, SignedAgreement, Term, founding_text
from fourfold.canon import canonical_bytes, name_fault, node_address, read_document
from fourfold.errors import Fault, InputError, RefusedError, SignatureError
from fourfold.node.kinds import ASSESSMENT, DRAFT_AGREEMENT
from fourfold.records.bounded import WITHOUT_NUL
from fourfold.records.identity import SignedDelegation
from fourfold.records.instants import Instant
from fourfold.records.keyring import follow
from fourfold.records.signing import Purpose, Signature, Signer, fingerprint, verify
from fourfold.records.statements import MOST_STATEMENTS, SignedSuccession

FROZEN = ConfigDict(frozen=True, extra="forbid")


def _normal(url: str) -> str:
    """The address of a node in the one form.

    Raises:
        ValueError: it is none; a model does not know our own errors.
    """
    try:
        return node_address(url)
    except InputError as error:
        raise ValueError(error.faults[0].message) from error


Address = Annotated[str, AfterValidator(_normal)]


def _is_name(name: str) -> str:
    if fault := name_fault(name):
        raise ValueError(fault)
    return name


class Introduction(BaseModel):
    """Who an institution is: its name, its facts, where its node is, and the key that acts for it."""

    model_config = FROZEN

    name: Annotated[str, Field(min_length=1, max_length=200, pattern=WITHOUT_NUL), AfterValidator(_is_name)]
    facts: PartyFacts
    url: Address = Field(max_length=500)
    delegation: SignedDelegation
    successions: tuple[SignedSuccession, ...] = Field(default=(), max_length=MOST_STATEMENTS)

    def check(self, now: datetime, accepted: Collection[str] = ()) -> None:
        """Check that its key lets the node key act now, and is the institution's, by id or by succession.

        `accepted` are the keys that the reader believes of the institution already.

        Raises:
            SignatureError: the delegation or a succession does not hold.
        """
        line = () if self.key in accepted else follow(self.institution, self.key, self.successions)
        self.delegation.check(now, {*accepted, *(link.key for link in line)})

    @property
    def institution(self) -> str:
        """Its id, which follows from its key."""
        return self.delegation.delegation.institution

    @property
    def key(self) -> str:
        """Its institution key."""
        return self.delegation.delegation.institution_key

    def party(self) -> Party:
        """The institution as a party of an agreement."""
        return Party(id=self.institution, name=self.name, institution_key=self.key, facts=self.facts)


class Invitation(BaseModel):
    """Who invites, and on what terms: all of the founding agreement but the other party."""

    model_config = FROZEN

    type: Literal["fourfold-invitation"] = "fourfold-invitation"
    id: str = Field(pattern=r"^invitation--[0-9a-f-]{36}$")
    host: Introduction
    agreement: str = Field(pattern=r"^agreement--[0-9a-f-]{36}$")
    framework: str
    valid_from: Instant
    review_by: Instant
    expires: Instant

    def founding(self, guest: Introduction) -> AgreementText:
        """The founding agreement with whoever accepts; both sides build the same bytes."""
        return founding_text(
            self.agreement,
            (self.host.party(), guest.party()),
            {kind.id: kind.fields for kind in (ASSESSMENT, DRAFT_AGREEMENT)},
            self.framework,
            Term(self.valid_from, self.review_by),
        )


class Reply(BaseModel):
    """Who accepts, and the founding agreement with its first signature."""

    model_config = FROZEN

    type: Literal["fourfold-reply"] = "fourfold-reply"
    invitation: str
    guest: Introduction
    founding: SignedAgreement


class Signed(BaseModel):
    """An invitation or a reply as a file: what is said, letter by letter, and the institution's signature."""

    model_config = FROZEN

    content: str
    signature: Signature


Content = TypeVar("Content", Invitation, Reply)


def write_signed(content: Invitation | Reply, institution: Signer) -> bytes:
    """The file of an invitation or reply."""
    data = canonical_bytes(content.model_dump(mode="json"))
    signed = Signed(content=data.decode(), signature=institution.sign(Purpose.INVITATION, data))
    return signed.model_dump_json(indent=2).encode() + b"\n"


def read_signed(
    data: bytes,
    file: str,
    form: type[Content],
    now: datetime,
    accepted: Callable[[str], Collection[str]] = lambda _: (),
) -> Content:
    """What a file says, once its own key has signed it; whose key that is, people compare.

    `accepted` tells which keys are believed of an institution already.

    Raises:
        InputError: it is no such file; all faults.
        SignatureError: it was changed, or its delegation does not hold now.
    """
    read_document(data, file=f"{file}.json")  # refuses what two readers could understand differently
    signed = _valid(Signed, data, file)
    content = _valid(form, signed.content.encode(), file)
    who = content.host if isinstance(content, Invitation) else content.guest
    verify(signed.signature, Purpose.INVITATION, signed.content.encode(), who.key)
    who.check(now, accepted(who.institution))
    return content


def compare_fingerprint(key: str, given: str) -> None:
    """Refuse a key whose fingerprint is not the one that a person was given by another way.

    Raises:
        RefusedError: it is another key.
    """
    shown = fingerprint(key)
    if "".join(given.split()).lower() != "".join(shown.split()):
        raise RefusedError(
            f"The file holds the key {shown}; you were given another fingerprint. Do not go on: "
            "ask the other institution again, by a way that does not depend on this file."
        )


def check_founding(invitation: Invitation, reply: Reply) -> None:
    """Check that a reply's founding agreement is the one invited to, signed by the guest.

    Raises:
        SignatureError: other terms, or not signed by the guest.
    """
    expected = invitation.founding(reply.guest)
    if reply.invitation != invitation.id or reply.founding.signed_bytes != expected.signed_bytes():
        raise SignatureError("The reply is to another invitation, or to other terms than those invited to.")
    if reply.guest.key not in {signature.key for signature in reply.founding.signatures}:
        raise SignatureError("The reply's founding agreement is not signed by the institution that replies.")


def _valid(form: type[BaseModel], data: bytes, file: str) -> Mapping[str, object]:
    try:
        return form.model_validate_json(data)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise InputError(
            [Fault(f"{each['msg']}.", file, 0, ".".join(map(str, each["loc"]))) for each in found]
        ) from error
