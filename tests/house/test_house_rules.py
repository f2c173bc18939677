"""What must hold of every file of the project, whoever wrote it."""

import ast
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WORDS = re.compile(r"[^\W_]+")
RUN = 9
"""This many consecutive words in common with the brief are a copied sentence, not a coincidence."""
BINARY = {".png", ".ico", ".woff2"}
HOSTS = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian\.org")
MACHINE = re.compile(r"/(?:root|home/\w+|work/main|opt/wheels)\b")
DAYS = re.compile(r"perf_counter|process_time|date\.today|split\([\"'] \d")
"""What makes a test true on some days, or on some machines."""
NOQA = re.compile(r"#\s*noqa(?P<codes>:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?(?P<reason>.*)")


def tracked() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [ROOT / name for name in listing.stdout.splitlines()]
    return [file for file in files if file.is_file() and file.suffix not in BINARY]


if shutil.which("git") is None or not (ROOT / ".git").exists():
    pytest.skip("git, or the project's history, is absent (apt-get install git)", allow_module_level=True)

FILES = tracked()
PYTHON = [file for file in FILES if file.suffix == ".py"]


def runs(text: str) -> set[tuple[str, ...]]:
    words = WORDS.findall(text.lower())
    return {tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}


def found(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    mine = Path(__file__)
    return [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for file in files
        if file != mine
        for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_sentence_of_the_brief_is_copied(brief_path: Path) -> None:
    # From the first summary sentence on: the title and the names of the authors are how one cites it.
    brief = brief_path.read_text().partition("Executive summary")[2].partition("Further Reading")[0]
    copied = runs(brief)
    hits = {
        str(file.relative_to(ROOT)): " ".join(min(common))
        for file in FILES
        if (common := runs(file.read_text(errors="replace")) & copied)
    }
    assert hits == {}


def test_no_file_names_a_package_registry() -> None:
    assert found(HOSTS, FILES) == []


def test_no_file_names_a_path_of_the_machine_it_was_written_on() -> None:
    assert found(MACHINE, FILES) == []


def test_no_test_measures_seconds_or_reads_the_day_off_the_machine_or_a_page() -> None:
    assert found(DAYS, [file for file in PYTHON if ROOT / "tests" in file.parents]) == []


def called_on_import(node: ast.AST) -> Iterator[str]:
    """What is called when a file is imported: by its statements, decorators and defaults."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            for part in (*child.decorator_list, child.args):
                yield from called_on_import(ast.Expr(part))
        elif not isinstance(child, ast.Lambda):
            if isinstance(child, ast.Call):
                yield ast.unparse(child.func)
            yield from called_on_import(child)


def test_no_file_reads_the_clock_on_import_long_before_it_is_used() -> None:
    clocks = {"clock.now", "time.time", "datetime.now", "dt.datetime.now"}
    early = [
        str(file.relative_to(ROOT))
        for file in PYTHON
        if not clocks.isdisjoint(called_on_import(ast.parse(file.read_bytes())))
    ]
    assert early == []


def test_every_exception_from_a_lint_rule_names_the_rule_and_a_reason() -> None:
    bare = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in PYTHON
        if file != Path(__file__)
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if (match := NOQA.search(line)) and not (match["codes"] and len(match["reason"].strip()) > 10)
    ]
    assert bare == []


@pytest.mark.parametrize("limit", [600])
def test_no_source_file_is_too_long_to_read(limit: int) -> None:
    long = {
        str(file.relative_to(ROOT)): lines
        for file in PYTHON
        if "migrations" not in file.parts and (lines := len(file.read_text().splitlines())) > limit
    }
    assert long == {}


def test_every_attached_lock_names_no_address() -> None:
    assert (
        found(re.compile(r"https?://|--index|--find-links"), sorted((ROOT / "requirements").iterdir())) == []
    )
