"""Live prices in the terminal: what an open desk tells its page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import httpx
from rich.live import Live
from rich.table import Table
from rich.text import Text
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from openbell.cli import terminal
from openbell.model.errors import OpenbellError

AGAIN_S = 2.0
"""Before a desk that does not answer any more is asked again."""

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
    moved: int = 0
    """1 or -1 as long as it stands out."""
    moved_at: float = 0.0


@dataclass(slots=True)
class Board:
    """The lines, as they are told."""

    lines: dict[str, Line]
    fired: int = 0
    alerts: list[str] = field(default_factory=list)
    trouble: str = ""

    def take_quotes(self, quotes: Sequence[dict[str, Any]]) -> None:
        """Take in what the desk knows, with the closes that changes are measured from."""
        for quote in quotes:
            if (line := self.lines.get(quote["symbol"])) is not None:
                line.previous_close = quote["previous_close"]
                line.price, line.volume = quote["price"], quote["volume"]
                line.ts = datetime.fromisoformat(quote["ts"])

    def take(self, update: dict[str, Any], at: float) -> list[Line]:
        """Take in an update at the loop's time `at`; returns the lines that changed."""
        changed = []
        for told in update["changed"]:
            line = self.lines.get(told["symbol"])
            if line is None or told["price"] is None:
                continue
            if line.price is not None and told["price"] != line.price:
                line.moved, line.moved_at = (1 if told["price"] > line.price else -1), at
            line.price, line.ts = told["price"], datetime.fromisoformat(told["ts"])
            line.volume = told["volume"] if told["volume"] is not None else line.volume
            changed.append(line)
        return changed


async def watch(address: str, symbols: Sequence[str], *, as_json: bool) -> None:
    """Show `symbols` of the desk at `address` until interrupted; without a terminal, a line for each change."""
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
            ):
                quotes = await client.get("/quotes", params={"symbols": ",".join(board.lines)})
                quotes.raise_for_status()
                board.take_quotes(quotes.json()["quotes"])
                opened, board.trouble = True, ""
                await socket.send(json.dumps({"symbols": list(board.lines)}))
                async for message in socket:
                    update = json.loads(message)
                    if update["fired"] > board.fired:
                        board.fired = update["fired"]
                        board.alerts = await _alerts(client)
                    told(board.take(update, loop.time()))
                board.trouble = "The desk has ended."
        except (OSError, WebSocketException, httpx.HTTPError) as error:
            if not opened:
                raise OpenbellError(
                    f"The desk at {address} does not answer ({type(error).__name__}).", remedy="Is it still starting?"
                ) from error
            board.trouble = "The desk does not answer; it is asked again."
        await asyncio.sleep(AGAIN_S)


async def _alerts(client: httpx.AsyncClient) -> list[str]:
    answer = await client.get("/alerts/firings", params={"limit": 5})
    answer.raise_for_status()
    return [f"{_clock(datetime.fromisoformat(each['at']))} {each['message']}" for each in answer.json()["firings"]]


def _table(board: Board, at: float) -> Table:
    table = Table(box=None, header_style="bold", caption=_foot(board), caption_justify="left")
    for name in ("", "Price", "Change", "%", "Volume", "Updated"):
        table.add_column(name, justify="left" if not name else "right")
    for line in board.lines.values():
        table.add_row(*_cells(line, at))
    return table


def _foot(board: Board) -> Text:
    lines = [board.trouble] if board.trouble else []
    return Text("\n".join([*lines, *board.alerts]), style="yellow")


def _cells(line: Line, at: float) -> list[Text]:
    if line.price is None:
        return [Text(line.symbol, style="bold"), *(Text("–", style="dim") for _ in range(5))]
    digits = 2 if line.price >= 1 else 4
    glow = "reverse" if line.moved and at - line.moved_at < GLOW_S else ""
    change, share = "–", "–"
    colour = ""
    if line.previous_close:
        move = line.price - line.previous_close
        colour = "green" if move > 0 else "red" if move < 0 else ""
        change, share = f"{move:+,.{digits}f}", f"{100 * move / line.previous_close:+.2f}"
    volume = "–" if line.volume is None else f"{line.volume:,.0f}"
    return [
        Text(line.symbol, style="bold"),
        Text(f"{line.price:,.{digits}f}", style=glow),
        Text(change, style=colour),
        Text(share, style=colour),
        Text(volume, style="dim"),
        Text("–" if line.ts is None else _clock(line.ts), style="dim"),
    ]


def _print(lines: Sequence[Line], *, as_json: bool) -> None:
    for line in lines:
        ts = "" if line.ts is None else line.ts.isoformat()
        if as_json:
            told = {"symbol": line.symbol, "ts": ts, "price": line.price, "volume": line.volume}
            print(json.dumps(told), flush=True)
        else:
            print(f"{ts} {line.symbol} {line.price}", flush=True)


def _clock(at: datetime) -> str:
    return f"{at.astimezone():%H:%M:%S}"
