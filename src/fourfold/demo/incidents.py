"""The twelve public incidents of the demonstration, described in our own words."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from fourfold.activities.incident_reporting.aiid import ADDRESS, REGISTER
from fourfold.activities.incident_reporting.records import INCIDENT, Incident
from fourfold.canon import Faults, Located, read_document
from fourfold.errors import Fault
from fourfold.records.markings import Marking

FILE = "incidents.yaml"
FORMAT = "fourfold-demo-incidents/1"
M = TypeVar("M", bound=BaseModel)
HOLDERS = ("home", "abroad")
OWN_FIELDS = tuple(name for name in INCIDENT.fields if name != "registers")
"""What the file says of an incident in the words of its kind; the register is said by its number alone."""


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
    """All twelve, in the order of the file."""
    return read_incidents((files("fourfold.demo") / "data" / FILE).read_bytes(), file=FILE)


def read_incidents(text: str | bytes, *, file: str) -> tuple[DemoIncident, ...]:
    """The incidents of such a file.

    Raises:
        InputError: with every fault of the file.
    """
    faults = Faults(file)
    top = faults.mapping(read_document(text, file=file), required=("format", "incidents"))
    faults.choice(top.get("format"), [FORMAT], "format")
    items = faults.items(top.get("incidents"), least=1)
    read = [_incident(item, faults) for item in items]
    faults.unique(((each.key, item) for each, item in zip(read, items, strict=True) if each), "key")
    faults.raise_any()
    return tuple(each for each in read if each)


def _incident(at: Located, faults: Faults) -> DemoIncident | None:
    required = ("key", "holder", "aiid", "marking", "title")
    members = faults.mapping(at, required=required, optional=("slice", *OWN_FIELDS))
    number = faults.whole_number(members.get("aiid"))
    fields = {name: member.plain() for name, member in members.items() if name in OWN_FIELDS}
    fields["registers"] = [{"scheme": REGISTER, "id": str(number), "url": f"{ADDRESS}{number}"}]
    incident = _typed(Incident, fields, at, faults)
    label = members.get("marking")
    marking = _typed(Marking, label.plain(), label, faults) if label else None
    key = faults.text(members.get("key"))
    holder = faults.choice(members.get("holder"), HOLDERS, "holder")
    slice_ = faults.text(members.get("slice")) or None
    return DemoIncident(key, holder, incident, marking, slice_) if incident and marking else None


def _typed(model: type[M], given: object, at: Located, faults: Faults) -> M | None:
    """A value as its type; what does not fit is a fault at the nearest place that is known."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        for problem in error.errors():
            path = ".".join([at.path, *map(str, problem["loc"])])
            faults.add_fault(Fault(f"{problem['msg']}.", faults.file, at.line, path))
    return None
