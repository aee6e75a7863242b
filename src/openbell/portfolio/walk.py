"""Through a book from its first day: the lots that are held, those that were closed, and what does not fit."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import partial
from itertools import groupby
from math import prod
from operator import attrgetter, itemgetter

from openbell.model.transactions import TOLD_ACTIONS, Kind, Transaction
from openbell.portfolio.actions import Happening, Names, happenings
from openbell.portfolio.book import Book, called, said
from openbell.portfolio.happen import Happenings
from openbell.portfolio.holdings import Holdings, Key
from openbell.portfolio.lots import EXACTLY, ZERO, Closed, Lot, Problem, Severity, Sum
from openbell.portfolio.matching import not_there
from openbell.portfolio.rates import Rates
from openbell.portfolio.s104 import pooled
from openbell.portfolio.sums import Sums
from openbell.portfolio.unseen import unseen_splits

DUST = Decimal("1e-6")
"""As a share of a sale: what brokers round is less, and is no sale of what is not held."""

FIRST = datetime.min.replace(tzinfo=UTC)

Steps = Mapping[Key, list[tuple[date, Decimal]]]
"""By account and instrument, the units at the end of each day on which they changed."""


@dataclass(frozen=True, slots=True)
class Walked:
    """What a book comes to at the end of a day."""

    lots: tuple[Lot, ...]
    """By account, instrument and as they came in."""
    closed: tuple[Closed, ...]
    """In the order of time."""
    problems: tuple[Problem, ...]
    steps: Steps
    happened: tuple[Happening, ...]
    """The corporate actions, each once."""
    splits: Mapping[str, list[tuple[date, Fraction]]]
    """By instrument, the days on which one unit became so many; told, or found from units."""
    moved_short: frozenset[int]
    """The transfers that moved what was sold short, by their ids."""
    never_held: Mapping[int, Decimal]
    """By transaction, the units that it gave away and that were not there; each is a problem, too."""
    never_chosen: Mapping[tuple[int, int], Decimal]
    """By sale and the transaction whose lot it chose, the units of that which it did not get."""
    until: date
    """The day at whose end this is so."""
    walk: _Walk = field(repr=False, compare=False)
    """What `walk` goes on from."""

    def units(self, instrument: str, account: int | None, day: date) -> Decimal:
        """The units at the end of `day`, in that day's own units; of all accounts where `account` is None."""
        keys: Iterable[Key] = (
            [key for key in self.steps if key[1] == instrument] if account is None else [(account, instrument)]
        )
        return sum((_at(self.steps.get(key, []), day) for key in keys), ZERO)

    @property
    def rates(self) -> Rates:
        """The rates of the book, with those that were looked up."""
        return self.walk.rates

    def name(self, instrument: str, day: date) -> str:
        """What `instrument` was called on `day`: statements tell new names early and old ones late."""
        return self.walk.names.on(day, instrument)

    def scale(self, instrument: str, day: date) -> Fraction:
        """Units at the end of `until` for one of `day`, by the splits after it; also of what was sold by then."""
        ratios = (ratio for split, ratio in self.splits.get(instrument, ()) if split > day)
        return prod(ratios, start=Fraction(1))


def walk(book: Book, until: date | None = None, *, since: Walked | None = None) -> Walked:
    """The book at the end of `until`; None: of the last day that it tells of.

    Transactions may come in any order: they are taken by day, then instant where known, then id, and a sale before the
    day's purchase waits for it unless both have instants. `since` is what the book came to at an earlier day: if
    nothing up to then has changed, only the days after it are walked. The result is the same.
    """
    with localcontext(EXACTLY):
        route = _Route.of(book, until, None if since is None else since.walk.route)
        before = since.walk if since is not None and since.walk.leads_to(route) else None
        return _Walk(route, before).through()


