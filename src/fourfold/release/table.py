"""The release table: thirteen rows, and nothing else; each must pass, TLP:CLEAR included.

A row is a function of the few facts that it names. It passes (gives no code) only where it knows all of
them, and otherwise gives a code for everything that stands against it.

Where the table left a choice, the tighter reading was taken:

- A recipient that a marking does not name is withheld in row 5, whatever the label.
- "Every originator" includes the holder, if it is one: its own consent is as deliberate as another's.
- A stub is for kinds that may pass at communication. Were there stubs of proposals and joint records too,
  taking a slice from communication down to separation would release more than before.
- Of RED, and of what row 6 guards, naming is a permission: where nobody is named, nobody gets it.
- A review that is due withholds nothing: an agreement's end has its own date.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fourfold.release.codes import Code
from fourfold.release.facts import (
    UNKNOWNS,
    Consents,
    Embargo,
    Engagement,
    Fact,
    FieldRule,
    Known,
    Named,
    Originators,
    Slice,
    Standing,
    TlpLabel,
)

Codes = tuple[Code, ...]

_LEVELS = {level: rank for rank, level in enumerate(Engagement)}
_LABELS = {label: rank for rank, label in enumerate(TlpLabel)}
_STANDING: Mapping[Standing, Codes] = MappingProxyType(
    {
        Standing.IN_FORCE: (),
        Standing.REVIEW_DUE: (),
        Standing.NONE: (Code.AGREEMENT_NONE,),
        Standing.PROPOSED: (Code.AGREEMENT_PROPOSED,),
        Standing.NOT_YET: (Code.AGREEMENT_NOT_YET,),
        Standing.EXPIRED: (Code.AGREEMENT_EXPIRED,),
        Standing.SUPERSEDED: (Code.AGREEMENT_SUPERSEDED,),
        Standing.ENDED: (Code.AGREEMENT_ENDED,),
        Standing.UNKNOWN: (Code.AGREEMENT_UNKNOWN,),
    }
)
_DIRECTION: Mapping[Known, Codes] = MappingProxyType(
    {
        Known.YES: (),
        Known.NO: (Code.DIRECTION_NONE,),
        Known.UNKNOWN: (Code.DIRECTION_UNKNOWN,),
    }
)
_SLICE: Mapping[Slice, Codes] = MappingProxyType(
    {
        Slice.FITS: (),
        Slice.NONE: (Code.SLICE_NONE,),
        Slice.NOT_THE_NAMED: (Code.SLICE_NOT_THE_NAMED,),
        Slice.SEVERAL: (Code.SLICE_SEVERAL,),
        Slice.CAVEAT_FORBIDDEN: (Code.SLICE_CAVEAT,),
        Slice.UNKNOWN: (Code.SLICE_UNKNOWN,),
    }
)
_FIELD: Mapping[FieldRule, Codes] = MappingProxyType(
    {
        FieldRule.WHOLE: (),
        FieldRule.AGREED: (),
        FieldRule.NOT_AGREED: (Code.FIELD_NOT_AGREED,),
        FieldRule.UNKNOWN: (Code.FIELD_UNKNOWN,),
    }
)


def agreement(standing: Standing, direction: Known) -> Codes:
    """An agreement is in force between owner and recipient, with terms for this direction."""
    return _STANDING[standing] + _DIRECTION[direction]


def slice_fit(fit: Slice, field: FieldRule) -> Codes:
    """The record fits a slice of the agreement, and the slice lets the field pass."""
    return _SLICE[fit] + _FIELD[field]


def level(slice_level: Engagement, kind_level: Engagement, stub: Known) -> Codes:
    """The slice's level is at least the kind's; at separation there is at most a stub."""
    if _unknown(slice_level, kind_level, stub):
        return (Code.LEVEL_UNKNOWN,)
    if slice_level is Engagement.SEPARATION:
        return (Code.STUB_ONLY,) if stub is Known.YES and _a_notice(kind_level) else (Code.SEPARATION,)
    return () if _LEVELS[slice_level] >= _LEVELS[kind_level] else (Code.LEVEL_TOO_LOW,)


def ceiling(label: TlpLabel, highest: TlpLabel) -> Codes:
    """The marking is within the slice's ceiling."""
    if _unknown(label, highest):
        return (Code.CEILING_UNKNOWN,)
    return () if _LABELS[label] <= _LABELS[highest] else (Code.ABOVE_CEILING,)


def tlp(
    label: TlpLabel,
    named: Named,
    originators: Originators,
    consent: Consents,
    community: Known,
    second_person: Known,
) -> Codes:
    """TLP 2.0, by who holds the record and whose it is; whom the marking names."""
    if _unknown(label, named, originators, consent, community, second_person):
        return (Code.TLP_UNKNOWN,)
    excluded = (Code.NOT_NAMED,) if named in {Named.NOT_NAMED, Named.NOBODY} else ()
    free = originators is Originators.SOLE or consent is not Consents.MISSING
    match label:
        case TlpLabel.CLEAR:
            return excluded
        case TlpLabel.GREEN:
            return excluded if free or community is Known.YES else (*excluded, Code.GREEN_OUTSIDE)
        case TlpLabel.AMBER | TlpLabel.AMBER_STRICT:
            return excluded if free else (*excluded, Code.AMBER_NO_CONSENT)
        case _:
            return (*excluded, *_guarded(named, consent, second_person, _RED))


