"""Markings on the wire: TLP 2.0 as OASIS defines it, caveats as statement markings of our own."""

from typing import Any

from fourfold.exchange.stix.ids import (
    CAVEAT_MARKINGS,
    FOURFOLD_IDENTITY,
    TLP_1_MARKINGS,
    TLP_EXTENSION,
    TLP_MARKINGS,
)
from fourfold.records.markings import Caveat, Marking, Tlp

TLP_CREATED = "2022-10-01T00:00:00.000Z"
"""When OASIS created its TLP 2.0 markings; part of the objects they published."""

CREATED = "2026-11-24T00:00:00.000Z"
"""When Fourfold's own definitions were fixed."""

STATEMENTS = {
    Caveat.PROPRIETARY: "PROPRIETARY: holds proprietary information of a company.",
    Caveat.NATIONAL_SECURITY: "NATIONAL-SECURITY: bears on national security.",
    Caveat.ORCON: "ORCON: any further release needs the consent of every originator.",
    Caveat.NO_ENFORCEMENT: "NO-ENFORCEMENT: not to be used to enforce law or regulation.",
    Caveat.NO_DEFENCE: "NO-DEFENCE: not for bodies with ties to defence.",
    Caveat.PERSONAL: "PERSONAL: holds personal data.",
    Caveat.STATUTORY: "STATUTORY: held under a law that says whom it may reach.",
}
"""What each caveat says to a reader who knows STIX but not Fourfold."""


def marking_refs(marking: Marking) -> list[str]:
    """The references that stand for a marking on an object: its TLP label, then its caveats in order.

    Embargo and named recipients have no form in STIX; they travel in the release extension.
    """
    return [TLP_MARKINGS[marking.tlp], *(CAVEAT_MARKINGS[caveat] for caveat in sorted(marking.caveats))]


def tlp_of(ref: str) -> Tlp | None:
    """The TLP label that a reference stands for, TLP 1.0 ones mapped to 2.0; None: not a TLP marking."""
    return _BY_REF.get(ref) or TLP_1_MARKINGS.get(ref)


def tlp_definition(tlp: Tlp) -> dict[str, Any]:
    """The marking definition of one TLP 2.0 label, as OASIS published it."""
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": TLP_MARKINGS[tlp],
        "created": TLP_CREATED,
        "name": f"TLP:{tlp.value}",
        "extensions": {TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": tlp.value.lower()}},
    }


def caveat_definition(caveat: Caveat) -> dict[str, Any]:
    """The statement marking of one caveat."""
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": CAVEAT_MARKINGS[caveat],
        "created_by_ref": FOURFOLD_IDENTITY,
        "created": CREATED,
        "name": caveat.value,
        "definition_type": "statement",
        "definition": {"statement": STATEMENTS[caveat]},
    }


_BY_REF = {ref: tlp for tlp, ref in TLP_MARKINGS.items()}
