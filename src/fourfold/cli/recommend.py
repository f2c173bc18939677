"""`fourfold recommend`: what the answers of one file come to."""

import typer

from fourfold.cli.explain import Explainer
from fourfold.cli.output import (
    FileArgument,
    Format,
    FormatOption,
    FrameworkOption,
    Page,
    ReadingOption,
    chosen_framework,
    print_json,
    read_input,
)
from fourfold.framework import assess, load_recommend_input

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def recommend(
    file: FileArgument,
    output: FormatOption = Format.TEXT,
    reading: ReadingOption = None,
    framework: FrameworkOption = None,
    full: bool = typer.Option(False, "--full", help="Leave nothing out of the text."),
) -> None:
    """Which levels of engagement the answers support, why, and what would change it.

    The file names an activity and what each institution answers:

    \b
        activity: incident_reporting
        answers:
          AISI: {sens: low, know: yes}
          AIO: {sens: [none, minimal], know: yes}

    Or it divides the activity: slices: [{name: ..., answers: ...}].
    What nobody answers is unknown. "fourfold framework show" lists activities and criteria.

    Example: fourfold recommend answers.yaml --reading strict
    """  # noqa: D301  a backspace is the sign that keeps lines as they are
    chosen = chosen_framework(framework)
    question = load_recommend_input(read_input(file), chosen, file=file)
    assessment = assess(chosen, question.slices, reading)
    if output is Format.JSON:
        print_json(assessment.to_json())
    else:
        Explainer(Page(), chosen, full=full).assessment(question.activity, assessment)
