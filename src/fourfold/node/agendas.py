"""An agenda as a text that people take into a meeting: Markdown (CommonMark)."""

import re
from collections.abc import Iterable, Iterator

from fourfold.framework import Verdict
from fourfold.node.queries.agenda import (
    ActivityAgenda,
    Agenda,
    AgreedPart,
    Difference,
    PartAgenda,
    Point,
    Settlement,
)
from fourfold.protocols.assessment import State

NEXT: dict[State, str] = {
    State.EMPTY: "nobody has answered yet",
    State.DRAFTED: "we have drafted answers; both have to seal",
    State.SEALED: "ours are sealed; theirs are awaited",
    State.THEIRS_SEALED: "theirs are sealed; ours are awaited",
    State.THEIRS_SEALED_OURS_DRAFTED: "theirs are sealed; ours are drafted",
    State.BOTH_SEALED: "both are sealed; both have to reveal",
    State.OURS_REVEALED: "ours are revealed; theirs are awaited",
    State.THEIRS_REVEALED: "theirs are revealed; ours are awaited",
}
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&])")


def markdown(agenda: Agenda) -> str:
    """The whole agenda."""
    return "\n".join(_lines(agenda)) + "\n"


def one_of(values: Iterable[str]) -> str:
    """Values as a reader would say them: `low`, or `none, minimal or low`."""
    *others, last = values
    return f"{', '.join(others)} or {last}" if others else last


def settled_at(settlement: Settlement) -> str:
    """The answers of a settlement: `sens: none or minimal; prop: no`."""
    return "; ".join(f"{name}: {one_of(values)}" for name, values in settlement.answers.items())


def _lines(agenda: Agenda) -> Iterator[str]:
    yield f"# {' and '.join(_plain(name) for name in agenda.parties)}: agenda"
    yield ""
    yield f"As of {agenda.at:%d %B %Y, %H:%M} UTC. Everything here is known to both sides."
    yield f"Framework: `{agenda.framework}`"
    done = [each for each in agenda.activities if each.state is State.JOINT]
    for activity in done:
        yield from _activity(activity)
    if waiting := [each for each in agenda.activities if each.state is not State.JOINT]:
        yield from ("", "## Not assessed by both yet", "")
        yield from (f"- {each.title}: {NEXT[each.state]}" for each in waiting)
    if not agenda.activities:
        yield from ("", "Nothing has been assessed yet.")


def _activity(activity: ActivityAgenda) -> Iterator[str]:
    yield from ("", f"## {activity.title}")
    if activity.agreed:
        yield ""
        yield from (_agreed(each) for each in activity.agreed)
    for part in activity.parts:
        yield from _part(part)


def _agreed(part: AgreedPart) -> str:
    state = f"proposed, waits for {', '.join(map(_plain, part.waits_for))}" if part.waits_for else "agreed"
    return f"- {_plain(part.name)}: **{part.level}** ({state}; {_plain(part.agreement)})"


def _part(part: PartAgenda) -> Iterator[str]:
    yield from ("", f"### {_plain(part.name)}", "")
    yield f"Suggested, and no more than that: **{part.suggestion or 'nothing yet'}**."
    yield "; ".join(f"{level}: {_word(verdict)}" for level, verdict in part.verdicts) + "."
    yield from (f"\n> Beware: {warning}" for warning in part.warnings)
    if part.points:
        yield from ("", "Decisive differences:", "")
        for number, point in enumerate(part.points, 1):
            yield from _point(number, point)
    if part.questions:
        yield from ("", "Open questions, most useful first:", "")
        for number, each in enumerate(part.questions, 1):
            yield f"{number}. {each.question} (bears on {', '.join(map(str, each.levels))})"
    if part.idle:
        yield from ("", "Differences that change no verdict:", "")
        yield from (f"- {_difference(each)}" for each in part.idle)


def _point(number: int, point: Point) -> Iterator[str]:
    told = "; and ".join(_difference(each) for each in point.differences)
    yield f"{number}. {told}"
    for settlement in point.settlements:
        effects = ", ".join(
            f"{each.level} from {_word(each.before)} to {_word(each.after)}" for each in settlement.effects
        )
        yield f"   - settled at {settled_at(settlement)}: {effects}"


def _difference(difference: Difference) -> str:
    said = ", ".join(f"{_plain(each.party)}: {one_of(each.values)}" for each in difference.said)
    return f"{difference.question} {said}"


def _word(verdict: Verdict) -> str:
    return verdict.value.replace("-", " ")


def _plain(text: str) -> str:
    """The words of others, as words: nothing in them is markup, and they stay on their line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
