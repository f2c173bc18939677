"""What a typed model finds wrong with a message, in our own words for faults."""

from pydantic import ValidationError

from fourfold.errors import Fault

_MOST = 20


def model_faults(error: ValidationError) -> tuple[Fault, ...]:
    """The faults of a message that does not fit its model; never the values themselves, at most twenty."""
    found = error.errors(include_url=False, include_context=False, include_input=False)[:_MOST]
    return tuple(Fault(f"{each['msg']}.", field=_path(each["loc"])) for each in found)


def _path(place: tuple[int | str, ...]) -> str:
    parts = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in place]
    return "".join(parts).lstrip(".")[:200]
