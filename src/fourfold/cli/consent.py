"""`fourfold consent`: asking originators whether something of theirs may go on, and answering."""

from datetime import datetime, timedelta
from typing import Annotated

import typer

from fourfold.cli.node_session import (
    ActorOption,
    HomeOption,
    acting,
    open_node,
    peer_named,
    table,
    tell,
)
from fourfold.cli.output import Format, FormatOption
from fourfold.cli.part import part
from fourfold.errors import Fault, InputError
from fourfold.records.instants import typed_moment

app = part()

RequestArgument = Annotated[str, typer.Argument(metavar="REQUEST", help="Its id, as listed.")]
RecordArgument = Annotated[str, typer.Argument(metavar="RECORD", help="Its id.")]
ToOption = Annotated[
    str, typer.Option("--to", metavar="NAME|ID", help="The counterpart who is to receive it.")
]
UntilOption = Annotated[
    str | None,
    typer.Option("--until", metavar="DATE", help="When it ends, as 2027-01-31; else 180 days from now."),
]
COLUMNS = ("id", "asked", "with", "recipient", "state", "until")
DAYS = 180


@app.callback()
def consent() -> None:
    """Ask an originator whether something of its may go on; answer such requests; take a consent back.

    A consent is signed, and covers exactly the bytes, fields, recipient, agreement and purpose that it names.
    The agreement with the originator needs the slice for consents: fourfold agreement draft --consents.
    """


@app.command()
def ask(
    record: RecordArgument,
    to: ToOption,
    reason: Annotated[str, typer.Option("--reason", help="Why; the originator reads it.")] = "",
    home: HomeOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Ask the originator of a record whether it may go on to a counterpart. No content travels.

    The record is one made by `fourfold record forward`, unchanged.

    Example: fourfold consent ask record--1c2d... --to "Third Institute"
    """
    open_node(home)
    from fourfold.node.actions.ask_consent import ask_consent
    from fourfold.node.queries.consents import as_row

    row = as_row(ask_consent(record, peer_named(to), acting(actor), reason))
    tell(output, row, [f"Asked {row['with']} for consent: {row['id']}. It is {row['state']}."])


@app.command("list")
def list_(home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """List requests for consent, asked and received, and this institution's own consents.

    Example: fourfold consent list --format json
    """
    open_node(home)
    from fourfold.node.queries.consents import listed

    table(output, listed(), COLUMNS, "There is none yet.")


@app.command()
def show(request: RequestArgument, home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """Show a request, with the very content that would go on where this institution is asked.

    Example: fourfold consent show release--3e4f...
    """
    open_node(home)
    from fourfold.node.queries.consents import shown

    value = shown(request)
    lines = [f"{name.replace('_', ' ')}: {content}" for name, content in value.items() if content]
    tell(output, value, lines)


@app.command()
def grant(
    request: RequestArgument,
    until: UntilOption = None,
    home: HomeOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Consent to what a counterpart asked: it can collect the signed consent from now on.

    Refused where the bytes that are to go on are not those that were released to it.

    Example: fourfold consent grant release--3e4f... --until 2027-01-31
    """
    open_node(home)
    from fourfold.node.actions.grant_consent import grant_consent
    from fourfold.node.queries.consents import as_row

    row = as_row(grant_consent(request, _moment(until), acting(actor)))
    tell(
        output, row, [f"Granted until {row['until']}: {row['recipient']} may receive it from {row['with']}."]
    )


@app.command()
def decline(
    request: RequestArgument,
    home: HomeOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Decline what a counterpart asked; it is told so, and no reason.

    Example: fourfold consent decline release--3e4f...
    """
    open_node(home)
    from fourfold.node.actions.decline_consent import decline_consent
    from fourfold.node.queries.consents import as_row

    row = as_row(decline_consent(request, acting(actor)))
    tell(output, row, [f"Declined: {row['id']}."])


@app.command()
def give(
    record: RecordArgument,
    to: ToOption,
    until: UntilOption = None,
    home: HomeOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Consent, as its originator, that a record goes to a counterpart: for RED, ORCON, proprietary material.

    It covers this version of the record; any edit needs another.

    Example: fourfold consent give record--1c2d... --to "EU AI Office"
    """
    open_node(home)
    from fourfold.node.actions.give_consent import give_consent

    made = give_consent(record, peer_named(to), _moment(until), acting(actor))
    value = {"id": made.id, "record_digest": made.record_digest, "recipient": made.recipient}
    tell(output, value, [f"Consent {made.id} for {made.recipient}: version {made.record_digest}."])


@app.command()
def revoke(
    consent: Annotated[str, typer.Argument(metavar="CONSENT", help="Its id, or that of the request.")],
    home: HomeOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Take a consent back: delivery stops at once, and what had gone on is withdrawn by its holder.

    Example: fourfold consent revoke release--3e4f...
    """
    open_node(home)
    from fourfold.node.actions.revoke_consent import revoke_consent

    made = revoke_consent(consent, acting(actor))
    tell(output, {"id": made.id, "revoked": made.revoked.isoformat()}, [f"Revoked: {made.id}."])


def _moment(until: str | None) -> datetime:
    from fourfold.node import clock

    now: datetime = clock.now()
    if until is None:
        return now + timedelta(days=DAYS)
    try:
        return typed_moment(until)
    except ValueError as error:
        raise InputError([Fault(f"{until!r} is no date.", remedy="Write it as 2027-01-31.")]) from error
