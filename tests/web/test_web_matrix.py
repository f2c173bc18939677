"""The home page and the activity pages say what the framework says, of the right answers."""

import re
from typing import Any

import pytest

from fourfold.framework import Level, Slice, Verdict, assess, shipped
from fourfold.node import assessing, clock, models
from fourfold.node.web.queries import deciding
from fourfold.node.web.queries.activity import activity_view
from fourfold.node.web.queries.matrix import matrix_view
from fourfold.node.web.queries.sources import chosen, counterparts, stance_with
from fourfold.protocols.assessment import State


def matrix(scene: Any, **asked: str) -> Any:
    return matrix_view(stance_with(scene.peer, clock.now()), **asked)


def row(view: Any, activity: str) -> Any:
    return next(each for each in view.rows if each.id == activity)


def test_every_cell_has_the_verdict_that_the_framework_gives(scene: Any) -> None:
    scene.assess()
    view = matrix(scene)
    assert [each.id for each in view.rows] == list(shipped().activities)
    for each in view.rows:
        joint = assessing.joint(models.JointAssessment.objects.get(activity=each.id))
        for part, result in zip(each.parts, joint.slices, strict=True):
            for cell in part.cells:
                assert cell.verdict is result.outcome.levels[cell.level].judgement.verdict
                assert cell.suggested is (cell.level is result.outcome.suggestion)


def test_the_digests_on_the_page_are_those_of_the_joint_assessment(scene: Any, read: Any) -> None:
    scene.assess()
    for stored in models.JointAssessment.objects.all():
        joint = assessing.joint(stored)
        words = read(f"/activities/{stored.activity}/").words
        assert joint.answers_digest in words
        assert joint.framework_digest in words


def test_an_answer_that_we_withhold_does_not_count_once_both_have_revealed(scene: Any) -> None:
    scene.assess()
    stored = models.JointAssessment.objects.get(activity="incident_reporting")
    sensitive = next(part for part in stored.answers["slices"] if "sens" in part["answers"])
    stored.withheld = [f"{sensitive['name']}.sens"]
    stored.save()
    page = activity_view(stance_with(scene.peer, clock.now()), "incident_reporting")
    assert page.answers == assessing.joint(stored).answers_digest
    stored.withheld = []
    assert page.answers != assessing.joint(stored).answers_digest


def test_a_decisive_difference_is_told_from_one_that_changes_nothing(scene: Any, read: Any) -> None:
    changed = {"sens": ["high"], "urgent": ["yes"]}
    scene.assess(standards=changed)
    stored = models.JointAssessment.objects.get(activity="standards")
    part = stored.answers["slices"][0]["answers"]
    part |= {"sens": ["none"], "urgent": ["no"]}
    stored.save()
    shown = row(matrix(scene), "standards")
    assert {each.title for each in shown.parts[0].decisive} == {"Sensitivity"}
    words = read("/").words
    assert "decisive: Sensitivity" in words
    page = read("/activities/standards/").words
    assert "decisive" in page
    assert row(matrix(scene, show="disagree"), "standards")


def test_each_side_alone_is_judged_by_its_own_answers(scene: Any) -> None:
    scene.assess(standards={"sens": ["high"], "risk": ["material"]})
    sides = {side.party: side.suggestion for side in row(matrix(scene), "standards").parts[0].sides}
    assert sides["AIO"] is Level.SEPARATION
    stored = models.JointAssessment.objects.get(activity="standards")
    first = assessing.to_reveal(stored).slices
    own = min(first, key=lambda each: each.name)
    alone = assess(shipped(), [Slice("", {"x": {k: frozenset(v) for k, v in own.answers.items()}})])
    assert sides["AISI"] is alone.whole.suggestion


def test_an_agreement_in_force_is_shown_and_an_ended_one_is_not(scene: Any) -> None:
    scene.assess()
    agreed = {each.slice: each.level for each in row(matrix(scene), "incident_reporting").agreed}
    assert agreed == {
        "incidents reported at home": Level.COMMUNICATION,
        "highly sensitive incidents": Level.SEPARATION,
    }
    assert [each.id for each in matrix(scene, show="agreed").rows] == ["incident_reporting"]
    models.AgreementParty.objects.filter(institution=scene.other.id).update(signature="")
    assert matrix(scene, show="agreed").rows == ()


def test_an_agreed_level_is_sealed_in_its_own_cell(scene: Any) -> None:
    scene.assess()
    parts = row(matrix(scene), "incident_reporting").parts
    sealed = {(part.name, cell.level) for part in parts for cell in part.cells if cell.agreed}
    assert sealed == {
        ("incidents reported at home", Level.COMMUNICATION),
        ("highly sensitive incidents", Level.SEPARATION),
    }
    assert not any(cell.agreed for part in row(matrix(scene), "standards").parts for cell in part.cells)


