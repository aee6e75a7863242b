"""The alarm: what the log says and what the clock finds, against the rules; what fires goes to the outbox, once.

The place in the log and the state of the rules there are kept together with what fired. After a crash, or any failure,
the log is read again from that place, and what fires a second time is known by its rule and event.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from threading import Event, Lock, Thread

import polars as pl

from openbell.alerts.rules import Firing
from openbell.alerts.watch import Facts, Watch
from openbell.desk import Desk
from openbell.ingest.intake import Heard, Intake
from openbell.model.interval import MINUTE
from openbell.model.sessions import sessions
from openbell.rulebook import EVALUATION, Rulebook
from openbell.store.log import Log
from openbell.store.outbox import Cursor, Fired, Outbox

log = logging.getLogger(__name__)

LOOKED_EVERY = timedelta(seconds=2)
"""How often the clock's rules are asked, edited rules are looked for, and the place in the log is kept."""

PATIENCE_S = 0.5
"""How long nothing but the clock is waited for."""

WAITING = 500_000
"""So many rows wait in memory for the rules; what is more is read from the log when its turn comes."""

DAY_OVER = timedelta(minutes=20)
"""How long after the close a day counts as told: closing auctions are printed late."""


class Alarm:
    """Listens to an intake from `start` to `stop`, in a thread of its own: rules never hold up the log."""

    def __init__(self, desk: Desk, entries: Log, intake: Intake, facts: Callable[[], Facts]) -> None:
        """`entries`: the log of the intake. Rules that never heard of it count from its end on."""
        self._desk = desk
        self._intake = intake
        self._facts = facts
        self._outbox = Outbox(desk.ledger)
        self._queue = _Queue(intake)
        self._stopped = Event()
        self._newest = 0
        self._looked: datetime | None = None
        self._cursor = self._left(entries)
        self._thread = Thread(target=self._run, name="alarm", daemon=True)

    @property
    def kept(self) -> int:
        """The offset up to which the rules do not need the log any more."""
        return self._cursor.offset

    @property
    def newest(self) -> int:
        """The number of the newest firing since `start`; 0 where nothing has fired."""
        return self._newest

    @property
    def looked(self) -> datetime | None:
        """When the clock's rules were asked last, and what was heard until then was kept."""
        return self._looked

    def start(self) -> None:
        """Begin where it was left."""
        self._intake.listen(self._queue.put)
        self._thread.start()

    def stop(self) -> None:
        """End; what was heard and is not kept is heard again at the next start."""
        self._stopped.set()
        self._queue.news.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._listen()
            except Exception:  # the rules must be asked again; what was not kept is in the log
                log.exception("the rules failed and are asked again")
                self._stopped.wait(LOOKED_EVERY.total_seconds())

    def _listen(self) -> None:
        """From what is kept on, until stopped."""
        kept = self._cursor
        offset = kept.offset
        rules = _Rules(self._desk, kept.state.get("watch"))
        looked = self._desk.clock() - LOOKED_EVERY
        self._queue.forget()
        while not self._stopped.is_set():
            for heard in self._queue.after(offset):
                fired = rules.watch.hear(heard.trades, heard.quotes) if heard is not None else []
                offset = offset if heard is None else heard.offset
                now = self._desk.clock()
                if due := not looked <= now < looked + LOOKED_EVERY:
                    looked = now
                    fired += rules.look(now, self._facts())
                if fired or due:
                    cursor = Cursor(kept.log, offset, {"watch": rules.watch.state()})
                    self._keep(cursor, rules.outgoing(fired, now), now)
                    self._looked = looked
                if self._stopped.is_set():
                    break

    def _left(self, entries: Log) -> Cursor:
        """Where the rules were left in this log; in another than before (that one was lost, or put aside) its end."""
        kept = self._outbox.cursor(EVALUATION)
        if kept is not None and kept.log == entries.id and kept.offset <= entries.last:
            return kept
        cursor = Cursor(entries.id, entries.last, {} if kept is None else kept.state)
        self._outbox.record(EVALUATION, cursor, [], self._desk.clock())
        return cursor

    def _keep(self, cursor: Cursor, fired: Sequence[Fired], now: datetime) -> None:
        if cursor == self._cursor and not fired:
            return
        if self._outbox.record(EVALUATION, cursor, fired, now):
            self._newest = self._outbox.firings(most=1)[0].id
        self._cursor = cursor


