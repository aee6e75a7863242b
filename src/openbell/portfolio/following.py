"""Follows a book through its days: from transactions, closes and rates to the columns of its history."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np

from openbell.model.transactions import Kind, Transaction
from openbell.portfolio.book import Book, Closes, Days
from openbell.portfolio.continuing import first_change, joined, kept_of
from openbell.portfolio.currencies import currency_gains, rates_on
from openbell.portfolio.lots import ZERO
from openbell.portfolio.moves import Move, Part, cash_effects, changeovers, charges_of, moves_of, told_cash
from openbell.portfolio.prices import SPLITS, Priced, days_of, priced, series_of_days
from openbell.portfolio.rates import Rates
from openbell.portfolio.rows import Floats, Rows
from openbell.portfolio.valuation import Flows, History, Steps, Uncounted, currency_of
from openbell.portfolio.walk import Walked


def history(walked: Walked, book: Book, so_far: History | None = None) -> History:
    """The history of `book`, from its first transaction to the day that it was `walked` to, both included.

    `so_far` is its history up to an earlier day, as it was known then. Only the days from the first change on are
    reckoned anew: a transaction, a close, a rate, a quote that is another one now. The result is the same.
    """
    since = None if so_far is None else first_change(so_far, walked, book)
    if so_far is None or since is None or (kept := kept_of(so_far, since)) == 0:
        return _reckoned(walked, book, None, date.min)
    tail = _reckoned(walked, book, so_far, so_far.day(kept - 1))
    return joined(so_far, tail, kept)


def _reckoned(walked: Walked, book: Book, so_far: History | None, since: date) -> History:
    """The history from the day `since` on; where there is one `so_far`, with what happened after that day only."""
    upto = walked.until
    told = told_cash(book.transactions) if so_far is None else so_far.told
    wanted = [each for each in book.transactions if each.day <= upto and (so_far is None or each.day > since)]
    transactions = [_named(each, walked) for each in wanted]
    cash = cash_steps(transactions, told, {} if so_far is None else _cash_until(so_far, since))
    steps = units_steps(walked, {} if so_far is None else so_far.steps, since) | cash
    first = min((each.day for each in transactions), default=upto) if so_far is None else since
    held = list(dict.fromkeys(part.instrument for part in steps if part.instrument))
    days = series_of_days(first, upto, _calendars(book, steps), _days_of_change(steps, transactions, first))
    splits = splits_of(walked.splits)
    prices = {name: priced(book, name, splits.get(name, ())) for name in held}
    valuer = _Valuer(book, prices, walked.rates)
    later = [each for each in walked.happened if so_far is None or each.day > since]
    moves = (
        *moves_of(transactions, told, valuer.cash, valuer.units, walked.never_held),
        *changeovers(later, walked.steps, transactions, valuer.units),
    )
    charges = tuple(charges_of(transactions, valuer.cash, valuer.units))
    before = () if so_far is None else so_far.parts
    parts = tuple(dict.fromkeys([*before, *steps, *(each.part for each in moves), *(each.part for each in charges)]))
    rates = {code: rates_on(book.rates, code, book.portfolio.base, days) for code in _currencies(book, parts)}
    values = _values(book, days, parts, steps, prices, rates)
    column = {part: place for place, part in enumerate(parts)}
    flows = _flows(days, column, moves)
    gains, unknown = currency_gains(values, flows, [currency_of(book, part) for part in parts], rates)
    return History(
        book,
        days,
        parts,
        steps,
        Rows((values,)),
        rates,
        prices,
        moves,
        charges,
        flows,
        (
            np.searchsorted(days, days_of(each.day for each in charges)),
            np.array([column[each.part] for each in charges], np.intp),
        ),
        Rows((gains,)),
        unknown,
        told,
        walked.happened,
        tuple(_uncounted(walked)),
        walked.rates,
    )


def _uncounted(walked: Walked) -> Iterator[Uncounted]:
    for problem in walked.problems:
        told = problem.transaction
        if problem.kind == "oversold" and told is not None and told.instrument is not None:
            part = Part(told.account, walked.name(told.instrument, told.day), "")
            yield Uncounted(part, told.day, walked.never_held[told.id], told)


def _cash_until(so_far: History, last: date) -> dict[Part, Steps]:
    """The balances up to the end of `last`."""
    found = {}
    for part, steps in so_far.steps.items():
        if part.instrument is None and (upto := bisect_right(steps.days, last)):
            found[part] = Steps(steps.days[:upto], steps.after[:upto])
    return found


def _calendars(book: Book, steps: Mapping[Part, Steps]) -> Iterator[tuple[Days, date]]:
    """The days on which a value may be another one, and from when on: sessions or prices of what is held, rates.

    What is held later adds no days before, so that the figures of a stretch stay as they are.
    """
    since = [(part.instrument or "", held.days[0]) for part, held in steps.items()]
    for name, day in (*since, (book.portfolio.benchmark or "", date.min)):
        if (closes := book.closes.get(name)) is not None:
            yield _calendar(closes), day
            if closes.by_hand is not None:
                yield closes.by_hand.days, day
    for each in book.rates:
        yield each.days, date.min


def _calendar(closes: Closes) -> Days:
    return closes.days if closes.sessions is None else closes.sessions


def _days_of_change(steps: Mapping[Part, Steps], transactions: Iterable[Transaction], first: date) -> set[date]:
    changed = {day for each in steps.values() for day in each.days[bisect_left(each.days, first) :]}
    return changed.union(each.day for each in transactions)


def units_steps(walked: Walked, before: Mapping[Part, Steps], since: date) -> dict[Part, Steps]:
    """The units of each position; those of `before` where nothing has changed after `since`."""
    found = {}
    for key, steps in walked.steps.items():
        part = Part(*key, "")
        if part in before and len(before[part].days) == len(steps) and steps[-1][0] <= since:
            found[part] = before[part]
        elif steps:
            found[part] = Steps(*zip(*steps, strict=True))
    return found


def cash_steps(
    transactions: Iterable[Transaction], told: frozenset[int], before: Mapping[Part, Steps]
) -> dict[Part, Steps]:
    """The balances of the accounts whose cash is told, after those that were there `before`."""
    found = dict(before)
    last = {part: steps.after[-1] for part, steps in before.items()}
    balances: dict[Part, dict[date, Decimal]] = {}
    for each in sorted(transactions, key=lambda transaction: transaction.day):
        for part, amount in cash_effects(each):
            if part.account in told:
                last[part] = last.get(part, ZERO) + amount
                balances.setdefault(part, {})[each.day] = last[part]
    for part, days in balances.items():
        early = found.get(part, Steps((), ()))
        found[part] = Steps((*early.days, *days), (*early.after, *days.values()))
    return found


def splits_of(told: Mapping[str, Sequence[tuple[date, Fraction]]]) -> dict[str, SPLITS]:
    """The splits of each instrument, oldest first."""
    return {
        name: tuple((day, Decimal(ratio.numerator) / ratio.denominator) for day, ratio in splits)
        for name, splits in told.items()
    }


@dataclass(frozen=True, slots=True)
class _Valuer:
    """Exact amounts in the portfolio's currency."""

    book: Book
    priced: Mapping[str, Priced]
    rates: Rates

    def cash(self, amount: Decimal, currency: str, day: date) -> Decimal | None:
        rate = self.rates.rate(currency, self.book.portfolio.base, day).value if currency else None
        return None if rate is None else amount * rate

    def units(self, instrument: str, quantity: Decimal, day: date) -> Decimal | None:
        prices, facts = self.priced.get(instrument), self.book.facts.get(instrument)
        price = None if prices is None else prices.at(day)
        if price is None or facts is None or facts.currency is None:
            return None
        return self.cash(quantity * price.price, facts.currency, day)


