"""Figures beside the price: spans from the close that their charts measure from, and the risk of days that are over."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import log, sqrt
from statistics import stdev

import pytest
from fastapi.testclient import TestClient

from conftest import WEDNESDAY
from history.test_past import listed, stored
from openbell.api.app import create_app
from openbell.desk import Desk
from openbell.model.frames import ACTIONS, QUOTES, frame_of
from openbell.model.sessions import sessions

TRADED = sessions("XNYS", date(2025, 1, 2), date(2026, 3, 3))["trade_date"].to_list()


def close_on(day: date) -> float:
    """Rises by a cent each session, and falls by half of a cent each tenth."""
    nth = TRADED.index(day)
    return round(10 + nth / 100 - 0.5 * (nth % 10 == 0), 4)


def year_of(desk: Desk, symbol: str, *, without: tuple[str, ...] = ()) -> None:
    listed(desk, symbol)
    stored(desk, symbol, "1d", {f"{day}": close_on(day) for day in TRADED if str(day) not in without})


def quoted(desk: Desk, symbol: str, price: float, **more: float) -> None:
    told = {"symbol": symbol, "ts": WEDNESDAY, "price": price, "source": "test", **more}
    desk.tape.update(frame_of(QUOTES, [told]))


def asked(desk: Desk, query: str) -> dict[str, object]:
    client = TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1")
    answer = client.get(f"/api/v1/figures?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


def test_each_span_is_measured_from_the_last_close_before_it(desk: Desk):
    year_of(desk, "ACME")
    quoted(desk, "ACME", 15.0)
    (found,) = asked(desk, "symbols=acme")["figures"]
    since = {span: change["since"] for span, change in found["changes"].items()}
    assert since == {
        "5D": "2026-02-25",
        "1M": "2026-02-03",
        "3M": "2025-12-03",
        "YTD": "2025-12-31",
        "1Y": "2025-03-03",
    }
    for change in found["changes"].values():
        assert change["close"] == close_on(date.fromisoformat(change["since"]))
        assert change["change_pct"] == pytest.approx((15 / change["close"] - 1) * 100, rel=1e-12)


@pytest.mark.parametrize("span", ["5D", "1M", "3M", "YTD", "1Y"])
def test_a_chart_of_the_span_tells_the_same_change(desk: Desk, span: str):
    year_of(desk, "ACME")
    client = TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1")
    chart = client.get(f"/api/v1/bars?symbol=ACME&range={span}&interval=1d").json()
    (found,) = asked(desk, "symbols=ACME")["figures"]
    assert found["changes"][span]["change_pct"] == pytest.approx(chart["change_pct"], rel=1e-9)


def test_a_close_that_is_missing_is_told_by_the_day_before_and_what_is_not_reached_is_left_out(desk: Desk):
    listed(desk, "YOUNG")
    stored(desk, "YOUNG", "1d", {f"{day}": close_on(day) for day in TRADED[-30:] if str(day) != "2026-02-03"})
    (found,) = asked(desk, "symbols=YOUNG")["figures"]
    assert {span: change["since"] for span, change in found["changes"].items()} == {
        "5D": "2026-02-24",
        "1M": "2026-02-02",
    }


def test_a_split_changes_no_figure(desk: Desk):
    year_of(desk, "ACME")
    listed(desk, "SPLIT")
    halved = date(2025, 11, 3)
    stored(desk, "SPLIT", "1d", {f"{day}": close_on(day) * (2 if day < halved else 1) for day in TRADED})
    split = {"symbol": "SPLIT", "ex_date": halved, "kind": "split", "ratio": 2.0, "source": "test"}
    desk.lake.append_actions(frame_of(ACTIONS, [split]), WEDNESDAY)
    plain, after = asked(desk, "symbols=ACME,SPLIT&benchmark=ACME")["figures"]
    assert after["changes"] == {
        span: {**change, "change_pct": pytest.approx(change["change_pct"])} for span, change in plain["changes"].items()
    }
    names = ("low", "high", "volatility", "max_drawdown", "beta", "returns")
    assert {name: after["risk"][name] for name in names} == pytest.approx({name: plain["risk"][name] for name in names})
    assert after["risk"]["beta"] == pytest.approx(1)


def test_risk_is_of_the_days_that_are_over_and_the_range_of_the_running_one_too(desk: Desk):
    year_of(desk, "ACME")
    stored(desk, "ACME", "1d", {"2026-03-04": 99.0})  # the session of WEDNESDAY runs
    (found,) = asked(desk, "symbols=ACME")["figures"]
    first = date(2026, 3, 5) - timedelta(days=364)
    closes = [close_on(day) for day in TRADED if day >= first]
    returns = [log(b / a) for a, b in pairwise(closes)]
    assert found["risk"] == {
        "since": str(first),
        "low": min(closes),
        "high": 99.0,
        "volatility": pytest.approx(stdev(returns) * sqrt(252)),
        "max_drawdown": pytest.approx(min(b / max(closes[: nth + 1]) - 1 for nth, b in enumerate(closes))),
        "beta": None,
        "returns": len(returns),
    }


def test_beta_is_by_the_benchmark_that_was_asked_for(desk: Desk):
    year_of(desk, "ACME")
    year_of(desk, "SPY")
    told = asked(desk, "symbols=ACME")
    assert (told["benchmark"], told["benchmark_known"]) == ("SPY", True)
    assert told["figures"][0]["risk"]["beta"] == pytest.approx(1)
    told = asked(desk, "symbols=ACME&benchmark=none")
    assert (told["benchmark"], told["benchmark_known"], told["figures"][0]["risk"]["beta"]) == ("NONE", False, None)


def test_a_symbol_that_ended_long_ago_has_the_figures_of_its_own_time(desk: Desk):
    year_of(desk, "ACME")
    listed(desk, "OLD")
    past = datetime(2016, 1, 4, tzinfo=UTC)
    stored(desk, "OLD", "1d", {f"{past + timedelta(days=nth):%Y-%m-%d}": 10.0 + nth for nth in range(60)})
    told = asked(desk, "symbols=OLD,ACME,NONE&benchmark=ACME")
    assert [each["symbol"] for each in told["figures"]] == ["OLD", "ACME"]
    old = told["figures"][0]
    assert old["changes"]["1M"]["since"] == "2016-02-02"
    assert (old["risk"]["since"], old["risk"]["high"], old["risk"]["beta"]) == ("2016-01-04", 69.0, None)


def test_bids_and_asks_are_those_of_a_price_of_today(desk: Desk):
    year_of(desk, "ACME")
    client = TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1")
    names = ("bid", "ask", "bid_size", "ask_size", "type", "sector")

    def told() -> dict[str, object]:
        (quote,) = client.get("/api/v1/quotes?symbols=ACME").json()["quotes"]
        return {name: quote[name] for name in names}

    assert told() == dict.fromkeys(names)
    book = {"bid": 14.99, "ask": 15.01, "bid_size": 3.0, "ask_size": 4.0}
    quoted(desk, "ACME", 15.0, **book)
    assert told() == {**dict.fromkeys(names), **book}


def test_a_stale_price_has_no_bid(desk: Desk):
    year_of(desk, "ACME")
    late = {"symbol": "ACME", "ts": WEDNESDAY - timedelta(minutes=31), "price": 15.0, "bid": 14.9, "source": "test"}
    desk.tape.update(frame_of(QUOTES, [late]))
    client = TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1")
    (quote,) = client.get("/api/v1/quotes?symbols=ACME").json()["quotes"]
    assert (quote["freshness"], quote["price"], quote["bid"]) == ("stale", 15.0, None)


def test_the_demo_market_tells_what_its_companies_do(demo_desk: Desk):
    client = TestClient(create_app(demo_desk, jobs=False), base_url="http://127.0.0.1")
    quotes = client.get("/api/v1/quotes?symbols=QUORB,BROMA").json()["quotes"]
    assert [(each["type"], each["sector"]) for each in quotes] == [("stock", "Technology"), ("etf", "Funds")]
    assert all(each["bid"] < each["ask"] for each in quotes)


def test_the_demo_market_is_measured_by_its_own_fund(demo_desk: Desk):
    told = asked(demo_desk, "symbols=QUORB,BROMA")
    assert (told["benchmark"], told["benchmark_known"]) == ("BROMA", True)
    assert told["figures"][1]["risk"]["beta"] == pytest.approx(1)
    assert set(told["figures"][0]["changes"]) == {"5D", "1M", "3M", "YTD", "1Y"}


def test_a_benchmark_that_can_be_no_ticker_is_refused(desk: Desk):
    client = TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1")
    refused = client.get("/api/v1/figures?symbols=ACME&benchmark=<b>")
    assert (refused.status_code, refused.json()["field"]) == (422, "benchmark")
    many = ",".join(f"A{nth}" for nth in range(501))
    refused = client.get(f"/api/v1/figures?symbols={many}")
    assert (refused.status_code, refused.json()["field"]) == (422, "symbols")
