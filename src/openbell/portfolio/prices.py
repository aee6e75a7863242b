"""What each instrument's price is on each day of a series, of which day it is, and where there is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from openbell.portfolio.book import Book, Closes, Converted, Days, Input, Quote

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

SPLITS = tuple[tuple[date, Decimal], ...]
"""Ex-dates and new units for one old, oldest first."""


NO_CLOSES = Closes(np.empty(0, "datetime64[D]"), np.empty(0), "")
"""Of what nobody tells a price of."""


@dataclass(frozen=True, slots=True)
class Price:
    """What one unit cost, exactly."""

    price: Decimal
    day: date
    """The trade date that it is of."""
    source: str
    split: Decimal = Decimal(1)
    """What `price` was divided by since: a split after `day` and no close since."""
    converted: Converted | None = None
    """As it was said, where that was in another currency."""


@dataclass(frozen=True, slots=True)
class Priced:
    """The prices of one instrument.

    A day without a session has the last session's close: that is the market's price then. A session without a close has
    none, and neither has a day before the first price. Without a calendar the last price told holds. A price carried
    over a split is divided by its ratio, since the units of that day are the new ones. Where there would be none, what
    the owner said since the last close holds until the next price.
    """

    told: Closes
    """The closes, and today's quote behind them where the market has traded since."""
    splits: SPLITS
    quote: Quote | None = None

    def column(self, on: Days) -> Floats:
        """On each of the days; NaN where there is none."""
        prices, hand = self._held(self.told, on), self.told.by_hand
        if hand is None:
            return prices
        newer = _day_held(hand, on) > _day_held(self.told, on)
        return np.where(np.isnan(prices) & newer, self._held(hand, on), prices)

    def at(self, day: date) -> Price | None:
        """The price at the end of `day`, exactly."""
        return self._in_units_of(day, self._known(day))

    def before(self, day: date) -> Price | None:
        """The close of the session before the one that `at` tells of, in units of `day`.

        Of a price by hand, and without a calendar, the price told before it.
        """
        newest = self._newest(day)
        if newest is None:
            said = self._said(day)
            return None if said is None else self._in_units_of(day, self._last_before(said.day))
        session = self._session_before(newest)
        if self._quoted(newest) and self.quote is not None and self.quote.previous_close is not None:
            return Price(self.quote.previous_close, session or self.quote.day, self.quote.source)
        earlier = self._last_before(_day(self.told.days, newest)) if session is None else self._known(session)
        return self._in_units_of(day, earlier)

    def unconverted(self, day: date) -> Input | None:
        """The newest price by hand that would count on `day`, were there a rate of the currency that it was said in."""
        hand, last = self.told.by_hand, _upto(self.told.days, day)
        since = date.min if last < 0 else _day(self.told.days, last)
        found = {} if hand is None else {on: each.said for on, each in hand.converted.items() if each.rate is None}
        newest = max((on for on in found if since < on <= day), default=None)
        return None if newest is None else found[newest]

    def session(self, day: date) -> date | None:
        """The newest session up to `day`; None: no calendar, none yet, or the price of `day` is one by hand."""
        if self._newest(day) is None and self._said(day) is not None:
            return None
        sessions = self.told.sessions
        place = -1 if sessions is None else _upto(sessions, day)
        return None if sessions is None or place < 0 else _day(sessions, place)

    def _newest(self, day: date) -> int | None:
        """The place of the price that holds at the end of `day`."""
        place, sessions = _upto(self.told.days, day), self.told.sessions
        if place < 0 or sessions is None:
            return place if place >= 0 else None
        session = _upto(sessions, day)
        return place if session >= 0 and _day(self.told.days, place) >= _day(sessions, session) else None

    def _known(self, day: date) -> Price | None:
        """The price at the end of `day`, in units of its own day."""
        newest = self._newest(day)
        return self._said(day) if newest is None else self._told(newest)

    def _last_before(self, day: date) -> Price | None:
        """The last price of an earlier day, whoever told it, in units of its own day."""
        eve = day - date.resolution
        last = _upto(self.told.days, eve)
        return self._said(eve) or (self._told(last) if last >= 0 else None)

    def _told(self, place: int) -> Price:
        day = _day(self.told.days, place)
        if self._quoted(place) and self.quote is not None:
            return Price(self.quote.price, day, self.quote.source)
        return Price(Decimal(repr(float(self.told.prices[place]))), day, self.told.source)

    def _said(self, day: date) -> Price | None:
        place, hand = said_on(self.told, day), self.told.by_hand
        if place is None or hand is None:
            return None
        on = _day(hand.days, place)
        return Price(Decimal(repr(float(hand.prices[place]))), on, hand.source, converted=hand.converted.get(on))

    def _in_units_of(self, day: date, price: Price | None) -> Price | None:
        if price is None:
            return None
        since = factor(self.splits, price.day, day)
        return Price(price.price / since, price.day, price.source, since, price.converted)

    def _held(self, told: Closes, on: Days) -> Floats:
        """On each day the last price of `told`, in units of that day; NaN where it is not of the last session."""
        if told.days.size == 0:
            return np.full(on.size, np.nan)
        place = told.days.searchsorted(on, side="right") - 1
        prices = told.prices[place]
        prices[~_current(told, place, on)] = np.nan
        for ex_date, ratio in self.splits:
            ex = np.datetime64(ex_date)
            prices[(place >= 0) & (told.days[place] < ex) & (on >= ex)] /= float(ratio)
        return prices

    def _quoted(self, newest: int) -> bool:
        return self.quote is not None and newest == self.told.days.size - 1

    def _session_before(self, newest: int) -> date | None:
        """None: no calendar."""
        if self.told.sessions is None:
            return None
        before = int(np.searchsorted(self.told.sessions, self.told.days[newest])) - 1
        return _day(self.told.sessions, before) if before >= 0 else None


