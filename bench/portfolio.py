"""How soon is a portfolio reckoned: 2,000 transactions of 10 years in 60 instruments and 3 currencies?"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np

from bench.rows import Row, Skipped
from bench.timing import median_ms
from openbell.model.sessions import sessions
from openbell.model.transactions import Account, Kind, Portfolio, Transaction
from openbell.portfolio.allocation import DIMENSIONS, allocation
from openbell.portfolio.benchmark import benchmark
from openbell.portfolio.book import Action, Book, Closes, Days, Facts, RateSeries
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
from openbell.portfolio.valuation import History, net_invested, worth
from openbell.portfolio.walk import Walked, walk
from openbell.portfolio.worth import day_change, worths

FIRST, LAST = date(2014, 1, 2), date(2023, 12, 29)
INSTRUMENTS, TRANSACTIONS = 60, 2_000
CURRENCIES = ("USD", "EUR", "GBP")


def measure(_symbols: int) -> Iterator[Row | Skipped]:
    """A made portfolio: three accounts, deposits, trades, dividends, four splits."""
    book = made()
    yield Row(
        "10 years of a portfolio: lots, value, TWR and XIRR",
        median_ms([lambda: reckoned(book)] * 9),
        "ms",
        limit=100,
        note=f"{len(book.transactions):,} transactions, {INSTRUMENTS} instruments, {len(CURRENCIES)} currencies",
    )
    before = without_the_last_day(book)
    walked, so_far, _ = reckoned(before)
    yield Row("one more day of it", median_ms([lambda: reckoned(book, walked, so_far)] * 9), "ms", limit=5)
    walked, so_far, _ = reckoned(book)
    times = {each: median_ms([lambda each=each: page(so_far, walked, each)] * 5) for each in RANGES}
    slowest = max(times, key=lambda each: times[each])
    yield Row(
        "what the page shows of a range: series, positions, income, benchmark, checks",
        times[slowest],
        "ms",
        limit=50,
        note=f"the slowest of nine ranges, {slowest}",
    )


def reckoned(
    book: Book, since: Walked | None = None, so_far: History | None = None
) -> tuple[Walked, History, Performance]:
    """Lots, the value of every day, and how the whole has done."""
    walked = walk(book, _last(book), since=since)
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


def without_the_last_day(book: Book) -> Book:
    """As it was known the evening before."""
    last = np.datetime64(_last(book))
    return replace(
        book,
        transactions=tuple(each for each in book.transactions if each.day < _last(book)),
        closes={name: _before(each, last) for name, each in book.closes.items()},
        rates=tuple(replace(each, days=each.days[:-1], rates=each.rates[:-1]) for each in book.rates),
    )


def _before(closes: Closes, last: np.datetime64) -> Closes:
    days = closes.days[closes.days < last]
    return Closes(days, closes.prices[: days.size], closes.source, days)


def _last(book: Book) -> date:
    return max(_date(each.days[-1]) for each in book.closes.values())


def made() -> Book:
    """The same book each time."""
    rng, dice = np.random.default_rng(11), random.Random(11)
    days = sessions("XNYS", FIRST, LAST)["trade_date"].to_numpy().astype("datetime64[D]")
    names = [f"I{nth:02}" for nth in range(INSTRUMENTS)]
    facts = {name: Facts(name, name, currency=CURRENCIES[nth % 3], exchange="XNYS") for nth, name in enumerate(names)}
    split = {names[nth]: 400 * (nth + 1) for nth in range(4)}
    closes = {name: _walked_prices(rng, days, split.get(name)) for name in names}
    actions = tuple(
        Action(name, _date(days[place]), "split", "vendor", ratio=Decimal(2)) for name, place in split.items()
    )
    rates = tuple(
        RateSeries(code, "USD", days, np.round(level * np.exp(np.cumsum(rng.normal(0, 0.004, days.size))), 5), "bank")
        for code, level in (("EUR", 1.1), ("GBP", 1.3))
    )
    portfolio = Portfolio(1, "made", "EUR", benchmark=names[0])
    accounts = tuple(Account(nth + 1, f"account {nth + 1}", code) for nth, code in enumerate(CURRENCIES))
    transactions = tuple(_trades(dice, days, names, facts, closes))
    return Book(portfolio, accounts, transactions, facts, actions, closes, rates)


def _walked_prices(rng: np.random.Generator, days: Days, split: int | None) -> Closes:
    prices = 100 * np.exp(np.cumsum(rng.normal(0.0002, 0.015, days.size)))
    if split is not None:
        prices[split:] /= 2
    return Closes(days, np.round(prices, 2), "vendor", days)


def _trades(
    dice: random.Random, days: Days, names: list[str], facts: dict[str, Facts], closes: dict[str, Closes]
) -> Iterator[Transaction]:
    """A deposit into each account every second month, then buys, dividends and sales of parts."""
    held: dict[str, Decimal] = {}
    number = 0
    for place in np.linspace(0, days.size - 1, TRANSACTIONS).astype(int):
        number += 1
        day = _date(days[place])
        name = dice.choice(names)
        code = facts[name].currency or ""
        account = CURRENCIES.index(code) + 1
        price = Decimal(repr(float(closes[name].prices[place])))
        if number % 11 < 3:
            account = number % 11 + 1
            yield Transaction(
                kind=Kind.DEPOSIT,
                account=account,
                day=day,
                currency=CURRENCIES[account - 1],
                cash=Decimal(6000),
                id=number,
            )
            continue
        if held.get(name, 0) > 3 and number % 3 == 0:
            yield Transaction(
                kind=Kind.DIVIDEND,
                account=account,
                day=day,
                currency=code,
                cash=Decimal("8.50"),
                tax=Decimal("1.50"),
                instrument=name,
                id=number,
            )
            continue
        units = Decimal(dice.randint(1, 20))
        if held.get(name, 0) > units and number % 4 == 0:
            held[name] -= units
            yield Transaction(
                kind=Kind.SELL,
                account=account,
                day=day,
                currency=code,
                cash=units * price - 1,
                fee=Decimal(1),
                quantity=-units,
                price=price,
                instrument=name,
                id=number,
            )
            continue
        held[name] = held.get(name, Decimal(0)) + units
        yield Transaction(
            kind=Kind.BUY,
            account=account,
            day=day,
            currency=code,
            cash=-units * price - 1,
            fee=Decimal(1),
            quantity=units,
            price=price,
            instrument=name,
            id=number,
        )


def _date(day: np.datetime64) -> date:
    found: date = day.astype("datetime64[D]").item()
    return found
