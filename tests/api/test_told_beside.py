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
def test_a_fact_that_is_none_is_refused_however_it_comes(client: TestClient, facts: dict[str, str], field: str):
    assert refused(client, exported("NOBODY", facts)) == field
    assert client.get("facts").json() == {"facts": {}}
    assert client.put("facts/NOBODY", json=facts).status_code == 422


def test_what_becomes_an_item_that_is_there_has_the_currency_of_that(client: TestClient):
    item = client.post("items", json={"name": "House", "currency": "EUR"}).json()["instrument"]
    key = uploaded(client, exported("NOBODY", {"currency": "USD"}, {"2026-03-02": "5"}))
    choices = {"instruments": {"NOBODY": item}}
    assert preview(client, key, **choices)["ready"]
    confirm(client, key, **choices)
    assert client.get("facts").json() == {"facts": {}}
    assert (position(client, "House")["currency"], position(client, "House")["value"]) == ("EUR", "5")
