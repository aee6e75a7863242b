"""Minute bars in the making: what some trades add to a minute, put together in any order and any number of parts."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from openbell.bars.aggregate import OFF_MARKET, placed
from openbell.model.frames import BARS, UTC, Schema, conform, frame_of
from openbell.model.interval import MINUTE

PARTIALS: Schema = {
    "symbol": pl.String,
    "source": pl.String,
    "start": UTC,  # of the minute
    "on_market": pl.Boolean,  # off-market prices count only in a minute that has no others
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
KEY = (*MINUTE_KEY, "on_market")
FIRST = ("first_at", "first_ts", "first_seq")
LAST = ("last_at", "last_ts", "last_seq")


def partials_from(trades: pl.DataFrame, sessions: pl.DataFrame) -> pl.DataFrame:
    """PARTIALS of TRADES in any order, on one exchange with `sessions`; the same trades count as in `bars_from`."""
    if trades.is_empty():
        return frame_of(PARTIALS)
    counted = placed(trades, MINUTE, sessions).filter(pl.col("start").is_not_null())
    parts = counted.group_by("symbol", "source", "start", on_market=pl.col("flags") & OFF_MARKET == 0).agg(
        pl.col("at", "ts", "seq").first().name.prefix("first_"),
        pl.col("at", "ts", "seq").last().name.prefix("last_"),
        open=pl.col("price").first(),
        high=pl.col("price").max(),
        low=pl.col("price").min(),
        close=pl.col("price").last(),
        volume=_total("size"),
    )
    return conform(parts, PARTIALS)


def merged(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """PARTIALS of everything that the `parts` are of; each trade is in one of them only."""
    if not parts:
        return frame_of(PARTIALS)
    if len(parts) == 1:
        return parts[0]
    together = pl.concat(parts).sort(FIRST)
    late = together.select(*KEY, *LAST, "close").sort(LAST).unique(KEY, keep="last")
    early = together.group_by(KEY, maintain_order=True).agg(
        pl.col(*FIRST, "open").first(), pl.col("high").max(), pl.col("low").min(), _total("volume")
    )
    return conform(early.join(late, on=KEY), PARTIALS)


def bars_of(partials: pl.DataFrame) -> pl.DataFrame:
    """Raw BARS of a minute from PARTIALS of whole minutes, by symbol and time."""
    on_first = partials.sort(*MINUTE_KEY, "on_market", descending=[False, False, False, True])
    prices = ("open", "high", "low", "close")
    bars = on_first.group_by(MINUTE_KEY, maintain_order=True).agg(pl.col(prices).first(), _total("volume"))
    named = bars.with_columns(
        ts=pl.col("start"),
        interval=pl.lit(str(MINUTE)),
        scale=pl.lit("raw"),
        volume=pl.col("volume").round(DECIMALS),
    )
    return conform(named, BARS).sort("symbol", "ts", "source")


def _total(size: str) -> pl.Expr:
    return pl.when(pl.col(size).count() > 0).then(pl.col(size).sum()).alias("volume")
