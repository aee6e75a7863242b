"""Two to eight symbols over one stretch, read from the lake and set beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from openbell.bars.compare import Comparison, compare
from openbell.history.past import History
from openbell.history.stretch import Range, Stretch, stretch
from openbell.model.errors import InvalidInput
from openbell.model.frames import Scale
from openbell.model.interval import Interval
from openbell.model.sessions import sessions
from openbell.store.register import Instrument


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison, the stretch it is over, and the instruments in it, in order."""

    stretch: Stretch
    instruments: tuple[Instrument, ...]
    comparison: Comparison
    notes: tuple[str, ...]


def compared(
    history: History,
    tickers: Sequence[str],
    *,
    span: Range | None = None,
    start: str | None = None,
    end: str | None = None,
    interval: Interval | None = None,
    adjust: Scale = "split",
    window: int = 20,
) -> Compared:
    """Compare `tickers` over the stretch of the one with the newest prices, in an interval that all can show.

    Raises InvalidInput unless there are two to eight different symbols, and NoData for one that is not known.
    """
    named = list(dict.fromkeys(t.strip().upper() for t in tickers if t.strip()))
    if not 2 <= len(named) <= 8:
        raise InvalidInput(
            "symbols", f"{len(named)} symbols were named to compare.", remedy="Name two to eight different ones."
        )
    each = [stretch(history, t, span=span, start=start, end=end, interval=interval) for t in named]
    chosen = interval or _common(each)
    newest = max(each, key=lambda s: s.end)
    over = Stretch(newest.start, newest.end, chosen, newest.offered)
    series = [history.bars(t, chosen, over.start, over.end, adjust=adjust) for t in named]
    bars = pl.concat(s.bars.with_columns(pl.lit(s.instrument.ticker).alias("symbol")) for s in series)
    day = timedelta(days=1)
    days = {
        s.instrument.ticker: sessions(s.instrument.exchange or "24/7", over.start.date() - day, over.end.date() + day)
        for s in series
    }
    return Compared(
        over,
        tuple(s.instrument for s in series),
        compare(bars, list(days), days, window=window),
        tuple(dict.fromkeys(note for s in series for note in s.notes)),
    )


def _common(each: Sequence[Stretch]) -> Interval:
    """The coarsest fitting interval of any, so that every symbol can show it; else the first one that all offer."""
    shared = [i for i in each[0].offered if all(i in s.offered for s in each)]
    if not shared:
        raise InvalidInput(
            "symbols", "These symbols are stored in intervals that have nothing in common.", remedy="Fetch daily bars."
        )
    wanted = [s.interval for s in each if s.interval in shared]
    return max(wanted, key=shared.index) if wanted else shared[-1]
