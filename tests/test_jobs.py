"""What runs in the background: vendors asked over a real socket, states kept per symbol, nothing blocking."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from openbell.api.app import create_app
from openbell.board import board
from openbell.cli import main
from openbell.desk import Desk, open_desk
from openbell.ingest.fetching import fetch_bars
from openbell.jobs import JOBS, Clockwork, fetch_symbol, open_demo, watch_vendors
from openbell.live import Live
from openbell.model.interval import DAY
from openbell.settings import WATCHED, Settings
from openbell.store.ledger import Fetch
from openbell.store.watchbook import WatchBook
from recorded import Answer, Asked, Vendor, vendor
from yahoo_market import NOT_FOUND, chart

NOW = datetime(2025, 2, 20, 22, tzinfo=UTC)

ACME_DAYS = chart(
    """
    2025-02-18 09:30 10.0 10.6 9.9 10.5 1000
    2025-02-19 09:30 10.5 11.2 10.4 11.0 1200
    """,
    traded="2025-02-20 16:00:01",
)
QUOTE = Answer(
    json.dumps(
        {
            "quoteResponse": {
                "result": [
                    {
                        "symbol": "ACME",
                        "currency": "USD",
                        "regularMarketPrice": 11.5,
                        "regularMarketTime": int(NOW.timestamp()) - 3600,
                        "regularMarketPreviousClose": 11.0,
                        "regularMarketOpen": 11.1,
                        "regularMarketDayHigh": 11.6,
                        "regularMarketDayLow": 11.0,
                        "regularMarketVolume": 900,
                    }
                ],
                "error": None,
            }
        }
    )
)


def yahoo_knows_acme(asked: Asked) -> Answer:
    """Days of ACME, no minutes, a quote; nobody else."""
    if asked.path.endswith("/getcrumb"):
        return Answer("crumb")
    if "/quote" in asked.path:
        return QUOTE
    if not asked.path.endswith("/ACME"):
        return NOT_FOUND
    if asked.query.get("interval") == "1d":
        return ACME_DAYS
    return chart("", traded="2025-02-20 16:00:01")


@pytest.fixture
def market() -> Iterator[Vendor]:
    with vendor(yahoo_knows_acme) as server:
        yield server


@contextmanager
def listening(desk: Desk) -> Iterator[Live]:
    """The desk's feeds at work."""
    live = Live(desk)
    live.start()
    try:
        yield live
    finally:
        live.stop()


def until(so: Callable[[], object]) -> None:
    """Wait until something is so; it must be within ten seconds."""
    for _ in range(1000):
        if so():
            return
        time.sleep(0.01)
    raise AssertionError("it never was so")


@pytest.fixture
def online(tmp_path: Path, market: Vendor) -> Iterator[Desk]:
    settings = Settings(
        home=tmp_path / "home",
        yahoo_url=market.url,
        yahoo_cookie_url=f"{market.url}/cookie",
        providers="yahoo",
        streams="",
    )
    desk = open_desk(settings, lambda: NOW)
    yield desk
    desk.close()


def test_a_watched_symbol_is_fetched_with_its_name_and_its_quote(online: Desk):
    WatchBook(online.ledger).add("Mine", ["ACME"])
    watch_vendors(online)
    with listening(online):
        until(lambda: online.tape.latest(["ACME"]))
    fetch = online.ledger.fetches()[0]
    assert (fetch.symbol, fetch.state, fetch.rows) == ("ACME", "done", 2)
    acme = online.history.instrument("ACME")
    assert (acme.name, acme.exchange, acme.currency) == ("Acme Anvils", "XNAS", "USD")
    closes = online.lake.bars(["ACME"], DAY, NOW - timedelta(days=9), NOW)["close"].to_list()
    assert closes == [10.5, 11.0]
    quote = board(online, ["ACME"])[0][0]
    assert (quote.price, quote.previous_close, quote.freshness) == (11.5, 11.0, "closed")


