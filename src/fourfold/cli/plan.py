"""`fourfold plan`: a planning file for one user, with no node and no counterpart."""

import shlex
from typing import Annotated

import typer

from fourfold.canon import remedy_for, shown
from fourfold.cli.explain import Explainer
from fourfold.cli.matrix import Matrix
from fourfold.cli.output import (
    FileArgument,
    Format,
    FormatOption,
    FrameworkOption,
    NewFileArgument,
    Page,
    ReadingOption,
    chosen_framework,
    print_json,
    read_input,
    write_new,
)
from fourfold.cli.part import part
from fourfold.cli.wording import listed
from fourfold.errors import Fault, InputError
from fourfold.framework import Framework
from fourfold.planning import (
    ActivityReport,
    Answer,
    Plan,
    PlannedSlice,
    Report,
    assessed,
    blank_plan,
    example_plan,
    load_plan,
    report,
)

app = part()


@app.callback()
def plan() -> None:
    """A planning file: institutions, activities, and what each side answers.

    Example: fourfold plan new my-plan.yaml
    """


@app.command()
def new(
    file: NewFileArgument,
    blank: bool = typer.Option(False, "--blank", help="Without answers, instead of the shipped example."),
    framework: FrameworkOption = None,
) -> None:
    """Writes a plan to begin with; a file that exists is left as it is.

    The example covers the brief's 15 activities and its two institutions, argued from the brief alone.
    With --blank, or for another framework, activities and criteria are listed and nothing is answered.

    Example: fourfold plan new my-plan.yaml --blank
    """
    chosen = chosen_framework(framework)
    text = blank_plan(chosen) if blank or framework else example_plan()
    if write_new(file, text):
        typer.echo(f"Wrote {file}. See it with: {_show_again(file, framework=framework)}")


@app.command()
def check(file: FileArgument, framework: FrameworkOption = None) -> None:
    """Says everything that is wrong with a plan, at once.

    Exit status 2 if anything is.

    Example: fourfold plan check my-plan.yaml
    """
    chosen = chosen_framework(framework)
    plan = load_plan(read_input(file), file=file, framework=chosen)
    answers = [answer for each in _answers(plan) for answer in each]
    slices = sum(len(activity.slices) for activity in plan.activities)
    page = Page()
    page.paragraph(
        f"Nothing is wrong with {file}: {len(plan.activities)} activities in {slices} slices, "
        f"{len(plan.institutions)} institutions, {len(answers)} answers."
    )
    bare = sum(not answer.source for answer in answers)
    if bare:
        page.paragraph(f"{bare} answers name no source.")
    missing = [activity for activity in chosen.activities if plan.activity(activity) is None]
    if missing:
        page.paragraph(f"Not in the plan: {listed(missing)}.")


@app.command()
def show(
    file: FileArgument,
    activity: Annotated[str | None, typer.Option(metavar="ID", help="One activity, with reasons.")] = None,
    output: FormatOption = Format.TEXT,
    reading: ReadingOption = None,
    framework: FrameworkOption = None,
    full: bool = typer.Option(False, "--full", help="With --activity: leave nothing out."),
) -> None:
    """Draws the matrix of a plan: what the answers support, by activity and level.

    Example: fourfold plan show my-plan.yaml --activity standards
    """
    chosen = chosen_framework(framework)
    plan = load_plan(read_input(file), file=file, framework=chosen)
    if activity is not None:
        _show_one(plan, activity, chosen, reading, output, full=full)
        return
    whole = report(plan, chosen, reading)
    if output is Format.JSON:
        print_json(whole.to_json())
    else:
        Matrix(Page(), chosen).report(whole)
        again = _show_again(file, reading=reading, framework=framework)
        typer.echo(f"\nReasons: {again} --activity {plan.activities[0].id}")


def _show_again(file: str, **options: str | None) -> str:
    """The command that shows this plan, with the options that were given."""
    given = [word for name, value in options.items() if value for word in (f"--{name}", value)]
    return shlex.join(["fourfold", "plan", "show", file, *given])


def _show_one(
    plan: Plan, id_: str, framework: Framework, reading: str | None, output: Format, *, full: bool
) -> None:
    planned = plan.activity(id_)
    if planned is None:
        known = [activity.id for activity in plan.activities]
        remedy = remedy_for(id_, known)
        raise InputError(
            [Fault(f"The plan has no activity {shown(id_)}.", field="--activity", remedy=remedy)]
        )
    one = assessed(planned, framework, reading)
    if output is Format.JSON:
        print_json(Report(plan, (one,)).to_json()["activities"][0])
    else:
        _PlanExplainer(Page(), framework, one, full=full).assessment(id_, one.assessment)


def _answers(plan: Plan) -> list[list[Answer]]:
    return [
        list(said.values())
        for activity in plan.activities
        for part in activity.slices
        for said in part.answers.values()
    ]


class _PlanExplainer(Explainer):
    """An assessment with what the plan records beside it: what a slice holds, and the evidence."""

    def __init__(self, page: Page, framework: Framework, one: ActivityReport, *, full: bool) -> None:
        super().__init__(page, framework, full=full)
        self.planned = {part.name: part for part in one.planned.slices}
        self.about = one.planned.about

    def before_slice(self, name: str) -> None:
        """The plan's own words, then its answers."""
        part = self.planned[name]
        if about := part.about or self.about:
            self.page.paragraph(about)
        for key, text in part.context:
            self.page.paragraph(f"{key}: {text} (context; it decides nothing)")
        self._evidence(part)
        self.page.line()

    def _evidence(self, part: PlannedSlice) -> None:
        """What all parties answer alike once, then each party's own."""
        first = next(iter(part.answers.values()), {})
        alike = {
            criterion: answer
            for criterion, answer in first.items()
            if len(part.answers) > 1 and all(said.get(criterion) == answer for said in part.answers.values())
        }
        self._said(listed(list(part.answers)), alike)
        for party, said in part.answers.items():
            own = {criterion: answer for criterion, answer in said.items() if criterion not in alike}
            self._said(party, own)

    def _said(self, who: str, answers: dict[str, Answer]) -> None:
        if not answers:
            return
        self.page.line()
        self.page.paragraph(f"Answers of {who}")
        for criterion, answer in answers.items():
            source = f" ({answer.source})" if answer.source else ""
            argument = f". {answer.because}" if answer.because else ""
            self.page.paragraph(f"{answer}{argument}{source}", mark=f"    {criterion:<11}")
