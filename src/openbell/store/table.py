"""One Delta table in a folder: durable appends, reads of a chosen set of files, compaction.

Data files are written here rather than by the Delta library because three things decide the speed and safety of the
lake: row groups of one symbol each (a day is read without decoding its neighbours), plain string symbols (a dictionary
type loses row-group pruning), and an fsync of data, log and folders before a commit counts (the library does none).
"""

from __future__ import annotations

import fcntl
import json
import shutil
import threading
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from deltalake import DeltaTable, Schema
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction, RemoveAction

from openbell.model.errors import StoreError
from openbell.model.frames import Schema as FrameSchema
from openbell.store.durable import sync, unwritable

if TYPE_CHECKING:
    import pyarrow as pa

FEW_ROWS = 10_000
"""Up to so many rows are written as one row group."""
GROUP_ROWS = 100_000
"""A row group holds one symbol-year of minutes, or as many smaller symbols as fit."""
MERGED_ROWS = 6_000_000
"""A merged file holds about so many rows, some 60 MB: large enough to be few, small enough to be rewritten."""
SLICE_ROWS = 1_000_000
"""Rows in memory while files are merged; a symbol is not split."""
EXTENTS = "openbell.extents"
"""Where a file's footer tells its symbols, so that listing what there is opens no column."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """One immutable Parquet file of a table, with what the log knows of it."""

    path: str
    partition: Mapping[str, str]
    rows: int
    size: int
    first_symbol: str | None
    last_symbol: str | None

    def may_hold(self, first: str, last: str) -> bool:
        """Whether there may be symbols from `first` to `last` in it."""
        return (self.first_symbol or "") <= last and first <= (self.last_symbol or "")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The files of one version."""

    version: int
    files: tuple[DataFile, ...]


