"""What one file holds, how the user may tell us to read it, and the rows that could not be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, get_args
from zoneinfo import available_timezones

import polars as pl

from openbell.model.errors import InvalidInput
from openbell.model.frames import (
    ACTIONS,
    BARS,
    INSTRUMENTS,
    QUOTES,
    REJECTS,
    SCALES,
    TRADES,
    UTC,
    Scale,
    Schema,
    frame_of,
)
from openbell.model.interval import Interval
from openbell.model.symbols import TICKER
from openbell.providers.files.stamps import DateOrder
from openbell.providers.files.table import LONGEST_STRAY, ROW, Table, missing, row_as_json

LONGEST_CELL = 80
"""Characters that are told of a cell which cannot be read."""

WHAT = {"ts": "stamp", "symbol": "symbol"}

LINES: Schema = {"symbol": pl.String, "ts": UTC, "line": pl.Int64}

ADJ_CLOSE: Schema = {"symbol": pl.String, "ts": UTC, "adj_close": pl.Float64}


@dataclass(frozen=True, slots=True)
class Reading:
    """How the user says a file is to be read; None: detect it, and raise Undecided where nothing proves it."""

    symbol: str | None = None
    interval: Interval | None = None
    source: str | None = None
    scale: Scale | None = None
    tz: str | None = None
    stamp: Literal["start", "end"] | None = None
    dates: DateOrder | None = None
    """The order of day, month and year."""
    columns: Mapping[str, str] | None = None
    """Our column (`ts`, `close`, ...) -> the file's."""

    def __post_init__(self) -> None:
        if self.scale is not None and self.scale not in SCALES:
            raise InvalidInput("scale", f"There is no scale {self.scale!r}.", remedy=f"Use {', '.join(SCALES)}.")
        if self.stamp is not None and self.stamp not in {"start", "end"}:
            raise InvalidInput("stamp", f"A stamp is no {self.stamp!r} of a bar.", remedy="Use start or end.")
        if self.dates is not None and self.dates not in get_args(DateOrder):
            orders = ", ".join(get_args(DateOrder))
            raise InvalidInput("dates", f"There is no order of dates {self.dates!r}.", remedy=f"Use {orders}.")
        if self.symbol is not None and not TICKER.fullmatch(self.symbol.upper()):
            raise InvalidInput(
                "symbol",
                f"{self.symbol!r} is no ticker.",
                remedy="Write letters, digits and . - ^ = / _ only, 20 at most; or leave it out.",
            )
        if self.tz is not None:
            _check_zone(self.tz)


def _check_zone(zone: str) -> None:
    """Raise InvalidInput unless this machine knows `zone`."""
    known = available_timezones()
    if zone in known:
        return
    near = get_close_matches(zone, sorted(known), n=1, cutoff=0.7)
    remedy = f"Did you mean {near[0]}?" if near else "Use a name such as America/New_York."
    raise InvalidInput("tz", f"There is no time zone {zone!r}.", remedy=remedy)


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything one file holds, without `known_at`: the desk adds it."""

    preset: str
    """The vendor's format, such as `lean-minute` or `yahoo`."""
    bars: pl.DataFrame
    actions: pl.DataFrame
    quotes: pl.DataFrame
    trades: pl.DataFrame
    instruments: pl.DataFrame
    rejects: pl.DataFrame
    """Rows that could not be parsed at all, reason `unreadable_row`."""
    adj_close: pl.DataFrame
    """ADJ_CLOSE: the vendor's own adjusted close, where it stands beside the actions that it should reflect."""
    promises_raw: bool
    """Whether the format declares its prices to be as traded."""
    notes: tuple[str, ...]
    """What was detected, and why."""
    lines: pl.DataFrame
    """LINES: on which line of the text each bar stands; none where it came from Parquet."""


def contents(
    preset: str,
    *,
    bars: pl.DataFrame | None = None,
    actions: pl.DataFrame | None = None,
    quotes: pl.DataFrame | None = None,
    trades: pl.DataFrame | None = None,
    instruments: pl.DataFrame | None = None,
    rejects: pl.DataFrame | None = None,
    adj_close: pl.DataFrame | None = None,
    promises_raw: bool = False,
    notes: Sequence[str] = (),
    lines: pl.DataFrame | None = None,
) -> Contents:
    """Contents with what is given, and the rest empty."""
    return Contents(
        preset,
        frame_of(BARS) if bars is None else bars,
        frame_of(ACTIONS) if actions is None else actions,
        frame_of(QUOTES) if quotes is None else quotes,
        frame_of(TRADES) if trades is None else trades,
        frame_of(INSTRUMENTS) if instruments is None else instruments,
        frame_of(REJECTS) if rejects is None else rejects,
        frame_of(ADJ_CLOSE) if adj_close is None else adj_close,
        promises_raw,
        tuple(notes),
        frame_of(LINES) if lines is None else lines,
    )


