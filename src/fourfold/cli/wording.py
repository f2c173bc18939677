"""How verdicts, timings and levels are said to a person."""

from fourfold.cli.output import unicode_shown
from fourfold.framework import Level, Outcome, Timing, Verdict

LEVELS = tuple(sorted(Level, reverse=True))
"""Closest first, the order of the columns in the brief's own table."""

SENTENCES = {
    Verdict.SUPPORTED: "supported, and nothing rules it out.",
    Verdict.SUPPORTED_UNLESS: "supported, unless an answer still missing rules it out.",
    Verdict.OPEN: "open; the answers so far settle it neither way.",
    Verdict.UNSUPPORTED: "not supported; no reason for it can hold on these answers.",
    Verdict.CONTESTED: "contested; there are reasons for it, and others that rule it out.",
    Verdict.RULED_OUT: "ruled out.",
}
SHORT = {
    Verdict.SUPPORTED: "supported",
    Verdict.SUPPORTED_UNLESS: "supported unless an open answer rules it out",
    Verdict.OPEN: "open",
    Verdict.UNSUPPORTED: "not supported",
    Verdict.CONTESTED: "contested",
    Verdict.RULED_OUT: "ruled out",
}
STYLES = {
    Verdict.SUPPORTED: "bold green",
    Verdict.SUPPORTED_UNLESS: "green",
    Verdict.OPEN: "yellow",
    Verdict.UNSUPPORTED: "dim",
    Verdict.CONTESTED: "magenta",
    Verdict.RULED_OUT: "red",
}
TIMINGS = {
    Timing.NOW: "It could begin now.",
    Timing.NOT_YET: "It could not begin yet: a prerequisite is missing.",
    Timing.UNKNOWN: "",
}
_SYMBOLS = dict(zip(Verdict, "●◐○·±×", strict=True))  # noqa: RUF001  a multiplication sign is meant
_ASCII = dict(zip(Verdict, "#+?.!x", strict=True))


def symbol(verdict: Verdict) -> str:
    """One sign for a verdict; it differs in shape, so that colour is never needed."""
    return (_SYMBOLS if unicode_shown() else _ASCII)[verdict]


def legend() -> list[str]:
    """What the signs mean."""
    return [f"{symbol(verdict)} {SHORT[verdict]}" for verdict in Verdict]


def later(outcome: Outcome) -> bool:
    """Whether what is suggested has to wait for something; separation waits for nothing."""
    level = outcome.suggestion
    if level is None or level is Level.SEPARATION:
        return False
    return outcome.levels[level].judgement.timing is Timing.NOT_YET


def listed(words: tuple[str, ...] | list[str], last: str = "and") -> str:
    """Words as a sentence lists them: `a, b and c`."""
    if len(words) < 2:  # noqa: PLR2004  the smallest list that needs a conjunction
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
