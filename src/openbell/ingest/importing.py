"""Price files into the lake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from openbell.bars.aggregate import bars_from
from openbell.ingest.exchange import NEW_YORK
from openbell.ingest.scale_day import scale_days
from openbell.ingest.storing import Stored, store
from openbell.model import frames
from openbell.model.interval import MINUTE
from openbell.model.sessions import sessions
from openbell.model.symbols import exchange_of
from openbell.providers.files import Contents, Reading, read
from openbell.store.lake import Lake
from openbell.store.register import Register


@dataclass(frozen=True, slots=True)
class Imported:
    """What one file held and what became of it."""

    path: Path
    preset: str
    symbols: tuple[str, ...]
    stored: Stored
    quotes: int = 0
    instruments: int = 0


def import_file(
    path: Path,
    lake: Lake,
    reading: Reading,
    *,
    now: datetime,
    started: Callable[[int], None] = lambda _rows: None,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Imported:
    """Read, check and store one file; raises UnreadableFile, Undecided or InvalidInput before anything is stored.

    `started` is told the number of rows once the file is read, `progress` how many more are done with.
    """
    contents = read(path, reading, now=now)
    known = Register(
        pl.concat([frame.select(*frames.INSTRUMENTS) for frame in (lake.instruments(), contents.instruments)])
    )
    days = scale_days(lake, known, contents.bars, contents.actions, path=path, given=reading.scale is not None, now=now)
    started(contents.bars.height + contents.trades.height)
    instruments = lake.append_instruments(contents.instruments, now)
    bars = _with_trades(contents, Register(lake.instruments()), reading)
    stored = store(
        lake,
        bars,
        contents.actions,
        now=now,
        origin=path.name,
        promises_raw=contents.promises_raw,
        scale_days=days,
        adj_close=contents.adj_close if contents.adj_close.height else None,
        recorded=True,
        progress=progress,
    )
    progress(contents.trades.height)
    register = Register(lake.instruments())
    rejects = lake.append_rejects(register.identified(contents.rejects), now)
    quotes = lake.append_quotes(register.identified(contents.quotes), now)
    return Imported(
        path,
        contents.preset,
        _symbols(bars, contents),
        stored + Stored(rejects=rejects, notes=contents.notes),
        quotes,
        instruments,
    )


def _with_trades(contents: Contents, register: Register, reading: Reading) -> pl.DataFrame:
    """The file's bars, and the minutes that its trades make, cut by the sessions of each symbol's exchange."""
    made = [contents.bars]
    for (ticker,), trades in contents.trades.partition_by("symbol", as_dict=True, maintain_order=True).items():
        first, last = trades.select(pl.min("ts").dt.date(), pl.max("ts").dt.date().alias("to")).row(0)
        exchange = register.instrument(register.id_of(str(ticker), last)).exchange
        venue = exchange or exchange_of(str(ticker)) or NEW_YORK
        days = sessions(venue, first - timedelta(days=1), last + timedelta(days=1))
        minutes = bars_from(trades, MINUTE, days).with_columns(source=pl.lit(reading.source or contents.preset))
        made.append(frames.conform(minutes, frames.BARS))
    return pl.concat(made)


def _symbols(bars: pl.DataFrame, contents: Contents) -> tuple[str, ...]:
    """The tickers that the file is about."""
    told = pl.concat([bars["symbol"], contents.actions["symbol"], contents.quotes["symbol"]]).unique().sort()
    return tuple(told if told.len() else contents.instruments["ticker"].unique().sort())
