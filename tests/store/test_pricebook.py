"""Prices by hand of what the market trades: each person's apart, exact."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from openbell.model.errors import InvalidInput
from openbell.model.money import PriceByHand
from openbell.model.transactions import Portfolio
from openbell.store.importbook import Arrival, ImportBook
from openbell.store.ledger import Ledger
from openbell.store.portfoliobook import PortfolioBook
from openbell.store.portfoliotables import HAND_PRICES
from openbell.store.pricebook import HandPrices, PriceBook
from store.test_importbook import ARRIVAL, dump, march


def by_hand(price: str | int, currency: str | None = None) -> PriceByHand:
    return PriceByHand(Decimal(price), currency)


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
BROUGHT: Arrival = replace(ARRIVAL, hand_prices={"GONE": {MONDAY: by_hand("1.5"), TUESDAY: by_hand(2, "USD")}})


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    ledger = Ledger(ledger_url)
    yield ledger
    ledger.close()


@pytest.fixture
def portfolio(ledger: Ledger) -> int:
    return PortfolioBook(ledger).add(1, Portfolio(0, "Mine", "EUR"), NOON).portfolio.id


def test_prices_are_kept_exactly_by_day_and_forgotten(ledger: Ledger, portfolio: int):
    book, state = PriceBook(ledger), PortfolioBook(ledger).owned(1)[0].state
    book.price(1, "GONE", {TUESDAY: by_hand("0.000000000001"), MONDAY: by_hand("12.50")})
    assert book.prices(1) == {"GONE": {MONDAY: by_hand("12.5"), TUESDAY: by_hand("1e-12")}}
    assert PortfolioBook(ledger).owned(1)[0].state != state
    book.price(1, "GONE", {MONDAY: None, TUESDAY: by_hand(3, "chf")})
    assert book.prices(1) == {"GONE": {TUESDAY: by_hand(3, "CHF")}}
    assert book.prices(2) == {}
    assert PortfolioBook(ledger).owned(1)[0].portfolio.id == portfolio


@pytest.mark.parametrize(
    ("told", "field"),
    [
        pytest.param({MONDAY: by_hand(0)}, "price", id="nothing"),
        pytest.param({MONDAY: by_hand(-1)}, "price", id="less than nothing"),
        pytest.param({date(1899, 1, 1): by_hand(1)}, "day", id="before there was a market"),
    ],
)
def test_what_is_no_price_changes_nothing(ledger: Ledger, told: dict[date, PriceByHand], field: str):
    with pytest.raises(InvalidInput) as refused:
        PriceBook(ledger).price(1, "GONE", told)
    assert (refused.value.field, PriceBook(ledger).prices(1)) == (field, {})


@pytest.mark.parametrize("price", ["-1", "1e3", ""])
def test_the_ledger_itself_refuses_what_is_no_price(ledger: Ledger, price: str):
    row = {"owner": 1, "instrument": "GONE", "day": "2026-03-02", "price": price}
    with pytest.raises(sa.exc.IntegrityError), ledger.transaction() as connection:
        connection.execute(sa.insert(HAND_PRICES).values(**row))


def test_an_import_that_is_undone_takes_its_prices_with_it(ledger: Ledger, ledger_url: str, portfolio: int):
    PriceBook(ledger).price(1, "GONE", {MONDAY: by_hand(9)})
    before = dump(ledger_url)
    batch = ImportBook(ledger).book(portfolio, BROUGHT, march, NOON)
    assert PriceBook(ledger).prices(1) == {"GONE": {MONDAY: by_hand(9), TUESDAY: by_hand(2, "USD")}}
    ImportBook(ledger).undo(portfolio, batch.id)
    assert dump(ledger_url) == before


TOLD = st.dictionaries(
    st.sampled_from(["GONE", "AAPL"]),
    st.dictionaries(
        st.sampled_from([MONDAY, TUESDAY]),
        st.builds(PriceByHand, st.decimals("0.01", 99, places=2), st.sampled_from([None, "CHF"])),
        min_size=1,
    ),
)


def written(file: Path) -> list[str]:
    """All that a SQLite file holds, as it would be written down."""
    with closing(sqlite3.connect(file)) as connection:
        return list(connection.iterdump())


def test_imports_that_are_undone_the_last_first_leave_nothing_behind(tmp_path: Path):
    file = tmp_path / "ledger.db"
    ledger = Ledger(f"sqlite:///{file}")
    portfolio = PortfolioBook(ledger).add(1, Portfolio(0, "Mine", "EUR"), NOON).portfolio.id

    @given(said=TOLD, brought=st.tuples(TOLD, TOLD))
    @settings(max_examples=15)
    def they_do(said: dict[str, HandPrices], brought: tuple[dict[str, HandPrices], ...]) -> None:
        for instrument in PriceBook(ledger).prices(1):
            PriceBook(ledger).price(1, instrument, {MONDAY: None, TUESDAY: None})
        for instrument, told in said.items():
            PriceBook(ledger).price(1, instrument, told)
        states, batches = [written(file)], []
        for number, prices in enumerate(brought):
            arrival = replace(
                BROUGHT,
                hand_prices=prices,
                accounts=[replace(each, name=f"Bank {number}") for each in BROUGHT.accounts],
                items=[replace(each, name=f"House {number}") for each in BROUGHT.items],
                fingerprints=[f"{mark}{number}" for mark in BROUGHT.fingerprints],
            )
            batches.append(ImportBook(ledger).book(portfolio, arrival, march, NOON))
            states.append(written(file))
        for batch, before in zip(batches[::-1], states[-2::-1], strict=True):
            ImportBook(ledger).undo(portfolio, batch.id)
            assert written(file) == before

    they_do()
    ledger.close()


def test_a_price_that_was_changed_since_its_import_stays(ledger: Ledger, portfolio: int):
    batch = ImportBook(ledger).book(portfolio, BROUGHT, march, NOON)
    PriceBook(ledger).price(1, "GONE", {MONDAY: by_hand(7)})
    ImportBook(ledger).undo(portfolio, batch.id)
    assert PriceBook(ledger).prices(1) == {"GONE": {MONDAY: by_hand(7)}}
