"""The live part of a desk, in a thread of its own: its feeds, and what becomes of what they tell."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from threading import Event, Thread

from openbell.alarm import Alarm
from openbell.alerts.deliver import keep_delivering
from openbell.alerts.watch import Facts
from openbell.desk import Desk
from openbell.ingest.feed import Feed, Gap, Health
from openbell.ingest.fetching import fetch_bars
from openbell.ingest.intake import LATENESS, Intake
from openbell.ingest.storing import store
from openbell.model.errors import OpenbellError
from openbell.model.interval import MINUTE
from openbell.model.sessions import market_state
from openbell.model.symbols import exchange_of
from openbell.providers.budget import Budget
from openbell.providers.streams.polled import Polled
from openbell.providers.streams.spoken import Stream
from openbell.providers.streams.wanted import Wanted
from openbell.rulebook import Rulebook
from openbell.store.jobbook import JobBook
from openbell.store.log import Kind, Log
from openbell.store.outbox import Outbox

log = logging.getLogger(__name__)

NOTICED = timedelta(seconds=2)
"""How soon a symbol that is newly watched is heard of."""

CLOSED_AGAIN = timedelta(minutes=10)
"""How often minutes are closed for good, and what made them leaves the log."""

ASKED = timedelta(minutes=1)
"""How often quotes are asked for where nobody pushes them."""

SETTLED = timedelta(seconds=5)
"""How long after a minute its vendor has its own bar of it."""


AGAIN_S = 5.0
"""After a failure that nobody foresaw."""

_PRICES: tuple[Kind, ...] = ("trades", "quotes")


class Live:
    """Runs the feeds of a desk from `start` to `stop`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._rulebook = Rulebook(desk)
        self._stop: Callable[[], None] | None = None
        self._feeds: Sequence[Feed] = ()
        self._alarm: Alarm | None = None
        self._started, self._stopping = Event(), Event()
        self._thread = Thread(target=self._run, name="live", daemon=True)

    def start(self) -> None:
        """Begin; returns once the tape is where it was when the desk was stopped."""
        self._thread.start()
        self._started.wait()

    def stop(self) -> None:
        """End; everything that was told is in the log, and every whole minute in the lake."""
        self._stopping.set()
        if self._stop is not None:
            self._stop()
        self._thread.join(timeout=5)

    def health(self) -> list[Health]:
        """How each feed is doing."""
        return [feed.health for feed in self._feeds]

    def newest_firing(self) -> int:
        """The number of the newest alert that has fired since the start; 0 where none has."""
        return 0 if self._alarm is None else self._alarm.newest

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with closing(Log(self._desk.settings.log)) as entries:
                    asyncio.run(self._main(entries))
            except asyncio.CancelledError:
                log.debug("stopped")
            except Exception:  # prices must be heard again, whatever it was; what was told is in the log
                log.exception("the live prices have ended, and begin again in %g s", AGAIN_S)
                self._started.set()
                self._stopping.wait(AGAIN_S)
        self._started.set()

    async def _main(self, entries: Log) -> None:
        desk, loop = self._desk, asyncio.get_running_loop()
        self._stop = partial(_cancel, loop, asyncio.current_task())
        intake = Intake(entries, desk.tape, exchange_of=self._exchange_of, clock=desk.clock)
        newest = [entry.at for kind in _PRICES if (entry := entries.newest(kind)) is not None]
        heard_until = max(newest, default=None)
        intake.restore()
        streams = self._streams()
        budget = Budget(desk.ledger)
        self._feeds = [
            Feed(
                stream,
                intake,
                clock=desk.clock,
                sleep=asyncio.sleep,
                chance=random.random,
                budget=budget,
                exchange_of=self._exchange_of,
                heal=self._heal,
            )
            for stream in streams
        ]
        self._alarm = alarm = Alarm(desk, intake, self._facts, begin=entries.last)
        alarm.start()
        self._started.set()
        wanted = [Wanted() for _ in streams]
        try:
            async with asyncio.TaskGroup() as tasks:
                for feed, symbols in zip(self._feeds, wanted, strict=True):
                    tasks.create_task(feed.run(symbols, heard_until))
                tasks.create_task(self._follow(wanted))
                tasks.create_task(self._keep(intake, alarm))
                tasks.create_task(self._deliver())
        finally:
            alarm.stop()

    async def _deliver(self) -> None:
        """What has fired goes out; a ledger that does not answer is asked again."""
        outbox = Outbox(self._desk.ledger)
        while True:
            try:
                await keep_delivering(outbox, self._desk.clock, random.random)
            except* OpenbellError as errors:
                log.warning("alerts wait in the outbox: %s", errors.exceptions[0])
            await asyncio.sleep(AGAIN_S)

    def _facts(self) -> Facts:
        """Which feeds are down and which jobs fail, and since when."""
        return Facts(
            feeds_down={each.name: each.down for each in self.health() if each.down is not None},
            jobs_failed=JobBook(self._desk.ledger).failing(),
        )

    def _streams(self) -> Sequence[Stream]:
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

    async def _follow(self, wanted: Sequence[Wanted]) -> None:
        """What is watched is heard of: by the simulated market's feed, or by the first feed that is not in trouble."""
        while True:
            watched = await asyncio.to_thread(self._watched)
            register = self._desk.history.register
            simulated = {symbol for symbol in watched if register.instrument(symbol).simulated}
            left = watched - simulated
            for feed, symbols in zip(self._feeds, wanted, strict=True):
                if feed.health.name == self._desk.simulated.capabilities.name:
                    symbols.want(simulated)
                    continue
                symbols.want(left)
                if feed.health.state in {"live", "connecting"}:
                    left = left & feed.refused
            await asyncio.sleep(NOTICED.total_seconds())

    def _watched(self) -> set[str]:
        """The symbols of all watchlists and rules but those that were imported only: they may be somebody's own."""
        ledger = self._desk.ledger
        imported = {fetch.symbol for fetch in ledger.fetches() if fetch.state == "imported"}
        listed = {symbol for each in ledger.watchlists() for symbol in each.symbols}
        return (listed | self._rulebook.watched()) - imported

    async def _keep(self, intake: Intake, alarm: Alarm) -> None:
        """Every minute, the minutes that have ended go to the lake; now and then they are closed, and leave the log."""
        closed = self._desk.clock()
        while True:
            now = self._desk.clock()
            over = now.replace(second=0, microsecond=0) + timedelta(minutes=1) + SETTLED / 5
            await asyncio.sleep((over - now).total_seconds())
            try:
                await asyncio.to_thread(intake.save, self._desk.lake, self._desk.clock())
                if (now := self._desk.clock()) - closed >= CLOSED_AGAIN:
                    await asyncio.to_thread(intake.close_before, now - LATENESS, self._desk.lake, upto=alarm.kept)
                    closed = now
            except OpenbellError as error:
                log.warning("minutes wait in the log: %s", error)

    async def _heal(self, gap: Gap) -> bool:
        """Store the vendor's own minutes of a gap, once the last of them is over; whether there were any to ask for."""
        start = gap.start.replace(second=0, microsecond=0)
        end = gap.end.replace(second=0, microsecond=0) + timedelta(minutes=1)
        if not any(self._was_open(symbol, start, end) for symbol in gap.symbols):
            return True
        await asyncio.sleep(max(0.0, (end + SETTLED - self._desk.clock()).total_seconds()))
        for symbol in gap.symbols:
            await asyncio.to_thread(self._fetch, symbol, start, end)
            self._desk.tape.drop([symbol], start, end)
        return True

    def _was_open(self, symbol: str, start: datetime, end: datetime) -> bool:
        venue = self._venue(symbol)
        states = {market_state(venue, at).state for at in (start, start + (end - start) / 2, end)}
        return states != {"closed"}

    def _fetch(self, symbol: str, start: datetime, end: datetime) -> None:
        desk = self._desk
        if not desk.history.register.instrument(symbol).simulated:
            fetch_bars(desk.lake, desk.vendors, symbol, MINUTE, start, end, clock=desk.clock)
            return
        bars = desk.simulated.bars(symbol, MINUTE, start, end)
        actions = desk.simulated.actions(symbol, start.date(), end.date())
        store(desk.lake, bars, actions, now=desk.clock(), origin="demo market", promises_raw=True)

    def _venue(self, symbol: str) -> str:
        return self._exchange_of(symbol) or "XNYS"

    def _exchange_of(self, symbol: str) -> str | None:
        register = self._desk.history.register
        return register.instrument(register.id_of(symbol)).exchange or exchange_of(symbol)


def _cancel(loop: asyncio.AbstractEventLoop, task: asyncio.Task[None] | None) -> None:
    if task is not None:
        loop.call_soon_threadsafe(task.cancel)
