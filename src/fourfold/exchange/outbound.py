"""How a node reaches others, whomever it asks: whose certificates count, and through which proxy.

The environment (HTTPS_PROXY, SSL_CERT_FILE and their like) is not read: whoever starts a node would else
decide by accident through whom its requests go.
"""

import ssl
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx

from fourfold.errors import Fault, InputError

_HERE = ("127.0.0.1", "[::1]", "localhost")


@cache
def _public() -> ssl.SSLContext:
    """Whom TLS believes without more; read once, as its hundred and more certificates take 30 ms to read."""
    return httpx.create_ssl_context(trust_env=False)


@dataclass(frozen=True, slots=True)
class Outbound:
    """`ca_file` holds certificates of authorities that count beside the public ones (None: only those).

    Through `proxy` goes all (empty: nothing does) but what is for this machine, or for a name in `no_proxy`
    or below it.
    """

    ca_file: Path | None = None
    proxy: str = ""
    no_proxy: tuple[str, ...] = ()

    def context(self) -> ssl.SSLContext:
        """Whom TLS believes.

        Raises:
            InputError: the file with certificates cannot be read, or holds none.
        """
        if self.ca_file is None:
            return _public()
        context = httpx.create_ssl_context(trust_env=False)
        try:
            context.load_verify_locations(self.ca_file)
        except OSError as error:  # an SSLError is one
            remedy = "Name a file with certificates of authorities in PEM, readable for the node."
            message = "No certificate can be read here."
            raise InputError([Fault(message, str(self.ca_file), field="ca_file", remedy=remedy)]) from error
        return context

    def mounts(self) -> dict[str, httpx.BaseTransport | None]:
        """What does not go through the proxy."""
        return {
            **{f"all://{host}": None for host in _HERE},
            **{f"all://*{name}": None for name in self.no_proxy},
        }


DIRECT = Outbound()
