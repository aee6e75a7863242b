"""How many bytes does a bar need on the disk after compaction?"""

from __future__ import annotations

from collections.abc import Iterator

from bench import lakes
from bench.rows import Row


def measure(symbols: int) -> Iterator[Row]:
    """The data files of the newest version, by the rows in them; DuckDB's table holds fewer columns of them."""
    lake = lakes.made_lake(symbols)
    bars = next(v for v in lake.volumes() if v.table == "bars")
    with lakes.made_duckdb(lake, symbols):
        table = lakes.duckdb_file(symbols).stat().st_size
    yield Row("size of a bar on disk", bars.size / bars.rows, "bytes", 16, {"DuckDB table": table / bars.rows})
