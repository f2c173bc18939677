"""The form of one part's answers: a question for each criterion, and how to read what was typed.

Two people may have the form open at once. Each question carries a digest of the answer that it was shown
with: what one of them did not touch takes what the other said, and only where both said something new does
somebody have to choose.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fourfold.canon import digest
from fourfold.errors import Fault, InputError
from fourfold.framework import Criterion
from fourfold.node.answering import LONGEST_REASON, LONGEST_SOURCE, OwnAnswer
from fourfold.node.web.forms.boxes import NO_FAULTS, Box, Faults, Option, Shape, Typed
from fourfold.node.web.queries.deciding import framework
from fourfold.node.web.queries.words import Word, value_word
from fourfold.planning.answers import DAY

NOT_ANSWERED = "-"
EITHER = "+"
"""What the radio buttons of a question of two values send besides the values themselves."""
_TWO = 2
NOTES = ("because", "source", "date", "withheld")


@dataclass(frozen=True, slots=True)
class Clash:
    """A question to which a colleague gave another answer while the form was open."""

    criterion: str
    theirs: OwnAnswer | None
    mine: OwnAnswer | None


@dataclass(frozen=True, slots=True)
class Merged:
    """What is to be kept: what was typed, with what colleagues answered meanwhile."""

    answers: Mapping[str, OwnAnswer]
    clashes: tuple[Clash, ...]
    taken: tuple[str, ...]


def mark(answer: OwnAnswer | None) -> str:
    """What tells one answer from another, short enough to stand beside each question."""
    return digest(answer.content if answer else None)[7:23]


def answer_box(criterion: Criterion, typed: Typed, faults: Faults = NO_FAULTS) -> Box:
    """The values: radio buttons where there are two, boxes to tick where there are more."""
    title, errors = gettext_lazy(criterion.question), faults.at(criterion.id)
    chosen = typed.many(criterion.id)
    options = [(value, value_word(value)) for value in criterion.scale]
    if len(criterion.scale) == _TWO:
        options += [
            (EITHER, _("could be either: we looked, and cannot say")),
            (NOT_ANSWERED, _("not answered")),
        ]
        hint: Word = ""
        shape, ticked = Shape.RADIOS, set(chosen or (NOT_ANSWERED,))
    else:
        hint = _("Tick every value that is possible. Nothing ticked: not answered.")
        shape, ticked = Shape.TICKS, set(chosen)
    given = tuple(Option(value, word, value in ticked) for value, word in options)
    return Box(criterion.id, title, shape, options=given, hint=hint, errors=errors)


def note_boxes(criterion: str, typed: Typed, faults: Faults = NO_FAULTS) -> tuple[Box, ...]:
    """Why, where that can be checked, as of when, and whether the counterpart is to learn it."""

    def box(name: str, title: str, shape: Shape, hint: str = "") -> Box:
        at = f"{criterion}.{name}"
        return Box(at, title, shape, typed.one(at), hint=hint, errors=faults.at(at))

    keep = f"{criterion}.withheld"
    ticked = Option("yes", _("Withhold this answer from the counterpart"), bool(typed.one(keep)))
    hint = _("It stays here, and counts as unknown when both sides are assessed together.")
    return (
        box("because", _("Because"), Shape.LINES),
        box("source", _("Source"), Shape.LINE, _("Where a colleague can check it.")),
        box("date", _("As of"), Shape.LINE, _("A day, written as 2026-03-31.")),
        Box(keep, _("Counterpart"), Shape.TICKS, options=(ticked,), hint=hint, errors=faults.at(keep)),
    )


def typed_answers(answers: Mapping[str, OwnAnswer], marked: Mapping[str, OwnAnswer] | None = None) -> Typed:
    """Answers as they stand in the form; the marks are those of `marked`, where these are others."""
    stands = answers if marked is None else marked
    values: dict[str, tuple[str, ...]] = {}
    for name, criterion in framework().criteria.items():
        values[f"{name}.was"] = (mark(stands.get(name)),)
        if name in answers:
            values |= _typed(criterion, answers[name])
    return Typed(values)


def marked_anew(typed: Typed, stands: Mapping[str, OwnAnswer]) -> Typed:
    """What was typed, with the marks of what stands now."""
    marks = {f"{name}.was": (mark(stands.get(name)),) for name in framework().criteria}
    return Typed({**typed.values, **marks})


def read_answers(typed: Typed) -> dict[str, OwnAnswer]:
    """What was typed, by criterion.

    Raises:
        InputError: with all faults, each at the box that it belongs to.
    """
    faults: list[Fault] = []
    found: dict[str, OwnAnswer] = {}
    for name, criterion in framework().criteria.items():
        answer = _read(criterion, typed, faults)
        if answer is not None:
            found[name] = answer
    if faults:
        raise InputError(faults)
    return found


def merge(typed: Typed, mine: Mapping[str, OwnAnswer], stands: Mapping[str, OwnAnswer]) -> Merged:
    """What was typed beside what stands now: each question takes whoever changed it."""
    answers: dict[str, OwnAnswer] = {}
    clashes, taken = [], []
    for name in framework().criteria:
        was, here, there = typed.one(f"{name}.was"), mine.get(name), stands.get(name)
        chosen = here
        if mark(here) != mark(there) and was != mark(there):
            if was == mark(here):
                chosen = there
                taken.append(name)
            else:
                clashes.append(Clash(name, there, here))
        if chosen is not None:
            answers[name] = chosen
    return Merged(answers, tuple(clashes), tuple(taken))


def _typed(criterion: Criterion, answer: OwnAnswer) -> dict[str, tuple[str, ...]]:
    two = len(criterion.scale) == _TWO
    values = (EITHER,) if two and len(answer.values) == _TWO else answer.values
    notes = {
        "because": answer.because,
        "source": answer.source,
        "date": answer.dated.isoformat() if answer.dated else "",
        "withheld": "yes" if answer.withheld else "",
    }
    return {
        criterion.id: values,
        **{f"{criterion.id}.{name}": (text,) for name, text in notes.items() if text},
    }


def _read(criterion: Criterion, typed: Typed, faults: list[Fault]) -> OwnAnswer | None:
    name = criterion.id
    values = _values(criterion, typed.many(name), faults)
    notes = {each: typed.one(f"{name}.{each}") for each in NOTES}
    _check_lengths(name, notes, faults)
    day = read_day(f"{name}.date", notes["date"], faults)
    if values:
        return OwnAnswer(values, notes["because"], notes["source"], day, bool(notes["withheld"]))
    if any(notes.values()):
        text = _("Something is said about it, but no answer is given.")
        faults.append(Fault(text, field=name, remedy=_("Choose an answer, or empty what is said about it.")))
    return None


def _values(criterion: Criterion, given: Iterable[str], faults: list[Fault]) -> tuple[str, ...]:
    chosen = set(given) - {NOT_ANSWERED}
    if len(criterion.scale) == _TWO and EITHER in chosen:
        return criterion.scale
    if chosen - set(criterion.scale):
        faults.append(Fault(_("Choose among the answers below."), field=criterion.id))
    return tuple(value for value in criterion.scale if value in chosen)


def _check_lengths(name: str, notes: Mapping[str, str], faults: list[Fault]) -> None:
    for each, longest in (("because", LONGEST_REASON), ("source", LONGEST_SOURCE)):
        if len(notes[each]) > longest or "\x00" in notes[each]:
            text = _("At most %(number)s characters of text.") % {"number": longest}
            faults.append(Fault(text, field=f"{name}.{each}"))


def read_day(field: str, text: str, faults: list[Fault]) -> date | None:
    """A calendar day, written 2026-03-31; None where there is none, or a fault of its field."""
    if not text:
        return None
    if DAY.fullmatch(text):
        with suppress(ValueError):
            return date.fromisoformat(text)
    remedy = _("Write it as 2026-03-31.")
    faults.append(Fault(_("This is no day of the calendar."), field=field, remedy=remedy))
    return None
