"""Price files into the lake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from openbell.bars.aggregate import bars_from
from openbell.ingest.scale_day import scale_days
from openbell.ingest.storing import Stored, store
from openbell.model import frames
from openbell.model.interval import MINUTE
from openbell.model.sessions import sessions
from openbell.providers.files import Contents, Reading, read
from openbell.store.lake import Lake
from openbell.store.register import Register


@dataclass(frozen=True, slots=True)
class Imported:
    """What one file held and what became of it."""

    path: Path
    preset: str
    symbols: tuple[str, ...]
    first: datetime | None
    last: datetime | None
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
    bars = _with_trades(contents)
    stored = store(
        lake,
        bars,
        contents.actions,
        now=now,
        origin=path.name,
        promises_raw=contents.promises_raw,
        scale_days=days,
        adj_close=contents.adj_close if contents.adj_close.height else None,
        progress=progress,
    )
    progress(contents.trades.height)
    register = Register(lake.instruments())
    rejects = lake.append_rejects(register.identified(contents.rejects), now)
    quotes = lake.append_quotes(register.identified(contents.quotes), now)
    return Imported(
        path,
        contents.preset,
        tuple(bars["symbol"].unique().sort()),
        _first(bars["ts"].min()),
        _first(bars["ts"].max()),
        stored + Stored(rejects=rejects, notes=contents.notes),
        quotes,
        instruments,
    )


def _with_trades(contents: Contents) -> pl.DataFrame:
    """The file's bars, and the minutes that its trades make."""
    if contents.trades.is_empty():
        return contents.bars
    first, last = contents.trades["ts"].min(), contents.trades["ts"].max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return contents.bars
    days = sessions("XNYS", first.date() - timedelta(days=1), last.date() + timedelta(days=1))
    minutes = bars_from(contents.trades, MINUTE, days).with_columns(source=pl.lit(contents.preset))
    return pl.concat([contents.bars, frames.conform(minutes, frames.BARS)])


def _first(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None
