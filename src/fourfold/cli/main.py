"""The command `fourfold`: where its parts are put together, and how errors become exit statuses."""

import importlib
import importlib.util
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

import typer
from typer.core import TyperCommand

from fourfold.canon import printable, remedy_for, shown
from fourfold.canon.document import SURROGATE
from fourfold.cli.part import Part
from fourfold.errors import Fault, FourfoldError, InputError

# Each part is a module of this package with a typer application `app`. It is imported when it is called,
# so that deciding never waits for the web framework. A part that is not installed is not listed.
PARTS = {
    "recommend": "Which levels the answers of a file support, and why.",
    "plan": "A planning file: begin one, check it, see its matrix.",
    "framework": "The conditions behind every verdict, and where they are written.",
    "institutions": "Institutions side by side.",
    "node": "Set up and run a node.",
    "account": "Who may use a node's pages and API, and as what.",
    "reader": "Who may read what by pages and API: two people grant, one ends.",
    "peer": "Invite another institution's node, and join it.",
    "key": "Renew, revoke, succeed or replace a key; accept a counterpart's.",
    "assessment": "Assess activities together: load, seal, reveal.",
    "agreement": "Agree levels of engagement, and sign them.",
    "record": "Keep records, and import them.",
    "attachment": "Files that belong to records, and travel by digest.",
    "retention": "How long things are kept: what is due, and destroying it.",
    "hold": "Legal holds: what may not be destroyed.",
    "proposal": "Propose what both sides are to do alike, and answer it.",
    "joint": "Draft a record together, and sign the same bytes.",
    "release": "See what would go to whom, and decide it.",
    "consent": "Ask originators whether something may go on, and answer.",
    "client": "Let third-party TAXII clients pull, or hand in.",
    "inbox": "Look at what third-party tools handed in, and decide.",
    "sync": "Fetch what others have released.",
    "verify": "Check an object, a receipt or a log without any node.",
    "log": "The evidence: logs, checkpoints and proofs.",
    "evidence": "Write the evidence to files that anybody can check.",
    "demo": "Two nodes on this machine, in the browser.",
    "tour": "The whole path on two nodes, without a browser.",
}
BAD_INPUT, REFUSED, INTERRUPTED, PIPE_CLOSED = 2, 1, 130, 141


class Parts(Part):
    """The commands by name; listing them imports none, calling one imports that one."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  the signature is typer's
        """The parts that are installed, in the order of `PARTS`."""
        return [name for name in PARTS if importlib.util.find_spec(f"fourfold.cli.{name}")]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A part as the listing shows it: name and purpose."""
        listed = cmd_name in self.list_commands(ctx)
        return TyperCommand(cmd_name, help=PARTS[cmd_name], rich_markup_mode=None) if listed else None

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The part that is called, imported now."""
        name = args[0]
        if name.startswith("-") or name not in self.list_commands(ctx):
            ctx.fail(f'There is no command "{name}". {remedy_for(name, self.list_commands(ctx))}')
        module = importlib.import_module(f"fourfold.cli.{name}")
        return name, typer.main.get_command(module.app), args[1:]


app = typer.Typer(cls=Parts, add_completion=False, rich_markup_mode=None)


@app.callback()
def fourfold() -> None:
    """How closely should two institutions work together, on what, and why?

    Fourfold decides a level of engagement for each activity, agrees it, and carries it out.

    \b
    Begin with:
        fourfold plan new my-plan.yaml
        fourfold plan show my-plan.yaml
    """  # noqa: D301  a backspace is the sign that keeps lines as they are


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs one command and ends with its exit status: 0, 1 (refused), 2 (bad input), 130 (interrupted)."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # both are text files
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = _guarded(given)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else closing complains once more
        status = PIPE_CLOSED
    raise SystemExit(status)


def _check(arguments: Sequence[str]) -> None:
    """Refuse, for all commands at once, what is no text: it could be neither kept nor shown.

    Raises:
        InputError: an argument is not UTF-8, or holds a NUL; all of them.
    """
    remedy = "Write it in UTF-8; give a file another name, or read it by `-` where that is taken."
    faults = [
        Fault(f"{shown(given)} is no text.", remedy=remedy)
        for given in arguments
        if "\x00" in given or (not given.isascii() and SURROGATE.search(given))
    ]
    if faults:
        raise InputError(faults)


def _invoke(arguments: list[str]) -> int:
    command = typer.main.get_command(app)
    try:
        _check(arguments)
        with command.make_context("fourfold", arguments) as context:
            command.invoke(context)
    except typer.Exit as stop:
        return stop.exit_code
    except (KeyboardInterrupt, typer.Abort, EOFError):
        return INTERRUPTED
    except typer.TyperException as error:
        return _told([_usage(error)], error.exit_code)
    except InputError as error:
        return _told(error.faults, BAD_INPUT)
    except FourfoldError as error:
        return _told([error], REFUSED)
    return 0


def _guarded(arguments: list[str]) -> int:
    """The same, where a file or a node's database fails; only a command that opened a node has Django."""
    try:
        return _invoke(arguments)
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.filename is None:
            raise
        return _told([Fault(f"{error.strerror}.", str(error.filename))], BAD_INPUT)
    except Exception as error:
        django = sys.modules.get("django.db")
        if django is None or not isinstance(error, django.DatabaseError):
            raise
        if isinstance(error, django.DataError):
            return _told([_UNKEPT], BAD_INPUT)
        return _told([store_fault(error)], REFUSED)


_UNKEPT = Fault("A value is longer than the store takes.", remedy="Shorten names and ids; nothing was kept.")


def store_fault(error: Exception) -> str:
    """What a person reads when the database itself failed: what it said, and that nothing is half-done."""
    said = " ".join(str(error).split()).rstrip(".")
    remedy = "Look whether the disk is full and the database runs, then do it again."
    return f"The store failed: {said}. What was begun was taken back. {remedy}"


def _told(messages: Iterable[object], status: int) -> int:
    sys.stdout.flush()
    for message in messages:
        sys.stderr.write(printable(str(message)) + "\n")
    return status


def _usage(error: typer.TyperException) -> str:
    """What was wrong with the call, in one line, and where to read how it is called."""
    context = getattr(error, "ctx", None)
    name = context.command_path if context else "fourfold"
    message = error.format_message()
    stop = "" if message.endswith((".", "?")) else "."
    return f"{name}: {message}{stop} See {name} --help."
