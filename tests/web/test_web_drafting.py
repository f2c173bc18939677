"""Drafting and proposing an agreement by page."""

from datetime import timedelta
from typing import Any

import pytest

from fourfold.agreements import Term, countersign, founding_text, sign
from fourfold.canon import new_id
from fourfold.framework import Level, shipped
from fourfold.node import agreeing, clock, models
from fourfold.node.actions.draft_agreement import change_draft
from fourfold.node.kinds import ASSESSMENT, DRAFT_AGREEMENT
from fourfold.node.roles import Role
from fourfold.node.standing import standing_of
from fourfold.records.markings import Tlp

BEGIN = "/activities/incident_reporting/agreement/"
PUBLIC = "incidents reported at home"


def told(answer: Any) -> str:
    return answer.content.decode().partition('role="status"')[2].partition("</ul>")[0]


def form_of(page: Any, has: str = "long") -> dict[str, list[str]]:
    """What a browser would send from the long form, as it stands on the page."""
    form = next(each for each in page.find("form") if each.attributes.get("class") == has)
    found: dict[str, list[str]] = {}
    for each in form.find("input", "textarea"):
        if each.attributes.get("type") in {"radio", "checkbox"} and "checked" not in each.attributes:
            continue
        text = "".join(map(str, each.content)).strip() if each.name == "textarea" else ""
        found.setdefault(each.attributes["name"], []).append(text or each.attributes.get("value", ""))
    for each in form.find("select"):
        chosen = [o.attributes["value"] for o in each.find("option") if "selected" in o.attributes]
        found[each.attributes["name"]] = chosen
    found.pop("csrfmiddlewaretoken")
    return found


@pytest.fixture
def assessed(scene: Any) -> Any:
    """Both sides have revealed; the founding agreement and one on incidents are in force."""
    now = clock.now()
    text = founding_text(
        new_id("agreement"),
        (scene.me.party(), scene.other.party(regulator=True)),
        {kind.id: kind.fields for kind in (ASSESSMENT, DRAFT_AGREEMENT)},
        shipped().digest,
        Term(now - timedelta(hours=1), now + timedelta(days=300)),
    )
    agreeing.keep(countersign(sign(text, scene.me.institution), scene.other.institution), now)
    scene.assess()
    return scene


@pytest.fixture
def draft(assessed: Any, web: Any) -> models.AgreementDraft:
    answer = web.post(BEGIN, {"title": "Incidents, anew"}, follow=True)
    assert "Draft: Incidents, anew" in answer.content.decode()
    assert assessed.peer.drafts.count() == 1
    return models.AgreementDraft.objects.get()


def test_a_draft_begins_with_the_suggested_levels_and_follows_what_is_in_force(
    assessed: Any, web: Any, parse: Any
) -> None:
    page = parse(web.get(BEGIN))
    assert form_of(page)["replaces"] == [assessed.agreement.digest]
    answer = web.post(BEGIN, form_of(page), follow=True)
    row = models.AgreementDraft.objects.get()
    assert row.content().predecessor == assessed.agreement.digest
    assert {terms.name: terms.level for terms in row.content().slices} == {
        "common registry": Level.COLLABORATION,
        "definitions of an incident": Level.COORDINATION,
        "highly sensitive incidents": Level.SEPARATION,
        PUBLIC: Level.COMMUNICATION,
    }
    assert "What differs from the text that it follows" in answer.content.decode()
    assert models.ReleaseVersion.objects.count() == 0


def test_what_follows_keeps_the_names_and_terms_by_which_records_know_it(
    assessed: Any, web: Any, parse: Any
) -> None:
    web.post(BEGIN, form_of(parse(web.get(BEGIN))))
    before = {terms.name: terms for terms in assessed.agreement.text.slices}
    after = {terms.name: terms for terms in models.AgreementDraft.objects.get().content().slices}
    assert after[PUBLIC] == before[PUBLIC]
    assert after["highly sensitive incidents"].id == "sensitive-incidents"
    assert after["common registry"].id == "common-registry"


def test_to_begin_twice_is_to_begin_once_until_somebody_changed_it(draft: Any, web: Any, parse: Any) -> None:
    web.post(BEGIN, {"title": "Incidents, anew"})
    assert models.AgreementDraft.objects.count() == 1
    page, later = f"/agreements/drafts/{draft.pk}/text/", clock.now() + timedelta(days=3650)
    web.post(page, form_of(parse(web.get(page))) | {"expires": [f"{later:%Y-%m-%d}"]})
    web.post(BEGIN, {"title": "Incidents, anew"})
    assert models.AgreementDraft.objects.count() == 2


