"""Quotes and running minutes as they change, over a WebSocket: as often as a reader can take, ten times a second."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import datetime, timedelta

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field, ValidationError

from openbell.accounts.errors import LoginNeeded
from openbell.api.access import Caller, Role, TheCaller, allow, asked_from_here, is_still
from openbell.api.shapes import floats, seconds
from openbell.desk import Desk
from openbell.ingest.tape import Tape
from openbell.live import Live

log = logging.getLogger(__name__)

router = APIRouter(tags=["live"])

PAUSE_S = 0.1
"""Between two messages: what changes more often is told once, as it is then."""

LOGIN_S = 30.0
"""How often it is looked whether the reader's login still holds."""

MOST = 500
REFUSED, UNREADABLE, FAILED = 1008, 1003, 1011  # RFC 6455, 7.4.1: policy; unacceptable data; an error of ours


class Wanted(BaseModel):
    """What a reader asks for: exactly these symbols from now on."""

    symbols: list[str] = Field(max_length=MOST)


class Minute(BaseModel):
    """The running minute of a symbol; `ts` in seconds since 1970."""

    ts: int
    open: float | None
    high: float | None
    low: float | None
    close: float | None
    volume: float | None


class Changed(BaseModel):
    """The newest quote of a symbol, and its running minute where it has one."""

    symbol: str
    ts: datetime
    price: float | None
    open: float | None
    high: float | None
    low: float | None
    volume: float | None
    bid: float | None
    ask: float | None
    source: str
    minute: Minute | None


class Update(BaseModel):
    """What has changed since the last message; the first one tells all."""

    now: datetime
    changed: list[Changed]
    fired: int
    """The number of the reader's newest alert that has fired since the desk was started; 0 where none has."""


@router.websocket("/live", dependencies=[allow(Role.VIEWER)])
async def live(socket: WebSocket, caller: TheCaller) -> None:
    """Send `Wanted` as JSON at any time; `Update` comes whenever something changes."""
    desk: Desk = socket.app.state.desk
    if not asked_from_here(socket, desk.settings):
        await socket.close(REFUSED, "This desk is not known under that name, or the page is another site's.")
        return
    await socket.accept()
    reader = _Reader(socket, desk, caller.id)
    tasks = [asyncio.create_task(each) for each in (reader.listen(), reader.tell(), _signed_out(socket, caller))]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for error in filter(None, (task.exception() for task in done)):
        if isinstance(error, _Unreadable):
            await _close(socket, UNREADABLE, f'Send {{"symbols": [...]}}, {MOST} at most.')
        elif isinstance(error, LoginNeeded):
            await _close(socket, REFUSED, error.what)
        elif not isinstance(error, WebSocketDisconnect):
            log.error("a reader of live prices failed", exc_info=error)
            await _close(socket, FAILED, "The desk failed; open the line again.")


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    with suppress(RuntimeError, WebSocketDisconnect):  # the reader was faster
        await socket.close(code, reason)


async def _signed_out(socket: WebSocket, caller: Caller) -> None:
    """Wait until the reader's login ends; then raise LoginNeeded."""
    while await asyncio.to_thread(is_still, socket, caller):
        await asyncio.sleep(LOGIN_S)
    raise LoginNeeded("Your login has ended.")


class _Unreadable(Exception):
    """What the reader sent does not say what is wanted."""


class _Reader:
    """One connection: what it wants, and up to which change it has been told."""

    def __init__(self, socket: WebSocket, desk: Desk, person: int) -> None:
        self._socket = socket
        self._desk = desk
        self._person = person
        self._symbols: list[str] = []
        self._told = -1
        self._fired = 0
        self._feeds: Live | None = getattr(socket.app.state, "live", None)  # none where no jobs run

    def want(self, wanted: Wanted) -> None:
        self._symbols = list(dict.fromkeys(symbol.upper() for symbol in wanted.symbols))
        self._told = -1  # all of them are told once

    async def listen(self) -> None:
        """Hear what is wanted until the reader leaves; raises WebSocketDisconnect, or _Unreadable."""
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message.get("code", 1000))
            try:
                self.want(Wanted.model_validate_json(message.get("text") or ""))  # a binary frame has no text
            except ValidationError as error:
                raise _Unreadable from error

    async def tell(self) -> None:
        """Tell what has changed; a reader that is slow is told less often, and then what is so by then."""
        while True:
            tape, now = self._desk.tape, self._desk.clock()
            version, symbols = tape.version, self._symbols
            changed = tape.changed(symbols, self._told)
            news = 0 if self._feeds is None else self._feeds.newest_firing(self._person)
            fired = news > self._fired
            self._told, self._fired = version if symbols else -1, news  # before the wait: what is wanted may change
            if changed or fired:
                rows = await asyncio.to_thread(_changed, tape, changed, now) if changed else []
                await self._socket.send_text(Update(now=now, changed=rows, fired=news).model_dump_json())
            await asyncio.sleep(PAUSE_S)


def _changed(tape: Tape, symbols: list[str], now: datetime) -> list[Changed]:
    minute = now.replace(second=0, microsecond=0)
    running = tape.minutes(symbols, minute - timedelta(minutes=1)).group_by("symbol", maintain_order=True).last()
    columns = {name: floats(running[name]) for name in ("open", "high", "low", "close", "volume")}
    stamps = seconds(running["ts"])
    bars = {
        symbol: Minute(ts=stamps[row], **{name: column[row] for name, column in columns.items()})
        for row, symbol in enumerate(running["symbol"])
    }
    quotes = tape.latest(symbols)
    return [Changed.model_validate({**quotes[symbol], "minute": bars.get(symbol)}) for symbol in quotes]
