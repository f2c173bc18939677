"""`fourfold demo`: two nodes on this machine, in the browser."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fourfold.cli.narrator import Narrator
from fourfold.cli.output import Page
from fourfold.errors import Fault, InputError

if TYPE_CHECKING:
    from fourfold.demo.stage import Stage

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def demo(
    folder: Annotated[Path, typer.Option("--folder", help="Where the two nodes are kept.")] = Path(".demo"),
    ports: Annotated[
        str, typer.Option("--ports", metavar="PORT,PORT", help="Where they listen.")
    ] = "8471,8472",
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew; what was there is removed.")] = False,
) -> None:
    """Two institutions' nodes on this machine, the whole path done, for you to look at; Ctrl-C ends it.

    Called again, it goes on as it was left.

    Example: fourfold demo --fresh
    """
    from fourfold.demo.show import prepare, run

    stage = prepare(folder.resolve(), _ports(ports), Narrator(), fresh=fresh)
    if stage is None:
        raise typer.Exit(1)
    _welcome(stage)
    run(stage)


def _welcome(stage: "Stage") -> None:
    page = Page()
    page.line()
    page.heading("Both nodes serve. Nothing leaves this machine.")
    for side in stage.sides:
        page.line(f"  {side.url}  {side.name}")
    page.line()
    for line in (
        "Begin with the matrix: which level each activity supports, what each side says, what is open.",
        "Open incident reporting, then a record: who would get what, and why, row by row.",
        "Release one, look into the other node's inbox, withdraw it, and watch it being confirmed.",
        "Building a research talent pool is left to you: answer and seal it at both nodes, then reveal.",
        "Ctrl-C ends it; `fourfold demo` goes on from here, `fourfold demo --fresh` begins anew.",
    ):
        page.paragraph(line, mark="  - ")


def _ports(text: str) -> tuple[int, int]:
    """The two ports.

    Raises:
        InputError: these are not two ports.
    """
    parts = text.split(",")
    if len(parts) == 2 and all(part.strip().isdecimal() for part in parts):  # noqa: PLR2004  one port for each of two nodes
        one, other = (int(part) for part in parts)
        if one != other and all(0 < port < 1 << 16 for port in (one, other)):
            return one, other
    raise InputError([Fault(f"{text!r} are not two ports.", remedy="Write them as 8471,8472.")])
