"""The people of a real node: accounts with their roles, and what two operators let them read."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import warm

PASSWORD = "a long battery staple"
_HAND = Path(__file__).with_name("people_hand.py")


def settle(
    home: Path, environment: Mapping[str, str], people: Mapping[str, str], readers: Sequence[str]
) -> None:
    """Make accounts, each with its role (`people`); let some of them read all that is short of RED."""
    _do(home, environment, "settle", people=people, password=PASSWORD, readers=readers)


def let_read_by_name(home: Path, environment: Mapping[str, str], record: str, name: str) -> None:
    """Name an account for one record, RED or not; after `settle`."""
    _do(home, environment, "let_read_by_name", name=name, record=record)


def _do(home: Path, environment: Mapping[str, str], act: str, **arguments: Any) -> None:
    words = (str(home), act, json.dumps(arguments))
    done = warm.run(*words, cwd=home, env=environment, program=str(_HAND))
    assert done.returncode == 0, done.stderr
