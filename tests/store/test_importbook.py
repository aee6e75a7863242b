"""Imports in the ledger: all or nothing, known again, and undone without a trace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

from openbell.model.errors import InvalidInput, Unconfirmed
from openbell.model.transactions import Account, Kind, Pick, Portfolio, Transaction
from openbell.store.importbook import Arrival, ImportBook, NotUnderstood
from openbell.store.itembook import Item, ItemBook, SetFacts
from openbell.store.ledger import Ledger
from openbell.store.portfoliobook import PortfolioBook
from openbell.store.portfoliotables import BATCHES
from openbell.store.transactionbook import TransactionBook

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MONDAY = date(2026, 3, 2)


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    ledger = Ledger(ledger_url)
    yield ledger
    ledger.close()


@pytest.fixture
def portfolio(ledger: Ledger) -> int:
    """One with an account and a transaction that was typed."""
    book = PortfolioBook(ledger)
    number = book.add(1, Portfolio(0, "Mine", "EUR"), NOON).portfolio.id
    account = book.add_account(number, Account(0, "Bank", "EUR"))
    TransactionBook(ledger).add(number, deposit(account.id, "1000"))
    return number


def deposit(account: int, cash: str) -> Transaction:
    return Transaction(kind=Kind.DEPOSIT, account=account, day=MONDAY, currency="EUR", cash=Decimal(cash))


def buy(account: int, instrument: str, units: str) -> Transaction:
    return Transaction(
        kind=Kind.BUY,
        account=account,
        day=MONDAY,
        currency="USD",
        instrument=instrument,
        quantity=Decimal(units),
        cash=Decimal("-12.5"),
        tags=("new",),
    )


ARRIVAL = Arrival(
    "march.csv",
    "0" * 64,
    "degiro",
    1,
    counts={"new": 3},
    accounts=[Account(0, "Degiro", "EUR", "Degiro")],
    items=[Item(0, "A house", "EUR")],
    item_facts={"A house": SetFacts(sector="Homes")},
    fingerprints=("a", "b", "c"),
    called={"isin us0378331005": "AAPL", "name house": 0},
    problems=[NotUnderstood((3, 4), "Is no day.", "Correct it.", "x | \0", blocking=True)],
)


def march(accounts: Sequence[Account], items: Sequence[Item], numbers: Sequence[int], batch: int) -> list[Transaction]:
    """A buy, a buy of an own item, and a sale of the first."""
    degiro = accounts[0].id
    bought = [buy(degiro, "AAPL", "2"), buy(degiro, items[0].instrument, "1")]
    sale = replace(bought[0], kind=Kind.SELL, quantity=Decimal(-1), cash=Decimal(9))
    told = [*bought, replace(sale, picks=(Pick(numbers[0], Decimal(1)),))]
    return [replace(each, id=number, batch=batch) for each, number in zip(told, numbers, strict=True)]


def dump(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    engine, found = sa.create_engine(sa.make_url(url)), sa.MetaData()
    with engine.connect() as connection:
        found.reflect(connection)
        tables = {
            table.name: sorted((tuple(row) for row in connection.execute(sa.select(table))), key=repr)
            for table in found.sorted_tables
        }
        if engine.name == "sqlite":
            tables["sqlite_sequence"] = [
                tuple(row) for row in connection.execute(sa.text("select * from sqlite_sequence"))
            ]
    engine.dispose()
    return tables


def test_an_import_that_is_undone_leaves_nothing_behind(ledger: Ledger, ledger_url: str, portfolio: int):
    before = dump(ledger_url)
    batch = ImportBook(ledger).book(portfolio, ARRIVAL, march, NOON)
    brought = TransactionBook(ledger).all(portfolio)
    assert [(each.instrument, each.batch) for each in brought[1:]] == [("AAPL", 1), ("own:1", 1), ("AAPL", 1)]
    assert ImportBook(ledger).known(portfolio) == {("a", 2): 2, ("b", 2): 3, ("c", 2): 4}
    assert ImportBook(ledger).batches(portfolio) == [batch]
    assert ImportBook(ledger).names(portfolio) == {"isin us0378331005": "AAPL", "name house": "own:1"}
    assert ItemBook(ledger).facts(1) == {"own:1": SetFacts(sector="Homes")}
    left = NotUnderstood((3, 4), "Is no day.", "Correct it.", "x | \ufffd", blocking=True)
    assert ImportBook(ledger).problems(batch.id, offset=0, limit=5) == (1, [left])
    assert ImportBook(ledger).undo(portfolio, batch.id) == 3
    assert dump(ledger_url) == before


def test_of_two_imports_the_newer_says_what_a_name_means_and_undoing_it_brings_back_the_older(
    ledger: Ledger, ledger_url: str, portfolio: int
):
    book = ImportBook(ledger)
    book.book(portfolio, ARRIVAL, march, NOON)
    before = dump(ledger_url)
    other = replace(ARRIVAL, fingerprints=("d", "e", "f"), called={"isin us0378331005": "MSFT"}, problems=())
    other = replace(other, accounts=[Account(0, "Two", "EUR")], items=[Item(0, "Flat", "EUR")])
    newer = book.book(portfolio, other, march, NOON)
    assert book.names(portfolio) == {"isin us0378331005": "MSFT", "name house": "own:1"}
    book.undo(portfolio, newer.id)
    assert book.names(portfolio) == {"isin us0378331005": "AAPL", "name house": "own:1"}
    assert dump(ledger_url) == before


def test_what_came_after_an_import_survives_its_undoing(ledger: Ledger, portfolio: int):
    batch = ImportBook(ledger).book(portfolio, ARRIVAL, march, NOON)
    later = TransactionBook(ledger).add(portfolio, deposit(1, "5"))
    state = PortfolioBook(ledger).owned(1)[0].state
    ImportBook(ledger).undo(portfolio, batch.id)
    assert [each.id for each in TransactionBook(ledger).all(portfolio)] == [1, later.transaction.id]
    assert PortfolioBook(ledger).owned(1)[0].state != state
    assert TransactionBook(ledger).add(portfolio, deposit(1, "6")).transaction.id == later.transaction.id + 1


def test_no_state_of_a_portfolio_comes_again(ledger: Ledger, portfolio: int):
    """Figures are remembered by it: after an import was undone, another one is another state."""
    seen = [PortfolioBook(ledger).owned(1)[0].state]
    for _ in range(2):
        batch = ImportBook(ledger).book(portfolio, ARRIVAL, march, NOON)
        seen.append(PortfolioBook(ledger).owned(1)[0].state)
        ImportBook(ledger).undo(portfolio, batch.id)
        assert PortfolioBook(ledger).owned(1)[0].state == seen[0]
    assert len(set(seen)) == 3


def test_what_others_need_cannot_be_undone(ledger: Ledger, portfolio: int):
    batch = ImportBook(ledger).book(portfolio, ARRIVAL, march, NOON)
    TransactionBook(ledger).add(portfolio, deposit(2, "5"))
    with pytest.raises(InvalidInput, match="is needed by 1 other transaction, deleted ones too"):
        ImportBook(ledger).undo(portfolio, batch.id)
    assert len(TransactionBook(ledger).all(portfolio)) == 5


def test_edits_of_what_was_imported_are_not_lost_unasked(ledger: Ledger, portfolio: int):
    batch = ImportBook(ledger).book(portfolio, ARRIVAL, march, NOON)
    book = TransactionBook(ledger)
    edited = book.all(portfolio)[1]
    book.change(portfolio, replace(edited, note="mine"), batch.version)
    with pytest.raises(Unconfirmed, match="Of this import 1 transaction changed since would go too"):
        ImportBook(ledger).undo(portfolio, batch.id)
    assert ImportBook(ledger).undo(portfolio, batch.id, edited_too=True) == 3


def test_the_same_rows_are_not_imported_twice(ledger: Ledger, ledger_url: str, portfolio: int):
    ImportBook(ledger).book(portfolio, ARRIVAL, march, NOON)
    before = dump(ledger_url)
    again = replace(ARRIVAL, accounts=(), items=[Item(0, "Another", "EUR")])
    degiro = PortfolioBook(ledger).accounts(portfolio)[1]

    def into_the_same(_: object, items: Sequence[Item], numbers: Sequence[int], batch: int) -> list[Transaction]:
        return march([degiro], items, numbers, batch)

    with pytest.raises(InvalidInput, match="were imported meanwhile"):
        ImportBook(ledger).book(portfolio, again, into_the_same, NOON)
    assert dump(ledger_url) == before


def test_the_same_rows_of_two_accounts_are_both_there(ledger: Ledger, portfolio: int):
    ImportBook(ledger).book(portfolio, ARRIVAL, march, NOON)
    second = replace(ARRIVAL, accounts=[Account(0, "Second", "EUR")], items=[Item(0, "Another", "EUR")])
    ImportBook(ledger).book(portfolio, second, march, NOON)
    assert ImportBook(ledger).known(portfolio) == {
        **{(mark, 2): number for mark, number in zip("abc", (2, 3, 4), strict=True)},
        **{(mark, 3): number for mark, number in zip("abc", (5, 6, 7), strict=True)},
    }


def test_an_import_that_breaks_off_leaves_nothing_behind(ledger: Ledger, ledger_url: str, portfolio: int):
    before = dump(ledger_url)

    def broken(*_: object) -> list[Transaction]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ImportBook(ledger).book(portfolio, ARRIVAL, broken, NOON)
    assert dump(ledger_url) == before


def test_an_item_has_its_prices_by_day(ledger: Ledger, portfolio: int):
    book = ItemBook(ledger)
    house = book.add(1, Item(0, "A house", "EUR"))
    book.price(1, house.id, {MONDAY: Decimal("250000.50"), date(2026, 3, 1): Decimal(2)})
    book.price(1, house.id, {date(2026, 3, 1): None})
    assert book.prices([house.id]) == {house.id: [(MONDAY, Decimal("250000.5"))]}
    with pytest.raises(InvalidInput, match="more than 0"):
        book.price(1, house.id, {MONDAY: Decimal(0)})
    TransactionBook(ledger).add(portfolio, buy(1, house.instrument, "1"))
    with pytest.raises(InvalidInput, match="It is in 1 transaction,"):
        book.remove(1, house.id)


def test_what_was_said_of_an_item_goes_with_it(ledger: Ledger):
    book = ItemBook(ledger)
    house, coin = (book.add(1, Item(0, name, "EUR")) for name in ("A house", "A coin"))
    for each in (house, coin):
        book.set_facts(1, each.instrument, SetFacts(sector="Mine"))
    book.remove(1, house.id)
    assert list(book.facts(1)) == [coin.instrument]


def test_of_an_instrument_each_person_says_their_own(ledger: Ledger, portfolio: int):
    book, told = ItemBook(ledger), SetFacts("etf", "Energy", "NO", "NOK")
    book.set_facts(1, "EQNR.OL", told)
    book.set_facts(1, "SHEL", SetFacts(currency="gbp"))
    assert book.facts(1) == {"EQNR.OL": told, "SHEL": SetFacts(currency="GBP")}
    assert book.facts(2) == {}
    book.set_facts(1, "EQNR.OL", SetFacts())
    assert list(book.facts(1)) == ["SHEL"]
    with pytest.raises(InvalidInput, match="is not a currency"):
        book.set_facts(1, "SHEL", SetFacts(currency="Taler"))
    with pytest.raises(InvalidInput, match="has one already"):
        book.set_facts(1, "own:1", SetFacts(currency="EUR"))


def test_undoing_an_import_from_before_facts_had_currencies_leaves_one_that_was_said_since(
    ledger: Ledger, portfolio: int
):
    told = replace(ARRIVAL, facts={"SHEL": SetFacts("etf"), "MSFT": SetFacts("stock")})
    batch = ImportBook(ledger).book(portfolio, told, march, NOON)
    with ledger.transaction(alone=True) as connection:
        after = connection.execute(sa.select(BATCHES.c.after)).scalar_one()
        facts = [{name: said for name, said in row.items() if name != "currency"} for row in after["facts"]]
        old = {name: said for name, said in after.items() if name not in {"hand_prices", "completed"}}
        connection.execute(sa.update(BATCHES).values(after={**old, "facts": facts}))
    ItemBook(ledger).set_facts(1, "SHEL", SetFacts("etf", currency="CHF"))
    ImportBook(ledger).undo(portfolio, batch.id)
    assert ItemBook(ledger).facts(1) == {"SHEL": SetFacts("etf", currency="CHF")}


def test_a_long_import_is_all_there(ledger: Ledger, portfolio: int):
    many = 1_300
    told: list[Transaction] = []

    def booked(
        accounts: Sequence[Account], _items: Sequence[Item], numbers: Sequence[int], batch: int
    ) -> Sequence[Transaction]:
        told.extend(
            replace(buy(accounts[0].id, "AAPL", f"{n}.5"), id=n, batch=batch, short=n % 2 == 0) for n in numbers
        )
        return told

    arrival = replace(ARRIVAL, items=(), called={}, fingerprints=[f"row {nth}" for nth in range(many)])
    ImportBook(ledger).book(portfolio, arrival, booked, NOON)
    assert list(TransactionBook(ledger).all(portfolio))[1:] == told
    assert len(ImportBook(ledger).known(portfolio)) == many
