"""Signing in by page: who is let in, how often one may try, what the answers and the trail tell."""

import hashlib
import re
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.core.internal import ratelimit
from allauth.usersessions.models import UserSession
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from fourfold.node import clock, models
from fourfold.node.actions.unlock_account import unlock_account
from fourfold.node.home import Config
from fourfold.node.models import Tag
from fourfold.node.roles import Role

PASSWORD = "correct horse battery"
WRONG = "The name or the password is wrong."
LIMITED = "There were too many tries. Try again in "


WRONG_GUESS = "a wrong guess"


def enter(name: str, password: str = WRONG_GUESS, client: Client | None = None, **more: Any) -> Any:
    return (client or Client()).post("/sign-in/", {"login": name, "password": password}, **more)


def told(answer: Any) -> str:
    """An answer without what is new in every one."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    return re.sub(r"\d\d:\d\d:\d\d", "", text)


def events(tag: Tag) -> list[tuple[str, str]]:
    rows = models.Event.objects.filter(tag=tag).order_by("pk")
    return list(rows.values_list("actor", "reason"))


class Time:
    """A clock that stands still until it is moved; the library's and ours."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = clock.now().timestamp()
        real = ratelimit.time
        shown = SimpleNamespace(time=lambda: self.now, monotonic=real.monotonic, sleep=real.sleep)
        monkeypatch.setattr(ratelimit, "time", shown)
        monkeypatch.setattr(clock, "now", lambda: clock.datetime.fromtimestamp(self.now, clock.UTC))


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(monkeypatch)


@pytest.fixture
def ada(node: Any, signed_in: Any) -> int:
    """An account; its number."""
    del node
    signed_in("ada", Role.READER)
    return models.AccountRole.objects.get(account__username="ada").account_id


def test_an_unknown_name_is_answered_like_a_wrong_password_however_often(ada: int, time: Time) -> None:
    del time
    for _try in range(7):
        known, unknown = enter("ada"), enter("nobody")
        assert (known.status_code, told(known)) == (unknown.status_code, told(unknown))
        assert known.headers.get("Retry-After") == unknown.headers.get("Retry-After")
    assert {reason for _who, reason in events(Tag.SESSION_REFUSED)} == {
        f"account {ada}: password",
        "no account: password",
    }
    assert "nobody" not in str(list(models.Event.objects.values_list()))


def test_after_five_tries_an_account_is_closed_and_the_answer_says_until_when(ada: int, time: Time) -> None:
    for _try in range(5):
        answer = enter("ada")
        assert (answer.status_code, WRONG in answer.content.decode()) == (200, True)
        time.now += 60
    refused = enter("ada", PASSWORD)
    assert refused.status_code == 429
    assert LIMITED + "5 minutes" in refused.content.decode()
    assert refused.headers["Retry-After"] == "300"
    time.now += 299
    assert enter("ada", PASSWORD).status_code == 429
    assert "in one minute" in enter("ada", PASSWORD).content.decode()
    time.now += 1
    assert enter("ada", PASSWORD).status_code == 302
    assert events(Tag.SESSION_LIMITED) == [("node", f"account {ada}: password")]


def test_another_host_port_or_spelling_is_no_new_account(ada: int, time: Time) -> None:
    del ada, time
    spellings = ("ada", "Ada", " ada", "ADA ", "ada")
    for number, name in enumerate(spellings):
        enter(name, headers={"host": f"testserver:{8000 + number}"}, REMOTE_ADDR=f"10.0.0.{number}")
    refused = enter("ada", PASSWORD, headers={"host": "other:1"}, REMOTE_ADDR="10.0.1.1")
    assert refused.status_code == 429


def test_an_address_is_closed_to_all_names_and_others_are_not(ada: int, time: Time) -> None:
    del ada
    for number in range(20):
        assert enter(f"name-{number}", REMOTE_ADDR="10.0.0.1").status_code == 200
        time.now += 3
    assert enter("ada", PASSWORD, REMOTE_ADDR="10.0.0.1").status_code == 429
    assert enter("ada", PASSWORD, REMOTE_ADDR="10.0.0.2").status_code == 302
    for number in range(5):
        assert enter(f"other-{number}", REMOTE_ADDR="10.0.0.1").status_code == 429
    assert len(events(Tag.SESSION_LIMITED)) == 1
    time.now += 600
    assert enter("ada", PASSWORD, REMOTE_ADDR="10.0.0.1").status_code == 302


def test_who_asks_is_read_behind_a_proxy_and_only_then(ada: int, time: Time, settings: Any) -> None:
    del ada, time
    for number in range(20):
        enter(f"name-{number}", headers={"x-forwarded-for": f"10.0.0.{number}"})
    assert enter("ada", PASSWORD, headers={"x-forwarded-for": "10.9.9.9"}).status_code == 429
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    forged = "1.2.3.4, 10.9.9.9"
    assert enter("ada", PASSWORD, headers={"x-forwarded-for": forged}).status_code == 302


def test_requests_from_one_address_are_counted_whatever_they_say(ada: int, time: Time) -> None:
    del ada, time
    answers = [enter(f"name-{number}", "") for number in range(31)]
    assert [each.status_code for each in answers] == [200] * 30 + [429]
    assert "Nothing was done." in answers[-1].content.decode()
    assert answers[-1].headers["Retry-After"] == "60"


