"""Watchlists: the symbols that people follow, in their order, each list its owner's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from openbell.model.errors import ChangedMeanwhile, InvalidInput, OpenbellError
from openbell.store.ledger import Ledger, own_name
from openbell.store.numbers import number_of
from openbell.store.peoplebook import first_owner

_META = sa.MetaData()
WATCHLISTS = sa.Table(
    "watchlists",
    _META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("owner", sa.Integer, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("symbols", sa.JSON, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
REMOVED = sa.Table(
    "removed_watchlists",
    _META,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("owner", sa.Integer, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("symbols", sa.JSON, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("removed", sa.String, nullable=False),
)

MOST_LISTS = 100
"""Of one person."""

KEPT = timedelta(days=7)
"""How long a removed list can be restored."""


class NoSuchList(OpenbellError):
    """There is no such watchlist, or not any more."""


@dataclass(frozen=True, slots=True)
class Watchlist:
    """Symbols in the order their owner put them; `version` grows by one with each change."""

    id: int
    owner: int
    name: str
    symbols: tuple[str, ...]
    version: int = 1


class WatchBook:
    """Everybody's watchlists, in the ledger. A number is never given twice: rules and shares name it."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def lists(self) -> list[Watchlist]:
        """All watchlists: the first person's first, each person's in their order."""
        with self._ledger.transaction() as connection:
            return [_watchlist(row) for row in connection.execute(_THERE)]

    def of(self, owner: int) -> list[Watchlist]:
        """The watchlists of one person, in their order."""
        return [each for each in self.lists() if each.owner == owner]

    def of_first_owner(self) -> list[Watchlist]:
        """The watchlists of whom those are that the desk makes by itself."""
        with self._ledger.transaction() as connection:
            return _of_first_owner(connection)

    def one(self, key: int) -> Watchlist:
        """The watchlist `key`; raises NoSuchList."""
        with self._ledger.transaction() as connection:
            return _one(connection, key)

    def watched(self, others: Iterable[str] = ()) -> set[str]:
        """The symbols of all watchlists, and `others`, but those imported only: they may be somebody's own."""
        imported = {fetch.symbol for fetch in self._ledger.fetches() if fetch.state == "imported"}
        return {symbol for each in self.lists() for symbol in each.symbols}.union(others) - imported

    def add(self, name: str, symbols: Sequence[str], owner: int | None = None) -> Watchlist:
        """A new watchlist, the last of its owner's (None: the desk's first owner).

        Raises InvalidInput for a name that another of theirs bears.
        """
        with own_name("watchlist"), self._ledger.transaction(alone=True) as connection:
            return _add(connection, name, symbols, first_owner(connection) if owner is None else owner)

    def begun(self) -> bool:
        """Whether there ever was a watchlist: who has removed all wants none."""
        with self._ledger.transaction() as connection:
            return _begun(connection)

    def begin(self, symbols: Sequence[str]) -> None:
        """Make the desk's first watchlist, unless there ever was one."""
        if self.begun():
            return
        with self._ledger.transaction(alone=True) as connection:
            if not _begun(connection):
                _add(connection, "Watchlist", symbols, first_owner(connection))

    def watch(self, symbols: Sequence[str], *, most: int) -> tuple[str, ...]:
        """Put what no watchlist has first on the desk's first one, unless that is more than `most`; returns it.

        Where the desk's first owner has no watchlist, it is a new one's.
        """
        with self._ledger.transaction(alone=True) as connection:
            lists = [_watchlist(row) for row in connection.execute(_THERE)]
            watched = {symbol for each in lists for symbol in each.symbols}
            new = tuple(symbol for symbol in dict.fromkeys(symbols) if symbol not in watched)
            if not new or len(new) > most:
                return ()
            if own := _of_first_owner(connection):
                _change(connection, replace(own[0], symbols=(*new, *own[0].symbols)))
            else:
                _add(connection, "Watchlist", new, first_owner(connection))
        return new

    def change(self, watchlist: Watchlist) -> Watchlist:
        """Replace the name and symbols of a watchlist as it was at its `version`; returns it with the next one.

        Raises NoSuchList, ChangedMeanwhile, and InvalidInput for a name that another of its owner's bears.
        """
        with own_name("watchlist"), self._ledger.transaction() as connection:
            return _change(connection, watchlist)

    def remove(self, key: int, now: datetime) -> list[int]:
        """Take a watchlist away; for KEPT it can be restored with all that names it. Raises NoSuchList.

        Returns the numbers of those that were removed longer ago, and are forgotten now.
        """
        at, mine = now.astimezone(UTC), WATCHLISTS.c.id == key
        with self._ledger.transaction(alone=True) as connection:
            row = connection.execute(sa.select(WATCHLISTS).where(mine)).mappings().first()
            if row is None:
                raise _none(key)
            connection.execute(sa.delete(WATCHLISTS).where(mine))
            old = REMOVED.c.removed < (at - KEPT).isoformat()
            forgotten = list(connection.execute(sa.select(REMOVED.c.id).where(old)).scalars())
            connection.execute(sa.delete(REMOVED).where(old))
            connection.execute(sa.insert(REMOVED).values(**row, removed=at.isoformat()))
        return forgotten

    def restore(self, key: int, owner: int) -> Watchlist:
        """Bring back a removed watchlist of `owner`; one that is there stays as it is.

        Raises NoSuchList, and InvalidInput where another list bears its name by now.
        """
        mine = (REMOVED.c.id == key) & (REMOVED.c.owner == owner)
        with own_name("watchlist"), self._ledger.transaction(alone=True) as connection:
            row = connection.execute(sa.select(REMOVED).where(mine)).mappings().first()
            if row is not None:
                connection.execute(sa.delete(REMOVED).where(mine))
                connection.execute(sa.insert(WATCHLISTS).values({each: row[each] for each in row if each != "removed"}))
            found = _one(connection, key)
            if found.owner != owner:
                raise _none(key)
            return found

    def arrange(self, owner: int, order: Sequence[int]) -> None:
        """Put the lists of `owner` in the order of their numbers; raises InvalidInput unless each is named once."""
        with self._ledger.transaction(alone=True) as connection:
            _assert_all(order, {row.id for row in connection.execute(_THERE) if row.owner == owner})
            for place, key in enumerate(order):
                connection.execute(sa.update(WATCHLISTS).where(WATCHLISTS.c.id == key).values(position=place))