def test_a_title_that_will_not_do_comes_back(assessed: Any, web: Any) -> None:
    del assessed
    answer = web.post(BEGIN, {"title": "x" * 501})
    assert "Give a title of 1 to 500 characters" in answer.content.decode()
    assert "x" * 501 in answer.content.decode()
    assert not models.AgreementDraft.objects.exists()


def test_nothing_is_drafted_before_both_have_revealed(scene: Any, web: Any) -> None:
    del scene
    assert "Not assessed by both yet" in web.get(BEGIN).content.decode()
    assert "Both sides have to reveal" in web.post(BEGIN, {"title": "Too early"}).content.decode()


def test_what_is_not_carried_out_yet_is_refused_in_words(assessed: Any, web: Any) -> None:
    del assessed
    answer = web.post("/activities/standards/agreement/", {"title": "Standards"})
    assert "nothing could pass" in answer.content.decode()


def test_every_slice_goes_through_its_form_unchanged(draft: Any, web: Any, parse: Any) -> None:
    before = draft.digest
    for terms in draft.content().slices:
        page = f"/agreements/drafts/{draft.pk}/slice/?part={terms.name}"
        assert "Nothing was changed" in told(web.post(page, form_of(parse(web.get(page))), follow=True))
    page = f"/agreements/drafts/{draft.pk}/text/"
    web.post(page, form_of(parse(web.get(page))))
    draft.refresh_from_db()
    after = draft.content()
    assert (after.slices, after.title) == (
        models.AgreementDraft(body=draft.body).content().slices,
        "Incidents, anew",
    )
    assert draft.digest == before or after.review_by.hour == 0


def test_terms_are_changed_and_told_in_plain_words(draft: Any, web: Any, parse: Any) -> None:
    page = f"/agreements/drafts/{draft.pk}/slice/?part={PUBLIC}"
    form = form_of(parse(web.get(page)))
    form |= {"ceiling": ["GREEN"], "0.incident": ["title"], "1.personal_data_basis": ["Article 6(1)(e)"]}
    form |= {
        "forbidden": ["ORCON"],
        "kinds": ["incident"],
        "1.enforcement_clause": ["to compare trends only"],
    }
    answer = web.post(page, form, follow=True)
    draft.refresh_from_db()
    terms = next(each for each in draft.content().slices if each.name == PUBLIC)
    mine, theirs = (terms.direction(party.id) for party in draft.content().parties)
    assert mine.fields == {"incident": ("title",)}
    assert theirs.personal_data_basis == "Article 6(1)(e)"
    assert theirs.enforcement_clause == "to compare trends only"
    for words in ("Article 6(1)(e)", "to compare trends only", "not with ORCON"):
        assert words in answer.content.decode()


GATEWAY = {
    "1.gateway-provision": ["Article 78(5)"],
    "1.gateway-decided_by": ["Legal service"],
    "1.gateway-decided": ["2026-01-31"],
}


def test_a_legal_gateway_is_asked_for_kept_whole_and_shown(draft: Any, web: Any, parse: Any) -> None:
    page = f"/agreements/drafts/{draft.pk}/slice/?part={PUBLIC}"
    form = form_of(parse(web.get(page)))
    half = parse(web.post(page, form | {"1.gateway-provision": ["Article 78(5)"]})).words
    assert "needs the provision, who decided, and when" in half
    shown = parse(web.post(page, form | GATEWAY, follow=True)).words
    assert "Article 78(5); decided by Legal service on 31 January 2026" in shown
    draft.refresh_from_db()
    terms = next(each for each in draft.content().slices if each.name == PUBLIC)
    mine, theirs = (terms.direction(party.id) for party in draft.content().parties)
    assert mine.legal_gateway is None
    assert (theirs.legal_gateway.provision, theirs.legal_gateway.regulators_only) == ("Article 78(5)", False)
    assert form_of(parse(web.get(page)))["1.gateway-decided"] == ["2026-01-31"]


