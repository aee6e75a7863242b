"""The lake under measurement, made once and kept in `.bench/`; and DuckDB's own table of the same rows."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl

from bench import market
from openbell.model import frames
from openbell.store.lake import Lake

KEPT = Path(__file__).resolve().parents[1] / ".bench"
BATCH = 25
"""Symbols of one commit."""
KNOWN_AT = datetime(2025, 1, 2, tzinfo=UTC)


def folder(symbols: int) -> Path:
    """Where the data of a market of so many symbols are kept."""
    return KEPT / f"{symbols}-symbols"


def made_lake(symbols: int) -> Lake:
    """The compacted lake of `symbols` symbols with a year of minute bars each; made when it is not there yet."""
    home = folder(symbols)
    if not (home / "made").exists():
        shutil.rmtree(home, ignore_errors=True)
        _fill(Lake(home / "lake"), symbols)
        (home / "made").touch()
    return Lake(home / "lake")


def _fill(lake: Lake, symbols: int) -> None:
    grid, names = market.minutes(), market.tickers(symbols)
    start = frames.frame_of(
        frames.INSTRUMENTS,
        [{"id": n, "ticker": n, "exchange": "XNYS", "simulated": True, "source": "bench"} for n in names],
    )
    lake.append_instruments(start, KNOWN_AT)
    for first in range(0, symbols, BATCH):
        told(f"making the lake: symbol {first} of {symbols}")
        batch = enumerate(names[first : first + BATCH], start=first)
        lake.append_bars(pl.concat(market.bars_of(nth, name, grid) for nth, name in batch), KNOWN_AT)
    told("compacting the lake")
    lake.compact()


def duckdb_file(symbols: int) -> Path:
    """DuckDB's own database."""
    return folder(symbols) / "peer.duckdb"


def made_duckdb(lake: Lake, symbols: int) -> duckdb.DuckDBPyConnection:
    """DuckDB on its own table of the lake's bars, sorted by symbol and time; made when it is not there yet."""
    path = duckdb_file(symbols)
    if not path.exists():
        told("filling DuckDB's table")
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)
        with duckdb.connect(part) as connection:
            connection.execute("set threads = 2")
            connection.execute(
                "create table bars as select symbol, ts, open, high, low, close, volume"
                " from read_parquet($1) order by symbol, ts",
                [sorted(lake.paths("bars"))],
            )
        part.rename(path)
    connection = duckdb.connect(path, read_only=True)
    connection.execute("set threads = 2")
    connection.execute("set timezone = 'UTC'")
    return connection


def told(step: str) -> None:
    """Say on the error stream what is being done."""
    print(f"  .. {step}", file=sys.stderr, flush=True)
