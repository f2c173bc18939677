"""An assessment as a person reads it: verdicts, reasons, questions, changes, disagreements."""

from collections.abc import Iterable, Mapping

from fourfold.cli.output import Page
from fourfold.cli.wording import LEVELS, SENTENCES, STYLES, TIMINGS, later, listed, symbol
from fourfold.framework import (
    Assessment,
    Change,
    Disagreement,
    Framework,
    Ground,
    Level,
    LevelResult,
    Outcome,
    SliceResult,
    Verdict,
)

MOST = 3  # reasons that fail, and changes, shown of each level unless all are asked for
MOST_QUESTIONS = 5
Answers = Mapping[str, Mapping[str, tuple[str, ...]]]
SURE_ENOUGH = {Verdict.SUPPORTED, Verdict.SUPPORTED_UNLESS}


class Explainer:
    """Writes an assessment to a page; `full` leaves nothing out."""

    def __init__(self, page: Page, framework: Framework, *, full: bool = False) -> None:
        self.page = page
        self.framework = framework
        self.full = full

    def assessment(self, activity: str, assessment: Assessment) -> None:
        """The whole: title, every slice, and what they come to together."""
        title = self.framework.activities[activity].title
        self.page.heading(title)
        reading = self.framework.readings[assessment.reading]
        self.page.paragraph(f'Read as "{reading.id}": {reading.text}', style="dim")
        said = dict(assessment.answers)
        for part in assessment.slices:
            self.page.line()
            if len(assessment.slices) > 1:
                self.page.heading(f"Slice: {part.name}")
            self.before_slice(part.name)
            self.slice(part, said[part.name])
        if len(assessment.slices) > 1:
            self._whole(assessment)
        self.page.line()
        self.page.paragraph(
            f"Computed from the framework {assessment.framework_id} and the answers with digests"
        )
        self.page.line(f"  {assessment.framework_digest}")
        self.page.line(f"  {assessment.answers_digest}")

    def before_slice(self, name: str) -> None:
        """What stands between the heading of a slice and its verdicts: here nothing."""

    def slice(self, part: SliceResult, answers: Answers) -> None:
        """One slice: suggestion, levels, questions, disagreements, warnings."""
        self._suggestion(part.outcome)
        for level in LEVELS:
            self.page.line()
            self._level(level, part.outcome.levels[level])
        self._questions(part.outcome, answers)
        self._disagreements(part)
        for warning in part.warnings:
            self.page.line()
            self.page.paragraph(_cited(warning), mark="Beware: ")

    def _suggestion(self, outcome: Outcome) -> None:
        level = outcome.suggestion
        if level is None:
            self.page.paragraph(f"Suggestion: none. {self.framework.unsettled}")
            return
        when = ", but not yet" if later(outcome) else ""
        remark = "It is the closest level that the answers support, and no more than a suggestion."
        self.page.paragraph(f"Suggestion: {level}{when}. {remark}")

    def _level(self, level: Level, result: LevelResult) -> None:
        judgement = result.judgement
        sentence = f"{symbol(judgement.verdict)} {level.value.capitalize()}: {SENTENCES[judgement.verdict]}"
        self.page.paragraph(sentence, style=STYLES[judgement.verdict])
        self._list("for", map(_cited, judgement.supports))
        self._list("against", map(_cited, judgement.rules_out))
        sought = level is not Level.SEPARATION and judgement.verdict not in SURE_ENOUGH
        if (sought and not judgement.rules_out) or self.full:
            self._some("fails", [_cited(ground) for ground in judgement.why_not])
        if judgement.ask:
            self._item("ask", ", ".join(judgement.ask))
        if sought or self.full:
            self._changes(result.change)
        apart = level is Level.SEPARATION  # which nothing has to be ready for
        if judgement.verdict in SURE_ENOUGH and judgement.timing and not apart and TIMINGS[judgement.timing]:
            self._item("when", TIMINGS[judgement.timing])

    def _item(self, label: str, text: str) -> None:
        self.page.paragraph(text, mark=f"    {label:<9}")

    def _list(self, label: str, texts: Iterable[str], *, then: str = "and") -> None:
        for place, text in enumerate(texts):
            self._item(label if place == 0 else then, text)

    def _some(self, label: str, texts: list[str], *, then: str = "and") -> None:
        shown = texts if self.full else texts[:MOST]
        self._list(label, shown, then=then)
        if len(texts) > len(shown):
            self._item("", f"... {len(texts) - len(shown)} more with --full")

    def _changes(self, changes: tuple[Change, ...]) -> None:
        """The smallest changes: what all of them need, then the alternatives that complete it."""
        needed = [answer for answer in changes[0].answers if _in_all(answer, changes)] if changes else []
        rests = [[answer for answer in change.answers if answer not in needed] for change in changes]
        if not needed:
            self._some("change", [_answers(rest) for rest in rests], then="or")
        elif len(changes) == 1:
            self._item("change", _answers(needed))
        else:
            self._item("change", f"{_answers(needed)}, together with")
            self._some("  either", [_answers(rest) for rest in rests], then="  or")

    def _questions(self, outcome: Outcome, answers: Answers) -> None:
        """The questions behind `ask`, in full, with what each party has said of them so far."""
        ids = _most_useful(outcome)
        shown = ids if self.full else ids[:MOST_QUESTIONS]
        if not ids:
            return
        self.page.line()
        self.page.heading("Still to be answered, most useful first")
        for id_ in shown:
            criterion = self.framework.criteria[id_]
            self.page.paragraph(f"{criterion.question} ({', '.join(criterion.scale)})", mark=f"  {id_:<10}")
            self.page.paragraph(_so_far(id_, answers), mark=" " * 12, style="dim")
        if len(ids) > len(shown):
            self.page.paragraph(f"then {', '.join(ids[len(shown) :])}", mark=" " * 12)

    def _disagreements(self, part: SliceResult) -> None:
        if not part.disagreements:
            return
        self.page.line()
        self.page.heading("Where they differ")
        for each in part.disagreements:
            self.page.paragraph(_difference(each), mark=f"  {each.criterion:<10}")
        for criteria in part.decisive_sets:
            together = "together" if len(criteria) > 1 else "alone"
            self.page.paragraph(f"Settling {listed(criteria)} {together} changes a verdict.", mark="  ")

    def _whole(self, assessment: Assessment) -> None:
        self.page.line()
        self.page.heading("The activity as a whole (the worst case of its slices)")
        for level in LEVELS:
            verdict = assessment.whole.levels[level].judgement.verdict
            self.page.paragraph(f"{symbol(verdict)} {level.value.capitalize()}: {SENTENCES[verdict]}")
        if assessment.split:
            self.page.paragraph("Dividing it pays: a slice can be closer than the whole.")


