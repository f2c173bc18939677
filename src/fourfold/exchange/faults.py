"""What a typed model finds wrong with a message, in our own words for faults."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from fourfold.canon import canonical_bytes
from fourfold.errors import Fault, InputError
from fourfold.exchange.limits import MAX_POST_BYTES
from fourfold.exchange.strict import parse_json

Model = TypeVar("Model", bound=BaseModel)

_MOST = 20


def model_faults(error: ValidationError) -> tuple[Fault, ...]:
    """The faults of a message that does not fit its model; never the values themselves, at most twenty."""
    found = error.errors(include_url=False, include_context=False, include_input=False)[:_MOST]
    return tuple(Fault(f"{each['msg']}.", field=_path(each["loc"])) for each in found)


def _path(place: tuple[int | str, ...]) -> str:
    parts = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in place]
    return "".join(parts).lstrip(".")[:200]


def read_model(form: type[Model], data: bytes, file: str = "", limit: int = MAX_POST_BYTES) -> Model:
    """A typed message in bytes from outside, read strictly.

    Raises:
        InputError: too large, no strict JSON, or not of this form; all faults, with the file's name.
    """
    try:
        return form.model_validate_json(canonical_bytes(parse_json(data, limit)))
    except ValidationError as error:
        faults = model_faults(error)
    except InputError as error:
        faults = error.faults
    raise InputError([Fault(each.message, file, each.line, each.field, each.remedy) for each in faults])


def read_fields(form: type[Model], fields: Mapping[str, Any]) -> Model:
    """The typed payload in the fields of a release object that came.

    Raises:
        InputError: it is not of this form; its faults.
    """
    try:
        return form.model_validate_json(canonical_bytes(dict(fields)))
    except ValidationError as error:
        raise InputError(model_faults(error)) from error
