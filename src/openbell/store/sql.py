"""Read-only SQL over the lake's files, answered by DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, count

import duckdb
import polars as pl

from openbell.model.errors import InvalidInput
from openbell.store.lake import Lake

VIEWS = {
    "bars": "every stored bar, with each source and correction",
    "actions": "splits, dividends and spin-offs",
    "rejects": "rows that were set aside, with the reason",
    "quotes": "historical quotes",
    "instruments": "the instrument register",
}


def query(lake: Lake, statement: str) -> pl.DataFrame:
    """The answer to one SELECT over the views `VIEWS`; raises InvalidInput for anything else or an error in it."""
    with duckdb.connect(":memory:") as connection:
        for name in VIEWS:
            connection.execute(f"create view {name} as {_source(lake, name)}")
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
