"""What the rules must know of the past: asked for once a trade date, a little at a time, and again while it lacks."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
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


_Subject = tuple[str, bool]
"""A symbol, and whether its prices are followed."""


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
    """The backgrounds of symbols, from one start of the desk to the next, whatever becomes of the rules meanwhile.

    That of a symbol whose prices are followed begins when they first were: nothing before was heard.
    """

    def __init__(self, desk: Desk, book: Rulebook, since: datetime, born: Mapping[str, datetime]) -> None:
        """`since`: from when on all prices are heard; `born`: by symbol, when its prices were first followed."""
        self.born = dict(born)
        self._desk = desk
        self._book = book
        self._since = _minute(since)
        self._hours: dict[str, Hours] = {}
        self._known: dict[_Subject, dict[date, _Asked]] = {}
        self._unknown: deque[tuple[_Subject, date]] = deque()
        self._lacking: deque[tuple[_Subject, date]] = deque()

    @property
    def behind(self) -> bool:
        """Whether there is anything to ask for."""
        return bool(self._unknown or self._lacking)

    @property
    def unknown(self) -> bool:
        """Whether of some symbol nothing is known yet."""
        return bool(self._unknown)

    def keep(self, symbols: Mapping[str, bool]) -> None:
        """Rules are on `symbols` now, and on no others; each with whether its prices are followed."""
        now = _minute(self._desk.clock())
        self.born = {symbol: self.born.get(symbol, now) for symbol, followed in symbols.items() if followed}
        self._known = {subject: self._known[subject] for subject in symbols.items() if subject in self._known}

    def look(self, symbols: Mapping[str, bool], now: datetime) -> None:
        """Find out what must be asked for: of the session under way or the next one, what is not known yet.

        The `symbols` are as `keep` takes them, now or once their past is known.
        """
        version = self._desk.lake.version()
        self._unknown.clear()
        self._lacking.clear()
        for symbol, followed in sorted(symbols.items()):
            if symbol not in self._hours:
                self._hours[symbol] = Hours(self._book.exchange_of(symbol))
            day = self._hours[symbol].at(now).session_date
            held = self._known.get((symbol, followed), {}).get(day)
            if held is None:
                self._unknown.append(((symbol, followed), day))
            elif held.lacks(version) and now >= held.again:
                self._lacking.append(((symbol, followed), day))

    def ask(self) -> str | None:
        """Ask for one of them, those first of which nothing is known; returns the symbol of which more is known now."""
        if self._unknown:
            self._ask(*self._unknown.popleft())
            return None
        subject, day = self._lacking.popleft()
        self._ask(subject, day)
        return subject[0]

    def refresh(self, symbol: str) -> bool:
        """Ask again for what is lacking of `symbol`; returns whether anything was."""
        version = self._desk.lake.version()
        subject = self._subject(symbol)
        lacking = [day for day, held in self._known.get(subject, {}).items() if held.lacks(version)]
        for day in lacking:
            self._ask(subject, day)
        return bool(lacking)

    def __call__(self, symbol: str, day: date) -> Background:
        """The background of `symbol` for the trade date `day`, as it was asked for last; asked for now if it never was.

        So much takes as long as a read of the lake, in which no rule hears anything: `look` and `ask` are ahead of it.
        """
        subject = self._subject(symbol)
        held = self._known.get(subject, {}).get(day)
        return self._ask(subject, day) if held is None else held.past

    def _subject(self, symbol: str) -> _Subject:
        return symbol, symbol in self.born

    def _ask(self, subject: _Subject, day: date) -> Background:
        version, now, symbol = self._desk.lake.version(), self._desk.clock(), subject[0]
        born, dates = self.born.get(symbol, now), self._known.setdefault(subject, {})
        past = self._book.background(symbol, day, born=born, since=max(self._since, born))
        wait = min(2 * dates[day].wait, LONGEST) if day in dates else ASKED_AGAIN
        dates[day] = _Asked(past, version, now + wait, wait)
        if len(dates) > DATES:
            del dates[min(dates)]
        return past


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
