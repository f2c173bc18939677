"""The forms: what they ask, all faults at once, nothing typed is lost, and what is kept is what was typed."""

import re
from typing import Any

import pytest

from fourfold.node import models
from fourfold.node.kinds import kind_of
from fourfold.node.roles import Role
from fourfold.node.web.forms.asking import asked_of
from fourfold.node.web.forms.boxes import Typed
from fourfold.node.web.forms.records import offered, read_record, typed_record
from fourfold.records.markings import Caveat, Marking, Tlp

LEAST = {"f-title": "A car", "marking-tlp": "GREEN", "marking-audience": "any"}
FULL = {
    "title": "A car does not stop",
    "description": "It drove on.\nThen it stopped.",
    "date": "2026-01",
    "countries": ["DE", "FR"],
    "harm_types": [],
    "severity": [
        {"scheme": "AIID", "value": "high", "assessor": None},
        {"scheme": "X", "value": "2", "assessor": "us"},
    ],
    "systems": ["One", "Two"],
    "sources": [{"title": "News", "url": "https://example.org/a"}],
    "registers": [],
    "analyst_note": "<b>ours</b> & theirs",
}


def fields(page: Any) -> dict[str, list[str]]:
    """What a browser would send of the one form of a page, as it stands."""
    (form,) = [each for each in page.find("form") if "long" in each.attributes.get("class", "")]
    found: dict[str, list[str]] = {}
    for each in form.find("input", "textarea", "select"):
        name, given = each.attributes.get("name"), each.attributes
        if each.name == "select":
            values = [
                part.attributes["value"] for part in each.find("option") if "selected" in part.attributes
            ]
        elif each.name == "textarea":
            values = ["".join(str(part) for part in each.content).removeprefix("\n")]
        elif given["type"] in {"radio", "checkbox"} and "checked" not in given:
            continue
        else:
            values = [given["value"]]
        found.setdefault(name, []).extend(values)
    return found


def summary(page: Any) -> list[str]:
    found = [each for each in page.find("div") if each.attributes.get("class") == "summary"]
    return [line.words for each in found for line in each.find("li")]


def test_the_least_is_a_title_and_a_label(scene: Any, web: Any) -> None:
    answer = web.post("/records/new/", LEAST, follow=True)
    row = models.RecordVersion.objects.get()
    assert answer.redirect_chain == [(f"/records/{row.record}/", 302)]
    assert "Nothing of it has left" in answer.content.decode()
    content = row.content()
    assert content.payload == {"title": "A car"}
    assert content.marking == Marking(tlp=Tlp.GREEN)
    assert (content.kind, content.activity, content.slice) == ("incident", "incident_reporting", None)
    assert content.originators == {scene.me.id}


def test_everything_that_a_form_asks_is_kept_as_it_was_typed(scene: Any, web: Any) -> None:
    given = {
        **LEAST,
        "f-countries": "DE\r\n FR \r\n\r\n",
        "f-harm_types": "None",
        "f-sources-0-title": "",
        "f-sources-3-title": "News",
        "f-sources-3-url": "https://example.org/a",
        "slice": "public-incidents",
        "stub": "yes",
        "marking-tlp": "RED",
        "marking-caveats": ["ORCON", "PERSONAL"],
        "marking-audience": "named",
        "marking-named": [scene.other.id],
        "marking-embargo": "2027-01-31 09:30",
        "own-0-audience": "any",
        "own-1-field": "countries",
        "own-1-tlp": "AMBER",
        "own-1-audience": "named",
    }
    web.post("/records/new/", given)
    row = models.RecordVersion.objects.get()
    content = row.content()
    assert content.payload["countries"] == ["DE", "FR"]
    assert content.payload["harm_types"] == []
    assert content.payload["sources"] == [{"title": "News", "url": "https://example.org/a"}]
    assert (content.slice, row.wants_stub) == ("public-incidents", True)
    assert content.marking.caveats == {Caveat.ORCON, Caveat.PERSONAL}
    assert content.marking.rel_to == {scene.other.id}
    assert content.marking.embargo is not None
    assert content.marking.embargo.isoformat() == "2027-01-31T09:30:00+00:00"
    assert content.field_markings == {"countries": Marking(tlp=Tlp.AMBER, rel_to=frozenset())}


