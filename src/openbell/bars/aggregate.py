"""Trades -> bars."""

from __future__ import annotations

import numpy as np
import polars as pl

from openbell.bars.buckets import AUCTION, TICK, instants_of, runs, stamps_of, starts
from openbell.model.frames import BARS, conform
from openbell.model.interval import Interval

# Sale conditions as AlgoSeek and LEAN write them: a hexadecimal number with a bit per condition
# (QuantConnect/Lean, Common/Data/Auxiliary/TradeConditionFlags.cs).
CLOSING_PRINT = 1 << 7
OFFICIAL = 1 << 24 | 1 << 26
"""The market centre's official close and open: a trade already printed, said again."""
OFF_MARKET = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 20
"""Cash, next-day and seller's settlement, and average prices: the consolidated tape counts them in volume only."""


def bars_from(trades: pl.DataFrame, step: Interval, sessions: pl.DataFrame) -> pl.DataFrame:
    """Raw BARS of `step` from TRADES in any order, by symbol and time; a quiet interval has no bar.

    Left out: suspicious trades, those without a price, official opens and closes, and what was printed outside every
    session and its extended hours. A closing cross belongs to the session's last bar, however late it was printed.
    An off-market price counts in volume, and sets a price only in a minute that has no other.
    """
    bars = runs(placed(trades, step, sessions).with_columns(_price(step))).agg(
        pl.col("symbol", "source", "start").first(),
        open=pl.col("price").first(ignore_nulls=True),
        high=pl.col("price").max(),
        low=pl.col("price").min(),
        close=pl.col("price").last(ignore_nulls=True),
        volume=pl.when(pl.col("size").count() > 0).then(pl.col("size").sum()),
    )
    named = bars.with_columns(ts=pl.col("start"), interval=pl.lit(str(step)), scale=pl.lit("raw"))
    return conform(named, BARS)


def placed(trades: pl.DataFrame, step: Interval, sessions: pl.DataFrame) -> pl.DataFrame:
    """The trades that count, by symbol and time, with `flags`, the instant `at` which they count, and the `start` of
    their bar of `step`, null outside every session."""
    counted = _counted(trades)
    ordered = counted.with_columns(at=_at_the_close(counted, sessions)).sort("symbol", "at", "ts", "seq")
    return ordered.with_columns(start=starts(ordered["at"], sessions, step, "extended"))


def _counted(trades: pl.DataFrame) -> pl.DataFrame:
    """The trades that count, with their sale conditions as bits in `flags`; a code of one letter says nothing here."""
    code = pl.col("condition").str.extract(r"^([0-9A-Fa-f]{2,8})$")
    flags = code.str.to_integer(base=16, dtype=pl.Int64, strict=False).fill_null(0)
    return trades.with_columns(flags=flags).filter(
        pl.col("price").is_not_null(), ~pl.col("suspicious").fill_null(value=False), pl.col("flags") & OFFICIAL == 0
    )


def _at_the_close(trades: pl.DataFrame, sessions: pl.DataFrame) -> pl.Series:
    """The instants of the trades, a closing cross moved to the last one of its session."""
    instants = instants_of(trades["ts"])
    if sessions.is_empty():
        return trades["ts"]
    ordered = sessions.sort("trade_date")
    close = instants_of(ordered["close"])
    until = np.maximum(instants_of(ordered["post"]), close + AUCTION // TICK)
    nth = np.searchsorted(instants_of(ordered["open"]), instants, "right") - 1
    cross = (trades["flags"].to_numpy() & CLOSING_PRINT != 0) & (nth >= 0)
    late = cross & (instants >= close[nth]) & (instants < until[nth])
    return stamps_of(np.where(late, close[nth] - 1, instants))


def _price(step: Interval) -> pl.Expr:
    """The price where it may set the bar's, else null; decided by the minute, so that bars of any step agree."""
    minute = step.length if step.intraday and step.unit == "s" and step.count < 60 else "1m"
    on_market = pl.col("flags") & OFF_MARKET == 0
    alone = ~on_market.any().over("symbol", pl.col("at").dt.truncate(minute))
    return pl.when(on_market | alone).then("price").alias("price")
