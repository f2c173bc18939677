"""The facts that decide a release: a small tuple of closed enums, and nothing else.

A fact that is missing, or that could not be read, is UNKNOWN; no row passes on an unknown fact.
"""

from enum import Enum
from typing import NamedTuple


class Fact(Enum):
    """A value of one fact.

    Compared and hashed by identity: fast, and neither a bare number nor a word, nor another fact's value,
    can stand for it.
    """

    __hash__ = object.__hash__


class Known(Fact):
    """Yes or no, or not known."""

    UNKNOWN = "unknown"
    NO = "no"
    YES = "yes"


class Standing(Fact):
    """Where the agreement between owner and recipient stands."""

    UNKNOWN = "unknown"
    NONE = "none"
    PROPOSED = "proposed"
    NOT_YET = "not-yet"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    ENDED = "ended"
    REVIEW_DUE = "review-due"
    IN_FORCE = "in-force"


class Slice(Fact):
    """How the record stands to the slices of the agreement."""

    UNKNOWN = "unknown"
    NONE = "none"
    NOT_THE_NAMED = "not-the-named"
    SEVERAL = "several"
    CAVEAT_FORBIDDEN = "caveat-forbidden"
    FITS = "fits"


class FieldRule(Fact):
    """Whether the agreement lets the field pass; WHOLE where the record as a whole is decided."""

    UNKNOWN = "unknown"
    NOT_AGREED = "not-agreed"
    AGREED = "agreed"
    WHOLE = "whole"


class Engagement(Fact):
    """A level of engagement."""

    UNKNOWN = "unknown"
    SEPARATION = "separation"
    COMMUNICATION = "communication"
    COORDINATION = "coordination"
    COLLABORATION = "collaboration"


class TlpLabel(Fact):
    """A label of TLP 2.0."""

    UNKNOWN = "unknown"
    CLEAR = "CLEAR"
    GREEN = "GREEN"
    AMBER = "AMBER"
    AMBER_STRICT = "AMBER+STRICT"
    RED = "RED"


class Originators(Fact):
    """Whose the record is: the holder's alone, or others' too; unknown if one could not be verified."""

    UNKNOWN = "unknown"
    OTHERS = "others"
    SOLE = "sole"


class Consents(Fact):
    """Who has consented, with a consent that covers these bytes.

    OTHERS: every originator but the holder. EVERY: every originator, the holder included if it is one.
    """

    UNKNOWN = "unknown"
    MISSING = "missing"
    OTHERS = "others"
    EVERY = "every"


class Named(Fact):
    """Whether the marking names the recipient; no restriction is not the same as nobody."""

    UNKNOWN = "unknown"
    NOBODY = "nobody"
    NOT_NAMED = "not-named"
    UNRESTRICTED = "unrestricted"
    NAMED = "named"


class Embargo(Fact):
    """Whether an embargo is still ahead, by the earlier of the two clocks."""

    UNKNOWN = "unknown"
    AHEAD = "ahead"
    PAST = "past"
    NONE = "none"


class Facts(NamedTuple):
    """All that the table reads of a record (or one field of it), a recipient and a moment.

    `direction`: whether the slice has terms for what the owner sends. `stub`: whether the owner chose to
    stub the record where it may not pass. `second_person`: whether somebody who is not an author approved.
    `house_rule`: whether the approvals are there that the institution's own rule asks for.
    """

    agreement: Standing
    direction: Known
    slice: Slice
    field: FieldRule
    level: Engagement
    kind_level: Engagement
    stub: Known
    ceiling: TlpLabel
    tlp: TlpLabel
    community: Known
    originators: Originators
    consent: Consents
    named: Named
    second_person: Known
    proprietary: Known
    national_security: Known
    orcon: Known
    no_enforcement: Known
    regulator: Known
    enforcement_clause: Known
    no_defence: Known
    defence_tie: Known
    defence_clause: Known
    personal: Known
    personal_basis: Known
    statutory: Known
    legal_gateway: Known
    embargo: Embargo
    house_rule: Known


DOMAINS: dict[str, type[Fact]] = dict(Facts.__annotations__)
"""The enum of each fact, in the order of the tuple."""

MARKED = (
    "slice",
    "tlp",
    "named",
    "proprietary",
    "national_security",
    "orcon",
    "no_enforcement",
    "no_defence",
    "personal",
    "statutory",
    "embargo",
    "house_rule",
)
"""The facts that come from the marking."""

UNKNOWNS = frozenset(domain["UNKNOWN"] for domain in DOMAINS.values())
"""The unknown value of every fact."""

NOTHING_KNOWN = Facts(*(domain["UNKNOWN"] for domain in DOMAINS.values()))  # type: ignore[arg-type]
"""What stands in where the facts could not be found out at all."""
