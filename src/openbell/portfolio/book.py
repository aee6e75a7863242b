"""All that is known of one portfolio: what its figures are computed from, and of nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

import numpy as np
import numpy.typing as npt

from openbell.model.transactions import Account, Portfolio, Transaction

Days = npt.NDArray[np.datetime64]
"""`datetime64[D]`, ascending, each once."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What an instrument is, as far as it is known."""

    id: str
    ticker: str
    name: str | None = None
    currency: str | None = None
    """That its prices are in; ISO 4217."""
    exchange: str | None = None
    type: str | None = None
    """stock | etf | fund | index | currency | crypto | commodity | cash | other"""
    sector: str | None = None
    country: str | None = None
    """ISO 3166, two letters."""
    isin: str | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """A corporate action of an instrument, from the first day without the entitlement on."""

    instrument: str
    ex_date: date
    kind: Literal["split", "dividend", "spin_off", "merger", "rename"]
    source: str
    ratio: Decimal | None = None
    """Split, merger: new units for one old. Spin-off: the part of the cost that leaves."""
    amount: Decimal | None = None
    """Dividend: cash per unit as held on the ex-date. Merger: cash per old unit. Spin-off: new units of `other` for one
    held, which stays."""
    currency: str | None = None
    other: str | None = None
    pay_date: date | None = None


@dataclass(frozen=True, slots=True)
class Closes:
    """The raw closes of one instrument, as traded, in the currency of its facts."""

    days: Days
    prices: npt.NDArray[np.float64]
    """Of the same length; each finite and more than 0. As a Decimal: the shortest that is the same float."""
    source: str
    sessions: Days | None = None
    """The days on which its exchange traded, over the whole stretch that is asked about. A session without a close is
    a price that is missing. None: no calendar; its owner says a price now and then, and it holds until the next."""
    by_hand: Closes | None = None
    """What its owner says it was worth on days that nobody else tells of: see `said_on` in `prices.py`."""
    converted: Mapping[date, Converted] = field(default_factory=dict)
    """Which of the prices were said in another currency, by day; without a rate, such a day is none of `days`."""


@dataclass(frozen=True, slots=True)
class RateSeries:
    """What one unit of `base` cost in `quote`, by day."""

    base: str
    quote: str
    days: Days
    rates: npt.NDArray[np.float64]
    source: str


@dataclass(frozen=True, slots=True)
class Book:
    """One portfolio with all it holds. A value: the same book has the same figures."""

    portfolio: Portfolio
    accounts: tuple[Account, ...]
    transactions: tuple[Transaction, ...]
    """In order: by day, then instant where known, then id."""
    facts: Mapping[str, Facts]
    """Of every instrument that is named."""
    actions: tuple[Action, ...]
    """What the desk knows of the instruments itself; what statements tell (TOLD_ACTIONS) is in `transactions`."""
    closes: Mapping[str, Closes]
    rates: tuple[RateSeries, ...] = ()
    quotes: Mapping[str, Quote] = field(default_factory=dict)
    """Today's last prices, where the market has traded since the last close."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A price of today."""

    price: Decimal
    day: date
    """The trade date that it belongs to, in the market's own calendar."""
    source: str
    at: str
    """The instant, as ISO 8601."""
    previous_close: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """How a figure came about: shown to whoever asks why it is so."""

    figure: str
    """What it is called: `value`, `twr`, `realised_gain`, ..."""
    method: str
    """A sentence with the formula and its source."""
    inputs: tuple[Input, ...] = ()
    notes: tuple[str, ...] = ()
    """What is missing, carried over or assumed."""


@dataclass(frozen=True, slots=True)
class Input:
    """One number that went into a figure."""

    label: str
    value: str
    """Exactly, as text."""
    unit: str = ""
    day: date | None = None
    source: str = ""
    """Of a price or a rate: who told it. Of a flow: `transaction 12`. Of units and balances: `account 5`."""


@dataclass(frozen=True, slots=True)
class Converted:
    """A price that was said in another currency than the instrument is traded in."""

    said: Input
    rate: Input | None
    """Of its day; None: none is known, so that the price cannot count."""


def called(book: Book, instrument: str) -> str:
    """What people call an instrument: its ticker, or the name of an item of its owner's."""
    facts = book.facts.get(instrument)
    return facts.ticker if facts else instrument


def said(number: Decimal | None) -> str:
    """A number exactly, plain and without zeros behind; empty where it is not known."""
    if number is None:
        return ""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
