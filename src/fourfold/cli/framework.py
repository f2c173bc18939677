"""`fourfold framework`: the conditions behind the verdicts, where they are written, and who can group."""

import shlex
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

import typer

from fourfold.canon import remedy_for, shown
from fourfold.canon.document import MOST_BYTES
from fourfold.cli.framework_data import framework_json, identity
from fourfold.cli.output import (
    FileArgument,
    Format,
    FormatOption,
    FrameworkOption,
    NewFileArgument,
    Page,
    ReadingOption,
    chosen_framework,
    print_json,
    read_input,
    write_new,
)
from fourfold.cli.part import part
from fourfold.cli.wording import LEVELS, SHORT, listed
from fourfold.errors import Fault, InputError
from fourfold.framework import (
    Framework,
    Group,
    Level,
    groups,
    load_recommend_input,
    shipped,
    shipped_names,
    shipped_source,
    shipped_text,
    source_digests,
    verify_source,
)
from fourfold.framework.parts import Condition

app = part()
NameArgument = Annotated[
    str | None,
    typer.Argument(metavar="[NAME|FILE]", help="A shipped framework, or a file; the brief's if left out."),
]


@app.callback()
def framework() -> None:
    """The criteria and conditions that every verdict rests on, and the places they are drawn from.

    Example: fourfold framework show
    """


@app.command("list")
def list_(output: FormatOption = Format.TEXT) -> None:
    """Lists the frameworks that come with Fourfold.

    Example: fourfold framework list
    """
    found = [(name, shipped(name)) for name in shipped_names()]
    if output is Format.JSON:
        print_json([{"name": name, **identity(each)} for name, each in found])
        return
    page = Page()
    for name, each in found:
        page.heading(name)
        counts = (
            f"{len(each.criteria)} criteria, {len(each.activities)} activities, {len(each.readings)} readings"
        )
        page.paragraph(f"{each.title}. Version {each.version}, {counts}.", mark="  ")
        page.line(f"  {each.digest}")


