"""Whose portfolio it is: nobody else knows of it, and whom it is shared with may do what was said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from openbell.accounts import sessions
from openbell.api.app import create_app
from openbell.desk import Desk, open_desk
from openbell.settings import Settings
from people import HERE, join, lock, token


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Desk]:
    """A desk with passwords: an owner, and the members ann and bob."""
    desk = open_desk(Settings(home=tmp_path / "locked", offline=True))
    lock(desk.accounts)
    join(desk.accounts, "ann", "member")
    join(desk.accounts, "bob", "member")
    yield desk
    desk.close()


def client_of(desk: Desk, name: str) -> TestClient:
    person = desk.accounts.people.person_named(name)
    assert person is not None
    passes = sessions.begin(desk.accounts, person, HERE)
    headers = {"cookie": f"openbell_access={passes.access}", "x-csrf-token": passes.csrf}
    app = create_app(desk, jobs=False)
    return TestClient(app, base_url="http://127.0.0.1/api/v1", headers=headers, raise_server_exceptions=False)


@pytest.fixture
def ann(locked: Desk) -> TestClient:
    """She has a portfolio with an account and a deposit."""
    ann = client_of(locked, "ann")
    assert ann.post("portfolios", json={"name": "Hers", "base": "USD"}).status_code == 201
    ann.post("portfolios/1/accounts", json={"name": "Bank", "currency": "USD"})
    told = {"kind": "deposit", "account": 1, "day": "2026-03-02", "currency": "USD", "cash": "5"}
    assert ann.post("portfolios/1/transactions", json=told).status_code == 201
    return ann


def routes(router: object) -> Iterator[APIRoute]:
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from routes(route.original_router)


BODIES = {
    "PUT /portfolios/{number}": {"name": "x", "base": "USD", "version": 1},
    "PUT /portfolios/{number}/shares/{person}": {"right": "read"},
    "POST /portfolios/{number}/accounts": {"name": "x", "currency": "USD"},
    "PUT /portfolios/{number}/accounts/{account}": {"name": "x", "currency": "USD"},
    "POST /portfolios/{number}/transactions": {
        "kind": "deposit", "account": 1, "day": "2026-03-02", "currency": "USD", "cash": "5",
    },
    "PUT /portfolios/{number}/transactions/{transaction}": {
        "kind": "deposit", "account": 1, "day": "2026-03-02", "currency": "USD", "cash": "5", "version": 1,
    },
    "POST /portfolios/{number}/imports": {"upload": "0" * 64},
}  # fmt: skip


def statuses(client: TestClient) -> dict[str, int]:
    """What every route of the portfolio 1 answers."""
    found = {}
    for route in routes(client.app):
        if not route.path.startswith("/portfolios/{number}"):
            continue
        (method,) = route.methods
        name = f"{method} {route.path}"
        path = route.path.replace("{number}", "1").replace("{transaction}", "1").replace("{account}", "1")
        path = re.sub(r"\{[^}]*\}", "1", path.replace("{figure}", "value")).removeprefix("/")
        body = BODIES.get(name, {}) if method in {"POST", "PUT"} else None
        asked = {"name": "Hers", "version": "1"} if method == "DELETE" else None
        found[name] = client.request(method, path, json=body, params=asked).status_code
    return found


def test_nobody_else_knows_of_a_portfolio_not_even_the_desks_owner(locked: Desk, ann: TestClient):
    for name in ("bob", "owner"):
        other = client_of(locked, name)
        assert {path: status for path, status in statuses(other).items() if status != 404} == {}
        assert other.get("portfolios").json() == {"portfolios": []}
    assert ann.get("portfolios/1").status_code == 200


def test_whom_it_is_shared_with_may_read_and_no_more(locked: Desk, ann: TestClient):
    bob = locked.accounts.people.person_named("bob")
    assert bob is not None
    assert ann.put(f"portfolios/1/shares/{bob.id}", json={"right": "read"}).status_code == 204
    assert ann.get("portfolios/1/shares").json() == {"shares": [{"right": "read", "person": bob.id, "name": "bob"}]}
    reader = client_of(locked, "bob")
    found = statuses(reader)
    of_the_owner = {"GET /portfolios/{number}/shares"}
    reads = {path: status for path, status in found.items() if path.startswith("GET") and path not in of_the_owner}
    assert {path: status for path, status in reads.items() if status != 200} == {}
    assert {path: status for path, status in found.items() if path not in reads and status != 403} == {}
    assert [each["right"] for each in reader.get("portfolios").json()["portfolios"]] == ["read"]


def test_whom_it_is_shared_with_to_write_may_change_what_is_in_it(locked: Desk, ann: TestClient):
    bob = locked.accounts.people.person_named("bob")
    assert bob is not None
    ann.put(f"portfolios/1/shares/{bob.id}", json={"right": "write"})
    writer = client_of(locked, "bob")
    assert (
        writer.post("portfolios/1/transactions", json=BODIES["POST /portfolios/{number}/transactions"]).status_code
        == 201
    )
    assert writer.delete("portfolios/1", params={"name": "Hers"}).status_code == 403
    assert writer.put(f"portfolios/1/shares/{bob.id}", json={"right": "write"}).status_code == 403
    assert ann.delete(f"portfolios/1/shares/{bob.id}").status_code == 204
    assert writer.get("portfolios/1").status_code == 404


OF_ANN: dict[str, dict[str, object] | None] = {
    "PUT /items/{number}": {"name": "x", "currency": "USD"},
    "PUT /items/{number}/prices": {"prices": [{"day": "2026-03-02", "price": "2"}]},
    "DELETE /items/{number}": None,
    "DELETE /mappings/{number}": None,
    "GET /watchlists/{key}/shares": None,
    "PUT /watchlists/{key}": {"name": "x"},
    "PUT /watchlists/{key}/shares/{person}": {"right": "read"},
    "DELETE /watchlists/{key}/shares/{person}": None,
    "DELETE /watchlists/{key}": None,
    "POST /watchlists/{key}/restore": None,
    "DELETE /tokens/{number}": None,
    "DELETE /me/passkeys/{number}": None,
    "DELETE /sessions/{number}": None,
}
"""Every route with the number of something that is one person's, and a body that would be right."""
OF_ALL = ("/portfolios", "/users", "/alerts", "/actions", "/jobs", "/symbols", "/facts", "/{path")
"""What the routes of are tried above, or the desk's own, or the caller's by an instrument."""