@pytest.mark.parametrize("text", ["0001-01-01 00:00+14:00", "9999-12-31 23:59-14:00", "2027-02-29", "soon"])
def test_an_embargo_beyond_the_calendar_is_told_as_none(scene: Any, web: Any, parse: Any, text: str) -> None:
    page = parse(web.post("/records/new/", {**LEAST, "marking-embargo": text}))
    assert "Embargo until: This is no date" in " ".join(summary(page))


def test_all_faults_come_at_once_each_leading_to_its_box(scene: Any, web: Any, parse: Any) -> None:
    given = {
        "f-title": "",
        "f-countries": "DE\nGermany",
        "f-date": "2026-02-30",
        "f-sources-1-url": "ftp://example.org",
        "marking-audience": "any",
        "marking-named": [scene.other.id],
        "marking-caveats": ["SECRET"],
        "marking-embargo": "soon",
        "own-0-tlp": "RED",
        "own-0-audience": "any",
    }
    page = parse(web.post("/records/new/", given))
    told = summary(page)
    for said in (
        "Title: Give a title",
        "Countries: “Germany”: Give two capital letters",
        "Date: Day is out of range",
        "Title: Give a title of 1 to 500",
        "Address: Give an address",
        "Label: Choose a label",
        "Caveats: There is no such caveat",
        "Who it is for: Recipients are ticked below",
        "Embargo until: This is no date",
        "Field: Choose the field",
    ):
        assert any(each.startswith(said) for each in told), (said, told)
    ids = {each.attributes["id"] for each in page.every() if "id" in each.attributes}
    assert {
        each.attributes["href"][1:] for each in page.find("a") if each.attributes["href"][0] == "#"
    } <= ids
    assert next(page.find("title")).words.startswith("Error:")
    assert models.RecordVersion.objects.count() == 0


def test_nothing_typed_is_lost_when_the_form_comes_back(scene: Any, web: Any, parse: Any) -> None:
    given = {
        "f-title": "  ",
        "f-description": "<script>one</script>\n\n two",
        "f-countries": "Germany",
        "f-severity-0-scheme": "AIID",
        "slice": "no-such-slice",
        "stub": "yes",
        "marking-caveats": ["ORCON", "SECRET"],
        "marking-audience": "named",
        "marking-named": [scene.other.id, "identity--gone"],
        "marking-embargo": "soon",
        "own-0-field": "title",
        "own-0-audience": "any",
    }
    again = fields(parse(web.post("/records/new/", given)))
    for name, value in given.items():
        wanted = value if isinstance(value, list) else [value.strip()]
        assert sorted(again[name]) == sorted(wanted), name


def test_one_more_group_is_shown_and_nothing_kept(scene: Any, web: Any, parse: Any) -> None:
    del scene
    again = fields(
        parse(web.post("/records/new/", {**LEAST, "f-sources-0-title": "News", "more": "f-sources"}))
    )
    assert again["f-sources-0-title"] == ["News"]
    assert again["f-sources-1-title"] == [""]
    assert again["f-title"] == ["A car"]
    again = fields(parse(web.post("/records/new/", {**again, "more": "own"})))
    assert "own-1-field" in again or "own-1-tlp" in again
    assert models.RecordVersion.objects.count() == 0


