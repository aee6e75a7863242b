"""The outbox, which carries what fired to the channels: at least once, under a key that tells repeats apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal

import sqlalchemy as sa

from openbell.model.errors import StoreError
from openbell.store.alertbook import CHANNELS, RULES
from openbell.store.firingbook import FIRINGS, Firing, firing_of, of_owner
from openbell.store.instants import exact_text
from openbell.store.ledger import Ledger
from openbell.store.numbers import number_of

State = Literal["waiting", "sending", "sent", "dead"]

READ_BY_THE_PAGE = ("in-app", "browser")
"""Kinds of channels that nothing is sent to: the page reads the firings itself."""

LEASE = timedelta(seconds=60)
"""How long an item belongs to the worker that took it; after a crash it is due again."""

LONGEST_WAIT = timedelta(hours=25)
"""Nothing waits longer: neither for quiet hours on a day on which clocks are put back, nor as a receiver asked."""

_META = sa.MetaData()
_OUTBOX = sa.Table(
    "outbox",
    _META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("firing_id", sa.Integer, nullable=False),
    sa.Column("channel_id", sa.Integer, nullable=False),
    sa.Column("key", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_try", sa.String),
    sa.Column("created", sa.String, nullable=False),
)
_ATTEMPTS = sa.Table(
    "attempts",
    _META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("outbox_id", sa.Integer, nullable=False),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("ok", sa.Boolean, nullable=False),
    sa.Column("receipt", sa.String, nullable=False),
)
_CURSOR = sa.Table(
    "alert_cursor",
    _META,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("log", sa.String, nullable=False),
    sa.Column("offset", sa.BigInteger, nullable=False),
    sa.Column("state", sa.JSON, nullable=False),
)
_OPEN = _OUTBOX.c.state.in_(("waiting", "sending"))
_USABLE = _OUTBOX.c.channel_id.in_(sa.select(CHANNELS.c.id).where(CHANNELS.c.enabled))


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule has fired: `event` tells it from every other time it fires, on every replay.

    Nothing leaves before `not_before` (the end of quiet hours).
    """

    rule_id: int
    event: str
    symbol: str
    at: datetime
    price: float | None
    message: str
    quiet: bool = False
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the log of that id has been evaluated, and the state of the rules there."""

    log: str
    offset: int
    state: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Item:
    """A firing on its way to a channel; it is this worker's until `leased_until`."""

    id: int
    key: str
    attempts: int
    leased_until: datetime
    firing: Firing
    kind: str
    config: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the way of a firing to a channel stands; `next_try` is the end of the lease while it is `sending`."""

    id: int
    firing_id: int
    channel_id: int
    key: str
    state: State
    attempts: int
    next_try: datetime | None
    created: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, and what the receiver answered or why it did not arrive."""

    at: datetime
    ok: bool
    receipt: str


