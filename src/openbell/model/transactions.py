"""What happens in a portfolio: one transaction is one row of a broker's statement, its signs those of the account.

`quantity` and `cash` are what the account received (more than 0) or gave (less than 0), so that a position is the sum
of quantities, changed by corporate actions, and a balance is the sum of cash. `fee` and `tax` are parts of `cash`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from openbell.model.errors import InvalidInput
from openbell.model.money import amount, currency_of
from openbell.model.words import assert_text

ZERO = Decimal(0)

FIRST_DAY = date(1900, 1, 1)
"""No transaction and no price is older: what is, was mistyped."""


class Kind(StrEnum):
    """What a transaction is."""

    BUY = "buy"
    SELL = "sell"
    DIVIDEND = "dividend"
    INTEREST = "interest"
    FEE = "fee"
    TAX = "tax"
    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"
    EXCHANGE = "exchange"
    """One currency for another in the same account."""
    TRANSFER = "transfer"
    """Cash or units to another account of the same portfolio."""
    DELIVERY_IN = "delivery_in"
    """Units from elsewhere: a gift, another broker, a reward. A flow at their value."""
    DELIVERY_OUT = "delivery_out"
    OPENING = "opening"
    """What was there before the first statement: units with their cost, or cash."""
    SPLIT = "split"
    SPIN_OFF = "spin_off"
    MERGER = "merger"
    RENAME = "rename"
    RETURN_OF_CAPITAL = "return_of_capital"


TOLD_ACTIONS = frozenset({Kind.SPLIT, Kind.SPIN_OFF, Kind.MERGER, Kind.RENAME})
"""What a statement says of the instrument itself: it happened to every account, and is applied once."""

Method = Literal["fifo", "lifo", "hifo", "average", "s104"]
"""Which lots a sale takes: the oldest, the newest, the dearest, a part of all at their average cost; or as the United
Kingdom asks: the same day's, then those of the 30 days after, then the pool's. Chosen lots come before any of them."""


@dataclass(frozen=True, slots=True)
class Pick:
    """Units that a sale takes of the lot that transaction `opened` made, in units of the day of the sale."""

    opened: int
    quantity: Decimal

    def __post_init__(self) -> None:
        """Assert that something is taken."""
        if amount(self.quantity, "picks") <= 0:
            raise InvalidInput("picks", f"{self.quantity} units of a lot cannot be taken.", remedy="Take more than 0.")


SIGNS: dict[Kind, tuple[bool | None, str, str]] = {
    # whether an instrument is named (None: either), the signs that `quantity` may have, those that `cash` may have
    Kind.BUY: (True, "+", "-0"),
    Kind.SELL: (True, "-", "+-0"),  # fees can exceed the proceeds
    Kind.DIVIDEND: (True, "+0", "+-0"),  # in units too; less than 0: one that was taken back
    Kind.INTEREST: (None, "+0", "+-0"),
    Kind.FEE: (None, "-0", "+-0"),  # a rebate is more than 0; some are paid in units
    Kind.TAX: (None, "0", "+-0"),
    Kind.DEPOSIT: (False, "0", "+"),
    Kind.WITHDRAWAL: (False, "0", "-"),
    Kind.EXCHANGE: (False, "0", "-"),
    Kind.TRANSFER: (None, "-0", "-0"),
    Kind.DELIVERY_IN: (True, "+", "-0"),
    Kind.DELIVERY_OUT: (True, "-", "-0"),
    Kind.OPENING: (None, "+-0", "+-0"),
    Kind.SPLIT: (True, "+-0", "+0"),  # cash in lieu of a fraction
    Kind.SPIN_OFF: (True, "+0", "+0"),
    Kind.MERGER: (True, "+-0", "+-0"),
    Kind.RENAME: (True, "0", "0"),
    Kind.RETURN_OF_CAPITAL: (True, "0", "+-"),
}

SAID = {
    Kind.EXCHANGE: "exchange of currency",
    Kind.OPENING: "opening balance",
    Kind.SPIN_OFF: "spin-off",
    Kind.RENAME: "ticker change",
}
"""What people call the kinds whose names are others."""

LONGEST_NOTE = 10_000
MOST_TAGS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """One row of an account, valid by construction: raises InvalidInput with the field that is wrong."""

    kind: Kind
    account: int
    day: date
    """The trade date, in the market's or the broker's own calendar."""
    currency: str
    """Of `cash`, `tax` and `cost`; ISO 4217."""
    cash: Decimal = ZERO
    """What the account received of `currency`, after `tax` and after a `fee` in the same currency."""
    instrument: str | None = None
    """Its id in the register, or of the desk's own items (`own:7`)."""
    quantity: Decimal = ZERO
    fee: Decimal = ZERO
    """A part of `cash`, at least 0 but for a rebate; where `fee_currency` is another, it left on top of `cash`."""
    fee_currency: str = ""
    """Empty: `currency`."""
    tax: Decimal = ZERO
    """A part of `cash` that was withheld."""
    price: Decimal | None = None
    """Of one unit as traded, in `price_currency`; of a dividend, per unit."""
    price_currency: str = ""
    """Empty: `currency`."""
    rate: Decimal | None = None
    """What the broker counted for one `price_currency`, in `currency`."""
    cost: Decimal | None = None
    """What units that were not bought count as having cost; None: their value that day."""
    acquired: date | None = None
    """When they were, if not on `day`."""
    to_account: int | None = None
    """Where a transfer leads."""
    to_cash: Decimal = ZERO
    """What arrived of `to_currency`, by a transfer or an exchange."""
    to_currency: str = ""
    other: str | None = None
    """The instrument that a spin-off, a merger or a rename leads to."""
    ratio: Decimal | None = None
    """Split and merger: new units for one old. Spin-off: the part of the cost that leaves with it, from 0 to 1."""
    picks: tuple[Pick, ...] = ()
    """The lots that a sale was told to take."""
    short: bool = False
    """Whether a sale may sell what is not held."""
    at: datetime | None = None
    """The instant, where it is known; orders the day."""
    ref: str = ""
    """The broker's own number of it; with it the same row is known again."""
    note: str = ""
    tags: tuple[str, ...] = ()
    id: int = 0
    """0: not stored yet."""
    batch: int | None = None
    """The import that brought it."""

    def __post_init__(self) -> None:
        """Assert what holds for every transaction of its kind."""
        currency_of(self.currency)
        for field in ("fee_currency", "price_currency", "to_currency"):
            if code := getattr(self, field):
                currency_of(code, field)
        for field in ("cash", "quantity", "fee", "tax", "to_cash", "price", "rate", "cost", "ratio"):
            if number := getattr(self, field):
                amount(number, field)
        if self.at is not None:
            assert_instant(self.at, "at")
        self._assert_signs()
        self._assert_parts()
        self._assert_days()
        for field in ("ref", "note"):
            assert_text(getattr(self, field), field)
        for tag in self.tags:
            assert_text(tag, "tags")
        if len(self.note) > LONGEST_NOTE:
            raise InvalidInput(
                "note", f"The note has {len(self.note):,} characters.", remedy=f"Stay below {LONGEST_NOTE:,}."
            )
        if len(self.tags) > MOST_TAGS or any(not 0 < len(tag) <= 60 for tag in self.tags):
            raise InvalidInput("tags", f"A transaction has at most {MOST_TAGS} tags of 1 to 60 characters.")

    def _assert_days(self) -> None:
        assert_day(self.day, "day")
        if self.acquired is not None:
            assert_day(self.acquired, "acquired")

    def _assert_signs(self) -> None:
        named, quantities, cashes = SIGNS[self.kind]
        said = SAID.get(self.kind, str(self.kind).replace("_", " "))
        a = "An" if said[0] in "aeiou" else "A"
        if named is not None and named != (self.instrument is not None):
            what = f"{a} {said} names its instrument." if named else f"{a} {said} has no instrument."
            raise InvalidInput("instrument", what)
        if self.quantity and self.instrument is None:
            raise InvalidInput("instrument", f"{self.quantity} units of what?", remedy="Name the instrument.")
        for field, number, signs in (("quantity", self.quantity, quantities), ("cash", self.cash, cashes)):
            if _sign(number) not in signs:
                ways = {"+": "more than 0", "-": "less than 0", "0": "0"}
                raise InvalidInput(
                    field, f"The {field} of {a.lower()} {said} is {' or '.join(ways[s] for s in signs)}, not {number}."
                )

    def _assert_parts(self) -> None:
        for field in ("price", "rate", "cost", "ratio"):
            if (number := getattr(self, field)) is not None and (
                number < 0 or (field in {"rate", "ratio"} and number == 0)
            ):
                raise InvalidInput(field, f"The {field} is {number}.", remedy="It is more than 0.")
        if self.kind is Kind.TRANSFER and (self.to_account in (None, self.account)):
            raise InvalidInput("to_account", "A transfer leads to another account of the portfolio.")
        if self.kind is not Kind.TRANSFER and self.to_account is not None:
            raise InvalidInput("to_account", "Only a transfer leads to an account.")
        if self.kind is Kind.EXCHANGE and (not self.to_currency or self.to_cash <= 0):
            raise InvalidInput("to_cash", "An exchange says what was received: to_cash and to_currency.")
        if self.kind in {Kind.SPIN_OFF, Kind.MERGER, Kind.RENAME} and not self.other:
            raise InvalidInput("other", f"A {SAID.get(self.kind, str(self.kind))} leads to another instrument.")
        if self.picks and self.kind is not Kind.SELL:
            raise InvalidInput("picks", "Only a sale takes chosen lots.")


