"""Taking part by page: proposing, answering, amending, committing; contributing, signing, publishing."""

import re
import runpy
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from together_scene import (
    ENTRY,
    MAPPING,
    added,
    answered,
    begun,
    header,
    proposed,
    receive,
    signed,
    with_closer,
)

from fourfold.node import clock, courses, models
from fourfold.node.actions.answer_proposal import Said, answer_proposal
from fourfold.node.actions.sign_joint_record import sign_joint_record
from fourfold.node.kinds import kind_of
from fourfold.node.roles import Act, Role, acts_of
from fourfold.node.web.forms.asking import asked_of
from fourfold.protocols.coordination import Move, Proposal

NEW = "/together/new/incident_reporting/definitions/definition_mapping/"
ENTRY_NEW = "/together/new/incident_reporting/registry/registry_contribution/"
TYPED = {
    "f-title": "Serious incidents",
    "f-due": "2099-12-31",
    "f-first-name": "Regime one",
    "f-first-provision": "Article 3(49)",
    "f-second-name": "Regime two",
    "f-rows-0-first": "death of a person",
    "f-rows-0-relation": "broad",
    "f-rows-0-second": "harm to health",
    "f-rows-0-note": "Serious?",
    "f-rows-1-first": "harm to property",
    "f-rows-1-relation": "none",
    "marking-tlp": "GREEN",
    "marking-audience": "any",
}
SCRIPT = "<script>alert('x')</script>"
Read = Callable[..., Any]


@pytest.fixture
def close(scene: Any) -> Any:
    """The scene, with closer slices agreed as well."""
    return with_closer(scene)


@pytest.fixture(scope="session")
def pages() -> dict[str, Any]:
    """What must hold of every page, and what a browser would send of a form, as the other tests have it."""
    folder = Path(__file__).parent
    return {
        "check": runpy.run_path(str(folder / "test_web_pages.py"))["check"],
        "unmarked": runpy.run_path(str(folder / "test_web_words.py"))["unmarked"],
        "fields": runpy.run_path(str(folder / "test_web_forms.py"))["fields"],
    }


def typed(close: Any, **changes: Any) -> dict[str, Any]:
    return {**TYPED, "to": close.peer.pk, **changes}


def state(row: Any) -> str:
    matter = courses.matter(courses.find(row.digest), clock.now())
    return matter.course.state.value if matter.course else "none"


def amended(close: Any, row: models.CourseStep, **changes: Any) -> Proposal:
    """The counterpart's amendment, as it comes in."""
    own = {**header(close, row.digest, 1), "originators": frozenset({close.other.id, close.me.id})}
    step = kind_of("definition_mapping").payload(**own, **{**MAPPING, **changes}, supersedes=row.digest)
    receive(close, "definition_mapping", step, "definitions")
    return step


# --- beginning ---


def test_a_proposal_is_made_by_page_just_as_it_was_typed(close: Any, web: Client) -> None:
    answer = web.post(NEW, typed(close), follow=True)
    (row,) = courses.openings()
    assert answer.redirect_chain == [(f"/together/{row.digest}/", 302)]
    assert "every party can collect it" in answer.content.decode()
    said = courses.read(row)
    assert [(each.first, each.relation.value, each.second) for each in said.rows] == [
        ("death of a person", "broad", "harm to health"),
        ("harm to property", "none", None),
    ]
    assert (said.first.name, said.first.provision, said.due.isoformat()) == (
        "Regime one",
        "Article 3(49)",
        "2099-12-31",
    )
    assert models.Release.objects.get().peer == close.peer


def test_sent_twice_it_is_proposed_once(close: Any, web: Client) -> None:
    for _again in range(2):
        assert web.post(NEW, typed(close)).status_code == 302
    assert models.CourseStep.objects.count() == models.RecordVersion.objects.count() == 1


