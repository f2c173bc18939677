"""What differs between two states of something, before beside after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext

from fourfold.canon import canonical_bytes
from fourfold.node.web.queries.showing import MarkingView, ValueView, value_view
from fourfold.node.web.queries.words import Word, field_title, value_word


@dataclass(frozen=True, slots=True)
class SideView:
    """How something stands before or after a change: a value, a marking, or nothing."""

    value: ValueView | None = None
    marking: MarkingView | None = None


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """One thing that a change changes."""

    title: Word
    before: SideView
    after: SideView


def differences(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> tuple[DifferenceView, ...]:
    """Each field that a text changed in the one before (None: there was none); of a list, each item."""
    if before is None:
        return ()
    return tuple(
        found
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
        for found in _field(name, before.get(name), after.get(name))
    )


def _field(name: str, before: Any, after: Any) -> Iterable[DifferenceView]:
    if not (isinstance(before, list) and isinstance(after, list)):
        yield DifferenceView(field_title(name), _side(before), _side(after))
        return
    keys = [[canonical_bytes(item) for item in items] for items in (before, after)]
    for tag, one, to, other, until in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        if tag != "equal":
            pairs = zip_longest(before[one:to], after[other:until])
            for number, (old, new) in enumerate(pairs, (one if tag == "delete" else other) + 1):
                title = gettext("%(field)s, row %(number)d") % {"field": field_title(name), "number": number}
                yield DifferenceView(title, _side(old), _side(new))


def _side(value: Any) -> SideView:
    if isinstance(value, dict) and _CHOSEN in value:
        value = {**value, _CHOSEN: value_word(value[_CHOSEN])}
    return SideView() if value is None else SideView(value_view(value))


_CHOSEN = "relation"
"""What was chosen from a list, and so is told in words of ours."""
