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
BULK = 0.1
"""A bar of less than this part of the heaviest one's volume holds late reports, and does not tell the price."""
BEYOND = 0.005
"""The auction's price is at most this fraction above or below the prices of the session's last AROUND."""
SHARE = 0.01
"""The least part of the session's volume that is an auction."""
REGULAR = 30
"""A session of fewer bars is too thin to tell an auction from any other trade."""
HEAVY = 10
"""So many times the median volume of the bars after LATE makes a bar one of the auction."""
FEWEST = 10
"""Fewer bars have no median worth the name: of the minutes after LATE, then those before the close are the measure."""

SESSION = ("symbol", "closed")
PRICES = ("open", "high", "low", "close")


def with_crosses(bars: pl.DataFrame, step: Interval, sessions: pl.DataFrame) -> pl.DataFrame:
    """BARS of `step`, in order, and one more at the end of each session whose auction was printed after its close.

    Only where bars are of a minute, and the exchange has extended hours. An auction is found where one of the bars that
    begin within LATE has more volume than the session's last bar, and HEAVY times the usual. Its volume is that of all
    the heavy ones; its price the open or the close of the first that has the BULK of the heaviest, whichever recurs in
    more of the volume. None is found after a session of fewer bars than REGULAR or without one in its last LATE, of
    less volume than SHARE of the session's, or at a price BEYOND those before the close.
    """
    extended = sessions.filter(pl.col("post") > pl.col("close")).sort("trade_date")
    if step != MINUTE or extended.is_empty() or bars.is_empty():
        return bars
    near = _near(bars, instants_of(extended["open"]), instants_of(extended["close"]))
    if near.is_empty():
        return bars
    prices = {name: pl.col("price") for name in PRICES}
    crosses = _crosses(near).with_columns(**prices, ts=pl.col("closed") - TICK)
    return pl.concat([bars, crosses.select(bars.columns)]).sort("symbol", "ts", maintain_order=True)


def _near(bars: pl.DataFrame, opens: Instants, closes: Instants) -> pl.DataFrame:
    """The bars from an open until AROUND after its close (`closed`), and how long after that they begin (`since`)."""
    instants = instants_of(bars["ts"])
    nth = np.searchsorted(opens, instants, "right") - 1
    since = instants - closes[nth]
    near = (nth >= 0) & (since < AROUND // TICK)
    if not (near & (since >= 0)).any():
        return bars.clear()
    found = np.flatnonzero(near)
    return bars[found].with_columns(
        closed=stamps_of(closes[nth[found]]), since=pl.Series(since[found]).cast(pl.Duration("us"))
    )


def _crosses(near: pl.DataFrame) -> pl.DataFrame:
    """A bar for the auction of each session, from the session's bars and those after its close."""
    after = near.filter(pl.col("since") >= timedelta(0))
    before = near.filter(pl.col("since") < timedelta(0))
    ending = before.filter(pl.col("since") >= -AROUND).group_by(SESSION)
    late = (
        after.filter(pl.col("since") <= LATE)
        .join(_regular(before), on=SESSION)
        .join(_usual(after.filter(pl.col("since") > LATE).group_by(SESSION), "after"), on=SESSION, how="left")
        .join(_usual(ending, "before"), on=SESSION, how="left")
        .sort(*SESSION, "ts")
    )
    heavy = late.filter(
        pl.col("volume") >= HEAVY * pl.coalesce("after", "before"),
        (pl.col("volume").max() > pl.col("last").first()).over(SESSION),
        (pl.col("volume").sum() >= SHARE * pl.col("traded").first()).over(SESSION),
    )
    auctions = heavy.group_by(SESSION, maintain_order=True).agg(
        pl.col("interval", "scale", "source").first(), pl.col("volume").sum()
    )
    reach = ending.agg(lowest=pl.col("low").min() * (1 - BEYOND), highest=pl.col("high").max() * (1 + BEYOND))
    return (
        auctions.join(_prices(heavy, late), on=SESSION)
        .join(reach, on=SESSION)
        .filter(pl.col("price").is_between("lowest", "highest"))
    )


def _regular(before: pl.DataFrame) -> pl.DataFrame:
    """Of each session with bars enough, until its end: the volume of its last bar, and of all."""
    return (
        before.group_by(SESSION)
        .agg(pl.len(), pl.col("since").max(), last=pl.col("volume").last(), traded=pl.col("volume").sum())
        .filter(pl.col("len") >= REGULAR, pl.col("since") >= -LATE)
        .select(*SESSION, "last", "traded")
    )


def _usual(bars: GroupBy, name: str) -> pl.DataFrame:
    """The median volume of each session's bars; null where they are too few."""
    return bars.agg(pl.when(pl.len() >= FEWEST).then(pl.col("volume").median()).alias(name))


def _prices(heavy: pl.DataFrame, late: pl.DataFrame) -> pl.DataFrame:
    """Of `open` and `close` of the first bar with the BULK the one at which more `late` volume began, ended or turned.

    At a tie the close: it was traded later.
    """
    told = (
        heavy.filter((pl.col("volume") >= BULK * pl.col("volume").max()).over(SESSION))
        .group_by(SESSION, maintain_order=True)
        .agg(price=pl.concat_list(pl.col("open", "close").first()))
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
