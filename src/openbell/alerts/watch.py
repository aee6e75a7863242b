"""The watch: what is heard, closed or down, against all rules. A function of what it is told: it reads no clock.

Whoever keeps its `state` with the place in the log, and its firings by (rule, event), fires each event once for good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from types import UnionType
from zlib import crc32

import msgspec
import numpy as np
import polars as pl

from openbell.alerts.background import Background, Backgrounds
from openbell.alerts.crossings import crossed
from openbell.alerts.hours import Hours
from openbell.alerts.lines import Arms, Line
from openbell.alerts.rules import (
    FeedDown,
    Firing,
    JobFailed,
    OfDays,
    OfPrice,
    Rule,
    Seen,
    Spread,
    Stale,
    Target,
    VolumeSpike,
    fired,
)
from openbell.alerts.screen import LONG_AGO, Batch
from openbell.alerts.stream import EPOCH, Heard, Stream
from openbell.bars.aggregate import OFF_MARKET, OFFICIAL, flags_of
from openbell.bars.buckets import TICK, instants_of
from openbell.model.interval import Interval
from openbell.model.sessions import market_state, sessions

Members = Callable[[Target], Iterable[str]]
"""The symbols of a target now."""


@dataclass(frozen=True, slots=True)
class Facts:
    """How the desk itself is at an instant."""

    feeds_down: Mapping[str, datetime] = field(default_factory=dict)
    """The feeds that are down, and since when."""
    jobs_failed: Mapping[str, datetime] = field(default_factory=dict)
    """The jobs whose last run failed, and when the first one since a good one did."""


class Traded(msgspec.Struct, omit_defaults=True):
    """The volume of a symbol's day so far, and the daily bar that was closed last."""

    day: date | None = None
    volume: float = 0.0
    until: datetime | None = None
    """The start of the newest bar that is in it."""
    closed: date | None = None


class Memory(msgspec.Struct, omit_defaults=True):
    """The state of a watch."""

    made: dict[str, int] = {}
    """By rule, what its memory is of: an edited condition begins anew."""
    arms: dict[str, dict[str, Arms]] = {}
    prices: dict[str, Heard] = {}
    spreads: dict[str, Heard] = {}
    traded: dict[str, Traded] = {}
    told: dict[str, int] = {}


