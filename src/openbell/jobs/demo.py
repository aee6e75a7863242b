"""The simulated market, kept up to now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import polars as pl

from openbell.desk import Desk
from openbell.ingest.storing import Stored, store
from openbell.model.interval import DAY, MINUTE, Interval
from openbell.providers.simulated import SYMBOLS
from openbell.store.watchbook import WatchBook

DEMO = ((DAY, timedelta(days=1), timedelta(days=1130)), (MINUTE, timedelta(minutes=1), timedelta(days=30)))
"""What is kept of the simulated market: the interval, the length of its bars, and how far back."""
SPARSE = timedelta(days=7)
"""From where bars are wanted to the first that there is, at most."""
DEMO_ROWS = 200_000
"""Bars that are made, checked and stored at once: some 200 MB while that lasts."""


def open_demo(desk: Desk) -> Stored:
    """Bring the simulated market's history up to now: days of three years, minutes of thirty days, every action.

    A rate that the desk has heard of from a vendor stays the vendor's.
    """
    now = desk.clock()
    listed = _invented(desk)
    symbols = listed["ticker"].to_list()
    desk.lake.append_instruments(listed, now)
    WatchBook(desk.ledger).begin(SYMBOLS)
    total = Stored()
    for interval, step, span in DEMO:
        spans = desk.lake.spans().filter(pl.col("interval") == str(interval))
        held = {symbol: (first, last) for symbol, first, last in spans.select("symbol", "first", "last").iter_rows()}
        due = {symbol: _due(held.get(symbol), now - span, step) for symbol in symbols}
        for part in _parts(due, step, now):
            total += _simulate(desk, part, interval, now, now - step)
    return total


def _invented(desk: Desk) -> pl.DataFrame:
    """What is listed there but for what is real."""
    register, listed = desk.history.register, desk.simulated.instruments()
    real = [key for key in listed["id"] if register.knows(key) and not register.instrument(key).simulated]
    return listed.filter(~pl.col("id").is_in(real))


def _due(held: tuple[datetime, datetime] | None, start: datetime, step: timedelta) -> datetime:
    """The first bar that is wanted: all from `start` on, where what is held begins much later; else the next one."""
    if held is None or held[0] > start + SPARSE:
        return start
    return max(held[1] + step, start)


def _parts(due: Mapping[str, datetime], step: timedelta, now: datetime) -> Iterator[dict[str, datetime]]:
    """The symbols whose next bar has closed, with its stamp; so many at a time that their bars fill little memory."""
    late = {symbol: start for symbol, start in due.items() if start + step <= now}
    if not late:
        return
    bars_each = (now - min(late.values())) // step
    size = max(1, DEMO_ROWS // bars_each)
    symbols = list(late)
    for first in range(0, len(symbols), size):
        yield {symbol: late[symbol] for symbol in symbols[first : first + size]}


def _simulate(
    desk: Desk, starts: Mapping[str, datetime], interval: Interval, now: datetime, newest: datetime
) -> Stored:
    """Store the bars of each symbol from its start to `newest`, and the actions since that day.

    The market reads the clock itself: without `newest`, a bar that closes meanwhile would be set aside as future.
    """
    market, end = desk.simulated, newest + timedelta.resolution
    bars = pl.concat(market.bars(symbol, interval, start, end) for symbol, start in starts.items())
    actions = pl.concat(market.actions(symbol, start.date(), now.date()) for symbol, start in starts.items())
    return store(desk.lake, bars, actions, now=now, origin="demo market", promises_raw=True)
