"""Gaps: the stretches in which no feed heard of a symbol, and the healing of them from the vendors' own minutes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from openbell.model.errors import NotEntitled, NotOffered, OpenbellError, RateLimited, UnknownSymbol
from openbell.model.interval import MINUTE
from openbell.model.sessions import sessions

SETTLED = timedelta(seconds=5)
"""How long after a minute its vendor has its own bar of it."""

DELAYED = timedelta(minutes=20)
"""By then a vendor that is allowed to tell minutes late has told them; those it has not were quiet."""

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=30)
"""Before vendors are asked again for what they did not deliver; the wait doubles each time."""

PACE = timedelta(minutes=5)
"""How long a symbol that was healed just now waits where no whole minute was missed: a line that is cut again and again
must not ask for every symbol each time."""

GIVEN_UP = timedelta(days=1)
"""A gap that old is not asked for any more."""

Fetch = Callable[[str, datetime, datetime], datetime | None]
"""Stores the minutes of a symbol with start <= ts < end; returns the newest that is stored. Raises OpenbellError."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch in which a feed did not hear of its symbols."""

    feed: str
    symbols: tuple[str, ...]
    start: datetime
    end: datetime


class Coverage:
    """Up to when each symbol was heard, by whichever feed."""

    def __init__(self, heard_until: datetime | None = None) -> None:
        """`heard_until`: when an earlier run of the desk heard the last word."""
        self._heard_until = heard_until
        self._until: dict[str, datetime] = {}

    def follow(self, symbols: Iterable[str], now: datetime) -> None:
        """From `now` on these are to be heard; those of the first call were by the earlier run, too."""
        since, self._heard_until = self._heard_until or now, None
        self._until = {symbol: self._until.get(symbol, since) for symbol in symbols}

    def heard(self, symbols: Iterable[str], now: datetime) -> None:
        """`symbols` are heard at `now`."""
        self._until |= dict.fromkeys(symbols, now)

    def gaps(self, feed: str, symbols: Iterable[str], now: datetime) -> list[Gap]:
        """What `feed`, which begins to hear `symbols` at `now`, finds missing; at least the minute of now, which it
        hears in part."""
        starts: dict[datetime, list[str]] = {}
        for symbol in sorted(symbols):
            starts.setdefault(min(self._until.get(symbol, now), now), []).append(symbol)
        return [Gap(feed, tuple(alike), start, now) for start, alike in sorted(starts.items())]


@dataclass(frozen=True, slots=True)
class _Healed:
    """What a vendor was asked for, and up to when it had bars."""

    start: datetime
    until: datetime
    at: datetime

    def has(self, start: datetime, end: datetime) -> bool:
        """Whether [start, end) is there; what is not there so late was quiet."""
        return self.start <= start and (end <= self.until or (end <= self.at - DELAYED))


