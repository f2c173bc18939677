"""Decisions say what they cost, the changelog follows the version, pieces of a how-to fit where they go."""

import re
from pathlib import Path

import pytest

from fourfold.framework import shipped
from fourfold.planning import blank_plan, load_plan

ROOT = Path(__file__).resolve().parents[2]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PIECES = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
VERSION = re.compile(r'^version = "(.+)"$', re.MULTILINE)
NEWEST = re.compile(r"^## \[([\d.]+)\] - \d{4}-\d{2}-\d{2}$", re.MULTILINE)
UNANSWERED = "  - id: incident_reporting\n    answers: {A: {}, B: {}}\n"


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_every_decision_is_numbered_dated_and_says_what_it_costs(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.match(rf"# {int(page.name[:4])}\. \S.*\n\n\d{{4}}-\d{{2}}-\d{{2}}\n\n", text)
    for part in ("Context", "Decision", "Cost"):
        assert re.search(rf"^\*\*{part}\.\*\* \S.{{40}}", text, re.MULTILINE), part


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_the_newest_version_in_the_changelog_is_that_of_the_package() -> None:
    version = VERSION.search((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    newest = NEWEST.search((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert version
    assert newest
    assert newest[1] == version[1]


def test_the_pieces_of_the_how_to_fit_into_a_blank_plan() -> None:
    page = ROOT / "docs" / "how-to" / "plan-without-a-counterpart.md"
    blank = blank_plan(shipped())
    assert UNANSWERED in blank
    pieces = PIECES.findall(page.read_text(encoding="utf-8"))
    assert len(pieces) > 1
    for piece in pieces:
        planned = load_plan(blank.replace(UNANSWERED, piece), file="ours.yaml", framework=shipped())
        assert any(part.answers["A"] for part in planned.activity("incident_reporting").slices)
