"""What was agreed: slices, levels, terms, signatures, lifecycle, consent."""

from fourfold.agreements.approval import (
    Approval,
    HouseRule,
    SignedApproval,
    approve,
    approvers,
)
from fourfold.agreements.consent import (
    Consent,
    Revocation,
    SignedConsent,
    SignedRevocation,
    Use,
    give,
    revoke,
    still_given,
)
from fourfold.agreements.differences import Difference, differences
from fourfold.agreements.draft import Frame, SliceDraft, draft_text
from fourfold.agreements.faults import FOUNDING_KINDS, NO_RINGS, Rings, check_text
from fourfold.agreements.fits import Place, covers, place, takes
from fourfold.agreements.founding import FOUNDING, Term, founding_text
from fourfold.agreements.lifecycle import (
    Agreement,
    Ending,
    SignedEnding,
    State,
    accept_successor,
    end,
    standing,
)
from fourfold.agreements.signatures import SignedAgreement, Signing, check, countersign, read_text, sign
from fourfold.agreements.text import AgreementText, Direction, LegalGateway, Party, PartyFacts, SliceTerms

__all__ = [
    "FOUNDING",
    "FOUNDING_KINDS",
    "NO_RINGS",
    "Agreement",
    "AgreementText",
    "Approval",
    "Consent",
    "Difference",
    "Direction",
    "Ending",
    "Frame",
    "HouseRule",
    "LegalGateway",
    "Party",
    "PartyFacts",
    "Place",
    "Revocation",
    "Rings",
    "SignedAgreement",
    "SignedApproval",
    "SignedConsent",
    "SignedEnding",
    "SignedRevocation",
    "Signing",
    "SliceDraft",
    "SliceTerms",
    "State",
    "Term",
    "Use",
    "accept_successor",
    "approve",
    "approvers",
    "check",
    "check_text",
    "countersign",
    "covers",
    "differences",
    "draft_text",
    "end",
    "founding_text",
    "give",
    "place",
    "read_text",
    "revoke",
    "sign",
    "standing",
    "still_given",
    "takes",
]
