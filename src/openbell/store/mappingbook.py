"""Mappings, in the ledger: how each person reads the kinds of files that no preset knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from openbell.model.errors import InvalidInput
from openbell.store.ledger import Ledger
from openbell.store.portfoliobook import LONGEST_NAME
from openbell.store.portfoliotables import MAPPINGS, numbered


@dataclass(frozen=True, slots=True)
class KeptMapping:
    """How a person reads a kind of file that no preset knows."""

    id: int
    name: str
    body: Mapping[str, Any]


class MappingBook:
    """Everybody's mappings, each under a name of its owner's."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def mappings(self, owner: int) -> list[KeptMapping]:
        """A person's mappings, oldest first."""
        query = sa.select(MAPPINGS).where(MAPPINGS.c.owner == owner).order_by(MAPPINGS.c.id)
        with self._ledger.transaction() as connection:
            return [KeptMapping(row.id, row.name, row.body) for row in connection.execute(query)]

    def keep(self, owner: int, name: str, body: Mapping[str, Any]) -> KeptMapping:
        """Keep a mapping under a name; one of the same name is replaced."""
        assert_name(name)
        mine = (MAPPINGS.c.owner == owner) & (MAPPINGS.c.name == name)
        with self._ledger.transaction(alone=True) as connection:
            if not connection.execute(sa.update(MAPPINGS).where(mine).values(body=dict(body))).rowcount:
                number = numbered(connection, MAPPINGS)[0]
                connection.execute(sa.insert(MAPPINGS).values(id=number, owner=owner, name=name, body=dict(body)))
            row = connection.execute(sa.select(MAPPINGS).where(mine)).one()
        return KeptMapping(row.id, row.name, row.body)

    def remove(self, owner: int, number: int) -> None:
        """Forget a mapping; raises InvalidInput when there is no such one."""
        mine = (MAPPINGS.c.owner == owner) & (MAPPINGS.c.id == number)
        with self._ledger.transaction() as connection:
            if connection.execute(sa.delete(MAPPINGS).where(mine)).rowcount != 1:
                raise InvalidInput("id", f"There is no mapping {number}.", remedy="List yours to see their numbers.")


def assert_name(name: str) -> None:
    """Raise InvalidInput for what is no name of a mapping."""
    if not 0 < len(name) <= LONGEST_NAME:
        raise InvalidInput("name", f"A name has 1 to {LONGEST_NAME} characters.")
