"""Long lists in pages: newest first, by a place that does not move when something new comes."""

from collections.abc import Callable
from typing import Annotated, Any

from django.db.models import Model, QuerySet
from ninja import Schema
from pydantic import Field

MOST = 500


class Paging(Schema):
    """Which page: `before` is the `next` of the page before."""

    limit: Annotated[int, Field(ge=1, le=MOST)] = 100
    before: Annotated[int, Field(ge=1, le=(1 << 63) - 1)] | None = None


def page(rows: QuerySet[Any], paging: Paging, shown: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """Some rows, newest first, and where the next page begins (`next` is absent on the last)."""
    if paging.before is not None:
        rows = rows.filter(pk__lt=paging.before)
    found: list[Model] = list(rows.order_by("-pk")[: paging.limit + 1])
    body: dict[str, Any] = {"items": [shown(row) for row in found[: paging.limit]]}
    return body | ({"next": found[paging.limit - 1].pk} if len(found) > paging.limit else {})
