"""What each instrument's price is on each day of a series, of which day it is, and where there is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from openbell.portfolio.book import Book, Closes, Days, Quote

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

SPLITS = tuple[tuple[date, Decimal], ...]
"""Ex-dates and new units for one old, oldest first."""


@dataclass(frozen=True, slots=True)
class Price:
    """What one unit cost, exactly."""

    price: Decimal
    day: date
    """The trade date that it is of."""
    source: str
    split: Decimal = Decimal(1)
    """What `price` was divided by since: a split after `day` and no close since."""


@dataclass(frozen=True, slots=True)
class Priced:
    """The prices of one instrument.

    A day without a session has the last session's close: that is the market's price then. A session without a close has
    none, and neither has a day before the first price. Without a calendar the last price told holds. A price carried
    over a split is divided by its ratio, since the units of that day are the new ones.
    """

    told: Closes
    """The closes, and today's quote behind them where the market has traded since."""
    splits: SPLITS
    quote: Quote | None = None

    def column(self, on: Days) -> Floats:
        """On each of the days; NaN where there is none."""
        told = self.told
        if told.days.size == 0:
            return np.full(on.size, np.nan)
        place = told.days.searchsorted(on, side="right") - 1
        prices = told.prices[place]
        prices[~_current(told, place, on)] = np.nan
        for ex_date, ratio in self.splits:
            ex = np.datetime64(ex_date)
            prices[(place >= 0) & (told.days[place] < ex) & (on >= ex)] /= float(ratio)
        return prices

    def at(self, day: date) -> Price | None:
        """The price at the end of `day`, exactly."""
        newest = self._newest(day)
        return None if newest is None else self._price(newest, day)

    def before(self, day: date) -> Price | None:
        """The close of the session before the one that `at` tells of, in units of `day`."""
        newest = self._newest(day)
        if newest is None:
            return None
        if self._quoted(newest) and self.quote is not None and self.quote.previous_close is not None:
            session = self._session_before(newest) or self.quote.day
            return Price(self.quote.previous_close, session, self.quote.source)
        if newest == 0 or self._session_before(newest) not in (None, _date(self.told.days[newest - 1])):
            return None
        return self._price(newest - 1, day)

    def session(self, day: date) -> date | None:
        """The newest session up to `day`; None: no calendar, or none yet."""
        sessions = self.told.sessions
        place = -1 if sessions is None else int(np.searchsorted(sessions, np.datetime64(day), side="right")) - 1
        return None if sessions is None or place < 0 else _date(sessions[place])

    def _newest(self, day: date) -> int | None:
        """The place of the price that holds at the end of `day`."""
        place, sessions = _upto(self.told.days, day), self.told.sessions
        if place < 0 or sessions is None:
            return place if place >= 0 else None
        session = _upto(sessions, day)
        return place if session >= 0 and _day(self.told.days, place) >= _day(sessions, session) else None

    def _price(self, newest: int, on: date) -> Price:
        day = _day(self.told.days, newest)
        quoted = self._quoted(newest) and self.quote is not None
        exact = self.quote.price if quoted and self.quote else Decimal(repr(float(self.told.prices[newest])))
        since = factor(self.splits, day, on)
        return Price(exact / since, day, self.quote.source if quoted and self.quote else self.told.source, since)

    def _quoted(self, newest: int) -> bool:
        return self.quote is not None and newest == self.told.days.size - 1

    def _session_before(self, newest: int) -> date | None:
        """None: no calendar."""
        if self.told.sessions is None:
            return None
        before = int(np.searchsorted(self.told.sessions, self.told.days[newest])) - 1
        return _date(self.told.sessions[before]) if before >= 0 else None


def priced(book: Book, instrument: str, splits: SPLITS) -> Priced:
    """The prices that `book` has of `instrument`."""
    told, quote = _with_quote(book.closes.get(instrument, _NONE), book.quotes.get(instrument))
    return Priced(told, splits, quote)


def factor(splits: SPLITS, after: date, upto: date) -> Decimal:
    """New units for one old over the splits after the day `after`, up to the day `upto`."""
    product = Decimal(1)
    for ex_date, ratio in splits:
        if after < ex_date <= upto:
            product *= ratio
    return product


def days_of(dates: Iterable[date]) -> Days:
    """Dates as a column."""
    return np.fromiter((day.toordinal() - _EPOCH for day in dates), np.int64).astype("datetime64[D]")


def series_of_days(first: date, last: date, calendars: Iterable[tuple[Days, date]], further: Iterable[date]) -> Days:
    """The days of each calendar from the day given with it on, and those that are `further`, from `first` to `last`."""
    once: dict[int, tuple[Days, date]] = {}  # instruments of one exchange share theirs
    for calendar, since in calendars:
        once[id(calendar)] = calendar, min(since, once.get(id(calendar), (calendar, since))[1])
    within = [
        calendar[
            np.searchsorted(calendar, np.datetime64(max(first, since))) : np.searchsorted(
                calendar, np.datetime64(last), side="right"
            )
        ]
        for calendar, since in once.values()
    ]
    ends = days_of({first, last, *(day for day in further if first <= day <= last)})
    days: Days = np.unique(np.concatenate([ends, *within]).astype("datetime64[D]"))
    return days


_EPOCH = date(1970, 1, 1).toordinal()
_NONE = Closes(np.empty(0, "datetime64[D]"), np.empty(0), "")


def _with_quote(closes: Closes, quote: Quote | None) -> tuple[Closes, Quote | None]:
    """The quote as one more close, unless the close of its day is there: that one is final."""
    if quote is None or (closes.days.size and np.datetime64(quote.day) <= closes.days[-1]):
        return closes, None
    day = np.datetime64(quote.day)
    sessions = closes.sessions
    if sessions is not None and day not in sessions:
        sessions = np.insert(sessions, np.searchsorted(sessions, day), day)
    days = np.append(closes.days, day).astype("datetime64[D]")
    return Closes(days, np.append(closes.prices, float(quote.price)), closes.source, sessions), quote


def _current(told: Closes, place: Places, on: Days) -> npt.NDArray[np.bool_]:
    """Whether there is a price of each day, and where there is a calendar, of the newest session that there was."""
    known: npt.NDArray[np.bool_] = place >= 0
    if told.sessions is None:
        return known
    session = told.sessions.searchsorted(on, side="right") - 1
    return known & (session >= 0) & (told.days[place] >= told.sessions[session])


def _upto(days: Days, day: date) -> int:
    """The place of the last of the days up to `day`, which is mostly the last of all; -1: none."""
    if days.size and _day(days, -1) <= day:
        return days.size - 1
    return int(days.searchsorted(np.datetime64(day), side="right")) - 1


def _day(days: Days, place: int) -> date:
    return days.item(place)  # type: ignore[return-value]  # a date, of days


def _date(day: np.datetime64) -> date:
    return day.astype("datetime64[D]").item()  # type: ignore[no-any-return]
