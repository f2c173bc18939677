"""Every command that the documentation names exists, with the options that it gives it."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from fourfold.cli import main

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
QUOTED = re.compile(r"`(fourfold [^`]+)`")
TYPED = re.compile(r"^(?:\$ )?((?:\.venv/bin/)?fourfold (?:[^\n\\]|\\\n)+)", re.MULTILINE)
MAKE = re.compile(r"(?:^\$ |`)make ([a-z]+)", re.MULTILINE)
COUNTED = 3


def commands(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return [
        found.replace("\\\n", " ").removeprefix(".venv/bin/")
        for found in QUOTED.findall(text) + TYPED.findall(text)
    ]


def words_of(command: str) -> list[str]:
    """The words up to whatever a shell would make of the rest."""
    plain = re.split(r"\s(?:\||>|2>|&|;|#)", command)[0]
    return shlex.split(plain)[1:]


def fault(command: str) -> str | None:
    """Why the command cannot be called so: an unknown part or option."""
    group: Any = typer.main.get_command(main.app)
    words = words_of(command)
    while words and hasattr(group, "resolve_command"):
        if words[0].startswith("-") or not re.fullmatch(r"[a-z]+", words[0]):
            break
        context = group.make_context("fourfold", [], resilient_parsing=True)
        try:
            _, group, words = group.resolve_command(context, words)
        except Exception as error:  # noqa: BLE001  whatever it says, the command is not there
            return f"{command}: {error}"
        if group is None:
            return f"{command}: there is no such command."
    known = {name for option in group.params for name in getattr(option, "opts", [])} | {"--help"}
    unknown = [word for word in words if word.startswith("--") and word.partition("=")[0] not in known]
    return f"{command}: {unknown}" if unknown else None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_exists_with_its_options(page: Path) -> None:
    assert [told for command in commands(page) if (told := fault(command))] == []


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {name for page in PAGES for name in MAKE.findall(page.read_text(encoding="utf-8"))}
    assert named <= targets
    assert len(named) >= COUNTED


def test_the_check_finds_what_is_not_there() -> None:
    assert fault("fourfold plan show my-plan.yaml --activity standards") is None
    assert fault("fourfold plan shew my-plan.yaml")
    assert fault("fourfold plan show my-plan.yaml --activities standards")
    assert fault("fourfold recommended")
