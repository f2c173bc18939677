"""`fourfold proposal`: what is done alike on both sides: proposed, answered, committed to by a date."""

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fourfold.cli import course_file, course_shown
from fourfold.cli.course_shown import (
    DigestArgument,
    NoteOption,
    PeersOption,
    as_yaml,
    found,
    matter,
    print_whole,
    report,
)
from fourfold.cli.node_session import (
    ActorOption,
    HomeOption,
    OutOption,
    acting,
    open_node,
    peers_named,
    table,
    tell,
    write_out,
)
from fourfold.cli.output import Format, FormatOption
from fourfold.cli.part import part
from fourfold.errors import Fault, InputError, RefusedError

if TYPE_CHECKING:
    from fourfold.protocols.coordination import Move

app = part()

COLUMNS = ("title", "state", "due", "round", "waits_for", "digest")


class Reply(StrEnum):
    """How a text is answered."""

    ACCEPT = "accept"
    AMEND = "amend"
    DECLINE = "decline"


@app.callback()
def proposal() -> None:
    """Propose what both sides are to do alike, answer it, and commit to it by a date.

    Needs a slice at coordination or closer. A step goes to every other party whole, or to nobody.
    """


@app.command()
def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="YAML or JSON.")],
    home: HomeOption = None,
    peer: PeersOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Propose a text from a file: two definitions of an incident, mapped limb by limb, to adopt by a date.

    \b
        kind: definition_mapping
        slice: definitions
        marking: {tlp: GREEN}
        title: What counts as a serious incident
        due: 2026-12-31
        first: {name: Regulation (EU) 2024/1689, provision: Article 3(49)}
        second: {name: OECD, provision: AI incident}
        rows:
          - {first: death of a person, relation: exact, second: injury or harm to health, note: ...}
          - {first: ..., relation: none, note: no counterpart}

    Relations: exact, close, broad (the second limb is broader), narrow, related, none.

    Example: fourfold proposal new mapping.yaml
    """  # noqa: D301  a backspace is the sign that keeps lines as they are
    open_node(home)
    from fourfold.node.actions.propose import NewProposal, propose

    with course_file.handed(file, opens=True) as given:
        new_ = NewProposal(given.kind, given.slice, course_file.marked(given), given.fields)
        row = propose(new_, peers_named(peer), acting(actor))
    report(row, output)


@app.command("list")
def list_(home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """List all proposals: where each stands, what is due, and from whom.

    Example: fourfold proposal list --format json
    """
    open_node(home)
    from fourfold.node.queries import courses as queries

    rows = [{"due": None, "round": None, **queries.as_row(each)} for each in queries.proposals()]
    table(output, rows, COLUMNS, "There is none yet. Propose one: fourfold proposal new FILE.")


@app.command()
def show(digest: DigestArgument, home: HomeOption = None, output: FormatOption = Format.TEXT) -> None:
    """Show a proposal: its text, where each party stands, and how it came to that.

    Example: fourfold proposal show sha256:1f2e
    """
    open_node(home)
    from fourfold.node.queries import courses as queries

    stands = matter(digest)
    if queries.is_joint(stands):
        raise RefusedError("This is a joint record, not a proposal. See fourfold joint show.")
    value = queries.whole(stands)
    if output is Format.JSON:
        tell(output, value, ())
        return
    about = (
        [f"To be done by {value['due']}; text {value['round']}; {value['digest']}"] if "due" in value else []
    )
    for name, stance in value.get("stances", {}).items():
        until = value["commitments"].get(name)
        about.append(f"  {name}: {stance}" + (f", by {until}" if until else ""))
    print_whole(value, about, value.get("text", {}))


@app.command()
def text(digest: DigestArgument, home: HomeOption = None, out: OutOption = None) -> None:
    """Write the text that counts as a file to edit, for an amendment.

    Example: fourfold proposal text sha256:1f2e --out mine.yaml
    """
    open_node(home)
    from fourfold.node import courses
    from fourfold.node.queries import courses as queries

    head = courses.proposal(matter(digest)).head
    write_out(as_yaml(queries.content_of(head.proposal)).encode(), out)


@app.command()
def answer(  # noqa: PLR0913, PLR0917  options are parameters in typer
    digest: DigestArgument,
    reply: Annotated[Reply, typer.Argument(metavar="accept|amend|decline", help="What you say to it.")],
    home: HomeOption = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="For amend: the whole text as it should be.")
    ] = None,
    note: NoteOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Accept the text that counts, decline it, or amend it: another text that supersedes it.

    Example: fourfold proposal answer sha256:1f2e accept

    Example: fourfold proposal text sha256:1f2e --out mine.yaml, edit it, then
    fourfold proposal answer sha256:1f2e amend --file mine.yaml
    """
    open_node(home)
    from fourfold.protocols.coordination import Move

    if reply is not Reply.AMEND:
        if file is not None:
            raise InputError([Fault("Only an amendment has a file.", remedy="Leave --file out.")])
        _say(digest, Move(reply.value), acting(actor), output, note=note)
        return
    if file is None:
        remedy = "Write the text with fourfold proposal text, edit it, and give it with --file."
        raise InputError([Fault("An amendment is a whole text.", remedy=remedy)])
    from fourfold.node.actions.amend_proposal import amend_proposal

    with course_file.handed(file, opens=False) as given:
        row = amend_proposal(found(digest), given.fields, given.marking, acting(actor))
    report(row, output)


@app.command()
def commit(
    digest: DigestArgument,
    home: HomeOption = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="DATE", help="When your part will be done; else its date.")
    ] = None,
    note: NoteOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Commit to what all have accepted, by a date. A date that passes undone lets the proposal lapse.

    Example: fourfold proposal commit sha256:1f2e --by 2026-12-15
    """
    open_node(home)
    from fourfold.protocols.coordination import Move

    _say(digest, Move.COMMIT, acting(actor), output, note=note, by=_day(by))


@app.command()
def done(
    digest: DigestArgument,
    home: HomeOption = None,
    note: NoteOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Report that your part of what you committed to is done.

    Example: fourfold proposal done sha256:1f2e --note "in use since Monday"
    """
    open_node(home)
    from fourfold.protocols.coordination import Move

    _say(digest, Move.FINISH, acting(actor), output, note=note)


@app.command()
def withdraw(
    digest: DigestArgument,
    home: HomeOption = None,
    note: NoteOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Take back your own text, as long as you have not committed to it. The text stays readable.

    Example: fourfold proposal withdraw sha256:1f2e --note "overtaken by events"
    """
    open_node(home)
    from fourfold.protocols.coordination import Move

    _say(digest, Move.WITHDRAW, acting(actor), output, note=note)


@app.command()
def drop(
    digest: DigestArgument,
    home: HomeOption = None,
    actor: ActorOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Drop your own step that waits for a second person's approval. Nobody else has seen it.

    Example: fourfold proposal drop sha256:1f2e
    """
    open_node(home)
    course_shown.drop(digest, acting(actor), output)


def _say(
    digest: str,
    move: "Move",
    actor: str,
    output: Format,
    *,
    note: str | None = None,
    by: dt.date | None = None,
) -> None:
    from fourfold.node.actions.answer_proposal import Said, answer_proposal

    report(answer_proposal(found(digest), Said(move, note, by), actor), output)


def _day(text: str | None) -> dt.date | None:
    try:
        return None if text is None else dt.date.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            [Fault(f"{text!r} is no date.", field="--by", remedy="Write 2026-12-15.")]
        ) from error
