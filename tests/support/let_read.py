"""Letting accounts of a real node read all that is short of RED: two operators grant it."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

PASSWORD = "correct horse battery operators"
BY_TWO = f"""
import sys
from pathlib import Path

from fourfold.node.boot import boot

boot(Path(sys.argv[1]))
from fourfold.node.actions.add_account import add_account
from fourfold.node.actions.decide_grant import confirm_grant
from fourfold.node.actions.propose_grant import NewGrant, propose_grant
from fourfold.node.roles import Role
from fourfold.records.markings import Caveat

for name in ("olga", "otto"):
    add_account(name, {PASSWORD!r}, [Role.OPERATOR], "operator")
for name in sys.argv[2:]:
    new = NewGrant(name, "AMBER+STRICT", tuple(str(each) for each in Caveat))
    confirm_grant(propose_grant(new, "olga").pk, "otto")
"""


BY_NAME = (
    BY_TWO.partition('for name in ("olga"')[0]
    + """
new = NewGrant(sys.argv[3], named=(sys.argv[2],))
confirm_grant(propose_grant(new, "olga").pk, "otto")
"""
)


def let_read_by_name(home: Path, environment: Mapping[str, str], record: str, name: str) -> None:
    """Name an account for one record, RED or not; after `let_read`."""
    words = [sys.executable, "-c", BY_NAME, str(home), record, name]
    subprocess.run(words, check=True, env=dict(environment), capture_output=True)


def let_read(home: Path, environment: Mapping[str, str], *names: str) -> None:
    """Grant it to each of these accounts."""
    words = [sys.executable, "-c", BY_TWO, str(home), *names]
    subprocess.run(words, check=True, env=dict(environment), capture_output=True)
