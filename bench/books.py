"""A made portfolio: 2,000 transactions of 10 years in 60 instruments and 3 currencies; as a value, and on a desk."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import numpy as np

from openbell.desk import Desk
from openbell.model.frames import ACTIONS, BARS, INSTRUMENTS, frame_of
from openbell.model.sessions import sessions
from openbell.model.transactions import Account, Kind, Portfolio, Transaction
from openbell.portfolio.book import Action, Book, Closes, Days, Facts, RateSeries
from openbell.store.importbook import Arrival, ImportBook
from openbell.store.portfoliobook import Kept, PortfolioBook

LAST = date(2023, 12, 29)
YEARS = timedelta(days=3648)
INSTRUMENTS_HELD, TRANSACTIONS = 60, 2_000
CURRENCIES = ("USD", "EUR", "GBP")


def made(last: date = LAST) -> Book:
    """The same book each time: three accounts, deposits, trades, dividends, four splits, up to `last`."""
    rng, dice = np.random.default_rng(11), random.Random(11)
    days = sessions("XNYS", last - YEARS, last)["trade_date"].to_numpy().astype("datetime64[D]")
    names = [f"MADE{nth:02}" for nth in range(INSTRUMENTS_HELD)]
    facts = {name: Facts(name, name, currency=CURRENCIES[nth % 3], exchange="XNYS") for nth, name in enumerate(names)}
    split = {names[nth]: 400 * (nth + 1) for nth in range(4)}
    closes = {name: _walked_prices(rng, days, split.get(name)) for name in names}
    actions = tuple(
        Action(name, date_of(days[place]), "split", "vendor", ratio=Decimal(2)) for name, place in split.items()
    )
    rates = tuple(
        RateSeries(code, "USD", days, np.round(level * np.exp(np.cumsum(rng.normal(0, 0.004, days.size))), 5), "bank")
        for code, level in (("EUR", 1.1), ("GBP", 1.3))
    )
    portfolio = Portfolio(1, "made", "EUR", benchmark=names[0])
    accounts = tuple(Account(nth + 1, f"account {nth + 1}", code) for nth, code in enumerate(CURRENCIES))
    transactions = tuple(_trades(dice, days, names, facts, closes))
    return Book(portfolio, accounts, transactions, facts, actions, closes, rates)


def priced(desk: Desk, book: Book) -> None:
    """Put the instruments of a book into the lake of a desk, with their prices, actions and rates."""
    known = desk.clock()
    listed = [
        {"id": each.id, "ticker": each.ticker, "exchange": each.exchange, "currency": each.currency, "type": "stock"}
        for each in book.facts.values()
    ]
    desk.lake.append_instruments(frame_of(INSTRUMENTS, listed), known)
    series = {name: (each.days, each.prices) for name, each in book.closes.items()}
    series |= {f"{each.base}{each.quote}=X": (each.days, each.rates) for each in book.rates}
    desk.lake.append_bars(
        frame_of(BARS, [row for name, (days, prices) in series.items() for row in _bars(name, days, prices)]), known
    )
    told = [
        {"symbol": each.instrument, "ex_date": each.ex_date, "kind": "split", "ratio": 2.0, "source": "vendor"}
        for each in book.actions
    ]
    desk.lake.append_actions(frame_of(ACTIONS, told), known)


def written(desk: Desk, book: Book, owner: int, name: Portfolio | None = None) -> Kept:
    """The accounts and transactions of a book, under its name or another, in the ledger of a desk."""
    kept = PortfolioBook(desk.ledger).add(owner, name or book.portfolio, desk.clock())

    def booked(
        accounts: Sequence[Account], _items: Sequence[object], numbers: Sequence[int], batch: int
    ) -> list[Transaction]:
        number_of = {old.id: new.id for old, new in zip(book.accounts, accounts, strict=True)}
        return [
            replace(each, id=number, account=number_of[each.account], batch=batch)
            for each, number in zip(book.transactions, numbers, strict=True)
        ]

    arrival = Arrival(
        file="made",
        sha256="",
        preset="",
        by=owner,
        accounts=book.accounts,
        fingerprints=[f"{kept.portfolio.id} {each.id}" for each in book.transactions],
    )
    ImportBook(desk.ledger).book(kept.portfolio.id, arrival, booked, desk.clock())
    return kept


def without_the_last_day(book: Book) -> Book:
    """As it was known the evening before."""
    last = np.datetime64(last_day(book))
    calendars = {id(each.days): each.days[each.days < last] for each in book.closes.values()}
    return replace(
        book,
        transactions=tuple(each for each in book.transactions if each.day < last_day(book)),
        closes={name: _before(each, calendars[id(each.days)]) for name, each in book.closes.items()},
        rates=tuple(replace(each, days=each.days[:-1], rates=each.rates[:-1]) for each in book.rates),
    )


def last_day(book: Book) -> date:
    """The newest with a price."""
    return max(date_of(each.days[-1]) for each in book.closes.values())


def date_of(day: np.datetime64) -> date:
    """As Python has it."""
    found: date = day.astype("datetime64[D]").item()
    return found


def _before(closes: Closes, days: Days) -> Closes:
    return Closes(days, closes.prices[: days.size], closes.source, days)


def _bars(name: str, days: Days, prices: np.ndarray) -> Iterator[dict[str, object]]:
    for day, price in zip(days.tolist(), prices.tolist(), strict=True):
        at = datetime.combine(day, time(), UTC)
        yield {"symbol": name, "interval": "1d", "ts": at, "close": price, "scale": "raw", "source": "vendor"}


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
        day = date_of(days[place])
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
