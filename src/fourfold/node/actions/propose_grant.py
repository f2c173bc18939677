"""Proposing that an account may read more than everybody who reads; a second person confirms it."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fourfold.canon import remedy_for
from fourfold.errors import Fault, InputError, RefusedError
from fourfold.framework import shipped
from fourfold.node import clock, trail
from fourfold.node.accounts import account_named
from fourfold.node.granting import check_not_own, check_person
from fourfold.node.models import Grant, NamedReader, Tag, roles_of
from fourfold.node.models.readers import ALL
from fourfold.node.roles import Act, acts_of
from fourfold.records.markings import Caveat, Tlp

_ID = re.compile(r"[a-z-]{1,20}--[0-9a-f-]{36}|sha256:[0-9a-f]{64}")
_WHAT = "the id of a record or of a received object, or the digest of a proposal or of something handed in"
MOST = 100
LONGEST = 500


@dataclass(frozen=True, slots=True)
class NewGrant:
    """What an account is to read: up to a label, with caveats, of activities (None: all); and single things.

    `ceiling` None: the single things alone. Whether a thing is here is not asked: the answer would tell.
    """

    account: str
    ceiling: str | None = None
    caveats: tuple[str, ...] = ()
    activities: tuple[str, ...] | None = None
    named: tuple[str, ...] = ()
    reason: str = ""
    until: datetime | None = None


def propose_grant(new: NewGrant, actor: str) -> Grant:
    """Propose it; nobody reads more before a second person has confirmed it.

    Raises:
        InputError: a part of it is unknown; all faults.
        RefusedError: the actor may not propose this, or the account cannot read at all.
    """
    now = clock.now()
    check_person(actor, Act.GRANT)
    account = account_named(new.account)
    check_not_own(account, actor)
    if Act.READ not in acts_of(roles_of(account)):
        raise RefusedError(f"{new.account} has no role that reads: fourfold account roles.")
    if faults := [*_faults(new), *_when(new.until, now)]:
        raise InputError(faults)
    with transaction.atomic():
        row = Grant.objects.create(
            account=account,
            ceiling=new.ceiling or "",
            caveats=" ".join(sorted(set(new.caveats))),
            activities=ALL if new.activities is None else " ".join(sorted(set(new.activities))),
            reason=new.reason,
            proposed=now,
            proposed_by=actor,
            until=new.until,
        )
        NamedReader.objects.bulk_create(
            NamedReader(account=account, subject=each, grant=row, since=now)
            for each in dict.fromkeys(new.named)
        )
        reason = f"account {account.pk}: grant {row.pk}"
        trail.note(Tag.GRANT_PROPOSED, now, actor=actor, reason=reason)
    return row


def _faults(new: NewGrant) -> list[Fault]:
    labels = [str(each) for each in Tlp if each is not Tlp.RED]
    faults = []
    if new.ceiling == Tlp.RED:
        remedy = "Name the record or object: --named ID."
        faults.append(Fault("RED is read by those named for the very thing.", field="ceiling", remedy=remedy))
    elif new.ceiling is None and not new.named:
        faults.append(Fault("Neither a label nor a single thing is given.", field="ceiling"))
    elif new.ceiling is not None:
        faults += _unknown("ceiling", [new.ceiling], labels)
    if new.ceiling is None and (new.caveats or new.activities is not None):
        faults.append(Fault("Caveats and activities go with a label.", field="ceiling"))
    faults += _unknown("caveats", new.caveats, [str(each) for each in Caveat])
    faults += _unknown("activities", new.activities or (), list(shipped().activities))
    if new.activities is not None and not new.activities:
        faults.append(Fault("Name an activity, or leave it to all.", field="activities"))
    faults += [
        Fault(f"{each[:100]!r} is no id.", field="named", remedy=f"Give {_WHAT}.")
        for each in new.named
        if not _ID.fullmatch(each)
    ]
    if len(new.named) > MOST:
        faults.append(Fault(f"At most {MOST} at once.", field="named"))
    if len(new.reason) > LONGEST or "\x00" in new.reason:
        faults.append(Fault(f"At most {LONGEST} characters of text.", field="reason"))
    return faults


def _unknown(field: str, given: tuple[str, ...] | list[str], known: list[str]) -> list[Fault]:
    return [
        Fault(f"{each[:100]!r} is not known.", field=field, remedy=remedy_for(each, known))
        for each in given
        if each not in known
    ]


def _when(until: datetime | None, now: datetime) -> list[Fault]:
    return (
        [Fault("This is past.", field="until", remedy="Give a later day.")]
        if until is not None and until <= now
        else []
    )
