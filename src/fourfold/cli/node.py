"""`fourfold node`: making a node, checking it, serving it."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from fourfold.canon import own_address
from fourfold.cli.node_session import ActorOption, HomeOption, acting, new_home, open_node, start_node, tell
from fourfold.cli.output import Format, FormatOption, Page
from fourfold.cli.part import part
from fourfold.errors import Fault, InputError

app = part()


class SecondFactor(StrEnum):
    """Whether every account must have a second factor before it may do anything else."""

    REQUIRED = "required"
    OPTIONAL = "optional"


@app.callback()
def node() -> None:
    """Set up and run a node: one institution's own store, keys, pages and wire."""


@app.command()
def init(  # noqa: PLR0913, PLR0917  options are parameters in typer
    name: Annotated[str, typer.Option("--name", help="The institution's name, as others will read it.")],
    url: Annotated[str, typer.Option("--url", help="Where counterparts reach the node.")],
    home: HomeOption = None,
    listen: Annotated[
        str | None, typer.Option("--listen", metavar="HOST:PORT", help="Where it listens; else as in --url.")
    ] = None,
    regulator: Annotated[bool, typer.Option("--regulator", help="The institution is a regulator.")] = False,
    defence_tie: Annotated[bool, typer.Option("--defence-tie", help="It has ties to defence.")] = False,
    demo: Annotated[bool, typer.Option("--demo", help="Pages without sign-in, on loopback only.")] = False,
    sync_seconds: Annotated[int, typer.Option("--sync-seconds", min=0, help="Pause between two syncs.")] = 60,
    database: Annotated[
        str, typer.Option("--database", metavar="ADDRESS", help="A PostgreSQL database; else a file.")
    ] = "",
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=64, help="Processes that answer requests.")
    ] = 1,
    second_factor: Annotated[
        SecondFactor, typer.Option("--second-factor", help="Whether every account must have one.")
    ] = SecondFactor.REQUIRED,
    proxies: Annotated[
        int, typer.Option("--proxies", min=0, max=8, help="Proxies before it that say who asks.")
    ] = 0,
    output: FormatOption = Format.TEXT,
) -> None:
    """Make a node: an institution key, a node key that it delegates to, and an empty store.

    Asks for two passphrases, or reads them from the files that FOURFOLD_INSTITUTION_PASSPHRASE_FILE and
    FOURFOLD_PASSPHRASE_FILE name. Take the institution key (keys/institution.pem) away from this machine
    afterwards; only joining and agreements need it.

    The store is a file in the folder, or a database of PostgreSQL: --database postgresql:///fourfold

    Example: fourfold node init --home ~/aisi --name "UK AI Security Institute" --url http://127.0.0.1:8471/
    """
    from fourfold.node.actions.create_node import NewNode, create_node
    from fourfold.node.keys import INSTITUTION_PASSPHRASE, NODE_PASSPHRASE, passphrase

    url = own_address(url, "--url", for_browsers=True)
    host, port = _address(url, listen)
    wanted = NewNode(
        name,
        url,
        host,
        port,
        demo,
        sync_seconds,
        regulator,
        defence_tie,
        database,
        workers,
        second_factor.value,
        proxies,
    )
    folder = new_home(home)
    institution = passphrase(INSTITUTION_PASSPHRASE, "institution key", new=True)
    secret = passphrase(NODE_PASSPHRASE, "node key", new=True)
    create_node(folder, wanted, institution, secret)
    _tell_who(output, f"Made in {folder}.")


