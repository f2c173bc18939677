"""Who may read what, as rows: what each account was granted, and what nobody reads or could approve."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model

from fourfold.node import clock
from fourfold.node.compartments import ACCOUNT
from fourfold.node.kinds import SYSTEM_KINDS
from fourfold.node.models import (
    Compartment,
    Grant,
    NamedReader,
    Received,
    ReceivedState,
    RecordVersion,
    Submitted,
    SubmittedState,
    roles_of,
)
from fourfold.node.models.readers import ALL
from fourfold.node.readers import clearances_of
from fourfold.node.roles import Act, acts_of
from fourfold.release import Clearances, may_read
from fourfold.release import Compartment as Belongs

_SYSTEM = [kind.id for kind in SYSTEM_KINDS]
WAITS, STANDS, ENDED = "waits", "stands", "ended"


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One grant; `named` are the single things, each with the number by which it can be ended alone."""

    number: int
    account: str
    state: str
    ceiling: str
    caveats: tuple[str, ...]
    activities: tuple[str, ...] | None
    named: tuple[tuple[int, str], ...]
    reason: str
    proposed_by: str
    confirmed_by: str
    until: Any
    carried: bool


@dataclass(frozen=True, slots=True)
class ReaderRow:
    """One account: its roles, whether they let it read, its grants, and what it wrote that names it."""

    number: int
    name: str
    roles: tuple[str, ...]
    reads: bool
    grants: tuple[GrantRow, ...]
    own: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A label with which something is kept that nobody reads, or nobody who could approve its release.

    `subject` is the id of what has readers of its own (empty: all with this label); never a title.
    """

    tlp: str
    caveats: tuple[str, ...]
    activity: str
    subject: str
    read: bool
    approved: bool


def reader_rows() -> tuple[ReaderRow, ...]:
    """All accounts that are not closed, by name, with what stands and what waits."""
    accounts = get_user_model().objects.filter(is_active=True).order_by("username")
    return tuple(_row(each) for each in accounts)


def _row(account: Any) -> ReaderRow:
    now, roles = clock.now(), roles_of(account)
    grants = (_grant(each, now) for each in account.grants.order_by("pk").select_related("account"))
    own = NamedReader.objects.filter(account=account, grant=None, ended=None).order_by("pk")
    return ReaderRow(
        account.pk,
        account.get_username(),
        tuple(sorted(roles)),
        Act.READ in acts_of(roles),
        tuple(each for each in grants if each.state != ENDED),
        tuple(own.values_list("pk", "subject")),
    )


def _grant(row: Grant, now: Any) -> GrantRow:
    over = row.ended is not None or (row.until is not None and row.until <= now)
    names = row.names.filter(ended=None).order_by("pk")
    return GrantRow(
        row.pk,
        row.account.get_username(),
        ENDED if over else WAITS if row.waits else STANDS,
        row.ceiling,
        tuple(row.caveats.split()),
        None if row.activities == ALL else tuple(row.activities.split()),
        tuple(names.values_list("pk", "subject")),
        row.reason,
        row.proposed_by,
        row.confirmed_by,
        row.until,
        row.carried,
    )


def listed() -> list[dict[str, Any]]:
    """The same as plain values."""
    return [
        {
            "number": row.number,
            "name": row.name,
            "roles": list(row.roles),
            "reads": row.reads,
            "grants": [grant_as_row(each) for each in row.grants],
            "wrote": [{"number": number, "id": subject} for number, subject in row.own],
        }
        for row in reader_rows()
    ]


def grant_as_row(row: GrantRow) -> dict[str, Any]:
    """One grant."""
    return {
        "number": row.number,
        "account": row.account,
        "state": row.state,
        "ceiling": row.ceiling,
        "caveats": list(row.caveats),
        "activities": None if row.activities is None else list(row.activities),
        "named": [{"number": number, "id": subject} for number, subject in row.named],
        "reason": row.reason,
        "proposed_by": row.proposed_by,
        "confirmed_by": row.confirmed_by,
        "until": row.until.isoformat(timespec="seconds") if row.until else None,
        "carried": row.carried,
    }


def one_grant(row: Grant) -> dict[str, Any]:
    """A grant as it stands now."""
    return grant_as_row(_grant(row, clock.now()))


def gaps() -> tuple[Gap, ...]:
    """What nobody reads, or nobody who could approve that it leaves: labels and ids alone."""
    kept = RecordVersion.objects.filter(latest=True, destroyed=None)
    records = set(_numbers(kept.exclude(kind__in=_SYSTEM)))
    others = set(_numbers(Received.objects.filter(state=ReceivedState.STORED).exclude(kind__in=_SYSTEM)))
    undecided = (SubmittedState.WAITING, SubmittedState.QUARANTINED)
    others |= set(_numbers(Submitted.objects.filter(state__in=undecided)))
    who = _people()
    rows = Compartment.objects.filter(pk__in=records | others)
    rows = rows.order_by("activity", "tlp", "caveats", "subject")
    found = (_gap(row.content(), who, released=row.pk in records) for row in rows)
    return tuple(each for each in found if not (each.read and each.approved))


def granting_lacks() -> str:
    """What is missing for anybody to be let read more; empty where nothing is, or nobody has an account."""
    accounts = {
        each.get_username(): acts_of(roles_of(each))
        for each in get_user_model().objects.filter(is_active=True)
    }
    propose = {name for name, acts in accounts.items() if Act.GRANT in acts}
    confirm = {name for name, acts in accounts.items() if Act.VOUCH in acts}
    if not accounts or any(confirm - {name} for name in propose):
        return ""
    return (
        "Nobody can be let read more: an operator proposes it, another operator or an officer confirms it. "
        "Add the accounts: fourfold account add."
    )


def gap_rows() -> list[dict[str, Any]]:
    """The same as plain values."""
    return [
        {
            "tlp": each.tlp,
            "caveats": list(each.caveats),
            "activity": each.activity,
            "id": each.subject,
            "read": each.read,
            "approved": each.approved,
        }
        for each in gaps()
    ]


def _numbers(rows: Any) -> Iterator[int]:
    yield from rows.order_by().values_list("compartment", flat=True).distinct()


def _people() -> Mapping[str, tuple[Clearances, bool]]:
    """What each account reads, and whether it may approve."""
    accounts = get_user_model().objects.filter(is_active=True)
    found = ((each, clearances_of(each)) for each in accounts)
    return {
        each.get_username(): (clearances, Act.APPROVE in acts_of(roles_of(each)))
        for each, clearances in found
        if clearances is not None
    }


def _gap(what: Belongs, who: Mapping[str, tuple[Clearances, bool]], *, released: bool) -> Gap:
    reading = {name: approves for name, (clearances, approves) in who.items() if may_read(clearances, what)}
    authors = set(RecordVersion.objects.filter(record=what.subject).values_list("author", flat=True))
    approved = not released or any(approves for name, approves in reading.items() if name not in authors)
    subject = "" if what.subject.startswith(ACCOUNT) else what.subject
    return Gap(what.tlp, tuple(sorted(what.caveats)), what.activity, subject, bool(reading), approved)