@dataclass(frozen=True, slots=True)
class _Route:
    """A book's transactions and actions up to a day, in order."""

    book: Book
    until: date
    transactions: tuple[Transaction, ...]
    happened: tuple[Happening, ...]
    renames: tuple[Happening, ...]
    """Those after `until` too: some statements use new names early."""
    problems: tuple[Problem, ...]

    @classmethod
    def of(cls, book: Book, until: date | None, since: _Route | None) -> _Route:
        last = until or _last_day(book)
        early = () if since is None or since.until > last else since.beginning(book.transactions)
        told = (t for t in book.transactions[len(early) :] if t.day <= last)
        ordered = (*early, *sorted(told, key=lambda t: (t.day, t.at or FIRST, t.id)))
        happened, problems = happenings(book.actions, ordered, partial(called, book))
        return cls(
            book,
            last,
            ordered,
            tuple(each for each in happened if each.day <= last),
            tuple(each for each in happened if each.kind is Kind.RENAME),
            tuple(problem for problem in problems if problem.day <= last),
        )

    def beginning(self, told: tuple[Transaction, ...]) -> tuple[Transaction, ...]:
        """Its transactions, if `told` begins with them and goes on with later days: then they are in order."""
        size = len(self.transactions)
        same = told[:size] == self.transactions and all(t.day > self.until for t in told[size:])
        return self.transactions if same else ()

    def upto(self, day: date) -> int:
        """How many transactions there are up to the end of `day`."""
        return bisect_right(self.transactions, day, key=attrgetter("day"))


