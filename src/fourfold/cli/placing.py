"""Reading what people hand in as files: markings, and the lines at which faults of fields stand."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from re import findall
from typing import Any

from pydantic import ValidationError

from fourfold.canon import Faults, Located
from fourfold.cli.node_session import peer_named
from fourfold.errors import Fault, InputError
from fourfold.exchange.faults import model_faults
from fourfold.records.markings import Marking


@contextmanager
def placed(file: Path, document: Located) -> Iterator[None]:
    """Give faults of fields that are found inside the lines at which these stand in a document."""
    try:
        yield
    except InputError as error:
        found = [_placed(fault, str(file), document) for fault in error.faults]
        raise InputError(sorted(found, key=lambda fault: fault.line)) from error


def marking_in(at: Located | None, faults: Faults) -> Marking | None:
    """A marking, where one stands and is none with faults; `rel_to` may name counterparts by their names."""
    if at is None:
        return None
    try:
        return Marking.model_validate(_by_id(at.plain()))
    except ValidationError as error:
        for fault in model_faults(error):
            faults.add(_deepest(at, fault.field), fault.message, "Write it as {tlp: GREEN}.")
    except InputError as error:
        for fault in error.faults:
            faults.add(_deepest(at, "rel_to"), fault.message, fault.remedy)
    return None


def _by_id(value: Any) -> Any:
    if not isinstance(value, dict) or not isinstance(value.get("rel_to"), list):
        return value
    return {**value, "rel_to": [peer_named(str(name)).institution for name in value["rel_to"]]}


def _placed(fault: Fault, file: str, document: Located) -> Fault:
    at = _deepest(document, fault.field)
    return Fault(fault.message, file, at.line, fault.field, fault.remedy)


def _deepest(at: Located, path: str) -> Located:
    """The value at a path such as `rows[2].note`, or the last one on the way that is there."""
    for word, number in findall(r"([\w-]+)|\[(\d+)\]", path):
        inner: Located | None = None
        if isinstance(at.value, dict):
            inner = at.value.get(word)
        elif isinstance(at.value, list) and number and int(number) < len(at.value):
            inner = at.value[int(number)]
        if inner is None:
            return at
        at = inner
    return at
