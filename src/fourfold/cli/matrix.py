"""A plan's matrix for the terminal: activities and slices by level, readable at 80 columns without colour."""

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from fourfold.canon import printable
from fourfold.cli.output import Page, unicode_shown
from fourfold.cli.wording import LEVELS, STYLES, later, legend, symbol
from fourfold.framework import Activity, Framework, Outcome, SliceResult
from fourfold.planning import ActivityReport, Report

HEADS = {level: level.value[:3].capitalize() for level in LEVELS}
NAME, CELL, SUGGESTION, ASK = 35, 4, 15, 10  # column widths; with "diff" they make 80


class Matrix:
    """Writes a report as a table: a row for each activity, and one for each slice of a divided one."""

    def __init__(self, page: Page, framework: Framework) -> None:
        self.page = page
        self.framework = framework
        self.empty = "–" if unicode_shown() else "-"  # noqa: RUF001  a dash is meant

    def report(self, report: Report) -> None:
        """The table, what its signs mean, and where the parties differ."""
        self.page.heading(report.plan.title)
        names = (f"{profile.id} ({profile.name})" for profile in report.plan.institutions)
        self.page.paragraph(", ".join(names))
        if report.plan.about:
            self.page.paragraph(report.plan.about)
        self.page.line()
        self.page.line(self._head())
        for each in report.activities:
            self._activity(each)
        self._legend()
        self._disagreements(report)

    def _head(self) -> Text:
        cells = "".join(f"{HEADS[level]:<{CELL}}" for level in LEVELS)
        text = f"{'':<{NAME}}{cells}{'suggestion':<{SUGGESTION}}{'ask first':<{ASK}}diff"
        return Text(text, style="bold")

    def _activity(self, each: ActivityReport) -> None:
        activity = self.framework.activities[each.planned.id]
        slices = each.assessment.slices
        if len(slices) == 1:
            self._row(activity.title, activity, each.assessment.whole, slices)
            return
        self._row(activity.title, activity, each.assessment.whole, ())
        for part in slices:
            self._row(f"  {part.name}", activity, part.outcome, (part,))

    def _row(self, name: str, activity: Activity, outcome: Outcome, slices: tuple[SliceResult, ...]) -> None:
        row = Text(_fitted(printable(name), NAME - 1) + " ", style="" if name.startswith(" ") else "bold")
        for level in LEVELS:
            verdict = outcome.levels[level].judgement.verdict
            if level in activity.avenues:
                row.append(f" {symbol(verdict)}".ljust(CELL), style=STYLES[verdict])
            else:
                row.append(f" {self.empty}".ljust(CELL))
        row.append(f"{_suggestion(outcome):<{SUGGESTION}}")
        if slices:
            row.append(f"{_ask_first(outcome):<{ASK}}{_differ(slices[0])}")
        row.rstrip()
        self.page.line(row)

    def _legend(self) -> None:
        self.page.line()
        self.page.packed([*legend(), f"{self.empty} no idea in the source"])
        self.page.packed([f"{HEADS[level]} {level}" for level in LEVELS])
        self.page.paragraph(
            "A divided activity shows the worst case of its slices. * not yet: a prerequisite is missing. "
            "A number under diff counts disagreements, with ! where one decides a verdict."
        )

    def _disagreements(self, report: Report) -> None:
        found = [
            (activity, part, each)
            for activity in report.activities
            for part in activity.assessment.slices
            for each in part.disagreements
        ]
        if found:
            self.page.line()
            self.page.heading("Where they differ")
        for activity, part, each in found:
            weight = "decisive" if each.decisive else "changes no verdict"
            name = activity.planned.id
            place = name if part.name == name else f"{name}, {part.name}"
            self.page.paragraph(f"{place}: {each.criterion} ({weight})", mark="  ")


def _fitted(name: str, width: int) -> str:
    """A name cut or filled to a width in terminal cells (some scripts take two)."""
    if cell_len(name) <= width:
        return set_cell_size(name, width)
    return set_cell_size(name, width - 1).rstrip() + ("…" if unicode_shown() else ".")


def _suggestion(outcome: Outcome) -> str:
    if outcome.suggestion is None:
        return "not settled"
    return f"{outcome.suggestion}{'*' if later(outcome) else ''}"


def _ask_first(outcome: Outcome) -> str:
    """The most useful question of the closest level that is not settled."""
    asks = (outcome.levels[level].judgement.ask for level in LEVELS)
    return next((ask[0] for ask in asks if ask), "")


def _differ(part: SliceResult) -> str:
    count = len(part.disagreements)
    return f"{count}{'!' if part.decisive_sets else ''}" if count else ""
