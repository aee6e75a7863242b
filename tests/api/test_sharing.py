"""Whose portfolio it is: nobody else knows of it, and whom it is shared with may do what was said."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from openbell.accounts import sessions
from openbell.api.app import create_app
from openbell.desk import Desk, open_desk
from openbell.jobs import run_now
from openbell.settings import Settings
from openbell.store.sharebook import ShareBook
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
    "POST /portfolios/{number}/reconcile": {"upload": "0" * 64},
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
        assert other.get("portfolios").json()["portfolios"] == []
    assert ann.get("portfolios/1").status_code == 200


def test_whom_it_is_shared_with_may_read_and_no_more(locked: Desk, ann: TestClient):
    bob = locked.accounts.people.person_named("bob")
    assert bob is not None
    assert ann.put(f"portfolios/1/shares/{bob.id}", json={"right": "read"}).status_code == 204
    assert ann.get("portfolios/1/shares").json() == {"shares": [{"right": "read", "person": bob.id, "name": "bob"}]}
    file = "Date,Action,Amount,Currency\n2026-03-01,Deposit,1,USD\n"
    key = ann.post("portfolios/1/uploads", content=file).json()["key"]
    assert ann.post("portfolios/1/imports", json={"upload": key}).json()["id"] == 1
    reader = client_of(locked, "bob")
    found = statuses(reader)
    of_the_owner = {"GET /portfolios/{number}/shares", "GET /portfolios/{number}/imports/{batch}/problems"}
    reads = {path: status for path, status in found.items() if path.startswith("GET") and path not in of_the_owner}
    assert {path: status for path, status in reads.items() if status != 200} == {}
    assert {path: status for path, status in found.items() if path not in reads and status != 403} == {}
    seen = reader.get("portfolios").json()["portfolios"]
    assert [(each["right"], each["owner"]) for each in seen] == [("read", "ann")]
    assert ann.get("portfolios/1").json()["owner"] is None


@pytest.mark.parametrize(("right", "sees"), [("read", 403), ("write", 200)])
def test_what_was_deleted_or_not_understood_is_for_who_may_write(locked: Desk, ann: TestClient, right: str, sees: int):
    file = "Date,Action,Amount,Currency\n2026-03-01,Deposit,1,USD\nmine alone,,,\n"
    key = ann.post("portfolios/1/uploads", content=file).json()["key"]
    number = ann.post("portfolios/1/imports", json={"upload": key}).json()["id"]
    assert ann.delete("portfolios/1/transactions/1", params={"version": 1}).status_code == 204
    other = shared(locked, ann, right)
    person = locked.accounts.people.person_named("ann")
    assert person is not None
    app, reads = create_app(locked, jobs=False), token(locked.accounts, person, "read")
    hers = TestClient(app, base_url="http://127.0.0.1/api/v1", headers=reads)
    for path in (
        f"portfolios/1/imports/{number}/problems",
        "portfolios/1/transactions?removed=true",
        "portfolios/1/transactions/1",
    ):
        assert [each.get(path).status_code for each in (other, ann, hers)] == [sees, 200, 200]
    assert other.get("portfolios/1/transactions").json()["total"] == 1


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


def test_a_viewer_only_reads_also_what_is_their_own(locked: Desk, ann: TestClient):
    assert ann.get("portfolios").json()["portfolios"][0]["right"] == "owner"
    person = locked.accounts.people.person_named("ann")
    assert person is not None
    locked.accounts.people.change_role(person.id, "viewer", locked.accounts.deed(None, "role changed", HERE))
    assert ann.get("portfolios").json()["portfolios"][0]["right"] == "read"
    assert ann.get("portfolios/1").json()["right"] == "read"
    assert ann.post("portfolios", json={"name": "Another", "base": "USD"}).status_code == 403


SALE = {
    "kind": "sell", "account": 2, "day": "2026-03-02", "currency": "USD", "cash": "5", "instrument": "AAPL",
    "quantity": "-1", "short": True,
}  # fmt: skip


@pytest.mark.parametrize("opened", [[1], [899], [2, 1]])
def test_a_sale_takes_no_lots_of_anothers_portfolio_nor_of_transactions_to_come(
    locked: Desk, ann: TestClient, opened: list[int]
):
    bob = client_of(locked, "bob")
    bob.post("portfolios", json={"name": "His", "base": "USD"})
    bob.post("portfolios/2/accounts", json={"name": "Bank", "currency": "USD"})
    assert bob.post("portfolios/2/transactions", json={**SALE, "short": True}).status_code == 201
    picks = [{"opened": each, "quantity": "1"} for each in opened]
    for answer in (
        bob.post("portfolios/2/transactions", json={**SALE, "picks": picks}),
        bob.put("portfolios/2/transactions/2", json={**SALE, "picks": picks, "version": 1}),
    ):
        missing = min(number for number in opened if number != 2)
        assert (answer.status_code, answer.json()["field"]) == (422, "picks")
        assert answer.json()["detail"] == f"The portfolio has no transaction {missing} to take units of."
    assert bob.get("portfolios/2/transactions").json()["transactions"][0]["picks"] == []
    assert ann.delete("portfolios/1/transactions/1", params={"version": 1}).status_code == 204


def shared(desk: Desk, ann: TestClient, right: str) -> TestClient:
    """Bob, with whom ann shares her portfolio."""
    bob = desk.accounts.people.person_named("bob")
    assert bob is not None
    assert ann.put(f"portfolios/1/shares/{bob.id}", json={"right": right}).status_code == 204
    return client_of(desk, "bob")


ITEMS = """Date,Action,Name,Quantity,Price,Amount,Currency
2026-03-02,Buy,House in Bern,1,5,-5,USD
"""


def test_of_the_owners_items_others_name_those_only_that_the_portfolio_names(locked: Desk, ann: TestClient):
    ann.post("items", json={"name": "House in Bern", "currency": "CHF"})
    writer, told = shared(locked, ann, "write"), {**SALE, "account": 1, "instrument": "own:1"}
    answer = writer.post("portfolios/1/transactions", json=told)
    assert (answer.status_code, answer.json()["detail"]) == (422, "There is no item own:1.")
    key = writer.post("portfolios/1/uploads", content=ITEMS).json()["key"]
    seen = writer.post(f"portfolios/1/uploads/{key}/preview", json={}).json()["instruments"]
    assert [(each["name"], each["id"]) for each in seen] == [("House in Bern", None)]
    chosen = {"instruments": {"House in Bern": "own:1"}}
    assert writer.post(f"portfolios/1/uploads/{key}/preview", json=chosen).status_code == 422
    assert ann.post("portfolios/1/transactions", json=told).status_code == 201
    assert writer.post("portfolios/1/transactions", json=told).status_code == 201
    seen = writer.post(f"portfolios/1/uploads/{key}/preview", json={}).json()["instruments"]
    assert [(each["name"], each["id"]) for each in seen] == [("House in Bern", "own:1")]


def test_what_one_says_of_an_instrument_counts_in_ones_own_portfolios_only(locked: Desk, ann: TestClient):
    ann.post("items", json={"name": "House in Bern", "currency": "CHF"})
    writer = shared(locked, ann, "write")
    assert ann.put("facts/own:1", json={"country": "CH", "sector": "Real estate"}).status_code == 200
    assert ann.put("facts/own:1", json={"currency": "EUR"}).status_code == 422
    assert writer.put("facts/own:1", json={"country": "CH"}).status_code == 404
    assert writer.get("facts").json() == {"facts": {}}
    for client in (ann, writer):
        told = {**SALE, "account": 1, "kind": "buy", "quantity": "1", "cash": "-5", "short": False}
        assert client.post("portfolios/1/transactions", json=told).status_code == 201
        assert client.put("facts/aapl", json={"country": "IE" if client is writer else "US"}).status_code == 200
    assert list(ann.get("facts").json()["facts"]) == ["AAPL", "own:1"]


def test_a_file_that_waits_goes_after_a_day_and_with_its_person(locked: Desk, ann: TestClient):
    writer = shared(locked, ann, "write")
    keys = [client.post("portfolios/1/uploads", content=ITEMS).json()["key"] for client in (ann, writer)]
    kept = set(locked.settings.uploads.glob("*/*"))
    assert {path.name for path in kept} == set(keys)
    for path in kept:
        os.utime(path, (0, 0))
    old = ann.post(f"portfolios/1/uploads/{keys[0]}/preview", json={})
    assert (old.status_code, old.json()["field"]) == (422, "upload")
    ann.post("portfolios/1/uploads", content=b"new")
    assert len(list(locked.settings.uploads.glob("*/*"))) == 1
    writer.post("portfolios/1/uploads", content=ITEMS)
    bob = locked.accounts.people.person_named("bob")
    assert bob is not None
    assert client_of(locked, "owner").delete(f"users/{bob.id}").status_code == 204
    (left,) = locked.settings.uploads.glob("*/*")
    assert [each.name for each in locked.settings.uploads.iterdir()] == [left.parent.name] != [str(bob.id)]
    os.utime(left, (0, 0))
    assert run_now(locked, "sweep").result == "1 file forgotten."
    assert list(locked.settings.uploads.glob("*/*")) == []


def test_a_file_that_is_imported_is_not_kept(locked: Desk, ann: TestClient):
    keys = [ann.post("portfolios/1/uploads", content=content).json()["key"] for content in (ITEMS, b"another")]
    chosen = {"upload": keys[0], "instruments": {"House in Bern": "own"}, "accounts": {"": 1}}
    assert ann.post("portfolios/1/imports", json=chosen).status_code == 201
    assert [path.name for path in locked.settings.uploads.glob("*/*")] == keys[1:]
    again = ann.post("portfolios/1/imports", json=chosen)
    assert (again.status_code, again.json()["field"]) == (422, "upload")


def test_a_rule_tells_nobody_what_others_hold_or_watch(locked: Desk, ann: TestClient):
    assert ann.post("portfolios/1/transactions", json={**SALE, "account": 1}).status_code == 201
    assert ann.post("watchlists", json={"name": "Private", "symbols": ["TSLA"]}).status_code == 201
    key = ann.get("watchlists").json()["watchlists"][0]["id"]
    moves = {"type": "Moves", "percent": 5, "since": "previous_close"}
    for target in ({"type": "Held"}, {"type": "Watchlist", "id": str(key)}):
        made = ann.post("alerts/rules", json={"name": target["type"], "condition": moves, "target": target})
        assert made.status_code == 201, made.text
    bob = client_of(locked, "bob")
    his = {"name": "His", "condition": moves, "target": {"type": "Held"}}
    assert bob.post("alerts/rules", json=his).status_code == 201

    def told(client: TestClient) -> list[list[list[str]]]:
        return [[each["symbols"], each["unknown"]] for each in client.get("alerts/rules").json()["rules"]]

    assert (told(ann), told(bob)) == ([[["AAPL"], []], [["TSLA"], ["TSLA"]]], [[[], []]])
    assert told(shared(locked, ann, "read")) == [[["AAPL"], []]]


def test_what_was_given_can_be_taken_back_by_whoever_is_a_viewer_now(locked: Desk, ann: TestClient):
    ann.post("watchlists", json={"name": "Hers", "symbols": ["TSLA"]})
    key = ann.get("watchlists").json()["watchlists"][0]["id"]
    people = {name: locked.accounts.people.person_named(name) for name in ("ann", "bob")}
    numbers = {name: person.id for name, person in people.items() if person is not None}
    writer = shared(locked, ann, "write")
    ann.put(f"watchlists/{key}/shares/{numbers['bob']}", json={"right": "write"})
    file = writer.post("portfolios/1/uploads", content=ITEMS.replace("House in Bern", "Gold")).json()["key"]
    chosen = {"upload": file, "instruments": {"Gold": "own"}, "accounts": {"": 1}}
    assert writer.post("portfolios/1/imports", json=chosen).status_code == 201
    owner = client_of(locked, "owner")
    assert owner.put(f"users/{numbers['ann']}", json={"role": "viewer"}).status_code == 200
    her = client_of(locked, "ann")
    assert her.put("portfolios/1", json=BODIES["PUT /portfolios/{number}"]).status_code == 403
    for thing in ("portfolios/1", f"watchlists/{key}"):
        assert her.delete(f"{thing}/shares/{numbers['bob']}").status_code == 204
        assert writer.delete(f"{thing}/shares/{numbers['bob']}").status_code == 404
    assert owner.delete(f"users/{numbers['bob']}").status_code == 204
    assert her.get("portfolios/1/imports").json()["imports"][0]["by"] == numbers["bob"]
    assert her.delete("portfolios/1", params={"name": "Hers"}).status_code == 204
    assert her.delete(f"watchlists/{key}").status_code == 204
    kept = owner.delete(f"users/{numbers['ann']}")
    assert (kept.status_code, kept.json()["detail"]) == (
        422, "ann has 1 own item, which would go too and cannot be brought back.",
    )  # fmt: skip


def test_a_person_goes_with_all_that_is_theirs_when_their_name_confirms_it(locked: Desk, ann: TestClient):
    other = shared(locked, ann, "write")
    other.post("portfolios", json={"name": "His", "base": "USD"})
    ann.post("watchlists", json={"name": "Tech", "symbols": ["ACME"]})
    ann.post("watchlists", json={"name": "Gone", "symbols": []})
    ann.delete("watchlists/2")
    ann.post("items", json={"name": "House", "currency": "USD"})
    ann.put("facts/ACME", json={"sector": "Technology"})
    ann.put("hand-prices/ACME", json={"currency": "USD", "prices": [{"day": "2026-03-02", "price": "2"}]})
    ann.put("mappings", json={"name": "Bank", "answers": {}})
    owner = client_of(locked, "owner")
    told = {each["name"]: each for each in owner.get("users").json()["people"]}
    key = told["ann"]["id"]
    assert [told["ann"][each] for each in ("portfolios", "watchlists", "items")] == [1, 1, 1]
    for wrong in ({}, {"name": "bob"}):
        kept = owner.delete(f"users/{key}", params=wrong)
        assert (kept.status_code, kept.json()["field"]) == (422, "name")
        assert kept.json()["detail"].startswith("ann has 1 portfolio, 1 watchlist and 1 own item, which would go too")
    assert ann.get("portfolios/1/transactions").json()["total"] == 1
    assert owner.delete(f"users/{key}", params={"name": "ann"}).status_code == 204
    assert [each["name"] for each in other.get("portfolios").json()["portfolios"]] == ["His"]
    assert "ann" not in {each["name"] for each in owner.get("users").json()["people"]}
    assert ShareBook(locked.ledger).every() == frozenset()
    assert locked.accounts.audit.entries()[0].deed.what == "removed"


def test_what_is_shared_taken_out_and_taken_away_is_written_down(locked: Desk, ann: TestClient):
    shared(locked, ann, "read")
    bob = locked.accounts.people.person_named("bob")
    assert bob is not None
    ann.delete(f"portfolios/1/shares/{bob.id}")
    ann.delete(f"portfolios/1/shares/{bob.id}")  # nothing was there any more
    ann.post("watchlists", json={"name": "Tech", "symbols": []})
    ann.put(f"watchlists/1/shares/{bob.id}", json={"right": "write"})
    ann.delete(f"watchlists/1/shares/{bob.id}")
    upload = ann.post("portfolios/1/uploads", content=ITEMS).json()["key"]
    chosen = {"upload": upload, "file": "bank.csv", "instruments": {"House in Bern": "own"}, "accounts": {"": 1}}
    assert ann.post("portfolios/1/imports", json=chosen).status_code == 201
    assert ann.get("portfolios/1/export").status_code == 200
    assert ann.delete("portfolios/1/imports/1").status_code == 200
    ann.delete("portfolios/1", params={"name": "Hers"})
    owner = client_of(locked, "owner")
    owner.post("alerts/channels", json={"kind": "in-app", "name": "Here", "config": {}})
    found = [(each["name"], each["what"], each["about"]) for each in owner.get("audit").json()["entries"]]
    assert [each for each in found if not each[1].startswith("signed in")][:9] == [
        ("owner", "channel added", "Here, in-app"),
        ("ann", "portfolio removed", "Hers"),
        ("ann", "import undone", "bank.csv from Hers"),
        ("ann", "exported", "Hers as json"),
        ("ann", "imported", "bank.csv into Hers"),
        ("ann", "watchlist unshared", "Tech with bob"),
        ("ann", "watchlist shared", "Tech with bob, to write"),
        ("ann", "portfolio unshared", "Hers with bob"),
        ("ann", "portfolio shared", "Hers with bob, to read"),
    ]


def test_a_reader_leaves_and_a_writer_neither_renames_nor_counts_otherwise(locked: Desk, ann: TestClient):
    writer = shared(locked, ann, "write")
    assert writer.put("portfolios/1", json=BODIES["PUT /portfolios/{number}"]).status_code == 403
    assert ann.get("portfolios/1").json()["name"] == "Hers"
    reader = shared(locked, ann, "read")
    bob = locked.accounts.people.person_named("bob")
    assert bob is not None
    assert reader.delete(f"portfolios/1/shares/{bob.id}").status_code == 204
    assert reader.get("portfolios/1").status_code == 404


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
OF_ALL = ("/portfolios", "/users", "/alerts", "/actions", "/jobs", "/symbols", "/facts", "/hand-prices", "/{path")
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


def test_who_imports_into_the_portfolio_of_another_says_nothing_of_the_instruments_there(locked: Desk, ann: TestClient):
    bob = locked.accounts.people.person_named("bob")
    assert bob is not None
    ann.put(f"portfolios/1/shares/{bob.id}", json={"right": "write"})
    bought = {"kind": "buy", "account": 1, "day": "2026-03-02", "currency": "USD", "cash": "-5", "quantity": "1"}
    assert ann.post("portfolios/1/transactions", json={**bought, "instrument": "AAPL"}).status_code == 201
    writer = client_of(locked, "bob")
    document = writer.get("portfolios/1/export").json()
    document |= {"origin": "another", "facts": {"AAPL": {"currency": "EUR", "sector": "Fraud"}}}
    document["prices"] = {"AAPL": {"2026-03-01": "5"}}
    document["transactions"][-1] |= {"day": "2026-03-03", "quantity": "2"}
    key = writer.post("portfolios/1/uploads", content=json.dumps(document)).json()["key"]
    left_out = "Its prices by hand and facts are left out: only who owns the portfolio says them."
    assert left_out in writer.post(f"portfolios/1/uploads/{key}/preview", json={}).json()["notes"]
    assert writer.post("portfolios/1/imports", json={"upload": key}).status_code == 201
    assert ann.get("facts").json() == {"facts": {}}
    assert ann.get("hand-prices").json() == {"prices": {}}