def priced(book: Book, instrument: str, splits: SPLITS) -> Priced:
    """The prices that `book` has of `instrument`."""
    told, quote = _with_quote(book.closes.get(instrument, NO_CLOSES), book.quotes.get(instrument))
    return Priced(told, splits, quote)


def said_on(told: Closes, day: date) -> int | None:
    """The place of the price by hand that counts at the end of `day` where no close does: one said after the last."""
    hand = told.by_hand
    place = -1 if hand is None else _upto(hand.days, day)
    if hand is None or place < 0:
        return None
    last = _upto(told.days, day)
    return place if last < 0 or told.days[last] < hand.days[place] else None


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
_NEVER = np.datetime64(date.min, "D")


def _with_quote(closes: Closes, quote: Quote | None) -> tuple[Closes, Quote | None]:
    """The quote as one more close, unless the close of its day is there: that one is final."""
    if quote is None or (closes.days.size and np.datetime64(quote.day) <= closes.days[-1]):
        return closes, None
    day = np.datetime64(quote.day)
    sessions = closes.sessions
    if sessions is not None and day not in sessions:
        sessions = np.insert(sessions, np.searchsorted(sessions, day), day)
    days = np.append(closes.days, day).astype("datetime64[D]")
    return Closes(days, np.append(closes.prices, float(quote.price)), closes.source, sessions, closes.by_hand), quote


def _current(told: Closes, place: Places, on: Days) -> npt.NDArray[np.bool_]:
    """Whether there is a price of each day, and where there is a calendar, of the newest session that there was."""
    known: npt.NDArray[np.bool_] = place >= 0
    if told.sessions is None:
        return known
    session = told.sessions.searchsorted(on, side="right") - 1
    return known & (session >= 0) & (told.days[place] >= told.sessions[session])


def _day_held(told: Closes, on: Days) -> Days:
    """On each of the days, that of the last price; long ago where there is none."""
    days: Days = np.append(told.days, _NEVER)[np.searchsorted(told.days, on, side="right") - 1]
    return days


def _upto(days: Days, day: date) -> int:
    """The place of the last of the days up to `day`, which is mostly the last of all; -1: none."""
    if days.size and _day(days, -1) <= day:
        return days.size - 1
    return int(days.searchsorted(np.datetime64(day), side="right")) - 1


def _day(days: Days, place: int) -> date:
    return days.item(place)  # type: ignore[return-value]  # a date, of days
