"""Showing fields and markings: JSON values as lists and pairs, markings as words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from fourfold.framework import Level
from fourfold.node.kinds import kinds
from fourfold.node.models import Peer
from fourfold.node.web.queries.deciding import framework
from fourfold.records.kinds import Kind
from fourfold.records.markings import Marking
from fourfold.release import STUB


@dataclass(frozen=True, slots=True)
class MarkingView:
    """A marking; `audience` holds names (None: no restriction, empty: nobody)."""

    tlp: str
    css: str
    caveats: tuple[str, ...]
    audience: tuple[str, ...] | None
    embargo: datetime | None


@dataclass(frozen=True, slots=True)
class ValueView:
    """A value of a field: a text, an address, a list, or pairs; exactly one of them."""

    text: str = ""
    url: str = ""
    items: tuple["ValueView", ...] = ()
    pairs: tuple[tuple[str, "ValueView"], ...] = ()


def marking_view(marking: Marking, names: Mapping[str, str]) -> MarkingView:
    """A marking with the names of those it is for."""
    audience = (
        None if marking.rel_to is None else tuple(names.get(id_, id_) for id_ in sorted(marking.rel_to))
    )
    tlp = marking.tlp.value
    return MarkingView(
        tlp,
        tlp.lower().replace("+", "-"),
        tuple(sorted(caveat.value for caveat in marking.caveats)),
        audience,
        marking.embargo,
    )


def tlp_view(tlp: str) -> MarkingView:
    """A label alone, for lists."""
    return MarkingView(tlp, tlp.lower().replace("+", "-"), (), None, None)


def value_view(value: Any) -> ValueView:
    """A JSON value as a page can show it."""
    if isinstance(value, dict):
        return ValueView(
            pairs=tuple((field_title(str(name)), value_view(each)) for name, each in value.items())
        )
    if isinstance(value, list | tuple):
        return ValueView(items=tuple(value_view(each) for each in value))
    if isinstance(value, str) and value.startswith(("https://", "http://")) and " " not in value:
        return ValueView(url=value)
    if isinstance(value, bool):
        return ValueView(text="yes" if value else "no")
    return ValueView(text="" if value is None else str(value))


def in_order(kind: str, given: Iterable[str]) -> tuple[str, ...]:
    """Names of fields in the order of their kind; those that the kind does not have come last."""
    known = _kind(kind)
    order = {name: place for place, name in enumerate(known.fields)} if known else {}
    return tuple(sorted(given, key=lambda name: order.get(name, len(order))))


def kind_title(kind: str) -> str:
    """The title of a kind; the id of one that this node does not know."""
    found = _kind(kind)
    return found.title if found else kind


def _kind(kind: str) -> Kind | None:
    """What people keep and institutions exchange, stubs included."""
    return STUB if kind == STUB.id else kinds().get(kind)


def field_title(name: str) -> str:
    """The name of a field as people write it."""
    words = name.replace("_", " ")
    return "Address" if words == "url" else words[:1].upper() + words[1:]


def names() -> dict[str, str]:
    """The names of all institutions that this node knows, by id."""
    known = dict(Peer.objects.values_list("institution", "name"))
    return {**known, settings.NODE.id: settings.NODE.name}


def activity_title(activity: str) -> str:
    """The title of an activity; the id of one that the framework does not have."""
    found = framework().activities.get(activity)
    return found.title if found else field_title(activity)


def level_of(word: str) -> Level | None:
    """A level by its word."""
    return next((level for level in Level if level.value == word), None)
