"""The way of live prices: check, drop what was told before, write to the log, and only then act on it.

What follows from an entry of the log (prints, minutes, quotes, alerts) follows again from the same entry after a
restart: nothing else is needed to be where one was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import RLock

import msgspec
import polars as pl

from openbell.bars.partials import partials_from
from openbell.ingest.prints import HEARD, Prints
from openbell.ingest.quality.live import LiveCheck
from openbell.ingest.tape import Tape
from openbell.model.frames import QUOTES, STREAM, TRADES, frame_of
from openbell.model.sessions import sessions
from openbell.providers.streams.spoken import Told
from openbell.store.lake import Lake
from openbell.store.log import MARKS, Kind, Log
from openbell.store.register import Register

LATENESS = timedelta(minutes=30)
"""So late a trade may come and still count; what comes later is set aside, and the vendor's own bars correct it."""

REMEMBERED = 500_000
"""Ids of trades kept in each of two generations, to know a trade that is told again."""

CLOSED = "closed"
"""The mark that says up to when minutes are closed."""

ROUND_THE_CLOCK = "24/7"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Heard:
    """What an entry of the log says: TRADES (prints between quotes included) and QUOTES."""

    offset: int
    trades: pl.DataFrame
    quotes: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one batch."""

    rows: int = 0
    repeated: int = 0
    rejects: int = 0


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
        self._exchange_of = exchange_of
        self._clock = clock
        self._check = LiveCheck(exchange_of)
        self._old_ids, self._new_ids = set[int](), set[int]()
        self._guard = RLock()
        self._listeners: list[Callable[[Heard], None]] = []
        self._rejects: list[pl.DataFrame] = []
        closed = _closed(log)
        self._final, self._prints, self._first = closed.final, closed.prints, closed.cut

    @property
    def final(self) -> datetime:
        """Minutes that began before are closed for good."""
        return self._final

    def listen(self, listener: Callable[[Heard], None]) -> None:
        """Tell `listener` of every entry, in order, once it is durable."""
        self._listeners.append(listener)

    def restore(self) -> int:
        """Be where the log ends: what it holds is acted on again; returns the number of its entries.

        Listeners are told nothing: who must not miss an entry asks for the `entries` from where it left off.
        """
        count = 0
        for entry in self._log.read(self._first - 1):
            heard = self._act(entry.offset, entry.kind, entry.frame)
            self._remember(_identities(heard.trades.drop_nulls("id")).to_list())
            self._check.believe(heard.trades)
            count += 1
        return count

    def take(self, told: Told) -> Taken:
        """Take in one batch; what is returned for is durable."""
        with self._guard:
            now = self._clock()
            quotes, bad_quotes = self._check.quotes(told.quotes, now=now)
            trades, bad_trades = self._check.trades(told.trades, now=now, final=self._final)
            fresh = self._numbered(self._fresh(trades))
            rejects = pl.concat([told.rejects, bad_quotes, bad_trades])
            frames: tuple[tuple[Kind, pl.DataFrame], ...] = (
                ("rejects", rejects),
                ("quotes", quotes),
                ("trades", fresh),
            )
            for kind, frame in frames:
                if frame.height:
                    heard = self._act(self._log.append(kind, frame, now), kind, frame)
                    for listener in self._listeners:
                        listener(heard)
        return Taken(quotes.height + fresh.height, trades.height - fresh.height, rejects.height)

    def entries(self, after: int) -> Iterator[Heard]:
        """What the log says after the offset `after`, for one who must catch up."""
        closed = _closed(self._log)
        for entry in self._log.read(closed.cut - 1):  # what a quote prints follows from all quotes before it
            heard = _heard(entry.offset, entry.kind, entry.frame, closed.prints)
            if entry.offset > after:
                yield heard

    def save(self, lake: Lake, now: datetime) -> int:
        """Bring the minutes that have ended by `now`, and the rows set aside, into the lake; returns how many bars are
        new or corrected. One commit each, and only where there is anything."""
        rejects = self._rejects
        if rejects:
            lake.append_rejects(pl.concat(rejects), now)
            del self._rejects[: len(rejects)]
        bars = self._tape.unsaved(now)
        if bars.is_empty():
            return 0
        streamed = bars.with_columns(pl.col("source") + STREAM)
        stored = lake.append_bars(Register(lake.instruments()).identified(streamed), now, provisional=True)
        self._tape.saved(bars)
        return stored

    def close_before(self, moment: datetime, lake: Lake, *, upto: int) -> int:
        """Minutes that began before `moment` change no more: the lake has them, and the log drops what made them;
        returns the number of entries dropped.

        Entries after the offset `upto` stay: somebody has not acted on them yet.
        """
        moment = moment.replace(second=0, microsecond=0)
        with self._guard:
            self.save(lake, self._clock())
            closed = _closed(self._log)
            cut = max(closed.cut, self._log.first)
            for entry in self._log.read(cut - 1, upto):
                if entry.kind in {"trades", "quotes"} and _newest(entry.frame) >= moment:
                    break
                _heard(entry.offset, entry.kind, entry.frame, closed.prints)
                cut = entry.offset + 1
            self._final = max(self._final, moment)
            self._log.append("marks", _mark(self._final, cut, closed.prints), self._clock())
            self._tape.forget(self._final)
        return self._log.trim(cut)

    def _numbered(self, trades: pl.DataFrame) -> pl.DataFrame:
        """The trades with their order of arrival, across restarts too."""
        first = (self._log.last + 1) << 32
        return trades.with_columns(seq=pl.int_range(pl.len(), dtype=pl.Int64) + first)

    def _fresh(self, trades: pl.DataFrame) -> pl.DataFrame:
        """The trades that were not told before, within the batch or the last million; those without an id all are."""
        if trades["id"].null_count() == trades.height:
            return trades
        keys = _identities(trades)
        told = keys.to_list()
        again = ~keys.is_first_distinct()
        if not (self._old_ids.isdisjoint(told) and self._new_ids.isdisjoint(told)):
            again |= pl.Series([key in self._old_ids or key in self._new_ids for key in told])
        self._remember(told)
        again &= trades["id"].is_not_null()
        return trades.filter(~again) if again.any() else trades

    def _remember(self, keys: Sequence[int]) -> None:
        self._new_ids.update(keys)
        if len(self._new_ids) > REMEMBERED:
            self._old_ids, self._new_ids = self._new_ids, set()

    def _act(self, offset: int, kind: Kind, frame: pl.DataFrame) -> Heard:
        """What follows from an entry: on the tape, and among the rows set aside."""
        if kind == "rejects":
            self._rejects.append(frame)
        heard = _heard(offset, kind, frame, self._prints)
        self._tape.update(heard.quotes)
        for venue, trades in self._by_venue(heard.trades):
            partials = partials_from(trades, _sessions_around(venue, trades))
            self._tape.trade(partials.filter(pl.col("start") >= self._final))
        return heard

    def _by_venue(self, trades: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
        symbols = trades["symbol"].unique().to_list()
        venues = {symbol: self._exchange_of(symbol) or ROUND_THE_CLOCK for symbol in symbols}
        for venue in sorted(set(venues.values())):
            there = [symbol for symbol in symbols if venues[symbol] == venue]
            yield venue, trades if len(there) == len(symbols) else trades.filter(pl.col("symbol").is_in(there))


@dataclass(frozen=True, slots=True)
class _Closed:
    """What the log's newest mark says: minutes before `final` are closed, entries before `cut` count no more, and the
    quotes in them were these."""

    final: datetime
    cut: int
    prints: Prints


def _closed(log: Log) -> _Closed:
    mark = log.newest("marks")
    if mark is None:
        return _Closed(EPOCH, 1, Prints())
    told = mark.frame.row(0, named=True)
    facts = msgspec.json.decode(told["detail"], type=_Facts)
    heard = pl.DataFrame(facts.heard, schema=dict(HEARD), orient="row")
    return _Closed(told["ts"], facts.cut, Prints(heard))


class _Facts(msgspec.Struct):
    cut: int
    heard: list[tuple[str, datetime, float, float | None]]


def _mark(final: datetime, cut: int, prints: Prints) -> pl.DataFrame:
    facts = _Facts(cut, list(prints.heard().iter_rows()))
    row = {"ts": final, "feed": "", "what": CLOSED, "detail": msgspec.json.encode(facts).decode()}
    return frame_of(MARKS, [row])


def _newest(frame: pl.DataFrame) -> datetime:
    newest = frame["ts"].max()
    return newest if isinstance(newest, datetime) else EPOCH


def _heard(offset: int, kind: str, frame: pl.DataFrame, prints: Prints) -> Heard:
    if kind == "quotes":
        made = prints.of(frame).with_columns(seq=pl.col("seq") + (offset << 32))
        return Heard(offset, made, frame)
    return Heard(offset, frame if kind == "trades" else frame_of(TRADES), frame_of(QUOTES))


def _identities(trades: pl.DataFrame) -> pl.Series:
    """A number for each trade: vendors count per symbol, venue and day."""
    parts = trades.select(
        pl.col("symbol").hash(1), pl.col("venue").hash(2), pl.col("ts").dt.date().hash(3), pl.col("id").hash(4)
    )
    return parts.select(pl.fold(pl.lit(0, pl.UInt64), lambda a, b: a ^ b, pl.all())).to_series()


def _sessions_around(venue: str, trades: pl.DataFrame) -> pl.DataFrame:
    first, last = trades.select(pl.col("ts").min().dt.date(), pl.col("ts").max().dt.date().alias("last")).row(0)
    day = timedelta(days=1)
    return sessions(venue, first - day, last + day)