def test_a_form_of_a_record_gives_back_that_record_whole(scene: Any, web: Any, read: Any) -> None:
    """The page that changes a record, sent as it stands, changes nothing: no field is lost on the way."""
    marking = Marking(
        tlp=Tlp.AMBER, caveats=frozenset({Caveat.ORCON}), rel_to=frozenset({scene.other.id, "identity--x"})
    )
    own = {"description": Marking(tlp=Tlp.RED), "systems": Marking(tlp=Tlp.AMBER, rel_to=frozenset())}
    row = scene.keep(payload=FULL, marking=marking, field_markings=own)
    page = f"/records/{row.record}/change/"
    answer = web.post(page, fields(read(page)), follow=True)
    assert "Nothing was changed." in answer.content.decode()
    assert models.RecordVersion.objects.count() == 1


def test_every_field_of_every_kind_that_is_offered_has_a_box(scene: Any) -> None:
    row = scene.keep(payload=FULL)
    for _activity, kind in offered():
        assert {each.name for each in asked_of(kind) or ()} == set(kind_of(kind).fields)
    given = read_record("incident", typed_record(row.content()), row.content().payload)
    assert dict(given.payload) == row.content().payload
    assert {"incident"} == {kind for _activity, kind in offered()}


def test_a_record_that_no_form_can_hold_whole_is_not_changed_by_form(scene: Any, web: Any) -> None:
    sources = [{"title": f"Report {number}", "url": None} for number in range(51)]
    row = scene.keep(payload={"title": "Well known", "sources": sources})
    for asked in (web.get, web.post):
        answer = asked(f"/records/{row.record}/change/", {**LEAST, "base": row.digest}, follow=True)
        assert "more than a form can show" in answer.content.decode()
    assert models.RecordVersion.objects.count() == 1
    row = scene.keep(payload={"title": "Known", "sources": sources[:50]})
    assert web.get(f"/records/{row.record}/change/").status_code == 200


def test_what_a_request_makes_up_does_not_grow_the_form_without_end() -> None:
    assert Typed({"own-999999-tlp": ("RED",)}).rows("own") <= 200
    assert Typed({"own-x-tlp": ("RED",), "own-": ("",), "own--1-tlp": ("",)}).rows("own") == 0


@pytest.mark.parametrize("query", ["?kind=assessment", "?kind=incident&activity=nothing", "?kind=%00"])
def test_a_kind_that_people_do_not_write_has_no_form(scene: Any, web: Any, query: str) -> None:
    del scene
    assert web.get(f"/records/new/{query}").status_code == 404


def test_a_change_that_tightens_is_kept_at_once(scene: Any, signed_in: Any) -> None:
    row, ada = scene.keep(), signed_in("ada", Role.ANALYST)
    given = {**LEAST, "marking-tlp": "AMBER", "slice": "public-incidents", "base": row.digest}
    answer = ada.post(f"/records/{row.record}/change/", given, follow=True)
    assert "The new version is kept." in answer.content.decode()
    after = models.RecordVersion.objects.get(latest=True)
    assert (after.version, after.author, after.content().payload) == (2, "ada", {"title": "A car"})


def test_a_change_of_what_was_changed_meanwhile_is_refused_and_comes_back(
    scene: Any, signed_in: Any, parse: Any
) -> None:
    row, ada = scene.keep(), signed_in("ada", Role.ANALYST)
    address = f"/records/{row.record}/change/"
    one = {**LEAST, "slice": "public-incidents", "base": row.digest}
    assert ada.post(address, {**one, "f-title": "First"}).status_code == 302
    page = parse(ada.post(address, {**one, "f-title": "Second"}))
    assert any("changed meanwhile" in each for each in summary(page))
    assert fields(page)["f-title"] == ["Second"]
    assert models.RecordVersion.objects.get(latest=True).title == "First"


