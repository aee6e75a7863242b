"""A portfolio's worth over time: units, prices and rates as columns, from which every series is a sum."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from openbell.model.transactions import Kind, Transaction
from openbell.portfolio.actions import Happening
from openbell.portfolio.book import Book, Days
from openbell.portfolio.currencies import rates_on
from openbell.portfolio.lots import ZERO
from openbell.portfolio.moves import Charge, Move, Part, cash_effects, changeovers, charges_of, moves_of, told_cash
from openbell.portfolio.prices import SPLITS, Priced, priced, series_of_days
from openbell.portfolio.rates import Rates
from openbell.portfolio.walk import Walked

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

METHOD = (
    "Units at the end of the day, splits applied once, times the close as traded, times the day's rate; cash times the "
    "rate. On a day without a session the last session's close is the price. A session without a close has no value, "
    "and neither has what contains it. A rate holds for at most a week."
)


@dataclass(frozen=True, slots=True)
class Steps:
    """How many units or how much cash there was, from each day on."""

    days: tuple[date, ...]
    after: tuple[Decimal, ...]

    def on(self, day: date) -> Decimal:
        """At the end of `day`."""
        place = bisect_right(self.days, day) - 1
        return self.after[place] if place >= 0 else ZERO


@dataclass(frozen=True, slots=True)
class Flows:
    """The moves as columns, of those days that the series has."""

    place: npt.NDArray[np.intp]
    """Of the day."""
    part: npt.NDArray[np.intp]
    event: npt.NDArray[np.intp]
    amount: Floats
    """NaN: not known."""


@dataclass(frozen=True, slots=True)
class History:
    """All that returns are computed from, day by day. Columns of `units` and `values` are `parts`."""

    book: Book
    days: Days
    parts: tuple[Part, ...]
    steps: Mapping[Part, Steps]
    units: Floats
    values: Floats
    """In the portfolio's currency; NaN: a price or a rate is missing. What is not held is worth 0."""
    rates: Mapping[str, Floats]
    """What one of each currency cost in the portfolio's."""
    priced: Mapping[str, Priced]
    moves: tuple[Move, ...]
    charges: tuple[Charge, ...]
    flows: Flows
    currency_gains: Floats
    """Of each part, summed up to the end of each day: what of its gain came from its currency alone."""
    told: frozenset[int]
    """The accounts whose cash is told."""
    lookup: Rates = field(compare=False)

    @property
    def base(self) -> str:
        """The portfolio's currency."""
        return self.book.portfolio.base

    def place(self, day: date) -> int:
        """Of the last day of the series up to `day`; -1: before the first."""
        return int(np.searchsorted(self.days, np.datetime64(day), side="right")) - 1

    def day(self, place: int) -> date:
        """The day at `place`."""
        day: date = self.days[place].astype("datetime64[D]").item()
        return day

    def where(self, wanted: Callable[[Part], bool]) -> Mask:
        """The parts that are `wanted`."""
        return np.fromiter(map(wanted, self.parts), bool, len(self.parts))

    def named(self, inside: Mask) -> frozenset[Part]:
        """The parts that are `inside`."""
        return frozenset(part for part, wanted in zip(self.parts, inside, strict=True) if wanted)

    def scope(self, *, account: int | None = None, instrument: str | None = None, tag: str | None = None) -> Mask:
        """The parts of an account, an instrument and a tag; everything where none is asked for.

        A position has the tags of the transactions that made it.
        """
        tagged = {
            (each.account, each.instrument) for each in self.book.transactions if tag is not None and tag in each.tags
        }
        return self.where(
            lambda part: (
                account in (None, part.account)
                and instrument in (None, part.instrument)
                and (tag is None or (part.instrument is not None and (part.account, part.instrument) in tagged))
            )
        )


