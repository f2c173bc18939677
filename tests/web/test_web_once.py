"""A form does what it does once, and what was typed survives a lapse."""

import json
import re
from datetime import timedelta
from pathlib import Path
from shutil import copytree
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from readers import clear

from fourfold.node import clock, once
from fourfold.node.actions.add_record import NewRecord, add_record
from fourfold.node.home import Home
from fourfold.node.models import Event, OneTimeKey, RecordVersion, Tag
from fourfold.node.roles import Role
from fourfold.node.security import OWN_ACCOUNT
from fourfold.node.web.form_keys import FIELD
from fourfold.node.web.urls import urlpatterns
from fourfold.records.markings import Marking, Tlp

NEW = "/records/new/"
LEAST = {"f-title": "A car does not stop", "marking-tlp": "GREEN", "marking-audience": "any"}
TYPED = "typed-before-the-lapse-7f3a"
PASSWORD = "correct horse battery"


def hidden(answer: HttpResponse) -> dict[str, str]:
    """The hidden fields of the longest form of a page: the first form may be the header's."""
    forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", answer.content.decode(), re.DOTALL)
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', max(forms, key=len))
    return dict(found)


def keep(client: Client, fields: dict[str, str], **changes: str) -> HttpResponse:
    typed = {f"f-{name}": value for name, value in changes.items()}
    return send(client, NEW, {**LEAST, **fields, **typed})


def send(client: Client, path: str, fields: dict[str, str], **more: Any) -> HttpResponse:
    """As a browser sends a form without files."""
    return client.post(path, urlencode(fields), content_type="application/x-www-form-urlencoded", **more)


def test_a_form_sent_twice_acts_once_and_leads_to_the_same(signed_in: Any) -> None:
    ada = signed_in("ada", Role.ANALYST)
    fields = hidden(ada.get(NEW))
    first, second = keep(ada, fields), keep(ada, fields)
    assert (first.status_code, RecordVersion.objects.count()) == (302, 1)
    assert second.url == first.url
    assert "it was done once" in ada.get(second.url).content.decode()
    third = keep(ada, hidden(ada.get(NEW)))
    assert third.url != first.url


def test_other_words_under_a_used_key_are_shown_again_and_can_be_sent(signed_in: Any) -> None:
    ada = signed_in("ada", Role.ANALYST)
    fields = hidden(ada.get(NEW))
    keep(ada, fields)
    shown = keep(ada, fields, title=TYPED)
    assert (shown.status_code, RecordVersion.objects.count()) == (200, 1)
    assert f'value="{TYPED}"' in shown.content.decode()
    assert "with other words" in shown.content.decode()
    assert keep(ada, hidden(shown), title=TYPED).status_code == 302
    assert RecordVersion.objects.filter(title=TYPED).count() == 1


