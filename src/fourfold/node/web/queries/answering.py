"""Answering by page: where the assessment of an activity stands, its parts, and the questions of one part."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.utils.translation import gettext_lazy as _

from fourfold.framework import Level, SliceResult, Verdict
from fourfold.node.answering import OwnAnswer, OwnPart, own_parts, whole_digest
from fourfold.node.assessing import can
from fourfold.node.models import Event, JointAssessment, Peer, Tag
from fourfold.node.queries.agenda import asked
from fourfold.node.web.forms.answers import Clash, answer_box, note_boxes
from fourfold.node.web.forms.boxes import NO_FAULTS, Box, Faults, Typed, Wrong
from fourfold.node.web.queries.deciding import assessment, framework
from fourfold.node.web.queries.matrix import COLUMNS
from fourfold.node.web.queries.sources import own_party
from fourfold.node.web.queries.stance import PartyView, Stance
from fourfold.node.web.queries.words import Word
from fourfold.planning import Answer, Plan, PlannedActivity, PlannedSlice, example_plan, load_plan
from fourfold.protocols.assessment import Move, State

FIRST = 5
"""So many questions stand open; the others can be unfolded."""
LATEST = 8
"""So many of the latest events are listed."""


@dataclass(frozen=True, slots=True)
class Step:
    """What can be done next: a sentence on where it stands, and the page on which to go on."""

    text: Word
    label: Word
    page: str


GO_ON = {
    State.EMPTY: Step(_("Nobody has answered yet."), _("Answer for this institution"), "answers"),
    State.DRAFTED: Step(_("Our answers are drafted."), _("Go on answering, or seal"), "answers"),
    State.SEALED: Step(_("Ours are sealed; theirs are awaited."), _("Collect what has come"), "inbox"),
    State.THEIRS_SEALED: Step(
        _("Theirs are sealed; ours are awaited."), _("Answer for this institution"), "answers"
    ),
    State.THEIRS_SEALED_OURS_DRAFTED: Step(
        _("Theirs are sealed; ours are drafted."), _("Go on answering, or seal"), "answers"
    ),
    State.BOTH_SEALED: Step(_("Both are sealed."), _("Reveal ours"), "reveal"),
    State.OURS_REVEALED: Step(
        _("Ours are revealed; theirs are awaited."), _("Collect what has come"), "inbox"
    ),
    State.THEIRS_REVEALED: Step(_("Theirs are revealed; ours are awaited."), _("Reveal ours"), "reveal"),
    State.JOINT: Step(
        _("Both have revealed: assessed together."), _("Prepare the next meeting"), "activity-agenda"
    ),
}
"""By state, the next step; the pages of the last one are for every reader."""


@dataclass(frozen=True, slots=True)
class PartSummary:
    """One part: how much of it is answered, and what our answers alone come to."""

    name: str
    about: str
    answered: int
    total: int
    withheld: int
    open: int
    suggestion: Level | None
    verdicts: tuple[tuple[Level, Verdict], ...]

    @property
    def whole(self) -> bool:
        """Whether nothing that is not answered could still change a verdict."""
        return self.open == 0


@dataclass(frozen=True, slots=True)
class HistoryView:
    """Who did something to the answers, and when."""

    what: Word
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Proposed:
    """A part as the shipped example divides the activity."""

    name: str
    about: str


@dataclass(frozen=True, slots=True)
class AnswersView:
    """The answers of one activity: where they stand, part by part."""

    activity: str
    title: str
    peer: Peer
    state: State
    step: Step
    editable: bool
    digest: str
    parts: tuple[PartSummary, ...]
    history: tuple[HistoryView, ...]
    proposed: tuple[Proposed, ...]
    seal: str
    their_seal: str

    @property
    def missing(self) -> tuple[Proposed, ...]:
        """The example's parts that are not here."""
        names = {part.name for part in self.parts}
        return tuple(each for each in self.proposed if each.name not in names)

    @property
    def undivided(self) -> bool:
        """Whether the activity is one part, of its own name."""
        return [part.name for part in self.parts] == [self.activity]


@dataclass(frozen=True, slots=True)
class ClashView:
    """What a colleague answered while the form was open."""

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


