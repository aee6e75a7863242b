"""What a symbol's rules must know of the time before the session they watch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """A symbol before a session. Every price is on the scale on which that session trades: after a 2:1 split over
    night, yesterday's close of 100 is handed over as 50, and `split` is 2.
    """

    days: pl.DataFrame
    """Daily BARS before the session, oldest first, at least as many as the longest rule looks back; averages that
    remember (EMA, MACD, RSI) agree with a chart's from about five times their window on."""
    split: float = 1.0
    """New units per old one, of a split that takes effect with the session."""
    open: float | None = None
    """The session's first regular price, where the watch begins after it."""
    last: float | None = None
    """Its newest price, where the watch begins within it: a rule does not fire for what is so already."""
    volume: float = 0.0
    """Traded in the session before the watch begins."""

    @property
    def previous_close(self) -> float | None:
        """The last session's close."""
        closes = self.days["close"].drop_nulls()
        return closes.item(-1) if closes.len() else None

    def highest(self, days: int | None) -> float | None:
        """The highest high of the last `days` sessions; None where so many are not known. Without `days`, of all."""
        return _whole(self.days["high"], days, pl.Series.max)

    def lowest(self, days: int) -> float | None:
        """The lowest low of the last `days` sessions; None where so many are not known."""
        return _whole(self.days["low"], days, pl.Series.min)

    def usual_volume(self, days: int) -> float | None:
        """The mean volume of the last `days` sessions; None where so many are not known."""
        return _whole(self.days["volume"], days, pl.Series.mean)


Backgrounds = Callable[[str, date], Background]
"""The background of a symbol for a trade date; the same for the same question, whenever it is asked."""


def _whole(values: pl.Series, days: int | None, of: Callable[[pl.Series], object]) -> float | None:
    known = values.drop_nulls()
    window = known if days is None else known.tail(days)
    if window.is_empty() or (days is not None and window.len() < days):
        return None
    found = of(window)
    return found if isinstance(found, float) else None
