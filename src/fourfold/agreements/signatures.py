"""Signed agreements: the exact bytes that were signed, kept as received, and who signed them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from fourfold.agreements.faults import NO_RINGS, Rings, check_text
from fourfold.agreements.text import AgreementText
from fourfold.canon import canonical_bytes, digest_bytes
from fourfold.errors import Fault, InputError, RefusedError, SignatureError
from fourfold.records.signing import Purpose, Signature, Signer, verify


class SignedAgreement(BaseModel):
    """An agreement's text as it was signed, and the signatures under it.

    `content` holds the very characters whose UTF-8 bytes were signed. They are never written anew from the
    text that was read from them: a later version of this software may write the same text otherwise.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    content: str
    signatures: tuple[Signature, ...]

    @property
    def signed_bytes(self) -> bytes:
        """The bytes under the signatures."""
        return self.content.encode()

    @cached_property
    def digest(self) -> str:
        """The digest by which everything else refers to this agreement."""
        return digest_bytes(self.signed_bytes)

    @cached_property
    def text(self) -> AgreementText:
        """What the signed bytes say.

        Raises:
            InputError: they are no text of an agreement in canonical form.
        """
        return read_text(self.content)

    def with_signatures(self, signatures: Iterable[Signature]) -> Self:
        """The same bytes with more signatures; each stands once, in the order of the keys."""
        every = {(each.key, each.value): each for each in (*self.signatures, *signatures)}
        return self.model_copy(update={"signatures": tuple(every[key] for key in sorted(every))})


@dataclass(frozen=True, slots=True)
class Signing:
    """Who has signed an agreement: ids of parties."""

    text: AgreementText
    digest: str
    signed: frozenset[str]
    missing: frozenset[str]

    @property
    def complete(self) -> bool:
        """Whether all parties have signed."""
        return not self.missing


def read_text(content: str) -> AgreementText:
    """The text that canonical bytes stand for; two readers must not understand two texts.

    Raises:
        InputError: not canonical JSON (RFC 8785), or no text of an agreement.
    """
    try:
        value = json.loads(content)
        canonical = canonical_bytes(value) == content.encode()
        if canonical:
            return AgreementText.model_validate_json(content)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        faults = [Fault(f"{each['msg']}.", field=".".join(map(str, each["loc"]))) for each in found]
        raise InputError(faults) from error
    except (ValueError, RecursionError) as error:
        raise InputError([Fault("The signed text is not JSON.")]) from error
    raise InputError([Fault("The signed text is not in canonical form (RFC 8785).")])


def sign(text: AgreementText, institution: Signer, rings: Rings = NO_RINGS) -> SignedAgreement:
    """A proposal: the text with the first signature, by the institution key of a party.

    Raises:
        InputError: the text has faults; all of them.
        RefusedError: the key is no party's.
    """
    if faults := check_text(text, rings):
        raise InputError(faults)
    unsigned = SignedAgreement(content=text.signed_bytes().decode(), signatures=())
    return _add(unsigned, text, institution)


def countersign(given: SignedAgreement, institution: Signer, rings: Rings = NO_RINGS) -> SignedAgreement:
    """The same bytes with one more signature; to sign again changes nothing.

    Raises:
        InputError: the text has faults, or is not canonical.
        SignatureError: a signature that stands there does not hold.
        RefusedError: the key is no party's.
    """
    text = check(given).text
    if faults := check_text(text, rings):
        raise InputError(faults)
    return _add(given, text, institution)


def _add(given: SignedAgreement, text: AgreementText, institution: Signer) -> SignedAgreement:
    if institution.key not in {party.institution_key for party in text.parties}:
        raise RefusedError("Only a party signs an agreement; this key is no party's institution key.")
    return given.with_signatures([institution.sign(Purpose.AGREEMENT, given.signed_bytes)])


def check(given: SignedAgreement) -> Signing:
    """Who has signed, if every signature that stands there holds.

    Raises:
        InputError: the content is no text of an agreement in canonical form.
        SignatureError: a signature does not hold, is for something else, or is by somebody who is no party.
    """
    text = given.text
    parties = {party.institution_key: party.id for party in text.parties}
    for signature in given.signatures:
        if signature.key not in parties:
            raise SignatureError("An agreement is signed by its parties; this signature is no party's.")
        verify(signature, Purpose.AGREEMENT, given.signed_bytes, signature.key)
    signed = frozenset(parties[signature.key] for signature in given.signatures)
    missing = frozenset(parties.values()) - signed
    return Signing(text=text, digest=given.digest, signed=signed, missing=missing)