@app.command()
def check(home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """Say who a node is, and whether its settings, keys, store, surroundings and logs are in order.

    FAIL: something is not in order, and the exit status is 1. WARN: it is, and wants looking after: disk,
    backup, clock, a counterpart that does not answer, a withdrawal that waits, a key or token that lapses.

    Example: fourfold node check --home ~/aisi
    """
    open_node(home)
    from fourfold.node.actions.check_node import check_node

    found = check_node()
    rows = [
        {"check": each.name, "holds": each.holds, "warns": each.warns, "sentence": each.sentence}
        for each in found
    ]
    marks = {(True, False): "ok  ", (True, True): "WARN"}
    lines = [f"{marks.get((each.holds, each.warns), 'FAIL')}  {each.name}: {each.sentence}" for each in found]
    tell(output, rows, lines)
    raise typer.Exit(0 if all(each.holds for each in found) else 1)


@app.command()
def serve(home: HomeOption = None) -> None:
    """Serve the node's pages and wire until Ctrl-C or SIGTERM; it collects from counterparts meanwhile.

    It listens where node.toml says, on loopback by default; put a TLS proxy before it to reach further.

    Example: FOURFOLD_PASSPHRASE_FILE=~/aisi.pass fourfold node serve --home ~/aisi
    """
    open_node(home)
    from fourfold.node.serving import serve as run

    page = Page()
    run(lambda name, url: page.line(f"{name} serves at {url} (Ctrl-C ends it)"))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write; it must not exist.")],
    home: HomeOption = None,
    institution_key: Annotated[
        bool, typer.Option("--institution-key", help="The encrypted institution key too, if it is here.")
    ] = False,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Write one file with all that the node keeps, as it is at this moment; the node may run meanwhile.

    It holds the store in clear and the keys encrypted: keep it like the node itself. Its passphrases are not
    in it. A store in PostgreSQL is copied by pg_dump, which must be of the server's version or newer.
    How-to: docs/how-to/recover.md.

    Example: fourfold node backup /media/aisi-2026-11-24.backup --home ~/aisi
    """
    open_node(home)
    from fourfold.node.actions.back_up import back_up

    digest = back_up(file, acting(actor), institution_key=institution_key)
    lines = [f"Written: {file}", f"Its digest, to be kept elsewhere: {digest}"]
    tell(output, {"file": str(file), "digest": digest, "size": file.stat().st_size}, lines)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")],
    home: HomeOption = None,
    digest: Annotated[
        str | None, typer.Option("--digest", metavar="SHA256", help="As the backup printed it.")
    ] = None,
    database: Annotated[
        str,
        typer.Option("--database", metavar="ADDRESS", help="An empty PostgreSQL database for the store."),
    ] = "",
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Restore a backup into a new folder. Then sync: that opens a new epoch of the log for each counterpart.

    Nothing is overwritten, and a damaged backup is refused. Never run the old node beside the restored one.

    A store in PostgreSQL comes back into a database that you name, which must be empty; the one that the node
    had is never touched. A store in a file can be moved into a database in the same way.

    Example: fourfold node restore /media/aisi-2026-11-24.backup --home ~/aisi-restored
    """
    folder = new_home(home)
    from fourfold.node.actions.restore import restore as bring_back

    made = bring_back(file, folder, acting(actor), digest, database=database)
    value = {"home": str(folder), "institution": made.institution, "made": made.made.isoformat()}
    lines = [
        f"{made.name} is restored in {folder}, as it was on {made.made:%d %B %Y at %H:%M:%S} UTC.",
        "Next: fourfold sync. Until then nothing is released; then see fourfold node check.",
    ]
    tell(output, value, lines)


@app.command()
def upgrade(
    home: HomeOption = None,
    copy: Annotated[
        Path | None,
        typer.Option("--copy", metavar="FILE", help="Copy the store there first, as it is."),
    ] = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Bring the store to the form of this release; stop the node first. Any other command does it too.

    This one can keep a copy of the store as it was before, and says which steps were taken.

    Example: fourfold node upgrade --copy /media/before-0.2.sqlite3 --home ~/aisi
    """
    start_node(home)
    from fourfold.node.actions.upgrade import upgrade as bring_forward

    done = bring_forward(copy)
    value = {"steps": list(done.steps), "copy": str(done.copy) if done.copy else None}
    lines = [f"Taken: {step}" for step in done.steps] or ["The store has the form of this release already."]
    lines += [f"As it was before: {done.copy}"] if done.copy else []
    lines += [_carried(done.carried)] if done.carried else []
    tell(output, value, lines)


def _carried(accounts: int) -> str:
    """What is to be decided after an upgrade from a release in which every reader read everything."""
    return (
        f"{accounts} accounts go on reading up to TLP:AMBER+STRICT without caveats, and what they wrote. "
        "Whoever is to read caveats, or what is RED, has to be granted that by two people: "
        "fourfold reader list, fourfold reader missing."
    )


def _address(url: str, listen: str | None) -> tuple[str, int]:
    """Where to listen: as said, or where the address points.

    Raises:
        InputError: no such address.
    """
    try:
        parts = urlsplit(f"//{listen}" if listen else url)
        if parts.hostname and (listen or parts.scheme in {"http", "https"}):
            return parts.hostname, parts.port or 8471
    except ValueError:
        pass
    remedy = "Write it as http://127.0.0.1:8471/ (--url) or 127.0.0.1:8471 (--listen)."
    raise InputError([Fault(f"{listen or url!r} is no address.", remedy=remedy)])


def _tell_who(output: Format, said: str) -> None:
    from fourfold.node.models import Node
    from fourfold.records.signing import fingerprint

    own = Node.objects.get()
    value = {
        "id": own.institution,
        "name": own.name,
        "institution_fingerprint": fingerprint(own.institution_key),
        "node_fingerprint": fingerprint(own.node_key),
    }
    lines = [
        said,
        f"Institution: {own.name}, {own.institution}",
        f"Fingerprint of its key, to be compared by voice: {value['institution_fingerprint']}",
        "Take keys/institution.pem away from this machine once you have joined and agreed.",
    ]
    tell(output, value, lines)
