"""The demo market keeps the provider's contract and its own: pure, exact, and never ahead of the clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.provider import ProviderContract
from openbell.model.frames import INSTRUMENTS
from openbell.model.interval import DAY, MINUTE
from openbell.model.sessions import sessions
from openbell.providers.simulated import EXCHANGE, SYMBOLS, Simulated

NOW = datetime(2026, 11, 20, 14, 30, 17, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)
OHLC = ("open", "high", "low", "close")
PAIR = "EURUSD=X"


def market(now: datetime = NOW, seed: int = 7) -> Simulated:
    return Simulated(seed, lambda: now)


class TestTheContract(ProviderContract):
    symbol = "MURLA"
    ranges = MappingProxyType(
        {
            DAY: (MIDNIGHT - timedelta(days=40), MIDNIGHT),
            MINUTE: (MIDNIGHT - timedelta(hours=3), MIDNIGHT + timedelta(hours=3)),
        }
    )
    empty = (DAY, datetime(2019, 1, 1, tzinfo=UTC), datetime(2019, 2, 1, tzinfo=UTC))
    action_dates = (date(2025, 1, 1), date(2026, 11, 20))
    search_text = "property"

    @contextmanager
    def provider(self) -> Iterator[Simulated]:
        yield market()


def good(minutes: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """The minutes inside their day's range: what is left without the bad prints."""
    bounds = days.select(pl.col("ts").alias("day"), day_low="low", day_high="high")
    joined = minutes.with_columns(day=pl.col("ts").dt.truncate("1d")).join(bounds, on="day")
    possible = (pl.col("low") >= pl.col("day_low")) & (pl.col("high") <= pl.col("day_high"))
    ordered = (pl.min_horizontal(OHLC) >= pl.col("low")) & (pl.max_horizontal(OHLC) <= pl.col("high"))
    return joined.filter(possible & ordered)


def test_a_days_bar_is_the_aggregate_of_its_good_minutes_to_the_last_digit():
    start = MIDNIGHT - timedelta(days=20)
    for symbol in SYMBOLS:
        days = market().bars(symbol, DAY, start, MIDNIGHT)
        minutes = market().bars(symbol, MINUTE, start, MIDNIGHT)
        summed = (
            good(minutes, days)
            .group_by("day", maintain_order=True)
            .agg(pl.first("open"), pl.max("high"), pl.min("low"), pl.last("close"), pl.sum("volume"))
        )
        assert summed.rows() == days.select("ts", *OHLC, "volume").rows(), symbol


@settings(max_examples=25)
@given(
    seed=st.integers(0, 2**31),
    symbol=st.sampled_from(SYMBOLS),
    day=st.dates(date(2020, 1, 1), date(2040, 12, 31)),
)
def test_the_law_holds_for_any_seed_company_and_day(seed: int, symbol: str, day: date):
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    end = start + timedelta(days=1)
    simulated = market(end, seed)
    days, minutes = simulated.bars(symbol, DAY, start, end), simulated.bars(symbol, MINUTE, start, end)
    minutes = good(minutes, days)
    ends = (
        minutes["open"][0],
        minutes["high"].max(),
        minutes["low"].min(),
        minutes["close"][-1],
        minutes["volume"].sum(),
    )
    assert [ends] == days.select(*OHLC, "volume").rows()


def test_prices_do_not_stay_at_the_extremes_of_a_day_nor_cross_it_at_once():
    start = MIDNIGHT - timedelta(days=20)
    for symbol in SYMBOLS:
        days = market().bars(symbol, DAY, start, MIDNIGHT)
        minutes = good(market().bars(symbol, MINUTE, start, MIDNIGHT), days)
        reach = pl.col("day_high") - pl.col("day_low")
        told = minutes.group_by("day").agg(
            top=(pl.col("high") == pl.col("day_high")).sum(),
            bottom=(pl.col("low") == pl.col("day_low")).sum(),
            near=(pl.col("day_high") - pl.col("high") < reach / 20).mean(),
            step=((pl.col("high") - pl.col("low")) / reach).max(),
        )
        assert told.select(pl.max_horizontal("top", "bottom").mean()).item() < 6, symbol
        assert told["near"].mean() < 0.06, symbol
        assert told["step"].mean() < 0.25, symbol


def test_a_price_does_not_depend_on_when_or_in_which_order_it_is_asked_for():
    start, end = MIDNIGHT - timedelta(days=3), MIDNIGHT - timedelta(days=2)
    later = market(NOW + timedelta(days=400))
    for interval in (DAY, MINUTE):
        whole = later.bars("QUORB", interval, start - timedelta(days=90), NOW)
        cut = whole.filter(pl.col("ts").is_between(start, end, closed="left"))
        assert cut.equals(market().bars("QUORB", interval, start, end))
        assert not cut.select(OHLC).equals(market(seed=8).bars("QUORB", interval, start, end).select(OHLC))