def history(walked: Walked, book: Book) -> History:
    """The history of `book`, from its first transaction to the day that it was `walked` to, both included."""
    upto = walked.until
    transactions = [_named(each, walked) for each in book.transactions if each.day <= upto]
    told = told_cash(transactions)
    steps = units_steps(walked) | cash_steps(transactions, told)
    splits = splits_of(walked.happened)
    held = list(dict.fromkeys(part.instrument for part in steps if part.instrument))
    first = min((each.day for each in transactions), default=upto)
    changed = [day for each in steps.values() for day in each.days]
    shown = [*held, book.portfolio.benchmark or ""]
    closes = [book.closes[name] for name in shown if name in book.closes]
    days = series_of_days(first, upto, closes, [*changed, *(each.day for each in transactions)])
    prices = {name: priced(book, name, days, splits.get(name, ())) for name in held}
    lookup = Rates(book.rates)
    valuer = _Valuer(book, days, prices, lookup)
    moves = (
        *moves_of(transactions, told, valuer.cash, valuer.units),
        *changeovers(walked.happened, walked.steps, transactions, valuer.units),
    )
    charges = tuple(charges_of(transactions, valuer.cash))
    parts = tuple(dict.fromkeys([*steps, *(move.part for move in moves), *(charge.part for charge in charges)]))
    rates = {code: rates_on(book.rates, code, book.portfolio.base, days) for code in _currencies(book, parts)}
    units = _columns(days, parts, steps)
    values = _values(book, parts, units, prices, rates)
    flows = _flows(days, parts, moves)
    gains = currency_gains(values, flows, [rates.get(currency_of(book, part)) for part in parts])
    return History(book, days, parts, steps, units, values, rates, prices, moves, charges, flows, gains, told, lookup)


def currency_of(book: Book, part: Part) -> str:
    """That the price of `part` is in; empty where nobody knows."""
    if part.instrument is None:
        return part.currency
    facts = book.facts.get(part.instrument)
    return (facts.currency or "") if facts else ""


def currency_gains(values: Floats, flows: Flows, rates: Sequence[Floats | None]) -> Floats:
    """By part and day, summed up: what of its gain came from its currency alone.

    From one valued day to the next the price's part is the gain in the currency itself at the rate before, and the
    currency's is the rest: price at the first rate, currency at the last price, day by day.
    """
    size, columns = values.shape
    gains = np.zeros_like(values)
    for column in range(columns):
        rate = rates[column]
        if rate is None or bool((rate == 1).all()):
            continue
        mine = flows.part == column
        flow = np.bincount(flows.place[mine], weights=flows.amount[mine], minlength=size).astype(np.float64)
        gains[:, column] = _currency_gain(values[:, column], flow, rate)
    return gains


def _currency_gain(value: Floats, flow: Floats, rate: Floats) -> Floats:
    valued = np.flatnonzero(np.isfinite(value) & np.isfinite(rate))
    summed = np.full(value.size, np.nan)
    if valued.size == 0:
        return summed
    starts = np.append(0, valued[:-1] + 1)
    upto = int(valued[-1]) + 1
    came, came_in_currency = np.add.reduceat(flow[:upto], starts), np.add.reduceat((flow / rate)[:upto], starts)
    before, rate_before = np.append(0.0, value[valued][:-1]), np.append(rate[valued][:1], rate[valued][:-1])
    gain = value[valued] - before - came
    in_currency = value[valued] / rate[valued] - before / rate_before - came_in_currency
    summed[valued] = np.cumsum(gain - in_currency * rate_before)
    return summed


def worth(of: History, inside: Mask) -> Floats:
    """The value of the parts together at the end of each day; NaN where that of one is missing."""
    total: Floats = of.values[:, inside].sum(axis=1)
    return total


def missing(of: History, inside: Mask) -> Iterator[tuple[date, tuple[Part, ...]]]:
    """The days without a total, and the parts that have no value on them."""
    gaps = np.isnan(of.values) & inside
    for place in np.flatnonzero(gaps.any(axis=1)):
        yield of.day(int(place)), tuple(of.parts[column] for column in np.flatnonzero(gaps[place]))


def paid(of: History, inside: Mask) -> tuple[Floats, Floats]:
    """What came into the parts and what left them, each day, both at least 0.

    What one event moves from one of the parts to another is no flow of them together.
    """
    flows = of.flows
    within = inside[flows.part]
    events = int(flows.event.max(initial=-1)) + 1
    amounts = flows.amount[within].copy()
    unknown = np.isnan(amounts)
    if unknown.any():  # both sides of a transfer whose worth nobody knows cancel out
        sides = np.bincount(flows.event[within][unknown], minlength=events)
        amounts[unknown & (sides[flows.event[within]] > 1)] = 0.0
    net = np.bincount(flows.event[within], weights=amounts, minlength=events)
    day = np.zeros(events, np.intp)
    day[flows.event] = flows.place
    came = np.bincount(day, weights=np.maximum(net, 0), minlength=of.days.size)
    left = np.bincount(day, weights=np.maximum(-net, 0), minlength=of.days.size)
    return came.astype(np.float64), left.astype(np.float64)


