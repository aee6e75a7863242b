"""What a page hears over the WebSocket, and who may listen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fastapi.routing import APIWebSocketRoute
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

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
    with client.websocket_connect(LIVE) as socket:
        socket.send_json({"symbols": ["acme", "BOLT", "NONE"]})
        first = socket.receive_json()
        assert [(c["symbol"], c["price"], c["volume"], c["minute"]) for c in first["changed"]] == [
            ("ACME", 10.0, 500.0, None),
            ("BOLT", 50.0, None, None),
        ]
        desk.tape.update(quote("ACME", 10.2, 1))
        second = socket.receive_json()
        assert [(c["symbol"], c["price"], c["volume"]) for c in second["changed"]] == [("ACME", 10.2, 500.0)]


def test_the_running_minute_comes_along(desk: Desk, client: TestClient):
    row = {"symbol": "ACME", "ts": NOW, "seq": 1, "price": 10.0, "size": 5.0, "source": "vendor"}
    desk.tape.trade(partials_from(frame_of(TRADES, [row]), Grid(sessions("XNYS", NOW.date(), NOW.date()))))
    with client.websocket_connect(LIVE) as socket:
        socket.send_json({"symbols": ["ACME"]})
        changed = socket.receive_json()["changed"][0]
        minute = int(NOW.replace(second=0).timestamp())
        assert changed["minute"] == {
            "ts": minute, "open": 10.0, "high": 10.0, "low": 10.0, "close": 10.0, "volume": 5.0,
        }  # fmt: skip


def test_what_changes_often_is_told_once_as_it_is_then(desk: Desk, client: TestClient):
    with client.websocket_connect(LIVE) as socket:
        socket.send_json({"symbols": ["ACME"]})
        for second in range(50):
            desk.tape.update(quote("ACME", 10.0 + second, second))
        prices = [socket.receive_json()["changed"][0]["price"]]
        while prices[-1] != 59.0:
            prices.append(socket.receive_json()["changed"][0]["price"])
        assert len(prices) < 10


@pytest.mark.parametrize(
    "text", ["hello", '{"symbols": "ACME"}', '{"symbols": ' + str(["A"] * 501).replace("'", '"') + "}"]
)
def test_what_cannot_be_read_ends_the_line_with_a_sentence(client: TestClient, text: str):
    with client.websocket_connect(LIVE) as socket:
        socket.send_text(text)
        with pytest.raises(WebSocketDisconnect) as ended:
            socket.receive_json()
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


def test_the_page_of_the_desk_itself_may_listen(client: TestClient):
    with client.websocket_connect(LIVE, headers={"origin": "http://127.0.0.1"}) as socket:
        socket.send_json({"symbols": []})


def test_every_websocket_declares_who_may_open_it():
    found = [route for route in router.routes if isinstance(route, APIWebSocketRoute)]
    assert [least_role([d.call for d in route.dependant.dependencies if d.call]) for route in found] == [Role.VIEWER]
