"""A call acts once for each Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07).

The same key with the same request gives the same answer, and nothing is done again; with another request it
is refused (422), and so it is while the first has not ended (409). A call that was refused used no key up. Of
an answer only the ids are remembered: what they name is looked up anew, as far as one may see it then.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from ninja import Status

from fourfold.errors import Fault, InputError, NotFoundError, RefusedError
from fourfold.node import once as keys
from fourfold.node.api.again import AGAIN, REPEATABLE, Again
from fourfold.node.api.callers import OtherRequestError, ask_for
from fourfold.node.models import OneTimeKey

HEADER = "Idempotency-Key"
LONGEST = 255
_KEY = re.compile(rf'(?P<quoted>")?(?P<key>[!#-~]{{1,{LONGEST}}})(?(quoted)")')
_DONE = 200

Operation = Callable[..., Any]


def once(operation: Operation) -> Operation:
    """An operation that acts once for each key that comes with it; without one, as often as it is called."""
    name = name_of(operation)

    @wraps(operation)
    def guarded(request: HttpRequest, **given: Any) -> Any:
        key = None if request.method == "GET" else _key_of(request)
        if key is None or name in REPEATABLE:
            return operation(request, **given)
        ask_for(request, operation.needs)
        this = keys.attempt(f"api {request.auth.name}", key, _asked(request))
        found = keys.settled(this)
        try:
            return (
                _again(request, AGAIN[name], found, given) if found else _act(request, operation, this, given)
            )
        except keys.DoneBeforeError:
            return _again(request, AGAIN[name], keys.settled(this), given)

    return guarded


def name_of(operation: Operation) -> str:
    """What an operation is called here: its module and its name."""
    return f"{operation.__module__.rpartition('.')[2]}.{operation.__name__}"


def _act(request: HttpRequest, operation: Operation, this: keys.Attempt, given: dict[str, Any]) -> Any:
    answer, kept = None, AGAIN[name_of(operation)].kept
    try:
        with keys.acting(this):
            made = operation(request, **given)
        status, value = (made.status_code, made.value) if isinstance(made, Status) else (_DONE, made)
        answer = {"status": status, "of": kept(value)}
        return made
    finally:
        keys.finish(this, answer)


def _again(request: HttpRequest, how: Again, found: OneTimeKey | None, given: dict[str, Any]) -> Any:
    """What the first request was answered, as it is now.

    Raises:
        OtherRequestError: it asked for something else.
        RefusedError: it has not ended, or nobody knows how it ended.
    """
    if found is not None and found.body != keys.attempt("", "", _asked(request)).body:
        raise OtherRequestError(f"This {HEADER} was used for another request. Make a new one for this.")
    if found is None or found.answer is None:
        raise RefusedError(
            f"The first request with this {HEADER} has not ended, or was cut off. Ask again in a moment; if "
            "it stays so, look whether it was done before you ask under another key."
        )
    try:
        return Status(found.answer["status"], how.shown(request, found.answer["of"], given))
    except NotFoundError as error:
        raise RefusedError(
            f"This was done under this {HEADER}; what was made of it is not read by programs, or no more."
        ) from error


def _key_of(request: HttpRequest) -> str | None:
    """The key, as a string of RFC 8941, or without its quotation marks.

    Raises:
        InputError: it is neither.
    """
    sent = request.headers.get(HEADER)
    if sent is None:
        return None
    found = _KEY.fullmatch(sent.strip())
    if found is None:
        remedy = f"Send 1 to {LONGEST} visible ASCII characters, such as a UUID, in quotation marks."
        raise InputError([Fault("This is no key.", field=HEADER, remedy=remedy)])
    return found["key"]


def _asked(request: HttpRequest) -> bytes:
    """All that a request asks for."""
    return b"\n".join([str(request.method).encode(), request.get_full_path().encode(), request.body])
