"""Sealing and revealing by page, the state that leads on, and the agenda of the next meeting."""

from datetime import timedelta
from typing import Any

import pytest

from fourfold.agreements import Term, countersign, founding_text, sign
from fourfold.canon import new_id
from fourfold.framework import shipped
from fourfold.node import agreeing, answering, clock, models
from fourfold.node.actions.answer_part import answer_part
from fourfold.node.answering import OwnAnswer, OwnPart
from fourfold.node.kinds import ASSESSMENT, DRAFT_AGREEMENT
from fourfold.node.roles import Role

ACTIVITY = "talent_pool"
PAGE = f"/activities/{ACTIVITY}/answers/"


def told(answer: Any) -> str:
    return answer.content.decode().partition('role="status"')[2].partition("</ul>")[0]


@pytest.fixture
def drafted(scene: Any) -> Any:
    """A counterpart with whom the founding agreement is in force, and answers that are drafted."""
    now = clock.now()
    text = founding_text(
        new_id("agreement"),
        (scene.me.party(), scene.other.party()),
        {kind.id: kind.fields for kind in (ASSESSMENT, DRAFT_AGREEMENT)},
        shipped().digest,
        Term(now - timedelta(hours=1), now + timedelta(days=300)),
    )
    agreeing.keep(countersign(sign(text, scene.me.institution), scene.other.institution), now)
    answers = {
        "sens": OwnAnswer(("high",), "names of people"),
        "better": OwnAnswer(("yes",), withheld=True),
    }
    answer_part(scene.peer, ACTIVITY, OwnPart("exchanges", answers), "lia")
    return scene


def seen(scene: Any) -> str:
    return answering.whole_digest(answering.own_parts(scene.peer.assessments.get()))


def test_sealing_says_what_becomes_fixed_and_what_is_withheld_then_seals_once(
    drafted: Any, web: Any, read: Any
) -> None:
    page = read(f"{PAGE}seal/").words
    assert "How sensitive is the information that would have to cross? high" in page
    assert "Withheld, and so unknown to them" in page
    assert "names of people" not in page
    assert "22 questions are not answered" in page
    for _ in range(2):
        answer = web.post(f"{PAGE}seal/", {"seen": seen(drafted)}, follow=True)
        assert "Sealed. EU AI Office collects the seal" in told(answer)
    assert models.ReleaseVersion.objects.count() == 1
    assert "Ours are sealed; theirs are awaited." in answer.content.decode()
    assert "Collect what has come" in answer.content.decode()
    assert web.get(f"{PAGE}seal/").headers["Location"].startswith(PAGE)
    assert "they do not change any more" in web.get(f"{PAGE}part/?part=exchanges").content.decode()


def test_what_a_colleague_changed_meanwhile_is_not_sealed_unseen(drafted: Any, web: Any) -> None:
    before = seen(drafted)
    answer_part(drafted.peer, ACTIVITY, OwnPart("exchanges", {"sens": OwnAnswer(("low",))}), "bea")
    answer = web.post(f"{PAGE}seal/", {"seen": before})
    assert "Somebody changed the answers meanwhile" in answer.content.decode()
    assert drafted.peer.assessments.get().state == "drafted"


def test_sealing_without_a_founding_agreement_is_refused_in_words(scene: Any, web: Any) -> None:
    answer_part(scene.peer, ACTIVITY, OwnPart("exchanges", {"sens": OwnAnswer(("low",))}), "bea")
    answer = web.post(f"{PAGE}seal/", {"seen": seen(scene)})
    assert "Row 1:" in answer.content.decode().partition('role="alert"')[2].partition("</div>")[0]
    assert scene.peer.assessments.get().state == "drafted"


def test_nothing_is_sealed_where_nothing_is_answered(scene: Any, web: Any) -> None:
    del scene
    assert web.get(f"{PAGE}seal/").headers["Location"].startswith(PAGE)
    assert "Give some first" in web.post(f"{PAGE}seal/").content.decode()


