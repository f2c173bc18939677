"""The pages of a record, a release, what came in, and the lists say what a security officer comes for."""

from typing import Any

from fourfold.exchange.receipts import Outcome
from fourfold.node import models
from fourfold.records.markings import Caveat, Marking, Tlp


def card(page: Any) -> Any:
    """The preview for the one counterpart."""
    return next(each for each in page.find("article") if "recipient" in each.attributes["class"])


def test_what_stands_against_a_release_comes_before_the_table(scene: Any, read: Any) -> None:
    marking = Marking(tlp=Tlp.GREEN, caveats=frozenset({Caveat.PROPRIETARY}))
    shown = card(read(f"/records/{scene.keep(marking=marking).record}/"))
    words = shown.words
    before, _, table = words.partition("The thirteen rows")
    assert "Nothing of it would pass, because" in before
    assert "row 6," in before
    assert "row 1," not in before
    assert all(f"{number}." in table for number in range(1, 14))
    assert list(shown.find("button")) == []


def test_a_record_that_may_pass_shows_what_would_and_what_would_not(scene: Any, read: Any) -> None:
    shown = card(read(f"/records/{scene.keep().record}/"))
    assert "Would pass Title Description Withheld Analyst note" in shown.words
    assert "slice: incidents reported at home" in shown.words
    (button,) = shown.find("button")
    assert button.attributes["value"] == scene.peer.pk


def test_what_was_released_leads_to_its_release_and_is_not_offered_again(scene: Any, read: Any) -> None:
    record = scene.keep().record
    release = scene.release(record).release_id
    shown = card(read(f"/records/{record}/"))
    assert f"/releases/{release}/" in {each.attributes["href"] for each in shown.find("a")}
    assert list(shown.find("button")) == []


def test_a_slice_that_no_agreement_names_keeps_its_id(scene: Any, read: Any) -> None:
    words = read(f"/records/{scene.keep(slice='nowhere').record}/").words
    assert "nowhere" in words
    assert "in none of its slices" in words


def test_the_record_by_which_institutions_agree_leads_to_no_page_that_is_not_there(
    scene: Any, read: Any, web: Any
) -> None:
    kept = scene.keep()
    models.RecordVersion.objects.filter(record=kept.record).update(activity="founding")
    links = {each.attributes["href"] for each in read(f"/records/{kept.record}/").find("a")}
    assert {web.get(each).status_code for each in links if each.startswith("/")} == {200}


def test_what_is_null_within_a_field_is_left_out(scene: Any, read: Any) -> None:
    payload = {"title": "A car", "sources": [{"title": "A report", "url": None}]}
    (fields,) = (
        each
        for each in read(f"/records/{scene.keep(payload=payload).record}/").find("table")
        if "fields" in each.attributes["class"]
    )
    assert "Sources Title A report" in fields.words
    assert "Address" not in fields.words


def test_times_tell_their_zone(scene: Any, read: Any) -> None:
    scene.fill()
    release = models.Release.objects.get(state="acknowledged")
    for path in (f"/releases/{release.pk}/", "/events/", "/evidence/"):
        times = [each.words for each in read(path).find("time") if ":" in each.words]
        assert times
        assert all(each.endswith("UTC") for each in times)


def test_the_inbox_shows_the_marking_of_what_it_holds(scene: Any, read: Any) -> None:
    scene.receive(scene.sent("Came in", marking=Marking(tlp=Tlp.AMBER, caveats=frozenset({Caveat.ORCON}))))
    (body,) = read("/inbox/").find("tbody")
    assert "TLP:AMBER ORCON" in body.words


def test_what_has_no_title_any_more_is_known_by_its_id(scene: Any, read: Any) -> None:
    scene.fill()
    gone = models.Received.objects.get(state="withdrawn", revoked=False)
    assert f"An object that was withdrawn {gone.object}" in read("/inbox/?state=withdrawn").words
    assert next(read(f"/inbox/{gone.pk}/").find("h1")).words == "An object that was withdrawn"


def test_a_search_keeps_the_order_and_a_search_in_vain_has_a_way_back(scene: Any, read: Any) -> None:
    scene.titled("Told abroad")
    (form,) = read("/records/?sort=title").find("form")
    hidden = {each.attributes["name"]: each.attributes["value"] for each in form.find("input")}
    assert hidden["sort"] == "title"
    for path in ("/records/", "/releases/", "/"):
        page = read(f"{path}?words=zzz")
        assert path in {each.attributes["href"] for each in page.find("a") if each.words == "Show all"}


def test_records_are_sorted_by_either_column_both_ways(scene: Any, read: Any) -> None:
    for title in ("Beta", "Alpha", "Gamma"):
        scene.titled(title)

    def titles(sort: str) -> list[str]:
        (body,) = read(f"/records/?sort={sort}").find("tbody")
        return [each.words for each in body.find("a")]

    assert titles("title") == ["Alpha", "Beta", "Gamma"]
    assert titles("-title") == ["Gamma", "Beta", "Alpha"]
    assert titles("modified") == ["Beta", "Alpha", "Gamma"]
    (head,) = read("/records/?sort=-title").find("thead")
    assert next(head.find("th")).attributes["aria-sort"] == "descending"


def test_long_lists_are_turned_page_by_page(scene: Any, read: Any) -> None:
    for number in range(26):
        scene.titled(f"Record {number:02}")
    first = read("/records/?sort=title&words=record")
    (onward,) = (each for each in first.find("a") if each.words == "Next page")
    second = read(onward.attributes["href"])
    assert [each.words for body in second.find("tbody") for each in body.find("a")] == ["Record 25"]
    assert "Page 2 of 2" in second.words
    (back,) = (each for each in second.find("a") if each.words == "Previous page")
    assert "Record 00" in read(back.attributes["href"]).words


def test_an_event_says_the_outcome_of_a_receipt_in_words(scene: Any, read: Any) -> None:
    scene.answer(scene.release(scene.keep().record), Outcome.STORED)
    assert "Receipt received ( stored )" in read("/events/").words.replace("(stored)", "( stored )")
