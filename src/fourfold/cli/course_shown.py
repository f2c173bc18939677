"""What the commands of proposals and joint records share: naming one, showing one, saying where it stands."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from fourfold.cli.node_session import tell
from fourfold.cli.output import Format, Page

if TYPE_CHECKING:
    from fourfold.node.courses import Matter, Opening

DigestArgument = Annotated[str, typer.Argument(metavar="DIGEST", help="As listed; its beginning is enough.")]
NoteOption = Annotated[str | None, typer.Option("--note", help="A word with it; the other parties read it.")]
PeersOption = Annotated[
    list[str] | None,
    typer.Option(
        "--peer", metavar="NAME|ID", help="A counterpart, several times for several; else the only one."
    ),
]


def found(digest: str) -> "Opening":
    """The step that opened the one whose digest begins so."""
    from fourfold.node.courses import find

    return find(digest)


def matter(digest: str) -> "Matter":
    """Where it stands now."""
    from fourfold.node import clock, courses

    return courses.matter(found(digest), clock.now())


def report(row: "Opening", output: Format) -> None:
    """Say where it stands after a step."""
    from fourfold.node.queries import courses as queries

    value = queries.as_row(matter(row.opening))
    lines = [f"{value['title']}: {value['state']}, {value['digest']}"]
    if "content" in value:
        lines.append(f"Revision {value['revision']}, bytes {value['content']}")
    tell(output, value, [*lines, waits(value), *waiting(value)])


def drop(digest: str, actor: str, output: Format) -> None:
    """Drop the step that waits in it."""
    from fourfold.node.actions.drop_step import drop_step

    row = drop_step(found(digest), actor)
    value = {"digest": row.digest, "opening": row.opening, "record": row.record}
    tell(output, value, ["Dropped. It was never anywhere but here."])


def print_whole(value: dict[str, Any], about: list[str], text: dict[str, Any]) -> None:
    """It with its text and history; `about` are the lines that only one of its kind has."""
    page = Page()
    page.heading(f"{value['title']}: {value['state']}")
    for line in about:
        page.line(line)
    if value["waits_for"]:
        page.paragraph(waits(value))
    for line in waiting(value):
        page.paragraph(line)
    if value["waiting"]:
        _print_text(page, "What the step says that waits", value["waiting"]["says"])
    _print_text(page, "Text", text)
    _print_history(page, value["history"])


def _print_text(page: Page, heading: str, text: dict[str, Any]) -> None:
    if text:
        page.line()
        page.heading(heading)
        typer.echo(as_yaml(text))


def _print_history(page: Page, steps: list[dict[str, Any]]) -> None:
    """What happened, in the order of the steps' times."""
    if steps:
        page.heading("History")
    for step in steps:
        note = f": {step['note']}" if step["note"] else ""
        page.paragraph(f"{step['by']} {step['what']}{note}", mark=f"  {step['at'][:16].replace('T', ' ')}  ")
        if step["counts_not"]:
            page.paragraph(f"does not count: {step['counts_not']}", mark=20 * " ")


def waits(value: dict[str, Any]) -> str:
    """Whom it waits for, as a sentence."""
    named = "; ".join(value["waits_for"])
    return f"It waits for {named}." if named else "It waits for nobody."


def waiting(value: dict[str, Any]) -> list[str]:
    """Our own step that waits for approval, and how that is given; nothing where none does."""
    held = value["waiting"]
    if held is None:
        return []
    lines = [f"A step of {held['by']} waits for approval, and has not left: {held['step']}."]
    for each in held["parties"]:
        given = ", ".join(each["approved_by"])
        state = "needs a second person" if each["missing"] else "needs nobody more"
        lines.append(f"  {each['name']}: {state}" + (f"; approved by {given}" if given else ""))
    return [*lines, f"Somebody else approves it: fourfold release approve {held['record']} --peer NAME"]


def as_yaml(value: Any) -> str:
    """A text as a file that people can read and edit."""
    import yaml

    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=100)
