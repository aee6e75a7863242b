"""The one way into the lake: name the instruments, check, convert to raw, store; the same for files and vendors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from openbell.bars.adjust import unadjusted
from openbell.ingest.quality import check
from openbell.model import frames
from openbell.model.interval import DAY, MINUTE, Interval
from openbell.model.sessions import EXCHANGES, sessions
from openbell.store.lake import Lake
from openbell.store.register import Register

SLICE_ROWS = 1_000_000
"""Rows of one commit; what an interruption can lose of a running import."""


SEAM_ROWS = 500
"""Stored bars of a symbol that a new batch is checked beside."""


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
    named = register.identified(actions, on="ex_date")
    batch = _Batch(
        lake,
        named,
        now=now,
        origin=origin,
        promises_raw=promises_raw,
        adj_close=None if adj_close is None else register.identified(adj_close),
        progress=progress,
    )
    total = Stored()
    for part in bars.partition_by("interval", "scale"):
        rows = register.identified(part)
        _learn(lake, register, rows, now)
        total += batch.store(rows)
    return total + Stored(actions=lake.append_actions(batch.actions, now))


@dataclass(slots=True)
class _Batch:
    """What one delivery has in common; `actions` lose those that the checks set aside."""

    lake: Lake
    actions: pl.DataFrame
    now: datetime
    origin: str
    promises_raw: bool
    adj_close: pl.DataFrame | None
    progress: Callable[[int], None]

    def store(self, bars: pl.DataFrame) -> Stored:
        """Check and store bars of one interval and scale."""
        ids = bars["symbol"].unique().to_list()
        exchanges = Register(self.lake.instruments()).exchanges(ids)
        checked = check(
            bars,
            actions=self._due(ids, str(bars["scale"].item(0))),
            exchanges=exchanges,
            now=self.now,
            origin=self.origin,
            before=_before(self.lake, bars),
            adj_close=self.adj_close,
            promises_raw=self.promises_raw,
        )
        self.actions = _sound(self.actions, checked.rejects)
        actions = self.lake.append_actions(pl.concat([self.actions, checked.inferred]), self.now)
        clean = _raw(checked.clean, self.lake.actions(ids), exchanges, self.now)
        rejects = self.lake.append_rejects(checked.rejects, self.now)
        self.progress(bars.height - clean.height)
        return Stored(0, 0, rejects, actions, checked.notes) + self._append(clean)

    def _due(self, ids: Sequence[str], scale: str) -> pl.DataFrame:
        """The actions that the prices should show: those on record and those that came along; none once adjusted."""
        if scale == "total":
            return frames.frame_of(frames.ACTIONS)
        known = self.lake.actions(ids).select(*frames.ACTIONS)
        mine = self.actions.filter(pl.col("symbol").is_in(list(ids)))
        return pl.concat([known, mine]).unique(["symbol", "ex_date", "kind"], keep="last", maintain_order=True)

    def _append(self, clean: pl.DataFrame) -> Stored:
        rows = 0
        for start in range(0, clean.height, SLICE_ROWS):
            part = clean.slice(start, SLICE_ROWS)
            rows += self.lake.append_bars(part, self.now)
            self.progress(part.height)
        return Stored(rows, clean.height - rows)


def _sound(actions: pl.DataFrame, rejects: pl.DataFrame) -> pl.DataFrame:
    """The actions that no check set aside."""
    bad = rejects.filter(pl.col("interval").is_null()).select("symbol", pl.col("ts").dt.date().alias("ex_date"))
    return actions.join(bad, on=["symbol", "ex_date"], how="anti") if not bad.is_empty() else actions


def _before(lake: Lake, bars: pl.DataFrame) -> pl.DataFrame:
    """The stored bars shortly before the batch: the seam at which a jump would show."""
    interval = Interval.parse(bars["interval"].item(0))
    first = bars["ts"].min()
    if not isinstance(first, datetime):
        return frames.frame_of(frames.BARS)
    reach = timedelta(days=5) if interval.intraday else timedelta(days=45)
    ids = bars["symbol"].unique().to_list()
    earlier = lake.bars(ids, interval, first - reach, first).select(*frames.BARS)
    return earlier.group_by("symbol", maintain_order=True).tail(SEAM_ROWS).select(*frames.BARS)


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


def _learn(lake: Lake, register: Register, bars: pl.DataFrame, now: datetime) -> None:
    """Enter instruments that the register does not know; stamps that fit New York's hours tell the exchange."""
    new = [key for key in bars["symbol"].unique().sort() if register.instrument(key).exchange is None]
    if not new:
        return
    intraday = Interval.parse(bars["interval"].item(0)).intraday
    exchange = "XNYS" if intraday and _fits_new_york(bars) else None
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