def test_revealing_waits_for_their_seal_and_shows_what_they_will_read(
    drafted: Any, web: Any, read: Any
) -> None:
    web.post(f"{PAGE}seal/", {"seen": seen(drafted)})
    assert web.get(f"{PAGE}reveal/").headers["Location"].startswith(PAGE)
    assert "after both sides have sealed" in web.post(f"{PAGE}reveal/").content.decode()
    models.JointAssessment.objects.update(state="both sealed", their_seal="sha256:" + 64 * "a")
    assert "Reveal ours" in web.get(f"/activities/{ACTIVITY}/").content.decode()
    page = read(f"{PAGE}reveal/").words
    assert "This cannot be taken back." in page
    for _ in range(2):
        assert "Revealed. EU AI Office collects" in told(web.post(f"{PAGE}reveal/", follow=True))
    assert models.ReleaseVersion.objects.count() == 2
    sent = models.ReleaseVersion.objects.order_by("-sequence")[0].content().fields["answers"]
    assert sent["slices"] == [{"name": "exchanges", "answers": {"sens": ["high"]}}]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("drafted", "Go on answering, or seal"),
        ("sealed", "Collect what has come"),
        ("theirs sealed", "Answer for this institution"),
        ("theirs sealed, ours drafted", "Go on answering, or seal"),
        ("both sealed", "Reveal ours"),
        ("ours revealed", "Collect what has come"),
        ("theirs revealed", "Reveal ours"),
    ],
)
def test_every_state_leads_on(drafted: Any, read: Any, state: str, words: str) -> None:
    models.JointAssessment.objects.update(state=state)
    page = read(f"/activities/{ACTIVITY}/")
    link = next(each for each in page.find("a") if each.words == words)
    assert read(link.attributes["href"])
    assert f"/activities/{ACTIVITY}/answers/" in {
        each.attributes["href"].partition("?")[0] for each in read("/").find("a")
    }
    assert drafted.peer.assessments.count() == 1


def test_a_reader_is_offered_no_step(drafted: Any, signed_in: Any) -> None:
    del drafted
    page = signed_in("ada", Role.READER).get(f"/activities/{ACTIVITY}/").content.decode()
    assert "Our answers are drafted." in page
    assert "/answers/" not in page


def test_the_agenda_tells_what_settling_a_decisive_difference_would_change(
    scene: Any, web: Any, read: Any
) -> None:
    scene.assess(incident_reporting={"sens": ["high"], "urgent": ["yes"]})
    page = read("/activities/incident_reporting/agenda/").words
    assert "Decisive differences" in page
    assert "from ruled out to" in page
    answer = web.get("/activities/incident_reporting/agenda/text/")
    assert answer.headers["Content-Type"].startswith("text/markdown")
    text = answer.content.decode()
    assert "# UK AI Security Institute and EU AI Office: agenda" in text
    assert "EU AI Office: high" in text
    assert "settled at sens: " in text
    assert "**communication** (agreed; Incident reporting)" in text
    every = read("/agenda/").words
    assert "Research talent pool" in every or "talent pool" in every


def test_the_agenda_holds_nothing_that_only_one_side_knows(drafted: Any, web: Any) -> None:
    text = web.get("/agenda/text/").content.decode()
    assert "## Not assessed by both yet" in text
    assert "exchanges" not in text
    assert drafted.peer.assessments.get().state == "drafted"


def test_the_words_of_others_are_no_markup_in_the_agenda(scene: Any, web: Any) -> None:
    scene.assess()
    row = scene.peer.assessments.get(activity="incident_reporting")
    row.their_answers["slices"][0]["name"] = "# <b>x</b>\n## y"
    row.save()
    text = web.get("/activities/incident_reporting/agenda/text/").content.decode()
    assert "### \\# \\<b\\>x\\</b\\> \\#\\# y" in text


def test_an_agenda_without_counterpart_or_activity(node: Any, web: Any) -> None:
    del node
    assert "There is no counterpart yet" in web.get("/agenda/").content.decode()
    assert web.get("/agenda/text/").status_code == 404
    assert web.get("/activities/nothing/agenda/").status_code == 404
    assert web.get("/agenda/?with=nobody").status_code == 404
