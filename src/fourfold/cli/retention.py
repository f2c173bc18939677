"""`fourfold retention`: how long things are kept, what is due, destroying it."""

from typing import TYPE_CHECKING, Any

import typer

from fourfold.cli.node_session import ActorOption, HomeOption, acting, open_node, table, tell
from fourfold.cli.output import Format, FormatOption
from fourfold.cli.part import part

if TYPE_CHECKING:
    from fourfold.node.retaining import Due

app = part()

COLUMNS = ("what", "id", "kind", "ended", "held", "kept")


@app.callback()
def retention() -> None:
    """Keep things as long as rules say, and no longer.

    The rules stand in retention.yaml in the node's folder:

    \b
        schema: fourfold.retention/1
        rules:
          - {what: kept, kind: incident, at_least_days: 1825}
          - {what: received, at_most_days: 1825}
    """  # noqa: D301  a backspace is the sign that keeps lines as they are


@app.command()
def show(home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """Show what is due to be destroyed under the rules, and what is kept all the same, and why.

    Example: fourfold retention show --home ~/aisi
    """
    open_node(home)
    from fourfold.node import clock
    from fourfold.node.actions.apply_retention import why_kept
    from fourfold.node.retaining import due

    now = clock.now()
    rows = [{**_row(each), "kept": why_kept(each, now)} for each in due(now)]
    table(output, rows, COLUMNS, "Nothing is due.")


@app.command()
def apply(home: HomeOption = None, actor: ActorOption = None, output: FormatOption = Format.TEXT) -> None:
    """Destroy what is due. A tombstone stays, and the evidence: digests, times, receipts.

    Exit status 1 if something that is due could not be destroyed; each with the reason.

    Example: fourfold retention apply --home ~/aisi
    """
    open_node(home)
    from fourfold.node.actions.apply_retention import apply_retention

    done = apply_retention(acting(actor))
    until = done.backups_until
    value = {
        "destroyed": [_row(each) for each in done.destroyed],
        "kept": [{**_row(each), "reason": reason} for each, reason in done.kept],
        "backups_until": until.isoformat() if until and done.destroyed else None,
    }
    lines = [f"Destroyed: {each.id}" for each in done.destroyed] or ["Nothing was destroyed."]
    lines += [f"Kept: {each.id}: {reason}." for each, reason in done.kept]
    if done.destroyed and until:
        lines.append(f"Backups made before now may hold it until {until:%d %B %Y}.")
    tell(output, value, lines)
    raise typer.Exit(1 if done.kept else 0)


def _row(each: "Due") -> dict[str, Any]:
    return {
        "what": each.what.value,
        "id": each.id,
        "kind": each.kind,
        "since": each.since.isoformat(),
        "ended": each.ends.isoformat(),
        "held": "yes" if each.held else "no",
    }
