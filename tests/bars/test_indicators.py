from __future__ import annotations

import math
from datetime import date

import numpy as np
import polars as pl
import pytest
import talib
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_series_equal
from talipp import indicators as talipp
from talipp.ohlcv import OHLCV

from bars.tables import DAY, bars_of, closes_of
from market import SHARED
from openbell.bars.indicators import INDICATORS, compute, periods_per_year
from openbell.model.errors import InvalidInput
from openbell.model.frames import BARS, conform, frame_of
from openbell.model.interval import Interval
from openbell.model.sessions import sessions

SKENDER = SHARED / "ohlcv_daily" / "skender_default.csv"


def line(closes: list[float | None], spec: str) -> list[float | None]:
    """The only line of `spec` over daily bars of these closes."""
    (series,) = compute(closes_of(closes), [spec])[spec].values()
    return series.to_list()


def test_a_simple_average_waits_for_its_window():
    assert line([1, 2, 3, 6], "sma:3") == [None, None, 2, pytest.approx(11 / 3)]


def test_an_exponential_average_begins_with_the_simple_one():
    assert line([1, 2, 3, 6, 6], "ema:3") == [None, None, 2, 4, 5]


def test_a_weighted_average_weighs_the_newest_most():
    assert line([1, 2, 6], "wma:3") == [None, None, pytest.approx((1 + 4 + 18) / 6)]


def test_rsi_is_100_when_prices_only_rise_0_when_they_only_fall_and_unknown_when_they_stand():
    assert line([1, 2, 3], "rsi:2") == [None, None, 100]
    assert line([3, 2, 1], "rsi:2") == [None, None, 0]
    assert line([2, 2, 2], "rsi:2") == [None, None, None]


def test_bollinger_bands_are_population_deviations_about_the_mean():
    lines = compute(closes_of([1.0, 3.0]), ["bollinger:2,1.5"])["bollinger:2,1.5"]
    assert {name: series.to_list() for name, series in lines.items()} == {
        "middle": [None, 2.0],
        "upper": [None, 3.5],
        "lower": [None, 0.5],
    }


def test_true_range_reaches_to_the_close_before():
    bars = bars_of(
        """
        ACME 2026-01-02 10 11 9  10 1
        ACME 2026-01-05 14 15 14 15 1
        ACME 2026-01-06 12 13 11 12 1""",
        "1d",
    )
    assert compute(bars, ["atr:2"])["atr:2"]["atr"].to_list() == [None, None, 4.5]


def test_on_balance_volume_adds_rising_bars_and_takes_falling_ones_away():
    assert line([10, 11, 11, 9, 10], "obv") == [100, 200, 200, 100, 200]


def test_drawdown_is_measured_from_the_running_high():
    assert line([100, 200, 150, 250], "drawdown") == [0, 0, -0.25, 0]


def test_the_mean_of_all_closes_so_far():
    assert line([1, 3, 8], "mean") == [1, 2, 4]


def test_volatility_is_the_deviation_of_logarithmic_returns_times_the_root_of_252_days():
    returns = [math.log(2), math.log(0.5)]
    assert line([1, 2, 1], "volatility:2") == [None, None, pytest.approx(np.std(returns, ddof=1) * math.sqrt(252))]


@pytest.mark.parametrize(
    ("interval", "exchange", "periods"),
    [
        ("1d", "XNYS", 252), ("1d", "24/7", 365), ("1w", "XNYS", 52), ("1mo", "XNYS", 12), ("1q", "XNYS", 4),
        ("1y", "XNYS", 1), ("1h", "XNYS", 252 * 7), ("30m", "XNYS", 252 * 13), ("1h", "24/7", 365 * 24),
        ("1h", "XLON", 252 * 9),
    ],
)  # fmt: skip
def test_a_year_has_as_many_bars_as_its_sessions_hold(interval: str, exchange: str, periods: int):
    month = sessions(exchange, date(2026, 3, 1), date(2026, 3, 31))
    assert periods_per_year(Interval.parse(interval), month) == periods


def test_without_sessions_a_year_is_new_yorks():
    assert periods_per_year(Interval.parse("30m")) == 252 * 13


