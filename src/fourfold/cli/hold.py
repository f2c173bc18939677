"""`fourfold hold`: legal holds."""

from typing import Annotated

import typer

from fourfold.cli.node_session import ActorOption, HomeOption, acting, open_node, table, tell
from fourfold.cli.output import Format, FormatOption
from fourfold.cli.part import part

app = part()

COLUMNS = ("id", "reason", "placed", "placed_by", "lifted")
IdArgument = Annotated[
    str, typer.Argument(metavar="ID", help="A record of yours, or a release that you received.")
]


@app.callback()
def hold() -> None:
    """Keep things from being destroyed, whatever rule or withdrawal asks for it.

    A counterpart that withdraws what you hold is told that a hold keeps it; the withdrawal is carried out,
    and confirmed, by the first collection after the hold was lifted.
    """


@app.command()
def place(
    subject: IdArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stays here.")],
    home: HomeOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Place a hold.

    Example: fourfold hold place release--1c2d... --reason "Inquiry 12"
    """
    open_node(home)
    from fourfold.node.actions.place_hold import place_hold
    from fourfold.node.queries.holds import as_row

    made = place_hold(subject, reason, acting(actor))
    tell(output, as_row(made), [f"Held: {made.subject}"])


@app.command()
def lift(
    subject: IdArgument,
    home: HomeOption = None,
    actor: ActorOption = None,
    second: Annotated[
        str | None, typer.Option("--second", metavar="PERSON", help="The other person who agrees.")
    ] = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Lift a hold; it takes two people.

    Example: fourfold hold lift release--1c2d... --second counsel
    """
    open_node(home)
    from fourfold.node.actions.lift_hold import lift_hold
    from fourfold.node.queries.holds import as_row

    made = lift_hold(subject, acting(actor), second)
    tell(output, as_row(made), [f"No longer held: {made.subject}"])


@app.command("list")
def list_(home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """List all holds, standing ones first.

    Example: fourfold hold list --format json
    """
    open_node(home)
    from fourfold.node.queries.holds import listed

    table(output, listed(), COLUMNS, "There is none.")
