"""Books of portfolios, read once for each state of the ledger and the lake, with what was computed from them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from threading import Lock, RLock

from openbell.books.facts import facts_of
from openbell.books.market import Market
from openbell.books.prices import HAND, hand_closes, otherwise, quotes_of, with_hand_prices
from openbell.desk import Desk
from openbell.model.transactions import Transaction, newest_day
from openbell.portfolio.book import Action, Book
from openbell.portfolio.following import history
from openbell.portfolio.valuation import History, Mask
from openbell.portfolio.walk import Walked, walk
from openbell.store.itembook import OWN, ItemBook
from openbell.store.portfoliobook import Kept, PortfolioBook
from openbell.store.pricebook import PriceBook
from openbell.store.transactionbook import TransactionBook

KEPT_BYTES = 160_000_000
"""Of books in memory: one of 60 instruments over ten years with 2,000 transactions takes about ten million."""

RESTING_BYTES = 12_000_000
"""Of those that nobody has asked for in IDLE: one large one, or many small ones."""

IDLE = timedelta(seconds=30)
"""Who looks at a page asks more often."""

KEPT_ANSWERS = 1_000_000
"""Bytes of answers that are kept with a book: some ranges, positions and lots, packed."""

PER_TRANSACTION = 2_000
"""Bytes that a transaction takes, with its lots and moves."""

RECENT = timedelta(days=31)
"""What is added or changed is mostly of these last days."""

ROUNDS = 3
"""How often a book is read again that others change while it is read."""

FRESH = timedelta(seconds=5)
"""For so long the last prices are not looked at again."""


@dataclass(frozen=True, slots=True)
class Moment:
    """As of when a portfolio is looked at: transactions up to the end of `day`, None: today; prices as `known` at an
    instant, None: as they are known now."""

    day: date | None = None
    known: datetime | None = None


NOW = Moment()


class Answers:
    """What was answered from a book, packed, by what was asked; the oldest give way."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._guard = Lock()

    def once(self, asked: Hashable, answer: Callable[[], bytes]) -> bytes:
        """The answer that was given before, else `answer`."""
        with self._guard:
            found = self._kept.get(asked)
        if found is None:
            found = answer()
            with self._guard:
                self._kept[asked] = found
                while len(self._kept) > 1 and sum(map(len, self._kept.values())) > KEPT_ANSWERS:
                    self._kept.popitem(last=False)
        return found


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A book with what every figure of it is computed from."""

    book: Book
    walked: Walked
    history: History
    answers: Answers = field(default_factory=Answers, init=False, compare=False, repr=False)

    @property
    def whole(self) -> Mask:
        """All parts of it."""
        return self.history.scope()

    @property
    def end(self) -> int:
        """The place of the last day."""
        return len(self.history.days) - 1


@dataclass(frozen=True, slots=True)
class _State:
    """What was reckoned without today's prices, and with those of an instant."""

    version: tuple[object, ...]
    """Empty: it was changed each time while it was read, and is read again for whoever asks next."""
    market: Market
    early: Walked
    """The book as of RECENT: what is told of the days since is walked from there."""
    settled: Reckoned
    live: Reckoned | None = None
    live_at: datetime | None = None


class _Place:
    """Of one book on the shelf: whoever reckons it holds the lock."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.state: _State | None = None
        self.bytes = 0
        self.asked = datetime.max.replace(tzinfo=UTC)


class Books:
    """The books of a desk's portfolios. Thread-safe; of one book one reader computes, the others wait for it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._shelf: OrderedDict[tuple[int, Moment], _Place] = OrderedDict()
        self._guard = RLock()

    def reckoned(self, kept: Kept, moment: Moment = NOW) -> Reckoned:
        """All that is known of a portfolio; as of today with the last prices, which are FRESH or newer."""
        place = self._place(kept, moment)
        with place.lock:
            state = self._current(place, kept, moment)
            if moment != NOW:
                return state.settled
            now = self._desk.clock()
            if state.live is None or state.live_at is None or not now - FRESH < state.live_at <= now:
                state = place.state = replace(state, live=self._with_last_prices(state), live_at=now)
            return state.live or state.settled

    def settled(self, kept: Kept, moment: Moment = NOW) -> Reckoned:
        """As `reckoned`, without the prices of the sessions under way: the same until something is stored."""
        place = self._place(kept, moment)
        with place.lock:
            return self._current(place, kept, moment).settled

    def rest(self, left: int = RESTING_BYTES) -> int:
        """Put away what nobody has asked for in IDLE, the oldest first, until so many bytes are left; how many went."""
        since, gone = self._desk.clock() - IDLE, 0
        with self._guard:
            while self._bytes() > left and next(iter(self._shelf.values())).asked < since:
                self._shelf.popitem(last=False)
                gone += 1
        return gone

    def _place(self, kept: Kept, moment: Moment) -> _Place:
        with self._guard:
            key = (kept.portfolio.id, moment)
            place = self._shelf.setdefault(key, _Place())
            place.asked = self._desk.clock()
            self._shelf.move_to_end(key)
            while len(self._shelf) > 1 and self._bytes() > KEPT_BYTES:
                self._shelf.popitem(last=False)
            return place

    def _bytes(self) -> int:
        return sum(each.bytes for each in self._shelf.values())

    def _current(self, place: _Place, kept: Kept, moment: Moment) -> _State:
        """The book as it is now. Kept is what was read under one state: undoing an import gives the one before back."""
        version = self._version(kept)
        if place.state is not None and place.state.version == version:
            return place.state
        state = self._anew(kept, moment, version, place.state)
        for _ in range(ROUNDS):
            now = PortfolioBook(self._desk.ledger).find(kept.portfolio.id)
            if now is None or now.state == kept.state:
                break
            kept = now
            state = self._anew(kept, moment, self._version(kept), state)
        else:
            state = replace(state, version=())
        place.state, place.bytes = state, _bytes_of(state.settled)
        return state

    def _anew(self, kept: Kept, moment: Moment, version: tuple[object, ...], before: _State | None) -> _State:
        """The book as it is now; what has not changed since `before` is neither read nor reckoned again."""
        market = None if before is None else before.market
        if market is None or market.version != version[1:]:
            market = Market(self._desk, version[1:], moment.known)
        book = read(self._desk, kept, moment, market)
        last = last_day(self._desk, book, moment)
        early = walk(book, _sooner(last), since=None if before is None else before.early)
        walked = walk(book, last, since=early)
        followed = history(walked, book, None if before is None else before.settled.history)
        return _State(version, market, early, Reckoned(book, walked, followed))

    def _with_last_prices(self, state: _State) -> Reckoned:
        book, before = state.settled.book, state.live
        quotes = quotes_of(self._desk, book.facts.values(), book.closes)
        if before is not None and before.book.quotes == quotes:
            return before
        return _reckoned(replace(book, quotes=quotes), state.settled) if quotes else state.settled

    def _version(self, kept: Kept) -> tuple[object, ...]:
        """Another one when anything that a book is made of may have changed: sessions end as the hours pass."""
        return kept.state, self._desk.lake.version(), self._desk.clock().replace(minute=0, second=0, microsecond=0)


