"""The reference of all commands is what the commands say of themselves."""

import importlib
import os
from collections.abc import Iterator
from pathlib import Path

import typer

from fourfold.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docs" / "reference" / "cli.md"
WIDTH = 96
RENEW = "FOURFOLD_RENEW_DOCS"
HEAD = f"""\
# All commands

What `--help` says, in one page. This file is written by its test; renew it with

```sh
{RENEW}=1 .venv/bin/python -m pytest {Path(__file__).relative_to(ROOT)}
```

Every command ends with status 0 if it did what was asked, 1 if it was refused, 2 if a file or the call is at
fault (all faults are told, and nothing was changed unless the command says so), 130 if it was interrupted.
"""


def commands() -> Iterator[tuple[str, typer.core.TyperCommand]]:
    root = typer.main.get_command(app)
    yield "fourfold", root
    for part in root.list_commands(typer.Context(root)):
        module = importlib.import_module(f"fourfold.cli.{part}")
        command = typer.main.get_command(module.app)
        yield f"fourfold {part}", command
        for name, inner in sorted(getattr(command, "commands", {}).items()):
            yield f"fourfold {part} {name}", inner


def reference() -> str:
    sections = [HEAD]
    for name, command in commands():
        told = command.get_help(typer.Context(command, info_name=name, terminal_width=WIDTH))
        mark = "##" if name.count(" ") < 2 else "###"
        sections.append(f"{mark} `{name}`\n\n```text\n{told.strip()}\n```\n")
    return "\n".join(sections)


def test_the_reference_of_all_commands_is_current() -> None:
    if os.environ.get(RENEW):
        FILE.write_text(reference(), encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == reference(), f"renew it: {RENEW}=1, see the head of the file"


def test_every_command_and_part_is_described() -> None:
    bare = [name for name, command in commands() if not (command.help or "").strip()]
    assert bare == []
