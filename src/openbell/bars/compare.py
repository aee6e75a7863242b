"""Two to eight symbols side by side, aligned by timestamp: never by row, since each has gaps of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from openbell.bars.indicators import LONGEST, periods_per_year
from openbell.bars.statistics import by_day
from openbell.model.errors import InvalidInput
from openbell.model.interval import Interval

FEWEST_RETURNS = 3
"""Fewer returns say nothing about how two symbols move together: two are always on a line."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Frames with a column per symbol beside `ts` or `date`; null where a symbol has no value then.

    All of it is of one stretch: from the first to the last instant at which all symbols have a close.
    """

    symbols: tuple[str, ...]
    common: tuple[datetime, datetime] | None
    """The labels of the first and the last bar that all have; None where no symbol has any."""
    left_out: tuple[str, ...]
    """Symbols without an instant in common with the others, which are as many as can be: they have nulls everywhere."""
    rebased: pl.DataFrame
    """Per cent above the first common close; every instant of any symbol."""
    ratio: pl.DataFrame
    """The close of the first symbol that is not left out divided by each other one's, at the instants of both."""
    moving_average: pl.DataFrame
    """The mean of the last `window` closes of each symbol's own bars."""
    daily_average: pl.DataFrame
    """By `date`, the mean close of the day's bars."""
    daily_volume: pl.DataFrame
    """By `date`, the volume of the day's bars."""
    daily_share: pl.DataFrame
    """By `date`, each symbol's part of the volume of all, 0 to 1."""
    hourly_high: pl.DataFrame
    """By the `ts` at which a clock hour starts, its highest price; without rows where bars are of a day or longer."""
    correlation: list[list[float | None]]
    """Pearson's, of simple returns between the instants that all have; null below FEWEST_RETURNS or without moves."""
    statistics: pl.DataFrame
    """A row per symbol, in order, from its own bars of the common stretch: first and last close, change_pct (per cent),
    high, low, volatility (of logarithmic returns, a year's), max_drawdown (a fraction, at most 0), average_volume (a
    bar's), bars, and beta to the first symbol that is not left out, from the same returns as the correlation."""


def compare(
    bars: pl.DataFrame, symbols: Sequence[str], sessions: Mapping[str, pl.DataFrame], *, window: int = 20
) -> Comparison:
    """How `symbols` did beside each other, from their BARS of one interval and scale; the first is the measure.

    `sessions`: by symbol, those of its exchange over the bars. Raises InvalidInput unless there are two to eight
    different symbols and a window of 1 to 2000 bars. A symbol without bars has nulls and takes nothing from the others.
    """
    if not 2 <= len(symbols) <= 8 or len(set(symbols)) < len(symbols):
        named = ", ".join(symbols) or "nothing"
        raise InvalidInput("symbols", f"Cannot compare {named}.", remedy="Name 2 to 8 different symbols.")
    if not 1 <= window <= LONGEST:
        raise InvalidInput("window", f"No average of {window} bars.", remedy=f"Use 1 to {LONGEST}.")
    if bars["interval"].n_unique() > 1:
        raise ValueError("bars of several intervals cannot be compared")
    ordered = bars.filter(pl.col("symbol").is_in(list(symbols))).sort("symbol", "ts")
    average = pl.col("close").rolling_mean(window).over("symbol")
    traded = ordered.drop_nulls("close").with_columns(average=average)  # warmed up on the bars before the common ones
    kept = _together(_beside(traded, "ts", "close", symbols), symbols)
    shared = _beside(traded, "ts", "close", kept).drop_nulls()
    common = (shared["ts"].item(0), shared["ts"].item(-1)) if kept else None
    ordered, traded = (_within(each, kept, common) for each in (ordered, traded))
    closes = _beside(traded, "ts", "close", symbols)
    measured = [*kept, *(symbol for symbol in symbols if symbol not in kept)]
    returns = shared.select(pl.col(*kept).pct_change()).slice(1) if kept else shared
    days = pl.concat(by_day(ordered.filter(pl.col("symbol") == symbol), sessions[symbol]) for symbol in symbols)
    volumes = _beside(days, "date", "volume", symbols)
    return Comparison(
        symbols=tuple(symbols),
        common=common,
        left_out=tuple(symbol for symbol in symbols if symbol not in kept),
        rebased=closes.with_columns((pl.col(each) / shared[each].item(0) - 1) * 100 for each in kept),
        ratio=_ratio(closes, measured),
        moving_average=_beside(traded, "ts", "average", symbols),
        daily_average=_beside(days, "date", "mean_close", symbols),
        daily_volume=volumes,
        daily_share=volumes.with_columns((pl.col(*symbols) / pl.sum_horizontal(*symbols)).fill_nan(None)),
        hourly_high=_beside(_hourly_highs(ordered), "ts", "high", symbols),
        correlation=[[_correlation(returns, one, other) for other in symbols] for one in symbols],
        statistics=_statistics(traded, symbols, sessions).with_columns(
            beta=pl.Series([_beta(returns, symbol, measured[0]) for symbol in symbols], dtype=pl.Float64)
        ),
    )


