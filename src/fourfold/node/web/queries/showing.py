"""Showing fields and markings: JSON values as lists and pairs, markings as words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from fourfold.agreements import AgreementText
from fourfold.node.kinds import kinds
from fourfold.node.models import Peer
from fourfold.node.web.queries.deciding import framework
from fourfold.node.web.queries.words import Word, field_title, value_word
from fourfold.records.markings import Marking


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
    """A label alone, for lists."""
    return MarkingView(tlp, tlp.lower().replace("+", "-"), (), None, None)


def value_view(value: Any) -> ValueView:
    """A JSON value as a page can show it; what is null within it says nothing, and is left out."""
    if isinstance(value, dict):
        told = ((name, each) for name, each in value.items() if each is not None)
        return ValueView(pairs=tuple((field_title(str(name)), value_view(each)) for name, each in told))
    if isinstance(value, list | tuple):
        return ValueView(items=tuple(value_view(each) for each in value))
    if isinstance(value, str) and value.startswith(("https://", "http://")) and " " not in value:
        return ValueView(url=value)
    if isinstance(value, bool):
        return ValueView(text=value_word("yes" if value else "no"))
    return ValueView(text="" if value is None else str(value))


def in_order(kind: str, given: Iterable[str]) -> tuple[str, ...]:
    """Names of fields in the order of their kind; those that the kind does not have come last."""
    order = {name: place for place, name in enumerate(kinds()[kind].fields)} if kind in kinds() else {}
    return tuple(sorted(given, key=lambda name: order.get(name, len(order))))


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
