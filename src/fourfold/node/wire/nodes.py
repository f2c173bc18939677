"""What another node asks or brings beside TAXII: receipts, keys, the log kept for it, countersignatures."""

import re

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from fourfold.errors import (
    Fault,
    InputError,
    NotFoundError,
    ProofError,
    RefusedError,
    SignatureError,
)
from fourfold.exchange.faults import read_model
from fourfold.exchange.holdings import SignedHoldings
from fourfold.exchange.limits import MAX_HISTORY_BYTES, MAX_PARTS
from fourfold.exchange.nodes import read_receipts, results_body
from fourfold.log import Note, SignedEpoch
from fourfold.node.actions.accept_cosignature import accept_cosignature
from fourfold.node.actions.accept_epoch import accept_epoch, last_seen
from fourfold.node.actions.accept_holdings import accept_holdings
from fourfold.node.actions.accept_receipts import accept_receipts
from fourfold.node.actions.learn_keys import learn_keys
from fourfold.node.actions.show_holdings import show_holdings
from fourfold.node.actions.show_log import show_log
from fourfold.node.keyrings import history, own_ring
from fourfold.node.wire.answers import JSON, answer, for_anybody, for_callers
from fourfold.node.wire.callers import Caller, key_behind
from fourfold.records.statements import KeyHistory

_DIGITS = 12
_PREFIX = re.compile(r"[0-9a-f]{0,63}")


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


@csrf_exempt
def epoch(request: HttpRequest) -> HttpResponse:
    """What was last seen of the caller's log; or its word that a new epoch begins."""
    return epoch_told(request) if request.method == "POST" else epoch_shown(request)


@for_callers(JSON)
def epoch_shown(_request: HttpRequest, caller: Caller) -> HttpResponse:
    """What was last seen of the log that the caller keeps for this institution."""
    return answer(last_seen(caller.peer).wire(), JSON)


@for_callers(JSON, "POST")
def epoch_told(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The caller's signed word that a new epoch of its log begins.

    Raises:
        RefusedError: it does not hold; the caller is told why, as all of it is its own.
    """
    try:
        accept_epoch(caller.peer, read_model(SignedEpoch, request.body))
    except (ProofError, SignatureError) as error:
        raise RefusedError(str(error)) from error
    return HttpResponse(status=204)


@csrf_exempt
def holdings(request: HttpRequest) -> HttpResponse:
    """What was handed out to the caller; or what the caller says it holds."""
    return holdings_told(request) if request.method == "POST" else holdings_shown(request)


@for_callers(JSON)
def holdings_shown(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The parts that the caller asks for, signed."""
    prefixes = request.GET.get("parts", "").split(",")
    if len(prefixes) > MAX_PARTS or not all(_PREFIX.fullmatch(each) for each in prefixes):
        raise InputError([Fault(f"Name at most {MAX_PARTS} parts by hexadecimal digits.", field="parts")])
    return answer(show_holdings(caller.peer, prefixes).wire(), JSON)


@for_callers(JSON, "POST")
def holdings_told(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The caller's signed word on what it holds."""
    accept_holdings(caller.peer, read_model(SignedHoldings, request.body))
    return HttpResponse(status=204)


@csrf_exempt
def keys(request: HttpRequest) -> HttpResponse:
    """The history of this institution's keys, for callers; or a counterpart's own, from whoever brings it."""
    return keys_told(request) if request.method == "POST" else keys_shown(request)


@for_callers(JSON)
def keys_shown(_request: HttpRequest, _caller: Caller) -> HttpResponse:
    """What this institution says of its keys."""
    return answer(history(own_ring()).wire(), JSON)


@for_anybody(JSON, MAX_HISTORY_BYTES)
def keys_told(request: HttpRequest) -> HttpResponse:
    """What an institution says of its keys, each statement signed by itself.

    A node whose key was renewed cannot sign its requests by a key that is known here: so nobody is asked who
    they are, and everybody gets the same answer, whatever was taken. If the request is signed, the key that
    did it has signed for the institution that the body names.
    """
    learn_keys(read_model(KeyHistory, request.body, limit=MAX_HISTORY_BYTES), key_behind(request))
    return HttpResponse(status=204)


@for_callers(JSON)
def nothing(_request: HttpRequest, _caller: Caller, **_place: str) -> HttpResponse:
    """Anything else under these paths.

    Raises:
        NotFoundError: always.
    """
    raise NotFoundError("There is nothing here.")
