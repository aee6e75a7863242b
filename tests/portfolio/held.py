"""Small books from tables: transactions, closes, rates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import numpy as np

from openbell.model.transactions import Account, Portfolio, Transaction
from openbell.portfolio.book import Action, Book, Closes, Facts, Quote, RateSeries
from openbell.portfolio.following import history
from openbell.portfolio.valuation import History
from openbell.portfolio.walk import Walked, walk
from portfolio.books import rows


def d(day: str) -> date:
    return date.fromisoformat(day)


def prices_of(table: str, *, sessions: str | None = None, calendar: bool = True) -> Closes:
    """Lines of day and close; `sessions`: further days on which the exchange traded."""
    cells = [row.split() for row in table.strip().splitlines()]
    days = np.array([day for day, _ in cells], "datetime64[D]")
    traded = np.unique(np.concatenate([days, np.array((sessions or "").split(), "datetime64[D]")]))
    return Closes(days, np.array([float(close) for _, close in cells]), "vendor", traded if calendar else None)


def rates_of(base: str, quote: str, table: str) -> RateSeries:
    cells = [row.split() for row in table.strip().splitlines()]
    days = np.array([day for day, _ in cells], "datetime64[D]")
    return RateSeries(base, quote, days, np.array([float(rate) for _, rate in cells]), "bank")


def book_of(
    transactions: str | tuple[Transaction, ...],
    closes: Mapping[str, Closes],
    *,
    facts: Iterable[Facts] = (),
    actions: tuple[Action, ...] = (),
    rates: tuple[RateSeries, ...] = (),
    quotes: Mapping[str, Quote] | None = None,
    accounts: tuple[Account, ...] = (Account(1, "Broker", "USD"), Account(2, "Bank", "USD")),
    base: str = "USD",
    benchmark: str | None = None,
) -> Book:
    known = {each.id: each for each in facts}
    named = {name: known.get(name, Facts(name, name, currency="USD", exchange="XNYS")) for name in [*closes, *known]}
    told = rows(transactions) if isinstance(transactions, str) else transactions
    portfolio = Portfolio(1, "Savings", base, benchmark=benchmark)
    return Book(portfolio, accounts, told, named, actions, closes, rates, quotes or {})


def followed(book: Book, until: str) -> tuple[Walked, History]:
    walked = walk(book, d(until))
    return walked, history(walked, book)
