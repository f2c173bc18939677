"""Where withdrawals stand: a counterpart's node answers them; a third-party client has no way to answer.

A client's withdrawal is therefore never confirmed. What is known of it is told apart: whether it ever
collected what was withdrawn, whether it has collected the withdrawal since, whether it still can. Where it
can do no more, nobody waits for it; that it may still hold a copy is not denied by that.
"""

from datetime import datetime
from enum import StrEnum

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When

from fourfold.node.models import Client, Release, ReleaseState, ReleaseVersion


class Unanswered(StrEnum):
    """Where a withdrawal stands with a client, in the place of `withdrawal-pending`.

    `NOT_HELD`: it never collected what was withdrawn. `TOLD`: it collected the withdrawal. `NOT_TOLD`: it has
    not yet. `UNREACHABLE`: it never will, as its token does not count any more.
    """

    NOT_HELD = "withdrawal-not-held"
    TOLD = "withdrawal-told"
    NOT_TOLD = "withdrawal-not-told"
    UNREACHABLE = "withdrawal-unreachable"


NOTHING_HELD = (ReleaseState.CONFIRMED.value, Unanswered.NOT_HELD.value)
"""Nothing is held there: the holder says so, or never had it."""
SETTLED = (*NOTHING_HELD, Unanswered.TOLD.value, Unanswered.UNREACHABLE.value)
"""There is nothing to wait for any more."""
AWAITED = (ReleaseState.WITHDRAWAL_PENDING.value, Unanswered.NOT_TOLD.value)
"""The holder has not been told, or has not answered as it could."""


def with_standing(rows: QuerySet[Release], now: datetime) -> QuerySet[Release]:
    """Releases, each with where it stands (`standing`) and when the withdrawal was collected (`told`)."""
    versions = ReleaseVersion.objects.filter(release=OuterRef("pk"))
    told = versions.filter(revoked=True).order_by("-version").values("first_sent")[:1]
    collected = versions.filter(revoked=False).exclude(first_sent=None)
    clients = Client.objects.filter(peer=OuterRef("peer"))
    lapsed = clients.filter(~Q(revoked=None) | Q(expires__lte=now))
    state = Case(
        When(~Q(state=ReleaseState.WITHDRAWAL_PENDING), then=F("state")),
        When(~Exists(clients), then=F("state")),
        When(~Exists(collected), then=Value(Unanswered.NOT_HELD.value)),
        When(~Q(told=None), then=Value(Unanswered.TOLD.value)),
        When(Exists(lapsed), then=Value(Unanswered.UNREACHABLE.value)),
        default=Value(Unanswered.NOT_TOLD.value),
        output_field=CharField(),
    )
    return rows.annotate(told=Subquery(told)).annotate(standing=state)


def standing_of(row: Release, now: datetime) -> str:
    """Where one release stands; the store is asked only where the row itself does not say it."""
    if row.state != ReleaseState.WITHDRAWAL_PENDING:
        return row.state
    return str(with_standing(Release.objects.filter(pk=row.pk), now).values_list("standing", flat=True).get())
