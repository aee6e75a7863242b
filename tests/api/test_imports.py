"""Imports over the API: from the upload of a broker's file to its undoing, and all that can be wrong with one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from market import SHARED, needs_shared
from openbell.api.app import create_app
from openbell.desk import Desk
from openbell.store.portfoliobook import PortfolioBook
from statements.workbooks import workbook

PLAIN = """Date,Action,Symbol,Quantity,Price,Amount,Currency
2026-02-02,Deposit,,,,2000,USD
2026-02-03,Buy,AAPL,10,100,-1000,USD
2026-02-04,Sell,AAPL,-4,110,440,USD
"""


@pytest.fixture
def client(desk: Desk) -> TestClient:
    client = TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1/api/v1", raise_server_exceptions=False)
    client.post("portfolios", json={"name": "Mine", "base": "USD"})
    return client


def uploaded(client: TestClient, content: str | bytes, portfolio: int = 1) -> str:
    answer = client.post(f"portfolios/{portfolio}/uploads", content=content)
    assert answer.status_code == 201, answer.text
    return answer.json()["key"]


def preview(client: TestClient, key: str, portfolio: int = 1, **choices: Any) -> dict[str, Any]:
    answer = client.post(f"portfolios/{portfolio}/uploads/{key}/preview", json=choices)
    assert answer.status_code == 200, answer.text
    return answer.json()


def confirm(client: TestClient, key: str, portfolio: int = 1, **choices: Any) -> dict[str, Any]:
    answer = client.post(f"portfolios/{portfolio}/imports", json={"upload": key, "file": "my.csv", **choices})
    assert answer.status_code == 201, answer.text
    return answer.json()


def kinds(client: TestClient, portfolio: int = 1) -> list[tuple[str, str, str]]:
    found = client.get(f"portfolios/{portfolio}/transactions", params={"limit": 500}).json()["transactions"]
    return [(each["day"], each["kind"], each["cash"]) for each in found][::-1]


def test_a_file_is_looked_at_booked_and_undone(client: TestClient):
    key = uploaded(client, PLAIN)
    found = preview(client, key)
    assert (found["counts"]["new"], found["ready"], [row["state"] for row in found["rows"]]) == (3, True, ["new"] * 3)
    assert found["columns"]["header"][:3] == ["Date", "Action", "Symbol"]
    assert [(each["ticker"], each["how"]) for each in found["instruments"]] == [("AAPL", "ticker")]
    assert kinds(client) == []
    batch = confirm(client, key)
    assert kinds(client) == [
        ("2026-02-02", "deposit", "2000"),
        ("2026-02-03", "buy", "-1000"),
        ("2026-02-04", "sell", "440"),
    ]
    assert client.get("portfolios/1/imports").json()["imports"] == [batch]
    assert client.delete(f"portfolios/1/imports/{batch['id']}").json() == {"transactions": 3}
    assert kinds(client) == []
    assert client.get("portfolios/1").json()["accounts"] == []


def test_a_transfer_of_a_file_says_how_much_arrived_in_another_currency(client: TestClient):
    sent = {"kind": "transfer", "day": "2026-03-02", "currency": "USD", "cash": "-50", "account_id": 1, "account": "A"}
    accounts = [{"id": 1, "name": "A", "currency": "USD"}, {"id": 2, "name": "B", "currency": "EUR"}]
    sent |= {"to_account_id": 2, "to_account": "B", "to_currency": "EUR"}
    document = {"openbell": 1, "origin": "elsewhere", "accounts": accounts, "instruments": []}
    shown = preview(client, uploaded(client, json.dumps({**document, "transactions": [sent]})))
    assert (shown["counts"]["new"], shown["counts"]["problems"]) == (0, 1)
    assert "how much EUR arrived" in shown["problems"][0]["what"]
    told = {**document, "transactions": [{**sent, "to_cash": "45"}]}
    assert preview(client, uploaded(client, json.dumps(told)))["counts"]["new"] == 1


def test_a_file_of_rows_that_nobody_could_read_is_not_said_to_be_here_already(client: TestClient):
    unread = uploaded(client, PLAIN.replace("2026-02-0", "2026-02-3"))
    refused = client.post("portfolios/1/imports", json={"upload": unread, "file": "my.csv"})
    assert refused.status_code == 422
    assert "imported before" not in refused.text
    assert "not read: 3" in refused.json()["remedy"]


def test_the_same_or_an_overlapping_file_adds_nothing_twice(client: TestClient):
    confirm(client, uploaded(client, PLAIN))
    again = uploaded(client, PLAIN)
    counts = preview(client, again)["counts"]
    assert {name: count for name, count in counts.items() if count} == {"known": 3}
    refused = client.post("portfolios/1/imports", json={"upload": again, "file": "my.csv"})
    assert (refused.status_code, refused.json()["detail"]) == (422, "Nothing in this file is new.")
    assert refused.json()["remedy"] == ("Of its rows, imported before: 3. The preview tells why of each.")
    longer = uploaded(client, PLAIN + "2026-02-05,Buy,AAPL,1,100,-100,USD\n")
    assert confirm(client, longer)["counts"]["new"] == 1
    assert len(kinds(client)) == 4


def test_two_accounts_at_one_broker_may_tell_the_same_and_both_are_booked(client: TestClient):
    client.post("portfolios/1/accounts", json={"name": "Hers", "currency": "USD"})
    client.post("portfolios/1/accounts", json={"name": "His", "currency": "USD"})
    confirm(client, uploaded(client, PLAIN), accounts={"": 1})
    key = uploaded(client, PLAIN)
    assert preview(client, key)["counts"]["known"] == 3
    found = preview(client, key, accounts={"": 2})
    assert ([row["state"] for row in found["rows"]], [row["twin"] for row in found["rows"]]) == (
        ["new"] * 3,
        [True] * 3,
    )
    confirm(client, key, accounts={"": 2})
    again = uploaded(client, PLAIN)
    for account in (1, 2):
        counts = preview(client, again, accounts={"": account})["counts"]
        assert (counts["new"], counts["known"], counts["alike"]) == (0, 3, 0)


def test_an_account_that_was_renamed_is_found_by_its_rows(client: TestClient):
    confirm(client, uploaded(client, PLAIN))
    (made,) = client.get("portfolios/1").json()["accounts"]
    client.put(f"portfolios/1/accounts/{made['id']}", json={"name": "Old age", "currency": "USD"})
    found = preview(client, uploaded(client, PLAIN + "2026-02-05,Buy,AAPL,1,100,-100,USD\n"))
    assert (found["counts"]["new"], found["accounts"][0]["account"]) == (1, made["id"])


FLEX = "Type,SettleDate,ISIN,Symbol,Description,Amount,CurrencyPrimary,TransactionID\n"
PAID = "Dividends,20260204,,AAPL,AAPL(US0378331005) CASH DIVIDEND,100,USD,77\n"
HELD_BACK = "Withholding Tax,20260204,,AAPL,AAPL(US0378331005) CASH DIVIDEND - US TAX,-30,USD,78\n"


def test_a_tax_that_only_a_later_file_tells_is_booked_beside_its_dividend_and_the_dividend_once(client: TestClient):
    confirm(client, uploaded(client, FLEX + PAID), midway=True)
    whole = uploaded(client, FLEX + PAID + HELD_BACK)
    assert [(row["kind"], row["state"]) for row in preview(client, whole)["rows"]] == [
        ("dividend", "known"),
        ("tax", "new"),
    ]
    confirm(client, whole, midway=True)
    assert kinds(client) == [("2026-02-04", "dividend", "100"), ("2026-02-04", "tax", "-30")]
    counts = preview(client, uploaded(client, FLEX + PAID + HELD_BACK))["counts"]
    assert (counts["new"], counts["known"]) == (0, 1)


def test_a_dividend_that_was_booked_with_its_tax_is_known_by_either_row(client: TestClient):
    confirm(client, uploaded(client, FLEX + PAID + HELD_BACK), midway=True)
    assert kinds(client) == [("2026-02-04", "dividend", "70")]
    for rows in (PAID, HELD_BACK, PAID + HELD_BACK, PAID + HELD_BACK.replace("78", "79") + HELD_BACK):
        counts = preview(client, uploaded(client, FLEX + rows))["counts"]
        assert (counts["new"], counts["alike"]) == (int("79" in rows), 0)


def test_two_equal_trades_are_two_and_are_pointed_at(client: TestClient):
    twice = PLAIN + "2026-02-04,Buy,AAPL,1,100,-100,USD\n" * 2
    found = preview(client, uploaded(client, twice))
    assert (found["counts"]["new"], [row["twin"] for row in found["rows"]].count(True)) == (5, 1)


def test_a_row_that_looks_like_a_typed_one_is_asked_about(client: TestClient):
    client.post("portfolios/1/accounts", json={"name": "Mine", "currency": "USD"})
    typed = {"kind": "deposit", "account": 1, "day": "2026-02-02", "currency": "USD", "cash": "2000"}
    client.post("portfolios/1/transactions", json=typed)
    key = uploaded(client, PLAIN)
    account = preview(client, key)["accounts"][0]["told"]
    found = preview(client, key, accounts={account: 1})
    assert [row["state"] for row in found["rows"]] == ["alike", "new", "new"]
    alike = found["rows"][0]["fingerprint"]
    assert preview(client, key, accounts={account: 1}, take=[alike])["counts"]["new"] == 3
    assert confirm(client, key, accounts={account: 1})["counts"]["new"] == 2


def test_rows_of_days_to_come_are_left_out_and_said(client: TestClient):
    key = uploaded(client, PLAIN + "2027-02-05,Buy,AAPL,1,100,-100,USD\n")
    assert preview(client, key)["rows"][-1]["state"] == "future"
    assert confirm(client, key)["counts"]["future"] == 1
    assert len(kinds(client)) == 3


def test_an_instrument_nobody_knows_is_chosen_or_made_an_item(client: TestClient):
    house = "Date,Action,Name,Quantity,Price,Amount,Currency\n2026-02-03,Buy,A house,1,250000,-250000,EUR\n"
    key = uploaded(client, house)
    found = preview(client, key)
    assert (found["ready"], found["instruments"][0]["id"]) == (False, None)
    refused = client.post("portfolios/1/imports", json={"upload": key, "file": "my.csv"})
    assert (refused.status_code, refused.json()["field"]) == (422, "instruments")
    named = found["instruments"][0]["key"]
    batch = confirm(client, key, instruments={named: "own"})
    assert client.get("portfolios/1/transactions").json()["transactions"][0]["instrument"] == "own:1"
    assert client.get("items").json()["items"][0]["name"] == "A house"
    client.delete(f"portfolios/1/imports/{batch['id']}")
    assert client.get("items").json()["items"] == []


def test_an_edited_import_is_undone_only_when_that_is_said(client: TestClient):
    confirm(client, uploaded(client, PLAIN))
    told = client.get("portfolios/1/transactions/1").json()
    change = {name: told[name] for name in ("kind", "account", "day", "currency", "cash", "version")}
    assert client.put("portfolios/1/transactions/1", json={**change, "note": "mine"}).status_code == 200
    refused = client.delete("portfolios/1/imports/1")
    assert (refused.status_code, refused.json()["field"]) == (409, "edited_too")
    assert "1 transaction changed" in refused.json()["detail"]
    assert client.delete("portfolios/1/imports/1", params={"edited_too": True}).status_code == 200


BOUGHT = "Date,Action,Symbol,Quantity,Price,Amount,Currency\n2026-02-03,Buy,AAPL,10,100,-1000,USD\n"
SOLD = {"account": 1, "currency": "USD", "kind": "sell", "instrument": "AAPL"}


def test_an_import_whose_units_were_sold_by_hand_is_undone_only_when_that_is_said(client: TestClient):
    client.post("portfolios/1/accounts", json={"name": "Broker", "currency": "USD"})
    confirm(client, uploaded(client, BOUGHT), accounts={"": 1})
    sale = {**SOLD, "day": "2026-02-05", "quantity": "-10", "cash": "1100"}
    assert client.post("portfolios/1/transactions", json=sale).status_code == 201
    refused = client.delete("portfolios/1/imports/1")
    assert (refused.status_code, refused.json()["field"]) == (409, "oversold_too")
    assert refused.json()["detail"] == "The sale of 10 AAPL on 2026-02-05 would lack its units."
    assert client.delete("portfolios/1/imports/1", params={"oversold_too": True}).status_code == 200


def test_a_file_takes_no_lots_that_a_sale_chose_unasked(client: TestClient):
    client.post("portfolios/1/accounts", json={"name": "Broker", "currency": "USD"})
    for day, units in (("2026-02-02", "10"), ("2026-02-03", "5")):
        bought = {**SOLD, "kind": "buy", "day": day, "quantity": units, "cash": "-500"}
        assert client.post("portfolios/1/transactions", json=bought).status_code == 201
    chosen = {**SOLD, "day": "2026-02-06", "quantity": "-10", "cash": "1", "picks": [{"opened": 1, "quantity": "10"}]}
    assert client.post("portfolios/1/transactions", json=chosen).status_code == 201
    early = "Date,Action,Symbol,Quantity,Price,Amount,Currency\n2026-02-05,Sell,AAPL,-5,100,500,USD\n"
    found = preview(client, uploaded(client, early), accounts={"": 1})
    (lacking,) = found["unheld"]
    assert "chose 5 units too many of transaction 1" in lacking["what"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"hello", ""),
        (b"\x00\x01\x02\xff" * 100, ""),
        (b'{"activities": [', "damaged"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><FlexQueryResponse/>", "document type"),
    ],
)
def test_what_is_no_statement_is_refused_with_a_sentence(client: TestClient, content: bytes, says: str):
    answer = client.post("portfolios/1/uploads", content=content)
    if answer.status_code == 201:
        answer = client.post(f"portfolios/1/uploads/{answer.json()['key']}/preview", json={})
    assert answer.status_code == 422, answer.text
    assert says in answer.json()["detail"]


def test_a_file_that_is_too_large_is_refused(client: TestClient):
    answer = client.post("portfolios/1/uploads", content=b"x" * 32_000_001)
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


def test_a_request_that_is_too_large_is_refused(client: TestClient):
    answer = client.post("portfolios/1/transactions", json={"note": "x" * 10_000_000})
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
    answer = client.post("portfolios/1/transactions", content=(b"x" * 100_000 for _ in range(100)))
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


def test_a_file_that_is_gone_is_asked_for_again(client: TestClient):
    for key in ("0" * 64, "nothing", "%2e%2e", "a" * 64):
        refused = client.post("portfolios/1/imports", json={"upload": key})
        assert (refused.status_code, refused.json()["field"]) == (422, "upload")


def test_a_table_whose_columns_say_nothing_is_mapped_by_its_reader(client: TestClient):
    key = uploaded(client, "Moment,Was geschah,Wieviel\n2026-02-02,Einzahlung,2000\n2026-02-03,Einzahlung,500\n")
    found = preview(client, key)
    assert (found["question"]["option"], found["question"]["options"]) == ("mapping", [])
    assert found["columns"]["header"] == ["Moment", "Was geschah", "Wieviel"]
    assert found["columns"]["samples"] == ["2026-02-02", "Einzahlung", "2000"]
    assert found["columns"]["proposed"] is None
    columns = {"date": "Moment", "amount": "Wieviel"}
    half = preview(client, key, answers={"mapping": {"columns": {"amount": "Wieviel"}}})
    assert half["question"]["option"] == "mapping"
    whole = {"mapping": {"columns": columns}, "currency": "EUR"}
    assert [row["kind"] for row in preview(client, key, answers=whole)["rows"]] == ["deposit", "deposit"]


def test_a_mapping_is_kept_for_the_next_file(client: TestClient):
    mapping = {
        "columns": {"date": "Day", "kind": "What", "amount": "Money", "currency": "In"},
        "kinds": {"Got": "deposit"},
    }
    kept = client.put("mappings", json={"name": "My bank", "answers": {"mapping": mapping}}).json()
    assert kept["answers"]["mapping"]["columns"]["date"] == "Day"
    odd = "Day,What,Money,In\n2026-02-03,Got,12.50,EUR\n"
    found = preview(client, uploaded(client, odd), answers=kept["answers"])
    assert [(row["kind"], row["cash"], row["currency"]) for row in found["rows"]] == [("deposit", "12.5", "EUR")]
    assert client.delete(f"mappings/{kept['id']}").status_code == 204
    assert client.get("mappings").json() == {"mappings": []}


def test_a_preview_tells_what_an_exchange_and_a_transfer_give_and_where(client: TestClient):
    for name in ("Broker", "Bank"):
        client.post("portfolios/1/accounts", json={"name": name, "currency": "USD", "broker": ""})
    given = {"account": 1, "day": "2026-02-03", "currency": "EUR", "cash": "-100"}
    for told in (
        {**given, "kind": "exchange", "to_cash": "108.75", "to_currency": "USD"},
        {**given, "kind": "transfer", "to_account": 2, "to_cash": "100", "to_currency": "EUR"},
    ):
        answer = client.post("portfolios/1/transactions", json=told)
        assert answer.status_code == 201, answer.text
    exported = client.get("portfolios/1/export", params={"format": "csv"}).content
    rows = preview(client, uploaded(client, exported))["rows"]
    assert [(each["kind"], each["to_cash"], each["to_currency"], each["to_account"]) for each in rows] == [
        ("exchange", "108.75", "USD", ""),
        ("transfer", "100", "EUR", "Bank"),
    ]


@pytest.mark.parametrize("form", ["csv", "json"])
def test_an_export_comes_back_without_loss(client: TestClient, form: str):
    client.post("items", json={"name": "A house", "currency": "EUR"})
    client.post("portfolios/1/accounts", json={"name": "Bank", "currency": "USD", "broker": "ING"})
    common = {"account": 1, "currency": "USD"}
    for told in (
        {"kind": "opening", "day": "2026-01-01", "cash": "1000.10", "note": "=1+1"},
        {"kind": "buy", "day": "2026-01-02", "instrument": "AAPL", "quantity": "3", "cash": "-30.03", "tags": ["a,b"]},
        {"kind": "buy", "day": "2026-01-03", "instrument": "AAPL", "quantity": "3", "cash": "-36", "price": "12"},
        {"kind": "buy", "day": "2026-01-03", "instrument": "own:1", "quantity": "1", "cash": "-9"},
        {"kind": "sell", "day": "2026-01-04", "instrument": "AAPL", "quantity": "-1", "cash": "13", "fee": "0.5",
         "picks": [{"opened": 3, "quantity": "1"}], "at": "2026-01-04T15:30:00+00:00"},
    ):  # fmt: skip
        assert client.post("portfolios/1/transactions", json={**common, **told}).status_code == 201
    exported = client.get("portfolios/1/export", params={"format": form})
    assert exported.status_code == 200
    client.post("portfolios", json={"name": "Again", "base": "USD"})
    batch = confirm(client, uploaded(client, exported.content, 2), 2)
    assert batch["counts"]["new"] == 5

    def all_of(portfolio: int) -> list[dict[str, Any]]:
        found = client.get(f"portfolios/{portfolio}/transactions").json()["transactions"][::-1]
        first = found[0]["id"]
        picks = [[(pick["opened"] - first, pick["quantity"]) for pick in each["picks"]] for each in found]
        same = [
            {name: each[name] for name in each if name not in {"id", "account", "batch", "picks", "version"}}
            for each in found
        ]
        return [{**each, "picks": told} for each, told in zip(same, picks, strict=True)]

    assert all_of(2) == all_of(1)
    assert preview(client, uploaded(client, exported.content), 1)["counts"]["new"] == 0


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_portfolios_own_export_adds_nothing_to_it_whatever_was_changed_since(client: TestClient, form: str):
    confirm(client, uploaded(client, PLAIN))
    fee = {"kind": "fee", "account": 1, "day": "2026-02-06", "currency": "USD", "cash": "-1"}
    client.post("portfolios/1/transactions", json=fee)
    exported = client.get("portfolios/1/export", params={"format": form}).content
    told = client.get("portfolios/1/transactions/2").json()
    change = {name: told[name] for name in ("kind", "account", "day", "currency", "instrument", "quantity", "version")}
    assert client.put("portfolios/1/transactions/2", json={**change, "cash": "-1001"}).status_code == 200
    assert client.delete("portfolios/1/transactions/4", params={"version": 1}).status_code == 204
    counts = preview(client, uploaded(client, exported))["counts"]
    assert (counts["new"], counts["alike"], counts["known"]) == (0, 0, 4)
    client.post("portfolios", json={"name": "Another", "base": "USD"})
    assert preview(client, uploaded(client, exported, 2), 2)["counts"]["new"] == 4


def test_prices_of_own_items_and_what_was_said_of_instruments_travel_and_are_undone(client: TestClient, desk: Desk):
    client.post("items", json={"name": "A house", "currency": "EUR", "type": "other"})
    prices = [{"day": "2026-01-01", "price": "250000"}, {"day": "2026-02-01", "price": "260000.5"}]
    client.put("items/1/prices", json={"prices": prices})
    client.put("facts/AAPL", json={"sector": "Fruit", "country": "US", "currency": "usd"})
    client.post("portfolios/1/accounts", json={"name": "Bank", "currency": "EUR"})
    for instrument in ("own:1", "AAPL"):
        bought = {"kind": "buy", "account": 1, "day": "2026-01-02", "currency": "EUR", "cash": "-9", "quantity": "1"}
        assert client.post("portfolios/1/transactions", json={**bought, "instrument": instrument}).status_code == 201
    exported = client.get("portfolios/1/export").content
    assert {name: json.loads(exported)[name] for name in ("prices", "facts")} == {
        "prices": {"own:1": {"2026-01-01": "250000", "2026-02-01": "260000.5"}},
        "facts": {"AAPL": {"sector": "Fruit", "country": "US", "currency": "USD"}},
    }
    client.delete("portfolios/1", params={"name": "Mine"})
    client.delete("items/1")
    client.put("facts/AAPL", json={})
    client.post("portfolios", json={"name": "Back", "base": "USD"})
    client.post("portfolios", json={"name": "Beside", "base": "EUR"})
    states = PortfolioBook(desk.ledger).states()
    key = uploaded(client, exported, 2)
    assert preview(client, key, 2)["notes"] == [
        "It tells 2 prices by hand, of 1 instrument.",
        "It tells what was said by hand of 1 instrument.",
    ]
    batch = confirm(client, key, 2)
    (item,) = client.get("items").json()["items"]
    assert item["prices"] == prices
    said = {"type": None, "sector": "Fruit", "country": "US", "currency": "USD"}
    assert client.get("facts").json()["facts"] == {"AAPL": said}
    assert client.delete(f"portfolios/2/imports/{batch['id']}").status_code == 200
    assert (client.get("items").json(), client.get("facts").json()) == ({"items": []}, {"facts": {}})
    assert PortfolioBook(desk.ledger).states() == states


def test_what_its_owner_has_said_since_goes_before_an_export(client: TestClient):
    client.post("items", json={"name": "A house", "currency": "EUR"})
    client.put("items/1/prices", json={"prices": [{"day": "2026-01-01", "price": "1"}]})
    client.put("facts/AAPL", json={"sector": "Fruit"})
    client.post("portfolios/1/accounts", json={"name": "Bank", "currency": "EUR"})
    for instrument in ("own:1", "AAPL"):
        bought = {"kind": "buy", "account": 1, "day": "2026-01-02", "currency": "EUR", "cash": "-9", "quantity": "1"}
        client.post("portfolios/1/transactions", json={**bought, "instrument": instrument})
    exported = client.get("portfolios/1/export").content
    exported = exported.replace(b'"2026-01-01": "1"', b'"2026-01-01": "1", "2026-01-09": "3"')
    client.put("items/1/prices", json={"prices": [{"day": "2026-01-01", "price": "2"}]})
    client.put("facts/AAPL", json={"sector": "Phones"})
    client.post("portfolios", json={"name": "Again", "base": "EUR"})
    batch = confirm(client, uploaded(client, exported, 2), 2)
    kept = [{"day": "2026-01-01", "price": "2"}, {"day": "2026-01-09", "price": "3"}]
    assert client.get("items").json()["items"][0]["prices"] == kept
    assert client.get("facts").json()["facts"]["AAPL"]["sector"] == "Phones"
    client.delete(f"portfolios/2/imports/{batch['id']}")
    assert client.get("items").json()["items"][0]["prices"] == kept[:1]


FILES = {
    "etg_degiro-export.csv": "degiro",
    "etg_trading212-export.csv": "trading212",
    "etg_schwab-export.csv": "schwab",
    "ibkr_flex_constructed.xml": "ibkr-flex",
    "fidelity_constructed.csv": "fidelity",
    "robinhood_constructed.csv": "robinhood",
    "ghostfolio_constructed.json": "ghostfolio",
    "portfolio_performance_constructed.csv": "portfolio-performance",
    "etg_swissquote-export.csv": "swissquote",
    "etg_parqet-export.csv": "parqet",
    "etg_coinbase-export.csv": "coinbase",
}


@needs_shared
@pytest.mark.parametrize(("name", "preset"), FILES.items())
def test_real_files_are_recognised_booked_and_undone(client: TestClient, name: str, preset: str):
    content = (SHARED / "broker_exports" / name).read_bytes()
    key = uploaded(client, content)
    answers = {"zone": "Europe/Zurich"} if preset == "ghostfolio" else {}
    found = preview(client, key, answers=answers)
    assert (found["question"], found["preset"]) == (None, preset)
    unsure = {each["key"]: "own" for each in found["instruments"] if each["id"] is None}
    batch = confirm(client, key, answers=answers, instruments=unsure, midway=True)
    assert batch["counts"]["new"] == len(kinds(client)) > 0
    for noun in ("positions", "lots", "history", "returns", "income", "allocation", "checks"):
        answer = client.get(f"portfolios/1/{noun}")
        assert answer.status_code == 200, answer.text
    assert preview(client, uploaded(client, content), answers=answers)["counts"]["new"] == 0
    assert client.delete(f"portfolios/1/imports/{batch['id']}").status_code == 200
    assert kinds(client) == []
    assert json.loads(client.get("items").text) == {"items": []}


def test_what_is_held_is_compared_with_what_the_broker_says(client: TestClient):
    client.post("portfolios/1/accounts", json={"name": "Schwab", "currency": "USD"})
    for instrument, units in (("AAPL", "10"), ("MSFT", "3")):
        bought = {"kind": "buy", "account": 1, "day": "2026-02-03", "currency": "USD", "cash": "-1"}
        client.post("portfolios/1/transactions", json={**bought, "instrument": instrument, "quantity": units})
    held = (
        '"Positions for account XXXX-1234 as of 04:00 PM ET, 2026/03/02"\n'
        '"Symbol","Description","Quantity","Price","Market Value","Security Type"\n'
        '"AAPL","APPLE INC","12","$100.00","$1,200.00","Equity"\n'
        '"MSFT","MICROSOFT CORP","3","$100.00","$300.00","Equity"\n'
    )
    answer = client.post("portfolios/1/reconcile", json={"upload": uploaded(client, held)})
    assert answer.status_code == 200, answer.text
    (found,) = answer.json()["differences"]
    said = "The broker has 12 AAPL, this portfolio 10: 2 are missing here."
    told = {"name": "AAPL", "ticker": "AAPL", "ours": "10", "theirs": "12", "missing": "2"}
    assert found == {**told, "said": said}
    refused = client.post("portfolios/1/reconcile", json={"upload": uploaded(client, PLAIN)})
    assert (refused.status_code, refused.json()["detail"]) == (422, "The file tells of no holdings.")


def test_a_row_with_what_no_ledger_keeps_or_a_mistyped_year_is_a_problem_of_its_own(client: TestClient):
    broken = PLAIN + "2026-02-05,Sell,AA\0PL,-1,110,110,USD\n0001-02-06,Sell,AAPL,-1,110,110,USD\n"
    found = preview(client, uploaded(client, broken))
    assert found["counts"] == {**found["counts"], "new": 3, "problems": 2}
    told = {tuple(each["rows"]): each["what"] for each in found["problems"]}
    assert told == {(5,): "The instrument holds what is no character.", (6,): "0001-02-06 is before 1900-01-01."}


def test_an_old_tab_neither_changes_nor_undoes_what_it_never_saw(client: TestClient):
    first = confirm(client, uploaded(client, PLAIN))
    seen = client.get("portfolios/1/transactions/1").json()
    assert client.delete(f"portfolios/1/imports/{first['id']}", params={"version": first["version"]}).status_code == 200
    second = confirm(client, uploaded(client, PLAIN.replace("2000", "3000")))
    assert (second["id"], second["version"] == first["version"]) == (first["id"], False)
    body = {"kind": "deposit", "account": 1, "day": "2026-02-02", "currency": "USD", "cash": "1"}
    late = client.put("portfolios/1/transactions/1", json={**body, "version": seen["version"]})
    assert (late.status_code, late.json()["current"]["cash"]) == (409, "3000")
    gone = client.delete(f"portfolios/1/imports/{second['id']}", params={"version": first["version"]})
    assert (gone.status_code, gone.json()["detail"]) == (409, "Import 1 is another one now: yours was undone.")
    assert len(kinds(client)) == 3


def test_what_was_named_or_priced_by_hand_goes_with_an_import_only_if_it_shall(client: TestClient):
    house = "Date,Action,Name,Quantity,Price,Amount,Currency\n2026-02-03,Buy,House,1,5,-5,USD\n"
    batch = confirm(client, uploaded(client, house), instruments={"House": "own"})["id"]
    account = client.get("portfolios/1").json()["accounts"][0]
    client.put("items/1/prices", json={"prices": [{"day": "2026-02-04", "price": "6"}]})
    assert client.put(f"portfolios/1/accounts/{account['id']}", json={**account, "name": "Mine"}).status_code == 200
    kept = client.delete(f"portfolios/1/imports/{batch}")
    assert kept.status_code == 409
    assert kept.json()["detail"] == "Of this import 1 account and 1 item changed since would go too."
    assert client.delete(f"portfolios/1/imports/{batch}", params={"edited_too": True}).status_code == 200
    assert client.get("items").json() == {"items": []}


def test_which_sheet_of_a_workbook_is_meant_is_asked_and_then_read(client: TestClient):
    rows = {
        1: ("Date", "Action", "Symbol", "Quantity", "Amount", "Currency"),
        2: ("2024-03-05", "Buy", "ACME", 2, -150, "USD"),
    }
    key = uploaded(client, workbook({"2023": rows, "2024": rows}))
    asked = preview(client, key)
    assert (asked["question"]["option"], asked["question"]["options"], asked["columns"]) == (
        "sheet",
        ["2023", "2024"],
        None,
    )
    found = preview(client, key, answers={"sheet": "2024"})
    assert [(row["day"], row["kind"], row["quantity"], row["cash"]) for row in found["rows"]] == [
        ("2024-03-05", "buy", "2", "-150")
    ]
    assert found["columns"]["header"] == list(rows[1])


def test_an_etoro_split_of_two_positions_multiplies_what_is_held_once(client: TestClient):
    head = "Date,Type,Details,Amount,Units,Realized Equity Change,Realized Equity,Balance,Position ID,Asset type,NWA\n"
    rows = (
        "02/01/2024 11:00:00,Open Position,NVDA/USD,500.00,1,0.00,1000,500,1,Stocks,0",
        "03/01/2024 11:00:00,Open Position,NVDA/USD,250.00,0.5,0.00,1000,250,2,Stocks,0",
        "10/06/2024 01:00:00,corp action: Split,NVDA/USD 10:1,0.00,-,0.00,1000,250,1,Stocks,0",
        "10/06/2024 01:00:00,corp action: Split,NVDA/USD 10:1,0.00,-,0.00,1000,250,2,Stocks,0",
    )
    confirm(client, uploaded(client, head + "\n".join(rows)), instruments={"NVDA": "NVDA"})
    held = client.get("portfolios/1/positions").json()["positions"]
    assert [(each["ticker"], each["units"]) for each in held] == [("NVDA", "15")]


MIDDLE = """Date,Action,Symbol,Quantity,Price,Amount,Currency
2026-02-03,Buy,AAPL,3,100,-300,USD
2026-02-04,Sell,AAPL,-4,110,440,USD
2026-02-05,Dividend,MSFT,,,7,USD
"""
SOLD_TOO_MUCH = "4 units of AAPL were sold on 2026-02-04, but the account held 3"
PAID_BEFORE = "MSFT paid a dividend on 2026-02-05, but the account had held none until then."


def test_what_is_sold_or_paid_without_units_is_told_row_by_row_and_booked_only_where_that_is_confirmed(
    client: TestClient,
):
    key = uploaded(client, MIDDLE)
    found = preview(client, key)
    assert [each["rows"] for each in found["unheld"]] == [[3], [4]]
    sold, paid = (each["what"] for each in found["unheld"])
    assert (sold.startswith(SOLD_TOO_MUCH), paid) == (True, PAID_BEFORE)
    assert [row["unheld"] for row in found["rows"]] == ["", sold, paid]
    assert (found["unheld_total"], found["ready"], preview(client, key, midway=True)["ready"]) == (2, False, True)
    refused = client.post("portfolios/1/imports", json={"upload": key, "file": "my.csv"})
    assert (refused.status_code, refused.json()["field"]) == (422, "midway")
    assert refused.json()["detail"].startswith(f"2 rows of the file need units that are not there: {SOLD_TOO_MUCH}")
    assert kinds(client) == []
    assert confirm(client, key, midway=True)["counts"]["new"] == 3


def test_what_was_bought_before_the_file_begins_is_there_for_its_sales(client: TestClient):
    client.post("portfolios/1/accounts", json={"name": "Mine", "currency": "USD", "broker": "Own"})
    for instrument in ("AAPL", "MSFT"):
        bought = {"kind": "buy", "account": 1, "day": "2026-01-05", "currency": "USD", "cash": "-9", "quantity": "1"}
        client.post("portfolios/1/transactions", json={**bought, "instrument": instrument})
    key = uploaded(client, MIDDLE)
    assert [each["rows"] for each in preview(client, key)["unheld"]] == [[3], [4]]
    found = preview(client, key, accounts={"": 1})
    assert (found["unheld"], found["ready"]) == ([], True)


def test_a_file_that_takes_units_from_a_sale_that_is_here_says_so(client: TestClient):
    client.post("portfolios/1/accounts", json={"name": "Mine", "currency": "USD"})
    common = {"account": 1, "currency": "USD", "instrument": "AAPL"}
    for told in (
        {"kind": "buy", "day": "2026-01-05", "cash": "-9", "quantity": "2"},
        {"kind": "sell", "day": "2026-03-02", "cash": "9", "quantity": "-2"},
    ):
        assert client.post("portfolios/1/transactions", json={**common, **told}).status_code == 201
    earlier = "Date,Action,Symbol,Quantity,Price,Amount,Currency\n2026-02-03,Sell,AAPL,-1,100,100,USD\n"
    (lacking,) = preview(client, uploaded(client, earlier), accounts={"": 1})["unheld"]
    assert (lacking["rows"], lacking["what"].startswith("2 units of AAPL were sold on 2026-03-02")) == ([], True)


@pytest.mark.parametrize(("picks", "brought"), [([], "4"), ([{"opened": 1, "quantity": "10"}], "4"), ([], "10")])
def test_a_file_that_brings_units_that_a_sale_lacks_takes_nothing_from_it(
    client: TestClient, picks: list[dict[str, Any]], brought: str
):
    client.post("portfolios/1/accounts", json={"name": "Mine", "currency": "USD"})
    common = {"account": 1, "currency": "USD", "instrument": "AAPL"}
    bought = {"kind": "buy", "day": "2026-01-05", "cash": "-9", "quantity": "10"}
    for told in (bought, {"kind": "sell", "day": "2026-03-02", "cash": "9", "quantity": "-10", "picks": picks}):
        assert client.post("portfolios/1/transactions", json={**common, **told}).status_code == 201
    late = {**common, **bought, "day": "2026-03-03", "version": 1}
    assert client.put("portfolios/1/transactions/1", json=late, params={"oversold_too": True}).status_code == 200
    told = f"Date,Action,Symbol,Quantity,Price,Amount,Currency\n2026-02-03,Buy,AAPL,{brought},100,-400,USD\n"
    key = uploaded(client, told)
    found = preview(client, key, accounts={"": 1})
    assert (found["unheld"], found["ready"]) == ([], True)
    batch = confirm(client, key, accounts={"": 1})
    asked = client.delete(f"portfolios/1/imports/{batch['id']}")
    assert (asked.status_code, asked.json()["field"]) == (409, "oversold_too"), "without them it lacks more again"


def test_the_rows_that_were_not_understood_can_be_read_after_booking(client: TestClient):
    broken = PLAIN + "2026-02-05,Sell,AA\0PL,-1,110,110,USD\n0001-02-06,Sell,AAPL,-1,110,110,USD\n"
    key = uploaded(client, broken)
    told = preview(client, key)["problems"]
    batch = confirm(client, key)
    assert batch["counts"]["problems"] == 2
    left = client.get(f"portfolios/1/imports/{batch['id']}/problems").json()
    clean = [{**each, "content": each["content"].replace("\0", "\ufffd")} for each in told]
    assert left == {"total": 2, "offset": 0, "problems": clean}
    assert clean[1]["content"] == "0001-02-06 | Sell | AAPL | -1 | 110 | 110 | USD"
    page = client.get(f"portfolios/1/imports/{batch['id']}/problems", params={"offset": 1, "limit": 1}).json()
    assert (page["total"], page["problems"]) == (2, clean[1:])
    client.post("portfolios", json={"name": "Another", "base": "USD"})
    assert client.get(f"portfolios/2/imports/{batch['id']}/problems").status_code == 404
    client.delete(f"portfolios/1/imports/{batch['id']}")
    assert client.get(f"portfolios/1/imports/{batch['id']}/problems").status_code == 404


HEAD = "Date,Action,ISIN,Name,Quantity,Amount,Currency\n"
JANUARY = HEAD + "2026-01-05,Buy,US0378331005,APPLE INC,2,-370,USD\n2026-01-06,Buy,,Gold bar,1,-60,USD\n"
FEBRUARY = HEAD + "2026-02-05,Buy,US0378331005,APPLE INC,1,-190,USD\n2026-02-06,Buy,,GOLD  BAR,1,-60,USD\n"


def test_what_was_chosen_once_is_known_in_the_next_file_until_the_import_is_undone(client: TestClient):
    key = uploaded(client, JANUARY)
    assert [each["id"] for each in preview(client, key)["instruments"]] == [None, None]
    batch = confirm(client, key, instruments={"US0378331005": "QUORB", "Gold bar": "own"})
    next_one = uploaded(client, FEBRUARY)
    found = preview(client, next_one)
    known = [(each["id"], each["how"], each["sure"]) for each in found["instruments"]]
    assert (known, found["ready"]) == ([("QUORB", "known", True), ("own:1", "known", True)], True)
    client.post("portfolios", json={"name": "Another", "base": "USD"})
    assert preview(client, uploaded(client, FEBRUARY, 2), 2)["instruments"][0]["id"] is None
    client.delete(f"portfolios/1/imports/{batch['id']}")
    assert [each["id"] for each in preview(client, next_one)["instruments"]] == [None, None]


def test_what_is_chosen_anew_goes_before_what_was_chosen_first(client: TestClient):
    confirm(client, uploaded(client, JANUARY), instruments={"US0378331005": "QUORB", "Gold bar": "own"})
    confirm(client, uploaded(client, FEBRUARY), instruments={"US0378331005": "NIMBO"})
    march = HEAD + "2026-03-05,Buy,US0378331005,Apple,1,-190,USD\n"
    assert [each["id"] for each in preview(client, uploaded(client, march))["instruments"]] == ["NIMBO"]


def test_a_name_that_two_instruments_bear_is_no_name_of_one(client: TestClient):
    twins = HEAD + "2026-01-05,Buy,US0378331005,SHARES,2,-370,USD\n2026-01-06,Buy,US5949181045,SHARES,1,-60,USD\n"
    confirm(client, uploaded(client, twins), instruments={"US0378331005": "QUORB", "US5949181045": "NIMBO"})
    later = HEAD + "2026-03-05,Buy,,SHARES,1,-190,USD\n2026-03-06,Buy,US5949181045,SHARES,1,-190,USD\n"
    found = preview(client, uploaded(client, later))["instruments"]
    assert [each["id"] for each in found] == [None, "NIMBO"]


def test_what_an_import_meant_is_known_when_holdings_are_compared(client: TestClient):
    confirm(client, uploaded(client, JANUARY), instruments={"US0378331005": "QUORB", "Gold bar": "own"})
    held = "Product,Symbol/ISIN,Amount,Closing,Local value,,Value in EUR\nAPPLE INC,US0378331005,2,1,USD,2,2\n"
    answer = client.post("portfolios/1/reconcile", json={"upload": uploaded(client, held), "account": 1})
    assert [each["name"] for each in answer.json()["differences"]] == ["own:1"]


ODD = "Day,What,Money,In,Remark\n03-02-2026,Got,12.50,EUR,x\n"
ODDLY: dict[str, Any] = {
    "dates": "dmy",
    "mapping": {
        "columns": {"date": "Day", "kind": "What", "amount": "Money", "currency": "In"},
        "kinds": {"Got": "deposit"},
    },
}


def test_a_file_with_the_header_of_a_kept_mapping_is_read_by_it_unasked(client: TestClient):
    header = ["Day", "What", "Money", "In", "Remark"]
    client.put("mappings", json={"name": "My bank", "answers": ODDLY, "header": header})
    key = uploaded(client, ODD)
    found = preview(client, key)
    assert (found["question"], found["kept"]["name"], found["kept"]["answers"]["dates"]) == (None, "My bank", "dmy")
    assert [(row["day"], row["kind"], row["cash"]) for row in found["rows"]] == [("2026-02-03", "deposit", "12.5")]
    assert confirm(client, key)["counts"]["new"] == 1
    other = ODD.replace("Remark", "Branch").replace("12.50", "13")
    assert preview(client, uploaded(client, other))["kept"] is None
    assert preview(client, uploaded(client, PLAIN))["kept"] is None


def test_a_mapping_that_was_kept_without_a_header_fits_where_it_says_as_much_as_the_desk_would(client: TestClient):
    client.put("mappings", json={"name": "My bank", "answers": ODDLY})
    found = preview(client, uploaded(client, ODD))
    assert (found["question"], found["kept"]["name"]) == (None, "My bank")


def test_a_search_of_notes_knows_capitals_of_all_alphabets(client: TestClient):
    client.post("portfolios/1/accounts", json={"name": "Mine", "currency": "USD"})
    told = {"kind": "fee", "account": 1, "currency": "USD", "cash": "-1"}
    for day, note in (("2026-02-02", "Für Ünï"), ("2026-02-03", "U\u0308NI\u0308 again"), ("2026-02-04", "uni")):
        client.post("portfolios/1/transactions", json={**told, "day": day, "note": note})

    def said(q: str, **page: int) -> tuple[int, list[str]]:
        found = client.get("portfolios/1/transactions", params={"q": q, **page}).json()
        return found["total"], [each["note"] for each in found["transactions"]]

    assert said("üNÏ") == (2, ["U\u0308NI\u0308 again", "Für Ünï"])
    assert said("ÜNÏ", offset=1, limit=1) == (2, ["Für Ünï"])
    assert said("UNI") == (1, ["uni"])
    assert said("%") == (0, [])


def test_a_row_that_takes_the_chosen_lots_of_a_sale_that_is_here_must_be_confirmed(client: TestClient):
    client.post("portfolios/1/accounts", json={"name": "Broker", "currency": "USD"})
    share = {"account": 1, "currency": "USD", "instrument": "ACME"}
    for told in (
        {"kind": "buy", "day": "2026-02-02", "cash": "-990", "quantity": "10"},
        {"kind": "buy", "day": "2026-02-03", "cash": "-500", "quantity": "5"},
        {
            "kind": "sell",
            "day": "2026-02-06",
            "cash": "1200",
            "quantity": "-10",
            "picks": [{"opened": 1, "quantity": "10"}],
        },
    ):
        assert client.post("portfolios/1/transactions", json={**share, **told}).status_code == 201
    earlier = "Date,Action,Symbol,Quantity,Price,Amount,Currency\n2026-02-05,Sell,ACME,-5,110,550,USD\n"
    key = uploaded(client, earlier)
    found = preview(client, key, accounts={"": 1})
    assert (found["ready"], [each["rows"] for each in found["unheld"]]) == (False, [[]])
    assert "5 units too many" in found["unheld"][0]["what"]
    refused = client.post("portfolios/1/imports", json={"upload": key, "file": "f", "accounts": {"": 1}})
    assert (refused.status_code, refused.json()["field"]) == (422, "midway")
    assert kinds(client)[-1] == ("2026-02-06", "sell", "1200")
    confirm(client, key, accounts={"": 1}, midway=True)
