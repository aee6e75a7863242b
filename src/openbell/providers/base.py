"""What a provider promises: four protocols, its capabilities, and its budget of calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol, runtime_checkable

import polars as pl

from openbell.model.frames import Scale
from openbell.model.interval import Interval


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `calls` calls in any window of `per`."""

    calls: int
    per: timedelta


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider can deliver, and at what pace."""

    name: str
    title: str
    bars: Mapping[Interval, timedelta | None] = field(default_factory=dict)
    """How far back each interval reaches; None: without limit."""
    quotes: bool = False
    actions: bool = False
    search: bool = False
    scale: Scale = "raw"
    """The scale the vendor speaks; what `bars` returns is raw again."""
    rates: tuple[Rate, ...] = ()
    delay: timedelta = timedelta(0)
    needs_key: bool = False
    note: str = ""
    """A sentence the user should know, such as `unofficial`."""


@runtime_checkable
class Provider(Protocol):
    """Anything that declares what it can deliver."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can deliver, and at what pace."""
        ...


class BarSource(Provider, Protocol):
    """A source of closed bars; oldest first; raises ProviderError."""

    def bars(self, symbol: str, interval: Interval, start: datetime, end: datetime) -> pl.DataFrame:
        """BARS of `symbol` with start <= ts < end, raw, oldest first; empty where nothing traded."""
        ...


class QuoteSource(Provider, Protocol):
    """A source of latest quotes; raises ProviderError."""

    def quotes(self, symbols: Sequence[str]) -> pl.DataFrame:
        """QUOTES, one row per symbol that the source knows, in the order asked."""
        ...


class ActionSource(Provider, Protocol):
    """A source of splits and dividends; raises ProviderError."""

    def actions(self, symbol: str, start: date, end: date) -> pl.DataFrame:
        """ACTIONS with start <= ex_date <= end, oldest first, amounts as paid (raw scale)."""
        ...


class InstrumentSource(Provider, Protocol):
    """A source of what an instrument is; raises ProviderError."""

    def instrument(self, symbol: str) -> pl.DataFrame:
        """INSTRUMENTS: name, exchange, currency and type of `symbol`, whose id is the ticker."""
        ...


class SymbolSearch(Provider, Protocol):
    """A source of names; raises ProviderError."""

    def search(self, text: str) -> pl.DataFrame:
        """MATCHES for `text`, best first; empty where there is none."""
        ...
