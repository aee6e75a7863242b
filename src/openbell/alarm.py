"""The alarm: what the log says and what the clock finds, against the rules; what fires goes to the outbox, once.

The place in the log and the state of the rules there are kept together with what fired. After a crash, or any failure,
the log is read again from that place, and what fires a second time is known by its rule and event.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Event, Lock, Thread

import msgspec
import polars as pl

from openbell.alerts.conditions import OfClock, OfPrice
from openbell.alerts.rules import Firing, Rule
from openbell.alerts.watch import Facts, Watch
from openbell.desk import Desk
from openbell.ingest.intake import Heard, Intake
from openbell.model.errors import OpenbellError
from openbell.model.sessions import LONGEST_PAUSE
from openbell.pasts import Pasts
from openbell.rulebook import EVALUATION, Rulebook
from openbell.store.firingbook import FiringBook
from openbell.store.log import Log
from openbell.store.outbox import Cursor, Fired, Outbox

log = logging.getLogger(__name__)

LOOKED_EVERY = timedelta(seconds=2)
"""How often the clock's rules are asked and edited rules are looked for."""

KEPT_EVERY = timedelta(seconds=30)
"""How often the place in the log is kept where nothing fires and no rule changes: the state may be large."""

PATIENCE_S = 0.5
"""How long nothing but the clock is waited for."""

BREATH_S = 0.01
"""How long prices have the machine for themselves between two reads of the past."""

SILENT = timedelta(minutes=1)
"""Where nothing was heard for so long, an open may have been missed."""

WAITING = 500_000
"""So many rows wait in memory for the rules; what is more is read from the log when its turn comes."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the rules cannot be judged, or what they fire be kept, in a sentence; and since when."""

    detail: str
    since: datetime


class Alarm:
    """Listens to an intake from `start` to `stop`, in a thread of its own: rules never hold up the log."""

    def __init__(self, desk: Desk, entries: Log, intake: Intake, facts: Callable[[], Facts]) -> None:
        """`entries`: the log of the intake. Rules that never heard of it count from its end on."""
        self._desk = desk
        self._intake = intake
        self._facts = facts
        self._outbox = Outbox(desk.ledger)
        self._firings = FiringBook(desk.ledger)
        self._queue = _Queue(intake)
        self._stopped = Event()
        self._newest: Mapping[int, int] = {}
        self._since = desk.clock()
        self._looked: datetime | None = None
        self._trouble: Trouble | None = None
        self._cursor = self._left(entries)
        self._heard = self._cursor.offset
        self._thread = Thread(target=self._run, name="alarm", daemon=True)

    @property
    def kept(self) -> int:
        """The offset up to which the rules do not need the log any more."""
        return self._cursor.offset

    def newest(self, owner: int) -> int:
        """The number of what fired last for `owner` since `start`; 0 where nothing has."""
        return self._newest.get(owner, 0)

    @property
    def heard(self) -> int:
        """The offset up to which the rules have heard the log; what fired until there is kept."""
        return self._heard

    @property
    def looked(self) -> datetime | None:
        """When the clock's rules were asked last, and nothing waited to be heard or asked for."""
        return self._looked

    @property
    def trouble(self) -> Trouble | None:
        """What keeps the rules from their work; None again once all that waited is heard and kept."""
        return self._trouble

    def start(self) -> None:
        """Begin where it was left."""
        self._intake.listen(self._queue.put)
        self._thread.start()

    def stop(self) -> None:
        """End; what was not heard until then is heard at the next start."""
        self._stopped.set()
        self._queue.news.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._listen()
            except Exception as error:  # the rules must be asked again; what was not kept is in the log
                log.exception("the rules failed and are asked again")
                since = self._desk.clock() if self._trouble is None else self._trouble.since
                self._trouble = Trouble(_sentence(error), since)
                self._stopped.wait(LOOKED_EVERY.total_seconds())

    def _listen(self) -> None:
        """From what is kept on, until stopped."""
        kept = self._cursor
        rules = _Rules(self._desk, kept.state, self._since)
        offset, now = kept.offset, self._desk.clock()
        looked, stored = now - LOOKED_EVERY, now - KEPT_EVERY
        self._queue.forget()
        while not self._stopped.is_set():
            for heard in self._queue.after(offset, BREATH_S if rules.behind else PATIENCE_S):
                now = self._desk.clock()
                fired = [] if heard is None else rules.hear(heard, now)
                offset = offset if heard is None else heard.offset
                if not looked <= now < looked + LOOKED_EVERY:
                    looked = now
                    fired += rules.look(now, self._facts())
                if heard is None:
                    fired += rules.rest(now)
                if fired or rules.changed or not stored <= now < stored + KEPT_EVERY:
                    stored, rules.changed = now, False
                    self._keep(Cursor(kept.log, offset, rules.state()), rules.outgoing(fired, now), now)
                self._heard = offset
                if heard is None and not rules.behind:
                    self._looked, self._trouble = looked, None
                if self._stopped.is_set():
                    break
        self._keep(Cursor(kept.log, offset, rules.state()), [], now)

    def _left(self, entries: Log) -> Cursor:
        """Where the rules were left in this log; the end of another one, or of an older copy that was put back."""
        kept = self._outbox.cursor(EVALUATION)
        if kept is not None and kept.log == entries.id and kept.offset <= entries.last:
            return kept
        cursor = Cursor(entries.id, entries.last, {} if kept is None else kept.state)
        self._outbox.place(EVALUATION, cursor)
        return cursor

    def _keep(self, cursor: Cursor, fired: Sequence[Fired], now: datetime) -> None:
        if cursor == self._cursor and not fired:
            return
        if new := self._outbox.record(EVALUATION, cursor, fired, now):
            told = {each.owner: each.id for each in reversed(self._firings.firings(most=new))}
            self._newest = {**self._newest, **told}
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

    @property
    def waiting(self) -> int:
        """How many rows there are in memory."""
        return self._rows

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
        self.news.set()

    def after(self, offset: int, patience_s: float) -> Iterator[Heard | None]:
        """The entries after `offset` in their order, once anything has come or after `patience_s`; None after the last.

        Who leaves off before that has to `forget` before it is begun anew.
        """
        self.news.wait(patience_s)
        self.news.clear()
        at_the_end = False
        while not at_the_end:
            with self._guard:
                complete, self._complete = self._complete, True
            if not complete:  # from here on they come into memory too, and those that are in the log are passed over
                for heard in self._intake.entries(offset):
                    yield heard
                    offset = heard.offset
            while (entry := self._next()) is not None:
                if entry.offset > offset:
                    yield entry
                    offset = entry.offset
            at_the_end = self._complete  # else more have come meanwhile than memory holds
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


