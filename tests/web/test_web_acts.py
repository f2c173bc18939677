"""Who may act by page: every act, for every role; what is not let is refused, not shown, and does nothing."""

from typing import Any

import pytest
from django.urls import URLPattern

from fourfold.node import models
from fourfold.node.actions.place_hold import place_hold
from fourfold.node.roles import Act, Role, acts_of
from fourfold.node.security import FOR_ALL
from fourfold.node.web import urls
from fourfold.node.web.urls import urlpatterns

ASKED = [
    ("get", "/records/new/", Act.WRITE),
    ("post", "/records/new/", Act.WRITE),
    ("get", "/records/{record}/change/", Act.WRITE),
    ("post", "/records/{record}/change/", Act.WRITE),
    ("get", "/records/{record}/attach/", Act.WRITE),
    ("post", "/records/{record}/attach/", Act.WRITE),
    ("post", "/records/import/", Act.WRITE),
    ("post", "/records/{record}/approve/", Act.APPROVE),
    ("post", "/records/{record}/release/", Act.RELEASE),
    ("get", "/records/waiting/", Act.READ),
    ("post", "/records/waiting/1/confirm/", Act.APPROVE),
    ("post", "/records/waiting/1/drop/", Act.APPROVE),
    ("get", "/releases/{release}/withdraw/", Act.RELEASE),
    ("post", "/releases/{release}/withdraw/", Act.RELEASE),
    ("post", "/inbox/collect/", Act.COLLECT),
    ("get", "/holds/", Act.HOLD),
    ("get", "/holds/{record}/", Act.HOLD),
    ("post", "/holds/{record}/", Act.HOLD),
    ("post", "/holds/1/lift/", Act.HOLD),
    ("post", "/holds/lifting/1/confirm/", Act.HOLD),
    ("post", "/holds/lifting/1/drop/", Act.HOLD),
    ("post", "/evidence/{peer}/files/", Act.READ),
    ("get", "/consents/", Act.READ),
    ("get", "/consents/{request}/", Act.READ),
    ("get", "/consents/{request}/grant/", Act.APPROVE),
    ("post", "/consents/{request}/grant/", Act.APPROVE),
    ("post", "/consents/{request}/decline/", Act.APPROVE),
    ("get", "/consents/{request}/revoke/", Act.APPROVE),
    ("post", "/consents/{request}/revoke/", Act.APPROVE),
    ("get", "/records/{record}/consent/ask/", Act.RELEASE),
    ("post", "/records/{record}/consent/ask/", Act.RELEASE),
    ("get", "/records/{record}/consent/give/", Act.APPROVE),
    ("post", "/records/{record}/consent/give/", Act.APPROVE),
    ("get", "/records/{told}/correct/", Act.RELEASE),
    ("post", "/records/{told}/correct/", Act.RELEASE),
    ("get", "/records/{record}/apart/", Act.RELEASE),
    ("post", "/records/{record}/stub/", Act.RELEASE),
    ("post", "/records/{record}/seal/", Act.RELEASE),
    ("get", "/seals/1/", Act.RELEASE),
    ("post", "/seals/1/", Act.RELEASE),
    ("get", "/inbox/{received}/forward/", Act.WRITE),
    ("post", "/inbox/{received}/forward/", Act.WRITE),
    ("get", "/inbox/handed-in/", Act.READ),
    ("get", "/inbox/handed-in/1/", Act.READ),
    ("get", "/inbox/handed-in/1/accept/", Act.WRITE),
    ("post", "/inbox/handed-in/1/accept/", Act.WRITE),
    ("get", "/inbox/handed-in/1/update/", Act.WRITE),
    ("post", "/inbox/handed-in/1/update/", Act.WRITE),
    ("get", "/inbox/handed-in/1/take-back/", Act.RELEASE),
    ("post", "/inbox/handed-in/1/take-back/", Act.RELEASE),
    ("get", "/inbox/handed-in/1/reject/", Act.WRITE),
    ("post", "/inbox/handed-in/1/reject/", Act.WRITE),
    ("post", "/inbox/handed-in/proposals/1/confirm/", Act.APPROVE),
    ("post", "/inbox/handed-in/proposals/1/drop/", Act.APPROVE),
    ("get", "/keys/", Act.WATCH),
    ("get", "/keys/{peer}/confirm/", Act.APPROVE),
    ("post", "/keys/{peer}/confirm/", Act.APPROVE),
    ("post", "/keys/{peer}/refuse/", Act.APPROVE),
    ("get", "/activities/talent_pool/answers/", Act.ASSESS),
    ("post", "/activities/talent_pool/answers/", Act.ASSESS),
    ("get", "/activities/talent_pool/answers/part/", Act.ASSESS),
    ("post", "/activities/talent_pool/answers/part/", Act.ASSESS),
    ("get", "/activities/talent_pool/answers/part/change/", Act.ASSESS),
    ("post", "/activities/talent_pool/answers/part/change/", Act.ASSESS),
    ("get", "/activities/talent_pool/answers/outcome/", Act.READ),
    ("get", "/activities/talent_pool/answers/seal/", Act.ASSESS),
    ("post", "/activities/talent_pool/answers/seal/", Act.ASSESS),
    ("get", "/activities/talent_pool/answers/reveal/", Act.ASSESS),
    ("post", "/activities/talent_pool/answers/reveal/", Act.ASSESS),
    ("get", "/activities/talent_pool/agreement/", Act.ASSESS),
    ("post", "/activities/talent_pool/agreement/", Act.ASSESS),
    ("get", "/agreements/drafts/1/", Act.ASSESS),
    ("post", "/agreements/drafts/1/text/", Act.ASSESS),
    ("post", "/agreements/drafts/1/slice/", Act.ASSESS),
    ("get", "/agreements/drafts/1/file/", Act.ASSESS),
    ("post", "/agreements/drafts/1/propose/", Act.ASSESS),
    ("post", "/agreements/drafts/1/drop/", Act.ASSESS),
    ("get", "/activities/talent_pool/agenda/", Act.READ),
    ("get", "/agenda/", Act.READ),
]
BUTTONS = [
    ("/records/", "Keep a record", Act.WRITE),
    ("/records/{record}/", "Change it", Act.WRITE),
    ("/records/{record}/", "Attach a file", Act.WRITE),
    ("/records/{record}/", "Release to EU AI Office as shown", Act.RELEASE),
    ("/records/{record}/", "Place a legal hold", Act.HOLD),
    ("/records/{tight}/", "Approve that this version goes to", Act.APPROVE),
    ("/releases/{release}/", "Withdraw this release", Act.RELEASE),
    ("/releases/{release}/", "It was wrong: correct it everywhere", Act.RELEASE),
    ("/records/{record}/", "Stub, seal, prove", Act.RELEASE),
    ("/consents/{request}/", "Grant it", Act.APPROVE),
    ("/consents/{request}/", "Decline it", Act.APPROVE),
    ("/inbox/{received}/", "Keep it to pass on", Act.WRITE),
    ("/keys/", "Refuse the new key", Act.APPROVE),
    ("/inbox/", "Collect from the counterpart now", Act.COLLECT),
    ("/account/", "Collect from the counterparts now", Act.COLLECT),
    ("/activities/talent_pool/", "Answer for this institution", Act.ASSESS),
]


