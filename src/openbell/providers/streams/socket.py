"""A vendor's WebSocket: connect, log in, subscribe, and tell what it says, until it ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, WebSocketException

from openbell.model.errors import BadResponse, NotEntitled, ProviderError, RateLimited, Unreachable
from openbell.providers.base import Capabilities
from openbell.providers.http import Response, retry_after_s, spoken
from openbell.providers.streams.archive import Archive
from openbell.providers.streams.spoken import Dialect, Frame, Told
from openbell.providers.streams.wanted import Wanted

OPEN_S = 15.0
"""How long connecting and logging in may take."""

QUEUED = 20_000
"""Frames that wait to be decoded; when there are so many, the vendor is read no further until some are gone."""

TOGETHER = 5_000
"""Frames that are decoded at once when they come faster than one by one."""

LARGEST = 4_000_000
"""Bytes of a frame."""

MUTE = timedelta(seconds=45)
"""A vendor that neither says anything nor answers a ping for so long is not there any more."""

PING_S = 15.0
"""How often it is asked for a sign of life."""

LIMITED_S = 60.0
"""How long a vendor that answers 429 is left alone where it does not say."""


SIGN_OF_LIFE = ""
"""Stands among the frames for the answer to a ping."""


class Socket:
    """A stream over a WebSocket; each connection speaks a dialect of its own."""

    def __init__(
        self,
        dialect: Callable[[], Dialect],
        clock: Callable[[], datetime],
        *,
        mute: timedelta = MUTE,
        ping_s: float = PING_S,
        archive: Archive | None = None,
        capabilities: Capabilities | None = None,
    ) -> None:
        """`archive`: where what is said is kept word for word; `capabilities`: of a dialect that needs files."""
        logging.getLogger("websockets").setLevel(logging.WARNING)  # it tells addresses, and a key may be part of one
        self._dialect = dialect
        self._clock = clock
        self._ping_s = ping_s
        self._archive = archive
        self._capabilities = capabilities
        self.mute: timedelta | None = mute
        """As Stream promises."""

    @property
    def capabilities(self) -> Capabilities:
        """As Stream promises."""
        return self._capabilities or self._dialect().capabilities

    async def told(self, wanted: Wanted) -> AsyncIterator[Told]:
        """As Stream promises."""
        dialect = self._dialect()
        name = dialect.capabilities.name
        try:
            async with connect(
                dialect.url, additional_headers=dict(dialect.headers), open_timeout=OPEN_S, max_size=LARGEST
            ) as socket:
                conversation = _Conversation(dialect, socket, self._clock, self._ping_s, self._archive)
                async for told in conversation.told(wanted):
                    yield told
        except InvalidStatus as error:
            raise _refused(name, dialect.url, error, self._clock()) from None
        except ConnectionClosed as error:
            raise Unreachable(name, f"the connection was closed ({_reason(error)}).") from None
        except (OSError, TimeoutError, InvalidHandshake, WebSocketException) as error:
            where = urlsplit(dialect.url).hostname
            raise Unreachable(name, f"no stream from {where}: {spoken(type(error).__name__)}.") from None


class _Conversation:
    """One connection: what is subscribed, and the frames that wait."""

    def __init__(
        self,
        dialect: Dialect,
        socket: ClientConnection,
        clock: Callable[[], datetime],
        ping_s: float,
        archive: Archive | None,
    ) -> None:
        self._dialect = dialect
        self._socket = socket
        self._clock = clock
        self._ping_s = ping_s
        self._archive = archive
        self._frames: asyncio.Queue[Frame | ConnectionClosed] = asyncio.Queue(QUEUED)
        self._let_in = asyncio.Event()
        self._subscribed: frozenset[str] = frozenset()
        self._subscribing = asyncio.Lock()

    async def told(self, wanted: Wanted) -> AsyncIterator[Told]:
        if self._archive is not None:
            self._archive.begin(self._clock())
        await self._send(self._dialect.hello())
        opened = self._dialect.open_at_once
        if opened:
            await self._subscribe(wanted)
            yield Told(ready=True)
        tasks = [asyncio.create_task(each) for each in (self._read(), self._follow(wanted), self._beat(), self._ping())]
        try:
            begun = asyncio.get_running_loop().time()
            while True:
                left = None if opened else begun + OPEN_S - asyncio.get_running_loop().time()
                async with asyncio.timeout(left):
                    frames = await self._some()
                at = self._clock()
                if self._archive is not None:
                    for frame in frames:
                        self._archive.keep(frame, at)
                told = self._dialect.hear(frames, at)
                await self._send(told.replies)
                if told.ready:
                    opened = True
                    await self._subscribe(wanted)
                yield told
                if told.ended is not None:
                    raise told.ended
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError, ConnectionClosed):
                    await task
            if self._archive is not None:
                self._archive.flush()

    async def _some(self) -> list[Frame]:
        """The frames that wait, none after a sign of life; raises what ended the connection once all before it are
        told."""
        frames: list[Frame] = []
        while not frames or (len(frames) < TOGETHER and not self._frames.empty()):
            frame = await self._frames.get()
            if frame == SIGN_OF_LIFE:
                break
            if isinstance(frame, ConnectionClosed):
                if not frames:
                    raise frame
                self._frames.put_nowait(frame)
                break
            frames.append(frame)
        return frames

    async def _read(self) -> None:
        try:
            while True:
                await self._frames.put(await self._socket.recv())
        except ConnectionClosed as error:  # also where the vendor says goodbye: why, is worth telling
            await self._frames.put(error)

    async def _follow(self, wanted: Wanted) -> None:
        """Symbols come and go without a new connection."""
        await self._let_in.wait()
        while True:
            await wanted.other_than(self._subscribed)
            await self._subscribe(wanted)

    async def _subscribe(self, wanted: Wanted) -> None:
        """The vendor is told what is wanted now; one change at a time, as it counts what it is told in order."""
        self._let_in.set()
        async with self._subscribing:
            before, self._subscribed = self._subscribed, wanted.symbols
            if gone := sorted(before - self._subscribed):
                await self._send(self._dialect.unsubscribe(gone))
            if new := sorted(self._subscribed - before):
                await self._send(self._dialect.subscribe(new))

    async def _beat(self) -> None:
        while self._dialect.beat_s is not None:
            await asyncio.sleep(self._dialect.beat_s)
            await self._send(self._dialect.beat())

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(self._ping_s)
            await (await self._socket.ping())
            if self._frames.empty():
                self._frames.put_nowait(SIGN_OF_LIFE)

    async def _send(self, frames: Sequence[Frame]) -> None:
        for frame in frames:
            await self._socket.send(frame)


def _refused(name: str, url: str, error: InvalidStatus, now: datetime) -> ProviderError:
    """What an HTTP status in place of the upgrade means."""
    status, where = error.response.status_code, urlsplit(url).hostname
    if status in {401, 403}:
        return NotEntitled(name, f"{where} refused the login (HTTP {status}).", remedy="Check the key.")
    if status == 429:
        headers = {header.lower(): value for header, value in error.response.headers.raw_items()}
        wait = retry_after_s(Response(status, "", headers), now, default=LIMITED_S)
        return RateLimited(name, f"{where} wants fewer connections (HTTP 429).", retry_after=wait)
    return BadResponse(name, f"{where} answered HTTP {status} instead of a stream.")


def _reason(error: ConnectionClosed) -> str:
    frame = error.rcvd
    return "no reason told" if frame is None else f"code {frame.code}" + (f", {frame.reason}" if frame.reason else "")