def test_all_that_is_wrong_is_told_at_once_where_it_is_and_nothing_typed_is_lost(
    close: Any, web: Client, parse: Any
) -> None:
    wrong = {"f-title": "", "f-due": "soon", "f-rows-0-relation": "", "marking-tlp": "", "f-rows-1-first": ""}
    page = parse(web.post(NEW, typed(close, **wrong, **{"f-rows-1-note": SCRIPT, "to": ""})))
    (summary,) = [each for each in page.find("div") if each.attributes.get("class") == "summary"]
    leads = [each.attributes["href"] for each in summary.find("a")]
    assert leads == ["#f-title", "#f-due", "#f-rows", "#f-rows-0-relation", "#to", "#marking-tlp"]
    ids = {each.attributes.get("id") for each in page.every()}
    assert {each[1:] for each in leads} <= ids
    kept = {each.attributes["name"]: each for each in page.find("textarea") if "name" in each.attributes}
    assert kept["f-rows-1-note"].words == SCRIPT
    assert kept["f-rows-0-first"].words == "death of a person"
    assert models.RecordVersion.objects.count() == 0


def test_one_row_more_keeps_what_was_typed_and_proposes_nothing(close: Any, web: Client, parse: Any) -> None:
    page = parse(web.post(NEW, typed(close, more="f-rows")))
    assert len([each for each in page.find("select") if each.attributes["name"].endswith("-relation")]) == 3
    assert models.CourseStep.objects.count() == 0


@pytest.mark.parametrize(
    ("slice_", "kind", "told"),
    [
        (
            "public-incidents",
            "definition_mapping",
            "agreed at communication, and it needs coordination or closer",
        ),
        ("sensitive-incidents", "definition_mapping", "agreed at separation, and it needs coordination"),
        ("definitions", "registry_contribution", "agreed at coordination, and it needs collaboration."),
    ],
)
def test_where_the_level_does_not_allow_it_the_page_says_which_is_agreed(
    close: Any, web: Client, parse: Any, slice_: str, kind: str, told: str
) -> None:
    for answer in (web.get, web.post):
        page = parse(answer(f"/together/new/incident_reporting/{slice_}/{kind}/"))
        words = re.sub(r"\s+", " ", page.words)
        assert told in words
        assert "institution keys" in words
        assert [each for each in page.find("form") if each.attributes.get("class") == "long"] == []
    assert models.RecordVersion.objects.count() == 0
    del close


@pytest.mark.parametrize("path", ["definitions/incident", "definitions/answer", "nowhere/definition_mapping"])
def test_nothing_is_begun_at_an_address_that_there_is_not(close: Any, web: Client, path: str) -> None:
    assert web.get(f"/together/new/incident_reporting/{path}/").status_code == 404
    assert web.get(f"/together/new/develop_evaluations/{path}/").status_code == 404
    del close


def test_the_page_of_an_activity_leads_to_what_is_possible_and_says_why_not(close: Any, read: Read) -> None:
    page = read("/activities/incident_reporting/")
    hrefs = {each.attributes["href"] for each in page.find("a")}
    assert {NEW, ENTRY_NEW} <= hrefs
    assert not any("public-incidents" in each for each in hrefs)
    assert "This slice is agreed at communication" in page.words
    assert "Work together here" not in read("/activities/develop_evaluations/").words
    del close


def test_where_nothing_is_agreed_the_page_of_the_activity_says_so(node: Any, read: Read) -> None:
    assert "No slice of this activity is agreed" in read("/activities/incident_reporting/").words
    del node


# --- answering ---


def test_a_proposal_is_accepted_and_committed_to_by_a_date(close: Any, web: Client, read: Read) -> None:
    theirs = proposed(close)
    amendment = amended(close, theirs, title="Theirs")
    place = f"/together/{theirs.digest}/"
    links = {each.words: each.attributes["href"] for each in read(place).find("a")}
    assert {"Accept it", "Amend it", "Decline it"} <= links.keys()
    assert "Commit to it by a date" not in links
    page = read(links["Accept it"])
    assert amendment.digest() in {each.attributes.get("value") for each in page.find("input")}
    web.post(links["Accept it"], {"about": amendment.digest(), "note": "We agree."})
    assert state(theirs) == "accepted"
    links = {each.words: each.attributes["href"] for each in read(place).find("a")}
    commit = links["Commit to it by a date"]
    for by, told in (("2100-01-01", "until 2099-12-31"), ("soon", "Give a day")):
        answer = web.post(commit, {"about": amendment.digest(), "by": by, "note": "Typed."}).content.decode()
        assert told in answer
        assert "Typed." in answer
    for _again in range(2):
        web.post(commit, {"about": amendment.digest(), "by": "2099-06-30"})
    course = courses.proposal(courses.matter(theirs, clock.now()))
    assert {day.isoformat() for day in course.head.by.values()} == {"2099-06-30"}
    assert models.CourseStep.objects.filter(kind="answer").count() == 2
    assert "30 Jun 2099" in read("/together/").words
    assert "We agree." in read(place).words


