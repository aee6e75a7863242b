"""From a vendor into the lake: a range of bars, in pieces that can be interrupted and repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import polars as pl

from openbell.ingest.storing import Stored, store
from openbell.model import frames
from openbell.model.errors import ProviderError
from openbell.model.interval import Interval
from openbell.providers.ordered import Ordered
from openbell.store.lake import Lake
from openbell.store.register import Register

PIECES = {"s": timedelta(days=1), "m": timedelta(days=7), "h": timedelta(days=180)}
"""How much one call asks for, by the interval's unit; days and longer: everything at once."""


def pieces(interval: Interval, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The stretches into which a fetch of [start, end) is cut, oldest first."""
    step = PIECES.get(interval.unit)
    if step is None:
        yield start, end
        return
    while start < end:
        yield start, min(start + step, end)
        start += step


def fetch_bars(
    lake: Lake,
    vendors: Ordered,
    symbol: str,
    interval: Interval,
    start: datetime,
    end: datetime,
    *,
    clock: Callable[[], datetime],
    whole: bool = False,
    progress: Callable[[Stored, datetime], None] = lambda _stored, _until: None,
) -> Stored:
    """Fetch, check and store bars of `symbol`; each piece is stored before the next is asked for, unless the range is
    fetched `whole`: vendors whose calls bring a month would be asked for it by every piece.

    `progress` is told what has been stored so far and up to where. Raises ProviderError when no vendor delivers bars;
    where none delivers splits and dividends, raw bars are stored all the same, and a note says so.
    """
    _learn_instrument(lake, vendors, symbol, clock())
    total = Stored()
    for first, until in [(start, end)] if whole else pieces(interval, start, end):
        bars = vendors.bars(symbol, interval, first, until)
        actions, notes = _actions_beside(vendors, symbol, bars)
        origin = f"{symbol} {interval} {first:%Y-%m-%d}..{until:%Y-%m-%d}"
        total += store(lake, bars, actions, now=clock(), origin=origin) + Stored(notes=notes)
        progress(total, until)
    return total


def _actions_beside(vendors: Ordered, symbol: str, bars: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The actions that belong to `bars`; without them raw bars are right, and others cannot be made so."""
    try:
        return vendors.actions_beside(symbol, bars), ()
    except ProviderError as error:
        if not (bars["scale"] == "raw").all():
            raise
        note = f"Splits and dividends of {symbol} could not be asked: {error} The next fetch asks again."
        return frames.frame_of(frames.ACTIONS), (note,)


def _learn_instrument(lake: Lake, vendors: Ordered, symbol: str, now: datetime) -> None:
    """Name, exchange and currency, before the first bars: the exchange decides which hours are checked."""
    if Register(lake.instruments()).instrument(symbol).name is not None:
        return
    try:
        lake.append_instruments(vendors.instrument(symbol), now)
    except ProviderError:
        return  # the vendor of the bars decides, and bars are worth having without a name