class Table:
    """A Delta table of `schema`, partitioned by `partition_by`, rows sorted by (symbol, `order`) within a file."""

    def __init__(self, root: Path, schema: FrameSchema, *, partition_by: Sequence[str] = (), order: str) -> None:
        self.root = root
        self.schema = schema
        self.partition_by = list(partition_by)
        self.order = order
        self._stored = {name: dtype for name, dtype in schema.items() if name not in self.partition_by}
        self._snapshot: Snapshot | None = None
        self._guard = threading.Lock()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One writer at a time, across processes: a read-check-append must not interleave with another."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            lock = (self.root / ".writer").open("w")
        except OSError as error:
            raise unwritable(self.root, error) from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                yield
            except (OSError, DeltaError, pl.exceptions.ComputeError) as error:  # each engine has words of its own
                free = shutil.disk_usage(self.root).free
                raise StoreError(
                    f"{self.root} cannot be written: {error} ({free:,} bytes are free).",
                    remedy="Make space; what was not written is written then.",
                ) from error

    def snapshot(self) -> Snapshot:
        """The newest version; cheap when nothing was committed since the last call."""
        with self._guard:
            known = self._snapshot
            if known is not None and not (self.root / "_delta_log" / f"{known.version + 1:020}.json").exists():
                return known
            self._snapshot = self._load()
            return self._snapshot

    def _load(self) -> Snapshot:
        if not self._exists():
            return Snapshot(-1, ())
        try:
            table = DeltaTable(self.root)
            actions = pl.DataFrame(table.get_add_actions(flatten=True))
        except (DeltaError, OSError) as error:
            raise StoreError(
                f"The table in {self.root} cannot be read: {error}.",
                remedy="Restore the folder from a backup, or move it away to start anew.",
            ) from error
        rows = actions.to_dicts()
        files = (self._file(row) for row in rows)
        return Snapshot(table.version(), tuple(sorted(files, key=lambda f: f.path)))

    def _exists(self) -> bool:
        """Whether anything was ever committed: a writer that was killed at its first leaves folders and no table."""
        return (self.root / "_delta_log" / f"{0:020}.json").exists() or DeltaTable.is_deltatable(str(self.root))

    def _file(self, row: Mapping[str, object]) -> DataFile:
        text = {name: row.get(name) for name in ("min.symbol", "max.symbol")}
        return DataFile(
            path=str(self.root / str(row["path"])),
            partition={name: str(row[f"partition.{name}"]) for name in self.partition_by},
            rows=int(str(row["num_records"])),
            size=int(str(row["size_bytes"])),
            first_symbol=None if text["min.symbol"] is None else str(text["min.symbol"]),
            last_symbol=None if text["max.symbol"] is None else str(text["max.symbol"]),
        )

    def scan(self, files: Sequence[DataFile]) -> pl.LazyFrame:
        """The stored columns of `files` (partition columns are in their `partition`)."""
        if not files:
            return pl.LazyFrame(schema=dict(self._stored))
        return pl.scan_parquet([f.path for f in files], schema=dict(self._stored), hive_partitioning=False, glob=False)

    def read(self) -> pl.DataFrame:
        """The whole of a small table."""
        return self.scan(self.snapshot().files).collect()

    def append(self, frame: pl.DataFrame) -> int:
        """Commit `frame` durably in one transaction; returns its rows. Call within `writing`."""
        if frame.is_empty():
            return 0
        self._commit([self._write([part], values, part.height) for values, part in self._partitions(frame)], [])
        return frame.height

    def merge(self, old: Sequence[DataFile], partition: Mapping[str, str]) -> None:
        """Rewrite the files `old` of one partition as few larger ones with the same rows; within `writing`.

        Memory stays bounded: the rows of a few symbols at a time. Raises StoreError, and keeps the old files, where
        the new ones would not hold as many rows.
        """
        counts = pl.concat(map(self.extents, old)).group_by("symbol").agg(pl.sum("rows")).sort("symbol")
        slices = _cut(counts, SLICE_ROWS)
        lengths = pl.DataFrame({"nth": range(len(slices)), "rows": [s["rows"].sum() for s in slices]})
        adds = [
            self._write((self._slice(old, slices[nth]["symbol"]) for nth in chosen["nth"]), partition)
            for chosen in _cut(lengths, MERGED_ROWS)
        ]
        kept, written = sum(f.rows for f in old), sum(json.loads(add.stats)["numRecords"] for add in adds)
        if kept != written:
            raise StoreError(
                f"Merging files of {self.root} would have changed {kept:,} rows to {written:,}; nothing was changed.",
                remedy="Run `openbell doctor`, and report this with its output.",
            )
        self._commit(adds, list(old))

    def _slice(self, files: Sequence[DataFile], symbols: pl.Series) -> pl.DataFrame:
        """The rows of neighbouring `symbols`, of which null may be the first."""
        wanted = pl.col("symbol").is_between(pl.lit(symbols.min()), pl.lit(symbols.max()))
        if symbols.null_count():
            wanted = wanted.fill_null(value=False) | pl.col("symbol").is_null()
        return self.scan(files).filter(wanted).collect()

    def extents(self, file: DataFile) -> pl.DataFrame:
        """Each symbol of `file` with its first and last `order` and its rows: from the footer, no row is read."""
        kind = self.schema[self.order]
        told = pl.read_parquet_metadata(file.path).get(EXTENTS)
        if told is None:  # another engine wrote the file
            return self.scan([file]).group_by("symbol").agg(*_extent(self.order)).collect()
        kinds = {"symbol": pl.String, "first": pl.Int64, "last": pl.Int64, "rows": pl.Int64}
        return pl.DataFrame(json.loads(told), schema=kinds).with_columns(pl.col("first", "last").cast(kind))

    def vacuum(self) -> None:
        """Delete data files that no version of the last hour names: what compaction and killed writers left."""
        if self._exists():
            DeltaTable(self.root).vacuum(retention_hours=1, dry_run=False, enforce_retention_duration=False, full=True)

    def _partitions(self, frame: pl.DataFrame) -> Iterator[tuple[dict[str, str], pl.DataFrame]]:
        for row in frame.select(self.partition_by).unique().iter_rows(named=True) if self.partition_by else [{}]:
            wanted = [pl.col(name) == value for name, value in row.items()]
            yield {name: str(value) for name, value in row.items()}, frame.filter(*wanted)

    def _write(self, parts: Iterable[pl.DataFrame], partition: Mapping[str, str], rows: int = GROUP_ROWS) -> AddAction:
        """A durable file of `parts`, each of them of later symbols than the one before; `rows` where it is one part."""
        folder = self.root.joinpath(*(f"{name}={value}" for name, value in partition.items()))
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{uuid.uuid4().hex}.parquet"
        stats = self._write_few(path, parts) if rows <= FEW_ROWS else self._write_groups(path, parts)
        sync(path)
        for parent in [folder, *folder.parents][: len(partition) + 1]:
            sync(parent)
        return AddAction(
            path=str(path.relative_to(self.root)),
            size=path.stat().st_size,
            partition_values=dict(partition),
            modification_time=int(datetime.now(UTC).timestamp() * 1000),
            data_change=True,
            stats=json.dumps(stats),
        )

    def _write_few(self, path: Path, parts: Iterable[pl.DataFrame]) -> dict[str, object]:
        """As `_write_groups`, in one row group and without pyarrow, which a desk that only follows need not load."""
        ordered = pl.concat(parts).select(*self._stored).sort("symbol", self.order, maintain_order=True)
        extents = ordered.group_by("symbol", maintain_order=True).agg(*_extent(self.order))
        told, stats = _footer(extents)
        ordered.write_parquet(path, compression="zstd", row_group_size=max(1, ordered.height), metadata={EXTENTS: told})
        return stats

    def _write_groups(self, path: Path, parts: Iterable[pl.DataFrame]) -> dict[str, object]:
        """Write the rows of `parts` in order; returns what Delta's log wants to know of them."""
        import pyarrow.parquet as pq  # noqa: PLC0415  # see `_write_few`

        arrow = _arrow_schema(self._stored)
        stamps = [name for name, dtype in self._stored.items() if dtype == pl.Datetime("us", "UTC") and name == "ts"]
        dictionary = [name for name in self._stored if name not in stamps]
        told = []
        with pq.ParquetWriter(
            path,
            arrow,
            compression="zstd",
            use_dictionary=dictionary,
            column_encoding=dict.fromkeys(stamps, "DELTA_BINARY_PACKED"),
        ) as writer:
            for part in parts:
                ordered = part.select(*self._stored).sort("symbol", self.order, maintain_order=True)
                for start, length in _groups(ordered["symbol"]):
                    group = ordered.slice(start, length).to_arrow(compat_level=pl.CompatLevel.oldest())
                    writer.write_table(group.cast(arrow), row_group_size=length)
                told.append(ordered.group_by("symbol", maintain_order=True).agg(*_extent(self.order)))
            footer, stats = _footer(pl.concat(told))
            writer.add_key_value_metadata({EXTENTS: footer})
        return stats

    def _commit(self, adds: list[AddAction], removed: list[DataFile]) -> None:
        log = self.root / "_delta_log"
        if not self._exists():
            schema = Schema.from_arrow(_arrow_schema(self.schema))
            DeltaTable.create(self.root, schema, partition_by=self.partition_by)
            sync(log / f"{0:020}.json")
            sync(self.root)
            sync(self.root.parent)
        now = int(datetime.now(UTC).timestamp() * 1000)
        removes = [
            RemoveAction(
                path=str(Path(f.path).relative_to(self.root)),
                data_change=False,
                deletion_timestamp=now,
                size=f.size,
                partition_values=dict(f.partition),
            )
            for f in removed
        ]
        table = DeltaTable(self.root)
        table.create_write_transaction([*adds, *removes], "append", table.schema(), partition_by=self.partition_by)
        sync(log / f"{table.version() + 1:020}.json")
        sync(log)


