"""How the fields of a kind are asked: each in the box that its type asks for, in groups as people think."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

from annotated_types import MaxLen
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from fourfold.node.kinds import kind_of
from fourfold.node.web.forms.boxes import Shape
from fourfold.protocols.steps import Step
from fourfold.records.attachments import FIELD

_SHORT = 500
"""Characters of the longest text that fits a line."""

GROUPS: Mapping[str, tuple[tuple[Promise, tuple[str, ...]], ...]] = {
    "incident": (
        (_("What happened"), ("title", "description", "harm_types", "severity", "countries", "harmed")),
        (_("When"), ("date", "first_known", "awareness", "determination", "submission", "receipt")),
        (_("Which systems, and whose"), ("systems", "deployers", "developers")),
        (_("What was done, and where it is told"), ("response", "sources", "registers", "attribution")),
        (_("For our own people"), ("analyst_note", "contact")),
    ),
    "definition_mapping": (
        (_("What is proposed"), ("title", "due")),
        (_("The two definitions"), ("first", "second")),
        (_("Limb by limb"), ("rows",)),
    ),
    "registry_contribution": (
        (_("What happened"), ("title", "what_happened", "date")),
        (_("Added to what is there"), ("countries", "sources")),
        (_("Under our own name"), ("registers", "severity", "remark")),
    ),
}
"""How the fields of a kind are shown together; what is in no group comes last."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How one field is asked: its shape, what can be chosen, and the parts that it has, if any."""

    name: str
    shape: Shape
    parts: tuple["Asked", ...] = ()
    options: tuple[str, ...] = ()


@cache
def asked_of(kind: str) -> tuple[Asked, ...] | None:
    """How the fields of a kind are asked; None where some of them fit no box, so that no form can be made.

    Of a step, only what a person says of it is asked: the node itself sets the rest.
    """
    payload = kind_of(kind).payload
    asked = payload.asked() if issubclass(payload, Step) else tuple(payload.model_fields)
    found = [_asked(name, payload.model_fields[name]) for name in asked]
    return None if None in found else tuple(each for each in found if each is not None)


def _asked(name: str, field: FieldInfo) -> Asked | None:
    inner, longest = _inner(field.annotation, _longest(field.metadata))
    if name == FIELD:
        return Asked(name, Shape.TICKS)
    if get_origin(inner) is not tuple:
        return _single(name, inner, longest)
    item, _length = _inner(get_args(inner)[0], None)
    if item is str:
        return Asked(name, Shape.LINES)
    return _with_parts(name, Shape.GROUPS, item)


def _single(name: str, inner: Any, longest: int | None) -> Asked | None:
    """What holds one value."""
    if inner in {str, date}:
        return Asked(name, Shape.TEXT if longest is not None and longest > _SHORT else Shape.LINE)
    if isinstance(inner, type) and issubclass(inner, StrEnum):
        return Asked(name, Shape.SELECT, options=tuple(each.value for each in inner))
    return _with_parts(name, Shape.PARTS, inner)


def _with_parts(name: str, shape: Shape, item: Any) -> Asked | None:
    """What has parts of its own, each of which holds one value in a box."""
    if not (isinstance(item, type) and issubclass(item, BaseModel)):
        return None
    parts = [_asked(part, each) for part, each in item.model_fields.items()]
    if not all(each is not None and each.shape in {Shape.LINE, Shape.TEXT, Shape.SELECT} for each in parts):
        return None
    return Asked(name, shape, tuple(each for each in parts if each is not None))


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
