"""What another node asks or brings beside TAXII: receipts, the log kept for it, its countersignature."""

from django.http import HttpRequest, HttpResponse

from fourfold.errors import Fault, InputError, NotFoundError
from fourfold.exchange.nodes import read_receipts, results_body
from fourfold.log import Note
from fourfold.node.actions.accept_cosignature import accept_cosignature
from fourfold.node.actions.accept_receipts import accept_receipts
from fourfold.node.actions.show_log import show_log
from fourfold.node.wire.answers import JSON, answer, for_callers
from fourfold.node.wire.callers import Caller

_DIGITS = 12


@for_callers(JSON, "POST", nodes_only=True)
def receipts(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Receipts for what was collected; for each, whether it was taken."""
    return answer(results_body(accept_receipts(caller.peer, read_receipts(request.body))), JSON)


@for_callers(JSON, nodes_only=True)
def log(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The log kept for the caller: signed checkpoint, and leaf hashes from a place on."""
    first = request.GET.get("from", "0")
    if not (first.isascii() and first.isdigit() and len(first) <= _DIGITS):
        raise InputError([Fault("Say from which entry on, as a whole number.", field="from")])
    return answer(show_log(caller.peer, int(first)).wire(), JSON)


@for_callers(JSON, "POST", nodes_only=True)
def cosignature(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The caller's countersignature of a checkpoint of the log kept for it."""
    accept_cosignature(caller.peer, Note.parse(request.body))
    return HttpResponse(status=204)


@for_callers(JSON)
def nothing(_request: HttpRequest, _caller: Caller, **_place: str) -> HttpResponse:
    """Anything else under these paths.

    Raises:
        NotFoundError: always.
    """
    raise NotFoundError("There is nothing here.")