def test_where_it_is_not_known_what_came_of_the_first_one_is_led_back_and_told(
    signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = signed_in("ada", Role.ANALYST)
    fields = hidden(ada.get(NEW))
    keep(ada, fields)
    OneTimeKey.objects.update(answer=None)
    monkeypatch.setattr(once, "PATIENCE", 0.0)
    again = keep(ada, fields)
    assert (again.status_code, again.url) == (302, NEW)
    assert "not known yet what came of it" in ada.get(NEW).content.decode()
    assert RecordVersion.objects.count() == 1


def test_a_form_that_was_refused_can_be_sent_again(signed_in: Any) -> None:
    ada = signed_in("ada", Role.ANALYST)
    fields = hidden(ada.get(NEW))
    assert keep(ada, fields, title="").status_code == 200
    assert OneTimeKey.objects.count() == 0
    assert keep(ada, fields).status_code == 302


def test_a_key_is_its_accounts_alone_and_one_of_nobody_is_refused(signed_in: Any) -> None:
    ada, grace = signed_in("ada", Role.ANALYST), signed_in("grace", Role.ANALYST)
    fields = hidden(ada.get(NEW))
    for given in (fields, {FIELD: "forged"}, {FIELD: fields[FIELD][:-1] + "x"}):
        answer = keep(grace, given)
        assert answer.status_code == 403
        assert "lapsed" in answer.content.decode()
    assert RecordVersion.objects.count() == 0


def test_of_two_requests_at_once_the_second_does_nothing(node: Any) -> None:
    del node  # asked for, so that there is one
    new = NewRecord(
        kind="incident", activity="incident_reporting", payload={"title": "A"}, marking=Marking(tlp=Tlp.GREEN)
    )
    one, other = (once.attempt("ada", "a key", b"the same") for _ in range(2))
    assert once.earlier(one) is once.earlier(other) is None  # both have looked before either acts
    with once.acting(one):
        add_record(new, "ada")
    events = Event.objects.count()
    with pytest.raises(once.DoneBeforeError), once.acting(other):
        add_record(new, "ada")
    once.finish(other, None)
    assert (RecordVersion.objects.count(), Event.objects.count()) == (1, events)
    once.finish(one, {"to": "/there/"})
    assert once.settled(other).answer == {"to": "/there/"}
    with once.acting(once.attempt("grace", "a key", b"the same")):
        add_record(new, "grace")  # another account's key of the same name is another
    assert RecordVersion.objects.count() == 2


def test_a_file_that_is_sent_twice_is_attached_once(
    scene: Any, signed_in: Any, settings: Any, keys: Any, tmp_path: Path
) -> None:
    home, _ = keys
    copytree(home.path, tmp_path / "home")
    settings.HOME = Home(tmp_path / "home")
    record, ada = scene.keep().record, signed_in("ada", Role.ANALYST)
    path = f"/records/{record}/attach/"
    fields = hidden(ada.get(path))

    def attach(content: bytes) -> HttpResponse:
        return ada.post(path, {**fields, "file": SimpleUploadedFile("log.txt", content)})

    assert attach(b"one").url == attach(b"one").url == f"/records/{record}/"
    assert RecordVersion.objects.filter(record=record).count() == 2
    assert "Choose a file." in attach(b"another, under the same key").content.decode()
    assert RecordVersion.objects.filter(record=record).count() == 2


def test_only_the_form_that_takes_a_file_looks_after_its_key_itself() -> None:
    exempt = {
        each.name
        for each in urlpatterns
        if getattr(each.callback, "csrf_exempt", False) and each.name not in OWN_ACCOUNT
    }
    assert exempt == {"attach"}


def test_keys_are_forgotten_after_a_day_and_one_account_has_so_many(
    node: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    del node  # asked for, so that there is one
    monkeypatch.setattr(once, "MOST", 3)
    monkeypatch.setattr(once, "_COUNTED", 1)

    def use(key: str) -> None:
        with once.acting(once.attempt("ada", key, b"")):
            Session.objects.all().delete()
            Session.objects.create(session_key="made by it", expire_date=clock.now())

    for number in range(5):
        use(f"key {number}")
    assert OneTimeKey.objects.count() == 3
    assert once.earlier(once.attempt("ada", "key 4", b"")) is not None
    later = clock.now() + once.KEPT + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert once.earlier(once.attempt("ada", "key 4", b"")) is None
    use("key 4")
    assert OneTimeKey.objects.count() == 1


def test_what_is_typed_comes_back_after_a_sign_in_as_the_same_account(signed_in: Any, parse: Any) -> None:
    ada = signed_in("ada", Role.ANALYST)
    fields = hidden(ada.get(NEW))
    Session.objects.all().delete()
    asked = keep(ada, fields, title=TYPED, description="**RED**")
    assert asked.url == f"/sign-in/?next={NEW}"
    assert "comes back" in ada.get(asked.url).content.decode()
    assert sign_in(ada, "ada", asked.url).url == NEW
    shown = ada.get(NEW)
    parse(shown)
    page = shown.content.decode()
    assert f'value="{TYPED}"' in page
    assert ">**RED**</textarea>" in page.replace("\n", "")
    assert "Nothing was done yet" in page
    assert (RecordVersion.objects.count(), Event.objects.filter(tag=Tag.RECORD_ADDED).count()) == (0, 0)
    assert TYPED not in ada.get(NEW).content.decode()  # it comes back once
    assert keep(ada, hidden(shown), title=TYPED, description="**RED**").status_code == 302


def test_what_one_typed_is_never_shown_to_another_nor_lies_in_the_store(signed_in: Any) -> None:
    ada = signed_in("ada", Role.ANALYST)
    signed_in("grace", Role.ANALYST)
    fields = hidden(ada.get(NEW))
    Session.objects.all().delete()
    asked = keep(ada, fields, title=TYPED)
    assert TYPED not in dumped()
    sign_in(ada, "grace", asked.url)  # the same browser
    for path in (NEW, "/records/", NEW):
        assert TYPED not in ada.get(path).content.decode()
    ada.post("/sign-out/")
    sign_in(ada, "ada", asked.url)
    assert TYPED not in ada.get(NEW).content.decode()


def test_what_was_typed_is_gone_after_an_hour_or_without_its_browser(
    signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = signed_in("ada", Role.ANALYST)
    for lose in ("time", "cookie"):
        fields = hidden(ada.get(NEW))
        Session.objects.all().delete()
        asked = keep(ada, fields, title=TYPED)
        sign_in(ada, "ada", asked.url)
        with monkeypatch.context() as patch:
            if lose == "time":
                later = clock.now() + timedelta(minutes=61)
                patch.setattr(clock, "now", lambda later=later: later)
            else:
                del ada.cookies["fourfold_kept_" + re.search(r"kept_(\w+)", str(ada.cookies))[1]]
            assert TYPED not in ada.get(NEW).content.decode()


def test_a_form_from_before_another_sign_in_comes_back_as_it_was(signed_in: Any) -> None:
    ada = signed_in("ada", Role.ANALYST)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = ada.cookies
    fields = hidden(strict.get(NEW))
    stale = {**fields, "csrfmiddlewaretoken": "x" * 64, "f-title": TYPED}
    answer = send(strict, NEW, {**LEAST, **stale}, follow=True)
    assert answer.redirect_chain == [(NEW, 302)]
    assert f'value="{TYPED}"' in answer.content.decode()
    assert RecordVersion.objects.count() == 0
    forged = send(strict, NEW, {**LEAST, **stale, FIELD: "forged"})
    assert (forged.status_code, TYPED in forged.content.decode()) == (403, False)


def test_a_button_pressed_too_late_leads_back_and_says_that_nothing_was_done(signed_in: Any) -> None:
    ada = signed_in("ada", Role.ANALYST)
    fields = hidden(ada.get("/inbox/"))
    Session.objects.all().delete()
    asked = send(ada, "/inbox/collect/", {**fields, "back": "/inbox/"})
    assert asked.url == "/sign-in/?next=/inbox/"
    assert "press it again" in ada.get(asked.url).content.decode()


def test_a_stranger_who_sends_a_form_leaves_nothing_in_the_store(signed_in: Any) -> None:
    signed_in("ada", Role.ANALYST)
    Session.objects.all().delete()
    for path in (NEW, "/inbox/collect/"):
        for fields in ({}, {FIELD: "forged"}):
            assert send(Client(), path, {**LEAST, **fields}).url.startswith("/sign-in/")
    assert Session.objects.count() == 0


def test_a_button_that_was_refused_is_not_told_as_done(scene: Any, signed_in: Any) -> None:
    ada = signed_in("ada", Role.ANALYST)
    record = scene.keep(marking=scene.red()).record
    clear("ada", None, named=(record,))
    path, fields = f"/records/{record}/release/", hidden(ada.get(f"/records/{record}/"))
    for _again in range(2):
        answer = ada.post(path, {**fields, "to": scene.other.id, "back": f"/records/{record}/"}, follow=True)
        assert "it was done once" not in answer.content.decode()
    assert Event.objects.filter(tag=Tag.RELEASE_WITHHELD).count() == 2
    assert OneTimeKey.objects.count() == 0


def test_no_password_is_kept(signed_in: Any) -> None:
    ada = signed_in("ada", Role.ANALYST)
    fields = hidden(ada.get("/account/password/"))
    Session.objects.all().delete()
    send(ada, "/account/password/", {**fields, "old": PASSWORD, "new": TYPED, "again": TYPED})
    assert not any("kept" in each.get_decoded() for each in Session.objects.all())


def test_what_is_too_long_is_not_kept(signed_in: Any) -> None:
    ada = signed_in("ada", Role.ANALYST)
    fields = hidden(ada.get(NEW))
    Session.objects.all().delete()
    asked = keep(ada, fields, description="a" * 500_001)
    assert "too long to be kept" in ada.get(asked.url).content.decode()


def sign_in(client: Client, name: str, way: str) -> HttpResponse:
    return client.post(way, {"login": name, "password": PASSWORD})


def dumped() -> str:
    """All that the store holds, sessions decoded."""
    sessions = [json.dumps(each.get_decoded()) for each in Session.objects.all()]
    rows = [str(each) for model in (Event, OneTimeKey) for each in model.objects.values()]
    return "".join([*sessions, *rows])
