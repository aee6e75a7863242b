"""How the ledger writes a transaction: a row, and its tags and picks beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from openbell.model.errors import StoreError
from openbell.model.transactions import Kind, Pick, Transaction
from openbell.store.instants import maybe_instant, maybe_instant_text
from openbell.store.portfoliotables import (
    PICKS,
    TAGS,
    Row,
    maybe_day,
    maybe_decimal,
    maybe_text,
    text,
)

AT_ONCE = 500
"""Rows that are asked for by their numbers in one question: databases limit how many a question may name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A transaction as it is kept, with the number of its edits."""

    transaction: Transaction
    version: int
    removed: datetime | None = None


def values_of(transaction: Transaction) -> dict[str, Any]:
    """The row of a transaction, without its number, its portfolio and the count of its edits."""
    exact = {name: text(getattr(transaction, name)) for name in ("cash", "quantity", "fee", "tax", "to_cash")}
    maybe = {name: maybe_text(getattr(transaction, name)) for name in ("price", "rate", "cost", "ratio")}
    plain = {
        name: getattr(transaction, name)
        for name in (
            *("account", "currency", "instrument", "fee_currency", "price_currency", "to_account", "to_currency"),
            *("other", "short", "ref", "note", "batch"),
        )
    }
    return {
        **plain,
        **exact,
        **maybe,
        "kind": transaction.kind.value,
        "day": transaction.day.isoformat(),
        "acquired": None if transaction.acquired is None else transaction.acquired.isoformat(),
        "at": maybe_instant_text(transaction.at),
    }


def entries_of(connection: sa.Connection, rows: Sequence[Row]) -> list[Entry]:
    """The rows with their tags and picks."""
    tags, picks = dict[int, list[Row]](), dict[int, list[Row]]()
    for some in portions([row.id for row in rows]):
        tags |= parts_of(connection, TAGS, TAGS.c.transaction.in_(some))
        picks |= parts_of(connection, PICKS, PICKS.c.transaction.in_(some))
    return with_parts(rows, tags, picks)


def with_parts(rows: Sequence[Row], tags: Mapping[int, list[Row]], picks: Mapping[int, list[Row]]) -> list[Entry]:
    """The rows with `tags` and `picks`, which are by transaction."""
    return [
        Entry(
            _transaction(
                row,
                tuple(part.tag for part in tags.get(row.id, ())),
                tuple(Pick(part.opened, Decimal(part.quantity)) for part in picks.get(row.id, ())),
            ),
            row.version,
            maybe_instant(row.removed),
        )
        for row in rows
    ]


def parts_of(connection: sa.Connection, table: sa.Table, where: sa.ColumnElement[bool]) -> dict[int, list[Row]]:
    """The rows of a table of parts, by transaction."""
    query = sa.select(table).where(where).order_by(table.c.transaction, table.c.nth)
    return {number: list(parts) for number, parts in groupby(connection.execute(query), attrgetter("transaction"))}


def _transaction(row: Row, tags: tuple[str, ...], picks: tuple[Pick, ...]) -> Transaction:
    """What a row says; raises StoreError where this program does not know its kind."""
    try:
        kind = Kind(row.kind)
    except ValueError as error:
        raise StoreError(f"Transaction {row.id} is of the unknown kind {row.kind!r}.", remedy="Upgrade.") from error
    return Transaction(
        kind=kind,
        account=row.account,
        day=date.fromisoformat(row.day),
        currency=row.currency,
        cash=Decimal(row.cash),
        instrument=row.instrument,
        quantity=Decimal(row.quantity),
        fee=Decimal(row.fee),
        fee_currency=row.fee_currency,
        tax=Decimal(row.tax),
        price=maybe_decimal(row.price),
        price_currency=row.price_currency,
        rate=maybe_decimal(row.rate),
        cost=maybe_decimal(row.cost),
        acquired=maybe_day(row.acquired),
        to_account=row.to_account,
        to_cash=Decimal(row.to_cash),
        to_currency=row.to_currency,
        other=row.other,
        ratio=maybe_decimal(row.ratio),
        picks=picks,
        short=row.short,
        at=maybe_instant(row.at),
        ref=row.ref,
        note=row.note,
        tags=tags,
        id=row.id,
        batch=row.batch,
    )


def portions(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """`numbers` in parts that one question may name."""
    return (numbers[start : start + AT_ONCE] for start in range(0, len(numbers), AT_ONCE))