def answers_view(activity: str, peer: Peer, row: JointAssessment | None) -> AnswersView:
    """Where our answers to an activity stand."""
    state = State(row.state) if row else State.EMPTY
    parts = own_parts(row) if row else ()
    return AnswersView(
        activity=activity,
        title=framework().activities[activity].title,
        peer=peer,
        state=state,
        step=GO_ON[state],
        editable=row is None or can(row, Move.DRAFT),
        digest=whole_digest(parts),
        parts=tuple(summary_of(part) for part in parts),
        history=tuple(_history(peer, activity)),
        proposed=tuple(Proposed(each.name, each.about) for each in _divided(activity)),
        seal=row.seal if row else "",
        their_seal=row.their_seal if row else "",
    )


def summary_of(part: OwnPart, activity: str = "") -> PartSummary:
    """How far a part is, by our answers alone."""
    result = _result(part)
    levels = result.outcome.levels
    open_ = {name for level in COLUMNS for name in levels[level].judgement.ask}
    about = next((each.about for each in _divided(activity) if each.name == part.name), "")
    return PartSummary(
        part.name,
        about,
        len(part.answers),
        len(framework().criteria),
        sum(each.withheld for each in part.answers.values()),
        len(open_),
        result.outcome.suggestion,
        tuple((level, levels[level].judgement.verdict) for level in COLUMNS),
    )


def part_form(
    activity: str, part: OwnPart, typed: Typed, faults: Faults = NO_FAULTS, clashes: Iterable[Clash] = ()
) -> PartForm:
    """The questions of a part as they were typed, in an order that rests on what stands in the store."""
    ask = asked((level, _result(part).outcome.levels[level].judgement.ask) for level in COLUMNS)
    clashing = {each.criterion: _clash(each) for each in clashes}
    example = _example(activity, part.name)

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
    boxes = [box for each in folds for one in each.questions for box in (one.box, *one.notes)]
    return PartForm(summary_of(part, activity), folds, faults.summary(boxes), tuple(clashing.values()))


def fold(name: str, questions: tuple[QuestionForm, ...]) -> Fold:
    """Questions under a heading; unfolded where something is wrong with one of them."""
    title, hint, unfolded = FOLDS[name]
    return Fold(name, title, hint, questions, unfolded or any(each.at_fault for each in questions))


def stance_alone(row: JointAssessment) -> Stance:
    """What this institution says by itself, whatever it withholds, as if nobody else were asked."""
    own = own_party()
    planned = PlannedActivity(row.activity, tuple(_planned(part, own) for part in own_parts(row)))
    return Stance((own,), {row.activity: planned}, (), {})


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


def _planned(part: OwnPart, own: PartyView) -> PlannedSlice:
    answers = {
        name: Answer(each.values, each.because, each.source, each.dated)
        for name, each in part.answers.items()
    }
    return PlannedSlice(part.name, {own.key: answers})


def _result(part: OwnPart) -> SliceResult:
    return assessment([part.said(own_party().key)]).slices[0]


def _clash(clash: Clash) -> ClashView:
    title = framework().criteria[clash.criterion].question
    return ClashView(title, clash.theirs, clash.mine, moment_of(clash.theirs))


TOLD = {
    Tag.ASSESSMENT_LOADED: _("answered"),
    Tag.ASSESSMENT_SEALED: _("sealed"),
    Tag.ASSESSMENT_REVEALED: _("revealed"),
    Tag.ASSESSMENT_SEAL_RECEIVED: _("their seal came"),
    Tag.ASSESSMENT_REVEAL_RECEIVED: _("their answers came"),
    Tag.ASSESSMENT_REFUSED: _("something of theirs was refused"),
}


def _history(peer: Peer, activity: str) -> Iterable[HistoryView]:
    rows = Event.objects.filter(peer=peer, subject=activity, tag__in=list(TOLD)).order_by("-pk")
    for row in rows[:LATEST]:
        yield HistoryView(TOLD[Tag(row.tag)], row.actor, row.at)


@cache
def _shipped_example() -> Plan:
    return load_plan(example_plan(), file="example-plan.yaml", framework=framework())


def _divided(activity: str) -> tuple[PlannedSlice, ...]:
    planned = _shipped_example().activity(activity)
    return planned.slices if planned else ()


def _example(activity: str, name: str) -> Mapping[str, Answer]:
    """What the shipped example answers for a part of this name, where it answers alike for both sides."""
    for part in _divided(activity):
        if part.name == name:
            first, *others = part.answers.values()
            return {id_: said for id_, said in first.items() if all(each.get(id_) == said for each in others)}
    return {}
