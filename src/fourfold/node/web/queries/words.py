"""The words that pages use for the closed enums of the domain, marked for translation."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fourfold.framework import Level, Timing, Verdict

Word = str | Promise

LEVELS: dict[Level, Word] = {
    Level.COLLABORATION: _("collaboration"),
    Level.COORDINATION: _("coordination"),
    Level.COMMUNICATION: _("communication"),
    Level.SEPARATION: _("separation"),
}
"""From the closest to the most separate: the order of the columns."""

LEVEL_TITLES: dict[Level, Word] = {
    Level.COLLABORATION: _("Collaboration"),
    Level.COORDINATION: _("Coordination"),
    Level.COMMUNICATION: _("Communication"),
    Level.SEPARATION: _("Separation"),
}

VERDICTS: dict[Verdict, Word] = {
    Verdict.SUPPORTED: _("supported"),
    Verdict.SUPPORTED_UNLESS: _("supported unless"),
    Verdict.OPEN: _("open"),
    Verdict.UNSUPPORTED: _("unsupported"),
    Verdict.CONTESTED: _("contested"),
    Verdict.RULED_OUT: _("ruled out"),
}

VERDICT_MEANINGS: dict[Verdict, Word] = {
    Verdict.SUPPORTED: _("A reason for this level holds, and nothing rules it out."),
    Verdict.SUPPORTED_UNLESS: _("A reason holds, but an answer that is still missing could rule it out."),
    Verdict.OPEN: _("Answers are missing; with them a reason could hold."),
    Verdict.UNSUPPORTED: _("No reason for this level holds, whatever the missing answers are."),
    Verdict.CONTESTED: _("A reason holds, and so does a condition that rules the level out."),
    Verdict.RULED_OUT: _("A condition that rules this level out holds."),
}

TIMINGS: dict[Timing, Word] = {
    Timing.NOW: _("could begin now"),
    Timing.NOT_YET: _("not yet: prerequisites are missing"),
    Timing.UNKNOWN: _("readiness unknown"),
}

TIMINGS_SHORT: dict[Timing, Word] = {
    Timing.NOW: _("now"),
    Timing.NOT_YET: _("not yet"),
    Timing.UNKNOWN: _("readiness unknown"),
}

VALUES: dict[str, Word] = {
    "yes": _("yes"),
    "no": _("no"),
    "none": _("none"),
    "minimal": _("minimal"),
    "low": _("low"),
    "moderate": _("moderate"),
    "high": _("high"),
    "material": _("material"),
    "important": _("important"),
    "top": _("top"),
    "avoid": _("avoid"),
    "indifferent": _("indifferent"),
    "wanted": _("wanted"),
}


def value_word(value: str) -> Word:
    """One value of a scale; another framework's own values stand as they are."""
    return VALUES.get(value, value)
