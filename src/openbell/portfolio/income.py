"""Dividends and interest: what came, what is announced, and what they are of the cost and of the value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from openbell.model.transactions import Kind, Transaction
from openbell.portfolio.book import Action
from openbell.portfolio.lots import ZERO
from openbell.portfolio.moves import Charge, Move, Part, rounded, summed
from openbell.portfolio.returns import Stretch, charges
from openbell.portfolio.valuation import History, Mask
from openbell.portfolio.walk import Walked
from openbell.portfolio.worth import worths

RECEIVED = (
    "Cash received + tax withheld + fees = gross, each in the portfolio's currency at the rate of its day; units that "
    "were received count with what they are said to have cost, else with their price of the day."
)
ANNOUNCED = (
    "The dividend for one unit x the units held at the end of the day before the ex-date, or now if it is to come."
)
YIELD_ON_COST = "Gross income of the 365 days up to the day / what the units that are held then had cost."
YIELD_ON_VALUE = "Gross income of the 365 days up to the day / the value of the units that are held then."

NEAR = timedelta(days=5)
"""For so long after a trade a tax may be on it."""
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Received:
    """One payment, in the portfolio's currency at the rate of its day. None: there is no rate."""

    day: date
    part: Part
    gross: Decimal | None
    tax: Decimal | None
    fee: Decimal | None
    transaction: Transaction
    charges: tuple[Charge, ...]
    """That it is made of."""

    @property
    def net(self) -> Decimal | None:
        """What arrived."""
        if self.gross is None or self.tax is None or self.fee is None:
            return None
        return self.gross - self.tax - self.fee


@dataclass(frozen=True, slots=True)
class Announced:
    """A dividend that is still to be paid, as far as it is known."""

    part: Part
    action: Action
    units: Decimal
    amount: Decimal
    """In `action.currency` or that of the instrument."""
    currency: str
    worth: Decimal | None
    """In the portfolio's currency at the newest rate; None: there is none."""
    day: date
    """It is paid, or, where that is not known, without the entitlement."""
    sure: bool
    """Whether the ex-date is over, so that the units are those that are entitled."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Payments together; None: a rate is missing."""

    gross: Decimal | None
    tax: Decimal | None
    fee: Decimal | None
    net: Decimal | None
    announced: Decimal | None = ZERO


@dataclass(frozen=True, slots=True)
class Yields:
    """One instrument's income of a year as shares of two things; None: one of them is not known, or is 0."""

    instrument: str
    income: Decimal | None
    cost: Decimal | None
    value: Decimal | None

    @property
    def on_cost(self) -> float | None:
        """See YIELD_ON_COST."""
        return _share(self.income, self.cost)

    @property
    def on_value(self) -> float | None:
        """See YIELD_ON_VALUE."""
        return _share(self.income, self.value)


def received(of: History, inside: Mask, stretch: Stretch) -> tuple[Received, ...]:
    """The payments of the parts, oldest first; a tax on one that is told in a row of its own has no gross."""
    payments: dict[int, list[Charge]] = {}
    for each in charges(of, inside, stretch):
        if each.transaction.kind in {Kind.DIVIDEND, Kind.INTEREST} or _tax_on_income(of, each):
            payments.setdefault(id(each.transaction), []).append(each)
    return tuple(map(_payment, payments.values()))


def announced(of: History, inside: Mask) -> tuple[Announced, ...]:
    """Dividends that are to be paid after the last day of the series, the soonest first."""
    last = of.day(len(of.days) - 1)
    found = []
    for action in of.book.actions:
        day = action.pay_date or action.ex_date
        if action.kind != "dividend" or action.amount is None or day <= last:
            continue
        for part, wanted in zip(of.parts, inside, strict=True):
            if wanted and part.instrument == action.instrument and part in of.steps:
                entitled = min(action.ex_date - timedelta(days=1), last)
                units = of.steps[part].on(entitled)
                if units > 0:
                    found.append(_announced(of, part, action, units, day, sure=action.ex_date <= last))
    return tuple(sorted(found, key=lambda each: (each.day, each.part)))