def test_a_note_too_long_is_told_at_its_box(close: Any, web: Client, parse: Any) -> None:
    row = proposed(close)
    page = parse(web.post(f"/together/{row.digest}/say/withdraw/", {"note": "x" * 5_001}))
    (summary,) = [each for each in page.find("div") if each.attributes.get("class") == "summary"]
    assert [each.attributes["href"] for each in summary.find("a")] == ["#note"]
    assert state(row) == "proposed"


def test_an_answer_to_a_text_that_was_superseded_is_refused_and_the_new_one_shown(
    close: Any, web: Client, parse: Any
) -> None:
    row = proposed(close)
    amendment = amended(close, row, title="Theirs", rows=[{"first": "new limb", "relation": "none"}])
    page = parse(web.post(f"/together/{row.digest}/say/accept/", {"about": row.digest, "note": "Yes."}))
    assert "Another text has superseded" in page.words
    assert "new limb" in page.words
    assert "Yes." in page.words
    given = {each.attributes.get("name"): each.attributes.get("value") for each in page.find("input")}
    assert given["about"] == amendment.digest()
    assert state(row) == "proposed"
    web.post(f"/together/{row.digest}/say/accept/", {"about": given["about"]})
    assert state(row) == "accepted"


def test_what_is_not_possible_now_leads_back_with_a_word(close: Any, web: Client) -> None:
    row = proposed(close)
    for path in ("say/accept", "say/commit", "amend"):
        answer = web.get(f"/together/{row.digest}/{path}/", follow=True)
        assert answer.redirect_chain == [(f"/together/{row.digest}/", 302)]
        assert "This is not possible now." in answer.content.decode()
    for path in ("say/propose", "say/amend", "say/x", "sign", "contribute", "publish", "leave"):
        assert web.get(f"/together/{row.digest}/{path}/").status_code == 404
    answer = web.post(f"/together/{row.digest}/say/accept/", {}).content.decode()
    assert "not by its proposer" in answer


def test_a_decline_and_a_withdrawal_close_it(close: Any, web: Client) -> None:
    row = proposed(close)
    web.post(f"/together/{row.digest}/say/withdraw/", {"about": row.digest, "note": "Overtaken."})
    assert state(row) == "withdrawn"
    other = proposed(close, title="Another")
    amendment = amended(close, other, title="Theirs")
    web.post(f"/together/{other.digest}/say/decline/", {"about": amendment.digest()})
    assert state(other) == "declined"


# --- amending ---


def test_an_amendment_begins_from_the_text_and_changes_just_what_was_changed(
    close: Any, web: Client, read: Read, pages: Any
) -> None:
    row = proposed(close)
    amendment = amended(close, row, title="Theirs")
    given = pages["fields"](read(f"/together/{row.digest}/amend/"))
    web.post(f"/together/{row.digest}/amend/", given)
    assert len(courses.proposal(courses.matter(row, clock.now())).texts) == 2  # nothing was changed
    given["f-rows-1-relation"] = ["related"]
    given["f-rows-1-second"] = ["damage"]
    for _again in range(2):
        assert web.post(f"/together/{row.digest}/amend/", given).status_code == 302
    course = courses.proposal(courses.matter(row, clock.now()))
    assert [text.round for text in course.texts] == [1, 2, 3]
    assert course.head.proposal.supersedes == amendment.digest()
    page = read(f"/together/{row.digest}/")
    table = next(each for each in page.find("table") if "What it changed" in each.words)
    assert [each.words for each in table.find("th")] == ["What", "Before", "After", "Limbs, row 2"]
    before, after = table.find("td")
    assert ("none" in before.words, "related" in after.words, "damage" in after.words) == (True, True, True)


