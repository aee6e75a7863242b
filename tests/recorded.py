"""Vendors' recorded answers, served over a real socket, so that a provider is tested down to its HTTP client."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a vendor."""

    body: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that reached the server."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


Answers = Callable[[Asked], Answer]


@dataclass(slots=True)
class Vendor:
    """A running server; `answers` may be replaced between requests."""

    url: str
    answers: Answers
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def vendor(answers: Answers) -> Iterator[Vendor]:
    """A vendor on the loopback that gives `answers`."""
    running: Vendor

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = Asked(unquote(parts.path), dict(parse_qsl(parts.query)), dict(self.headers))
            running.asked.append(asked)
            answer = running.answers(asked)
            body = answer.body.encode()
            self.send_response(answer.status)
            for name, text in {"Content-Length": str(len(body)), "Connection": "close", **answer.headers}.items():
                self.send_header(name, text)
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):  # a client whose patience ended
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the base class's
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running = Vendor(f"http://127.0.0.1:{server.server_port}", answers)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def recorded(path: Path) -> Answer:
    """The answer of a recorded exchange: a JSON file with `response.status` and `response.body`."""
    return _answer(json.loads(path.read_text())["response"])


def recorded_errors(path: Path) -> dict[str, Answer]:
    """The answers of a list of recorded errors, by their id."""
    return {each["id"]: _answer(each) for each in json.loads(path.read_text())}


def _answer(exchange: Mapping[str, Any]) -> Answer:
    body = exchange.get("body", exchange.get("body_text"))
    return Answer(body if isinstance(body, str) else json.dumps(body), exchange["status"])
