"""What bars were like by day and by hour: averages, highs and lows, volumes."""

from __future__ import annotations

import polars as pl

from openbell.bars.buckets import starts
from openbell.model.interval import DAY, Interval


def by_day(bars: pl.DataFrame, sessions: pl.DataFrame) -> pl.DataFrame:
    """Each trade date of each symbol, oldest first, from BARS of one interval: one row per symbol and `date`.

    mean_open, mean_high, mean_low, mean_close: the means over the day's bars; high, low: the day's extremes; volume:
    the day's total; vwap: the mean of the bars' typical prices (high + low + close)/3, weighted by volume, and null of
    bars of a day or longer, which do not say what was traded at which price; bars: how many. Intraday bars count in
    regular hours only. What cannot be computed is null.
    """
    return _statistics(bars, _trade_date(bars, sessions).alias("date"))


def by_hour(bars: pl.DataFrame, zone: str) -> pl.DataFrame:
    """Each hour of the day on the clock of `zone`, over all days: one row per symbol and `hour` (0 to 23).

    The columns are those of `by_day`. Bars of a day or longer have no hour, and no row.
    """
    intraday = bars.filter(pl.col("interval").str.contains(r"^\d+[smh]$"))
    return _statistics(intraday, intraday["ts"].dt.convert_time_zone(zone).dt.hour().alias("hour"))


def _trade_date(bars: pl.DataFrame, sessions: pl.DataFrame) -> pl.Series:
    if not _intraday(bars):
        return bars["ts"].dt.date()
    return starts(bars["ts"], sessions, DAY, "regular").dt.date()


def _intraday(bars: pl.DataFrame) -> bool:
    return not bars.is_empty() and Interval.parse(bars["interval"].item(0)).intraday


def _statistics(bars: pl.DataFrame, part: pl.Series) -> pl.DataFrame:
    typical = (pl.col("high") + pl.col("low") + pl.col("close")) / 3
    weight = pl.when(typical.is_not_null()).then("volume")
    return (
        bars.with_columns(part)
        .drop_nulls(part.name)
        .group_by("symbol", part.name)
        .agg(
            *(pl.col(name).mean().alias(f"mean_{name}") for name in ("open", "high", "low", "close")),
            pl.col("high").max(),
            pl.col("low").min(),
            pl.when(pl.col("volume").count() > 0).then(pl.col("volume").sum()).alias("volume"),
            pl.when(_intraday(bars))
            .then((typical * pl.col("volume")).sum() / weight.sum())
            .fill_nan(None)
            .alias("vwap"),
            pl.len().cast(pl.Int64).alias("bars"),
        )
        .sort("symbol", part.name)
    )
