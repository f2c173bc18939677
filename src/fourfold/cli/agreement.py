"""`fourfold agreement`: drafting, proposing, signing and ending agreements."""

from pathlib import Path
from typing import Annotated

import typer

from fourfold.cli.node_session import (
    ActorOption,
    HomeOption,
    OutOption,
    PeerOption,
    acting,
    open_node,
    peer_named,
    read_file,
    table,
    tell,
    write_out,
)
from fourfold.cli.output import Format, FormatOption, Page
from fourfold.cli.part import part
from fourfold.errors import Fault, InputError

app = part()

DigestArgument = Annotated[str, typer.Argument(metavar="DIGEST", help="As listed; its beginning is enough.")]


@app.callback()
def agreement() -> None:
    """Agree levels of engagement, and sign them.

    Draft from a joint assessment, edit the file, propose it; the counterpart signs the very same bytes.
    """


@app.command()
def draft(  # noqa: PLR0913, PLR0917  options are parameters in typer
    activity: Annotated[str, typer.Argument(help="An activity that both have revealed.")],
    title: Annotated[str, typer.Option("--title", help="What the agreement is about.")],
    home: HomeOption = None,
    peer: PeerOption = None,
    name: Annotated[
        list[str] | None,
        typer.Option("--id", metavar="SLICE=ID", help="An id for a slice; else it follows from its name."),
    ] = None,
    replaces: Annotated[
        str | None, typer.Option("--replaces", metavar="DIGEST", help="The agreement that it follows.")
    ] = None,
    out: OutOption = None,
) -> None:
    """Write the text that a joint assessment leads to, with cautious terms, as a file to edit.

    Example: fourfold agreement draft incident_reporting --title "Incident reporting" --out draft.yaml
    """
    open_node(home)
    from fourfold.node import clock, drafting
    from fourfold.node.queries.agreements import one
    from fourfold.node.queries.assessments import found

    before = one(replaces).digest if replaces else None
    row = found(peer_named(peer), activity)
    text = drafting.draft(row, title, _ids(name or []), clock.now(), before)
    write_out(drafting.to_yaml(text).encode(), out)


@app.command()
def propose(
    file: Annotated[Path, typer.Argument(metavar="DRAFT")],
    home: HomeOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Sign a text and release it to the other parties. Opens the institution key.

    Example: fourfold agreement propose draft.yaml
    """
    open_node(home)
    from fourfold.node import drafting
    from fourfold.node.actions.propose_agreement import propose_agreement
    from fourfold.node.queries.agreements import as_row

    text = drafting.from_file(read_file(file), str(file))
    row = as_row(propose_agreement(text, acting(actor)))
    tell(output, row, [f"Proposed: {row['title']}, {row['digest']}. It waits for {row['waits_for']}."])


@app.command()
def sign(
    digest: DigestArgument,
    home: HomeOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Countersign a text that another party proposed. Read it first. Opens the institution key.

    Example: fourfold agreement show sha256:1f2e, then fourfold agreement sign sha256:1f2e
    """
    open_node(home)
    from fourfold.node.actions.sign_agreement import sign_agreement
    from fourfold.node.queries.agreements import as_row, one

    row = as_row(sign_agreement(one(digest).digest, acting(actor)))
    tell(output, row, [f"Signed: {row['title']}, {row['digest']}. It is {row['state']}."])


@app.command()
def end(
    digest: DigestArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why; the other parties read it.")] = "",
    home: HomeOption = None,
    out: OutOption = None,
    actor: ActorOption = None,
) -> None:
    """End an agreement alone, at once: nothing passes under it any more. Opens the institution key.

    The other parties learn of it with their next sync, those of a founding agreement by the file.

    Example: fourfold agreement end sha256:1f2e --reason "superseded by events" --out ending.json
    """
    open_node(home)
    from fourfold.node.actions.end_agreement import end_agreement
    from fourfold.node.queries.agreements import one

    ending = end_agreement(one(digest).digest, reason, acting(actor))
    if out is not None:
        write_out(ending.model_dump_json(indent=2).encode() + b"\n", out)
    Page().line(f"Ended at {ending.ending.ended:%d %B %Y, %H:%M:%S} UTC.")


@app.command()
def show(digest: DigestArgument, home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """Show a text as it was signed, and who has signed it.

    Example: fourfold agreement show sha256:1f2e
    """
    open_node(home)
    from fourfold.node.drafting import to_yaml
    from fourfold.node.queries.agreements import as_row, one

    found = one(digest)
    row, text = as_row(found), found.content()
    if output is Format.JSON:
        tell(output, {**row, "text": text.model_dump(mode="json")}, ())
        return
    Page().line(f"{row['digest']}: {row['state']}, signed by {', '.join(row['signed_by']) or 'nobody'}")
    typer.echo(to_yaml(text), nl=False)


@app.command("list")
def list_(home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """List all agreements and where they stand.

    Example: fourfold agreement list --format json
    """
    open_node(home)
    from fourfold.node.queries.agreements import listed

    table(output, listed(), ("title", "number", "state", "signed_by", "digest"), "There is none yet.")


def _ids(given: list[str]) -> dict[str, str]:
    parts = [each.rpartition("=") for each in given]
    if faults := [Fault(f"{each!r} is not SLICE=ID.") for each in given if "=" not in each]:
        raise InputError(faults)
    return {name: id_ for name, _, id_ in parts}
