"""How fast is a CSV of a million rows imported: read, understood, checked, stored and on the disk?"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import polars as pl

from bench import lakes, market
from bench.rows import Row
from bench.timing import median_s
from openbell.ingest.importing import import_file
from openbell.providers.files import Reading
from openbell.store.lake import Lake

ROWS = 1_000_000
ROUNDS = 5


def measure(_symbols: int) -> Iterator[Row]:
    """Each round fills an empty lake; Polars only parses the same file."""
    path = _csv()
    _import(path)  # the first import of a process also loads calendars
    ours = median_s([partial(_import, path)] * ROUNDS)
    polars = median_s([partial(pl.read_csv, path, try_parse_dates=True)] * ROUNDS)
    yield Row(
        "import of a CSV of 1 million rows",
        ROWS / ours,
        "rows/s",
        500_000,
        {"polars.read_csv alone": ROWS / polars},
        more=True,
    )


def _import(path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=lakes.KEPT) as home:
        stored = import_file(path, Lake(Path(home)), Reading(), now=lakes.KNOWN_AT).stored
    if stored.rows != ROWS:
        raise AssertionError(f"the import stored {stored.rows:,} of {ROWS:,} rows: {stored}")


def _csv() -> Path:
    """Eleven symbols' minutes, cut at a million rows."""
    path = lakes.KEPT / "million.csv"
    if not path.exists():
        lakes.told("writing the CSV")
        lakes.KEPT.mkdir(exist_ok=True)
        grid = market.minutes()
        bars = pl.concat(market.bars_of(nth, name, grid) for nth, name in enumerate(market.tickers(11)))
        columns = bars.head(ROWS).select("symbol", "ts", "open", "high", "low", "close", "volume")
        columns.write_csv(path, datetime_format="%Y-%m-%dT%H:%M:%SZ")
    return path
