"""Faults kept as patches, for rows of the release table, findings and readers: each turns a named test red.

A patch begins with what it breaks and the test that must notice. It is applied to a copy of the package, to
the letter: a patch that no longer fits the code fails here too, and is to be written anew.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import warm
from effort import drawn

from fourfold.release import ROWS

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
NAME = re.compile(r"(?:row-(\d\d)|f\d+|reader)-[a-z-]+")

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Planted:
    """A fault: the row that it is about, if any, the file, and the test that must turn red."""

    file: Path

    @property
    def row(self) -> int | None:
        row = NAME.fullmatch(self.file.stem)[1]
        return int(row) if row else None

    @property
    def changed(self) -> list[Path]:
        """The files that it changes."""
        return [Path(name) for name in re.findall(r"^--- a/(.*)$", self.file.read_text(), re.MULTILINE)]

    @property
    def turns_red(self) -> str:
        return re.search(r"^Turns red: (\S.*)$", self.file.read_text(), re.MULTILINE)[1]


FAULTS = [Planted(file) for file in sorted(HERE.glob("*.patch"))]


def beside(folder: Path, *changed: Path) -> Path:
    """The sources in a folder: the files that change are copies, all else is what stands here."""
    places = {parent for file in changed for parent in file.parents}
    for place in sorted(places):
        (folder / place).mkdir(exist_ok=True)
        for each in (ROOT / place).iterdir() if place.parts else ():
            name = place / each.name
            if name in changed:
                shutil.copy(each, folder / name)
            elif name not in places and each.name != "__pycache__":
                (folder / name).symlink_to(each)
    return folder


def run(folder: Path, *tests: str) -> subprocess.CompletedProcess[str]:
    """Run tests of this repository against the package in a folder, without chance, until one fails."""
    words = ["-q", "-rA", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header", *tests]
    words += ["--basetemp", str(folder / "tmp")]
    environment = {**os.environ, "PYTHONPATH": str(folder / "src"), "FOURFOLD_TEST_PLANTED": "1"}
    return warm.run(*words, cwd=ROOT, env=environment, program="-m pytest", modules=warm.TESTS)


@pytest.fixture(scope="module", autouse=True)
def patching() -> None:
    if shutil.which("patch") is None:
        pytest.skip("needs the program patch (on Debian: apt-get install patch)")


def test_there_is_a_fault_for_every_row_of_the_table():
    assert len(FAULTS) >= 12
    assert {fault.row for fault in FAULTS} - {None} == {row.number for row in ROWS}


def test_there_are_leaks_to_readers_inside():
    assert len([fault for fault in FAULTS if fault.file.stem.startswith("reader")]) >= 3


def test_the_named_tests_are_there(tmp_path):
    """That they are green without the faults, the run shows that this is part of."""
    named = {fault.turns_red for fault in FAULTS}
    done = run(tmp_path, "--collect-only", *named)
    assert named <= set(done.stdout.splitlines()), done.stdout


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """All faults, where this folder is asked for; as part of all tests, a light run draws some."""
    if "fault" in metafunc.fixturenames:
        asked = any("planted" in each for each in metafunc.config.args)
        metafunc.parametrize("fault", FAULTS if asked else drawn(FAULTS), ids=lambda fault: fault.file.stem)


def test_a_planted_fault_turns_the_test_that_it_names_red(fault, tmp_path):
    folder = beside(tmp_path, *fault.changed)
    words = ["patch", "-p1", "--fuzz=0", "--batch", "--directory", str(folder), "--input", str(fault.file)]
    applied = subprocess.run(words, capture_output=True, text=True, check=False)
    assert applied.returncode == 0, f"It does not fit the code any more: {applied.stdout}"
    done = run(folder, fault.turns_red)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout
    assert f"FAILED {fault.turns_red}" in done.stdout
