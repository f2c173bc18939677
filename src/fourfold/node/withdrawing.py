"""Where withdrawals stand: a counterpart's node answers them; a third-party client has no way to answer.

What neither of them was ever handed needs no answer. A client's withdrawal is never confirmed. What is known
of it is told apart: whether it ever collected what was withdrawn, whether it has collected the withdrawal
since, whether it still can. Where it can do no more, nobody waits for it; that it may still hold a copy is
not denied by that.
"""

from datetime import datetime
from enum import StrEnum

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When

from fourfold.exchange.receipts import Outcome
from fourfold.node.models import Client, Release, ReleaseState, ReleaseVersion


class Unanswered(StrEnum):
    """Where a withdrawal stands, in the place of `withdrawal-pending`.

    `WAITS`: the recipient could not be told of it yet; that is tried again with each collection. `DENIED`:
    its node answered that it destroyed nothing of what it says that it had stored. Then of a client, which
    has no way to answer: `NOT_HELD`: it never collected what was withdrawn. `TOLD`: it collected the
    withdrawal. `NOT_TOLD`: it has not yet. `UNREACHABLE`: it never will, as its token counts no more.
    """

    WAITS = "withdrawal-waits"
    DENIED = "withdrawal-denied"
    NOT_HELD = ReleaseState.NOT_HELD.value
    TOLD = "withdrawal-told"
    NOT_TOLD = "withdrawal-not-told"
    UNREACHABLE = "withdrawal-unreachable"


NOTHING_HELD = (ReleaseState.CONFIRMED.value, Unanswered.NOT_HELD.value)
"""Nothing is held there: the holder says so, or never had it."""
SETTLED = (*NOTHING_HELD, Unanswered.DENIED.value, Unanswered.TOLD.value, Unanswered.UNREACHABLE.value)
"""There is nothing to wait for any more."""
AWAITED = (ReleaseState.WITHDRAWAL_PENDING.value, Unanswered.WAITS.value, Unanswered.NOT_TOLD.value)
"""The holder has not been told, or has not answered as it could."""
_WORKED_OUT = frozenset(each.value for each in Unanswered)


def with_standing(rows: QuerySet[Release], now: datetime) -> QuerySet[Release]:
    """Releases, each with where it stands (`standing`) and when the withdrawal was collected (`told`)."""
    versions = ReleaseVersion.objects.filter(release=OuterRef("pk"))
    withdrawals = versions.filter(revoked=True)
    told = withdrawals.order_by("-version").values("first_sent")[:1]
    answered = withdrawals.filter(receipts__outcome=Outcome.WITHDRAWN.value)
    collected = versions.filter(revoked=False).exclude(first_sent=None)
    clients = Client.objects.filter(peer=OuterRef("peer"))
    lapsed = clients.filter(~Q(revoked=None) | Q(expires__lte=now))
    state = Case(
        When(~Q(state=ReleaseState.WITHDRAWAL_PENDING), then=F("state")),
        When(Exists(answered), then=Value(Unanswered.DENIED.value)),
        When(~Exists(withdrawals), then=Value(Unanswered.WAITS.value)),
        When(~Exists(clients), then=F("state")),
        When(~Exists(collected), then=Value(Unanswered.NOT_HELD.value)),
        When(~Q(told=None), then=Value(Unanswered.TOLD.value)),
        When(Exists(lapsed), then=Value(Unanswered.UNREACHABLE.value)),
        default=Value(Unanswered.NOT_TOLD.value),
        output_field=CharField(),
    )
    return rows.annotate(told=Subquery(told)).annotate(standing=state)


def standing_as(rows: QuerySet[Release], now: datetime, *sought: str) -> QuerySet[Release]:
    """Those of them that stand so; what their rows alone do not say is asked only where it could be.

    Then an index finds them, however many others there are.
    """
    held = set(ReleaseState.values).intersection(sought)
    if _WORKED_OUT.intersection(sought):
        held.add(ReleaseState.WITHDRAWAL_PENDING.value)
    return with_standing(rows.filter(state__in=held), now).filter(standing__in=sought)


def standing_of(row: Release, now: datetime) -> str:
    """Where one release stands; the store is asked only where the row itself does not say it."""
    if row.state != ReleaseState.WITHDRAWAL_PENDING:
        return row.state
    return str(with_standing(Release.objects.filter(pk=row.pk), now).values_list("standing", flat=True).get())
