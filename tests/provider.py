"""A login provider on a real socket: discovery, keys, tokens for codes that a person's browser was given."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey


@dataclass
class Provider:
    """What the provider says, which tests change, and what it was asked."""

    issuer: str = ""
    client: str = "desk"
    secret: str = "between us"
    claims: dict[str, Any] = field(default_factory=dict)
    """In place of those that are right."""
    found: dict[str, Any] = field(default_factory=dict)
    """In place of what is told at discovery."""
    raw: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """In place of a whole answer, by path."""
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "one"}))
    signing: Any = None
    header: dict[str, str] = field(default_factory=lambda: {"alg": "ES256", "kid": "one"})
    now: float = 0
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    bodies: list[dict[str, str]] = field(default_factory=list)

    def authorize(self, address: str) -> tuple[str, str]:
        """What somebody who signs in there is sent back with: a code and the state."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert (asked["response_type"], asked["code_challenge_method"], asked["client_id"]) == ("code", "S256", "desk")
        code = f"code{len(self.codes)}"
        self.codes[code] = asked
        return code, asked["state"]

    def answer(self, path: str, body: dict[str, str], authorization: str) -> tuple[int, bytes]:
        if path in self.raw:
            return self.raw[path]
        if path == "/.well-known/openid-configuration":
            ends = {"authorization_endpoint": "authorize?x=1", "token_endpoint": "token", "jwks_uri": "keys"}
            told: dict[str, Any] = {name: f"{self.issuer}/{end}" for name, end in ends.items()}
            return 200, json.dumps({"issuer": self.issuer, **told, **self.found}).encode()
        if path == "/keys":
            return 200, json.dumps({"keys": [self.key.as_dict(private=False)]}).encode()
        return self._token(body, authorization)

    def _token(self, body: dict[str, str], authorization: str) -> tuple[int, bytes]:
        self.bodies.append(body)
        asked = self.codes.pop(body["code"], None)  # a code is good once
        expected = base64.b64encode(f"{self.client}:{self.secret.replace(' ', '%20')}".encode()).decode()
        challenge = base64.urlsafe_b64encode(sha256(body["code_verifier"].encode()).digest()).decode().rstrip("=")
        if (
            asked is None
            or authorization != f"Basic {expected}"
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != body["redirect_uri"]
        ):
            return 400, b'{"error": "invalid_grant"}'
        right = {"iss": self.issuer, "aud": self.client, "sub": "u-1", "exp": int(self.now) + 300}
        claims = {**right, "nonce": asked["nonce"], "preferred_username": "Ann", **self.claims}
        claims = {name: value for name, value in claims.items() if value is not None}
        token = jwt.encode(self.header, claims, self.signing or self.key, algorithms=[self.header["alg"]])
        return 200, json.dumps({"id_token": token, "access_token": "x", "token_type": "Bearer"}).encode()


@contextmanager
def provider(now: float) -> Iterator[Provider]:
    """A provider that listens."""
    told = Provider(now=now)

    class Handler(BaseHTTPRequestHandler):
        wbufsize = -1  # one packet an answer

        def do_GET(self) -> None:
            self._say({})

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"])).decode()
            self._say({name: values[0] for name, values in parse_qs(raw).items()})

        def _say(self, body: dict[str, str]) -> None:
            status, raw = told.answer(urlsplit(self.path).path, body, self.headers.get("authorization", ""))
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told.issuer = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield told
        server.shutdown()
        thread.join()
