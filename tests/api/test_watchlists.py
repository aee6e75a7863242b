"""Each caller's watchlists: made, changed, arranged, removed and brought back; others' are not there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from conftest import WEDNESDAY
from openbell.api.app import create_app
from openbell.desk import Desk
from openbell.model.frames import QUOTES, frame_of
from openbell.providers.budget import Budget
from openbell.providers.ordered import Ordered
from openbell.store.peoplebook import RoleName
from openbell.store.watchbook import WatchBook
from people import join, token

LISTS = "/api/v1/watchlists"

Clients = Callable[..., TestClient]


@pytest.fixture
def client(desk: Desk) -> TestClient:
    return TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1")


@pytest.fixture
def as_person(desk: Desk) -> Clients:
    """Clients of people, who come by their tokens."""
    app = create_app(desk, jobs=False)

    def client_of(name: str, role: RoleName = "member") -> TestClient:
        person = join(desk.accounts, name, role)
        return TestClient(app, base_url="http://127.0.0.1", headers=token(desk.accounts, person, "write"))

    return client_of


def id_of(client: TestClient) -> int:
    key: int = client.get("/api/v1/me").json()["id"]
    return key


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
    tech = {"id": 1, "name": "Tech", "symbols": ["ZETA", "ACME"], "right": "own", "owner": None, "version": 1}
    assert answer.json() == {**tech, "unknown": ["ZETA", "ACME"]}
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
    ours = {"id": 1, "name": "Mine", "symbols": ["ZETA", "ACME"], "right": "own", "owner": None, "version": 2}
    assert changed.json() == {**ours, "unknown": ["ZETA"]}
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
    assert second.json()["current"]["symbols"] == first.json()["symbols"]
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


def test_a_list_is_not_there_for_a_stranger(as_person: Clients):
    anna, ben = as_person("anna"), as_person("ben")
    key = made(anna, "Tech", "ACME")
    assert names(ben) == []
    for method, path in (
        ("PUT", ""),
        ("DELETE", ""),
        ("POST", "/restore"),
        ("GET", "/shares"),
        ("PUT", f"/shares/{id_of(ben)}"),
        ("DELETE", f"/shares/{id_of(ben)}"),
        ("DELETE", f"/shares/{id_of(anna)}"),
    ):
        body = {"right": "write"} if method == "PUT" and path else {}
        answer = ben.request(method, f"{LISTS}/{key}{path}", json=body)
        assert (answer.status_code, "Tech" in answer.text) == (404, False), f"{method} {path}"
    assert made(ben, "Tech", "BOLT") != key
    assert names(anna) == ["Tech"]


def test_a_shared_list_is_read_then_changed_and_then_not_there_any_more(as_person: Clients):
    anna, ben = as_person("anna"), as_person("ben")
    key, other = made(anna, "Tech", "ACME"), made(ben, "Own")
    rights = f"{LISTS}/{key}/shares/{id_of(ben)}"
    given = anna.put(rights, json={"right": "read"})
    assert given.json() == {"shares": [{"person": id_of(ben), "name": "ben", "right": "read"}]}
    tech = {"id": key, "name": "Tech", "symbols": ["ACME"], "right": "read", "owner": "anna", "version": 1}
    assert ben.get(LISTS).json()["watchlists"][1:] == [tech]
    refused = ben.put(f"{LISTS}/{key}", json={"symbols": []})
    assert (refused.status_code, refused.json()["detail"]) == (403, "Tech is another's, which you may only read.")

    anna.put(rights, json={"right": "write"})
    changed = ben.put(f"{LISTS}/{key}", json={"symbols": ["ACME", "BOLT"], "version": 1})
    assert changed.json() == {**tech, "symbols": ["ACME", "BOLT"], "right": "write", "version": 2, "unknown": ["BOLT"]}
    assert anna.get(LISTS).json()["watchlists"][0]["symbols"] == ["ACME", "BOLT"]
    assert ben.delete(f"{LISTS}/{key}").status_code == 403
    assert ben.get(f"{LISTS}/{key}/shares").status_code == 403
    assert ben.put(f"{LISTS}/{key}/shares/{id_of(anna)}", json={"right": "read"}).status_code == 403
    assert [each["name"] for each in ben.put(f"{LISTS}/order", json={"order": [other]}).json()["watchlists"]] == [
        "Own",
        "Tech",
    ]

    assert anna.delete(rights).status_code == 204
    assert names(ben) == ["Own"]


def test_who_a_list_is_shared_with_may_leave_it(as_person: Clients):
    anna, ben = as_person("anna"), as_person("ben")
    key = made(anna, "Tech")
    rights = f"{LISTS}/{key}/shares/{id_of(ben)}"
    anna.put(rights, json={"right": "read"})
    assert ben.delete(rights).status_code == 204
    assert names(ben) == []
    assert anna.get(f"{LISTS}/{key}/shares").json() == {"shares": []}


def test_a_removed_list_is_away_for_all_and_comes_back_shared(as_person: Clients):
    anna, ben = as_person("anna"), as_person("ben")
    key = made(anna, "Tech")
    anna.put(f"{LISTS}/{key}/shares/{id_of(ben)}", json={"right": "write"})
    anna.delete(f"{LISTS}/{key}")
    assert names(ben) == []
    assert ben.post(f"{LISTS}/{key}/restore").status_code == 404
    anna.post(f"{LISTS}/{key}/restore")
    assert names(ben) == ["Tech"]


@pytest.mark.parametrize(
    ("person", "body", "field"),
    [(99, {"right": "read"}, "person"), (None, {"right": "read"}, "person"), (2, {"right": "own"}, "right")],
)
def test_a_list_is_shared_with_others_that_are_there(
    as_person: Clients, person: int | None, body: dict[str, str], field: str
):
    anna = as_person("anna")
    key = made(anna, "Tech")
    refused = anna.put(f"{LISTS}/{key}/shares/{person or id_of(anna)}", json=body)
    assert (refused.status_code, refused.json()["field"]) == (422, field)


def test_a_viewer_reads_what_is_shared_and_changes_nothing_of_it(as_person: Clients):
    anna, vera = as_person("anna"), as_person("vera", "viewer")
    key = made(anna, "Tech", "ACME")
    anna.put(f"{LISTS}/{key}/shares/{id_of(vera)}", json={"right": "write"})
    (seen,) = vera.get(LISTS).json()["watchlists"]
    assert (seen["name"], seen["right"], seen["owner"]) == ("Tech", "read", "anna")
    assert vera.put(f"{LISTS}/{key}", json={"symbols": []}).status_code == 403


def test_a_viewer_has_lists_of_their_own_of_what_the_desk_knows(as_person: Clients, desk: Desk):
    anna, vera = as_person("anna"), as_person("vera", "viewer")
    told = {"symbol": "ACME", "ts": WEDNESDAY, "price": 11.0, "previous_close": 10.0, "source": "test"}
    desk.tape.update(frame_of(QUOTES, [told]))
    mine, other = made(vera, "Mine"), made(vera, "Other", "ACME")
    assert vera.put(f"{LISTS}/{mine}", json={"name": "My own", "symbols": ["ACME"]}).json()["symbols"] == ["ACME"]
    strange = vera.put(f"{LISTS}/{mine}", json={"symbols": ["ACME", "BOLT"]})
    assert (strange.status_code, strange.json()["detail"]) == (422, "This desk has no prices of BOLT.")
    assert vera.put(f"{LISTS}/order", json={"order": [other, mine]}).status_code == 200
    assert vera.delete(f"{LISTS}/{mine}").status_code == 204
    assert vera.post(f"{LISTS}/{mine}/restore").status_code == 200
    assert [each["right"] for each in vera.get(LISTS).json()["watchlists"]] == ["own", "own"]
    assert names(anna) == []
    assert vera.put(f"{LISTS}/{mine}/shares/{id_of(anna)}", json={"right": "read"}).status_code == 403


def test_a_symbol_that_no_vendor_lists_is_refused_and_one_that_is_listed_is_not(desk: Desk):
    vendors = Ordered(search=[desk.simulated], budget=Budget(desk.ledger), clock=desk.clock)
    client = TestClient(create_app(replace(desk, vendors=vendors), jobs=False), base_url="http://127.0.0.1")
    refused = client.post(LISTS, json={"name": "Tech", "symbols": ["QUORB", "NOSUCH"]})
    assert (refused.status_code, refused.json()["field"], refused.json()["detail"]) == (
        422,
        "symbols",
        "Nobody knows NOSUCH: neither this desk nor its vendors.",
    )
    assert names(client) == []
    taken = client.post(LISTS, json={"name": "Tech", "symbols": ["QUORB"]})
    assert (taken.status_code, taken.json()["unknown"]) == (201, [])
    assert client.put(f"{LISTS}/{taken.json()['id']}", json={"symbols": ["QUORB", "NOSUCH"]}).status_code == 422
    portfolio = {"name": "Mine", "base": "USD", "benchmark": "NOSUCH"}
    assert client.post("/api/v1/portfolios", json=portfolio).json()["field"] == "benchmark"
    assert client.post("/api/v1/portfolios", json={**portfolio, "benchmark": "QUORB"}).status_code == 201


def test_a_rule_is_on_a_list_that_its_maker_sees(as_person: Clients):
    anna, ben = as_person("anna"), as_person("ben")
    key = made(anna, "Tech", "ACME")
    rule = {
        "name": "Any",
        "target": {"type": "Watchlist", "id": str(key)},
        "condition": {"type": "Crosses", "level": 10},
    }
    refused = ben.post("/api/v1/alerts/rules", json=rule)
    assert (refused.status_code, refused.json()["detail"]) == (422, f"There is no watchlist {key}.")
    assert ben.post("/api/v1/alerts/trial", json=rule).json() == {"count": 0, "trials": []}
    assert anna.post("/api/v1/alerts/rules", json=rule).status_code == 201
    anna.put(f"{LISTS}/{key}/shares/{id_of(ben)}", json={"right": "read"})
    assert ben.post("/api/v1/alerts/rules", json={**rule, "name": "Other"}).status_code == 201


def test_movers_are_of_the_callers_own_lists(as_person: Clients, desk: Desk):
    told = {"symbol": "ACME", "ts": WEDNESDAY, "price": 11.0, "previous_close": 10.0, "source": "test"}
    desk.tape.update(frame_of(QUOTES, [told]))
    anna, ben = as_person("anna"), as_person("ben")
    made(anna, "Tech", "ACME")
    assert len(anna.get("/api/v1/movers").json()["up"]) == 1
    assert ben.get("/api/v1/movers").json()["up"] == []
