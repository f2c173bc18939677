"""What `people` has done inside a node: HOME ACT ARGUMENTS, by the node's own actions."""

import json
import sys
from pathlib import Path

from fourfold.node.boot import boot

boot(Path(sys.argv[1]))

# Django must know its settings before any model is imported.
from fourfold.node.actions.add_account import add_account  # noqa: E402  see above: booted first
from fourfold.node.actions.decide_grant import confirm_grant  # noqa: E402  see above: booted first
from fourfold.node.actions.propose_grant import NewGrant, propose_grant  # noqa: E402  see above: booted first
from fourfold.node.roles import Role  # noqa: E402  see above: booted first
from fourfold.records.markings import Caveat  # noqa: E402  see above: booted first


def settle(people: dict[str, str], password: str, readers: list[str]) -> None:
    """Accounts, each with its role; those who read are let read all that is short of RED."""
    for name, role in people.items():
        add_account(name, password, [Role(role)], "operator")
    for name in ("olga", "otto"):
        add_account(name, password, [Role.OPERATOR], "operator")
    for name in readers:
        _grant(NewGrant(name, "AMBER+STRICT", tuple(str(each) for each in Caveat)))


def let_read_by_name(name: str, record: str) -> None:
    """Name an account for one record, RED or not."""
    _grant(NewGrant(name, named=(record,)))


def _grant(new: NewGrant) -> None:
    confirm_grant(propose_grant(new, "olga").pk, "otto")


ACTS = {act.__name__: act for act in (settle, let_read_by_name)}
ACTS[sys.argv[2]](**json.loads(sys.argv[3]))
