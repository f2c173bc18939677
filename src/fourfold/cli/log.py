"""`fourfold log`: the evidence that neither side can rewrite."""

from datetime import datetime
from typing import Annotated

import typer

from fourfold.cli.node_session import HomeOption, PeerOption, open_node, peer_named, table, tell
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


DayOption = datetime | None


@app.command()
def events(  # noqa: PLR0913, PLR0917  options are parameters in typer
    home: HomeOption = None,
    about: Annotated[
        str,
        typer.Option("--about", metavar="ID", help="An id; a record's with its releases."),
    ] = "",
    topic: Annotated[
        str, typer.Option("--topic", metavar="WORD", help="Such as release, receipt, key: before the colon.")
    ] = "",
    peer: PeerOption = None,
    hand: Annotated[bool, typer.Option("--by-hand", help="Leave out what the node did by itself.")] = False,
    since: Annotated[
        DayOption, typer.Option("--since", formats=["%Y-%m-%d"], help="From this day, UTC.")
    ] = None,
    until: Annotated[
        DayOption, typer.Option("--until", formats=["%Y-%m-%d"], help="To this day, UTC.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 50,
    output: FormatOption = Format.TEXT,
) -> None:
    """Show what happened on this node, the newest first: when, by whom, about what id; never content.

    An account stands there by its number; `fourfold account list` has the names.

    Example: fourfold log events --about record--1c2d... --by-hand
    """
    open_node(home)
    from fourfold.node.queries.events import Sought, as_row, sought

    asked = Sought(
        topic=topic,
        about=about,
        peer=peer_named(peer).institution if peer else "",
        hand=hand,
        since=since.date() if since else None,
        until=until.date() if until else None,
    )
    rows = [as_row(row) for row in sought(asked)[:limit]]
    table(
        output, rows, ("at", "what", "actor", "counterpart", "about", "reason"), "Nothing of that is found."
    )


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


def _said(row: dict[str, object]) -> str:
    return str(row["problem"] or f"{row['size']} entries give the root {row['root']}")
