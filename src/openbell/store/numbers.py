"""The numbers that the ledger gives to rows, and what is said of one that no row bears."""

from __future__ import annotations

import sqlalchemy as sa

from openbell.model.errors import InvalidInput, StoreError


def number_of(connection: sa.Connection, insert: sa.Insert, thing: str) -> int:
    """Do an `insert`; returns the number of the new row, which is a `thing`."""
    key = connection.execute(insert).inserted_primary_key
    if key is None:
        raise StoreError(f"The ledger did not number the new {thing}.")
    return int(key[0])


def missing(thing: str, number: int) -> InvalidInput:
    """There is no `thing` of that number."""
    return InvalidInput("id", f"There is no {thing} {number}.", remedy=f"List the {thing}s to see their numbers.")
