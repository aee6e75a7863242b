"""Alpha Vantage's answers become raw bars in UTC; its sentences, all with status 200, become the right errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

import pytest

from contracts.provider import SECRET, ProviderContract
from market import SHARED, needs_shared
from openbell.model.errors import (
    BadResponse,
    NotEntitled,
    NotOffered,
    ProviderError,
    RateLimited,
    UnknownSymbol,
)
from openbell.model.interval import DAY, MINUTE, Interval
from openbell.providers.alphavantage import AlphaVantage
from openbell.providers.http import Plain
from recorded import Answer, Answers, Asked, Vendor, recorded_errors, vendor

FIVE = Interval(5, "m")
NOW = datetime(2026, 5, 18, 12, tzinfo=UTC)
FOLDER = SHARED / "api_alphavantage"
INVALID = Answer(json.dumps({"Error Message": "Invalid API call. Please retry or visit the documentation."}))

DAILY = """timestamp,open,high,low,close,volume
2026-05-15,218.2000,220.9100,217.6150,219.3000,6154450
2026-05-14,215.5450,220.9600,215.0000,218.3700,5906199
2026-05-13,218.2700,218.3100,212.3400,214.6400,8361214
"""
INTRADAY = """timestamp,open,high,low,close,volume
2026-05-15 19:55:00,219.0300,219.0300,219.0000,219.0000,158
2026-05-15 09:35:00,218.9000,219.1000,218.8000,219.0000,5000
2026-05-15 09:30:00,218.2000,219.0000,218.0000,218.9000,9000
"""
QUOTE = """symbol,open,high,low,price,volume,latestDay,previousClose,change,changePercent
IBM,218.2000,220.9100,217.6150,219.3000,6154450,2026-05-15,218.3700,0.9300,0.4259%
"""
SPLITS = "effective_date,split_factor\n2021-11-04,1.0460\n1999-05-27,2.0000\n"
DIVIDENDS = """ex_dividend_date,declaration_date,record_date,payment_date,amount
2026-05-08,2026-04-22,2026-05-08,2026-06-10,1.69
1999-05-06,None,None,None,0.24
"""
SEARCH = """symbol,name,type,region,marketOpen,marketClose,timezone,currency,matchScore
IBM,International Business Machines,Equity,United States,09:30,16:00,UTC-04,USD,1.0000
TSCO.LON,Tesco PLC,Equity,United Kingdom,08:00,16:30,UTC+01,GBX,0.7273
"""
BODIES = {
    "TIME_SERIES_DAILY": DAILY,
    "TIME_SERIES_INTRADAY": INTRADAY,
    "GLOBAL_QUOTE": QUOTE,
    "SPLITS": SPLITS,
    "DIVIDENDS": DIVIDENDS,
}


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def everything(asked: Asked) -> Answer:
    """Alpha Vantage as a whole, for one symbol."""
    if asked.query["function"] == "SYMBOL_SEARCH":
        return Answer(SEARCH)
    if asked.query["symbol"] != "IBM":
        return Answer('{"Global Quote": {}}') if asked.query["function"] == "GLOBAL_QUOTE" else INVALID
    if asked.query.get("month", "2026-05") != "2026-05":
        return Answer("timestamp,open,high,low,close,volume\n")
    return Answer(BODIES[asked.query["function"]])


@contextmanager
def alphavantage(answers: Answers | Answer = everything, now: datetime = NOW) -> Iterator[tuple[AlphaVantage, Vendor]]:
    """Alpha Vantage, spoken to over a socket."""
    always = answers
    with vendor(always if callable(always) else lambda _: always) as server:
        fetch = Plain("alphavantage", server.url)
        try:
            yield AlphaVantage(fetch, SECRET, lambda: now), server
        finally:
            fetch.close()


class TestTheContract(ProviderContract):
    symbol = "IBM"
    ranges = MappingProxyType(
        {
            DAY: (utc(2026, 5, 13), utc(2026, 5, 16)),
            FIVE: (utc(2026, 5, 15), utc(2026, 5, 16)),
        }
    )
    empty = (FIVE, utc(2026, 4, 3), utc(2026, 4, 4))
    action_dates = (date(1999, 1, 1), date(2026, 5, 18))
    search_text = "ibm"

    @contextmanager
    def provider(self) -> Iterator[AlphaVantage]:
        with alphavantage() as (provider, _):
            yield provider


def test_naive_new_york_stamps_become_utc_starts_in_summer_and_in_winter():
    with alphavantage() as (provider, _):
        bars = provider.bars("IBM", FIVE, utc(2026, 5, 15), utc(2026, 5, 17))
    assert bars.select("ts", "open", "close", "volume").rows() == [
        (utc(2026, 5, 15, 13, 30), 218.2, 218.9, 9000.0),
        (utc(2026, 5, 15, 13, 35), 218.9, 219.0, 5000.0),
        (utc(2026, 5, 15, 23, 55), 219.03, 219.0, 158.0),
    ]
    winter = Answer("timestamp,open,high,low,close,volume\n2026-01-15 09:30:00,1,1,1,1,1\n")
    with alphavantage(winter) as (provider, _):
        bars = provider.bars("IBM", FIVE, utc(2026, 1, 15), utc(2026, 1, 16))
    assert bars["ts"].to_list() == [utc(2026, 1, 15, 14, 30)]


def test_intraday_is_asked_for_by_the_month_raw_and_a_month_that_is_over_only_once():
    with alphavantage() as (provider, server):
        provider.bars("IBM", FIVE, utc(2026, 3, 31, 12), utc(2026, 5, 2))
        provider.bars("IBM", FIVE, utc(2026, 3, 20), utc(2026, 3, 21))
    assert [asked.query["month"] for asked in server.asked] == ["2026-05", "2026-04", "2026-03"]
    first = dict(server.asked[2].query)
    assert first.pop("apikey") == SECRET
    assert first == {
        "function": "TIME_SERIES_INTRADAY",
        "symbol": "IBM",
        "interval": "5min",
        "month": "2026-03",
        "adjusted": "false",
        "extended_hours": "true",
        "outputsize": "full",
        "datatype": "csv",
    }


def test_what_lies_before_the_first_month_is_refused_without_a_call():
    with alphavantage() as (provider, server):
        with pytest.raises(NotOffered, match="begin in January 2000"):
            provider.bars("IBM", FIVE, utc(1999, 12, 1), utc(2000, 2, 1))
        assert server.asked == []


def listed_in_may(asked: Asked) -> Answer:
    if asked.query["symbol"] != "NEWCO":
        return INVALID
    return Answer(INTRADAY) if asked.query["month"] == "2026-05" else INVALID


def test_a_month_before_the_listing_is_empty_and_those_before_it_are_not_asked_for():
    with alphavantage(listed_in_may) as (provider, server):
        bars = provider.bars("NEWCO", FIVE, utc(2026, 1, 5), utc(2026, 5, 17))
        earlier = provider.bars("NEWCO", FIVE, utc(2026, 1, 5), utc(2026, 2, 5))
    assert (bars.height, earlier.height) == (3, 0)
    assert [asked.query["month"] for asked in server.asked] == ["2026-05", "2026-04", "2026-02"]
    with alphavantage(listed_in_may) as (provider, server), pytest.raises(UnknownSymbol, match="NOSUCH"):
        provider.bars("NOSUCH", FIVE, utc(2026, 1, 5), utc(2026, 5, 17))
    assert len(server.asked) == 1


def test_a_symbol_without_splits_or_dividends_answers_with_an_empty_list():
    with alphavantage(Answer('{"symbol": "NEWCO", "data": []}')) as (provider, _):
        assert provider.actions("NEWCO", date(2000, 1, 1), date(2026, 5, 18)).is_empty()


def test_two_dividends_on_one_day_are_one():
    paid = Answer("ex_dividend_date,amount\n2024-11-15,0.08\n2024-11-15,3.00\n")
    none = Answer("effective_date,split_factor\n")
    with alphavantage(lambda asked: paid if asked.query["function"] == "DIVIDENDS" else none) as (provider, _):
        assert provider.actions("IBM", date(2024, 1, 1), date(2026, 1, 1))["amount"].to_list() == [3.08]


def test_a_short_range_of_days_takes_the_compact_answer_that_a_free_key_may_have():
    with alphavantage() as (provider, server):
        provider.bars("IBM", DAY, NOW - timedelta(days=100), NOW)
        provider.bars("IBM", DAY, NOW - timedelta(days=400), NOW)
    assert [asked.query["outputsize"] for asked in server.asked] == ["compact", "full"]


@pytest.mark.parametrize(("hour", "minute", "last"), [(19, 0, 14), (20, 19, 14), (20, 20, 15)])
def test_the_running_day_is_no_bar_until_it_has_settled(hour: int, minute: int, last: int):
    with alphavantage(now=utc(2026, 5, 15, hour, minute)) as (provider, _):
        assert provider.bars("IBM", DAY, utc(2026, 5, 1), utc(2026, 6, 1))["ts"][-1] == utc(2026, 5, last)


def test_the_running_bar_is_no_bar():
    with alphavantage(now=utc(2026, 5, 15, 13, 58)) as (provider, _):
        assert provider.bars("IBM", FIVE, utc(2026, 5, 15), utc(2026, 6, 1))["ts"].to_list() == [
            utc(2026, 5, 15, 13, 30)
        ]


def test_a_spin_off_filed_as_a_split_changes_no_share_count():
    with alphavantage() as (provider, _):
        actions = provider.actions("IBM", date(1999, 1, 1), date(2026, 5, 18))
    assert actions.select("ex_date", "kind", "ratio", "amount").rows() == [
        (date(1999, 5, 6), "dividend", None, 0.24),
        (date(1999, 5, 27), "split", 2.0, None),
        (date(2021, 11, 4), "spinoff", 1.046, None),
        (date(2026, 5, 8), "dividend", None, 1.69),
    ]


def test_actions_take_two_calls_a_day():
    with alphavantage() as (provider, server):
        provider.actions("IBM", date(1999, 1, 1), date(2026, 5, 18))
        provider.actions("IBM", date(2020, 1, 1), date(2026, 5, 18))
    assert [asked.query["function"] for asked in server.asked] == ["SPLITS", "DIVIDENDS"]


def test_a_quote_counts_as_of_the_close_of_the_day_it_names():
    with alphavantage() as (provider, _):
        quotes = provider.quotes(["IBM"])
    assert quotes.select("symbol", "ts", "price", "previous_close", "open", "high", "low", "volume").rows() == [
        ("IBM", utc(2026, 5, 15, 20), 219.3, 218.37, 218.2, 220.91, 217.615, 6154450.0)
    ]


def test_search_names_the_exchange_where_the_region_has_one():
    with alphavantage() as (provider, _):
        assert provider.search("tesco").select("ticker", "exchange", "currency", "type").rows() == [
            ("IBM", None, "USD", "stock"),
            ("TSCO.LON", "XLON", "GBX", "stock"),
        ]


def test_a_json_series_where_csv_was_asked_for_is_read_as_well():
    row = {"1. open": "122.67", "2. high": "122.80", "3. low": "121.06", "4. close": "121.79", "5. volume": "2538547"}
    body = {"Meta Data": {"2. Symbol": "IBM"}, "Time Series (Daily)": {"2026-05-08": row}}
    with alphavantage(Answer(json.dumps(body))) as (provider, _):
        bars = provider.bars("IBM", DAY, utc(2026, 5, 1), NOW)
    assert bars.select("ts", "open", "high", "low", "close", "volume").rows() == [
        (utc(2026, 5, 8), 122.67, 122.8, 121.06, 121.79, 2538547.0)
    ]


BURST = (
    "Please consider spreading out your free API requests more sparingly (1 request per second). You may subscribe to "
    "any of the premium plans to lift the free key rate limit (25 requests per day)."
)
FULL = (
    "The outputsize=full parameter value is a premium feature for the TIME_SERIES_DAILY endpoint. You may subscribe to "
    "any of the premium plans to unlock it and to lift the rate limit of 25 requests per day."
)


@pytest.mark.parametrize(
    ("answer", "kind", "wait"),
    [
        (Answer(json.dumps({"Information": BURST})), RateLimited, 1.0),
        (Answer(json.dumps({"Information": FULL})), NotEntitled, None),
        (Answer("busy", 429, {"Retry-After": "7"}), RateLimited, 7.0),
        (Answer("no", 403), NotEntitled, None),
        (Answer("<html>503</html>", 503), BadResponse, None),
        (Answer("<html>maintenance</html>"), BadResponse, None),
        (Answer(""), BadResponse, None),
        (Answer('{"Time Series (Daily)": {"2026-'), BadResponse, None),
        (Answer("{}"), UnknownSymbol, None),
        (Answer('{"Information": "Something new."}'), BadResponse, None),
        (Answer("timestamp,open,high,low,close,volume\n2026-05-15,1,1,1,one,1\n"), BadResponse, None),
        (Answer("timestamp,open,high,low,close,volume\nyesterday,1,1,1,1,1\n"), BadResponse, None),
        (Answer("timestamp,open\n2026-05-15,1\n"), BadResponse, None),
    ],
)
def test_what_is_not_a_table_is_an_error_that_names_the_symbol_or_the_wait(
    answer: Answer, kind: type[ProviderError], wait: float | None
):
    with alphavantage(answer) as (provider, _), pytest.raises(ProviderError) as caught:
        provider.bars("IBM", DAY, utc(2026, 5, 1), NOW)
    assert type(caught.value) is kind
    if isinstance(caught.value, RateLimited):
        assert caught.value.retry_after == wait
    else:
        assert "IBM" in str(caught.value)


MIDNIGHT_S = 16 * 3600.0
"""From 08:00 in New York, which is NOW, to the next midnight there."""

SAID: dict[str, tuple[type[ProviderError], float | None]] = {
    "note_2017_5min": (RateLimited, 60.0),
    "info_25_per_day": (RateLimited, MIDNIGHT_S),
    "info_25_per_day_thanks": (RateLimited, MIDNIGHT_S),
    "info_premium_endpoint": (NotEntitled, None),
    "info_demo_key": (NotEntitled, None),
    "error_invalid_call": (UnknownSymbol, None),
    "error_bad_key": (NotEntitled, None),
    "csv_request_answered_with_json": (RateLimited, 60.0),
    "global_quote_unknown_symbol": (UnknownSymbol, None),
}


@needs_shared
@pytest.mark.parametrize("name", SAID)
def test_every_recorded_sentence_is_the_right_error_and_hides_the_key(name: str):
    kind, wait = SAID[name]
    answer = recorded_errors(FOLDER / "error_bodies.json")[name]
    keyed = Answer(answer.body.replace("XXXXXXXX", SECRET))
    for interval in (DAY, MINUTE):
        with alphavantage(keyed) as (provider, _), pytest.raises(ProviderError) as caught:
            provider.bars("IBM", interval, NOW - timedelta(days=3), NOW)
        assert type(caught.value) is kind
        assert getattr(caught.value, "retry_after", None) == wait
        assert SECRET not in str(caught.value)


@needs_shared
def test_the_recorded_days_and_minutes_of_ibm():
    daily = Answer((FOLDER / "pt_TIME_SERIES_DAILY_42a08190.csv").read_text())
    with alphavantage(daily) as (provider, _):
        days = provider.bars("IBM", DAY, utc(2025, 12, 22), NOW)
    assert (days.height, days["ts"][0], days["ts"][-1]) == (100, utc(2025, 12, 22), utc(2026, 5, 15))
    assert days.select("open", "high", "low", "close", "volume").row(-1) == (218.2, 220.91, 217.615, 219.3, 6154450.0)
    intraday = Answer((FOLDER / "pt_TIME_SERIES_INTRADAY_3dbdcdc7.csv").read_text())
    with alphavantage(intraday) as (provider, _):
        minutes = provider.bars("IBM", FIVE, utc(2026, 5, 15), utc(2026, 5, 16))
    assert (minutes.height, minutes["ts"][0], minutes["ts"][-1]) == (
        100,
        utc(2026, 5, 15, 15, 40),
        utc(2026, 5, 15, 23, 55),
    )


@needs_shared
def test_the_recorded_series_in_old_json_are_read():
    with alphavantage(Answer((FOLDER / "cg_daily.json").read_text())) as (provider, _):
        days = provider.bars("IBM", DAY, utc(2020, 5, 1), utc(2020, 6, 1))
    assert days["close"][-1] == 121.79
    with alphavantage(Answer((FOLDER / "rt_mock_time_series.json").read_text())) as (provider, _):
        minutes = provider.bars("MSFT", MINUTE, utc(2017, 12, 18), utc(2017, 12, 19))
    assert (minutes.height, minutes["ts"][-1], minutes["close"][-1]) == (100, utc(2017, 12, 18, 19, 56), 86.5)
