"""The questions of one part: the most useful first, and what stands, is typed and is at fault at each."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fourfold.framework import Level
from fourfold.node.answering import OwnAnswer, OwnPart
from fourfold.node.queries.agenda import asked
from fourfold.node.web.forms.answers import Clash, answer_box, note_boxes
from fourfold.node.web.forms.boxes import NO_FAULTS, Box, Faults, Typed, Wrong
from fourfold.node.web.queries.answering import PartSummary, result_of, summary_of
from fourfold.node.web.queries.deciding import framework
from fourfold.node.web.queries.examples import example_of
from fourfold.node.web.queries.matrix import COLUMNS
from fourfold.node.web.queries.words import Word
from fourfold.planning import Answer

FIRST = 5
"""So many questions stand open; the others can be unfolded."""


@dataclass(frozen=True, slots=True)
class ClashView:
    """What a colleague answered while the form was open."""

    id: str
    title: str
    theirs: OwnAnswer | None
    mine: OwnAnswer | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """One question of the form, with what stands in the store, and what the example says."""

    id: str
    title: str
    box: Box
    notes: tuple[Box, ...]
    was: str
    stands: OwnAnswer | None
    at: datetime | None
    bears_on: tuple[Level, ...]
    example: Answer | None
    clash: ClashView | None

    @property
    def open_notes(self) -> bool:
        """Whether what is said about the answer stands unfolded: something does, or is at fault."""
        ticked = any(option.chosen for box in self.notes for option in box.options)
        return ticked or any(box.value or box.errors for box in self.notes)

    @property
    def at_fault(self) -> bool:
        """Whether something is wrong with it."""
        return bool(self.box.errors or self.clash or any(box.errors for box in self.notes))


@dataclass(frozen=True, slots=True)
class Fold:
    """Questions under one heading; `open` where they are to be seen at once."""

    id: str
    title: Word
    hint: Word
    questions: tuple[QuestionForm, ...]
    open: bool


FOLDS: dict[str, tuple[Word, Word, bool]] = {
    "first": (_("Most useful now"), _("What these settle, most of the verdicts rest on."), True),
    "later": (_("Still open"), _("These bear on a verdict too, but less."), False),
    "answered": (_("Answered"), _("They can be changed until they are sealed."), False),
    "idle": (_("Nothing rests on these now"), _("As the others are answered, no verdict needs them."), False),
}
"""By name: the heading of a fold, a hint, and whether it is always unfolded."""


@dataclass(frozen=True, slots=True)
class PartForm:
    """The whole form of one part."""

    summary: PartSummary
    folds: tuple[Fold, ...]
    wrong: tuple[Wrong, ...]
    clashes: tuple[ClashView, ...]


def part_form(
    activity: str, part: OwnPart, typed: Typed, faults: Faults = NO_FAULTS, clashes: Iterable[Clash] = ()
) -> PartForm:
    """The questions of a part as they were typed, in an order that rests on what stands in the store."""
    ask = asked((level, result_of(part).outcome.levels[level].judgement.ask) for level in COLUMNS)
    clashing = {each.criterion: _clash(each) for each in clashes}
    example = example_of(activity, part.name)

    def question(name: str) -> QuestionForm:
        criterion, stands = framework().criteria[name], part.answers.get(name)
        return QuestionForm(
            name,
            criterion.title,
            answer_box(criterion, typed, faults),
            note_boxes(name, typed, faults),
            typed.one(f"{name}.was"),
            stands,
            moment_of(stands),
            ask.get(name, ()),
            example.get(name),
            clashing.get(name),
        )

    folds = tuple(
        fold(name, tuple(question(each) for each in names))
        for name, names in _sorted_out(part, tuple(ask)).items()
        if names
    )
    boxes = [box for each in folds for one in each.questions for box in (one.box, *_named(one))]
    return PartForm(summary_of(part, activity), folds, faults.summary(boxes), tuple(clashing.values()))


def fold(name: str, questions: tuple[QuestionForm, ...]) -> Fold:
    """Questions under a heading; unfolded where something is wrong with one of them."""
    title, hint, unfolded = FOLDS[name]
    return Fold(name, title, hint, questions, unfolded or any(each.at_fault for each in questions))


def moment_of(answer: OwnAnswer | None) -> datetime | None:
    """When an answer was given, where that is known."""
    return datetime.fromisoformat(answer.at) if answer and answer.at else None


def _sorted_out(part: OwnPart, ask: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The criteria by fold: what is open as the framework asks for it, all else in its own order."""
    open_ = tuple(name for name in ask if name not in part.answers)
    others = [name for name in framework().criteria if name not in open_]
    return {
        "first": open_[:FIRST],
        "later": open_[FIRST:],
        "answered": tuple(name for name in others if name in part.answers),
        "idle": tuple(name for name in others if name not in part.answers),
    }


def _named(question: QuestionForm) -> Iterable[Box]:
    """What is said about an answer, as a summary has to call it: with what the question is about."""
    for box in question.notes:
        yield replace(box, title=f"{gettext(question.title)}, {box.title}")


def _clash(clash: Clash) -> ClashView:
    title = framework().criteria[clash.criterion].question
    return ClashView(clash.criterion, title, clash.theirs, clash.mine, moment_of(clash.theirs))