def test_an_agreement_divided_otherwise_than_the_answers_stands_at_the_activity(
    scene: Any, read: Any
) -> None:
    shown = row(matrix(scene), "incident_reporting")
    assert [part.name for part in shown.parts] == [""]
    assert {each.slice for each in shown.agreed_otherwise} == {
        "incidents reported at home",
        "highly sensitive incidents",
    }
    assert "agreed: communication incidents reported at home" in read("/").words


def test_the_activity_page_tells_each_side_alone_and_whether_readings_differ(scene: Any, read: Any) -> None:
    scene.assess(standards={"sens": ["high"], "risk": ["material"]})
    words = read("/activities/standards/").words
    assert re.search(r"Each side alone: AISI \w+ , AIO separation", words)
    for activity in shipped().activities:
        view = activity_view(stance_with(scene.peer, clock.now()), activity)
        verdicts = {
            name: {each.verdicts for each in view.readings if each.slice == name}
            for name in {each.slice for each in view.readings}
        }
        assert view.readings_agree is all(len(each) == 1 for each in verdicts.values())


def test_search_looks_into_activities_parts_and_questions(scene: Any) -> None:
    scene.assess()
    assert [each.id for each in matrix(scene, words="TALENT").rows] == ["talent_pool"]
    assert [each.id for each in matrix(scene, words="exploratory foresight").rows] == ["risk_estimates"]
    assert matrix(scene, words="nothing of the kind").rows == ()


def test_a_node_that_nobody_has_answered_shows_all_as_open(node: Any, read: Any) -> None:
    del node
    view = matrix_view(stance_with(None, clock.now()))
    verdicts = {cell.verdict for each in view.rows for part in each.parts for cell in part.cells}
    assert verdicts == {Verdict.OPEN}
    words = read("/").words
    assert "Nobody has answered yet" in words
    assert words.count("nothing suggested yet") == 0
    assert "0 activities with an agreement" in re.sub(
        r"(activities with an agreement) (\d+)", r"\2 \1", words
    )


def test_what_is_not_revealed_yet_is_unknown_and_the_page_says_how_far_it_is(scene: Any, read: Any) -> None:
    scene.assess()
    stored = models.JointAssessment.objects.get(activity="standards")
    stored.state, stored.their_answers = State.SEALED.value, None
    stored.save()
    assert row(matrix(scene), "standards").progress == "ours are sealed; theirs are awaited"
    assert "not answered, or not revealed" in read("/activities/standards/").words


def test_a_result_is_computed_once_for_the_same_answers(
    scene: Any, read: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.assess()
    read("/")
    monkeypatch.setattr(deciding, "assess", lambda *_: pytest.fail("computed again"))
    read("/")
    stored = models.JointAssessment.objects.get(activity="standards")
    stored.answers["slices"][0]["answers"]["autonomy"] = ["yes"]
    stored.save()
    with pytest.raises(pytest.fail.Exception):
        read("/")


def test_the_home_page_asks_the_store_the_same_few_questions_however_much_there_is(
    scene: Any, read: Any, django_assert_max_num_queries: Any
) -> None:
    scene.fill()
    read("/")
    with django_assert_max_num_queries(12):
        read("/")


def test_the_activity_page_explains_each_verdict(scene: Any, read: Any) -> None:
    scene.assess()
    joint = assessing.joint(models.JointAssessment.objects.get(activity="incident_reporting"))
    words = read("/activities/incident_reporting/").words
    for result in joint.slices:
        for level in result.outcome.levels.values():
            for ground in (*level.judgement.why, *level.judgement.why_not):
                assert " ".join(ground.text.split()) in words
                assert all(place in words for place in ground.passages)
            for criterion in level.judgement.ask:
                assert shipped().criteria[criterion].question in words
    assert all(reading.title in words for reading in shipped().readings.values())
    assert all(
        avenue.title in words for avenue in shipped().activities["incident_reporting"].avenues.values()
    )


def test_own_evidence_is_shown_and_the_counterparts_page_has_none_of_it(scene: Any) -> None:
    scene.assess()
    page = activity_view(stance_with(scene.peer, clock.now()), "develop_evaluations")
    said = [each for part in page.slices for answer in part.answers for each in answer.said]
    assert any(each.because and each.source for each in said if each.party == "AISI")
    assert not any(each.because or each.source or each.date for each in said if each.party == "AIO")


def test_with_several_counterparts_the_reader_chooses(scene: Any, read: Any) -> None:
    assert "Another" not in read("/").words
    second = models.Peer.objects.create(
        institution="identity--second",
        name="Another",
        institution_key="k",
        delegation=b"",
        joined=clock.now(),
    )
    assert chosen(counterparts(), "") == second
    assert chosen(counterparts(), scene.peer.pk) == scene.peer
    way_back = [
        each.attributes["href"] for each in read(f"/activities/standards/?with={scene.peer.pk}").find("a")
    ]
    assert f"/?with={scene.peer.pk}" in way_back
    words = read(f"/?with={scene.peer.pk}").words
    assert "Another" in words
    assert "UK AI Security Institute and EU AI Office" in words
