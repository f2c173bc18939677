"""`fourfold peer`: inviting another institution's node, joining one, accepting a reply."""

from pathlib import Path
from typing import Annotated

import typer

from fourfold.cli.node_session import (
    ActorOption,
    HomeOption,
    OutOption,
    acting,
    open_node,
    read_file,
    table,
    tell,
    write_out,
)
from fourfold.cli.output import Format, FormatOption, Page
from fourfold.cli.part import part

app = part()

FingerprintOption = Annotated[
    str,
    typer.Option("--fingerprint", help="The other institution's, as its people told you by another way."),
]


NameOption = Annotated[
    str, typer.Option("--name", help="What it is called here, if another has the name that it gives itself.")
]


@app.callback()
def peer() -> None:
    """Invite another institution's node, and join it.

    One side: invite. The other: join, with the invitation file. The first: accept, with the reply file.
    Before joining and before accepting, two people compare the fingerprint, by voice for example.
    """


@app.command()
def invite(home: HomeOption = None, out: OutOption = None, actor: ActorOption = None) -> None:
    """Write an invitation file; it lasts two weeks. Opens the institution key.

    Example: fourfold peer invite --out invitation.json
    """
    open_node(home)
    from fourfold.node.actions.invite import invite as write

    write_out(write(acting(actor)).file, out)


@app.command()
def join(
    file: Annotated[Path, typer.Argument(metavar="INVITATION")],
    fingerprint: FingerprintOption,
    home: HomeOption = None,
    out: OutOption = None,
    actor: ActorOption = None,
    name: NameOption = "",
) -> None:
    """Answer an invitation: signs the founding agreement and writes the reply. Opens the institution key.

    Example: fourfold peer join invitation.json --fingerprint "0f1e 2d3c ..." --out reply.json
    """
    open_node(home)
    from fourfold.node.actions.join import join as answer

    write_out(answer(read_file(file), str(file), fingerprint, acting(actor), name), out)


@app.command()
def accept(
    file: Annotated[Path, typer.Argument(metavar="REPLY")],
    fingerprint: FingerprintOption,
    home: HomeOption = None,
    actor: ActorOption = None,
    name: NameOption = "",
) -> None:
    """Accept a reply: the founding agreement is in force here, and there with the next sync.

    Example: fourfold peer accept reply.json --fingerprint "5a69 7887 ..."
    """
    open_node(home)
    from fourfold.node.actions.accept_reply import accept_reply

    joined = accept_reply(read_file(file), str(file), fingerprint, acting(actor), name)
    Page().line(f"{joined.name} has joined. The founding agreement is in force.")


@app.command()
def holdings(home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """Show what each side holds of the other, as both signed at the last sync; and what no backup here knew.

    Exit status 1 if a count or root differs. Example: fourfold peer holdings --format json
    """
    open_node(home)
    from fourfold.node.queries.holdings import compared, unknown

    rows, lost = compared(), unknown()
    lines = [
        f"{'ok  ' if row['agrees'] else 'FAIL'}  {row['peer']}, {row['direction']}: {row['sentence']}"
        for row in rows
    ] + [
        f"      Released by this node and not known to it: {each['object']} version {each['version']}, "
        f"{each['digest']} ({each['peer']} holds it)"
        for each in lost
    ]
    tell(output, {"compared": rows, "unknown": lost}, lines or ["Nothing was compared yet: fourfold sync."])
    raise typer.Exit(0 if all(row["agrees"] for row in rows) else 1)


@app.command("list")
def list_(home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """List the counterparts, with what people compare.

    Example: fourfold peer list --format json
    """
    open_node(home)
    from fourfold.node.queries.peers import listed

    columns = ("name", "id", "fingerprint", "url", "last_sync", "problem")
    table(output, listed(), columns, "No counterpart has joined yet.")
