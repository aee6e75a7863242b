"""A feed: one stream kept alive, what it tells taken in, and what it missed fetched afterwards."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from openbell.ingest.gaps import Coverage, Gap
from openbell.ingest.intake import Intake
from openbell.model.errors import NotEntitled, ProviderError, RateLimited, StoreError
from openbell.model.sessions import market_state
from openbell.providers.budget import Budget
from openbell.providers.streams.spoken import Stream, Told
from openbell.providers.streams.wanted import Wanted

log = logging.getLogger(__name__)

FeedState = Literal["idle", "connecting", "live", "waiting", "refused", "failed"]

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=2)
"""Before the first new attempt, and before all after some; the wait doubles each time, and is jittered by half."""

REFUSED_WAIT = timedelta(minutes=10)
"""A key that was refused is not tried again at once: only its owner can mend it."""

STEADY = timedelta(minutes=1)
"""A connection that has lasted so long was a good one: the next wait is the first again."""

HUNG = 12
"""So many times as long as a stream may be without a sign of life, it may be without a word while a market is open."""

PACE = timedelta(seconds=10)
"""Over how long messages are counted for their pace."""


class Mute(ProviderError):
    """The vendor is connected and says nothing while its market is open."""


@dataclass(frozen=True, slots=True)
class Health:
    """How a feed is doing; `detail` says why it is not live."""

    name: str
    title: str
    state: FeedState = "idle"
    since: datetime | None = None
    down: datetime | None = None
    """Since when it has not been live, where it should be: one that only begins to connect has not failed yet."""
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
        coverage: Coverage,
        heal: Callable[[Gap, Callable[[str], None]], Awaitable[bool]],
    ) -> None:
        """`heal` brings the minutes of a gap, tells meanwhile what it waits for, and whether it has brought them."""
        self._stream = stream
        self._intake = intake
        self._clock = clock
        self._sleep = sleep
        self._chance = chance
        self._budget = budget
        self._exchange_of = exchange_of
        self._coverage = coverage
        self._heal = heal
        facts = stream.capabilities
        self._health = Health(facts.name, facts.title)
        self._counted: deque[tuple[datetime, int]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._healing: dict[int, str] = {}
        """By the number of a gap: what its healing waits for."""
        self._unhealed = ""
        """Why the newest gap that is given up was not healed."""
        self._refused: dict[str, str] = {}
        self._hearing: frozenset[str] = frozenset()
        self._spoke = 0.0

    @property
    def name(self) -> str:
        """Its stream's."""
        return self._health.name

    @property
    def state(self) -> FeedState:
        """How it is doing, in a word."""
        return self._health.state

    @property
    def refused(self) -> frozenset[str]:
        """The symbols that the vendor does not deliver."""
        return frozenset(self._refused)

    @property
    def health(self) -> Health:
        """How it is doing now."""
        since = self._clock() - PACE
        rows = sum(count for at, count in tuple(self._counted) if at > since)
        refused = (f"{symbol}: {why}" for symbol, why in tuple(self._refused.items()))
        waits = (self._health.detail, *refused, self._unhealed, *tuple(self._healing.values()))
        detail = " ".join(dict.fromkeys(filter(None, waits)))
        return replace(self._health, per_s=rows / PACE.total_seconds(), detail=detail)

    async def run(self, wanted: Wanted) -> None:
        """Until cancelled."""
        failures = 0
        while True:
            if not wanted.symbols:
                self._note(state="idle", symbols=0, detail="", next_try=None)
                await wanted.other_than(frozenset())
                continue
            begun = self._clock()
            try:
                await self._listen(wanted)
            except Exception as error:
                if not isinstance(error, ProviderError | StoreError):
                    log.exception("the feed of %s failed", self._health.name)  # and is to be heard again all the same
                failures = 0 if self._clock() - begun >= STEADY else failures + 1
                await self._wait(error, failures)

    def missed(self, symbols: Iterable[str]) -> None:
        """`symbols` are no longer listened to: the minute of now is heard in part."""
        now = self._clock()
        self._begin_healing(Gap(self._health.name, tuple(sorted(symbols)), now, now))

    async def _listen(self, wanted: Wanted) -> None:
        """One connection, until it fails."""
        self._budget.take(self._stream.capabilities, self._clock())
        self._note(state="connecting", detail="", next_try=None, connections=self._health.connections + 1)
        self._hearing, self._spoke = frozenset(), asyncio.get_running_loop().time()
        async with aclosing(self._stream.told(wanted)) as batches:  # type: ignore[type-var]  # an async generator
            while True:
                await self._take(await self._next(batches, wanted), wanted)

    async def _next(self, batches: AsyncIterator[Told], wanted: Wanted) -> Told:
        """The next batch; raises Mute where none comes, or none that says anything, while a market is open."""
        if self._stream.mute is None:
            return await anext(batches)
        mute_s = self._stream.mute.total_seconds()
        coming = asyncio.ensure_future(anext(batches))
        try:
            while True:
                done, _ = await asyncio.wait({coming}, timeout=mute_s)
                quiet_s = asyncio.get_running_loop().time() - self._spoke
                if done and (quiet_s < HUNG * mute_s or coming.exception() or _says(coming.result())):
                    return coming.result()
                if self._has_been_open(wanted, quiet_s):
                    name = self._health.name
                    raise Mute(name, f"connected, but nothing was said for {quiet_s:.0f} s while a market is open.")
                if done:
                    return coming.result()
        finally:
            if not coming.done():
                coming.cancel()
                with suppress(asyncio.CancelledError, ProviderError):
                    await coming

    async def _take(self, told: Told, wanted: Wanted) -> None:
        now = self._clock()
        if told.ready:
            self._note(state="live")
        if self._health.state == "live":
            self._cover(wanted.symbols, now)
        taken = await asyncio.to_thread(self._intake.take, told, self._health.name)
        if _says(told):
            self._spoke = asyncio.get_running_loop().time()
            self._coverage.heard(self._hearing, now)
        newest = max(
            (m for frame in (told.trades, told.quotes) if isinstance(m := frame["ts"].max(), datetime)), default=None
        )
        self._count(now, taken.rows)
        health = self._health
        self._note(
            last=now,
            lag_s=health.lag_s if newest is None else max(0.0, (now - newest).total_seconds()),
            rows=health.rows + taken.rows,
            repeated=health.repeated + taken.repeated,
            rejects=health.rejects + taken.rejects,
            symbols=len(wanted.symbols),
        )
        self._refused |= told.refused

    def _cover(self, symbols: frozenset[str], now: datetime) -> None:
        """What was missed of those that are new is healed."""
        new, self._hearing = symbols - self._hearing, symbols
        for gap in self._coverage.gaps(self._health.name, new, now):
            self._begin_healing(gap)

    def _count(self, now: datetime, rows: int) -> None:
        if self._counted and now < self._counted[-1][0]:  # the clock was set back
            self._counted.clear()
        self._counted.append((now, rows))
        while self._counted[0][0] < now - PACE:
            self._counted.popleft()

    def _has_been_open(self, wanted: Wanted, quiet_s: float) -> bool:
        """Whether a market of a wanted symbol is open, and was so when the silence began."""
        now = self._clock()
        venues = {self._exchange_of(symbol) or "XNYS" for symbol in wanted.symbols}
        moments = (now - timedelta(seconds=quiet_s), now)
        return any(all(market_state(venue, at).state == "open" for at in moments) for venue in venues)

    def _begin_healing(self, gap: Gap) -> None:
        nth = self._health.gaps + 1
        self._note(gaps=nth)
        task = asyncio.create_task(self._healed(nth, gap))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _healed(self, nth: int, gap: Gap) -> None:
        try:
            healed = await self._heal(gap, partial(self._healing.__setitem__, nth))
        except Exception as error:
            log.exception("a gap of %s was not healed", gap.feed)
            healed, self._healing[nth] = False, f"What was missed is not there. {_sentence(error)}"
        self._unhealed = self._healing.pop(nth, "")
        self._note(healed=self._health.healed + healed)

    async def _wait(self, error: Exception, failures: int) -> None:
        if isinstance(error, RateLimited):
            wait = timedelta(seconds=error.retry_after)
        elif isinstance(error, NotEntitled):
            wait = REFUSED_WAIT
        else:
            doubled = min(FIRST_WAIT * 2 ** min(max(failures - 1, 0), 10), LONGEST_WAIT)
            wait = doubled * (0.5 + self._chance())
        self._note(state=_state_after(error), detail=_sentence(error), next_try=self._clock() + wait)
        await self._sleep(wait.total_seconds())

    def _note(self, **changes: object) -> None:
        if "state" in changes and changes["state"] != self._health.state:
            changes["since"] = now = self._clock()
            if changes["state"] != "connecting":
                up = changes["state"] in {"live", "idle"}
                changes["down"] = None if up else self._health.down or now
        self._health = replace(self._health, **changes)  # type: ignore[arg-type]  # fields of Health


def _says(told: Told) -> bool:
    """Whether there is anything in it; a heartbeat says nothing."""
    return told.ready or any(frame.height for frame in (told.trades, told.quotes, told.bars, told.rejects))


def _state_after(error: Exception) -> FeedState:
    if isinstance(error, NotEntitled):
        return "refused"
    return "waiting" if isinstance(error, ProviderError | StoreError) else "failed"


def _sentence(error: Exception) -> str:
    told = isinstance(error, ProviderError | StoreError)
    return str(error) if told else f"It failed for a reason of its own ({type(error).__name__}: {error})."
