"""The one way into the lake: name the instruments, check, convert to raw, store; the same for files and vendors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import polars as pl

from openbell.bars.adjust import adjusted, unadjusted
from openbell.ingest.exchange import newcomers
from openbell.ingest.quality import check
from openbell.ingest.scale_day import ScaleDays, as_paid, convertible, due_actions, zone_of
from openbell.model import frames
from openbell.model.frames import Scale
from openbell.model.interval import Interval
from openbell.store.lake import Lake
from openbell.store.register import Register

SLICE_ROWS = 1_000_000
"""Rows of one commit; what an interruption can lose of a running import."""


SEAM_ROWS = 500
"""Stored bars of a symbol that a new batch is checked beside."""
INTRADAY_SEAMS = (timedelta(hours=2), timedelta(days=5))
"""How far back those are looked for: most batches follow at once, some a long weekend later."""
DAILY_SEAM = timedelta(days=45)

TODAY = ScaleDays()
"""Split-adjusted prices are those of today."""


FEW = 3
"""So many rows are named of those set aside for one reason."""


@dataclass(frozen=True, slots=True)
class Aside:
    """Rows of a batch that were set aside for one reason; the first few by symbol and stamp, and by line of a file."""

    reason: str
    repaired: bool
    rows: int
    first: tuple[tuple[str | None, datetime | None], ...] = ()
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a batch: rows that were new, rows that were there already, rejects that were new, actions.

    `first` and `last` are the stamps of the rows that are in the lake now; `corrected`: how many of the new rows say
    something else of a bar than was shown before; `aside`: every row set aside, new or not.
    """

    rows: int = 0
    known: int = 0
    rejects: int = 0
    actions: int = 0
    notes: tuple[str, ...] = ()
    first: datetime | None = None
    last: datetime | None = None
    corrected: int = 0
    aside: tuple[Aside, ...] = ()

    def __add__(self, other: Stored) -> Stored:
        return Stored(
            self.rows + other.rows,
            self.known + other.known,
            self.rejects + other.rejects,
            self.actions + other.actions,
            tuple(dict.fromkeys((*self.notes, *other.notes))),
            min((s for s in (self.first, other.first) if s is not None), default=None),
            max((s for s in (self.last, other.last) if s is not None), default=None),
            self.corrected + other.corrected,
            _together((*self.aside, *other.aside)),
        )


