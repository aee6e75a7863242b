"""The figures of a portfolio over the API: exact, as of any day, missing where something is, and nobody else's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from openbell.api.app import create_app
from openbell.desk import Desk
from openbell.model.frames import ACTIONS, BARS, INSTRUMENTS, QUOTES, frame_of

KNOWN = datetime(2026, 3, 4, 12, tzinfo=UTC)


def stored(desk: Desk, symbol: str, closes: Mapping[str, float]) -> None:
    rows = [
        {
            "symbol": symbol,
            "interval": "1d",
            "ts": datetime.fromisoformat(day).replace(tzinfo=UTC),
            "close": close,
            "scale": "raw",
            "source": "yahoo",
        }
        for day, close in closes.items()
    ]
    desk.lake.append_bars(frame_of(BARS, rows), KNOWN)


@pytest.fixture
def client(desk: Desk) -> TestClient:
    """2000 EUR came on Thursday; ten shares were bought on Friday for 1000 USD, which were 900 EUR."""
    row = {"id": "ACME", "ticker": "ACME", "exchange": "XNYS", "currency": "USD", "type": "stock", "name": "Acme Inc."}
    desk.lake.append_instruments(frame_of(INSTRUMENTS, [row]), KNOWN)
    stored(desk, "ACME", {"2026-02-26": 99.0, "2026-02-27": 100.0, "2026-03-02": 110.0, "2026-03-03": 120.0})
    stored(desk, "USDEUR=X", {f"2026-02-{day}": 0.9 for day in (26, 27)} | {"2026-03-02": 0.9, "2026-03-03": 0.8})
    client = TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1/api/v1", raise_server_exceptions=False)
    client.post("portfolios", json={"name": "Mine", "base": "EUR", "benchmark": "ACME"})
    client.post("portfolios/1/accounts", json={"name": "Broker", "currency": "EUR"})
    told(client, kind="deposit", day="2026-02-26", currency="EUR", cash="2000")
    told(client, kind="exchange", day="2026-02-27", currency="EUR", cash="-900", to_currency="USD", to_cash="1000")
    told(client, kind="buy", day="2026-02-27", currency="USD", cash="-1000", instrument="ACME", quantity="10")
    return client


def told(client: TestClient, **transaction: Any) -> dict[str, Any]:
    answer = client.post("portfolios/1/transactions", json={"account": 1, **transaction})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_positions_are_worth_their_units_times_price_times_rate(client: TestClient):
    found = client.get("portfolios/1/positions", params={"as_of": "2026-03-02"}).json()
    assert (found["value"], found["cost"], found["gain"], found["problems"]) == ("2090", "900", "90", [])
    cash, acme = found["positions"]
    assert (cash["ticker"], cash["units"], cash["type"]) == ("EUR", "1100", "cash")
    assert (acme["ticker"], acme["units"], acme["name"], acme["account_name"]) == ("ACME", "10", "Acme Inc.", "Broker")
    assert acme["price"] == {"price": "110", "day": "2026-03-02", "source": "yahoo"}
    assert (acme["gain_relative"], acme["share"]) == (pytest.approx(0.1), pytest.approx(990 / 2090))
    assert acme["day_change"]["relative"] == pytest.approx(0.1)


def test_the_last_price_counts_as_of_today(client: TestClient, desk: Desk):
    quote = {"symbol": "ACME", "ts": desk.clock() - timedelta(minutes=1), "price": 125.0, "source": "live"}
    desk.tape.update(frame_of(QUOTES, [quote]))
    acme = client.get("portfolios/1/positions").json()["positions"][1]
    assert (acme["price"], acme["value"]) == ({"price": "125", "day": "2026-03-04", "source": "live"}, "1000")


def test_what_changed_today_is_not_known_where_a_price_is_missing(client: TestClient):
    known = client.get("portfolios/1/positions", params={"as_of": "2026-03-02"}).json()
    assert known["day_gain"] == "90"
    told(client, kind="buy", day="2026-02-27", currency="USD", cash="-5", instrument="NOBODY", quantity="1")
    found = client.get("portfolios/1/positions", params={"as_of": "2026-03-02"}).json()
    assert (found["value"], found["day_gain"]) == (None, None)


def test_lots_tell_what_was_paid_and_gained(client: TestClient):
    told(client, kind="sell", day="2026-03-03", currency="USD", cash="480", instrument="ACME", quantity="-4")
    found = client.get("portfolios/1/lots").json()
    (held,), (gone,) = found["open"], found["closed"]
    assert (held["units"], held["cost"]["amount"], held["cost"]["base"]) == ("6", "600", "540")
    assert (gone["units"], gone["gain"], gone["gain_base"], gone["days"]) == ("4", "80", "24", 4)
    assert found["total_closed"] == 1


def test_the_history_has_value_and_what_was_invested_by_day(client: TestClient):
    found = client.get("portfolios/1/history", params={"as_of": "2026-03-03"}).json()
    by_day = dict(zip(found["days"], zip(found["value"], found["invested"], strict=True), strict=True))
    assert by_day["2026-02-26"] == (2000, 2000)
    assert by_day["2026-03-02"] == (pytest.approx(2090), 2000)
    assert by_day["2026-03-03"] == (pytest.approx(2060), 2000)
    assert found["index"][-1] == pytest.approx(1.03)
    assert found["gaps"] == []


def test_returns_are_of_the_stretch_that_was_asked_for(client: TestClient):
    asked = {"as_of": "2026-03-03", "from": "2026-03-02", "to": "2026-03-03"}
    found = client.get("portfolios/1/returns", params=asked).json()
    performance = found["performance"]
    assert (performance["gain"], performance["twr"]) == ("-30", pytest.approx(2060 / 2090 - 1))
    assert [(each["ticker"], each["gain"]) for each in found["contributions"]][-1] == ("ACME", "-30")
    assert found["benchmark"]["ticker"] == "ACME"
    acme = client.get("portfolios/1/returns", params={**asked, "instrument": "acme"}).json()
    assert acme["performance"]["twr"] == pytest.approx(960 / 990 - 1)


def test_income_is_told_by_month_and_what_is_announced(client: TestClient, desk: Desk):
    told(client, kind="dividend", day="2026-03-02", currency="USD", cash="8.5", tax="1.5", instrument="ACME")
    row = {"symbol": "ACME", "ex_date": KNOWN.date() + timedelta(30), "kind": "dividend", "amount": 0.5}
    desk.lake.append_actions(frame_of(ACTIONS, [{**row, "currency": "USD", "source": "yahoo"}]), KNOWN)
    found = client.get("portfolios/1/income").json()
    months = {each["key"]: (each["net"], each["announced"]) for each in found["by_month"]}
    assert {key: tuple(map(float, sums)) for key, sums in months.items()} == {"2026-03": (7.65, 0), "2026-04": (0, 4)}
    assert (found["announced"][0]["units"], found["announced"][0]["amount"]) == ("10", "5")
    assert found["total"] == 1


def test_the_allocation_is_drilled_into(client: TestClient):
    asked = {"as_of": "2026-03-03", "by": ["currency", "instrument"]}
    found = client.get("portfolios/1/allocation", params=asked).json()
    assert [(each["key"], each["inner"][0]["label"]) for each in found["slices"]] == [
        ("EUR", "cash EUR"),
        ("USD", "ACME"),
    ]
    assert sum(float(each["share"]) for each in found["slices"]) == 1


def test_checks_tell_what_somebody_would_want_to_be_told(client: TestClient):
    found = {each["name"]: each for each in client.get("portfolios/1/checks").json()["checks"]}
    assert found["position"]["state"] == "attention"
    assert found["position"]["about"] == ["ACME"]
    kept = client.get("portfolios/1").json()
    change = {name: kept[name] for name in ("name", "base", "version")} | {"thresholds": {"position": "0.9"}}
    assert client.put("portfolios/1", json=change).status_code == 200
    found = {each["name"]: each for each in client.get("portfolios/1/checks").json()["checks"]}
    assert found["position"]["state"] == "good"


@pytest.mark.parametrize("figures", ["positions", "history", "returns", "lots", "why/value"])
@pytest.mark.parametrize(
    "asked",
    [
        {"as_of": "0001-01-01"},
        {"as_of": "2026-03-06"},
        {"known": "0001-01-01T00:00:00+05:00"},
        {"known": "9999-12-31T23:59:59-05:00"},
    ],
)
def test_a_moment_that_there_never_was_is_refused(client: TestClient, figures: str, asked: dict[str, str]):
    answer = client.get(f"portfolios/1/{figures}", params=asked)
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] in asked
    assert client.get(f"portfolios/1/{figures}", params={"as_of": "1900-01-01"}).status_code == 200


def test_a_missing_price_is_missing(client: TestClient):
    told(client, kind="buy", day="2026-03-02", currency="USD", cash="-1", instrument="NOPE", quantity="1")
    found = client.get("portfolios/1/positions").json()
    assert found["value"] is None
    nope = next(each for each in found["positions"] if each["ticker"] == "NOPE")
    assert (nope["value"], nope["price"]) == (None, None)
    assert nope["lacks"]
    history = client.get("portfolios/1/history").json()
    assert history["value"][-1] is None
    assert history["gaps"][-1]["without"] == ["NOPE"]


NOUNS = ("positions", "lots", "history", "returns", "income", "allocation", "checks")


@pytest.mark.parametrize("noun", NOUNS)
def test_an_empty_portfolio_has_figures_too(client: TestClient, noun: str):
    client.post("portfolios", json={"name": "Empty", "base": "USD"})
    answer = client.get(f"portfolios/2/{noun}")
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"as_of": "2026-03-07"}, "as_of"),
        ({"account": 9}, "account"),
        ({"instrument": "MSFT"}, "instrument"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_its_field(client: TestClient, noun: str, asked: dict[str, Any], field: str):
    answer = client.get(f"portfolios/1/{noun}", params=asked)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize("noun", ["history", "returns", "income"])
def test_a_stretch_before_the_portfolio_is_refused(client: TestClient, noun: str):
    answer = client.get(f"portfolios/1/{noun}", params={"from": "2020-01-01", "to": "2020-12-31"})
    assert (answer.status_code, answer.json()["field"]) == (422, "to")
    assert "The stretch ends (2020-12-31) before the portfolio begins (2026-02-26)." in answer.text


@pytest.mark.parametrize("span", ["1D", "5D", "1M", "3M", "6M", "YTD", "1Y", "5Y", "Max"])
def test_every_range_has_a_history_and_returns(client: TestClient, span: str):
    for noun in ("history", "returns", "income"):
        answer = client.get(f"portfolios/1/{noun}", params={"range": span})
        assert answer.status_code == 200, answer.text


def test_before_the_first_day_there_is_nothing(client: TestClient):
    found = client.get("portfolios/1/positions", params={"as_of": "2020-01-01"})
    assert (found.status_code, found.json()["positions"]) == (200, [])
