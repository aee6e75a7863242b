"""How soon is a portfolio reckoned: 2,000 transactions of 10 years in 60 instruments and 3 currencies?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np

from bench import arriving, readers
from bench.books import CURRENCIES, last_day, made, without_the_last_day
from bench.rows import Row, Skipped
from bench.timing import median_ms
from openbell.model.transactions import Transaction
from openbell.portfolio.allocation import DIMENSIONS, allocation
from openbell.portfolio.benchmark import benchmark
from openbell.portfolio.book import Book, Days
from openbell.portfolio.checks import Thresholds, checks
from openbell.portfolio.following import history
from openbell.portfolio.income import by, received
from openbell.portfolio.returns import (
    RANGES,
    Performance,
    Range,
    Stretch,
    contributions,
    drawdown,
    index_of,
    performance,
    stretch_of,
)
from openbell.portfolio.valuation import Floats, History, net_invested, worth
from openbell.portfolio.walk import Walked, walk
from openbell.portfolio.worth import day_change, worths


def measure(_symbols: int) -> Iterator[Row | Skipped]:
    """A made portfolio: three accounts, deposits, trades, dividends, four splits; then an import, and many readers."""
    book = made()
    walked, so_far, _ = reckoned(book)
    np.testing.assert_allclose(looped(book, so_far), worth(so_far, so_far.scope()), rtol=1e-9)
    whole = median_ms([lambda: reckoned(book)] * 9)
    yield Row(
        "10 years of a portfolio: lots, value, TWR and XIRR",
        whole,
        "ms",
        limit=100,
        peers={"a plain loop, the value alone": median_ms([lambda: looped(book, so_far)] * 3)},
        note=f"{len(book.transactions):,} transactions, {len(book.closes)} instruments, {len(CURRENCIES)} currencies",
    )
    evening, before, _ = reckoned(without_the_last_day(book))
    yield Row(
        "one more day of it",
        median_ms([lambda: reckoned(book, evening, before)] * 9),
        "ms",
        limit=5,
        peers={"all of it again": whole},
    )
    times = {each: median_ms([lambda each=each: page(so_far, walked, each)] * 5) for each in RANGES}
    slowest = max(times, key=lambda each: times[each])
    yield Row(
        "what the page shows of a range: series, positions, income, benchmark, checks",
        times[slowest],
        "ms",
        limit=50,
        note=f"the slowest of nine ranges, {slowest}; each position's returns included",
    )
    yield from arriving.measure()
    yield from readers.measure()


def reckoned(
    book: Book, since: Walked | None = None, so_far: History | None = None
) -> tuple[Walked, History, Performance]:
    """Lots, the value of every day, and how the whole has done."""
    walked = walk(book, last_day(book), since=since)
    found = history(walked, book, so_far)
    everything = found.scope()
    index = index_of(found, everything)
    return walked, found, performance(found, everything, Stretch(-1, len(found.days) - 1), index)


def page(found: History, walked: Walked, wanted: Range) -> tuple[object, ...]:
    """Everything that is shown of one range."""
    everything, stretch, end = found.scope(), stretch_of(found, wanted), len(found.days) - 1
    index, held = index_of(found, everything), list(worths(found, everything, end))
    positions = []
    for name in found.priced:
        inside = found.scope(instrument=name)
        positions.append((name, performance(found, inside, stretch)))
    return (
        worth(found, everything).tolist(),
        net_invested(found, everything).tolist(),
        performance(found, everything, stretch, index),
        drawdown(index, stretch),
        contributions(found, everything, stretch),
        positions,
        [day_change(found, part, end) for part in found.parts],
        benchmark(found, everything, stretch, found.book.portfolio.benchmark or ""),
        by("month", received(found, everything, stretch)),
        [allocation(found, held, [each, "instrument"]) for each in DIMENSIONS],
        checks(found, walked, everything, Thresholds()),
    )


def looped(book: Book, found: History) -> list[float]:
    """The value of each day as one would write it first: a loop over days, instruments and accounts."""
    prices = {name: _by_day(each.days, each.prices) for name, each in book.closes.items()}
    rates = {each.base: _by_day(each.days, each.rates) for each in book.rates}
    rates["USD"] = dict.fromkeys(found.days.tolist(), 1.0)
    by_day: dict[date, list[Transaction]] = {}
    for each in book.transactions:
        by_day.setdefault(each.day, []).append(each)
    split = {(each.instrument, each.ex_date): float(each.ratio or 1) for each in book.actions}
    cash, units, values = dict.fromkeys(CURRENCIES, 0.0), dict.fromkeys(book.closes, 0.0), []
    for day in found.days.tolist():
        for name in units:
            units[name] *= split.get((name, day), 1.0)
        for each in by_day.get(day, ()):
            cash[each.currency] += float(each.cash)
            if each.instrument is not None:
                units[each.instrument] += float(each.quantity)
        in_base = {code: rates[code][day] / rates[book.portfolio.base][day] for code in CURRENCIES}
        value = sum(cash[code] * in_base[code] for code in CURRENCIES)
        values.append(
            value
            + sum(held * prices[name][day] * in_base[book.facts[name].currency or ""] for name, held in units.items())
        )
    return values


def _by_day(days: Days, values: Floats) -> dict[date, float]:
    return dict(zip(days.tolist(), values.tolist(), strict=True))
