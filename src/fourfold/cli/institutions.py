"""`fourfold institutions`: who does what, side by side."""

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from fourfold.canon import printable
from fourfold.cli.output import Format, FormatOption, Page, print_json, read_input
from fourfold.cli.part import part
from fourfold.institutions import (
    Comparison,
    Kinship,
    Row,
    Statement,
    compare,
    load_profiles,
    shipped_profiles,
)

MOST_IN_FULL = 3
app = part()
KINSHIPS = {
    Kinship.SHARED: "shared",
    Kinship.DIFFERING: "differing",
    Kinship.ONLY_ONE: "only one",
    Kinship.NONE: "none",
    Kinship.UNKNOWN: "not known",
}


@app.callback()
def institutions() -> None:
    """Institutions: their functions, and the facts that bear on what others can give them.

    Example: fourfold institutions compare
    """


@app.command("compare")
def compare_(
    file: Annotated[
        str | None,
        typer.Argument(metavar="[FILE]", help="Profiles in YAML or JSON; the brief's two if left out."),
    ] = None,
    output: FormatOption = Format.TEXT,
    sources: bool = typer.Option(False, "--sources", help="Say where each statement can be checked."),
) -> None:
    """Compares institutions by function; what a profile does not say is unknown, never "no".

    A file holds any number of profiles, written as "institutions" of a plan are.

    Example: fourfold institutions compare --sources
    """
    profiles = shipped_profiles() if file is None else load_profiles(read_input(file), file=file)
    comparison = compare(profiles)
    if output is Format.JSON:
        print_json(comparison.to_json())
        return
    page = Page()
    page.console.width = page.width
    page.console.print(_table(comparison))
    if sources:
        _sources(page, comparison)


def _table(comparison: Comparison) -> Table:
    """Functions, then facts. Where many are compared there is room for names and words only."""
    narrow = len(comparison.profiles) > MOST_IN_FULL
    table = Table(box=None, pad_edge=False, padding=(0, 2, 1, 0))
    table.add_column("What it does", ratio=4)
    for profile in comparison.profiles:
        table.add_column(printable(profile.id if narrow else profile.name), ratio=3)
    table.add_column("Compared", ratio=2)
    for row in comparison.functions:
        _add(table, row, narrow=narrow)
    table.add_row(Text("To bear in mind", style="bold"))
    for row in comparison.facts:
        _add(table, row, narrow=narrow)
    return table


def _add(table: Table, row: Row, *, narrow: bool) -> None:
    cells = (str(said) if narrow else _cell(said) for said in row.said)
    table.add_row(row.topic.text, *cells, KINSHIPS[row.kinship])


def _cell(said: Statement) -> str:
    return printable(f"{said}: {said.focus}" if said.focus else str(said))


def _sources(page: Page, comparison: Comparison) -> None:
    page.line()
    page.heading("Sources")
    for row in (*comparison.functions, *comparison.facts):
        for profile, said in zip(comparison.profiles, row.said, strict=True):
            if said.source:
                page.paragraph(f"{row.topic.text}, {profile.id}: {said.source}", mark="  ")
