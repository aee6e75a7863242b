"""Books of portfolios, read once for each state of the ledger and the lake, with what was computed from them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from threading import RLock
from typing import Any, TypeVar, cast

from openbell.books.facts import facts_of
from openbell.books.prices import actions_of, closes_of, hand_closes, quotes_of, rates_of
from openbell.desk import Desk
from openbell.model.transactions import Transaction
from openbell.portfolio.book import Book
from openbell.store.itembook import OWN, ItemBook
from openbell.store.portfoliobook import Kept, PortfolioBook
from openbell.store.transactionbook import TransactionBook

KEPT_BOOKS = 16
"""Books in memory: one of 60 instruments over ten years takes about three megabytes."""

Figure = TypeVar("Figure")


@dataclass(frozen=True, slots=True)
class Moment:
    """As of when a portfolio is looked at: transactions up to the end of `day`, None: today; prices as `known` at an
    instant, None: as they are known now."""

    day: date | None = None
    known: datetime | None = None


NOW = Moment()


@dataclass(slots=True)
class _Shelved:
    """A book without today's prices, and what was computed from it."""

    version: tuple[object, ...]
    book: Book
    figures: dict[str, Any] = field(default_factory=dict)


class Books:
    """The books of a desk's portfolios. Thread-safe; one reader computes, the others wait for it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._shelf: OrderedDict[tuple[int, Moment], _Shelved] = OrderedDict()
        self._guard = RLock()

    def book(self, kept: Kept, moment: Moment = NOW) -> Book:
        """All that is known of a portfolio, with the last prices where it is looked at as of today."""
        settled = self.settled(kept, moment)
        if moment != NOW:
            return settled
        return replace(settled, quotes=quotes_of(self._desk, settled.facts.values(), settled.closes))

    def settled(self, kept: Kept, moment: Moment = NOW) -> Book:
        """As `book`, without the prices of the sessions under way: equal until something is stored."""
        return self._shelved(kept, moment).book

    def figure(self, kept: Kept, name: str, compute: Callable[[Book], Figure], moment: Moment = NOW) -> Figure:
        """What `compute` makes of the settled book; remembered under `name` as long as that stays the same."""
        with self._guard:
            shelved = self._shelved(kept, moment)
            if name not in shelved.figures:
                shelved.figures[name] = compute(shelved.book)
            return cast("Figure", shelved.figures[name])

    def _shelved(self, kept: Kept, moment: Moment) -> _Shelved:
        version = self._version(kept)
        key = (kept.portfolio.id, moment)
        with self._guard:
            found = self._shelf.get(key)
            if found is None or found.version != version:
                found = self._shelf[key] = _Shelved(version, read(self._desk, kept, moment))
            self._shelf.move_to_end(key)
            while len(self._shelf) > KEPT_BOOKS:
                self._shelf.popitem(last=False)
            return found

    def _version(self, kept: Kept) -> tuple[object, ...]:
        """Another one when anything that a book is made of may have changed: sessions end as the hours pass."""
        return kept.state, self._desk.lake.version(), self._desk.clock().replace(minute=0, second=0, microsecond=0)


def read(desk: Desk, kept: Kept, moment: Moment = NOW) -> Book:
    """A portfolio's book, out of the ledger and the lake."""
    portfolio, today = kept.portfolio, desk.clock().astimezone(UTC).date()
    last = today if moment.day is None else moment.day
    transactions = TransactionBook(desk.ledger).all(portfolio.id, moment.day)
    book, items = ItemBook(desk.ledger), {each.instrument: each for each in ItemBook(desk.ledger).items(kept.owner)}
    named = {each for told in transactions for each in (told.instrument, told.other) if each is not None}
    named |= {portfolio.benchmark} if portfolio.benchmark is not None else set()
    facts = facts_of(named, desk.history.register, items, book.facts(kept.owner))
    listed = [each for key, each in facts.items() if not key.startswith(OWN)]
    first = min((told.day for told in transactions), default=last)
    actions = actions_of(desk, [each.id for each in listed], facts, moment.known)
    priced = book.prices([items[key].id for key in facts if key in items])
    by_hand = {f"{OWN}{number}": hand_closes(told, last) for number, told in priced.items()}
    currencies = _currencies(transactions) | {each.currency for each in facts.values() if each.currency}
    return Book(
        portfolio=portfolio,
        accounts=PortfolioBook(desk.ledger).accounts(portfolio.id),
        transactions=transactions,
        facts=facts,
        actions=tuple(each for each in actions if each.ex_date <= last or each.kind == "dividend"),
        closes={**closes_of(desk, listed, first, last, moment.known), **by_hand},
        rates=rates_of(desk, portfolio.base, currencies, first, last, moment.known),
    )


def _currencies(transactions: tuple[Transaction, ...]) -> set[str]:
    """All that transactions are told in."""
    told = ((each.currency, each.fee_currency, each.price_currency, each.to_currency) for each in transactions)
    return {code for codes in told for code in codes if code}
