"""How a body is read: by the same strict reader as what other nodes send, so that it has one meaning."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from ninja.parser import Parser

from fourfold.exchange.limits import MAX_POST_BYTES
from fourfold.exchange.strict import parse_json


class StrictParser(Parser):
    """JSON of one meaning: no name twice, no NaN, bounded in bytes and depth (RFC 7493, RFC 8259)."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The value of a body; the framework makes an `HttpError` of what is raised, and keeps it as cause.

        Raises:
            InputError: it is no strict JSON.
            RequestDataTooBig: it is larger than a node reads, here as on the wire.
        """
        if len(request.body) > MAX_POST_BYTES:
            raise RequestDataTooBig
        return parse_json(request.body, MAX_POST_BYTES)
