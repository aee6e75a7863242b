"""What is held in any portfolio, and whose prices are needed for it: what the desk follows unasked."""

from __future__ import annotations

from datetime import UTC

from openbell.books.facts import facts_of
from openbell.books.prices import actions_of, pair_of
from openbell.desk import Desk
from openbell.portfolio.book import Book
from openbell.portfolio.walk import walk
from openbell.store.itembook import OWN
from openbell.store.portfoliobook import Kept, PortfolioBook
from openbell.store.register import Register
from openbell.store.transactionbook import TransactionBook


def held(desk: Desk) -> tuple[str, ...]:
    """The tickers of all listed instruments that any portfolio holds units of now, by name."""
    ids = {key for kept in PortfolioBook(desk.ledger).every() for key in _held_in(desk, kept)}
    return tuple(sorted(_ticker(desk.history.register, key) for key in ids if not key.startswith(OWN)))


def followed(desk: Desk) -> set[str]:
    """The tickers whose prices portfolios need: all that they ever held, benchmarks, and pairs of currencies."""
    register, portfolios = (
        desk.history.register,
        {kept.portfolio.id: kept for kept in PortfolioBook(desk.ledger).every()},
    )
    named, found = TransactionBook(desk.ledger).named(), set[str]()
    for number, kept in portfolios.items():
        ids, currencies = named.get(number, (set(), set()))
        listed = {key for key in ids if not key.startswith(OWN)} | {kept.portfolio.benchmark or ""} - {""}
        facts = facts_of(listed, register, {}, {})
        told = {*currencies, *(each.currency for each in facts.values() if each.currency), kept.portfolio.base}
        found |= {_ticker(register, key) for key in listed}
        found |= {pair_of(code, "USD") for code in told - {"USD"}} if len(told) > 1 else set()
    return found


def _held_in(desk: Desk, kept: Kept) -> set[str]:
    transactions = TransactionBook(desk.ledger).all(kept.portfolio.id)
    ids = {key for each in transactions for key in (each.instrument, each.other) if key is not None}
    today = desk.clock().astimezone(UTC).date()
    facts = facts_of(ids, desk.history.register, {}, {})
    actions = tuple(each for each in actions_of(desk, sorted(ids), facts, None) if each.ex_date <= today)
    walked = walk(Book(kept.portfolio, (), transactions, facts, actions, {}), today)
    return {lot.instrument for lot in walked.lots if lot.quantity}


def _ticker(register: Register, key: str) -> str:
    return register.instrument(key).ticker
