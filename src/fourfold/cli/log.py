"""`fourfold log`: the evidence that neither side can rewrite."""

from typing import Annotated

import typer

from fourfold.cli.node_session import HomeOption, open_node, table, tell
from fourfold.cli.output import Format, FormatOption
from fourfold.cli.part import part

app = part()


@app.callback()
def log() -> None:
    """The logs: one for each counterpart and a private one, and those that counterparts keep for us."""


@app.command()
def show(home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """List the logs: size, root, and up to where they are countersigned.

    Example: fourfold log show
    """
    open_node(home)
    from fourfold.node.queries.logs import listed

    columns = ("origin", "kept_by", "size", "root", "countersigned", "countersigned_at")
    table(output, listed(), columns, "There is none yet.")


@app.command()
def check(home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """Compute every log again from its entries, and hold it against what both sides signed.

    Exit status 1 if one does not hold. Example: fourfold log check
    """
    open_node(home)
    from fourfold.node.queries.logs import listed

    rows = listed()
    lines = [f"{'FAIL' if row['problem'] else 'ok  '}  {row['origin']}: {_said(row)}" for row in rows]
    tell(output, rows, lines or ["There is no log yet."])
    raise typer.Exit(1 if any(row["problem"] for row in rows) else 0)


@app.command()
def events(
    home: HomeOption = None,
    topic: Annotated[
        str, typer.Option("--topic", help="Only these: account, session, factor, release, ...")
    ] = "",
    last: Annotated[int, typer.Option("--last", min=1, max=100_000, help="How many.")] = 50,
    output: FormatOption = Format.TEXT,
) -> None:
    """List what happened here, the newest first: the trail, as the events page shows it.

    An account stands there by its number; `fourfold account list` has the names.

    Example: fourfold log events --topic session --last 20
    """
    open_node(home)
    from fourfold.node.queries.events import listed

    columns = ("at", "what", "who", "counterpart", "subject", "reason")
    table(output, listed(topic, last), columns, "Nothing of the kind has happened.")


def _said(row: dict[str, object]) -> str:
    return str(row["problem"] or f"{row['size']} entries give the root {row['root']}")