def _together(closes: pl.DataFrame, symbols: Sequence[str]) -> list[str]:
    """The most symbols that all have a close at some instant, in order; of several such sets the newest."""
    if closes.is_empty():
        return []
    traded = closes.select(pl.col(*symbols).is_not_null())
    count = traded.select(count=pl.sum_horizontal(*symbols))["count"]
    newest = traded.row((count == count.max()).arg_true().item(-1))
    return [symbol for symbol, has in zip(symbols, newest, strict=True) if has]


def _within(bars: pl.DataFrame, symbols: Sequence[str], common: tuple[datetime, datetime] | None) -> pl.DataFrame:
    """The bars of `symbols` in the `common` stretch."""
    if common is None:
        return bars.clear()
    return bars.filter(pl.col("symbol").is_in(list(symbols)), pl.col("ts").is_between(*common))


def _beside(rows: pl.DataFrame, index: str, value: str, symbols: Sequence[str]) -> pl.DataFrame:
    """`value` by `index`, oldest first, with a column per symbol."""
    wide = rows.select(index).unique().sort(index)
    for symbol in symbols:
        own = rows.filter(pl.col("symbol") == symbol).select(index, pl.col(value).cast(pl.Float64).alias(symbol))
        wide = wide.join(own, on=index, how="left", maintain_order="left")
    return wide


def _ratio(closes: pl.DataFrame, symbols: Sequence[str]) -> pl.DataFrame:
    first, *others = symbols
    ratios = (pl.when(pl.col(other) > 0).then(pl.col(first) / pl.col(other)).alias(other) for other in others)
    return closes.select("ts", *ratios).filter(pl.any_horizontal(pl.col(*others).is_not_null()))


def _hourly_highs(bars: pl.DataFrame) -> pl.DataFrame:
    intraday = bars.filter(pl.col("interval").str.contains(r"^\d+[smh]$"))
    return intraday.group_by("symbol", pl.col("ts").dt.truncate("1h")).agg(pl.col("high").max())


def _correlation(returns: pl.DataFrame, one: str, other: str) -> float | None:
    if returns.height < FEWEST_RETURNS or not {one, other} <= set(returns.columns):
        return None
    return _finite(returns.select(pl.corr(one, other)).item())


def _beta(returns: pl.DataFrame, symbol: str, measure: str) -> float | None:
    """How much `symbol` moves with a move of `measure`: the covariance of their returns by the variance of its."""
    if returns.height < FEWEST_RETURNS or not {symbol, measure} <= set(returns.columns):
        return None
    return _finite(returns.select(pl.cov(symbol, measure) / pl.col(measure).var()).item())


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _statistics(traded: pl.DataFrame, symbols: Sequence[str], sessions: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    close = pl.col("close")
    found = traded.group_by("symbol").agg(
        close.first().alias("first"),
        close.last().alias("last"),
        ((close.last() / close.first() - 1) * 100).alias("change_pct"),
        pl.col("high").max(),
        pl.col("low").min(),
        close.log().diff().std().alias("volatility"),
        (close / close.cum_max() - 1).min().alias("max_drawdown"),
        pl.col("volume").mean().alias("average_volume"),
        pl.len().cast(pl.Int64).alias("bars"),
    )
    if traded.is_empty():
        return pl.DataFrame({"symbol": list(symbols)}).join(found, on="symbol", how="left")
    interval = Interval.parse(traded["interval"].item(0))
    roots = [math.sqrt(periods_per_year(interval, sessions[symbol])) for symbol in symbols]
    return (
        pl.DataFrame({"symbol": list(symbols), "root": roots})
        .join(found, on="symbol", how="left", maintain_order="left")
        .with_columns(volatility=pl.col("volatility") * pl.col("root"), bars=pl.col("bars").fill_null(0))
        .drop("root")
    )