def _cited(ground: Ground) -> str:
    return f"{ground.text} ({'; '.join(ground.passages)})" if ground.passages else ground.text


def _in_all(answer: tuple[str, str], changes: tuple[Change, ...]) -> bool:
    return all(answer in change.answers for change in changes)


def _answers(answers: Iterable[tuple[str, str]]) -> str:
    return listed([f"{criterion} = {value}" for criterion, value in answers])


def _most_useful(outcome: Outcome) -> list[str]:
    """The questions of all levels in one order: what comes early for many levels comes first."""
    points: dict[str, float] = {}
    for result in outcome.levels.values():
        for rank, id_ in enumerate(result.judgement.ask, start=1):
            points[id_] = points.get(id_, 0.0) + 1 / rank
    return sorted(points, key=lambda id_: -points[id_])


def _so_far(criterion: str, answers: Answers) -> str:
    said = (
        f"{party}: {listed(said.get(criterion, ()), 'or') or 'no answer'}" for party, said in answers.items()
    )
    return "; ".join(said)


def _difference(each: Disagreement) -> str:
    said: Iterable[str] = (f"{party} says {listed(values, 'or')}" for party, values in each.said)
    weight = "This is decisive." if each.decisive else "Settling it changes no verdict."
    return f"{', '.join(said)}. {weight}"
