"""What an account may read, by what the store says now."""

from typing import Any

from django.db.models import Q

from fourfold.node import clock
from fourfold.node.models.accounts import roles_of
from fourfold.node.models.readers import Grant, NamedReader, standing
from fourfold.node.models.reading import Reader
from fourfold.node.roles import Act, acts_of
from fourfold.release import EVERYBODY, Clearances

OWN = "account--"


def clearances_of(account: Any) -> Clearances | None:
    """What an account may read; None: no role of it lets it read at all."""
    if Act.READ not in acts_of(roles_of(account)):
        return None
    now = clock.now()
    grants = Grant.objects.filter(standing(now), account=account)
    counts = Q(grant=None) | Q(grant__in=grants.values("pk"))
    named = NamedReader.objects.filter(counts, account=account, ended=None).values_list("subject", flat=True)
    given = (each.clearance() for each in grants)
    return Clearances(
        frozenset({EVERYBODY, *(each for each in given if each)}), frozenset({f"{OWN}{account.pk}", *named})
    )


def reader_of(account: Any) -> Reader:
    """The same, as whoever reads now."""
    return Reader(clearances_of(account), account.get_username())
