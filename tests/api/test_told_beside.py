"""What an export tells beside its transactions, prices by hand and facts: checked, counted, and taken back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.test_figures import client
from api.test_hand_prices import position
from api.test_imports import confirm, preview, uploaded

__all__ = ["client"]


def exported(
    instrument: str, facts: Mapping[str, Any] | None = None, prices: Mapping[str, str] | None = None, units: int = 1
) -> str:
    """An export of a desk that knows the instrument in dollars, with what was said there of it."""
    bought = {"kind": "buy", "day": "2026-03-02", "instrument": instrument, "quantity": str(units), "cash": "-5"}
    document = {
        "openbell": 1,
        "origin": "elsewhere",
        "accounts": [{"id": 1, "name": "Broker", "currency": "EUR", "broker": ""}],
        "instruments": [{"id": instrument, "ticker": instrument, "currency": "USD"}],
        "prices": {instrument: prices} if prices else {},
        "facts": {instrument: facts} if facts else {},
        "transactions": [{"id": 1, "account_id": 1, "account": "Broker", "currency": "USD", **bought}],
    }
    return json.dumps(document)


def refused(client: TestClient, content: str, **choices: Any) -> str:
    """The field that is wrong."""
    answer = client.post("portfolios/1/imports", json={"upload": uploaded(client, content), "file": "f", **choices})
    assert answer.status_code == 422, answer.text
    field: str = answer.json()["field"]
    return field


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"country": "usa"}, "country"),
        ({"sector": "y" * 200}, "sector"),
        ({"sector": " "}, "sector"),
        ({"sector": "a\0b"}, "sector"),
        ({"type": "boat"}, "type"),
    ],
)
def test_a_fact_that_is_none_is_told_with_its_rows_and_left_out(client: TestClient, facts: dict[str, str], field: str):
    key = uploaded(client, exported("NOBODY", {"currency": "EUR", **facts}))
    shown = preview(client, key)
    assert shown["ready"]
    (problem,) = shown["problems"]
    assert (problem["rows"], problem["blocking"]) == ([1], False)
    assert problem["what"].startswith("Of NOBODY: ")
    assert problem["what"].endswith(" That is left out.")
    assert problem["content"].startswith(f"{field}: ")
    confirm(client, key)
    assert said_of(client) == {"NOBODY": {"currency": "EUR"}}
    assert client.put("facts/NOBODY", json=facts).status_code == 422


@pytest.mark.parametrize(
    ("day", "price", "says"),
    [("2026-03-02", "0", "A price is more than 0."), ("1850-01-01", "5", "1850-01-01"), ("2026-03-02", "-5", "more")],
)
def test_a_price_that_is_none_is_told_with_its_rows_and_left_out(client: TestClient, day: str, price: str, says: str):
    key = uploaded(client, exported("NOBODY", {"currency": "EUR"}, {day: price, "2026-03-03": "6 EUR"}))
    shown = preview(client, key)
    assert shown["ready"]
    (problem,) = shown["problems"]
    assert (problem["rows"], problem["blocking"]) == ([1], False)
    assert says in problem["what"]
    assert problem["content"] == f"{day}: {price}"
    confirm(client, key)
    assert [each["day"] for each in client.get("hand-prices").json()["prices"]["NOBODY"]["prices"]] == ["2026-03-03"]


def test_an_export_with_a_price_that_is_none_comes_back_whole_or_not_at_all(client: TestClient):
    document = {**json.loads(exported("NOBODY", {}, {"2026-03-02": "0"}))}
    document["portfolio"] = {"name": "Old", "base": "EUR", "method": "fifo"}
    answer = client.post("portfolios/from-export", content=json.dumps(document))
    assert (answer.status_code, answer.json()["field"]) == (422, "prices")
    assert answer.json()["detail"] == "Of NOBODY: A price is more than 0."


def test_an_export_with_a_fact_that_is_none_comes_back_whole_or_not_at_all(client: TestClient):
    document = {**json.loads(exported("NOBODY", {"country": "usa"})), "portfolio": {"name": "Old", "base": "EUR"}}
    document["portfolio"]["method"] = "fifo"
    answer = client.post("portfolios/from-export", content=json.dumps(document))
    assert (answer.status_code, answer.json()["field"]) == (422, "facts")
    assert answer.json()["detail"] == "Of NOBODY: 'usa' is no country."


def test_what_becomes_an_item_in_another_currency_brings_no_price(client: TestClient):
    item = client.post("items", json={"name": "House", "currency": "EUR"}).json()["instrument"]
    key = uploaded(client, exported("NOBODY", {"currency": "USD"}, {"2026-03-02": "5", "2026-03-03": "6 EUR"}))
    choices = {"instruments": {"NOBODY": item}}
    shown = preview(client, key, **choices)
    assert shown["ready"]
    assert "NOBODY is in USD there, in EUR here: its prices by hand are left out." in shown["notes"]
    confirm(client, key, **choices)
    assert client.get("facts").json() == {"facts": {}}
    assert client.get("items").json()["items"][0]["prices"] == [{"day": "2026-03-03", "price": "6"}]
    assert (position(client, "House")["currency"], position(client, "House")["value"]) == ("EUR", "6")


def test_an_item_of_the_same_name_in_another_currency_is_another_one(client: TestClient):
    client.post("items", json={"name": "Boat", "currency": "USD"})
    client.put("items/1/prices", json={"prices": [{"day": "2026-03-02", "price": "100"}]})
    document = {**BOAT, "facts": {}, "prices": {"own:9": {"2026-03-03": "80"}}}
    confirm(client, uploaded(client, json.dumps(document)))
    items = client.get("items").json()["items"]
    assert [(each["name"], each["currency"], each["prices"]) for each in items] == [
        ("Boat", "USD", [{"day": "2026-03-02", "price": "100"}]),
        ("Boat (EUR)", "EUR", [{"day": "2026-03-03", "price": "80"}]),
    ]
    assert position(client, "Boat (EUR)")["value"] == "80"
    again = preview(client, uploaded(client, json.dumps(document)))
    assert [each["id"] for each in again["instruments"]] == ["own:2"]


@pytest.mark.parametrize(
    ("said_here", "in_the_file", "facts"),
    [
        ({}, {}, {"currency": "USD"}),
        ({}, {"type": "fund"}, {"type": "fund", "currency": "USD"}),
        ({"type": "stock"}, {}, {"type": "stock", "currency": "USD"}),
        ({"type": "stock"}, {"type": "fund"}, {"type": "stock", "currency": "USD"}),
        ({"type": "stock", "currency": "EUR"}, {"type": "fund"}, {"type": "stock", "currency": "EUR"}),
    ],
)
def test_prices_by_hand_come_with_their_currency_whatever_else_is_said(
    client: TestClient, said_here: dict[str, str], in_the_file: dict[str, str], facts: dict[str, str]
):
    client.put("facts/NOBODY", json=said_here)
    before = client.get("facts").json()
    batch = confirm(client, uploaded(client, exported("NOBODY", in_the_file, {"2026-03-02": "5"})))
    said = client.get("facts").json()["facts"]["NOBODY"]
    assert {name: told for name, told in said.items() if told} == facts
    found = position(client, "NOBODY")
    assert (found["currency"], found["lacks"]) == (facts["currency"], "")
    assert found["value"] == ("4.5" if facts["currency"] == "EUR" else "4"), "five dollars, of their day or of today"
    assert client.delete(f"portfolios/1/imports/{batch['id']}").status_code == 200
    assert client.get("facts").json() == before


def test_undoing_leaves_what_was_said_since_of_an_instrument_whose_currency_it_brought(client: TestClient):
    client.put("facts/NOBODY", json={"type": "fund"})
    batch = confirm(client, uploaded(client, exported("NOBODY", None, {"2026-03-02": "5"})))
    since = client.put("facts/NOBODY", json={"type": "fund", "sector": "Boats", "currency": "USD"}).json()
    assert client.delete(f"portfolios/1/imports/{batch['id']}").status_code == 200
    assert client.get("facts").json()["facts"]["NOBODY"] == since


@pytest.mark.parametrize(("choice", "priced"), [("NOBODY", "hand-prices"), ("own", "items")])
def test_prices_of_days_to_come_are_left_out_and_the_preview_says_so(client: TestClient, choice: str, priced: str):
    key = uploaded(client, exported("NOBODY", None, {"2026-03-02": "5", "2033-03-02": "9"}))
    choices = {"instruments": {"NOBODY": choice}}
    assert "Left out: 1 price by hand of days that are yet to come." in preview(client, key, **choices)["notes"]
    confirm(client, key, **choices)
    answer = client.get(priced).json()
    told = answer["items"][0] if priced == "items" else answer["prices"]["NOBODY"]
    assert [(each["day"], each["price"]) for each in told["prices"]] == [("2026-03-02", "5")]


@pytest.mark.parametrize("part", ["GBp", "GBX", "ZAc", "ILA"])
def test_pence_are_not_taken_for_pounds(client: TestClient, part: str):
    answer = client.put("facts/NOBODY", json={"currency": part})
    whole = {"GBp": "GBP", "GBX": "GBP", "ZAc": "ZAR", "ILA": "ILS"}[part]
    assert (answer.status_code, answer.json()["detail"]) == (422, f"{part} is a part of {whole}.")
    assert answer.json()["remedy"] == f"Say amounts and prices in {whole}."
    assert client.post("items", json={"name": "House", "currency": part}).status_code == 422
    key = uploaded(client, exported("NOBODY", {"currency": part}, {"2026-03-02": "5"}))
    shown = [(each["content"], each["what"], each["remedy"]) for each in preview(client, key)["problems"]]
    what, remedy = f"Of NOBODY: {part} is a part of {whole}. That is left out.", f"Say amounts and prices in {whole}."
    assert shown == [(f"currency: {part}", what, remedy), ("2026-03-02: 5", what, remedy)]
    confirm(client, key)
    assert client.get("hand-prices").json() == {"prices": {}}
    assert said_of(client) == {}
    assert client.put("facts/NOBODY", json={"currency": "gbp"}).json()["currency"] == "GBP"


def test_a_currency_is_said_only_of_what_nobody_knows_one_of(client: TestClient):
    before = position(client, "ACME")
    answer = client.put("facts/ACME", json={"currency": "EUR", "sector": "Boats"})
    assert (answer.status_code, answer.json()["detail"]) == (422, "ACME is traded in USD, not EUR.")
    assert client.put("facts/ACME", json={"currency": "usd"}).status_code == 200
    assert position(client, "ACME") == before


def test_prices_by_hand_in_another_currency_than_here_stay_in_it_and_the_preview_says_so(client: TestClient):
    key = uploaded(client, exported("ACME", {"currency": "EUR", "sector": "Boats"}, {"2026-03-01": "5"}))
    note = "Prices by hand of ACME are in EUR, and it is in USD here: they count by the rate of their day."
    assert note in preview(client, key)["notes"]
    confirm(client, key)
    said = {"day": "2026-03-01", "price": "5", "currency": "EUR"}
    assert client.get("hand-prices").json() == {"prices": {"ACME": {"prices": [said]}}}
    facts = client.get("facts").json()["facts"]["ACME"]
    assert {name: told for name, told in facts.items() if told} == {"sector": "Boats"}


def test_a_file_in_another_currency_than_its_reader_said_is_not_read_in_that(client: TestClient):
    client.put("facts/NOBODY", json={"currency": "EUR"})
    key = uploaded(client, exported("NOBODY", {"currency": "USD"}, {"2026-03-02": "5"}))
    note = "Prices by hand of NOBODY are in USD, and it is in EUR here: they count by the rate of their day."
    assert note in preview(client, key)["notes"]
    confirm(client, key)
    assert (position(client, "NOBODY")["currency"], position(client, "NOBODY")["value"]) == ("EUR", "4.5")


BOAT = {
    "openbell": 1,
    "origin": "elsewhere",
    "accounts": [{"id": 1, "name": "Broker", "currency": "EUR", "broker": ""}],
    "instruments": [{"id": "own:9", "name": "Boat", "currency": "EUR", "type": "other"}],
    "facts": {"own:9": {"sector": "Leisure", "country": "CH"}},
    "transactions": [
        {
            "id": 1,
            "account_id": 1,
            "account": "Broker",
            "currency": "EUR",
            "kind": "buy",
            "day": "2026-03-02",
            "instrument": "own:9",
            "quantity": "1",
            "cash": "-5",
        }
    ],
}
"""An export of a desk where something was said of an own item."""


def said_of(client: TestClient) -> dict[str, dict[str, str]]:
    """By instrument, what was said."""
    facts = client.get("facts").json()["facts"]
    return {key: {name: said for name, said in each.items() if said} for key, each in facts.items()}


def test_what_was_said_of_an_item_comes_back_with_it(client: TestClient):
    batch = confirm(client, uploaded(client, json.dumps(BOAT)))
    assert said_of(client) == {"own:1": {"sector": "Leisure", "country": "CH"}}
    assert client.get("portfolios/1/export").json()["facts"] == {"own:1": {"sector": "Leisure", "country": "CH"}}
    assert client.delete(f"portfolios/1/imports/{batch['id']}").status_code == 200
    assert said_of(client) == {}


def test_a_new_item_inherits_nothing_of_one_that_is_gone(client: TestClient):
    batch = confirm(client, uploaded(client, json.dumps({**BOAT, "facts": {}})))
    assert client.put("facts/own:1", json={"type": "fund", "sector": "Boats"}).status_code == 200
    asked = client.delete(f"portfolios/1/imports/{batch['id']}")
    assert (asked.status_code, asked.json()["detail"]) == (409, "Of this import 1 item changed since would go too.")
    assert client.delete(f"portfolios/1/imports/{batch['id']}", params={"edited_too": True}).status_code == 200
    assert client.post("items", json={"name": "Gold", "currency": "EUR"}).json()["instrument"] == "own:1"
    assert said_of(client) == {}
    client.put("facts/own:1", json={"type": "fund"})
    assert client.delete("items/1").status_code == 204
    assert said_of(client) == {}


def test_a_file_whose_rows_are_all_here_brings_back_what_it_tells_beside_them(client: TestClient):
    batch = confirm(client, uploaded(client, exported("NOBODY", {"sector": "Boats"}, {"2026-03-02": "5"})))
    assert batch["counts"]["beside"] == 2
    own, before = client.get("portfolios/1/export").content, client.get("hand-prices").json()
    assert refused(client, own.decode()) == "file"
    client.put("hand-prices/NOBODY", json={"prices": [{"day": "2026-03-02", "price": None}]})
    client.put("facts/NOBODY", json={})
    key = uploaded(client, own.decode())
    shown = preview(client, key)
    assert (shown["ready"], shown["counts"]["new"], shown["counts"]["beside"]) == (True, 0, 2)
    assert (
        "None of its rows is new. New beside them: 1 price by hand and what was said of 1 instrument." in shown["notes"]
    )
    again = confirm(client, key)
    assert (client.get("hand-prices").json(), said_of(client)["NOBODY"]["sector"]) == (before, "Boats")
    assert client.delete(f"portfolios/1/imports/{again['id']}").status_code == 200
    assert (client.get("hand-prices").json(), said_of(client)) == ({"prices": {}}, {})


def test_what_two_files_told_alike_and_went_with_the_first_comes_back_with_the_second(client: TestClient):
    first = confirm(client, uploaded(client, exported("NOBODY", None, {"2026-03-02": "5"})))
    second = exported("NOBODY", None, {"2026-03-02": "5"}, units=2)
    confirm(client, uploaded(client, second))
    assert client.delete(f"portfolios/1/imports/{first['id']}").status_code == 200
    assert position(client, "NOBODY")["value"] is None
    assert confirm(client, uploaded(client, second))["counts"]["new"] == 0
    assert position(client, "NOBODY")["value"] == "8"
