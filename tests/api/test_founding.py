"""A portfolio that leaves as a file and comes back: the same accounts, counted the same way, with all that is in it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from openbell.api.app import create_app
from openbell.arrivals import founded
from openbell.desk import Desk
from openbell.statements.presets import read

THRESHOLDS = {"position": "0.35", "sector": "0.5", "currency": "0.9", "cash": "0.1", "stale_days": 9}
TOLD: tuple[dict[str, Any], ...] = (
    {"kind": "opening", "account": 1, "day": "2026-01-01", "currency": "EUR", "cash": "1000.10", "note": "=1+1"},
    {"kind": "buy", "account": 2, "day": "2026-01-03", "currency": "USD", "instrument": "AAPL", "quantity": "3",
     "cash": "-30.03", "tags": ["a,b"]},
    {"kind": "buy", "account": 2, "day": "2026-01-02", "currency": "USD", "instrument": "AAPL", "quantity": "3",
     "cash": "-36", "price": "12"},
    {"kind": "buy", "account": 1, "day": "2026-01-03", "currency": "EUR", "instrument": "own:1", "quantity": "1",
     "cash": "-9"},
    {"kind": "transfer", "account": 1, "day": "2026-01-04", "currency": "EUR", "cash": "-90", "to_account": 3,
     "to_cash": "95", "to_currency": "CHF"},
    {"kind": "sell", "account": 2, "day": "2026-01-04", "currency": "USD", "instrument": "AAPL", "quantity": "-1",
     "cash": "13", "fee": "0.5", "picks": [{"opened": 3, "quantity": "1"}], "at": "2026-01-04T15:30:00+00:00"},
)  # fmt: skip


@pytest.fixture
def client(desk: Desk) -> TestClient:
    client = TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1/api/v1", raise_server_exceptions=False)
    client.post("items", json={"name": "A house", "currency": "EUR", "type": "other"})
    client.put("items/1/prices", json={"prices": [{"day": "2026-01-03", "price": "250000"}]})
    client.put("facts/AAPL", json={"sector": "Fruit"})
    mine = {"name": "Mine", "base": "CHF", "method": "lifo", "benchmark": "SPY", "thresholds": THRESHOLDS}
    assert client.post("portfolios", json=mine).status_code == 201
    for name, currency, broker in (
        ("Savings", "EUR", "Swissquote"),
        ("Degiro", "USD", "Degiro"),
        ("Bank", "CHF", ""),
        ("Empty", "GBP", "IBKR"),
    ):
        client.post("portfolios/1/accounts", json={"name": name, "currency": currency, "broker": broker})
    for told in TOLD:
        answer = client.post("portfolios/1/transactions", json=told)
        assert answer.status_code == 201, answer.text
    return client


def exported(client: TestClient, portfolio: int, form: str = "json") -> bytes:
    return client.get(f"portfolios/{portfolio}/export", params={"format": form}).content


def made(client: TestClient, content: bytes, **asked: str) -> dict[str, Any]:
    answer = client.post("portfolios/from-export", content=content, params=asked)
    assert answer.status_code == 201, answer.text
    return answer.json()


def brought_in(client: TestClient, portfolio: int, content: bytes) -> None:
    key = client.post(f"portfolios/{portfolio}/uploads", content=content).json()["key"]
    answer = client.post(f"portfolios/{portfolio}/imports", json={"upload": key, "file": "x"})
    assert answer.status_code == 201, answer.text


def unnamed(content: bytes) -> str:
    """An export without what names the portfolio itself: its mark, its name, and the numbers of this ledger."""
    told = json.loads(content)
    accounts = {each["id"]: nth for nth, each in enumerate(told["accounts"], start=1)}
    rows = {each["id"]: nth for nth, each in enumerate(told["transactions"], start=1)}
    told["origin"], told["portfolio"]["id"], told["portfolio"]["name"] = "", 0, ""
    for each in told["accounts"]:
        each["id"] = accounts[each["id"]]
    for each in told["transactions"]:
        each["id"] = rows[each["id"]]
        each.update({name: accounts[each[name]] for name in ("account_id", "to_account_id") if name in each})
        if "picks" in each:
            each["picks"] = [[rows[opened], units] for opened, units in each["picks"]]
    return json.dumps(told, ensure_ascii=False, indent=1)


def test_a_portfolio_is_made_of_an_export_in_one_step_and_exported_alike(client: TestClient):
    first = exported(client, 1)
    back = made(client, first, name="Again", file="mine.json")
    asked = {name: back[name] for name in ("name", "base", "method", "benchmark", "thresholds")}
    assert asked == {"name": "Again", "base": "CHF", "method": "lifo", "benchmark": "SPY", "thresholds": THRESHOLDS}
    accounts = [(each["name"], each["currency"], each["broker"]) for each in back["accounts"]]
    assert accounts == [("Savings", "EUR", "Swissquote"), ("Degiro", "USD", "Degiro"), ("Bank", "CHF", ""),
                        ("Empty", "GBP", "IBKR")]  # fmt: skip
    second = exported(client, 2)
    assert unnamed(second) == unnamed(first)
    made(client, second, name="A third time")
    assert unnamed(exported(client, 3)) == unnamed(first)
    (batch,) = client.get("portfolios/2/imports").json()["imports"]
    assert (batch["file"], batch["counts"]["new"]) == ("mine.json", len(TOLD))


class Stopped(str):
    """The name of a file at which somebody stops the desk."""

    __slots__ = ()

    def __getitem__(self, at: object) -> str:
        raise KeyboardInterrupt


def test_nothing_is_left_of_a_portfolio_whose_making_is_stopped(client: TestClient, desk: Desk):
    export = read(exported(client, 1), "mine.json")
    with pytest.raises(KeyboardInterrupt):
        founded(desk, 1, export, file=Stopped("mine.json"), sha256="", name="Again")
    assert [each["name"] for each in client.get("portfolios").json()["portfolios"]] == ["Mine"]


@pytest.mark.parametrize("form", ["csv", "json"])
def test_accounts_come_back_with_their_name_currency_and_broker(client: TestClient, form: str):
    client.post("portfolios", json={"name": "Again", "base": "USD"})
    brought_in(client, 2, exported(client, 1, form))
    found = [(each["name"], each["currency"], each["broker"]) for each in client.get("portfolios/2").json()["accounts"]]
    used = [("Savings", "EUR", "Swissquote"), ("Degiro", "USD", "Degiro"), ("Bank", "CHF", "")]
    assert found == (used if form == "csv" else [*used, ("Empty", "GBP", "IBKR")])


def test_an_export_that_comes_into_a_portfolio_that_is_counted_otherwise_says_so(client: TestClient):
    client.post("portfolios", json={"name": "Again", "base": "USD"})
    client.post("portfolios", json={"name": "Alike", "base": "CHF", "method": "lifo", "benchmark": "SPY",
                                    "thresholds": THRESHOLDS})  # fmt: skip
    said = (
        "It was counted in CHF by lifo, beside SPY, with thresholds of its own; Again is not. "
        "To have all of that back, count it so too, or make a new portfolio of the export instead."
    )
    wanted = {"name": "Again", "base": "CHF", "method": "lifo", "benchmark": "SPY", "thresholds": THRESHOLDS}
    for portfolio, notes, counted_as in ((2, [said], wanted), (3, [], None)):
        found = looked_at(client, portfolio)
        assert found["notes"][2:] == notes
        assert found["counted_as"] == counted_as
    version = client.get("portfolios/2").json()["version"]
    assert client.put("portfolios/2", json={**wanted, "version": version}).status_code == 200
    found = looked_at(client, 2)
    assert (found["notes"][2:], found["counted_as"]) == ([], None)


def looked_at(client: TestClient, portfolio: int) -> dict[str, Any]:
    """The preview of the first portfolio's export in another."""
    key = client.post(f"portfolios/{portfolio}/uploads", content=exported(client, 1)).json()["key"]
    found: dict[str, Any] = client.post(f"portfolios/{portfolio}/uploads/{key}/preview", json={"file": "x"}).json()
    return found


