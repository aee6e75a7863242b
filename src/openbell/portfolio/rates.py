"""What one currency cost in another on a day, with the day it is of and who told it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from openbell.portfolio.book import RateSeries

CARRIED = 7
"""Days that a rate holds at most where no newer one is known: over a weekend and the longest holidays."""

EPOCH = date(1970, 1, 1).toordinal()
ONE = Decimal(1)


def exact(number: float) -> Decimal:
    """The shortest decimal that is the same float: what its source printed."""
    return Decimal(repr(float(number)))


@dataclass(frozen=True, slots=True)
class Leg:
    """One told rate that went into a Rate."""

    base: str
    quote: str
    told: Decimal
    """What one `base` cost in `quote`."""
    day: date
    """That it is of."""
    source: str
    inverse: bool
    """Whether its inverse was taken."""

    @property
    def factor(self) -> Decimal:
        """What it multiplies with."""
        return ONE / self.told if self.inverse else self.told


@dataclass(frozen=True, slots=True)
class Rate:
    """What one `base` cost in `quote` on `day`: as told, the inverse of what was, or by way of a third currency."""

    base: str
    quote: str
    day: date
    """That was asked about."""
    value: Decimal | None
    """None: no rate of the week before is known."""
    legs: tuple[Leg, ...] = ()

    @property
    def of(self) -> date | None:
        """The day of its oldest part; before `day` where it was carried over. None where no rate was needed."""
        return min((leg.day for leg in self.legs), default=None)

    @property
    def carried(self) -> int:
        """Days that it was carried over."""
        return 0 if (of := self.of) is None else (self.day - of).days

    def __str__(self) -> str:
        """A sentence about it."""
        asked = f"1 {self.base} in {self.quote} on {self.day}"
        if self.value is None:
            return f"{asked}: no rate of the {CARRIED} days before is known."
        if not self.legs:
            return f"{asked}: 1."
        parts = " and ".join(
            f"{'the inverse of ' if leg.inverse else ''}{leg.base}/{leg.quote} {leg.told} ({leg.source}, {leg.day})"
            for leg in self.legs
        )
        late = f", carried over {self.carried} days" if self.carried else ""
        return f"{asked}: {self.value}, from {parts}{late}."


class Rates:
    """Looks rates up; remembers what it found. Of several sources of a pair the newest day counts, then the first."""

    def __init__(self, series: Iterable[RateSeries]) -> None:
        self._series: dict[tuple[str, str], list[_Table]] = {}
        for each in series:
            self._series.setdefault((each.base, each.quote), []).append(_Table(each))
        self._partners: dict[str, set[str]] = {}
        for base, quote in self._series:
            self._partners.setdefault(base, set()).add(quote)
            self._partners.setdefault(quote, set()).add(base)
        self._found: dict[tuple[str, str, date], Rate] = {}

    def rate(self, base: str, quote: str, day: date) -> Rate:
        """What one `base` cost in `quote` on `day`, or on the last day before that is known and at most a week ago.

        Told directly or as the inverse if any is; else by way of the currency whose two rates are the newest.
        """
        key = (base, quote, day)
        if (found := self._found.get(key)) is None:
            found = self._found[key] = self._look(base, quote, day)
        return found

    def _look(self, base: str, quote: str, day: date) -> Rate:
        if base == quote:
            return Rate(base, quote, day, ONE)
        if leg := self._leg(base, quote, day):
            return Rate(base, quote, day, leg.factor, (leg,))
        ways = []
        for third in sorted(self._partners.get(base, set()) & self._partners.get(quote, set())):
            first, second = self._leg(base, third, day), self._leg(third, quote, day)
            if first and second:
                ways.append(Rate(base, quote, day, first.factor * second.factor, (first, second)))
        return min(ways, key=lambda way: way.carried, default=Rate(base, quote, day, None))

    def _leg(self, base: str, quote: str, day: date) -> Leg | None:
        newest: Leg | None = None
        for first, second, inverse in ((base, quote, False), (quote, base, True)):
            for table in self._series.get((first, second), ()):
                found = table.last(day)
                if found and (newest is None or found[0] > newest.day):
                    newest = Leg(first, second, found[1], found[0], table.source, inverse)
        return newest


class _Table:
    """One series, for looking up one day after another."""

    def __init__(self, series: RateSeries) -> None:
        known = np.isfinite(series.rates) & (series.rates > 0)
        self.source = series.source
        days = series.days[known].astype("datetime64[D]").astype(np.int64) + EPOCH
        self._days: Sequence[int] = days.data  # elements are Python's own numbers, without a list of them all
        self._rates: Sequence[float] = series.rates[known].data

    def last(self, day: date) -> tuple[date, Decimal] | None:
        """The newest rate of the week up to `day`, with its own day."""
        asked = day.toordinal()
        at = bisect_right(self._days, asked) - 1
        if at < 0 or asked - self._days[at] > CARRIED:
            return None
        return date.fromordinal(self._days[at]), exact(self._rates[at])
