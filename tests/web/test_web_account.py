"""One's own account by page: its roles, its password; nobody else's."""

from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client

from fourfold.node import models
from fourfold.node.roles import Role

PASSWORD = "correct horse battery"
NEW = "another horse and battery"


def change(client: Any, **given: str) -> Any:
    values = {"old": PASSWORD, "new": NEW, "again": NEW, **given}
    return client.post("/account/password/", values, follow=True)


def test_an_account_page_says_who_and_what_may_be_done(node: Any, signed_in: Any, parse: Any) -> None:
    del node
    page = parse(signed_in("ada", Role.ANALYST).get("/account/"))
    assert "Name ada Roles Analyst" in page.words
    told = {each.words for each in page.find("li")}
    assert "Keep and change records, attach files" in told
    assert "Approve as a second person not by your roles" in told
    assert "none: nothing is let to you" in parse(signed_in("eve").get("/account/")).words


def test_a_password_is_changed_and_other_sessions_end(node: Any, signed_in: Any) -> None:
    del node
    ada, elsewhere = signed_in("ada", Role.READER), Client()
    elsewhere.login(username="ada", password=PASSWORD)
    assert elsewhere.get("/").status_code == 200
    assert "The password is changed." in change(ada).content.decode()
    assert ada.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
    assert Client().login(username="ada", password=NEW)
    assert not Client().login(username="ada", password=PASSWORD)
    event = models.Event.objects.get(tag=models.Tag.PASSWORD_CHANGED)
    assert (event.actor, event.subject) == ("ada", "")


def test_all_that_is_wrong_with_a_password_comes_at_once_and_none_is_shown(node: Any, signed_in: Any) -> None:
    del node
    ada = signed_in("ada", Role.READER)
    answer = change(ada, old="guessed-1", new="short-2", again="other-3").content.decode()
    for said in ("not the present password", "too short", "The two differ"):
        assert said in answer
    assert not [each for each in ("guessed-1", "short-2", "other-3") if each in answer]
    assert get_user_model().objects.get(username="ada").check_password(PASSWORD)
    assert "The two differ" in change(ada, again="").content.decode()
    assert "not the present password" in change(ada, old="").content.decode()


def test_only_one_s_own_password_can_be_changed(node: Any, signed_in: Any) -> None:
    del node
    ada = signed_in("ada", Role.OPERATOR)
    signed_in("bea", Role.READER)
    change(ada, username="bea", account="bea", user="2")
    assert get_user_model().objects.get(username="bea").check_password(PASSWORD)
    assert get_user_model().objects.get(username="ada").check_password(NEW)


def test_a_stranger_has_no_account(node: Any, web: Any, signed_in: Any) -> None:
    del node, signed_in
    assert web.get("/account/").status_code == 302


def test_a_demonstration_has_no_account(node: Any, web: Any) -> None:
    del node
    assert web.get("/account/").status_code == 404
    assert web.post("/account/password/", {}).status_code == 404
