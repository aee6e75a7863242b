"""What the same money would have become in one other instrument."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from openbell.model.errors import InvalidInput
from openbell.model.transactions import Kind
from openbell.portfolio.actions import happenings
from openbell.portfolio.book import Action, Book, Days, called
from openbell.portfolio.currencies import rates_on
from openbell.portfolio.prices import SPLITS, Priced, days_of, priced
from openbell.portfolio.rates import exact
from openbell.portfolio.returns import Stretch, investor_flows
from openbell.portfolio.twr import Floats, annualised
from openbell.portfolio.valuation import History, Mask, paid, worth
from openbell.portfolio.xirr import MoneyWeighted, of_investor

METHOD = (
    "Every amount that was paid in bought the benchmark at the close of its day, every amount taken out sold it; what "
    "there was at the start bought it then. Units bought x its level; no fees and no taxes."
)
TWR = (
    "The benchmark's level at the end / at its first purchase - 1. A level is its close x the rate of the day x the "
    "units that one of the first day has become by splits, and by dividends, each of which bought more of it: "
    "x (1 + dividend / close)."
)
REINVESTED = "Its dividends bought more of it at the close of their ex-date, before tax."
PRICE_ONLY = "Its dividends are left out: price only."


@dataclass(frozen=True, slots=True)
class Purchase:
    """One amount that bought the benchmark, or, less than 0, sold it."""

    day: date
    amount: float
    level: float
    bought: date
    """The day of the close that it was bought at: `day`, or the next with one; without any, `level` is NaN."""

    @property
    def units(self) -> float:
        """Of the benchmark as it was at the start, splits and reinvested dividends counted in its level."""
        return self.amount / self.level


@dataclass(frozen=True, slots=True)
class Reinvested:
    """One dividend that bought more of the benchmark."""

    action: Action
    amount: Decimal
    """Of one unit, in the currency of its price."""
    close: Decimal
    bought: date
    """The day of the close: the ex-date, or the next with one."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """The same flows in another instrument."""

    instrument: str
    days: Days
    values: Floats
    """What they would be worth, in the portfolio's currency; NaN where it has no price."""
    levels: Floats
    """Of one unit as it was on the first day."""
    purchases: tuple[Purchase, ...]
    value: float | None
    """At the end."""
    twr: float | None
    twr_annual: float | None
    mwr: MoneyWeighted
    notes: tuple[str, ...]
    source: str
    """Of its closes."""
    first: int
    """The place of the day that its return begins with."""
    priced: Priced
    dividends: tuple[Reinvested, ...]


def benchmark(of: History, inside: Mask, stretch: Stretch, instrument: str, *, reinvest: bool = True) -> Benchmark:
    """The flows of the parts `inside` over `stretch`, in `instrument` instead; raises InvalidInput without prices."""
    facts = of.book.facts.get(instrument)
    if facts is None or facts.currency is None or instrument not in of.book.closes:
        raise InvalidInput(
            "benchmark",
            f"{called(of.book, instrument)} has no prices in a known currency.",
            remedy="Fetch it, or choose another one.",
        )
    prices = priced(of.book, instrument, _splits(of.book, instrument))
    in_base = prices.column(of.days) * rates_on(of.book.rates, facts.currency, of.base, of.days)
    paying = list(_paying(of, instrument, facts.currency)) if reinvest else []
    dividends = tuple(_reinvested(prices, [(each, amount) for each, amount in paying if amount is not None]))
    growth = _growth(of, prices, dividends)
    levels = in_base * _units_since(prices, of.days) * growth
    purchases = tuple(_purchases(of, inside, stretch, levels))
    values = _values(of.days, purchases, levels)
    values[: max(stretch.start, 0)] = np.nan
    value = float(values[stretch.end]) if np.isfinite(values[stretch.end]) else None
    first = of.place(purchases[0].bought) if purchases else max(stretch.start, 0)
    twr = float(levels[stretch.end] / levels[first] - 1)
    days, flows = investor_flows(of, inside, stretch)
    flows[-1] = np.nan if value is None else value
    return Benchmark(
        instrument,
        of.days,
        values,
        levels,
        purchases,
        value,
        twr if np.isfinite(twr) else None,
        annualised(twr, of.days[first], of.days[stretch.end]) if np.isfinite(twr) else None,
        of_investor(days, flows),
        (
            REINVESTED if reinvest else PRICE_ONLY,
            *(
                f"Its dividend of {each.ex_date} is left out: no rate is known."
                for each, amount in paying
                if amount is None
            ),
            *_notes(purchases, values, stretch),
        ),
        prices.told.source,
        first,
        prices,
        dividends,
    )


