"""Read-only SQL over the lake's files, answered by DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, count
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

from openbell.model.errors import InvalidInput
from openbell.store.lake import Lake

VIEWS = {
    "bars": "stored bars as the desk shows them: of each symbol, interval and time the newest known",
    "bar_versions": "every stored bar, with each source and correction",
    "actions": "splits, dividends and spin-offs as the desk applies them",
    "action_versions": "everything that was ever told of them; without ratio and amount: withdrawn",
    "rejects": "rows that were set aside, with the reason",
    "quotes": "historical quotes",
    "instruments": "the instrument register",
}

MEMORY = "2GB"
"""What exceeds it is written to a temporary folder: the newest of 49 million bars takes more."""

# `Lake.bars` and `Lake.actions` in SQL. A filter on a column that a window is partitioned by is applied to the files.
NEWEST = {
    "bars": """
        select * from bar_versions
        qualify row_number() over (partition by symbol, interval, year, ts order by known_at desc, source desc) = 1""",
    "actions": """
        with last as (
            select * from action_versions qualify known_at = max(known_at) over (partition by symbol, ex_date, kind)
        ), told as (
            select * from last qualify source = max(source) over (partition by symbol, ex_date, kind)
        )
        select distinct * from told where coalesce(ratio, amount) is not null""",
}
STORED = {"bar_versions": "bars", "action_versions": "actions"}


def query(lake: Lake, statement: str) -> pl.DataFrame:
    """The answer to one SELECT over the views `VIEWS`; raises InvalidInput for anything else or an error in it."""
    with TemporaryDirectory() as spill, duckdb.connect(":memory:") as connection:
        create_views(lake, connection)
        connection.execute(f"set memory_limit = '{MEMORY}'")
        connection.execute(f"set temp_directory = '{_quoted(spill)}'")
        connection.execute(f"set allowed_directories = ['{_quoted(str(lake.root.resolve()))}']")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        try:
            parsed = connection.extract_statements(statement)
            if len(parsed) != 1 or parsed[0].type != duckdb.StatementType.SELECT:
                raise InvalidInput(
                    "sql", "Only a single SELECT is answered.", remedy="The lake is written by imports and fetches."
                )
            return _frame(connection.sql(statement))
        except duckdb.Error as error:
            views = ", ".join(VIEWS)
            raise InvalidInput("sql", f"{error}", remedy=f"The tables are {views}.") from error


def create_views(lake: Lake, connection: duckdb.DuckDBPyConnection) -> None:
    """Create the views `VIEWS` over the files of `lake`."""
    for name in sorted(VIEWS, key=NEWEST.__contains__):  # those that others are made of come first
        connection.execute(f"create view {name} as {NEWEST.get(name) or _source(lake, STORED.get(name, name))}")


def _frame(answer: duckdb.DuckDBPyRelation) -> pl.DataFrame:
    """The rows of `answer`: columns of one name are told apart, lengths of time become text."""
    names: list[str] = []
    for name in answer.columns:
        names.append(next(each for each in _numbered(name) if each not in names))
    lengths = ["INTERVAL" in str(kind) for kind in answer.types]
    if any(lengths):
        answer = answer.project(", ".join(f"#{n}{'::varchar' * text}" for n, text in enumerate(lengths, 1)))
    return pl.DataFrame(answer.to_arrow_table().rename_columns(names))


def _numbered(name: str) -> Iterator[str]:
    return chain([name], (f"{name}_{nth}" for nth in count(2)))


def _source(lake: Lake, name: str) -> str:
    paths = lake.paths(name)
    if not paths:
        columns = ", ".join(f"null::{kind} as {column}" for column, kind in lake.columns(name).items())
        return f"select {columns} where false"
    listed = ", ".join(f"'{_quoted(path)}'" for path in paths)
    partitioned = str(name == "bars").lower()
    return f"select * from read_parquet([{listed}], hive_partitioning = {partitioned})"  # noqa: S608  # our own paths


def _quoted(text: str) -> str:
    return text.replace("'", "''")
