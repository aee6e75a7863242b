"""What a page asks for again is answered as before, until something has changed; packed for who can unpack it."""

from __future__ import annotations

import gzip
from datetime import date

import pytest
from fastapi.testclient import TestClient

from books.test_books import MONDAY, TUESDAY, stored
from openbell.api.app import create_app
from openbell.desk import Desk

READ = ("positions", "lots", "history?range=Max", "returns?range=1M", "income", "allocation?by=account", "checks")


@pytest.fixture
def client(desk: Desk) -> TestClient:
    stored(desk, "AAPL", {MONDAY: 10.0, TUESDAY: 12.0})
    client = TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1/api/v1")
    client.post("portfolios", json={"name": "Mine", "base": "USD"})
    client.post("portfolios/1/accounts", json={"name": "Bank", "currency": "USD"})
    bought(client, MONDAY)
    return client


def bought(client: TestClient, day: date) -> None:
    told = {"kind": "buy", "account": 1, "day": day.isoformat(), "currency": "USD", "instrument": "AAPL"}
    answer = client.post("portfolios/1/transactions", json={**told, "quantity": "1", "cash": "-10"})
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("path", READ)
def test_the_same_question_has_the_same_answer(client: TestClient, path: str):
    first = client.get(f"portfolios/1/{path}")
    again = client.get(f"portfolios/1/{path}")
    assert (first.status_code, first.json()) == (200, again.json())
    assert first.headers["content-type"] == "application/json"


def test_other_questions_have_other_answers(client: TestClient):
    bought(client, TUESDAY)
    sold = {"kind": "sell", "account": 1, "day": str(TUESDAY), "currency": "USD", "instrument": "AAPL"}
    client.post("portfolios/1/transactions", json={**sold, "quantity": "-1", "cash": "12"})
    asked = ("positions", "positions?as_of=2026-03-02", "lots", "lots?offset=1", "history", "history?from=2026-03-03")
    assert len({client.get(f"portfolios/1/{path}").text for path in asked}) == len(asked)


def test_an_edit_has_a_new_answer(client: TestClient):
    before = {path: client.get(f"portfolios/1/{path}").text for path in READ[:3]}
    bought(client, TUESDAY)
    assert all(client.get(f"portfolios/1/{path}").text != told for path, told in before.items())


def test_a_rename_of_an_account_is_seen_at_once(client: TestClient):
    client.get("portfolios/1/positions")
    client.put("portfolios/1/accounts/1", json={"name": "Broker", "currency": "USD"})
    (position,) = (p for p in client.get("portfolios/1/positions").json()["positions"] if p["instrument"])
    assert position["account_name"] == "Broker"


def test_what_was_packed_is_unpacked_for_who_cannot(client: TestClient):
    for _ in range(50):
        bought(client, TUESDAY)
    with client.stream("GET", "portfolios/1/lots", headers={"Accept-Encoding": "gzip"}) as packed:
        raw = b"".join(packed.iter_raw())
    plain = client.get("portfolios/1/lots", headers={"Accept-Encoding": "identity"})
    assert (packed.headers["content-encoding"], "content-encoding" in plain.headers) == ("gzip", False)
    assert gzip.decompress(raw) == plain.content
    assert "accept-encoding" in plain.headers["vary"].lower()
