"""Prices, or spreads, of many symbols against the lines of their rules, value by value where anything may happen."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec

from openbell.alerts.background import Background, Backgrounds
from openbell.alerts.hours import Hours
from openbell.alerts.lines import NEVER, Line
from openbell.alerts.rules import Crosses, Drawdown, Firing, Moves, NewExtreme, Seen, Spread, fired
from openbell.alerts.screen import LONG_AGO, Batch, Screen
from openbell.bars.buckets import TICK

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1) // TICK


class Heard(msgspec.Struct, omit_defaults=True):
    """What is remembered of a symbol. Instants are microseconds since 1970."""

    ts: int | None = None
    seq: int = -1
    value: float | None = None
    day: date | None = None
    """The trade date of what follows."""
    open: float | None = None
    first: float | None = None
    """The day's first value, regular or not."""
    minutes: list[tuple[int, float]] = []
    """Minutes since 1970 and their last value, as far back as a rule looks."""


class Follow:
    """One symbol of a stream: its memory, its lines, and what holds until the next turn of the clock."""

    def __init__(self, symbol: str, lines: Sequence[Line], heard: Heard, hours: Hours) -> None:
        self.symbol = symbol
        self.hours = hours
        self.lines = lines
        self.heard = heard
        self.past: Background | None = None
        self.in_session = False
        self.turn: float = LONG_AGO
        looks_back = [line.rule.condition for line in lines]
        self.reach = max((each.minutes for each in looks_back if isinstance(each, Moves)), default=0)

    def bounds(self, at: int, day: date) -> tuple[float, float, float]:
        """Between the first two values nothing happens until the instant that is the third."""
        lower, upper, turn = -NEVER, NEVER, self.turn
        for line in self.lines:
            low, high = line.bounds(awake=line.awake(at, day, in_session=self.in_session))
            lower, upper = max(lower, low), min(upper, high)
            if isinstance(line.rule.condition, Drawdown) and line.arms.anchor is not None:
                upper = min(upper, math.nextafter(line.arms.anchor, NEVER))
            if at < line.wakes() < turn:
                turn = line.wakes()
        return lower, upper, turn


