"""The lake: bars, actions, rejects, quotes and instruments for good; append-only and bitemporal.

A row is never changed: a correction is a new row with a later `known_at`, and a read takes the newest one known at
`as_of`. Writing the same rows again stores nothing, so an interrupted import is simply repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

from openbell.model import frames
from openbell.model.errors import InvalidInput
from openbell.model.interval import Interval
from openbell.store.barversions import as_bars, in_order, newest, unknown
from openbell.store.bitemporal import append_changed, append_once, last_told
from openbell.store.reads import Reads
from openbell.store.table import DataFile, Table

COMPACT_ABOVE: Final = 8
"""A partition with more small files than this is tidied by `compact`."""
SMALL_FILE: Final = 32_000_000
"""Bytes; a larger file is left as it is, so a long history is not rewritten for every new day."""


class Version(NamedTuple):
    """The state of the tables that make history."""

    bars: int
    actions: int
    instruments: int


@dataclass(frozen=True, slots=True)
class Volume:
    """How large a table is."""

    table: str
    rows: int
    files: int
    size: int


class Lake:
    """The tables in a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        lake = {name: {**schema, **frames.KNOWN} for name, schema in _SCHEMAS.items()}
        lake["bars"]["year"] = pl.Int32
        self._bars = Table(root / "bars", lake["bars"], partition_by=["interval", "year"], order="ts")
        self._actions = Table(root / "actions", lake["actions"], order="ex_date")
        self._rejects = Table(root / "rejects", lake["rejects"], order="ts")
        self._quotes = Table(root / "quotes", lake["quotes"], order="ts")
        self._instruments = Table(
            root / "instruments", {"symbol": pl.String, **lake["instruments"]}, order="valid_from"
        )
        self._tables = {
            "bars": self._bars,
            "actions": self._actions,
            "rejects": self._rejects,
            "quotes": self._quotes,
            "instruments": self._instruments,
        }
        self._reads = Reads()
        self._spans: dict[str, pl.DataFrame] = {}
        _refuse_address(root)

    # bars

    def append_bars(
        self, bars: pl.DataFrame, known_at: datetime, *, recorded: bool = False, provisional: bool = False
    ) -> int:
        """Store the BARS that are new or corrected; returns how many were.

        Where a source comes back to what it said before, that is a correction too, unless `recorded`: the files of a
        folder that contradict each other would correct each other again at each import. `provisional` bars, which a
        stream made, are not stored where anything but a stream has told of that time: it knows better.

        A correction is known later, whatever the clock says: after it was set back, just after the bar that it
        corrects, which is its source's own, or one that a stream made.
        """
        if bars.is_empty():
            return 0
        rows = frames.known(frames.conform(bars, frames.BARS), known_at)
        rows = rows.with_columns(pl.col("ts").dt.year().alias("year"))
        with self._bars.writing():
            return self._bars.append(self._unknown(rows, ever=recorded, provisional=provisional))

    def _unknown(self, rows: pl.DataFrame, *, ever: bool, provisional: bool) -> pl.DataFrame:
        """The rows that `unknown` tells from what is stored."""
        files = [f for f in self._bars.snapshot().files if _touches(f, rows)]
        if not files:
            return rows
        first, last = rows["ts"].min(), rows["ts"].max()
        symbols = rows["symbol"].unique().to_list()
        wanted = pl.col("symbol").is_in(symbols) & pl.col("ts").is_between(first, last)
        stored = pl.concat(
            [
                self._bars.scan([f]).filter(wanted).with_columns(pl.lit(f.partition["interval"]).alias("interval"))
                for f in files
            ]
        ).collect()
        return unknown(rows, stored, ever=ever, provisional=provisional)

    def bars(
        self,
        symbols: Sequence[str],
        interval: Interval,
        start: datetime,
        end: datetime,
        *,
        as_of: datetime | None = None,
    ) -> pl.DataFrame:
        """BARS and `known_at` with start <= ts < end as known at `as_of`, by symbol and time; repeats are cached."""
        snapshot = self._bars.snapshot()
        key = (snapshot.version, tuple(symbols), interval, start, end, as_of)
        if (found := self._reads.find(key)) is not None:
            return found
        result = self._read_bars(snapshot.files, symbols, interval, start, end, as_of)
        self._reads.remember(key, result)
        return result

    def _read_bars(
        self,
        files: Sequence[DataFile],
        symbols: Sequence[str],
        interval: Interval,
        start: datetime,
        end: datetime,
        as_of: datetime | None,
    ) -> pl.DataFrame:
        rows = self._told_bars(files, symbols, interval, start, end, as_of)
        return as_bars(rows if in_order(rows, symbols) else newest(rows), interval)

    def bars_by_source(
        self, symbols: Sequence[str], interval: Interval, start: datetime, end: datetime
    ) -> pl.DataFrame:
        """BARS and `known_at` with start <= ts < end: of each source the one that it told last."""
        rows = self._told_bars(self._bars.snapshot().files, symbols, interval, start, end, None)
        last = rows.sort("symbol", "ts", "source", "known_at").unique(
            ["symbol", "ts", "source"], keep="last", maintain_order=True
        )
        return as_bars(last, interval)

    def _told_bars(
        self,
        files: Sequence[DataFile],
        symbols: Sequence[str],
        interval: Interval,
        start: datetime,
        end: datetime,
        as_of: datetime | None,
    ) -> pl.DataFrame:
        """Every stored version of the bars asked for."""
        chosen = _holding(files, symbols, interval, start, end)
        if not chosen:
            return pl.DataFrame(schema={name: kind for name, kind in self._bars.schema.items() if name != "interval"})
        wanted = (pl.col("symbol") == symbols[0]) if len(symbols) == 1 else pl.col("symbol").is_in(list(symbols))
        wanted &= (pl.col("ts") >= start) & (pl.col("ts") < end)
        if as_of is not None:
            wanted &= pl.col("known_at") <= as_of
        return self._bars.scan(chosen).filter(wanted).collect()

    def stamps(self, symbol: str, interval: Interval, start: datetime, end: datetime) -> pl.Series:
        """The `ts` of every stored bar of `symbol` with start <= ts < end, in no order; nothing else of it is read."""
        files = _holding(self._bars.snapshot().files, [symbol], interval, start, end)
        wanted = (pl.col("symbol") == symbol) & (pl.col("ts") >= start) & (pl.col("ts") < end)
        return self._bars.scan(files).filter(wanted).select("ts").collect()["ts"]

    def newest_bars(self, first: str, last: str, interval: Interval, columns: Sequence[str]) -> pl.DataFrame:
        """`symbol`, `ts` and `columns` of every bar of the symbols from `first` to `last`, newest known, in order.

        For work over the whole lake: nothing is kept in memory, and nothing is read that was not asked for.
        """
        files = [
            f
            for f in self._bars.snapshot().files
            if f.partition["interval"] == str(interval) and f.may_hold(first, last)
        ]
        stored = self._bars.scan(files).filter(pl.col("symbol").is_between(pl.lit(first), pl.lit(last)))
        wanted = ["symbol", "ts", *columns]
        rows = stored.select(wanted).collect()
        if in_order(rows):
            return rows
        rows = rows.sort("symbol", "ts")
        return rows if in_order(rows) else newest(stored.collect()).select(wanted)

    def spans(self) -> pl.DataFrame:
        """What there is: symbol, interval, first and last ts, and the number of stored rows."""
        known = self._spans
        spans = {f.path: known[f.path] if f.path in known else self._span(f) for f in self._bars.snapshot().files}
        self._spans = spans  # those of files that a compaction has replaced are forgotten
        if not spans:
            return frames.frame_of(_SPANS)
        return (
            pl.concat(spans.values())
            .group_by("symbol", "interval")
            .agg(pl.min("first"), pl.max("last"), pl.sum("rows"))
            .sort("symbol", "interval")
        )

    def _span(self, file: DataFile) -> pl.DataFrame:
        interval = pl.lit(file.partition["interval"]).alias("interval")
        return self._bars.extents(file).with_columns(interval).select(*_SPANS)

    # actions, rejects, quotes

    def append_actions(self, actions: pl.DataFrame, known_at: datetime) -> int:
        """Store the ACTIONS that are new or corrected; returns how many were.

        What a source tells at once of one symbol, date and kind belongs together: two dividends are two rows, and what
        it tells later replaces them all. A row without `ratio` and `amount` withdraws what was told before; where the
        owner has done so, nobody else brings the event back.
        """
        rows = self._not_undone(frames.conform(actions, frames.ACTIONS))
        return append_changed(self._actions, rows, ["symbol", "ex_date", "kind"], known_at)

    def _not_undone(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The ACTIONS without those that the owner has withdrawn; the owner's own all stay."""
        key, own = ["symbol", "ex_date", "kind"], pl.col("source") == frames.OWNER
        undone = last_told(self.withdrawn(rows["symbol"].unique().to_list()), key).filter(own)
        others = rows.filter(~own).join(undone, on=key, how="anti")
        return pl.concat([rows.filter(own), others])

    def withdrawn(self, symbols: Sequence[str]) -> pl.DataFrame:
        """All that was ever told, as ACTIONS and `known_at`, of those events of `symbols` that are withdrawn now."""
        key, known = ["symbol", "ex_date", "kind"], self._known(self._actions, None, symbols)
        nothing = pl.all_horizontal(pl.col("ratio", "amount").is_null())
        return known.join(last_told(known, key).filter(nothing.all().over(key)), on=key, how="semi")

    def actions(self, symbols: Sequence[str] | None = None, *, as_of: datetime | None = None) -> pl.DataFrame:
        """ACTIONS and `known_at`, oldest first; where several sources tell of the same event, the newest known."""
        key = ["symbol", "ex_date", "kind"]
        rows = last_told(self._known(self._actions, as_of, symbols), key)
        rows = rows.filter(pl.col("source") == pl.col("source").max().over(key))  # two that were told at once
        return rows.filter(pl.any_horizontal(pl.col("ratio", "amount").is_not_null())).unique().sort(*key, "amount")

    def append_rejects(self, rejects: pl.DataFrame, known_at: datetime) -> int:
        """Store the REJECTS that are new; returns how many were."""
        return append_once(self._rejects, frames.conform(rejects, frames.REJECTS), known_at)

    def rejects(
        self,
        *,
        source: str | None = None,
        reason: str | None = None,
        symbol: str | None = None,
        offset: int = 0,
        limit: int | None = None,
    ) -> pl.DataFrame:
        """REJECTS and `known_at`, newest known first; of a long list only the page asked for is held in memory."""
        stored = self._rejects.scan(self._rejects.snapshot().files).with_row_index("nth")
        order, falling = ["known_at", "symbol", "ts", "nth"], [True, False, False, False]
        wanted = _equal(source=source, reason=reason, symbol=symbol)
        listed = stored.filter(wanted).select(order).sort(order, descending=falling)
        page = listed.slice(offset, limit).collect(engine="streaming")
        bounds = [(c.name, c.min(), c.max()) for c in page.select("known_at", "ts") if not c.null_count()]
        near = [pl.col(name).is_between(pl.lit(first), pl.lit(last)) for name, first, last in bounds]  # spares decoding
        rows = stored.filter(*near, pl.col("nth").is_in(page["nth"].implode()))
        return rows.collect(engine="streaming").sort(order, descending=falling).drop("nth")

    def reject_counts(
        self, *, source: str | None = None, reason: str | None = None, symbol: str | None = None
    ) -> pl.DataFrame:
        """How many rows of each `source` were set aside for each `reason` (`count`), and when last (`latest`)."""
        return (
            self._rejects.scan(self._rejects.snapshot().files)
            .filter(_equal(source=source, reason=reason, symbol=symbol))
            .group_by("source", "reason")
            .agg(pl.len().alias("count"), pl.max("known_at").alias("latest"))
            .collect(engine="streaming")
            .sort("source", "reason")
        )

    def append_quotes(self, quotes: pl.DataFrame, known_at: datetime) -> int:
        """Store historical QUOTES that are new; returns how many were."""
        return append_once(self._quotes, frames.conform(quotes, frames.QUOTES), known_at)

    def quotes(self, symbol: str, start: datetime, end: datetime) -> pl.DataFrame:
        """Historical QUOTES of `symbol` with start <= ts < end, oldest first."""
        rows = self._quotes.scan(self._quotes.snapshot().files)
        wanted = (pl.col("symbol") == symbol) & (pl.col("ts") >= start) & (pl.col("ts") < end)
        return rows.filter(wanted).collect().sort("ts")

    # instruments

    def append_instruments(self, instruments: pl.DataFrame, known_at: datetime) -> int:
        """Store the INSTRUMENTS that are new or corrected; returns how many were."""
        rows = frames.conform(instruments, frames.INSTRUMENTS).with_columns(pl.col("id").alias("symbol"))
        return append_changed(self._instruments, rows, ["symbol", "ticker", "valid_from"], known_at)

    def instruments(self) -> pl.DataFrame:
        """INSTRUMENTS and `known_at`: the newest known of each ticker period, by id and period."""
        rows = self._known(self._instruments, None).sort("known_at", maintain_order=True)
        return (
            rows.unique(["id", "ticker", "valid_from"], keep="last", maintain_order=True)
            .select(*frames.INSTRUMENTS, *frames.KNOWN)
            .sort("id", "valid_from", nulls_last=False)
        )

    def version(self) -> Version:
        """Changes whenever bars, actions or instruments do: what a cached answer depends on."""
        return Version(*(table.snapshot().version for table in (self._bars, self._actions, self._instruments)))

    # upkeep

    def volumes(self) -> list[Volume]:
        """The size of each table, for the sources page and `doctor`."""
        snapshots = [(name, table.snapshot().files) for name, table in self._tables.items()]
        return [
            Volume(name, sum(f.rows for f in files), len(files), sum(f.size for f in files))
            for name, files in snapshots
        ]

    def paths(self, table: str) -> list[str]:
        """The Parquet files of a table's newest version, for engines that read them directly."""
        return [str(Path(f.path).resolve()) for f in self._tables[table].snapshot().files]

    def columns(self, table: str) -> dict[str, str]:
        """The columns of a table with their SQL types."""
        return {name: _SQL_TYPES[dtype] for name, dtype in self._tables[table].schema.items()}

    def compact(self) -> int:
        """Merge the small files of partitions that have many; returns how many partitions were tidied."""
        return sum(self._compact(table) for table in self._tables.values())

    def untidy(self) -> bool:
        """Whether `compact` has anything to merge."""
        return any(_crowded(table) for table in self._tables.values())

    def _compact(self, table: Table) -> int:
        done = 0
        for partition in _crowded(table):
            with table.writing():
                if small := _crowded(table).get(partition):
                    table.merge(small, dict(partition))
                    done += 1
        table.vacuum()
        return done

    # what the tables share

    def _known(self, table: Table, as_of: datetime | None, symbols: Sequence[str] | None = None) -> pl.DataFrame:
        rows = table.scan(table.snapshot().files)
        if symbols is not None:
            rows = rows.filter(pl.col("symbol").is_in(list(symbols)))
        if as_of is not None:
            rows = rows.filter(pl.col("known_at") <= as_of)
        return rows.collect()


def _crowded(table: Table) -> dict[tuple[tuple[str, str], ...], list[DataFile]]:
    """The small files of each partition that has too many."""
    small: dict[tuple[tuple[str, str], ...], list[DataFile]] = {}
    for file in table.snapshot().files:
        if file.size < SMALL_FILE:
            small.setdefault(tuple(file.partition.items()), []).append(file)
    return {partition: files for partition, files in small.items() if len(files) > COMPACT_ABOVE}


_SCHEMAS: Final = {
    "bars": frames.BARS,
    "actions": frames.ACTIONS,
    "rejects": frames.REJECTS,
    "quotes": frames.QUOTES,
    "instruments": frames.INSTRUMENTS,
}
_SPANS: Final[frames.Schema] = {
    "symbol": pl.String,
    "interval": pl.String,
    "first": frames.UTC,
    "last": frames.UTC,
    "rows": pl.Int64,
}

_SQL_TYPES: Final = {
    pl.String: "varchar",
    pl.Float64: "double",
    pl.Int32: "integer",
    pl.Boolean: "boolean",
    pl.Date: "date",
    frames.UTC: "timestamptz",
}


def _holding(
    files: Sequence[DataFile], symbols: Sequence[str], interval: Interval, start: datetime, end: datetime
) -> list[DataFile]:
    """The files that may hold bars of `interval` of any of `symbols` with start <= ts < end."""
    years = {str(year) for year in range(start.year, end.year + 1)}
    return [
        f
        for f in files
        if f.partition["interval"] == str(interval)
        and f.partition["year"] in years
        and any(f.may_hold(s, s) for s in symbols)
    ]


def _equal(**wanted: str | None) -> pl.Expr:
    """Whether each column named has the value wanted; None: any."""
    return pl.all_horizontal(
        pl.lit(value=True), *(pl.col(name) == value for name, value in wanted.items() if value is not None)
    )


def _refuse_address(root: Path) -> None:
    """Such as `s3://bucket/prices`, which as a path would be a folder `s3:` here."""
    if root.parts and len(root.parts[0]) > 2 and root.parts[0].endswith(":"):
        raise InvalidInput(
            "OPENBELL_LAKE_URL",
            f"The lake cannot be in {root.parts[0]}//; it is kept in a folder of this machine.",
            remedy="Set OPENBELL_LAKE_URL to a folder.",
        )


def _touches(file: DataFile, rows: pl.DataFrame) -> bool:
    """Whether the file may hold rows of the same interval, year and symbols."""
    return (
        file.partition["interval"] in rows["interval"].unique()
        and file.partition["year"] in {str(year) for year in rows["year"].unique()}
        and file.may_hold(str(rows["symbol"].min()), str(rows["symbol"].max()))
    )
