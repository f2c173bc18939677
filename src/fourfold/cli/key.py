"""`fourfold key`: who signs, and what to do when a key is renewed, stolen, succeeded or lost."""

from datetime import datetime
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

app = part()


@app.callback()
def key() -> None:
    """The keys: the institution key, kept offline, and the node key that it delegates to.

    What was signed before a change keeps its force. How-to: docs/how-to/keys.md.
    """


@app.command()
def show(home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """List all keys, ours and the counterparts', with what people compare, and what waits for people.

    Example: fourfold key show --home ~/aisi
    """
    open_node(home)
    from fourfold.node.queries.keys import listed

    columns = ("institution", "key", "fingerprint", "state", "since", "until")
    table(output, listed(), columns, "There is no node key.")


@app.command()
def renew(
    home: HomeOption = None,
    days: Annotated[int, typer.Option("--days", min=1, help="How long the new key acts.")] = 365,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Make a new node key and revoke the old one from now on. Opens the institution key.

    Counterparts learn of it with the next sync. A node that serves goes on with the new key by itself, if its
    passphrase comes from a file; else start it again.

    Example: fourfold key renew --home ~/aisi
    """
    open_node(home)
    from fourfold.node.actions.renew_node_key import renew_node_key
    from fourfold.records.signing import fingerprint

    given = renew_node_key(acting(actor), days).delegation
    shown = fingerprint(given.node_key)
    value = {"fingerprint": shown, "valid_until": given.valid_until.isoformat()}
    lines = [
        f"The new node key {shown} acts until {given.valid_until:%d %B %Y}.",
        "Take the institution key away from this machine again. Then: fourfold sync.",
    ]
    tell(output, value, lines)


@app.command()
def revoke(
    fingerprint: Annotated[str, typer.Argument(help="The node key's, as `fourfold key show` lists it.")],
    home: HomeOption = None,
    since: Annotated[
        datetime | None, typer.Option("--since", help="From when on it was in other hands; else now. UTC.")
    ] = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Revoke a node key that somebody else may have. Opens the institution key.

    Nothing that it signed and that arrives from now on is believed anywhere, whatever date it bears. If it is
    the key in use, make a new one afterwards: fourfold key renew.

    Example: fourfold key revoke "0f1e 2d3c 4b5a 6978 8796 a5b4 c3d2 e1f0" --home ~/aisi
    """
    open_node(home)
    from datetime import UTC

    from fourfold.node.actions.revoke_node_key import revoke_node_key

    moment = None if since is None else since.replace(tzinfo=since.tzinfo or UTC)
    given = revoke_node_key(fingerprint, acting(actor), moment)
    lines = [
        f"Revoked from {given.since:%d %B %Y at %H:%M:%S} UTC.",
        "If it was the key in use: fourfold key renew. Then: fourfold sync.",
    ]
    tell(output, {"since": given.since.isoformat(), "reason": given.reason.value}, lines)


@app.command()
def succeed(home: HomeOption = None, actor: ActorOption = None, output: FormatOption = Format.TEXT) -> None:
    """Let a new institution key take the place of the present one, which signs that. Opens the old key.

    Agreements go on. Each counterpart learns of it with the next sync, and believes it once two of its people
    have compared the fingerprint.

    Example: fourfold key succeed --home ~/aisi
    """
    open_node(home)
    from fourfold.node.actions.succeed_institution_key import succeed_institution_key
    from fourfold.records.signing import fingerprint

    made = succeed_institution_key(acting(actor))
    shown = fingerprint(made.new_key)
    lines = [
        f"Fingerprint of the new institution key: {shown}",
        "Tell it to two people at each counterpart, by voice for example; they run fourfold key accept.",
        "Take keys/institution.pem away from this machine; destroy the old one once all have accepted.",
    ]
    tell(output, {"old": fingerprint(made.old_key), "new": shown}, lines)


@app.command()
def replace(
    home: HomeOption = None,
    out: OutOption = None,
    actor: ActorOption = None,
) -> None:
    """Make a new institution key in place of one that is lost, and the file that introduces it.

    No old key can vouch for it, so people must: hand the file to each counterpart, and tell two people there
    the fingerprint (fourfold key show). All agreements end; afterwards join and agree anew.

    Example: fourfold key replace --home ~/aisi --out new-key.json
    """
    open_node(home)
    from fourfold.node.actions.replace_institution_key import replace_institution_key

    write_out(replace_institution_key(acting(actor)).model_dump_json(indent=2).encode() + b"\n", out)


@app.command()
def accept(
    fingerprint: Annotated[
        str, typer.Option("--fingerprint", help="The new key's, as its people told you by another way.")
    ],
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="For a lost key: the file that you were handed.")
    ] = None,
    home: HomeOption = None,
    peer: PeerOption = None,
    actor: ActorOption = None,
) -> None:
    """Say that a counterpart's new institution key is the right one. Two people must, each with --as.

    Without a file: the succession that the old key has signed, and that came with a sync. With the file of a
    lost key: what only the lost key has signed ends when the second person accepts.

    Example: fourfold key accept --peer "EU AI Office" --fingerprint "5a69 7887 ..." --as alice
    """
    open_node(home)
    from fourfold.node.actions.accept_institution_key import accept_institution_key

    found = peer_named(peer)
    data = None if file is None else read_file(file)
    missing = accept_institution_key(found, fingerprint, acting(actor), data, str(file or ""))
    said = (
        f"Noted. {missing} more person must compare the fingerprint and accept."
        if missing
        else f"The new institution key of {found.name} is accepted."
    )
    Page().line(said)


@app.command()
def refuse(home: HomeOption = None, peer: PeerOption = None, actor: ActorOption = None) -> None:
    """Refuse a counterpart's new institution key that waits: its fingerprint is another. One person can.

    The counterpart goes on by the key that is believed now. Ask its people what happened.

    Example: fourfold key refuse --peer "EU AI Office" --as alice
    """
    open_node(home)
    from fourfold.node.actions.refuse_institution_key import refuse_institution_key
    from fourfold.records.signing import fingerprint

    found = peer_named(peer)
    shown = fingerprint(refuse_institution_key(found, acting(actor)))
    Page().line(f"Refused: {shown}. {found.name} goes on by the key that is believed here.")