def test_an_amendment_of_a_text_that_was_superseded_is_refused_with_all_that_was_typed(
    close: Any, web: Client, parse: Any
) -> None:
    row = proposed(close)
    amended(close, row, title="Theirs")
    given = {**TYPED, "about": row.digest, "f-title": "Ours"}
    page = parse(web.post(f"/together/{row.digest}/amend/", given))
    assert "Another text has superseded" in page.words
    assert "The text that counts now" in page.words
    assert "Ours" in {each.attributes.get("value") for each in page.find("input")}
    assert len(courses.proposal(courses.matter(row, clock.now())).texts) == 2


# --- commitments ---


def test_a_commitment_whose_day_has_passed_is_shown_as_overdue(
    close: Any, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = proposed(close)
    answered(close, row, Move.ACCEPT)
    by = (clock.now() + timedelta(days=3)).date()
    answer_proposal(row, Said(Move.COMMIT, None, by), "analyst")
    assert "overdue" not in read("/together/").words
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=5))
    assert "1 commitment is overdue." in read("/together/").words
    words = read(f"/together/{row.digest}/").words
    assert "overdue: its day has passed" in words
    assert "lapsed: its date has passed" in words


# --- joint records ---


def test_a_joint_record_is_begun_contributed_to_signed_and_published(
    close: Any, web: Client, read: Read, pages: Any
) -> None:
    given = {
        "f-title": "A car did not stop",
        "f-severity-0-scheme": "One",
        "f-severity-0-value": "grave",
        "to": close.peer.pk,
        "marking-tlp": "GREEN",
        "marking-audience": "any",
    }
    for _again in range(2):
        assert web.post(ENTRY_NEW, given).status_code == 302
    (row,) = courses.openings()
    place = f"/together/{row.digest}/"
    added(close, row)
    links = {each.words: each.attributes["href"] for each in read(place).find("a")}
    form = pages["fields"](read(links["Contribute"]))
    assert form["f-severity-0-value"] == ["grave"]
    assert form["f-title"] == ["A car did not stop"]
    form["f-remark"] = ["More."]
    for _again in range(2):
        assert web.post(links["Contribute"], form).status_code == 302
    latest = models.CourseStep.objects.filter(author=close.me.id).order_by("-number").first()
    assert latest is not None
    assert courses.read(latest).content() == {"remark": "More."}
    course = courses.joint_record(courses.matter(row, clock.now()))
    assert course.revision == 3
    page = read(place)
    written = next(each for each in page.find("table") if "whose words" in each.words)
    rows = [[cell.words for cell in each.find("th", "td")] for each in written.find("tr")]
    by = {title: author for title, _content, author in rows}
    assert (by["Title"], by["Countries"]) == (close.me.name, close.other.name)
    page = read(links["Read and sign it"])
    assert course.current.digest in page.words
    for _again in range(2):
        web.post(links["Read and sign it"], {"content": course.current.digest})
    assert state(row) == "frozen"
    signed(close, row)
    assert state(row) == "complete"
    links = {each.words: each.attributes["href"] for each in read(place).find("a")}
    for _again in range(2):
        web.post(links["Publish it"])
    assert state(row) == "published"


def test_bytes_that_changed_since_they_were_read_are_not_signed(close: Any, web: Client, parse: Any) -> None:
    row = begun(close)
    old = courses.joint_record(courses.matter(row, clock.now())).current.digest
    added(close, row)
    for content in (old, ""):
        page = parse(web.post(f"/together/{row.digest}/sign/", {"content": content}))
        assert "has changed since you read it" in page.words
    now = courses.joint_record(courses.matter(row, clock.now())).current.digest
    assert now in {each.attributes.get("value") for each in page.find("input")}
    assert state(row) == "drafted"


