"""LEAN's headerless files: bars, quotes, ticks, and the factor and map files beside them."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime

import polars as pl
import pytest

from market import SHARED, needs_shared
from openbell.model.errors import Undecided, UnreadableFile
from openbell.providers.files import Contents, read

NOW = datetime(2026, 11, 20, tzinfo=UTC)
FACTORS = """
    19980102,0.8643564,0.25,1
    20000620,0.8643564,0.25,101
    20041124,0.9,0.5,40
    20501231,1,1,0
    """


def zipped(name: str, text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, text)
    return packed.getvalue()


def actions(found: Contents) -> list[tuple[object, ...]]:
    return found.actions.select("ex_date", "kind", "ratio", "amount", "currency").rows()


def test_daily_prices_are_ten_thousandths_of_a_dollar(load):
    found = load("acme.zip", zipped("acme.csv", "20200102 00:00,1000000,1100000,990050,1050000,12345\n"))
    assert found.preset == "lean-daily"
    assert found.bars.rows() == [
        ("ACME", "1d", datetime(2020, 1, 2, tzinfo=UTC), 100.0, 110.0, 99.005, 105.0, 12345.0, "raw", "lean")
    ]


def test_hourly_bars_begin_in_new_york_time(load):
    text = "20200102 09:00,10000,10000,10000,10000,1\n20200102 10:00,10000,10000,10000,10000,1\n"
    found = load("acme.zip", zipped("acme.csv", text))
    assert found.preset == "lean-hour"
    assert found.bars.select("interval", "ts").rows() == [
        ("1h", datetime(2020, 1, 2, 14, tzinfo=UTC)),
        ("1h", datetime(2020, 1, 2, 15, tzinfo=UTC)),
    ]


@pytest.mark.parametrize(("day", "opening"), [("20200306", 14), ("20200309", 13)])
def test_a_minute_counts_from_new_york_midnight_in_winter_and_summer(load, day, opening):
    name = f"{day}_acme_minute_trade.csv"
    found = load("20200306_trade.zip", zipped(name, "34200000,10000,20000,5000,15000,100\n"))
    assert found.preset == "lean-minute"
    at = datetime.strptime(day, "%Y%m%d").replace(hour=opening, minute=30, tzinfo=UTC)
    assert found.bars.rows() == [("ACME", "1m", at, 1.0, 2.0, 0.5, 1.5, 100.0, "raw", "lean")]


def test_quotes_are_those_at_the_end_of_the_minute_and_may_lack_a_side(load):
    text = "34200000,1,1,1,10000,300,2,2,2,10200,500\n34260000,1,1,1,10000,300,,,,,\n"
    found = load("20200306_quote.zip", zipped("20200306_acme_minute_quote.csv", text))
    assert found.bars.is_empty()
    assert found.quotes.select("ts", "price", "bid", "ask", "bid_size", "ask_size").rows() == [
        (datetime(2020, 3, 6, 14, 31, tzinfo=UTC), 1.01, 1.0, 1.02, 300.0, 500.0),
        (datetime(2020, 3, 6, 14, 32, tzinfo=UTC), None, 1.0, None, 300.0, None),
    ]


def test_ticks_keep_their_order_venue_condition_and_flag(load):
    text = "34200001,10000,100,P,20002020,0\n34200001,10100,50,D,2000,1\n"
    found = load("20131011_trade.zip", zipped("20131011_acme_Trade_Tick.csv", text))
    at = datetime(2013, 10, 11, 13, 30, 0, 1000, tzinfo=UTC)
    assert found.preset == "lean-tick"
    assert found.trades.rows() == [
        ("ACME", at, 0, None, 1.0, 100.0, "P", "20002020", False, "lean"),
        ("ACME", at, 1, None, 1.01, 50.0, "D", "2000", True, "lean"),
    ]


def test_currencies_are_unscaled_and_in_utc(load):
    text = "0,1.3,1.3,1.3,1.30,0,1.4,1.4,1.4,1.40,0\n"
    found = load("20140502_quote.zip", zipped("20140502_eurusd_minute_quote.csv", text))
    assert found.quotes.select("symbol", "ts", "bid", "ask").rows() == [
        ("EURUSD", datetime(2014, 5, 2, 0, 1, tzinfo=UTC), 1.3, 1.4)
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("20140502_eurusd_minute_quote.csv", "0,1.3,1.3,1.3,1.30,0,1.4,1.4,1.4,1.40,0\n"),
        ("eurusd.csv", "20140502 00:00,1.3,1.3,1.3,1.30,0,1.4,1.4,1.4,1.40,0\n"),
    ],
)
def test_quotes_of_a_pair_of_currencies_are_said_to_be_no_exchange_rates(load, name: str, text: str):
    assert load("eurusd.zip", zipped(name, text)).notes[-1] == (
        "portfolios count at no quotes: for exchange rates fetch EURUSD=X, or import its daily bars as EURUSD=X"
    )


def test_factor_rows_hold_until_their_date_and_change_on_the_next_session(load):
    found = load("acme_factor.csv", FACTORS)
    assert found.preset == "lean-factors"
    assert actions(found) == [
        (date(2000, 6, 21), "dividend", None, 2.0, "USD"),  # 4.00 on a share that became two
        (date(2000, 6, 21), "split", 2.0, None, None),
        (date(2004, 11, 26), "dividend", None, 2.0, "USD"),  # Thanksgiving lies between
        (date(2004, 11, 26), "split", 2.0, None, None),
    ]


def test_a_dividend_on_the_day_of_a_reverse_split_is_paid_on_the_new_share(load):
    rows = """
        20090326,0.5431050,3.0003,8.84
        20090327,0.7232880,3.0003,8.42
        20090526,0.7281887,1,23.51
        20501231,1,1,0
        """
    assert actions(load("twx_factor.csv", rows))[1:3] == [
        (date(2009, 3, 30), "dividend", None, pytest.approx(0.17, abs=1e-4), "USD"),
        (date(2009, 3, 30), "split", pytest.approx(1 / 3, abs=1e-4), None, None),
    ]


THREE_COLUMNS = """
    19980102,0.7768921,0.5
    20041102,0.7768921,0.5
    20050311,0.7768921,1
    20050909,0.7791532,1
    20501231,1.0000000,1
    """


def test_a_factor_file_without_closes_gives_its_splits_and_counts_the_dividends_it_cannot(load):
    found = load("foxa_factor.csv", THREE_COLUMNS)
    assert found.preset == "lean-factors"
    assert actions(found) == [(date(2004, 11, 3), "split", 2.0, None, None)]
    assert found.notes[-1] == "dividends left out for want of the close before: 2"


def test_a_factor_file_without_closes_takes_those_of_the_days_beside_it(write):
    days = "20050311 00:00,169800,169800,169800,169800,1\n20050314 00:00,168000,168000,168000,168000,1\n"
    prices = write("foxa.zip", zipped("foxa.csv", days))
    write("foxa_factor.csv", THREE_COLUMNS)
    found = read(prices, now=NOW)
    assert actions(found) == [
        (date(2004, 11, 3), "split", 2.0, None, None),
        (date(2005, 3, 14), "dividend", None, pytest.approx(16.98 * (1 - 0.7768921 / 0.7791532), abs=1e-5), "USD"),
    ]
    assert "dividends left out for want of the close before: 1" in found.notes


def test_an_instrument_whose_ticker_passed_on_to_another_has_an_id_of_its_own(load):
    old, new = (
        load(name, f"{first},vxx,P\n{last},vxx,P\n").instruments.select("id", "ticker", "valid_to").rows()
        for name, first, last in (("vxx.1.csv", "20090130", "20190129"), ("vxx.csv", "20180118", "20501231"))
    )
    assert old == [("VXX.1", "VXX", date(2019, 1, 29))]
    assert new == [("VXX", "VXX", None)]


def test_a_map_file_tells_the_periods_of_each_ticker(load):
    found = load("fb.csv", "20120518,fb,Q\n20220608,fb,Q\n20501231,meta,Q\n")
    assert found.instruments.select("id", "ticker", "valid_from", "valid_to", "exchange").rows() == [
        ("META", "FB", date(2012, 5, 18), date(2022, 6, 8), "XNAS"),
        ("META", "META", date(2022, 6, 9), None, "XNAS"),
    ]


@pytest.mark.parametrize(
    "layout", [("", ""), ("equity/usa/daily/", "equity/usa/"), ("equity/usa/minute/acme/", "equity/usa/")]
)
def test_factor_and_map_file_are_found_beside_the_prices_and_in_lean_s_folders(write, layout):
    own, base = layout
    prices = write(f"{own}acme.zip", zipped("acme.csv", "20200102 00:00,1000000,1100000,990050,1050000,12345\n"))
    factor = "factor_files/acme.csv" if base else "lean_acme_factor.csv"
    ticker_map = "map_files/acme.csv" if base else "lean_acme_map.csv"
    write(base + factor, FACTORS)
    write(base + ticker_map, "19980102,acme,N\n20501231,acme,N\n")
    write(f"{own}other_factor.csv", FACTORS)
    found = read(prices, now=NOW)
    assert (found.bars.height, found.actions.height, found.instruments.height) == (1, 4, 1)
    assert found.notes[1:] == (
        f"factor file {factor.rsplit('/', maxsplit=1)[-1]} read as well",
        f"map file {ticker_map.rsplit('/', maxsplit=1)[-1]} read as well",
    )


def test_a_factor_file_without_a_name_asks_for_the_symbol(load):
    with pytest.raises(Undecided) as caught:
        load("factor.csv", FACTORS)
    assert caught.value.option == "--symbol"


def test_a_damaged_factor_file_is_refused(load):
    with pytest.raises(UnreadableFile, match="a row of the factor file is not date, factor, factor, price"):
        load("acme_factor.csv", "19980102,0.86,0.25,1\n20000620,?,0.25,101\n20501231,1,1,0\n")


@needs_shared
def test_apple_s_factor_file_gives_its_known_splits_and_dividends():
    found = read(SHARED / "ohlcv_daily/lean_aapl_daily.zip", now=NOW)
    splits = found.actions.filter(kind="split").select("ex_date", "ratio").rows()
    assert splits == [
        (date(2000, 6, 21), 2.0),
        (date(2005, 2, 28), 2.0),
        (date(2014, 6, 9), 7.0),
        (date(2020, 8, 31), 4.0),
    ]
    paid = found.actions.filter(kind="dividend")
    assert paid.height == 35
    assert paid.filter(pl.col("ex_date").dt.year().is_in([2014, 2020])).select("ex_date", "amount").rows() == [
        (date(2014, 2, 6), 3.05),
        (date(2014, 5, 8), 3.29),
        (date(2014, 8, 7), 0.47),
        (date(2014, 11, 6), 0.47),
        (date(2020, 2, 7), 0.77),
        (date(2020, 5, 8), 0.82),
        (date(2020, 8, 7), 0.82),
        (date(2020, 11, 6), 0.205),
    ]
    assert found.bars.filter(pl.col("ts").dt.date() == date(2020, 8, 28))["close"].to_list() == [499.23]


@needs_shared
def test_the_regular_minutes_of_spy_add_up_to_its_day():
    found = read(SHARED / "ohlcv_intraday/lean_min_spy_20131011_trade.zip", now=NOW)
    regular = found.bars.filter(
        pl.col("ts").is_between(
            datetime(2013, 10, 11, 13, 30, tzinfo=UTC), datetime(2013, 10, 11, 20, tzinfo=UTC), closed="left"
        )
    )
    day = regular.select(pl.len(), pl.first("open"), pl.max("high"), pl.min("low"), pl.last("close"), pl.sum("volume"))
    assert day.rows() == [(390, 168.9, 170.32, 168.77, 170.3, 88_751_455.0)]


@needs_shared
def test_a_corrupt_bar_is_handed_on_as_the_vendor_sent_it():
    found = read(SHARED / "ohlcv_intraday/lean_min_aapl_20140609_trade.zip", now=NOW)
    assert found.bars.select("open", "high", "low", "close").row(0) == (645.57, 645.57, 92.23, 92.42)


@needs_shared
def test_ticks_add_up_to_the_minutes_of_the_same_day():
    ticks = read(SHARED / "ticks/lean_tick_ibm_20131011_trade.zip", now=NOW).trades
    minutes = read(SHARED / "ohlcv_intraday/lean_min_ibm_20131011_trade.zip", now=NOW).bars
    summed = ticks.group_by(pl.col("ts").dt.truncate("1m")).agg(pl.sum("size"))
    both = minutes.join(summed, on="ts", how="left")
    assert (both.height, both.filter(pl.col("volume") == pl.col("size")).height) == (421, 418)
    assert ticks["seq"].to_list() == list(range(ticks.height))
