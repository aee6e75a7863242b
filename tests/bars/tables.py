"""Trades and bars as small tables, one row a line; instants are New York's wall clock on 2026-03-02 unless dated."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import UTC as ZULU
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
from polars.testing import assert_frame_equal

from openbell.model.frames import ACTIONS, BARS, TRADES, UTC, frame_of

NEW_YORK = ZoneInfo("America/New_York")
DAY = date(2026, 3, 2)


def at(text: str) -> datetime:
    """The instant of `09:30`, `09:30:01` or `2026-03-02T09:30` in New York; of a date alone, 00:00 UTC."""
    if "-" in text and "T" not in text:
        return datetime.fromisoformat(f"{text}T00:00:00+00:00")
    dated = text if "T" in text else f"{DAY}T{text}"
    return datetime.fromisoformat(dated).replace(tzinfo=NEW_YORK).astimezone(ZULU)


def number(text: str) -> float | None:
    return None if text == "-" else float(text)


def trades_of(table: str) -> pl.DataFrame:
    """TRADES from lines of symbol, time, price, size and optionally a sale condition; `!` marks a suspicious one."""
    rows = [line.split() for line in table.strip().splitlines()]
    return frame_of(
        TRADES,
        (
            {
                "symbol": row[0],
                "ts": at(row[1]),
                "seq": seq,
                "price": number(row[2]),
                "size": number(row[3]),
                "condition": row[4] if len(row) > 4 and row[4] != "!" else None,
                "suspicious": "!" in row,
                "source": "tape",
            }
            for seq, row in enumerate(rows)
        ),
    )


def bars_of(table: str, interval: str = "1m", scale: str = "raw", source: str = "tape") -> pl.DataFrame:
    """BARS from lines of symbol, time, open, high, low, close and volume; `-` is a missing value."""
    rows = [line.split() for line in table.strip().splitlines()]
    return frame_of(
        BARS,
        (
            {
                "symbol": row[0],
                "interval": interval,
                "ts": at(row[1]),
                **dict(zip(("open", "high", "low", "close", "volume"), map(number, row[2:7]), strict=True)),
                "scale": scale,
                "source": source,
            }
            for row in rows
        ),
    )


def closes_of(values: Iterable[float | None], symbol: str = "ACME", first: date = date(2026, 1, 1)) -> pl.DataFrame:
    """Daily BARS on consecutive dates, each at one price, of volume 100."""
    return frame_of(
        BARS,
        (
            {
                "symbol": symbol,
                "interval": "1d",
                "ts": at(str(first + timedelta(days=nth))),
                **dict.fromkeys(("open", "high", "low", "close"), value),
                "volume": 100.0,
                "scale": "raw",
                "source": "tape",
            }
            for nth, value in enumerate(values)
        ),
    )


def actions_of(table: str, source: str = "tape") -> pl.DataFrame:
    """ACTIONS from lines of symbol, ex date, kind and a number: the ratio, or a dividend's amount."""
    rows = [line.split() for line in table.strip().splitlines()]
    return frame_of(
        ACTIONS,
        (
            {
                "symbol": row[0],
                "ex_date": date.fromisoformat(row[1]),
                "kind": row[2],
                ("amount" if row[2] == "dividend" else "ratio"): number(row[3]),
                "currency": "USD" if row[2] == "dividend" else None,
                "source": source,
            }
            for row in rows
        ),
    )


def assert_bars(bars: pl.DataFrame, table: str, interval: str = "1m", scale: str = "raw") -> None:
    """The bars are those of the table, in full: every column, order and type."""
    assert_frame_equal(bars, bars_of(table, interval, scale), check_exact=False, rel_tol=1e-12)


def lean(path: Path, columns: list[str]) -> pl.DataFrame:
    """A LEAN archive's rows: the columns named, numbers where they are."""
    with zipfile.ZipFile(path) as archive:
        return pl.read_csv(io.BytesIO(archive.read(archive.namelist()[0])), has_header=False, new_columns=columns)


def lean_minutes(path: Path, symbol: str, day: date) -> pl.DataFrame:
    """A LEAN minute file as BARS: milliseconds since New York's midnight, prices in 1/10000."""
    rows = lean(path, ["ms", "open", "high", "low", "close", "volume"])
    return rows.select(
        pl.lit(symbol).alias("symbol"),
        pl.lit("1m").alias("interval"),
        since_midnight(day),
        (pl.col("open", "high", "low", "close") / 10_000).round(4),  # polars divides to within a digit of 2^53
        pl.col("volume").cast(pl.Float64),
        pl.lit("raw").alias("scale"),
        pl.lit("lean").alias("source"),
    )


def since_midnight(day: date) -> pl.Expr:
    midnight = datetime.combine(day, datetime.min.time(), NEW_YORK)
    return (pl.lit(midnight).dt.convert_time_zone("UTC") + pl.duration(milliseconds="ms")).cast(UTC).alias("ts")
