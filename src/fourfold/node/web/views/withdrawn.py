"""What a page says once something was withdrawn: who is awaited, who never had it, who was not told."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from fourfold.node import clock
from fourfold.node.models import ReleaseState, ReleaseVersion
from fourfold.node.web.views.told import tell
from fourfold.node.withdrawing import Unanswered, standing_of

_TEXTS: dict[str, str | Promise] = {
    ReleaseState.NOT_HELD: gettext_lazy("Withdrawn before %(names)s collected it: no answer is needed."),
    Unanswered.WAITS: gettext_lazy(
        "Withdrawn, but %(names)s could not be told yet. Nothing of it is handed out; each sync tries again."
    ),
    Unanswered.NOT_TOLD: gettext_lazy(
        "Withdrawn. %(names)s is told when it polls next; a third-party client cannot confirm it."
    ),
}
_AWAITED = gettext_lazy(
    "Withdrawn from %(names)s. It is pending until that counterpart has destroyed it and confirmed."
)


def tell_withdrawn(request: HttpRequest, rows: Iterable[ReleaseVersion]) -> None:
    """Say of each recipient where its withdrawal stands."""
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(standing_of(row.release, clock.now()), set()).add(row.peer.name)
    for standing, names in sorted(found.items()):
        level = "warning" if standing == Unanswered.WAITS else "success"
        text = str(_TEXTS.get(standing, _AWAITED))
        tell(request, level, text % {"names": ", ".join(sorted(names))})
