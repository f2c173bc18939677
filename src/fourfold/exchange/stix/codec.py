"""Release objects as STIX 2.1 objects, and back.

A kind that STIX knows takes its native type, and the fields that STIX has properties for travel there; all
else stands in the release extension. A kind that STIX does not know takes a type of ours. No substance goes
into notes: some importers drop them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from fourfold.canon import canonical_bytes
from fourfold.errors import Fault, InputError
from fourfold.exchange.faults import model_faults
from fourfold.exchange.stix.ids import KINDS_EXTENSION, RELEASE_EXTENSION
from fourfold.exchange.stix.markings import marking_refs
from fourfold.exchange.stix.times import read_time, stix_time
from fourfold.release.object import ReleaseObject

LONGEST_KIND = 33
"""With the prefix before it and the UUID behind it, an id of 80 characters; STIX allows more."""

_KIND = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Native:
    """How a kind maps to a type of STIX: for each property the field it carries, and what is required.

    `unnamed` and `withdrawn` fill the property `name` where the field behind it did not pass, as STIX
    requires one.
    """

    type: str
    properties: Mapping[str, str]
    unnamed: str
    withdrawn: str


NATIVE: Mapping[str, Native] = MappingProxyType(
    {
        "incident": Native(
            type="incident",
            properties=MappingProxyType({"name": "title", "description": "description"}),
            unnamed="Untitled incident",
            withdrawn="Withdrawn incident",
        ),
    }
)
"""The kinds that have a type in STIX 2.1."""


def stix_type(kind: str) -> str:
    """The STIX type that a kind of record travels as.

    Raises:
        InputError: the kind's id cannot stand in a STIX type.
    """
    if not _KIND.fullmatch(kind) or len(kind) > LONGEST_KIND:
        raise InputError([Fault(f"{kind!r} is no id of a kind.", field="kind")])
    return NATIVE[kind].type if kind in NATIVE else f"fourfold-{kind.replace('_', '-')}"


def stix_id(kind: str, release_id: str) -> str:
    """The STIX id of a release object: the same UUID behind another prefix."""
    return f"{stix_type(kind)}--{release_id.removeprefix('release--')}"


def encode(release: ReleaseObject) -> dict[str, Any]:
    """The STIX object of a release object, without a signature."""
    native = _native_part(release)
    carried = {name: field for name, field in _carriers(release.kind).items() if name in native}
    kept = {name: value for name, value in release.fields.items() if name not in carried.values()}
    return {
        "type": stix_type(release.kind),
        "spec_version": "2.1",
        "id": stix_id(release.kind, release.id),
        "created_by_ref": release.owner,
        "created": stix_time(release.created),
        "modified": stix_time(release.modified),
        "object_marking_refs": marking_refs(release.marking),
        **({"revoked": True} if release.revoked else {}),
        **native,
        **_required(release, native),
        "extensions": _extensions(release, kept, carried),
    }


def decode(item: Mapping[str, Any]) -> ReleaseObject:
    """The release object in a STIX object; what we do not know in it is left alone.

    Raises:
        InputError: it is not a release object of ours, or says one thing twice and differently; all faults.
    """
    extension = item.get("extensions", {}).get(RELEASE_EXTENSION) if _is_object(item) else None
    if not isinstance(extension, dict):
        raise InputError([Fault("The object has no release extension.", field="extensions")])
    release = _build(item, extension)
    faults = tuple(_contradictions(item, release))
    if faults:
        raise InputError(faults)
    return release


def _is_object(item: Mapping[str, Any]) -> bool:
    return isinstance(item, dict) and isinstance(item.get("extensions"), dict)


def _carriers(kind: str) -> Mapping[str, str]:
    return NATIVE[kind].properties if kind in NATIVE else {}


def _native_part(release: ReleaseObject) -> dict[str, str]:
    """The fields that travel as STIX properties: text that is there; anything else stays in the extension."""
    fields = release.fields
    return {
        name: fields[field]
        for name, field in _carriers(release.kind).items()
        if isinstance(fields.get(field), str) and fields[field]
    }


def _required(release: ReleaseObject, native: Mapping[str, str]) -> dict[str, str]:
    if release.kind not in NATIVE or "name" in native:
        return {}
    rule = NATIVE[release.kind]
    return {"name": rule.withdrawn if release.revoked else rule.unnamed}


def _extensions(release: ReleaseObject, kept: dict[str, Any], carried: Mapping[str, str]) -> dict[str, Any]:
    ours = {
        "extension_type": "property-extension",
        "kind": release.kind,
        "activity": release.activity,
        "slice": release.slice,
        "number": release.version,
        "originators": sorted(release.originators),
        "recipient": release.recipient,
        "agreement": release.agreement,
        "marking": release.marking.model_dump(mode="json", exclude_none=True),
        "fields": kept,
        **({"native": dict(carried)} if carried else {}),
        "commitment": release.commitment,
        "derived_from": release.derived_from,
        "salt": release.salt,
        **({"notice": release.notice.value} if release.notice else {}),
    }
    if release.kind in NATIVE:
        return {RELEASE_EXTENSION: ours}
    return {KINDS_EXTENSION: {"extension_type": "new-sdo"}, RELEASE_EXTENSION: ours}


def _build(item: Mapping[str, Any], extension: Mapping[str, Any]) -> ReleaseObject:
    same = ("kind", "activity", "slice", "originators", "recipient", "agreement", "marking")
    values = {name: extension.get(name) for name in (*same, "commitment", "derived_from", "salt", "notice")}
    values |= {
        "id": f"release--{str(item.get('id', '')).rpartition('--')[2]}",
        "owner": item.get("created_by_ref"),
        "version": extension.get("number"),
        "created": _stamp(item, "created"),
        "modified": _stamp(item, "modified"),
        "revoked": item.get("revoked", False),
        "fields": _fields(item, extension),
    }
    try:
        return ReleaseObject.model_validate_json(canonical_bytes(values), strict=True)
    except ValidationError as error:
        raise InputError(model_faults(error)) from error


def _stamp(item: Mapping[str, Any], name: str) -> str:
    text = str(item.get(name))
    read_time(text, name)
    return text


def _fields(item: Mapping[str, Any], extension: Mapping[str, Any]) -> Any:
    kept, native = extension.get("fields"), extension.get("native", {})
    if not isinstance(kept, dict) or not isinstance(native, dict):
        raise InputError([Fault("Fields that are no object.", field="fields")])
    carried = {str(field): item[name] for name, field in native.items() if name in item}
    if len(carried) != len(native) or carried.keys() & kept.keys():
        raise InputError([Fault("A field that is missing, or stands in two places.", field="native")])
    return {**kept, **carried}


def _contradictions(item: Mapping[str, Any], release: ReleaseObject) -> list[Fault]:
    native = item["extensions"][RELEASE_EXTENSION].get("native", {})
    rules = {
        "type": item.get("type") == stix_type(release.kind),
        "id": item.get("id") == stix_id(release.kind, release.id),
        "spec_version": item.get("spec_version") == "2.1",
        "object_marking_refs": item.get("object_marking_refs") == marking_refs(release.marking),
        "native": native.items() <= _carriers(release.kind).items(),
        "fields": not (release.revoked and release.fields),
        "notice": release.notice is None or release.revoked,
    }
    return [
        Fault("Contradicts the rest of the object.", field=name) for name, holds in rules.items() if not holds
    ]
