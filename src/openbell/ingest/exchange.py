"""On which exchange a new symbol trades, where its source does not say: its suffix tells, or the stamps of its bars."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import polars as pl

from openbell.model.frames import INSTRUMENTS, frame_of
from openbell.model.interval import Interval
from openbell.model.sessions import sessions
from openbell.model.symbols import exchange_of
from openbell.store.register import Register

NEW_YORK = "XNYS"

DAY = timedelta(days=1)

ENOUGH = 30 * DAY
"""How much of a symbol's bars is looked at."""

INSIDE = 0.99
"""The share of stamps that must lie in New York's extended hours."""

BESIDE = timedelta(minutes=30)
"""How long before and after the opening and the close the activity is compared."""

AUCTION = timedelta(minutes=15)
"""How long after the close its auction may still print."""

SHARPLY = 3.0
"""How many times as much is traded on the session's side of its opening, and of its close."""


def newcomers(register: Register, bars: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """INSTRUMENTS to enter for the symbols of `bars` (BARS of one interval) whose exchange is not known, with a note
    on those whose exchange the stamps alone tell."""
    new = [key for key in bars["symbol"].unique().sort() if register.instrument(key).exchange is None]
    if not new:
        return frame_of(INSTRUMENTS), ()
    told = {key: exchange_of(key) for key in new}
    plain = [key for key in new if key.isalpha()]  # BTC-USD, RY.TO and 7203 trade elsewhere
    guessed = _fitting_new_york(bars.filter(pl.col("symbol").is_in(plain)))
    exchanges = told | dict.fromkeys(guessed, NEW_YORK)
    source = bars["source"].item(0)
    rows = [
        {
            "id": key,
            "ticker": register.instrument(key).ticker,
            "exchange": exchange,
            "simulated": False,
            "source": source,
        }
        for key, exchange in exchanges.items()
        if exchange is not None or not register.knows(key)
    ]
    return frame_of(INSTRUMENTS, rows), _notes(guessed)


def _notes(guessed: Sequence[str]) -> tuple[str, ...]:
    if not guessed:
        return ()
    named = ", ".join(guessed[:5]) + (" ..." if len(guessed) > 5 else "")
    return (f"Exchange of {named} taken to be New York: the stamps fit its hours.",)


def _fitting_new_york(bars: pl.DataFrame) -> list[str]:
    """The symbols of intraday `bars` whose stamps keep within New York's extended hours, and whose trading begins
    sharply at the opening and ends sharply at the close on most of their first days."""
    sample = bars.filter(pl.col("ts") < pl.col("ts").min().over("symbol") + ENOUGH)
    if sample.is_empty() or not (step := Interval.parse(sample["interval"].item(0))).intraday:
        return []
    first, last = sample.select(pl.col("ts").min().dt.date().alias("first"), pl.col("ts").max().dt.date()).row(0)
    hours = sessions(NEW_YORK, first - DAY, last + DAY).drop("half_day")
    timed = sample.select("symbol", "ts", "volume").sort("ts").join_asof(hours, left_on="ts", right_on="pre")
    inside = (pl.col("ts") < pl.col("post")).fill_null(value=False)
    within = timed.group_by("symbol").agg(inside=inside.mean()).filter(pl.col("inside") >= INSIDE)
    traded = pl.when(pl.col("volume").sum().over("symbol") > 0).then(pl.col("volume").fill_null(0.0)).otherwise(1.0)
    days = (
        timed.join(within, on="symbol", how="semi")
        .drop_nulls("trade_date")
        .with_columns(traded=traded)
        .group_by("symbol", "trade_date")
        .agg(*_edges(step.length))
    )
    sharp = days.group_by("symbol").agg(pl.col("opens", "closes").mean())
    return sharp.filter((pl.col("opens") > 0.5) & (pl.col("closes") > 0.5))["symbol"].sort().to_list()


def _edges(step: timedelta) -> tuple[pl.Expr, pl.Expr]:
    """Of a day's bars of length `step`, with what was `traded` in each and the session's hours: whether trading
    begins sharply at the opening (`opens`), and ends sharply at the close (`closes`)."""
    ts, begin, end = pl.col("ts"), pl.col("open"), pl.col("close")

    def sum_of(within: pl.Expr) -> pl.Expr:
        return pl.col("traded").filter(within).sum()

    beside = max(BESIDE, step)
    before = sum_of((ts + step <= begin) & (ts >= begin - beside))
    opening = sum_of((ts + step > begin) & (ts < begin + beside))
    closing = sum_of((ts + step > end - beside) & (ts < end))
    after = sum_of((ts >= end + AUCTION) & (ts < end + AUCTION + beside))
    opened = ((ts <= begin) & (ts + step > begin)).any()
    closed = ((ts < end) & (ts + step >= end)).any()
    return (
        (opened & (opening > SHARPLY * before)).alias("opens"),
        (closed & (closing > SHARPLY * after)).alias("closes"),
    )