def test_a_draft_begins_on_another_day_if_that_is_typed(draft: Any, web: Any, parse: Any) -> None:
    page = f"/agreements/drafts/{draft.pk}/text/"
    before = draft.content().valid_from
    web.post(page, form_of(parse(web.get(page))))
    draft.refresh_from_db()
    assert draft.content().valid_from == before
    later = (before + timedelta(days=9)).date()
    web.post(page, form_of(parse(web.get(page))) | {"valid_from": [later.isoformat()]})
    draft.refresh_from_db()
    assert draft.content().valid_from.date() == later


def test_a_level_that_is_ruled_out_is_kept_and_warned_of(draft: Any, web: Any, parse: Any) -> None:
    page = f"/agreements/drafts/{draft.pk}/slice/?part=highly sensitive incidents"
    assert "ruled out" in parse(web.get(page)).words
    form = form_of(parse(web.get(page))) | {"level": ["communication"]}
    shown = parse(web.post(page, form, follow=True)).words
    assert "“highly sensitive incidents” is put at communication, which the assessment rules out" in shown


def test_a_text_with_faults_is_kept_but_not_proposed(draft: Any, web: Any, parse: Any) -> None:
    page = f"/agreements/drafts/{draft.pk}/slice/?part=highly sensitive incidents"
    form = form_of(parse(web.get(page))) | {"ceiling": ["CLEAR"]}
    answer = web.post(page, form, follow=True)
    assert "It is more separate than" in answer.content.decode()
    assert "Propose it to the counterpart" not in answer.content.decode()
    refused = web.post(f"/agreements/drafts/{draft.pk}/propose/", follow=True)
    assert "takes less of the same kind" in told(refused)
    assert models.ReleaseVersion.objects.count() == 0


def test_wrong_terms_come_back_with_all_that_was_typed(draft: Any, web: Any, parse: Any) -> None:
    page = f"/agreements/drafts/{draft.pk}/slice/?part={PUBLIC}"
    form = form_of(parse(web.get(page)))
    form |= {"name": [""], "kinds": [], "0.defence_clause": ["y" * 501]}
    again = parse(web.post(page, form))
    for words in ("This is needed", "Choose at least one kind", "At most 500 characters"):
        assert words in again.words
    assert form_of(again)["0.defence_clause"] == ["y" * 501]
    dates = f"/agreements/drafts/{draft.pk}/text/"
    again = parse(web.post(dates, {"title": "", "review_by": "soon", "expires": "2026-02-30"}))
    assert again.words.count("This is no day of the calendar") >= 2
    assert form_of(again)["review_by"] == ["soon"]


def test_a_colleagues_change_of_the_same_slice_is_shown_and_of_another_kept(
    draft: Any, web: Any, parse: Any
) -> None:
    page = f"/agreements/drafts/{draft.pk}/slice/?part={PUBLIC}"
    form = form_of(parse(web.get(page))) | {"ceiling": ["GREEN"]}
    text = draft.content()
    slices = {terms.name: terms for terms in text.slices}
    other = slices["common registry"].model_copy(update={"name": "registry"})
    same = slices[PUBLIC].model_copy(update={"ceiling": Tlp.CLEAR})
    changed = tuple({**slices, "common registry": other, PUBLIC: same}.values())
    change_draft(draft.pk, text.model_copy(update={"slices": changed}), "bea")
    again = parse(web.post(page, form))
    assert "A colleague changed this meanwhile" in again.words
    assert "CLEAR → GREEN" in again.words
    web.post(page, form_of(again))
    draft.refresh_from_db()
    found = {terms.name: terms.ceiling.value for terms in draft.content().slices}
    assert (found["registry"], found[PUBLIC]) == ("AMBER", "GREEN")


def test_a_slice_is_left_out_and_taken_in_again(draft: Any, web: Any, parse: Any) -> None:
    page = f"/agreements/drafts/{draft.pk}/slice/?part={PUBLIC}"
    form = form_of(parse(web.get(page)))
    answer = web.post(page, {"remove": "yes", "seen": form["seen"]}, follow=True)
    assert f"Take in “{PUBLIC}”" in answer.content.decode()
    web.post(page, form_of(parse(web.get(page))))
    draft.refresh_from_db()
    assert PUBLIC in {terms.name for terms in draft.content().slices}
    assert web.get(f"/agreements/drafts/{draft.pk}/slice/?part=nothing").status_code == 404


