"""The twelve public incidents of the demonstration, described in our own words."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import ValidationError

from fourfold.activities.incident_reporting.aiid import ADDRESS, REGISTER
from fourfold.activities.incident_reporting.records import Incident
from fourfold.canon import Located, read_document
from fourfold.errors import Fault, InputError
from fourfold.records.markings import Marking

FILE = "incidents.yaml"
BESIDE = ("key", "holder", "aiid", "marking", "slice")
"""What stands beside the incident's own fields."""


@dataclass(frozen=True, slots=True)
class DemoIncident:
    """An incident, who of the two nodes holds it (`home`, `abroad`), its marking and its slice, if named."""

    key: str
    holder: str
    incident: Incident
    marking: Marking
    slice: str | None


@cache
def demo_incidents() -> tuple[DemoIncident, ...]:
    """All twelve, in the order of the file.

    Raises:
        InputError: the file is at fault.
    """
    text = (files("fourfold.demo") / "data" / FILE).read_text(encoding="utf-8")
    document = read_document(text, file=FILE)
    assert isinstance(document.value, dict)  # noqa: S101  our own file; a test reads it whole
    listing = document.value["incidents"].value
    assert isinstance(listing, list)  # noqa: S101  as above
    return tuple(_incident(item) for item in listing)


def _incident(item: Located) -> DemoIncident:
    plain: Any = item.plain()
    number = str(plain["aiid"])
    fields = {name: value for name, value in plain.items() if name not in BESIDE}
    fields["registers"] = [{"scheme": REGISTER, "id": number, "url": f"{ADDRESS}{number}"}]
    try:
        return DemoIncident(
            key=plain["key"],
            holder=plain["holder"],
            incident=Incident.model_validate(fields),
            marking=Marking.model_validate(plain["marking"]),
            slice=plain.get("slice"),
        )
    except ValidationError as error:
        problems = error.errors()
        raise InputError(
            Fault(problem["msg"], FILE, item.line, ".".join(map(str, problem["loc"]))) for problem in problems
        ) from error
