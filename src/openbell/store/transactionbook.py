"""Transactions, in the ledger: exactly as they were told, with who may have changed them since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from unicodedata import normalize

import sqlalchemy as sa

from openbell.model.errors import ChangedMeanwhile, InvalidInput, OpenbellError
from openbell.model.transactions import Kind, Transaction
from openbell.store.instants import instant_text, maybe_instant_text
from openbell.store.ledger import Ledger
from openbell.store.numbers import missing
from openbell.store.portfoliotables import (
    ACCOUNTS,
    PICKS,
    PORTFOLIOS,
    TAGS,
    TRANSACTIONS,
    Row,
    changed,
    inserted,
    numbered,
    text,
)
from openbell.store.transactionrows import Entry, entries_of, parts_of, portions, values_of, with_parts

RESTORABLE = timedelta(days=30)
"""How long a deleted transaction can be brought back."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which transactions are asked for; None: any."""

    account: int | None = None
    kind: Kind | None = None
    instrument: str | None = None
    tag: str | None = None
    batch: int | None = None
    first: date | None = None
    last: date | None = None
    said: str | None = None
    """In the note, the reference or the instrument, capitals or not."""
    removed: bool = False
    """The deleted ones instead."""


class MovedOn(OpenbellError):
    """A portfolio is in another state than the one that was looked at; look again."""


