"""`fourfold release`: seeing what would go to whom, and deciding it."""

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

    Example: fourfold release approve record--1c2d... --as "security officer"
    """
    open_node(home)
    from fourfold.node.actions.approve import approve_release

    row = approve_release(record, recipient_named(peer), acting(actor))
    value = {"record_digest": row.record_digest, "recipient": row.recipient, "approver": row.approver}
    tell(output, value, [f"{row.approver} approved {row.record_digest} for {row.recipient}."])


@app.command()
def make(
    record: RecordArgument,
    home: HomeOption = None,
    peer: PeerOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Release what a counterpart may have of a record: it can collect it from now on.

    Exit status 1, with all reasons, if nothing may pass. Example: fourfold release make record--1c2d...
    """
    open_node(home)
    from fourfold.node.actions.release_record import release_record
    from fourfold.node.queries.releases import as_row

    row = as_row(release_record(record, recipient_named(peer), acting(actor)).release)
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

    Example: fourfold release withdraw release--3e4f... --reason "released too early"
    """
    open_node(home)
    from fourfold.node.actions.withdraw import withdraw as take_back
    from fourfold.node.queries.releases import as_row

    row = as_row(take_back(release, reason, acting(actor)).release)
    tell(output, row, [f"{row['id']}: {row['state']}"])


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
