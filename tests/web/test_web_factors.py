"""Second factors and sessions by page: an app, recovery codes, what the institution requires, the trail."""

import json
import re
from types import SimpleNamespace
from typing import Any

import one_time
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as library
from django.contrib.auth import get_user_model
from django.test import Client

from fourfold.errors import InputError
from fourfold.node import models
from fourfold.node.actions.end_sessions import end_sessions
from fourfold.node.actions.issue_token import issue_token
from fourfold.node.actions.reset_factors import reset_factors
from fourfold.node.home import REQUIRED
from fourfold.node.models import Tag
from fourfold.node.roles import Role

PASSWORD = "correct horse battery"
BEGIN = 1_800_000_000.0


class Phone:
    """An account's browser, and the app on its phone; the clock moves when it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.client, self.secret, self.now = Client(), "", BEGIN
        monkeypatch.setattr(library, "time", SimpleNamespace(time=lambda: self.now))

    def shows(self) -> str:
        return one_time.code(self.secret, self.now)

    def enter(self) -> Any:
        self.client.post("/sign-out/")
        return self.client.post("/sign-in/", {"login": "ada", "password": PASSWORD})

    def second(self, code: str) -> Any:
        return self.client.post("/sign-in/second-step/", {"code": code})

    def confirm(self, **given: str) -> Any:
        how = "code/" if "code" in given else ""
        return self.client.post(f"/account/confirm/{how}", given)

    def add(self) -> list[str]:
        """Add the app; the recovery codes that are shown."""
        self.enter()
        self.confirm(password=PASSWORD)
        page = self.client.get("/account/app/add/").content.decode()
        self.secret = re.search(r"<code>([A-Z2-7 ]{32,})</code>", page)[1]
        answer = self.client.post("/account/app/add/", {"code": self.shows()}, follow=True)
        return re.findall(r"<code>(\d{8})</code>", answer.content.decode())


@pytest.fixture
def phone(node: Any, signed_in: Any, monkeypatch: pytest.MonkeyPatch) -> Phone:
    del node
    signed_in("ada", Role.ANALYST)
    return Phone(monkeypatch)


def noted(*tags: Tag) -> list[str]:
    rows = models.Event.objects.filter(tag__in=tags).order_by("pk")
    return [f"{row.tag} {row.actor} {row.reason.split(': ')[-1]}" for row in rows]


def is_in(phone: Phone) -> bool:
    return phone.client.get("/records/").status_code == 200


def test_an_app_is_added_asked_for_and_removed(phone: Phone) -> None:
    codes = phone.add()
    assert len(set(codes)) == 10
    assert is_in(phone)
    assert phone.enter().headers["Location"] == "/sign-in/second-step/"
    assert not is_in(phone)
    assert "This code is wrong" in phone.second("000000").content.decode()
    assert phone.second(phone.shows()).status_code == 302
    assert is_in(phone)
    assert phone.client.get("/account/app/remove/").headers["Location"].startswith("/account/confirm/code/")
    phone.now += 30
    phone.confirm(code=phone.shows())
    assert "the password alone opens" in phone.client.get("/account/app/remove/").content.decode()
    assert "removed" in phone.client.post("/account/app/remove/", follow=True).content.decode()
    assert phone.enter().headers["Location"] == "/"
    assert noted(Tag.FACTOR_ADDED, Tag.FACTOR_REMOVED) == ["factor:added ada app", "factor:removed ada app"]
    assert "session:begun ada password, app" in noted(Tag.SESSION_BEGUN)
    assert "session:refused node second factor" in noted(Tag.SESSION_REFUSED)
    assert not Authenticator.objects.exists()


def test_what_the_app_showed_signs_in_once(phone: Phone) -> None:
    phone.add()
    phone.enter()
    assert phone.second(phone.shows()).status_code == 302
    phone.enter()
    assert "used already" in phone.second(phone.shows()).content.decode()
    phone.now += 30
    assert phone.second(phone.shows()).status_code == 302


def test_a_recovery_code_signs_in_once_and_new_ones_void_the_old(phone: Phone) -> None:
    codes = phone.add()
    phone.enter()
    assert phone.second(codes[0]).status_code == 302
    phone.enter()
    assert phone.second(codes[0]).status_code == 200
    assert phone.second(codes[1]).status_code == 302
    phone.confirm(code=codes[2])
    page = phone.client.post("/account/recovery-codes/new/", follow=True).content.decode()
    new = re.findall(r"<code>(\d{8})</code>", page)
    assert len(new) == 10
    assert "10 are left" in phone.client.get("/account/recovery-codes/").content.decode()
    phone.enter()
    assert phone.second(codes[4]).status_code == 200
    assert phone.second(new[4]).status_code == 302
    used = noted(Tag.FACTOR_USED, Tag.FACTOR_REPLACED)
    assert used == ["factor:used ada recovery code"] * 3 + [
        "factor:replaced ada recovery codes",
        "factor:used ada recovery code",
    ]


def test_changing_a_factor_asks_who_it_is_by_the_factor_itself(phone: Phone) -> None:
    phone.add()
    phone.enter()
    phone.second(phone.shows())
    for path in ("/account/app/remove/", "/account/passkeys/add/", "/account/recovery-codes/new/"):
        for ask in (phone.client.get, phone.client.post):
            assert ask(path).headers["Location"].startswith("/account/confirm/code/?next="), path
    answer = phone.client.post("/account/confirm/", {"password": PASSWORD})
    assert answer.headers["Location"].startswith("/account/confirm/code/")
    assert Authenticator.objects.count() == 2


def test_too_many_wrong_codes_close_the_second_step_too(phone: Phone) -> None:
    phone.add()
    phone.enter()
    for _try in range(5):
        assert phone.second("000000").status_code == 200
    refused = phone.second(phone.shows())
    assert refused.status_code == 429
    assert "There were too many tries. Try again in" in refused.content.decode()
    assert int(refused.headers["Retry-After"]) > 500
    assert not is_in(phone)
    assert noted(Tag.SESSION_LIMITED) == ["session:limited node second factor"]


def test_the_store_holds_no_secret_in_clear_and_without_its_key_nothing_opens(phone: Phone) -> None:
    codes = phone.add()
    kept = json.dumps([row.data for row in Authenticator.objects.all()])
    assert phone.secret.replace(" ", "") not in kept
    assert not [each for each in codes if each in kept]
    from django.conf import settings  # noqa: PLC0415  the node of this test

    settings.HOME.factors_file.write_text("another key")
    try:
        phone.enter()
        for code in (phone.shows(), codes[0]):
            assert "Ask your operator to reset it." in phone.second(code).content.decode()
        assert not is_in(phone)
    finally:
        settings.HOME.factors_file.unlink()


@pytest.fixture
def required(phone: Phone, settings: Any) -> None:
    """The institution requires a second factor."""
    del phone  # asked for first: it makes the node one with accounts
    before = settings.NODE
    settings.NODE = before.__class__(
        id=before.id, name=before.name, url=before.url, demo=False, second_factor=REQUIRED
    )


@pytest.mark.usefixtures("required")
def test_where_it_is_required_nothing_else_is_let_until_there_is_one(phone: Phone, scene: Any) -> None:
    record, before = scene.keep().record, models.Event.objects.count()
    phone.enter()
    for path in ("/", "/records/", "/events/", "/about/", "/account/", "/account/password/"):
        assert phone.client.get(path).headers["Location"] == "/account/second-factor/", path
    for path in (f"/records/{record}/release/", "/account/sessions/end/", "/inbox/collect/"):
        assert phone.client.post(path, {"to": scene.peer.pk}).status_code == 302, path
    assert not models.Release.objects.exists()
    assert models.Event.objects.count() == before + 1
    token = issue_token("ada", "report", 1, "opa")
    asked = Client().get("/api/v1/records", headers={"authorization": f"Bearer {token}"})
    assert asked.status_code == 200
    phone.add()
    assert is_in(phone)


def test_a_demonstration_has_nothing_of_it(node: Any, web: Any, settings: Any) -> None:
    settings.NODE = settings.NODE.__class__(
        id=node.id, name=node.name, url=settings.NODE.url, demo=True, second_factor=REQUIRED
    )
    assert web.get("/records/").status_code == 200
    for path in ("/account/", "/account/second-factor/", "/account/app/add/", "/sign-in/passkey/"):
        assert web.get(path).status_code == 404, path
        assert web.post(path).status_code == 404, path


def test_sessions_are_shown_and_ended_by_their_owner(phone: Phone) -> None:
    firefox = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"})
    for client in (firefox, phone.client):
        client.post("/sign-in/", {"login": "ada", "password": PASSWORD})
    page = phone.client.get("/account/").content.decode()
    assert "Firefox · Linux" in page
    number = re.search(r'name="session" value="(\d+)"', page)[1]
    phone.client.post("/account/sessions/end/", {"session": number})
    assert firefox.get("/records/").status_code == 302
    assert is_in(phone)
    assert (
        "nothing to end"
        in phone.client.post("/account/sessions/end/", {"session": number}, follow=True).content.decode()
    )
    assert noted(Tag.SESSION_ENDED) == ["session:ended ada by its owner"]


def test_nobody_ends_the_session_of_another(phone: Phone, signed_in: Any) -> None:
    from allauth.usersessions.models import UserSession  # noqa: PLC0415  models exist once a node is booted

    bea = signed_in("bea", Role.READER)
    bea.logout()
    bea.post("/sign-in/", {"login": "bea", "password": PASSWORD})
    phone.enter()
    theirs = UserSession.objects.get(user__username="bea")
    for which in (theirs.pk, "others", "x", ""):
        phone.client.post("/account/sessions/end/", {"session": which})
    assert bea.get("/records/").status_code == 200


def test_the_operator_resets_factors_and_ends_sessions(phone: Phone) -> None:
    phone.add()
    assert set(reset_factors("ada", "opa")) == {"TOTP Authenticator", "Recovery codes"}
    assert not is_in(phone)
    assert phone.enter().headers["Location"] == "/"
    assert is_in(phone)
    assert end_sessions("ada", "opa") == 1
    assert not is_in(phone)
    assert end_sessions("ada", "opa") == 0
    assert noted(Tag.FACTOR_REMOVED) == ["factor:removed opa all, by the operator"]
    assert "session:ended opa 1 by the operator" in noted(Tag.SESSION_ENDED)
    with pytest.raises(InputError, match="no account 'eve'"):
        reset_factors("eve", "opa")


def test_a_session_from_before_sessions_were_listed_is_ended_too(phone: Phone) -> None:
    phone.client.force_login(get_user_model().objects.get())
    assert is_in(phone)
    assert end_sessions("ada", "opa") == 2
    assert not is_in(phone)


def test_the_trail_holds_nothing_that_was_typed(phone: Phone) -> None:
    codes = phone.add()
    phone.enter()
    phone.second("987654")
    phone.second(codes[0])
    kept = str(list(models.Event.objects.values_list()))
    assert not [each for each in (PASSWORD, phone.secret, "987654", *codes) if each in kept]
    page = phone.client.get("/events/?topic=factor").content.decode()
    assert "Second factor added" in page
    assert "Recovery code used" in page


def answer(**response: object) -> str:
    return json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": response})


BYTES = {"clientDataJSON": "AA", "authenticatorData": "AA", "signature": "AA", "attestationObject": "AA"}
GARBAGE = (
    *("", "5", "null", "[]", "{}", "not json", '{"response": "x"}'),
    answer(),
    answer(userHandle="MQ"),
    answer(userHandle=5, **BYTES),
    answer(userHandle="MQ", **BYTES, authenticatorAttachment=[]),
    answer(userHandle="MQ", **(BYTES | {"clientDataJSON": "e30", "attestationObject": "oA"})),
    answer(userHandle="MQ", **(BYTES | {"clientDataJSON": "e30", "authenticatorData": "A" * 60})),
    answer(userHandle="MQ", **(BYTES | {"attestationObject": "o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YUEA"})),
)


@pytest.mark.parametrize("credential", GARBAGE)
def test_what_is_no_answer_of_a_passkey_opens_nothing_and_breaks_nothing(
    phone: Phone, settings: Any, credential: str
) -> None:
    before = settings.NODE
    settings.NODE = before.__class__(id=before.id, name=before.name, url="https://node.example/", demo=False)
    given = {"credential": credential, "name": "x"}
    stranger = Client()
    stranger.get("/sign-in/passkey/")
    assert stranger.post("/sign-in/passkey/", given).status_code == 200
    assert stranger.get("/records/").status_code == 302
    phone.add()
    assert phone.client.post("/account/passkeys/add/", given).status_code == 200
    assert not Authenticator.objects.filter(type="webauthn").exists()
    phone.enter()
    phone.client.get("/sign-in/second-step/")
    assert phone.client.post("/sign-in/second-step/", given).status_code == 200
    assert not is_in(phone)