def _splits(book: Book, instrument: str) -> SPLITS:
    """Those that the desk knows: no statement tells of what is not held."""
    happened, _ = happenings((action for action in book.actions if action.instrument == instrument), ())
    return tuple((each.day, each.ratio) for each in happened if each.kind is Kind.SPLIT and each.ratio is not None)


def _units_since(prices: Priced, on: Days) -> Floats:
    """By day: what one unit of the first day is in units of that day."""
    units = np.ones(on.size)
    for ex_date, ratio in prices.splits:
        if np.datetime64(ex_date) > on[0]:
            units[on >= np.datetime64(ex_date)] *= float(ratio)
    return units


def _reinvested(prices: Priced, paying: Iterable[tuple[Action, Decimal]]) -> Iterator[Reinvested]:
    closes = prices.told
    for action, amount in paying:
        at = int(np.searchsorted(closes.days, np.datetime64(action.ex_date)))
        if at < closes.days.size:
            yield Reinvested(action, amount, exact(closes.prices[at]), closes.days[at].item())


def _growth(of: History, prices: Priced, dividends: Iterable[Reinvested]) -> Floats:
    """By day: what one unit has become by its dividends, each reinvested at the close of its ex-date or the next."""
    closes = prices.told
    growth = np.ones(closes.days.size + 1)  # the last one: before the first close, where there is no price either
    for each in dividends:
        at = int(np.searchsorted(closes.days, np.datetime64(each.bought)))
        growth[at:-1] *= 1 + float(each.amount) / closes.prices[at]
    reinvested: Floats = growth[np.searchsorted(closes.days, of.days, side="right") - 1]
    return reinvested


def _paying(of: History, instrument: str, currency: str) -> Iterator[tuple[Action, Decimal | None]]:
    """Each dividend of the series with its amount, in the currency of its price; None: no rate is known."""
    for action in of.book.actions:
        if (
            action.instrument == instrument
            and action.kind == "dividend"
            and action.amount is not None
            and of.day(0) <= action.ex_date <= of.day(len(of.days) - 1)
        ):
            rate = of.lookup.rate(action.currency or currency, currency, action.ex_date).value
            yield action, None if rate is None else action.amount * rate


def _purchases(of: History, inside: Mask, stretch: Stretch, levels: Floats) -> Iterator[Purchase]:
    valued = np.flatnonzero(np.isfinite(levels))
    came, left = paid(of, inside)
    amounts = came - left
    amounts[: stretch.start + 1] = 0
    if stretch.start >= 0:
        amounts[stretch.start] = worth(of, inside)[stretch.start]
    places = np.flatnonzero(amounts[: stretch.end + 1])
    at = np.searchsorted(valued, places)
    bought = np.append(valued, 0)[at]
    bought = np.where(at < valued.size, bought, places)
    columns = (of.days[places], amounts[places], levels[bought], of.days[bought])
    yield from map(Purchase, *(column.tolist() for column in columns))


def _values(days: Days, purchases: Iterable[Purchase], levels: Floats) -> Floats:
    every = list(purchases)
    units = np.zeros(days.size)
    np.add.at(units, np.searchsorted(days, days_of(each.day for each in every)), [each.units for each in every])
    held = np.cumsum(units)
    values: Floats = np.where(held == 0, 0.0, held * levels)
    return values


def _notes(purchases: Iterable[Purchase], values: Floats, stretch: Stretch) -> Iterator[str]:
    for each in purchases:
        if not np.isfinite(each.level):
            yield f"It has no close from {each.day} on."
        if each.bought != each.day:
            yield f"It has no close of {each.day}: {each.amount:.2f} bought it at that of {each.bought}."
    if (values[stretch.start + 1 : stretch.end + 1] < 0).any():
        yield "More was taken out than it would have become: from then on it is owed."
