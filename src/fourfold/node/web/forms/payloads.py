"""Asking for the fields of a kind: each in the box that its type asks for, in groups that people think in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

from annotated_types import MaxLen
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from fourfold.errors import Fault
from fourfold.node.kinds import kind_of
from fourfold.node.web.forms.boxes import Box, Faults, Group, Option, Section, Shape, Typed
from fourfold.node.web.queries.words import HINTS, REMEDIES, Word, field_title
from fourfold.records.attachments import FIELD
from fourfold.records.kinds import Kind

PREFIX = "f"
NONE = "none"
"""What a line says to mean that there was none, as opposed to nothing known."""
MOST_GROUPS = 50
"""The most groups of one field in a form that is filled from a record."""
_SHORT = 500
"""Characters of the longest text that fits a line."""
_OURS = "Value error, "
"""What stands before a message that one of our own checks gave."""

GROUPS: Mapping[str, tuple[tuple[Promise, tuple[str, ...]], ...]] = {
    "incident": (
        (_("What happened"), ("title", "description", "harm_types", "severity", "countries", "harmed")),
        (_("When"), ("date", "first_known", "awareness", "determination", "submission", "receipt")),
        (_("Which systems, and whose"), ("systems", "deployers", "developers")),
        (_("What was done, and where it is told"), ("response", "sources", "registers", "attribution")),
        (_("For our own people"), ("analyst_note", "contact")),
    )
}
"""How the fields of a kind are shown together; what is in no group comes last."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How one field is asked: its shape, and the boxes of each group where it has groups."""

    name: str
    shape: Shape
    parts: tuple[str, ...] = ()


@cache
def asked_of(kind: str) -> tuple[Asked, ...] | None:
    """How the fields of a kind are asked; None where some of them fit no box, so that no form can be made."""
    found = [_asked(name, field) for name, field in kind_of(kind).payload.model_fields.items()]
    return None if None in found else tuple(each for each in found if each is not None)


def payload_sections(kind: Kind, typed: Typed, faults: Faults, more: str) -> tuple[Section, ...]:
    """The sections that ask for the fields of a kind; `more` is the field that gets one group more."""
    boxes = {each.name: _box(each, typed, faults, more) for each in asked_of(kind.id) or ()}
    sections = []
    for number, (title, names) in enumerate(GROUPS.get(kind.id, ())):
        inside = tuple(boxes.pop(name) for name in names if name in boxes)
        sections.append(Section(f"part-{number}", title, inside))
    files = boxes.pop(FIELD, None)
    if boxes:
        sections.append(Section("part-more", _("More") if sections else _("Fields"), tuple(boxes.values())))
    if files is not None and files.options:
        sections.append(Section("part-files", _("Files"), (files,)))
    return tuple(sections)


