"""Which vendor wrote a table, told from its header, and what it promises: columns, scale, zone, side of the stamp."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from openbell.model.errors import InvalidInput
from openbell.model.frames import Scale
from openbell.providers.files.headers import plain
from openbell.providers.files.hours import Side
from openbell.providers.files.stamps import DateOrder
from openbell.providers.files.table import ROW, Table

# Our columns and how vendors and German spreadsheets call them, as `plain` leaves them: lower case, no signs.
NAMES: Mapping[str, tuple[str, ...]] = {
    "symbol": ("symbol", "ticker", "sym", "instrument", "ric"),
    "ts": (
        "ts",
        "timestamp",
        "datetime",
        "date",
        "time",
        "gmttime",
        "localtime",
        "dateandtime",
        "opentime",
        "beginsat",
        "datum",
        "t",
    ),
    "clock": ("time",),
    "open": ("open", "openprice", "eroffnung", "eroffnungskurs", "erster", "o"),
    "high": ("high", "highprice", "hoch", "tageshoch", "h"),
    "low": ("low", "lowprice", "tief", "tagestief", "l"),
    "close": ("close", "closeprice", "last", "price", "closelast", "value", "schluss", "schlusskurs", "c"),
    "adjusted": ("adjclose", "adjusted", "adjustedclose", "closeadj", "closeadjusted"),
    "volume": ("volume", "vol", "tickvol", "tickvolume", "realvolume", "stucke", "stuecke", "stuck", "volumen", "v"),
    "dividend": ("dividends", "dividend", "exdividend", "dividendamount", "divcash"),
    "gain": ("capitalgains",),
    "split": ("stocksplits", "splitratio", "splitcoefficient", "splitfactor"),
    "interval": ("interval", "per"),
    "scale": ("scale",),
}
PRICES = ("open", "high", "low", "close")
NUMBERS = (*PRICES, "volume", "adjusted", "dividend", "gain", "split")
TICKER = re.compile(r"\^?[A-Z0-9][A-Z0-9.\-=^]{0,11}")


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read one kind of file."""

    preset: str
    columns: Mapping[str, str]
    """Our column -> the file's; `ts` (and `clock` where date and time stand apart) and `close` at least."""
    source: str = ""
    scale: Scale | None = None
    """What the vendor promises; None: plain prices, taken as traded."""
    zone: str | None = None
    side: Side | None = None
    dates: DateOrder | None = None
    wide: tuple[str, ...] = ()
    """The columns of a table with one close column a symbol."""
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor's mark in the header, and its promises."""

    preset: str
    source: str
    marked: Callable[[frozenset[str], Mapping[str, str]], bool]
    scale: Scale | None
    zone: str | None = None
    side: Side | None = None
    dates: DateOrder | None = None
    notes: tuple[str, ...] = ()


def _has(*names: str) -> Callable[[frozenset[str], Mapping[str, str]], bool]:
    return lambda header, _: header.issuperset(names)


def _yahoo_daily(header: frozenset[str], found: Mapping[str, str]) -> bool:
    return {"Adj Close", "Close", "Volume"} <= header and "symbol" not in found


def _never(_header: frozenset[str], _found: Mapping[str, str]) -> bool:
    return False  # told by more than the header


