"""Prices, or spreads, of many symbols against the lines of their rules, value by value where anything may happen."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec

from openbell.alerts.background import Background, Backgrounds
from openbell.alerts.conditions import Crosses, Drawdown, Moves, NewExtreme, Spread
from openbell.alerts.hours import Hours
from openbell.alerts.lines import NEVER, Line
from openbell.alerts.rules import Firing, Seen, fired
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
    minutes: list[tuple[int, float]] = []
    """Minutes since 1970 and their last value, as far back as a rule looks. Those that nobody heard are taken to have
    had the first value that was heard after them: nothing moved in them."""
    missed: bool = False
    """Whether values may have been missed since the last one."""


class Follow:
    """One symbol of a stream: its memory, its lines, and what holds until the next turn of the clock."""

    def __init__(self, symbol: str, lines: Sequence[Line], heard: Heard, hours: Hours) -> None:
        self.symbol = symbol
        self.hours = hours
        self.lines = lines
        self.heard = heard
        self.past: Background | None = None
        self.lacking = False
        """Whether more may be known of the past than was handed over."""
        self.in_session = False
        self.turn: float = LONG_AGO
        looks_back = [line.rule.condition for line in lines]
        self.reach = max((each.minutes for each in looks_back if isinstance(each, Moves)), default=0)
        if not self.reach:
            heard.minutes = []

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

    def learn(self, symbol: str) -> None:
        """More is known of the time before: the next value of `symbol` is judged by it."""
        for code, follow in enumerate(self._follows):
            if follow.symbol == symbol:
                follow.lacking, self.screen.turn[code] = True, LONG_AGO

    def resume(self) -> None:
        """Values come again: no rule looks back into what may have been missed, and what was may be known."""
        for follow in self._follows:
            follow.heard.missed = follow.lacking = True
        self.screen.turn[:] = LONG_AGO

    def forget_after(self, at: int) -> None:
        """No value is of a time after `at`: symbols that were heard then begin anew."""
        for code, follow in enumerate(self._follows):
            if self.screen.ts[code] > at:
                follow.heard = Heard()
                self.screen.forget(code)

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
        """The clock says something new: a session, its open or close, a minute, the end of a cool-down.

        Or more is known of the time before.
        """
        heard, moment = follow.heard, EPOCH + at * TICK
        market = follow.hours.at(moment)
        rolled, known = heard.day != market.session_date, follow.past
        asked = rolled or follow.lacking or known is None
        if asked:
            follow.past, follow.lacking = self._backgrounds(follow.symbol, market.session_date), False
        past = follow.past
        assert past is not None
        follow.in_session = market.state == "open"
        split = 1.0 if heard.day is None or not rolled else past.split(heard.day, market.session_date)
        if rolled:
            heard.day, heard.open, heard.minutes = market.session_date, None, []
        if follow.reach:
            _remember_minute(follow, at // MINUTE, value, before)
        heard.missed = False
        opened = heard.open is None and (past.open is not None or (follow.in_session and not past.missed))
        if opened:
            heard.open = value if past.open is None else past.open
        now = _Now(
            heard=heard, past=past, at=moment, value=value,
            rolled=rolled, opened=opened, split=split,
            before=None if before is None or rolled else before[1],
            closed=before[1] / split if before is not None and rolled else None,
            learned=asked and not rolled, bare=known is not None and known.days.is_empty(),
        )  # fmt: skip
        for line in follow.lines:
            _aim(line, now)
        follow.turn = NEVER if follow.hours.until is None else (follow.hours.until - EPOCH) // TICK
        if follow.reach:
            follow.turn = min(follow.turn, (at // MINUTE + 1) * MINUTE)


class _Now(msgspec.Struct, kw_only=True):
    """What a line is aimed by."""

    heard: Heard
    past: Background
    at: datetime
    value: float
    before: float | None
    """The value before this one, if it is of the same day."""
    closed: float | None
    """The last value of an earlier day, on this day's scale, where this one is the first of its day."""
    rolled: bool
    """A new trade date has begun."""
    opened: bool
    """The day's open is known from here on."""
    learned: bool
    """More is known of the past than before."""
    bare: bool
    """No day of it was known before."""
    split: float
    """New units per old one since the last value of an earlier day."""

    def current(self) -> float | None:
        """The value in force before this one for a line that begins; None where this one is the session's first."""
        if self.before is not None:
            return self.before
        past = self.past
        if past.last is None:
            return self.value if past.within else None
        return past.last if past.last_at is None or past.last_at <= self.at else self.value

    def origin(self, reference: float | None, *, anew: bool) -> float:
        """Where a line begins: what is in force, or `anew`, where a reference begins and nothing has moved yet."""
        found = (None if anew else self.current(), reference, self.past.previous_close, self.closed, self.value)
        return next(each for each in found if each is not None)


