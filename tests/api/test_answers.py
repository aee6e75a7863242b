"""What the answers say, on the demo market at a known instant."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from fastapi.testclient import TestClient

from conftest import WEDNESDAY
from history.test_past import stored
from openbell.api.app import create_app
from openbell.api.quotes import quote_decimals
from openbell.desk import Desk
from openbell.model.frames import ACTIONS, BARS, frame_of
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
        "5Y": "1w",  # the demo market has days of three years
        "Max": "1w",
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


THIN = "\N{NARROW NO-BREAK SPACE}"
FRIDAY = "2026-02-27"


@pytest.fixture
def small(desk: Desk) -> TestClient:
    return TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1")


def test_a_change_is_measured_from_the_close_before_the_range(small: TestClient, desk: Desk):
    stored(desk, "ACME", "1d", {FRIDAY: 100.0, "2026-03-02": 110.0, "2026-03-03": 121.0})
    chart = small.get("/api/v1/bars?symbol=ACME&from=2026-03-02&to=2026-03-03").json()
    assert (chart["previous_close"], chart["change_pct"]) == (100.0, pytest.approx(21))
    assert chart["summary"] == (
        "ACME rose 21.0 %, from 100.00, the close before, to 121.00, 2 Mar 2026 to 3 Mar 2026; "
        "highest 121.00, 3 Mar 2026."
    )


@pytest.mark.parametrize(
    ("interval", "top"), [("1d", "3 Mar 2026"), ("1w", "in the week of 2 Mar 2026"), ("1mo", "in Mar 2026")]
)
def test_where_no_close_is_before_a_change_is_measured_from_the_first_days(
    small: TestClient, desk: Desk, interval: str, top: str
):
    stored(desk, "ACME", "1d", {"2026-02-25": 0.5, FRIDAY: 100.0, "2026-03-03": 1000.0})
    chart = small.get(f"/api/v1/bars?symbol=ACME&range=Max&interval={interval}").json()
    assert (chart["previous_close"], chart["change_pct"]) == (None, pytest.approx(199_900))
    assert chart["summary"] == (
        f"ACME rose 199{THIN}900.0 %, from 0.50 to 1{THIN}000.00, 25 Feb 2026 to 3 Mar 2026; "
        f"highest 1{THIN}000.00, {top}."
    )


def test_months_that_are_all_there_is_are_measured_from_the_first_of_them(small: TestClient, desk: Desk):
    stored(desk, "ACME", "1mo", {"2026-01-01": 50.0, "2026-02-01": 60.0})
    chart = small.get("/api/v1/bars?symbol=ACME&range=Max").json()
    assert chart["change_pct"] == pytest.approx(20)


def test_a_former_ticker_is_answered_under_the_name_that_was_asked(small: TestClient, desk: Desk):
    stored(desk, "META", "1d", {FRIDAY: 100.0, "2026-03-02": 110.0})
    quotes = small.get("/api/v1/quotes?symbols=fb,META").json()["quotes"]
    assert [(q["symbol"], q["renamed_to"], q["price"]) for q in quotes] == [
        ("FB", "META", 110.0),
        ("META", None, 110.0),
    ]
    chart = small.get("/api/v1/bars?symbol=fb").json()
    assert (chart["symbol"], chart["renamed_to"]) == ("FB", "META")
    assert chart["summary"].startswith("FB ")
    assert small.get("/api/v1/statistics?symbol=fb").json()["symbol"] == "FB"


def test_averages_of_one_bar_a_row_repeat_nothing_and_claim_no_vwap(small: TestClient, desk: Desk):
    stored(desk, "ACME", "1d", {FRIDAY: 100.0, "2026-03-02": 110.0})
    days = small.get("/api/v1/statistics?symbol=ACME&interval=1d").json()
    assert (days["bars"], days["mean_close"], days["high"]) == ([1, 1], [100.0, 110.0], [100.0, 110.0])
    assert days["mean_high"] == days["mean_low"] == days["vwap"] == [None, None]
    stored(desk, "BOLT", "1h", {"2026-03-02T15:00": 10.0, "2026-03-02T16:00": 12.0})
    hours = small.get("/api/v1/statistics?symbol=BOLT&interval=1h").json()
    assert (hours["bars"], hours["mean_high"], hours["vwap"]) == ([2], [11.0], [11.0])


def test_a_comparison_says_over_which_bars_it_is_and_who_is_missing(small: TestClient, desk: Desk):
    stored(desk, "ACME", "1d", {FRIDAY: 1.0, "2026-03-02": 100.0, "2026-03-03": 110.0})
    stored(desk, "BOLT", "1d", {"2026-03-02": 10.0, "2026-03-03": 12.0})
    stored(desk, "OLD", "1d", {"2020-03-02": 10.0})
    found = small.get("/api/v1/compare?symbols=ACME,BOLT,OLD&range=1M").json()
    assert (found["common_start"], found["common_end"]) == ("2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z")
    assert [row["change_pct"] for row in found["statistics"]] == [pytest.approx(10), pytest.approx(20), None]
    assert found["rebased"]["values"]["ACME"] == pytest.approx([0, 10])
    assert [each["symbol"] for each in found["missing"]] == ["OLD"]


def test_prices_without_volume_or_range_are_quoted_and_drawn(small: TestClient, desk: Desk):
    rows = [
        {
            "symbol": "SPX",
            "interval": "1d",
            "ts": datetime(2026, 3, day, tzinfo=UTC),
            "close": 10.0 + day,
            "scale": "raw",
        }
        for day in (2, 3)
    ]
    desk.lake.append_bars(frame_of(BARS, rows).with_columns(source=pl.lit("closes")), WEDNESDAY)
    quote = small.get("/api/v1/quotes?symbols=SPX&spark=true").json()["quotes"][0]
    assert (quote["price"], quote["previous_close"], quote["high"], quote["volume"]) == (13.0, 12.0, None, None)
    assert quote["spark"]["close"] == [12.0, 13.0]
    assert small.get("/api/v1/bars?symbol=SPX").json()["summary"].endswith("highest 13.00, 3 Mar 2026.")
    assert small.get("/api/v1/statistics?symbol=SPX").json()["volume"] == [None, None]


def split(desk: Desk, ex_date: str, ratio: float) -> None:
    row = {"symbol": "ACME", "ex_date": date.fromisoformat(ex_date), "kind": "split", "ratio": ratio, "source": "test"}
    desk.lake.append_actions(frame_of(ACTIONS, [row]), WEDNESDAY)


def test_a_change_of_raw_prices_names_the_splits_in_it(small: TestClient, desk: Desk):
    stored(desk, "ACME", "1d", {FRIDAY: 700.0, "2026-03-02": 105.0, "2026-03-03": 11.0})
    split(desk, "2026-03-02", 7.0)
    split(desk, "2026-03-03", 10.0)

    def said(query: str) -> str:
        return small.get(f"/api/v1/bars?symbol=ACME&{query}").json()["summary"].partition(", from")[0]

    assert said("range=Max&adjust=raw") == "ACME fell 98.4 % (raw prices; includes a 7:1 split and a 10:1 split)"
    assert said("from=2026-03-02&to=2026-03-02&adjust=raw") == "ACME fell 85.0 % (raw prices; includes a 7:1 split)"
    assert said("range=Max&adjust=split") == "ACME rose 10.0 %"
    assert said(f"from={FRIDAY}&to={FRIDAY}&adjust=raw") == "ACME hardly moved"
    split(desk, "2026-03-01", 2.0)
    assert said("range=Max&adjust=raw") == "ACME fell 98.4 % (raw prices; includes 3 splits)"


def test_a_small_price_is_told_with_the_digits_that_it_has(small: TestClient, desk: Desk):
    stored(desk, "ACME", "1d", {FRIDAY: 0.14834, "2026-03-02": 124.9, "2026-03-03": 0.00021})
    summary = small.get("/api/v1/bars?symbol=ACME&range=Max").json()["summary"]
    assert "from 0.1483 to 0.00021, 27 Feb 2026 to 3 Mar 2026; highest 124.90," in summary
    rise = small.get("/api/v1/bars?symbol=ACME&to=2026-03-02").json()["summary"]
    assert "from 0.1483 to 124.90" in rise


def test_the_price_of_a_day_is_told_as_that_days_close(small: TestClient, desk: Desk):
    stored(desk, "ACME", "1d", {"2026-03-02": 10.0, "2026-03-03": 11.0})
    stored(desk, "BOLT", "1m", {"2026-03-04T15:00": 10.0})
    quotes = small.get("/api/v1/quotes?symbols=ACME,BOLT").json()["quotes"]
    assert [(q["ts"], q["day"]) for q in quotes] == [
        ("2026-03-04T00:00:00Z", "2026-03-03"),
        ("2026-03-04T15:01:00Z", None),
    ]


def test_a_daily_average_is_of_bars_within_the_day_or_of_nothing(small: TestClient, desk: Desk):
    for name in ("ACME", "BOLT"):
        stored(desk, name, "1d", {"2026-03-02": 10.0, "2026-03-03": 12.0})
        stored(desk, name, "1h", {f"2026-03-0{day}T1{hour}:00": 10.0 + hour for day in (2, 3) for hour in (5, 6)})
    days = small.get("/api/v1/compare?symbols=ACME,BOLT&range=Max&interval=1d").json()["daily"]
    assert (days["average"], days["volume"]) == (
        {"ACME": [None, None], "BOLT": [None, None]},
        {"ACME": [100.0, 100.0], "BOLT": [100.0, 100.0]},
    )
    assert days["note"] == (
        "An average over a day is made of bars within it; these are 1d bars. Choose an intraday interval."
    )
    hours = small.get("/api/v1/compare?symbols=ACME,BOLT&range=Max&interval=1h").json()["daily"]
    assert (hours["average"]["ACME"], hours["note"]) == ([15.5, 15.5], None)


@pytest.mark.parametrize(
    ("as_of", "notes"),
    [
        ("2030-01-01", ["1 Jan 2030 is yet to come; this is what is known now."]),
        ("2026-03-05", []),  # the end of today
    ],
)
def test_what_will_be_known_one_day_is_what_is_known_now(small: TestClient, desk: Desk, as_of: str, notes: list[str]):
    stored(desk, "ACME", "1d", {"2026-03-02": 10.0})
    chart = small.get(f"/api/v1/bars?symbol=ACME&as_of={as_of}").json()
    assert (chart["as_of"], chart["notes"], chart["bars"]["close"]) == ("2026-03-04T15:30:20Z", notes, [10.0])
    assert small.get(f"/api/v1/statistics?symbol=ACME&as_of={as_of}").json()["mean_close"] == [10.0]


def test_a_symbol_tells_its_year_and_the_average_volume_of_its_last_quarter(client: TestClient):
    profile = client.get("/api/v1/symbols/QUORB").json()
    bars = client.get("/api/v1/bars?symbol=QUORB&range=5Y&interval=1d").json()["bars"]
    year = slice(-364, None)  # the demo market trades every day
    assert profile["year_since"] == datetime.fromtimestamp(bars["ts"][year][0], UTC).date().isoformat()
    assert profile["year_low"] == min(bars["low"][year])
    assert profile["year_high"] == max(bars["high"][year])
    assert profile["average_volume"] == pytest.approx(sum(bars["volume"][-63:]) / 63)


@pytest.mark.parametrize(
    ("price", "before", "decimals"), [(0.9998, 1.02, 2), (1.01, 0.98, 4), (0.05, 1.2, 4), (0.5, None, 4)]
)
def test_a_price_has_as_many_decimals_all_day(price: float, before: float | None, decimals: int):
    assert quote_decimals(price, before, "QUORB") == decimals


@pytest.mark.parametrize(("ticker", "price", "decimals"), [("EURUSD=X", 1.1047, 4), ("USDJPY=X", 155.23, 2)])
def test_a_rate_near_one_is_told_to_its_fourth_decimal(ticker: str, price: float, decimals: int):
    assert quote_decimals(price, None, ticker) == decimals


def test_a_chart_of_a_rate_has_the_decimals_of_its_quote(client: TestClient):
    chart = client.get("/api/v1/bars?symbol=EURUSD=X&range=1M&interval=1d").json()
    assert chart["decimals"] == 4
    assert re.search(r"from \d\.\d{4}, the close before, to \d\.\d{4}, .*; highest \d\.\d{4}, ", chart["summary"])
