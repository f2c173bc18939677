"""What the documentation shows is what happens: its examples are run, and their output compared.

A fence that names a file, such as ```yaml answers.yaml, is that file. In a `console` fence a line that begins
with "$ " is typed, and the lines below it are what is printed; "..." stands for what was left out. All fences of one
page run in one shell, in an empty folder. `console no-run` is shown only: the commands that set everything
up are run by whoever tests. A command that fails has its exit status in the fence: `console exit=2`.
"""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```(\w+)(?: ([^\n]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "@@documentation@@"
LONGEST = 120
"""Seconds for a page."""


@dataclass(frozen=True)
class Command:
    """One typed command, what must be printed, and its exit status."""

    typed: str
    printed: str
    status: int


def commands_in(body: str, status: int) -> list[Command]:
    parts = re.split(r"^\$ ", body, flags=re.MULTILINE)
    assert not parts[0], "output stands before the first command"
    found = []
    for part in parts[1:]:
        lines = part.split("\n")
        end = next(number for number, line in enumerate(lines) if not line.endswith("\\")) + 1
        found.append(Command("\n".join(lines[:end]), "\n".join(lines[end:]).rstrip("\n"), status))
    return found


def script_of(page: Path, folder: Path) -> list[Command]:
    """Writes the files that a page shows, and gives the commands that it types, in order."""
    found = []
    for language, rest, body in FENCE.findall(page.read_text(encoding="utf-8")):
        if language == "console" and rest != "no-run":
            found += commands_in(body, int(rest.removeprefix("exit=")) if rest else 0)
        elif language == "python":
            (folder / f"example{len(found)}.py").write_text(body, encoding="utf-8")
            found.append(Command(f"python example{len(found)}.py", "...", 0))
        elif re.fullmatch(r"[\w-]+\.\w+", rest):
            (folder / rest).write_text(body, encoding="utf-8")
    return found


def run(commands: list[Command], folder: Path) -> list[tuple[str, int]]:
    """What each command printed, and its exit status, in one shell."""
    script = "".join(f"{each.typed}\nstatus=$?; echo; echo {MARK} $status\n" for each in commands)
    environment = {
        "PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}",
        "HOME": str(folder),
        "COLUMNS": "80",
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        ["bash", "-c", "trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT\nexec 2>&1\n" + script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    parts = re.split(rf"\n{MARK} (\d+)\n", done.stdout)
    return [(printed, int(status)) for printed, status in zip(parts[:-1:2], parts[1::2], strict=True)]


def fits(shown: str, printed: str) -> bool:
    """Whether the output is the one that is shown; "..." stands for anything."""
    pattern = ".*".join(re.escape(part) for part in re.split(r"\n?\.\.\.", shown))
    return re.fullmatch(pattern + r"\s*", printed, re.DOTALL) is not None


def runs(page: Path) -> bool:
    fences = FENCE.findall(page.read_text(encoding="utf-8"))
    return any(language in {"console", "python"} and rest != "no-run" for language, rest, _ in fences)


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if page.is_file() and runs(page)],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_the_examples_of_a_page_do_what_it_shows(page: Path, tmp_path: Path) -> None:
    commands = script_of(page, tmp_path)
    results = run(commands, tmp_path)
    for command, (printed, status) in zip(commands, results, strict=True):
        assert status == command.status, f"$ {command.typed}\n{printed}"
        assert not command.printed or fits(command.printed, printed), (
            f"$ {command.typed}\nshown:\n{command.printed}\nprinted:\n{printed}"
        )
    assert len(results) == len(commands)


def test_the_comparison_tells_another_output_and_the_shell_another_status(tmp_path: Path) -> None:
    assert fits("one\n...\nfour", "one\ntwo\nthree\nfour\n")
    assert fits("sha256:...", "sha256:abc")
    assert not fits("one\n...\nfour", "one\ntwo\n")
    assert not fits("one", "one\ntwo")
    assert run([Command("false", "", 0), Command("echo a; echo b", "", 0)], tmp_path) == [
        ("", 1),
        ("a\nb\n", 0),
    ]