class _Walk:
    """The state between two days. Only `through` changes it, once; who goes on does so with a copy."""

    def __init__(self, route: _Route, since: _Walk | None = None) -> None:
        self.route = route
        self._walked = since.route.until if since else date.min
        self.holdings: Holdings = since.holdings.copy() if since else Holdings(route.book.portfolio.method)
        self.problems: list[Problem] = since.problems.copy() if since else []
        self.rates = Rates(route.book.rates)
        self.sums = Sums(route.book, self.rates)
        if since is not None:
            self.sums.go_on_from(since.sums)
        self._happenings = Happenings(self.holdings, self.sums, self.problems, partial(called, route.book))
        self.names = Names(route.renames)

    def leads_to(self, route: _Route) -> bool:
        """Whether all that was walked is as it was, in the book of `route`."""
        mine, until = self.route, self.route.until
        transactions = route.transactions[: route.upto(until)]
        happened = tuple(each for each in route.happened if each.day <= until)
        ours, theirs = mine.book, route.book
        return (
            route.until >= until
            and (transactions, happened, route.renames) == (mine.transactions, mine.happened, mine.renames)
            and (ours.portfolio.base, ours.portfolio.method) == (theirs.portfolio.base, theirs.portfolio.method)
            and all(called(theirs, key) == each.ticker for key, each in ours.facts.items())
            and self.sums.same_in(theirs, until)
        )

    def through(self) -> Walked:
        """All days of the route that are not walked yet."""
        entries: list[tuple[tuple[date, datetime, int, int], Happening | Transaction]] = [
            ((each.day, each.at or FIRST, -1, at), each)
            for at, each in enumerate(self.route.happened)
            if each.day > self._walked
        ]
        entries += [
            ((t.day, t.at or FIRST, 0, t.id), t)
            for t in self.route.transactions[self.route.upto(self._walked) :]
            if t.kind not in TOLD_ACTIONS
        ]
        entries.sort(key=itemgetter(0))
        for _, group in groupby(entries, key=lambda entry: entry[0][0]):
            self._day([entry for _, entry in group])
        return self._told()

    def _told(self) -> Walked:
        holdings, route = self.holdings, self.route
        lots, closed = tuple(lot for key in sorted(holdings.lots) for lot in holdings.lots[key]), tuple(holdings.closed)
        if holdings.movements is not None:
            lots, closed = pooled(holdings.movements, lots, closed, route.book.portfolio.base)
        unseen = unseen_splits(route.happened, holdings.splits, route.book.closes, partial(called, route.book))
        problems = (*route.problems, *self.problems, *self.sums.missed(), *unseen)
        return Walked(
            lots,
            closed,
            problems,
            holdings.steps,
            route.happened,
            holdings.splits,
            frozenset(holdings.moved_short),
            holdings.never_held.copy(),
            holdings.never_chosen.copy(),
            route.until,
            self,
        )

    def _day(self, entries: list[Happening | Transaction]) -> None:
        """What the day tells, in order; if transfers wait in a ring, what comes in first and what leaves last."""
        moves = any(isinstance(t, Transaction) and t.kind is Kind.TRANSFER and t.quantity for t in entries)
        before, said = self.holdings.copy() if moves else None, len(self.problems)
        if not self._in_turn(entries) and before is not None:
            self.holdings.put_back(before)
            del self.problems[said:]
            self._in_turn(sorted(entries, key=_phase))
        for entry in entries:
            if isinstance(entry, Transaction) and entry.kind is Kind.DIVIDEND and not entry.quantity:
                self._look_at_dividend(entry)

    def _in_turn(self, entries: list[Happening | Transaction]) -> bool:
        """Take each; what gives away more than is there yet waits for the others. False: some waited in vain."""
        waiting: list[Transaction] = []
        for entry in entries:
            if isinstance(entry, Happening):
                self._happenings.apply(entry)
            elif self._must_wait(entry, entries):
                waiting.append(entry)
            else:
                self._take(entry)
        while ready := next((t for t in waiting if self._lacking(t) <= 0), None):
            waiting.remove(ready)
            self._take(ready)
        for entry in waiting:
            self._take(entry)
        return not waiting

    def _must_wait(self, gives: Transaction, others: list[Happening | Transaction]) -> bool:
        if gives.quantity >= 0 or gives.kind is Kind.OPENING or gives.short or self._lacking(gives) <= 0:
            return False
        return any(isinstance(t, Transaction) and None in {gives.at, t.at} for t in others if t is not gives)

    def _lacking(self, gives: Transaction) -> Decimal:
        return -gives.quantity - max(ZERO, self.holdings.units(*self._key(gives)))

    def _key(self, of: Transaction) -> Key:
        return (of.account, self.names.on(of.day, of.instrument or ""))

    def _take(self, t: Transaction) -> None:
        if t.instrument is None:
            return
        if t.kind is Kind.RETURN_OF_CAPITAL:
            self._return_capital(t)
        elif t.quantity > 0:
            self._come(t)
        elif t.quantity < 0:
            self._go(t)

    def _come(self, t: Transaction) -> None:
        if t.kind is Kind.BUY:
            cost = self.sums.paid(t)
        else:
            cost = self.sums.given(t)
            if cost.amount is None:
                self._say(
                    "no_cost",
                    "doubtful",
                    t,
                    f"What {said(t.quantity)} units of {self._called(t)} cost that came on {t.day} is not told, and no "
                    "price of theirs is known; their gain is missing.",
                    "Write their cost into the transaction.",
                )
        self.holdings.acquire(t, self._key(t), t.quantity, cost, t.acquired)

    def _go(self, t: Transaction) -> None:
        key, quantity = self._key(t), -t.quantity
        if t.kind is Kind.OPENING:
            self.holdings.sell_short(t, key, quantity, self.sums.given(t))
            return
        if t.kind is Kind.TRANSFER and t.to_account is not None and self.holdings.units(*key) < 0:
            self._move_short(t, key, (t.to_account, key[1]))
            return
        proceeds = self._proceeds(t)
        own = min(quantity, max(ZERO, self.holdings.units(*key)))
        if own < quantity and not t.short:
            self._oversold(t, own)
        if own and t.kind is Kind.TRANSFER and t.to_account is not None:
            self.holdings.move(t, key, (t.to_account, key[1]), own)
        else:
            if t.picks:
                self._look_at_picks(t, self.holdings.lots[key] if own else ())
            if own:
                self.holdings.dispose(t, t.day, key, own, proceeds.part(own, quantity), t.picks)
        if own < quantity and t.short:
            self.holdings.sell_short(t, key, quantity - own, proceeds - proceeds.part(own, quantity))

    def _move_short(self, t: Transaction, source: Key, target: Key) -> None:
        """Of an account that is short, nothing else can be moved: the other one is short of it from now on."""
        short = -self.holdings.units(*source)
        if -t.quantity > short:
            self._oversold(t, short)
        self.holdings.move(t, source, target, min(-t.quantity, short))

    def _proceeds(self, t: Transaction) -> Sum:
        if t.kind is Kind.SELL:
            return self.sums.received(t)
        gone = self.sums.gone(t)
        if t.kind is not Kind.FEE:
            return gone
        return Sum(ZERO, self.route.book.portfolio.base, ZERO, fees=gone.base or ZERO)  # what left was the fee

    def _oversold(self, t: Transaction, held: Decimal) -> None:
        quantity = -t.quantity
        if held and quantity - held <= DUST * quantity:
            self._say(
                "rounded",
                "note",
                t,
                f"{said(quantity)} units of {self._called(t)} left on {t.day}; all {said(held)} were taken.",
                "",
            )
            return
        self.holdings.never_held[t.id] = quantity - held
        done = {Kind.SELL: "sold", Kind.TRANSFER: "moved to another account"}.get(t.kind, "given away")
        remedy = "Add the missing purchase or an opening balance before it, or correct the quantity"
        self._say(
            "oversold",
            "wrong",
            t,
            f"{said(quantity)} units of {self._called(t)} were {done} on {t.day}{f' ({t.ref})' if t.ref else ''}, but "
            f"the account held {f'{said(held)}: no more can be' if held else 'none: no gain of them can be'} counted.",
            f"{remedy}; or mark the sale as short." if t.kind is Kind.SELL else f"{remedy}.",
        )

    def _look_at_picks(self, t: Transaction, held: Sequence[Lot]) -> None:
        """Where nothing is held, that is the problem, and no other lots were taken."""
        method = self.route.book.portfolio.method
        missing = {} if method in {"average", "s104"} else not_there(held, t.picks)
        self.holdings.never_chosen |= {(t.id, opened): units for opened, units in missing.items()}
        if not held:
            return
        if method in {"average", "s104"}:
            self._say(
                "no_choice",
                "doubtful",
                t,
                f"The sale of {self._called(t)} on {t.day} chose lots, but in a pool there are none.",
                "Choose a method with lots, or leave the choice away.",
            )
            return
        for opened, units in missing.items():
            self._say(
                "unknown_lot",
                "doubtful",
                t,
                f"The sale of {self._called(t)} on {t.day} chose {said(units)} units too many of transaction {opened}.",
                f"Choose again; they were taken by {method}.",
            )

    def _return_capital(self, t: Transaction) -> None:
        key = self._key(t)
        if not self.holdings.units(*key):
            self._say(
                "action_of_nothing",
                "doubtful",
                t,
                f"Capital of {self._called(t)} was returned on {t.day}, but the account held none.",
                "Add the purchase before it, or enter a dividend.",
            )
            return
        self.holdings.return_capital(
            t,
            t.day,
            key,
            self.sums.cash(t, t.cash),
            lambda amount, currency: self.sums.in_currency(amount, currency, t.day, t),
        )

    def _look_at_dividend(self, t: Transaction) -> None:
        if self._key(t) not in self.holdings.steps:
            self._say(
                "dividend_before_buy",
                "doubtful",
                t,
                f"{self._called(t)} paid a dividend on {t.day}, but the account had held none until then.",
                "Is a purchase before it missing, or is it of another instrument? The money was counted.",
            )

    def _called(self, t: Transaction) -> str:
        return called(self.route.book, t.instrument or "")

    def _say(self, kind: str, severity: Severity, t: Transaction, what: str, remedy: str) -> None:
        self.problems.append(Problem(kind, severity, what, remedy, t.day, t.account, t.instrument, t))


def _last_day(book: Book) -> date:
    return max([*(t.day for t in book.transactions), *(action.ex_date for action in book.actions)], default=date.min)


def _phase(entry: Happening | Transaction) -> tuple[datetime, int]:
    if isinstance(entry, Happening):
        return entry.at or FIRST, -1
    return entry.at or FIRST, 1 if entry.kind is Kind.TRANSFER else 0 if entry.quantity >= 0 else 2


def _at(steps: list[tuple[date, Decimal]], day: date) -> Decimal:
    at = bisect_right(steps, day, key=itemgetter(0))
    return steps[at - 1][1] if at else ZERO
