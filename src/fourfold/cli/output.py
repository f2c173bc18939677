"""What all commands share: reading what a user names, and printing data or text."""

import json
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from fourfold.canon import escaped, printable
from fourfold.canon.document import MOST_BYTES
from fourfold.errors import Fault, InputError, RefusedError
from fourfold.framework import Framework, load_framework, shipped, shipped_names

WIDEST = 100  # lines longer than this are hard to read


class Format(StrEnum):
    """For people, or for programs."""

    TEXT = "text"
    JSON = "json"


FormatOption = Annotated[Format, typer.Option("--format", help="For people (text) or for programs (json).")]
FileArgument = Annotated[str, typer.Argument(metavar="FILE", help="YAML or JSON; - reads standard input.")]
NewFileArgument = Annotated[
    str, typer.Argument(metavar="FILE", help="The file to write; - writes standard output.")
]
ReadingOption = Annotated[
    str | None,
    typer.Option("--reading", metavar="READING", help="gated (default), strict, literal or coord-and."),
]
FrameworkOption = Annotated[
    str | None,
    typer.Option("--framework", metavar="NAME|FILE", help="Another framework: a shipped one, or a file."),
]


def read_input(name: str) -> bytes:
    """The bytes of a file that a user named; `-` is standard input. Never more than a document may have.

    Raises:
        InputError: it cannot be read; the message says why.
    """
    try:
        if name == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1) if sys.stdin else b""
        with Path(name).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError([cannot("read", name, error)]) from error


def write_new(file: str, text: str) -> bool:
    """Creates a file, never replacing one; `-` is standard output. Whether there is a file now.

    Raises:
        RefusedError: it exists.
        InputError: it cannot be written.
    """
    if file == "-":
        typer.echo(text, nl=False)
        return False
    try:
        with Path(file).open("x", encoding="utf-8") as target:
            target.write(text)
    except FileExistsError:
        raise RefusedError(f"{file} exists; nothing was written. Choose another name.") from None
    except OSError as error:
        raise InputError([cannot("write", file, error)]) from error
    return True


def cannot(act: str, name: str, error: OSError) -> Fault:
    """Why the system refused to read or to write a file, as a fault of that file."""
    reason = os.strerror(error.errno) if error.errno else str(error)
    return Fault(f"Cannot {act} this file: {reason[:1].lower()}{reason[1:]}.", name)


def chosen_framework(name: str | None) -> Framework:
    """The framework that a user asked for: the brief's, another shipped one, or one from a file.

    Raises:
        InputError: the file cannot be read or is at fault.
    """
    if name is None:
        return shipped()
    if name in shipped_names():
        return shipped(name)
    return load_framework(read_input(name), file=name)


def print_json(value: Any) -> None:
    """Data for programs: indented JSON; what a terminal would obey or not show is escaped in it."""
    sys.stdout.write(escaped(json.dumps(value, indent=2, ensure_ascii=False)) + "\n")


def unicode_shown() -> bool:
    """Whether symbols beyond ASCII will reach the reader."""
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


class Page:
    """Text for people, wrapped to the terminal and to what is easy to read; coloured on a terminal only."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, markup=False, emoji=False)
        self.width = min(self.console.width, WIDEST)

    def line(self, text: str | Text = "") -> None:
        """One line as it is."""
        shown = Text(printable(text)) if isinstance(text, str) else text
        self.console.print(shown, no_wrap=True, overflow="ignore", crop=False)

    def heading(self, text: str) -> None:
        """A line that opens a part."""
        self.paragraph(text, style="bold")

    def packed(self, items: list[str]) -> None:
        """Short items side by side, none of them broken."""
        row = ""
        for item in items:
            if row and len(row) + len(item) + 3 > self.width:
                self.line(row)
                row = ""
            row = f"{row}   {item}" if row else item
        self.line(row)

    def paragraph(self, text: str, *, mark: str = "", style: str = "") -> None:
        """A paragraph; `mark` stands before its first line, and the others are indented by as much."""
        room = max(self.width - len(mark), 24)
        lines = Text(printable(text), style=style).wrap(self.console, room)
        for place, line in enumerate(lines):
            line.rstrip()
            self.line(Text(mark if place == 0 else " " * len(mark)) + line)