def test_a_loosening_change_is_told_and_kept_by_nobody_alone(scene: Any, signed_in: Any) -> None:
    row, ada = scene.keep(), signed_in("ada", Role.ANALYST, Role.OFFICER)
    address = f"/records/{row.record}/change/"
    given = {**LEAST, "marking-tlp": "CLEAR", "slice": "public-incidents", "base": row.digest}
    answer = ada.post(address, given).content.decode()
    assert "guarded less than before" in answer
    assert "The record goes from TLP:GREEN down to TLP:CLEAR." in answer
    assert "The field “Description” goes from" in answer
    assert models.Proposal.objects.count() == 0
    ada.post(address, {**given, "propose": "yes"})
    number = models.Proposal.objects.get().pk
    answer = ada.post(f"/records/waiting/{number}/confirm/", follow=True).content.decode()
    assert "Nobody confirms what they proposed." in answer
    assert models.RecordVersion.objects.count() == 1


def test_another_person_sees_what_loosens_and_confirms(scene: Any, signed_in: Any) -> None:
    row, ada, bea = scene.keep(), signed_in("ada", Role.ANALYST), signed_in("bea", Role.OFFICER)
    given = {
        **LEAST,
        "marking-tlp": "CLEAR",
        "slice": "public-incidents",
        "base": row.digest,
        "propose": "yes",
    }
    answer = ada.post(f"/records/{row.record}/change/", given, follow=True).content.decode()
    assert "Nothing has changed until another person confirms it." in answer
    assert "Confirm as the second person" not in answer
    number = models.Proposal.objects.get().pk
    assert "A change waits for a second person." in bea.get(f"/records/{row.record}/").content.decode()
    assert f"/records/waiting/{number}/" in bea.get("/records/waiting/").content.decode()
    page = bea.get(f"/records/waiting/{number}/").content.decode()
    assert "The record goes from TLP:GREEN down to TLP:CLEAR." in page
    assert "It drove on." in page
    answer = bea.post(f"/records/waiting/{number}/confirm/", follow=True).content.decode()
    assert "Confirmed" in answer
    after = models.RecordVersion.objects.get(latest=True)
    assert (after.version, after.author, after.tlp) == (2, "ada", "CLEAR")
    assert models.Event.objects.get(tag=models.Tag.RECORD_LOOSENED).actor == "bea"
    assert bea.get(f"/records/waiting/{number}/").status_code == 404


def test_whoever_proposed_may_drop_it_and_a_reader_may_not(scene: Any, signed_in: Any) -> None:
    row, ada, rea = scene.keep(), signed_in("ada", Role.ANALYST), signed_in("rea", Role.READER)
    given = {
        **LEAST,
        "marking-tlp": "CLEAR",
        "slice": "public-incidents",
        "base": row.digest,
        "propose": "yes",
    }
    ada.post(f"/records/{row.record}/change/", given)
    drop = f"/records/waiting/{models.Proposal.objects.get().pk}/drop/"
    assert rea.post(drop).status_code == 403
    assert "Dropped." in ada.post(drop, follow=True).content.decode()
    assert models.RecordVersion.objects.get().version == 1
    assert bytes(models.Proposal.objects.get().body) == b""


def test_in_a_demonstration_a_loosening_change_is_refused_in_a_clear_sentence(scene: Any, web: Any) -> None:
    row = scene.keep()
    given = {**LEAST, "marking-tlp": "CLEAR", "slice": "public-incidents", "base": row.digest}
    for more in ({}, {"propose": "yes"}):
        page = web.post(f"/records/{row.record}/change/", {**given, **more}).content.decode()
        assert "a demonstration knows nobody by name" in page
        assert "Propose it to a second person" not in page
    assert models.Proposal.objects.count() == 0
    assert models.RecordVersion.objects.count() == 1


def test_a_form_needs_to_be_our_own(scene: Any, signed_in: Any) -> None:
    del scene
    ada = signed_in("ada", Role.ANALYST)
    ada.handler.enforce_csrf_checks = True
    assert ada.post("/records/new/", LEAST).status_code == 403
    assert models.RecordVersion.objects.count() == 0
    page = ada.get("/records/new/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    assert ada.post("/records/new/", {**LEAST, "csrfmiddlewaretoken": token[1]}).status_code == 302
