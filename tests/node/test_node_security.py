"""What every page carries, and who may see it."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.test import Client
from django.test.utils import override_settings

from fourfold.node.actions.add_account import add_account
from fourfold.node.database import sqlite
from fourfold.node.home import Config
from fourfold.node.roles import Role


@pytest.fixture
def closed(me: Any, settings: Any) -> Client:
    settings.NODE = Config(id=me.id, name=me.name, url="http://node.example/", demo=False)
    return Client()


def test_pages_of_a_real_node_ask_for_a_sign_in(closed: Client) -> None:
    for path in ("/", "/records/", "/releases/", "/inbox/", "/evidence/", "/events/"):
        answer = closed.get(path)
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith("/sign-in/"), path


@pytest.mark.parametrize(
    ("roles", "opens"),
    [
        ((), set()),
        ((Role.OPERATOR,), {"/events/"}),
        ((Role.READER,), {"/", "/records/", "/releases/", "/inbox/", "/evidence/", "/events/"}),
    ],
)
def test_an_account_sees_what_its_roles_let_it_see(closed: Client, roles: Any, opens: set[str]) -> None:
    add_account("ada", "correct horse battery", roles, "operator")
    assert closed.login(username="ada", password="correct horse battery")
    for path in ("/", "/records/", "/releases/", "/inbox/", "/evidence/", "/events/"):
        assert closed.get(path).status_code == (200 if path in opens else 403), path
    assert closed.get("/about/").status_code == 200


def test_a_demonstration_on_loopback_shows_its_pages(me: Any, settings: Any) -> None:
    settings.NODE = Config(id=me.id, name=me.name, url="http://node.example/", demo=True)
    assert Client().get("/").status_code == 200


def test_a_demonstration_that_others_can_reach_asks_for_a_sign_in(me: Any, settings: Any) -> None:
    settings.NODE = Config(id=me.id, name=me.name, url="http://node.example/", host="0.0.0.0", demo=True)  # noqa: S104  refused, not bound
    assert Client().get("/").status_code == 302


def test_the_wire_answers_for_itself_and_is_never_sent_to_a_sign_in(closed: Client) -> None:
    for path in ("/taxii2/", "/exchange/v1/log"):
        assert closed.get(path).status_code == 401, path


def test_every_answer_forbids_scripts_frames_and_caches(closed: Client) -> None:
    for path in ("/", "/sign-in/", "/taxii2/", "/no-such-page/"):
        headers = closed.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "'unsafe-inline'" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in headers["Cache-Control"]


def test_another_host_name_is_refused(closed: Client) -> None:
    with override_settings(ALLOWED_HOSTS=["node.example"]):
        assert closed.get("/", headers={"host": "attacker.example"}).status_code == 400


def test_a_store_in_a_file_zeroes_what_is_deleted_and_keeps_references(me: Any, tmp_path: Path) -> None:
    """Whatever store the tests run on; what is asked of PostgreSQL is in test_node_database.py."""
    store = DatabaseWrapper({**connection.settings_dict, **sqlite(tmp_path / "store.sqlite3")}, "file")
    with closing(store), store.cursor() as cursor:
        for pragma, expected in (("secure_delete", 1), ("foreign_keys", 1), ("synchronous", 2)):
            cursor.execute(f"PRAGMA {pragma}")
            assert cursor.fetchone()[0] == expected, pragma
