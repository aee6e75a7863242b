"""What a reader says of a file that its contents cannot."""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from types import MappingProxyType

from openbell.model.transactions import Kind

FIELDS = (
    "date", "time", "kind", "ticker", "isin", "cusip", "wkn", "name", "exchange", "quantity", "price", "price_currency",
    "amount", "currency", "fee", "tax", "rate", "note", "ref", "account", "balance",
)  # fmt: skip
"""What a column of a file can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """Which column of a file is what, for files that no preset knows; it can be kept for the next file of the kind."""

    columns: Table[str, str]
    """The name in the header of each of FIELDS that the file has."""
    kinds: Table[str, Kind] = field(default_factory=lambda: MappingProxyType({}))
    """What a word in the column `kind` means, where it is none of the well-known ones."""
    signed: bool = True
    """Whether amounts are less than 0 where money left; else the kind of the row says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the reader was asked about a file, or says from the start; empty: the file decides."""

    preset: str = ""
    dates: str = ""
    """ymd | dmy | mdy"""
    decimal: str = ""
    """. or ,"""
    zone: str = ""
    """IANA, such as Europe/Zurich: where the file's days are."""
    currency: str = ""
    """Of amounts that name none."""
    rate: str = ""
    """times | over: what a rate does to a price for what moved."""
    sheet: str = ""
    """Of a workbook, by its title."""
    mapping: Mapping | None = None
