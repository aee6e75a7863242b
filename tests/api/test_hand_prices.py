"""Prices by hand of what the market trades, over the API: said, counted, shown as what they are, out and in again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.test_figures import KNOWN, client, told
from api.test_imports import confirm, preview, uploaded
from openbell.api.app import create_app
from openbell.desk import Desk, open_desk
from openbell.model.frames import INSTRUMENTS, frame_of
from openbell.settings import Settings

__all__ = ["client"]


def bought(client: TestClient, instrument: str, currency: str = "EUR") -> None:
    told(client, kind="buy", day="2026-02-27", currency=currency, cash="-50", instrument=instrument, quantity="5")


def position(client: TestClient, ticker: str, as_of: str = "2026-03-03") -> dict[str, Any]:
    found = client.get("portfolios/1/positions", params={"as_of": as_of}).json()["positions"]
    return next(each for each in found if each["ticker"] == ticker)


def say(client: TestClient, instrument: str, day: str, price: str | None, currency: str | None = None) -> Any:
    """`currency`: among the facts of the instrument, first."""
    if currency is not None:
        assert client.put(f"facts/{instrument}", json={"currency": currency}).status_code == 200
    return client.put(f"hand-prices/{instrument}", json={"prices": [{"day": day, "price": price}]})


def test_what_no_vendor_knows_gets_a_price_and_the_portfolio_a_value(client: TestClient):
    bought(client, "NOBODY")
    assert position(client, "NOBODY")["value"] is None
    unknown = say(client, "NOBODY", "2026-03-02", "8")
    assert (unknown.status_code, unknown.json()["field"]) == (422, "currency")
    said = say(client, "nobody", "2026-03-02", "8", "eur")
    assert said.json() == {"prices": [{"day": "2026-03-02", "price": "8", "currency": "EUR"}]}
    found = position(client, "NOBODY")
    assert (found["value"], found["gain"], found["lacks"], found["currency"]) == ("40", "-10", "", "EUR")
    assert found["price"] == {"price": "8", "day": "2026-03-02", "source": "by hand"}
    assert client.get("portfolios/1/positions").json()["value"] is not None
    assert client.get("hand-prices").json()["prices"] == {"NOBODY": said.json()}


def test_every_why_says_that_it_was_by_hand_and_of_which_day(client: TestClient):
    bought(client, "NOBODY")
    say(client, "NOBODY", "2026-03-02", "8", "EUR")
    for figure in ("price", "value", "day_change"):
        asked = {"instrument": "NOBODY", "as_of": "2026-03-03"}
        why = client.get(f"portfolios/1/why/{figure}", params=asked).json()
        if figure == "day_change":
            rests = "NOBODY has no session, and its price is of 2026-03-02: it changes on the day of a new one only."
            assert why["notes"] == [rests]
            continue
        by_hand = [(each["value"], each["day"]) for each in why["inputs"] if each["source"] == "by hand"]
        assert by_hand == [("8", "2026-03-02")], figure
    assert client.get("portfolios/1/positions", params={"as_of": "2026-03-03"}).json()["day_gain"] == "80"


def test_a_close_goes_before_and_a_session_without_one_does_not(client: TestClient, desk: Desk):
    assert say(client, "ACME", "2026-03-03", "999").status_code == 200
    assert position(client, "ACME")["price"] == {"price": "120", "day": "2026-03-03", "source": "yahoo"}
    bought(client, "SPY", "USD")
    assert position(client, "SPY")["lacks"] == "there is no price of 2026-03-03"
    say(client, "SPY", "2026-03-02", "600")
    assert position(client, "SPY")["price"]["source"] == "by hand"
    assert desk.history.register.instrument("SPY").currency == "USD"


def test_how_a_price_and_a_value_come_about_tells_of_what_its_owner_said(client: TestClient):
    bought(client, "SPY", "USD")
    say(client, "SPY", "2026-03-02", "600")
    asked = {"instrument": "SPY", "as_of": "2026-03-03"}
    price, value = (client.get(f"portfolios/1/why/{figure}", params=asked).json() for figure in ("price", "value"))
    assert price["method"].startswith("The close as traded, else the price that its owner said since, until the next")
    assert "A session without a close has the price that its owner said since the close before" in value["method"]


def test_a_price_is_forgotten_and_corrected(client: TestClient):
    bought(client, "NOBODY")
    say(client, "NOBODY", "2026-03-02", "8", "EUR")
    say(client, "NOBODY", "2026-03-02", "9")
    assert position(client, "NOBODY")["value"] == "45"
    assert say(client, "NOBODY", "2026-03-02", None).json() == {"prices": []}
    assert position(client, "NOBODY")["value"] is None
    assert client.get("hand-prices").json() == {"prices": {}}


@pytest.mark.parametrize(
    ("instrument", "price", "field"),
    [
        ("ACME", "0", "price"),
        ("ACME", "eight", "price"),
        ("own:1", "8", "instrument"),
    ],
)
def test_what_is_no_price_is_refused(client: TestClient, instrument: str, price: str, field: str):
    refused = say(client, instrument, "2026-03-02", price)
    assert (refused.status_code, refused.json()["field"]) == (422, field)


def test_prices_by_hand_travel_with_an_export_and_are_undone(client: TestClient):
    bought(client, "NOBODY")
    say(client, "NOBODY", "2026-03-02", "8.25", "EUR")
    exported = client.get("portfolios/1/export").content
    before = position(client, "NOBODY")
    say(client, "NOBODY", "2026-03-02", None)
    client.post("portfolios", json={"name": "Again", "base": "EUR"})
    key = uploaded(client, exported, 2)
    assert "It tells 1 price by hand, of 1 instrument." in preview(client, key, 2)["notes"]
    batch = confirm(client, key, 2)
    assert client.get("hand-prices").json()["prices"] == {
        "NOBODY": {"prices": [{"day": "2026-03-02", "price": "8.25", "currency": "EUR"}]}
    }
    assert position(client, "NOBODY") == before
    assert client.get("portfolios/2/export").json()["prices"] == {"NOBODY": {"2026-03-02": "8.25"}}
    assert client.delete(f"portfolios/2/imports/{batch['id']}").status_code == 200
    assert client.get("hand-prices").json() == {"prices": {}}


def test_a_price_by_hand_stays_in_the_currency_that_it_was_said_in(client: TestClient):
    bought(client, "NOBODY")
    say(client, "NOBODY", "2026-03-02", "8", "USD")
    assert (position(client, "NOBODY")["currency"], position(client, "NOBODY")["value"]) == ("USD", "32")
    assert client.put("facts/NOBODY", json={"currency": "EUR"}).status_code == 200
    found = position(client, "NOBODY")
    assert (found["currency"], found["value"], found["price"]["price"]) == ("EUR", "36", "7.2")
    said = client.get("hand-prices").json()["prices"]["NOBODY"]["prices"]
    assert said == [{"day": "2026-03-02", "price": "8", "currency": "USD"}]
    for figure in ("price", "value"):
        asked = {"instrument": "NOBODY", "as_of": "2026-03-03"}
        inputs = client.get(f"portfolios/1/why/{figure}", params=asked).json()["inputs"]
        told = [(each["label"], each["value"], each["unit"], each["source"]) for each in inputs]
        assert told[-4 if figure == "value" else 0 :][:3] == [
            ("price as it was said", "8", "USD", "by hand"),
            ("rate", "0.9", "USD/EUR", "yahoo"),
            ("price of NOBODY", "7.2", "EUR", "by hand"),
        ]
    assert say(client, "NOBODY", "2026-03-02", "8").json()["prices"][0]["currency"] == "EUR"
    assert position(client, "NOBODY")["value"] == "40"


def test_what_no_rate_is_known_of_is_missing_and_says_what_to_do(client: TestClient):
    bought(client, "NOBODY")
    say(client, "NOBODY", "2026-03-02", "8", "CHF")
    client.put("facts/NOBODY", json={"currency": "EUR"})
    found = position(client, "NOBODY")
    assert (found["value"], found["price"]) == (None, None)
    assert found["lacks"] == (
        "its price by hand of 2026-03-02 is in CHF, and what that cost in EUR is not known: say the price in EUR"
    )
    say(client, "NOBODY", "2026-03-03", "9")
    assert position(client, "NOBODY")["value"] == "45"


def test_what_the_desk_learns_of_a_currency_leaves_the_value_of_what_was_said(client: TestClient, desk: Desk):
    bought(client, "NOBODY")
    say(client, "NOBODY", "2026-03-02", "8", "EUR")
    before = position(client, "NOBODY", "2026-03-02")
    assert before["value"] == "40"
    row = {"id": "NOBODY", "ticker": "NOBODY", "exchange": "XNYS", "currency": "USD", "type": "etf", "name": "Nobody"}
    desk.lake.append_instruments(frame_of(INSTRUMENTS, [row]), KNOWN)
    after = position(client, "NOBODY", "2026-03-02")
    assert (after["currency"], float(after["value"])) == ("USD", pytest.approx(40, abs=1e-9))
    kept = client.get("facts").json()["facts"]["NOBODY"]
    assert kept["currency"] == "EUR"
    assert client.put("facts/NOBODY", json={**kept, "sector": "Energy"}).json() == {**kept, "sector": "Energy"}
    refused = client.put("facts/NOBODY", json={**kept, "currency": "CHF"})
    assert (refused.status_code, refused.json()["detail"]) == (422, "NOBODY is traded in USD, not CHF.")
    said = client.get("portfolios/1/export").json()["prices"]
    assert said == {"NOBODY": {"2026-03-02": "8"}}, "in the currency that is said among its facts"
    put = {"prices": [{"day": "2026-03-03", "price": "9"}, {"day": "2026-03-02", "price": "8", "currency": "eur"}]}
    answer = client.put("hand-prices/NOBODY", json=put).json()["prices"]
    assert [each["currency"] for each in answer] == ["EUR", "USD"]


def test_a_currency_is_said_before_the_first_price(client: TestClient):
    bought(client, "NOBODY")
    refused = say(client, "NOBODY", "2026-03-02", "9")
    assert (refused.status_code, refused.json()["field"]) == (422, "currency")
    assert "Say its currency first" in refused.json()["remedy"]
    assert say(client, "NOBODY", "2026-03-02", None).json() == {"prices": []}


def test_prices_in_several_currencies_travel_with_an_export(client: TestClient):
    bought(client, "NOBODY")
    say(client, "NOBODY", "2026-03-02", "8", "USD")
    client.put("facts/NOBODY", json={"currency": "EUR"})
    say(client, "NOBODY", "2026-03-03", "7")
    said, before = client.get("hand-prices").json(), position(client, "NOBODY", "2026-03-02")
    exported = client.get("portfolios/1/export").content
    assert json.loads(exported)["prices"] == {"NOBODY": {"2026-03-02": "8 USD", "2026-03-03": "7"}}
    for day in ("2026-03-02", "2026-03-03"):
        say(client, "NOBODY", day, None)
    client.put("facts/NOBODY", json={})
    client.post("portfolios", json={"name": "Again", "base": "EUR"})
    confirm(client, uploaded(client, exported, 2), 2)
    assert (client.get("hand-prices").json(), position(client, "NOBODY", "2026-03-02")) == (said, before)


def test_the_currency_of_what_was_priced_by_hand_comes_with_it_to_another_desk(client: TestClient):
    bought(client, "NOBODY")
    say(client, "NOBODY", "2026-03-02", "8.25", "EUR")
    exported = client.get("portfolios/1/export").json()
    assert exported.pop("facts") == {"NOBODY": {"currency": "EUR"}}, "of the desk that it comes from, a vendor's"
    say(client, "NOBODY", "2026-03-02", None)
    client.put("facts/NOBODY", json={})
    client.post("portfolios", json={"name": "Again", "base": "EUR"})
    confirm(client, uploaded(client, json.dumps(exported).encode(), 2), 2)
    assert client.get("facts").json()["facts"]["NOBODY"]["currency"] == "EUR"
    assert position(client, "NOBODY")["value"] == "41.25"


@pytest.fixture
def late(tmp_path: Path) -> Iterator[Desk]:
    """A desk an hour before midnight in UTC: in Berlin it is Thursday the 5th already."""
    desk = open_desk(Settings(home=tmp_path / "late", offline=True), lambda: datetime(2026, 3, 4, 23, 0, tzinfo=UTC))
    yield desk
    desk.close()


def test_a_price_of_the_day_that_has_begun_where_its_owner_lives_counts_at_once(late: Desk):
    client = TestClient(create_app(late, jobs=False), base_url="http://127.0.0.1/api/v1")
    client.post("portfolios", json={"name": "Mine", "base": "EUR"})
    client.post("portfolios/1/accounts", json={"name": "Broker", "currency": "EUR"})
    item = client.post("items", json={"name": "A painting", "currency": "EUR", "type": "other"}).json()["instrument"]
    for each in ("NOBODY", item):
        bought(client, each)
    told_on = {"prices": [{"day": "2026-03-05", "price": "8"}]}
    assert client.put("items/1/prices", json=told_on).status_code == 200
    assert say(client, "NOBODY", "2026-03-05", "9", "EUR").status_code == 200
    found = client.get("portfolios/1/positions").json()
    assert sorted(each["value"] for each in found["positions"] if each["instrument"]) == ["40", "45"]
    assert found["day"] == "2026-03-05"
    before = client.get("portfolios/1/positions", params={"as_of": "2026-03-04"}).json()["positions"]
    assert [each["value"] for each in before if each["instrument"]] == [None, None]
