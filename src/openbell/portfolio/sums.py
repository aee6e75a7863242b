"""What a transaction's units cost or brought, also in the portfolio's currency at the day's rate."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np

from openbell.model.transactions import Transaction
from openbell.portfolio.book import Book, RateSeries
from openbell.portfolio.lots import SMALLEST, ZERO, Problem, Sum
from openbell.portfolio.prices import Priced
from openbell.portfolio.rates import CARRIED, Rates, exact


class Sums:
    """Reckons for one book; remembers which rates it missed."""

    def __init__(self, book: Book, rates: Rates) -> None:
        self._book = book
        self._base = book.portfolio.base
        self._rates = rates
        self.missing: dict[tuple[str, str], dict[date, Transaction]] = {}
        self.asked: dict[tuple[str, date], Decimal | None] = {}

    def go_on_from(self, other: Sums) -> None:
        """Know what it missed."""
        self.missing = {pair: days.copy() for pair, days in other.missing.items()}
        self.asked = other.asked.copy()

    def same_in(self, book: Book, until: date) -> bool:
        """Whether the rates up to `until`, and the closes that were asked for, are the same in that book."""
        mine, theirs = self._book.rates, book.rates
        return (
            len(mine) == len(theirs)
            and all(_same_until(one, other, until) for one, other in zip(mine, theirs, strict=True))
            and all(
                close_on(book, name, day) == close and book.facts.get(name) == self._book.facts.get(name)
                for (name, day), close in self.asked.items()
            )
        )

    def paid(self, bought: Transaction) -> Sum:
        """What `bought` units cost."""
        amount = -bought.cash if bought.cost is None else bought.cost
        return self._sum(bought, amount, bought.currency, bought.day, foreign=1)

    def received(self, sold: Transaction) -> Sum:
        """What `sold` units brought."""
        return self._sum(sold, sold.cash, sold.currency, sold.day, foreign=-1)

    def given(self, came: Transaction) -> Sum:
        """What units that were not bought count as having cost: what is said, else the price, else the close."""
        paid = self._day_of_cost(came)
        if came.cost is not None:
            own = -came.cash if came.cash < 0 else ZERO
            return self._sum(came, came.cost + own, came.currency, paid, foreign=1)
        worth = self.worth(came)
        return self._sum(came, worth, came.currency, came.day, foreign=1)

    def gone(self, left: Transaction) -> Sum:
        """What units that were not sold were worth when they left."""
        if left.cost is not None:
            return self._sum(left, left.cost, left.currency, left.day, foreign=0)
        return self._sum(left, self.worth(left), left.currency, left.day, foreign=0)

    def worth(self, of: Transaction) -> Decimal | None:
        """The value of its units that day in its currency; None where no price of that week is known."""
        units = abs(of.quantity)
        if of.price is not None:
            told = of.price_currency or of.currency
            if told != of.currency and of.rate is not None:
                return (units * of.price * of.rate).quantize(SMALLEST)
            return self.converted(units * of.price, told, of.currency, of.day, of)
        asked = (of.instrument or "", of.day)
        close = self.asked[asked] = close_on(self._book, *asked)
        if close is None:
            return None
        facts = self._book.facts.get(of.instrument or "")
        told = (facts.currency if facts else None) or of.currency
        return self.converted(units * close, told, of.currency, of.day, of)

    def cash(self, of: Transaction, amount: Decimal) -> Sum:
        """`amount` of the transaction's currency, without its fees and taxes."""
        return Sum(amount, of.currency, self.converted(amount, of.currency, self._base, of.day, of))

    def told(self, of: Transaction | None, amount: Decimal, currency: str, day: date) -> Sum:
        """`amount` of `currency` that was received on `day`."""
        return Sum(amount, currency, self.converted(amount, currency, self._base, day, of))

    def in_currency(self, amount: Sum, currency: str, day: date, of: Transaction | None) -> Sum:
        """The same in another currency, at the day's rate."""
        if amount.currency == currency or amount.amount is None:
            return amount
        return Sum(self.converted(amount.amount, amount.currency, currency, day, of), currency, amount.base)

    def converted(
        self, amount: Decimal, currency: str, to: str, day: date, of: Transaction | None = None
    ) -> Decimal | None:
        """`amount` at the day's rate; None, which is remembered, where none is known."""
        if currency == to or not amount:
            return amount
        rate = self._rates.rate(currency, to, day).value
        if rate is None:
            if of is not None:
                self.missing.setdefault((currency, to), {}).setdefault(day, of)
            return None
        return (amount * rate).quantize(SMALLEST)

    def missed(self) -> list[Problem]:
        """One problem for each pair of currencies whose rate was missing."""
        return [
            Problem(
                "no_rate",
                "doubtful",
                f"What {currency} cost in {to} is not known on {len(days)} day{'s' * (len(days) > 1)} with "
                f"transactions, from {min(days)} to {max(days)}, nor in the {CARRIED} days before each.",
                f"Fetch or import {_pairs(currency, to)}; until then these amounts are missing in {to}.",
                min(days),
                days[min(days)].account,
                days[min(days)].instrument,
                days[min(days)],
            )
            for (currency, to), days in self.missing.items()
        ]

    def _sum(self, of: Transaction, amount: Decimal | None, currency: str, day: date, *, foreign: int) -> Sum:
        base = None if amount is None else self.converted(amount, currency, self._base, day, of)
        fees = of.fee
        if fees and of.fee_currency not in {"", of.currency}:
            in_base = self.converted(fees, of.fee_currency, self._base, of.day, of)
            fee = self.converted(fees, of.fee_currency, currency, of.day, of)
            base = None if base is None or in_base is None else base + foreign * in_base
            amount = None if amount is None or fee is None else amount + foreign * fee
            fees = ZERO if fee is None else fee
        return Sum(amount, currency, base, fees, of.tax)

    def _day_of_cost(self, came: Transaction) -> date:
        return came.day if came.acquired is None or came.acquired > came.day else came.acquired


def _same_until(one: RateSeries, other: RateSeries, until: date) -> bool:
    if one is other:
        return True
    ends = [int(np.searchsorted(each.days, np.datetime64(until, "D"), side="right")) for each in (one, other)]
    return (
        (one.base, one.quote, one.source) == (other.base, other.quote, other.source)
        and np.array_equal(one.days[: ends[0]], other.days[: ends[1]])
        and np.array_equal(one.rates[: ends[0]], other.rates[: ends[1]])
    )


def close_on(book: Book, instrument: str, day: date) -> Decimal | None:
    """The raw close of `day`, or the last one before: of the week, or of any time where its owner tells the prices."""
    closes = book.closes.get(instrument)
    if closes is None:
        return None
    if (known := Priced(closes, ()).at(day)) is not None:
        return known.price
    asked = np.datetime64(day, "D")
    at = int(np.searchsorted(closes.days, asked, side="right")) - 1
    return exact(closes.prices[at]) if at >= 0 and (asked - closes.days[at]).astype(int) <= CARRIED else None


def _pairs(*currencies: str) -> str:
    """The pairs with the dollar that a rate between two currencies is made of, as a desk follows them."""
    return " and ".join(f"{each}USD=X" for each in currencies if each != "USD")
