"""`fourfold inbox`: what third-party tools handed in, and what becomes of it."""

from typing import Annotated, Any

import typer

from fourfold.cli.node_session import ActorOption, HomeOption, acting, open_node, table, tell
from fourfold.cli.output import Format, FormatOption, Page, print_json
from fourfold.cli.part import part
from fourfold.errors import Fault, InputError, RefusedError
from fourfold.records.markings import Tlp

app = part()

NumberArgument = Annotated[int, typer.Argument(metavar="NUMBER", help="As `inbox list` shows it.")]


@app.callback()
def inbox() -> None:
    """Look at what third-party tools handed in, and decide what becomes of it.

    Nothing of it is believed, shared or counted before a person accepts it.
    """


@app.command("list")
def list_(
    home: HomeOption = None,
    client: Annotated[str | None, typer.Option("--client", help="Only of this client.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Also what was accepted or rejected.")] = False,
    output: FormatOption = Format.TEXT,
) -> None:
    """List what waits for somebody, and what lies in quarantine because it failed a check.

    Example: fourfold inbox list --client "CERT feed"
    """
    open_node(home)
    from fourfold.node.clienting import find_client
    from fourfold.node.queries.inbox import listed

    chosen = None if client is None else find_client(client).pk
    columns = ("number", "state", "relation", "client", "received", "type", "title", "tlp", "faults")
    table(output, listed(chosen, every=every), columns, "Nothing waits here.")


RELATIONS = {
    "taken-back": "Taken back by its sender. The record made of it: {related_record}.",
    "newer": "A newer version of inbox {related_number}, now {related_record}: see inbox update {number}.",
    "older": "An older version of inbox {related_number}, which became {related_record}.",
    "renewed": "A newer version of it waits: inbox show {related_number}.",
    "elsewhere": "Another client handed the same object in: inbox {related_number}, now {related_record}.",
}
"""What an object is to the other versions of it, in words."""


@app.command()
def show(number: NumberArgument, home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """Show one object: where it came from, what was wrong or unknown, and the bytes as they came.

    Example: fourfold inbox show 3
    """
    open_node(home)
    from fourfold.node.inboxing import described, find_submitted

    row = find_submitted(number)
    content = "" if row.wire is None else bytes(row.wire).decode(errors="replace")
    value = {**described(row), "as_received": content}
    if output is Format.JSON:
        print_json(value)
        return
    page = Page()
    if said := RELATIONS.get(value["relation"], ""):
        page.paragraph(said.format(**value))
    for name, told in ((key, each) for key, each in value.items() if each):
        page.paragraph(f"{name.replace('_', ' ')}: {_words(told)}")
    if row.state in {"waiting", "quarantined"}:
        page.paragraph("originator: unknown, until a person vouches for one (inbox accept --originator)")


@app.command()
def accept(  # noqa: PLR0913, PLR0917  options are parameters in typer
    number: NumberArgument,
    home: HomeOption = None,
    kind: Annotated[str, typer.Option("--kind", help="The kind of record it becomes.")] = "incident",
    field: Annotated[
        list[str] | None,
        typer.Option("--field", metavar="NAME=TEXT", help="A field, where the object has none."),
    ] = None,
    slice_: Annotated[str | None, typer.Option("--slice", help="The slice it belongs to.")] = None,
    originator: Annotated[
        list[str] | None,
        typer.Option("--originator", metavar="NAME|ID", help="Whose it is; left out, it never leaves."),
    ] = None,
    tlp: Annotated[Tlp | None, typer.Option("--tlp", help="Another label than the one shown.")] = None,
    second: Annotated[
        str | None,
        typer.Option("--second", metavar="PERSON", help="Who else agrees that it is guarded less."),
    ] = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Although there is a record of it, or it was taken back.")
    ] = False,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Make a record of an object, from the inbox or from quarantine.

    A second person is needed to vouch for an originator, and to lower the label.

    Example: fourfold inbox accept 3 --originator AISI --second "security officer"
    """
    open_node(home)
    from fourfold.node.actions.accept_submitted import Acceptance, accept_submitted
    from fourfold.node.inboxing import described

    given = Acceptance(
        kind=kind,
        slice=slice_,
        fields=_fields(field or ()),
        originators=tuple(originator or ()),
        tlp=tlp,
        anyway=anyway,
    )
    value = described(accept_submitted(number, given, acting(actor), second))
    tell(output, value, [f"Kept as {value['record']}."])


@app.command()
def update(
    number: NumberArgument,
    home: HomeOption = None,
    second: Annotated[
        str | None,
        typer.Option(
            "--second", metavar="PERSON", help="Who else agrees, where an originator is vouched for."
        ),
    ] = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Update the record made of an earlier version of an object by this one.

    Example: fourfold inbox update 7
    """
    open_node(home)
    from fourfold.node.actions.accept_submitted import Acceptance, accept_submitted
    from fourfold.node.inboxing import described, find_submitted
    from fourfold.node.renewing import relation_of

    record = relation_of(find_submitted(number)).record
    if not record:
        raise RefusedError("There is no record of an earlier version. Make one: fourfold inbox accept.")
    value = described(accept_submitted(number, Acceptance(into=record), acting(actor), second))
    tell(output, value, [f"Updated: {value['record']}."])


@app.command("take-back")
def take_back(
    number: NumberArgument,
    home: HomeOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Follow a sender who takes an object back: withdraw all that was released of the record made of it.

    Example: fourfold inbox take-back 7
    """
    open_node(home)
    from fourfold.node.actions.follow_taking_back import follow_taking_back
    from fourfold.node.inboxing import described

    value = described(follow_taking_back(number, acting(actor)))
    tell(
        output, value, [f"Withdrawn is all that was released of {value['record']}. It stays as your record."]
    )


@app.command()
def reject(
    number: NumberArgument,
    home: HomeOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Reject an object: its bytes are destroyed, that it was there stays known.

    Example: fourfold inbox reject 3
    """
    open_node(home)
    from fourfold.node.actions.reject_submitted import reject_submitted
    from fourfold.node.inboxing import described

    value = described(reject_submitted(number, acting(actor)))
    tell(output, value, [f"Rejected: {value['number']}. Its bytes are destroyed."])


def _fields(given: Any) -> dict[str, str]:
    """The fields in NAME=TEXT options.

    Raises:
        InputError: one has no equals sign; all of them.
    """
    wrong = [Fault(f"{text!r} is not NAME=TEXT.", field="--field") for text in given if "=" not in text]
    if wrong:
        raise InputError(wrong)
    return dict(text.split("=", 1) for text in given)


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