def test_vwap_begins_anew_with_each_session_and_leaves_extended_hours_out():
    bars = bars_of("""
        ACME 2026-03-02T09:29 99 99 99 99 9
        ACME 2026-03-02T09:30 10 12  8 10 1
        ACME 2026-03-02T09:31 20 22 18 20 3
        ACME 2026-03-03T09:30 30 32 28 30 0
        ACME 2026-03-03T09:31 40 42 38 40 5""")
    found = compute(bars, ["vwap"], sessions("XNYS", DAY, date(2026, 3, 3)))["vwap"]["vwap"]
    assert found.to_list() == [None, 10, 17.5, None, 40]


def test_a_missing_close_has_no_value_and_does_not_count():
    whole, gaps = [1.0, 2.0, 4.0, 8.0, 9.0], [1.0, None, 2.0, 4.0, None, None, 8.0, 9.0]
    places = [0, 2, 3, 6, 7]
    for spec in ("sma:2", "ema:2", "wma:2", "rsi:2", "obv", "drawdown", "mean", "volatility:2"):
        expected: list[float | None] = [None] * len(gaps)
        for place, value in zip(places, line(whole, spec), strict=True):
            expected[place] = value
        assert line(gaps, spec) == expected, spec


def test_fewer_bars_than_the_window_have_no_value_and_no_bars_no_lines():
    for name in INDICATORS.keys() - {"vwap", "obv", "drawdown", "mean"}:
        for series in compute(closes_of([10.0]), [name])[name].values():
            assert series.to_list() == [None], name
    assert compute(frame_of(BARS), ["sma:20"]) == {"sma:20": {}}


def test_without_numbers_an_indicator_has_its_usual_ones():
    bars = closes_of([float(value) for value in range(1, 60)])
    for short, full in {"macd": "macd:12,26,9", "rsi": "rsi:14", "bollinger": "bollinger:20,2"}.items():
        found = compute(bars, [short, full])
        assert [series.to_list() for series in found[short].values()] == [s.to_list() for s in found[full].values()]


@pytest.mark.parametrize(
    "spec",
    ["sma:0", "sma:-3", "sma:x", "sma:", "sma:2.5", "sma:2,3", "sma:2001", "macd:26,12,9", "macd:12,26",
     "bollinger:20,0", "bollinger:20,inf", "bollinger:20,nan", "volatility:1", "obv:3"],
)  # fmt: skip
def test_wrong_numbers_are_refused_with_an_example(spec: str):
    with pytest.raises(InvalidInput, match="has wrong numbers"):
        compute(closes_of([1.0]), [spec])


def test_an_unknown_indicator_is_refused_with_those_that_exist():
    with pytest.raises(InvalidInput, match=r"no indicator 'magic:3'.*sma:20.*macd:12,26,9.*bollinger:20,2.*drawdown"):
        compute(closes_of([1.0]), ["magic:3"])


def test_vwap_of_days_is_refused():
    with pytest.raises(InvalidInput, match="within a session"):
        compute(closes_of([1.0]), ["vwap"])


def test_bars_of_two_symbols_are_a_broken_promise():
    with pytest.raises(ValueError, match="one symbol"):
        compute(pl.concat([closes_of([1.0]), closes_of([1.0], symbol="BOLT")]), ["obv"])


@given(st.lists(st.none() | st.floats(0.01, 1e6), min_size=1, max_size=60), st.integers(1, 59))
def test_what_comes_later_changes_no_value(closes, cut):
    specs = [name for name in INDICATORS if name != "vwap"]
    specs += ["sma:3", "ema:3", "wma:3", "macd:2,4,3", "rsi:3", "bollinger:3,2", "atr:3", "volatility:3"]
    bars = closes_of(closes)
    whole, part = compute(bars, specs), compute(bars.head(cut), specs)
    for spec in specs:
        for name, series in part[spec].items():
            assert_series_equal(series, whole[spec][name].head(cut))


