"""The trail by page: narrowed, led from what it is about, and leading to it for whoever may read that."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from fourfold.node import models
from fourfold.node.roles import Role

DAY = timedelta(days=1)


def told(page: Any) -> list[str]:
    return [row.words for body in page.find("tbody") for row in body.find("tr")]


def what(page: Any) -> list[str]:
    return [cell.words for body in page.find("tbody") for cell in body.find("th")]


def links(page: Any) -> set[str]:
    cells = (cell for body in page.find("tbody") for cell in body.find("td"))
    return {link.attributes["href"] for cell in cells for link in cell.find("a")}


def test_the_history_of_a_record_is_its_own_and_that_of_its_releases(
    scene: Any, read: Callable[..., Any]
) -> None:
    record, other = scene.titled("One"), scene.titled("Another")
    release = scene.release(record.record)
    assert f"/events/?about={record.record}" in {
        link.attributes["href"] for link in read(f"/records/{record.record}/").find("a")
    }
    page = read(f"/events/?about={record.record}")
    assert what(page) == ["Released", "Record added"]
    assert links(page) == {f"/records/{record.record}/", f"/releases/{release.release_id}/"}
    assert [other.record in row for row in told(read(f"/events/?about={other.record}"))] == [True]


def test_the_trail_is_narrowed_by_topic_counterpart_hand_and_day(
    scene: Any, read: Callable[..., Any]
) -> None:
    scene.release(scene.titled("One").record)
    days = sorted({at.date() for at in models.Event.objects.values_list("at", flat=True)})
    everything = told(read("/events/"))
    assert len(told(read("/events/?topic=record"))) == 1
    assert (
        len(told(read(f"/events/?peer={scene.peer.pk}")))
        == models.Event.objects.filter(peer=scene.peer).count()
    )
    by_hand = told(read("/events/?hand=yes"))
    assert 0 < len(by_hand) <= len(everything)
    assert not any("the node itself" in row for row in by_hand)
    assert told(read(f"/events/?since={days[0]}&until={days[-1]}")) == everything
    assert told(read(f"/events/?since={days[-1] + DAY}")) == []
    assert told(read("/events/?until=9999-12-31")) == everything


def test_what_is_no_day_is_named_and_narrows_nothing(scene: Any, read: Callable[..., Any]) -> None:
    scene.titled("One")
    page = read("/events/?since=yesterday")
    assert "“yesterday” is no day" in page.words
    assert told(page) == told(read("/events/"))


def test_nothing_found_says_so_and_leads_back(scene: Any, read: Callable[..., Any]) -> None:
    scene.titled("One")
    page = read("/events/?about=record--none")
    assert "Nothing of that is found" in page.words
    assert "/events/" in {link.attributes["href"] for link in page.find("a")}


def test_whoever_may_only_watch_is_led_nowhere(
    scene: Any, signed_in: Callable[..., Any], parse: Callable[..., Any]
) -> None:
    scene.release(scene.titled("One").record)
    assert links(parse(signed_in("olga", Role.OPERATOR).get("/events/"))) == set()
    assert links(parse(signed_in("rita", Role.READER).get("/events/"))) != set()
