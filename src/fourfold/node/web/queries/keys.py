"""Keys as a page shows them: whose, which, since when; and what waits for people."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from fourfold.canon import folded
from fourfold.node.queries.keys import PEOPLE, UNPROVED, UNREADABLE, WAITS, KeyRow
from fourfold.node.queries.keys import keys as key_rows
from fourfold.node.web.queries.states import StateView
from fourfold.node.web.queries.words import Word

SORTS: dict[str, Word] = {"institution": _("institution key"), "node": _("node key")}
STATES: dict[str, StateView] = {
    "speaks": StateView(_("speaks for the institution"), "good", "seal"),
    "succeeded": StateView(_("succeeded by another"), "plain", "dash"),
    "lost": StateView(_("lost, and replaced"), "bad", "no"),
    "acts": StateView(_("acts"), "good", "yes"),
    UNPROVED: StateView(_("claimed: has signed nothing here yet"), "wait", "clock"),
    UNREADABLE: StateView(_("no key: not believed"), "bad", "no"),
    "out of time": StateView(_("out of its time"), "plain", "dash"),
    "renewed": StateView(_("renewed: another took over"), "plain", "dash"),
    "compromised": StateView(_("revoked: may be in other hands"), "bad", "no"),
    WAITS: StateView(_("waits for two people"), "wait", "clock"),
}


@dataclass(frozen=True, slots=True)
class KeyView:
    """One key."""

    sort: Word
    fingerprint: str
    state: StateView
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class WaitingKeyView:
    """A new institution key; `people` have confirmed it, `missing` is how many more must."""

    received: datetime | None
    people: tuple[str, ...]
    missing: int
    mine: bool


@dataclass(frozen=True, slots=True)
class OwnerView:
    """The keys of one institution, the one that speaks first; `waiting` has no fingerprint to copy."""

    id: str
    name: str
    ours: bool
    keys: tuple[KeyView, ...]
    waiting: WaitingKeyView | None


def keys_view(account: str) -> tuple[OwnerView, ...]:
    """All keys, this institution's first."""
    grouped = groupby(key_rows(), key=lambda row: (row.institution, row.name))
    return tuple(_owner(id_, name, list(rows), account) for (id_, name), rows in grouped)


def _owner(id_: str, name: str, rows: list[KeyRow], account: str) -> OwnerView:
    waiting = next((row for row in rows if row.state == WAITS), None)
    shown = sorted(
        (row for row in rows if row.state != WAITS), key=lambda row: STATES[row.state].tone != "good"
    )
    return OwnerView(
        id_,
        name,
        id_ == settings.NODE.id,
        tuple(
            KeyView(SORTS[row.sort], row.fingerprint, STATES[row.state], row.since, row.until)
            for row in shown
        ),
        _waiting(waiting, account) if waiting else None,
    )


def _waiting(row: KeyRow, account: str) -> WaitingKeyView:
    mine = folded(account) in row.people
    return WaitingKeyView(row.since, row.people, max(PEOPLE - len(row.people), 0), mine)