def restricted(
    proprietary: Known, national_security: Known, named: Named, consent: Consents, second_person: Known
) -> Codes:
    """Proprietary, or touching national security: named, consented to by all, approved by a second person."""
    if _unknown(proprietary, national_security, named, consent, second_person):
        return (Code.RESTRICTED_UNKNOWN,)
    if proprietary is Known.NO and national_security is Known.NO:
        return ()
    return _guarded(named, consent, second_person, _RESTRICTED)


def originator_control(orcon: Known, consent: Consents) -> Codes:
    """Every originator's consent covers these bytes."""
    if _unknown(orcon, consent):
        return (Code.ORCON_UNKNOWN,)
    return () if orcon is Known.NO or consent is Consents.EVERY else (Code.ORCON_NO_CONSENT,)


def no_enforcement(caveat: Known, regulator: Known, clause: Known) -> Codes:
    """The recipient is no regulator, or a clause states a purpose."""
    if _unknown(caveat, regulator, clause):
        return (Code.ENFORCEMENT_UNKNOWN,)
    passes = caveat is Known.NO or regulator is Known.NO or clause is Known.YES
    return () if passes else (Code.ENFORCEMENT,)


def no_defence(caveat: Known, defence_tie: Known, clause: Known) -> Codes:
    """The recipient has no defence tie, or a clause states a purpose."""
    if _unknown(caveat, defence_tie, clause):
        return (Code.DEFENCE_UNKNOWN,)
    passes = caveat is Known.NO or defence_tie is Known.NO or clause is Known.YES
    return () if passes else (Code.DEFENCE,)


def personal_data(personal: Known, basis: Known) -> Codes:
    """Personal data pass on a legal basis that the agreement states."""
    if _unknown(personal, basis):
        return (Code.PERSONAL_UNKNOWN,)
    return () if personal is Known.NO or basis is Known.YES else (Code.PERSONAL_NO_BASIS,)


def embargo(state: Embargo) -> Codes:
    """The embargo, if any, is over."""
    if _unknown(state):
        return (Code.EMBARGO_UNKNOWN,)
    return () if state in {Embargo.NONE, Embargo.PAST} else (Code.EMBARGOED,)


def people(house_rule: Known) -> Codes:
    """The approvals are there that the institution's own rule asks for."""
    if _unknown(house_rule):
        return (Code.APPROVALS_UNKNOWN,)
    return () if house_rule is Known.YES else (Code.APPROVALS_MISSING,)


def statutory_confidentiality(statutory: Known, legal_gateway: Known) -> Codes:
    """What a law keeps confidential passes by a legal gateway that the agreement states."""
    if _unknown(statutory, legal_gateway):
        return (Code.STATUTORY_UNKNOWN,)
    return () if statutory is Known.NO or legal_gateway is Known.YES else (Code.STATUTORY_NO_GATEWAY,)


def _unknown(*facts: Fact) -> bool:
    return not UNKNOWNS.isdisjoint(facts)


def _a_notice(kind_level: Engagement) -> bool:
    return _LEVELS[kind_level] <= _LEVELS[Engagement.COMMUNICATION]


_RED = (Code.RED_NOT_NAMED, Code.RED_NO_CONSENT, Code.RED_NO_APPROVAL)
_RESTRICTED = (Code.RESTRICTED_NOT_NAMED, Code.RESTRICTED_NO_CONSENT, Code.RESTRICTED_NO_APPROVAL)


def _guarded(named: Named, consent: Consents, second_person: Known, codes: tuple[Code, Code, Code]) -> Codes:
    """Named, consented to by every originator, approved by a second person: the codes of what is missing."""
    holds = (named is Named.NAMED, consent is Consents.EVERY, second_person is Known.YES)
    return tuple(code for code, held in zip(codes, holds, strict=True) if not held)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: its number and name, the facts that it reads, its rule, when it passes."""

    number: int
    name: str
    reads: tuple[str, ...]
    rule: Callable[..., Codes]

    @property
    def passes_when(self) -> str:
        """The rule in one sentence."""
        return (self.rule.__doc__ or "").partition("\n")[0]


ROWS: tuple[Row, ...] = (
    Row(1, "agreement", ("agreement", "direction"), agreement),
    Row(2, "slice", ("slice", "field"), slice_fit),
    Row(3, "level", ("level", "kind_level", "stub"), level),
    Row(4, "ceiling", ("tlp", "ceiling"), ceiling),
    Row(5, "TLP 2.0", ("tlp", "named", "originators", "consent", "community", "second_person"), tlp),
    Row(
        6,
        "proprietary, national security",
        ("proprietary", "national_security", "named", "consent", "second_person"),
        restricted,
    ),
    Row(7, "originator's consent", ("orcon", "consent"), originator_control),
    Row(8, "no enforcement use", ("no_enforcement", "regulator", "enforcement_clause"), no_enforcement),
    Row(9, "no defence", ("no_defence", "defence_tie", "defence_clause"), no_defence),
    Row(10, "personal data", ("personal", "personal_basis"), personal_data),
    Row(11, "embargo", ("embargo",), embargo),
    Row(12, "people", ("house_rule",), people),
    Row(13, "statutory confidentiality", ("statutory", "legal_gateway"), statutory_confidentiality),
)
"""The table, whole and in order."""
