"""A portfolio to look around in: three years of a saver in the simulated market, at two brokers, in two currencies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_FLOOR, Decimal
from functools import partial
from heapq import heappop, heappush
from typing import Any

from openbell.desk import Desk
from openbell.model.errors import InvalidInput
from openbell.model.interval import DAY
from openbell.model.transactions import ZERO, Account, Kind, Portfolio, Transaction
from openbell.store.importbook import Arrival, ImportBook
from openbell.store.portfoliobook import Kept, PortfolioBook

NAME = "Sample portfolio"
PRESET = "sample"
HOME, AWAY = 1, 2
ACCOUNTS = (Account(HOME, "Harbour Broker", "EUR", "Harbour"), Account(AWAY, "Dockside Direct", "USD", "Dockside"))
CURRENCIES = {account.id: account.currency for account in ACCOUNTS}
BENCHMARK, PAIR = "BROMA", "EURUSD=X"

MONTHS = 36
ON = 5
"""The day of the month on which the saver acts; at a weekend, on Monday."""
PAID_AFTER = timedelta(days=10)
"""From the ex-date of a dividend to its payment."""

COMMISSION = {HOME: Decimal("2.00"), AWAY: Decimal("1.00")}
WITHHELD = {HOME: Decimal("0.25"), AWAY: Decimal("0.15")}
MARGIN = Decimal("0.0025")
"""What the broker keeps of an exchange of currencies."""
CUSTODY = Decimal("12.00")
INTEREST = Decimal("0.004")
"""A quarter's, on what lies in the account at home."""
CENT, RATE = Decimal("0.01"), Decimal("0.000001")

DEPOSITS = {month: Decimal(15_000 if month == 0 else 900) for month in range(MONTHS)}
SENT = {1: Decimal(5000), 9: Decimal(3000), 18: Decimal(2500)}
"""From home to the account in dollars, in euros."""
WITHDRAWN = {33: Decimal(1500)}
ORDERS = (
    (0, HOME, "HAZLO", 3000, "income"),
    *((month, HOME, "BROMA", 1500, "core") for month in range(1, MONTHS, 3)),
    (1, AWAY, "QUORB", 3000, "growth"),
    (2, HOME, "KREVA", 2500, "income"),
    (2, HOME, "PLUVO", 1500, "income"),
    (4, AWAY, "NIMBO", 1500, "growth"),
    (10, AWAY, "VELDO", 2000, "growth"),
    (11, AWAY, "ZANTU", 1000, "growth"),
    (14, HOME, "MURLA", 2000, "income"),
    (19, AWAY, "QUORB", 1500, "growth"),
    (31, AWAY, "EBBLU", 2500, "income"),
)
"""Month, account, ticker, what may be spent in the account's currency, tag."""
SALES = ((22, AWAY, "QUORB", "0.4"), (28, AWAY, "ZANTU", "1"), (30, HOME, "HAZLO", "0.5"))
"""Month, account, ticker, and the part of what is held."""

Closes = Mapping[date, Decimal]
Act = Callable[[date], None]


def sampled(desk: Desk, owner: int) -> Kept:
    """A new portfolio of `owner` as an import that can be undone; raises InvalidInput where the market is not open."""
    if not desk.demo:
        raise InvalidInput(
            "sample",
            "The sample is of the simulated market, which is not open here.",
            remedy="Start a desk with `openbell up --demo`, or import a file of your broker.",
        )
    today = desk.clock().astimezone(UTC).date()
    rows = transactions(Market.of(desk, today), today)
    kept = PortfolioBook(desk.ledger).add(owner, Portfolio(0, NAME, "EUR", benchmark=BENCHMARK), desk.clock())
    arrival = Arrival(
        NAME, "", PRESET, owner, {}, {"new": len(rows)}, ACCOUNTS, (), [f"sample {at}" for at in range(len(rows))]
    )

    def booked(made: Sequence[Account], _: object, numbers: Sequence[int], batch: int) -> list[Transaction]:
        real = {account.id: found.id for account, found in zip(ACCOUNTS, made, strict=True)}
        return [
            replace(
                each,
                id=number,
                batch=batch,
                account=real[each.account],
                to_account=None if each.to_account is None else real[each.to_account],
            )
            for each, number in zip(rows, numbers, strict=True)
        ]

    ImportBook(desk.ledger).book(kept.portfolio.id, arrival, booked, desk.clock())
    return PortfolioBook(desk.ledger).find(kept.portfolio.id) or kept


