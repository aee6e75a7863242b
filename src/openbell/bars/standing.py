"""How many symbols stand side by side: from which close a stretch is measured, and the risk of each one's last year.

All of it from daily bars on one scale, in columns; a figure that too few days tell of is null.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

YEAR = timedelta(days=364)
"""Fifty-two weeks."""

FEWEST_RETURNS = 20
"""Fewer daily returns, less than a month's, say little about a year's risk."""

OLDEST_BASE = timedelta(days=14)
"""A close longer before a stretch is not what it began with."""


def bases(days: pl.DataFrame, starts: pl.DataFrame) -> pl.DataFrame:
    """`starts` (symbol, span, start) each with the last close before it: `day`, its date, and `close`.

    Null where the BARS `days` hold none in the two weeks before.
    """
    closes = days.drop_nulls("close").select("symbol", day="ts", close="close").sort("day")
    found = starts.sort("start").join_asof(
        closes,
        left_on="start",
        right_on="day",
        by="symbol",
        strategy="backward",
        tolerance=OLDEST_BASE,
        allow_exact_matches=False,
        check_sortedness=False,
        coalesce=False,
    )
    return found.with_columns(pl.col("day").dt.date())


def last_year(days: pl.DataFrame) -> pl.DataFrame:
    """Of the BARS `days` those of each symbol's fifty-two weeks up to its newest one."""
    newest = pl.col("ts").max().over("symbol")
    return days.filter(pl.col("ts") >= newest + timedelta(days=1) - YEAR)


def ranges(days: pl.DataFrame) -> pl.DataFrame:
    """By symbol, the first date (`since`) and the lowest and highest price of `days`."""
    return days.group_by("symbol").agg(
        since=pl.col("ts").min().dt.date(),
        low=pl.coalesce("low", "close").min(),
        high=pl.coalesce("high", "close").max(),
    )


def risks(days: pl.DataFrame, benchmark: str, periods: pl.DataFrame) -> pl.DataFrame:
    """By symbol, from its daily closes: `volatility`, `max_drawdown`, `beta`, and the count of `returns`.

    Volatility is the sample's standard deviation of logarithmic returns, times the root of how many days a year has
    (`periods`: symbol, periods). Max drawdown is the deepest fall from a high so far, as a fraction, at most 0 (Magdon-
    Ismail and Atiya, "Maximum drawdown", Risk 2004). Beta is the covariance of simple returns with those of the symbol
    `benchmark`, by the variance of its (Sharpe, 1964), between days that both have.
    """
    closes = days.filter(pl.col("close") > 0).select("symbol", "ts", "close").sort("symbol", "ts")
    own = closes.group_by("symbol").agg(
        volatility=pl.col("close").log().diff().std(),
        max_drawdown=(pl.col("close") / pl.col("close").cum_max() - 1).min(),
        returns=pl.len().cast(pl.Int64) - 1,
    )
    told = pl.col("returns") >= FEWEST_RETURNS
    return (
        own.join(periods, on="symbol", how="left")
        .with_columns(
            volatility=pl.when(told).then(pl.col("volatility") * pl.col("periods").sqrt()),
            max_drawdown=pl.when(told).then("max_drawdown"),
        )
        .join(_betas(closes, benchmark), on="symbol", how="left")
        .drop("periods")
    )


def _betas(closes: pl.DataFrame, benchmark: str) -> pl.DataFrame:
    measure = closes.filter(pl.col("symbol") == benchmark).select("ts", measure="close")
    both = closes.join(measure, on="ts").sort("symbol", "ts")
    moves = both.select("symbol", pl.col("close", "measure").pct_change().over("symbol")).drop_nulls()
    beta = pl.cov("close", "measure") / pl.col("measure").var()
    found = moves.group_by("symbol").agg(beta=beta, pairs=pl.len())
    told = (pl.col("pairs") >= FEWEST_RETURNS) & pl.col("beta").is_finite()
    return found.select("symbol", beta=pl.when(told).then("beta"))
