"""A feed: one stream kept alive, what it tells taken in, and what it missed fetched afterwards."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from openbell.ingest.intake import Intake
from openbell.model.errors import NotEntitled, OpenbellError, ProviderError, RateLimited, StoreError
from openbell.model.sessions import market_state
from openbell.providers.budget import Budget
from openbell.providers.streams.spoken import Stream, Told
from openbell.providers.streams.wanted import Wanted

FeedState = Literal["idle", "connecting", "live", "waiting", "refused"]

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=2)
"""Before the first new attempt, and before all after some; the wait doubles each time, and is jittered by half."""

REFUSED_WAIT = timedelta(minutes=10)
"""A key that was refused is not tried again at once: only its owner can mend it."""

STEADY = timedelta(minutes=1)
"""A connection that has lasted so long was a good one: the next wait is the first again."""

MUTE = timedelta(seconds=45)
"""A connection on which nothing is said for so long while a market is open is dead, whatever the socket says."""

PACE = timedelta(seconds=10)
"""Over how long messages are counted for their pace."""


class Mute(ProviderError):
    """The vendor is connected and says nothing while its market is open."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch in which a feed did not hear of its symbols."""

    feed: str
    symbols: tuple[str, ...]
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Health:
    """How a feed is doing; `detail` says why it is not live."""

    name: str
    title: str
    state: FeedState = "idle"
    since: datetime | None = None
    down: datetime | None = None
    """Since when it has not been live, where it should be."""
    symbols: int = 0
    last: datetime | None = None
    """When it last said anything."""
    lag_s: float | None = None
    """How long after it was true its newest price came."""
    per_s: float = 0.0
    """Rows taken in a second, over the last ten."""
    rows: int = 0
    repeated: int = 0
    rejects: int = 0
    connections: int = 0
    gaps: int = 0
    healed: int = 0
    detail: str = ""
    next_try: datetime | None = None