# yfinance drops Adj Close exactly where it has adjusted all prices by it (auto_adjust).
YFINANCE = Vendor("yfinance", "yahoo", _has("Dividends", "Stock Splits", "Adj Close"), "split", side="start")
YFINANCE_ADJUSTED = Vendor(
    "yfinance",
    "yahoo",
    _has("Dividends", "Stock Splits"),
    "total",
    side="start",
    notes=("no Adj Close: yfinance adjusted the prices for splits and dividends; pass --scale split if it did not",),
)
ALPHA_VANTAGE = Vendor("alpha-vantage", "alphavantage", _never, "raw")
DUKASCOPY = Vendor("dukascopy", "dukascopy", _never, "raw")
GENERIC = Vendor("generic", "", _never, None)
# The first vendor whose mark fits. Yahoo's and tidyquant's prices are adjusted for splits as of the download.
VENDORS = (
    Vendor("openbell", "", _has("symbol", "interval", "ts", "close", "scale"), None, "UTC", "start"),
    YFINANCE,
    YFINANCE_ADJUSTED,
    Vendor("yahoo", "yahoo", _yahoo_daily, "split", side="start"),
    Vendor("yahoo-intraday", "yahoo", _has("Datetime", "Open", "Close", "Volume"), "split", side="start"),
    Vendor("wiki", "wiki", _has("ex-dividend", "split_ratio", "adj_close"), "raw"),
    Vendor("wiki", "wiki", _has("Ticker", "Date", "Adj Close"), "raw"),
    Vendor("quandl", "quandl", _has("Ex-Dividend", "Split Ratio", "Adj. Close"), "raw"),
    Vendor("tiingo", "tiingo", _has("divCash", "splitFactor", "adjClose"), "raw"),
    Vendor("tidyquant", "yahoo", _has("symbol", "date", "adjusted"), "split"),
    Vendor("alpha-vantage", "alphavantage", _has("timestamp", "adjusted_close", "dividend_amount"), "raw"),
    Vendor("alpha-vantage", "alphavantage", _has("timestamp", "adjusted close", "dividend amount"), "raw"),
    Vendor("stooq", "stooq", _has("<TICKER>", "<PER>", "<DATE>", "<CLOSE>"), "split"),
    Vendor("mt5", "mt5", _has("<DATE>", "<OPEN>", "<CLOSE>"), "raw", side="start"),
    Vendor("dukascopy", "dukascopy", _has("Gmt time", "Open", "Close"), "raw", "UTC", "start"),
    Vendor("dukascopy", "dukascopy", _has("Local time", "Open", "Close"), "raw", side="start"),
    Vendor("nasdaq", "nasdaq", _has("Date", "Close/Last", "Volume"), "split", dates="mdy"),
    Vendor("investing", "investing", _has("Date", "Price", "Vol.", "Change %"), "split"),
)
ALPHA_VANTAGE_HEADERS = (
    ("timestamp", "open", "high", "low", "close", "volume"),
    ("time", "open", "high", "low", "close", "volume"),
    ("timestamp", "open", "high", "low", "close"),
)


def layout_of(table: Table, columns: Mapping[str, str] | None) -> Layout:
    """The layout of a table; `columns` (ours -> the file's) wins. Raises UnreadableFile where it has no prices."""
    if table.header is None:
        if columns:
            raise InvalidInput(
                "columns", f"{table.path} has no header, so no column has a name.", remedy="Write one above its rows."
            )
        return _headerless(table)
    found = {**_found(table), **_checked(table, columns or {})}
    header = frozenset(table.header)
    if {"SP500", "Real Price", "PE10"} <= header and not columns:
        return _shiller(table)
    wide = _wide(table, found) if not columns else ()
    if wide:
        return Layout("close-series" if len(wide) == 1 else "wide-close", {"ts": found["ts"]}, wide=wide)
    _require(table, found)
    used = frozenset(found.values())
    ignored = tuple(name for name in table.header if name and name not in used and not _adjusted_copy(name))
    vendor = _vendor(table, header, found)
    return Layout(
        vendor.preset,
        found,
        vendor.source,
        vendor.scale,
        vendor.zone,
        vendor.side,
        vendor.dates,
        ignored=ignored,
        notes=vendor.notes,
    )


def _vendor(table: Table, header: frozenset[str], found: Mapping[str, str]) -> Vendor:
    if table.stacked:
        return YFINANCE if "adjusted" in found else YFINANCE_ADJUSTED
    vendor = next((vendor for vendor in VENDORS if vendor.marked(header, found)), None)
    if vendor is not None:
        return vendor
    if table.header in ALPHA_VANTAGE_HEADERS and _newest_first(table, found["ts"]):
        return ALPHA_VANTAGE
    return DUKASCOPY if table.header == ("Time", "Open", "High", "Low", "Close", "Volume") else GENERIC


