"""`make test-days` finds what is true on some days only."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = """
import subprocess, time
from datetime import UTC, datetime

def test_a_month_has_days_that_are_no_thirtieth():
    assert datetime.now(UTC).day != 30

def test_a_day_lasts():
    day = datetime.now(UTC).date()
    time.sleep(0.1)
    assert datetime.now(UTC).date() == day

def test_what_starts_a_process():
    subprocess.run(["false"], check=True)
"""


@pytest.mark.skipif(shutil.which("faketime") is None, reason="faketime is missing (apt-get install faketime)")
def test_what_is_true_on_some_days_only_is_found_and_what_starts_a_process_is_counted(tmp_path: Path) -> None:
    file = tmp_path / "test_some_days.py"
    file.write_text(TESTS)
    days = [word for day in ("thirtieth", "year") for word in ("--day", day)]
    command = [sys.executable, ROOT / "tests/support/days.py", *days, file]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "Not true"))]
    assert [line.partition(" - ")[0].rpartition("::")[2] for line in told] == [
        "test_a_month_has_days_that_are_no_thirtieth",
        "test_a_day_lasts",
        "Not true on: thirtieth, year.",
    ]
    assert done.stdout.count("left out, as they start a process: 1") == 2
    assert done.returncode == 1