@pytest.fixture
def things(scene: Any) -> dict[str, str]:
    """The objects that the addresses name."""
    models.Peer.objects.update(url="http://127.0.0.1:9/")
    told = scene.titled("Told")
    release = scene.release(told.record).release_id
    scene.receive(scene.sent("Came in"))
    scene.succeed()
    return {
        "told": told.record,
        "request": scene.ask_us(scene.titled("Wanted abroad")).pk,
        "received": models.Received.objects.get().pk,
        "record": scene.keep().record,
        "tight": scene.titled("Tight", marking=scene.red()).record,
        "release": release,
        "peer": scene.peer.pk,
    }


@pytest.mark.parametrize("role", [None, *Role])
def test_a_role_opens_just_what_its_acts_are(things: Any, signed_in: Any, role: Role | None) -> None:
    roles = frozenset({role} - {None})
    client = signed_in("ada", *roles)
    for method, path, act in ASKED:
        before = models.Event.objects.count()
        status = getattr(client, method)(path.format(**things), {"to": things["peer"]}).status_code
        assert (status == 403) == (act not in acts_of(roles)), (method, path, status)
        assert status in {200, 302, 403, 404}, (method, path, status)
        if status == 403:
            assert models.Event.objects.count() == before, path


@pytest.mark.parametrize("role", list(Role))
def test_a_button_is_shown_to_those_who_may_press_it(things: Any, signed_in: Any, role: Role) -> None:
    client, acts = signed_in("ada", role), acts_of(frozenset({role}))
    for path, words, act in BUTTONS:
        answer = client.get(path.format(**things))
        if answer.status_code == 200:
            assert (words in answer.content.decode()) == (act in acts), (path, words)


def test_somebody_who_is_not_signed_in_is_asked_to_and_does_nothing(things: Any, signed_in: Any) -> None:
    stranger = signed_in("ada", *Role)
    stranger.logout()
    before = models.Event.objects.count()
    for method, path, _act in ASKED:
        answer = getattr(stranger, method)(path.format(**things), {"to": things["peer"]})
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith("/sign-in/"), path
    assert models.Event.objects.count() == before


def test_a_role_that_was_taken_away_lets_nothing_any_more(things: Any, signed_in: Any) -> None:
    client = signed_in("ada", Role.ANALYST)
    assert client.get("/records/new/").status_code == 200
    models.AccountRole.objects.all().delete()
    assert client.get("/records/new/").status_code == 403
    release = f"/records/{things['record']}/release/"
    assert client.post(release, {"to": things["peer"]}).status_code == 403


def test_a_demonstration_lets_do_what_needs_no_second_person(things: Any, web: Any) -> None:
    place_hold(things["record"], "case 7", "officer")
    alone = {Act.READ, Act.WATCH, Act.WRITE, Act.ASSESS, Act.RELEASE, Act.COLLECT}
    for method, path, act in ASKED:
        status = getattr(web, method)(path.format(**things), {"to": things["peer"]}).status_code
        assert (status == 403) == (act not in alone), (method, path, status)


def test_a_page_that_does_not_say_who_may_changes_nothing(things: Any, signed_in: Any) -> None:
    client = signed_in("ada", *Role)
    looked_at = [
        each for each in urlpatterns if not hasattr(each.callback, "needs") and each.name not in FOR_ALL
    ]
    assert len(looked_at) >= 15
    for each in looked_at:
        assert client.post(_address(each, things)).status_code == 403, each.name


def _address(pattern: URLPattern, things: dict[str, str]) -> str:
    known = {
        "record_id": things["record"],
        "release_id": things["release"],
        "institution": things["peer"],
        "activity_id": "incident_reporting",
        "digest": models.Agreement.objects.get().pk,
        "number": "1",
        "pk": "1",
    }
    route = str(pattern.pattern)
    for name, value in known.items():
        for kind in ("str", "int", "slug"):
            route = route.replace(f"<{kind}:{name}>", value)
    return f"/{route}"


def test_no_two_addresses_have_one_name() -> None:
    named = [each.name for each in urls.urlpatterns if hasattr(each, "name")]
    assert sorted({each for each in named if named.count(each) > 1}) == []
