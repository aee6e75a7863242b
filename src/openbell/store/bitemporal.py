"""What is new among rows that a source tells: those never stored, or those it told differently last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import polars as pl

from openbell.model.frames import known
from openbell.store.table import Table


def append_once(table: Table, rows: pl.DataFrame, known_at: datetime) -> int:
    """Store the rows that were never stored before; returns how many were."""
    if rows.is_empty():
        return 0
    with table.writing():
        stored = _alike(table, rows).select(rows.columns).collect(engine="streaming")
        return table.append(known(_without(rows.unique(maintain_order=True), stored), known_at))


def append_changed(table: Table, rows: pl.DataFrame, event: Sequence[str], known_at: datetime) -> int:
    """Store the rows of each `event` of which the same source told something else last; returns how many were.

    All rows that a source tells at once of an event belong together, and are stored together. After the clock was set
    back they are known just after what they correct.
    """
    if rows.is_empty():
        return 0
    key, columns = [*event, "source"], rows.columns
    with table.writing():
        told = rows.unique(maintain_order=True)
        stored = _alike(table, told).collect(engine="streaming")
        last = last_told(stored, key).select(columns).join(told, on=key, how="semi", nulls_equal=True)
        changed = pl.concat([_without(told, last), _without(last, told)])
        fresh = told.join(changed, on=key, how="semi", nulls_equal=True)
        just_now = stored.filter(pl.col("known_at") == known_at).select(columns)
        rows = known(_without(fresh, just_now), known_at)
        return table.append(known_after(rows, stored.filter(pl.col("known_at") > known_at), key))


def known_after(rows: pl.DataFrame, corrected: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """The rows, known just after those `corrected` of the same `key` if they would be before."""
    least = corrected.group_by(key).agg(least=pl.max("known_at") + timedelta.resolution)
    joined = rows.join(least, on=key, how="left", maintain_order="left", nulls_equal=True)
    return joined.with_columns(pl.max_horizontal("known_at", "least").alias("known_at")).drop("least")


def last_told(rows: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """The rows of each `key` that were known last."""
    return rows.filter(pl.col("known_at") == pl.col("known_at").max().over(key))


def _alike(table: Table, rows: pl.DataFrame) -> pl.LazyFrame:
    """The stored rows of the same symbols and the same stretch of time as `rows`: all that can be equal to them."""
    symbols, order = rows["symbol"].unique(), pl.col(table.order)
    nameless, first, last = bool(symbols.null_count()), str(symbols.min() or ""), str(symbols.max() or "")
    files = [f for f in table.snapshot().files if nameless or f.may_hold(first, last)]
    mine = pl.col("symbol").is_in(symbols.implode(), nulls_equal=nameless)
    within = order.is_between(pl.lit(rows[table.order].min()), pl.lit(rows[table.order].max()))
    return table.scan(files).filter(mine, order.is_null() | within)


def _without(rows: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """The `rows` that are not among `others`."""
    return rows.join(others, on=rows.columns, how="anti", nulls_equal=True)
