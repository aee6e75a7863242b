"""Summaries of the whole lake: daily averages, hourly highs and moving averages of every symbol, as Parquet tables.

Unlike a page's question, this reads everything once: batch by batch in symbol order, on all cores, in bounded memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from openbell.model.errors import InvalidInput
from openbell.model.interval import Interval
from openbell.model.sessions import EXCHANGES
from openbell.store.lake import Lake
from openbell.store.register import Register

WINDOW: Final = 20
"""Bars of the moving average."""
BATCH_ROWS: Final = 1_000_000
"""Rows in the memory of one worker at a time; a symbol is never split."""
PRICES: Final = ("open", "high", "low", "close")
HOUR: Final = 3_600_000_000
"""Microseconds."""

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]

_STAMP = pa.timestamp("us", "UTC")
_SYMBOL = pa.field("symbol", pa.dictionary(pa.int32(), pa.string()))
TABLES: Final[Mapping[str, pa.Schema]] = {
    "daily": pa.schema([_SYMBOL, ("date", pa.date32()), *((name, pa.float64()) for name in PRICES)]),
    "hourly": pa.schema([_SYMBOL, ("hour", _STAMP), ("high", pa.float64())]),
    "average": pa.schema([_SYMBOL, ("ts", _STAMP), ("average", pa.float64())]),
}


@dataclass(frozen=True, slots=True)
class Summary:
    """How many rows each table got."""

    daily: int = 0
    hourly: int = 0
    average: int = 0

    def __add__(self, other: Summary) -> Summary:
        return Summary(self.daily + other.daily, self.hourly + other.hourly, self.average + other.average)


def summarize(lake: Lake, interval: Interval, folder: Path, *, workers: int = 2) -> Summary:
    """Summarize every stored bar of an intraday `interval`, as traded and newest known, into tables below `folder`.

    `daily`: the mean open, high, low and close per trade date. `hourly`: the high per UTC hour. `average`: the mean of
    the last 20 closes at each bar. A price that is null is left out of a mean or a high, and leaves the moving average
    null while it is among the last 20; so are the first 19 bars of a symbol. Each table is a folder of Parquet files in
    order of symbol and time, one per worker; raises InvalidInput for an interval of a day or longer, or where `folder`
    holds anything.
    """
    if not interval.intraday:
        raise InvalidInput("interval", f"Bars of {interval} have no hours.", remedy="Summarize minute or hour bars.")
    if folder.exists() and any(folder.iterdir()):
        raise InvalidInput("folder", f"{folder} is not empty.", remedy="Name a new folder.")
    for table in TABLES:
        (folder / table).mkdir(parents=True)
    stored = lake.spans().filter(pl.col("interval") == str(interval)).sort("symbol")
    shares = _shares(list(_batches(stored["symbol"].to_list(), stored["rows"].to_list())), workers)
    zones = _zones(lake, stored["symbol"].to_list())
    with ThreadPoolExecutor(workers) as pool:
        parts = pool.map(lambda nth: _write(lake, interval, shares[nth], zones, folder, nth), range(len(shares)))
        return sum(parts, Summary())


def _batches(symbols: Sequence[str], rows: Sequence[int]) -> Iterator[list[str]]:
    """Neighbouring symbols of about BATCH_ROWS rows together."""
    batch, filled = list[str](), 0
    for symbol, count in zip(symbols, rows, strict=True):
        if batch and filled + count > BATCH_ROWS:
            yield batch
            batch, filled = [], 0
        batch.append(symbol)
        filled += count
    if batch:
        yield batch


def _shares(batches: Sequence[list[str]], workers: int) -> list[Sequence[list[str]]]:
    """The batches cut into at most as many stretches as there are workers; without any, into an empty one."""
    length = max(-(-len(batches) // workers), 1)
    return [batches[start : start + length] for start in range(0, max(len(batches), 1), length)]


def _zones(lake: Lake, symbols: list[str]) -> dict[str, str]:
    """The time zone of each symbol's exchange; UTC where it is not known."""
    exchanges = Register(lake.instruments()).exchanges(symbols)
    return {symbol: EXCHANGES[exchanges.get(symbol, "24/7")].zone for symbol in symbols}


