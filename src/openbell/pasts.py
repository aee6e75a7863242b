"""What the rules must know of the past: asked for once a trade date, a little at a time, and again while it lacks."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from openbell.alerts.background import Background
from openbell.alerts.hours import Hours
from openbell.desk import Desk
from openbell.rulebook import Rulebook

ASKED_AGAIN, LONGEST = timedelta(minutes=1), timedelta(minutes=15)
"""So long after a past that lacks something was asked for, it is asked for again, if anything was stored since; each
time it waits twice as long, up to the second."""

DATES = 2
"""Of so many trade dates the past of a symbol is remembered."""


@dataclass(frozen=True, slots=True)
class _Asked:
    past: Background
    version: object
    again: datetime
    wait: timedelta

    def lacks(self, version: object) -> bool:
        """Whether more may be known, now that the lake is at `version`."""
        return not self.past.complete and self.version != version


class Pasts:
    """The backgrounds of symbols, from one start of the desk to the next, whatever becomes of the rules meanwhile."""

    def __init__(self, desk: Desk, book: Rulebook, since: datetime, born: Mapping[str, datetime]) -> None:
        """`since`: from when on all prices are heard; `born`: by symbol, when rules were first on it."""
        self.born = dict(born)
        self._desk = desk
        self._book = book
        self._since = _minute(since)
        self._hours: dict[str, Hours] = {}
        self._known: dict[str, dict[date, _Asked]] = {}
        self._unknown: deque[tuple[str, date]] = deque()
        self._lacking: deque[tuple[str, date]] = deque()

    @property
    def behind(self) -> bool:
        """Whether there is anything to ask for."""
        return bool(self._unknown or self._lacking)

    @property
    def unknown(self) -> bool:
        """Whether of some symbol nothing is known yet."""
        return bool(self._unknown)

    def keep(self, symbols: Collection[str]) -> None:
        """Rules are on `symbols` now, and on no others."""
        now = _minute(self._desk.clock())
        self.born = {symbol: self.born.get(symbol, now) for symbol in symbols}
        self._known = {symbol: self._known[symbol] for symbol in symbols if symbol in self._known}

    def look(self, symbols: Collection[str], now: datetime) -> None:
        """Find out what must be asked for: of the session under way or the next one, what is not known yet."""
        version = self._desk.lake.version()
        self._unknown.clear()
        self._lacking.clear()
        for symbol in sorted(symbols):
            if symbol not in self._hours:
                self._hours[symbol] = Hours(self._book.exchange_of(symbol))
            day = self._hours[symbol].at(now).session_date
            held = self._known.get(symbol, {}).get(day)
            if held is None:
                self._unknown.append((symbol, day))
            elif held.lacks(version) and now >= held.again:
                self._lacking.append((symbol, day))

    def ask(self) -> str | None:
        """Ask for one of them, those first of which nothing is known; returns the symbol of which more is known now."""
        if self._unknown:
            self(*self._unknown.popleft())
            return None
        symbol, day = self._lacking.popleft()
        self._ask(symbol, day)
        return symbol

    def refresh(self, symbol: str) -> bool:
        """Ask again for what is lacking of `symbol`; returns whether anything was."""
        version = self._desk.lake.version()
        lacking = [day for day, held in self._known.get(symbol, {}).items() if held.lacks(version)]
        for day in lacking:
            self._ask(symbol, day)
        return bool(lacking)

    def __call__(self, symbol: str, day: date) -> Background:
        """The background of `symbol` for the trade date `day`, as it was asked for last; asked for now if it never was.

        So much takes as long as a read of the lake, in which no rule hears anything: `look` and `ask` are ahead of it.
        """
        held = self._known.get(symbol, {}).get(day)
        return self._ask(symbol, day) if held is None else held.past

    def _ask(self, symbol: str, day: date) -> Background:
        version, now = self._desk.lake.version(), self._desk.clock()
        born, dates = self.born.get(symbol, now), self._known.setdefault(symbol, {})
        past = self._book.background(symbol, day, born=born, since=max(self._since, born))
        wait = min(2 * dates[day].wait, LONGEST) if day in dates else ASKED_AGAIN
        dates[day] = _Asked(past, version, now + wait, wait)
        if len(dates) > DATES:
            del dates[min(dates)]
        return past


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
