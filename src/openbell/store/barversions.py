"""Which of the versions of a bar counts, and which rows are a new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from openbell.model import frames
from openbell.model.interval import Interval
from openbell.store.bitemporal import known_after

_VALUES: Final = ("open", "high", "low", "close", "volume", "scale")


def unknown(rows: pl.DataFrame, stored: pl.DataFrame, *, ever: bool, provisional: bool) -> pl.DataFrame:
    """The rows whose newest `stored` twin (`ever`: any) of the same source is missing or has other values.

    Of `provisional` ones only those at whose time nothing but a stream has told of the bar.
    """
    key = ["symbol", "interval", "ts", "source"]
    if provisional:
        rows = rows.join(stored.filter(~frames.STREAMED), on=["symbol", "interval", "ts"], how="anti")
    twins = stored if ever else stored.sort("known_at").unique(key, keep="last")
    fresh = rows.join(twins.select(*key, *_VALUES), on=[*key, *_VALUES], how="anti", nulls_equal=True)
    return _correcting(fresh, stored)


def _correcting(rows: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    """The rows, none of which is known before what it corrects: its source's own bar, or one that a stream made."""
    if rows.is_empty() or (later := stored.filter(pl.col("known_at") >= rows["known_at"].min())).is_empty():
        return rows
    bar = ["symbol", "interval", "ts"]
    told = later.select(*bar, "known_at", told_by="source", streamed=frames.STREAMED)
    corrected = rows.select(*bar, "source").join(told, on=bar)
    return known_after(rows, corrected.filter((pl.col("source") == pl.col("told_by")) | "streamed"), [*bar, "source"])


def in_order(rows: pl.DataFrame, symbols: Sequence[str] = ()) -> bool:
    """Whether `rows` (of one symbol, where `symbols` is one) are sorted by symbol and time, each time told once."""
    stamps = rows["ts"].to_physical().to_numpy()
    later = stamps[1:] > stamps[:-1]
    if len(symbols) == 1:
        return bool(later.all())
    runs = rows["symbol"].rle().struct.unnest()
    starts = runs["len"].cum_sum().to_numpy()[:-1]
    later[starts - 1] = True
    return bool(later.all()) and runs["value"].is_sorted() and runs["value"].n_unique() == runs.height


def newest(rows: pl.DataFrame) -> pl.DataFrame:
    """Of the rows of one symbol and time the one known last; two known at once are told apart by their source."""
    ordered = rows.sort("symbol", "ts", "known_at", "source")
    twice = (pl.col("symbol") == pl.col("symbol").shift(-1)) & (pl.col("ts") == pl.col("ts").shift(-1))
    return ordered.filter(~twice.fill_null(value=False))


def as_bars(rows: pl.DataFrame, interval: Interval) -> pl.DataFrame:
    """BARS and `known_at` from rows of one interval, as its files have them."""
    return rows.select(
        pl.lit(str(interval)).alias("interval") if name == "interval" else name
        for name in (*frames.BARS, *frames.KNOWN)
    )
