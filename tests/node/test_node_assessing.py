"""Assessing together: seals first, reveals after, and nothing else is believed."""

from typing import Any

import pytest

from fourfold.canon import new_salt
from fourfold.errors import InputError, RefusedError
from fourfold.framework import shipped
from fourfold.node import assessing, models
from fourfold.node.actions.handle_received import handle
from fourfold.node.actions.load_answers import load_answers
from fourfold.node.actions.reveal import reveal_assessment
from fourfold.node.actions.seal import seal_assessment
from fourfold.node.kinds import AssessedAnswers, SliceAnswers
from fourfold.planning import example_plan
from fourfold.records import seal

ACTIVITY = "incident_reporting"
WITHHELD = f"{ACTIVITY}.incidents reported at home.know"


@pytest.fixture
def loaded(other: Any) -> Any:
    load_answers(example_plan().encode(), "plan.yaml", "AISI", other.peer, "liaison", [WITHHELD])
    return other


def their_answers(**changes: Any) -> dict[str, Any]:
    part = SliceAnswers(name="incidents reported at home", answers={"sens": ("low",), "know": ("yes",)})
    values = {"activity": ACTIVITY, "framework": shipped().digest, "slices": (part,)}
    return AssessedAnswers(**{**values, **changes}).model_dump(mode="json")


def sealed(answers: dict[str, Any], nonce: str, who: Any) -> dict[str, Any]:
    return {"step": "seal", "activity": ACTIVITY, "seal": seal(answers, nonce, who.id)}


def revealed(answers: dict[str, Any], nonce: str, who: Any) -> dict[str, Any]:
    return {**sealed(answers, nonce, who), "step": "reveal", "nonce": nonce, "answers": answers}


def row() -> models.JointAssessment:
    return models.JointAssessment.objects.get(activity=ACTIVITY)


def refusals() -> list[str]:
    found = models.Event.objects.filter(tag=models.Tag.ASSESSMENT_REFUSED).order_by("pk")
    return list(found.values_list("reason", flat=True))


def receive(other: Any, fields: dict[str, Any]) -> None:
    handle(other.send("assessment", fields))


def test_both_seal_then_both_reveal_and_the_assessment_is_joint(loaded: Any) -> None:
    answers, nonce = their_answers(), new_salt()
    seal_assessment(loaded.peer, ACTIVITY, "liaison")
    receive(loaded, sealed(answers, nonce, loaded.who))
    reveal_assessment(loaded.peer, ACTIVITY, "liaison")
    receive(loaded, revealed(answers, nonce, loaded.who))
    assert row().state == "joint"
    assert refusals() == []
    made = assessing.joint(row())
    assert {part.name for part in made.slices} == {
        "common registry",
        "definitions of an incident",
        "highly sensitive incidents",
        "incidents reported at home",
    }


def test_nobody_reveals_before_the_other_has_sealed(loaded: Any) -> None:
    seal_assessment(loaded.peer, ACTIVITY, "liaison")
    with pytest.raises(RefusedError, match="both sides have sealed"):
        reveal_assessment(loaded.peer, ACTIVITY, "liaison")
    assert models.ReleaseVersion.objects.count() == 1


def test_what_is_withheld_is_neither_sealed_nor_sent(loaded: Any) -> None:
    answers, nonce = their_answers(), new_salt()
    seal_assessment(loaded.peer, ACTIVITY, "liaison")
    receive(loaded, sealed(answers, nonce, loaded.who))
    reveal_assessment(loaded.peer, ACTIVITY, "liaison")
    sent = models.ReleaseVersion.objects.order_by("-sequence")[0].content().fields["answers"]
    said = {part["name"]: part["answers"] for part in sent["slices"]}["incidents reported at home"]
    assert "know" not in said
    assert "mandates" in said
    kept = {part["name"]: part["answers"] for part in row().answers["slices"]}
    assert kept["incidents reported at home"]["know"] == ["yes"]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda fields: fields["answers"]["slices"][0]["answers"].update(sens=["high"]), "ProofError"),
        (lambda fields: fields.update(nonce=64 * "0"), "ProofError"),
        (lambda fields: fields.update(answers=None), "ProofError"),
        (lambda fields: fields.update(activity="risk_monitoring"), "ProofError"),
        (lambda fields: fields.update(activity="no_such_activity"), "RefusedError"),
        (lambda fields: fields.update(step="confess"), "InputError"),
        (lambda fields: fields.update(extra=1), "InputError"),
        (lambda fields: fields.clear(), "InputError"),
    ],
)
def test_a_reveal_that_is_not_what_was_sealed_changes_nothing_and_is_noted(
    loaded: Any, spoil: Any, reason: str
) -> None:
    answers, nonce = their_answers(), new_salt()
    seal_assessment(loaded.peer, ACTIVITY, "liaison")
    receive(loaded, sealed(answers, nonce, loaded.who))
    before = models.JointAssessment.objects.filter(activity=ACTIVITY).values().get()
    fields = revealed(answers, nonce, loaded.who)
    spoil(fields)
    receive(loaded, fields)
    assert models.JointAssessment.objects.filter(activity=ACTIVITY).values().get() == before
    assert refusals() == [reason]


