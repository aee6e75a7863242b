"""The live part of a desk, in a thread of its own: its feeds, and what becomes of what they tell."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event, Thread

from openbell.alarm import Alarm, Trouble
from openbell.alerts.deliver import keep_delivering
from openbell.alerts.watch import Facts
from openbell.desk import Desk
from openbell.ingest.feed import Feed, FeedState, Health
from openbell.ingest.fetching import fetch_bars
from openbell.ingest.gaps import Coverage, Gap, Healer
from openbell.ingest.intake import LATENESS, Intake
from openbell.ingest.storing import store
from openbell.model.errors import OpenbellError, StoreError
from openbell.model.interval import MINUTE
from openbell.model.sessions import market_state
from openbell.model.symbols import PLAIN
from openbell.providers.budget import Budget
from openbell.providers.streams.polled import Polled
from openbell.providers.streams.spoken import Stream
from openbell.providers.streams.wanted import Wanted
from openbell.rulebook import Rulebook
from openbell.store.jobbook import JobBook
from openbell.store.log import Kind, Log
from openbell.store.outbox import Outbox
from openbell.store.watchbook import WatchBook

log = logging.getLogger(__name__)

NOTICED = timedelta(seconds=2)
"""How soon a symbol that is newly watched is heard of."""

CLOSED_AGAIN_S = 600.0
"""How often minutes are closed for good, and what made them leaves the log."""

ASKED = timedelta(minutes=1)
"""How often quotes are asked for where nobody pushes them."""

SOON_S = 2.0
"""A start waits so long for the log to be read; what is left is read while the page is open."""

LOOKED_S = 1.0
"""How often it is looked whether a minute has ended: the clock may be set at any time."""

STOPPED_S = 10.0
"""How long a stop may take."""

AGAIN_S = 5.0
"""After a failure that nobody foresaw."""

LAST = datetime.max.replace(tzinfo=UTC)

_PRICES: tuple[Kind, ...] = ("trades", "quotes")


@dataclass(frozen=True, slots=True)
class Place:
    """A feed as the sharing of symbols sees it; `holds`: what it listens to now."""

    state: FeedState
    holds: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()


def shares(symbols: frozenset[str], places: Sequence[Place]) -> list[frozenset[str]]:
    """What each feed is to listen to, by its place: all that no feed before it delivers.

    A feed that stands in for another keeps its symbols until the other is live, and gets none while it only begins.
    """
    left, shared = symbols, []
    for nth, place in enumerate(places):
        shared.append(left)
        if place.state == "live":
            left &= place.refused
        elif place.state in {"idle", "connecting"}:
            left &= place.refused.union(*(other.holds for other in places[nth + 1 :]))
    return shared


class Live:
    """Runs the feeds of a desk from `start` to `stop`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._rulebook = Rulebook(desk)
        self._stop: Callable[[], None] | None = None
        self._streams = self._chosen()
        self._feeds: Sequence[Feed] = ()
        self._alarm: Alarm | None = None
        self._trouble = Health("", "", "connecting", detail="What the log holds is being read.")
        """How all feeds are as long as they do not run."""
        self._unsaved = ""
        self._started, self._stopping = Event(), Event()
        self._thread = Thread(target=self._run, name="live", daemon=True)

    def start(self) -> None:
        """Begin; returns once the tape is where it was when the desk was stopped, or soon."""
        self._thread.start()
        self._started.wait(SOON_S)

    def stop(self) -> None:
        """End; everything that was told is in the log, and every whole minute in the lake."""
        self._stopping.set()
        if self._stop is not None:
            self._stop()
        self._thread.join(STOPPED_S)

    def health(self) -> list[Health]:
        """How each feed is doing."""
        if self._feeds:
            each = [feed.health for feed in self._feeds]
            return [replace(h, detail=f"{h.detail} {self._unsaved}".strip()) for h in each]
        facts = [stream.capabilities for stream in self._streams]
        return [replace(self._trouble, name=each.name, title=each.title) for each in facts]

    def trouble_of_alerts(self) -> Trouble | None:
        """What keeps the alert rules from their work."""
        return None if self._alarm is None else self._alarm.trouble

    def newest_firing(self, owner: int) -> int:
        """The number of the newest alert that has fired for `owner` since the start; 0 where none has."""
        return 0 if self._alarm is None else self._alarm.newest(owner)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with closing(Log(self._desk.settings.log)) as entries:
                    asyncio.run(self._main(entries))
            except asyncio.CancelledError:
                log.debug("stopped")
            except Exception as error:  # prices must be heard again, whatever it was; what was told is in the log
                now = self._desk.clock()
                sentence = f"No prices are heard: {_sentence(error)}"
                self._trouble = Health("", "", "failed", since=now, down=self._trouble.down or now, detail=sentence)
                self._feeds = ()
                log.log(_level(error), "%s Again in %g s.", sentence, AGAIN_S, exc_info=_unforeseen(error))
                self._started.set()
                self._stopping.wait(AGAIN_S)
        self._started.set()

    async def _main(self, entries: Log) -> None:
        desk, loop = self._desk, asyncio.get_running_loop()
        self._stop = partial(_cancel, loop, asyncio.current_task())
        if self._stopping.is_set():
            return
        intake = Intake(entries, desk.tape, exchange_of=self._exchange_of, clock=desk.clock)
        newest = [entry.at for kind in _PRICES if (entry := entries.newest(kind)) is not None]
        coverage = Coverage(max(newest, default=None))
        desk.tape.forget(LAST)  # what a run that failed has left is told again by the log
        intake.restore()
        healer = Healer(self._fetch, intake.healed, clock=desk.clock, sleep=asyncio.sleep, venue_of=self._venue)
        budget = Budget(desk.ledger)
        feeds = [
            Feed(
                stream,
                intake,
                clock=desk.clock,
                sleep=asyncio.sleep,
                chance=random.random,
                budget=budget,
                exchange_of=self._exchange_of,
                coverage=coverage,
                heal=partial(self._heal, healer),
            )
            for stream in self._streams
        ]
        self._alarm = alarm = Alarm(desk, entries, intake, self._facts)
        alarm.start()
        self._feeds = feeds
        self._started.set()
        wanted = [Wanted() for _ in feeds]
        try:
            async with asyncio.TaskGroup() as tasks:
                for feed, symbols in zip(feeds, wanted, strict=True):
                    tasks.create_task(feed.run(symbols))
                tasks.create_task(_always(partial(self._follow, wanted, coverage)))
                tasks.create_task(_always(partial(self._keep, intake, alarm)))
                tasks.create_task(_always(self._deliver))
        finally:
            try:
                self._save(intake)
            finally:
                alarm.stop()

    async def _deliver(self) -> None:
        """What has fired goes out; a ledger that does not answer is asked again."""
        await keep_delivering(Outbox(self._desk.ledger), self._desk.clock, random.random)

    def _facts(self) -> Facts:
        """Which feeds are down and which jobs fail, and since when; which feeds deliver."""
        health = self.health()
        return Facts(
            feeds_down={each.name: each.down for each in health if each.down is not None},
            feeds_live=[each.name for each in health if each.state == "live"],
            jobs_failed=JobBook(self._desk.ledger).failing(),
        )

    def _chosen(self) -> Sequence[Stream]:
        """The simulated market where it is open, then the vendors of the settings, then asking for quotes."""
        desk = self._desk
        streams: list[Stream] = []
        if desk.demo:
            streams.append(Polled(desk.simulated, timedelta(seconds=1), apart=False))
        asked = [Polled(desk.vendors, ASKED, due=self._worth_asking)] if desk.wires else []
        return [*streams, *desk.streams, *asked]

    def _worth_asking(self, symbols: Sequence[str]) -> Sequence[str]:
        """Those whose market is open, or of which no quote is known."""
        quoted, now = self._desk.tape.latest(symbols), self._desk.clock()
        states = {venue: market_state(venue, now).state for venue in {self._venue(symbol) for symbol in symbols}}
        return [symbol for symbol in symbols if symbol not in quoted or states[self._venue(symbol)] != "closed"]

    async def _follow(self, wanted: Sequence[Wanted], coverage: Coverage) -> None:
        """What is watched is heard of: by the simulated market's feed, or by the first feed that is not in trouble."""
        while True:
            watched, simulated = await asyncio.to_thread(self._watched)
            coverage.follow(watched, self._desk.clock())
            own = self._desk.simulated.capabilities.name
            feeds = list(zip(self._feeds, wanted, strict=True))
            for _, symbols in (pair for pair in feeds if pair[0].name == own):
                symbols.want(simulated)
            pushing = [pair for pair in feeds if pair[0].name != own]
            places = [Place(feed.state, symbols.symbols, feed.refused) for feed, symbols in pushing]
            real = watched - simulated
            for (feed, symbols), share in zip(pushing, shares(real, places), strict=True):
                handed_over = (symbols.symbols - share) & real
                symbols.want(share)
                if handed_over:
                    feed.missed(handed_over)
            await asyncio.sleep(NOTICED.total_seconds())

    def _watched(self) -> tuple[frozenset[str], frozenset[str]]:
        """The symbols of all watchlists and rules but those that were imported only: they may be somebody's own; and
        which of them are simulated."""
        watched = frozenset(WatchBook(self._desk.ledger).watched(self._rulebook.watched()))
        return watched, frozenset(filter(self._desk.invents, watched))

    async def _keep(self, intake: Intake, alarm: Alarm) -> None:
        """Every minute, the minutes that have ended go to the lake; now and then they are closed, and leave the log."""
        loop = asyncio.get_running_loop()
        closed, saved = loop.time(), self._desk.clock()
        while True:
            await asyncio.sleep(LOOKED_S)
            now = self._desk.clock()
            if now.replace(second=0, microsecond=0) == saved.replace(second=0, microsecond=0):
                continue
            saved = now
            await asyncio.to_thread(self._save, intake)
            if loop.time() - closed >= CLOSED_AGAIN_S:
                closed = loop.time()
                with suppress(StoreError):  # told by the next save, where it has not passed by then
                    await asyncio.to_thread(intake.close_before, now - LATENESS, self._desk.lake, upto=alarm.kept)

    def _save(self, intake: Intake) -> None:
        try:
            intake.save(self._desk.lake, self._desk.clock())
            self._unsaved = ""
        except StoreError as error:
            self._unsaved = f"Minutes wait in the log: {error}"
            log.warning("%s", self._unsaved)

    async def _heal(self, healer: Healer, gap: Gap, tell: Callable[[str], None]) -> bool:
        """Whether the minutes of a gap are stored; without a vendor there is nobody to ask."""
        can = bool(self._desk.wires) or gap.feed == self._desk.simulated.capabilities.name
        return can and await healer.heal(gap, tell)

    def _fetch(self, symbol: str, start: datetime, end: datetime) -> datetime | None:
        desk = self._desk
        if not desk.invents(symbol):
            return fetch_bars(desk.lake, desk.vendors, symbol, MINUTE, start, end, clock=desk.clock).last
        bars = desk.simulated.bars(symbol, MINUTE, start, end)
        actions = desk.simulated.actions(symbol, start.date(), end.date())
        return store(desk.lake, bars, actions, now=desk.clock(), origin="demo market", promises_raw=True).last

    def _venue(self, symbol: str) -> str:
        return self._exchange_of(symbol) or "XNYS"

    def _exchange_of(self, symbol: str) -> str | None:
        told = self._desk.history.register.exchange_of(symbol)
        return told or ("XNYS" if PLAIN.fullmatch(symbol) else None)  # a vendor that pushes it means New York's


async def _always(work: Callable[[], Awaitable[None]]) -> None:
    """Do `work`, and again when it has failed."""
    while True:
        try:
            await work()
        except Exception as error:
            log.log(_level(error), "%s Again in %g s.", _sentence(error), AGAIN_S, exc_info=_unforeseen(error))
        await asyncio.sleep(AGAIN_S)


def _cancel(loop: asyncio.AbstractEventLoop, task: asyncio.Task[None] | None) -> None:
    if task is not None:
        with suppress(RuntimeError):  # the loop has ended by itself
            loop.call_soon_threadsafe(task.cancel)


def _first(error: BaseException) -> BaseException:
    return _first(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error


def _unforeseen(error: Exception) -> Exception | None:
    return None if isinstance(_first(error), OpenbellError) else error


def _level(error: Exception) -> int:
    return logging.WARNING if _unforeseen(error) is None else logging.ERROR


def _sentence(error: Exception) -> str:
    first = _first(error)
    return str(first) if isinstance(first, OpenbellError) else f"{type(first).__name__}: {first}."