def test_only_bars_that_have_closed_are_delivered():
    start = MIDNIGHT - timedelta(days=2)
    assert market().bars("QUORB", DAY, start, NOW + timedelta(days=9))["ts"][-1] == MIDNIGHT - timedelta(days=1)
    assert market().bars("QUORB", MINUTE, start, NOW + timedelta(days=9))["ts"][-1] == NOW.replace(minute=29, second=0)
    at_the_minute = market(NOW.replace(second=0)).bars("QUORB", MINUTE, start, NOW)
    assert at_the_minute["ts"][-1] == NOW.replace(minute=29, second=0)


def test_quotes_move_inside_the_minute_and_its_bar_then_contains_exactly_what_was_shown():
    minute = NOW.replace(second=0)
    for symbol in ("QUORB", "XILBA", "BROMA"):
        quotes = [market(minute + timedelta(seconds=at)).quotes([symbol]).row(0, named=True) for at in range(60)]
        prices = [quote["price"] for quote in quotes]
        closed = market(minute + timedelta(minutes=1)).bars(symbol, MINUTE, minute, minute + timedelta(minutes=1))
        assert closed.select(OHLC).rows() == [(prices[0], max(prices), min(prices), prices[-1])]
        volumes = [quote["volume"] for quote in quotes]
        assert volumes == sorted(volumes)
        session = market(minute + timedelta(minutes=1)).bars(symbol, MINUTE, MIDNIGHT, minute + timedelta(minutes=1))
        assert volumes[-1] == session["volume"].sum()
        assert (quotes[-1]["high"], quotes[-1]["low"]) == (session["high"].max(), session["low"].min())
        assert all(quote["bid"] < quote["ask"] for quote in quotes)
        assert all(quote["bid"] <= quote["price"] <= quote["ask"] for quote in quotes)


def test_a_quiet_minute_has_no_bar_and_keeps_the_last_quote():
    stamps = market().bars("WODDE", MINUTE, MIDNIGHT, NOW)["ts"]
    assert 0 < len(stamps) < 14 * 60
    quiet = next(at for at in stamps.dt.offset_by("1m") if at not in set(stamps))
    quote = market(quiet + timedelta(seconds=30)).quotes(["WODDE"]).row(0, named=True)
    last = market(quiet).bars("WODDE", MINUTE, MIDNIGHT, quiet).row(-1, named=True)
    assert (quote["price"], quote["ts"]) == (last["close"], last["ts"] + timedelta(seconds=59))


def test_a_split_divides_the_raw_price_and_a_dividend_leaves_it_on_the_ex_date():
    simulated = market()
    for symbol, ratio in (("QUORB", 2.0), ("NIMBO", 3.0), ("FENJO", 0.1)):
        splits = simulated.actions(symbol, date(2024, 11, 20), date(2026, 11, 20)).filter(kind="split")
        assert splits["ratio"].to_list() == [ratio]
        ex = datetime.combine(splits["ex_date"][0], datetime.min.time(), UTC)
        before, after = simulated.bars(symbol, DAY, ex - timedelta(days=1), ex + timedelta(days=1))["close"]
        assert abs(before / after / ratio - 1) < 0.25
    paid = simulated.actions("MURLA", date(2025, 11, 20), date(2026, 11, 20))
    assert paid["kind"].to_list() == ["dividend"] * 4
    assert paid["amount"].sum() / 33 > 0.04
    assert paid["currency"].unique().to_list() == ["USD"]


def test_a_previous_close_is_on_the_scale_of_the_day():
    ex = datetime(2025, 10, 1, tzinfo=UTC)
    before = market(ex).bars("QUORB", DAY, ex - timedelta(days=1), ex)["close"][0]
    assert market(ex + timedelta(hours=1)).quotes(["QUORB"])["previous_close"][0] == round(before / 2, 2)


def test_about_one_minute_in_50_000_is_a_bad_print_of_every_way():
    start = MIDNIGHT - timedelta(days=300)
    bad, count = [], 0
    for symbol in ("QUORB", "NIMBO", "HAZLO"):
        days, minutes = (market().bars(symbol, each, start, MIDNIGHT) for each in (DAY, MINUTE))
        bad += minutes.join(good(minutes, days), on=["ts"], how="anti").select(OHLC).rows()
        count += minutes.height
    assert 1 / 100_000 < len(bad) / count < 1 / 25_000
    assert any(high < low for _, high, low, _ in bad)
    assert any(low <= 0 for _, _, low, _ in bad)
    assert any(open_ > 5000 for open_, _, _, _ in bad)
    assert any(0 < open_ < 5 for open_, _, _, _ in bad)


def test_prices_keep_their_size_for_decades_and_move_with_the_market():
    end = datetime(2045, 1, 1, tzinfo=UTC)
    simulated = market(end)
    closes = {symbol: simulated.bars(symbol, DAY, datetime(2020, 1, 1, tzinfo=UTC), end)["close"] for symbol in SYMBOLS}
    assert 0.0001 < closes["XILBA"].min() < closes["XILBA"].max() < 0.02
    assert 1_000_000 < closes["DORVI"].min() < closes["DORVI"].max() < 9_999_999
    assert all(prices.max() / prices.min() < 400 for prices in closes.values())
    returns = pl.DataFrame({symbol: prices.log().diff() for symbol, prices in closes.items()}).drop_nulls()
    assert 0.4 < returns.select(pl.corr("BROMA", "KREVA")).item() < 0.9
    assert 0.1 < returns.select(pl.corr("QUORB", "KREVA")).item() < 0.8


