"""Which bar an instant or a trade date belongs to: the grid of a step over the sessions of an exchange."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars.dataframe.group_by import GroupBy

from openbell.model.frames import UTC
from openbell.model.interval import Interval

Hours = Literal["regular", "extended"]
Instants = NDArray[np.int64]

AUCTION = timedelta(minutes=15)
"""How long after the close an exchange without extended hours may print its closing auction (London: 5 minutes)."""

TICK = timedelta(microseconds=1)


def starts(ts: pl.Series, sessions: pl.DataFrame, step: Interval, hours: Hours) -> pl.Series:
    """For each instant the start of its bar of `step`; null for one outside `hours`.

    The grid of an intraday step begins anew at the session's open, and in extended hours also at their start and at
    the close: no bar spans two of them, and the last of each may be short. A bar of a day or longer has its first
    date, and is made of regular hours only.
    """
    parts = segments(sessions, hours if step.intraday else "regular")
    if parts.is_empty():
        return pl.Series("start", [None] * ts.len(), dtype=UTC)
    instants, begin, end, last = (instants_of(column) for column in (ts, parts["begin"], parts["end"], parts["last"]))
    part = _last_begun(begin, instants)
    outside = (part < 0) | (instants >= end[part])
    if step.intraday:
        width = step.length // TICK
        since = np.minimum(instants, last[part]) - begin[part]
        found = stamps_of(begin[part] + since // width * width)
    else:
        labels = dates(parts["trade_date"], step, sessions).cast(UTC)
        found = stamps_of(instants_of(labels)[part])
    return found.set(pl.Series(outside), None) if outside.any() else found


def _last_begun(begin: Instants, instants: Instants) -> Instants:
    """For each instant the index of the last of `begin`, in order, that is not after it; -1 before the first."""
    if not (instants[1:] >= instants[:-1]).all():
        return np.searchsorted(begin, instants, "right") - 1
    first = np.searchsorted(instants, begin)  # instants in order are cut at a few places instead of placed one by one
    return np.repeat(np.arange(-1, begin.size), np.diff(first, prepend=0, append=instants.size))


def dates(trade_dates: pl.Series, step: Interval, sessions: pl.DataFrame) -> pl.Series:
    """For each trade date the first date of its bar of `step`, a day or longer: Monday, the 1st, or itself.

    Several days (`5d`) are so many sessions, counted from the first of `sessions`; null for a date before it.
    """
    if step.unit != "d":
        return trade_dates.dt.truncate(str(step))
    if step.count == 1:
        return trade_dates
    known = sessions["trade_date"]
    nth = pl.Series(known.search_sorted(trade_dates, "right"), dtype=pl.Int64) - 1
    first = known.gather((nth.clip(0) // step.count) * step.count)
    return first.set(nth < 0, None)


def segments(sessions: pl.DataFrame, hours: Hours) -> pl.DataFrame:
    """The stretches of `hours` in time order: trade_date, begin, end (exclusive) and `last`, its last microsecond.

    On an exchange without extended hours, `end` is later than `last`: what is printed within AUCTION after the close
    still belongs to the session. A session of 24 hours has no such auction.
    """
    alone = (pl.col("post") == pl.col("close")) & (pl.col("close") - pl.col("open") < timedelta(days=1))
    end = pl.when(alone).then(pl.col("close") + AUCTION).otherwise("close")
    ordered = sessions.sort("trade_date").with_columns(end=end)
    stretches = [("open", "end", "close")]
    if hours == "extended":
        stretches = [("pre", "open", "open"), *stretches, ("close", "post", "post")]
    parts = [
        ordered.select("trade_date", begin=begin, end=end, last=pl.col(last) - TICK) for begin, end, last in stretches
    ]
    return pl.concat(parts).filter(pl.col("begin") <= pl.col("last")).sort("begin")


def runs(frame: pl.DataFrame) -> GroupBy:
    """`frame`, sorted by symbol and time, grouped by (symbol, start), in order; rows without a start are left out."""
    placed = frame.filter(pl.col("start").is_not_null()) if frame["start"].null_count() else frame
    changes = (pl.col("start") != pl.col("start").shift()) | (pl.col("symbol") != pl.col("symbol").shift())
    numbered = placed.with_columns(run=changes.fill_null(True).cum_sum())
    return numbered.with_columns(pl.col("run").set_sorted()).group_by("run", maintain_order=True)


def instants_of(stamps: pl.Series) -> Instants:
    """UTC stamps as microseconds since 1970."""
    return stamps.to_physical().to_numpy()


def stamps_of(instants: Instants) -> pl.Series:
    """Microseconds since 1970 as UTC stamps."""
    return pl.Series(instants).cast(UTC)