@dataclass(frozen=True, slots=True)
class Market:
    """Prices, splits and dividends of what the saver buys; `closes` of the pair are dollars for one euro."""

    closes: Mapping[str, Closes]
    actions: Mapping[str, Sequence[Mapping[str, Any]]]

    @property
    def closed(self) -> date:
        """The last day that all of it has a close of: midnight is not everywhere at once."""
        return min(max(told) for told in self.closes.values())

    @classmethod
    def of(cls, desk: Desk, today: date) -> Market:
        """The simulated market of a desk, up to the day before `today`."""
        market, first = desk.simulated, _months_after(today, -MONTHS)
        bought = sorted({order[2] for order in ORDERS})
        start, end = (datetime.combine(day, time(), UTC) for day in (first, today))
        return cls(
            {name: dict(_closes(market.bars(name, DAY, start, end).iter_rows(named=True))) for name in (*bought, PAIR)},
            {name: market.actions(name, first, today).to_dicts() for name in bought},
        )


def transactions(market: Market, today: date) -> list[Transaction]:
    """What the saver did in the three years before `today`, as far as the market has closed; oldest first."""
    saver, first = _Saver(market), _months_after(today, -MONTHS)
    for month in range(MONTHS):
        saver.plan(_trading(market, _months_after(first, month)), partial(saver.month, month))
    return saver.until(min(today, market.closed + timedelta(days=1)))


