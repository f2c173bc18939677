"""Where a node's store lies: the setting, what is wrong with it, and a node that is made in PostgreSQL."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import private_postgresql
import psycopg
import pytest
import warm
from django.db import connection

from fourfold.errors import InputError
from fourfold.node.database import address_faults, postgresql
from fourfold.node.home import Config, Home, write_config

SECRET = "hunter2-hunter2"


def test_the_tests_of_a_node_run_on_the_store_that_was_asked_for(me: object) -> None:
    """Else a run on PostgreSQL would say nothing of PostgreSQL."""
    assert connection.vendor == os.environ.get("FOURFOLD_TEST_STORE", "sqlite")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "postgresql:///fourfold",
        "postgresql://fourfold@/fourfold?host=/var/run/postgresql&passfile=/etc/fourfold/pgpass",
        "postgresql://fourfold@127.0.0.1:5433/fourfold",
        "postgresql://fourfold@[::1]/fourfold",
        "postgresql://fourfold@localhost/fourfold",
        "postgresql://fourfold@db.example/fourfold?sslmode=verify-full",
        "postgresql:///?service=fourfold",
    ],
)
def test_an_address_that_is_safe_is_taken(address: str) -> None:
    assert address_faults(address) == []


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (f"postgresql://fourfold:{SECRET}@/fourfold", ["password"]),
        (f"postgresql:///fourfold?password={SECRET}", ["password"]),
        ("postgresql://fourfold@127.0.0.1", ["names no database"]),
        ("postgresql://db.example/fourfold", ["another machine"]),
        ("postgresql://db.example/fourfold?sslmode=require", ["another machine"]),
        ("postgresql://127.0.0.1,192.0.2.7/fourfold", ["another machine"]),
        ("postgresql:///fourfold?hostaddr=192.0.2.7", ["another machine"]),
        (f"postgresql://x:{SECRET}@db.example", ["password", "names no database", "another machine"]),
        (f"mysql://x:{SECRET}@/fourfold", ["begins with postgresql://"]),
        (f"postgresql://x:{SECRET}@/fourfold?colour=red", ["no address"]),
    ],
)
def test_every_fault_of_an_address_is_told_and_no_password_is_repeated(address: str, said: list[str]) -> None:
    faults = address_faults(address, "node.toml")
    assert len(faults) == len(said)
    for fault, words in zip(faults, said, strict=True):
        assert words in str(fault)
        assert fault.field == "database"
        assert SECRET not in str(fault)


def test_what_the_address_says_reaches_the_driver_and_the_store_stays_careful() -> None:
    given = postgresql(
        "postgresql://ff@/store?host=/run/pg&port=5433&passfile=/etc/pass&options=-c%20jit%3Doff"
    )
    assert (given["NAME"], given["USER"], given["HOST"], given["PORT"]) == ("store", "ff", "/run/pg", "5433")
    assert given["OPTIONS"]["passfile"] == "/etc/pass"
    assert given["OPTIONS"]["options"].endswith("-c jit=off")
    assert given["OPTIONS"]["isolation_level"] is psycopg.IsolationLevel.READ_COMMITTED


def test_a_bad_address_or_number_of_workers_in_the_settings_is_told_with_its_field(tmp_path: Path) -> None:
    home = Home(tmp_path)
    write_config(home, Config(id="x", name="x", url="http://x/", database="file.db", workers=0))
    with pytest.raises(InputError) as raised:
        home.config()
    assert {fault.field for fault in raised.value.faults} == {"database", "workers"}


@pytest.mark.django_db
def test_each_transaction_is_as_careful_as_was_asked_for() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT current_setting('transaction_isolation'), current_setting('synchronous_commit')"
            )
            assert cursor.fetchone() == ("read committed", "on")
            return
        found = [
            cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("synchronous", "secure_delete", "foreign_keys", "busy_timeout")
        ]
        assert found == [2, 1, 1, 30_000]  # FULL, on, on, half a minute


@pytest.fixture
def passphrases(tmp_path: Path) -> dict[str, str]:
    file = tmp_path / "passphrase"
    file.write_text("correct horse battery")
    names = ("FOURFOLD_PASSPHRASE_FILE", "FOURFOLD_INSTITUTION_PASSPHRASE_FILE")
    return dict.fromkeys(names, str(file))


@pytest.fixture
def fourfold(passphrases: dict[str, str], tmp_path: Path) -> Iterator[object]:
    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        keep = {name: value for name, value in os.environ.items() if not name.startswith("FOURFOLD_")}
        return warm.run(*map(str, arguments), cwd=tmp_path, env={**keep, **passphrases})

    return run


def test_a_node_is_made_in_postgresql_by_one_setting(
    tmp_path: Path, postgresql: private_postgresql.Server, fourfold
) -> None:
    home, address = tmp_path / "aisi", postgresql.make("one_setting")
    asked = ("--name", "AISI", "--url", "http://127.0.0.1:8471/", "--database", address)
    made = fourfold("node", "init", "--home", home, *asked)
    assert made.returncode == 0, made.stderr
    assert not (home / "store.sqlite3").exists()
    again = fourfold("node", "init", "--home", home, *asked)
    assert (again.returncode, "lives in" in again.stderr) == (1, True)
    other = fourfold("node", "init", "--home", tmp_path / "other", *asked)
    assert (other.returncode, "Another node's store" in other.stderr) == (1, True)
    checked = fourfold("node", "check", "--home", home)
    assert "A power cut would lose data" in checked.stdout  # as this server's settings are for tests only
    assert "ok    identity" in checked.stdout


def test_a_store_in_a_file_lets_readers_go_on_while_somebody_writes(tmp_path: Path, fourfold) -> None:
    asked = ("--name", "AISI", "--url", "http://127.0.0.1:8471/")
    assert fourfold("node", "init", "--home", tmp_path / "aisi", *asked).returncode == 0
    with closing(sqlite3.connect(tmp_path / "aisi" / "store.sqlite3")) as store:
        assert store.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_database_that_cannot_be_reached_is_told_in_one_line(tmp_path: Path, fourfold) -> None:
    address = f"postgresql:///fourfold?host={tmp_path}"
    asked = ("--name", "AISI", "--url", "http://127.0.0.1:8471/", "--database", address)
    told = fourfold("node", "init", "--home", tmp_path / "aisi", *asked)
    assert told.returncode == 1
    assert "The store cannot be opened" in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_a_bad_address_makes_nothing(tmp_path: Path, fourfold) -> None:
    asked = ("--name", "AISI", "--url", "http://127.0.0.1:8471/", "--database", f"postgresql://x:{SECRET}@/y")
    told = fourfold("node", "init", "--home", tmp_path / "aisi", *asked)
    assert (told.returncode, SECRET in told.stdout + told.stderr) == (2, False)
    assert not (tmp_path / "aisi").exists()
