"""Who inside the institution may do what: a few roles, each a set of acts; whatever no role gives is refused.

A role says what somebody may do, a grant with what (fourfold.release.reading): without one, whoever reads
reads what is CLEAR and has no caveats. An operator keeps the node running, administers who may read what, and
sees nothing of what it holds. Two people are two accounts: that the approver is not the author is asked of
the accounts, not of the roles.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Act(StrEnum):
    """What can be asked of a node by one of its own people."""

    READ = "read records, releases and what was received"
    WRITE = "keep records"
    ASSESS = "assess together with a counterpart"
    TAKE_PART = "take part in proposals and joint records"
    RELEASE = "release, and withdraw"
    APPROVE = "approve a release as a second person"
    HOLD = "hold, and lift a hold"
    COLLECT = "collect from counterparts"
    WATCH = "see counterparts, logs and their state"
    GRANT = "say who may read what"
    VOUCH = "confirm, as a second person, who may read what"


class Role(StrEnum):
    """What an account is for; one account may have several roles."""

    READER = "reader"
    ANALYST = "analyst"
    LIAISON = "liaison"
    OFFICER = "officer"
    OPERATOR = "operator"


ACTS: Mapping[Role, frozenset[Act]] = MappingProxyType(
    {
        Role.READER: frozenset({Act.READ, Act.WATCH}),
        Role.ANALYST: frozenset({Act.READ, Act.WATCH, Act.WRITE, Act.TAKE_PART, Act.RELEASE, Act.COLLECT}),
        Role.LIAISON: frozenset({Act.READ, Act.WATCH, Act.ASSESS, Act.TAKE_PART, Act.COLLECT}),
        Role.OFFICER: frozenset(
            {Act.READ, Act.WATCH, Act.RELEASE, Act.APPROVE, Act.HOLD, Act.COLLECT, Act.VOUCH}
        ),
        Role.OPERATOR: frozenset({Act.WATCH, Act.COLLECT, Act.GRANT, Act.VOUCH}),
    }
)


def acts_of(roles: frozenset[Role]) -> frozenset[Act]:
    """All that these roles let somebody do; without a role, nothing."""
    return frozenset().union(*(ACTS[role] for role in roles))
