"""A portfolio's worth over time: units, prices and rates as columns, from which every series is a sum."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from openbell.model.transactions import Transaction
from openbell.portfolio.actions import Happening
from openbell.portfolio.book import Book, Days, called
from openbell.portfolio.lots import ZERO
from openbell.portfolio.moves import Charge, Move, Part, in_order
from openbell.portfolio.prices import Priced
from openbell.portfolio.rates import Rates
from openbell.portfolio.rows import Rows

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

METHOD = (
    "Units at the end of the day, splits applied once, times the close as traded, times the day's rate; cash times the "
    "rate. On a day without a session the last session's close is the price. A session without a close has the price "
    "that its owner said since the close before; without one it has no value, and neither has what contains it. A rate "
    "holds for at most a week."
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


class Uncounted(NamedTuple):
    """Units that a position gave away on a day and never had: what they gained is not known."""

    part: Part
    day: date
    units: Decimal
    transaction: Transaction


@dataclass(frozen=True, slots=True)
class History:
    """All that returns are computed from, day by day. Columns of `values` and `currency_gains` are `parts`."""

    book: Book
    days: Days
    parts: tuple[Part, ...]
    steps: Mapping[Part, Steps]
    values: Rows
    """In the portfolio's currency; NaN: a price or a rate is missing. What is not held is worth 0."""
    rates: Mapping[str, Floats]
    """What one of each currency cost in the portfolio's."""
    priced: Mapping[str, Priced]
    moves: tuple[Move, ...]
    charges: tuple[Charge, ...]
    flows: Flows
    charged: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]
    """Of each of the charges, the place of its day and of its part."""
    currency_gains: Rows
    """Of each part, summed up to the end of each day: what of its gain came from its currency alone; NaN: its value or
    its rate is missing."""
    currency_unknown: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]
    """The place of the day and of the part of each step that counts as nothing in these sums, since nobody knows what
    came or left since the day before that has a value."""
    told: frozenset[int]
    """The accounts whose cash is told."""
    happened: tuple[Happening, ...]
    """The corporate actions, each once."""
    uncounted: tuple[Uncounted, ...]
    """What was given away and was never held: it is in no gain."""
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
        day: date = self.days[place].item()
        return day

    def where(self, wanted: Callable[[Part], bool]) -> Mask:
        """The parts that are `wanted`."""
        return np.fromiter(map(wanted, self.parts), bool, len(self.parts))

    def named(self, inside: Mask) -> frozenset[Part]:
        """The parts that are `inside`."""
        return frozenset(part for part, wanted in zip(self.parts, inside, strict=True) if wanted)

    def listed(self, inside: Mask) -> list[Part]:
        """The same, always in one order."""
        return sorted(self.named(inside), key=in_order)

    def called(self, part: Part) -> str:
        """What a part is called: the ticker, an own item's name, the currency."""
        return part.currency if part.instrument is None else called(self.book, part.instrument)

    def scope(self, *, account: int | None = None, instrument: str | None = None, tag: str | None = None) -> Mask:
        """The parts of an account, an instrument and a tag; everything where none is asked for.

        A position has the tags of the transactions that made it.
        """
        told = () if tag is None else self.book.transactions
        tagged = {(each.account, each.instrument) for each in told if tag in each.tags}
        return self.where(
            lambda part: (
                account in (None, part.account)
                and instrument in (None, part.instrument)
                and (tag is None or (part.instrument is not None and (part.account, part.instrument) in tagged))
            )
        )


def currency_of(book: Book, part: Part) -> str:
    """That the price of `part` is in; empty where nobody knows."""
    if part.instrument is None:
        return part.currency
    facts = book.facts.get(part.instrument)
    return (facts.currency or "") if facts else ""


def worth(of: History, inside: Mask) -> Floats:
    """The value of the parts together at the end of each day; NaN where that of one is missing."""
    return of.values.across(inside)


def missing(of: History, inside: Mask) -> Iterator[tuple[date, tuple[Part, ...]]]:
    """The days without a total, and the parts that have no value on them."""
    columns = sorted(np.flatnonzero(inside).tolist(), key=lambda column: in_order(of.parts[column]))
    gaps = np.isnan(of.values.whole()[:, columns])
    for place in np.flatnonzero(gaps.any(axis=1)):
        yield of.day(int(place)), tuple(of.parts[columns[at]] for at in np.flatnonzero(gaps[place]))


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


def moved(of: History, inside: Mask, start: int, end: int) -> npt.NDArray[np.intp]:
    """The places in `moves` of those of the parts, after the day at `start` up to that at `end`."""
    place = of.flows.place
    return np.flatnonzero(inside[of.flows.part] & (place > start) & (place <= end))


def net_invested(of: History, inside: Mask) -> Floats:
    """What was paid in less what was taken out, up to the end of each day."""
    came, left = paid(of, inside)
    total: Floats = np.cumsum(came - left)
    return total
