"""Yahoo's recorded answers, and each of its refusals the right error."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from market import SHARED, needs_shared
from openbell.model.errors import BadResponse, NotOffered, ProviderError, RateLimited, UnknownSymbol
from openbell.model.interval import DAY, MINUTE
from recorded import Answer, recorded, recorded_errors
from yahoo_market import NOW, utc, yahoo

FOLDER = SHARED / "api_yahoo"
REFUSALS = {
    "chart_unknown_symbol": UnknownSymbol,
    "too_many_requests": RateLimited,
    "invalid_crumb": BadResponse,
    "intraday_too_old": NotOffered,
    "truncated_json": BadResponse,
    "html_verify_page": BadResponse,
    "empty_result": UnknownSymbol,
}


@needs_shared
@pytest.mark.parametrize("name", REFUSALS)
def test_every_recorded_refusal_is_an_error_that_names_the_symbol(name: str):
    answer = recorded_errors(FOLDER / "error_bodies.json")[name]
    for interval in (DAY, MINUTE):
        with yahoo(answer) as (provider, _), pytest.raises(ProviderError, match="ACME") as caught:
            provider.bars("ACME", interval, NOW - timedelta(days=3), NOW)
        assert type(caught.value) is REFUSALS[name]
        assert caught.value.provider == "yahoo"


@needs_shared
def test_the_recorded_split_and_dividend_of_apple():
    with yahoo(recorded(FOLDER / "chart-AAPL-2020-08-31-to-2020-11-07.json")) as (provider, _):
        bars = provider.bars("AAPL", DAY, utc(2020, 8, 31), utc(2020, 11, 7))
        actions = provider.actions("AAPL", date(2020, 8, 31), date(2020, 11, 7))
    assert bars.height == 49
    assert bars.select("ts", "open", "close", "volume").row(0) == (utc(2020, 8, 31), 127.58, 129.04, 225_702_700.0)
    assert bars["ts"][-1] == utc(2020, 11, 6)
    assert actions.select("ex_date", "kind", "ratio", "amount").rows() == [
        (date(2020, 8, 31), "split", 4.0, None),
        (date(2020, 11, 6), "dividend", None, 0.205),
    ]


@needs_shared
def test_the_recorded_dividends_of_microsoft():
    answer = recorded(FOLDER / "historical-via-chart-MSFT-dividends-2021-02-01-to-2022-01-31.csv.json")
    with yahoo(answer) as (provider, _):
        paid = provider.actions("MSFT", date(2021, 2, 1), date(2022, 1, 31))
    assert paid.select("ex_date", "amount").rows() == [
        (date(2021, 2, 17), 0.56),
        (date(2021, 5, 19), 0.56),
        (date(2021, 8, 18), 0.56),
        (date(2021, 11, 17), 0.62),
    ]


@needs_shared
def test_a_recorded_weekend_is_empty_and_no_error():
    name = "chart-AAPL-2025-02-01-to-2025-02-02-includePrePost-false-interval-1m.json"
    with yahoo(recorded(FOLDER / name)) as (provider, _):
        assert provider.bars("AAPL", MINUTE, utc(2025, 2, 1), utc(2025, 2, 2)).height == 0


@needs_shared
@pytest.mark.parametrize(("symbol", "close"), [("BTC-USD", 6985.47), ("EURUSD=X", 1.1220826)])
def test_recorded_markets_that_never_close_have_a_bar_a_day(symbol: str, close: float):
    with yahoo(recorded(FOLDER / f"chart-{symbol}-2020-01-01-to-2020-01-03.json")) as (provider, _):
        bars = provider.bars(symbol, DAY, utc(2020, 1, 1), utc(2020, 1, 4))
    assert bars["ts"].to_list() == [utc(2020, 1, day) for day in (1, 2, 3)]
    assert bars["close"][1] == close


@needs_shared
def test_recorded_quotes_come_in_the_order_asked():
    answer = recorded(FOLDER / "quote-AAPL-BABA.json")
    with yahoo(lambda asked: Answer("crumb") if asked.path != "/v7/finance/quote" else answer) as (provider, _):
        quotes = provider.quotes(["BABA", "NOSUCH", "AAPL"])
    assert quotes.select("symbol", "ts", "price", "previous_close", "volume").rows() == [
        ("BABA", utc(2025, 2, 14, 21, 0, 2), 124.73, 119.54, 52_086_273.0),
        ("AAPL", utc(2025, 2, 14, 21, 0), 244.6, 241.53, 40_896_227.0),
    ]


@needs_shared
def test_a_recorded_search_finds_shares_and_funds_only():
    with yahoo(recorded(FOLDER / "search-AAPL.json")) as (provider, _):
        assert provider.search("AAPL").select("ticker", "exchange", "type").rows() == [
            ("AAPL", "XNAS", "stock"),
            ("AAPU", "XNAS", "etf"),
        ]
