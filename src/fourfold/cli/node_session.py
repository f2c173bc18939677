"""What the commands of a node share: finding it, who acts, naming a counterpart."""

import getpass
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fourfold.cli.output import Format, Page, cannot, print_json
from fourfold.errors import Fault, InputError

if TYPE_CHECKING:
    from fourfold.node.models import Peer

LONGEST_NAME = 200

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", envvar="FOURFOLD_HOME", help="The node's folder.", show_envvar=True),
]
ActorOption = Annotated[
    str | None, typer.Option("--as", metavar="PERSON", help="Who acts; else your user name.")
]
PeerOption = Annotated[
    str | None,
    typer.Option("--peer", metavar="NAME|ID", help="The counterpart; not needed where there is only one."),
]
OutOption = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Where to write; else standard output.")
]


def open_node(home: Path | None) -> None:
    """Make the node in a folder ready, its store in the present form.

    Raises:
        InputError: no folder was named, or there is no node in it.
    """
    start_node(home)
    from fourfold.node.boot import migrate

    migrate()


def start_node(home: Path | None) -> None:
    """Make the node in a folder ready, its store left as it is.

    Raises:
        InputError: no folder was named, or there is no node in it.
    """
    from fourfold.node.boot import boot

    boot(_named(home))


def _named(home: Path | None) -> Path:
    if home is None:
        remedy = "Give --home FOLDER, or set FOURFOLD_HOME."
        raise InputError([Fault("Which node is meant was not said.", remedy=remedy)])
    return home


def new_home(home: Path | None) -> Path:
    """The folder of a node that is to be made.

    Raises:
        InputError: no folder was named.
    """
    return _named(home)


def acting(actor: str | None) -> str:
    """The person who acts.

    Raises:
        InputError: longer than a name is kept.
    """
    name = actor or getpass.getuser()
    if len(name) > LONGEST_NAME:
        message = f"A name has at most {LONGEST_NAME} characters; this one has {len(name)}."
        raise InputError([Fault(message, field="--as", remedy="Shorten it.")])
    return name


@contextmanager
def typed(options: Mapping[str, str]) -> Iterator[None]:
    """Name faults of fields that are found inside by what was typed for them."""
    try:
        yield
    except InputError as error:
        named = [replace(fault, field=options.get(fault.field, fault.field)) for fault in error.faults]
        raise InputError(named) from error


def peer_named(name: str | None) -> "Peer":
    """The counterpart that was named, or the only one."""
    from fourfold.node.parties import find_peer

    return find_peer(name)


def recipient_named(name: str | None) -> "Peer":
    """The counterpart or third-party client that was named, or the only counterpart."""
    from fourfold.node.parties import find_recipient

    return find_recipient(name)


def peers_named(names: Sequence[str] | None) -> "tuple[Peer, ...]":
    """The counterparts that were named, each once; or the only one."""
    found = [peer_named(name) for name in names or (None,)]
    return tuple({peer.institution: peer for peer in found}.values())


def read_file(name: Path) -> bytes:
    """A file that a person named.

    Raises:
        InputError: it cannot be read.
    """
    try:
        return name.read_bytes()
    except OSError as error:
        raise InputError([cannot("read", str(name), error)]) from error


def write_out(content: bytes, out: Path | None) -> None:
    """Write to a file that only its owner may read, or to standard output.

    Raises:
        InputError: it cannot be written.
    """
    if out is None:
        typer.echo(content, nl=False)
        return
    from fourfold.node.home import write_private

    try:
        write_private(out, content)
    except OSError as error:
        raise InputError([cannot("write", str(out), error)]) from error
    Page().line(f"Written: {out}")


def tell(output: Format, value: Any, lines: Sequence[str]) -> None:
    """The same for programs or for people."""
    if output is Format.JSON:
        print_json(value)
        return
    page = Page()
    for line in lines:
        page.paragraph(line)


def table(output: Format, rows: Sequence[dict[str, Any]], columns: Sequence[str], empty: str) -> None:
    """Rows for programs, or as aligned columns for people."""
    if output is Format.JSON:
        print_json(list(rows))
        return
    page = Page()
    if not rows:
        page.line(empty)
        return
    cells = [[name.replace("_", " ") for name in columns]]
    cells += [[_cell(row[name]) for name in columns] for row in rows]
    widths = [max(len(line[place]) for line in cells) for place in range(len(columns))]
    for line in cells:
        page.line("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "-"
    return str(value)
