"""What a page hears over the WebSocket, and who may listen."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from threading import Thread

import polars as pl
import pytest
import uvicorn
from fastapi.routing import APIWebSocketRoute
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from websockets.sync.client import connect

from openbell.api.access import Role, least_role
from openbell.api.app import create_app
from openbell.api.live import router
from openbell.bars.partials import Grid, partials_from
from openbell.desk import Desk
from openbell.model.frames import QUOTES, TRADES, frame_of
from openbell.model.sessions import sessions

NOW = datetime(2026, 3, 4, 15, 30, 20, tzinfo=UTC)
LIVE = "ws://127.0.0.1/api/v1/live"


@pytest.fixture
def client(desk: Desk) -> TestClient:
    return TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1")


def quote(symbol: str, price: float, second: int, **more: float) -> None:
    return frame_of(
        QUOTES,
        [{"symbol": symbol, "ts": NOW + timedelta(seconds=second), "price": price, "source": "vendor", **more}],
    )


def test_the_first_message_tells_all_and_the_next_ones_what_changed(desk: Desk, client: TestClient):
    desk.tape.update(quote("ACME", 10.0, 0, volume=500.0))
    desk.tape.update(quote("BOLT", 50.0, 0))
    with client.websocket_connect(LIVE) as line:
        line.send_json({"symbols": ["acme", "BOLT", "NONE"]})
        first = line.receive_json()
        assert [(c["symbol"], c["price"], c["volume"], c["minute"]) for c in first["changed"]] == [
            ("ACME", 10.0, 500.0, None),
            ("BOLT", 50.0, None, None),
        ]
        desk.tape.update(quote("ACME", 10.2, 1))
        second = line.receive_json()
        assert [(c["symbol"], c["price"], c["volume"]) for c in second["changed"]] == [("ACME", 10.2, 500.0)]


def test_the_running_minute_comes_along(desk: Desk, client: TestClient):
    row = {"symbol": "ACME", "ts": NOW, "seq": 1, "price": 10.0, "size": 5.0, "source": "vendor"}
    desk.tape.trade(partials_from(frame_of(TRADES, [row]), Grid(sessions("XNYS", NOW.date(), NOW.date()))))
    with client.websocket_connect(LIVE) as line:
        line.send_json({"symbols": ["ACME"]})
        changed = line.receive_json()["changed"][0]
        minute = int(NOW.replace(second=0).timestamp())
        assert changed["minute"] == {
            "ts": minute, "open": 10.0, "high": 10.0, "low": 10.0, "close": 10.0, "volume": 5.0,
        }  # fmt: skip


def test_what_changes_often_is_told_once_as_it_is_then(desk: Desk, client: TestClient):
    with client.websocket_connect(LIVE) as line:
        line.send_json({"symbols": ["ACME"]})
        for second in range(50):
            desk.tape.update(quote("ACME", 10.0 + second, second))
        prices = [line.receive_json()["changed"][0]["price"]]
        while prices[-1] != 59.0:
            prices.append(line.receive_json()["changed"][0]["price"])
        assert len(prices) < 10


@pytest.mark.parametrize(
    "text", ["hello", '{"symbols": "ACME"}', '{"symbols": ' + str(["A"] * 501).replace("'", '"') + "}"]
)
def test_what_cannot_be_read_ends_the_line_with_a_sentence(client: TestClient, text: str):
    with client.websocket_connect(LIVE) as line:
        line.send_text(text)
        with pytest.raises(WebSocketDisconnect) as ended:
            line.receive_json()
    assert "symbols" in ended.value.reason


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:9"},
        {"origin": "http://["},
    ],
)
def test_another_name_and_another_sites_page_are_refused(client: TestClient, headers: dict[str, str]):
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(LIVE, headers=headers):
        pass


def test_the_page_of_the_desk_itself_may_listen(desk: Desk, client: TestClient):
    desk.tape.update(quote("ACME", 10.0, 0))
    with client.websocket_connect(LIVE, headers={"origin": "http://127.0.0.1"}) as line:
        line.send_json({"symbols": ["ACME"]})
        assert line.receive_json()["changed"][0]["price"] == 10.0


def test_every_websocket_declares_who_may_open_it():
    found = [route for route in router.routes if isinstance(route, APIWebSocketRoute)]
    assert [least_role([d.call for d in route.dependant.dependencies if d.call]) for route in found] == [Role.VIEWER]


def test_a_binary_frame_is_told_what_to_send(client: TestClient):
    with client.websocket_connect(LIVE) as line:
        line.send_bytes(b'{"symbols": ["ACME"]}')
        with pytest.raises(WebSocketDisconnect) as ended:
            line.receive_json()
    assert (ended.value.code, "symbols" in ended.value.reason) == (1003, True)


def test_a_line_on_which_telling_fails_is_closed(desk: Desk, client: TestClient, caplog: pytest.LogCaptureFixture):
    with client.websocket_connect(LIVE) as line:
        line.send_json({"symbols": ["ACME"]})
        desk.tape.update(quote("ACME", 10.0, 0).with_columns(source=pl.lit(None, pl.String)))  # no quote has none
        with pytest.raises(WebSocketDisconnect) as ended:
            line.receive_json()
    assert ended.value.code == 1011
    assert "a reader of live prices failed" in caplog.text


def test_a_reader_that_does_not_read_holds_nobody_up_and_is_told_the_newest_when_it_does(desk: Desk):
    symbols = [f"S{nr:03}" for nr in range(500)]
    with serving(desk) as port, ExitStack() as lines:
        address = f"ws://127.0.0.1:{port}/api/v1/live"
        narrow = socket.create_connection(("127.0.0.1", port))
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        slow = lines.enter_context(connect(address, sock=narrow, max_queue=1, compression=None, max_size=None))
        slow.send(json.dumps({"symbols": symbols}))
        quick = lines.enter_context(connect(address))
        quick.send(json.dumps({"symbols": symbols[:1]}))
        rounds = 100
        for nr in range(rounds):
            rows = [{"symbol": s, "ts": NOW, "price": 100.0 + nr, "source": "vendor"} for s in symbols]
            desk.tape.update(frame_of(QUOTES, rows))
            while json.loads(quick.recv(timeout=2))["changed"][0]["price"] != 100.0 + nr:
                pass
        heard = []
        while not heard or heard[-1] != 100.0 + rounds - 1:
            heard.append(json.loads(slow.recv(timeout=20))["changed"][0]["price"])
    assert len(heard) < 80  # what is on its way is told as it was; what comes after that is told once
    assert heard == sorted(heard)


@contextmanager
def serving(desk: Desk) -> Iterator[int]:
    """The desk on a port."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = uvicorn.Server(uvicorn.Config(create_app(desk, jobs=False), log_level="warning"))
        thread = Thread(target=server.run, kwargs={"sockets": [taken]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield taken.getsockname()[1]
        server.should_exit = True
        thread.join()