def _write(
    lake: Lake, interval: Interval, batches: Sequence[list[str]], zones: Mapping[str, str], folder: Path, nth: int
) -> Summary:
    """The tables of one worker's batches, written as the `nth` file of each."""
    written = Summary()
    with ExitStack() as stack:
        writers = {
            table: stack.enter_context(_writer(folder / table / f"{nth:04}.parquet", schema))
            for table, schema in TABLES.items()
        }
        for symbols in batches:
            bars = lake.newest_bars(symbols[0], symbols[-1], interval, PRICES)
            if arrived := set(bars["symbol"].rle().struct.field("value")) - zones.keys():
                bars = bars.filter(~pl.col("symbol").is_in(arrived))  # after the work was shared out: next time
            tables = _tables(bars, zones)
            for name, table in tables.items():
                writers[name].write_table(table)
            written += Summary(**{name: table.num_rows for name, table in tables.items()})
    return written


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    # Readers shall see plain strings, hence no Arrow schema. Averages hardly compress, so the fastest codec.
    return pq.ParquetWriter(path, schema, compression="snappy", use_dictionary=["symbol"], store_schema=False)


def _tables(bars: pl.DataFrame, zones: Mapping[str, str]) -> dict[str, pa.Table]:
    """The three tables of BARS in order of symbol and time."""
    runs = bars["symbol"].rle().struct.unnest()
    lengths = runs["len"].to_numpy().astype(np.int64)
    firsts = np.cumsum(lengths) - lengths
    names = runs["value"].to_list()
    prices = {name: bars[name].fill_null(np.nan).to_numpy() for name in PRICES}
    stamps = bars["ts"].to_physical().to_numpy()
    hour = _hours(stamps, firsts)
    hours = pl.Series(stamps[hour] // HOUR * HOUR).cast(bars["ts"].dtype)
    of_hour = np.searchsorted(firsts, hour, "right") - 1
    dates = _dates(hours, [zones[name] for name in names], of_hour)
    day = np.flatnonzero(_changes(of_hour) | _changes(dates.to_physical().to_numpy()))

    def table(name: str, symbol: Places, *columns: object) -> pa.Table:
        keys = pa.DictionaryArray.from_arrays(symbol.astype(np.int32), pa.array(names, pa.string()))
        return pa.table([keys, *(pa.array(c, from_pandas=True) for c in columns)], schema=TABLES[name])

    means = (_means(values, hour[day]) for values in prices.values())
    averages = [_moving(closes) for closes in np.split(prices["close"], firsts[1:])]
    return {
        "daily": table("daily", of_hour[day], dates.gather(day).to_arrow(), *means),
        "hourly": table("hourly", of_hour, hours.to_arrow(), np.fmax.reduceat(prices["high"], hour)),
        "average": table(
            "average", np.repeat(np.arange(len(names)), lengths), bars["ts"].to_arrow(), np.concatenate(averages)
        ),
    }


def _changes(values: NDArray[np.int64] | NDArray[np.int32]) -> NDArray[np.bool_]:
    """True where a value differs from the one before it, and at the first."""
    return np.concatenate([[True], values[1:] != values[:-1]])


def _hours(stamps: Places, firsts: Places) -> Places:
    """Where each symbol's hours begin among rows in order of symbol and time."""
    begins = _changes(stamps // HOUR)
    begins[firsts] = True
    return np.flatnonzero(begins)


def _dates(hours: pl.Series, zones: Sequence[str], symbol: Places) -> pl.Series:
    """The trade date of each hour of the `symbol`-th zone; EXCHANGES lie whole hours from UTC, so no hour has two."""
    found = pl.Series([None] * hours.len(), dtype=pl.Date)
    of_hour = pl.Series(zones).gather(symbol)
    for zone in set(zones):
        found = hours.dt.convert_time_zone(zone).dt.date().zip_with(of_hour == zone, found)
    return found


def _means(values: Numbers, firsts: Places) -> Numbers:
    """The mean of each run of `values`, NaN left out; NaN for a run without any."""
    missing = np.isnan(values)
    counts = np.diff(firsts, append=values.size)
    if missing.any():
        values = np.where(missing, 0.0, values)
        counts = counts - np.add.reduceat(missing.astype(np.int64), firsts)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.add.reduceat(values, firsts) / counts)


def _moving(values: Numbers) -> Numbers:
    """The mean of the last 20 values at each of them, NaN for the first 19.

    Sums of 2, 4, 8 and 16 neighbours, then 16 + 4: five additions a row, and unlike a running sum neither rounding
    nor a NaN travels beyond its window.
    """
    if values.size < WINDOW:
        return np.full(values.size, np.nan)
    two = values[1:] + values[:-1]
    four = two[2:] + two[:-2]
    eight = four[4:] + four[:-4]
    sixteen = eight[8:] + eight[:-8]
    return np.concatenate([np.full(WINDOW - 1, np.nan), (sixteen[4:] + four[:-16]) / WINDOW])