class Stream:
    """The values of many symbols, in order of their own time."""

    def __init__(
        self,
        lines: Mapping[str, Sequence[Line]],
        heard: Mapping[str, Heard],
        *,
        backgrounds: Backgrounds,
        exchange_of: Callable[[str], str],
    ) -> None:
        self._backgrounds = backgrounds
        self._follows = [
            Follow(symbol, lines[symbol], heard.get(symbol, Heard()), Hours(exchange_of(symbol)))
            for symbol in sorted(lines)
        ]
        self.screen = Screen([follow.symbol for follow in self._follows])
        for code, each in enumerate(follow.heard for follow in self._follows):
            if each.ts is not None and each.value is not None:
                self._put(code, each.ts, each.seq, each.value)

    @property
    def watched(self) -> bool:
        """Whether there is any line to reach."""
        return bool(self._follows)

    def heard(self) -> dict[str, Heard]:
        """What is remembered, by symbol."""
        screen, known = self.screen, {}
        for code, follow in enumerate(self._follows):
            if screen.ts[code] > LONG_AGO:
                heard = follow.heard
                heard.ts, heard.seq, heard.value = (
                    int(screen.ts[code]),
                    int(screen.seq[code]),
                    float(screen.value[code]),
                )
                known[follow.symbol] = heard
        return known

    def hear(self, batch: Batch) -> list[Firing]:
        """The firings that `batch` sets off, in order of their instants."""
        found = [firing for code, rows in self.screen.sift(batch) for firing in self._walk(code, rows)]
        return sorted(found, key=lambda firing: firing.at)

    def _put(self, code: int, ts: int, seq: int, value: float) -> None:
        self.screen.ts[code], self.screen.seq[code], self.screen.value[code] = ts, seq, value

    def _walk(self, code: int, rows: Batch) -> Iterator[Firing]:
        """Hear the values of one symbol one after another."""
        follow, screen = self._follows[code], self.screen
        before = (int(screen.ts[code]), float(screen.value[code])) if screen.ts[code] > LONG_AGO else None
        lower, upper, turn = float(screen.lower[code]), float(screen.upper[code]), float(screen.turn[code])
        columns = (rows.ts.tolist(), rows.seq.tolist(), rows.value.tolist(), rows.price.tolist())
        for at, seq, value, price in zip(*columns, strict=True):
            if at >= turn:
                self._turn(follow, at, value, before)
            if at >= turn or not lower < value < upper:
                yield from _stepped(follow, at, seq, value, price)
                lower, upper, turn = follow.bounds(at, _day(follow))
            before = at, value
        self._put(code, columns[0][-1], columns[1][-1], columns[2][-1])
        screen.lower[code], screen.upper[code], screen.turn[code] = lower, upper, turn

    def _turn(self, follow: Follow, at: int, value: float, before: tuple[int, float] | None) -> None:
        """The clock says something new: a session, its open or close, a minute, the end of a cool-down."""
        heard, moment = follow.heard, EPOCH + at * TICK
        market = follow.hours.at(moment)
        rolled = heard.day != market.session_date
        if rolled or follow.past is None:
            follow.past = self._backgrounds(follow.symbol, market.session_date)
        past = follow.past
        follow.in_session = market.state == "open"
        if rolled:
            heard.day, heard.open, heard.first, heard.minutes = market.session_date, past.open, None, []
        elif before is not None and follow.reach:
            _remember_minute(follow, at // MINUTE, before)
        opened = heard.open is None and follow.in_session
        heard.open = value if opened else heard.open
        heard.first = value if heard.first is None else heard.first
        current = past.last if before is None else None if rolled else before[1]
        for line in follow.lines:
            _aim(line, _Now(heard, past, at // MINUTE, value, current, rolled, opened, known=before is not None))
        follow.turn = NEVER if follow.hours.until is None else (follow.hours.until - EPOCH) // TICK
        if follow.reach:
            follow.turn = min(follow.turn, (at // MINUTE + 1) * MINUTE)


class _Now(msgspec.Struct, frozen=True):
    """What a line is aimed by."""

    heard: Heard
    past: Background
    minute: int
    value: float
    current: float | None
    """The value in force before this one, if it is of the same day."""
    rolled: bool
    """A new trade date has begun."""
    opened: bool
    """The first regular value of the day."""
    known: bool
    """Values were heard before."""


def _aim(line: Line, now: _Now) -> None:
    """Set the triggers of `line`, and begin it where its reference is a new one."""
    condition, arms, past = line.rule.condition, line.arms, now.past
    before = next(each for each in (now.current, past.previous_close, now.value) if each is not None)
    renewed = False
    match condition:
        case Crosses(level, direction):
            line.around(level, level, level, direction)
            renewed = now.rolled and past.split != 1
        case Moves():
            renewed = condition.since != "last_alert" and (now.rolled or (now.opened and condition.since == "open"))
            reference = _reference(line, now, before)
            up, down = (None if reference is None else reference * (1 + s * condition.percent / 100) for s in (1, -1))
            line.around(up, down, reference, condition.direction)
            if reference is not None and (now.current is None or (renewed and now.known)):
                before = reference  # where a reference begins, nothing has moved
        case NewExtreme(days, of):
            renewed = now.rolled
            if of == "high":
                top = past.highest(days)
                line.around(None if top is None else math.nextafter(top, NEVER), None, top, "up")
            else:
                low = past.lowest(days)
                line.around(None, None if low is None else math.nextafter(low, -NEVER), low, "down")
        case Drawdown():
            _peak(line, condition, now, before)
        case Spread(percent):
            line.around(percent, None, None, "up")
            before = now.value if now.current is None else now.current
    if renewed:
        arms.began = False
    if not arms.began and line.aimed:
        line.begin(before)


def _reference(line: Line, now: _Now, before: float) -> float | None:
    """What a move is measured from."""
    condition, arms, heard = line.rule.condition, line.arms, now.heard
    assert isinstance(condition, Moves)
    match condition.since:
        case "previous_close":
            return now.past.previous_close
        case "open":
            return heard.open
        case "last_alert":
            if arms.anchor is None:
                arms.anchor = before
            elif now.rolled:
                arms.anchor /= now.past.split
            return arms.anchor
        case "minutes":
            old = [close for minute, close in heard.minutes if minute <= now.minute - condition.minutes]
            return old[-1] if old else heard.first


def _peak(line: Line, condition: Drawdown, now: _Now, before: float) -> None:
    """The peak of a drawdown: of the window that ends with the day, and from then on of what is heard."""
    arms = line.arms
    if now.rolled or arms.anchor is None:
        window = now.past.days if condition.days is None else now.past.days.tail(condition.days)
        highest = Background(window).highest(None)
        arms.anchor = before if highest is None else max(highest, before)
    line.around(None, arms.anchor * (1 - condition.percent / 100), arms.anchor, "down")


def _stepped(follow: Follow, at: int, seq: int, value: float, price: float) -> Iterator[Firing]:
    """One value against every line of its symbol."""
    day = _day(follow)
    for line in follow.lines:
        condition, arms = line.rule.condition, line.arms
        if isinstance(condition, Drawdown) and arms.anchor is not None and value > arms.anchor:
            arms.anchor, arms.down = value, True
            line.around(None, value * (1 - condition.percent / 100), value, "down")
        level = line.step(value, awake=line.awake(at, day, in_session=follow.in_session))
        if level is None:
            continue
        line.tell(at, day)
        moment = EPOCH + at * TICK
        event = f"{follow.symbol} {moment.isoformat()} {seq}"
        yield fired(line.rule, event, Seen(follow.symbol, moment, price, value, level, line.reference))
        if isinstance(condition, Moves) and condition.since == "last_alert":
            arms.anchor = value
            share = condition.percent / 100
            line.around(value * (1 + share), value * (1 - share), value, condition.direction)
            line.begin(value)


def _day(follow: Follow) -> date:
    assert follow.heard.day is not None  # the first value of all turned the clock
    return follow.heard.day


def _remember_minute(follow: Follow, minute: int, before: tuple[int, float]) -> None:
    """Keep the last value of the minute that is over, and what is old enough for the rule that looks back furthest."""
    heard, ended = follow.heard, before[0] // MINUTE
    if ended < minute and (not heard.minutes or heard.minutes[-1][0] < ended):
        heard.minutes = [*heard.minutes, (ended, before[1])]
    old = sum(each <= minute - follow.reach for each, _ in heard.minutes)
    heard.minutes = heard.minutes[max(0, old - 1) :]
