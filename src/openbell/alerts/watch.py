"""The watch: what is heard, closed or down, against all rules. A function of what it is told: it reads no clock.

Whoever keeps its `state` with the place in the log, and its firings by (rule, event), fires each event once for good.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import chain
from types import UnionType
from zlib import crc32

import msgspec
import numpy as np
import polars as pl

from openbell.alerts.background import Backgrounds
from openbell.alerts.conditions import FeedDown, JobFailed, OfDays, OfPrice, Spread, Stale, VolumeSpike
from openbell.alerts.crossings import crossed
from openbell.alerts.lines import NEVER, Arms, Line, resting
from openbell.alerts.rules import Firing, Rule, Seen, fired
from openbell.alerts.screen import Batch
from openbell.alerts.stream import EPOCH, Heard, Stream
from openbell.bars.aggregate import NOT_LAST, OFFICIAL, flags_of
from openbell.bars.buckets import TICK, instants_of
from openbell.model.interval import Interval
from openbell.model.sessions import market_state, sessions

AHEAD = timedelta(hours=25)
"""What is of a time still later was heard while our clock was wrong; a smaller step back is waited for."""

Members = Callable[[Rule], Iterable[str]]
"""The symbols that a rule is on now: of one target, not everybody sees the same."""


@dataclass(frozen=True, slots=True)
class Facts:
    """How the desk itself is at an instant."""

    feeds_down: Mapping[str, datetime] = field(default_factory=dict)
    """The feeds that are down, and since when."""
    feeds_live: Collection[str] = ()
    """The feeds that deliver: what is told of them next is another failure."""
    jobs_failed: Mapping[str, datetime] = field(default_factory=dict)
    """The jobs whose last run failed, and when the first one since a good one did."""


class Memory(msgspec.Struct, omit_defaults=True):
    """The state of a watch."""

    made: dict[str, int] = {}
    """By rule, what its memory is of: an edited condition begins anew."""
    arms: dict[str, dict[str, Arms]] = {}
    prices: dict[str, Heard] = {}
    spreads: dict[str, Heard] = {}
    closed: dict[str, date] = {}
    """By symbol, the daily bar that was judged last."""
    told: dict[str, int] = {}
    """By symbol, when it was heard of last."""


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
        every = list(rules)
        self._rules = [rule for rule in every if rule.enabled]
        self._exchange_of = exchange_of
        self._backgrounds = backgrounds
        self._memory = Memory() if state is None else msgspec.json.decode(state, type=Memory)
        chosen = {rule.id: sorted(set(members(rule))) for rule in self._rules if rule.target is not None}
        self._forget(every, chosen)
        memory = self._memory
        prices, spreads = self._lines_of(OfPrice, chosen), self._lines_of(Spread, chosen)
        self._prices = Stream(prices, memory.prices, backgrounds=backgrounds, exchange_of=exchange_of)
        self._spreads = Stream(spreads, memory.spreads, backgrounds=backgrounds, exchange_of=exchange_of)
        self._volumes, self._days = self._lines_of(VolumeSpike, chosen), self._lines_of(OfDays, chosen)
        self._stale = self._lines_of(Stale, chosen)
        self._venues: dict[str, list[str]] = {}
        for symbol in self._volumes:
            self._venues.setdefault(exchange_of(symbol), []).append(symbol)
        memory.closed = {symbol: day for symbol, day in memory.closed.items() if symbol in self._days}
        memory.told = {symbol: told for symbol, told in memory.told.items() if symbol in self._stale}

    def state(self) -> str:
        """The memory as JSON, from which another watch goes on; the same for the same things heard, however told."""
        self._memory.prices, self._memory.spreads = self._prices.heard(), self._spreads.heard()
        return msgspec.json.encode(self._memory, order="deterministic").decode()

    def hear(self, trades: pl.DataFrame, quotes: pl.DataFrame) -> list[Firing]:
        """The firings of an entry's TRADES and QUOTES, which are in order of arrival, and the trades of their `seq`."""
        found: list[Firing] = []
        if trades.height and self._prices.watched:
            found += self._prices.hear(_traded(trades, self._prices))
        if quotes.height and self._spreads.watched:
            found += self._spreads.hear(_quoted(quotes, self._spreads))
        return found

    def resume(self) -> None:
        """A feed is heard again: what was before the next value may have been missed."""
        self._prices.resume()

    def set_right(self, now: datetime) -> None:
        """It is `now`: what is remembered of a later time was told by a clock that was ahead, and proves nothing."""
        moment, latest, memory = (now - EPOCH) // TICK, (now + AHEAD - EPOCH) // TICK, self._memory
        self._prices.forget_after(latest)
        self._spreads.forget_after(latest)
        memory.told = {symbol: moment if told > latest else told for symbol, told in memory.told.items()}
        for arms in chain.from_iterable(each.values() for each in memory.arms.values()):
            arms.born = moment if arms.born is not None and arms.born > latest else arms.born
            arms.fired = moment if arms.fired is not None and arms.fired > latest else arms.fired

    def begin(self, now: datetime) -> None:
        """Rules that nobody has asked for before are made at `now`: what was so already is no event of theirs."""
        for line in chain(*self._volumes.values(), *self._stale.values()):
            line.birth((now - EPOCH) // TICK)

    def note(self, heard: pl.DataFrame, now: datetime) -> None:
        """The symbols of `heard` were heard of at `now`, whatever time their prices are of."""
        if self._stale:
            for symbol in heard["symbol"].unique():
                if symbol in self._stale:
                    self._memory.told[symbol] = (now - EPOCH) // TICK

    def traded(self, minutes: pl.DataFrame, now: datetime) -> list[Firing]:
        """The firings of the volumes of whole trade dates: their BARS of less than a day that are over at `now`.

        However often a date is told, with late minutes or healed ones, each minute counts once, as it is now.
        """
        found: list[Firing] = []
        self.begin(now)
        for venue, symbols in self._venues.items():
            bars = _dated(minutes.filter(pl.col("symbol").is_in(symbols)).drop_nulls("volume"), venue)
            totals = bars.group_by("symbol", "trade_date").agg(pl.sum("volume")).sort("trade_date", "symbol")
            for symbol, day, total in totals.iter_rows():
                rows = bars.filter(symbol=symbol, trade_date=day)
                found.extend(self._volume(symbol, day, total, rows, (now - EPOCH) // TICK))
        return found

    def closed(self, days: pl.DataFrame) -> list[Firing]:
        """The firings of closed daily BARS: averages, MACD and RSI.

        A day not after the symbol's last one does not count again: a correction fires nothing.
        """
        found: list[Firing] = []
        for symbol, ts, interval, close in days.sort("ts", "symbol").select("symbol", "ts", "interval", "close").rows():
            if interval == "1d" and symbol in self._days and close is not None:
                found.extend(self._day(symbol, ts.date(), close))
        return found

    def at(self, now: datetime, facts: Facts) -> list[Firing]:
        """The feeds that are down at `now`, and the jobs that failed. An episode fires once."""
        return list(self._failing(now, facts))

    def silent(self, now: datetime, since: datetime) -> list[Firing]:
        """The symbols gone silent at `now`, of which all was heard from `since` on. An episode fires once."""
        return list(self._silent(now, since))

    def learn(self, symbol: str) -> None:
        """More is known of the past of `symbol`."""
        self._prices.learn(symbol)
        self._spreads.learn(symbol)

    @property
    def volumes(self) -> Collection[str]:
        """The symbols whose volumes are wanted."""
        return self._volumes.keys()

    def told_days(self) -> Mapping[str, date]:
        """The symbols whose closed days are wanted, with the newest one that was judged."""
        return self._memory.closed

    def new_days(self) -> list[str]:
        """The symbols whose closed days are wanted, and that `begin_days` was not told for."""
        return [symbol for symbol in self._days if symbol not in self._memory.closed]

    def begin_days(self, symbol: str, day: date) -> None:
        """The days of `symbol` after `day` are to be judged."""
        self._memory.closed[symbol] = day

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

    def _forget(self, rules: Iterable[Rule], chosen: Mapping[str, Collection[str]]) -> None:
        """What is not asked for now rests; an edited rule begins anew."""
        made, memory, kept = {rule.id: _fingerprint(rule) for rule in rules}, self._memory, dict[str, dict[str, Arms]]()
        for rule in rules:
            if memory.made.get(rule.id) == made[rule.id]:
                of_the_desk = rule.enabled and rule.target is None
                kept[rule.id] = {
                    name: arms if of_the_desk or name in chosen.get(rule.id, ()) else resting(arms)
                    for name, arms in memory.arms.get(rule.id, {}).items()
                }
        memory.arms, memory.made = kept, made

    def _volume(self, symbol: str, day: date, total: float, minutes: pl.DataFrame, now: int) -> Iterator[Firing]:
        past = self._backgrounds(symbol, day)
        for line in self._volumes[symbol]:
            condition, born, told = line.rule.condition, line.birth(now), line.arms.fired_on
            assert isinstance(condition, VolumeSpike)
            level = condition.times * (past.usual_volume(condition.days) or NEVER)
            if total >= level and told != day:
                yield from _spiked(line, day, level, minutes, born)

    def _day(self, symbol: str, day: date, close: float) -> Iterator[Firing]:
        told, session = self._memory.closed.get(symbol), sessions(self._exchange_of(symbol), day, day)
        if (told is not None and day <= told) or session.is_empty():
            return
        self._memory.closed[symbol] = day
        end = session["close"].item(0)
        moment = (end - EPOCH) // TICK
        before = self._backgrounds(symbol, day).days["close"].drop_nulls()
        closes = pl.concat([before, pl.Series([close], dtype=pl.Float64)])
        for line in self._days[symbol]:
            found = crossed(line.rule, closes) if line.awake(moment, day, in_session=True) else None
            if found is not None:
                line.tell(moment, day)
                value, level = found
                yield fired(line.rule, f"{symbol} {day}", Seen(symbol, end, close, value, level))

    def _silent(self, now: datetime, since: datetime) -> Iterator[Firing]:
        moment = (now - EPOCH) // TICK
        for symbol, lines in self._stale.items():
            told = EPOCH + self._memory.told.setdefault(symbol, moment) * TICK
            market = market_state(self._exchange_of(symbol), now)
            silent = told if market.since is None else max(told, market.since)
            for line in lines:
                condition, begun = line.rule.condition, max(silent, since, EPOCH + line.birth(moment) * TICK)
                assert isinstance(condition, Stale)
                event = f"{symbol} silent {silent.isoformat()}"
                if market.state == "open" and now - begun >= timedelta(minutes=condition.minutes):
                    yield from _episode(line, event, Seen(symbol, begun), now, market.session_date)

    def _failing(self, now: datetime, facts: Facts) -> Iterator[Firing]:
        for rule in self._rules:
            match rule.condition:
                case FeedDown(wanted, minutes):
                    yield from self._down(rule, wanted, timedelta(minutes=minutes), now, facts)
                case JobFailed(wanted):
                    for name, since in _wanted(facts.jobs_failed, wanted):
                        event = f"{name} failed {since.isoformat()}"
                        yield from _episode(self._line(rule, name), event, Seen(name, since), now, now.date())

    def _down(self, rule: Rule, wanted: str | None, long: timedelta, now: datetime, facts: Facts) -> Iterator[Firing]:
        """An outage is one, over all restarts of the desk, until the feed has been live."""
        for name in facts.feeds_live:
            self._line(rule, name).arms.episode = ""
        for name, since in _wanted(facts.feeds_down, wanted):
            line = self._line(rule, name)
            if now - since >= long and not line.arms.episode:
                yield from _episode(line, f"{name} down {since.isoformat()}", Seen(name, since), now, now.date())


def _wanted(found: Mapping[str, datetime], wanted: str | None) -> Iterator[tuple[str, datetime]]:
    return ((name, since) for name, since in sorted(found.items()) if wanted is None or name == wanted)


def _episode(line: Line, event: str, seen: Seen, now: datetime, day: date) -> Iterator[Firing]:
    """Tell an episode once; a sleeping rule tells it when it wakes, if it lasts."""
    moment = (now - EPOCH) // TICK
    if line.arms.episode != event and line.awake(moment, day, in_session=True):
        line.arms.episode = event
        line.tell(moment, day)
        quiet = line.rule.quiet is not None and line.rule.quiet.covers(now)
        yield replace(fired(line.rule, event, seen), quiet=quiet)


def _dated(bars: pl.DataFrame, exchange: str) -> pl.DataFrame:
    """BARS of less than a day, oldest first, with their `trade_date` and whether they are of its `regular` hours."""
    if bars.is_empty():
        return bars.with_columns(trade_date=pl.lit(None, pl.Date), regular=pl.lit(None, pl.Boolean))
    first, last = bars.select(pl.min("ts").dt.date(), last=pl.max("ts").dt.date()).row(0)
    margin = timedelta(days=10)  # over every holiday
    venue = sessions(exchange, first - margin, last + margin).select("trade_date", "open", "close", "post")
    over = bars.sort("ts", "symbol").with_columns(over=pl.col("ts") + TICK)
    found = over.join_asof(venue, left_on="over", right_on="post", strategy="forward")
    return found.with_columns(regular=pl.col("ts").is_between("open", "close", closed="left"))


def _spiked(line: Line, day: date, level: float, minutes: pl.DataFrame, born: int) -> Iterator[Firing]:
    """The first of a date's minutes at whose end the volume is unusual and the rule may tell it.

    What was so before the rule was made is no event.
    """
    length = Interval.parse(minutes["interval"].item(0)).length
    reached = minutes.with_columns(total=pl.cum_sum("volume")).filter(pl.col("total") >= level)
    for symbol, start, close, regular, total in reached.select("symbol", "ts", "close", "regular", "total").iter_rows():
        end = start + length
        moment = (end - EPOCH) // TICK
        if moment <= born:
            return
        if line.awake(moment, day, in_session=regular):
            line.tell(moment, day)
            yield fired(line.rule, f"{symbol} {start.isoformat()}", Seen(symbol, end, close, total, level))
            return


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
        sets = flags_of(rows["condition"]) & (OFFICIAL | NOT_LAST) == 0
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
