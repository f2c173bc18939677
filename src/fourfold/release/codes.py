"""Why something does not pass: stable codes, the full reason for the audit, one phrase for the recipient."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

NOTHING_FOR_YOU = "There is nothing here for you."
"""All that a recipient is ever told: the same words whatever was withheld, and where nothing was."""


class Code(StrEnum):
    """What a row found; stable, so that logs of other years can be read."""

    AGREEMENT_NONE = "agreement-none"
    AGREEMENT_PROPOSED = "agreement-proposed"
    AGREEMENT_NOT_YET = "agreement-not-yet"
    AGREEMENT_EXPIRED = "agreement-expired"
    AGREEMENT_SUPERSEDED = "agreement-superseded"
    AGREEMENT_ENDED = "agreement-ended"
    AGREEMENT_UNKNOWN = "agreement-unknown"
    DIRECTION_NONE = "direction-none"
    DIRECTION_UNKNOWN = "direction-unknown"
    SLICE_NONE = "slice-none"
    SLICE_NOT_THE_NAMED = "slice-not-the-named"
    SLICE_SEVERAL = "slice-several"
    SLICE_CAVEAT = "slice-caveat"
    SLICE_UNKNOWN = "slice-unknown"
    FIELD_NOT_AGREED = "field-not-agreed"
    FIELD_UNKNOWN = "field-unknown"
    SEPARATION = "separation"
    STUB_ONLY = "stub-only"
    LEVEL_TOO_LOW = "level-too-low"
    LEVEL_UNKNOWN = "level-unknown"
    ABOVE_CEILING = "above-ceiling"
    CEILING_UNKNOWN = "ceiling-unknown"
    NOT_NAMED = "not-named"
    GREEN_OUTSIDE = "green-outside"
    AMBER_NO_CONSENT = "amber-no-consent"
    RED_NOT_NAMED = "red-not-named"
    RED_NO_CONSENT = "red-no-consent"
    RED_NO_APPROVAL = "red-no-approval"
    TLP_UNKNOWN = "tlp-unknown"
    RESTRICTED_NOT_NAMED = "restricted-not-named"
    RESTRICTED_NO_CONSENT = "restricted-no-consent"
    RESTRICTED_NO_APPROVAL = "restricted-no-approval"
    RESTRICTED_UNKNOWN = "restricted-unknown"
    ORCON_NO_CONSENT = "orcon-no-consent"
    ORCON_UNKNOWN = "orcon-unknown"
    ENFORCEMENT = "enforcement"
    ENFORCEMENT_UNKNOWN = "enforcement-unknown"
    DEFENCE = "defence"
    DEFENCE_UNKNOWN = "defence-unknown"
    PERSONAL_NO_BASIS = "personal-no-basis"
    PERSONAL_UNKNOWN = "personal-unknown"
    EMBARGOED = "embargoed"
    EMBARGO_UNKNOWN = "embargo-unknown"
    APPROVALS_MISSING = "approvals-missing"
    APPROVALS_UNKNOWN = "approvals-unknown"
    STATUTORY_NO_GATEWAY = "statutory-no-gateway"
    STATUTORY_UNKNOWN = "statutory-unknown"
    ROW_FAILED = "row-failed"


APPROVALS = frozenset({Code.RED_NO_APPROVAL, Code.RESTRICTED_NO_APPROVAL, Code.APPROVALS_MISSING})
"""What a second person of the institution, or as many as its own rule asks for, can put right."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason against a release: the row of the table, its code, and the full reason for the audit."""

    row: int
    code: Code
    reason: str

    @property
    def phrase(self) -> str:
        """What the recipient is told of it, which is nothing."""
        return NOTHING_FOR_YOU


