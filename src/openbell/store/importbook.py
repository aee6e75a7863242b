"""Imports, in the ledger: what each brought, and their undoing, after which the ledger is what it was before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from secrets import randbelow
from typing import Any

import sqlalchemy as sa

from openbell.model.errors import ChangedMeanwhile, InvalidInput, Unconfirmed
from openbell.model.transactions import Account, Transaction
from openbell.model.words import NOT_TEXT, counted
from openbell.store.auditbook import Deed, write_down
from openbell.store.instants import instant_text
from openbell.store.itembook import OWN, Item, SetFacts, added, forget_facts, said_besides, unsaid
from openbell.store.ledger import Ledger, own_name
from openbell.store.portfoliobook import opened
from openbell.store.portfoliotables import (
    ACCOUNTS,
    BATCHES,
    ITEMS,
    NAMES,
    NUMBERS,
    PICKS,
    PORTFOLIOS,
    PROBLEMS,
    ROWS,
    TRANSACTIONS,
    Row,
    changed,
    inserted,
    numbered,
)
from openbell.store.pricebook import HandPrices, said_by_hand, unsaid_by_hand
from openbell.store.transactionbook import assert_state, written

DRAWN = 2**30
"""From how many numbers the version of an import is drawn; edits of its transactions count on from it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One import: of which file, read how, and how many rows became what."""

    id: int
    file: str
    sha256: str
    preset: str
    mapping: Mapping[str, Any]
    counts: Mapping[str, int]
    at: datetime
    by: int
    version: int
    """Drawn by lot, and that of its transactions at first: numbers are given again after an undoing, versions not."""


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Rows of a file that became nothing, or with `blocking` False something that deserves a look."""

    rows: tuple[int, ...]
    what: str
    remedy: str
    content: str
    """As they stand in the file."""
    blocking: bool = True


@dataclass(frozen=True, slots=True)
class Arrival:
    """What an import brings: accounts and items that are not there yet, and who shall write the rest with them."""

    file: str
    sha256: str
    preset: str
    by: int
    mapping: Mapping[str, Any] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    accounts: Sequence[Account] = ()
    items: Sequence[Item] = ()
    fingerprints: Sequence[str] = ()
    """Of each transaction, in their order."""
    prices: Mapping[str, Mapping[date, Decimal]] = field(default_factory=dict)
    """By the name of an item, prices that were told by hand; a day that has one keeps it."""
    item_facts: Mapping[str, SetFacts] = field(default_factory=dict)
    """By the name of an item, what was said of it; where something was said here, that stays."""
    hand_prices: Mapping[str, HandPrices] = field(default_factory=dict)
    """By instrument of the market, the same."""
    facts: Mapping[str, SetFacts] = field(default_factory=dict)
    """By instrument, what was said of it; what the owner has said stays."""
    beside: Mapping[str, str] = field(default_factory=dict)
    """By one of `fingerprints`, that of another row which became the same transaction."""
    called: Mapping[str, str | int] = field(default_factory=dict)
    """By what files call it, an instrument, or the place of one of `items`: so it is known from then on."""
    problems: Sequence[NotUnderstood] = ()


Booked = Callable[[Sequence[Account], Sequence[Item], Sequence[int], int], Sequence[Transaction]]
"""The transactions of an import, once its new accounts and items, they themselves and the import have numbers."""