def test_a_seal_cannot_be_handed_back_as_ones_own(loaded: Any) -> None:
    """Whoever repeats our seal, and then our reveal, has not answered."""
    seal_assessment(loaded.peer, ACTIVITY, "liaison")
    ours = row()
    receive(loaded, {"step": "seal", "activity": ACTIVITY, "seal": ours.seal})
    reveal_assessment(loaded.peer, ACTIVITY, "liaison")
    value = assessing.to_reveal(row()).model_dump(mode="json")
    fields = {
        "step": "reveal",
        "activity": ACTIVITY,
        "seal": ours.seal,
        "nonce": ours.nonce,
        "answers": value,
    }
    receive(loaded, fields)
    assert row().their_answers is None
    assert refusals() == ["ProofError"]


def test_a_second_seal_does_not_replace_the_first(loaded: Any) -> None:
    answers = their_answers()
    receive(loaded, sealed(answers, 64 * "1", loaded.who))
    first = row().their_seal
    receive(loaded, sealed(answers, 64 * "1", loaded.who))
    assert refusals() == []
    receive(loaded, sealed(answers, 64 * "2", loaded.who))
    assert row().their_seal == first
    assert refusals() == ["RefusedError"]


@pytest.mark.parametrize(
    "answers",
    [
        their_answers(framework="sha256:" + 64 * "9"),
        their_answers(slices=(SliceAnswers(name="x", answers={"no_such_criterion": ("yes",)}),)),
        their_answers(slices=(SliceAnswers(name="x", answers={"sens": ("enormous",)}),)),
        their_answers(slices=(SliceAnswers(name="x", answers={"sens": ()}),)),
    ],
)
def test_answers_that_our_framework_cannot_read_are_refused(loaded: Any, answers: dict[str, Any]) -> None:
    nonce = new_salt()
    seal_assessment(loaded.peer, ACTIVITY, "liaison")
    receive(loaded, sealed(answers, nonce, loaded.who))
    receive(loaded, revealed(answers, nonce, loaded.who))
    assert row().their_answers is None
    assert len(refusals()) == 1


def test_sealing_and_revealing_twice_publishes_once(loaded: Any) -> None:
    answers, nonce = their_answers(), new_salt()
    receive(loaded, sealed(answers, nonce, loaded.who))
    for _ in range(2):
        seal_assessment(loaded.peer, ACTIVITY, "liaison")
    for _ in range(2):
        reveal_assessment(loaded.peer, ACTIVITY, "liaison")
    assert models.ReleaseVersion.objects.count() == 2


def test_sealed_answers_stay_and_the_same_file_can_be_loaded_again(loaded: Any) -> None:
    seal_assessment(loaded.peer, ACTIVITY, "liaison")
    plan = example_plan().encode()
    again = load_answers(plan, "plan.yaml", "AISI", loaded.peer, "liaison", [WITHHELD])
    assert again.sealed == (ACTIVITY,)
    with pytest.raises(RefusedError, match="do not change"):
        load_answers(plan, "plan.yaml", "AISI", loaded.peer, "liaison")


def test_a_faulty_plan_or_an_unknown_answer_stores_nothing(other: Any) -> None:
    with pytest.raises(InputError):
        load_answers(b"schema: other", "plan.yaml", "AISI", other.peer, "liaison")
    with pytest.raises(InputError, match="no institution"):
        load_answers(example_plan().encode(), "plan.yaml", "NASA", other.peer, "liaison")
    with pytest.raises(InputError) as raised:
        load_answers(example_plan().encode(), "plan.yaml", "AISI", other.peer, "x", ["a.b.c", "d.e.f"])
    assert len(raised.value.faults) == 2
    assert not models.JointAssessment.objects.exists()