def test_who_contributes_to_what_has_changed_meanwhile_takes_nothing_back_unseen(
    close: Any, web: Client, read: Read, parse: Any, pages: Any
) -> None:
    row = begun(close)
    place = f"/together/{row.digest}/contribute/"
    form = pages["fields"](read(place))
    payload = kind_of("registry_contribution").payload
    own = {**header(close, row.digest, 1), "originators": frozenset({close.other.id, close.me.id})}
    receive(close, "registry_contribution", payload(**own, revision=2, title="Theirs"), "registry")
    form["f-remark"] = ["Ours."]
    page = parse(web.post(place, form))
    assert "has changed since you read it" in page.words
    assert "Others have contributed since" in page.words
    form = pages["fields"](page)
    assert (form["f-title"], form["f-remark"]) == (["Theirs"], ["Ours."])
    for _again in range(2):
        assert web.post(place, form).status_code == 302
    latest = models.CourseStep.objects.filter(author=close.me.id).order_by("-number").first()
    assert latest is not None
    assert courses.read(latest).content() == {"remark": "Ours."}
    assert models.CourseStep.objects.count() == 3


def test_a_contribution_that_says_nothing_new_is_refused(
    close: Any, web: Client, read: Read, pages: Any
) -> None:
    row = begun(close)
    added(close, row)
    form = pages["fields"](read(f"/together/{row.digest}/contribute/"))
    answer = web.post(f"/together/{row.digest}/contribute/", form).content.decode()
    assert "says nothing" in answer
    assert models.CourseStep.objects.count() == 2


def test_a_draft_is_left_with_a_word(close: Any, web: Client, read: Read) -> None:
    row = begun(close)
    web.post(f"/together/{row.digest}/leave/", {"note": "No capacity."})
    assert state(row) == "abandoned"
    page = read(f"/together/{row.digest}/")
    assert "No capacity." in page.words
    assert [each for each in page.find("a") if "button" in each.attributes.get("class", "")] == []


# --- approval ---


@pytest.fixture
def asking(close: Any, signed_in: Any, settings: Any) -> Any:
    """A node whose own rule asks for a second person from TLP:GREEN on, and two people of it."""
    people = signed_in("ada", Role.ANALYST), signed_in("olu", Role.OFFICER)
    rule = dict.fromkeys(("approvals_green", "approvals_amber", "approvals_amber_strict"), 1)
    settings.NODE = replace(settings.NODE, **rule)
    return (close, *people)


def test_a_step_waits_is_approved_by_another_account_and_leaves(asking: Any, parse: Any) -> None:
    close, ada, olu = asking
    answer = ada.post(NEW, typed(close), follow=True)
    assert "it leaves once another person has approved it" in answer.content.decode()
    place = answer.redirect_chain[-1][0]
    assert models.ReleaseVersion.objects.count() == models.CourseStep.objects.count() == 0
    mine, theirs = parse(ada.get(place)), parse(olu.get(place))
    assert "has not left: waits for approval" in mine.words
    assert "death of a person" in theirs.words
    button = f"Approve that it goes to {close.peer.name}"
    assert (button in mine.words, button in theirs.words) == (False, True)
    assert ada.post(f"{place}approve/", {"to": close.peer.pk}).status_code == 403
    seen = models.RecordVersion.objects.get().digest
    old = olu.post(f"{place}approve/", {"to": close.peer.pk, "seen": "sha256:" + 64 * "0"}, follow=True)
    assert "changed meanwhile" in old.content.decode()
    answer = olu.post(f"{place}approve/", {"to": close.peer.pk, "seen": seen}, follow=True)
    assert "on its way" in answer.content.decode()
    assert models.ReleaseVersion.objects.count() == models.CourseStep.objects.count() == 1
    assert olu.post(f"{place}approve/", {"to": close.peer.pk, "seen": seen}).status_code == 404


def test_a_step_that_waits_is_dropped(asking: Any) -> None:
    close, ada, _olu = asking
    place = ada.post(NEW, typed(close)).headers["Location"]
    answer = ada.post(f"{place}drop/", follow=True)
    assert answer.redirect_chain == [("/together/", 302)]
    assert "Nothing is proposed yet" in answer.content.decode()
    assert ada.get(place).status_code == 404


# --- who may, and what every page must be ---

WITH_ACT = ["amend/", "say/accept/", "contribute/", "sign/", "publish/", "leave/"]