def test_how_an_export_was_counted_is_offered_only_where_nothing_is_yet(client: TestClient):
    client.post("portfolios", json={"name": "Again", "base": "USD"})
    account = {"name": "Savings", "currency": "EUR"}
    number = client.post("portfolios/2/accounts", json=account).json()["id"]
    assert looked_at(client, 2)["counted_as"]["base"] == "CHF", "an account alone is nothing yet"
    paid = {"kind": "deposit", "account": number, "day": "2026-01-02", "currency": "EUR", "cash": "1"}
    assert client.post("portfolios/2/transactions", json=paid).status_code == 201
    assert looked_at(client, 2)["counted_as"] is None


def test_a_csv_comes_back_the_same_but_for_its_numbers(client: TestClient):
    def rows(portfolio: int) -> list[str]:
        told = exported(client, portfolio, "csv").decode("utf-8-sig").splitlines()
        return [re.sub(r"^1,[^,]*,\d+,\d+,", "", row) for row in told if "transfer" not in row and "sell" not in row]

    client.post("portfolios", json={"name": "Again", "base": "CHF"})
    brought_in(client, 2, exported(client, 1, "csv"))
    assert rows(2) == rows(1)


def test_an_export_of_before_that_lacks_accounts_and_settings_still_comes_in(client: TestClient):
    old = json.loads(exported(client, 1))
    del old["accounts"], old["settings"]
    client.post("portfolios", json={"name": "Again", "base": "USD"})
    brought_in(client, 2, json.dumps(old).encode())
    table = exported(client, 1, "csv").decode("utf-8-sig").splitlines()
    assert table[0].endswith(",to_account_currency,to_account_broker")
    short = [row.rsplit(",", 2)[0] for row in table]
    client.post("portfolios", json={"name": "A third time", "base": "USD"})
    brought_in(client, 3, "\n".join(short).encode())
    assert len(client.get("portfolios/3/transactions").json()["transactions"]) == len(TOLD)