def lines_of(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """LINES of `rows` (symbol, ts, ROW) of the table."""
    return rows.select("symbol", "ts", line=ROW) if table.unit == "line" else frame_of(LINES)


def joined(parts: Sequence[Contents]) -> Contents:
    """The parts of one archive as one; bars sorted by symbol and ts, quotes and trades as well, each action once."""
    if len(parts) == 1:
        return parts[0]
    return Contents(
        " + ".join(dict.fromkeys(part.preset for part in parts)),
        pl.concat([part.bars for part in parts]).sort("symbol", "ts", maintain_order=True),
        pl.concat([part.actions for part in parts]).unique(maintain_order=True).sort("symbol", "ex_date", "kind"),
        pl.concat([part.quotes for part in parts]).sort("symbol", "ts", maintain_order=True),
        pl.concat([part.trades for part in parts]).sort("symbol", "ts", "seq", maintain_order=True),
        pl.concat([part.instruments for part in parts]).unique(maintain_order=True).sort("id", "valid_from"),
        pl.concat([part.rejects for part in parts]),
        pl.concat([part.adj_close for part in parts]),
        all(part.promises_raw for part in parts),
        tuple(dict.fromkeys(note for part in parts for note in part.notes)),
        pl.concat([part.lines for part in parts]),
    )


def parted(
    table: Table, rows: pl.DataFrame, written: Mapping[str, str], *, source: str, interval: str | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`rows` that were read, and REJECTS for those that were not, ragged ones included.

    `rows` stand in the order of the table; `written`: a column of `rows` -> the table's it was read from. `ts` and
    `symbol` must not be missing; numbers may. Raises UnreadableFile where no row is left.
    """
    if not any(rows[ours].null_count() for ours in written) and table.strays.is_empty():
        return rows, frame_of(REJECTS)
    cells = table.frame.select(pl.col(theirs).alias(f"{ours}#") for ours, theirs in written.items())
    why = pl.coalesce(_why(ours, theirs) for ours, theirs in written.items())
    judged = pl.concat([rows, cells], how="horizontal").with_columns(why=why)
    bad = judged["why"].is_not_null()
    if bad.all() and not rows.is_empty():
        raise table.refuse(f"no row can be read: {judged['why'][0]}.", "Check that this is a price file.")
    as_written = table.frame.filter(bad).select(
        ROW, row=row_as_json([name for name in table.frame.columns if name != ROW])
    )
    unread = judged.filter(bad).select("symbol", "ts", ROW, "why").join(as_written, on=ROW, maintain_order="left")
    only = rows["symbol"].item(0) if rows["symbol"].n_unique() == 1 else None
    strays = table.strays.select(
        pl.lit(only, pl.String).alias("symbol"),
        pl.lit(None, UTC).alias("ts"),
        ROW,
        pl.col("detail").alias("why"),
        "row",
    )
    origin = table.path if table.path.endswith(table.name) else f"{table.path} ({table.name})"
    both = pl.concat([unread, strays]).with_columns(where=pl.format(f"{table.unit} {{}}", ROW))
    return rows.filter(~bad), _rejects(both, origin, source=source, interval=interval)


def _why(ours: str, theirs: str) -> pl.Expr:
    """The sentence of a cell that could not be read; null where it could, or where nothing was written."""
    cell, named = pl.col(f"{ours}#"), pl.lit(theirs)
    shown = cell.cast(pl.String).str.head(LONGEST_CELL)
    if ours in WHAT:
        what = pl.format("{} is {}, which is no {}", named, shown.fill_null("missing"), pl.lit(WHAT[ours]))
        return pl.when(pl.col(ours).is_null()).then(what)
    return pl.when(pl.col(ours).is_null() & ~missing(cell)).then(
        pl.format("{} is {}, which is no number", named, shown)
    )


def _rejects(unread: pl.DataFrame, origin: str, *, source: str, interval: str | None) -> pl.DataFrame:
    return unread.sort(ROW).select(
        "symbol",
        pl.lit(interval, pl.String).alias("interval"),
        pl.col("ts").cast(UTC),
        pl.lit("unreadable_row").alias("reason"),
        pl.format("{}: {}", "where", "why").alias("detail"),
        pl.col("row").str.head(LONGEST_STRAY),
        pl.lit(value=False).alias("repaired"),
        pl.lit(source).alias("source"),
        pl.lit(origin).alias("origin"),
    )
