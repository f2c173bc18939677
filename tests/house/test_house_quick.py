"""What keeps the tests quick, by what they do and not by the clock: the same on every machine.

To start a process takes a second, to bring a store through its steps two or more. A file that does so stands
here with what it shows that a call in this process would not.
"""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
STARTS = re.compile(
    r"(?m)^(?:import|from) (?:subprocess|multiprocessing|real_node|private_postgresql|warm)\b"
)
MIGRATES = re.compile(r"\b(?:migrate|take_steps)\(|call_command\(.migrate\b|first_release_store\.bring\(")
PROCESSES = {
    "docs": "the examples of a page are typed into a shell",
    "journeys": "people and browsers before nodes that serve",
    "planted": "tests run against a package with a fault in it",
    "soak": "kills, full disks and crowds",
    "support": "what the others start by",
    "conftest.py": "PostgreSQL",
    "cli/conftest.py": "the command as a shell sees it: status, pipes, what it imports",
    "cli/test_cli_recommend.py": "a reader who leaves early",
    "cli/test_cli_reader.py": "a node that this process is not",
    "exchange/test_exchange_medallion.py": "a TAXII server that is not ours",
    "house/test_house_days.py": "a clock that is put back before a process begins",
    "house/test_house_rules.py": "git knows which files are ours",
    "node/test_node_asking.py": "a body without a length, as a server hands it over",
    "node/test_node_database.py": "the command on a database that refuses",
    "node/test_node_guarding.py": "what a process writes under the mask that it was started with",
    "node/test_node_limits.py": "a limit holds for all processes together",
    "node/test_node_postgresql_copies.py": "PostgreSQL's own programs",
    "node/test_node_tending.py": "what a serving node does by itself",
    "node/test_node_upgrading.py": "the command on a store of the first release",
    "node/wire/test_wire_openapi.py": "schemathesis, which runs by itself",
    "node/wire/test_wire_thirdparty.py": "tools that are not ours",
}
STEPS = {
    "network.py": "a template of three nodes, made once",
    "node/test_node_postgresql_copies.py": "an upgrade of a database",
    "node/test_node_migrating.py": "the steps themselves",
    "node/test_node_upgrading.py": "the steps themselves",
    "support/first_release_store.py": "the form of the first release",
    "support/node_hand.py": "a store that is ready already",
    "support/ready_stores.py": "one store in a run, which every node copies",
}


def doing(pattern: re.Pattern[str], listed: dict[str, str]) -> set[str]:
    """Every file of tests that does so, by its folder where that is listed."""
    names = {file.relative_to(TESTS) for file in TESTS.rglob("*.py") if file != Path(__file__)}
    found = {name for name in names if pattern.search((TESTS / name).read_text(encoding="utf-8"))}
    return {name.parts[0] if name.parts[0] in listed else name.as_posix() for name in found}


@pytest.mark.parametrize(
    ("what", "listed"), [(STARTS, PROCESSES), (MIGRATES, STEPS)], ids=["processes", "steps of a store"]
)
def test_what_takes_long_is_done_only_where_it_is_what_is_tested(what, listed):
    found = doing(what, listed)
    assert found - listed.keys() == set(), "Call it in this process, or say here what that would not show."
    assert listed.keys() - found == set(), "No longer so: take it off the list."