def test_a_proposal_goes_out_unsigned_once_and_binds_nobody(draft: Any, web: Any, settings: Any) -> None:
    path = f"/agreements/drafts/{draft.pk}/propose/"
    settings.HOME.institution_key.unlink(missing_ok=True)
    for _ in range(2):
        answer = web.post(path, {"seen": draft.digest}, follow=True)
        assert "Nobody has signed it yet" in told(answer)
    row = models.Agreement.objects.get(title="Incidents, anew")
    page = answer.content.decode()
    assert f"fourfold agreement sign {row.digest}" in page
    assert f"fourfold agreement end {row.digest}" in page
    assert models.ReleaseVersion.objects.count() == 1
    sent = models.ReleaseVersion.objects.get().content().fields["agreement"]
    assert sent["signatures"] == []
    assert not standing_of(row).state(clock.now()).binds
    assert models.Event.objects.filter(tag=models.Tag.AGREEMENT_PROPOSED).count() == 1
    assert web.get(f"/agreements/drafts/{draft.pk}/").headers["Location"] == f"/agreements/{row.digest}/"


def test_what_a_colleague_changed_meanwhile_is_not_proposed_unseen(draft: Any, web: Any) -> None:
    answer = web.post(f"/agreements/drafts/{draft.pk}/propose/", {"seen": "sha256:" + 64 * "0"}, follow=True)
    assert "Somebody changed this draft meanwhile" in told(answer)
    assert models.ReleaseVersion.objects.count() == 0


def test_another_text_takes_the_place_of_a_proposal_and_shows_what_differs(
    draft: Any, web: Any, parse: Any
) -> None:
    web.post(f"/agreements/drafts/{draft.pk}/propose/")
    first = models.Agreement.objects.get(title="Incidents, anew")
    answer = web.post(f"/agreements/{first.digest}/amend/", follow=True)
    second = models.AgreementDraft.objects.exclude(pk=draft.pk).get()
    assert "the terms are the same" in answer.content.decode()
    page = f"/agreements/drafts/{second.pk}/slice/?part=common registry"
    web.post(page, form_of(parse(web.get(page))) | {"ceiling": ["GREEN"]})
    web.post(f"/agreements/drafts/{second.pk}/propose/")
    other = models.Agreement.objects.exclude(pk=first.digest).get(title="Incidents, anew")
    shown = parse(web.get(f"/agreements/{other.digest}/")).words
    assert "What differs from another proposal of the same number" in shown
    assert "AMBER → GREEN" in shown
    assert (other.agreement, other.number) == (first.agreement, first.number)
    signed = models.Agreement.objects.exclude(complete=None).exclude(founding=True).get()
    assert web.post(f"/agreements/{signed.digest}/amend/").status_code == 302
    assert models.AgreementDraft.objects.count() == 2


def test_a_draft_is_given_up_once_and_is_a_file_before(draft: Any, web: Any) -> None:
    assert draft.content().title in web.get("/agreements/").content.decode()
    file = web.get(f"/agreements/drafts/{draft.pk}/file/").content.decode()
    assert "title: Incidents, anew" in file
    for _ in range(2):
        web.post(f"/agreements/drafts/{draft.pk}/drop/")
    assert web.get(f"/agreements/drafts/{draft.pk}/").status_code == 404
    assert "Drafts, not proposed" not in web.get("/agreements/").content.decode()
    assert "given up" in told(web.post(f"/agreements/drafts/{draft.pk}/propose/", follow=True))


@pytest.mark.parametrize("role", list(Role))
def test_only_a_liaison_officer_drafts(draft: Any, signed_in: Any, role: Role) -> None:
    client, here = signed_in("ada", role), f"/agreements/drafts/{draft.pk}/"
    proposal = models.Agreement.objects.exclude(complete=None).first().digest
    for method, path in (
        ("get", BEGIN),
        ("post", BEGIN),
        ("get", here),
        ("get", f"{here}text/"),
        ("post", f"{here}text/"),
        ("get", f"{here}slice/?part={PUBLIC}"),
        ("post", f"{here}slice/?part={PUBLIC}"),
        ("get", f"{here}file/"),
        ("post", f"/agreements/{proposal}/amend/"),
        ("post", f"{here}propose/"),
        ("post", f"{here}drop/"),
    ):
        assert (getattr(client, method)(path).status_code == 403) == (role is not Role.LIAISON), path
