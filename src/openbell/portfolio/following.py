"""Follows a book through its days: from transactions, closes and rates to the columns of its history."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import zip_longest
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from openbell.model.transactions import TOLD_ACTIONS, Kind, Transaction
from openbell.portfolio.book import Book, Closes, Days, RateSeries
from openbell.portfolio.currencies import rates_on
from openbell.portfolio.lots import ZERO
from openbell.portfolio.moves import Move, Part, cash_effects, changeovers, charges_of, moves_of, told_cash
from openbell.portfolio.prices import SPLITS, Priced, days_of, priced, series_of_days
from openbell.portfolio.rates import Rates
from openbell.portfolio.valuation import Floats, Flows, History, Steps, currency_of
from openbell.portfolio.walk import Walked

Each = TypeVar("Each")


def history(walked: Walked, book: Book, so_far: History | None = None) -> History:
    """The history of `book`, from its first transaction to the day that it was `walked` to, both included.

    `so_far` is its history up to an earlier day, as it was known then. Only the days from the first change on are
    reckoned anew: a transaction, a close, a rate, a quote that is another one now. The result is the same.
    """
    since = None if so_far is None else _first_change(so_far, walked, book)
    if so_far is None or since is None or (kept := _kept(so_far, since)) == 0:
        return _reckoned(walked, book, None, date.min)
    tail = _reckoned(walked, book, so_far, so_far.day(kept - 1))
    return _joined(so_far, tail, kept)


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
        *moves_of(transactions, told, valuer.cash, valuer.units),
        *changeovers(later, walked.steps, transactions, valuer.units),
    )
    charges = tuple(charges_of(transactions, valuer.cash, valuer.units))
    before = () if so_far is None else so_far.parts
    parts = tuple(dict.fromkeys([*before, *steps, *(each.part for each in moves), *(each.part for each in charges)]))
    rates = {code: rates_on(book.rates, code, book.portfolio.base, days) for code in _currencies(book, parts)}
    units = _columns(days, parts, steps)
    values = _values(book, days, parts, units, prices, rates)
    column = {part: place for place, part in enumerate(parts)}
    flows = _flows(days, column, moves)
    gains = currency_gains(values, flows, [rates.get(currency_of(book, part)) for part in parts])
    return History(
        book,
        days,
        parts,
        steps,
        units,
        values,
        rates,
        prices,
        moves,
        charges,
        flows,
        (
            np.searchsorted(days, days_of(each.day for each in charges)),
            np.array([column[each.part] for each in charges], np.intp),
        ),
        gains,
        told,
        walked.happened,
        walked.rates,
    )


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


def _first_change(so_far: History, walked: Walked, book: Book) -> date | None:
    """The first day that may be another one now, the last day of `so_far` at the latest; None: all may be."""
    old = so_far.book
    last = so_far.day(len(so_far.days) - 1)
    gone, come = _changed(old.transactions, book.transactions, walked.until)
    come += [each for each in book.transactions if last < each.day <= walked.until]
    changes = [*gone, *come]
    same = (
        walked.until >= last
        and old.portfolio == book.portfolio
        and old.facts == book.facts
        and len(old.rates) == len(book.rates)
        and (_told(book, walked.until) == so_far.told if gone else told_cash(come) <= so_far.told)
        and not any(each.kind in TOLD_ACTIONS for each in changes)
        and tuple(each for each in walked.happened if each.day < last)
        == tuple(each for each in so_far.happened if each.day < last)
    )
    if not same:
        return None
    days = [last, *(each.day for each in changes)]
    days += [quote.day for quote in (*old.quotes.values(), *book.quotes.values())]
    for name in {*old.closes, *book.closes}:
        days += _closes_changed(old.closes.get(name), book.closes.get(name))
    for one, other in zip(old.rates, book.rates, strict=True):
        days += _rates_changed(one, other)
    return min(days)


def _told(book: Book, until: date) -> frozenset[int]:
    return told_cash([each for each in book.transactions if each.day <= until])


def _changed(
    old: Sequence[Transaction], new: Sequence[Transaction], until: date
) -> tuple[list[Transaction], list[Transaction]]:
    """From the first transaction that is another one: those that were there, and those that are there now."""
    for place, (one, other) in enumerate(zip_longest(old, new)):
        if one is not other and one != other:
            return [each for each in old[place:] if each.day <= until], [t for t in new[place:] if t.day <= until]
    return [], []


def _closes_changed(old: Closes | None, new: Closes | None) -> list[date]:
    if old is new:
        return []
    if old is None or new is None or (old.sessions is None) != (new.sessions is None) or old.source != new.source:
        return [date.min]
    days = _first_difference(old.days, old.prices, new.days, new.prices)
    if old.sessions is not None and new.sessions is not None:
        days += _first_difference(old.sessions, old.sessions, new.sessions, new.sessions)
    return [*days, *_closes_changed(old.by_hand, new.by_hand)]


def _rates_changed(old: RateSeries, new: RateSeries) -> list[date]:
    if old is new:
        return []
    if (old.base, old.quote, old.source) != (new.base, new.quote, new.source):
        return [date.min]
    return _first_difference(old.days, old.rates, new.days, new.rates)


def _first_difference(
    old_days: Days, old: npt.NDArray[np.generic], new_days: Days, new: npt.NDArray[np.generic]
) -> list[date]:
    size = min(old_days.size, new_days.size)
    same = old[:size] == new[:size]
    if old_days is not old or new_days is not new:
        same &= old_days[:size] == new_days[:size]
    if not same.all():
        size = int(np.argmin(same))
    return [each[size].item() for each in (old_days, new_days) if each.size > size]


def _kept(so_far: History, since: date) -> int:
    """How many days stay as they are: those before `since`, up to one on which all that is held has a value."""
    kept = so_far.place(since - date.resolution) + 1 if since > date.min else 0
    while kept and np.isnan(so_far.currency_gains[kept - 1]).any():
        kept -= 1
    return kept


def _joined(so_far: History, tail: History, kept: int) -> History:
    """The first `kept` days as they were, then those of `tail`, which begins with the last one of them."""
    days = np.concatenate([so_far.days[:kept], tail.days[1:]])
    new = len(tail.parts) - len(so_far.parts)
    gains = tail.currency_gains - tail.currency_gains[0] + np.append(so_far.currency_gains[kept - 1], np.zeros(new))
    return replace(
        tail,
        days=days,
        units=_extended(so_far.units, tail.units, kept),
        values=_extended(so_far.values, tail.values, kept),
        currency_gains=_extended(so_far.currency_gains, gains, kept),
        rates={
            code: np.concatenate([so_far.rates[code][:kept], each[1:]])
            if code in so_far.rates
            else rates_on(tail.book.rates, code, tail.base, days)
            for code, each in tail.rates.items()
        },
        moves=(*_first(so_far.moves, so_far.flows.place < kept), *tail.moves),
        charges=(*_first(so_far.charges, so_far.charged[0] < kept), *tail.charges),
        flows=_flows_after(so_far.flows, tail.flows, kept),
        charged=(
            np.concatenate([so_far.charged[0][so_far.charged[0] < kept], tail.charged[0] + kept - 1]),
            np.concatenate([so_far.charged[1][so_far.charged[0] < kept], tail.charged[1]]),
        ),
    )


def _first(every: tuple[Each, ...], kept: npt.NDArray[np.bool_]) -> Iterable[Each]:
    return every if kept.all() else (every[at] for at in np.flatnonzero(kept))


def _extended(before: Floats, after: Floats, kept: int) -> Floats:
    """Rows after rows; a column that is new had nothing before."""
    rows = np.zeros((kept + after.shape[0] - 1, after.shape[1]), order="F")
    rows[:kept, : before.shape[1]] = before[:kept]
    rows[kept:] = after[1:]
    return rows


def _flows_after(before: Flows, after: Flows, kept: int) -> Flows:
    early = before.place < kept
    event = after.event + 1 + int(before.event[early].max(initial=-1))
    return Flows(
        np.concatenate([before.place[early], after.place + kept - 1]),
        np.concatenate([before.part[early], after.part]),
        np.concatenate([before.event[early], event]),
        np.concatenate([before.amount[early], after.amount]),
    )


def currency_gains(values: Floats, flows: Flows, rates: Sequence[Floats | None]) -> Floats:
    """By part and day, summed up: what of its gain came from its currency alone.

    From one valued day to the next the price's part is the gain in the currency itself at the rate before, and the
    currency's is the rest: price at the first rate, currency at the last price, day by day.
    """
    gains = np.zeros_like(values)
    foreign = [(column, rate) for column, rate in enumerate(rates) if rate is not None and not (rate == 1).all()]
    whole = np.logical_and.reduce(np.isfinite(values), axis=0)
    together = [(column, rate) for column, rate in foreign if whole[column] and np.isfinite(rate).all()]
    if together:
        columns = np.array([column for column, _ in together])
        gains[:, columns] = _gains_together(values[:, columns], flows, columns, np.stack([r for _, r in together], 1))
    for column, rate in foreign:
        if not (whole[column] and np.isfinite(rate).all()):
            mine = flows.part == column
            flow = np.bincount(flows.place[mine], weights=flows.amount[mine], minlength=rate.size).astype(np.float64)
            gains[:, column] = _currency_gain(values[:, column], flow, rate)
    return gains


def _gains_together(values: Floats, flows: Flows, columns: npt.NDArray[np.intp], rates: Floats) -> Floats:
    """As `_currency_gain`, of parts that have a value and a rate on each day."""
    at = np.searchsorted(columns, flows.part)
    mine = columns[np.minimum(at, columns.size - 1)] == flows.part
    cell = flows.place[mine] * columns.size + at[mine]
    flow = np.bincount(cell, weights=flows.amount[mine], minlength=values.size).reshape(values.shape)
    before, rates_before = np.zeros_like(values), rates.copy()
    before[1:], rates_before[1:] = values[:-1], rates[:-1]
    in_currency = values / rates - before / rates_before - flow / rates
    gains: Floats = np.cumsum(values - before - flow - in_currency * rates_before, axis=0)
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
    balances = {part: dict(zip(steps.days, steps.after, strict=True)) for part, steps in before.items()}
    last = {part: steps.after[-1] for part, steps in before.items()}
    for each in sorted(transactions, key=lambda transaction: transaction.day):
        for part, amount in cash_effects(each):
            if part.account in told:
                last[part] = last.get(part, ZERO) + amount
                balances.setdefault(part, {})[each.day] = last[part]
    return {part: Steps(tuple(days), tuple(days.values())) for part, days in balances.items()}


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


def _columns(days: Days, parts: Sequence[Part], steps: Mapping[Part, Steps]) -> Floats:
    columns = np.zeros((days.size, len(parts)), order="F")
    for column, part in enumerate(parts):
        if part in steps:
            told = steps[part]
            first = bisect_left(told.days, days[0].item())
            before = float(told.after[first - 1]) if first else 0.0
            after = np.array([before, *map(float, told.after[first:])])
            columns[:, column] = after[np.searchsorted(days_of(told.days[first:]), days, side="right")]
    return columns


def _values(
    book: Book,
    days: Days,
    parts: Sequence[Part],
    units: Floats,
    prices: Mapping[str, Priced],
    rates: Mapping[str, Floats],
) -> Floats:
    values = np.zeros_like(units)
    for column, part in enumerate(parts):
        if part.instrument is None:
            each = rates[part.currency]
        else:
            rate = rates.get(currency_of(book, part))
            known = prices.get(part.instrument)  # none of what only paid, and was never held
            each = np.full(units.shape[0], np.nan) if rate is None or known is None else known.column(days) * rate
        values[:, column] = np.where(units[:, column] == 0, 0.0, units[:, column] * each)
    return values


def _flows(days: Days, column: Mapping[Part, int], moves: Sequence[Move]) -> Flows:
    _, event = np.unique(np.array([move.event for move in moves], np.int64), return_inverse=True)
    return Flows(
        np.searchsorted(days, days_of(move.day for move in moves)),
        np.array([column[move.part] for move in moves], np.intp),
        event.astype(np.intp),
        np.array([np.nan if move.amount is None else float(move.amount) for move in moves]),
    )
