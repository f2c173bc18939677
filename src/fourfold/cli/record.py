"""`fourfold record`: keeping records, and importing them."""

from pathlib import Path
from typing import Annotated, Any

import typer

from fourfold.canon import Faults, Located, read_document
from fourfold.cli.node_session import ActorOption, HomeOption, acting, open_node, read_file, table, tell
from fourfold.cli.output import Format, FormatOption, Page, cannot
from fourfold.cli.part import part
from fourfold.errors import Fault, InputError
from fourfold.records.markings import Caveat, Marking, Tlp

app = part()

TlpOption = Annotated[Tlp, typer.Option("--tlp", help="The label, by TLP 2.0.")]
CaveatOption = Annotated[list[Caveat] | None, typer.Option("--caveat", help="A further condition.")]
SliceOption = Annotated[
    str | None,
    typer.Option("--slice", help="The slice it belongs to; without one it counts to the most separate."),
]
COLUMNS = ("id", "title", "kind", "tlp", "slice", "version")


@app.callback()
def record() -> None:
    """Keep records, and import them. What is kept leaves only by a release."""


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
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Import public incidents; what was imported before stays as it is. A faulty file imports nothing.

    Example: fourfold record import incidents.csv --slice public-incidents --number 4 --number 74
    """
    open_node(home)
    from fourfold.node.actions.import_incidents import import_aiid

    marking = Marking(tlp=tlp, caveats=frozenset(caveat or ()))
    done = import_aiid(read_file(file), str(file), marking, slice_, number or (), acting(actor))
    value = {"added": list(done.added), "known": done.known}
    tell(output, value, [f"Added {len(done.added)} records; {done.known} were here already."])


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

    Example: fourfold record add incident.yaml
    """  # noqa: D301  a backspace is the sign that keeps lines as they are
    open_node(home)
    from fourfold.node.actions.add_record import NewRecord, add_record
    from fourfold.node.queries.records import as_row

    keys = _keys(read_document(read_file(file), file=str(file)), str(file))
    given = NewRecord(
        kind=keys["kind"],
        activity=keys["activity"],
        payload=keys["fields"],
        marking=_marking(keys["marking"], str(file), "marking"),
        slice=keys.get("slice"),
        field_markings={
            name: _marking(value, str(file), f"field_markings.{name}")
            for name, value in keys.get("field_markings", {}).items()
        },
        source=f"file {file.name}",
        wants_stub=keys.get("stub") == "yes",
    )
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
    from fourfold.node.actions.add_attachment import add_attachment
    from fourfold.node.actions.attach import attach as attach_all
    from fourfold.node.keeping import latest
    from fourfold.node.queries.records import as_row

    latest(record)
    kept = []
    for file in files:
        try:
            with file.open("rb") as source:
                kept.append(add_attachment(source, file.name, None, acting(actor)))
        except OSError as error:
            raise InputError([cannot("read", str(file), error)]) from error
    row = as_row(attach_all(record, kept, acting(actor)))
    tell(output, row, [f"Version {row['version']} names {len(kept)} more: {row['title']}"])


@app.command("list")
def list_(home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """List the records that are kept here, newest first.

    Example: fourfold record list --format json
    """
    open_node(home)
    from fourfold.node.queries.records import listed

    table(output, listed(), COLUMNS, "There is none yet.")


@app.command()
def show(
    record: Annotated[str, typer.Argument(metavar="RECORD", help="Its id.")],
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


def _keys(document: Located, file: str) -> dict[str, Any]:
    """The parts of the file; a wrong or missing one is told with its line."""
    faults = Faults(file)
    required, optional = ("kind", "activity", "marking", "fields"), ("slice", "field_markings", "stub")
    keys = faults.mapping(document, required=required, optional=optional)
    for name in ("kind", "activity", "slice", "stub"):
        faults.text(keys.get(name))
    for name in ("marking", "fields", "field_markings"):
        faults.members(keys.get(name))
    faults.raise_any()
    return {name: value.plain() for name, value in keys.items()}


def _marking(value: Any, file: str, field: str) -> Marking:
    from pydantic import ValidationError

    try:
        return Marking.model_validate(value)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise InputError(
            [
                Fault(f"{each['msg']}.", file, 0, f"{field}.{'.'.join(map(str, each['loc']))}")
                for each in found
            ]
        ) from error