def store(
    lake: Lake,
    bars: pl.DataFrame,
    actions: pl.DataFrame,
    *,
    now: datetime,
    origin: str,
    promises_raw: bool = False,
    scale_days: ScaleDays = TODAY,
    adj_close: pl.DataFrame | None = None,
    recorded: bool = False,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Stored:
    """Store BARS and ACTIONS as a source delivered them; `progress` is told how many rows are done with.

    Split-adjusted prices are as of their `scale_days`, else as of `now`. `recorded`: as Lake.append_bars has it.
    """
    register = Register(lake.instruments())
    named = _provable(lake, register, register.identified(actions, on="ex_date"), bars)
    batch = _Batch(
        lake,
        as_paid(named, lake.actions(list(scale_days.days)), scale_days.days),
        now=now,
        origin=origin,
        promises_raw=promises_raw,
        scale_days=scale_days,
        adj_close=None if adj_close is None else register.identified(adj_close),
        recorded=recorded,
        progress=progress,
    )
    total = Stored()
    for part in bars.partition_by("interval", "scale"):
        rows = register.identified(part)
        instruments, notes = newcomers(register, rows)
        lake.append_instruments(instruments, now)
        total += batch.store(rows) + Stored(notes=notes)
    return total + Stored(actions=lake.append_actions(batch.actions, now), notes=scale_days.notes)


def _provable(lake: Lake, register: Register, actions: pl.DataFrame, bars: pl.DataFrame) -> pl.DataFrame:
    """The actions without those that were withdrawn and come again without the prices of their day: nothing speaks for
    them anew, and a vendor tells all of them with every fetch. Other values are a correction."""
    gone = lake.withdrawn(actions["symbol"].unique().to_list())
    if gone.is_empty():
        return actions
    days = register.identified(bars).group_by("symbol").agg(pl.min("ts").dt.date(), last=pl.max("ts").dt.date())
    priced = pl.col("ex_date").is_between("ts", "last", closed="right").fill_null(value=False)
    unproved = gone.join(days, on="symbol", how="left").filter(~priced)
    return actions.join(unproved, on=["symbol", "ex_date", "kind", "ratio", "amount"], how="anti", nulls_equal=True)


@dataclass(slots=True)
class _Batch:
    """What one delivery has in common; `actions` lose those that the checks set aside."""

    lake: Lake
    actions: pl.DataFrame
    now: datetime
    origin: str
    promises_raw: bool
    scale_days: ScaleDays
    adj_close: pl.DataFrame | None
    recorded: bool
    progress: Callable[[int], None]

    def store(self, bars: pl.DataFrame) -> Stored:
        """Check and store bars of one interval and scale."""
        ids, scale = bars["symbol"].unique().to_list(), str(bars["scale"].item(0))
        register, due = Register(self.lake.instruments()), self._due(ids, scale)
        before = _before(self.lake, bars)
        checked = check(
            bars,
            actions=due,
            exchanges=register.exchanges(ids),
            now=self.now,
            origin=self.origin,
            before=self._converted(before, due, register, "split") if scale == "split" else before,
            adj_close=self.adj_close,
            promises_raw=self.promises_raw,
        )
        self.actions = _without(self.actions, checked.doubted)
        withdrawn = _withdrawn(self.lake.actions(ids), checked.doubted)
        actions = self.lake.append_actions(pl.concat([withdrawn, self.actions, checked.inferred]), self.now)
        clean = checked.clean
        if scale == "split":
            clean = self._converted(clean, self._due(ids, scale), register, "raw")
        rejects = self.lake.append_rejects(checked.rejects, self.now)
        self.progress(bars.height - clean.height)
        told = Stored(0, 0, rejects, actions, checked.notes, aside=_asides(checked.rejects))
        return told + self._append(clean)

    def _due(self, ids: Sequence[str], scale: str) -> pl.DataFrame:
        """The actions that the prices should show, or have taken out: those on record and those that came along, up
        to the scale day; none once adjusted."""
        if scale == "total":
            return frames.frame_of(frames.ACTIONS)
        due = due_actions(self.lake.actions(ids), self.actions.filter(pl.col("symbol").is_in(list(ids))))
        if scale == "raw":
            return due
        days = self.scale_days.days
        after = [(pl.col("symbol") == key) & (pl.col("ex_date") > days[key]) for key in ids if key in days]
        return due.filter(~pl.any_horizontal(after)) if after else due

    def _converted(self, bars: pl.DataFrame, due: pl.DataFrame, register: Register, to: Scale) -> pl.DataFrame:
        """Raw rows as a source delivers them that adjusts for the splits due, or such rows as they traded."""
        if bars.is_empty() or not convertible(bars):
            return bars
        today, parts = self.now.date(), []
        for (key,), rows in bars.partition_by("symbol", as_dict=True, maintain_order=True).items():
            splits, zone = (
                due.filter(pl.col("symbol") == key, pl.col("kind") != "dividend"),
                zone_of(register, str(key)),
            )
            if to == "raw":
                parts.append(unadjusted(rows, splits, today, zone=zone))
            else:
                parts.append(adjusted(rows.filter(pl.col("scale") != "total"), splits, to, zone=zone, as_of=today))
        return pl.concat(parts)

    def _append(self, clean: pl.DataFrame) -> Stored:
        rows = corrected = 0
        for start in range(0, clean.height, SLICE_ROWS):
            part = clean.slice(start, SLICE_ROWS)
            held = _held(self.lake, part)
            new = self.lake.append_bars(part, self.now, recorded=self.recorded)
            rows, corrected = rows + new, corrected + _corrected(part, held, new)
            self.progress(part.height)
        first, last = clean.select(pl.min("ts"), pl.max("ts").alias("last")).row(0)
        return Stored(rows, clean.height - rows, first=first, last=last, corrected=corrected)


def _without(actions: pl.DataFrame, doubted: pl.DataFrame) -> pl.DataFrame:
    """The actions that no check doubts."""
    return actions.join(doubted, on=["symbol", "ex_date", "kind", "amount"], how="anti", nulls_equal=True)


def _withdrawn(known: pl.DataFrame, doubted: pl.DataFrame) -> pl.DataFrame:
    """The ACTIONS that take back those on record that are in doubt: what is left of their events, or a row without
    an amount."""
    event, row = ["symbol", "ex_date", "kind"], ["symbol", "ex_date", "kind", "amount"]
    told = known.select(*frames.ACTIONS)
    back = told.join(doubted, on=row, how="semi")
    left = told.join(back, on=event, how="semi").join(doubted, on=row, how="anti")
    gone = back.join(left, on=event, how="anti").with_columns(amount=pl.lit(None, pl.Float64)).unique()
    return pl.concat([left, gone])


def _asides(rejects: pl.DataFrame) -> tuple[Aside, ...]:
    """The REJECTS by reason."""
    found = rejects.group_by("reason", "repaired", maintain_order=True).agg(pl.len(), pl.col("symbol", "ts").head(FEW))
    return tuple(
        Aside(reason, repaired, rows, tuple(zip(symbols, stamps, strict=True)))
        for reason, repaired, rows, symbols, stamps in found.iter_rows()
    )


def _together(asides: Sequence[Aside]) -> tuple[Aside, ...]:
    """One for each reason."""
    found: dict[tuple[str, bool], Aside] = {}
    for each in asides:
        known = found.setdefault((each.reason, each.repaired), replace(each, rows=0, first=(), lines=()))
        found[each.reason, each.repaired] = replace(
            known,
            rows=known.rows + each.rows,
            first=(known.first + each.first)[:FEW],
            lines=(known.lines + each.lines)[:FEW],
        )
    return tuple(found.values())


def _held(lake: Lake, rows: pl.DataFrame) -> pl.DataFrame:
    """The bars that are shown now in place of `rows`."""
    ids, interval = rows["symbol"].unique().to_list(), Interval.parse(rows["interval"].item(0))
    first, last = rows.select(pl.min("ts"), pl.max("ts").alias("last")).row(0)
    spans = lake.spans().filter(pl.col("symbol").is_in(ids), interval=str(interval))
    if spans.filter(pl.col("first") <= last, pl.col("last") >= first).is_empty():
        return frames.frame_of(frames.BARS)
    return lake.bars(ids, interval, first, last + timedelta.resolution).select(*frames.BARS)


def _corrected(rows: pl.DataFrame, held: pl.DataFrame, new: int) -> int:
    """How many of the `new` ones among `rows` say something else than the bars that were `held`."""
    if held.is_empty() or not new:
        return 0
    key, values = ["symbol", "ts"], ["open", "high", "low", "close", "volume"]
    unheld = rows.join(held, on=key, how="anti").height
    differing = rows.join(held, on=key, how="semi").join(held, on=[*key, *values], how="anti", nulls_equal=True)
    return min(new - unheld, differing.height)


def _before(lake: Lake, bars: pl.DataFrame) -> pl.DataFrame:
    """The stored bars shortly before the batch: the seam at which a jump would show."""
    interval = Interval.parse(bars["interval"].item(0))
    first = bars["ts"].min()
    if not isinstance(first, datetime):
        return frames.frame_of(frames.BARS)
    found, missing = [], bars["symbol"].unique().to_list()
    for reach in INTRADAY_SEAMS if interval.intraday else (DAILY_SEAM,):
        earlier = lake.bars(missing, interval, first - reach, first).select(*frames.BARS)
        found.append(earlier.group_by("symbol", maintain_order=True).tail(SEAM_ROWS).select(*frames.BARS))
        missing = [symbol for symbol in missing if symbol not in set(earlier["symbol"])]
        if not missing:
            break
    return pl.concat(found)