class Watch:
    """Rules on the symbols of their targets. Not thread-safe: entries are heard one after another."""

    def __init__(
        self,
        rules: Iterable[Rule],
        *,
        members: Members,
        backgrounds: Backgrounds,
        exchange_of: Callable[[str], str],
        state: str | None = None,
    ) -> None:
        self._rules = [rule for rule in rules if rule.enabled]
        self._exchange_of = exchange_of
        self._backgrounds = backgrounds
        self._memory = Memory() if state is None else msgspec.json.decode(state, type=Memory)
        self._forget_edited()
        chosen = {rule.id: sorted(set(members(rule.target))) for rule in self._rules if rule.target is not None}
        memory = self._memory
        prices, spreads = self._lines_of(OfPrice, chosen), self._lines_of(Spread, chosen)
        self._prices = Stream(prices, memory.prices, backgrounds=backgrounds, exchange_of=exchange_of)
        self._spreads = Stream(spreads, memory.spreads, backgrounds=backgrounds, exchange_of=exchange_of)
        self._volumes, self._days = self._lines_of(VolumeSpike, chosen), self._lines_of(OfDays, chosen)
        self._stale = self._lines_of(Stale, chosen)
        self._hours = {symbol: Hours(exchange_of(symbol)) for symbol in self._volumes}
        self._pasts: dict[str, tuple[date, Background]] = {}
        memory.traded = {symbol: memory.traded.get(symbol, Traded()) for symbol in {**self._volumes, **self._days}}
        memory.told = {symbol: told for symbol, told in memory.told.items() if symbol in self._stale}

    def state(self) -> str:
        """The memory as JSON, from which another watch goes on; the same for the same things heard, however told."""
        self._memory.prices, self._memory.spreads = self._prices.heard(), self._spreads.heard()
        return msgspec.json.encode(self._memory, order="deterministic").decode()

    def hear(self, trades: pl.DataFrame, quotes: pl.DataFrame) -> list[Firing]:
        """The firings of an entry's TRADES and QUOTES, which are in order of arrival, and the trades of their `seq`."""
        if self._stale:
            self._note(trades)
            self._note(quotes)
        found: list[Firing] = []
        if trades.height and self._prices.watched:
            found += self._prices.hear(_traded(trades, self._prices))
        if quotes.height and self._spreads.watched:
            found += self._spreads.hear(_quoted(quotes, self._spreads))
        return found

    def closed(self, bars: pl.DataFrame) -> list[Firing]:
        """The firings of closed BARS: of less than a day for volumes, of a day for averages, MACD and RSI.

        A bar not after the symbol's last one of its kind does not count again: a correction fires nothing.
        """
        found: list[Firing] = []
        for row in bars.sort("ts", "symbol").iter_rows(named=True):
            interval = Interval.parse(row["interval"])
            if interval.intraday and row["symbol"] in self._volumes and row["volume"] is not None:
                found.extend(self._volume(row["symbol"], row["ts"], interval.length, row["close"], row["volume"]))
            elif str(interval) == "1d" and row["symbol"] in self._days and row["close"] is not None:
                found.extend(self._day(row["symbol"], row["ts"].date(), row["close"]))
        return found

    def at(self, now: datetime, facts: Facts) -> list[Firing]:
        """What the clock finds at `now`: symbols gone silent, feeds down, jobs that failed. An episode fires once."""
        return [*self._silent(now), *self._failing(now, facts)]

    def told_minutes(self) -> dict[str, datetime | None]:
        """The symbols whose closed minutes are wanted, with the start of the newest one that was told."""
        return {symbol: self._memory.traded[symbol].until for symbol in self._volumes}

    def told_days(self) -> dict[str, date | None]:
        """The symbols whose closed days are wanted, with the newest one that was told."""
        return {symbol: self._memory.traded[symbol].closed for symbol in self._days}

    def _lines_of(self, kind: type | UnionType, chosen: Mapping[str, Sequence[str]]) -> dict[str, list[Line]]:
        """By symbol, the lines of the rules with a condition of `kind`."""
        found: dict[str, list[Line]] = {}
        for rule in self._rules:
            if isinstance(rule.condition, kind):
                for symbol in chosen.get(rule.id, ()):
                    found.setdefault(symbol, []).append(self._line(rule, symbol))
        return found

    def _line(self, rule: Rule, name: str) -> Line:
        return Line(rule, self._memory.arms.setdefault(rule.id, {}).setdefault(name, Arms()))

    def _forget_edited(self) -> None:
        made = {rule.id: _fingerprint(rule) for rule in self._rules}
        memory = self._memory
        memory.arms = {
            key: memory.arms[key] for key in made if memory.made.get(key) == made[key] and key in memory.arms
        }
        memory.made = made

    def _note(self, frame: pl.DataFrame) -> None:
        """Remember when each symbol that must not fall silent was last heard of."""
        newest = frame.group_by("symbol").agg(pl.col("ts").max())
        for symbol, ts in newest.filter(pl.col("symbol").is_in(list(self._stale))).iter_rows():
            self._memory.told[symbol] = max((ts - EPOCH) // TICK, self._memory.told.get(symbol, LONG_AGO))

    def _volume(
        self, symbol: str, start: datetime, length: timedelta, close: float | None, volume: float
    ) -> Iterator[Firing]:
        market = self._hours[symbol].at(start)
        traded, day, end = self._memory.traded[symbol], market.session_date, start + length
        if traded.until is not None and start <= traded.until:
            return
        past = self._past(symbol, day)
        if traded.day != day:
            traded.volume = past.volume if traded.day is None else 0.0
        begun = traded.day == day
        before, traded.volume = traded.volume, traded.volume + volume
        traded.day, traded.until = day, start
        for line in self._volumes[symbol]:
            condition = line.rule.condition
            assert isinstance(condition, VolumeSpike)
            usual = past.usual_volume(condition.days)
            line.around(None if not usual else condition.times * usual, None, usual, "up")
            if not (begun and line.arms.began):
                line.begin(before)
            moment = (end - EPOCH) // TICK
            level = line.step(traded.volume, awake=line.awake(moment, day, in_session=market.state == "open"))
            if level is not None:
                line.tell(moment, day)
                seen = Seen(symbol, end, close, traded.volume, level)
                yield fired(line.rule, f"{symbol} {start.isoformat()}", seen)

    def _past(self, symbol: str, day: date) -> Background:
        """The background of the day, asked for once."""
        held = self._pasts.get(symbol)
        if held is None or held[0] != day:
            held = self._pasts[symbol] = day, self._backgrounds(symbol, day)
        return held[1]

    def _day(self, symbol: str, day: date, close: float) -> Iterator[Firing]:
        traded = self._memory.traded[symbol]
        session = sessions(self._exchange_of(symbol), day, day)
        if (traded.closed is not None and day <= traded.closed) or session.is_empty():
            return
        traded.closed = day
        end = session["close"].item(0)
        moment = (end - EPOCH) // TICK
        closes = self._closes(self._backgrounds(symbol, day), close)
        for line in self._days[symbol]:
            found = crossed(line.rule, closes) if line.awake(moment, day, in_session=True) else None
            if found is not None:
                line.tell(moment, day)
                value, level = found
                yield fired(line.rule, f"{symbol} {day}", Seen(symbol, end, close, value, level))

    @staticmethod
    def _closes(past: Background, close: float) -> pl.Series:
        return pl.concat([past.days["close"].drop_nulls(), pl.Series([close], dtype=pl.Float64)])

    def _silent(self, now: datetime) -> Iterator[Firing]:
        for symbol, lines in self._stale.items():
            market = market_state(self._exchange_of(symbol), now)
            if market.state != "open":
                continue
            told = self._memory.told.get(symbol)
            heard = [] if told is None else [EPOCH + told * TICK]
            began = [] if market.since is None else [market.since]
            if not heard and not began:
                continue  # a market that never closes, and nothing heard yet: silent since nobody knows when
            since = max(heard + began)
            for line in lines:
                condition = line.rule.condition
                assert isinstance(condition, Stale)
                if now - since >= timedelta(minutes=condition.minutes):
                    yield from _episode(line, symbol, "silent", since, now, market.session_date)

    def _failing(self, now: datetime, facts: Facts) -> Iterator[Firing]:
        for rule in self._rules:
            match rule.condition:
                case FeedDown(wanted, minutes):
                    long = timedelta(minutes=minutes)
                    chosen = {name: since for name, since in facts.feeds_down.items() if now - since >= long}
                    what = "down"
                case JobFailed(wanted):
                    chosen, what = dict(facts.jobs_failed), "failed"
                case _:
                    continue
            for name, since in sorted(chosen.items()):
                if wanted is None or name == wanted:
                    yield from _episode(self._line(rule, name), name, what, since, now, now.date())


def _episode(line: Line, name: str, what: str, since: datetime, now: datetime, day: date) -> Iterator[Firing]:
    """Tell an episode that began at `since` once; a sleeping rule tells it when it wakes, if it lasts."""
    event, moment = f"{name} {what} {since.isoformat()}", (now - EPOCH) // TICK
    if line.arms.episode != event and line.awake(moment, day, in_session=True):
        line.arms.episode = event
        line.tell(moment, day)
        quiet = line.rule.quiet is not None and line.rule.quiet.covers(now)
        yield replace(fired(line.rule, event, Seen(name, since)), quiet=quiet)


def spent(rules: Iterable[tuple[Rule, Sequence[str]]], state: str) -> set[str]:
    """The ids of enabled rules that fire once and have done so on each of their symbols, by the `state` of a watch."""
    memory = msgspec.json.decode(state, type=Memory)

    def has_fired(rule: Rule, symbol: str) -> bool:
        arms = memory.arms.get(rule.id, {}).get(symbol)
        return memory.made.get(rule.id) == _fingerprint(rule) and arms is not None and arms.fired is not None

    return {
        rule.id
        for rule, symbols in rules
        if rule.enabled and rule.repeat == "once" and symbols and all(has_fired(rule, each) for each in symbols)
    }


def _fingerprint(rule: Rule) -> int:
    return crc32(msgspec.json.encode((rule.condition, rule.hysteresis_pct)))


def _traded(trades: pl.DataFrame, stream: Stream) -> Batch:
    """The trades that set a price, of the symbols that are watched."""
    rows = trades
    if rows["suspicious"].any():
        rows = rows.filter(~pl.col("suspicious").fill_null(value=False))
    if rows["condition"].null_count() < rows.height:
        sets = flags_of(rows["condition"]) & (OFFICIAL | OFF_MARKET) == 0
        rows = rows if sets.all() else rows.filter(pl.Series(sets))
    price = rows["price"].to_numpy()
    return _watched(rows, stream, rows["seq"].to_numpy(), price, price)


def _quoted(quotes: pl.DataFrame, stream: Stream) -> Batch:
    """The spreads, in percent of the middle, of quotes with a bid and an ask."""
    bid, ask = (quotes[name].to_numpy() for name in ("bid", "ask"))
    middle = np.where((bid > 0) & (ask >= bid), (bid + ask) / 2, np.nan)
    # quotes have no number: of several at one instant the first counts
    return _watched(quotes, stream, np.zeros(quotes.height, np.int64), 100 * (ask - bid) / middle, middle)


def _watched(rows: pl.DataFrame, stream: Stream, seq: np.ndarray, value: np.ndarray, price: np.ndarray) -> Batch:
    code = stream.screen.codes(rows["symbol"])
    batch = Batch(code, instants_of(rows["ts"]), seq, value, price)
    counted = (code >= 0) & (price > 0) & np.isfinite(price)
    return batch if counted.all() else batch.take(counted)
