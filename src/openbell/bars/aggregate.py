"""Trades -> bars."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from openbell.bars.buckets import AUCTION, TICK, Instants, instants_of, runs, stamps_of, starts
from openbell.model.frames import BARS, conform
from openbell.model.interval import Interval

# Sale conditions as AlgoSeek and LEAN write them: a hexadecimal number with a bit per condition
# (QuantConnect/Lean, Common/Data/Auxiliary/TradeConditionFlags.cs).
CLOSING_PRINT = 1 << 7
OFFICIAL = 1 << 24 | 1 << 26
"""The market centre's official close and open: a trade already printed, said again."""
NOT_LAST = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 9 | 1 << 11 | 1 << 14 | 1 << 18 | 1 << 20 | 1 << 22 | 1 << 25 | 1 << 31
"""What may not set the last price by the tables of both consolidated tapes: it counts in volume only.

Cash, next-day and seller's settlement; derivatively priced, contingent and average prices, price variations; what was
sold last, out of sequence or at a prior reference price, reported late; odd lots. Trades in extended hours may not
either, but here those hours have bars of their own (CTS output specification and UTP binary output specification, as
named in providers/streams/sales.py).
"""


def bars_from(trades: pl.DataFrame, step: Interval, sessions: pl.DataFrame) -> pl.DataFrame:
    """Raw BARS of `step` from TRADES in any order, by symbol and time; a quiet interval has no bar.

    Left out: suspicious trades, those without a price, official opens and closes, and what was printed outside every
    session and its extended hours. A closing cross belongs to the session's last bar, however late it was printed.
    What may not set the last price counts in volume, and sets a price only in a minute that has no other.
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
    at = stamps_of(at_the_close(instants_of(counted["ts"]), counted["flags"].to_numpy(), sessions))
    ordered = counted.with_columns(at=at).sort("symbol", "at", "ts", "seq")
    return ordered.with_columns(start=starts(ordered["at"], sessions, step, "extended"))


def flags_of(conditions: pl.Series) -> NDArray[np.int64]:
    """Sale conditions as bits; a code of one letter says nothing here."""
    told = conditions.drop_nulls().unique()
    if told.is_empty():
        return np.zeros(conditions.len(), np.int64)
    code = told.str.extract(r"^([0-9A-Fa-f]{2,8})$")
    bits: NDArray[np.int64] = code.str.to_integer(base=16, dtype=pl.Int64, strict=False).fill_null(0).to_numpy()
    places = conditions.cast(pl.Enum(told)).to_physical().cast(pl.Int64).fill_null(told.len())
    flags: NDArray[np.int64] = np.append(bits, 0)[places.to_numpy()]
    return flags


def at_the_close(instants: Instants, flags: NDArray[np.int64], sessions: pl.DataFrame) -> Instants:
    """The instants at which trades with these sale conditions count: of a closing cross the last one of its session."""
    if sessions.is_empty():
        return instants
    ordered = sessions.sort("trade_date")
    close = instants_of(ordered["close"])
    until = np.maximum(instants_of(ordered["post"]), close + AUCTION // TICK)
    nth = np.searchsorted(instants_of(ordered["open"]), instants, "right") - 1
    cross = (flags & CLOSING_PRINT != 0) & (nth >= 0)
    late = cross & (instants >= close[nth]) & (instants < until[nth])
    return np.where(late, close[nth] - 1, instants)


def _counted(trades: pl.DataFrame) -> pl.DataFrame:
    """The trades that count, with their sale conditions as bits in `flags`."""
    return trades.with_columns(flags=flags_of(trades["condition"])).filter(
        pl.col("price").is_not_null(), ~pl.col("suspicious").fill_null(value=False), pl.col("flags") & OFFICIAL == 0
    )


def _price(step: Interval) -> pl.Expr:
    """The price where it may set the bar's, else null; decided by the minute, so that bars of any step agree."""
    minute = step.length if step.intraday and step.unit == "s" and step.count < 60 else "1m"
    sets = pl.col("flags") & NOT_LAST == 0
    alone = ~sets.any().over("symbol", pl.col("at").dt.truncate(minute))
    return pl.when(sets | alone).then("price").alias("price")