class Outbox:
    """The deliveries of firings, in the ledger; any number of processes may use it at once."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    # recording

    def cursor(self, name: str) -> Cursor | None:
        """Where the evaluation called `name` stands."""
        with self._ledger.transaction() as connection:
            row = connection.execute(sa.select(_CURSOR).where(_CURSOR.c.name == name)).one_or_none()
        return None if row is None else Cursor(row.log, row.offset, row.state)

    def place(self, name: str, cursor: Cursor) -> None:
        """Begin the evaluation called `name` at `cursor`, also where it was further: the log is not what it was."""
        with self._ledger.transaction(alone=True) as connection:
            connection.execute(sa.delete(_CURSOR).where(_CURSOR.c.name == name))
            _advance(connection, name, cursor)

    def record(self, name: str, cursor: Cursor, fired: Sequence[Fired], now: datetime) -> int:
        """Keep what fired, put it into the outbox and move the cursor, all or nothing; returns how many were new.

        An event that its rule has fired for before is left as it is, and so is a cursor that is further in the same
        log: what is evaluated again, by this process after a crash or by another one, fires once. Each goes to the
        enabled channels of its rule; one whose rule was removed meanwhile is dropped.
        """
        for _ in range(3):
            try:
                return self._record(name, cursor, fired, now)
            except sa.exc.IntegrityError:  # another process was faster; its rows are found now
                continue
        raise StoreError("Several processes evaluate the alerts at once.", remedy="Stop all but one.")

    def _record(self, name: str, cursor: Cursor, fired: Sequence[Fired], now: datetime) -> int:
        new = 0
        with self._ledger.transaction(alone=True) as connection:
            _advance(connection, name, cursor)
            if not fired:
                return 0
            chosen = sa.select(RULES.c.id, RULES.c.owner, RULES.c.channels)
            told = {row.id: row for row in connection.execute(chosen)}
            enabled = sa.select(CHANNELS.c.id, CHANNELS.c.kind).where(CHANNELS.c.enabled)
            channels = [(row.id, row.kind) for row in connection.execute(enabled.order_by(CHANNELS.c.id))]
            for each in fired:
                if each.rule_id not in told or _is_kept(connection, each):
                    continue
                rule = told[each.rule_id]
                to = [c for c in channels if rule.channels is None or c[0] in rule.channels]
                _keep(connection, rule.owner, each, to, now)
                new += 1
        return new

    def standing(self, firing_ids: Sequence[int]) -> dict[int, dict[State, int]]:
        """How many ways of each firing are in which state; a firing without channels is left out."""
        query = sa.select(_OUTBOX.c.firing_id, _OUTBOX.c.state, sa.func.count())
        query = query.where(_OUTBOX.c.firing_id.in_(firing_ids)).group_by(_OUTBOX.c.firing_id, _OUTBOX.c.state)
        found: dict[int, dict[State, int]] = {}
        with self._ledger.transaction() as connection:
            for firing, state, count in connection.execute(query):
                found.setdefault(firing, {})[state] = count
        return found

    def failing(self, firing_ids: Sequence[int]) -> dict[int, int]:
        """How many ways of each firing have failed so far and are tried again; those with none are left out."""
        return self._failing(_OUTBOX.c.firing_id, _OUTBOX.c.firing_id.in_(firing_ids))

    def failing_channels(self) -> dict[int, int]:
        """How many ways by each channel have failed so far and are tried again; those with none are left out."""
        return self._failing(_OUTBOX.c.channel_id, sa.true())

    def _failing(self, by: sa.Column[int], which: sa.ColumnElement[bool]) -> dict[int, int]:
        query = sa.select(by, sa.func.count()).where(which, _OPEN, _OUTBOX.c.attempts > 0).group_by(by)
        with self._ledger.transaction() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def forget(self, owner: int) -> None:
        """Forget what fired for a person, and every try to deliver it."""
        theirs = sa.select(FIRINGS.c.id).where(of_owner(owner))
        ways = sa.select(_OUTBOX.c.id).where(_OUTBOX.c.firing_id.in_(theirs))
        with self._ledger.transaction(alone=True) as connection:
            connection.execute(sa.delete(_ATTEMPTS).where(_ATTEMPTS.c.outbox_id.in_(ways)))
            connection.execute(sa.delete(_OUTBOX).where(_OUTBOX.c.firing_id.in_(theirs)))
            connection.execute(sa.delete(FIRINGS).where(of_owner(owner)))

    def deliveries(self, firing_id: int, owner: int | None = None) -> list[Delivery]:
        """How the ways of one firing of a person's (None: of anybody's) stand, by channel."""
        theirs = sa.select(FIRINGS.c.id).where(of_owner(owner) & (FIRINGS.c.id == firing_id))
        query = sa.select(_OUTBOX, CHANNELS.c.not_before).where(_OUTBOX.c.firing_id.in_(theirs))
        query = query.outerjoin(CHANNELS, CHANNELS.c.id == _OUTBOX.c.channel_id).order_by(_OUTBOX.c.channel_id)
        with self._ledger.transaction() as connection:
            rows = connection.execute(query).all()
        return [
            Delivery(
                r.id,
                r.firing_id,
                r.channel_id,
                r.key,
                r.state,
                r.attempts,
                None if r.next_try is None else datetime.fromisoformat(max(r.next_try, r.not_before or "")),
                datetime.fromisoformat(r.created),
            )
            for r in rows
        ]

    def attempts(self, delivery_id: int) -> list[Attempt]:
        """The tries of one delivery, oldest first."""
        query = sa.select(_ATTEMPTS).where(_ATTEMPTS.c.outbox_id == delivery_id).order_by(_ATTEMPTS.c.id)
        with self._ledger.transaction() as connection:
            rows = connection.execute(query).all()
        return [Attempt(datetime.fromisoformat(r.at), r.ok, r.receipt) for r in rows]

    # deliveries

    def due(self, now: datetime) -> list[int]:
        """The channels that something is due for. What waits for one that is off or gone is given up first."""
        due = _due(now)
        query = sa.select(_OUTBOX.c.channel_id, _USABLE).where(due).distinct().order_by(_OUTBOX.c.channel_id)
        with self._ledger.transaction() as connection:
            found = [(row[0], row[1]) for row in connection.execute(query)]
        if not all(can for _, can in found):
            self._give_up(_OPEN & ~_USABLE, "The channel was switched off or removed.", now)
        return [channel for channel, can in found if can]

    def _give_up(self, which: sa.ColumnElement[bool], why: str, now: datetime) -> None:
        with self._ledger.transaction(alone=True) as connection:
            for number in connection.execute(sa.select(_OUTBOX.c.id).where(which)).scalars().all():
                given_up = sa.update(_OUTBOX).where(_OUTBOX.c.id == number, _OPEN)
                if connection.execute(given_up.values(state="dead", next_try=None)).rowcount:
                    _log(connection, number, now, ok=False, receipt=why)

    def take(self, channel_id: int, now: datetime) -> Item | None:
        """The item of a channel that is due for longest, for this worker alone until `now` + LEASE."""
        due = _due(now) & _USABLE & (_OUTBOX.c.channel_id == channel_id)
        oldest = sa.select(_OUTBOX.c.id, _OUTBOX.c.next_try).where(due).order_by(_OUTBOX.c.next_try, _OUTBOX.c.id)
        until = now + LEASE
        with self._ledger.transaction(alone=True) as connection:
            while (found := connection.execute(oldest.limit(1)).one_or_none()) is not None:
                unchanged = _OPEN & (_OUTBOX.c.id == found.id) & (_OUTBOX.c.next_try == found.next_try)
                taken = sa.update(_OUTBOX).where(unchanged).values(state="sending", next_try=exact_text(until))
                if connection.execute(taken).rowcount:  # else another worker took it since
                    return _item(connection, found.id, until)
        return None

    def sent(self, item: Item, receipt: str, now: datetime) -> None:
        """`item` has arrived."""
        with self._ledger.transaction() as connection:
            this = sa.update(_OUTBOX).where(_OUTBOX.c.id == item.id)
            connection.execute(this.values(state="sent", attempts=_OUTBOX.c.attempts + 1, next_try=None))
            _log(connection, item.id, now, ok=True, receipt=receipt)

    def failed(
        self, item: Item, why: str, now: datetime, next_try: datetime | None, *, not_before: datetime | None = None
    ) -> None:
        """`item` has not arrived; it is dead without a `next_try`. Its channel gets nothing `not_before` that instant.

        A worker whose lease has run out only adds to the log: the item is another's.
        """
        state: State = "dead" if next_try is None else "waiting"
        mine = (_OUTBOX.c.id == item.id) & (_OUTBOX.c.state == "sending")
        mine &= _OUTBOX.c.next_try == exact_text(item.leased_until)
        until = None if next_try is None else exact_text(next_try)
        with self._ledger.transaction(alone=True) as connection:
            this = sa.update(_OUTBOX).where(mine)
            connection.execute(this.values(state=state, attempts=_OUTBOX.c.attempts + 1, next_try=until))
            if not_before is not None:
                channel = sa.select(_OUTBOX.c.channel_id).where(_OUTBOX.c.id == item.id).scalar_subquery()
                asked = sa.update(CHANNELS).where(CHANNELS.c.id == channel)
                connection.execute(asked.values(not_before=exact_text(not_before)))
            _log(connection, item.id, now, ok=False, receipt=why)


def _due(now: datetime) -> sa.ColumnElement[bool]:
    """What is to leave by `now`, on channels that were not asked to wait longer.

    What was put there long after `now`, or would wait longer than anything may, was told so by a clock that was ahead.
    """
    this, latest = exact_text(now), exact_text(now + LONGEST_WAIT)
    waits = sa.select(CHANNELS.c.id).where(CHANNELS.c.not_before > this, CHANNELS.c.not_before <= latest)
    untried = (_OUTBOX.c.state == "waiting") & (_OUTBOX.c.attempts == 0)
    due = (_OUTBOX.c.next_try <= this) | (_OUTBOX.c.next_try > latest) | (untried & (_OUTBOX.c.created > latest))
    return _OPEN & due & _OUTBOX.c.channel_id.not_in(waits)


def _advance(connection: sa.Connection, name: str, cursor: Cursor) -> None:
    named = _CURSOR.c.name == name
    values = {"log": cursor.log, "offset": cursor.offset, "state": dict(cursor.state)}
    behind = sa.update(_CURSOR).where(named & ((_CURSOR.c.log != cursor.log) | (_CURSOR.c.offset <= cursor.offset)))
    if connection.execute(behind.values(**values)).rowcount:
        return
    if connection.execute(sa.select(_CURSOR.c.name).where(named)).one_or_none() is None:
        connection.execute(sa.insert(_CURSOR).values(name=name, **values))


def _is_kept(connection: sa.Connection, fired: Fired) -> bool:
    same = (FIRINGS.c.rule_id == fired.rule_id) & (FIRINGS.c.event == fired.event)
    return connection.execute(sa.select(FIRINGS.c.id).where(same)).one_or_none() is not None


def _keep(
    connection: sa.Connection, owner: int, fired: Fired, channels: Sequence[tuple[int, str]], now: datetime
) -> None:
    """Store a firing of an owner's rule and its deliveries; what the page reads itself has arrived with that."""
    values = {
        "owner": owner,
        "rule_id": fired.rule_id,
        "event": fired.event,
        "symbol": fired.symbol,
        "at": exact_text(fired.at),
    }
    shown = {"price": fired.price, "message": fired.message, "quiet": fired.quiet, "seen": False}
    number = number_of(connection, sa.insert(FIRINGS).values(**values, **shown), "firing")
    due = max(now, fired.not_before or now)
    for channel, kind in channels:
        read = kind in READ_BY_THE_PAGE
        connection.execute(
            sa.insert(_OUTBOX).values(
                firing_id=number,
                channel_id=channel,
                key=_key(fired, channel),
                state="sent" if read else "waiting",
                attempts=0,
                next_try=None if read else exact_text(due),
                created=exact_text(now),
            )
        )


