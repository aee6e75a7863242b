"""What the answers say, on the demo market at a known instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from fastapi.testclient import TestClient

from conftest import WEDNESDAY
from openbell.api.app import create_app
from openbell.desk import Desk
from openbell.model.interval import DAY, MINUTE


@pytest.fixture(scope="module")
def client(demo_desk: Desk) -> TestClient:
    return TestClient(create_app(demo_desk, jobs=False), base_url="http://127.0.0.1")


def test_a_chart_shows_exactly_the_stored_bars(client: TestClient, demo_desk: Desk):
    chart = client.get("/api/v1/bars?symbol=QUORB&from=2026-03-02&to=2026-03-02&interval=1m&adjust=raw").json()
    day = datetime(2026, 3, 2, tzinfo=UTC)
    stored = demo_desk.lake.bars(["QUORB"], MINUTE, day, day + timedelta(days=1))
    assert chart["bars"]["ts"] == stored["ts"].dt.epoch("s").to_list()
    for name in ("open", "high", "low", "close", "volume"):
        assert chart["bars"][name] == stored[name].to_list()
    assert chart["simulated"] is True
    assert chart["sources"] == ["simulated"]


def test_each_range_has_a_fitting_interval(client: TestClient):
    shown = {
        span: client.get(f"/api/v1/bars?symbol=QUORB&range={span}").json()["interval"]
        for span in ("1D", "5D", "1M", "3M", "6M", "YTD", "1Y", "5Y", "Max")
    }
    assert shown == {
        "1D": "1m",
        "5D": "5m",
        "1M": "30m",
        "3M": "1d",  # the demo market has minutes for thirty days only
        "6M": "1d",
        "YTD": "1d",
        "1Y": "1d",
        "5Y": "1d",
        "Max": "1d",
    }


def test_the_day_so_far_completes_the_daily_bars(client: TestClient):
    chart = client.get("/api/v1/bars?symbol=QUORB&range=1M&interval=1d").json()
    assert datetime.fromtimestamp(chart["bars"]["ts"][-1], UTC).date() == WEDNESDAY.date()


def test_indicators_are_warmed_up_on_earlier_bars_where_there_are_any(client: TestClient):
    chart = client.get("/api/v1/bars?symbol=QUORB&range=1M&interval=1d&indicators=sma:20").json()
    longer = client.get("/api/v1/bars?symbol=QUORB&range=6M&interval=1d&indicators=sma:20").json()
    line = chart["indicators"]["sma:20"]["sma"]
    assert None not in line
    assert line == pytest.approx(longer["indicators"]["sma:20"]["sma"][-len(line) :], rel=1e-12)
    whole = client.get("/api/v1/bars?symbol=QUORB&range=Max&interval=1d&indicators=sma:20").json()
    assert whole["indicators"]["sma:20"]["sma"][:19] == [None] * 19


def test_a_quote_is_measured_against_the_close_of_the_day_before(client: TestClient, demo_desk: Desk):
    quote = client.get("/api/v1/quotes?symbols=QUORB&spark=true").json()["quotes"][0]
    day = datetime(2026, 3, 3, tzinfo=UTC)
    close = demo_desk.lake.bars(["QUORB"], DAY, day, day + timedelta(days=1))["close"].item()
    assert quote["previous_close"] == close
    assert quote["change"] == pytest.approx(quote["price"] - close)
    assert quote["freshness"] == "live"
    assert len(quote["spark"]["ts"]) == len(quote["spark"]["close"]) > 30


def test_movers_are_sorted_by_their_change(client: TestClient):
    movers = client.get("/api/v1/movers?limit=4").json()
    up = [q["change_pct"] for q in movers["up"]]
    down = [q["change_pct"] for q in movers["down"]]
    assert up == sorted(up, reverse=True)
    assert all(change > 0 for change in up)
    assert down == sorted(down)
    assert all(change < 0 for change in down)


def test_splits_and_dividends_are_marked_on_their_bar(client: TestClient, demo_desk: Desk):
    split = demo_desk.lake.actions().filter(pl.col("kind") == "split").row(0, named=True)
    chart = client.get(f"/api/v1/bars?symbol={split['symbol']}&range=Max&interval=1d&adjust=raw").json()
    marked = next(a for a in chart["actions"] if a["kind"] == "split" and a["ex_date"] == str(split["ex_date"]))
    assert datetime.fromtimestamp(marked["ts"], UTC).date() == split["ex_date"]
    assert marked["text"].startswith("Split ")


def test_bad_prints_are_counted_with_their_reasons(client: TestClient, demo_desk: Desk):
    sources = client.get("/api/v1/sources").json()
    assert sum(r["count"] for r in sources["rejects"]) == demo_desk.lake.rejects().height > 0
    rejects = client.get("/api/v1/sources/rejects?limit=3").json()
    assert rejects["total"] == demo_desk.lake.rejects().height
    assert len(rejects["rows"]) == 3
    assert all(row["detail"] for row in rejects["rows"])
    assert client.get("/api/v1/sources/rejects?reason=none").json()["total"] == 0


def test_shares_of_volume_add_up_to_one(client: TestClient):
    daily = client.get("/api/v1/compare?symbols=QUORB,HAZLO,EBBLU&range=5D").json()["daily"]
    for shares in zip(*daily["share"].values(), strict=True):
        assert sum(s or 0 for s in shares) == pytest.approx(1)


def test_the_market_clock_knows_new_yorks_half_day_and_holiday(client: TestClient):
    market = client.get("/api/v1/market?exchange=XNYS").json()
    assert market["state"] == "open"
    assert market["next_change"] == "2026-03-04T21:00:00Z"
    assert {"date": "2026-04-03", "kind": "holiday", "name": "Good Friday", "close": None} in market["upcoming"]


def test_search_finds_by_ticker_and_by_name(client: TestClient):
    by_name = client.get("/api/v1/symbols?q=robotics").json()["symbols"]
    assert [s["ticker"] for s in by_name] == ["QUORB"]
    assert client.get("/api/v1/symbols?q=qu").json()["symbols"][0]["ticker"] == "QUORB"
    assert client.get("/api/v1/symbols?q=zzzz").json()["symbols"] == []
