"""Receivers of alerts on real sockets, which fail in the usual ways: a web server and a mail server."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass(frozen=True, slots=True)
class Post:
    """One request that arrived; header names are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Web:
    """Answers the first request by the first of `answers`, and so on; the last one answers all after it."""

    answers: Sequence[Answer]
    url: str = ""
    heard: list[Post] = field(default_factory=list)
    over: Event = field(default_factory=Event)
    guard: Lock = field(default_factory=Lock)


Answer = Callable[[BaseHTTPRequestHandler, Web], None]


def says(status: int, body: str = "", **headers: str) -> Answer:
    """An ordinary answer; an underscore in a header's name is a hyphen."""

    def answer(to: BaseHTTPRequestHandler, web: Web) -> None:
        to.send_response(status)
        told = {name.replace("_", "-"): text for name, text in headers.items()}
        for name, text in {"Content-Length": str(len(body.encode())), **told}.items():
            to.send_header(name, text)
        to.end_headers()
        to.wfile.write(body.encode())

    return answer


def hangs(to: BaseHTTPRequestHandler, web: Web) -> None:
    """Says nothing until the test is over."""
    web.over.wait(10)


def drips(to: BaseHTTPRequestHandler, web: Web) -> None:
    """Says a byte now and then, so that no time-out of a single read ends it."""
    to.send_response(200)
    to.end_headers()
    while not web.over.wait(0.02):
        to.wfile.write(b".")


def closes(to: BaseHTTPRequestHandler, web: Web) -> None:
    """Ends the connection without a word."""


def floods(to: BaseHTTPRequestHandler, web: Web) -> None:
    """Says far more than anybody wants to read."""
    to.send_response(200)
    to.end_headers()
    while not web.over.is_set():
        to.wfile.write(b"x" * 65536)


@contextmanager
def web(*answers: Answer) -> Iterator[Web]:
    """A web server at work."""
    running = Web(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:  # its sender was killed before it had said all
                return
            with running.guard:
                nth = len(running.heard)
                headers = {name.lower(): text for name, text in self.headers.items()}
                running.heard.append(Post(self.path, headers, body))
            with suppress(ConnectionError):  # a sender that has heard enough, or was killed
                running.answers[min(nth, len(running.answers) - 1)](self, running)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the base class's
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield running
    finally:
        running.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(slots=True)
class Mail:
    """A mail server that answers the first mail by the first of `replies`, and so on; the last one to all after it.

    A reply of None takes the mail, `drop` cuts the line after the mail was told, `hang` says nothing, and anything
    else is said to the recipient's address.
    """

    replies: Sequence[str | None]
    port: int = 0
    heard: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    tries: int = 0

    def _reply(self) -> str | None:
        return self.replies[min(self.tries, len(self.replies)) - 1]

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.tries = min(self.tries + 1, len(self.replies))
        reply = self._reply()
        if reply == "hang":
            await asyncio.sleep(10)
        if reply not in {None, "drop"}:
            return str(reply)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self._reply() == "drop":
            assert server.transport is not None
            server.transport.abort()
            return "250 nobody hears this"
        assert isinstance(envelope.content, bytes)
        self.raw.append(envelope.content)
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.heard.append(parsed)
        return f"250 kept as {len(self.heard)}"

    def log_in(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"correct horse", handled=False)


class _Line(SMTP):
    """One connection, of which the server knows to hang up."""

    def __init__(self, lines: list[asyncio.Transport], *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._lines = lines

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._lines.append(transport)
        super().connection_made(transport)


class _AnyPort(Controller):
    """A server on whichever port is free, which the base class would look for under number 0.

    It hangs up before it stops; the base class leaves lines open in a loop that is closed.
    """

    def __init__(self, handler: object, **options: Any) -> None:
        super().__init__(handler, **options)
        self._lines: list[asyncio.Transport] = []

    def factory(self) -> SMTP:
        return _Line(self._lines, self.handler, **self.SMTP_kwargs)

    def stop(self, no_assert: bool = False) -> None:
        asyncio.run_coroutine_threadsafe(self._hang_up(), self.loop).result(5)
        super().stop(no_assert)

    async def _hang_up(self) -> None:
        for line in self._lines:
            line.abort()
        for _ in range(3):  # an aborted line, and one in TLS around it, is closed in the loop's next rounds
            await asyncio.sleep(0)

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail(*replies: str | None, tls: ssl.SSLContext | None = None) -> Iterator[Mail]:
    """A mail server at work; with `tls` it wants STARTTLS and a login."""
    running = Mail(replies)
    options: dict[str, Any] = {}
    if tls is not None:
        options = {"tls_context": tls, "require_starttls": True, "authenticator": running.log_in, "auth_required": True}
    controller = _AnyPort(running, hostname="127.0.0.1", port=0, **options)
    controller.start()
    running.port = controller.port
    try:
        yield running
    finally:
        controller.stop()