def _reckoned(book: Book, before: Reckoned) -> Reckoned:
    """The same book with other last prices."""
    return Reckoned(book, before.walked, history(before.walked, book, before.history))


def _sooner(last: date) -> date:
    return last - min(RECENT, last - date.min)


def _bytes_of(reckoned: Reckoned) -> int:
    of = reckoned.history
    prices = sum(each.days.nbytes + each.prices.nbytes for each in of.book.closes.values())
    return KEPT_ANSWERS + 2 * of.values.nbytes + prices + PER_TRANSACTION * len(of.book.transactions)


def last_day(desk: Desk, book: Book, moment: Moment) -> date:
    """The day that a book is told up to; where the next has begun for whoever wrote of it in the book, that one."""
    if moment.day is not None:
        return moment.day
    said = (each if each.source == HAND else each.by_hand for each in book.closes.values())
    written: list[date] = [each.days[-1].item() for each in said if each is not None and each.days.size]
    today = desk.clock().astimezone(UTC).date()
    return max([today, *written, *(each.day for each in book.transactions[-1:])])


def read(desk: Desk, kept: Kept, moment: Moment = NOW, market: Market | None = None) -> Book:
    """A portfolio's book, out of the ledger and the lake, whose prices come by `market` where there is one."""
    market = market or Market(desk, (), moment.known)
    portfolio, today = kept.portfolio, desk.clock().astimezone(UTC).date()
    last = today if moment.day is None else moment.day
    said_by = newest_day(desk.clock()) if moment.day is None else moment.day
    transactions = TransactionBook(desk.ledger).all(portfolio.id, moment.day)
    book, items = ItemBook(desk.ledger), {each.instrument: each for each in ItemBook(desk.ledger).items(kept.owner)}
    named = {each for told in transactions for each in (told.instrument, told.other) if each is not None}
    named |= {portfolio.benchmark} if portfolio.benchmark is not None else set()
    facts = facts_of(named, desk, items, book.facts(kept.owner))
    told = PriceBook(desk.ledger).prices(kept.owner)
    said = {key: (facts[key], each) for key, each in told.items() if key in facts}
    foreign = list(otherwise(said.values()))
    listed = [each for key, each in facts.items() if not key.startswith(OWN)]
    first = min((told.day for told in transactions), default=last)
    actions = market.actions({each.id: each for each in listed})
    priced = book.prices([items[key].id for key in facts if key in items])
    by_hand = {f"{OWN}{number}": hand_closes(told, said_by) for number, told in priced.items()}
    currencies = _currencies(transactions) | {each.currency for each in facts.values() if each.currency}
    currencies |= {each.currency for each in actions if each.currency} | {code for _, code in foreign}
    bought = (told.acquired for told in transactions if told.acquired is not None)
    rates = market.rates(portfolio.base, currencies, min([first, *bought, *(day for day, _ in foreign)]), last)
    return Book(
        portfolio=portfolio,
        accounts=PortfolioBook(desk.ledger).accounts(portfolio.id),
        transactions=transactions,
        facts=facts,
        actions=tuple(each for each in actions if each.ex_date <= last or _announced(each, moment)),
        closes={**with_hand_prices(market.closes(listed, first, last), said, rates, said_by), **by_hand},
        rates=rates,
    )


def _announced(action: Action, moment: Moment) -> bool:
    """Whether it may be a dividend that was announced by then: of a past day that is known only with its instant."""
    return action.kind == "dividend" and (moment.day is None or moment.known is not None)


def _currencies(transactions: tuple[Transaction, ...]) -> set[str]:
    """All that transactions are told in."""
    told = ((each.currency, each.fee_currency, each.price_currency, each.to_currency) for each in transactions)
    return {code for codes in told for code in codes if code}
