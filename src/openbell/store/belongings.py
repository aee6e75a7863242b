"""What is a person's own, and goes where they go for good: portfolios, watchlists, items, and what they have said."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from openbell.model.words import counted
from openbell.store.ledger import Ledger

_PORTFOLIOS, _WATCHLISTS, _ITEMS = (
    sa.table(name, sa.column("id"), sa.column("owner")) for name in ("portfolios", "watchlists", "own_items")
)
_TRANSACTIONS = sa.table("transactions", sa.column("portfolio"))
_SHARES = sa.table("shares", sa.column("noun"), sa.column("key"))
_SAID = tuple(sa.table(name, sa.column("owner")) for name in ("instrument_facts", "hand_prices", "import_mappings"))
_REMOVED_LISTS = sa.table("removed_watchlists", sa.column("id"), sa.column("owner"))


@dataclass(frozen=True, slots=True)
class Belongings:
    """How many things of each kind are a person's own."""

    portfolios: int = 0
    watchlists: int = 0
    items: int = 0

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.portfolios or self.watchlists or self.items)

    def __str__(self) -> str:
        """Such as `2 portfolios and 1 watchlist`."""
        told = [
            counted(count, noun)
            for count, noun in (
                (self.portfolios, "portfolio"),
                (self.watchlists, "watchlist"),
                (self.items, "own item"),
            )
            if count
        ]
        return " and ".join(filter(None, (", ".join(told[:-1]), *told[-1:]))) or "nothing"


def belongings(ledger: Ledger) -> dict[int, Belongings]:
    """By person, what is theirs; who has nothing is not in it."""
    with ledger.transaction() as connection:
        counts = [_by_owner(connection, table) for table in (_PORTFOLIOS, _WATCHLISTS, _ITEMS)]
    return {owner: Belongings(*(count.get(owner, 0) for count in counts)) for owner in set().union(*counts)}


def belongings_of(connection: sa.Connection, owner: int) -> Belongings:
    """What is one person's, in the midst of a transaction."""
    return Belongings(*(_by_owner(connection, table).get(owner, 0) for table in (_PORTFOLIOS, _WATCHLISTS, _ITEMS)))


def forget_belongings(connection: sa.Connection, owner: int) -> None:
    """Forget all that is a person's own, and with whom it was shared, in the midst of a transaction."""
    for noun, tables in (("portfolio", (_PORTFOLIOS,)), ("watchlist", (_WATCHLISTS, _REMOVED_LISTS))):
        for table in tables:
            theirs = sa.select(table.c.id).where(table.c.owner == owner)
            connection.execute(sa.delete(_SHARES).where(_SHARES.c.noun == noun, _SHARES.c.key.in_(theirs)))
    portfolios = sa.select(_PORTFOLIOS.c.id).where(_PORTFOLIOS.c.owner == owner)
    connection.execute(sa.delete(_TRANSACTIONS).where(_TRANSACTIONS.c.portfolio.in_(portfolios)))
    for table in (_PORTFOLIOS, _WATCHLISTS, _REMOVED_LISTS, _ITEMS, *_SAID):
        connection.execute(sa.delete(table).where(table.c.owner == owner))


def _by_owner(connection: sa.Connection, table: sa.TableClause) -> dict[int, int]:
    query = sa.select(table.c.owner, sa.func.count().label("things")).group_by(table.c.owner)
    return {row.owner: row.things for row in connection.execute(query)}
