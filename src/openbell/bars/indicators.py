"""Indicators of one symbol's bars, named as on a chart: `sma:20`, `macd:12,26,9`, `bollinger:20,2`.

One rule for gaps: a bar without the price an indicator needs has none of it, and does not count: `sma:20` is the mean
of the last twenty closes there are. Before there are enough, the value is null.

Averages that remember (EMA, Wilder) begin with the simple mean of their first window, as TA-Lib's do.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

import polars as pl

from openbell.bars.buckets import starts
from openbell.model.errors import InvalidInput
from openbell.model.interval import DAY, Interval

Lines = dict[str, pl.Series]

LONGEST = 2000
"""The longest window, in bars."""


def compute(
    bars: pl.DataFrame, specs: Sequence[str], sessions: pl.DataFrame | None = None
) -> dict[str, dict[str, pl.Series]]:
    """For each of `specs` its lines by name, each as long as `bars`: BARS of one symbol and interval, oldest first.

    `sessions`: those of the exchange over the bars; `vwap` needs them, and `volatility` takes the length of a year from
    them. Raises InvalidInput for an indicator that does not exist, or not with such numbers.
    """
    if bars["symbol"].n_unique() > 1:
        raise ValueError("indicators are of one symbol's bars")
    chosen = {spec: _parsed(spec) for spec in specs}
    return {spec: _lines(bars, sessions, *indicator) for spec, indicator in chosen.items()}


@dataclass(frozen=True, slots=True)
class Market:
    """What an indicator is made of: complete rows of the columns it needs, and where they traded."""

    rows: pl.DataFrame
    interval: Interval
    sessions: pl.DataFrame | None

    def __getitem__(self, column: str) -> pl.Series:
        return self.rows[column]


@dataclass(frozen=True, slots=True)
class Indicator:
    """How an indicator is computed, the columns it needs, and its usual numbers."""

    lines: Callable[..., Lines]
    columns: tuple[str, ...] = ("close",)
    usual: tuple[float, ...] = ()
    least: int = 1
    """The smallest window."""


def sma(values: pl.Series, window: int) -> pl.Series:
    """The simple mean of the last `window` values."""
    return values.rolling_mean(window)


def ema(values: pl.Series, window: int) -> pl.Series:
    """The exponential moving average with the weight 2/(window + 1) on the newest value."""
    return _smoothed(values, window, 2 / (window + 1))


def wma(values: pl.Series, window: int) -> pl.Series:
    """The mean of the last `window` values with the weights 1, 2, ..., `window` on the newest."""
    return values.rolling_mean(window, weights=[float(weight) for weight in range(1, window + 1)])


def macd(values: pl.Series, fast: int, slow: int, signal: int) -> Lines:
    """The fast EMA less the slow one (Appel), its EMA as `signal`, and the difference of the two as `histogram`."""
    line = ema(values, fast) - ema(values, slow)
    smooth = _after_warm_up(line, lambda known: ema(known, signal))
    return {"macd": line, "signal": smooth, "histogram": line - smooth}


def rsi(values: pl.Series, window: int) -> pl.Series:
    """The relative strength index (Wilder, 1978), 0 to 100; null where the price has not moved at all."""
    change = values.diff().slice(1)
    gain, loss = (_wilder(part, window) for part in (change.clip(lower_bound=0), (-change).clip(lower_bound=0)))
    return _late(100 * gain / (gain + loss), 1, values.len()).fill_nan(None)


def bollinger(values: pl.Series, window: int, width: float) -> Lines:
    """The simple mean, and `width` standard deviations (of the population) above and below it (Bollinger)."""
    middle, deviation = sma(values, window), values.rolling_std(window, ddof=0)
    return {"middle": middle, "upper": middle + width * deviation, "lower": middle - width * deviation}


def atr(high: pl.Series, low: pl.Series, close: pl.Series, window: int) -> pl.Series:
    """The average true range (Wilder, 1978), in the price's currency, from the first bar that has a close before it."""
    before = close.shift()
    reach = pl.DataFrame([(high - low).alias("a"), (high - before).abs().alias("b"), (low - before).abs().alias("c")])
    true_range = reach.slice(1).max_horizontal()
    return _late(_wilder(true_range, window), 1, close.len())


def obv(close: pl.Series, volume: pl.Series) -> pl.Series:
    """On-balance volume (Granville): the volumes of rising bars less those of falling ones, from the first bar's on."""
    return (volume * close.diff().sign().fill_null(1.0)).cum_sum()


def volatility(values: pl.Series, window: int, periods: float) -> pl.Series:
    """The standard deviation (of a sample) of the last `window` logarithmic returns, for a year of `periods` bars."""
    returns = values.log().diff().slice(1)
    return _late(returns.rolling_std(window, ddof=1), 1, values.len()) * math.sqrt(periods)


def drawdown(values: pl.Series) -> pl.Series:
    """How far the value is below its highest so far, as a fraction: 0 at a high, −0.25 a quarter below."""
    return values / values.cum_max() - 1


def expanding_mean(values: pl.Series) -> pl.Series:
    """The mean of all values so far."""
    return values.cum_sum() / pl.Series(range(1, values.len() + 1), dtype=pl.Float64)


def periods_per_year(interval: Interval, sessions: pl.DataFrame | None = None) -> float:
    """How many bars a year has: 252 sessions of 6.5 hours, 52 weeks; from `sessions` their usual length, and 365 of
    them where they are held at weekends too.
    """
    years = {"w": 52.0, "mo": 12.0, "q": 4.0, "y": 1.0}
    if interval.unit in years:
        return years[interval.unit] / interval.count
    days, hours = 252.0, timedelta(hours=6.5)
    if sessions is not None and not sessions.is_empty():
        days = 365.0 if sessions["trade_date"].dt.weekday().max() == 7 else days
        lengths = (sessions["close"] - sessions["open"]).median()
        hours = lengths if isinstance(lengths, timedelta) else hours
    if not interval.intraday:
        return days / interval.count
    return days * math.ceil(hours / interval.length)