class Healer:
    """Heals gaps, one symbol at a time: what a vendor does not deliver now is asked for again, and gaps of a symbol
    that wait at the same time are asked for together."""

    def __init__(
        self,
        fetch: Fetch,
        healed: Callable[[Sequence[str], datetime, datetime], None],
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
        venue_of: Callable[[str], str],
    ) -> None:
        """`healed` is told of the minutes that are stored: they are not to be made from what was heard."""
        self._fetch = fetch
        self._healed = healed
        self._clock = clock
        self._sleep = sleep
        self._venue_of = venue_of
        self._turn = asyncio.Lock()
        self._missing: dict[str, tuple[datetime, datetime]] = {}
        """By symbol: from where to where all gaps that wait are."""
        self._newest: dict[str, _Healed] = {}

    async def heal(self, gap: Gap, tell: Callable[[str], None]) -> bool:
        """Returns, when it is done with all symbols, whether each has its minutes; `tell` hears what they wait for."""
        start = gap.start.replace(second=0, microsecond=0)
        end = gap.end.replace(second=0, microsecond=0) + timedelta(minutes=1)
        waiting = [symbol for symbol in gap.symbols if was_open(self._venue_of(symbol), start, end)]
        for symbol in waiting:
            first, last = self._missing.get(symbol, (start, end))
            self._missing[symbol] = min(first, start), max(last, end)
        lost: dict[str, OpenbellError] = {}
        wait, due = FIRST_WAIT, end + SETTLED
        while waiting:
            await self._sleep_until(due)
            if gap.end - gap.start < MINUTE.length:
                await self._sleep_until(self._at_pace(waiting, start, end))
            later, short = await self._ask(waiting, start, end)
            final = self._clock() - end > GIVEN_UP
            lost |= {symbol: error for symbol, error in later.items() if final or not _may_pass(error)}
            later = {symbol: error for symbol, error in later.items() if symbol not in lost}
            waiting = [*later, *(short if due < end + DELAYED else ())]
            asked = max((e.retry_after for e in later.values() if isinstance(e, RateLimited)), default=0.0)
            due = self._clock() + max(wait, timedelta(seconds=asked)) if later else end + DELAYED
            wait = min(wait * 2, LONGEST_WAIT)
            if later:
                tell(f"{_not_healed(gap, later)} Next try at {due:%H:%M} UTC.")
        for symbol in lost:
            self._missing.pop(symbol, None)
        tell(_not_healed(gap, lost) if lost else "")
        return not lost

    async def _ask(
        self, symbols: Sequence[str], start: datetime, end: datetime
    ) -> tuple[dict[str, OpenbellError], list[str]]:
        """The symbols that failed, and those whose last minutes the vendor does not have."""
        failed: dict[str, OpenbellError] = {}
        short = []
        for symbol in symbols:
            try:
                async with self._turn:
                    if not self._has(symbol, start, end):
                        await self._bring(symbol, *self._missing.get(symbol, (start, end)))
            except OpenbellError as error:
                failed[symbol] = error
                continue
            if not self._has(symbol, start, end):
                short.append(symbol)
        return failed, short

    async def _bring(self, symbol: str, start: datetime, end: datetime) -> None:
        newest = await asyncio.to_thread(self._fetch, symbol, start, end)
        until = start if newest is None else min(newest + MINUTE.length, end)
        if until > start:
            await asyncio.to_thread(self._healed, [symbol], start, until)
        self._newest[symbol] = brought = _Healed(start, until, self._clock())
        if brought.has(start, end) and self._missing.get(symbol) == (start, end):
            del self._missing[symbol]

    def _has(self, symbol: str, start: datetime, end: datetime) -> bool:
        newest = self._newest.get(symbol)
        return newest is not None and newest.has(start, end)

    def _at_pace(self, symbols: Iterable[str], start: datetime, end: datetime) -> datetime:
        """When PACE is over for those of `symbols` whose minutes have not come with those of another gap."""
        now = self._clock()
        left = (symbol for symbol in symbols if not self._has(symbol, start, end))
        healed = (self._newest[symbol].at for symbol in left if symbol in self._newest)
        return max((at + PACE for at in healed if at <= now), default=now)

    async def _sleep_until(self, due: datetime) -> None:
        await self._sleep(max(0.0, (due - self._clock()).total_seconds()))


def was_open(venue: str, start: datetime, end: datetime) -> bool:
    """Whether a session of `venue`, extended hours included, overlaps [start, end)."""
    day = timedelta(days=1)
    near = sessions(venue, start.date() - day, end.date() + day)
    return not near.filter(pl.col("pre") < end, pl.col("post") > start).is_empty()


def _may_pass(error: OpenbellError) -> bool:
    """Whether the same question may have an answer later."""
    return not isinstance(error, UnknownSymbol | NotOffered | NotEntitled)


def _not_healed(gap: Gap, why: Mapping[str, OpenbellError]) -> str:
    (first, error), more = next(iter(why.items())), len(why) - 1
    names = first if not more else f"{first} and {more} more"
    return f"What was missed of {names} from {gap.start:%H:%M:%S} to {gap.end:%H:%M:%S} UTC is not there: {error}"