def test_every_route_that_names_something_of_ones_own_is_tried(locked: Desk):
    found = {f"{method} {route.path}" for route in routes(create_app(locked, jobs=False)) for method in route.methods}
    named = {each for each in found if "{" in each and not each.split(" ")[1].startswith(OF_ALL)}
    assert named == set(OF_ANN)


@pytest.mark.parametrize("name", ["bob", "owner"])
def test_nobody_else_touches_what_is_anothers_by_its_number(locked: Desk, ann: TestClient, name: str):
    ann.post("items", json={"name": "House", "currency": "USD"})
    ann.put("mappings", json={"name": "Bank", "answers": {}})
    ann.post("watchlists", json={"name": "Hers", "symbols": []})
    person = locked.accounts.people.person_named("ann")
    other = locked.accounts.people.person_named(name)
    assert person is not None
    assert other is not None
    token(locked.accounts, person)
    deed = locked.accounts.deed(person, "passkey", HERE)
    locked.accounts.passkeys.add_passkey(person.id, "hers", "public", 0, "phone", deed)
    (session,) = ann.get("sessions").json()["sessions"]
    (watchlist,) = [each for each in ann.get("watchlists").json()["watchlists"] if each["name"] == "Hers"]
    numbers = {"sessions": session["id"], "watchlists": watchlist["id"]}

    def hers() -> list[object]:
        nouns = ("items", "mappings", "watchlists", "tokens", "me/passkeys")
        logins = {each["id"] for each in ann.get("sessions").json()["sessions"]}
        return [*(ann.get(noun).json() for noun in nouns), logins]

    def tried(client: TestClient) -> dict[str, int]:
        told = {}
        for route, body in OF_ANN.items():
            method, path = route.split(" ")
            number = str(numbers.get(path.split("/")[1], 1))
            filled = path.replace("{person}", str(other.id)).replace("{key}", number).replace("{number}", number)
            told[route] = client.request(method, filled.removeprefix("/"), json=body).status_code
        return told

    before = hers()
    assert all(before)
    refused = tried(client_of(locked, name))
    assert {route: status for route, status in refused.items() if status not in {403, 404, 422}} == {}
    assert hers() == before
    allowed = tried(ann)  # the same calls are right where they are hers
    assert {route: status for route, status in allowed.items() if status >= 300} == {}


def test_nobody_books_what_is_anothers(locked: Desk, ann: TestClient):
    house = ann.post("items", json={"name": "House", "currency": "USD"}).json()["instrument"]
    bob = client_of(locked, "bob")
    bob.post("portfolios", json={"name": "His", "base": "USD"})
    bob.post("portfolios/2/accounts", json={"name": "Bank", "currency": "USD"})
    (account,) = [each["id"] for each in bob.get("portfolios/2").json()["accounts"]]
    right = {"kind": "deposit", "account": account, "day": "2026-03-02", "currency": "USD", "cash": "5"}
    buy = {**right, "kind": "buy", "instrument": house, "quantity": "1", "price": "5", "cash": "-5"}
    assert bob.post("portfolios/2/transactions", json=right).status_code == 201
    assert bob.post("portfolios/2/transactions", json={**right, "account": 1}).status_code in {404, 422}
    assert bob.post("portfolios/2/transactions", json=buy).status_code in {404, 422}
    assert len(bob.get("portfolios/2/transactions").json()["transactions"]) == 1
