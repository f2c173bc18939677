"""The constant objects that every node serves, so that a STIX tool can resolve what ours refer to."""

from typing import Any

from fourfold.canon import canonical_bytes
from fourfold.exchange.stix.ids import FOURFOLD_IDENTITY, KINDS_EXTENSION, RELEASE_EXTENSION
from fourfold.exchange.stix.markings import CREATED, caveat_definition, tlp_definition
from fourfold.records.markings import Caveat, Tlp

_RELEASE_SCHEMA = (
    "JSON object. extension_type: 'property-extension'. kind, activity, slice: text. number: version of the "
    "object, integer from 1. originators: identities it came from. recipient: the identity it was released "
    "to. agreement: digest of the agreement text it was released under. marking: tlp, caveats, rel_to (left "
    "out: no restriction), embargo. fields: object, the released fields that no STIX property carries. "
    "native: object, for each STIX property that carries a field, that field's name. commitment: digest over "
    "all fields of the kind, withheld ones included. derived_from: pseudonym of the record. salt: of the log "
    "leaf. notice: on a withdrawal that corrects an error, 'released-in-error'. signature: "
    "purpose, key, value; Ed25519 over 'fourfold/v1/release', a zero byte and the RFC 8785 bytes of the "
    "whole object without this property."
)
_NOTICES_SINCE = "2026-11-25T00:00:00.000Z"
"""When the definition learned of notices: another content needs another time (STIX 2.1, section 3.6)."""

_KINDS_SCHEMA = (
    "New STIX domain objects: the type is 'fourfold-' and the kind, with hyphens for underscores. Such an "
    f"object has the common properties, and all of its content in {RELEASE_EXTENSION}."
)


def definitions() -> tuple[dict[str, Any], ...]:
    """All constant objects: our identity, both extension definitions, the markings of TLP 2.0 and caveats."""
    return (
        identity(FOURFOLD_IDENTITY, "Fourfold", CREATED, "system"),
        {
            **_extension(RELEASE_EXTENSION, "Fourfold release", _RELEASE_SCHEMA, "property-extension"),
            "modified": _NOTICES_SINCE,
            "version": "1.1.0",
        },
        _extension(KINDS_EXTENSION, "Fourfold kinds of record", _KINDS_SCHEMA, "new-sdo"),
        *(tlp_definition(tlp) for tlp in Tlp),
        *(caveat_definition(caveat) for caveat in Caveat),
    )


def definition_bytes() -> dict[str, bytes]:
    """The canonical bytes of every constant object, by its id."""
    return {item["id"]: canonical_bytes(item) for item in definitions()}


def identity(ref: str, name: str, created: str, identity_class: str = "organization") -> dict[str, Any]:
    """An identity: of an institution, its id is what its key gives (records/identity.py)."""
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": ref,
        "created_by_ref": ref,
        "created": created,
        "modified": created,
        "name": name,
        "identity_class": identity_class,
    }


def _extension(ref: str, name: str, schema: str, extension_type: str) -> dict[str, Any]:
    return {
        "type": "extension-definition",
        "spec_version": "2.1",
        "id": ref,
        "created_by_ref": FOURFOLD_IDENTITY,
        "created": CREATED,
        "modified": CREATED,
        "name": name,
        "description": f"{name}: what a Fourfold node adds to STIX 2.1.",
        "schema": schema,
        "version": "1.0.0",
        "extension_types": [extension_type],
    }
