"""The one way into the lake: name the instruments, check, convert to raw, store; the same for files and vendors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from openbell.bars.adjust import unadjusted
from openbell.bars.sessions import EXCHANGES, sessions
from openbell.ingest.quality import check
from openbell.model import frames
from openbell.model.interval import DAY, MINUTE, Interval
from openbell.store.lake import Lake
from openbell.store.register import Register

SLICE_ROWS = 1_000_000
"""Rows of one commit; what an interruption can lose of a running import."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a batch: rows that were new, rows that were there already, rows set aside, actions."""

    rows: int = 0
    known: int = 0
    rejects: int = 0
    actions: int = 0
    notes: tuple[str, ...] = ()

    def __add__(self, other: Stored) -> Stored:
        return Stored(
            self.rows + other.rows,
            self.known + other.known,
            self.rejects + other.rejects,
            self.actions + other.actions,
            tuple(dict.fromkeys((*self.notes, *other.notes))),
        )


def store(
    lake: Lake,
    bars: pl.DataFrame,
    actions: pl.DataFrame,
    *,
    now: datetime,
    origin: str,
    promises_raw: bool = False,
    adj_close: pl.DataFrame | None = None,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Stored:
    """Store BARS and ACTIONS as a source delivered them; `progress` is told how many rows are done with."""
    register = Register(lake.instruments())
    actions = register.identified(actions, on="ex_date")
    total = Stored(actions=lake.append_actions(actions, now))
    for (interval,), part in bars.partition_by("interval", as_dict=True).items():
        named = register.identified(part)
        _learn(lake, register, named, Interval.parse(str(interval)), now)
        total += _store_bars(
            lake,
            named,
            now=now,
            origin=origin,
            promises_raw=promises_raw,
            adj_close=None if adj_close is None else register.identified(adj_close),
            progress=progress,
        )
    return total


def _store_bars(
    lake: Lake,
    bars: pl.DataFrame,
    *,
    now: datetime,
    origin: str,
    promises_raw: bool,
    adj_close: pl.DataFrame | None,
    progress: Callable[[int], None],
) -> Stored:
    ids = bars["symbol"].unique().to_list()
    exchanges = Register(lake.instruments()).exchanges(ids)
    checked = check(
        bars,
        actions=lake.actions(ids),
        exchanges=exchanges,
        now=now,
        origin=origin,
        before=_before(lake, bars),
        adj_close=adj_close,
        promises_raw=promises_raw,
    )
    inferred = lake.append_actions(checked.inferred, now)
    clean = _raw(checked.clean, lake.actions(ids), exchanges, now)
    rejects = lake.append_rejects(checked.rejects, now)
    progress(bars.height - clean.height)
    rows = 0
    for start in range(0, clean.height, SLICE_ROWS):
        part = clean.slice(start, SLICE_ROWS)
        rows += lake.append_bars(part, now)
        progress(part.height)
    return Stored(rows, clean.height - rows, rejects, inferred, checked.notes)


def _before(lake: Lake, bars: pl.DataFrame) -> pl.DataFrame:
    """The stored bars shortly before the batch: the seam at which a jump would show."""
    interval = Interval.parse(bars["interval"].item(0))
    first = bars["ts"].min()
    if not isinstance(first, datetime):
        return frames.frame_of(frames.BARS)
    reach = timedelta(days=5) if interval.intraday else timedelta(days=45)
    ids = bars["symbol"].unique().to_list()
    return lake.bars(ids, interval, first - reach, first).select(*frames.BARS)


def _raw(bars: pl.DataFrame, actions: pl.DataFrame, exchanges: Mapping[str, str], now: datetime) -> pl.DataFrame:
    """Split-adjusted rows as they traded, with every split known by now; other rows as they are."""
    split = bars["scale"] == "split"
    step = Interval.parse(bars["interval"].item(0)) if not bars.is_empty() else MINUTE
    if not split.any() or not (step.intraday or step == DAY):  # an ex date may fall inside a longer bar
        return bars
    parts = [bars.filter(~split)]
    for (symbol,), rows in bars.filter(split).partition_by("symbol", as_dict=True).items():
        zone = EXCHANGES[exchanges.get(str(symbol), "24/7")].zone
        parts.append(unadjusted(rows, actions.filter(pl.col("symbol") == symbol), now.date(), zone=zone))
    return pl.concat(parts)


def _learn(lake: Lake, register: Register, bars: pl.DataFrame, interval: Interval, now: datetime) -> None:
    """Enter instruments that the register does not know; stamps that fit New York's hours tell the exchange."""
    new = [key for key in bars["symbol"].unique().sort() if register.instrument(key).exchange is None]
    if not new:
        return
    exchange = "XNYS" if interval.intraday and _fits_new_york(bars) else None
    rows = [
        {"id": key, "ticker": key, "exchange": exchange, "simulated": False, "source": bars["source"].item(0)}
        for key in new
        if exchange is not None or not register.knows(key)
    ]
    lake.append_instruments(frames.frame_of(frames.INSTRUMENTS, rows), now)


def _fits_new_york(bars: pl.DataFrame) -> bool:
    """Whether nearly all stamps lie inside New York's extended hours."""
    stamps = bars["ts"]
    first, last = stamps.min(), stamps.max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return False
    days = sessions("XNYS", first.date() - timedelta(days=1), last.date() + timedelta(days=1))
    inside = (
        stamps.sort()
        .to_frame()
        .join_asof(days.select("pre", "post"), left_on="ts", right_on="pre")
        .select((pl.col("ts") < pl.col("post")).fill_null(value=False).mean())
        .item()
    )
    return bool(inside >= 0.99)
