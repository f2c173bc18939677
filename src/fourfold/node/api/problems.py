"""What went wrong, as Problem Details (RFC 9457); all faults of an input at once."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from fourfold.canon import canonical_bytes
from fourfold.errors import Fault, FourfoldError, InputError, NotFoundError
from fourfold.node.api.callers import ForbiddenError, OtherRequestError

MEDIA_TYPE = "application/problem+json"
_LOG = logging.getLogger(__name__)


class FaultOut(Schema):
    """One thing wrong with what was sent: where, what, and what to do."""

    field: str
    message: str
    remedy: str = ""


class Problem(Schema):
    """What went wrong; `faults` of an input, all of them."""

    title: str
    status: int
    detail: str = ""
    faults: tuple[FaultOut, ...] = ()


def install(api: NinjaAPI) -> None:
    """Let every failure of an operation become a problem."""
    api.add_exception_handler(FourfoldError, _ours)
    api.add_exception_handler(ValidationError, _shape)
    api.add_exception_handler(AuthenticationError, lambda *_: problem(401))
    api.add_exception_handler(RequestDataTooBig, lambda *_: problem(413))
    api.add_exception_handler(Http404, lambda *_: problem(404))
    api.add_exception_handler(HttpError, _framework)
    api.add_exception_handler(Exception, _failed)


def problem(status: int, detail: str = "", faults: tuple[Fault, ...] = ()) -> HttpResponse:
    """A problem; the same bytes for the same status, detail and faults."""
    body = {"title": TITLES.get(status, "The request failed."), "status": status}
    body |= {"detail": detail} if detail else {}
    told = [{"field": each.field, "message": each.message, "remedy": each.remedy} for each in faults]
    body |= {"faults": told} if told else {}
    headers = {"WWW-Authenticate": 'Bearer realm="fourfold"'} if status == UNKNOWN else {}
    return HttpResponse(canonical_bytes(body), content_type=MEDIA_TYPE, status=status, headers=headers)


@csrf_exempt
def nothing(_request: HttpRequest) -> HttpResponse:
    """Any other address of the API."""
    return problem(404)


def _ours(_request: HttpRequest, error: FourfoldError) -> HttpResponse:
    if isinstance(error, InputError):
        return problem(400, faults=error.faults)
    if isinstance(error, NotFoundError):
        return problem(404)
    if isinstance(error, ForbiddenError):
        return problem(403, str(error))
    if isinstance(error, OtherRequestError):
        return problem(422, str(error))
    return problem(409, str(error))


def _shape(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What does not have the shape that the description of the API gives."""
    faults = tuple(Fault(f"{each['msg']}.", field=_field(each["loc"])) for each in error.errors)
    return problem(400, faults=faults)


def _field(place: Sequence[str | int]) -> str:
    """A place as whoever sent it knows it: that a body is one argument of ours, nobody sees."""
    where, *rest = place
    return ".".join(str(part) for part in (rest[1:] if where == "body" else rest))


def _framework(_request: HttpRequest, error: HttpError) -> HttpResponse:
    """What the framework refuses; where it only passes on what our reader said, in the reader's own words."""
    cause = error.__cause__
    if isinstance(cause, RequestDataTooBig):
        return problem(413)
    remedy = "Send one JSON value in UTF-8, each name once."
    told = cause.faults if isinstance(cause, InputError) else ()
    return problem(error.status_code, faults=tuple(replace(each, remedy=remedy) for each in told))


def _failed(_request: HttpRequest, error: Exception) -> HttpResponse:
    """What nobody foresaw: the operator has its class and place, the caller that it is none of theirs."""
    _LOG.error("A request could not be answered.", exc_info=error)
    return problem(500)


UNKNOWN = 401
ANSWERS: Mapping[int, type[Problem]] = dict.fromkeys((400, 401, 403, 404, 409), Problem)
"""What any operation may answer instead, for the description of the API."""
TITLES: Mapping[int, str] = {
    400: "What was sent has faults.",
    401: "A token of an account is needed.",
    403: "No role of this account allows it.",
    404: "There is no such thing, or it is not for you.",
    405: "This cannot be done here.",
    409: "A rule refuses this.",
    413: "The request is too large.",
    500: "This node failed; its operator can see why in its log.",
    422: "This key was used for another request.",
}
