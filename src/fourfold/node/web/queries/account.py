"""What an account may do, in words, with where to do it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from fourfold.node.roles import Act, Role, acts_of
from fourfold.node.web.queries.words import Word

ROLES: Mapping[Role, Word] = {
    Role.READER: _("Reader"),
    Role.ANALYST: _("Analyst"),
    Role.LIAISON: _("Liaison"),
    Role.OFFICER: _("Officer"),
    Role.OPERATOR: _("Operator"),
}
ACTS: Mapping[Act, tuple[Word, str]] = {
    Act.READ: (_("Read records, releases and what was received"), "records"),
    Act.WATCH: (_("See what happened, without its content"), "events"),
    Act.WRITE: (_("Keep and change records, attach files"), "keep"),
    Act.RELEASE: (_("Release, and withdraw"), "records"),
    Act.APPROVE: (_("Approve as a second person"), "waiting"),
    Act.HOLD: (_("Place legal holds, and lift them two by two"), "holds"),
    Act.COLLECT: (_("Collect from counterparts"), ""),
    Act.GRANT: (_("Say who may read what, two by two, and end it"), "readers"),
    Act.VOUCH: (_("Confirm as a second person who may read what"), "readers"),
    Act.ASSESS: (_("Assess together with a counterpart, by command or API"), ""),
}
"""For each act: what it is, and the page on which it is done."""


@dataclass(frozen=True, slots=True)
class ActView:
    """One act, whether it is let, and the name of its page."""

    title: Word
    let: bool
    page: str


@dataclass(frozen=True, slots=True)
class AccountView:
    """The roles of an account, and all acts."""

    roles: tuple[Word, ...]
    acts: tuple[ActView, ...]


def account_view(roles: frozenset[Role]) -> AccountView:
    """What these roles let somebody do."""
    let = acts_of(roles)
    return AccountView(
        tuple(title for role, title in ROLES.items() if role in roles),
        tuple(ActView(title, act in let, page if act in let else "") for act, (title, page) in ACTS.items()),
    )
