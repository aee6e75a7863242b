"""Portfolios: their accounts, transactions, own instruments, and the imports that brought them.

A decimal is text, canonical and checked: neither database has an exact number that holds 15 digits before the point and
12 behind it alike, and SQL needs no more of it than its sign, which is the first character. Numbers of rows are given
by the table `numbers`, not by the database, so that an import that is undone leaves nothing behind.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

NUMBERED = ("portfolios", "accounts", "own_items", "transactions", "import_batches", "import_mappings")

SIGNS = {  # of units, of cash
    "buy": ("+", "-0"),
    "sell": ("-", "+-0"),
    "dividend": ("+0", "+-0"),
    "interest": ("+0", "+-0"),
    "fee": ("-0", "+-0"),
    "tax": ("0", "+-0"),
    "deposit": ("0", "+"),
    "withdrawal": ("0", "-"),
    "exchange": ("0", "-"),
    "transfer": ("-0", "-0"),
    "delivery_in": ("+", "-0"),
    "delivery_out": ("-", "-0"),
    "opening": ("+-0", "+-0"),
    "split": ("+-0", "+0"),
    "spin_off": ("+0", "+0"),
    "merger": ("+-0", "+-0"),
    "rename": ("0", "0"),
    "return_of_capital": ("0", "+-"),
}


def decimal(name: str, *, nullable: bool = False, positive: bool = False) -> list[sa.Column[str] | sa.CheckConstraint]:
    """A column of an exact number, and what SQL can say of it."""
    digits = f"length({name}) between 1 and 32 and {name} <> '-' and rtrim(ltrim({name}, '-'), '0123456789.') = ''"
    least = f" and {name} not like '-%'" if positive else ""
    return [
        sa.Column(name, sa.String, nullable=nullable),
        sa.CheckConstraint(digits + least, name=f"{name}_decimal"),
    ]


def signed(name: str, signs: str) -> str:
    """Whether the number in a column has one of `signs`, as SQL."""
    ways = {"+": f"({name} <> '0' and {name} not like '-%')", "-": f"{name} like '-%'", "0": f"{name} = '0'"}
    return "(" + " or ".join(ways[sign] for sign in signs) + ")"


def upgrade() -> None:
    """Create the tables of portfolios."""
    _owned()
    _transactions()
    _imports()
    numbers = op.create_table(
        "numbers",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.bulk_insert(numbers, [{"name": name, "last": 0} for name in NUMBERED])


def _owned() -> None:
    op.create_table(
        "portfolios",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("owner", sa.Integer, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("base", sa.String(3), nullable=False),
        sa.Column("method", sa.String, nullable=False),
        sa.Column("benchmark", sa.String),
        sa.Column("settings", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("created", sa.String, nullable=False),
        sa.UniqueConstraint("owner", "name"),
        sa.CheckConstraint("method in ('fifo', 'lifo', 'hifo', 'average', 's104')", name="portfolio_method"),
        sa.CheckConstraint("length(base) = 3", name="portfolio_base"),
        sa.CheckConstraint("length(name) between 1 and 80", name="portfolio_name"),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("portfolio", sa.Integer, sa.ForeignKey("portfolios.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("broker", sa.String, nullable=False),
        sa.Column("batch", sa.Integer),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("portfolio", "name"),
        sa.UniqueConstraint("portfolio", "id"),
        sa.CheckConstraint("length(currency) = 3", name="account_currency"),
        sa.CheckConstraint("length(name) between 1 and 80", name="account_name"),
    )
    op.create_table(
        "own_items",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("owner", sa.Integer, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("batch", sa.Integer),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("owner", "name"),
        sa.CheckConstraint("length(currency) = 3", name="item_currency"),
        sa.CheckConstraint("length(name) between 1 and 120", name="item_name"),
    )
    op.create_table(
        "own_prices",
        sa.Column("item", sa.Integer, sa.ForeignKey("own_items.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        *decimal("price", positive=True),
        sa.CheckConstraint("day >= '1900-01-01'", name="own_price_day"),
    )
    op.create_table(
        "instrument_facts",
        sa.Column("owner", sa.Integer, sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("instrument", sa.String, primary_key=True),
        *(sa.Column(name, sa.String) for name in ("type", "sector", "country")),
    )


def _transactions() -> None:
    by_kind = " or ".join(
        f"(kind = '{kind}' and {signed('quantity', units)} and {signed('cash', cash)})"
        for kind, (units, cash) in SIGNS.items()
    )
    op.create_table(
        "transactions",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("portfolio", sa.Integer, sa.ForeignKey("portfolios.id", ondelete="CASCADE"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("removed", sa.String),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("account", sa.Integer, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("instrument", sa.String),
        *decimal("cash"),
        *decimal("quantity"),
        *decimal("fee"),
        sa.Column("fee_currency", sa.String, nullable=False),
        *decimal("tax"),
        *decimal("price", nullable=True, positive=True),
        sa.Column("price_currency", sa.String, nullable=False),
        *decimal("rate", nullable=True, positive=True),
        *decimal("cost", nullable=True, positive=True),
        sa.Column("acquired", sa.String(10)),
        sa.Column("to_account", sa.Integer),
        *decimal("to_cash"),
        sa.Column("to_currency", sa.String, nullable=False),
        sa.Column("other", sa.String),
        *decimal("ratio", nullable=True, positive=True),
        sa.Column("short", sa.Boolean, nullable=False),
        sa.Column("at", sa.String),
        sa.Column("ref", sa.String, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.Column("batch", sa.Integer),
        sa.UniqueConstraint("portfolio", "id"),
        sa.ForeignKeyConstraint(["portfolio", "account"], ["accounts.portfolio", "accounts.id"]),
        sa.ForeignKeyConstraint(["portfolio", "to_account"], ["accounts.portfolio", "accounts.id"]),
        sa.CheckConstraint(by_kind, name="transaction_signs"),
        sa.CheckConstraint("(kind = 'transfer') = (to_account is not null)", name="transaction_transfer"),
        sa.CheckConstraint("to_account is null or to_account <> account", name="transaction_elsewhere"),
        sa.CheckConstraint("quantity = '0' or instrument is not null", name="transaction_instrument"),
        sa.CheckConstraint("length(day) = 10 and length(currency) = 3", name="transaction_day"),
        sa.CheckConstraint("day >= '1900-01-01' and acquired >= '1900-01-01'", name="transaction_first_day"),
        sa.CheckConstraint("length(note) <= 10000", name="transaction_note"),
    )
    op.create_index("transactions_in_order", "transactions", ["portfolio", "day", "id"])
    op.create_table(
        "transaction_tags",
        sa.Column("transaction", sa.Integer, sa.ForeignKey("transactions.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("nth", sa.Integer, primary_key=True),
        sa.Column("tag", sa.String, nullable=False),
    )
    op.create_table(
        "lot_picks",
        sa.Column("transaction", sa.Integer, primary_key=True),
        sa.Column("nth", sa.Integer, primary_key=True),
        sa.Column("portfolio", sa.Integer, nullable=False),
        sa.Column("opened", sa.Integer, nullable=False),
        *decimal("quantity", positive=True),
        sa.ForeignKeyConstraint(
            ["portfolio", "transaction"], ["transactions.portfolio", "transactions.id"], ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(  # at the end, when a portfolio or an import went as a whole
            ["portfolio", "opened"],
            ["transactions.portfolio", "transactions.id"],
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.Index("lot_picks_opened", "portfolio", "opened"),
    )


def _imports() -> None:
    op.create_table(
        "import_batches",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("drawn", sa.Integer, nullable=False),
        sa.Column("portfolio", sa.Integer, sa.ForeignKey("portfolios.id", ondelete="CASCADE"), nullable=False),
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
    op.create_table(
        "import_rows",
        sa.Column("portfolio", sa.Integer, sa.ForeignKey("portfolios.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("fingerprint", sa.String, primary_key=True),
        sa.Column("transaction", sa.Integer, nullable=False),
        sa.Column(
            "batch", sa.Integer, sa.ForeignKey("import_batches.id", ondelete="CASCADE"), nullable=False, index=True
        ),
    )
    op.create_table(
        "import_mappings",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("owner", sa.Integer, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.UniqueConstraint("owner", "name"),
    )