def _aim(line: Line, now: _Now) -> None:
    """Set the triggers of `line`, and begin it where its reference is a new one.

    One that had begun before and whose new reference is not known yet waits, and is then measured from there.
    """
    condition, arms, past = line.rule.condition, line.arms, now.past
    renewed, reference = False, None
    match condition:
        case Crosses(level, direction):
            line.around(level, level, level, direction)
            renewed = now.split != 1
        case Moves():
            renewed = condition.since != "last_alert" and (now.rolled or (now.opened and condition.since == "open"))
            reference = _reference(line, now)
            up, down = (None if reference is None else reference * (1 + s * condition.percent / 100) for s in (1, -1))
            line.around(up, down, reference, condition.direction)
        case NewExtreme(days, of):
            renewed = now.rolled
            if of == "high":
                top = past.highest(days)
                line.around(None if top is None else math.nextafter(top, NEVER), None, top, "up")
            else:
                low = past.lowest(days)
                line.around(None, None if low is None else math.nextafter(low, -NEVER), low, "down")
        case Drawdown():
            _peak(line, condition, now)
        case Spread(percent):
            line.around(percent, None, None, "up")
    if renewed and arms.began:
        arms.began, arms.waits = False, True
    if not arms.began and line.aimed:
        if isinstance(condition, Spread):
            line.begin(now.value if now.before is None else now.before)
        else:
            line.begin(now.origin(reference, anew=arms.waits))


def _reference(line: Line, now: _Now) -> float | None:
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
                arms.anchor = now.origin(None, anew=False)
            else:
                arms.anchor /= now.split
            return arms.anchor
        case "minutes":
            before = (now.at - EPOCH) // TICK // MINUTE - condition.minutes
            old = [close for minute, close in heard.minutes if minute <= before]
            return old[-1] if old else heard.minutes[0][1]


def _peak(line: Line, condition: Drawdown, now: _Now) -> None:
    """The peak of a drawdown: of the window that ends with the day, and from then on of what is heard.

    As long as the window is not known, an older peak stays, and where there is none the rule waits.
    """
    arms, past = line.arms, now.past
    known = past.current or past.days.is_empty()
    peak = past.peak(condition.days) if known else None
    if arms.anchor is None or now.rolled:
        if known:
            begin = now.origin(None, anew=arms.began)
            arms.anchor = begin if peak is None else max(peak, begin)
        elif arms.anchor is not None:
            arms.anchor /= now.split
    elif now.learned and peak is not None and peak > arms.anchor:
        arms.anchor = peak
        arms.began = arms.began and not now.bare
    if arms.anchor is not None:
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


def _remember_minute(follow: Follow, minute: int, value: float, before: tuple[int, float] | None) -> None:
    """Keep the last value of the minute that is over, and what is old enough for the rule that looks back furthest."""
    heard = follow.heard
    if before is None or not heard.minutes:
        heard.minutes = [(minute - 1, value)]
        return
    ended = before[0] // MINUTE
    if heard.minutes[-1][0] < ended < minute:
        heard.minutes = [*heard.minutes, (ended, before[1])]
    if heard.missed and ended + 1 < minute:
        heard.minutes = [*heard.minutes, (ended + 1, value)]
    old = sum(each <= minute - follow.reach for each, _ in heard.minutes)
    heard.minutes = heard.minutes[max(0, old - 1) :]
