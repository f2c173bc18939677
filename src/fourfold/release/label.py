"""The label of a record: all of it that a release decision reads, and nothing of its content."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from fourfold.canon import canonical_bytes
from fourfold.records.envelope import Record
from fourfold.records.markings import Marking, join


@dataclass(frozen=True, slots=True)
class Label:
    """What decides about a record: whose it is, what it is, how it is marked, which fields it has.

    A marking that could not be read is None. `field_markings` are given as the fields' own, and kept as what
    is in force for these fields: joined with that of the whole. `digest` is that of the record version, to
    which consents and approvals are bound; empty where there can be none. `stub` is the owner's choice to
    let a stub stand for the record where the record itself may not pass.
    """

    kind: str
    activity: str
    slice: str | None
    owner: str
    originators: frozenset[str]
    marking: Marking | None
    field_markings: Mapping[str, Marking | None] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    digest: str = ""
    stub: bool = False

    def __post_init__(self) -> None:
        """Joins the markings of single fields with that of the whole."""
        joined = {name: _joined(self.marking, own) for name, own in self.field_markings.items()}
        object.__setattr__(self, "field_markings", joined)

    def marking_of(self, name: str | None) -> Marking | None:
        """The marking in force for a field, or for the whole (None)."""
        return self.marking if name is None else self.field_markings.get(name, self.marking)


def _joined(whole: Marking | None, own: Marking | None) -> Marking | None:
    return None if whole is None or own is None else join([whole, own])


def label_of(record: Record, *, stub: bool = False) -> Label:
    """The label of one version of a record."""
    return Label(
        kind=record.kind,
        activity=record.activity,
        slice=record.slice,
        owner=record.owner,
        originators=record.originators,
        marking=record.marking,
        field_markings=record.field_markings,
        fields=tuple(record.payload),
        digest=record.digest(),
        stub=stub,
    )


def label_text(label: Label) -> str:
    """A label as one text, the same for equal labels; without the digest, by which records differ.

    Raises:
        ValueError: a marking is not known; such a label is not kept.
    """
    if label.marking is None or None in label.field_markings.values():
        raise ValueError("a label without a marking is not kept")
    parts = {
        "kind": label.kind,
        "activity": label.activity,
        "slice": label.slice,
        "owner": label.owner,
        "originators": sorted(label.originators),
        "marking": label.marking.model_dump(mode="json"),
        "field_markings": {
            name: own.model_dump(mode="json") for name, own in label.field_markings.items() if own
        },
        "fields": list(label.fields),
        "stub": label.stub,
    }
    return canonical_bytes(parts).decode()


def read_label(text: str, digest: str = "") -> Label:
    """The label in a text, for the record version with this digest.

    Raises:
        ValueError, KeyError: it is none.
    """
    parts = json.loads(text)
    markings = {name: Marking.model_validate(own) for name, own in parts["field_markings"].items()}
    return Label(
        kind=parts["kind"],
        activity=parts["activity"],
        slice=parts["slice"],
        owner=parts["owner"],
        originators=frozenset(parts["originators"]),
        marking=Marking.model_validate(parts["marking"]),
        field_markings=markings,
        fields=tuple(parts["fields"]),
        digest=digest,
        stub=parts["stub"] is True,
    )
