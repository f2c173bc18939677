"""What a reader asked of a list, taken from the address."""

from collections.abc import Iterable

from django.http import HttpRequest

from fourfold.node.web.queries.listing import Asked

_LONGEST = 100


def asked_of(request: HttpRequest, names: Iterable[str]) -> Asked:
    """The known parts of a query, cut to a bearable length; anything else is left alone."""
    values = {name: request.GET.get(name, "")[:_LONGEST].replace("\x00", "") for name in (*names, "page")}
    return Asked(request.path, {name: value for name, value in values.items() if value})
