"""Showing fields and markings: JSON values as lists and pairs, markings as words."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.conf import settings

from fourfold.agreements import AgreementText
from fourfold.node.kinds import kinds
from fourfold.node.models import Peer
from fourfold.node.web.queries.deciding import framework
from fourfold.node.web.queries.words import Word, field_title, value_word
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

    text: Word = ""
    url: str = ""
    items: tuple["ValueView", ...] = ()
    pairs: tuple[tuple[Word, "ValueView"], ...] = ()


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
    """A label alone: a ceiling has no caveats."""
    return MarkingView(tlp, tlp.lower().replace("+", "-"), (), None, None)


def value_view(value: Any, known: Mapping[str, str] = MappingProxyType({})) -> ValueView:
    """A JSON value as a page can show it; what is null within it says nothing, and is left out.

    The ids of institutions in `known` are shown as their names.
    """
    if isinstance(value, dict):
        told = ((str(name), each) for name, each in value.items() if each is not None)
        return ValueView(
            pairs=tuple(
                (known.get(name) or field_title(name), value_view(each, known)) for name, each in told
            )
        )
    if isinstance(value, list | tuple):
        return ValueView(items=tuple(value_view(each, known) for each in value))
    if isinstance(value, str) and value in known:
        return ValueView(text=known[value])
    if isinstance(value, str) and value.startswith(("https://", "http://")) and " " not in value:
        return ValueView(url=value)
    if isinstance(value, bool):
        return ValueView(text=value_word("yes" if value else "no"))
    return ValueView(text="" if value is None else str(value))


def in_order(kind: str, given: Iterable[str]) -> tuple[str, ...]:
    """Names of fields in the order of their kind; those that the kind does not have come last."""
    known = _kind(kind)
    order = {name: place for place, name in enumerate(known.fields)} if known else {}
    return tuple(sorted(given, key=lambda name: order.get(name, len(order))))


def loosened_words(sentences: Iterable[str]) -> tuple[str, ...]:
    """What a change guards less, with the fields as people call them."""
    return tuple(_QUOTED.sub(lambda found: f"“{field_title(found[1])}”", each) for each in sentences)


_QUOTED = re.compile(r"(?<=^The field )'([a-z_]+)'")


def names() -> dict[str, str]:
    """The names of all institutions that this node knows, by id."""
    known = dict(Peer.objects.values_list("institution", "name"))
    return {**known, settings.NODE.id: settings.NODE.name}


def activity_title(activity: str) -> Word:
    """The title of an activity; what institutions say to agree at all is of none."""
    found = framework().activities.get(activity)
    return found.title if found else field_title(activity)


def slice_name(slice_: str, texts: Iterable[AgreementText]) -> str:
    """The name of a slice in the first text that has it; its id where none does."""
    found = (part.name for text in texts for part in text.slices if part.id == slice_)
    return next(found, slice_)


def _kind(kind: str) -> Kind | None:
    """What people keep and institutions exchange, stubs included."""
    return STUB if kind == STUB.id else kinds().get(kind)