def test_a_right_password_between_wrong_ones_resets_nothing(ada: int, time: Time) -> None:
    del ada
    for _try in range(4):
        enter("ada")
        time.now += 1
    assert enter("ada", PASSWORD).status_code == 302
    enter("ada")
    assert enter("ada", PASSWORD).status_code == 429


def test_tries_that_cannot_be_counted_are_refused(ada: int, monkeypatch: pytest.MonkeyPatch) -> None:
    del ada
    monkeypatch.setattr(ratelimit, "CACHE_LOCK_WAIT_TIMEOUT", 0)
    monkeypatch.setattr(ratelimit.cache, "add", lambda *_given, **_more: False)
    assert enter("ada", PASSWORD).status_code == 429


def test_the_operator_lets_an_account_be_tried_again(ada: int, time: Time) -> None:
    del time
    assert not unlock_account("ada", "opa")
    for _try in range(5):
        enter("ada")
    assert enter("ada", PASSWORD).status_code == 429
    assert unlock_account("ada", "opa")
    assert enter("ada", PASSWORD).status_code == 302
    assert events(Tag.ACCOUNT_UNLOCKED) == [("opa", f"account {ada}")] * 2


def test_names_are_exact_and_a_closed_account_is_answered_like_none(ada: int) -> None:
    get_user_model().objects.create_user("ADA", password=PASSWORD)
    client = Client()
    assert enter("ada", PASSWORD, client).status_code == 302
    assert int(client.session["_auth_user_id"]) == ada
    models.AccountRole.objects.get().account.__class__.objects.update(is_active=False)
    assert told(enter("ada", PASSWORD)) == told(enter("nobody", PASSWORD))


def test_signing_in_and_out_is_noted_by_whom_and_what(ada: int) -> None:
    client = Client()
    enter("ada", PASSWORD, client)
    client.post("/sign-out/")
    assert events(Tag.SESSION_BEGUN) == [("ada", f"account {ada}: password")]
    assert events(Tag.SESSION_ENDED) == [("ada", f"account {ada}: signed out")]
    assert client.get("/").status_code == 302
    assert PASSWORD not in str(list(models.Event.objects.values_list()))


def test_nothing_of_the_library_is_mounted_but_what_is_offered() -> None:
    for name in ("account_signup", "account_reset_password", "account_email", "account_logout", "mfa_index"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    named = {name for name in get_resolver().reverse_dict if isinstance(name, str) and "_" in name}
    assert {each for each in named if each.startswith(("account_", "mfa_", "socialaccount", "openid"))} == {
        "account_login",
        "account_reauthenticate",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_authenticate",
        "mfa_deactivate_totp",
        "mfa_generate_recovery_codes",
        "mfa_login_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "mfa_remove_webauthn",
        "mfa_view_recovery_codes",
    }


def test_only_the_pages_of_passkeys_have_scripts_and_none_within_the_page(ada: int, settings: Any) -> None:
    del ada
    node = settings.NODE
    settings.NODE = Config(id=node.id, name=node.name, url="https://node.example/", demo=False)
    plain, scripted = Client().get("/sign-in/"), Client().get("/sign-in/passkey/")
    assert "script-src" not in plain.headers["Content-Security-Policy"]
    policy = scripted.headers["Content-Security-Policy"]
    assert policy.endswith("; script-src 'self'")
    assert "default-src 'none'" in policy
    tags = re.findall(r"<script[^>]*>", scripted.content.decode())
    assert [each for each in tags if 'type="application/json"' not in each]
    assert all("src=" in each or 'type="application/json"' in each for each in tags)


def test_a_page_behind_a_proxy_that_ends_tls_takes_its_own_forms(ada: int) -> None:
    del ada
    strict = Client(enforce_csrf_checks=True)
    page = strict.get("/sign-in/").content.decode()
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)[1]
    given = {"login": "ada", "password": PASSWORD, "csrfmiddlewaretoken": token}
    (origin,) = django_settings.CSRF_TRUSTED_ORIGINS
    assert origin == Config(id="x", name="x", url=f"{origin}/").origin
    assert strict.post("/sign-in/", given, headers={"origin": "https://attacker.example"}).status_code == 403
    assert strict.post("/sign-in/", given, headers={"origin": origin}).status_code == 302


def test_where_to_go_on_to_stays_on_this_node(ada: int) -> None:
    del ada
    for path, ends in (("/records/", "/records/"), ("//evil.example/", "/"), ("https://evil.example/", "/")):
        answer = Client().post("/sign-in/", {"login": "ada", "password": PASSWORD, "next": path})
        assert answer.headers["Location"] == ends


def test_what_was_typed_as_a_name_is_kept_nowhere(ada: int) -> None:
    del ada
    enter("my secret passphrase")
    kept = str(list(models.Counter.objects.values_list())) + str(list(models.Event.objects.values_list()))
    assert "my secret passphrase" not in kept
    assert hashlib.sha256(b"my secret passphrase").hexdigest() not in kept


def test_looking_without_an_account_cannot_fill_the_store(ada: int, time: Time, settings: Any) -> None:
    del ada
    node = settings.NODE
    settings.NODE = Config(id=node.id, name=node.name, url="https://node.example/", demo=False)
    looks = [Client().get("/sign-in/passkey/").status_code for _look in range(31)]
    assert looks == [200] * 30 + [429]
    assert Session.objects.count() > 30
    time.now += 13 * 60 * 60
    enter("ada", PASSWORD)
    assert Session.objects.count() == 1
    assert models.Counter.objects.count() < 6
    assert UserSession.objects.count() == 1
