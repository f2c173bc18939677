"""A small OpenID Connect provider on loopback: it knows one client, signs real tokens, can be made to lie.

with provider() as one:
    one.issuer, one.client, one.secret      what a node is told
    one.subject = "..."                     who signs in there next, without being asked
    one.forge = {...}                       claims that the next tokens have instead; a span counts from now
    one.sign = lambda claims: "..."         how the next tokens are signed instead
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

KID = "of-the-provider"
KEY = rsa.generate_private_key(65537, 2048)


@dataclass
class Provider:
    """What it is, and what it was asked."""

    issuer: str
    client: str = "the-node"
    secret: str = "client secret that nobody may see"
    subject: str = "subject-1"
    says: dict[str, Any] = field(default_factory=dict)
    forge: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key: rsa.RSAPrivateKey = KEY
    sign: Callable[[dict[str, Any]], str] | None = None
    key_says: dict[str, Any] = field(default_factory=dict)
    other_keys: list[dict[str, Any]] = field(default_factory=list)

    def description(self) -> dict[str, Any]:
        place = self.issuer.rstrip("/")
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{place}/authorize",
            "token_endpoint": f"{place}/token",
            "jwks_uri": f"{place}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            **self.says,
        }

    def keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        found = {**public, "kid": KID, "alg": "RS256", "use": "sig", **self.key_says}
        found = {name: value for name, value in found.items() if value is not None}
        return {"keys": [*self.other_keys, found]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser is sent back to: whoever comes is signed in here already."""
        self.asked.append(asked)
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, given: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """The tokens for a code, once; none for whoever shows no secret or no verifier."""
        asked = self.codes.pop(given.get("code", ""), None)
        shown = base64.b64encode(f"{self.client}:{self.secret}".encode()).decode()
        if asked is None or authorization != f"Basic {shown}":
            return None
        verifier = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(verifier).decode().rstrip("=") != asked["code_challenge"]:
            return None
        now = int(time.time())  # noqa: TID251  a provider has its own clock
        claims = {"iss": self.issuer, "sub": self.subject, "aud": self.client, "iat": now, "exp": now + 300}
        claims |= {"nonce": asked["nonce"], "email": "ada@example.org", "preferred_username": "ada"}
        claims |= {
            name: now + int(value.total_seconds()) if isinstance(value, timedelta) else value
            for name, value in self.forge.items()
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        sign = self.sign or (lambda each: jwt.encode(each, self.key, "RS256", headers={"kid": KID}))
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": sign(claims)}


@contextmanager
def provider(path: str = "") -> Iterator[Provider]:
    """A provider that answers until the end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.one = Provider(f"http://127.0.0.1:{server.server_port}{path}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.one
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    """The four addresses of a provider."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        one = self.server.one
        if parts.path.endswith("/authorize"):
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self._answer(302, location=one.authorize(asked))
        elif parts.path.endswith("/.well-known/openid-configuration"):
            self._answer(200, one.description())
        elif parts.path.endswith("/keys"):
            self._answer(200, one.keys())
        else:
            self._answer(404, {})

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        given = {name: values[0] for name, values in parse_qs(text).items()}
        found = self.server.one.token(given, self.headers.get("Authorization", ""))
        self._answer(200 if found else 400, found or {"error": "invalid_grant"})

    def _answer(self, status: int, content: Any = None, location: str = "") -> None:
        body = json.dumps(content).encode() if content is not None else b""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_given: object) -> None:
        """Say nothing."""