def _footer(extents: pl.DataFrame) -> tuple[str, dict[str, object]]:
    """What a file's footer tells of its symbols, and what Delta's log wants to know of them."""
    plain = extents.with_columns(pl.col("first", "last").to_physical())
    symbols = plain["symbol"]
    stats: dict[str, object] = {
        "numRecords": plain["rows"].sum(),
        "minValues": {"symbol": symbols.min()},
        "maxValues": {"symbol": symbols.max()},
        "nullCount": {"symbol": plain.filter(symbols.is_null())["rows"].sum()},
    }
    return json.dumps(plain.to_dict(as_series=False)), stats


def _arrow_schema(schema: FrameSchema) -> pa.Schema:
    """The Arrow schema with plain strings, which every reader of Parquet and Delta knows."""
    import pyarrow as pa  # noqa: PLC0415  # see `_write_few`

    arrow = pl.DataFrame(schema=dict(schema)).to_arrow(compat_level=pl.CompatLevel.oldest()).schema
    return pa.schema([f.with_type(pa.string()) if pa.types.is_large_string(f.type) else f for f in arrow])


def _groups(symbols: pl.Series) -> Iterator[tuple[int, int]]:
    """(start, length) of row groups over sorted symbols: whole symbols together up to GROUP_ROWS, big ones cut."""
    start, filled = 0, 0
    for length in symbols.rle().struct.field("len"):
        if filled and filled + length > GROUP_ROWS:
            yield start, filled
            start, filled = start + filled, 0
        filled += length
        while filled > GROUP_ROWS:
            yield start, GROUP_ROWS
            start, filled = start + GROUP_ROWS, filled - GROUP_ROWS
    if filled:
        yield start, filled


def _extent(order: str) -> tuple[pl.Expr, ...]:
    """The first and last `order` of a group of rows, and how many there are."""
    return pl.min(order).alias("first"), pl.max(order).alias("last"), pl.len().cast(pl.Int64).alias("rows")


def _cut(frame: pl.DataFrame, rows: int) -> list[pl.DataFrame]:
    """`frame` in stretches whose `rows` sum up to about `rows`."""
    before = pl.col("rows").cum_sum() - pl.col("rows")
    return frame.with_columns(cut=before // rows).partition_by("cut", include_key=False, maintain_order=True)
