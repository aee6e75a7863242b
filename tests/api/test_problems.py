"""What a caller is told of a wrong request: plain words, and the field."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import Request
from fastapi.testclient import TestClient
from starlette.types import Receive, Scope, Send

from openbell.api.app import create_app
from openbell.api.problems import Unforeseen
from openbell.desk import Desk, open_desk
from openbell.settings import Settings
from people import lock

JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("method", "path", "body", "field", "detail"),
    [
        ("GET", "/bars", "", "symbol", "symbol: this is missing."),
        ("GET", "/sources/rejects?limit=0", "", "limit", "limit: 0 is less than 1."),
        ("GET", "/sources/rejects?limit=1001", "", "limit", "limit: 1001 is more than 1000."),
        ("GET", "/sources/rejects?limit=all", "", "limit", "limit: 'all' is not a whole number."),
        (
            "GET",
            "/bars?symbol=A&adjust=double",
            "",
            "adjust",
            "adjust: 'double' is not one of 'raw', 'split' or 'total'.",
        ),
        ("GET", "/symbols?remote=perhaps", "", "remote", "remote: 'perhaps' is neither true nor false."),
        ("PUT", "/watchlists/1", "{", "body", "The body is not JSON."),
        ("PUT", "/watchlists/one", "{}", "key", "key: 'one' is not a whole number."),
        ("PUT", "/watchlists/1", "[]", "body", "body: this is not an object."),
        ("PUT", "/watchlists/1", '{"symbols": "ACME"}', "symbols", "symbols: 'ACME' is not a list."),
        ("PUT", "/watchlists/1", '{"symbols": [1]}', "symbols.0", "symbols.0: '1' is not a text."),
        ("PUT", "/watchlists/1", '{"name": ""}', "name", "name: this is empty."),
    ],
)
def test_a_wrong_request_is_told_in_plain_words(desk: Desk, method: str, path: str, body: str, field: str, detail: str):
    client = TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1")
    answer = client.request(method, f"/api/v1{path}", content=body, headers=JSON)
    problem = answer.json()
    assert (answer.status_code, problem["field"], problem["detail"]) == (422, field, detail)


HALF = '"\\ud800"'


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/alerts/rules", f'{{"name": "a", "condition": {{"type": "FeedDown", "feed": {HALF}}}}}'),
        ("POST", "/alerts/rules", f'{{"name": "a", "target": {{"type": "Symbol", "symbol": {HALF}}}}}'),
        ("POST", "/alerts/trial", f'{{"condition": {{"type": {HALF}}}}}'),
        ("POST", "/alerts/channels", f'{{"kind": "in-app", "name": "a", "config": {{{HALF}: "x"}}}}'),
        ("POST", "/alerts/channels", f'{{"kind": {HALF}}}'),
        ("POST", "/jobs/backfill", f'{{"symbol": {HALF}, "first": "2026-01"}}'),
        ("PUT", "/watchlists/1", f'{{"symbols": [{HALF}]}}'),
        ("PUT", "/watchlists/1", '{"name": "a\\u0000b"}'),
        ("PUT", "/watchlists/1", f"{'[' * 900}{HALF}{']' * 900}"),
        ("GET", "/bars?symbol=%00", ""),
        ("GET", "/symbols/%00", ""),
    ],
)
def test_what_is_no_text_is_refused_on_every_route(desk: Desk, method: str, path: str, body: str):
    client = TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1", raise_server_exceptions=False)
    answer = client.request(method, f"/api/v1{path}", content=body, headers=JSON)
    problem = answer.json()
    assert answer.status_code == 422
    assert (problem["field"], problem["detail"]) == ("request", "A text holds what is no character.")
    assert client.get("/api/v1/alerts/rules").json() == {"rules": [], "unreadable": []}


def test_what_was_sent_is_looked_at_once_it_is_known_who_sends_it(desk: Desk):
    lock(desk.accounts)
    client = TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1", raise_server_exceptions=False)
    assert client.put("/api/v1/watchlists/1", content=f"[{HALF}]", headers=JSON).status_code == 401
    refused = client.post("/api/v1/sessions", content=f"[{HALF}]", headers=JSON)
    assert (refused.status_code, refused.json()["field"]) == (422, "request")


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/sessions", 100_000),
        ("/sessions/oidc", 100_000),
        ("/users/join", 100_000),
        ("/watchlists/1", 2_000_000),
        ("/nothing/uploads", 2_000_000),
        ("/portfolios/1/uploads", 32_000_000),
    ],
)
def test_a_request_is_as_large_as_its_route_needs(desk: Desk, path: str, most: int):
    client = TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1", raise_server_exceptions=False)
    answer = client.post(f"/api/v1{path}", headers={"content-length": str(most + 1)})
    assert (answer.status_code, answer.json()["detail"]) == (413, f"The request has more than {most:,} bytes.")


def test_a_file_of_nobody_is_not_read(desk: Desk):
    lock(desk.accounts)
    app = create_app(desk, jobs=False)
    asked: list[str] = []

    async def receive() -> MutableMapping[str, Any]:
        asked.append("body")
        return {"type": "http.request", "body": b"[" * 1_000_000, "more_body": True}

    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/portfolios/1/uploads",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")],
    }
    asyncio.run(app(scope, receive, send))
    assert (sent[0]["status"], asked) == (401, [])


@pytest.mark.parametrize("body", ["{", "[" * 100_000, "9" * 5_000, b'"\xff"'])
def test_a_body_that_nobody_asked_for_harms_nothing(desk: Desk, body: str | bytes):
    client = TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1", raise_server_exceptions=False)
    assert client.request("DELETE", "/api/v1/alerts/rules/7", content=body, headers=JSON).status_code == 422
    assert client.request("POST", "/api/v1/alerts/channels/7/test", content=body, headers=JSON).status_code == 404


async def broken(scope: Scope, receive: Receive, send: Send) -> None:
    """Fails before its answer, or in the midst of it."""
    if scope["path"] == "/late":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
    raise ValueError("inside")


def test_what_fails_in_the_midst_of_an_answer_is_not_told_as_a_whole_one(caplog: pytest.LogCaptureFixture):
    with pytest.raises(ValueError, match="inside"):
        TestClient(Unforeseen(broken)).get("/late")
    answer = TestClient(Unforeseen(broken)).get("/soon%0Aforged")
    assert (answer.status_code, answer.json()["detail"]) == (500, "The desk failed to answer.")
    assert "inside" not in answer.text
    assert caplog.messages == [r"GET '/soon\nforged' failed"]


def test_who_left_in_the_midst_of_a_request_is_no_error(desk: Desk, caplog: pytest.LogCaptureFixture):
    app = create_app(desk, jobs=False)

    @app.post("/api/v1/read")
    async def read(request: Request) -> None:
        await request.body()

    app.router.routes.insert(0, app.router.routes.pop())
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/read",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1")],
    }
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 499
    assert caplog.records == []


def test_no_answer_says_where_the_ledger_is(postgres: str, tmp_path: Path, caplog: pytest.LogCaptureFixture):
    address = sa.make_url(postgres).set(drivername="postgresql+pg8000")
    server = sa.create_engine(address, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE a_desk_of_ours")
    url = address.set(database="a_desk_of_ours").render_as_string(hide_password=False)
    desk = open_desk(Settings(home=tmp_path / "home", offline=True, ledger_url=url))
    client = TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1", raise_server_exceptions=False)
    assert client.get("/api/v1/watchlists").status_code == 200
    with server.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE a_desk_of_ours WITH (FORCE)")
    answers = [client.get(f"/api/v1/{path}") for path in ("watchlists", "sessions/ways", "portfolios")]
    desk.close()
    assert {answer.status_code for answer in answers} == {503}
    for where in (address.username, address.host, str(address.port), "a_desk_of_ours", "postgresql"):
        assert where
        assert all(where not in answer.text for answer in answers)
    assert "a_desk_of_ours" in caplog.text
