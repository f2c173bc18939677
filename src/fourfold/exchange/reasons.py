"""Why an object is refused: one closed list, and what each reason means to people."""

from collections.abc import Mapping
from enum import StrEnum


class Reason(StrEnum):
    """Why an object is refused: the closed list, in the order in which it is checked."""

    TOO_LARGE = "too-large"
    MALFORMED = "malformed"
    EXTENSION_MISSING = "extension-missing"
    UNSIGNED = "unsigned"
    UNKNOWN_KEY = "unknown-key"
    KEY_OUT_OF_TIME = "key-out-of-time"
    KEY_REVOKED = "key-revoked"
    WRONG_SIGNATURE = "wrong-signature"
    NOT_A_RELEASE = "not-a-release"
    NOT_THE_PEER = "not-the-peer"
    WRONG_RECIPIENT = "wrong-recipient"
    NO_AGREEMENT = "no-agreement"
    SLICE_NOT_AGREED = "slice-not-agreed"
    AT_SEPARATION = "at-separation"
    KIND_NOT_AGREED = "kind-not-agreed"
    FIELD_NOT_AGREED = "field-not-agreed"
    MARKING_NOT_AGREED = "marking-not-agreed"
    FROM_THE_FUTURE = "from-the-future"
    OLD_VERSION = "old-version"
    EQUIVOCATION = "equivocation"
    TIME_NOT_NEWER = "time-not-newer"
    WITHDRAWN_BEFORE = "withdrawn-before"
    LEGAL_HOLD = "legal-hold"
    NOT_KEPT = "not-kept"


SENTENCES: Mapping[Reason, str] = {
    Reason.TOO_LARGE: "The object is larger or more deeply nested than this node takes.",
    Reason.MALFORMED: "The object is not strict JSON.",
    Reason.EXTENSION_MISSING: "The object has no release extension: it was stripped, or never was a release.",
    Reason.UNSIGNED: "The object carries no signature.",
    Reason.UNKNOWN_KEY: "The object is signed by a key that the counterpart's institution did not delegate.",
    Reason.KEY_OUT_OF_TIME: "The key that signed the object is not delegated for this moment.",
    Reason.KEY_REVOKED: "The key that signed the object was revoked before, or may be in other hands.",
    Reason.WRONG_SIGNATURE: "The signature does not hold: the object was changed after it was signed.",
    Reason.NOT_A_RELEASE: "The object is signed, but is no release object as Fourfold defines it.",
    Reason.NOT_THE_PEER: "The object names another owner than the counterpart that signed it.",
    Reason.WRONG_RECIPIENT: "The object was released to another institution.",
    Reason.NO_AGREEMENT: "The object refers to no agreement that is in force here.",
    Reason.SLICE_NOT_AGREED: "The agreement has no such slice for this activity.",
    Reason.AT_SEPARATION: "At separation nothing but a stub is exchanged, and nowhere else is a stub.",
    Reason.KIND_NOT_AGREED: "The slice does not cover this kind of record.",
    Reason.FIELD_NOT_AGREED: "The object holds a field that the agreement does not let pass.",
    Reason.MARKING_NOT_AGREED: "The object's marking is not within the slice's ceiling and caveats.",
    Reason.FROM_THE_FUTURE: "The object is dated later than this node's clock allows.",
    Reason.OLD_VERSION: "A newer version of the object is already held.",
    Reason.EQUIVOCATION: "Another object with the same id and version is already held.",
    Reason.TIME_NOT_NEWER: "The version is newer than the one held, but its time is not.",
    Reason.WITHDRAWN_BEFORE: "The object was withdrawn; a withdrawn object does not come back.",
    Reason.LEGAL_HOLD: "A legal hold keeps the object; it is destroyed, and confirmed, when that is lifted.",
    Reason.NOT_KEPT: "This node failed over the object; its log shows where. It tries again by itself.",
}
"""What each reason means to the people on both sides; it reveals nothing but what the object itself says."""
