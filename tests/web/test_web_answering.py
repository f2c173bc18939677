"""Answering by page: answers come back as given, nothing typed is lost, colleagues do not collide."""

from typing import Any

import pytest

from fourfold.framework import shipped
from fourfold.node import answering, models
from fourfold.node.actions.answer_part import answer_part
from fourfold.node.actions.arrange_parts import add_parts, remove_part, rename_part
from fourfold.node.answering import OwnAnswer, OwnPart
from fourfold.node.roles import Role
from fourfold.node.web.form_keys import HIDDEN

ACTIVITY = "talent_pool"
PAGE = f"/activities/{ACTIVITY}/answers/"
PART = f"{PAGE}part/?part=exchanges"


def stored(name: str = "exchanges") -> dict[str, OwnAnswer]:
    row = models.JointAssessment.objects.get(activity=ACTIVITY)
    return dict({part.name: part.answers for part in answering.own_parts(row)}[name])


def form_of(page: Any) -> dict[str, list[str]]:
    """What a browser would send from the long form, as it stands on the page."""
    form = next(each for each in page.find("form") if each.attributes.get("class") == "long")
    found: dict[str, list[str]] = {}
    for each in form.find("input", "textarea"):
        if each.attributes["name"] in HIDDEN:
            continue
        kind = each.attributes.get("type", "text")
        if kind in {"radio", "checkbox"} and "checked" not in each.attributes:
            continue
        value = "".join(filter(None, each.content)).removeprefix("\n") if each.name == "textarea" else None
        found.setdefault(each.attributes["name"], []).append(value or each.attributes.get("value", ""))
    return found


def told(answer: Any) -> str:
    return answer.content.decode().partition('role="status"')[2].partition("</ul>")[0]


@pytest.fixture
def begun(scene: Any, web: Any) -> Any:
    answer = web.post(PAGE, {"name": "exchanges"}, follow=True)
    assert "part=exchanges" in answer.redirect_chain[-1][0]
    return scene


def test_a_part_is_added_once_and_a_name_that_will_not_do_comes_back(begun: Any, web: Any) -> None:
    web.post(PAGE, {"name": "exchanges"})
    assert [part.name for part in answering.own_parts(models.JointAssessment.objects.get())] == ["exchanges"]
    for name, why in (
        ("", "needs a name"),
        ("Exchanges", "There is a part of this name"),
        ("x" * 201, "At most 200"),
    ):
        answer = web.post(PAGE, {"name": name})
        assert why in answer.content.decode()
        assert f'value="{name}"' in answer.content.decode()
    assert begun.peer.assessments.count() == 1


def test_the_shipped_division_can_be_taken_over(scene: Any, web: Any, parse: Any) -> None:
    del scene
    page = parse(web.get(PAGE))
    names = [each.attributes["value"] for each in page.find("input") if each.attributes.get("name") == "use"]
    assert names == ["exchanges and joint fellowships", "recruitment at home"]
    web.post(PAGE, {"use": names})
    parts = answering.own_parts(models.JointAssessment.objects.get())
    assert [(part.name, part.answers) for part in parts] == [(name, {}) for name in names]


def test_every_criterion_takes_every_answer_and_gives_it_back(begun: Any, web: Any, parse: Any) -> None:
    """Whatever the store holds, the form holds, and sending it as it stands changes nothing."""
    answers = {
        name: OwnAnswer(
            each.scale[place % 2 :], f"why {name}\nand more", "a source", None, withheld=place % 3 == 0
        )
        for place, (name, each) in enumerate(shipped().criteria.items())
    }
    answer_part(begun.peer, ACTIVITY, OwnPart("exchanges", answers), "ada")
    before = stored()
    answer = web.post(PART, form_of(parse(web.get(PART))), follow=True)
    assert "Nothing was changed" in told(answer)
    assert stored() == before
    assert {name: each.content for name, each in before.items()} == {
        name: each.content for name, each in answers.items()
    }


