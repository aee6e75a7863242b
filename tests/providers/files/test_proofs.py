"""Splits and dividends: what a file states, and what its adjusted column proves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from market import SHARED, needs_shared
from openbell.model.interval import DAY, Interval
from openbell.providers.files import Contents, Reading, read
from openbell.providers.files.proofs import proved_actions

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def actions(found: Contents) -> list[tuple[object, ...]]:
    return found.actions.select("ex_date", "kind", "ratio", "amount").rows()


def test_yahoo_s_dividends_on_the_split_scale_are_given_as_paid(load):
    found = load(
        "ACME.csv",
        """
        Date,Open,High,Low,Close,Adj Close,Volume,Dividends,Stock Splits
        2020-08-06 00:00:00-04:00,100,100,100,100,99,400,0,0
        2020-08-07 00:00:00-04:00,100,100,100,100,100,400,0.205,0
        2020-08-31 00:00:00-04:00,100,100,100,100,100,400,0,4
        2020-11-06 00:00:00-05:00,100,100,100,100,100,400,0.205,0
        """,
        interval=DAY,
    )
    assert found.bars["close"].to_list() == [100.0] * 4
    assert found.bars["scale"].to_list() == ["split"] * 4
    assert actions(found) == [
        (date(2020, 8, 7), "dividend", None, 0.82),
        (date(2020, 8, 31), "split", 4.0, None),
        (date(2020, 11, 6), "dividend", None, 0.205),
    ]


def test_a_spin_off_filed_as_a_split_is_called_one_and_a_consolidation_is_not(load):
    found = load(
        "IBM.csv",
        """
        timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient
        2021-11-05,1,1,1,1,1,1,0.0,0.4714
        2021-11-04,1,1,1,1,1,1,0.0,1.0460
        2021-11-03,1,1,1,1,1,1,0.0,1.0
        """,
    )
    assert found.bars["scale"].unique().to_list() == ["raw"]
    assert actions(found) == [(date(2021, 11, 4), "spinoff", 1.046, None), (date(2021, 11, 5), "split", 0.4714, None)]


def test_an_adjusted_column_proves_a_split_and_so_that_the_closes_are_raw(load):
    lines = ["symbol,date,open,high,low,close,volume,adjusted"]
    for day in range(1, 29):
        close = 60.0 if day < 10 else 20.0
        lines.append(f"ACME,2024-05-{day:02},{close},{close},{close},{close},1,20.000000")
    found = load("x.csv", "\n".join(lines) + "\n")
    assert actions(found) == [(date(2024, 5, 10), "split", 3.0, None)]
    assert found.bars["scale"].unique().to_list() == ["raw"]


ZIM = """
    Date,Open,High,Low,Close,Adj Close,Volume
    2022-03-18,78.00,78.00,78.00,78.00,61.341709,1
    2022-03-21,79.60,79.60,79.60,79.60,62.600000,1
    2022-03-22,62.90,62.90,62.90,62.90,62.900000,1
    2022-03-23,63.10,63.10,63.10,63.10,63.100000,1
    """


def test_a_special_dividend_is_no_split_and_the_prices_stay_on_the_scale_that_yahoo_promises(load):
    found = load("ZIM.csv", ZIM)
    assert actions(found) == [(date(2022, 3, 22), "dividend", None, 17.0)]
    assert found.bars["scale"].unique().to_list() == ["split"]


def test_a_special_dividend_is_no_split_where_nothing_is_promised(load):
    found = load("ZIM.csv", ZIM.replace("Adj Close", "adjusted").replace("Volume", "Shares"))
    assert found.preset == "generic"
    assert actions(found) == [(date(2022, 3, 22), "dividend", None, 17.0)]


def adjusted_by(move: float, close: float) -> str:
    """A Yahoo file whose adjusted close moves by `move` as the close goes from 60.00 to `close`."""
    rows = [(f"2024-05-0{day}", 60.0, 60 / move) for day in range(1, 10)] + [("2024-05-10", close, close)]
    lines = [f"{day},{price},{price},{price},{price},{adjusted:.6f},1" for day, price, adjusted in rows]
    return "\n".join(["Date,Open,High,Low,Close,Adj Close,Volume", *lines]) + "\n"


@pytest.mark.parametrize(
    ("move", "close", "found", "scale"),
    [
        (1.25, 48.0, ("dividend", None, 12.0), "split"),  # one ambiguous step does not break a promise
        (1.5, 40.0, ("dividend", None, 20.0), "split"),
        (2.0, 30.2, ("split", 2.0, None), "raw"),
        (60 / 29, 29.2, ("dividend", None, 31.0), "split"),  # not exact: no price guess proves a split
        (4.0, 60.5, None, "split"),  # the close knows of no split
        (0.1, 590.0, ("split", 0.1, None), "raw"),  # no dividend raises the factor
    ],
)
def test_only_an_exact_split_that_the_close_follows_breaks_the_promise_of_split_prices(load, move, close, found, scale):
    read_as = load("ACME.csv", adjusted_by(move, close))
    assert actions(read_as) == ([(date(2024, 5, 10), *found)] if found else [])
    assert read_as.bars["scale"].unique().to_list() == [scale]


@pytest.mark.parametrize("step", [7, 31], ids=["weekly", "monthly"])
def test_a_bar_longer_than_a_day_does_not_say_when_a_dividend_was(load, step):
    days = [date(2024, 1, 1) + timedelta(days=step * at) for at in range(6)]
    lines = ["Date,Open,High,Low,Close,Adj Close,Volume,Dividends,Stock Splits"]
    lines += [f"{day},10,10,10,10,{9 if at < 3 else 10},1,{at == 3},{2 * (at == 4)}" for at, day in enumerate(days)]
    text = "\n".join(lines).replace("True", "1").replace("False", "0") + "\n"
    stated = load("ACME.csv", text)
    proved = load("ACME.csv", text.replace("Dividends,Stock Splits", "PE,Beta"))
    for found in (stated, proved):
        assert (found.bars.height, actions(found)) == (6, [])
        assert "splits and dividends left out" in " ".join(found.notes)


def test_an_intraday_split_is_of_the_day_in_the_stamp_s_own_offset(load):
    found = load(
        "CBA.AX.csv",
        """
        Datetime,Open,High,Low,Close,Volume,Dividends,Stock Splits
        2024-02-20 10:00:00+11:00,116,116,116,116,1,2.15,0
        2024-02-20 11:00:00+11:00,116,116,116,116,1,0,0
        2024-02-20 12:00:00+11:00,116,116,116,116,1,0,0
        """,
        symbol="CBA.AX",
        interval=Interval(1, "h"),
    )
    assert found.bars["ts"][0] == datetime(2024, 2, 19, 23, tzinfo=UTC)
    assert actions(found) == [(date(2024, 2, 20), "dividend", None, 2.15)]


@pytest.mark.parametrize(("symbol", "day"), [("CBA.AX", 20), ("CBA", 19)])
def test_an_intraday_split_stamped_in_utc_is_of_the_day_on_the_exchange_that_the_suffix_names(load, symbol, day):
    text = """
        Datetime,Open,High,Low,Close,Volume,Dividends,Stock Splits
        2024-02-19 23:00:00+00:00,116,116,116,116,1,2.15,0
        2024-02-20 00:00:00+00:00,116,116,116,116,1,0,0
        2024-02-20 01:00:00+00:00,116,116,116,116,1,0,0
        """
    found = load("x.csv", text, symbol=symbol, interval=Interval(1, "h"))
    assert actions(found) == [(date(2024, 2, day), "dividend", None, 2.15)]


def test_a_fund_s_capital_gain_counts_once_and_alone_where_no_dividend_contains_it(load):
    found = load(
        "DODFX.csv",
        """
        Date,Open,High,Low,Close,Adj Close,Volume,Dividends,Stock Splits,Capital Gains
        2025-12-16,17.0,17.0,17.0,17.0,16.2,0,0,0,0
        2025-12-17,17.0,17.0,17.0,17.0,16.2,0,0,0,0
        2025-12-18,16.3,16.3,16.3,16.3,16.3,0,0.837,0,0.417
        2025-12-19,16.2,16.2,16.2,16.2,16.2,0,0,0,0.1
        """,
    )
    assert actions(found) == [
        (date(2025, 12, 18), "dividend", None, 0.837),
        (date(2025, 12, 19), "dividend", None, 0.1),
    ]


def test_an_open_of_zero_beside_a_close_is_a_missing_price(load):
    found = load(
        "ACME.csv",
        """
        Date,Open,High,Low,Close,Adj Close,Volume
        1975-01-02,0,11,9,10.5,10.5,0
        1975-01-03,0.000000,0,0,10.6,10.6,0
        1975-01-06,0,0,0,0,0,0
        """,
        interval=DAY,
    )
    assert found.bars.select("open", "high", "low", "close").rows() == [
        (None, 11.0, 9.0, 10.5),
        (None, None, None, 10.6),
        (0.0, 0.0, 0.0, 0.0),  # nothing shows that this is no price: left to the checks
    ]
    assert found.rejects.is_empty()


@needs_shared
@pytest.mark.parametrize(
    ("name", "reading", "expected"),
    [
        (
            "ohlcv_daily/quandl2014_AAPL.csv",
            {},
            [
                (date(2014, 2, 6), "dividend", None, 3.05),
                (date(2014, 5, 8), "dividend", None, 3.29),
                (date(2014, 6, 9), "split", 7.0, None),
                (date(2014, 8, 7), "dividend", None, 0.47),
                (date(2014, 11, 6), "dividend", None, 0.47),
            ],
        ),
        (
            "ohlcv_daily/wiki_AAPL_daily.csv.gz",
            {},
            [
                (date(2000, 6, 21), "split", 2.0, None),
                (date(2005, 2, 28), "split", 2.0, None),
                (date(2012, 8, 9), "dividend", None, 2.65),
                (date(2012, 11, 7), "dividend", None, 2.65),
                (date(2013, 2, 7), "dividend", None, 2.65),
            ],
        ),
        (
            "ohlcv_daily/yahoofinance-SPY-20200901-20210113.csv",
            {},
            [(date(2020, 9, 18), "dividend", None, 1.339), (date(2020, 12, 18), "dividend", None, 1.58)],
        ),
        (
            "api_alphavantage/pt_TIME_SERIES_DAILY_ADJUSTED_572d0539.csv",
            {"symbol": "IBM"},
            [(date(2026, 2, 10), "dividend", None, 1.68), (date(2026, 5, 8), "dividend", None, 1.69)],
        ),
        (
            "ohlcv_dirty/4063-T-1d-bad-stock-split.csv",
            {"symbol": "4063.T"},
            [(date(2023, 3, 30), "dividend", None, 55.0), (date(2023, 3, 30), "split", 5.0, None)],
        ),
        ("ohlcv_daily/fang_FB.csv", {}, []),
        ("ohlcv_daily/sp500_index_1950_2018.csv.gz", {"symbol": "^GSPC"}, []),
    ],
    ids=lambda value: value.rsplit("/")[-1] if isinstance(value, str) else "",
)
def test_the_actions_of_real_files(name, reading, expected):
    assert actions(read(SHARED / name, Reading(**reading), now=NOW)) == expected


@needs_shared
def test_microsoft_s_dividends_come_out_to_the_cent_although_wiki_reckons_by_the_ex_day():
    found = read(SHARED / "ohlcv_daily/wiki_MSFT_daily.csv.gz", now=NOW)
    known = actions(found)
    assert known[0] == (date(2003, 2, 18), "split", 2.0, None)
    assert (date(2004, 11, 15), "dividend", None, 3.08) in known  # 3.00 special and 0.08 regular
    by_year = found.actions.group_by(pl.col("ex_date").dt.year()).agg(pl.col("amount").drop_nulls()).sort("ex_date")
    assert dict(by_year.rows()) == {
        2003: [0.08, 0.16], 2004: [0.08, 3.08], 2005: [0.08] * 4, 2006: [0.09] * 3 + [0.1], 2007: [0.1] * 3 + [0.11],
        2008: [0.11] * 3 + [0.13], 2009: [0.13] * 4, 2010: [0.13] * 3 + [0.16], 2011: [0.16] * 3 + [0.2],
        2012: [0.2] * 3 + [0.23], 2013: [0.23],
    }  # fmt: skip


def series(closes: list[float], dividends: dict[int, float], splits: dict[int, float], decimals: int) -> pl.DataFrame:
    """Daily rows with the adjusted close that these actions give under CRSP's rule."""
    factors = [1.0] * len(closes)
    for at in range(len(closes) - 1, 0, -1):
        ratio = splits.get(at, 1.0)
        paid = 1 - dividends.get(at, 0.0) * ratio / closes[at - 1]
        factors[at - 1] = factors[at] / ratio * paid
    start = datetime(2020, 1, 1, tzinfo=UTC)
    return pl.DataFrame(
        {
            "symbol": ["ACME"] * len(closes),
            "ts": [start + timedelta(days=at) for at in range(len(closes))],
            "close": closes,
            "adjusted": [round(close * factor, decimals) for close, factor in zip(closes, factors, strict=True)],
        }
    )


