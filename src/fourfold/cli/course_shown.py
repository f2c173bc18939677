"""What the commands of proposals and joint records share: naming one, showing one, saying where it stands."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from fourfold.cli.node_session import tell
from fourfold.cli.output import Format, Page

if TYPE_CHECKING:
    from fourfold.node.courses import Matter
    from fourfold.node.models import CourseStep

DigestArgument = Annotated[str, typer.Argument(metavar="DIGEST", help="As listed; its beginning is enough.")]
NoteOption = Annotated[str | None, typer.Option("--note", help="A word with it; the other parties read it.")]
PeersOption = Annotated[
    list[str] | None,
    typer.Option(
        "--peer", metavar="NAME|ID", help="A counterpart, several times for several; else the only one."
    ),
]


def found(digest: str) -> "CourseStep":
    """The step that opened the one whose digest begins so."""
    from fourfold.node.courses import find

    return find(digest)


def matter(digest: str) -> "Matter":
    """Where it stands now."""
    from fourfold.node import clock, courses

    return courses.matter(found(digest), clock.now())


def report(row: "CourseStep", output: Format) -> None:
    """Say where it stands after a step."""
    from fourfold.node.queries import courses as queries

    value = queries.as_row(matter(row.opening))
    lines = [f"{value['title']}: {value['state']}, {value['digest']}"]
    if "content" in value:
        lines.append(f"Revision {value['revision']}, bytes {value['content']}")
    tell(output, value, [*lines, waits(value)])


def print_whole(value: dict[str, Any], about: list[str], text: dict[str, Any]) -> None:
    """It with its text and history; `about` are the lines that only one of its kind has."""
    page = Page()
    page.heading(f"{value['title']}: {value['state']}")
    for line in about:
        page.line(line)
    if value["waits_for"]:
        page.paragraph(waits(value))
    page.line()
    if text:
        page.heading("Text")
        typer.echo(as_yaml(text))
    page.heading("History")
    for step in value["history"]:
        note = f": {step['note']}" if step["note"] else ""
        page.paragraph(f"{step['by']} {step['what']}{note}", mark=f"  {step['at'][:16].replace('T', ' ')}  ")
        if step["counts_not"]:
            page.paragraph(f"does not count: {step['counts_not']}", mark=20 * " ")


def waits(value: dict[str, Any]) -> str:
    """Whom it waits for, as a sentence."""
    named = "; ".join(value["waits_for"])
    return f"It waits for {named}." if named else "It waits for nobody."


def as_yaml(value: Any) -> str:
    """A text as a file that people can read and edit."""
    import yaml

    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=100)
