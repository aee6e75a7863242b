"""Books of portfolios, read once for each state of the ledger and the lake, with what was computed from them."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from threading import RLock

from openbell.books.facts import facts_of
from openbell.books.prices import actions_of, closes_of, hand_closes, quotes_of, rates_of
from openbell.desk import Desk
from openbell.model.transactions import Transaction
from openbell.portfolio.book import Action, Book
from openbell.portfolio.following import history
from openbell.portfolio.valuation import History, Mask
from openbell.portfolio.walk import Walked, walk
from openbell.store.itembook import OWN, ItemBook
from openbell.store.portfoliobook import Kept, PortfolioBook
from openbell.store.transactionbook import TransactionBook

KEPT_BOOKS = 16
"""Books in memory: one of 60 instruments over ten years takes about three megabytes."""

FRESH = timedelta(seconds=5)
"""For so long the last prices are not looked at again."""


@dataclass(frozen=True, slots=True)
class Moment:
    """As of when a portfolio is looked at: transactions up to the end of `day`, None: today; prices as `known` at an
    instant, None: as they are known now."""

    day: date | None = None
    known: datetime | None = None


NOW = Moment()


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A book with what every figure of it is computed from."""

    book: Book
    walked: Walked
    history: History

    @property
    def whole(self) -> Mask:
        """All parts of it."""
        return self.history.scope()

    @property
    def end(self) -> int:
        """The place of the last day."""
        return len(self.history.days) - 1


@dataclass(slots=True)
class _Shelved:
    """What was reckoned without today's prices, and with those of an instant."""

    version: tuple[object, ...]
    settled: Reckoned
    live: Reckoned | None = None
    live_at: datetime | None = None


class Books:
    """The books of a desk's portfolios. Thread-safe; one reader computes, the others wait for it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._shelf: OrderedDict[tuple[int, Moment], _Shelved] = OrderedDict()
        self._guard = RLock()

    def reckoned(self, kept: Kept, moment: Moment = NOW) -> Reckoned:
        """All that is known of a portfolio; as of today with the last prices, which are FRESH or newer."""
        with self._guard:
            shelved = self._shelved(kept, moment)
            if moment != NOW:
                return shelved.settled
            now = self._desk.clock()
            if shelved.live is None or shelved.live_at is None or not now - FRESH < shelved.live_at <= now:
                shelved.live, shelved.live_at = self._with_last_prices(shelved), now
            return shelved.live

    def settled(self, kept: Kept, moment: Moment = NOW) -> Reckoned:
        """As `reckoned`, without the prices of the sessions under way: the same until something is stored."""
        with self._guard:
            return self._shelved(kept, moment).settled

    def _with_last_prices(self, shelved: _Shelved) -> Reckoned:
        book, before = shelved.settled.book, shelved.live
        quotes = quotes_of(self._desk, book.facts.values(), book.closes)
        if before is not None and before.book.quotes == quotes:
            return before
        return _reckoned(replace(book, quotes=quotes), shelved.settled) if quotes else shelved.settled

    def _shelved(self, kept: Kept, moment: Moment) -> _Shelved:
        version, key = self._version(kept), (kept.portfolio.id, moment)
        found = self._shelf.get(key)
        if found is None or found.version != version:
            book = read(self._desk, kept, moment)
            walked = walk(book, last_day(self._desk, book, moment))
            found = self._shelf[key] = _Shelved(version, Reckoned(book, walked, history(walked, book)))
        self._shelf.move_to_end(key)
        while len(self._shelf) > KEPT_BOOKS:
            self._shelf.popitem(last=False)
        return found

    def _version(self, kept: Kept) -> tuple[object, ...]:
        """Another one when anything that a book is made of may have changed: sessions end as the hours pass."""
        return kept.state, self._desk.lake.version(), self._desk.clock().replace(minute=0, second=0, microsecond=0)


def _reckoned(book: Book, before: Reckoned) -> Reckoned:
    """The same book with other last prices."""
    return Reckoned(book, before.walked, history(before.walked, book, before.history))


def last_day(desk: Desk, book: Book, moment: Moment) -> date:
    """The day that a book is told up to; where the day has begun already for whoever wrote a transaction, theirs."""
    if moment.day is not None:
        return moment.day
    today = desk.clock().astimezone(UTC).date()
    return max([today, *(each.day for each in book.transactions[-1:])])


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
    currencies |= {each.currency for each in actions if each.currency}
    return Book(
        portfolio=portfolio,
        accounts=PortfolioBook(desk.ledger).accounts(portfolio.id),
        transactions=transactions,
        facts=facts,
        actions=tuple(each for each in actions if each.ex_date <= last or _announced(each, moment)),
        closes={**closes_of(desk, listed, first, last, moment.known), **by_hand},
        rates=rates_of(desk, portfolio.base, currencies, first, last, moment.known),
    )


def _announced(action: Action, moment: Moment) -> bool:
    """Whether it may be a dividend that was announced by then: of a past day that is known only with its instant."""
    return action.kind == "dividend" and (moment.day is None or moment.known is not None)


def _currencies(transactions: tuple[Transaction, ...]) -> set[str]:
    """All that transactions are told in."""
    told = ((each.currency, each.fee_currency, each.price_currency, each.to_currency) for each in transactions)
    return {code for codes in told for code in codes if code}