@app.command()
def show(
    name: NameArgument = None,
    activity: Annotated[str | None, typer.Option(metavar="ID", help="The ideas for one activity.")] = None,
    reading: ReadingOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Shows criteria, the conditions of a reading, and activities, each with its place in the source.

    Example: fourfold framework show --reading strict
    """
    chosen = chosen_framework(name)
    word = _one_of(chosen.readings, reading or chosen.default_reading, "reading")
    only = _one_of(chosen.activities, activity, "activity") if activity is not None else None
    if output is Format.JSON:
        print_json(framework_json(chosen, word, only))
        return
    page = Page()
    if only is not None:
        _avenues(page, chosen, only)
        return
    page.heading(chosen.title)
    page.paragraph(chosen.about)
    _criteria(page, chosen)
    _conditions(page, chosen, word)
    page.line()
    page.heading("Activities")
    for id_, each in chosen.activities.items():
        page.paragraph(each.title, mark=f"  {id_:<26}")


@app.command()
def new(
    file: NewFileArgument,
    like: Annotated[
        str, typer.Option(metavar="NAME", help="The shipped framework to begin with.")
    ] = "illustrative-asia-pacific",
) -> None:
    """Writes a framework's file to begin another one with; a file that exists is left as it is.

    Edit it, and load it with --framework FILE. "fourfold framework show FILE" tells all faults of it.

    Example: fourfold framework new ours.yaml
    """
    if write_new(file, shipped_text(like)):
        typer.echo(f"Wrote {file}. See it with: {shlex.join(['fourfold', 'framework', 'show', file])}")


@app.command()
def verify(
    source: Annotated[
        str | None, typer.Option(metavar="FILE", help="The text the framework is drawn from.")
    ] = None,
    name: NameArgument = None,
    digests: bool = typer.Option(
        False, "--digests", help="Print the digest of what stands in each passage's place instead."
    ),
) -> None:
    """Checks that a source text still says, word for word, what the framework refers to.

    Exit status 2, with every passage that differs, if it does not. Another text altogether is one fault.

    Example: fourfold framework verify --source brief.txt
    """
    chosen = chosen_framework(name)
    text, file = _source(source, name, chosen)
    if digests:
        for passage, found in source_digests(chosen, text).items():
            typer.echo(f"{passage}: {found or 'no such place'}")
        return
    if faults := verify_source(chosen, text, file):
        raise InputError(faults)
    Page().paragraph(f"All {len(chosen.passages)} passages of {chosen.id} stand in {file} as they should.")


@app.command("groups")
def groups_(
    file: FileArgument,
    output: FormatOption = Format.TEXT,
    reading: ReadingOption = None,
    framework: FrameworkOption = None,
) -> None:
    """Which of several institutions could work together, and how closely.

    The file is one that "fourfold recommend" takes, with any number of institutions. For each level, the
    largest groups are named: no larger one contains them.

    Example: fourfold framework groups network.yaml
    """
    chosen = chosen_framework(framework)
    question = load_recommend_input(read_input(file), chosen, file=file)
    try:
        found = {part.name: groups(chosen, part.answers, reading) for part in question.slices}
    except InputError as error:
        raise InputError([replace(fault, file=file) for fault in error.faults]) from error
    if output is Format.JSON:
        print_json([{"name": name, "groups": _groups_json(levels)} for name, levels in found.items()])
        return
    page = Page()
    page.heading(chosen.activities[question.activity].title)
    for name, levels in found.items():
        if len(found) > 1:
            page.line()
            page.heading(f"Slice: {name}")
        for level in LEVELS:
            _groups(page, level, levels[level])


def _source(source: str | None, name: str | None, chosen: Framework) -> tuple[str, str]:
    """The text to check against and its name: a file, or the text that comes with the framework."""
    if source is None:
        text = shipped_source(name or "")
        if text is None:
            message = f"The source of {chosen.id} does not come with Fourfold."
            raise InputError([Fault(message, field="--source", remedy="Name its file.")])
        return text, "the text that comes with it"
    data = read_input(source)
    if len(data) > MOST_BYTES:
        raise InputError([Fault(f"The file is larger than {MOST_BYTES:,} bytes.", source)])
    try:
        return data.decode("utf-8"), source
    except UnicodeDecodeError as error:
        raise InputError(
            [Fault("The file is not UTF-8 text.", source, remedy="Save it as UTF-8.")]
        ) from error


def _one_of(known: Mapping[str, object], id_: str, what: str) -> str:
    if id_ not in known:
        message = f"The framework has no {what} {shown(id_)}."
        raise InputError([Fault(message, field=f"--{what}", remedy=remedy_for(id_, list(known)))])
    return id_


def _criteria(page: Page, chosen: Framework) -> None:
    page.line()
    page.heading("Criteria (id, question, scale, how several answers become one, source)")
    for each in chosen.criteria.values():
        refs = "; ".join(chosen.refs(each.passages))
        page.paragraph(each.question, mark=f"  {each.id:<11}")
        page.paragraph(
            f"{', '.join(each.scale)}. {each.aggregation.value}. {refs}", mark=" " * 13, style="dim"
        )


def _conditions(page: Page, chosen: Framework, reading: str) -> None:
    page.line()
    page.heading(f'Conditions, read as "{reading}"')
    page.paragraph(chosen.readings[reading].text)
    for level in LEVELS:
        support = chosen.readings[reading].support[level]
        page.line()
        page.heading(f"{chosen.levels[level].title}: {chosen.levels[level].text}")
        if support.gate:
            page.paragraph(_cited(chosen, support.gate), mark="  only if    ")
        for place, reason in enumerate(support.reasons):
            page.paragraph(_cited(chosen, reason), mark="  supported  " if place == 0 else "  or         ")
        for rule in chosen.rule_outs:
            if level in rule.levels:
                page.paragraph(_cited(chosen, rule.condition), mark="  ruled out  ")


def _cited(chosen: Framework, condition: Condition) -> str:
    """A condition's sentence, with the places in the source that it rests on."""
    return f"{condition.text} ({'; '.join(chosen.refs(condition.passages))})"


def _avenues(page: Page, chosen: Framework, id_: str) -> None:
    activity = chosen.activities[id_]
    page.heading(activity.title)
    for level in LEVELS:
        avenue = activity.avenues.get(level)
        if avenue is None:
            page.paragraph("no idea in the source", mark=f"  {level.value:<15}", style="dim")
        else:
            ref = chosen.passages[avenue.passage].ref
            page.paragraph(f"{avenue.title} ({ref})", mark=f"  {level.value:<15}")


def _groups(page: Page, level: Level, found: tuple[Group, ...]) -> None:
    page.line()
    page.heading(f"{level.value.capitalize()}")
    for group in found:
        page.paragraph(f"{listed(list(group.members))} ({SHORT[group.verdict]})", mark="  ")
    if not found:
        page.paragraph("no two of them", mark="  ", style="dim")


def _groups_json(levels: Mapping[Level, tuple[Group, ...]]) -> dict[str, Any]:
    return {
        level.value: [{"members": list(group.members), "verdict": group.verdict.value} for group in found]
        for level, found in levels.items()
    }
