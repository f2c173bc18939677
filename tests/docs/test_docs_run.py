"""What the documentation shows is what happens: its examples are run, and their output compared.

A fence that names a file, such as ```yaml answers.yaml, is that file. In a `console` fence a line that begins
with "$ " is typed, and the lines below it are what is printed; "..." stands for what was left out, and where
lines are broken does not matter. All fences of one page run in one shell, in an empty folder. A command that
fails has its exit status in the fence: `console exit=2`. `console no-run` is shown only. A `python` fence is
run as a program; comments at its end are what it prints.

Ids, digests and fingerprints differ from run to run: what is printed in the place of a shown one is typed
in its stead from then on. In the same way two free ports stand for those that are shown.
"""

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Timer

import pytest
import warm
import warm_command

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```(\w+)(?: ([^\n]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
ID = re.compile(rf"sha256:[0-9a-f]{{64}}|{UUID}|(?:[0-9a-f]{{4}} ){{7}}[0-9a-f]{{4}}")
SHORT = re.compile(r"sha256:[0-9a-f]{8,63}\b")
PORTS = ("8481", "8482")
MARK = "@@documentation@@"
LONGEST = 300
"""Seconds for a page."""
LOOP = f"""
exec 3<&0 </dev/null 2>&1
trap 'kill $(jobs -p) 2>/dev/null' EXIT
while IFS= read -r -d "" -u 3 typed; do eval "$typed"; printf "\\n%s %s\\n" {MARK} $?; done
"""


@dataclass(frozen=True)
class Command:
    """One typed command, what must be printed, and its exit status."""

    typed: str
    printed: str
    status: int = 0


def commands_in(body: str, status: int) -> list[Command]:
    parts = re.split(r"^\$ ", body, flags=re.MULTILINE)
    assert not parts[0], "output stands before the first command"
    found = []
    for part in parts[1:]:
        lines = part.split("\n")
        end = next(number for number, line in enumerate(lines) if not line.endswith("\\")) + 1
        found.append(Command("\n".join(lines[:end]), "\n".join(lines[end:]).strip(), status))
    return found


def script_of(page: Path, folder: Path) -> list[Command]:
    """Writes the files that a page shows, and gives the commands that it types, in order."""
    found = []
    for language, rest, body in FENCE.findall(page.read_text(encoding="utf-8")):
        if language == "console" and rest != "no-run":
            found += commands_in(body, int(rest.removeprefix("exit=")) if rest else 0)
        elif language == "python":
            (folder / f"example{len(found)}.py").write_text(body, encoding="utf-8")
            end = re.search(r"(?:^# .*\n)*\Z", body, re.MULTILINE)
            printed = re.sub(r"^# ", "", end[0] if end else "", flags=re.MULTILINE)
            found.append(Command(f"python example{len(found)}.py", printed.strip()))
        elif re.fullmatch(r"[\w-]+\.\w+", rest):
            (folder / rest).write_text(body, encoding="utf-8")
    return found


@dataclass
class Reader:
    """Compares what is shown with what is printed, and remembers what stands for what."""

    known: dict[str, str] = field(default_factory=dict)

    def fits(self, shown: str, printed: str) -> bool:
        """Whether the output is the one that is shown."""
        text, new = " ".join(shown.split()), {}
        for port in PORTS:
            text = text.replace(port, self.known.get(port, port))
        pattern = ""
        for part in re.split(rf"({ID.pattern}| ?\.\.\. ?)", text):
            if part.strip() == "...":
                pattern += ".*"
            elif part in self.known:
                pattern += re.escape(self.known[part])
            elif part in new:
                pattern += f"(?P={new[part]})"
            elif ID.fullmatch(part):
                new[part] = f"id{len(new)}"
                pattern += f"(?P<{new[part]}>{ID.pattern})"
            else:
                pattern += re.escape(part)
        match = re.fullmatch(pattern, " ".join(printed.split()), re.DOTALL)
        self.known |= {each: match[name] for each, name in new.items()} if match else {}
        return match is not None

    def typed(self, text: str) -> str:
        """What is typed, with the values of this run."""
        for shown, printed in self.known.items():
            text = text.replace(shown, printed)
        return SHORT.sub(self._short, text)

    def _short(self, match: re.Match[str]) -> str:
        full = [printed for shown, printed in self.known.items() if shown.startswith(match[0])]
        return full[0][: len(match[0])] if full else match[0]


class Shell:
    """One shell, in a folder; each command is typed when the one before has ended."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def run(self, typed: str) -> tuple[str, int]:
        """What a command prints, and its exit status."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(typed + "\0")
        self.process.stdin.flush()
        printed = ""
        for line in self.process.stdout:
            if line.startswith(MARK):
                return printed, int(line.split()[1])
            printed += line
        raise AssertionError(f"the shell ended, or {LONGEST} seconds were over: $ {typed}\n{printed}")


@cache
def commands() -> Path:
    """A folder with the command `fourfold`, as quick as can be."""
    address = warm.address()
    folder = Path(address).parent
    warm_command.write(folder / "fourfold", address, ROOT / ".venv" / "bin" / "fourfold")
    return folder


@contextmanager
def shell(folder: Path) -> Iterator[Shell]:
    environment = {
        "PATH": f"{commands()}:{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}",
        "HOME": str(folder),
        "COLUMNS": "80",
        "LC_ALL": "C.UTF-8",
    }
    with subprocess.Popen(
        ["bash", "-c", LOOP],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,  # so that what it started in the background ends with it, come what may
    ) as process:
        timer = Timer(LONGEST, os.killpg, (process.pid, signal.SIGKILL))
        timer.start()
        try:
            yield Shell(process)
        finally:
            timer.cancel()
            os.killpg(process.pid, signal.SIGTERM)


def free_ports() -> dict[str, str]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in PORTS]
    found = [str(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return dict(zip(PORTS, found, strict=True))


def runs(page: Path) -> bool:
    fences = FENCE.findall(page.read_text(encoding="utf-8"))
    return any(language in {"console", "python"} and rest != "no-run" for language, rest, _ in fences)


@pytest.mark.parametrize(
    "page", [page for page in PAGES if runs(page)], ids=lambda page: str(page.relative_to(ROOT))
)
def test_the_examples_of_a_page_do_what_it_shows(page: Path, tmp_path: Path) -> None:
    commands, reader = script_of(page, tmp_path), Reader(free_ports())
    with shell(tmp_path) as typing:
        for command in commands:
            printed, status = typing.run(reader.typed(command.typed))
            assert status == command.status, f"$ {command.typed}\n{printed}"
            assert not command.printed or reader.fits(command.printed, printed), (
                f"$ {command.typed}\nshown:\n{command.printed}\nprinted:\n{printed}"
            )


def test_the_comparison_tells_another_output() -> None:
    reader = Reader()
    assert reader.fits("one\n...\nfour", "one\ntwo\nthree\nfour\n")
    assert reader.fits("sha256:...", "sha256:abc")
    assert not reader.fits("one\n...\nfour", "one\ntwo\n")
    assert not reader.fits("one", "one\ntwo")


def test_a_digest_stands_for_that_of_this_run_from_where_it_is_shown() -> None:
    reader, shown, printed = Reader(), "sha256:" + "0a" * 32, "sha256:" + "1b" * 32
    assert reader.fits(f"made {shown}", f"made\n{printed}")
    assert reader.typed(f"sign {shown} {shown[:20]}") == f"sign {printed} {printed[:20]}"
    assert not reader.fits(shown, shown)


def test_the_shell_tells_the_status_and_keeps_its_state(tmp_path: Path) -> None:
    with shell(tmp_path) as typing:
        assert typing.run("false")[1] == 1
        assert typing.run("X=5; cat; echo a >&2") == ("a\n\n", 0)
        assert typing.run("echo $X")[0].strip() == "5"
