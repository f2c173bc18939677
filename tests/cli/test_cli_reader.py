"""`fourfold reader`: all that is wrong is told by what was typed, and numbers say what they are of."""

from pathlib import Path

import pytest
import warm
from ready_stores import place

NOTHING = "record--00000000-0000-4000-8000-000000000000"
PEOPLE = {"olga": "operator", "otto": "operator", "ada": "analyst"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node with two operators, and one who reads."""
    folder = tmp_path_factory.mktemp("reader") / "node"
    place(folder)
    (folder.parent / "passphrase").write_text("a long passphrase")
    said(folder, "node", "init", "--name", "Institute A", "--url", "http://127.0.0.1:8471/")
    secret = str(folder.parent / "passphrase")
    for name, role in PEOPLE.items():
        said(folder, "account", "add", name, "--role", role, "--password-file", secret)
    return folder


def said(home: Path, *words: str, status: int = 0) -> str:
    """What a command prints, in one line."""
    secret = str(home.parent / "passphrase")
    env = {
        "FOURFOLD_HOME": str(home),
        "FOURFOLD_PASSPHRASE_FILE": secret,
        "FOURFOLD_INSTITUTION_PASSPHRASE_FILE": secret,
        "USER": "nobody-here",
        "LOGNAME": "nobody-here",
    }
    done = warm.run(*words, cwd=home, env=env)
    assert done.returncode == status, done.stderr
    return " ".join((done.stdout + done.stderr).split())


def test_what_is_wrong_with_a_grant_is_told_at_once_by_what_was_typed(home: Path) -> None:
    wrong = ("--up-to", "REDDISH", "--caveat", "ORC", "--activity", "nothing", "--named", "a title")
    told = said(home, "reader", "grant", "ada", *wrong, "--until", "2020-01-01", "--as", "olga", status=2)
    for typed in (
        "--up-to: 'REDDISH'",
        "--caveat: 'ORC'",
        "--activity:",
        "--named:",
        "--until: This is past",
    ):
        assert typed in told
    assert "--as: There is no account 'nobody-here'" in said(home, "reader", "grant", "ada", status=2)


def test_a_label_is_typed_in_any_of_its_spellings_and_each_number_says_what_it_is_of(home: Path) -> None:
    given = ("--up-to", "tlp:amber", "--named", NOTHING)
    said(home, "reader", "grant", "ada", *given, "--as", "olga")
    said(home, "reader", "confirm", "1", "--as", "otto")
    assert f"TLP:AMBER of all activities {NOTHING} (--name 1)" in said(home, "reader", "list")
    said(home, "reader", "end", "1", "--name", "--as", "otto")
    assert NOTHING not in said(home, "reader", "list")
    assert "ada reads that no more" in said(home, "reader", "end", "1", "--as", "otto")