def _currencies(book: Book, parts: Sequence[Part]) -> set[str]:
    priced_in = {facts.currency for facts in book.facts.values() if facts.currency}
    return priced_in | {part.currency for part in parts if part.currency}


def _named(transaction: Transaction, walked: Walked) -> Transaction:
    """With the name that its instrument had that day, as the walk has it, and whether it moved what was short."""
    name = transaction.instrument and walked.name(transaction.instrument, transaction.day)
    short = transaction.id in walked.moved_short if transaction.kind is Kind.TRANSFER else transaction.short
    same = name == transaction.instrument and short == transaction.short
    return transaction if same else replace(transaction, instrument=name, short=short)


def _values(
    book: Book,
    days: Days,
    parts: Sequence[Part],
    steps: Mapping[Part, Steps],
    prices: Mapping[str, Priced],
    rates: Mapping[str, Floats],
) -> Floats:
    units, values = np.zeros((len(parts), days.size)), np.zeros((len(parts), days.size))
    for column, part in enumerate(parts):
        if part in steps and (held := _units(steps[part], days)).any():
            units[column], values[column] = held, _each(book, days, part, prices, rates)
    values *= units
    values[units == 0] = 0.0
    return values.T


def _each(
    book: Book, days: Days, part: Part, prices: Mapping[str, Priced], rates: Mapping[str, Floats]
) -> Floats | float:
    """What one unit is worth on each of the days."""
    if part.instrument is None:
        return rates[part.currency]
    rate = rates.get(currency_of(book, part))
    return np.nan if rate is None else prices[part.instrument].column(days) * rate


def _units(told: Steps, days: Days) -> Floats:
    """What there was at the end of each of the days."""
    first = bisect_left(told.days, days[0].item())
    before = float(told.after[first - 1]) if first else 0.0
    if first == len(told.days):
        return np.full(days.size, before)
    after = np.array([before, *map(float, told.after[first:])])
    return after[days_of(told.days[first:]).searchsorted(days, side="right")]


def _flows(days: Days, column: Mapping[Part, int], moves: Sequence[Move]) -> Flows:
    _, event = np.unique(np.array([move.event for move in moves], np.int64), return_inverse=True)
    return Flows(
        np.searchsorted(days, days_of(move.day for move in moves)),
        np.array([column[move.part] for move in moves], np.intp),
        event.astype(np.intp),
        np.array([np.nan if move.amount is None else float(move.amount) for move in moves]),
    )
