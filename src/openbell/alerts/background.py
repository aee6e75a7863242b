"""What a symbol's rules must know of the time before the session they watch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from math import prod

import polars as pl


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """A symbol before a session. Every price is on the scale on which that session trades: after a 2:1 split over
    night, yesterday's close of 100 is handed over as 50.
    """

    days: pl.DataFrame
    """Of daily BARS before the session at least `high`, `low`, `close` and `volume`, oldest first, as many as the
    longest rule looks back; averages that remember (EMA, MACD, RSI) agree with a chart's from about five times their
    window on."""
    current: bool = True
    """Whether the newest of them is the session before; if not, what is counted from there is not known yet."""
    provisional: bool = False
    """Whether it is what a stream has told of that session: the exchange's own day may differ."""
    splits: Mapping[date, float] = field(default_factory=dict)
    """New units per old one of the splits up to the session, by ex date."""
    within: bool = False
    """Whether the watch begins after the session's open: `last` is then not known where it is None."""
    missed: bool = False
    """Whether the open was not heard, for that or for another reason: `open` is then not known where it is None."""
    open: float | None = None
    """The session's first regular price, where it was not heard."""
    last: float | None = None
    """Its newest price, where the watch begins within it: a rule does not fire for what is so already."""
    last_at: datetime | None = None
    """Since when it is in force: an older price, which is heard again after a crash, does not follow it."""

    @property
    def complete(self) -> bool:
        """Whether nothing is missing that may yet be told."""
        return self.current and not self.provisional and not (self.missed and self.open is None)

    @property
    def previous_close(self) -> float | None:
        """The last session's close."""
        closes = self.days["close"].drop_nulls()
        return closes.item(-1) if self.current and closes.len() else None

    def split(self, after: date, upto: date) -> float:
        """New units per old one of the splits with `after` < ex date <= `upto`."""
        return prod(ratio for ex_date, ratio in self.splits.items() if after < ex_date <= upto)

    def peak(self, days: int | None) -> float | None:
        """The highest high of the last `days` sessions, of all without it, however many are known; None: of none."""
        highs = self.days["high"].drop_nulls()
        return _number((highs if days is None else highs.tail(days)).max())

    def highest(self, days: int) -> float | None:
        """The highest high of the last `days` sessions; None where so many are not known."""
        return _number(self._last("high", days).max())

    def lowest(self, days: int) -> float | None:
        """The lowest low of the last `days` sessions; None where so many are not known."""
        return _number(self._last("low", days).min())

    def usual_volume(self, days: int) -> float | None:
        """The mean volume of the last `days` sessions; None where so many are not known."""
        return _number(self._last("volume", days).mean())

    def _last(self, column: str, days: int) -> pl.Series:
        """The values of the last `days` sessions; none where so many are not known."""
        known = self.days[column].drop_nulls()
        return known.tail(days) if self.current and known.len() >= days else known.clear()


Backgrounds = Callable[[str, date], Background]
"""The background of a symbol for a trade date. What it lacks may be known when it is asked for again."""


def _number(found: object) -> float | None:
    return found if isinstance(found, float) else None
