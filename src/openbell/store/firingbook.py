"""What fired, as it is kept for the owners of the rules: told page by page, and seen or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from openbell.store.instants import exact_text
from openbell.store.ledger import Ledger

FIRINGS = sa.Table(
    "firings",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("owner", sa.Integer, nullable=False),
    sa.Column("rule_id", sa.Integer, nullable=False),
    sa.Column("event", sa.String, nullable=False),
    sa.Column("symbol", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("price", sa.Float),
    sa.Column("message", sa.String, nullable=False),
    sa.Column("quiet", sa.Boolean, nullable=False),
    sa.Column("seen", sa.Boolean, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Firing:
    """What fired, as it is kept for the rule's owner. It never changes, but for `seen`."""

    id: int
    owner: int
    rule_id: int
    event: str
    symbol: str
    at: datetime
    price: float | None
    message: str
    quiet: bool
    seen: bool


class FiringBook:
    """Everybody's firings, in the ledger; `outbox.Outbox` records them, together with their deliveries."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def firings(self, owner: int | None = None, *, most: int, before: int | None = None) -> list[Firing]:
        """What a person's rules (None: anybody's) have fired, the newest first, those numbered below `before`."""
        query = sa.select(FIRINGS).where(of_owner(owner)).order_by(FIRINGS.c.id.desc()).limit(most)
        if before is not None:
            query = query.where(FIRINGS.c.id < before)
        with self._ledger.transaction() as connection:
            return [firing_of(row, row.id) for row in connection.execute(query)]

    def fired_since(self, start: datetime, owner: int) -> int:
        """How much has fired for a person since `start`."""
        return self._count(of_owner(owner) & (FIRINGS.c.at >= exact_text(start)))

    def unseen(self, owner: int) -> int:
        """How many firings a person has not seen."""
        return self._count(of_owner(owner) & ~FIRINGS.c.seen)

    def _count(self, which: sa.ColumnElement[bool]) -> int:
        with self._ledger.transaction() as connection:
            return connection.execute(sa.select(sa.func.count()).where(which)).scalar_one()

    def mark_seen(self, upto: int, owner: int) -> None:
        """A person has seen all that fired for them up to number `upto`."""
        with self._ledger.transaction() as connection:
            unseen = of_owner(owner) & (FIRINGS.c.id <= upto) & ~FIRINGS.c.seen
            connection.execute(sa.update(FIRINGS).where(unseen).values(seen=True))


def of_owner(owner: int | None) -> sa.ColumnElement[bool]:
    """Which firings are a person's (None: all are)."""
    return sa.true() if owner is None else FIRINGS.c.owner == owner


def firing_of(row: sa.Row[*tuple[Any, ...]], number: int) -> Firing:
    """The firing of that number, from a row with its columns."""
    at = datetime.fromisoformat(row.at)
    return Firing(
        number, row.owner, row.rule_id, row.event, row.symbol, at, row.price, row.message, row.quiet, row.seen
    )
