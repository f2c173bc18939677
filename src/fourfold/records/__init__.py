"""What is kept: envelope, kinds, markings, originators, signatures, commitments."""

from fourfold.records.commitments import Opening, check_opening, commit, field_salt, open_field
from fourfold.records.derivation import Inheritance, inherit
from fourfold.records.encoding import from_base64, secret_bytes, to_base64
from fourfold.records.envelope import UNKNOWN_ORIGINATOR, Record
from fourfold.records.holding import Holding, check_fields, check_held, holding
from fourfold.records.identity import NAMESPACE, Delegation, SignedDelegation, delegate, institution_id
from fourfold.records.instants import Instant
from fourfold.records.keyring import Keyring, Link, LinkKind, News, follow, keyring_of, news
from fourfold.records.kinds import Kind
from fourfold.records.markings import Caveat, Marking, Tlp, join, parse_tlp
from fourfold.records.pseudonyms import pseudonym
from fourfold.records.sealing import check_reveal, seal
from fourfold.records.signing import Purpose, Signature, Signer, fingerprint, raw_key, verify, verify_raw
from fourfold.records.statements import (
    KeyHistory,
    KeyRevocation,
    Replacement,
    RevocationReason,
    SignedKeyRevocation,
    SignedReplacement,
    SignedSuccession,
    Succession,
    replace_key,
    revoke_key,
    succeed,
)

__all__ = [
    "NAMESPACE",
    "UNKNOWN_ORIGINATOR",
    "Caveat",
    "Delegation",
    "Holding",
    "Inheritance",
    "Instant",
    "KeyHistory",
    "KeyRevocation",
    "Keyring",
    "Kind",
    "Link",
    "LinkKind",
    "Marking",
    "News",
    "Opening",
    "Purpose",
    "Record",
    "Replacement",
    "RevocationReason",
    "Signature",
    "SignedDelegation",
    "SignedKeyRevocation",
    "SignedReplacement",
    "SignedSuccession",
    "Signer",
    "Succession",
    "Tlp",
    "check_fields",
    "check_held",
    "check_opening",
    "check_reveal",
    "commit",
    "delegate",
    "field_salt",
    "fingerprint",
    "follow",
    "from_base64",
    "holding",
    "inherit",
    "institution_id",
    "join",
    "keyring_of",
    "news",
    "open_field",
    "parse_tlp",
    "pseudonym",
    "raw_key",
    "replace_key",
    "revoke_key",
    "seal",
    "secret_bytes",
    "succeed",
    "to_base64",
    "verify",
    "verify_raw",
]
