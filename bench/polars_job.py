"""The whole-lake job in plain Polars: `polars_job.py OUT FILE...` writes three Parquet tables, prints the seconds."""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter

import polars as pl


def tables(bars: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
    """Daily averages, hourly highs and the mean of the last 20 closes."""
    ts = pl.col("ts")
    means = pl.col("open", "high", "low", "close").mean()
    return {
        "daily": bars.group_by("symbol", ts.dt.date().alias("date")).agg(means),
        "hourly": bars.group_by("symbol", ts.dt.truncate("1h").alias("hour")).agg(pl.max("high")),
        "average": bars.select("symbol", "ts", average=pl.col("close").rolling_mean(20).over("symbol")),
    }


def main(out: Path, files: list[str]) -> None:
    """Take the time from the first read to the last write."""
    start = perf_counter()
    for name, table in tables(pl.scan_parquet(files, hive_partitioning=False)).items():
        (out / name).mkdir(parents=True)
        table.sink_parquet(out / name / "0.parquet")
    print(perf_counter() - start)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
