"""What third-party tools hand in: STIX of any kind, read as far as it must be and otherwise left alone.

Nothing here is believed. Kinds and properties that are unknown stay as received; a marking that is unknown
counts as the tightest; TLP 1.0 is read as TLP 2.0.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fourfold.canon import digest_bytes, printable
from fourfold.errors import Fault, InputError
from fourfold.exchange.limits import MAX_DEPTH, MAX_OBJECT_BYTES, MAX_POST_BYTES, MAX_POST_OBJECTS
from fourfold.exchange.stix.ids import CAVEAT_MARKINGS, plain_id
from fourfold.exchange.stix.markings import tlp_of
from fourfold.exchange.stix.signed import release_extension
from fourfold.exchange.stix.times import read_time
from fourfold.exchange.strict import fits, parse_json, slice_array
from fourfold.records.markings import Caveat, Marking, Tlp

_TYPE = re.compile(r"[a-z0-9-]{3,250}")
_UUID = re.compile(r"(?i:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")
_SHOWN, _MOST = 100, 20
_CAVEATS = {ref: caveat for caveat, ref in CAVEAT_MARKINGS.items()}


@dataclass(frozen=True, slots=True)
class Foreign:
    """One object as received: its bytes, what it says of itself, how it must be guarded, what is wrong.

    `revoked`: its sender takes it back (STIX 2.1, section 3.2).
    `id`, `type`, `version` and `title` are empty where they cannot be read. `notes` name the markings that
    are not known here, and for which the label is therefore TLP:RED.
    """

    wire: bytes
    digest: str
    id: str
    type: str
    version: str
    title: str
    marking: Marking
    notes: tuple[str, ...]
    faults: tuple[str, ...]
    revoked: bool = False

    @property
    def ref(self) -> str:
        """The id by which versions of one object are known as such."""
        return plain_id(self.id)


def read_envelope(body: bytes) -> tuple[bytes, ...]:
    """The objects in an envelope (TAXII 2.1, section 3.7), each as it was sent; custom members are allowed.

    Raises:
        InputError: no envelope, one without objects, or too large, deep or many.
    """
    if not body:
        raise InputError([Fault("Nothing came.", remedy="Send the envelope as the body of the request.")])
    if not fits(body, MAX_POST_BYTES, MAX_DEPTH + 2):
        raise InputError([Fault(f"More than {MAX_POST_BYTES} bytes, or nested too deep.")])
    found = slice_array(body, "objects", MAX_POST_BYTES, MAX_POST_OBJECTS)
    if not found.items:
        raise InputError([Fault("The envelope holds no objects.", field="objects")])
    return found.items


def read_foreign(wire: bytes) -> Foreign:
    """One object that was handed in; never raises for anything that can be sent."""
    digest = digest_bytes(wire)
    try:
        value = parse_json(wire, MAX_OBJECT_BYTES)
    except InputError as error:
        return _unreadable(wire, digest, str(error))
    if not isinstance(value, dict):
        return _unreadable(wire, digest, "This is no JSON object.")
    marking, notes = _marking(value)
    return Foreign(
        wire=wire,
        digest=digest,
        id=_short(value, "id"),
        type=_short(value, "type"),
        version=_version(value),
        title=_short(value, "name"),
        marking=marking,
        notes=notes,
        faults=tuple(_faults(value)),
        revoked=value.get("revoked") is True,
    )


def marking_refs(wire: bytes) -> tuple[str, ...]:
    """The markings that stand on an object or a part of it, each once, as printable text."""
    try:
        value = parse_json(wire, MAX_OBJECT_BYTES)
    except InputError:
        return ()
    found = dict.fromkeys(_refs(value)) if isinstance(value, dict) else ()
    return tuple(_printable(ref[:_SHOWN]) for ref in found)


def _unreadable(wire: bytes, digest: str, fault: str) -> Foreign:
    return Foreign(wire, digest, "", "", "", "", Marking(tlp=Tlp.RED), (), (_printable(fault, 300),))


def _faults(value: Mapping[str, Any]) -> Iterator[str]:
    """Why it is no STIX 2.1 object that a third party may hand in."""
    kind, ref = value.get("type"), value.get("id")
    if not isinstance(kind, str) or not _TYPE.fullmatch(kind):
        yield "type: this is no type of STIX 2.1."
    elif (
        not isinstance(ref, str)
        or not ref.startswith(f"{kind}--")
        or not _UUID.fullmatch(ref[len(kind) + 2 :])
    ):
        yield "id: it is the type, two hyphens and a UUID."
    if value.get("spec_version", None if "created" in value else "2.1") != "2.1":
        yield "spec_version: only STIX 2.1 is taken."
    yield from _times(value)
    if release_extension(value) is not None:
        yield "extensions: releases of Fourfold nodes come from their owners, not through an inbox."


def _times(value: Mapping[str, Any]) -> Iterator[str]:
    """Objects of the domain have both times, markings only the first, cyber observables none."""
    times = {}
    for name in ("created", "modified"):
        if name in value:
            try:
                times[name] = read_time(str(value[name]), name)
            except InputError:
                yield f"{name}: it is written as 2026-11-24T09:30:00.000Z."
    if len(times) > 1 and times["modified"] < times["created"]:
        yield "modified: it lies before created."


def _version(value: Mapping[str, Any]) -> str:
    text = value.get("modified", value.get("created"))
    try:
        read_time(str(text))
    except InputError:
        return ""
    return str(text)


def _marking(value: Mapping[str, Any]) -> tuple[Marking, tuple[str, ...]]:
    """The marking that counts: the tightest of all that stand on the object or a part of it.

    Without any label, or with a marking that is not known, nothing is known of how far it may go: TLP:RED.
    """
    refs = tuple(dict.fromkeys(_refs(value)))
    labels = [tlp for ref in refs if (tlp := tlp_of(ref)) is not None]
    caveats: frozenset[Caveat] = frozenset(_CAVEATS[ref] for ref in refs if ref in _CAVEATS)
    unknown = [ref for ref in refs if tlp_of(ref) is None and ref not in _CAVEATS]
    notes = [f"unknown marking {_printable(ref[:_SHOWN])}" for ref in unknown[:_MOST]]
    if not labels:
        notes.append("no TLP label")
    tightest = Tlp.RED if notes else max(labels, key=lambda tlp: tlp.rank)
    return Marking(tlp=tightest, caveats=caveats), tuple(notes)


def _refs(value: Mapping[str, Any]) -> Iterator[str]:
    given: list[Any] = [*_items(value, "object_marking_refs")]
    given += [
        part.get("marking_ref") for part in _items(value, "granular_markings") if isinstance(part, dict)
    ]
    yield from (plain_id(str(ref)) for ref in given if ref is not None)


def _items(value: Mapping[str, Any], name: str) -> Sequence[Any]:
    """The items of a list; anything else than a list counts as one item, which nobody knows."""
    found = value.get(name, [])
    return found if isinstance(found, list) else [found]


def _short(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    return _printable(found[: 2 * _SHOWN]) if isinstance(found, str) else ""


def _printable(text: str, most: int = 2 * _SHOWN) -> str:
    """Text with what a terminal would obey, a store refuse or nobody see written out; never long."""
    return printable(text)[:most]
