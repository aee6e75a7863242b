"""Live prices in the terminal: what an open desk tells its page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

import httpx
from rich.live import Live
from rich.table import Table
from rich.text import Text
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from openbell.api.shapes import decimals_of
from openbell.cli import terminal
from openbell.model.errors import OpenbellError

AGAIN_S = 2.0
"""Before a desk that does not answer any more is asked again."""

ASKED_S = 30.0
"""How often the desk is asked which prices are stale: no update tells that."""

GLOW_S = 0.6
"""How long a price that changed stands out."""


@dataclass(slots=True)
class Line:
    """What is shown of a symbol."""

    symbol: str
    price: float | None = None
    previous_close: float | None = None
    volume: float | None = None
    ts: datetime | None = None
    day: date | None = None
    """The trade date that the price is the close of; None for one of some instant within a day."""
    decimals: int = 2
    stale: bool = False
    simulated: bool = False
    moved_at: float | None = None
    """By the loop's clock, when it was last told that the price moved."""


@dataclass(slots=True)
class Board:
    """The lines, as they are told."""

    lines: dict[str, Line]
    now: datetime | None = None
    """By the desk's clock, when it was last heard of."""
    fired: int = 0
    alerts: list[str] = field(default_factory=list)
    trouble: str = ""

    def take_quotes(self, answer: dict[str, Any]) -> list[Line]:
        """Take in what the desk knows, with the closes that changes are measured from; returns whose prices changed."""
        self.now = datetime.fromisoformat(answer["now"])
        changed = []
        for quote in answer["quotes"]:
            if (line := self.lines.get(quote["symbol"])) is None:
                continue
            if quote["price"] != line.price:
                changed.append(line)
            line.price, line.volume, line.previous_close = quote["price"], quote["volume"], quote["previous_close"]
            line.ts = datetime.fromisoformat(quote["ts"])
            line.day = None if quote["day"] is None else date.fromisoformat(quote["day"])
            line.decimals, line.simulated = quote["decimals"], quote["simulated"]
            line.stale = quote["freshness"] == "stale"
        return changed

    def take(self, update: dict[str, Any], at: float) -> list[Line]:
        """Take in an update at the loop's time `at`; returns the lines whose prices changed."""
        self.now = datetime.fromisoformat(update["now"])
        changed = []
        for told in update["changed"]:
            line = self.lines.get(told["symbol"])
            if line is None or told["price"] is None:
                continue
            ts = datetime.fromisoformat(told["ts"])
            if line.ts is not None and ts < line.ts:
                continue  # a desk that starts tells what its log holds
            if line.ts is None or ts > line.ts:
                line.ts, line.day, line.stale = ts, None, False
            line.volume = told["volume"] if told["volume"] is not None else line.volume
            if line.price is None:
                line.decimals = decimals_of(told["price"], told["symbol"])
            if told["price"] != line.price:
                line.price, line.moved_at = told["price"], at
                changed.append(line)
        return changed


async def watch(address: str, symbols: Sequence[str], *, as_json: bool) -> None:
    """Show `symbols` of the desk at `address` until interrupted; without a terminal, a line for each new price."""
    board = Board({symbol: Line(symbol) for symbol in symbols})
    if as_json or not terminal.out.is_terminal:
        await _follow(address, board, partial(_print, as_json=as_json))
        return
    with Live(console=terminal.out, auto_refresh=False, transient=False) as live:
        loop = asyncio.get_running_loop()

        async def paint() -> None:
            while True:
                live.update(_table(board, loop.time()), refresh=True)
                await asyncio.sleep(0.2)

        painting = asyncio.create_task(paint())
        try:
            await _follow(address, board, lambda _lines: None)
        finally:
            painting.cancel()


async def _follow(address: str, board: Board, told: Callable[[Sequence[Line]], object]) -> None:
    """Hear of the board's symbols; a line that is cut is opened again, and what was missed is asked for."""
    loop = asyncio.get_running_loop()
    opened = False
    while True:
        try:
            async with (
                httpx.AsyncClient(base_url=f"{address}/api/v1", timeout=10) as client,
                connect(f"{address.replace('http', 'ws', 1)}/api/v1/live", max_size=None) as socket,
                AsyncExitStack() as stack,
            ):
                told(await _ask(client, board))
                opened, board.trouble = True, ""
                await socket.send(json.dumps({"symbols": list(board.lines)}))
                asking = asyncio.create_task(_keep_asking(client, board, told))
                stack.callback(asking.cancel)
                async for message in socket:
                    update = json.loads(message)
                    if update["fired"] > board.fired:
                        board.fired = update["fired"]
                        board.alerts = await _alerts(client)
                    told(board.take(update, loop.time()))
                board.trouble = "The desk has ended."
        except (OSError, ValueError, WebSocketException, httpx.HTTPError) as error:
            if not opened:
                raise OpenbellError(
                    f"The desk at {address} does not answer ({type(error).__name__}).", remedy="Is it still starting?"
                ) from error
            board.trouble = "The desk does not answer; it is asked again."
        await asyncio.sleep(AGAIN_S)