def _sentence(error: Exception) -> str:
    """Of what nobody foresaw only its kind: its words may hold what is no reader's business."""
    told = isinstance(error, OpenbellError)
    return str(error) if told else f"They failed: {type(error).__name__}. The log has more."


def _rows(heard: Heard) -> int:
    return heard.trades.height + heard.quotes.height


class _Rules:
    """The watch over the rules as they are now, and what it is told beside the log: minutes, days, facts."""

    def __init__(self, desk: Desk, state: Mapping[str, str], since: datetime) -> None:
        """`since`: from when on all prices are heard."""
        self._desk = desk
        self._book = Rulebook(desk)
        self._since = since
        self._listened = self._told = since
        self._judged: dict[str, object] = {}
        self._ended: deque[str] = deque()
        self._counted: object = None
        self._pasts = Pasts(desk, self._book, since, msgspec.json.decode(state.get("born", "{}"), type=_Born))
        self._rested = True
        self._coming: _Chosen | None = None
        self._begin(self._choose(), state.get("watch"))

    @property
    def behind(self) -> bool:
        """Whether there is more to do as soon as nothing waits to be heard."""
        return self._pasts.behind or bool(self._ended)

    def state(self) -> dict[str, str]:
        """From which other ones go on."""
        return {"watch": self.watch.state(), "born": msgspec.json.encode(self._pasts.born).decode()}

    def hear(self, heard: Heard, now: datetime) -> list[Firing]:
        """What an entry of the log sets off, which is heard at `now`."""
        if heard.ready is not None:
            if heard.ready - self._told >= SILENT:  # else some feed was heard all the time
                self._pasts.resume(heard.ready)
            self.watch.resume()
        newest = pl.concat([heard.trades["ts"], heard.quotes["ts"]]).max()
        self._told = max(self._told, newest) if isinstance(newest, datetime) else self._told
        self.watch.note(heard.trades, now)
        self.watch.note(heard.quotes, now)
        return self.watch.hear(heard.trades, heard.quotes)

    def look(self, now: datetime, facts: Facts) -> list[Firing]:
        """What the clock finds at `now`; edited rules are taken over once their past is known."""
        waited, self._rested = self._coming is not None and not self._rested, False
        self._since, self._told = min(self._since, now), min(self._told, now)  # the clock may have been ahead
        self.watch.set_right(now)
        if self._book.version() != (self._coming or self._chosen).version:
            self._coming = self._choose()
        self._pasts.look((self._coming or self._chosen).symbols, now)
        self._take_over(at_once=waited)
        self._ended = deque(self._unjudged(now))
        return [*self._volumes(now), *self.watch.at(now, facts)]

    def rest(self, now: datetime) -> list[Firing]:
        """What is done where nothing waits to be heard: who is silent is told, and one symbol's past is read."""
        fired, self._rested = list[Firing](), True
        if self._pasts.behind:
            learned = self._pasts.ask()
            if learned is not None:
                self.watch.learn(learned)
            self._take_over(at_once=False)
        elif self._ended:
            fired += self._days(self._ended.popleft(), now)
        if not self._listened <= now < self._listened + LOOKED_EVERY:
            self._listened = now
            fired += self.watch.silent(now, self._since)
        return fired

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
                not_before=None if (quiet := self._chosen.rules[each.rule].quiet) is None else quiet.over(now),
            )
            for each in fired
            if each.rule in self._chosen.rules
        ]

    def _choose(self) -> _Chosen:
        version, chosen = self._book.version(), self._book.chosen()
        return _Chosen(
            version if self._book.version() == version else None,
            {rule.id: rule for rule, _ in chosen},
            {rule.id: symbols for rule, symbols in chosen},
            _followed(chosen),
        )

    def _take_over(self, *, at_once: bool) -> None:
        """Go by the edited rules once their past is known, or `at_once`: prices may come without a rest."""
        if self._coming is not None and (at_once or not self._pasts.unknown):
            self._begin(self._coming, self.watch.state())
            self._coming = None

    def _begin(self, chosen: _Chosen, state: str | None) -> None:
        """A watch over the rules as they are chosen, which goes on from `state`."""
        self._chosen = chosen
        self._pasts.keep(chosen.symbols)
        self.watch = Watch(
            chosen.rules.values(),
            members=lambda rule: chosen.members[rule.id],
            backgrounds=self._pasts,
            exchange_of=self._book.exchange_of,
            state=state,
        )
        now = self._desk.clock()
        self.watch.begin(now)
        for symbol, day in self._book.ended(self.watch.new_days(), now).items():
            self.watch.begin_days(symbol, day)
        self._counted, self.changed = None, True

    def _volumes(self, now: datetime) -> list[Firing]:
        """The volumes of the trade date, whenever a minute has ended or anything was stored."""
        counted = now.replace(second=0, microsecond=0), self._desk.lake.version()
        if not self.watch.volumes or self._pasts.unknown or counted == self._counted:
            return []
        self._counted = counted
        return self.watch.traded(self._book.trading(self.watch.volumes, now), now)

    def _unjudged(self, now: datetime) -> Iterator[str]:
        """The symbols of which a day has ended since the watch judged the last one, if anything was stored since."""
        version, told = self._desk.lake.version(), self.watch.told_days()
        for symbol, ended in self._book.ended(told, now).items():
            if told[symbol] > ended + LONGEST_PAUSE and told[symbol] > (newest := self._newest_day(symbol)):
                self.watch.begin_days(symbol, max(ended, newest))  # the clock was ahead, as the prices show
            elif told[symbol] < ended and self._judged.get(symbol) != version:
                yield symbol

    def _newest_day(self, symbol: str) -> date:
        """The date of the newest bar of `symbol`, of any length."""
        newest = self._desk.history.stored(self._desk.history.register.id_of(symbol))["last"].max()
        return newest.date() if isinstance(newest, datetime) else date.min

    def _days(self, symbol: str, now: datetime) -> list[Firing]:
        """The days of `symbol` that have ended since the watch judged the last one, as far as they are known."""
        told = self.watch.told_days().get(symbol)
        if told is None:
            return []  # its rules were edited since
        self._judged[symbol] = self._desk.lake.version()
        days = self._book.days_after(symbol, told, self._book.ended([symbol], now)[symbol])
        if days.height and self._pasts.refresh(symbol):
            self.watch.learn(symbol)
        return self.watch.closed(days)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The rules as the book had them at a `version`, None: while it changed; what each is on, by id; the symbols whose
    past is needed, and whether their prices are followed."""

    version: object
    rules: Mapping[str, Rule]
    members: Mapping[str, Sequence[str]]
    symbols: Mapping[str, bool]


def _followed(chosen: Iterable[tuple[Rule, Iterable[str]]]) -> dict[str, bool]:
    """The symbols whose past is needed, and whether a rule follows their prices."""
    followed: dict[str, bool] = {}
    for rule, symbols in chosen:
        if rule.enabled and not isinstance(rule.condition, OfClock):
            of_price = isinstance(rule.condition, OfPrice)
            followed |= {symbol: of_price or followed.get(symbol, False) for symbol in symbols}
    return followed


_Born = dict[str, datetime]