def read_payload(kind: Kind, typed: Typed, before: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that were typed, as JSON values; they are checked by whoever keeps them.

    A box that is empty says that nothing is known; the line “none” says that there was none. Of what the
    form does not ask in full (files), the parts come from `before`.
    """
    read = {each.name: _value(each, typed, before) for each in asked_of(kind.id) or ()}
    return {name: value for name, value in read.items() if value is not None}


def fits(kind: Kind, payload: Mapping[str, Any]) -> bool:
    """Whether a form can hold these fields whole: what it cannot, it must not change."""
    groups = [each.name for each in asked_of(kind.id) or () if each.shape is Shape.GROUPS]
    return all(len(payload.get(name) or ()) <= MOST_GROUPS for name in groups)


def typed_payload(kind: Kind, payload: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Fields as they would be typed."""
    typed: dict[str, tuple[str, ...]] = {}
    for each in asked_of(kind.id) or ():
        if payload.get(each.name) is not None:
            typed |= _typed(each, payload[each.name])
    return typed


def at_boxes(kind: Kind, typed: Typed, faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Faults of a payload, each with the name of its box and in words that say what to type."""
    shapes = {each.name: each for each in asked_of(kind.id) or ()}
    return tuple(_at_box(fault, shapes, typed) for fault in faults)


def _asked(name: str, field: FieldInfo) -> Asked | None:
    inner, longest = _inner(field.annotation, _longest(field.metadata))
    if name == FIELD:
        return Asked(name, Shape.TICKS)
    if inner is str:
        return Asked(name, Shape.TEXT if longest is not None and longest > _SHORT else Shape.LINE)
    if get_origin(inner) is tuple:
        item, _length = _inner(get_args(inner)[0], None)
        if item is str:
            return Asked(name, Shape.LINES)
        if isinstance(item, type) and issubclass(item, BaseModel):
            asked = [_asked(part, each) for part, each in item.model_fields.items()]
            if all(each is not None and each.shape is Shape.LINE for each in asked):
                return Asked(name, Shape.GROUPS, tuple(item.model_fields))
    return None


def _inner(annotation: Any, longest: int | None) -> tuple[Any, int | None]:
    """A type without what may be absent and without its checks."""
    origin = get_origin(annotation)
    if origin in {Union, UnionType}:
        (only,) = [each for each in get_args(annotation) if each is not type(None)] or (None,)
        return _inner(only, longest)
    if hasattr(annotation, "__metadata__"):
        return _inner(get_args(annotation)[0], longest or _longest(annotation.__metadata__))
    return annotation, longest


def _longest(metadata: Iterable[Any]) -> int | None:
    return next((each.max_length for each in metadata if isinstance(each, MaxLen)), None)


def _box(asked: Asked, typed: Typed, faults: Faults, more: str) -> Box:
    name, title, hint = f"{PREFIX}-{asked.name}", field_title(asked.name), HINTS.get(asked.name, "")
    errors = faults.at(name)
    if asked.shape is Shape.GROUPS:
        shown = typed.rows(name) + (more == asked.name) or 1
        groups = tuple(_group(asked, number, typed, faults) for number in range(shown))
        return Box(name, title, asked.shape, hint=hint, errors=errors, groups=groups)
    if asked.shape is Shape.TICKS:
        called = {each: typed.one(f"{name}-called-{each}") or each for each in typed.many(f"{name}-shown")}
        options = tuple(Option(each, text, each in typed.many(name)) for each, text in called.items())
        hidden = tuple(
            pair
            for each, text in called.items()
            for pair in ((f"{name}-shown", each), (f"{name}-called-{each}", text))
        )
        hint = _("Untick a file to leave it out.")
        return Box(name, title, asked.shape, options=options, hint=hint, errors=errors, hidden=hidden)
    return Box(name, title, asked.shape, typed.one(name), hint=hint, errors=errors)


def _group(asked: Asked, number: int, typed: Typed, faults: Faults) -> Group:
    names = [(part, f"{PREFIX}-{asked.name}-{number}-{part}") for part in asked.parts]
    title = gettext("%(field)s %(number)d") % {"field": field_title(asked.name), "number": number + 1}
    return Group(
        title,
        tuple(
            Box(at, field_title(part), Shape.LINE, typed.one(at), errors=faults.at(at)) for part, at in names
        ),
    )


def _value(asked: Asked, typed: Typed, before: Mapping[str, Any]) -> Any:
    name = f"{PREFIX}-{asked.name}"
    if asked.shape is Shape.TICKS:
        kept = set(typed.many(name))
        left = [each for each in before.get(asked.name) or () if each["digest"] in kept]
        return left or ([] if before.get(asked.name) == [] else None)
    if asked.shape is Shape.LINES:
        lines = typed.lines(name)
        return [] if [each.lower() for each in lines] == [NONE] else list(lines) or None
    if asked.shape is Shape.GROUPS:
        rows = [
            {part: text for part in asked.parts if (text := typed.one(f"{name}-{number}-{part}"))}
            for number in _filled(asked, typed)
        ]
        return rows or ([] if before.get(asked.name) == [] else None)
    return typed.one(name) or None


def _filled(asked: Asked, typed: Typed) -> list[int]:
    """The numbers of the groups in which something was typed."""
    name = f"{PREFIX}-{asked.name}"
    return [
        number
        for number in range(typed.rows(name))
        if any(typed.one(f"{name}-{number}-{part}") for part in asked.parts)
    ]


def _typed(asked: Asked, value: Any) -> dict[str, tuple[str, ...]]:
    name = f"{PREFIX}-{asked.name}"
    if asked.shape is Shape.TICKS:
        digests = tuple(each["digest"] for each in value)
        called = {f"{name}-called-{each['digest']}": (each["name"],) for each in value}
        return {name: digests, f"{name}-shown": digests, **called}
    if asked.shape is Shape.LINES:
        return {name: ("\n".join(" ".join(each.split("\n")) for each in value) if value else NONE,)}
    if asked.shape is Shape.GROUPS:
        return {
            f"{name}-{number}-{part}": (str(each.get(part) or ""),)
            for number, each in enumerate(value)
            for part in asked.parts
        }
    return {name: (str(value),)}


def _at_box(fault: Fault, shapes: Mapping[str, Asked], typed: Typed) -> Fault:
    field, *inside = fault.field.split(".")
    asked = shapes.get(field)
    if asked is None:
        return fault
    name, said = f"{PREFIX}-{field}", _said(inside[-1] if len(inside) > 1 else field, fault.message)
    if asked.shape is Shape.GROUPS and len(inside) > 1:
        return Fault(said, field=f"{name}-{_filled(asked, typed)[int(inside[0])]}-{inside[1]}")
    if asked.shape is Shape.LINES and inside:
        return Fault(f"“{typed.lines(name)[int(inside[0])]}”: {said}", field=name)
    return Fault(said, field=name)


def _said(name: str, message: str) -> str:
    """What to type instead; the check's own words where they are ours."""
    if message.startswith(_OURS):
        text = message.removeprefix(_OURS)
        return text[:1].upper() + text[1:]
    remedy: Word | None = REMEDIES.get(name)
    return message if remedy is None else str(remedy)