def _found(table: Table) -> dict[str, str]:
    """Our columns among the table's, by well-known name; the earlier name in NAMES wins."""
    header = {plain(name): name for name in reversed(table.header or ()) if name}
    if not {"o", "h", "l", "c"} <= header.keys():  # else C, T and V are Citigroup, AT&T and Visa
        header = {bare: name for bare, name in header.items() if len(bare) > 1}
    found = {}
    for ours, names in NAMES.items():
        theirs = next((header[name] for name in names if name in header), None)
        if theirs is not None:
            found[ours] = theirs
    if "ts" not in found and table.header and table.header[0] in {"", "Unnamed: 0", "index"}:
        found["ts"] = table.header[0]  # a pandas index saved without its name
    if found.get("clock") == found.get("ts"):
        found.pop("clock", None)
    if found.get("close") == found.get("adjusted"):
        found.pop("adjusted", None)
    return found


def _checked(table: Table, columns: Mapping[str, str]) -> Mapping[str, str]:
    for ours, theirs in columns.items():
        if ours not in NAMES:
            raise InvalidInput("columns", f"There is no column {ours!r} to fill.", remedy=f"Use {', '.join(NAMES)}.")
        if theirs not in (table.header or ()):
            raise InvalidInput("columns", f"{table.path} has no column {theirs!r}.", remedy=f"It has {_listed(table)}.")
    return columns


def _require(table: Table, found: Mapping[str, str]) -> None:
    lacking = [name for name in ("ts", "close") if name not in found]
    if lacking:
        spoken = " and ".join({"ts": "no date or time", "close": "no closing price"}[name] for name in lacking)
        raise table.refuse(
            f"{spoken} among the columns {_listed(table)}.",
            "Name them with --columns, such as --columns ts=Day,close=Rate; or give a price file.",
        )
    if any(name in found for name in ("open", "high", "low")):
        absent = [name for name in ("open", "high", "low") if name not in found]
        if absent:
            raise table.refuse(
                f"no {', '.join(absent)} among the columns {_listed(table)}.",
                f"Name {'it' if len(absent) == 1 else 'them'} with --columns, such as --columns {absent[0]}=NAME.",
            )


def _listed(table: Table) -> str:
    return ", ".join(repr(name) for name in (table.header or ())[:12])


def _adjusted_copy(name: str) -> bool:
    return plain(name).startswith("adj")


def _newest_first(table: Table, stamp: str) -> bool:
    stamps = table.frame[stamp]
    return stamps.len() > 1 and stamps[0] > stamps[-1]


def _wide(table: Table, found: Mapping[str, str]) -> tuple[str, ...]:
    """The tickers of a table that has a date and otherwise only columns called like tickers."""
    header = table.header or ()
    others = tuple(name for name in header if name != found.get("ts") and name)
    if "ts" not in found or not others or any(name in found for name in ("close", "symbol", "adjusted")):
        return ()
    if sum(name in found for name in PRICES) > 1:  # one alone is a ticker: Lowe's is LOW, Opendoor OPEN
        return ()
    numeric = all(
        dtype.is_numeric() or table.frame[name].drop_nulls().head(50).cast(pl.Float64, strict=False).null_count() == 0
        for name, dtype in table.frame.schema.items()
        if name in others and name != ROW
    )
    return others if numeric and all(TICKER.fullmatch(name) for name in others) else ()


def _shiller(table: Table) -> Layout:
    ignored = tuple(name for name in table.header or () if name not in {"Date", "SP500"})
    return Layout("shiller", {"ts": "Date"}, "shiller", "raw", wide=("SP500",), ignored=ignored)


def _headerless(table: Table) -> Layout:
    """Columns by shape: [symbol,] stamp [, time], open, high, low, close [, volume]."""
    first = table.first
    names = [f"c{at}" for at in range(len(first))]
    columns: dict[str, str] = {}
    if names and re.fullmatch(r"[\^A-Za-z][A-Za-z0-9.\-^=]*", first[0]):
        columns["symbol"], first, names = names[0], first[1:], names[1:]
    if first and re.match(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{8}\b|\d{10,16}$", first[0]):
        columns["ts"], first, names = names[0], first[1:], names[1:]
        if first and re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?|\d{6}", first[0]) and len(first) > 5:
            columns["clock"], first, names = names[0], first[1:], names[1:]
    if "ts" not in columns or len(names) not in {4, 5}:
        raise table.refuse("the file has no header, and its columns are not date, open, high, low, close, volume.",
                           "Add a header line.")  # fmt: skip
    columns.update(zip((*PRICES, "volume"), names, strict=False))
    return Layout("headerless", columns, notes=("no header: columns taken as date, open, high, low, close, volume",))