def _key(fired: Fired, channel: int) -> str:
    """`openbell-<firing>-<channel>`.

    The firing is named by what happened, not by its number: a new ledger counts from 1 again, and mail servers drop a
    Message-ID that they have seen.
    """
    event = sha256(f"{fired.rule_id}\n{fired.event}\n{exact_text(fired.at)}".encode()).hexdigest()[:20]
    return f"openbell-{event}-{channel}"


def _item(connection: sa.Connection, number: int, until: datetime) -> Item:
    joined = _OUTBOX.join(FIRINGS, FIRINGS.c.id == _OUTBOX.c.firing_id).join(
        CHANNELS, CHANNELS.c.id == _OUTBOX.c.channel_id
    )
    query = sa.select(_OUTBOX.c.key, _OUTBOX.c.attempts, _OUTBOX.c.firing_id, CHANNELS.c.kind, CHANNELS.c.config)
    query = query.add_columns(*(column for column in FIRINGS.c if column.name != "id"))
    row = connection.execute(query.select_from(joined).where(_OUTBOX.c.id == number)).one()
    return Item(number, row.key, row.attempts, until, firing_of(row, row.firing_id), row.kind, row.config)


def _log(connection: sa.Connection, number: int, at: datetime, *, ok: bool, receipt: str) -> None:
    """Write down a try, unless what it is of was forgotten meanwhile."""
    if connection.execute(sa.select(_OUTBOX.c.id).where(_OUTBOX.c.id == number)).first() is None:
        return
    connection.execute(sa.insert(_ATTEMPTS).values(outbox_id=number, at=exact_text(at), ok=ok, receipt=receipt))
