"""Each caller's watchlists: made, changed, arranged, removed and brought back; others' are not there."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from conftest import WEDNESDAY
from openbell.api.app import create_app
from openbell.desk import Desk
from openbell.model.frames import QUOTES, frame_of
from openbell.store.watchbook import WatchBook

LISTS = "/api/v1/watchlists"


@pytest.fixture
def client(desk: Desk) -> TestClient:
    return TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1")


def names(client: TestClient) -> list[str]:
    return [each["name"] for each in client.get(LISTS).json()["watchlists"]]


def made(client: TestClient, name: str, *symbols: str) -> int:
    answer = client.post(LISTS, json={"name": name, "symbols": list(symbols)})
    assert answer.status_code == 201, answer.text
    key: int = answer.json()["id"]
    return key


def test_a_list_is_made_with_its_name_and_symbols(client: TestClient):
    answer = client.post(LISTS, json={"name": "  Tech ", "symbols": ["zeta", "ACME", "ZETA"]})
    assert answer.status_code == 201
    tech = {"id": 1, "name": "Tech", "symbols": ["ZETA", "ACME"], "right": "own", "version": 1}
    assert answer.json() == tech
    assert client.get(LISTS).json() == {"watchlists": [tech]}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "N" * 61}, "name"),
        ({"name": "Taken"}, "name"),
        ({"name": " Taken "}, "name"),
        ({}, "name"),
        ({"name": "Tech", "symbols": ["<script>"]}, "symbols"),
        ({"name": "Tech", "symbols": [f"A{nth}" for nth in range(501)]}, "symbols"),
        ({"name": "Tech", "symbols": "ACME"}, "symbols"),
    ],
)
def test_what_can_be_no_list_is_refused(client: TestClient, body: dict[str, object], field: str):
    made(client, "Taken")
    refused = client.post(LISTS, json=body)
    assert (refused.status_code, refused.json()["field"]) == (422, field)
    assert names(client) == ["Taken"]


def test_a_list_is_changed_and_keeps_its_order(client: TestClient):
    path = f"{LISTS}/{made(client, 'Mine', 'ACME')}"
    changed = client.put(path, json={"symbols": ["zeta", "ACME", "ZETA"]})
    assert changed.json() == {"id": 1, "name": "Mine", "symbols": ["ZETA", "ACME"], "right": "own", "version": 2}
    assert client.put(path, json={"name": "Ours"}).json()["symbols"] == ["ZETA", "ACME"]
    for wrong, field in (({"symbols": ["<script>"]}, "symbols"), ({"name": " "}, "name")):
        refused = client.put(path, json=wrong)
        assert (refused.status_code, refused.json()["field"]) == (422, field)
    assert client.get(LISTS).json()["watchlists"][0]["name"] == "Ours"
    missing = client.get("/api/v1/quotes?symbols=ZETA").json()["missing"]
    assert missing[0]["state"] == "no_data"


def test_of_two_who_change_the_same_list_the_second_is_told(client: TestClient):
    path = f"{LISTS}/{made(client, 'Mine', 'ACME')}"
    first = client.put(path, json={"symbols": ["ACME", "BOLT"], "version": 1})
    assert (first.status_code, first.json()["version"]) == (200, 2)
    second = client.put(path, json={"symbols": ["ACME", "COIN"], "version": 1})
    assert (second.status_code, second.json()["title"]) == (409, "Changed meanwhile")
    assert client.get(LISTS).json()["watchlists"][0]["symbols"] == ["ACME", "BOLT"]


def test_lists_are_arranged(client: TestClient):
    a, b, c = (made(client, name) for name in "abc")
    arranged = client.put(f"{LISTS}/order", json={"order": [c, a, b]})
    assert [each["name"] for each in arranged.json()["watchlists"]] == ["c", "a", "b"]
    refused = client.put(f"{LISTS}/order", json={"order": [a]})
    assert (refused.status_code, refused.json()["field"]) == (422, "order")
    assert names(client) == ["c", "a", "b"]


def test_a_removed_list_comes_back_as_it_was(client: TestClient):
    keys = [made(client, name, "ACME") for name in "abc"]
    before = client.get(LISTS).json()
    assert client.delete(f"{LISTS}/{keys[1]}").status_code == 204
    assert names(client) == ["a", "c"]
    assert client.delete(f"{LISTS}/{keys[1]}").status_code == 404
    assert client.post(f"{LISTS}/{keys[1]}/restore").status_code == 200
    assert client.get(LISTS).json() == before


def test_a_list_that_is_not_there_is_not_found(client: TestClient):
    for key in (99, 2**31 - 1):
        assert client.put(f"{LISTS}/{key}", json={}).status_code == 404
        assert client.delete(f"{LISTS}/{key}").status_code == 404
        assert client.post(f"{LISTS}/{key}/restore").status_code == 404
    assert client.delete(f"{LISTS}/{2**63}").status_code == 422


def test_movers_are_those_of_the_lists_each_symbol_once(client: TestClient, desk: Desk):
    for symbol, last in (("ACME", 11.0), ("BOLT", 9.0), ("COIN", 12.0)):
        told = {"symbol": symbol, "ts": WEDNESDAY, "price": last, "previous_close": 10.0, "source": "test"}
        desk.tape.update(frame_of(QUOTES, [told]))
    WatchBook(desk.ledger).add("One", ["ACME", "BOLT"])
    WatchBook(desk.ledger).add("Two", ["ACME"])
    found = client.get("/api/v1/movers").json()
    assert [each["symbol"] for each in found["up"]] == ["ACME"]
    assert [each["symbol"] for each in found["down"]] == ["BOLT"]
