"""Serving a node: worker processes with threads, until it is told to stop."""

import multiprocessing
import socket
from collections.abc import Callable

from django.conf import settings
from django.db import connections
from granian.constants import Interfaces
from granian.server import Server

from fourfold.errors import RefusedError
from fourfold.node.boot import migrate
from fourfold.node.keys import node_signer
from fourfold.node.operating.gathering import gather_in

THREADS = 8


def serve(ready: Callable[[str, str], None]) -> None:
    """Serve the pages and the wire of this node until SIGTERM or SIGINT.

    `ready` is told the node's name and address just before it serves.

    The workers are forked, so that a passphrase that a person typed need not be written anywhere.

    Raises:
        InputError: the secret for the OpenID Connect provider, or a certificate in `ca_file`, cannot be read.
        RefusedError: the port is taken.
        SignatureError: the node key cannot be opened.
    """
    migrate()
    node_signer()
    _check_port()
    settings.HOME.metrics_token()
    settings.HOME.factors_key()
    if settings.NODE.oidc_issuer:
        settings.HOME.oidc_secret(settings.NODE)
    settings.HOME.outbound(settings.NODE).context()
    gather_in(settings.HOME.path / "run" / "metrics")
    connections.close_all()  # a connection must not be shared with a forked worker
    multiprocessing.set_start_method("fork", force=True)
    server = Server(
        "fourfold.node.worker:application",
        address=settings.NODE.host,
        port=settings.NODE.port,
        interface=Interfaces.WSGI,
        workers=settings.NODE.workers,
        blocking_threads=THREADS,
        websockets=False,
        log_enabled=False,
        workers_kill_timeout=10,
        respawn_failed_workers=True,
    )
    server.on_startup(lambda: ready(settings.NODE.name, settings.NODE.url))
    server.serve()


def _check_port() -> None:
    """Tell a taken port before anything is started; the server itself would only say that it failed."""
    family = socket.AF_INET6 if ":" in settings.NODE.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.NODE.host, settings.NODE.port))
        except OSError as error:
            address = f"{settings.NODE.host}:{settings.NODE.port}"
            raise RefusedError(
                f"{address} cannot be listened on: {error.strerror}. Stop what uses it, or change `port` "
                f"and `url` in {settings.HOME.config_file}."
            ) from error
