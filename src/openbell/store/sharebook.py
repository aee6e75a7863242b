"""What a person lets others see or change: portfolios and watchlists, each with a right."""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa

from openbell.model.errors import InvalidInput
from openbell.store.auditbook import Deed, write_down
from openbell.store.ledger import Ledger

Noun = Literal["portfolio", "watchlist"]
Right = Literal["read", "write"]
"""To `write` includes to `read`."""

_SHARES = sa.Table(
    "shares",
    sa.MetaData(),
    sa.Column("noun", sa.String, primary_key=True),
    sa.Column("key", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("person", sa.Integer, primary_key=True),
    sa.Column("right", sa.String, nullable=False),
)


class ShareBook:
    """Shares, in the ledger. Whether the caller may share, and what the owner may, is known by who owns the thing."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def share(self, noun: Noun, key: int, person: int, right: Right, deed: Deed | None = None) -> None:
        """Give `person` the right, in place of any other; raises InvalidInput when there is no such person."""
        with self._ledger.transaction(alone=True) as connection:
            connection.execute(sa.delete(_SHARES).where(_one(noun, key, person)))
            try:
                connection.execute(sa.insert(_SHARES).values(noun=noun, key=key, person=person, right=right))
            except sa.exc.IntegrityError as error:
                raise InvalidInput(
                    "person", f"There is no person {person}.", remedy="List them with GET /users."
                ) from error
            if deed is not None:
                write_down(connection, deed)

    def unshare(self, noun: Noun, key: int, person: int | None = None, deed: Deed | None = None) -> None:
        """Take the right of `person`, or everybody's, back; nothing where there was none."""
        mine = _thing(noun, key) if person is None else _one(noun, key, person)
        with self._ledger.transaction() as connection:
            if connection.execute(sa.delete(_SHARES).where(mine)).rowcount and deed is not None:
                write_down(connection, deed)

    def shared_with(self, person: int, noun: Noun) -> dict[int, Right]:
        """The things that others share with `person`."""
        query = sa.select(_SHARES.c.key, _SHARES.c.right).where(_SHARES.c.person == person, _SHARES.c.noun == noun)
        with self._ledger.transaction() as connection:
            return {row.key: row.right for row in connection.execute(query.order_by(_SHARES.c.key))}

    def every(self) -> frozenset[tuple[Noun, int, int]]:
        """All that is shared: the noun, its number, and the person who sees it."""
        query = sa.select(_SHARES.c.noun, _SHARES.c.key, _SHARES.c.person)
        with self._ledger.transaction() as connection:
            return frozenset((row.noun, row.key, row.person) for row in connection.execute(query))

    def shares_of(self, noun: Noun, key: int) -> dict[int, Right]:
        """The people that a thing is shared with."""
        query = sa.select(_SHARES.c.person, _SHARES.c.right).where(_thing(noun, key))
        with self._ledger.transaction() as connection:
            return {row.person: row.right for row in connection.execute(query.order_by(_SHARES.c.person))}


def _thing(noun: Noun, key: int) -> sa.ColumnElement[bool]:
    return (_SHARES.c.noun == noun) & (_SHARES.c.key == key)


def _one(noun: Noun, key: int, person: int) -> sa.ColumnElement[bool]:
    return _thing(noun, key) & (_SHARES.c.person == person)
