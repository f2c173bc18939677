"""Whose a node's files are: no other user of the machine looks in."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from fourfold.node.actions.check_node import check_node
from fourfold.node.guarding import UMASK, guard, open_to_others
from fourfold.node.home import Home
from fourfold.node.operating.watching import Finding

SECRET = "correct horse battery"


def test_f6_what_init_makes_is_its_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    home, secret = tmp_path / "deep" / "node", tmp_path / "pass"
    secret.write_text(SECRET)
    entry = "from fourfold.cli.main import run; run()"
    command = [sys.executable, "-c", entry, "node", "init", "--home", str(home), "--name", "Own"]
    command += ["--url", "http://127.0.0.1:8471/"]
    given = {"FOURFOLD_PASSPHRASE_FILE": secret, "FOURFOLD_INSTITUTION_PASSPHRASE_FILE": secret}
    environment = {**os.environ, **{name: str(file) for name, file in given.items()}}
    done = subprocess.run(
        command, env=environment, umask=0o022, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    places = [home.parent, home, *home.rglob("*")]
    assert {place.name for place in places} >= {"store.sqlite3", "secret", "node.pem", "node.toml"}
    assert [place.name for place in places if place.stat().st_mode & 0o077] == []


def test_f6_a_check_fails_where_others_may_look_in_and_says_how_to_mend_it(
    tmp_path: Path, me: Any, settings: Any
) -> None:
    del me  # asked for, so that there is a node
    guard(tmp_path)
    (tmp_path / "keys").mkdir()
    settings.HOME = Home(tmp_path)
    (tmp_path / "attachments").mkdir()
    for name in ("store.sqlite3", "store.sqlite3-wal", "node.toml"):
        (tmp_path / name).touch()
    assert _folder() == Finding("folder", holds=True, sentence="Only its owner looks in.")
    for place in (tmp_path, *tmp_path.iterdir()):
        place.chmod(0o750)
        told = _folder()
        assert not told.holds
        assert f"chmod -R go= {tmp_path}" in told.sentence
        place.chmod(0o700)
    assert open_to_others(tmp_path) == []


def _folder() -> Finding:
    return next(each for each in check_node() if each.name == "folder")


def test_f6_a_node_is_opened_with_its_umask(me: Any) -> None:
    del me  # a node was opened in this process
    before = os.umask(UMASK)
    assert before == UMASK


def test_f6_a_folder_that_was_there_is_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    guard(tmp_path)
    assert tmp_path.stat().st_mode & 0o777 == 0o700
