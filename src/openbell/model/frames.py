"""One schema per kind of market data; every frame between packages has one of these.

A source delivers frames without `known_at`; the desk adds it when it learns them (`known`). Instants are UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal, get_args

import polars as pl

Scale = Literal["raw", "split", "total"]
"""`raw`: as traded. `split`: back-adjusted for splits. `total`: for splits and dividends."""
SCALES: tuple[Scale, ...] = get_args(Scale)

Schema = Mapping[str, Any]

UTC = pl.Datetime("us", "UTC")

BARS: Schema = {
    "symbol": pl.String,  # the ticker as a source knows it; in the lake, the instrument's id
    "interval": pl.String,  # as Interval writes it
    "ts": UTC,  # the bar's start; a day or longer: its first date at 00:00 UTC
    "open": pl.Float64,  # prices in the instrument's currency; null where the source has none
    "high": pl.Float64,
    "low": pl.Float64,
    "close": pl.Float64,
    "volume": pl.Float64,  # units traded; null where the source has none
    "scale": pl.String,  # one of SCALES; `raw` unless the source cannot be converted back
    "source": pl.String,  # the provider's name, or the preset's of an imported file; see STREAM
}

STREAM = ":stream"
"""Behind the name of a source: the desk has made these bars of what its stream told."""
STREAMED = pl.col("source").str.ends_with(STREAM)

# A row with neither ratio nor amount withdraws what was told of the event before.
ACTIONS: Schema = {
    "symbol": pl.String,
    "ex_date": pl.Date,  # the first trade date without the entitlement
    "kind": pl.String,  # split | dividend | spinoff
    "ratio": pl.Float64,  # split: new units per old one (4:1 is 4.0); spinoff: what divides earlier prices
    "amount": pl.Float64,  # dividend: cash per unit as paid, on the raw scale of the ex date; else null
    "currency": pl.String,  # of the amount; null where not known
    "source": pl.String,
}

OWNER = "owner"
"""The source of ACTIONS that the desk's owner has decided on."""

QUOTES: Schema = {
    "symbol": pl.String,
    "ts": UTC,  # when the price was true
    "price": pl.Float64,
    "previous_close": pl.Float64,
    "open": pl.Float64,
    "high": pl.Float64,
    "low": pl.Float64,
    "volume": pl.Float64,  # of the session so far
    "bid": pl.Float64,
    "ask": pl.Float64,
    "bid_size": pl.Float64,
    "ask_size": pl.Float64,
    "currency": pl.String,
    "source": pl.String,
}

TRADES: Schema = {
    "symbol": pl.String,
    "ts": UTC,
    "seq": pl.Int64,  # order within the source, from 0
    "id": pl.Int64,  # the source's own number of the trade, with which it would tell it again; null where it has none
    "price": pl.Float64,
    "size": pl.Float64,
    "venue": pl.String,
    "condition": pl.String,  # the source's own code, null where it has none
    "suspicious": pl.Boolean,  # flagged by the source itself
    "source": pl.String,
}

REJECTS: Schema = {
    "symbol": pl.String,
    "interval": pl.String,
    "ts": UTC,  # null where the row's stamp could not be read
    "reason": pl.String,  # a short code: `ohlc_order`, `jump_100`, ...
    "detail": pl.String,  # a sentence with the numbers
    "row": pl.String,  # the row as it came, as JSON
    "repaired": pl.Boolean,  # whether a provable repair was stored in its place
    "source": pl.String,
    "origin": pl.String,  # the file or the call that brought it
}

INSTRUMENTS: Schema = {
    "id": pl.String,
    "ticker": pl.String,
    "valid_from": pl.Date,  # the first date the ticker was borne; null: from the beginning
    "valid_to": pl.Date,  # the last one; null: still
    "name": pl.String,
    "isin": pl.String,
    "exchange": pl.String,  # MIC such as XNYS; `24/7` for markets that never close
    "currency": pl.String,
    "type": pl.String,  # stock | etf | fund | index | currency | crypto
    "simulated": pl.Boolean,
    "source": pl.String,
}

MATCHES: Schema = {
    "ticker": pl.String,
    "name": pl.String,
    "exchange": pl.String,
    "currency": pl.String,
    "type": pl.String,
    "source": pl.String,
}

KNOWN: Schema = {"known_at": UTC}  # when the desk learned the row; a correction is a new row with a later one


def frame_of(schema: Schema, rows: Iterable[Mapping[str, object]] = ()) -> pl.DataFrame:
    """A frame of `schema` from rows as mappings; a missing field is null."""
    return pl.DataFrame(list(rows), schema=dict(schema), orient="row")


def conform(frame: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """`frame` with exactly the columns of `schema`, in order and type; a missing column is null."""
    columns = set(frame.columns)
    return frame.select(
        (pl.col(name) if name in columns else pl.lit(None)).cast(dtype).alias(name) for name, dtype in schema.items()
    )


def known(frame: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """`frame` with `known_at` = `at` on every row."""
    return frame.with_columns(pl.lit(at).cast(UTC).alias("known_at"))
