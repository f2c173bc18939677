"""Long lists: a page is shown without counting everything, and says what it does not show."""

from collections.abc import Callable
from typing import Any

import pytest

from fourfold.node.web.queries import listing


@pytest.fixture
def few_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST", 30)


def rows(page: Any) -> int:
    return sum(1 for body in page.find("tbody") for _ in body.find("tr"))


@pytest.mark.parametrize(("records", "told"), [(30, False), (31, True)])
def test_the_pages_show_the_first_rows_and_say_where_there_are_more(
    scene: Any, read: Callable[..., Any], few_at_most: None, records: int, told: Any
) -> None:
    for number in range(records):
        scene.titled(f"Number {number}")
    last = read("/records/?page=2")
    assert "Page 2 of 2" in last.words
    assert rows(last) == 5
    assert ("There are more than the first" in last.words) is told


def test_a_page_that_is_not_there_is_the_nearest_one(scene: Any, read: Callable[..., Any]) -> None:
    for number in range(26):
        scene.titled(f"Number {number}")
    assert "Page 2 of 2" in read("/records/?page=99").words
    assert "Page 1 of 2" in read("/records/?page=x").words
