"""On loopback: a proxy that notes what it was asked for, and a server with an authority of its own."""

import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

FROM, UNTIL = dt.datetime(2020, 1, 1), dt.datetime(2099, 1, 1)  # noqa: DTZ001  as x509 takes it


@dataclass
class Server:
    """Where it answers, and the first lines of what it was asked."""

    url: str
    asked: list[str] = field(default_factory=list)


@contextmanager
def answering(context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server, or a proxy, that answers {} to all and 502 to a tunnel."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    scheme = "https" if context else "http"
    server.one = Server(f"{scheme}://127.0.0.1:{server.server_port}")
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.one
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def own_authority(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """The certificate of an authority of one's own, and what serves 127.0.0.1 by one that it gave."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "The house's own authority")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), FROM, UNTIL)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(here, critical=False)
        .sign(key, hashes.SHA256())
    )
    authority, secret = folder / "authority.pem", folder / "server.key"
    authority.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority, secret)
    return authority, context


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.one.asked.append(self.requestline)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def do_POST(self) -> None:
        self.do_GET()

    def do_CONNECT(self) -> None:
        self.server.one.asked.append(self.requestline)
        self.send_error(502)

    def log_message(self, *_given: object) -> None:
        """Say nothing."""
