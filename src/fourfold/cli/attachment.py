"""`fourfold attachment`: files that travel by digest."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from fourfold.cli.node_session import ActorOption, HomeOption, acting, open_node, table, tell
from fourfold.cli.output import Format, FormatOption, Page, cannot
from fourfold.cli.part import part
from fourfold.errors import InputError

app = part()

COLUMNS = ("digest", "name", "size", "from", "state")
TypeOption = Annotated[
    str | None, typer.Option("--type", metavar="MEDIA/TYPE", help="Its media type; else guessed by its name.")
]


@app.callback()
def attachment() -> None:
    """Keep files that belong to records. A file leaves only with a field of a record that names it."""


@app.command()
def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Any file.")],
    home: HomeOption = None,
    media_type: TypeOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Keep a file, and print how a record names it (its field `attachments`).

    To put it into a record that exists, use `fourfold record attach`.

    Example: fourfold attachment add red-team.log --type text/plain
    """
    open_node(home)
    from fourfold.node.actions.add_attachment import add_attachment

    try:
        with file.open("rb") as source:
            kept = add_attachment(source, file.name, media_type, acting(actor)).model_dump()
    except OSError as error:
        raise InputError([cannot("read", str(file), error)]) from error
    tell(output, kept, [f"Kept: {kept['name']}, {kept['size']} bytes", str(kept["digest"])])


@app.command("list")
def list_(home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """List the files that records name, and those that were received or are still coming.

    Example: fourfold attachment list --format json
    """
    open_node(home)
    from fourfold.node.queries.files import listed

    table(output, listed(), COLUMNS, "There is none yet.")


@app.command()
def get(
    digest: Annotated[str, typer.Argument(metavar="DIGEST", help="As `attachment list` shows it.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write; it must not exist.")],
    home: HomeOption = None,
) -> None:
    """Copy a file out of the node.

    Example: fourfold attachment get sha256:1c2d... --out red-team.log
    """
    open_node(home)
    from fourfold.node.queries.files import found

    kept = found(digest)
    try:
        with kept.open("rb") as source, out.open("xb") as target:
            out.chmod(0o600)
            shutil.copyfileobj(source, target)
    except OSError as error:
        raise InputError([cannot("write", str(out), error)]) from error
    Page().line(f"Written: {out}")