def test_a_fetched_symbol_is_left_to_the_nightly_upkeep(online: Desk, market: Vendor):
    WatchBook(online.ledger).add("Mine", ["ACME"])
    watch_vendors(online)
    asked = len(market.asked)
    watch_vendors(online)
    assert len(market.asked) == asked


def test_each_symbol_has_a_state_of_its_own(online: Desk, market: Vendor):
    WatchBook(online.ledger).add("Mine", ["ACME", "NOPE"])
    watch_vendors(online)
    states = {f.symbol: f.state for f in online.ledger.fetches()}
    assert states == {"ACME": "done", "NOPE": "unknown"}
    quotes, missing = board(online, ["ACME", "NOPE"])
    assert [q.instrument.ticker for q in quotes] == ["ACME"]
    assert [(m.symbol, m.state) for m in missing] == [("NOPE", "unknown")]
    market.answers = lambda _: Answer("Too Many Requests\r\n", 429)
    limited = fetch_symbol(online, "ZETA")
    assert limited.state == "rate_limited"
    assert limited.next_try is not None
    assert limited.next_try > NOW
    assert board(online, ["ZETA"])[1][0].next_try == limited.next_try


def test_a_fetch_that_was_cut_off_is_begun_again(online: Desk):
    WatchBook(online.ledger).add("Mine", ["ACME"])
    online.ledger.save_fetch(Fetch("ACME", "history", "running", "", 0, None, NOW))
    watch_vendors(online)
    assert online.ledger.fetches()[0].state == "done"


def test_the_first_watchlist_is_the_well_known_names(online: Desk):
    watch_vendors(online)
    assert WatchBook(online.ledger).lists()[0].symbols == WATCHED
    assert {f.state for f in online.ledger.fetches()} == {"unknown"}


def test_a_new_symbol_on_a_watchlist_waits_to_be_fetched(online: Desk):
    client = TestClient(create_app(online, jobs=False), base_url="http://127.0.0.1")
    held = WatchBook(online.ledger).add("Mine", [])
    client.put(f"/api/v1/watchlists/{held.id}", json={"symbols": ["ACME"]})
    assert client.get("/api/v1/quotes?symbols=ACME").json()["missing"][0]["state"] == "fetching"
    watch_vendors(online)
    assert client.get("/api/v1/quotes?symbols=ACME").json()["quotes"][0]["price"] == 11.0


