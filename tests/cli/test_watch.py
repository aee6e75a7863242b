"""What `openbell watch` shows of what the desk tells."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import uvicorn
from rich.console import Console
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from openbell.cli import watch
from openbell.cli.watch import Board, Line, _print, _table

QUOTE = {
    "symbol": "ACME",
    "price": 11.5,
    "previous_close": 10.5,
    "volume": 1100.0,
    "ts": "2026-03-03T21:00:00Z",
    "day": "2026-03-03",
    "decimals": 2,
    "freshness": "stale",
    "simulated": False,
}
NOW = "2026-11-21T12:00:00Z"


def board(*quotes: dict[str, Any]) -> Board:
    made = Board({quote["symbol"]: Line(quote["symbol"]) for quote in quotes})
    made.take_quotes({"now": NOW, "quotes": quotes})
    return made


def told(symbol: str, price: float, ts: str = NOW) -> dict[str, Any]:
    return {"now": NOW, "changed": [{"symbol": symbol, "price": price, "ts": ts, "volume": 5.0}]}


def drawn(made: Board) -> str:
    console = Console(width=100, color_system="standard", force_terminal=True)
    with console.capture() as shown:
        console.print(_table(made, 100.0))
    return shown.get()


def test_a_stale_price_is_told_by_its_day_without_colour():
    shown = drawn(board(QUOTE))
    assert "close of 3 Mar 2026" in shown
    assert "\x1b[32m" not in shown
    assert "\x1b[32m" in drawn(board({**QUOTE, "freshness": "closed"}))


def test_a_price_of_another_day_has_its_date():
    at = {**QUOTE, "day": None, "ts": "2026-11-19T12:00:00Z"}
    assert "19 Nov 2026 " in drawn(board(at))
    assert "Nov" not in drawn(board({**at, "ts": NOW}))


def test_a_small_price_has_the_digits_that_the_page_shows():
    shown = drawn(board({**QUOTE, "price": 0.002377, "previous_close": 0.002288, "decimals": 6}))
    assert "0.002377" in shown
    assert "+0.000089" in shown


def test_simulated_prices_are_marked():
    simulated = {**QUOTE, "symbol": "QUORB", "simulated": True}
    assert "SIMULATED: QUORB" in drawn(board(QUOTE, simulated))
    assert "SIMULATED:" not in drawn(board(simulated))
    assert "SIMULATED" in drawn(board(simulated))
    assert "SIMULATED" not in drawn(board(QUOTE))


def test_into_a_pipe_goes_a_line_for_each_new_price(capsys: pytest.CaptureFixture[str]):
    made = Board({"ACME": Line("ACME")})
    _print(made.take_quotes({"now": NOW, "quotes": [{**QUOTE, "simulated": True}]}), as_json=False)
    _print(made.take(told("ACME", 11.5), 1.0), as_json=False)
    _print(made.take(told("ACME", 11.6), 2.0), as_json=False)
    _print(made.take_quotes({"now": NOW, "quotes": [{**QUOTE, "price": 11.6}]}), as_json=False)
    assert capsys.readouterr().out.splitlines() == [
        "2026-03-03 ACME 11.50 SIMULATED",
        "2026-11-21T12:00:00+00:00 ACME 11.60 SIMULATED",
    ]


def test_a_stale_price_is_stale_until_a_newer_one_comes():
    made = board(QUOTE)
    made.take(told("ACME", 11.5, QUOTE["ts"]), 1.0)
    assert made.lines["ACME"].stale
    made.take(told("ACME", 11.5), 2.0)
    assert not made.lines["ACME"].stale


def test_an_older_price_is_not_told_as_a_new_one():
    made = Board({"ACME": Line("ACME")})
    made.take(told("ACME", 11.5), 1.0)
    assert made.take(told("ACME", 12.5, "2026-11-21T11:59:59Z"), 2.0) == []
    assert made.lines["ACME"].price == 11.5


def follow(made: Board, told_quotes: Callable[[Request], Awaitable[Response]]) -> None:
    """Follow a desk that tells quotes only, until a price is stale."""

    async def silent(line: WebSocket) -> None:
        await line.accept()
        await asyncio.Event().wait()

    desk = Starlette(routes=[Route("/api/v1/quotes", told_quotes), WebSocketRoute("/api/v1/live", silent)])

    async def followed() -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(desk, log_level="critical", lifespan="off", timeout_graceful_shutdown=1))
        serving = asyncio.create_task(server.serve([listener]))
        heard = asyncio.Event()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        following = asyncio.create_task(watch._follow(address, made, lambda _lines: heard.set()))
        await heard.wait()
        while not made.lines["ACME"].stale:
            await asyncio.sleep(0.01)
        following.cancel()
        server.should_exit = True
        await asyncio.wait([following, serving])

    asyncio.run(asyncio.wait_for(followed(), 30))


def test_a_price_that_no_update_tells_of_becomes_stale(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(watch, "ASKED_S", 0.02)
    quotes = iter([{**QUOTE, "freshness": "live"}])

    async def told_quotes(_request: Request) -> JSONResponse:
        return JSONResponse({"now": NOW, "quotes": [next(quotes, QUOTE)]})

    made = Board({"ACME": Line("ACME")})
    follow(made, told_quotes)
    assert made.lines["ACME"].stale


def test_an_answer_that_is_no_json_is_told_once_and_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(watch, "ASKED_S", 0.02)
    live = JSONResponse({"now": NOW, "quotes": [{**QUOTE, "freshness": "live"}]})
    answers = iter([live, *(PlainTextResponse("<html>One moment</html>") for _ in range(3))])

    async def told_quotes(_request: Request) -> Response:
        return next(answers, JSONResponse({"now": NOW, "quotes": [QUOTE]}))

    made = Board({"ACME": Line("ACME")})
    follow(made, told_quotes)
    assert made.lines["ACME"].stale
    assert " ".join(capsys.readouterr().err.split()).count("sends no JSON") == 1


def test_a_price_that_only_streams_tell_has_the_digits_of_its_size():
    made = Board({"XILBA": Line("XILBA")})
    made.take(told("XILBA", 0.002377), 1.0)
    assert "0.002377" in drawn(made)