@pytest.mark.parametrize("role", [None, *Role])
def test_a_role_opens_just_what_its_acts_are(close: Any, signed_in: Any, role: Role | None) -> None:
    roles = frozenset({role} - {None})
    client, acts = signed_in("ada", *roles), acts_of(roles)
    place, entry = f"/together/{proposed(close).digest}/", f"/together/{begun(close).digest}/"
    before = models.CourseStep.objects.count()
    for path in (NEW, ENTRY_NEW, *(base + each for base in (place, entry) for each in WITH_ACT)):
        for ask in (client.get, client.post):
            status = ask(path).status_code
            assert (status == 403) == (Act.TAKE_PART not in acts), (path, status)
    if Act.TAKE_PART not in acts:
        assert models.CourseStep.objects.count() == before
    assert (client.post(f"{place}approve/", {"to": "x"}).status_code == 403) == (Act.APPROVE not in acts)
    dropped = client.post(f"{place}drop/").status_code
    assert (dropped == 403) == (not {Act.TAKE_PART, Act.APPROVE} & acts)
    page = client.get(place).content.decode() if Act.READ in acts else ""
    assert (">Withdraw it<" in page) == (Act.TAKE_PART in acts)


def test_every_page_is_well_formed_with_hostile_content(
    close: Any, web: Client, read: Read, pages: Any
) -> None:
    row = proposed(close, title=SCRIPT, rows=[{"first": SCRIPT, "relation": "none", "note": SCRIPT}])
    amended(close, row, title=SCRIPT, rows=[{"first": SCRIPT, "relation": "none", "note": "x"}])
    entry = begun(close, title=SCRIPT, remark=SCRIPT)
    added(close, entry)
    paths = [NEW, ENTRY_NEW, "/together/new/incident_reporting/public-incidents/definition_mapping/"]
    paths += [f"/together/{row.digest}/{each}" for each in ("", "amend/", "say/accept/", "say/decline/")]
    paths += [f"/together/{entry.digest}/{each}" for each in ("", "contribute/", "sign/", "leave/")]
    for path in paths:
        assert "<script" not in web.get(path).content.decode(), path
        pages["check"](read(path))
    sign_joint_record(entry, None, "analyst")
    signed(close, entry)
    pages["check"](read(f"/together/{entry.digest}/publish/"))


def test_on_every_page_the_words_went_through_gettext(
    close: Any, read: Read, pages: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = proposed(close, title="Given", rows=[{"first": "Given", "relation": "none", "note": "Given"}])
    answer_proposal(row, Said(Move.WITHDRAW, "Given"), "analyst")
    other = proposed(close, title="Given")
    amended(close, other, title="Given", rows=[{"first": "Given", "relation": "none", "note": "Given"}])
    entry = begun(close, title="Given", remark="Given", severity=[])
    added(close, entry)
    asked = (f"/together/{row.digest}/", *(f"/together/{other.digest}/{each}" for each in SOME))
    asked += (NEW, ENTRY_NEW, *(f"/together/{entry.digest}/{each}" for each in WRITE), "/together/")
    backend = translation._trans
    monkeypatch.setattr(backend, "gettext", lambda text: f"⟦{text}⟧" if text else "")
    monkeypatch.setattr(backend, "ngettext", lambda one, more, number: f"⟦{one if number == 1 else more}⟧")
    known = [
        "Given",
        "Two",
        "Regime one",
        "Regime two",
        "Article 3(49)",
        "Serious?",
        "Closer",
        "FR",
        "UTC",
        "Fourfold",
    ]
    known += ["registry", "definitions", "death of a person", "harm to health", "harm to property"]
    known += [close.me.name, close.other.name]
    found = {path: pages["unmarked"](read(path), sorted(known, key=len)[::-1]) for path in asked}
    assert {path: words for path, words in found.items() if words} == {}


SOME = ("", "amend/", "say/accept/", "say/decline/")
WRITE = ("", "contribute/", "sign/", "leave/")


@pytest.mark.parametrize("kind", ["definition_mapping", "registry_contribution"])
def test_a_form_asks_for_all_that_a_person_says_and_nothing_that_the_node_sets(kind: str) -> None:
    asked = {each.name for each in asked_of(kind) or ()}
    own = {"opening", "author", "number", "at", "originators", "marking", "parties", "supersedes", "revision"}
    assert asked == set(kind_of(kind).fields) - own
    assert ENTRY.keys() <= {each.name for each in asked_of("registry_contribution") or ()}