def test_what_is_typed_is_kept_with_who_gave_it_and_not_answered_takes_it_back(
    begun: Any, web: Any, parse: Any
) -> None:
    form = form_of(parse(web.get(PART)))
    form |= {"sens": ["minimal", "low"], "better": ["yes"], "better.because": ["it is quicker"]}
    form |= {"better.date": ["2026-03-31"], "better.withheld": ["yes"], "cap": ["+"]}
    answer = web.post(PART, form, follow=True)
    assert "Saved: 3 answers." in told(answer)
    found = stored()
    assert found["sens"].values == ("minimal", "low")
    assert found["cap"].values == ("no", "yes")
    assert (found["better"].because, str(found["better"].dated), found["better"].withheld) == (
        "it is quicker",
        "2026-03-31",
        True,
    )
    assert found["better"].by == "demonstration"
    assert begun.peer.assessments.get().withheld == ["exchanges.better"]
    form = form_of(parse(web.get(PART)))
    form |= {"better": ["-"], "better.because": [""], "better.date": [""]}
    form.pop("better.withheld")
    web.post(PART, form)
    assert set(stored()) == {"sens", "cap"}


def test_all_faults_are_told_at_once_and_everything_typed_stays(begun: Any, web: Any, parse: Any) -> None:
    del begun
    form = form_of(parse(web.get(PART)))
    form |= {
        "sens": ["low"],
        "better.because": ["a reason without an answer"],
        "risk": ["enormous"],
        "cap": ["yes"],
        "cap.date": ["2026-02-31"],
        "cap.source": ["x" * 501],
    }
    page = parse(web.post(PART, form))
    summary = next(each for each in page.find("div") if each.attributes.get("class") == "summary").words
    for words in (
        "no answer is given",
        "Choose among the answers",
        "Beyond own capacity, As of: This is no day of the calendar",
        "At most 500 characters",
    ):
        assert words in summary
    again = form_of(page)
    assert {name: again[name] for name in form if name != "risk"} == {
        name: form[name] for name in form if name != "risk"
    }
    assert stored() == {}


def test_colleagues_who_answer_different_questions_are_both_kept(begun: Any, web: Any, parse: Any) -> None:
    form = form_of(parse(web.get(PART)))
    answer_part(begun.peer, ACTIVITY, OwnPart("exchanges", {"cap": OwnAnswer(("yes",))}), "bea")
    answer = web.post(PART, form | {"sens": ["low"]}, follow=True)
    assert "A colleague meanwhile answered: Beyond own capacity" in told(answer)
    assert {name: (each.values, each.by) for name, each in stored().items()} == {
        "sens": (("low",), "demonstration"),
        "cap": (("yes",), "bea"),
    }


def test_colleagues_who_answer_the_same_question_see_both_and_nothing_is_lost(
    begun: Any, web: Any, parse: Any
) -> None:
    form = form_of(parse(web.get(PART)))
    answer_part(
        begun.peer, ACTIVITY, OwnPart("exchanges", {"cap": OwnAnswer(("yes",), "alone we fail")}), "bea"
    )
    page = parse(web.post(PART, form | {"cap": ["no"], "sens": ["low"]}))
    assert stored()["cap"].values == ("yes",)
    warned = next(
        each for each in page.find("div") if "summary-wait" in each.attributes.get("class", "")
    ).words
    assert "Stands: yes · bea" in warned
    assert "Yours: no" in warned
    again = form_of(page)
    assert (again["cap"], again["sens"]) == (["no"], ["low"])
    web.post(PART, again)
    assert {name: each.values for name, each in stored().items()} == {"sens": ("low",), "cap": ("no",)}


def test_a_part_that_was_renamed_meanwhile_is_not_lost_to_its_author(
    begun: Any, web: Any, parse: Any
) -> None:
    form = form_of(parse(web.get(PART)))
    rename_part(begun.peer, ACTIVITY, "exchanges", "fellowships", "bea")
    page = parse(web.post(PART, form | {"sens": ["low"]}))
    assert "Somebody renamed or removed this part meanwhile" in page.words
    web.post(PART, form_of(page))
    assert stored("exchanges")["sens"].values == ("low",)
    assert stored("fellowships") == {}
    assert web.get(f"{PAGE}part/?part=nothing").status_code == 404


def test_what_is_sealed_meanwhile_is_told_and_the_typed_answers_stay(
    begun: Any, web: Any, parse: Any
) -> None:
    form = form_of(parse(web.get(PART)))
    begun.peer.assessments.update(state="sealed")
    page = parse(web.post(PART, form | {"sens": ["low"]}))
    assert "answers cannot change once they are sealed" in page.words
    assert form_of(page)["sens"] == ["low"]
    assert stored() == {}