class ImportBook:
    """Batches of transactions, and the rows that are known already."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def batches(self, portfolio: int) -> list[Batch]:
        """The imports of a portfolio, the newest first."""
        query = sa.select(BATCHES).where(BATCHES.c.portfolio == portfolio).order_by(BATCHES.c.id.desc())
        with self._ledger.transaction() as connection:
            return [_batch(row) for row in connection.execute(query)]

    def find(self, number: int) -> tuple[int, Batch] | None:
        """The import with that number, and the portfolio it is of."""
        with self._ledger.transaction() as connection:
            row = connection.execute(sa.select(BATCHES).where(BATCHES.c.id == number)).one_or_none()
        return None if row is None else (row.portfolio, _batch(row))

    def known(self, portfolio: int) -> dict[tuple[str, int], int]:
        """By fingerprint and account, all rows that were imported into a portfolio: the transactions they became.

        Two accounts at one broker can tell the same of the same day, and both are right.
        """
        query = sa.select(ROWS.c.fingerprint, ROWS.c.transaction).where(ROWS.c.portfolio == portfolio)
        with self._ledger.transaction() as connection:
            return {_parted(row.fingerprint): row.transaction for row in connection.execute(query)}

    def names(self, portfolio: int) -> dict[str, str]:
        """By what files call them, the instruments that imports into a portfolio meant; the newest import decides."""
        query = sa.select(NAMES.c.called, NAMES.c.instrument).where(NAMES.c.portfolio == portfolio)
        with self._ledger.transaction() as connection:
            return {row.called: row.instrument for row in connection.execute(query.order_by(NAMES.c.batch))}

    def problems(self, number: int, *, offset: int, limit: int) -> tuple[int, list[NotUnderstood]]:
        """Of an import how many rows were not understood or deserve a look, and a page of them as they stand there."""
        mine = PROBLEMS.c.batch == number
        page = sa.select(PROBLEMS).where(mine).order_by(PROBLEMS.c.nth).offset(offset).limit(limit)
        with self._ledger.transaction() as connection:
            total = connection.execute(sa.select(sa.func.count()).select_from(PROBLEMS).where(mine)).scalar_one()
            return total, [_not_understood(row) for row in connection.execute(page)]

    def book(
        self,
        portfolio: int,
        arrival: Arrival,
        booked: Booked,
        now: datetime,
        deed: Deed | None = None,
        *,
        state: str | None = None,
    ) -> Batch:
        """Write an import, all or nothing, and that it was done.

        Raises InvalidInput where somebody imported the same rows meanwhile, MovedOn where the portfolio is in another
        state than the one that was looked at.
        """
        with own_name("account or item"), self._ledger.transaction(alone=True) as connection:
            assert_state(connection, portfolio, state)
            owner = connection.execute(sa.select(PORTFOLIOS.c.owner).where(PORTFOLIOS.c.id == portfolio)).scalar_one()
            before = _standing(connection, owner)
            number, drawn = numbered(connection, BATCHES)[0], 2 + randbelow(DRAWN)
            _insert_batch(connection, number, drawn, portfolio, arrival, before, now)
            accounts = [opened(connection, portfolio, draft, number) for draft in arrival.accounts]
            items = [added(connection, owner, draft, number) for draft in arrival.items]
            numbers = numbered(connection, TRANSACTIONS, len(arrival.fingerprints))
            transactions = booked(accounts, items, numbers, number)
            written(connection, portfolio, transactions, drawn)
            _remember(connection, portfolio, number, _marks(arrival, transactions))
            _remember_names(connection, portfolio, number, arrival.called, items)
            _keep_problems(connection, number, arrival.problems)
            said = said_besides(connection, owner, arrival.prices, arrival.facts, arrival.item_facts)
            said["hand_prices"] = said_by_hand(connection, owner, arrival.hand_prices)
            changed(connection, portfolio=portfolio)
            after = {**_standing(connection, owner), **said}
            connection.execute(sa.update(BATCHES).where(BATCHES.c.id == number).values(after=after))
            if deed is not None:
                write_down(connection, deed)
            return _batch(connection.execute(sa.select(BATCHES).where(BATCHES.c.id == number)).one())

    def undo(
        self,
        portfolio: int,
        number: int,
        version: int | None = None,
        *,
        edited_too: bool = False,
        deed: Deed | None = None,
        state: str | None = None,
    ) -> int:
        """Take an import back, and write down that it was done; returns how many transactions went.

        Where nothing else has happened since, the ledger is byte for byte what it was. Raises ChangedMeanwhile where
        it is not the one of `version`, Unconfirmed where something of it was changed since, unless that shall go too,
        InvalidInput where others need what it brought, and MovedOn as `book`.
        """
        with self._ledger.transaction(alone=True) as connection:
            assert_state(connection, portfolio, state)
            mine = (BATCHES.c.portfolio == portfolio) & (BATCHES.c.id == number)
            row = connection.execute(sa.select(BATCHES).where(mine)).one_or_none()
            if row is None:
                raise InvalidInput("batch", f"There is no import {number}.", remedy="List the imports.")
            if version not in (None, row.drawn):
                raise ChangedMeanwhile(f"Import {number} is another one now: yours was undone.", _batch(row))
            if not edited_too:
                _assert_unedited(connection, number, row.drawn)
            _assert_unneeded(connection, number)
            gone = connection.execute(sa.delete(TRANSACTIONS).where(TRANSACTIONS.c.batch == number)).rowcount
            unsaid(connection, row.after)
            unsaid_by_hand(connection, row.after.get("hand_prices", ()))
            numbers = connection.execute(sa.select(ITEMS.c.id).where(ITEMS.c.batch == number)).scalars()
            forget_facts(connection, [f"{OWN}{each}" for each in numbers])
            for table in (ACCOUNTS, ITEMS):
                connection.execute(sa.delete(table).where(table.c.batch == number))
            for of_batch in (ROWS, NAMES, PROBLEMS):
                connection.execute(sa.delete(of_batch).where(of_batch.c.batch == number))
            connection.execute(sa.delete(BATCHES).where(BATCHES.c.id == number))
            _set_back(connection, row.before, row.after)
            if deed is not None:
                write_down(connection, deed)
            return gone


def _standing(connection: sa.Connection, owner: int) -> dict[str, Any]:
    """The states of a person's portfolios and the newest number of each table: what undoing an import sets back."""
    states = connection.execute(sa.select(PORTFOLIOS.c.id, PORTFOLIOS.c.state).where(PORTFOLIOS.c.owner == owner))
    numbers = connection.execute(sa.select(NUMBERS).order_by(NUMBERS.c.name))
    return {
        "states": {str(row.id): row.state for row in states},
        "numbers": {row.name: row.last for row in numbers},
    }


