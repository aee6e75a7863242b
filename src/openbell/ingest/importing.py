"""Price files into the lake."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from openbell.bars.aggregate import bars_from
from openbell.ingest.exchange import NEW_YORK
from openbell.ingest.scale_day import scale_days
from openbell.ingest.storing import FEW, Aside, Stored, store
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
    """The tickers in the file."""
    renamed: Mapping[str, str]
    """Those whose instrument bears another ticker by now, and that one."""
    stored: Stored
    quotes: int = 0
    instruments: int = 0


def import_file(
    path: Path,
    lake: Lake,
    reading: Reading,
    *,
    now: datetime,
    recorded: bool = False,
    started: Callable[[int], None] = lambda _rows: None,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Imported:
    """Read, check and store one file; raises UnreadableFile, Undecided or InvalidInput before anything is stored.

    `recorded`: what its source has ever said of a bar is not stored again, though it said something else since.
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
        recorded=recorded,
        progress=progress,
    )
    progress(contents.trades.height)
    register = Register(lake.instruments())
    rejects = lake.append_rejects(register.identified(contents.rejects), now)
    quotes = lake.append_quotes(register.identified(contents.quotes), now)
    stored += Stored(rejects=rejects, notes=contents.notes, aside=_unread(contents.rejects))
    return Imported(
        path,
        contents.preset,
        _symbols(bars, contents),
        _renamed(bars, register),
        replace(stored, aside=tuple(_located(each, contents.lines, register) for each in stored.aside)),
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


def _unread(rejects: pl.DataFrame) -> tuple[Aside, ...]:
    """The rows that could not be read at all; their details begin with the line."""
    found = rejects.group_by("reason", maintain_order=True).agg(
        pl.len(), lines=pl.col("detail").str.extract(r"^line (\d+)").cast(pl.Int64).drop_nulls().head(FEW)
    )
    return tuple(Aside(reason, False, rows, lines=tuple(lines)) for reason, rows, lines in found.iter_rows())


def _located(aside: Aside, lines: pl.DataFrame, register: Register) -> Aside:
    """`aside` with the lines of the rows that it names; of two of one stamp the first, which a later one replaced."""
    stamps = [stamp for _, stamp in aside.first]
    near = register.identified(lines.filter(pl.col("ts").is_in(stamps)))
    at = {(symbol, stamp): line for symbol, stamp, line in near.sort("line", descending=True).iter_rows()}
    return replace(aside, lines=aside.lines + tuple(sorted(at[row] for row in aside.first if row in at)))


def _renamed(bars: pl.DataFrame, register: Register) -> dict[str, str]:
    """The tickers of `bars` whose instrument bears another one by now."""
    told = bars.select("symbol", id=register.identified(bars)["symbol"]).unique()
    named = ((ticker, register.instrument(key).ticker) for ticker, key in told.iter_rows())
    return {ticker: now for ticker, now in named if now != ticker}


def _symbols(bars: pl.DataFrame, contents: Contents) -> tuple[str, ...]:
    """The tickers that the file is about."""
    told = pl.concat([bars["symbol"], contents.actions["symbol"], contents.quotes["symbol"]]).unique().sort()
    return tuple(told if told.len() else contents.instruments["ticker"].unique().sort())
