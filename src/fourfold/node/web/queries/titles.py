"""The titles of what is held as received, for searching: they stand only in the very bytes that came."""

from typing import Any

from django.db.models import Case, CharField, F, Func, Value, When

from fourfold.exchange.stix.ids import RELEASE_EXTENSION
from fourfold.node.models import ReceivedState

_SQLITE = (
    f"COALESCE(json_extract(CAST(%(expressions)s AS TEXT), "
    f"""'$.extensions."{RELEASE_EXTENSION}".fields.title'), """
    "json_extract(CAST(%(expressions)s AS TEXT), '$.name'))"
)
_POSTGRESQL = (
    f"COALESCE(convert_from(%(expressions)s, 'UTF8')::json "
    f"#>> '{{extensions,{RELEASE_EXTENSION},fields,title}}', "
    "convert_from(%(expressions)s, 'UTF8')::json ->> 'name')"
)


class _Title(Func):
    """The title in the bytes of a release: a STIX property, or a field in its extension."""

    arity, output_field = 1, CharField()

    def as_sqlite(self, *given: Any, **more: Any) -> Any:
        """By SQLite's own reading of JSON."""
        return self.as_sql(*given, **{**more, "template": _SQLITE})

    def as_postgresql(self, *given: Any, **more: Any) -> Any:
        """By PostgreSQL's own reading of JSON."""
        return self.as_sql(*given, **{**more, "template": _POSTGRESQL})


def title_of_wire() -> Case:
    """The title of what is held and was accepted; of anything else none, whatever its bytes are."""
    held = When(state=ReceivedState.STORED, wire__isnull=False, then=_Title(F("wire")))
    return Case(held, default=Value(""), output_field=CharField())
