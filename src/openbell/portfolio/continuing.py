"""A history that goes on: the first day that may be another one now, and the days from it on after those before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import zip_longest
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from openbell.model.transactions import TOLD_ACTIONS, Transaction
from openbell.portfolio.book import Book, Closes, Days, RateSeries
from openbell.portfolio.currencies import rates_on
from openbell.portfolio.moves import told_cash
from openbell.portfolio.valuation import Flows, History
from openbell.portfolio.walk import Walked

Each = TypeVar("Each")
Places = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]


def first_change(so_far: History, walked: Walked, book: Book) -> date | None:
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
    days += _closes_changed(old, book)
    for one, other in zip(old.rates, book.rates, strict=True):
        days += _rates_changed(one, other)
    return min(days)


def kept_of(so_far: History, since: date) -> int:
    """How many days stay as they are: those before `since`, up to one on which all that is held has a value."""
    kept = so_far.place(since - date.resolution) + 1 if since > date.min else 0
    while kept and np.isnan(so_far.currency_gains.at(kept - 1)).any():
        kept -= 1
    return kept


def joined(so_far: History, tail: History, kept: int) -> History:
    """The first `kept` days as they were, then those of `tail`, which begins with the last one of them."""
    days = np.concatenate([so_far.days[:kept], tail.days[1:]])
    gains, new = tail.currency_gains.whole(), len(tail.parts) - len(so_far.parts)
    gains = gains - gains[0] + np.append(so_far.currency_gains.at(kept - 1), np.zeros(new))
    return replace(
        tail,
        days=days,
        values=so_far.values.then(kept - 1, tail.values.whole()),
        currency_gains=so_far.currency_gains.then(kept - 1, gains),
        rates={
            code: np.concatenate([so_far.rates[code][:kept], each[1:]])
            if code in so_far.rates
            else rates_on(tail.book.rates, code, tail.base, days)
            for code, each in tail.rates.items()
        },
        moves=(*_first(so_far.moves, so_far.flows.place < kept), *tail.moves),
        charges=(*_first(so_far.charges, so_far.charged[0] < kept), *tail.charges),
        flows=_flows_after(so_far.flows, tail.flows, kept),
        charged=_places_after(so_far.charged, tail.charged, kept),
        currency_unknown=_places_after(so_far.currency_unknown, tail.currency_unknown, kept),
    )


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


def _closes_changed(old: Book, new: Book) -> list[date]:
    days: list[date] = []
    calendars: dict[tuple[int, int], tuple[Days, Days]] = {}  # instruments of one exchange share theirs
    for name in {*old.closes, *new.closes}:
        one, other = old.closes.get(name), new.closes.get(name)
        if one is other:
            continue
        if one is None or other is None or one.source != other.source:
            return [date.min]
        if one.sessions is not None and other.sessions is not None:
            calendars[id(one.sessions), id(other.sessions)] = one.sessions, other.sessions
        elif one.sessions is not other.sessions:
            return [date.min]
        days += _first_difference(one.days, one.prices, other.days, other.prices)
        days += _by_hand_changed(one.by_hand, other.by_hand)
    return days + [day for each in calendars.values() for day in _first_difference(each[0], each[0], each[1], each[1])]


def _by_hand_changed(old: Closes | None, new: Closes | None) -> list[date]:
    if old is new:
        return []
    if old is None or new is None:
        return [date.min]
    return _first_difference(old.days, old.prices, new.days, new.prices)


def _rates_changed(old: RateSeries, new: RateSeries) -> list[date]:
    if old is new:
        return []
    if (old.base, old.quote, old.source) != (new.base, new.quote, new.source):
        return [date.min]
    return _first_difference(old.days, old.rates, new.days, new.rates)


def _first_difference(
    old_days: Days, old: npt.NDArray[np.generic], new_days: Days, new: npt.NDArray[np.generic]
) -> list[date]:
    size = min(_alike(old_days, new_days), _alike(old, new))
    return [each[size].item() for each in (old_days, new_days) if each.size > size]


def _alike(one: npt.NDArray[np.generic], other: npt.NDArray[np.generic]) -> int:
    """How many elements are the same, from the first on: bit by bit, which is soonest compared."""
    size = min(one.size, other.size)
    different = (one[:size].view(np.int64) != other[:size].view(np.int64)).nonzero()[0]
    return int(different[0]) if different.size else size


def _first(every: tuple[Each, ...], kept: npt.NDArray[np.bool_]) -> Iterable[Each]:
    return every if kept.all() else (every[at] for at in np.flatnonzero(kept))


def _places_after(before: Places, after: Places, kept: int) -> Places:
    """Places of days and of parts, those of the tail after those before."""
    early = before[0] < kept
    return np.concatenate([before[0][early], after[0] + kept - 1]), np.concatenate([before[1][early], after[1]])


def _flows_after(before: Flows, after: Flows, kept: int) -> Flows:
    early = before.place < kept
    event = after.event + 1 + int(before.event[early].max(initial=-1))
    return Flows(
        np.concatenate([before.place[early], after.place + kept - 1]),
        np.concatenate([before.part[early], after.part]),
        np.concatenate([before.event[early], event]),
        np.concatenate([before.amount[early], after.amount]),
    )