class TransactionBook:
    """The transactions of portfolios."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def all(self, portfolio: int, until: date | None = None) -> tuple[Transaction, ...]:
        """Every transaction of a portfolio up to a day, in order: by day, those without an instant first."""
        found = self._read(_wanted(portfolio, Filter(last=until)))
        return tuple(entry.transaction for entry in found)

    def page(self, portfolio: int, wanted: Filter, *, offset: int, limit: int) -> tuple[int, list[Entry]]:
        """How many there are of those `wanted`, and a page of them, the newest first."""
        where = _wanted(portfolio, wanted)
        with self._ledger.transaction() as connection:
            if wanted.said:
                return _page_of_said(connection, where, wanted.said, offset, limit)
            count = sa.select(sa.func.count()).select_from(TRANSACTIONS).where(where)
            total = connection.execute(count).scalar_one()
            rows = connection.execute(
                sa.select(TRANSACTIONS).where(where).order_by(*_NEWEST_FIRST).offset(offset).limit(limit)
            ).all()
            return total, entries_of(connection, rows)

    def find(self, portfolio: int, number: int) -> Entry | None:
        """The transaction with that number, deleted ones too."""
        mine = (TRANSACTIONS.c.portfolio == portfolio) & (TRANSACTIONS.c.id == number)
        return next(iter(self._read(mine)), None)

    def tags(self, portfolio: int) -> list[str]:
        """Every tag in use, by name."""
        query = (
            sa.select(TAGS.c.tag)
            .join(TRANSACTIONS, TRANSACTIONS.c.id == TAGS.c.transaction)
            .where(TRANSACTIONS.c.portfolio == portfolio, TRANSACTIONS.c.removed.is_(None))
        )
        with self._ledger.transaction() as connection:
            return sorted(connection.execute(query.distinct()).scalars())

    def kinds(self, portfolio: int) -> dict[int, Kind]:
        """What each transaction is, by number; deleted ones too."""
        query = sa.select(TRANSACTIONS.c.id, TRANSACTIONS.c.kind).where(TRANSACTIONS.c.portfolio == portfolio)
        with self._ledger.transaction() as connection:
            return {row.id: Kind(row.kind) for row in connection.execute(query)}

    def chooses(self, portfolio: int) -> bool:
        """Whether a sale of a portfolio was told which lots to take, though it were deleted."""
        with self._ledger.transaction() as connection:
            return (
                connection.execute(sa.select(PICKS.c.opened).where(PICKS.c.portfolio == portfolio).limit(1)).first()
                is not None
            )

    def named(self) -> dict[int, tuple[set[str], set[str]]]:
        """By portfolio, the instruments and the currencies that its transactions name."""
        columns = TRANSACTIONS.c
        told = ("instrument", "other", "currency", "fee_currency", "price_currency", "to_currency")
        query = sa.select(columns.portfolio, *(columns[name] for name in told)).where(columns.removed.is_(None))
        found: dict[int, tuple[set[str], set[str]]] = {}
        with self._ledger.transaction() as connection:
            for number, *ids_and_codes in connection.execute(query.distinct()):
                ids, codes = found.setdefault(number, (set(), set()))
                ids.update(filter(None, ids_and_codes[:2]))
                codes.update(filter(None, ids_and_codes[2:]))
        return found

    def add(self, portfolio: int, transaction: Transaction, state: str | None = None) -> Entry:
        """A new transaction of an account of the portfolio; raises MovedOn where that is not in `state` any more."""
        with self._ledger.transaction(alone=True) as connection:
            assert_state(connection, portfolio, state)
            told = replace(transaction, id=numbered(connection, TRANSACTIONS)[0])
            written(connection, portfolio, [told])
            changed(connection, portfolio=portfolio)
        return Entry(told, 1)

    def change(self, portfolio: int, transaction: Transaction, version: int, state: str | None = None) -> Entry:
        """Replace a transaction; raises ChangedMeanwhile where `version` is no longer the newest, MovedOn as `add`.

        Its import stays what it was.
        """
        with self._ledger.transaction(alone=True) as connection:
            assert_state(connection, portfolio, state)
            now = _current(connection, portfolio, transaction.id, version)
            told = replace(transaction, batch=now.transaction.batch)
            _assert_accounts(connection, portfolio, [told])
            mine = TRANSACTIONS.c.id == told.id
            connection.execute(sa.update(TRANSACTIONS).where(mine).values(**values_of(told), version=version + 1))
            connection.execute(sa.delete(TAGS).where(TAGS.c.transaction == told.id))
            connection.execute(sa.delete(PICKS).where(PICKS.c.transaction == told.id))
            _write_parts(connection, portfolio, [told])
            changed(connection, portfolio=portfolio)
        return Entry(told, version + 1)

    def remove(self, portfolio: int, number: int, version: int, now: datetime, state: str | None = None) -> None:
        """Delete a transaction, which can be brought back for RESTORABLE; raises ChangedMeanwhile, MovedOn as `add`."""
        with self._ledger.transaction(alone=True) as connection:
            assert_state(connection, portfolio, state)
            _current(connection, portfolio, number, version)
            _assert_not_picked(connection, [number])
            mine = TRANSACTIONS.c.id == number
            gone = {"removed": instant_text(now), "version": version + 1}
            connection.execute(sa.update(TRANSACTIONS).where(mine).values(**gone))
            old = TRANSACTIONS.c.removed < instant_text(now - RESTORABLE)
            old &= TRANSACTIONS.c.id.not_in(sa.select(PICKS.c.opened).where(PICKS.c.portfolio == portfolio))
            connection.execute(sa.delete(TRANSACTIONS).where(TRANSACTIONS.c.portfolio == portfolio, old))
            changed(connection, portfolio=portfolio)

    def restore(self, portfolio: int, number: int, state: str | None = None) -> Entry:
        """Bring a deleted transaction back; one that is there stays.

        Raises InvalidInput for a sale whose chosen lots were deleted after it, MovedOn as `add`.
        """
        with self._ledger.transaction(alone=True) as connection:
            assert_state(connection, portfolio, state)
            mine = (TRANSACTIONS.c.portfolio == portfolio) & (TRANSACTIONS.c.id == number)
            gone = mine & TRANSACTIONS.c.removed.is_not(None)
            back = {"removed": None, "version": TRANSACTIONS.c.version + 1}
            restored = connection.execute(sa.update(TRANSACTIONS).where(gone).values(**back)).rowcount
            rows = connection.execute(sa.select(TRANSACTIONS).where(mine)).all()
            if not rows:
                raise missing("transaction", number)
            entry = entries_of(connection, rows)[0]
            if restored:
                _assert_opened(connection, portfolio, [entry.transaction])
                changed(connection, portfolio=portfolio)
            return entry

    def _read(self, where: sa.ColumnElement[bool]) -> list[Entry]:
        with self._ledger.transaction() as connection:
            rows = connection.execute(sa.select(TRANSACTIONS).where(where)).all()
            mine = sa.select(TRANSACTIONS.c.id).where(where)
            tags, picks = (parts_of(connection, table, table.c.transaction.in_(mine)) for table in (TAGS, PICKS))
            entries = with_parts(rows, tags, picks)
        return sorted(entries, key=lambda entry: in_order(entry.transaction))


def in_order(transaction: Transaction) -> tuple[date, bool, str, int]:
    """By what the transactions of a book are sorted."""
    return transaction.day, transaction.at is not None, maybe_instant_text(transaction.at) or "", transaction.id


def written(connection: sa.Connection, portfolio: int, transactions: Sequence[Transaction], version: int = 1) -> None:
    """Write new transactions, numbered already, in the midst of a transaction of the ledger.

    `version`: what the count of their edits begins with.
    """
    _assert_accounts(connection, portfolio, transactions)
    rows = [{**values_of(each), "id": each.id, "portfolio": portfolio, "version": version} for each in transactions]
    inserted(connection, TRANSACTIONS, rows)
    _write_parts(connection, portfolio, transactions)


def assert_state(connection: sa.Connection, portfolio: int, state: str | None) -> None:
    """Raise MovedOn where a portfolio is in another state, in the midst of a transaction of the ledger; None: any is
    right."""
    now = connection.execute(sa.select(PORTFOLIOS.c.state).where(PORTFOLIOS.c.id == portfolio)).scalar_one_or_none()
    if state not in (None, now):
        raise MovedOn("The portfolio was changed meanwhile.", remedy="Look at it again.")


def _write_parts(connection: sa.Connection, portfolio: int, transactions: Sequence[Transaction]) -> None:
    """Tags and picks."""
    _assert_opened(connection, portfolio, transactions)
    tags, picks = [], []
    for each in transactions:
        tags += [{"transaction": each.id, "nth": nth, "tag": tag} for nth, tag in enumerate(each.tags)]
        picks += [
            {
                "transaction": each.id,
                "nth": nth,
                "portfolio": portfolio,
                "opened": pick.opened,
                "quantity": text(pick.quantity),
            }
            for nth, pick in enumerate(each.picks)
        ]
    for table, rows in ((TAGS, tags), (PICKS, picks)):
        inserted(connection, table, rows)


def _assert_accounts(connection: sa.Connection, portfolio: int, transactions: Sequence[Transaction]) -> None:
    known = set(connection.execute(sa.select(ACCOUNTS.c.id).where(ACCOUNTS.c.portfolio == portfolio)).scalars())
    for each in transactions:
        for field, number in (("account", each.account), ("to_account", each.to_account)):
            if number is not None and number not in known:
                raise InvalidInput(
                    field, f"The portfolio has no account {number}.", remedy="List its accounts, or add one first."
                )


def _assert_opened(connection: sa.Connection, portfolio: int, transactions: Iterable[Transaction]) -> None:
    """A sale takes lots of its own portfolio only, and of transactions that are there."""
    opened = sorted({pick.opened for each in transactions for pick in each.picks})
    there: set[int] = set()
    for some in portions(opened):
        mine = (TRANSACTIONS.c.portfolio == portfolio) & TRANSACTIONS.c.removed.is_(None)
        query = sa.select(TRANSACTIONS.c.id).where(mine, TRANSACTIONS.c.id.in_(some))
        there |= set(connection.execute(query).scalars())
    if missing := [number for number in opened if number not in there]:
        raise InvalidInput(
            "picks", f"The portfolio has no transaction {missing[0]} to take units of.", remedy="Choose other lots."
        )


def _assert_not_picked(connection: sa.Connection, numbers: Sequence[int]) -> None:
    for some in portions(numbers):
        other = PICKS.c.opened.in_(some) & PICKS.c.transaction.not_in(some)
        sale = connection.execute(
            sa.select(PICKS.c.transaction)
            .join(TRANSACTIONS, TRANSACTIONS.c.id == PICKS.c.transaction)
            .where(other, TRANSACTIONS.c.removed.is_(None))
            .limit(1)
        ).scalar_one_or_none()
        if sale is not None:
            raise InvalidInput(
                "id", f"Sale {sale} was told to take units of it.", remedy="Let the sale choose other lots first."
            )


def _current(connection: sa.Connection, portfolio: int, number: int, version: int) -> Entry:
    mine = (TRANSACTIONS.c.portfolio == portfolio) & (TRANSACTIONS.c.id == number)
    rows = connection.execute(sa.select(TRANSACTIONS).where(mine)).all()
    if not rows:
        raise missing("transaction", number)
    entry = entries_of(connection, rows)[0]
    if entry.version != version or entry.removed is not None:
        how = "deleted" if entry.removed is not None else "changed"
        raise ChangedMeanwhile(f"Transaction {number} was {how} meanwhile.", entry)
    return entry


def _wanted(portfolio: int, wanted: Filter) -> sa.ColumnElement[bool]:
    columns = TRANSACTIONS.c
    found = [columns.portfolio == portfolio]
    found.append(columns.removed.is_not(None) if wanted.removed else columns.removed.is_(None))
    if wanted.account is not None:
        found.append((columns.account == wanted.account) | (columns.to_account == wanted.account))
    if wanted.kind is not None:
        found.append(columns.kind == wanted.kind.value)
    if wanted.instrument is not None:
        found.append((columns.instrument == wanted.instrument) | (columns.other == wanted.instrument))
    if wanted.batch is not None:
        found.append(columns.batch == wanted.batch)
    if wanted.first is not None:
        found.append(columns.day >= wanted.first.isoformat())
    if wanted.last is not None:
        found.append(columns.day <= wanted.last.isoformat())
    if wanted.tag is not None:
        found.append(columns.id.in_(sa.select(TAGS.c.transaction).where(TAGS.c.tag == wanted.tag)))
    return sa.and_(*found)


_NEWEST_FIRST = (TRANSACTIONS.c.day.desc(), TRANSACTIONS.c.id.desc())


def _page_of_said(
    connection: sa.Connection, where: sa.ColumnElement[bool], said: str, offset: int, limit: int
) -> tuple[int, list[Entry]]:
    """As `page`, of those that say something: databases know the capitals of English only, or as they were set up."""
    columns, sought = TRANSACTIONS.c, _folded(said)
    texts = sa.select(columns.id, columns.note, columns.ref, columns.instrument).where(where).order_by(*_NEWEST_FIRST)
    numbers = [
        number
        for number, *told in connection.execute(texts)
        if any(text is not None and sought in _folded(text) for text in told)
    ]
    query, page = sa.select(TRANSACTIONS).order_by(*_NEWEST_FIRST), list[Row]()
    for some in portions(numbers[offset : offset + limit]):
        page += connection.execute(query.where(columns.id.in_(some)))
    return len(numbers), entries_of(connection, page)


def _folded(text: str) -> str:
    """A text without its capitals, and its accents as one character each."""
    return text.lower() if text.isascii() else normalize("NFC", normalize("NFC", text).casefold())
