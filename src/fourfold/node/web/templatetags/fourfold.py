"""The small parts that all pages share: symbols, verdicts, levels, markings, states, digests, times."""

from datetime import datetime
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import SafeString, format_html
from django.utils.translation import gettext

from fourfold.framework import Level, Timing, Verdict
from fourfold.node.web.forms.boxes import Box, Shape
from fourfold.node.web.queries import words
from fourfold.node.web.queries.house import HouseView, house_view

register = template.Library()
PARTS = "web/partials/"
_TYPED = frozenset(Shape) - {Shape.RADIOS, Shape.TICKS, Shape.GROUPS, Shape.PARTS}


@register.simple_tag(takes_context=True)
def house(context: Context) -> HouseView:
    """Whose node this is, what its menu holds, and where the reader is."""
    return house_view(context.get("request"))


@register.simple_tag
def symbol(name: str) -> SafeString:
    """A small drawing beside words that say the same; screen readers pass over it."""
    drawn = '<svg class="symbol" aria-hidden="true" focusable="false"><use href="#s-{}"/></svg>'
    return format_html(drawn, name)


@register.simple_tag
def described(box: Box) -> SafeString:
    """The attributes by which a box is tied to its hint and to what is wrong with it."""
    parts = [f"{box.name}-{part}" for part, told in (("hint", box.hint), ("error", box.errors)) if told]
    by = format_html(' aria-describedby="{}"', " ".join(parts)) if parts else SafeString("")
    return by + SafeString(' aria-invalid="true"') if box.errors and box.shape in _TYPED else by


@register.inclusion_tag(f"{PARTS}moment.html")
def moment(at: datetime | None, *, seconds: bool = False) -> dict[str, Any]:
    """A point in time, with its zone; to the second where the order matters."""
    return {"at": at, "seconds": seconds}


@register.inclusion_tag(f"{PARTS}verdict.html")
def verdict(given: Verdict) -> dict[str, Any]:
    """A verdict as symbol and word."""
    return {"verdict": given, "word": words.VERDICTS[given]}


@register.inclusion_tag(f"{PARTS}level.html")
def level(given: Level) -> dict[str, Any]:
    """A level as mark and word."""
    return {"level": given, "word": words.LEVEL_TITLES[given]}


@register.inclusion_tag(f"{PARTS}timing.html")
def timing(given: Timing | None) -> dict[str, Any]:
    """When a level could begin."""
    return {"word": words.TIMINGS[given or Timing.UNKNOWN]}


@register.inclusion_tag(f"{PARTS}digest.html")
def digest(value: str) -> dict[str, Any]:
    """A digest or an id, in full: it can be compared and copied."""
    return {"value": value}


@register.inclusion_tag(f"{PARTS}marking.html")
def marking(given: Any) -> dict[str, Any]:
    """How far something may travel."""
    return {"marking": given}


@register.inclusion_tag(f"{PARTS}state.html")
def state(given: Any) -> dict[str, Any]:
    """Where something stands: a word, with a symbol and a tone that say the same."""
    return {"state": given}


@register.filter
def level_word(given: Level | None) -> words.Word:
    """The lower-case word for a level."""
    return words.LEVELS[given] if given else gettext("not settled")


@register.filter
def level_title(given: Level) -> words.Word:
    """The name of a level."""
    return words.LEVEL_TITLES[given]


@register.filter
def value_words(values: tuple[str, ...]) -> str:
    """The values that somebody holds possible, as a phrase."""
    return gettext(" or ").join(str(words.value_word(value)) for value in values)


@register.filter
def value_word(value: str) -> words.Word:
    """One value of a scale."""
    return words.value_word(value)


@register.filter
def timing_short(given: Timing) -> words.Word:
    """When a level could begin, in two words."""
    return words.TIMINGS_SHORT[given]