class Feed:
    """Keeps `stream` connected while symbols are wanted; never gives up, never hurries."""

    def __init__(
        self,
        stream: Stream,
        intake: Intake,
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
        chance: Callable[[], float],
        budget: Budget,
        exchange_of: Callable[[str], str | None],
        heal: Callable[[Gap], Awaitable[bool]],
        mute: timedelta = MUTE,
    ) -> None:
        self._stream = stream
        self._intake = intake
        self._clock = clock
        self._sleep = sleep
        self._chance = chance
        self._budget = budget
        self._exchange_of = exchange_of
        self._heal = heal
        self._mute = mute
        facts = stream.capabilities
        self._health = Health(facts.name, facts.title)
        self._counted: deque[tuple[datetime, int]] = deque()
        self._healing: set[asyncio.Task[None]] = set()
        self._refused: set[str] = set()

    @property
    def refused(self) -> frozenset[str]:
        """The symbols that the vendor does not deliver."""
        return frozenset(self._refused)

    @property
    def health(self) -> Health:
        """How it is doing now."""
        since = self._clock() - PACE
        rows = sum(count for at, count in self._counted if at > since)
        return replace(self._health, per_s=rows / PACE.total_seconds())

    async def run(self, wanted: Wanted, heard_until: datetime | None) -> None:
        """Until cancelled; what was missed after `heard_until`, by an earlier run of the desk, is healed too."""
        self._health = replace(self._health, last=heard_until)
        failures = 0
        while True:
            if not wanted.symbols:
                self._note(state="idle", symbols=0, detail="", next_try=None)
                await wanted.change()
                continue
            begun = self._clock()
            try:
                await self._listen(wanted)
            except (ProviderError, StoreError) as error:
                failures = 0 if self._clock() - begun >= STEADY else failures + 1
                await self._wait(error, failures)

    async def _listen(self, wanted: Wanted) -> None:
        """One connection, until it fails."""
        self._budget.take(self._stream.capabilities, self._clock())
        self._note(state="connecting", detail="", next_try=None, connections=self._health.connections + 1)
        async with aclosing(self._stream.told(wanted)) as batches:  # type: ignore[type-var]  # an async generator
            while True:
                self._take(await self._next(batches, wanted), wanted)

    async def _next(self, batches: AsyncIterator[Told], wanted: Wanted) -> Told:
        """The next batch; raises Mute where none comes while a market is open."""
        coming = asyncio.ensure_future(anext(batches))
        try:
            while True:
                done, _ = await asyncio.wait({coming}, timeout=self._mute.total_seconds())
                if done:
                    return coming.result()
                if self._has_been_open(wanted):
                    quiet = self._mute.total_seconds()
                    raise Mute(
                        self._health.name, f"connected, but nothing was said for {quiet:g} s while a market is open."
                    )
        finally:
            if not coming.done():
                coming.cancel()
                with suppress(asyncio.CancelledError, ProviderError):
                    await coming

    def _take(self, told: Told, wanted: Wanted) -> None:
        now, last = self._clock(), self._health.last
        if told.ready:
            self._note(state="live", symbols=len(wanted.symbols))
            self._begin_healing(Gap(self._health.name, tuple(sorted(wanted.symbols)), last or now, now))
        taken = self._intake.take(told)
        newest = max(
            (m for frame in (told.trades, told.quotes) if isinstance(m := frame["ts"].max(), datetime)), default=None
        )
        self._counted.append((now, taken.rows))
        while self._counted[0][0] < now - PACE:
            self._counted.popleft()
        health = self._health
        self._note(
            last=now,
            lag_s=health.lag_s if newest is None else max(0.0, (now - newest).total_seconds()),
            rows=health.rows + taken.rows,
            repeated=health.repeated + taken.repeated,
            rejects=health.rejects + taken.rejects,
            symbols=len(wanted.symbols),
            detail="; ".join(f"{symbol}: {why}" for symbol, why in told.refused.items()) or health.detail,
        )
        self._refused |= set(told.refused)

    def _has_been_open(self, wanted: Wanted) -> bool:
        """Whether a market of a wanted symbol is open, and was so when the silence began."""
        now = self._clock()
        venues = {self._exchange_of(symbol) or "XNYS" for symbol in wanted.symbols}
        moments = (now - self._mute, now)
        return any(all(market_state(venue, at).state == "open" for at in moments) for venue in venues)

    def _begin_healing(self, gap: Gap) -> None:
        self._note(gaps=self._health.gaps + 1)
        task = asyncio.create_task(self._healed(gap))
        self._healing.add(task)
        task.add_done_callback(self._healing.discard)

    async def _healed(self, gap: Gap) -> None:
        try:
            if await self._heal(gap):
                self._note(healed=self._health.healed + 1)
        except OpenbellError as error:
            self._note(detail=f"The gap from {gap.start:%H:%M:%S} to {gap.end:%H:%M:%S} UTC is not healed: {error}")

    async def _wait(self, error: ProviderError | StoreError, failures: int) -> None:
        if isinstance(error, RateLimited):
            wait = timedelta(seconds=error.retry_after)
        elif isinstance(error, NotEntitled):
            wait = REFUSED_WAIT
        else:
            doubled = min(FIRST_WAIT * 2 ** min(max(failures - 1, 0), 10), LONGEST_WAIT)
            wait = doubled * (0.5 + self._chance())
        state: FeedState = "refused" if isinstance(error, NotEntitled) else "waiting"
        self._note(state=state, detail=str(error), next_try=self._clock() + wait)
        await self._sleep(wait.total_seconds())

    def _note(self, **changes: object) -> None:
        if "state" in changes and changes["state"] != self._health.state:
            changes["since"] = now = self._clock()
            up = changes["state"] in {"live", "idle"}
            changes["down"] = None if up else self._health.down or now
        self._health = replace(self._health, **changes)  # type: ignore[arg-type]  # fields of Health
