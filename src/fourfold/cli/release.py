"""`fourfold release`: seeing what would go to whom, and deciding it."""

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from fourfold.cli.node_session import (
    ActorOption,
    HomeOption,
    PeerOption,
    acting,
    open_node,
    recipient_named,
    table,
    tell,
)
from fourfold.cli.output import Format, FormatOption, Page, print_json, unicode_shown
from fourfold.cli.part import part
from fourfold.errors import Fault, InputError

app = part()

RecordArgument = Annotated[str, typer.Argument(metavar="RECORD", help="Its id.")]


@app.callback()
def release() -> None:
    """See what would go to whom, and decide it. Nothing else lets anything leave."""


@app.command()
def preview(record: RecordArgument, home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """Say who would get what of a record, and why: the release table, row by row. Changes nothing.

    Example: fourfold release preview record--1c2d...
    """
    open_node(home)
    from fourfold.node.actions.preview_release import preview_release

    value = preview_release(record).to_json()
    if output is Format.JSON:
        print_json(value)
        return
    for recipient in value["recipients"]:
        _print(Page(), recipient)


@app.command()
def approve(
    record: RecordArgument,
    home: HomeOption = None,
    peer: PeerOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Approve, as a second person, that a record goes to a counterpart; any edit voids it.

    A step of a proposal or a joint record that waits leaves once it has all its approvals.

    Example: fourfold release approve record--1c2d... --as "security officer"
    """
    open_node(home)
    from fourfold.node.actions.approve import approve_release
    from fourfold.node.models import CourseStep, WaitingStep

    row = approve_release(record, recipient_named(peer), acting(actor))
    value = {"record_digest": row.record_digest, "recipient": row.recipient, "approver": row.approver}
    lines = [f"{row.approver} approved {row.record_digest} for {row.recipient}."]
    if WaitingStep.objects.filter(record=record, decided=None).exists():
        lines.append("It is a step, and waits for more approvals before it leaves.")
    elif CourseStep.objects.filter(record=record).exists():
        lines.append("It is a step, and has left to all parties.")
    tell(output, value, lines)


@app.command()
def make(
    record: RecordArgument,
    home: HomeOption = None,
    peer: PeerOption = None,
    anew: Annotated[
        bool, typer.Option("--anew", help="Under another id, where an earlier release was withdrawn.")
    ] = False,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Release what a counterpart may have of a record: it can collect it from now on.

    What was withdrawn does not come back; --anew makes another release of the record's latest version.

    Exit status 1, with all reasons, if nothing may pass. Example: fourfold release make record--1c2d...
    """
    open_node(home)
    from fourfold.node.actions.release_record import release_record
    from fourfold.node.queries.releases import as_row

    row = as_row(release_record(record, recipient_named(peer), acting(actor), anew=anew).release)
    lines = [
        f"Released to {row['recipient']}: {row['id']}, version {row['version']}",
        f"Passed: {', '.join(row['passed'])}",
        f"Withheld: {', '.join(row['withheld']) or 'nothing'}",
    ]
    tell(output, row, lines)


@app.command("list")
def list_(home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """List what was released, to whom, and what became of it.

    Example: fourfold release list --format json
    """
    open_node(home)
    from fourfold.node.queries.releases import listed

    table(
        output, listed(), ("id", "title", "recipient", "version", "state", "withheld"), "There is none yet."
    )


@app.command()
def withdraw(
    release: Annotated[str, typer.Argument(metavar="RELEASE", help="Its id.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it stays here.")] = "",
    home: HomeOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Withdraw a release: the counterpart destroys what it holds when it collects next, and confirms it.

    A third-party client is told when it polls next, and cannot confirm it: see `fourfold release list`.

    Example: fourfold release withdraw release--3e4f... --reason "released too early"
    """
    open_node(home)
    from fourfold.node.actions.withdraw import withdraw as take_back
    from fourfold.node.queries.releases import as_row

    row = as_row(take_back(release, reason, acting(actor)).release)
    tell(output, row, [f"{row['id']}: {row['state']}"])


@app.command()
def correct(  # noqa: PLR0913, PLR0917  options are parameters in typer
    record: RecordArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stays here.")] = "",
    right: Annotated[
        Path | None,
        typer.Option("--right", metavar="FILE", help="The right form of the record, as for `record change`."),
    ] = None,
    again: Annotated[
        bool,
        typer.Option(
            "--again", help="Release the record as it is now, to those from whom this withdraws it."
        ),
    ] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="With these: also to those who had it withdrawn before.")
    ] = False,
    second: Annotated[
        str | None, typer.Option("--second", metavar="PERSON", help="Who agrees that --right loosens it.")
    ] = None,
    home: HomeOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Correct a wrong release in one step: withdraw it everywhere, and have it destroyed.

    Every counterpart that has it reads one fixed phrase, destroys what it holds when it collects next, and
    confirms it; until then it counts as pending. Your reason stays here, and all is logged. With --right or
    --again those from whom it is withdrawn get the right form under another id, as far as the release table
    lets it pass; those from whom it had been withdrawn before do not, unless you say --anew.

    Example: fourfold release correct record--1c2d... --reason "wrong attachment" --right incident.yaml
    """
    if anew and not (right or again):
        remedy = "Say --again (as it is now) or --right FILE as well."
        raise InputError([Fault("Alone it gives nothing back.", field="--anew", remedy=remedy)])
    open_node(home)
    from fourfold.cli.record_file import changes_in
    from fourfold.node.actions.correct_release import Right, correct_release
    from fourfold.node.queries.releases import as_row

    with changes_in(right) if right else nullcontext() as changes:
        wanted = Right(changes, second, anew) if right or again else None
        done = correct_release(record, reason, acting(actor), wanted)
    value: dict[str, Any] = {
        "withdrawn": [as_row(each.release) for each in done.withdrawn],
        "released": [as_row(each.release) for each in done.released],
        "refused": dict(done.refused),
    }
    lines = [f"Withdrawn from {row['recipient']}: {row['id']}, {row['state']}" for row in value["withdrawn"]]
    lines += [f"Released to {row['recipient']}: {row['id']}" for row in value["released"]]
    lines += [f"Not released to {name}: {why}" for name, why in value["refused"].items()]
    tell(output, value, lines or ["Everything of it was withdrawn before."])


def _print(page: Page, recipient: dict[str, Any]) -> None:
    good, bad = ("\N{CHECK MARK}", "\N{BALLOT X}") if unicode_shown() else ("ok", "NO")
    page.heading(f"{recipient['name']}: {recipient['outcome']}")
    for row in recipient["rows"]:
        page.paragraph(row["name"], mark=f"  {good if row['passes'] else bad} {row['number']:>2} ")
        for finding in row["findings"]:
            page.paragraph(finding["reason"], mark="       ")
    for field in recipient["fields"]:
        reasons = " ".join(dict.fromkeys(finding["reason"] for finding in field["findings"]))
        page.paragraph(
            f"{field['name']}  {reasons}".rstrip(), mark=f"  {good if field['passes'] else bad}    "
        )