def test_an_export_of_an_empty_portfolio_is_one_too(client: TestClient):
    client.post("portfolios", json={"name": "Plan", "base": "EUR", "method": "average"})
    client.post("portfolios/2/accounts", json={"name": "Soon", "currency": "EUR"})
    back = made(client, exported(client, 2), name="Plan again")
    assert (back["method"], [each["name"] for each in back["accounts"]]) == ("average", ["Soon"])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (None, "This is no export of a whole portfolio."),
        ({"portfolio": None}, "This is no export of a whole portfolio."),
        ({"portfolio": []}, "This is no export of a whole portfolio."),
        ({"portfolio": 7}, "its portfolio is no such thing"),
        ({"portfolio": {"name": "x", "base": "EUR", "method": "magic"}}, "'magic' is no method for lots."),
        ({"portfolio": {"name": "x", "base": "Taler", "method": "fifo"}}, "is not a currency"),
        ({"portfolio": {"name": "x", "base": "EUR", "method": "fifo", "benchmark": "?"}}, "'?'"),
        ({"settings": {"thresholds": {"position": "7"}}}, "The threshold position is 7."),
        ({"settings": {"thresholds": {"stale_days": "many"}}}, "many"),
        ({"settings": {"thresholds": {"charm": "1"}}}, "Its thresholds are no such thing."),
        ({"accounts": [{"id": 1, "name": "x", "currency": "Taler"}]}, "is not a currency"),
        ({"accounts": [{"id": "x", "name": "x", "currency": "EUR"}]}, "is no account"),
        ({"transactions": [{"kind": "gift"}]}, "1 transaction of the export cannot be read."),
    ],
)
def test_what_is_no_export_makes_nothing(client: TestClient, change: dict[str, Any] | None, says: str):
    content = b"Date,Amount,Currency\n2026-01-01,5,EUR\n"
    if change is not None:
        content = json.dumps({**json.loads(exported(client, 1)), **change}).encode()
    refused = client.post("portfolios/from-export", content=content, params={"name": "Again"})
    assert (refused.status_code, says in refused.json()["detail"]) == (422, True), refused.text
    assert len(client.get("portfolios").json()["portfolios"]) == 1


def test_an_export_with_a_day_that_is_yet_to_come_makes_nothing(client: TestClient):
    told = json.loads(exported(client, 1))
    told["transactions"][1]["day"] = "2100-01-01"
    answer = client.post("portfolios/from-export", content=json.dumps(told), params={"name": "Again"})
    assert (answer.status_code, answer.json()["field"]) == (422, "file")
    assert answer.json()["detail"] == "1 transaction of the export is yet to come, on 2100-01-01 first."
    assert [each["name"] for each in client.get("portfolios").json()["portfolios"]] == ["Mine"]


def test_a_name_that_is_taken_makes_nothing(client: TestClient):
    refused = client.post("portfolios/from-export", content=exported(client, 1))
    assert (refused.status_code, refused.json()["field"]) == (422, "name")
    assert len(client.get("items").json()["items"]) == 1