def test_a_part_is_renamed_with_its_answers_and_removed_only_as_it_was_seen(begun: Any, web: Any) -> None:
    answer_part(begun.peer, ACTIVITY, OwnPart("exchanges", {"cap": OwnAnswer(("yes",))}), "bea")
    change = f"{PAGE}part/change/?part=exchanges"
    assert "Its 1 answer is removed" in web.get(change).content.decode()
    web.post(change, {"name": "fellowships"})
    assert stored("fellowships")["cap"].by == "bea"
    change = f"{PAGE}part/change/?part=fellowships"
    seen = answering.own_parts(begun.peer.assessments.get())[0].digest
    answer_part(begun.peer, ACTIVITY, OwnPart("fellowships", {"cap": OwnAnswer(("no",))}), "bea")
    assert "changed this part meanwhile" in web.post(change, {"remove": "yes", "seen": seen}).content.decode()
    seen = answering.own_parts(begun.peer.assessments.get())[0].digest
    web.post(change, {"remove": "yes", "seen": seen})
    assert answering.own_parts(begun.peer.assessments.get()) == ()
    assert web.get("/").status_code == 200
    assert "Begin: is it one thing" in web.get(PAGE).content.decode()


def test_the_questions_come_as_the_framework_asks_them_and_the_answered_ones_apart(
    begun: Any, web: Any, parse: Any
) -> None:
    def folds() -> dict[str, list[str]]:
        page = parse(web.get(PART))
        form = next(each for each in page.find("form") if each.attributes.get("class") == "long")
        return {
            section.attributes["aria-labelledby"]: [
                each.attributes["id"].removeprefix("q-")
                for each in section.find("div")
                if each.attributes.get("class") == "question"
            ]
            for section in form.find("section")
        }

    first = folds()
    assert set(first) == {"first", "later", "idle"}
    assert sorted(name for names in first.values() for name in names) == sorted(shipped().criteria)
    answer_part(begun.peer, ACTIVITY, OwnPart("exchanges", {first["first"][0]: OwnAnswer(("high",))}), "bea")
    assert folds()["answered"] == [first["first"][0]]


def test_what_it_comes_to_is_told_from_our_answers_alone(begun: Any, web: Any, parse: Any) -> None:
    form = form_of(parse(web.get(PART)))
    answer = web.post(PART, form | {"better": ["yes"], "then": "outcome"})
    assert answer.headers["Location"].startswith(f"{PAGE}outcome/")
    answer_part(
        begun.peer, ACTIVITY, OwnPart("exchanges", {"sens": OwnAnswer(("high",), withheld=True)}), "bea"
    )
    row = begun.peer.assessments.get()
    row.their_answers = {
        "activity": ACTIVITY,
        "framework": shipped().digest,
        "slices": [{"name": "theirs alone", "answers": {"better": ["yes"]}}],
    }
    row.save()
    page = parse(web.get(f"{PAGE}outcome/")).words
    assert "the closest level that may be suggested is separation" in page
    assert "theirs alone" not in page
    assert "Each side alone" not in page


def test_a_form_that_came_without_its_marks_overwrites_nothing(begun: Any, web: Any) -> None:
    answer_part(begun.peer, ACTIVITY, OwnPart("exchanges", {"cap": OwnAnswer(("yes",))}), "bea")
    web.post(PART, {"cap": "no"})
    assert stored()["cap"].values == ("yes",)


def test_a_node_without_counterpart_says_how_to_begin(node: Any, web: Any) -> None:
    del node
    assert "There is no counterpart yet" in web.get(PAGE).content.decode()
    assert web.get(PART).status_code == 404
    assert web.get("/activities/nothing/answers/").status_code == 404


def test_a_name_of_strangers_or_markup_stays_text(scene: Any, web: Any) -> None:
    name = "<b>bold</b> & “x”"
    add_parts(scene.peer, ACTIVITY, [name], "ada")
    page = web.get(PAGE).content.decode()
    assert "<b>bold" not in page
    assert web.get(f"{PAGE}part/", {"part": name}).status_code == 200
    remove_part(scene.peer, ACTIVITY, name, "ada")


@pytest.mark.parametrize("role", list(Role))
def test_only_a_liaison_officer_answers(scene: Any, signed_in: Any, role: Role) -> None:
    client = signed_in("ada", role)
    add_parts(scene.peer, ACTIVITY, ["exchanges"], "lia")
    for path in (PAGE, PART, f"{PAGE}part/change/?part=exchanges", f"{PAGE}seal/", f"{PAGE}reveal/"):
        for ask in (client.get, client.post):
            assert (ask(path).status_code == 403) == (role is not Role.LIAISON), path