def _set_back(connection: sa.Connection, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """What nobody has changed since the import stands as it did before it."""
    for number, state in after["states"].items():
        if state == before["states"].get(number):
            continue
        mine = PORTFOLIOS.c.id == int(number)
        same = mine & (PORTFOLIOS.c.state == state)
        if not connection.execute(sa.update(PORTFOLIOS).where(same).values(state=before["states"][number])).rowcount:
            changed(connection, portfolio=int(number))
    for name, last in after["numbers"].items():
        same = (NUMBERS.c.name == name) & (NUMBERS.c.last == last)
        connection.execute(sa.update(NUMBERS).where(same).values(last=before["numbers"][name]))


def _insert_batch(
    connection: sa.Connection,
    number: int,
    drawn: int,
    portfolio: int,
    arrival: Arrival,
    before: Mapping[str, Any],
    now: datetime,
) -> None:
    connection.execute(
        sa.insert(BATCHES).values(
            id=number,
            drawn=drawn,
            portfolio=portfolio,
            file=arrival.file,
            sha256=arrival.sha256,
            preset=arrival.preset,
            mapping=dict(arrival.mapping),
            counts=dict(arrival.counts),
            at=instant_text(now),
            by=arrival.by,
            before=dict(before),
            after={},
        )
    )


def _marks(arrival: Arrival, transactions: Sequence[Transaction]) -> Iterator[tuple[Transaction, str]]:
    for each, mark in zip(transactions, arrival.fingerprints, strict=True):
        yield each, mark
        if mark in arrival.beside:
            yield each, arrival.beside[mark]


def _remember(connection: sa.Connection, portfolio: int, batch: int, told: Iterable[tuple[Transaction, str]]) -> None:
    """By their fingerprints the same rows are known again in their account, though they be edited or deleted."""
    rows = [
        {"portfolio": portfolio, "fingerprint": f"{mark}{_IN}{each.account}", "transaction": each.id, "batch": batch}
        for each, mark in told
    ]
    try:
        inserted(connection, ROWS, rows)
    except sa.exc.IntegrityError as error:
        raise InvalidInput(
            "file", "Rows of this file were imported meanwhile.", remedy="Look at the preview again."
        ) from error


def _remember_names(
    connection: sa.Connection, portfolio: int, batch: int, called: Mapping[str, str | int], items: Sequence[Item]
) -> None:
    rows = [
        {
            "batch": batch,
            "called": name,
            "portfolio": portfolio,
            "instrument": items[meant].instrument if isinstance(meant, int) else meant,
        }
        for name, meant in called.items()
    ]
    inserted(connection, NAMES, rows)


def _keep_problems(connection: sa.Connection, batch: int, problems: Sequence[NotUnderstood]) -> None:
    rows = [
        {
            "batch": batch,
            "nth": nth,
            "rows": " ".join(map(str, each.rows)),
            **{name: NOT_TEXT.sub("\ufffd", getattr(each, name)) for name in ("what", "remedy", "content")},
            "blocking": each.blocking,
        }
        for nth, each in enumerate(problems)
    ]
    inserted(connection, PROBLEMS, rows)


def _not_understood(row: Row) -> NotUnderstood:
    return NotUnderstood(tuple(map(int, row.rows.split())), row.what, row.remedy, row.content, row.blocking)


_IN = "@"
"""Between a fingerprint and the number of its account."""


def _parted(kept: str) -> tuple[str, int]:
    mark, _, account = kept.rpartition(_IN)
    return mark, int(account)


def _assert_unedited(connection: sa.Connection, batch: int, drawn: int) -> None:
    """Nothing of an import was changed or priced by hand."""
    edited = []
    for table, noun, first in ((TRANSACTIONS, "transaction", drawn), (ACCOUNTS, "account", 1), (ITEMS, "item", 1)):
        mine = (table.c.batch == batch) & (table.c.version != first)
        count = connection.execute(sa.select(sa.func.count()).select_from(table).where(mine)).scalar_one()
        edited += [counted(count, noun)] if count else []
    if edited:
        what = f"Of this import {' and '.join(edited)} changed since would go too."
        raise Unconfirmed("edited_too", what, remedy="Look at what is there now, or confirm it.")


def _assert_unneeded(connection: sa.Connection, batch: int) -> None:
    """No other transaction is in an account, names an item, or takes lots of the import."""
    other = TRANSACTIONS.c.batch.is_distinct_from(batch)
    accounts = sa.select(ACCOUNTS.c.id).where(ACCOUNTS.c.batch == batch).scalar_subquery()
    items = sa.select(sa.literal(OWN) + sa.cast(ITEMS.c.id, sa.String)).where(ITEMS.c.batch == batch).scalar_subquery()
    columns = TRANSACTIONS.c
    needed = columns.account.in_(accounts) | columns.to_account.in_(accounts)
    needed |= columns.instrument.in_(items) | columns.other.in_(items)
    brought = sa.select(columns.id).where(columns.batch == batch).scalar_subquery()
    needed |= columns.id.in_(sa.select(PICKS.c.transaction).where(PICKS.c.opened.in_(brought)).scalar_subquery())
    count = connection.execute(sa.select(sa.func.count()).select_from(TRANSACTIONS).where(other & needed)).scalar_one()
    if count:
        raise InvalidInput(
            "batch",
            f"What this import brought is needed by {counted(count, 'other transaction')}, deleted ones too.",
            remedy="Change those, or undo the later import first.",
        )


def _batch(row: Row) -> Batch:
    at = datetime.fromisoformat(row.at)
    return Batch(row.id, row.file, row.sha256, row.preset, row.mapping, row.counts, at, row.by, row.drawn)