_THERE = sa.select(WATCHLISTS).order_by(WATCHLISTS.c.owner, WATCHLISTS.c.position, WATCHLISTS.c.id)


def _watchlist(row: sa.Row[tuple[object, ...]]) -> Watchlist:
    return Watchlist(row.id, row.owner, row.name, tuple(row.symbols), row.version)


def _of_first_owner(connection: sa.Connection) -> list[Watchlist]:
    mine = _THERE.where(WATCHLISTS.c.owner == first_owner(connection))
    return [_watchlist(row) for row in connection.execute(mine)]


def _begun(connection: sa.Connection) -> bool:
    """The list that was removed last is kept until another is, so that one that was there has left a trace."""
    return any(connection.execute(sa.select(table.c.id).limit(1)).first() for table in (WATCHLISTS, REMOVED))


def _one(connection: sa.Connection, key: int) -> Watchlist:
    row = connection.execute(_THERE.where(WATCHLISTS.c.id == key)).first()
    if row is None:
        raise _none(key)
    return _watchlist(row)


def _none(key: int) -> NoSuchList:
    return NoSuchList(f"There is no watchlist {key}.", remedy="List yours with GET /watchlists.")


def _add(connection: sa.Connection, name: str, symbols: Sequence[str], owner: int) -> Watchlist:
    there = sa.select(sa.func.count(), sa.func.max(WATCHLISTS.c.position)).where(WATCHLISTS.c.owner == owner)
    count, last = connection.execute(there).one()
    if count >= MOST_LISTS:
        raise InvalidInput("name", f"There are {count} watchlists already.", remedy="Remove one first.")
    values = {"owner": owner, "name": name, "symbols": list(symbols), "version": 1}
    place = 0 if last is None else last + 1
    number = number_of(connection, sa.insert(WATCHLISTS).values(**values, position=place), "watchlist")
    return Watchlist(number, owner, name, tuple(symbols))


def _change(connection: sa.Connection, watchlist: Watchlist) -> Watchlist:
    changed = replace(watchlist, version=watchlist.version + 1)
    found = connection.execute(
        sa.update(WATCHLISTS)
        .where(WATCHLISTS.c.id == watchlist.id, WATCHLISTS.c.version == watchlist.version)
        .values(name=changed.name, symbols=list(changed.symbols), version=changed.version)
    )
    if found.rowcount != 1:
        there = _one(connection, watchlist.id)
        raise ChangedMeanwhile(f"{there.name} was changed meanwhile.", there)
    return changed


def _assert_all(order: Sequence[int], own: Collection[int]) -> None:
    if len(order) != len(own) or set(order) != set(own):
        named = ", ".join(map(str, sorted(own))) or "none"
        raise InvalidInput("order", "The order does not name each of the lists once.", remedy=f"They are: {named}.")
