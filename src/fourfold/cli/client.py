"""`fourfold client`: third-party TAXII clients that pull, or hand in, with a token."""

from typing import Annotated

import typer

from fourfold.cli.node_session import ActorOption, HomeOption, acting, open_node, table, tell
from fourfold.cli.output import Format, FormatOption
from fourfold.cli.part import part
from fourfold.records.markings import Caveat, Tlp

app = part()

NameArgument = Annotated[str, typer.Argument(metavar="CLIENT", help="Its name or id.")]
SecondOption = Annotated[
    str | None,
    typer.Option("--second", metavar="PERSON", help="Who else agrees to more than TLP:CLEAR."),
]
PLAIN = "This node's address is http: put TLS in front before the token goes beyond this machine."


@app.callback()
def client() -> None:
    """Let third-party TAXII clients pull, or hand in, with a token.

    A client is a recipient of its own: it gets what is released to it, and TLP:CLEAR without caveats only,
    unless its terms say more.
    """


@app.command()
def add(  # noqa: PLR0913, PLR0917  options are parameters in typer
    name: Annotated[str, typer.Argument(help="What people call it.")],
    home: HomeOption = None,
    days: Annotated[int, typer.Option("--days", help="How long its token counts, 1 to 366.")] = 90,
    may_submit: Annotated[
        bool, typer.Option("--inbox", help="It may also hand in, to its own inbox.")
    ] = False,
    ceiling: Annotated[Tlp, typer.Option("--ceiling", help="The highest label it may have.")] = Tlp.CLEAR,
    caveat: Annotated[
        list[Caveat] | None, typer.Option("--caveat", help="A caveat that its terms name.")
    ] = None,
    second: SecondOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Add a client and show its token, once. Opens the institution key, which signs its terms.

    The terms mirror what is agreed with counterparts: the same slices and fields, for TLP:CLEAR only.

    Example: fourfold client add "CERT feed" --days 30
    """
    open_node(home)
    from fourfold.node.actions.add_client import NewClient, add_client
    from fourfold.node.clienting import Scope
    from fourfold.node.queries.clients import address, as_row

    wanted = NewClient(name, days, may_submit, Scope(ceiling, frozenset(caveat or ())))
    done = add_client(wanted, acting(actor), second)
    row = as_row(done.client)
    lines = [
        f"{row['name']} may read until {row['expires']}, up to TLP:{row['ceiling']}.",
        f"Slices: {', '.join(row['slices']) or 'none'}",
        "Its token, shown this once:",
        done.token,
        f"It asks {address()} with the header: Authorization: Bearer TOKEN",
        *(() if address().startswith("https:") else (PLAIN,)),
        f'Nothing was released to it yet: fourfold client offer "{row["name"]}"',
    ]
    tell(output, {**row, "token": done.token, "discovery": address()}, lines)


@app.command()
def offer(
    name: NameArgument,
    home: HomeOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Release to a client every record that it may have; the rest is counted, and stays.

    One record alone: fourfold release make RECORD --peer CLIENT. Repeating it releases what is new.

    Example: fourfold client offer "CERT feed"
    """
    open_node(home)
    from fourfold.node.actions.offer import offer as release_all
    from fourfold.node.clienting import find_client

    done = release_all(find_client(name).peer, acting(actor))
    value = {"released": list(done.released), "unchanged": done.unchanged, "withheld": done.withheld}
    line = (
        f"Released {len(done.released)}; {done.unchanged} were there already; {done.withheld} are withheld."
    )
    tell(output, value, [line])


@app.command("list")
def list_(home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """List the clients: until when, on what terms, when last used.

    Example: fourfold client list --format json
    """
    open_node(home)
    from fourfold.node.queries.clients import listed

    columns = ("name", "state", "expires", "last_used", "ceiling", "may_submit", "waiting", "id")
    table(output, listed(), columns, "No third-party client was added yet: fourfold client add NAME")


@app.command()
def revoke(
    name: NameArgument,
    home: HomeOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Revoke a client's token at once. What it has read, it has. Repeating it changes nothing.

    Example: fourfold client revoke "CERT feed"
    """
    open_node(home)
    from fourfold.node.actions.revoke_client import revoke_client
    from fourfold.node.clienting import find_client
    from fourfold.node.queries.clients import as_row

    row = as_row(revoke_client(find_client(name), acting(actor)))
    tell(output, row, [f"{row['name']} is let in no more."])
