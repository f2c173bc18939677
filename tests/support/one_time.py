"""What an authenticator app shows: RFC 6238 with SHA-1, six digits and steps of 30 seconds, on its own."""

import base64
import hmac
import struct
import time

STEP = 30


def code(secret: str, at: float | None = None) -> str:
    """The code of a moment; of now, where none is given."""
    moment = time.time() if at is None else at  # noqa: TID251  a phone has its own clock
    key = base64.b32decode(secret.replace(" ", ""))
    digest = hmac.digest(key, struct.pack(">Q", int(moment) // STEP), "sha1")
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
