"""What the rules must know of the past: asked for once a trade date, a little at a time, and again while it lacks."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import polars as pl

from openbell.alerts.background import Background
from openbell.alerts.hours import Hours
from openbell.desk import Desk
from openbell.rulebook import Rulebook
from openbell.store.lake import Version
from openbell.store.register import Register

ASKED_AGAIN, LONGEST = timedelta(minutes=1), timedelta(minutes=15)
"""So long after a past that lacks something was asked for, it is asked for again, if anything was stored since; each
time it waits twice as long, up to the second. Any past is, after the first, where a split or dividend was stored."""

DATES = 2
"""Of so many trade dates the past of a symbol is remembered."""


_Subject = tuple[str, bool]
"""A symbol, and whether its prices are followed."""

_Splits = frozenset[tuple[date, float]]
"""The splits of a symbol: ex dates, and new units per old one."""


@dataclass(frozen=True, slots=True)
class _Asked:
    past: Background
    version: Version
    splits: _Splits
    at: datetime
    wait: timedelta

    def lacks(self, version: Version, splits: _Splits) -> bool:
        """Whether more may be known, now that the lake is at `version`; other splits change what is complete, too."""
        return self.splits != splits or (not self.past.complete and self.version != version)

    def due(self, version: Version, splits: _Splits, now: datetime) -> bool:
        """Whether it is to be asked for again at `now`."""
        wait = self.wait if self.splits == splits else ASKED_AGAIN
        return self.lacks(version, splits) and not self.at <= now < self.at + wait


class Pasts:
    """The backgrounds of symbols, from one start of the desk to the next, whatever becomes of the rules meanwhile.

    That of a symbol whose prices are followed begins when they first were: nothing before was heard.
    """

    def __init__(self, desk: Desk, book: Rulebook, since: datetime, born: Mapping[str, datetime]) -> None:
        """`since`: from when on all prices are heard; `born`: by symbol, when its prices were first followed."""
        self.born = dict(born)
        self._desk = desk
        self._book = book
        self._start = self._since = since
        self._hours: dict[str, Hours] = {}
        self._acted: tuple[tuple[int, int], Register, dict[str, _Splits]] | None = None
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
        now = self._desk.clock()
        self.born = {symbol: self.born.get(symbol, now) for symbol, followed in symbols.items() if followed}
        self._known = {subject: self._known[subject] for subject in symbols.items() if subject in self._known}

    def resume(self, at: datetime) -> None:
        """A feed is heard from `at` on: an open before that may not have been."""
        self._since = at

    def look(self, symbols: Mapping[str, bool], now: datetime) -> None:
        """Find out what must be asked for: of the session under way or the next one, what is not known yet.

        The `symbols` are as `keep` takes them, now or once their past is known.
        """
        self.born = {symbol: min(born, now) for symbol, born in self.born.items()}  # the clock may have been ahead
        self._start, self._since = min(self._start, now), min(self._since, now)
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
            elif held.due(version, self._splits(symbol, version), now):
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
        version, subject = self._desk.lake.version(), self._subject(symbol)
        splits = self._splits(symbol, version)
        lacking = [day for day, held in self._known.get(subject, {}).items() if held.lacks(version, splits)]
        for day in lacking:
            self._ask(subject, day)
        return bool(lacking)

    def __call__(self, symbol: str, day: date) -> Background:
        """The background of `symbol` for the trade date `day`, as it was asked for last; asked for now if it never was.

        So much takes as long as a read of the lake, in which no rule hears anything: `look` and `ask` are ahead of it.
        """
        subject = self._subject(symbol)
        dates = self._known.get(subject, {})
        if day not in dates:
            return self._ask(subject, day)
        held, opened = dates[day], self._book.opened(symbol, day)
        begun, since = self._heard(self.born.get(symbol, self._start))
        within, missed = begun > opened, since > opened
        if (within, missed) > (held.past.within, held.past.missed):  # since it was asked for
            dates[day] = held = replace(held, past=replace(held.past, within=within, missed=missed))
        return held.past

    def _heard(self, born: datetime) -> tuple[datetime, datetime]:
        """From when on prices that are followed since `born` are heard, and all of them; to the minute."""
        begun = max(self._start, born)
        return _minute(begun), _minute(max(self._since, begun))

    def _splits(self, symbol: str, version: Version) -> _Splits:
        """Those of `symbol`; all are read once for each `version` of the tables."""
        read = version.actions, version.instruments
        if self._acted is None or self._acted[0] != read:
            splits = self._desk.lake.actions().filter(pl.col("kind") != "dividend")
            found: dict[str, set[tuple[date, float]]] = {}
            for key, ex_date, ratio in splits.select("symbol", "ex_date", "ratio").iter_rows():
                found.setdefault(key, set()).add((ex_date, ratio))
            self._acted = read, self._desk.history.register, {key: frozenset(each) for key, each in found.items()}
        _, register, known = self._acted
        return known.get(register.id_of(symbol), frozenset())

    def _subject(self, symbol: str) -> _Subject:
        return symbol, symbol in self.born

    def _ask(self, subject: _Subject, day: date) -> Background:
        version, now, symbol = self._desk.lake.version(), self._desk.clock(), subject[0]
        born, dates = self.born.get(symbol, now), self._known.setdefault(subject, {})
        begun, since = self._heard(born)
        past = self._book.background(symbol, day, born=born, begun=begun, since=since)
        wait = ASKED_AGAIN
        if day in dates:
            past, wait = _at_its_price(past, dates[day].past), min(2 * dates[day].wait, LONGEST)
        dates[day] = _Asked(past, version, self._splits(symbol, version), now, wait)
        if len(dates) > DATES:
            del dates[min(dates)]
        return past


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _at_its_price(past: Background, before: Background) -> Background:
    """What is known now, with the price at which it began as it was known `before`, if that is the newer one."""
    if before.last_at is None or (past.last_at is not None and before.last_at <= past.last_at):
        return past
    return replace(past, last=before.last, last_at=before.last_at)