def test_a_key_that_a_vendor_echoes_is_told_nowhere(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    def echo(asked: Asked) -> Answer:
        limit = f"We have detected your API key as {asked.query['apikey']} and our rate limit is 25 requests per day."
        return Answer(json.dumps({"Information": limit}))

    with vendor(echo) as server:
        settings = Settings(
            home=tmp_path, providers="alphavantage", alphavantage_key="TOPSECRET", alphavantage_url=server.url
        )
        desk = open_desk(settings, lambda: NOW)
        client = TestClient(create_app(desk, jobs=False), base_url="http://127.0.0.1")
        fetch = fetch_symbol(desk, "ACME")
        assert server.asked[0].query["apikey"] == "TOPSECRET"
        assert fetch.state == "rate_limited"
        told = client.get("/api/v1/sources").text + repr(desk.settings) + fetch.detail + caplog.text
        assert "rate" in told
        assert "TOPSECRET" not in told
        desk.close()


def test_a_new_symbol_comes_from_the_next_vendor_where_the_first_turns_us_away(tmp_path: Path):
    def days_of_acme(asked: Asked) -> Answer:
        if asked.query["function"] == "TIME_SERIES_DAILY":
            return Answer("timestamp,open,high,low,close,volume\n2025-02-19,10.5,11.2,10.4,11.0,1200\n")
        head = {"SPLITS": "effective_date,split_factor", "DIVIDENDS": "ex_dividend_date,amount"}
        return Answer(head[asked.query["function"]] + "\n")

    seconds = count()
    with vendor(lambda _: Answer("Too Many Requests\r\n", 429)) as yahoo, vendor(days_of_acme) as other:
        settings = Settings(home=tmp_path, yahoo_url=yahoo.url, alphavantage_key="KEY", alphavantage_url=other.url)
        desk = open_desk(settings, lambda: NOW + timedelta(seconds=2 * next(seconds)))
        stored = fetch_bars(desk.lake, desk.vendors, "ACME", DAY, NOW - timedelta(days=9), NOW, clock=desk.clock)
        assert stored.rows == 1
        bars = desk.lake.bars(["ACME"], DAY, NOW - timedelta(days=9), NOW)
        assert bars.select("close", "source").rows() == [(11.0, "alphavantage")]
        desk.close()


def test_the_demo_market_catches_up_and_repeats_nothing(tmp_path: Path):
    now = datetime(2026, 3, 4, 0, 2, 30, tzinfo=UTC)
    desk = open_desk(Settings(home=tmp_path, offline=True, demo=True), lambda: now)
    first = open_demo(desk)
    assert first.rows > 700_000
    assert open_demo(desk).rows == 0
    now += timedelta(minutes=3)
    caught_up = open_demo(desk)
    assert 20 <= caught_up.rows <= 3 * 20
    desk.close()


def test_jobs_run_at_once_and_stop(demo_desk: Desk):
    clockwork = Clockwork(demo_desk)
    clockwork.start()
    clockwork.stop()
    assert {name for name, job in JOBS.items() if job.applies(demo_desk)} == {"demo", "compact", "sweep"}


def imported(symbol: str) -> Fetch:
    return Fetch(symbol, "history", "imported", "Imported.", 0, None, NOW)


def test_an_imported_symbol_is_asked_of_no_vendor(online: Desk, market: Vendor):
    WatchBook(online.ledger).add("Mine", ["ACME"])
    online.ledger.save_fetch(imported("ACME"))
    watch_vendors(online)
    with listening(online) as live:
        until(live.health)
    assert market.asked == []


def test_an_imported_symbol_is_fetched_once_it_is_added_by_hand(online: Desk):
    held = WatchBook(online.ledger).add("Mine", [])
    online.ledger.save_fetch(imported("ACME"))
    client = TestClient(create_app(online, jobs=False), base_url="http://127.0.0.1")
    client.put(f"/api/v1/watchlists/{held.id}", json={"symbols": ["ACME"]})
    assert online.ledger.fetches()[0].state == "waiting"
    watch_vendors(online)
    assert online.ledger.fetches()[0].state == "done"


def test_a_fetch_by_hand_hands_an_imported_symbol_to_the_vendors(
    tmp_path: Path, market: Vendor, monkeypatch: pytest.MonkeyPatch
):
    settings = {"PROVIDERS": "yahoo", "YAHOO_URL": market.url, "YAHOO_COOKIE_URL": f"{market.url}/cookie"}
    for name, value in settings.items():
        monkeypatch.setenv(f"OPENBELL_{name}", value)
    desk = open_desk(Settings())
    desk.ledger.save_fetch(imported("ACME"))
    desk.ledger.save_fetch(imported("NOPE"))
    monkeypatch.setattr(
        sys, "argv", ["openbell", "fetch", "acme", "nope", "--from", "2025-02-17", "--to", "2025-02-20"]
    )
    with pytest.raises(SystemExit):
        main()
    assert [(f.symbol, f.state) for f in desk.ledger.fetches()] == [("ACME", "waiting"), ("NOPE", "imported")]
    desk.close()


def test_the_demo_market_asks_no_vendor(tmp_path: Path, market: Vendor):
    settings = Settings(home=tmp_path, demo=True, providers="yahoo", yahoo_url=market.url, streams="")
    desk = open_desk(settings, lambda: NOW)
    desk.lake.append_instruments(desk.simulated.instruments(), NOW)
    WatchBook(desk.ledger).add("Watchlist", ["QUORB"])
    watch_vendors(desk)
    with listening(desk):
        until(lambda: desk.tape.latest(["QUORB"]))
    assert market.asked == []
    desk.close()