async def _keep_asking(client: httpx.AsyncClient, board: Board, told: Callable[[Sequence[Line]], object]) -> None:
    said = False
    while True:
        await asyncio.sleep(ASKED_S)
        with suppress(httpx.HTTPError):  # the line says it where the desk has gone
            try:
                told(await _ask(client, board))
            except ValueError:  # something between here and the desk answers in its place
                if not said:
                    terminal.warned("What answers for the desk sends no JSON: which prices are stale is not known.")
                said = True


async def _ask(client: httpx.AsyncClient, board: Board) -> list[Line]:
    quotes = await client.get("/quotes", params={"symbols": ",".join(board.lines)})
    quotes.raise_for_status()
    return board.take_quotes(quotes.json())


async def _alerts(client: httpx.AsyncClient) -> list[str]:
    answer = await client.get("/alerts/firings", params={"limit": 5})
    answer.raise_for_status()
    return [f"{_clock(datetime.fromisoformat(each['at']))} {each['message']}" for each in answer.json()["firings"]]


def _table(board: Board, at: float) -> Table:
    table = Table(
        title=_head(board),
        title_justify="left",
        box=None,
        header_style="bold",
        caption=_foot(board),
        caption_justify="left",
    )
    for name in ("", "Price", "Change", "%", "Volume", "Updated"):
        table.add_column(name, justify="left" if not name else "right")
    for line in board.lines.values():
        table.add_row(*_cells(line, at, board.now))
    return table


def _head(board: Board) -> Text | None:
    """Which prices are simulated."""
    simulated = [line.symbol for line in board.lines.values() if line.simulated]
    if not simulated:
        return None
    which = "" if len(simulated) == len(board.lines) else f": {', '.join(simulated)}"
    return Text(f"SIMULATED{which}", style="bold yellow")


def _foot(board: Board) -> Text:
    lines = [board.trouble] if board.trouble else []
    return Text("\n".join([*lines, *board.alerts]), style="yellow")


def _cells(line: Line, at: float, now: datetime | None) -> list[Text]:
    if line.price is None:
        return [Text(line.symbol, style="bold"), *(Text("–", style="dim") for _ in range(5))]
    glow = "reverse" if line.moved_at is not None and at - line.moved_at < GLOW_S else ""
    change, share = "–", "–"
    colour = ""
    if line.previous_close:
        move = line.price - line.previous_close
        colour = "dim" if line.stale else "green" if move > 0 else "red" if move < 0 else ""
        change, share = f"{move:+,.{line.decimals}f}", f"{100 * move / line.previous_close:+.2f}"
    volume = "–" if line.volume is None else f"{line.volume:,.0f}"
    return [
        Text(line.symbol, style="bold"),
        Text(f"{line.price:,.{line.decimals}f}", style=glow),
        Text(change, style=colour),
        Text(share, style=colour),
        Text(volume, style="dim"),
        Text(_since(line, now), style="dim"),
    ]


def _since(line: Line, now: datetime | None) -> str:
    """The time of day of a price of today; else its date too, or the date alone of a close."""
    if line.day is not None:
        return f"close of {_date(line.day)}"
    if line.ts is None:
        return "–"
    day = line.ts.astimezone().date()
    today = now is not None and day == now.astimezone().date()
    return _clock(line.ts) if today else f"{_date(day)} {_clock(line.ts)}"


def _date(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _print(lines: Sequence[Line], *, as_json: bool) -> None:
    for line in lines:
        ts = "" if line.ts is None else line.ts.isoformat()
        if as_json:
            day = None if line.day is None else line.day.isoformat()
            told = {"symbol": line.symbol, "ts": ts, "day": day, "price": line.price, "volume": line.volume}
            print(json.dumps({**told, "simulated": line.simulated}), flush=True)
        else:
            price = "–" if line.price is None else f"{line.price:.{line.decimals}f}"
            print(f"{line.day or ts} {line.symbol} {price}{' SIMULATED' if line.simulated else ''}", flush=True)


def _clock(at: datetime) -> str:
    return f"{at.astimezone():%H:%M:%S}"
