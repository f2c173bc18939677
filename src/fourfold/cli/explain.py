"""An assessment as a person reads it: verdicts, reasons, questions, changes, disagreements."""

from collections.abc import Iterable, Mapping

from fourfold.cli.output import Page
from fourfold.cli.wording import LEVELS, SENTENCES, STYLES, TIMINGS, listed, symbol
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
    Timing,
    Verdict,
)
from fourfold.planning import Answer

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
            self.slice(part, said[part.name])
        if len(assessment.slices) > 1:
            self._whole(assessment)
        self.page.line()
        source = f"Computed with framework {assessment.framework_id} {assessment.framework_digest[:19]}…"
        self.page.line(f"{source}, answers {assessment.answers_digest[:19]}…")

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
            self.page.paragraph(self._cited(warning), mark="Beware: ")

    def _suggestion(self, outcome: Outcome) -> None:
        level = outcome.suggestion
        if level is None:
            self.page.paragraph(self.framework.unsettled, mark="Suggestion: none. ")
            return
        timing = outcome.levels[level].judgement.timing
        when = " (not yet)" if timing is Timing.NOT_YET else ""
        remark = "The closest level that the answers support. It is no more than a suggestion."
        self.page.paragraph(remark, mark=f"Suggestion: {level}{when}. ")

    def _level(self, level: Level, result: LevelResult) -> None:
        judgement = result.judgement
        sentence = f"{symbol(judgement.verdict)} {level.value.capitalize()}: {SENTENCES[judgement.verdict]}"
        self.page.paragraph(sentence, style=STYLES[judgement.verdict])
        for ground in judgement.supports:
            self._item("for", self._cited(ground))
        for ground in judgement.rules_out:
            self._item("against", self._cited(ground))
        if judgement.verdict in {Verdict.UNSUPPORTED, Verdict.OPEN} or self.full:
            self._some("fails", [self._cited(ground) for ground in judgement.why_not])
        if judgement.ask:
            self._item("ask", ", ".join(judgement.ask))
        if judgement.verdict not in SURE_ENOUGH:
            self._some("change", [self._change(change) for change in result.change])
        if judgement.timing and judgement.verdict in SURE_ENOUGH and TIMINGS[judgement.timing]:
            self._item("when", TIMINGS[judgement.timing])

    def _item(self, label: str, text: str) -> None:
        self.page.paragraph(text, mark=f"    {label:<9}")

    def _some(self, label: str, texts: list[str]) -> None:
        shown = texts if self.full else texts[:MOST]
        for text in shown:
            self._item(label, text)
        if len(texts) > len(shown):
            self._item("", f"and {len(texts) - len(shown)} more, shown with --full")

    def _cited(self, ground: Ground) -> str:
        return f"{ground.text} ({'; '.join(ground.passages)})" if ground.passages else ground.text

    def _change(self, change: Change) -> str:
        """An alternative: all of its answers together would make the level supported."""
        return listed([f"{criterion} = {value}" for criterion, value in change.answers])

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


def evidence(page: Page, answers: Mapping[str, Mapping[str, Answer]]) -> None:
    """What a plan records behind its answers: value, argument and source, by party."""
    for party, said in answers.items():
        page.heading(f"  {party} answers" if said else f"  {party} has not answered")
        for criterion, answer in said.items():
            source = f" ({answer.source})" if answer.source else ""
            argument = f". {answer.because}" if answer.because else ""
            page.paragraph(f"{answer}{argument}{source}", mark=f"    {criterion:<11}")


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