REASONS: Mapping[Code, str] = {
    Code.AGREEMENT_NONE: "No agreement between owner and recipient.",
    Code.AGREEMENT_PROPOSED: "The agreement is not signed by all its parties.",
    Code.AGREEMENT_NOT_YET: "The agreement is signed, but has not begun.",
    Code.AGREEMENT_EXPIRED: "The agreement has expired.",
    Code.AGREEMENT_SUPERSEDED: "The agreement was superseded by its successor.",
    Code.AGREEMENT_ENDED: "The agreement was ended by a party.",
    Code.AGREEMENT_UNKNOWN: "Where the agreement stands is not known.",
    Code.DIRECTION_NONE: "The agreement has no terms for what the owner sends in this slice.",
    Code.DIRECTION_UNKNOWN: "Which terms hold for what the owner sends is not known.",
    Code.SLICE_NONE: "The agreement has no slice for this kind of record in this activity.",
    Code.SLICE_NOT_THE_NAMED: "The slice that the owner named is not in the agreement, or not for this kind.",
    Code.SLICE_SEVERAL: "Several equally separate slices could be meant; the owner has to name one.",
    Code.SLICE_CAVEAT: "The slice does not take one of the caveats.",
    Code.SLICE_UNKNOWN: "Which slice it belongs to is not known.",
    Code.FIELD_NOT_AGREED: "The agreement does not let this field pass.",
    Code.FIELD_UNKNOWN: "Whether the agreement lets this field pass is not known.",
    Code.SEPARATION: "The slice is at separation: nothing of it leaves.",
    Code.STUB_ONLY: "The slice is at separation: only the stub that the owner chose may leave.",
    Code.LEVEL_TOO_LOW: "This kind of record needs a closer level of engagement than the slice has.",
    Code.LEVEL_UNKNOWN: "The level of the slice, or the one that the kind needs, is not known.",
    Code.ABOVE_CEILING: "The marking is above the slice's ceiling.",
    Code.CEILING_UNKNOWN: "The marking or the slice's ceiling is not known.",
    Code.NOT_NAMED: "The marking names its recipients, and this is none of them.",
    Code.GREEN_OUTSIDE: "TLP:GREEN: outside the community, and another originator has not consented.",
    Code.AMBER_NO_CONSENT: "TLP:AMBER: the holder is not the sole originator, and another has not consented.",
    Code.RED_NOT_NAMED: "TLP:RED: the recipient is not named.",
    Code.RED_NO_CONSENT: "TLP:RED: not every originator has consented.",
    Code.RED_NO_APPROVAL: "TLP:RED: no second person has approved.",
    Code.TLP_UNKNOWN: "The label, an originator, a consent, the audience or an approval is not known.",
    Code.RESTRICTED_NOT_NAMED: "Proprietary or national security: the recipient is not named.",
    Code.RESTRICTED_NO_CONSENT: "Proprietary or national security: not every originator has consented.",
    Code.RESTRICTED_NO_APPROVAL: "Proprietary or national security: no second person has approved.",
    Code.RESTRICTED_UNKNOWN: "Proprietary or national security: whether it is, or who agreed, is not known.",
    Code.ORCON_NO_CONSENT: "Originator controlled: not every originator's consent covers these bytes.",
    Code.ORCON_UNKNOWN: "Whether its originator controls it, or has consented, is not known.",
    Code.ENFORCEMENT: "Not for enforcement: the recipient is a regulator, and no clause states a purpose.",
    Code.ENFORCEMENT_UNKNOWN: "Whether it may reach a regulator, or the recipient is one, is not known.",
    Code.DEFENCE: "Not for defence: the recipient has a defence tie, and no clause states a purpose.",
    Code.DEFENCE_UNKNOWN: "Whether it may reach defence, or the recipient has a tie to it, is not known.",
    Code.PERSONAL_NO_BASIS: "Personal data: the agreement states no legal basis.",
    Code.PERSONAL_UNKNOWN: "Whether it is personal data, or on which legal basis, is not known.",
    Code.EMBARGOED: "The embargo is not over, by the clock and by the last time that the peer countersigned.",
    Code.EMBARGO_UNKNOWN: "Whether the embargo is over is not known: the peer has countersigned no time.",
    Code.APPROVALS_MISSING: "The approvals that the institution's own rule asks for are missing.",
    Code.APPROVALS_UNKNOWN: "Whether the institution's own rule is met is not known.",
    Code.STATUTORY_NO_GATEWAY: (
        "Confidential by law: the agreement states no legal gateway that opens to this recipient."
    ),
    Code.STATUTORY_UNKNOWN: "Whether a law keeps it confidential, or what opens the way, is not known.",
    Code.ROW_FAILED: "The row could not be decided: a fault in the software withholds.",
}
"""What each code means, for the audit and for the owner's own people; never for the recipient."""
