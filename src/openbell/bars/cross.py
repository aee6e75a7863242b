"""The closing auction of vendors that print it in a minute after the close: it belongs to the session's day.

A bar of a minute cannot say which of its trades were the auction's; the rule here reads it from volumes and from the
price that recurs. docs/bars.md tells on what it was tried, and where it ends.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
from polars.dataframe.group_by import GroupBy

from openbell.bars.buckets import TICK, Instants, instants_of, stamps_of
from openbell.model.interval import MINUTE, Interval

LATE = timedelta(minutes=5)
"""How long after the close a bar may begin and still hold the auction."""
AROUND = timedelta(minutes=30)
"""The stretch before and after the close whose bars tell what is usual."""
HEAVY = 10
"""So many times the median volume of the bars after LATE makes a bar one of the auction."""
FEWEST = 3
"""Fewer bars have no median worth the name: of the minutes after LATE, then those before the close are the measure."""

SESSION = ("symbol", "closed")
PRICES = ("open", "high", "low", "close")


def with_crosses(bars: pl.DataFrame, step: Interval, sessions: pl.DataFrame) -> pl.DataFrame:
    """BARS of `step`, in order, and one more at the end of each session whose auction was printed after its close.

    Only where bars are of a minute or less, and the exchange has extended hours. An auction is found where one of the
    bars that begin within LATE has more volume than the session's last bar, and HEAVY times the usual. Its volume is
    that of all the heavy ones; its price the first heavy bar's open or close, whichever recurs in more of the volume.
    """
    extended = sessions.filter(pl.col("post") > pl.col("close")).sort("trade_date")
    if step.length > MINUTE.length or extended.is_empty() or bars.is_empty():
        return bars
    near = _near(bars, instants_of(extended["close"]))
    if near.is_empty():
        return bars
    prices = {name: pl.col("price") for name in PRICES}
    crosses = _crosses(near).with_columns(**prices, ts=pl.col("closed") - TICK)
    return pl.concat([bars, crosses.select(bars.columns)]).sort("symbol", "ts", maintain_order=True)


def _near(bars: pl.DataFrame, closes: Instants) -> pl.DataFrame:
    """The bars AROUND a close with its instant (`closed`) and how long after it they begin (`since`)."""
    instants = instants_of(bars["ts"])
    nth = np.searchsorted(closes - AROUND // TICK, instants, "right") - 1
    since = instants - closes[nth]
    around = (nth >= 0) & (since < AROUND // TICK)
    if not (around & (since >= 0)).any():
        return bars.clear()
    found = np.flatnonzero(around)
    return bars[found].with_columns(
        closed=stamps_of(closes[nth[found]]), since=pl.Series(since[found]).cast(pl.Duration("us"))
    )


def _crosses(near: pl.DataFrame) -> pl.DataFrame:
    """A bar for the auction of each session, from the bars around its close."""
    after = near.filter(pl.col("since") >= timedelta(0))
    before = near.filter(pl.col("since") < timedelta(0)).group_by(SESSION)
    usual = _usual(after.filter(pl.col("since") > LATE).group_by(SESSION), "after")
    last = before.agg(last=pl.col("volume").last())
    late = (
        after.filter(pl.col("since") <= LATE)
        .join(last, on=SESSION)
        .join(usual, on=SESSION, how="left")
        .join(_usual(before, "before"), on=SESSION, how="left")
        .sort(*SESSION, "ts")
    )
    heavy = late.filter(
        pl.col("volume") >= HEAVY * pl.coalesce("after", "before"),
        (pl.col("volume").max() > pl.col("last").first()).over(SESSION),
    )
    auctions = heavy.group_by(SESSION, maintain_order=True).agg(
        pl.col("interval", "scale", "source", "open", "close").first(), pl.col("volume").sum()
    )
    return auctions.drop("open", "close").join(_prices(auctions, late), on=SESSION)


def _usual(bars: GroupBy, name: str) -> pl.DataFrame:
    """The median volume of each session's bars; null where they are too few."""
    return bars.agg(pl.when(pl.len() >= FEWEST).then(pl.col("volume").median()).alias(name))


def _prices(auctions: pl.DataFrame, late: pl.DataFrame) -> pl.DataFrame:
    """Of `open` and `close` of each auction the one at which more volume of the `late` bars began, ended or turned.

    At a tie the close: it was traded later.
    """
    told = (
        auctions.select(*SESSION, price=pl.concat_list("open", "close"))
        .explode("price", empty_as_null=True, keep_nulls=False)
        .with_row_index("nth")
    )
    ends = pl.sum_horizontal(pl.col(name) == pl.col("price") for name in PRICES)
    return (
        told.join(late, on=SESSION)
        .group_by("nth", *SESSION, "price")
        .agg(weight=(pl.col("volume") * ends).sum())
        .sort("weight", "nth")
        .group_by(SESSION)
        .agg(pl.col("price").last())
    )