def test_every_listing_is_described_marked_as_simulated_and_named_like_no_real_company():
    listed = market().instruments()
    assert dict(listed.schema) == dict(INSTRUMENTS)
    assert listed["ticker"].to_list() == [*SYMBOLS, PAIR]
    assert listed["simulated"].all()
    assert listed.filter(ticker=PAIR).select("exchange", "type", "currency").row(0) == ("24/5", "currency", "USD")
    listed = listed.head(len(SYMBOLS))
    assert set(listed["exchange"]) == {EXCHANGE}
    assert sorted(listed["type"].unique()) == ["etf", "fund", "stock"]
    assert listed["name"].str.len_chars().max() == 40
    assert listed["name"].n_unique() == len(SYMBOLS)


def test_search_prefers_a_ticker_then_a_name():
    assert market().search("qqq")["ticker"].to_list() == []
    assert market().search("fenjo")["ticker"].to_list() == ["FENJO"]
    assert market().search("technology")["ticker"].to_list() == ["QUORB", "NIMBO", "FENJO", "GLIMP"]
    assert market().search("D")["ticker"].to_list()[:2] == ["DORVI", "DIVVO"]


def test_before_the_launch_there_is_nothing():
    early = market(datetime(2019, 6, 1, 12, tzinfo=UTC))
    assert early.quotes(SYMBOLS).height == 0
    assert early.bars("QUORB", MINUTE, datetime(2019, 1, 1, tzinfo=UTC), NOW).height == 0
    assert early.actions("QUORB", date(2019, 1, 1), date(2026, 1, 1)).height == 0


def test_a_currency_trades_from_sunday_to_friday_evening_in_new_york_and_its_days_are_the_sum_of_its_minutes():
    start, sunday = MIDNIGHT - timedelta(days=40), datetime(2026, 11, 22, 23, tzinfo=UTC)
    trading = sessions("24/5", start.date(), date(2026, 11, 20))
    days = market(sunday).bars(PAIR, DAY, start, sunday)
    minutes = market(sunday).bars(PAIR, MINUTE, trading["open"][0], sunday)
    assert days["ts"].dt.date().to_list() == trading["trade_date"].to_list()
    held = minutes.join_asof(trading.select("trade_date", ends="close", ts="open"), on="ts").filter(
        pl.col("ts") < pl.col("ends")
    )
    assert held.height == minutes.filter(pl.col("ts") < datetime(2026, 11, 22, tzinfo=UTC)).height
    assert minutes["ts"][-60:].dt.hour().unique().to_list() == [22]  # of Sunday, New York's 17 o'clock in winter
    bounds = days.select(trade_date=pl.col("ts").dt.date(), day_low="low", day_high="high")
    proper = held.join(bounds, on="trade_date").filter(
        (pl.col("low") >= pl.col("day_low"))
        & (pl.col("high") <= pl.col("day_high"))
        & (pl.col("low") <= pl.col("high"))
    )
    summed = proper.group_by("trade_date", maintain_order=True).agg(
        pl.first("open"), pl.max("high"), pl.min("low"), pl.last("close"), pl.sum("volume")
    )
    assert summed.select(*OHLC, "volume").rows() == days.select(*OHLC, "volume").rows()
    assert days["volume"].max() == 0
    assert 0.9 < days["close"].min() < days["close"].max() < 1.5


def test_at_the_weekend_a_currency_has_its_last_price_of_friday():
    friday, saturday = (datetime(2026, 11, day, 21, 59, 59, tzinfo=UTC) for day in (20, 21))
    early, late = market(friday).quotes([PAIR]), market(saturday).quotes([PAIR])
    still = ("ts", "price", "previous_close", "open", "high", "low", "volume")
    assert late.select(still).row(0) == early.select(still).row(0)
    assert late["ts"].item() == friday
    closes = market(saturday).bars(PAIR, DAY, MIDNIGHT - timedelta(days=1), saturday)["close"].to_list()
    assert [late["previous_close"].item(), late["price"].item()] == closes


def test_a_currencys_quotes_are_inside_the_bars_of_the_minute_and_of_the_session():
    minute = NOW.replace(second=0)
    prices = [market(minute + timedelta(seconds=at)).quotes([PAIR])["price"].item() for at in range(60)]
    closed = market(minute + timedelta(minutes=1)).bars(PAIR, MINUTE, minute, minute + timedelta(minutes=1))
    assert closed.select(OHLC).rows() == [(prices[0], max(prices), min(prices), prices[-1])]


def test_the_first_session_of_a_currency_follows_its_price_at_the_launch():
    first = market(datetime(2020, 1, 1, 12, tzinfo=UTC)).quotes([PAIR])
    assert first["previous_close"].item() == 1.12