def random_walk(seed: int) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    close = 50 * np.exp(np.cumsum(random.normal(0, 0.02, 900)))
    spread = random.uniform(0, 0.02, (2, 900))
    rows = {"close": close, "high": close * (1 + spread[0]), "low": close * (1 - spread[1])}
    return daily(pl.DataFrame({**rows, "open": close, "volume": random.integers(0, 10**6, 900).astype(float)}))


def daily(rows: pl.DataFrame) -> pl.DataFrame:
    days = pl.date_range(date(2015, 1, 1), date(2030, 1, 1), eager=True).head(rows.height)
    return conform(rows.with_columns(ts=days, symbol=pl.lit("ACME"), interval=pl.lit("1d")), BARS)


SERIES = ["skender", 1, 2, 3]


@pytest.fixture(params=SERIES, ids=str)
def series(request: pytest.FixtureRequest) -> pl.DataFrame:
    if request.param != "skender":
        return random_walk(request.param)
    if not SKENDER.is_file():
        pytest.skip(f"the real market data is not at {SHARED}")
    return daily(pl.read_csv(SKENDER).drop("date"))


def by_talib(bars: pl.DataFrame) -> dict[str, dict[str, np.ndarray]]:
    high, low, close, volume = (bars[name].to_numpy() for name in ("high", "low", "close", "volume"))
    macd, signal, histogram = talib.MACD(close, 12, 26, 9)
    upper, middle, lower = talib.BBANDS(close, 20, 2, 2)
    return {
        "sma:20": {"sma": talib.SMA(close, 20)},
        "ema:50": {"ema": talib.EMA(close, 50)},
        "wma:20": {"wma": talib.WMA(close, 20)},
        "macd:12,26,9": {"macd": macd, "signal": signal, "histogram": histogram},
        "rsi:14": {"rsi": talib.RSI(close, 14)},
        "bollinger:20,2": {"upper": upper, "middle": middle, "lower": lower},
        "atr:14": {"atr": talib.ATR(high, low, close, 14)},
        "obv": {"obv": talib.OBV(close, volume)},
    }


def by_talipp(bars: pl.DataFrame) -> dict[str, dict[str, np.ndarray]]:
    close = bars["close"].to_list()
    candles = [OHLCV(*row) for row in bars.select("open", "high", "low", "close", "volume").rows()]
    macd, bands = talipp.MACD(12, 26, 9, close), talipp.BB(20, 2, close)

    def values(of: object, name: str | None = None) -> np.ndarray:
        picked = (value if name is None or value is None else getattr(value, name) for value in of)
        return np.array([math.nan if value is None else value for value in picked])

    return {
        "sma:20": {"sma": values(talipp.SMA(20, close))},
        "ema:50": {"ema": values(talipp.EMA(50, close))},
        "wma:20": {"wma": values(talipp.WMA(20, close))},
        "macd:12,26,9": {name: values(macd, name) for name in ("macd", "signal", "histogram")},
        "rsi:14": {"rsi": values(talipp.RSI(14, close))},
        "bollinger:20,2": {
            "upper": values(bands, "ub"), "middle": values(bands, "cb"), "lower": values(bands, "lb"),
        },
        "atr:14": {"atr": values(talipp.ATR(14, candles))},
        "obv": {"obv": values(talipp.OBV(candles))},
    }  # fmt: skip


# Where the libraries begin otherwise: TA-Lib starts MACD's fast average with the slow one, talipp counts the first
# bar's range as a true range. What such a beginning leaves behind fades to below 1e-9 after so many bars.
FADED = {(by_talib, "macd:12,26,9"): 250, (by_talipp, "atr:14"): 400}


@pytest.mark.parametrize("library", [by_talib, by_talipp], ids=["TA-Lib", "talipp"])
def test_indicators_are_those_of_two_other_libraries(library, series: pl.DataFrame):
    for spec, lines in library(series).items():
        found = compute(series, [spec])[spec]
        assert found.keys() == lines.keys()
        begin = FADED.get((library, spec), 0)
        for name, theirs in lines.items():
            ours = found[name].cast(pl.Float64).fill_null(math.nan).to_numpy()
            np.testing.assert_allclose(ours[begin:], theirs[begin:], rtol=1e-9, atol=1e-9, err_msg=f"{spec} {name}")
