"""The money in each account by currency and day, and what of it went to fees and taxes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from operator import itemgetter
from typing import Literal

from openbell.model.transactions import Kind, Transaction
from openbell.portfolio.lots import EXACTLY, SMALLEST, ZERO
from openbell.portfolio.rates import Rates

Steps = Mapping[tuple[int, str], list[tuple[date, Decimal]]]
"""By account and currency, the balance at the end of each day on which it changed."""


@dataclass(frozen=True, slots=True)
class Cash:
    """Balances over time."""

    steps: Steps

    def balance(self, currency: str, account: int | None, day: date) -> Decimal:
        """At the end of `day`; of all accounts where `account` is None."""
        keys = [key for key in self.steps if key[1] == currency and account in {None, key[0]}]
        return sum((_at(self.steps[key], day) for key in keys), ZERO)

    def balances(self, day: date) -> dict[tuple[int, str], Decimal]:
        """By account and currency at the end of `day`, those that are not 0."""
        return {key: amount for key, steps in self.steps.items() if (amount := _at(steps, day))}


def cash(transactions: Iterable[Transaction]) -> Cash:
    """The balances that the transactions make, in whatever order they come."""
    changes: dict[tuple[int, str], dict[date, Decimal]] = {}
    with localcontext(EXACTLY):
        for day, account, currency, amount in (change for each in transactions for change in moved(each)):
            days = changes.setdefault((account, currency), {})
            days[day] = days.get(day, ZERO) + amount
        return Cash({key: _added_up(days) for key, days in changes.items()})


def moved(by: Transaction) -> Iterator[tuple[date, int, str, Decimal]]:
    """What the transaction changed: day, account, currency and amount."""
    if by.cash:
        yield by.day, by.account, by.currency, by.cash
    if by.fee and by.fee_currency not in {"", by.currency}:
        yield by.day, by.account, by.fee_currency, -by.fee
    if by.kind is Kind.EXCHANGE:
        yield by.day, by.account, by.to_currency, by.to_cash
    elif by.kind is Kind.TRANSFER and by.to_account is not None and (arrived := _arrived(by)):
        yield by.day, by.to_account, by.to_currency or by.currency, arrived


def _arrived(transfer: Transaction) -> Decimal:
    """As told; else what left less its costs. What units are moved with is a cost."""
    if transfer.to_cash or transfer.instrument:
        return transfer.to_cash
    own = transfer.fee if transfer.fee_currency in {"", transfer.currency} else ZERO
    return -transfer.cash - own - transfer.tax


@dataclass(frozen=True, slots=True)
class Charge:
    """A fee or a tax that was paid; less than 0: that was given back."""

    what: Literal["fee", "tax"]
    amount: Decimal
    currency: str
    by: Transaction


def charges(transactions: Iterable[Transaction]) -> list[Charge]:
    """Every fee and tax in money, be it a row of its own or a part of another; fees in units are in the closed lots."""
    return [charge for each in transactions for charge in _charges(each)]


def _charges(by: Transaction) -> Iterator[Charge]:
    own = by.fee if by.fee_currency in {"", by.currency} else ZERO
    if by.kind is Kind.FEE:
        yield from _charge("fee", -by.cash - by.tax, by.currency, by)
    else:
        yield from _charge("fee", own, by.currency, by)
    if by.fee != own:
        yield Charge("fee", by.fee, by.fee_currency, by)
    yield from _charge("tax", -by.cash - own if by.kind is Kind.TAX else by.tax, by.currency, by)


def _charge(what: Literal["fee", "tax"], amount: Decimal, currency: str, by: Transaction) -> Iterator[Charge]:
    if amount:
        yield Charge(what, amount, currency, by)


@dataclass(frozen=True, slots=True)
class Charged:
    """Fees and taxes in one currency."""

    fees: Decimal
    taxes: Decimal
    missing: tuple[Charge, ...]
    """Those whose day has no rate; they are not in the sums."""


def charged(every: Iterable[Charge], base: str, rates: Rates) -> Charged:
    """Their sums in `base`, each at its day's rate."""
    sums = {"fee": ZERO, "tax": ZERO}
    missing = []
    with localcontext(EXACTLY):
        for each in every:
            rate = rates.rate(each.currency, base, each.by.day).value
            if rate is None:
                missing.append(each)
            else:
                sums[each.what] += (each.amount * rate).quantize(SMALLEST).normalize()
    return Charged(sums["fee"] + ZERO, sums["tax"] + ZERO, tuple(missing))


def _added_up(days: Mapping[date, Decimal]) -> list[tuple[date, Decimal]]:
    balance = ZERO
    steps = []
    for day in sorted(days):
        balance += days[day]
        steps.append((day, balance))
    return steps


def _at(steps: list[tuple[date, Decimal]], day: date) -> Decimal:
    at = bisect_right(steps, day, key=itemgetter(0))
    return steps[at - 1][1] if at else ZERO