class _Queue:
    """Entries on their way from the intake to the rules: in memory as long as they are few, else in the log alone."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._entries: deque[Heard] = deque()
        self._rows = 0
        self._complete = False
        self._guard = Lock()
        self.news = Event()

    def put(self, heard: Heard) -> None:
        """Called by the intake, for every entry."""
        with self._guard:
            if self._complete:
                self._entries.append(heard)
                self._rows += _rows(heard)
            if self._rows > WAITING:
                self._drop()
        self.news.set()

    def forget(self) -> None:
        """The next ones come from the log."""
        with self._guard:
            self._drop()

    def after(self, offset: int) -> Iterator[Heard | None]:
        """The entries after `offset` in their order, as many as there are; then None, at the latest after PATIENCE_S.

        Begun anew, it goes on behind the last one that was taken.
        """
        with self._guard:
            complete, self._complete = self._complete, True
        if not complete:  # from here on they come into memory too, and those that are in the log are passed over
            try:
                for heard in self._intake.entries(offset):
                    yield heard
                    offset = heard.offset
            except GeneratorExit:
                self.forget()
                raise
        while (entry := self._next()) is not None:
            if entry.offset > offset:
                yield entry
        self.news.wait(PATIENCE_S)
        self.news.clear()
        yield None

    def _next(self) -> Heard | None:
        with self._guard:
            if not self._entries:
                return None
            heard = self._entries.popleft()
            self._rows -= _rows(heard)
            return heard

    def _drop(self) -> None:
        self._entries.clear()
        self._rows, self._complete = 0, False


def _rows(heard: Heard) -> int:
    return heard.trades.height + heard.quotes.height


class _Rules:
    """The watch over the rules as they are now, and what it is told beside the log: minutes, days, facts."""

    def __init__(self, desk: Desk, state: str | None) -> None:
        self._desk = desk
        self._book = Rulebook(desk)
        self._seen: object = None
        self._asked: dict[str, object] = {}
        self._begin(state)

    def look(self, now: datetime, facts: Facts) -> list[Firing]:
        """What the clock finds at `now`, by the rules as they are kept now."""
        if self._book.version() != self._seen:
            self._begin(self.watch.state())
        return [*self._minutes(now), *self._days(now), *self.watch.at(now, facts)]

    def outgoing(self, fired: Sequence[Firing], now: datetime) -> list[Fired]:
        """The firings as the outbox takes them; what fires in quiet hours leaves when they are over.

        A rule that was removed since it fired says nothing any more.
        """
        return [
            Fired(
                int(each.rule),
                each.event,
                each.symbol,
                each.at,
                each.price,
                each.message,
                quiet=each.quiet,
                not_before=None if (quiet := self._rules[each.rule].quiet) is None else quiet.over(now),
            )
            for each in fired
            if each.rule in self._rules
        ]

    def _begin(self, state: str | None) -> None:
        """A watch over the rules as they are kept now, which goes on from `state`."""
        self._seen = self._book.version()
        chosen = self._book.chosen()
        self._rules = {rule.id: rule for rule, _ in chosen}
        members = {rule.target: symbols for rule, symbols in chosen if rule.target is not None}
        begun = self._desk.clock()
        self.watch = Watch(
            self._rules.values(),
            members=members.__getitem__,
            backgrounds=partial(self._book.background, begun=begun.replace(second=0, microsecond=0)),
            exchange_of=self._book.exchange_of,
            state=state,
        )
        self._begun = begun
        self._late = True

    def _minutes(self, now: datetime) -> list[Firing]:
        """The minutes that have ended since the watch was told the last one.

        Those of a symbol that it was never told of begin now; what was traded before is its background.
        """
        told = self.watch.told_minutes()
        if not told:
            return []
        floor = self._begun.replace(second=0, microsecond=0)
        since = {symbol: floor if until is None else until + MINUTE.length for symbol, until in told.items()}
        if self._late:
            bars = pl.concat([self._book.minutes(symbol, start, now) for symbol, start in since.items()])
            self._late = False
        else:
            live = self._desk.tape.minutes(list(since), min(since.values()))
            starts = pl.DataFrame({"symbol": list(since), "since": list(since.values())})
            ended = live.filter(pl.col("ts") + MINUTE.length <= now).join(starts, on="symbol")
            bars = ended.filter(pl.col("ts") >= pl.col("since")).drop("since")
        return self.watch.closed(bars)

    def _days(self, now: datetime) -> list[Firing]:
        """The days that have ended since the watch was told the last one, of symbols whose newest one is known."""
        fired = []
        version = self._desk.lake.version()
        for symbol, told in self.watch.told_days().items():
            venue = sessions(self._book.exchange_of(symbol), now.date() - timedelta(days=10), now.date())
            over = venue.filter(pl.col("close") + DAY_OVER <= now)
            if told is None:
                over = over.filter(pl.col("close") + DAY_OVER > self._begun)
            if over.is_empty() or self._asked.get(symbol) == version:
                continue
            newest: date = over["trade_date"].item(-1)
            if told is None or told < newest:
                first = newest if told is None else told + timedelta(days=1)
                self._asked[symbol] = version
                fired += self.watch.closed(self._book.days(symbol, first, newest))
        return fired
