"""The tables of portfolios, how exact numbers are written in them, and who numbers their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

MOST_PARAMETERS = 15_000
"""Of a statement that adds rows: databases take twice as many."""

_META = sa.MetaData()
PORTFOLIOS = sa.Table(
    "portfolios",
    _META,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("owner", sa.Integer, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("base", sa.String(3), nullable=False),
    sa.Column("method", sa.String, nullable=False),
    sa.Column("benchmark", sa.String),
    sa.Column("settings", sa.JSON, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("created", sa.String, nullable=False),
    sa.UniqueConstraint("owner", "name"),
)
ACCOUNTS = sa.Table(
    "accounts",
    _META,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("portfolio", sa.Integer, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("broker", sa.String, nullable=False),
    sa.Column("batch", sa.Integer),
    sa.Column("version", sa.Integer, nullable=False),
)
ITEMS = sa.Table(
    "own_items",
    _META,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("owner", sa.Integer, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("type", sa.String, nullable=False),
    sa.Column("batch", sa.Integer),
    sa.Column("version", sa.Integer, nullable=False),
)
PRICES = sa.Table(
    "own_prices",
    _META,
    sa.Column("item", sa.Integer, primary_key=True),
    sa.Column("day", sa.String(10), primary_key=True),
    sa.Column("price", sa.String, nullable=False),
)
FACTS = sa.Table(
    "instrument_facts",
    _META,
    sa.Column("owner", sa.Integer, primary_key=True),
    sa.Column("instrument", sa.String, primary_key=True),
    *(sa.Column(name, sa.String) for name in ("type", "sector", "country", "currency")),
)
HAND_PRICES = sa.Table(
    "hand_prices",
    _META,
    sa.Column("owner", sa.Integer, primary_key=True),
    sa.Column("instrument", sa.String, primary_key=True),
    sa.Column("day", sa.String(10), primary_key=True),
    sa.Column("price", sa.String, nullable=False),
    sa.Column("currency", sa.String(3)),
)
TRANSACTIONS = sa.Table(
    "transactions",
    _META,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("portfolio", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("removed", sa.String),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("account", sa.Integer, nullable=False),
    sa.Column("day", sa.String(10), nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("instrument", sa.String),
    *(sa.Column(name, sa.String, nullable=False) for name in ("cash", "quantity", "fee", "fee_currency", "tax")),
    sa.Column("price", sa.String),
    sa.Column("price_currency", sa.String, nullable=False),
    sa.Column("rate", sa.String),
    sa.Column("cost", sa.String),
    sa.Column("acquired", sa.String(10)),
    sa.Column("to_account", sa.Integer),
    sa.Column("to_cash", sa.String, nullable=False),
    sa.Column("to_currency", sa.String, nullable=False),
    sa.Column("other", sa.String),
    sa.Column("ratio", sa.String),
    sa.Column("short", sa.Boolean, nullable=False),
    sa.Column("at", sa.String),
    sa.Column("ref", sa.String, nullable=False),
    sa.Column("note", sa.String, nullable=False),
    sa.Column("batch", sa.Integer),
)
TAGS = sa.Table(
    "transaction_tags",
    _META,
    sa.Column("transaction", sa.Integer, primary_key=True),
    sa.Column("nth", sa.Integer, primary_key=True),
    sa.Column("tag", sa.String, nullable=False),
)
PICKS = sa.Table(
    "lot_picks",
    _META,
    sa.Column("transaction", sa.Integer, primary_key=True),
    sa.Column("nth", sa.Integer, primary_key=True),
    sa.Column("portfolio", sa.Integer, nullable=False),
    sa.Column("opened", sa.Integer, nullable=False),
    sa.Column("quantity", sa.String, nullable=False),
)
BATCHES = sa.Table(
    "import_batches",
    _META,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("drawn", sa.Integer, nullable=False),
    sa.Column("portfolio", sa.Integer, nullable=False),
    sa.Column("file", sa.String, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("preset", sa.String, nullable=False),
    sa.Column("mapping", sa.JSON, nullable=False),
    sa.Column("counts", sa.JSON, nullable=False),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("by", sa.Integer, nullable=False),
    sa.Column("before", sa.JSON, nullable=False),
    sa.Column("after", sa.JSON, nullable=False),
)
ROWS = sa.Table(
    "import_rows",
    _META,
    sa.Column("portfolio", sa.Integer, primary_key=True),
    sa.Column("fingerprint", sa.String, primary_key=True),
    sa.Column("transaction", sa.Integer, nullable=False),
    sa.Column("batch", sa.Integer, nullable=False, index=True),
)
NAMES = sa.Table(
    "import_names",
    _META,
    sa.Column("batch", sa.Integer, primary_key=True),
    sa.Column("called", sa.String, primary_key=True),
    sa.Column("portfolio", sa.Integer, nullable=False, index=True),
    sa.Column("instrument", sa.String, nullable=False),
)
PROBLEMS = sa.Table(
    "import_problems",
    _META,
    sa.Column("batch", sa.Integer, primary_key=True),
    sa.Column("nth", sa.Integer, primary_key=True),
    *(sa.Column(name, sa.String, nullable=False) for name in ("rows", "what", "remedy", "content")),
    sa.Column("blocking", sa.Boolean, nullable=False),
)
MAPPINGS = sa.Table(
    "import_mappings",
    _META,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("owner", sa.Integer, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.UniqueConstraint("owner", "name"),
)
NUMBERS = sa.Table(
    "numbers",
    _META,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("last", sa.Integer, nullable=False),
)


def inserted(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows that all tell the same columns, hundreds with each statement: a database is slow to answer, not to
    write."""
    if not rows:
        return
    compiled = sa.insert(table).compile(dialect=connection.dialect, column_keys=list(rows[0]))
    before, _, one = compiled.string.partition(" VALUES ")
    names = compiled.positiontup
    if names is None:
        raise TypeError(f"{connection.dialect.name} names its parameters")
    at_once = MOST_PARAMETERS // len(names)
    for start in range(0, len(rows), at_once):
        some = rows[start : start + at_once]
        statement = f"{before} VALUES {', '.join([one] * len(some))}"
        connection.exec_driver_sql(statement, tuple(row[name] for row in some for name in names))


