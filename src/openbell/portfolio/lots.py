"""Lots: units with what they cost, and what became of them: the words that a walk through a book speaks in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Context, Decimal
from fractions import Fraction
from typing import Literal

from openbell.model.transactions import Transaction

ZERO = Decimal(0)
EXACTLY = Context(prec=60)
"""No product or sum of what a transaction can hold is rounded in as many digits."""

SMALLEST = Decimal("1e-12")
"""Amounts and units are kept to as many decimals as a transaction can have; parts are cut there and the rest keeps
what is over, so that sums stay exact."""

Rule = Literal["lots", "average", "same_day", "30_days", "pool", "cover"]
"""By which a closed lot was found: in the order of the lots, or chosen; of all at their average cost; as the United
Kingdom's TCGA 1992 asks: s.105 (same day), s.106A (30 days after), s.104 (the pool); a short sale that was covered."""


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount that was paid or received, fees and taxes included; `fees` and `taxes` say how much of it they are."""

    amount: Decimal | None
    """None: nobody knows."""
    currency: str
    base: Decimal | None
    """In the portfolio's currency, at the rate of the day of each part; None: a rate is missing."""
    fees: Decimal = ZERO
    taxes: Decimal = ZERO

    def part(self, quantity: Decimal, of: Decimal) -> Sum:
        """What belongs to `quantity` of `of` units."""
        if quantity == of:
            return self
        return Sum(
            None if self.amount is None else share(self.amount, quantity, of),
            self.currency,
            None if self.base is None else share(self.base, quantity, of),
            share(self.fees, quantity, of),
            share(self.taxes, quantity, of),
        )

    def in_base(self, base: str) -> Sum:
        """The same in the portfolio's currency, its fees and taxes at its own rate."""
        if self.currency == base:
            return self
        if self.base is None or not self.amount:
            return Sum(self.base, base, self.base)
        fees, taxes = (share(part, self.base, self.amount) for part in (self.fees, self.taxes))
        return Sum(self.base, base, self.base, fees, taxes)

    def __sub__(self, other: Sum) -> Sum:
        return Sum(
            None if self.amount is None or other.amount is None else self.amount - other.amount,
            self.currency,
            None if self.base is None or other.base is None else self.base - other.base,
            self.fees - other.fees,
            self.taxes - other.taxes,
        )

    def __add__(self, other: Sum) -> Sum:
        return Sum(
            None if self.amount is None or other.amount is None else self.amount + other.amount,
            self.currency,
            None if self.base is None or other.base is None else self.base + other.base,
            self.fees + other.fees,
            self.taxes + other.taxes,
        )


def nothing(currency: str) -> Sum:
    """No amount of `currency`."""
    return Sum(ZERO, currency, ZERO)


@dataclass(frozen=True, slots=True)
class Applied:
    """A corporate action as it was applied to one account."""

    instrument: str
    day: date
    kind: str
    ratio: Fraction | None
    """Split and merger: new units for one old. Spin-off: new units of `other` for one held."""
    other: str | None
    sources: tuple[str, ...]
    """Who told it: vendors of the desk, or `statement`."""


@dataclass(frozen=True, slots=True)
class Lot:
    """Units of one instrument that came into one account together and are still there."""

    account: int
    instrument: str
    opened: Transaction
    """That brought them; in a pool of all units, the first."""
    acquired: date
    """Also of units that were moved here, or came out of others by a merger or a spin-off."""
    quantity: Decimal
    """In units of today; less than 0: sold short."""
    cost: Sum
    """Of a short sale: what was received for it, less than 0."""
    actions: tuple[Applied, ...] = ()
    """What happened to them since."""
    pool: bool = False
    """Whether it is of several purchases that cannot be told apart any more."""


@dataclass(frozen=True, slots=True)
class Closed:
    """Units that are gone: what they had cost and what was received for them."""

    account: int
    instrument: str
    opened: Transaction
    closed: Transaction | None
    """None: by an action that no statement tells."""
    day: date
    """That they were closed on."""
    acquired: date
    quantity: Decimal
    """In units of the day they were closed. 0: capital was returned beyond what the lot had cost."""
    cost: Sum
    proceeds: Sum
    """After fees and taxes. Of units that were delivered elsewhere: their value that day."""
    rule: Rule = "lots"
    actions: tuple[Applied, ...] = ()
    """What happened to the units while they were held."""

    @property
    def days(self) -> int:
        """That they were held; less than 0 where the units were bought within 30 days after."""
        return (self.day - self.acquired).days

    @property
    def short(self) -> bool:
        """Whether they were sold first and bought after."""
        return self.rule == "cover"


Severity = Literal["wrong", "doubtful", "note"]
"""`wrong`: figures cannot be right until it is mended. `doubtful`: they may be. `note`: how it was taken."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the book that does not fit; everything else is computed all the same."""

    kind: str
    """oversold | unknown_lot | dividend_before_buy | units_differ | no_ratio | no_cost | no_rate | ..."""
    severity: Severity
    what: str
    remedy: str
    day: date
    account: int | None = None
    instrument: str | None = None
    transaction: Transaction | None = None


def share(amount: Decimal, quantity: Decimal, of: Decimal) -> Decimal:
    """`amount` × `quantity` / `of`, cut to the smallest decimal."""
    return _cut(amount * quantity / of) if amount else ZERO


def times(quantity: Decimal, ratio: Fraction) -> Decimal:
    """`quantity` × `ratio`, cut to the smallest decimal."""
    return _cut(quantity * ratio.numerator / ratio.denominator)


def shared(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """`total` in parts like `weights`, cut towards 0; what cutting leaves over is the largest one's, so that the parts
    add up and none has another sign."""
    whole = sum(weights, ZERO)
    parts = [_cut(total * weight / whole, ROUND_DOWN) for weight in weights]
    largest = max(range(len(parts)), key=lambda at: abs(weights[at]))
    parts[largest] += total - sum(parts, ZERO)
    return parts


def _cut(number: Decimal, rounding: str | None = None) -> Decimal:
    return number.quantize(SMALLEST, rounding).normalize() + ZERO
