"""An import that is killed at any moment, and repeated, ends with exactly the rows of its files."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from openbell.model.interval import MINUTE
from openbell.store.lake import Lake

KILLS, ROUNDS = 20, 5
FILES, SYMBOLS, BARS = 8, 10, 3000
START = datetime(2026, 2, 2, tzinfo=UTC)


def write_files(folder: Path) -> pl.DataFrame:
    """FILES files of SYMBOLS x BARS minutes each, around the clock; returns all their rows."""
    folder.mkdir()
    rng = np.random.default_rng(7)
    stamps = pl.datetime_range(START, START + timedelta(minutes=BARS - 1), "1m", eager=True)
    written = []
    for number in range(FILES):
        parts = []
        for symbol in range(SYMBOLS):
            close = np.round(100 + np.cumsum(rng.normal(0, 0.01, BARS)), 2)
            parts.append(
                pl.DataFrame(
                    {
                        "symbol": f"Q{number}{symbol}",
                        "ts": stamps,
                        "open": close,
                        "high": close + 0.01,
                        "low": close - 0.01,
                        "close": close,
                        "volume": rng.integers(1, 500, BARS).astype(float),
                    }
                )
            )
        rows = pl.concat(parts)
        rows.with_columns(pl.col("ts").dt.strftime("%Y-%m-%dT%H:%M:%SZ")).write_csv(folder / f"part{number}.csv")
        written.append(rows)
    return pl.concat(written)


def start(folder: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "OPENBELL_HOME": str(folder / "home"), "OPENBELL_OFFLINE": "true"}
    command = [sys.executable, "-m", "openbell", "import", str(folder / "files"), "--stamp", "start"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def test_twenty_kills_at_random_moments_lose_and_repeat_no_row(tmp_path: Path):
    rows = write_files(tmp_path / "files")
    began = time.monotonic()
    (tmp_path / "home").mkdir()
    whole = start(tmp_path)
    output = whole.communicate(timeout=120)[0].decode()
    assert whole.returncode == 0, output
    length = time.monotonic() - began
    (tmp_path / "home").rename(tmp_path / "uninterrupted")

    chance = random.Random(11)
    for attempt in range(ROUNDS):
        for _ in range(KILLS // ROUNDS):
            length = killed_within(tmp_path, length, chance)
        last = start(tmp_path)
        output = last.communicate(timeout=120)[0].decode()
        assert last.returncode == 0, output
        assert_holds_exactly(tmp_path / "home" / "lake", rows)
        (tmp_path / "home").rename(tmp_path / f"home{attempt}")


def killed_within(folder: Path, length: float, chance: random.Random) -> float:
    """Kill an import at a random moment of `length` seconds; one that ended sooner shortens the next try's length."""
    for _ in range(20):
        process = start(folder)
        try:
            process.wait(timeout=chance.uniform(0.2, 1.0) * length)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return length
        process.communicate()
        length *= 0.8
    raise AssertionError("no import ran long enough to be killed")


def assert_holds_exactly(folder: Path, rows: pl.DataFrame) -> None:
    symbols = rows["symbol"].unique().to_list()
    lake = Lake(folder)
    columns = ["symbol", "ts", "open", "high", "low", "close", "volume"]
    stored = lake.bars(symbols, MINUTE, START, START + timedelta(days=30)).select(columns)
    assert stored.equals(rows.select(columns).sort("symbol", "ts").cast(stored.schema))
    assert {v.table: v.rows for v in lake.volumes()}["bars"] == rows.height
