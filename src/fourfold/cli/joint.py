"""`fourfold joint`: records that are drafted together, and signed by all over the same bytes."""

from pathlib import Path
from typing import Annotated, Any

import typer

from fourfold.cli import course_file, course_shown
from fourfold.cli.course_shown import (
    DigestArgument,
    NoteOption,
    PeersOption,
    found,
    matter,
    print_whole,
    report,
)
from fourfold.cli.node_session import ActorOption, HomeOption, acting, open_node, peers_named, table, tell
from fourfold.cli.output import Format, FormatOption
from fourfold.cli.part import part
from fourfold.errors import RefusedError

app = part()

SourceOption = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="ID", help="A record or received release that it was written from."),
]
COLUMNS = ("title", "state", "revision", "signed_by", "waits_for", "digest")


@app.callback()
def joint() -> None:
    """Draft a record together, sign the same bytes, publish it on all sides.

    Needs a slice at collaboration. Any further contribution voids the signatures.
    """


@app.command()
def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="YAML or JSON.")],
    home: HomeOption = None,
    peer: PeersOption = None,
    source: SourceOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Begin an entry of the common registry with what you know.

    \b
        kind: registry_contribution
        slice: registry
        marking: {tlp: GREEN}
        title: A car did not stop
        what_happened: ...
        date: 2026-03
        countries: [FR]
        sources: [{title: ..., url: "https://..."}]
        registers: [{scheme: AI Incident Database, id: "4"}]
        severity: [{scheme: OECD, value: serious incident, assessor: ...}]
        remark: ...

    Registers, severity and remark stand under your name, beside the others'; nobody merges them.

    Example: fourfold joint new entry.yaml --source record--1c2d...
    """  # noqa: D301  a backspace is the sign that keeps lines as they are
    open_node(home)
    from fourfold.node.actions.begin_joint_record import NewJointRecord, begin_joint_record

    with course_file.handed(file, opens=True) as given:
        marking, sources = course_file.marked(given), tuple(source or ())
        new_ = NewJointRecord(given.kind, given.slice, marking, given.fields, sources)
        row = begin_joint_record(new_, peers_named(peer), acting(actor))
    report(row, output)


@app.command()
def contribute(
    digest: DigestArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="YAML or JSON: any of the fields.")],
    home: HomeOption = None,
    source: SourceOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Add what you know. Title, account and date are rewritten for all; the signatures so far are void.

    Example: fourfold joint contribute sha256:1f2e ours.yaml
    """
    open_node(home)
    from fourfold.node.actions.contribute import contribute as add

    with course_file.handed(file, opens=False) as given:
        row = add(found(digest), given.fields, given.marking, tuple(source or ()), acting(actor))
    report(row, output)


@app.command("list")
def list_(home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """List all joint records: where each stands, who has signed, what is due from whom.

    Example: fourfold joint list --format json
    """
    open_node(home)
    from fourfold.node.queries import courses as queries

    rows = [{"revision": None, "signed_by": [], **queries.as_row(each)} for each in queries.joint_records()]
    table(output, rows, COLUMNS, "There is none yet. Begin one: fourfold joint new FILE.")


@app.command()
def show(digest: DigestArgument, home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """Show a joint record as it now reads, who has signed these bytes, and how it came to that.

    Example: fourfold joint show sha256:1f2e
    """
    open_node(home)
    from fourfold.node.queries import courses as queries

    stands = matter(digest)
    if not queries.is_joint(stands):
        raise RefusedError("This is a proposal, not a joint record. See fourfold proposal show.")
    value = queries.whole(stands)
    if output is Format.JSON:
        tell(output, value, ())
        return
    about = []
    if "content" in value:
        about = [
            f"Revision {value['revision']}, bytes {value['content']}",
            f"Signed by {', '.join(value['signed_by']) or 'nobody'}",
            f"TLP:{value['marking']['tlp']}, from {', '.join(value['originators'])}",
        ]
    print_whole(value, about, _named(value.get("entry", {}), queries.party_names()))


@app.command()
def sign(
    digest: DigestArgument,
    home: HomeOption = None,
    content: Annotated[
        str | None,
        typer.Option("--content", metavar="SHA256", help="The bytes that you read; refused if they changed."),
    ] = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Freeze it to exact bytes and sign them. Read it first; every party must have contributed.

    Example: fourfold joint show sha256:1f2e, then fourfold joint sign sha256:1f2e --content sha256:9a8b...
    """
    open_node(home)
    from fourfold.node.actions.sign_joint_record import sign_joint_record

    report(sign_joint_record(found(digest), content, acting(actor)), output)


@app.command()
def publish(
    digest: DigestArgument,
    home: HomeOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Publish what all have signed: read-only from now on, and the same on all sides.

    Example: fourfold joint publish sha256:1f2e
    """
    open_node(home)
    from fourfold.node.actions.conclude_joint_record import publish_joint_record

    report(publish_joint_record(found(digest), acting(actor)), output)


@app.command()
def leave(
    digest: DigestArgument,
    home: HomeOption = None,
    note: NoteOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Leave a draft and thereby end it; what was published stays.

    Example: fourfold joint leave sha256:1f2e --note "no capacity this quarter"
    """
    open_node(home)
    from fourfold.node.actions.conclude_joint_record import leave_joint_record

    report(leave_joint_record(found(digest), note, acting(actor)), output)


@app.command()
def drop(
    digest: DigestArgument,
    home: HomeOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Drop your own step that waits for a second person's approval. Nobody else has seen it.

    Example: fourfold joint drop sha256:1f2e
    """
    open_node(home)
    course_shown.drop(digest, acting(actor), output)


def _named(entry: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """The entry with names in the place of ids, for people."""
    return {
        name: {names.get(key, key): each for key, each in value.items()} if isinstance(value, dict) else value
        for name, value in entry.items()
    }
