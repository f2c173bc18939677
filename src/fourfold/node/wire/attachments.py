"""Files by digest, in ranges (RFC 9110, section 14), for whoever's collection names them."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from fourfold.exchange.limits import PIECE_BYTES
from fourfold.node.actions.hand_out_attachment import hand_out_attachment
from fourfold.node.asking import is_head
from fourfold.node.wire.answers import JSON, for_callers
from fourfold.node.wire.callers import Caller

OCTETS = "application/octet-stream"
"""Whatever it is, it is not looked at on the way."""
_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")


@for_callers(JSON)
def attachment(request: HttpRequest, caller: Caller, digest: str) -> HttpResponseBase:
    """One file, or the part of it that was asked for."""
    file = hand_out_attachment(caller.peer, digest, sends=not is_head(request))
    size, asked = file.stat().st_size, _RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None:
        return _headed(
            StreamingHttpResponse(_pieces(file), content_type=OCTETS), {"Content-Length": str(size)}
        )
    first, last = int(asked[1]), min(int(asked[2] or size), size - 1)
    if first > last:
        return _headed(HttpResponse(status=416), {"Content-Range": f"bytes */{size}"})
    last = min(last, first + PIECE_BYTES - 1)
    body = _read(file, first, last + 1 - first)
    headers = {"Content-Range": f"bytes {first}-{last}/{size}"}
    return _headed(HttpResponse(body, content_type=OCTETS, status=206), headers)


def _headed(response: HttpResponseBase, headers: dict[str, str]) -> HttpResponseBase:
    for name, value in {"Accept-Ranges": "bytes", **headers}.items():
        response.headers[name] = value
    return response


def _read(file: Path, first: int, count: int) -> bytes:
    with file.open("rb") as stream:
        stream.seek(first)
        return stream.read(count)


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while piece := stream.read(PIECE_BYTES):
            yield piece
