"""Yahoo's charts become raw bars, only legal requests are made, and crumbs are renewed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.provider import SECRET, ProviderContract
from openbell.model.errors import (
    BadResponse,
    NotOffered,
    RateLimited,
    UnknownSymbol,
)
from openbell.model.interval import DAY, MINUTE, Interval
from openbell.providers.yahoo import Yahoo
from openbell.providers.yahoo.scale import PRICES, raw, shortest
from recorded import Answer, Answers, Asked
from yahoo_market import CRUMB_REFUSED, DAYS, NOW, QUOTED, chart, daily, everything, utc, yahoo

NEW_YORK = ZoneInfo("America/New_York")


class TestTheContract(ProviderContract):
    symbol = "ACME"
    ranges = MappingProxyType(
        {
            DAY: (utc(2025, 2, 12), utc(2025, 2, 19)),
            MINUTE: (utc(2025, 2, 19, 14, 30), utc(2025, 2, 19, 15)),
        }
    )
    empty = (MINUTE, utc(2025, 2, 1), utc(2025, 2, 3))
    action_dates = (date(2025, 2, 1), date(2025, 2, 20))
    search_text = "acme"

    @contextmanager
    def provider(self) -> Iterator[Yahoo]:
        with yahoo(everything) as (provider, _):
            yield provider


def test_prices_and_volumes_before_a_split_are_as_they_traded():
    assert daily(DAYS, utc(2025, 2, 13)).select("ts", "open", "high", "low", "close", "volume").rows() == [
        (utc(2025, 2, 13), 21.0, 24.0, 21.0, 23.0, 1000.0),
        (utc(2025, 2, 14), 23.0, 23.6, 22.0, 22.4, 750.0),
        (utc(2025, 2, 18), 5.7, 5.9, 5.5, 5.6, 4000.0),
    ]


def test_a_split_after_the_range_still_counts_because_the_answer_reaches_until_now():
    with yahoo(DAYS) as (provider, server):
        bars = provider.bars("ACME", DAY, utc(2025, 2, 13), utc(2025, 2, 14))
    assert bars["close"].to_list() == [23.0]
    assert int(server.asked[0].query["period2"]) == int(NOW.timestamp())
    assert server.asked[0].query["events"] == "div,split,capitalGains"


def test_several_splits_multiply_and_widened_floats_are_narrowed_again():
    # AAPL: 645.57 on 2014-06-06 before 7:1, 499.23 on 2020-08-28 before 4:1, as Yahoo shows them today.
    answer = chart(
        """
        2014-06-06 09:30 23.0560722351074 23.0560722351074 23.0560722351074 23.0560722351074 2800
        2014-06-09 09:30 23.4249992370605 23.4249992370605 23.4249992370605 23.4249992370605 400
        2020-08-28 09:30 124.807502746582 124.807502746582 124.807502746582 124.807502746582 400
        2020-08-31 09:30 129.0399932861328 129.0399932861328 129.0399932861328 129.0399932861328 100""",
        events={
            "splits": [
                {"date": "2014-06-09 09:30", "numerator": 7, "denominator": 1},
                {"date": "2020-08-31 09:30", "numerator": 4, "denominator": 1},
            ]
        },
    )
    bars = daily(answer, utc(2014, 1, 1))
    assert bars["close"].to_list() == [645.57, 93.7, 499.23, 129.04]
    assert bars["volume"].to_list() == [100.0, 100.0, 100.0, 100.0]


CENTS = st.integers(100, 999_999)
SPLIT = st.sampled_from([(2, 1), (3, 2), (4, 1), (7, 1), (20, 1), (1, 10), (1, 30), (21, 20)])


@given(st.lists(CENTS, min_size=3, max_size=12), st.lists(SPLIT, min_size=1, max_size=3))
def test_whatever_the_splits_the_cents_that_were_traded_come_back(cents: list[int], splits: list[tuple[int, int]]):
    days = [date(2024, 1, 1) + timedelta(days=place) for place in range(len(cents))]
    happened = list(zip(days[1:], splits, strict=False))
    adjusted = [
        np.float32(each / 100 / np.prod([many / few for ex, (many, few) in happened if ex > day]))
        for day, each in zip(days, cents, strict=True)
    ]
    table = pl.DataFrame({"trade_date": days, "ts": days, "volume": [0.0] * len(days)}).with_columns(
        pl.Series(name, adjusted).cast(pl.Float64) for name in PRICES
    )
    actions = pl.DataFrame({"ex_date": [ex for ex, _ in happened], "ratio": [a / b for _, (a, b) in happened]})
    known = raw(table.with_columns(shortest(pl.col(PRICES))), actions.with_columns(kind=pl.lit("split")))
    assert known["close"].to_list() == [each / 100 for each in cents]


def test_a_spin_off_filed_as_a_split_is_told_apart_and_still_undone():
    # IBM, 2021-11-04: Kyndryl left; Yahoo divides the prices before by 1.046.
    answer = chart(
        """
        2021-11-03 09:30 121.606117 121.606117 121.606117 121.606117 1046
        2021-11-04 09:30 120.85 120.85 120.85 120.85 1000""",
        events={"splits": [{"date": "2021-11-04 09:30", "numerator": 1046, "denominator": 1000}]},
    )
    with yahoo(answer) as (provider, _):
        bars = provider.bars("ACME", DAY, utc(2021, 1, 1), NOW)
        actions = provider.actions("ACME", date(2021, 1, 1), date(2022, 1, 1))
    assert bars["close"].to_list() == [127.2, 120.85]
    assert actions.select("kind", "ratio").rows() == [("spinoff", 1.046)]


def test_dividends_are_as_paid_on_the_day_and_capital_gains_are_among_them():
    answer = chart(
        "",
        events={
            "splits": [{"date": "2020-08-31 09:30", "numerator": 4, "denominator": 1}],
            "dividends": [
                {"date": "2020-08-07 09:30", "amount": 0.205},
                {"date": "2020-11-06 09:30", "amount": 0.205},
            ],
            "capitalGains": [{"date": "2020-12-10 09:30", "amount": 1.5}],
        },
    )
    with yahoo(answer) as (provider, _):
        actions = provider.actions("ACME", date(2020, 8, 1), date(2020, 12, 31))
    assert actions.select("ex_date", "kind", "ratio", "amount", "currency").rows() == [
        (date(2020, 8, 7), "dividend", None, 0.82, "USD"),
        (date(2020, 8, 31), "split", 4.0, None, None),
        (date(2020, 11, 6), "dividend", None, 0.205, "USD"),
        (date(2020, 12, 10), "dividend", None, 1.5, "USD"),
    ]


def test_a_capital_gain_that_the_dividend_of_its_day_contains_is_not_added_to_it():
    # DODFX: the price fell by 0.70 in December 2025, less than the dividend alone.
    december, june = "2025-12-18 09:30", "2025-06-20 09:30"
    answer = chart(
        """
        2025-06-18 09:30 20.00 20.00 20.00 20.00 0
        2025-06-20 09:30 18.70 18.70 18.70 18.70 0
        2025-12-17 09:30 17.00 17.00 17.00 17.00 0
        2025-12-18 09:30 16.30 16.30 16.30 16.30 0""",
        events={
            "dividends": [{"date": december, "amount": 0.837}, {"date": june, "amount": 0.8}],
            "capitalGains": [{"date": december, "amount": 0.417}, {"date": june, "amount": 0.5}],
        },
    )
    with yahoo(answer, datetime(2026, 1, 5, tzinfo=UTC)) as (provider, _):
        actions = provider.actions("ACME", date(2025, 1, 1), date(2025, 12, 31))
    assert actions.select("ex_date", "kind", "amount").rows() == [
        (date(2025, 6, 20), "dividend", 1.3),  # the price fell by the sum
        (date(2025, 12, 18), "dividend", 0.837),
    ]


def test_two_dividends_of_one_day_are_one():
    paid = {"dividends": [{"date": f"2025-02-13 {at}", "amount": 0.5} for at in ("09:30", "09:31")]}
    with yahoo(chart("", events=paid)) as (provider, _):
        assert provider.actions("ACME", date(2025, 2, 1), date(2025, 2, 20))["amount"].to_list() == [1.0]


def test_an_open_of_zero_beside_a_close_is_a_missing_price():
    answer = chart("""
        2025-02-13 09:30 0 11 9 10.5 1000
        2025-02-14 09:30 0 0 0 10.6 1000""")
    assert daily(answer, utc(2025, 2, 1)).select("open", "high", "low", "close").rows() == [
        (None, 11.0, 9.0, 10.5),
        (None, None, None, 10.6),
    ]


def test_holidays_and_holes_which_come_as_nulls_are_no_bars():
    answer = chart("""
        2025-02-13 09:30 10 11 9 10.5 1000
        2025-02-14 09:30 - - - - -
        2025-02-18 09:30 10 11 9 10.6 0""")
    bars = daily(answer, utc(2025, 2, 1))
    assert bars.select("close", "volume").rows() == [(10.5, 1000.0), (10.6, 0.0)]


@pytest.mark.parametrize(
    ("now", "last"),
    [
        (datetime(2025, 2, 20, 9, 0, tzinfo=NEW_YORK), 19),
        (datetime(2025, 2, 20, 15, 59, tzinfo=NEW_YORK), 19),
        (datetime(2025, 2, 20, 16, 19, tzinfo=NEW_YORK), 19),
        (datetime(2025, 2, 20, 16, 20, tzinfo=NEW_YORK), 20),
    ],
)
def test_the_running_day_is_no_bar_until_it_has_settled(now: datetime, last: int):
    answer = chart("""
        2025-02-19 09:30 10 11 9 10.5 1000
        2025-02-20 09:30 10 11 9 10.6 900""")
    assert daily(answer, utc(2025, 2, 1), utc(2025, 3, 1), now=now)["ts"][-1].day == last


def test_the_running_minute_and_the_row_stamped_with_the_last_trade_are_no_bars():
    now = datetime(2025, 2, 20, 10, 3, 30, tzinfo=NEW_YORK)
    answer = chart(
        """
        2025-02-20 10:01 10 10 10 10.1 5
        2025-02-20 10:02 10 10 10 10.2 5
        2025-02-20 10:03 10 10 10 10.3 5
        2025-02-20 10:03:20 10 10 10 10.4 0""",
        traded="2025-02-20 10:03:20",
    )
    with yahoo(answer, now) as (provider, _):
        bars = provider.bars("ACME", MINUTE, utc(2025, 2, 20, 12), utc(2025, 2, 21))
    assert bars["close"].to_list() == [10.1, 10.2]
    late = chart("2025-02-20 10:01 10 10 10 10.1 5", traded="2025-02-20 10:01:20")
    for minutes, height in ((3, 0), (20, 0), (22, 1)):
        with yahoo(late, datetime(2025, 2, 20, 10, 0, tzinfo=NEW_YORK) + timedelta(minutes=minutes)) as (provider, _):
            assert provider.bars("ACME", MINUTE, utc(2025, 2, 20, 12), utc(2025, 2, 21)).height == height


def test_a_long_range_of_minutes_is_asked_for_in_legal_pieces():
    with yahoo(everything) as (provider, server):
        provider.bars("ACME", MINUTE, NOW - timedelta(days=20), NOW)
    days, *minutes = [asked.query for asked in server.asked]
    spans = [(int(asked["period1"]), int(asked["period2"])) for asked in minutes]
    assert (days["interval"], [asked["interval"] for asked in minutes]) == ("1d", ["1m", "1m", "1m"])
    assert [later[0] for later in spans[1:]] == [earlier[1] for earlier in spans[:-1]]
    assert (spans[0][0], spans[-1][1]) == ((NOW - timedelta(days=20)).timestamp(), NOW.timestamp())
    assert all(until - since <= 8 * 86_400 for since, until in spans)


@pytest.mark.parametrize(("interval", "days"), [("1m", 29), ("5m", 59), ("30m", 59), ("1h", 729)])
def test_what_lies_beyond_yahoos_reach_is_refused_with_a_sentence_and_without_a_call(interval: str, days: int):
    with yahoo(everything) as (provider, server):
        with pytest.raises(NotOffered, match=f"ACME: bars of {interval} reach back {days} days"):
            provider.bars("ACME", Interval.parse(interval), NOW - timedelta(days=days + 2), NOW)
        assert server.asked == []
        assert provider.bars("ACME", Interval.parse(interval), NOW - timedelta(days=days), NOW).height >= 0


def test_the_actions_beside_daily_bars_take_no_second_request():
    with yahoo(everything) as (provider, server):
        provider.bars("ACME", DAY, utc(2025, 2, 12), NOW)
        assert provider.actions("ACME", date(2025, 2, 12), date(2025, 2, 20)).height == 2
        assert len(server.asked) == 1
        provider.actions("ACME", date(2024, 2, 12), date(2025, 2, 20))
        assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("zone", "stamp", "label"),
    [
        ("America/New_York", "2025-02-13 09:30", utc(2025, 2, 13)),
        ("Europe/London", "2024-07-01 00:00", utc(2024, 7, 1)),  # 23:00 UTC of the day before
        ("Asia/Tokyo", "2025-02-13 09:00", utc(2025, 2, 13)),  # 00:00 UTC
        ("Australia/Sydney", "2025-02-13 10:00", utc(2025, 2, 13)),  # 23:00 UTC of the day before
    ],
)
def test_a_day_is_labelled_by_its_local_trade_date(zone: str, stamp: str, label: datetime):
    assert daily(chart(f"{stamp} 1 1 1 1 1", zone=zone), utc(2024, 1, 1))["ts"].to_list() == [label]


def refused_once() -> Answers:
    crumbs = iter(("old", "new"))

    def answers(asked: Asked) -> Answer:
        if asked.path == "/v1/test/getcrumb":
            return Answer(next(crumbs))
        if asked.query.get("crumb") == "old":
            return Answer(
                json.dumps({"finance": {"error": {"code": "Unauthorized", "description": "Invalid Crumb"}}}), 401
            )
        return Answer(json.dumps({"quoteResponse": {"result": [QUOTED], "error": None}}))

    return answers


def test_a_crumb_that_is_refused_is_renewed_once_and_then_kept():
    with yahoo(refused_once()) as (provider, server):
        assert provider.quotes(["ACME"])["price"].to_list() == [5.59]
        assert provider.quotes(["ACME"])["ask"].to_list() == [5.6]
    assert [asked.path.rpartition("/")[2] for asked in server.asked] == [
        "cookie", "getcrumb", "quote", "cookie", "getcrumb", "quote", "quote",
    ]  # fmt: skip


def test_a_crumb_that_is_always_refused_is_a_bad_response():
    def answers(asked: Asked) -> Answer:
        if asked.path == "/v1/test/getcrumb":
            return Answer(SECRET)
        return CRUMB_REFUSED

    with yahoo(answers) as (provider, server):
        with pytest.raises(BadResponse, match=r"HTTP 401 about ACME \(Invalid Crumb\)") as caught:
            provider.quotes(["ACME"])
        assert len([asked for asked in server.asked if asked.path == "/v7/finance/quote"]) == 2
    assert SECRET not in str(caught.value)


def test_without_a_crumb_there_are_no_quotes():
    with yahoo(Answer("<html>Too many visitors</html>")) as (provider, _), pytest.raises(BadResponse, match="crumb"):
        provider.quotes(["ACME"])
    with yahoo(Answer("Too Many Requests", 429)) as (provider, _), pytest.raises(RateLimited):
        provider.quotes(["ACME"])


def test_a_quote_of_a_closed_book_has_no_bid():
    with yahoo(everything) as (provider, _):
        assert provider.quotes(["ACME"]).select("ts", "price", "bid", "ask", "source").rows() == [
            (utc(2025, 2, 19, 21, 0, 1), 5.59, None, 5.6, "yahoo")
        ]


@pytest.mark.parametrize(("headers", "seconds"), [({}, 3600.0), ({"Retry-After": "90"}, 90.0)])
def test_too_many_requests_say_for_how_long(headers: Mapping[str, str], seconds: float):
    with pytest.raises(RateLimited, match="ACME") as caught:
        daily(Answer("Too Many Requests\r\n", 429, headers), utc(2025, 1, 1))
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    ("changed", "into"),
    [
        ('"close": [10.5]', '"close": [10.5, 10.6]'),
        ('"America/New_York"', '"America/Gotham"'),
        ('"close": [10.5]', '"close": ["ten"]'),
    ],
)
def test_a_chart_that_contradicts_itself_is_a_bad_response_that_names_the_symbol(changed: str, into: str):
    body = chart("2025-02-12 09:30 10.0 11.0  9.5 10.5 1000").body
    assert changed in body
    with pytest.raises(BadResponse, match="ACME"):
        daily(Answer(body.replace(changed, into)), utc(2025, 1, 1))


def test_a_chart_without_volumes_or_with_nulls_for_objects_is_read():
    body = json.loads(chart("2025-02-12 09:30 10.0 11.0  9.5 10.5 1000", symbol="ACME").body)
    result = body["chart"]["result"][0]
    result["events"] = None
    result["meta"] |= {"regularMarketTime": None, "currentTradingPeriod": None, "exchangeName": None}
    del result["indicators"]["quote"][0]["volume"]
    bars = daily(Answer(json.dumps(body)), utc(2025, 1, 1))
    assert bars.select("close", "volume").rows() == [(10.5, None)]


def test_a_range_before_the_listing_is_empty():
    description = "Data doesn't exist for startDate = 1, endDate = 2"
    error = {"code": "Bad Request", "description": description}
    answer = Answer(json.dumps({"chart": {"result": None, "error": error}}), 400)
    assert daily(answer, utc(1980, 1, 1), utc(1981, 1, 1)).height == 0


def test_search_leaves_out_options_and_knows_the_exchanges_it_can_name():
    with yahoo(everything) as (provider, _):
        assert provider.search("acme").select("ticker", "name", "exchange", "type").rows() == [
            ("ACME", "Acme Anvils", "XNYS", "stock"),
            ("ACMX", "Acme 2x", None, "etf"),
        ]


@pytest.mark.parametrize(
    ("code", "mic"),
    [
        ("NMS", "XNAS"),
        ("NYQ", "XNYS"),
        ("PCX", "ARCX"),
        ("LSE", "XLON"),
        ("JPX", "XTKS"),
        ("CCC", "24/7"),
        ("CCY", "24/5"),
    ],
)
def test_an_instrument_is_described_with_the_mic_of_its_exchange_and_yahoos_currency(code: str, mic: str):
    with yahoo(chart("", exchangeName=code, currency="GBp")) as (provider, _):
        row = provider.instrument("ACME").row(0, named=True)
    assert (row["id"], row["ticker"], row["name"]) == ("ACME", "ACME", "Acme Anvils")
    assert (row["exchange"], row["currency"], row["type"], row["simulated"]) == (mic, "GBp", "stock", False)


def test_a_symbol_cannot_leave_its_place_in_the_address():
    with yahoo(everything) as (provider, server), pytest.raises(UnknownSymbol):
        provider.bars("../../evil?x=1", DAY, utc(2025, 1, 1), NOW)
    assert server.asked[0].path == "/v8/finance/chart/../../evil?x=1"
    assert "x" not in server.asked[0].query
