"""`fourfold reader`: who may read what."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from fourfold.cli.node_session import ActorOption, HomeOption, acting, open_node, table, tell, typed
from fourfold.cli.output import Format, FormatOption
from fourfold.cli.part import part
from fourfold.errors import Fault, InputError

app = part()
OPTIONS = {
    "actor": "--as",
    "ceiling": "--up-to",
    "caveats": "--caveat",
    "activities": "--activity",
    "named": "--named",
    "reason": "--reason",
    "until": "--until",
}
"""What is typed for each part of a grant."""

NumberArgument = Annotated[
    int, typer.Argument(metavar="NUMBER", help="Its number, as `reader list` shows it.")
]


@app.callback()
def reader() -> None:
    """Say who may read what by pages and API. Two people grant; one ends.

    Whoever has a role that reads, reads what is CLEAR and has no caveats. More takes a grant: up to a label
    short of RED, with caveats, of activities. RED is read by those named for the very record or object. Who
    proposes and who confirms are two accounts, and neither is the one who is to read. Commands read all:
    whoever can run them has the node's folder.
    """


@app.command("list")
def list_(home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """List what each account may read, and what waits for a second person.

    Example: fourfold reader list --format json
    """
    open_node(home)
    from fourfold.node.queries.readers import listed

    rows = listed() if output is Format.JSON else [each for row in listed() for each in _lines(row)]
    table(output, rows, ("account", "grant", "state", "reads", "by", "until"), "There is no account yet.")


@app.command()
def grant(  # noqa: PLR0913, PLR0917  one option for each thing that can be granted
    name: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Who is to read.")],
    home: HomeOption = None,
    ceiling: Annotated[
        str | None,
        typer.Option("--up-to", metavar="LABEL", help="The tightest label: CLEAR to AMBER+STRICT."),
    ] = None,
    caveat: Annotated[list[str] | None, typer.Option("--caveat", help="A caveat; may be repeated.")] = None,
    activity: Annotated[
        list[str] | None, typer.Option("--activity", help="Only of this activity; may be repeated.")
    ] = None,
    named: Annotated[
        list[str] | None,
        typer.Option("--named", metavar="ID", help="A single thing, RED too; may be repeated."),
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DAY", help="When it ends, in UTC.")] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stays here.")] = "",
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Propose that an account may read more; a second person confirms it.

    Example: fourfold reader grant ada --up-to AMBER --activity incident_reporting --as olga
    """
    open_node(home)
    from fourfold.node.actions.propose_grant import NewGrant, propose_grant
    from fourfold.node.queries.readers import one_grant

    new = NewGrant(
        name,
        _label(ceiling),
        tuple(caveat or ()),
        tuple(activity) if activity else None,
        tuple(named or ()),
        reason,
        _day(until),
    )
    with typed(OPTIONS):
        made = propose_grant(new, acting(actor))
    line = f"Grant {made.pk} waits for a second person: fourfold reader confirm {made.pk} --as PERSON"
    tell(output, one_grant(made), [line])


@app.command()
def confirm(
    number: NumberArgument,
    home: HomeOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Confirm a grant as its second person.

    Example: fourfold reader confirm 3 --as grace
    """
    open_node(home)
    from fourfold.node.actions.decide_grant import confirm_grant
    from fourfold.node.queries.readers import one_grant

    with typed(OPTIONS):
        made = one_grant(confirm_grant(number, acting(actor)))
    tell(output, made, [f"{made['account']} may read it from now on."])


@app.command()
def drop(
    number: NumberArgument,
    home: HomeOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Drop a grant that waits.

    Example: fourfold reader drop 3 --as grace
    """
    open_node(home)
    from fourfold.node.actions.decide_grant import drop_grant
    from fourfold.node.queries.readers import one_grant

    with typed(OPTIONS):
        made = one_grant(drop_grant(number, acting(actor)))
    tell(output, made, ["Dropped."])


@app.command()
def end(
    number: NumberArgument,
    home: HomeOption = None,
    name: Annotated[
        bool, typer.Option("--name", help="The number is of a single thing that somebody is named for.")
    ] = False,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """End a grant, or a single name, at once.

    Example: fourfold reader end 3 --as olga
    """
    open_node(home)
    from fourfold.node.actions.end_grant import end_grant, end_name
    from fourfold.node.models import NamedReader
    from fourfold.node.queries.readers import one_grant

    with typed(OPTIONS):
        ended = end_name(number, acting(actor)) if name else end_grant(number, acting(actor))
    if isinstance(ended, NamedReader):
        value = {"number": ended.pk, "id": ended.subject}
        tell(output, value, [f"{ended.account} is named for {ended.subject} no more."])
    else:
        made = one_grant(ended)
        tell(output, made, [f"{made['account']} reads that no more."])


@app.command()
def missing(home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """List what is kept that nobody reads, or nobody who could approve it: labels and ids, no titles.

    Example: fourfold reader missing
    """
    open_node(home)
    from fourfold.node.queries.readers import gap_rows

    columns = ("tlp", "caveats", "activity", "id", "read", "approved")
    table(output, gap_rows(), columns, "Everything is read by somebody, and can be approved by somebody.")


def _label(text: str | None) -> str | None:
    """A label in any of its spellings; one that is none is told of with all that is wrong."""
    from fourfold.records.markings import parse_tlp

    try:
        return str(parse_tlp(text)) if text else None
    except InputError:
        return text


def _lines(row: dict[str, Any]) -> list[dict[str, Any]]:
    """One line for each grant, and one for whoever has none."""
    bare = {"account": row["name"], "grant": "", "state": "", "by": "", "until": ""}
    if not row["reads"]:
        return [bare | {"reads": "nothing: no role that reads"}]
    given = [
        {
            "account": row["name"],
            "grant": each["number"],
            "state": each["state"] + (" (by an upgrade)" if each["carried"] else ""),
            "reads": _reads(each),
            "by": ", ".join(filter(None, (each["proposed_by"], each["confirmed_by"]))),
            "until": each["until"] or "",
        }
        for each in row["grants"]
    ]
    wrote = [
        bare | {"grant": f"--name {each['number']}", "state": "author", "reads": each["id"]}
        for each in row["wrote"]
    ]
    return [bare | {"reads": "TLP:CLEAR without caveats"}, *given, *wrote]


def _reads(grant: dict[str, Any]) -> str:
    """What a grant gives, in a line."""
    activities = "all activities" if grant["activities"] is None else ", ".join(grant["activities"])
    label = [f"TLP:{grant['ceiling']}", *grant["caveats"], f"of {activities}"] if grant["ceiling"] else []
    return " ".join([*label, *(f"{each['id']} (--name {each['number']})" for each in grant["named"])])


def _day(text: str | None) -> datetime | None:
    """The moment that was given.

    Raises:
        InputError: it is none.
    """
    try:
        at = datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise InputError(
            [Fault(f"{text!r} is no day.", field="--until", remedy="Write 2027-01-31.")]
        ) from error
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at
