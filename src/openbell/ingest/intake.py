"""The way of live prices: check, drop what was told before, write to the log, and only then act on it.

What follows from an entry of the log (prints, minutes, quotes, alerts) follows again from the same entry after a
restart: nothing else is needed to be where one was.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from threading import RLock

import msgspec
import numpy as np
import polars as pl

from openbell.bars.buckets import Instants
from openbell.bars.partials import Grid, partials_from
from openbell.ingest.homes import Homes
from openbell.ingest.prints import Last, Prints
from openbell.ingest.quality.live import LiveCheck
from openbell.ingest.seen import Keys, Seen, identities
from openbell.ingest.tape import Tape
from openbell.model.frames import QUOTES, STREAM, TRADES, frame_of
from openbell.model.sessions import sessions
from openbell.providers.streams.spoken import Told
from openbell.store.lake import Lake
from openbell.store.log import MARKS, Entry, Kind, Log
from openbell.store.register import Register

log = logging.getLogger(__name__)

LATENESS = timedelta(minutes=30)
"""So late a trade may come and still count; what comes later is set aside, and the vendor's own bars correct it."""

RESTORED = 200_000
"""So many trades of the log are acted on at once when a desk starts."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)

CLOSED, HEALED, READY = "closed", "healed", "ready"
"""Marks: minutes are closed, or told better by another source, or a feed has begun to listen."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What an entry of the log says: TRADES (prints between quotes included) and QUOTES, or that a feed was `ready`."""

    offset: int
    trades: pl.DataFrame
    quotes: pl.DataFrame
    ready: datetime | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one batch."""

    rows: int = 0
    repeated: int = 0
    rejects: int = 0


class Healed(msgspec.Struct, frozen=True, array_like=True):
    """Minutes of symbols, from `start` to before `end`, that another source tells better."""

    symbols: tuple[str, ...]
    start: datetime
    end: datetime


class Intake:
    """Takes what feeds tell, one batch after another, from any thread."""

    def __init__(
        self,
        log: Log,
        tape: Tape,
        *,
        exchange_of: Callable[[str], str | None],
        clock: Callable[[], datetime],
    ) -> None:
        self._log = log
        self._tape = tape
        self._clock = clock
        self._homes = Homes(exchange_of)
        self._check = LiveCheck(self._homes.known)
        self._seen = Seen()
        self._guard = RLock()
        self._storing = RLock()  # taken before the guard, never after it
        self._listeners: list[Callable[[Heard], None]] = []
        self._rejects: list[pl.DataFrame] = []
        self._state = _state(log)
        self._prints = self._prints_at(self._state)
        self._last = log.last
        self._believe_no_future(clock())

    @property
    def final(self) -> datetime:
        """Minutes that began before are closed for good."""
        return self._state.final

    def listen(self, listener: Callable[[Heard], None]) -> None:
        """Tell `listener` of every entry, in order, once it is durable."""
        self._listeners.append(listener)

    def restore(self) -> int:
        """Be where the log ends: what it holds is acted on again; returns the number of its entries.

        Listeners are told nothing: who must not miss an entry asks for the `entries` from where it left off.
        """
        count = 0
        for entries in _together(self._log.read(self._state.cut - 1)):
            count += len(entries)
            kind, each = entries[0].kind, [_heard(entry, self._prints) for entry in entries]
            if kind == "rejects":
                self._rejects += [entry.frame for entry in entries]
            if kind not in {"trades", "quotes"}:
                continue
            trades, quotes = pl.concat([heard.trades for heard in each]), pl.concat([heard.quotes for heard in each])
            self._act(Heard(entries[-1].offset, trades, quotes))
            self._check.believe(trades if kind == "trades" else quotes)
            if kind == "trades":
                self._seen.remember(*identities(_with_ids(trades)))
        return count

    def take(self, told: Told, feed: str = "") -> Taken:
        """Take in a batch; what is returned for is durable.

        A large one costs little more than a small one. After a StoreError it may be told again: nothing counts twice
        that has an id. `feed`: whose it is, as in the sources of its rows.
        """
        with self._guard:
            now = self._clock()
            self._believe_no_future(now)
            self._homes.look(now)
            if told.ready:
                self._mark(READY, feed, now, self._state)
                self._tell(Heard(self._last, frame_of(TRADES), frame_of(QUOTES), now))
                self._prints.interrupt(feed, now)
            quotes, bad_quotes = self._check.quotes(told.quotes, now=now)
            trades, bad_trades = self._check.trades(told.trades, now=now, final=self._state.final)
            rejects = pl.concat([told.rejects, bad_quotes, bad_trades])
            fresh, keys, stamps = self._fresh(trades)
            if rejects.height:
                self._append("rejects", rejects, now)
                self._rejects.append(rejects)
            if quotes.height:
                self._append("quotes", quotes, now)
            if fresh.height:
                self._append("trades", self._numbered(fresh), now, lambda: self._seen.remember(keys, stamps))
        return Taken(quotes.height + fresh.height, trades.height - fresh.height, rejects.height)

    def healed(self, symbols: Iterable[str], start: datetime, end: datetime) -> None:
        """The lake has the minutes of `symbols` from `start` to before `end` from a source that tells them better: what
        streams have told of them, and will tell, makes no minute; after a restart too."""
        heal = Healed(tuple(sorted(symbols)), start, end)
        with self._guard:
            state = replace(self._state, healed=(*self._state.healed, heal))
            self._mark(HEALED, "", self._clock(), state)
            self._tape.drop(heal.symbols, start, end)

    def entries(self, after: int) -> Iterator[Heard]:
        """What the log says after the offset `after`, for one who must catch up."""
        state = self._state
        prints = self._prints_at(state)
        for entry in self._log.read(state.cut - 1):  # what a quote prints follows from all quotes before it
            heard = _heard(entry, prints)
            if entry.offset > after:
                yield heard

    def save(self, lake: Lake, now: datetime) -> int:
        """Bring the minutes that have ended by `now`, and the rows set aside, into the lake; returns how many bars are
        new or corrected. One commit each, and only where there is anything."""
        with self._storing:
            stored = 0
            bars = self._tape.unsaved(now)
            if bars.height:
                streamed = Register(lake.instruments()).identified(bars.with_columns(pl.col("source") + STREAM))
                stored = lake.append_bars(streamed, now, provisional=True)
                self._tape.saved(bars)
            rejects = list(self._rejects)  # more may come meanwhile
            if rejects:
                lake.append_rejects(pl.concat(rejects), now)
                del self._rejects[: len(rejects)]
        return stored

    def close_before(self, moment: datetime, lake: Lake, *, upto: int) -> int:
        """Minutes that began before `moment` change no more: the lake has them, and the log drops what made them;
        returns the number of entries dropped. Batches are taken meanwhile.

        Entries after the offset `upto` stay: somebody has not acted on them yet.
        """
        with self._storing:
            with self._guard:
                final = max(self._state.final, moment.replace(second=0, microsecond=0))
                self._state = replace(self._state, final=final)  # nothing changes these minutes while they are saved
            self.save(lake, self._clock())
            cut, heard = self._cut(upto)
            with self._guard:
                healed = tuple(each for each in self._state.healed if each.end > final)
                self._mark(CLOSED, "", self._clock(), replace(self._state, cut=cut, heard=heard, healed=healed))
                self._tape.forget(final)
                self._seen.forget(final)
        return self._log.trim(cut)

    def _cut(self, upto: int) -> tuple[int, tuple[Last, ...]]:
        """The first entry to keep, and the last quotes before it."""
        state = self._state
        prints = self._prints_at(state)
        cut = max(state.cut, self._log.first)
        for entry in self._log.read(cut - 1, upto):
            if entry.kind in {"trades", "quotes"} and _newest(entry.frame) >= state.final:
                break
            if entry.kind != "trades":
                _heard(entry, prints)
            cut = entry.offset + 1
        return cut, prints.heard()

    def _believe_no_future(self, now: datetime) -> None:
        """A clock that was ahead of its time has closed minutes that are yet to come: they are open again."""
        minute = now.replace(second=0, microsecond=0)
        if self._state.final > minute:
            log.warning("minutes were closed until %s, which is in the future; the clock was wrong", self._state.final)
            self._state = replace(self._state, final=minute)

    def _append(self, kind: Kind, frame: pl.DataFrame, now: datetime, written: Callable[[], object] = bool) -> None:
        """Write an entry, act on it, and tell it."""
        offset = self._last = self._log.append(kind, frame, now)
        written()
        heard = _heard(Entry(offset, kind, now, frame), self._prints)
        self._act(heard)
        self._tell(heard)

    def _tell(self, heard: Heard) -> None:
        for listener in self._listeners:
            listener(heard)

    def _mark(self, what: str, feed: str, now: datetime, state: _State) -> None:
        """Write a mark, with the `state` that holds from here on: the newest mark says all that is known."""
        facts = msgspec.json.encode(_Facts(state.cut, state.heard, state.final, state.healed)).decode()
        row = {"ts": now, "feed": feed, "what": what, "detail": facts}
        self._last = self._log.append("marks", frame_of(MARKS, [row]), now)
        self._state = state

    def _numbered(self, trades: pl.DataFrame) -> pl.DataFrame:
        """The trades with their order of arrival, across restarts too."""
        first = (self._last + 1) << 32
        return trades.with_columns(seq=pl.int_range(first, first + trades.height, dtype=pl.Int64, eager=True))

    def _fresh(self, trades: pl.DataFrame) -> tuple[pl.DataFrame, Keys, Instants]:
        """The trades that were not told before, and what those with an id are known by; those without one are new."""
        keys, stamps = identities(_with_ids(trades))
        again = self._seen.again(keys, stamps)
        if not again.any():
            return trades, keys, stamps
        fresh = np.ones(trades.height, np.bool_)
        fresh[trades["id"].is_not_null().to_numpy()] = ~again
        return trades.filter(pl.Series(fresh)), keys[~again], stamps[~again]

    def _act(self, heard: Heard) -> None:
        """What follows from an entry on the tape."""
        self._tape.update(heard.quotes)
        if heard.trades.is_empty():
            return
        first, last = heard.trades.select(pl.col("ts").min().dt.date(), last=pl.col("ts").max().dt.date()).row(0)
        for venue, trades in self._homes.apart(heard.trades):
            partials = partials_from(trades, _grid(venue, first - DAY, last + DAY))
            self._tape.trade(self._counting(partials))

    def _counting(self, partials: pl.DataFrame) -> pl.DataFrame:
        """Those of minutes that are open."""
        if (partials["start"] < self._state.final).any():
            partials = partials.filter(pl.col("start") >= self._state.final)
        if partials.is_empty() or not self._state.healed:
            return partials
        first, last = partials.select(pl.min("start"), last=pl.max("start")).row(0)
        healed = [
            pl.col("symbol").is_in(each.symbols) & (pl.col("start") >= each.start) & (pl.col("start") < each.end)
            for each in self._state.healed
            if each.start <= last and each.end > first
        ]
        return partials.filter(~pl.any_horizontal(healed)) if healed else partials

    def _prints_at(self, state: _State) -> Prints:
        return Prints(self._homes.session_of, state.heard)


@dataclass(frozen=True, slots=True)
class _State:
    """What the log's newest mark says: minutes before `final` are closed, entries before `cut` count no more, the last
    quotes in them were these, and some open minutes are told better by another source."""

    final: datetime = EPOCH
    cut: int = 1
    heard: tuple[Last, ...] = ()
    healed: tuple[Healed, ...] = ()


class _Facts(msgspec.Struct):
    cut: int
    heard: tuple[Last, ...]
    final: datetime | None = None  # an older program wrote it as the mark's `ts`
    healed: tuple[Healed, ...] = ()


def _state(log: Log) -> _State:
    mark = log.newest("marks")
    if mark is None:
        return _State()
    told = mark.frame.row(0, named=True)
    facts = msgspec.json.decode(told["detail"], type=_Facts)
    return _State(facts.final or told["ts"], facts.cut, facts.heard, facts.healed)


def _together(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Entries of one kind that follow one another: RESTORED rows at most, or a single entry."""
    for _, run in groupby(entries, key=lambda entry: entry.kind):
        some: list[Entry] = []
        rows = 0
        for entry in run:
            if some and rows + entry.frame.height > RESTORED:
                yield some
                some, rows = [], 0
            some.append(entry)
            rows += entry.frame.height
        yield some


def _with_ids(trades: pl.DataFrame) -> pl.DataFrame:
    return trades.filter(pl.col("id").is_not_null()) if trades["id"].null_count() else trades


def _newest(frame: pl.DataFrame) -> datetime:
    newest = frame["ts"].max()
    return newest if isinstance(newest, datetime) else EPOCH


def _heard(entry: Entry, prints: Prints) -> Heard:
    """What an entry says; `prints` are where the log was before it, and then after it."""
    trades, quotes, ready = frame_of(TRADES), frame_of(QUOTES), None
    if entry.kind == "trades":
        trades = entry.frame
    elif entry.kind == "quotes":
        quotes = entry.frame
        made = prints.of(quotes, entry.at - LATENESS)
        trades = made.with_columns(seq=pl.col("seq") + (entry.offset << 32))
    elif entry.kind == "marks":
        for ts, feed in entry.frame.filter(what=READY).select("ts", "feed").iter_rows():
            prints.interrupt(feed, ts)
            ready = ts
    return Heard(entry.offset, trades, quotes, ready)


@lru_cache(maxsize=64)
def _grid(venue: str, first: date, last: date) -> Grid:
    return Grid(sessions(venue, first, last))