def numbered(connection: sa.Connection, table: sa.Table, count: int = 1) -> range:
    """The next `count` numbers of a table's rows; none is given twice but those of an import that was undone."""
    mine = NUMBERS.c.name == table.name
    connection.execute(sa.update(NUMBERS).where(mine).values(last=NUMBERS.c.last + count))
    last = int(connection.execute(sa.select(NUMBERS.c.last).where(mine)).scalar_one())
    return range(last - count + 1, last + 1)


def changed(connection: sa.Connection, *, portfolio: int | None = None, owner: int | None = None) -> None:
    """A portfolio, or all of an owner's, are another state than ever before: what was computed of them is old."""
    mine = PORTFOLIOS.c.id == portfolio if owner is None else PORTFOLIOS.c.owner == owner
    connection.execute(sa.update(PORTFOLIOS).where(mine).values(state=uuid4().hex))


def text(number: Decimal) -> str:
    """An exact number as it is kept: plain, without zeros behind; below 0 it begins with a minus."""
    return f"{number.normalize():f}" if number else "0"


def maybe_text(number: Decimal | None) -> str | None:
    """As `text`, where there is a number."""
    return None if number is None else text(number)


def maybe_decimal(kept: str | None) -> Decimal | None:
    """The number that was kept, where there is one."""
    return None if kept is None else Decimal(kept)


def maybe_day(kept: str | None) -> date | None:
    """The day that was kept, where there is one."""
    return None if kept is None else date.fromisoformat(kept)


Row = sa.Row[Any]
