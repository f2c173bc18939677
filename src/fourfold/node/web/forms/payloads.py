"""Asking for the fields of a kind, and reading what was typed."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fourfold.errors import Fault
from fourfold.node.web.forms.asking import GROUPS, Asked, asked_of
from fourfold.node.web.forms.boxes import Box, Faults, Group, Option, Section, Shape, Typed, select
from fourfold.node.web.queries.words import HINTS, PARTS, REMEDIES, Word, field_title, value_word
from fourfold.records.attachments import FIELD
from fourfold.records.kinds import Kind

PREFIX = "f"
NONE = "none"
"""What a line says to mean that there was none, as opposed to nothing known."""
MOST_GROUPS = 50
"""The most groups of one field in a form that is filled from a record."""
_OURS = "Value error, "
"""What stands before a message that one of our own checks gave."""
_INDEX = re.compile(r"\[([0-9]+)\]")


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


def _box(asked: Asked, typed: Typed, faults: Faults, more: str) -> Box:
    name, title, hint = f"{PREFIX}-{asked.name}", field_title(asked.name), HINTS.get(asked.name, "")
    errors = faults.at(name)
    if asked.shape is Shape.GROUPS:
        shown = typed.rows(name) + (more == asked.name) or 1
        groups = tuple(_group(asked, number, typed, faults) for number in range(shown))
        return Box(name, title, asked.shape, hint=hint, errors=errors, groups=groups)
    if asked.shape is Shape.PARTS:
        parts = _parts(asked, name, typed, faults)
        return Box(name, title, asked.shape, hint=hint, errors=errors, groups=(Group(title, parts),))
    if asked.shape is Shape.TICKS:
        return _files(name, title, typed, errors)
    return _one(asked, name, typed, faults, hint)


def _files(name: str, title: Word, typed: Typed, errors: tuple[str, ...]) -> Box:
    called = {each: typed.one(f"{name}-called-{each}") or each for each in typed.many(f"{name}-shown")}
    options = tuple(Option(each, text, each in typed.many(name)) for each, text in called.items())
    hidden = tuple(
        pair
        for each, text in called.items()
        for pair in ((f"{name}-shown", each), (f"{name}-called-{each}", text))
    )
    hint = _("Untick a file to leave it out.")
    return Box(name, title, Shape.TICKS, options=options, hint=hint, errors=errors, hidden=hidden)


def _group(asked: Asked, number: int, typed: Typed, faults: Faults) -> Group:
    title = gettext("%(field)s %(number)d") % {"field": field_title(asked.name), "number": number + 1}
    return Group(title, _parts(asked, f"{PREFIX}-{asked.name}-{number}", typed, faults))


def _parts(asked: Asked, at: str, typed: Typed, faults: Faults) -> tuple[Box, ...]:
    return tuple(
        replace(
            _one(part, f"{at}-{part.name}", typed, faults),
            title=PARTS.get(f"{asked.name}.{part.name}") or field_title(part.name),
        )
        for part in asked.parts
    )


def _one(asked: Asked, name: str, typed: Typed, faults: Faults, hint: Word = "") -> Box:
    """The box of one value."""
    title, errors = field_title(asked.name), faults.at(name)
    if asked.shape is Shape.SELECT:
        options = [(each, value_word(each)) for each in asked.options]
        return select(name, title, options, typed.one(name), hint=hint, errors=errors)
    return Box(name, title, asked.shape, typed.one(name), hint=hint, errors=errors)


def _value(asked: Asked, typed: Typed, before: Mapping[str, Any]) -> Any:
    name = f"{PREFIX}-{asked.name}"
    if asked.shape is Shape.TICKS:
        kept = set(typed.many(name))
        left = [each for each in before.get(asked.name) or () if each["digest"] in kept]
        return left or ([] if before.get(asked.name) == [] else None)
    if asked.shape is Shape.LINES:
        lines = typed.lines(name)
        return [] if [each.lower() for each in lines] == [NONE] else list(lines) or None
    if asked.shape is Shape.PARTS:
        return _typed_parts(asked, name, typed) or None
    if asked.shape is Shape.GROUPS:
        rows = [_typed_parts(asked, f"{name}-{number}", typed) for number in _filled(asked, typed)]
        return rows or ([] if before.get(asked.name) == [] else None)
    return typed.one(name) or None


def _typed_parts(asked: Asked, at: str, typed: Typed) -> dict[str, str]:
    """What was typed into the parts of a field; empty ones left out."""
    return {part.name: text for part in asked.parts if (text := typed.one(f"{at}-{part.name}"))}


def _filled(asked: Asked, typed: Typed) -> list[int]:
    """The numbers of the groups in which something was typed."""
    name = f"{PREFIX}-{asked.name}"
    return [number for number in range(typed.rows(name)) if _typed_parts(asked, f"{name}-{number}", typed)]


def _typed(asked: Asked, value: Any) -> dict[str, tuple[str, ...]]:
    name = f"{PREFIX}-{asked.name}"
    if asked.shape is Shape.TICKS:
        digests = tuple(each["digest"] for each in value)
        called = {f"{name}-called-{each['digest']}": (each["name"],) for each in value}
        return {name: digests, f"{name}-shown": digests, **called}
    if asked.shape is Shape.LINES:
        return {name: ("\n".join(" ".join(each.split("\n")) for each in value) if value else NONE,)}
    if asked.shape is Shape.PARTS:
        return _as_typed(asked, name, value)
    if asked.shape is Shape.GROUPS:
        rows = [_as_typed(asked, f"{name}-{number}", each) for number, each in enumerate(value)]
        return {key: text for row in rows for key, text in row.items()}
    return {name: (str(value),)}


def _as_typed(asked: Asked, at: str, value: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {f"{at}-{part.name}": (str(value.get(part.name) or ""),) for part in asked.parts}


def _at_box(fault: Fault, shapes: Mapping[str, Asked], typed: Typed) -> Fault:
    field, *inside = _INDEX.sub(r".\1", fault.field).split(".")
    asked = shapes.get(field)
    if asked is None:
        return fault
    name, said = f"{PREFIX}-{field}", _said(inside[-1] if inside else field, fault.message)
    if asked.shape is Shape.PARTS:
        part = inside[0] if inside else asked.parts[0].name
        return Fault(_said(part, fault.message), field=f"{name}-{part}")
    if asked.shape is Shape.GROUPS and inside:
        number = _filled(asked, typed)[int(inside[0])]
        if len(inside) > 1:
            return Fault(said, field=f"{name}-{number}-{inside[1]}")
        return Fault(f"{number + 1}: {_said(field, fault.message)}", field=name)
    if asked.shape is Shape.LINES and inside:
        return Fault(f"“{typed.lines(name)[int(inside[0])]}”: {_said(field, fault.message)}", field=name)
    return Fault(said, field=name)


def _said(name: str, message: str) -> str:
    """What to type instead; the check's own words where they are ours."""
    if message.startswith(_OURS):
        text = message.removeprefix(_OURS)
        return text[:1].upper() + text[1:]
    remedy: Word | None = REMEDIES.get(name)
    return message if remedy is None else str(remedy)
