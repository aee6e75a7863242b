"""What a file says, before it is matched with accounts and instruments: drafts, and the rows that became none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from openbell.model.money import PriceByHand
from openbell.model.transactions import ZERO, Account, Kind, Pick, Portfolio, Transaction, assert_arrival
from openbell.model.words import assert_text

NEGLIGIBLE = Decimal("0.005")
"""Half a cent: brokers round each figure of a row by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An instrument as a file names it; what the file does not say is empty."""

    ticker: str = ""
    isin: str = ""
    cusip: str = ""
    wkn: str = ""
    name: str = ""
    exchange: str = ""
    currency: str = ""
    """That its prices are in; ISO 4217."""
    type: str = ""
    """stock | etf | fund | crypto | option | bond | commodity | other"""
    id: str = ""
    """In the register of the desk that wrote the file."""

    @property
    def key(self) -> str:
        """What tells it from the others of its file, the surest first."""
        return self.id or self.isin or self.cusip or self.wkn or self.ticker or self.name

    def __str__(self) -> str:
        return self.ticker or self.isin or self.name or self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A transaction in the making: the fields are those of Transaction, with names in place of numbers."""

    kind: Kind
    day: date
    currency: str
    cash: Decimal = ZERO
    instrument: Named | None = None
    quantity: Decimal = ZERO
    fee: Decimal = ZERO
    fee_currency: str = ""
    tax: Decimal = ZERO
    price: Decimal | None = None
    price_currency: str = ""
    rate: Decimal | None = None
    cost: Decimal | None = None
    acquired: date | None = None
    to_cash: Decimal = ZERO
    to_currency: str = ""
    other: Named | None = None
    ratio: Decimal | None = None
    short: bool = False
    at: datetime | None = None
    ref: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()
    account: str = ""
    """As the file tells it; empty: the file is of one account."""
    named_account: str = ""
    """As the row itself names it, where files put several together: by it the row is known again."""
    to_account: str = ""
    picks: tuple[Pick, ...] = ()
    """By the numbers of the file that is read back."""
    number: int = 0
    """In the desk that wrote the file."""
    origin: str = ""
    """The portfolio that the file was written from, by a mark that no other has."""
    rows: tuple[int, ...] = ()
    """The lines of the file that it was read from, the first is 1; of JSON and XML, which element."""
    fingerprint: str = ""
    """The same in every file that tells the same."""
    withheld: Draft | None = None
    """Of a dividend, the tax that the file tells on a row of its own: another file may tell only one of the two."""

    @property
    def parts(self) -> tuple[Draft, ...]:
        """What the rows that it was put together from are each by itself: a dividend before its tax, and the tax."""
        if self.withheld is None:
            return (self,)
        cash, rows = self.withheld.cash, tuple(row for row in self.rows if row not in self.withheld.rows)
        return replace(self, cash=self.cash - cash, tax=self.tax + cash, rows=rows, withheld=None), self.withheld

    def booked(
        self,
        account: int,
        *,
        instrument: str | None = None,
        other: str | None = None,
        to_account: int | None = None,
        batch: int | None = None,
        number: int = 0,
    ) -> Transaction:
        """The transaction that it becomes; raises InvalidInput with the field that no transaction of its kind has."""
        return Transaction(
            kind=self.kind,
            account=account,
            day=self.day,
            currency=self.currency,
            cash=self.cash,
            instrument=instrument,
            quantity=self.quantity,
            fee=self.fee,
            fee_currency=self.fee_currency,
            tax=self.tax,
            price=self.price,
            price_currency=self.price_currency,
            rate=self.rate,
            cost=self.cost,
            acquired=self.acquired,
            to_account=to_account,
            to_cash=self.to_cash,
            to_currency=self.to_currency,
            other=other,
            ratio=self.ratio,
            picks=self.picks,
            short=self.short,
            at=self.at,
            ref=self.ref,
            note=self.note,
            tags=self.tags,
            id=number,
            batch=batch,
        )

    def check(self) -> None:
        """Raise InvalidInput where no account or instrument could make a transaction of it."""
        for place, text in (("account", self.account), ("to_account", self.to_account)):
            assert_text(text, place)
        for place, named in (("instrument", self.instrument), ("other", self.other)):
            if named is not None:
                assert_text("".join(getattr(named, name) for name in Named.__slots__), place)
        booked = self.booked(
            1,
            instrument="named" if self.instrument else None,
            other="named" if self.other else None,
            to_account=2 if self.kind is Kind.TRANSFER else None,
        )
        assert_arrival(booked)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row: it became no draft if `blocking`, else its draft deserves a look."""

    rows: tuple[int, ...]
    what: str
    remedy: str
    content: str
    """The row as it stands in the file."""
    blocking: bool = True


@dataclass(frozen=True, slots=True)
class Ignored:
    """A row that moves nothing, and why."""

    rows: tuple[int, ...]
    reason: str
    content: str
    frame: bool = False
    """Whether it is the header, or stands above it: no row of what is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What the broker says is held, for reconciling: units of an instrument, or cash where none is named."""

    instrument: Named | None
    quantity: Decimal
    currency: str = ""
    day: date | None = None
    price: Decimal | None = None
    value: Decimal | None = None
    cost: Decimal | None = None
    account: str = ""
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """What people said of instruments, by their keys in the file: only the desk's own export tells of it."""

    prices: Mapping[str, Mapping[date, PriceByHand]] = field(default_factory=dict)
    """Of own items, and of what the market trades."""
    facts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Type, sector, country, currency, as far as they were set by hand."""

    def currency(self, named: Named) -> str | None:
        """That prices of an instrument are in which do not say: as it was said by hand, else as the file tells."""
        return self.facts.get(named.key, {}).get("currency") or named.currency or None


NOTHING = Beside()


@dataclass(frozen=True, slots=True)
class Home:
    """The portfolio that an export was written from, as far as the file tells of it."""

    accounts: tuple[Account, ...]
    """As they were, in their order; their numbers are the other ledger's."""
    portfolio: Portfolio | None = None
    settings: Mapping[str, object] = field(default_factory=dict)

    def account(self, name: str) -> Account | None:
        """The account of that name."""
        return next((each for each in self.accounts if each.name == name), None)


Outcome = Draft | Problem | Ignored | Holding
"""What a row can become."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A whole file, read. Every row of it is in a draft, a holding, a blocking problem, ignored, or of the frame."""

    preset: str
    broker: str
    drafts: tuple[Draft, ...]
    """Oldest first; those of one day in the order of the file's time."""
    problems: tuple[Problem, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    frame: tuple[Ignored, ...] = ()
    """The headers, and what stands above them."""
    holdings: tuple[Holding, ...] = ()
    notes: tuple[str, ...] = ()
    """How the file was understood, where that was not plain."""
    beside: Beside = NOTHING
    home: Home | None = None
    """Of the desk's own exports."""
    base: str = ""
    """The currency that its owner counts in, where the file says so."""

    @property
    def rows(self) -> frozenset[int]:
        """All rows that were accounted for."""
        told: list[Draft | Ignored | Holding | Problem] = [*self.drafts, *self.ignored, *self.frame, *self.holdings]
        told += [problem for problem in self.problems if problem.blocking]
        return frozenset(row for each in told for row in each.rows)