def vwap(market: Market) -> pl.Series:
    """The mean of typical prices (high + low + close)/3 since the session's start, weighted by volume."""
    if market.sessions is None or not market.interval.intraday:
        raise InvalidInput("indicators", "vwap is of bars within a session.", remedy="Ask for intraday bars.")
    days = starts(market["ts"], market.sessions, DAY, "regular").alias("day")
    typical = (pl.col("high") + pl.col("low") + pl.col("close")) / 3
    traded = (typical * pl.col("volume")).cum_sum().over("day") / pl.col("volume").cum_sum().over("day")
    return (
        market.rows.with_columns(days)
        .select(pl.when(pl.col("day").is_not_null()).then(traded))
        .to_series()
        .fill_nan(None)
    )


INDICATORS: Mapping[str, Indicator] = MappingProxyType(
    {
        "sma": Indicator(lambda of, n: {"sma": sma(of["close"], n)}, usual=(20,)),
        "ema": Indicator(lambda of, n: {"ema": ema(of["close"], n)}, usual=(20,)),
        "wma": Indicator(lambda of, n: {"wma": wma(of["close"], n)}, usual=(20,)),
        "macd": Indicator(lambda of, fast, slow, signal: macd(of["close"], fast, slow, signal), usual=(12, 26, 9)),
        "rsi": Indicator(lambda of, n: {"rsi": rsi(of["close"], n)}, usual=(14,)),
        "bollinger": Indicator(lambda of, n, width: bollinger(of["close"], n, width), usual=(20, 2.0)),
        "atr": Indicator(
            lambda of, n: {"atr": atr(of["high"], of["low"], of["close"], n)}, ("high", "low", "close"), usual=(14,)
        ),
        "obv": Indicator(lambda of: {"obv": obv(of["close"], of["volume"])}, ("close", "volume")),
        "volatility": Indicator(
            lambda of, n: {"volatility": volatility(of["close"], n, periods_per_year(of.interval, of.sessions))},
            usual=(20,),
            least=2,
        ),
        "drawdown": Indicator(lambda of: {"drawdown": drawdown(of["close"])}),
        "mean": Indicator(lambda of: {"mean": expanding_mean(of["close"])}),
        "vwap": Indicator(lambda of: {"vwap": vwap(of)}, ("high", "low", "close", "volume")),
    }
)


def _parsed(spec: str) -> tuple[Indicator, tuple[float, ...]]:
    name, _, text = spec.partition(":")
    indicator = INDICATORS.get(name)
    if indicator is None:
        raise InvalidInput(
            "indicators",
            f"There is no indicator {spec!r}.",
            remedy=f"Use one of {', '.join(map(usually, INDICATORS))}.",
        )
    if not text and ":" not in spec:
        return indicator, indicator.usual
    try:
        numbers = tuple(kind(part) for kind, part in zip(map(type, indicator.usual), text.split(","), strict=True))
    except ValueError:
        numbers = ()
    windows = [number for number in numbers if isinstance(number, int)]
    bounded = all(indicator.least <= window <= LONGEST for window in windows)
    positive = all(0 < number < math.inf for number in numbers)
    if not numbers or not bounded or not positive or (name == "macd" and numbers[0] >= numbers[1]):
        usual = usually(name)
        raise InvalidInput("indicators", f"{spec!r} has wrong numbers.", remedy=f"Write {usual}, for example.")
    return indicator, numbers


def usually(name: str) -> str:
    """The indicator `name` with its usual numbers, as one writes it: `macd:12,26,9`."""
    return f"{name}:{','.join(f'{number:g}' for number in INDICATORS[name].usual)}".removesuffix(":")


def _lines(
    bars: pl.DataFrame, sessions: pl.DataFrame | None, indicator: Indicator, numbers: tuple[float, ...]
) -> Lines:
    if bars.is_empty():
        return {}
    columns = [pl.col(name).fill_nan(None) for name in indicator.columns]
    rows = bars.with_row_index("row").select("row", "ts", *columns).drop_nulls(indicator.columns)
    market = Market(rows, Interval.parse(bars["interval"].item(0)), sessions)
    nowhere = pl.repeat(None, bars.height, dtype=pl.Float64, eager=True)
    return {
        name: nowhere.clone().scatter(rows["row"], line).alias(name)
        for name, line in indicator.lines(market, *numbers).items()
    }


def _wilder(values: pl.Series, window: int) -> pl.Series:
    return _smoothed(values, window, 1 / window)


def _smoothed(values: pl.Series, window: int, weight: float) -> pl.Series:
    """The exponential average with `weight` on the newest value, from the simple mean of the first `window` on."""
    if values.len() < window:
        return pl.repeat(None, values.len(), dtype=pl.Float64, eager=True)
    seed = pl.Series([values.head(window).mean()], dtype=pl.Float64)
    known = pl.concat([seed, values.slice(window).cast(pl.Float64)]).ewm_mean(alpha=weight, adjust=False)
    return _late(known, window - 1, values.len())


def _late(values: pl.Series, by: int, length: int) -> pl.Series:
    """`values` after `by` nulls, cut to `length`."""
    return pl.concat([pl.repeat(None, by, dtype=pl.Float64, eager=True), values]).head(length)


def _after_warm_up(values: pl.Series, average: Callable[[pl.Series], pl.Series]) -> pl.Series:
    known = values.drop_nulls()
    return _late(average(known), values.len() - known.len(), values.len())