def by(
    kind: Literal["month", "instrument", "account"], payments: Iterable[Received], coming: Iterable[Announced] = ()
) -> dict[str, Sums]:
    """The sums of payments, and of those announced, by month (`2024-05`), instrument (interest: `cash`) or account;
    accounts by their numbers."""
    came: dict[str, list[Received]] = {}
    comes: dict[str, list[Announced]] = {}
    for payment in payments:
        came.setdefault(_key(kind, payment.day, payment.part), []).append(payment)
    for each in coming:
        comes.setdefault(_key(kind, each.day, each.part), []).append(each)
    keys = sorted({*came, *comes}, key=int if kind == "account" else str)
    return {key: _summed(came.get(key, []), comes.get(key, [])) for key in keys}


def paid_in_a_year(of: History, inside: Mask) -> tuple[Received, ...]:
    """The payments that yields are of: those of the year up to the last day."""
    end = len(of.days) - 1
    return received(of, inside, Stretch(of.place(of.day(end) - YEAR), end))


def yields(of: History, walked: Walked, inside: Mask) -> tuple[Yields, ...]:
    """The yields of each instrument that is held at the end, by name."""
    end = len(of.days) - 1
    gross = by("instrument", paid_in_a_year(of, inside))
    values: dict[str, list[Decimal | None]] = {}
    for each in worths(of, inside, end):
        if each.part.instrument is not None:
            values.setdefault(each.part.instrument, []).append(each.value)
    parts = of.named(inside)
    costs: dict[str, list[Decimal | None]] = {}
    for lot in walked.lots:
        if Part(lot.account, lot.instrument, "") in parts:
            costs.setdefault(lot.instrument, []).append(lot.cost.base)
    return tuple(
        Yields(
            name, gross[name].gross if name in gross else ZERO, summed(costs.get(name, [None])), summed(values[name])
        )
        for name in sorted(values)
    )


def _tax_on_income(of: History, charge: Charge) -> bool:
    """Whether a tax in a row of its own was on a payment of its instrument, and not on a trade as a stamp duty is."""
    if charge.transaction.kind is not Kind.TAX or charge.part.instrument is None:
        return False
    paid = [charge.day - each.day for each in of.charges if each.kind == "income" and each.part == charge.part]
    traded = [charge.day - each.day for each in of.moves if each.part == charge.part and _is_trade(each)]
    return any(abs(since) <= NEAR for since in paid) or (
        any(since > NEAR for since in paid) and not any(timedelta() <= since <= NEAR for since in traded)
    )


def _is_trade(move: Move) -> bool:
    return move.transaction is not None and move.transaction.kind in {Kind.BUY, Kind.SELL}


def _payment(parts: list[Charge]) -> Received:
    amounts: dict[str, Decimal | None] = {each.kind: each.amount for each in parts}
    first = parts[0]
    return Received(
        first.day,
        first.part,
        _rounded(amounts.get("income", ZERO)),
        _rounded(amounts.get("tax", ZERO)),
        _rounded(amounts.get("fee", ZERO)),
        first.transaction,
        tuple(parts),
    )


def _announced(of: History, part: Part, action: Action, units: Decimal, day: date, *, sure: bool) -> Announced:
    facts = of.book.facts.get(action.instrument)
    currency = action.currency or (facts.currency if facts else None) or ""
    amount = units * (action.amount or ZERO)
    rate = of.lookup.rate(currency, of.base, of.day(len(of.days) - 1)).value if currency else None
    return Announced(part, action, units, amount, currency, None if rate is None else rounded(amount * rate), day, sure)


def _key(kind: str, day: date, part: Part) -> str:
    if kind == "month":
        return day.isoformat()[:7]
    return str(part.account) if kind == "account" else part.instrument or "cash"


def _summed(came: list[Received], comes: list[Announced]) -> Sums:
    return Sums(
        summed([each.gross for each in came]),
        summed([each.tax for each in came]),
        summed([each.fee for each in came]),
        summed([each.net for each in came]),
        summed([each.worth for each in comes]),
    )


def _rounded(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else rounded(amount)


def _share(income: Decimal | None, of: Decimal | None) -> float | None:
    return None if income is None or of is None or of <= 0 else float(income / of)