@given(
    day=st.integers(1, 38),
    cents=st.integers(20, 600),
    ratio=st.sampled_from([1.0, 2.0, 3.0, 4.0, 7.0, 20.0, 1.5, 0.1, 0.05]),
    walk=st.lists(st.integers(-150, 150), min_size=40, max_size=40),
)
@example(day=1, cents=197, ratio=1.0, walk=[-150, -50, *[0] * 38])  # of the close of the ex day it would be 2.00
def test_any_dividend_with_or_without_a_split_is_found_to_the_cent(day, cents, ratio, walk):
    closes, close = [], 100.0
    for at, move in enumerate(walk):
        close = round(close + move / 100 if at != day else (close + move / 100) / ratio, 2)
        closes.append(close)
    amount = round(cents / 100 / max(ratio, 1), 2)
    if amount == 0:
        return
    rows = series(closes, {day: amount}, {day: ratio}, decimals=8)
    found = proved_actions(rows, "x", (2, 8))
    expected = [("dividend", None, amount)] + ([("split", ratio, None)] if ratio != 1 else [])
    assert found.actions.select("kind", "ratio", "amount").rows() == expected
    assert found.actions["ex_date"].unique().to_list() == [date(2020, 1, 1) + timedelta(days=day)]
    assert (found.raw, found.odd_days) == (ratio != 1, ())


@given(walk=st.lists(st.integers(-150, 150), min_size=2, max_size=60), decimals=st.integers(2, 8))
def test_the_noise_of_printed_digits_is_no_dividend(walk, decimals):
    closes = [round(50 + step / 10, 2) for step in walk]
    rows = series(closes, {}, {}, decimals).with_columns(pl.col("adjusted") * 0.37)
    rows = rows.with_columns(pl.col("adjusted").round(decimals))
    assert proved_actions(rows, "x", (2, decimals)).actions.is_empty()
