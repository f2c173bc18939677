"""Granting accounts of tests what they may read, as two others would."""

from django.contrib.auth import get_user_model

from fourfold.node import clock, models
from fourfold.node.compartments import carve
from fourfold.records.markings import Caveat, Tlp


def clear(
    name: str,
    ceiling: Tlp | None = Tlp.AMBER_STRICT,
    caveats: object = tuple(Caveat),
    activities: str = "*",
    named: tuple[str, ...] = (),
) -> models.Grant:
    """Let an account read; if nothing else is said, everything short of RED."""
    now, account = clock.now(), get_user_model().objects.get(username=name)
    row = models.Grant.objects.create(
        account=account,
        ceiling=ceiling or "",
        caveats=" ".join(caveats) if ceiling else "",  # type: ignore[call-overload]  names of caveats
        activities=activities,
        proposed=now,
        proposed_by="operator",
        confirmed=now,
        confirmed_by="another",
    )
    for subject in named:
        models.NamedReader.objects.create(account=account, subject=subject, grant=row, since=now)
        carve(subject)
    return row
