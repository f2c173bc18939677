"""The inbox of third-party clients on the wire: handing in, and asking what became of it."""

from django.http import HttpRequest, HttpResponse

from fourfold.errors import NotFoundError
from fourfold.exchange.foreign import read_envelope
from fourfold.exchange.stix.times import taxii_time
from fourfold.exchange.taxii import MEDIA_TYPE
from fourfold.node.actions.take_submission import take_submission
from fourfold.node.models import Submission
from fourfold.node.wire.answers import is_taxii, resource
from fourfold.node.wire.callers import Caller, StatusError
from fourfold.node.wire.queries import is_word
from fourfold.node.wire.shelves import Shelf


def hand_in(request: HttpRequest, caller: Caller, given: Shelf) -> HttpResponse:
    """Take an envelope into a collection (section 5.5).

    Raises:
        StatusError: the collection takes none (403), or the content is of another type (415).
        InputError: it is no envelope.
        InboxFullError: too much of this client waits already.
    """
    if caller.client is None or not given.can_write:
        raise StatusError(403)
    if not is_taxii(request.headers.get("Content-Type", "")):
        raise StatusError(415, f"Send it as {MEDIA_TYPE}.")
    row = take_submission(caller.client, read_envelope(request.body))
    return resource(_status(row), status=202)


def status(caller: Caller, wanted: str) -> HttpResponse:
    """What became of a delivery (section 4.3); only its sender may ask.

    Raises:
        NotFoundError: there is none, or it is another's.
    """
    asked = caller.client is not None and is_word(wanted)
    row = Submission.objects.filter(pk=wanted, client=caller.client).first() if asked else None
    if row is None:
        raise NotFoundError("No such delivery.")
    return resource(_status(row))


def _status(row: Submission) -> dict[str, object]:
    """A status resource; a delivery is looked at when it comes, so that nothing is ever pending."""
    return {
        "id": row.id,
        "status": "complete",
        "request_timestamp": taxii_time(row.received),
        "total_count": len(row.successes) + len(row.failures),
        "success_count": len(row.successes),
        "successes": row.successes,
        "failure_count": len(row.failures),
        "failures": row.failures,
        "pending_count": 0,
        "pendings": [],
    }