def assert_arrival(transaction: Transaction) -> None:
    """Raise InvalidInput for a transfer of money that does not say what arrived: it cannot be counted, and what the
    ledger has from before is read all the same."""
    told = transaction
    if told.kind is not Kind.TRANSFER or told.instrument is not None:
        return
    if told.to_cash < 0 or (told.cash and not told.to_cash and told.to_currency not in {"", told.currency}):
        raise InvalidInput(
            "to_cash",
            f"The transfer does not say how much {told.to_currency or told.currency} arrived.",
            remedy="Say it as to_cash, or leave out to_currency where nothing was exchanged.",
        )


def assert_day(day: date, field: str) -> None:
    """Raise InvalidInput for a day before FIRST_DAY."""
    if day < FIRST_DAY:
        raise InvalidInput(field, f"{day} is before {FIRST_DAY}.", remedy="Correct the year.")


def assert_instant(at: datetime, field: str) -> None:
    """Raise InvalidInput for an instant that names no time zone, or that no year of UTC has."""
    if at.utcoffset() is None:
        raise InvalidInput(field, f"{at} is no instant.", remedy="Give it with its time zone.")
    try:
        at.astimezone(UTC)
    except OverflowError as error:
        raise InvalidInput(field, f"{at} is in no year of UTC.", remedy="Correct the year.") from error


FURTHEST_EAST = timedelta(hours=14)
"""Where a day begins first."""


def newest_day(now: datetime) -> date:
    """The newest day that has begun anywhere on earth: that of whoever writes may be later than that in UTC."""
    return (now.astimezone(UTC) + FURTHEST_EAST).date()


def _sign(number: Decimal) -> str:
    return "0" if number == 0 else "+" if number > 0 else "-"


@dataclass(frozen=True, slots=True)
class Account:
    """Where money and units lie: a broker's, a bank's, a wallet. `currency` is what it is counted in first."""

    id: int
    name: str
    currency: str
    broker: str = ""


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Accounts that are counted together, in one currency, with one method for their lots."""

    id: int
    name: str
    base: str
    method: Method = "fifo"
    benchmark: str | None = None
    """The instrument that the same flows are compared with."""