def net_invested(of: History, inside: Mask) -> Floats:
    """What was paid in less what was taken out, up to the end of each day."""
    came, left = paid(of, inside)
    total: Floats = np.cumsum(came - left)
    return total


def units_steps(walked: Walked) -> dict[Part, Steps]:
    """The units of each position."""
    return {
        Part(account, instrument, ""): Steps(tuple(day for day, _ in steps), tuple(units for _, units in steps))
        for (account, instrument), steps in walked.steps.items()
    }


def cash_steps(transactions: Iterable[Transaction], told: frozenset[int]) -> dict[Part, Steps]:
    """The balances of the accounts whose cash is told."""
    balances: dict[Part, dict[date, Decimal]] = {}
    last: dict[Part, Decimal] = {}
    for each in sorted(transactions, key=lambda transaction: transaction.day):
        for part, amount in cash_effects(each):
            if part.account in told:
                last[part] = last.get(part, ZERO) + amount
                balances.setdefault(part, {})[each.day] = last[part]
    return {part: Steps(tuple(days), tuple(days.values())) for part, days in balances.items()}


def splits_of(happened: Iterable[Happening]) -> dict[str, SPLITS]:
    """The splits of each instrument, oldest first."""
    found: dict[str, list[tuple[date, Decimal]]] = {}
    for each in happened:
        if each.kind is Kind.SPLIT and each.ratio is not None:
            found.setdefault(each.instrument, []).append((each.day, each.ratio))
    return {name: tuple(splits) for name, splits in found.items()}


@dataclass(frozen=True, slots=True)
class _Valuer:
    """Exact amounts in the portfolio's currency."""

    book: Book
    days: Days
    priced: Mapping[str, Priced]
    rates: Rates

    def cash(self, amount: Decimal, currency: str, day: date) -> Decimal | None:
        rate = self.rates.rate(currency, self.book.portfolio.base, day).value if currency else None
        return None if rate is None else amount * rate

    def units(self, instrument: str, quantity: Decimal, day: date) -> Decimal | None:
        prices, facts = self.priced.get(instrument), self.book.facts.get(instrument)
        place = int(np.searchsorted(self.days, np.datetime64(day), side="right")) - 1
        price = prices.at(place) if prices is not None and place >= 0 else None
        if price is None or facts is None or facts.currency is None:
            return None
        return self.cash(quantity * price.price, facts.currency, day)


def _currencies(book: Book, parts: Sequence[Part]) -> set[str]:
    priced_in = {facts.currency for facts in book.facts.values() if facts.currency}
    return priced_in | {part.currency for part in parts if part.currency}


def _named(transaction: Transaction, walked: Walked) -> Transaction:
    """With the name that its instrument had that day, as the walk has it."""
    name = transaction.instrument and walked.name(transaction.instrument, transaction.day)
    return transaction if name == transaction.instrument else replace(transaction, instrument=name)


def _columns(days: Days, parts: Sequence[Part], steps: Mapping[Part, Steps]) -> Floats:
    columns = np.zeros((days.size, len(parts)))
    for column, part in enumerate(parts):
        if part in steps:
            changed = np.array(steps[part].days, "datetime64[D]")
            after = np.array([0.0, *map(float, steps[part].after)])
            columns[:, column] = after[np.searchsorted(changed, days, side="right")]
    return columns


def _values(
    book: Book, parts: Sequence[Part], units: Floats, prices: Mapping[str, Priced], rates: Mapping[str, Floats]
) -> Floats:
    values = np.zeros_like(units)
    for column, part in enumerate(parts):
        if part.instrument is None:
            each = rates[part.currency]
        else:
            rate = rates.get(currency_of(book, part))
            known = prices.get(part.instrument)  # none of what only paid, and was never held
            each = np.full(units.shape[0], np.nan) if rate is None or known is None else known.prices * rate
        values[:, column] = np.where(units[:, column] == 0, 0.0, units[:, column] * each)
    return values


def _flows(days: Days, parts: Sequence[Part], moves: Sequence[Move]) -> Flows:
    column = {part: place for place, part in enumerate(parts)}
    return Flows(
        np.searchsorted(days, np.array([move.day for move in moves], "datetime64[D]")),
        np.array([column[move.part] for move in moves], np.intp),
        np.array([move.event for move in moves], np.intp),
        np.array([np.nan if move.amount is None else float(move.amount) for move in moves]),
    )
