"""`fourfold record`: keeping records, and importing them."""

from pathlib import Path
from typing import Annotated, Any

import typer

from fourfold.cli.imported import imported, imported_lines, keep_rest
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
from fourfold.cli.output import Format, FormatOption, Page, cannot
from fourfold.cli.part import part
from fourfold.errors import InputError
from fourfold.records.markings import Caveat, Marking, Tlp

app = part()

TlpOption = Annotated[Tlp, typer.Option("--tlp", help="The label, by TLP 2.0.")]
CaveatOption = Annotated[list[Caveat] | None, typer.Option("--caveat", help="A further condition.")]
SliceOption = Annotated[
    str | None,
    typer.Option("--slice", help="The slice it belongs to; without one it counts to the most separate."),
]
RecordArgument = Annotated[str, typer.Argument(metavar="RECORD", help="Its id.")]
COLUMNS = ("id", "title", "kind", "tlp", "slice", "version")


@app.callback()
def record() -> None:
    """Keep records, and import them. What is kept leaves only by a release.

    What stays apart can be sealed, to prove later that it was held; a stub can stand for it.
    """


@app.command("import")
def import_(  # noqa: PLR0913, PLR0917  options are parameters in typer
    file: Annotated[
        Path, typer.Argument(metavar="CSV", help="The AI Incident Database's table of incidents.")
    ],
    home: HomeOption = None,
    tlp: TlpOption = Tlp.CLEAR,
    caveat: CaveatOption = None,
    slice_: SliceOption = None,
    number: Annotated[
        list[int] | None, typer.Option("--number", help="Only these incidents of the register.")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Let records follow rows that changed in the register.")
    ] = False,
    rest: Annotated[
        Path | None, typer.Option("--rest", metavar="FILE", help="Where rows at fault wait; else beside CSV.")
    ] = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Import public incidents; rows at fault are told, and do not stand in the way of the others.

    They wait in a file of their own, to be put right and imported from there; the exit status is 2 then. What
    was imported before is known again: where its row changed since, that is told, and its record follows with
    --update.

    Example: fourfold record import incidents.csv --slice public-incidents --number 4 --number 74
    """
    open_node(home)
    from fourfold.node.actions.import_incidents import import_aiid

    marking = Marking(tlp=tlp, caveats=frozenset(caveat or ()))
    done = import_aiid(
        read_file(file), str(file), marking, slice_, number or (), acting(actor), update=update
    )
    waits = keep_rest(done.rest, rest or file.with_name(f"{file.stem}.rest.csv"))
    tell(output, imported(done, waits), imported_lines(done, waits))
    if done.faults:
        raise InputError(done.faults)


@app.command()
def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="YAML or JSON.")],
    home: HomeOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Keep a record from a file: kind, activity, marking and fields.

    \b
        kind: incident
        activity: incident_reporting
        slice: public-incidents
        marking: {tlp: GREEN}
        fields: {title: ..., description: ..., analyst_note: ...}
        field_markings: {analyst_note: {tlp: RED, rel_to: []}}

    `rel_to` names counterparts by name or id. `sources` lists ids of records, or of what was received, that
    it was written from: it carries their originators, caveats and embargo, and no looser label.

    Example: fourfold record add incident.yaml
    """  # noqa: D301  a backspace is the sign that keeps lines as they are
    open_node(home)
    from fourfold.cli.record_file import new_in
    from fourfold.node.actions.add_record import add_record
    from fourfold.node.queries.records import as_row

    with new_in(file) as given:
        row = as_row(add_record(given, acting(actor)))
    tell(output, row, [f"Kept: {row['id']}, {row['title']}"])


@app.command()
def attach(
    record: Annotated[str, typer.Argument(metavar="RECORD", help="Its id.")],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files to keep with it.")],
    home: HomeOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Keep files with a record: a new version that names them.

    They pass to a counterpart only where the agreement lets the field `attachments` pass, under its marking.

    Example: fourfold record attach record--1c2d... red-team.log screenshot.png
    """
    open_node(home)
    from fourfold.node.actions.add_attachment import add_attachment, named
    from fourfold.node.actions.attach import attach as attach_all
    from fourfold.node.keeping import latest
    from fourfold.node.queries.records import as_row

    latest(record)
    for file in files:
        named(file.name)
    kept = []
    for file in files:
        try:
            with file.open("rb") as source:
                kept.append(add_attachment(source, file.name, None, acting(actor)))
        except OSError as error:
            raise InputError([cannot("read", str(file), error)]) from error
    row = as_row(attach_all(record, kept, acting(actor)))
    tell(output, row, [f"Version {row['version']} names {len(kept)} more: {row['title']}"])


@app.command()
def change(
    record: RecordArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="YAML or JSON, as for `record add`.")],
    second: Annotated[
        str | None,
        typer.Option("--second", metavar="PERSON", help="Who agrees that it is guarded less than before."),
    ] = None,
    home: HomeOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Keep a new version of a record: all of its fields, its marking and its slice, from a file.

    To lower a marking, drop a caveat, name more recipients, shorten an embargo or move it to a more open
    slice needs a second person, and is logged. Approvals and consents for the version before do not cover it.

    Example: fourfold record change record--1c2d... incident.yaml --second "security officer"
    """
    open_node(home)
    from fourfold.cli.record_file import changes_in
    from fourfold.node.actions.change_record import change_record
    from fourfold.node.queries.records import as_row
    from fourfold.node.queries.releases import with_an_earlier_version

    with changes_in(file) as wanted:
        kept = change_record(record, wanted, acting(actor), second)
    row, behind = as_row(kept), with_an_earlier_version(kept)
    lines = [f"Kept: {row['id']}, version {row['version']}, {row['title']}"]
    if behind:
        lines.append(
            f"An earlier version is released to {', '.join(behind)}: release this one, or withdraw it."
        )
    tell(output, {**row, "earlier_version_released_to": behind}, lines)


@app.command()
def forward(
    object_: Annotated[str, typer.Argument(metavar="OBJECT", help="The id of what was received.")],
    slice_: SliceOption = None,
    field: Annotated[
        list[str] | None, typer.Option("--field", help="A field that is to go on; else all of them.")
    ] = None,
    home: HomeOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Keep something received as a record to pass on; nothing leaves yet.

    It stays its originators': ask them with `fourfold consent ask`, then release it. If its originator
    withdraws it, the record is destroyed, and everybody who has it from here is asked to do the same.

    Example: fourfold record forward release--3e4f... --slice public-incidents
    """
    open_node(home)
    from fourfold.node.actions.pass_on import pass_on
    from fourfold.node.queries.records import as_row

    row = as_row(pass_on(object_, slice_, acting(actor), field))
    tell(output, row, [f"Kept to pass on: {row['id']}, {row['title']}"])


@app.command("list")
def list_(home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """List the records that are kept here, newest first.

    Example: fourfold record list --format json
    """
    open_node(home)
    from fourfold.node.queries.records import listed

    table(output, listed(), COLUMNS, "There is none yet.")


@app.command()
def received(home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """List what was received from counterparts and is held here, newest first.

    Example: fourfold record received --format json
    """
    open_node(home)
    from fourfold.node.queries.records import received_rows

    columns = ("id", "title", "kind", "from", "originators", "tlp", "version")
    table(output, received_rows(), columns, "There is none yet.")


@app.command()
def show(
    record: RecordArgument,
    home: HomeOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Show a record whole: envelope, marking and fields.

    Example: fourfold record show record--1c2d...
    """
    open_node(home)
    from fourfold.node.keeping import latest

    value: dict[str, Any] = latest(record).content().model_dump(mode="json")
    if output is Format.JSON:
        tell(output, value, ())
        return
    page = Page()
    for name, content in value.items():
        if name != "payload":
            page.paragraph(f"{name}: {content}")
    for name, content in value["payload"].items():
        page.paragraph(f"  {name}: {content}")


@app.command()
def stub(
    record: RecordArgument,
    home: HomeOption = None,
    peer: PeerOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Let a stub stand for a record that is kept apart: its kind, label and day, under an id of its own.

    The counterpart learns that there is something, and no more. It passes the release table like anything
    else: the slice at separation must name this institution as a sender. Withdraw it like any release.

    Example: fourfold record stub record--1c2d...
    """
    open_node(home)
    from fourfold.node.actions.stub_record import stub_record

    made = stub_record(record, peer_named(peer), acting(actor))
    fields = made.content().fields
    lines = [f"Stub {made.release_id} for {made.peer.name}:", *(f"  {k}: {v}" for k, v in fields.items())]
    tell(output, {"release": made.release_id, "version": made.version, "stub": fields}, lines)


@app.command()
def seal(
    record: RecordArgument,
    home: HomeOption = None,
    peer: PeerOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Seal a record, to prove later that it was held: only its salted hash goes into the counterpart's log.

    The counterpart learns that its log has one more entry. When it collects next it countersigns the log,
    which dates the seal; from then on `fourfold record prove` can prove it.

    Example: fourfold record seal record--1c2d...
    """
    open_node(home)
    from fourfold.node.actions.seal_record import seal_record

    made = seal_record(record, peer_named(peer), acting(actor))
    value = {
        "record": made.version.record,
        "version": made.version.version,
        "witness": made.witness.name,
        "log": made.leaf.log_id,
        "entry": made.leaf.index,
    }
    told = f"Sealed version {value['version']}: entry {value['entry']} of {value['log']}."
    tell(output, value, [told, f"It is dated when {value['witness']} countersigns the log."])


@app.command()
def prove(  # noqa: PLR0913, PLR0917  options are parameters in typer
    record: RecordArgument,
    home: HomeOption = None,
    peer: PeerOption = None,
    reader: Annotated[
        str | None,
        typer.Option(
            "--reader", metavar="NAME|ID", help="The counterpart who is to see it; else your own auditor."
        ),
    ] = None,
    version: Annotated[int | None, typer.Option("--version", help="Else the latest that was sealed.")] = None,
    out: OutOption = None,
    actor: ActorOption = None,
) -> None:
    """Write the proof that a sealed record was held: a file that `fourfold verify` checks without any node.

    For your own auditor the file shows the sealed version whole. For a counterpart (--reader) it shows the
    fields that the release table lets pass to it now; exit status 1 if there are none. --peer names the
    witness that countersigned.

    Example: fourfold record prove record--1c2d... --out proof.json, then fourfold verify proof.json
    """
    open_node(home)
    from fourfold.exchange.evidence import write_evidence
    from fourfold.node.actions.prove_record import prove_record

    who = None if reader is None else peer_named(reader)
    write_out(write_evidence(prove_record(record, peer_named(peer), acting(actor), who, version)), out)
