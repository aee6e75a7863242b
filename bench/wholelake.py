"""How long is the work over every bar: daily averages, hourly highs, moving averages, all written?"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import polars as pl
from polars.testing import assert_frame_equal

from bench import lakes
from bench.rows import Row, Skipped
from bench.timing import seconds
from openbell.model.interval import MINUTE
from openbell.store.lake import Lake
from openbell.summary import summarize

ROUNDS = 3
WRITTEN = """
    copy (select symbol, ts::date as date, avg(open) as open, avg(high) as high, avg(low) as low, avg(close) as close
          from bars group by all) to '{out}/daily/0.parquet';
    copy (select symbol, date_trunc('hour', ts) as hour, max(high) as high from bars group by all)
          to '{out}/hourly/0.parquet';
    copy (select symbol, ts, case when count(close) over last_20 = 20 then avg(close) over last_20 end as average
          from bars window last_20 as (partition by symbol order by ts rows 19 preceding))
          to '{out}/average/0.parquet'"""


def measure(symbols: int) -> Iterator[Row | Skipped]:
    """Openbell's median of three; each peer runs once, in a process of its own where it has one, and must agree."""
    lake = lakes.made_lake(symbols)
    out = lakes.folder(symbols) / "out"
    shutil.rmtree(out, ignore_errors=True)
    times = [seconds(partial(summarize, lake, MINUTE, out / f"ours-{nth}")) for nth in range(ROUNDS)]
    expected = _digest(out / "ours-0")
    peers = {}
    for name, run in _peers(lake, symbols).items():
        lakes.told(f"the whole lake in {name}")
        peers[name] = run(out / name)
        _assert_same(_digest(out / name), expected)
    shutil.rmtree(out)
    rows = f"{next(v for v in lake.volumes() if v.table == 'bars').rows / 1e6:.1f} million bars"
    question = f"daily averages, hourly highs, 20-bar averages of {rows}, written"
    yield Row(question, sorted(times)[ROUNDS // 2], "s", 6, peers)
    if why := _no_spark():
        yield Skipped(f"{question}: PySpark", why)


def _peers(lake: Lake, symbols: int) -> dict[str, Callable[[Path], float]]:
    def duckdb(out: Path) -> float:
        for table in ("daily", "hourly", "average"):
            (out / table).mkdir(parents=True)
        with lakes.made_duckdb(lake, symbols) as connection:
            return seconds(lambda: connection.execute(WRITTEN.format(out=out)))

    peers: dict[str, Callable[[Path], float]] = {
        "Polars": lambda out: _job("polars_job.py", out, lake),
        "DuckDB": duckdb,
    }
    if not _no_spark():
        peers["PySpark"] = lambda out: _job("spark_job.py", out, lake)
    return peers


def _no_spark() -> str:
    """Why PySpark cannot run here; empty when it can."""
    if find_spec("pyspark") is None:
        return "PySpark is not installed; `make bench` installs it"
    return "" if shutil.which("java") else "Java 17 is not installed"


def _job(script: str, out: Path, lake: Lake) -> float:
    """Run a peer's script on the lake's files with two threads; returns the seconds it says it took."""
    command = [sys.executable, str(Path(__file__).with_name(script)), str(out), *lake.paths("bars")]
    environment = os.environ | {"POLARS_MAX_THREADS": "2", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{script} failed:\n{done.stderr[-2000:]}")
    return float(done.stdout.split()[-1])


def _digest(folder: Path) -> dict[str, pl.DataFrame]:
    """The daily and hourly tables in full; of the 20-bar averages the number and the sum per symbol and day."""

    def table(name: str) -> pl.LazyFrame:
        return pl.scan_parquet(sorted((folder / name).glob("*.parquet")))

    average = pl.col("average")
    sums = table("average").group_by("symbol", pl.col("ts").dt.date().alias("date"))
    return {
        "daily": table("daily").sort("symbol", "date").collect(),
        "hourly": table("hourly").with_columns(pl.col("hour").dt.epoch("us")).sort("symbol", "hour").collect(),
        "average": sums.agg(average.count().alias("averages"), average.sum(), pl.len().alias("rows"))
        .sort("symbol", "date")
        .collect(engine="streaming"),
    }


def _assert_same(found: dict[str, pl.DataFrame], expected: dict[str, pl.DataFrame]) -> None:
    for name, table in expected.items():
        assert_frame_equal(found[name], table, check_dtypes=False, rel_tol=1e-9, abs_tol=1e-6)
