"""A vendor that pushes prices over a real WebSocket, and misbehaves as vendors do."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from threading import Event, Thread

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve

Scene = Callable[["Line"], None]


@dataclass(frozen=True)
class Line:
    """One connection, as the vendor sees it."""

    connection: ServerConnection
    vendor: Vendor

    def say(self, *messages: object) -> None:
        for message in messages:
            self.connection.send(message if isinstance(message, str | bytes) else json.dumps(message))

    def hear(self, count: int = 1) -> list[object]:
        """The next messages of the desk."""
        heard = [json.loads(self.connection.recv(timeout=5)) for _ in range(count)]
        self.vendor.heard += heard
        return heard

    def stay(self) -> None:
        """Say nothing until the test is over or the desk leaves."""
        while not self.vendor.over.is_set():
            with suppress(TimeoutError):
                self.vendor.heard.append(json.loads(self.connection.recv(timeout=0.05)))

    def cut(self) -> None:
        """Cut the line without a word."""
        self.connection.socket.shutdown(socket.SHUT_RDWR)

    def half(self, message: bytes) -> None:
        """Begin a message and cut the line in its middle."""
        head = bytes([0x81, len(message)])  # a text frame of this length, not masked
        self.connection.socket.sendall(head + message[: len(message) // 2])
        self.cut()


@dataclass
class Vendor:
    """Plays a scene for each connection in turn, the last one again for all after it."""

    scenes: Sequence[Scene]
    refusals: Mapping[int, tuple[int, Mapping[str, str]]] = field(default_factory=dict)
    """By the number of the connection, from 0: the HTTP status and headers in place of a stream."""
    heard: list[object] = field(default_factory=list)
    over: Event = field(default_factory=Event)
    connections: int = 0
    url: str = ""

    def _refuse(self, connection: ServerConnection, request: Request) -> Response | None:
        nth, self.connections = self.connections, self.connections + 1
        connection.nth = nth
        if nth not in self.refusals:
            return None
        status, headers = self.refusals[nth]
        return Response(status, HTTPStatus(status).phrase, Headers(headers), b"")

    def _play(self, connection: ServerConnection) -> None:
        scene = self.scenes[min(connection.nth - len(self.refusals), len(self.scenes) - 1)]
        with suppress(ConnectionClosed, OSError):
            scene(Line(connection, self))


@contextmanager
def vendor(*scenes: Scene, refusals: Mapping[int, tuple[int, Mapping[str, str]]] | None = None) -> Iterator[Vendor]:
    """The vendor at work; refusals come before the scenes."""
    playing = Vendor(scenes, refusals or {})
    server: Server = serve(playing._play, "127.0.0.1", 0, process_request=playing._refuse)
    playing.url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield playing
    finally:
        playing.over.set()
        server.shutdown()
        thread.join()


def trade(symbol: str, price: float, size: float, at: datetime) -> dict[str, object]:
    """A trade as Finnhub tells it."""
    return {"s": symbol, "p": price, "v": size, "t": int(at.timestamp() * 1000), "c": None}


def trades(*told: Mapping[str, object]) -> dict[str, object]:
    """A message of several."""
    return {"type": "trade", "data": list(told)}


def seconds_ago(seconds: float) -> datetime:
    """An instant that is not far back, to the millisecond."""
    now = datetime.now(UTC) - timedelta(seconds=seconds)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
