"""Minute bars in the making: what some trades add to a minute, put together in any order and any number of parts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from openbell.bars.aggregate import CLOSING_PRINT, NOT_LAST, OFFICIAL, at_the_close, flags_of
from openbell.bars.buckets import TICK, Instants, instants_of, segments
from openbell.model.frames import BARS, UTC, Schema, conform, frame_of
from openbell.model.interval import MINUTE

PARTIALS: Schema = {
    "symbol": pl.String,
    "source": pl.String,
    "start": UTC,  # of the minute
    "sets_price": pl.Boolean,  # prices that may not be the last count only in a minute without others
    "first_at": UTC,  # open is the price of the first trade by (at, ts, seq), close that of the last
    "first_ts": UTC,
    "first_seq": pl.Int64,
    "last_at": UTC,
    "last_ts": UTC,
    "last_seq": pl.Int64,
    "open": pl.Float64,
    "high": pl.Float64,
    "low": pl.Float64,
    "close": pl.Float64,
    "volume": pl.Float64,  # null where no size is known
}

DECIMALS = 8
"""Of a volume: a coin's smallest part. The last bits of a sum depend on the order of its parts, and are cut off."""

MINUTE_KEY = ("symbol", "source", "start")
KEY = (*MINUTE_KEY, "sets_price")
FIRST = ("first_at", "first_ts", "first_seq")
LAST = ("last_at", "last_ts", "last_seq")

WIDTH = MINUTE.length // TICK
OUTSIDE = np.iinfo(np.int64).min
"""In place of a minute's start: outside every session."""


class Grid:
    """The minutes of the sessions of an exchange, extended hours included."""

    def __init__(self, sessions: pl.DataFrame) -> None:
        parts = segments(sessions, "extended")
        self._begin, self._end, self._last = (instants_of(parts[name]) for name in ("begin", "end", "last"))
        self.sessions = sessions

    def starts(self, at: Instants) -> Instants:
        """The start of the minute of each instant; OUTSIDE where there is none."""
        if not self._begin.size:
            return np.full(at.size, OUTSIDE)
        part = np.searchsorted(self._begin, at, "right") - 1
        begin = self._begin[part]
        start = begin + (np.minimum(at, self._last[part]) - begin) // WIDTH * WIDTH
        return np.where((part >= 0) & (at < self._end[part]), start, OUTSIDE)


def partials_from(trades: pl.DataFrame, grid: Grid) -> pl.DataFrame:
    """PARTIALS of TRADES in any order, on one exchange; the same trades count as in `bars_from`."""
    flags = flags_of(trades["condition"])
    ts = instants_of(trades["ts"])
    at = at_the_close(ts, flags, grid.sessions) if (flags & CLOSING_PRINT).any() else ts
    start = grid.starts(at)
    counts = (start != OUTSIDE) & (flags & OFFICIAL == 0) & trades["price"].is_not_null().to_numpy()
    if trades["suspicious"].any():
        counts &= ~trades["suspicious"].fill_null(value=False).to_numpy()
    order = _in_order(at, ts, trades["seq"].to_numpy(), np.flatnonzero(counts))
    if not order.size:
        return frame_of(PARTIALS)
    sets_price = flags & NOT_LAST == 0
    minute = (start - start[order].min()) // WIDTH
    group = _places(trades["symbol"])
    for part in (_places(trades["source"]), minute, sets_price):
        group = group * (int(part[order].max()) + 1) + part
    group = group[order]
    # short integers are sorted by their digits, fifteen times as fast
    grouped = np.argsort(group.astype(np.uint16) if group.max() < 1 << 16 else group, kind="stable")
    first = np.flatnonzero(np.diff(group[grouped], prepend=-1))
    return _summed(trades, order[grouped], first, at, start, sets_price)


def _in_order(at: Instants, ts: Instants, seq: Instants, rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """The `rows` by (at, ts, seq)."""
    if at is ts and (np.diff(seq[rows]) > 0).all():
        return rows[np.argsort(ts[rows], kind="stable")]  # soon done: trades come nearly in order
    return rows[np.lexsort((seq[rows], ts[rows], at[rows]))]


def _places(names: pl.Series) -> NDArray[np.int64]:
    """For each name a small number."""
    known = names.unique()
    if known.len() == 1:
        return np.zeros(names.len(), np.int64)
    return names.cast(pl.Enum(known)).to_physical().to_numpy().astype(np.int64)


def _summed(
    trades: pl.DataFrame,
    by: NDArray[np.intp],
    first: NDArray[np.intp],
    at: Instants,
    start: Instants,
    sets_price: NDArray[np.bool_],
) -> pl.DataFrame:
    """PARTIALS of the rows `by` group, in which each group is in order and begins at one of `first`."""
    price, size = (trades[name].to_numpy()[by] for name in ("price", "size"))
    known = ~np.isnan(size)
    volume = np.add.reduceat(np.where(known, size, 0.0), first)
    opening, closing = by[first], by[np.append(first[1:], by.size) - 1]
    ts, seq = instants_of(trades["ts"]), trades["seq"].to_numpy()
    parts = pl.DataFrame(
        {
            "symbol": trades["symbol"].gather(opening),
            "source": trades["source"].gather(opening),
            "start": start[opening],
            "sets_price": sets_price[opening],
            "first_at": at[opening],
            "first_ts": ts[opening],
            "first_seq": seq[opening],
            "last_at": at[closing],
            "last_ts": ts[closing],
            "last_seq": seq[closing],
            "open": price[first],
            "high": np.maximum.reduceat(price, first),
            "low": np.minimum.reduceat(price, first),
            "close": trades["price"].gather(closing),
            "volume": pl.Series(volume).set(pl.Series(~np.logical_or.reduceat(known, first)), None),
        }
    )
    return conform(parts, PARTIALS)


def merged(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """PARTIALS of everything that the `parts` are of; each trade is in one of them only."""
    told = [part for part in parts if part.height]
    if not told:
        return frame_of(PARTIALS)
    if len(told) == 1:
        return told[0]
    together = pl.concat(told).sort(FIRST)
    late = together.select(*KEY, *LAST, "close").sort(LAST).unique(KEY, keep="last")
    early = together.group_by(KEY, maintain_order=True).agg(
        pl.col(*FIRST, "open").first(), pl.col("high").max(), pl.col("low").min(), _total("volume")
    )
    return conform(early.join(late, on=KEY), PARTIALS)


def bars_of(partials: pl.DataFrame) -> pl.DataFrame:
    """Raw BARS of a minute from PARTIALS of whole minutes, by symbol and time.

    Of a minute that several sources tell, the one with the larger volume counts: the other has heard only a part of it.
    """
    on_first = partials.sort(*MINUTE_KEY, "sets_price", descending=[False, False, False, True])
    prices = ("open", "high", "low", "close")
    bars = on_first.group_by(MINUTE_KEY, maintain_order=True).agg(
        pl.col(prices).first(), pl.col("last_at").max(), _total("volume").round(DECIMALS)
    )
    fullest = bars.sort("symbol", "start", "volume", "last_at", "source", nulls_last=False)
    named = fullest.unique(["symbol", "start"], keep="last", maintain_order=True).with_columns(
        ts=pl.col("start"), interval=pl.lit(str(MINUTE)), scale=pl.lit("raw")
    )
    return conform(named, BARS)


def _total(size: str) -> pl.Expr:
    return pl.when(pl.col(size).count() > 0).then(pl.col(size).sum()).alias("volume")