class _Saver:
    """Who spends what is there, and no more."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._cash: dict[int, Decimal] = defaultdict(lambda: ZERO)
        self._units: dict[tuple[int, str], Decimal] = defaultdict(lambda: ZERO)
        self._tags = {order[2]: (order[4],) for order in ORDERS}
        self._rows: list[Transaction] = []
        self._plans: list[tuple[date, int, int, Act]] = []
        self._planned = 0
        for ticker, told in market.actions.items():
            for action in told:
                if action["kind"] == "split":  # before all else that day; a dividend is of the units before it
                    self.plan(action["ex_date"], partial(self._split, ticker, Decimal(repr(action["ratio"]))), -1)
                else:
                    self.plan(action["ex_date"], partial(self._go_ex, ticker, Decimal(repr(action["amount"]))), -2)

    def plan(self, day: date, act: Act, order: int = 0) -> None:
        """Do something on a day to come; on the same day in the order that is told, then as it was planned."""
        self._planned += 1
        heappush(self._plans, (day, order, self._planned, act))

    def until(self, today: date) -> list[Transaction]:
        """What was done before `today`, oldest first."""
        while self._plans and self._plans[0][0] < today:
            day, _, _, act = heappop(self._plans)
            act(day)
        return self._rows

    def month(self, month: int, day: date) -> None:
        """All that is done in a month."""
        self._move_money(month, day)
        for at, account, ticker, part in SALES:
            if at == month:
                self._sell(day, account, ticker, Decimal(part))
        for at, account, ticker, spent, _ in ORDERS:
            if at == month:
                self._buy(day, account, ticker, Decimal(spent))

    def _move_money(self, month: int, day: date) -> None:
        self._book(day, HOME, Kind.DEPOSIT, DEPOSITS[month], note="Savings" if month else "Savings so far")
        if month % 12 == 11:
            self._book(day, HOME, Kind.FEE, -CUSTODY, note="Custody")
        if month % 3 == 2 and (earned := (self._cash[HOME] * INTEREST).quantize(CENT)) > 0:
            tax = (earned * WITHHELD[HOME]).quantize(CENT)
            self._book(day, HOME, Kind.INTEREST, earned - tax, tax=tax)
        if month in SENT:
            arrived = (SENT[month] * self._market.closes[PAIR][day] * (1 - MARGIN)).quantize(CENT)
            self._cash[AWAY] += arrived
            self._book(
                day, HOME, Kind.TRANSFER, -SENT[month], to_account=AWAY, to_cash=arrived, to_currency=CURRENCIES[AWAY]
            )
        if month in WITHDRAWN:
            self._book(day, HOME, Kind.WITHDRAWAL, -WITHDRAWN[month], note="A journey")

    def _buy(self, day: date, account: int, ticker: str, spent: Decimal) -> None:
        price, rate = self._market.closes[ticker][day], self._rate(account, day)
        spent = min(spent, self._cash[account] - COMMISSION[account])
        units = (spent / (price * rate)).quantize(Decimal(1), ROUND_FLOOR)
        if units > 0:
            self._trade(day, account, ticker, units, price)

    def _sell(self, day: date, account: int, ticker: str, part: Decimal) -> None:
        units = (self._units[account, ticker] * part).quantize(Decimal(1), ROUND_FLOOR)
        if units > 0:
            self._trade(day, account, ticker, -units, self._market.closes[ticker][day])

    def _trade(self, day: date, account: int, ticker: str, units: Decimal, price: Decimal) -> None:
        fee, kind = COMMISSION[account], Kind.BUY if units > 0 else Kind.SELL
        cash = -(units * price * self._rate(account, day)).quantize(CENT) - fee
        self._units[account, ticker] += units
        self._book(
            day, account, kind, cash, ticker, quantity=units, price=price, fee=fee, **self._foreign(account, day)
        )

    def _split(self, ticker: str, ratio: Decimal, _: date) -> None:
        for account in CURRENCIES:
            self._units[account, ticker] *= ratio

    def _go_ex(self, ticker: str, amount: Decimal, ex_date: date) -> None:
        """Who holds units before the ex-date is paid for them some days later."""
        paid = _trading(self._market, ex_date + PAID_AFTER)
        for account in CURRENCIES:
            if units := self._units[account, ticker]:
                self.plan(paid, partial(self._pay, account, ticker, units, amount))

    def _pay(self, account: int, ticker: str, units: Decimal, amount: Decimal, day: date) -> None:
        gross = (units * amount * self._rate(account, day)).quantize(CENT)
        tax = (gross * WITHHELD[account]).quantize(CENT)
        self._book(
            day, account, Kind.DIVIDEND, gross - tax, ticker, tax=tax, price=amount, **self._foreign(account, day)
        )

    def _rate(self, account: int, day: date) -> Decimal:
        """What one dollar costs in the account's currency."""
        if CURRENCIES[account] == "USD":
            return Decimal(1)
        return (1 / self._market.closes[PAIR][day]).quantize(RATE)

    def _foreign(self, account: int, day: date) -> dict[str, Any]:
        return {} if CURRENCIES[account] == "USD" else {"price_currency": "USD", "rate": self._rate(account, day)}

    def _book(
        self, day: date, account: int, kind: Kind, cash: Decimal, instrument: str | None = None, **more: Any
    ) -> None:
        self._cash[account] += cash
        tags = () if instrument is None else self._tags[instrument]
        self._rows.append(
            Transaction(
                kind=kind,
                account=account,
                day=day,
                currency=CURRENCIES[account],
                cash=cash,
                instrument=instrument,
                tags=tags,
                **more,
            )
        )


def _closes(bars: Iterator[dict[str, Any]]) -> Iterator[tuple[date, Decimal]]:
    return ((bar["ts"].date(), Decimal(repr(bar["close"]))) for bar in bars)


def _months_after(day: date, months: int) -> date:
    """ON in the month that is so many later."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, ON)


def _trading(market: Market, day: date) -> date:
    """`day`, or the next one with a rate; without any, it is yet to come."""
    return next((d for d in (day + timedelta(days=n) for n in range(5)) if d in market.closes[PAIR]), day)
