"""Bars -> longer bars."""

from __future__ import annotations

import polars as pl

from openbell.bars.buckets import Hours, dates, runs, starts
from openbell.bars.cross import with_crosses
from openbell.model.errors import InvalidInput
from openbell.model.frames import BARS, UTC, conform
from openbell.model.interval import Interval

MONTHS: dict[str, int] = {"mo": 1, "q": 3, "y": 12}


def resample(bars: pl.DataFrame, to: Interval, sessions: pl.DataFrame, *, hours: Hours = "regular") -> pl.DataFrame:
    """BARS of the interval `to` from BARS of one interval that makes it up; a quiet interval has no bar.

    By session: intraday bars start with the open (09:30-10:30, ...), the last may be short, and none spans a night.
    `hours`: only the regular session, or also extended hours, in bars of their own. A bar of a day or longer is made
    of regular hours and the closing auction, however late it was printed (`cross`), and has its first date. Open and
    close are the first and the last that are not null. Raises InvalidInput where the interval of `bars` does not make
    up `to`.
    """
    if bars.is_empty():
        return conform(bars, BARS)
    step = _interval(bars)
    check_makes_up(step, to)
    ordered = bars if _ordered(bars) else bars.sort("symbol", "ts")
    if step.intraday and not to.intraday:
        ordered = with_crosses(ordered, step, sessions)
    longer = runs(ordered.with_columns(start=_starts(ordered["ts"], step, to, sessions, hours))).agg(
        pl.col("symbol", "scale", "source", "start").first(),
        pl.col("open").first(ignore_nulls=True),
        pl.col("high").max(),
        pl.col("low").min(),
        pl.col("close").last(ignore_nulls=True),
        pl.when(pl.col("volume").count() > 0).then(pl.col("volume").sum()).alias("volume"),
    )
    return conform(longer.with_columns(ts=pl.col("start"), interval=pl.lit(str(to))), BARS)


def check_makes_up(step: Interval, to: Interval) -> None:
    """Raises InvalidInput unless bars of `step` make up bars of `to`."""
    if step.intraday:
        possible = not to.intraday or not to.length % step.length
    elif step.unit in MONTHS:
        possible = to.unit in MONTHS and not to.count * MONTHS[to.unit] % (step.count * MONTHS[step.unit])
    elif step.count == 1 and step.unit == "d":
        possible = not to.intraday
    else:  # several days are counted from a first session, and a week may belong to two months
        possible = to.unit == step.unit and not to.count % step.count
    if not possible:
        raise InvalidInput(
            "interval", f"Bars of {step} do not make up bars of {to}.", remedy="Ask for a multiple, or load finer bars."
        )


def _interval(bars: pl.DataFrame) -> Interval:
    name = bars["interval"].item(0)
    if not (bars["interval"] == name).all():
        raise ValueError("bars of several intervals cannot be resampled at once")
    return Interval.parse(name)


def _ordered(bars: pl.DataFrame) -> bool:
    """Whether the bars are sorted by symbol and time, as the lake reads them."""
    before = pl.col("symbol").shift(), pl.col("ts").shift()
    in_order = (pl.col("symbol") > before[0]) | (pl.col("symbol") == before[0]) & (pl.col("ts") >= before[1])
    return bool(bars.select(in_order.all()).item())


def _starts(ts: pl.Series, step: Interval, to: Interval, sessions: pl.DataFrame, hours: Hours) -> pl.Series:
    if step.intraday:
        return starts(ts, sessions, to, hours)
    return dates(ts.dt.date(), to, sessions).cast(UTC)
