"""The log: every live event once, in order, durable before it is acknowledged. A SQLite file on one machine.

A row is a micro-batch of one kind: an Arrow IPC stream and its checksum, under an offset. Offsets are 1, 2, 3, ...
without a gap; only the oldest entries are ever dropped. One process writes, any number read.
"""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep
from typing import Literal
from zlib import crc32

import polars as pl

from openbell.model import frames
from openbell.model.errors import StoreError
from openbell.store.durable import make_folder, sync, unwritable

Kind = Literal["trades", "quotes", "rejects", "marks"]

MARKS: frames.Schema = {
    "ts": frames.UTC,
    "feed": pl.String,  # whose events it is about
    "what": pl.String,  # a short code: `gap`, `flushed`, ...
    "detail": pl.String,  # a sentence with the facts
}
"""Facts about the events around them, such as that some were missed."""

SCHEMAS: Mapping[Kind, frames.Schema] = {
    "trades": frames.TRADES,
    "quotes": frames.QUOTES,
    "rejects": frames.REJECTS,
    "marks": MARKS,
}

ENTRY_BYTES = 64 * 2**20
"""The most that one entry may take, packed: some two million trades."""
CHECKPOINT_BYTES = 4 * 2**20
"""The write-ahead log is worked into the file whenever it holds so much: some 5 ms, which that one append waits for."""
READ_BYTES = 8 * 2**20
"""Entries of so many bytes are in memory while they are read."""
TRIMMED_AT_ONCE = 256
"""Entries, or pages, that a trim works on before it lets appends go first."""
SPARE_BYTES = 64 * 2**20
"""Free space that a trim leaves in the file for reuse, or as much as is in use where that is more."""

_MARK = 0x0BE110C5  # SQLite's application_id: what tells a log from other SQLite files
_SCHEMA = 1
_PAGE_BYTES = 16_384  # of 4 to 64 KiB the one with the fastest appends and the shortest checkpoints
_BUSY_S = 10
_TURN_S = 0.001  # a lock that is taken again at once is never handed to the thread that waits for it
_PRAGMAS = (
    f"page_size = {_PAGE_BYTES}",
    "auto_vacuum = INCREMENTAL",
    "journal_mode = WAL",
    "synchronous = FULL",
    "secure_delete = OFF",  # some builds overwrite what is dropped
    f"wal_autocheckpoint = {CHECKPOINT_BYTES // _PAGE_BYTES}",
    f"journal_size_limit = {CHECKPOINT_BYTES}",
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_TABLES = """
    BEGIN IMMEDIATE;
    CREATE TABLE entries (
        offset INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        at INTEGER NOT NULL,        -- microseconds since 1970
        total INTEGER NOT NULL,     -- rows of this and all earlier entries, trimmed ones included
        checksum INTEGER NOT NULL,  -- CRC-32 of the payload
        payload BLOB NOT NULL
    ) STRICT;
    CREATE TABLE trimmed (offset INTEGER NOT NULL, total INTEGER NOT NULL) STRICT;  -- of the newest entry that was
    INSERT INTO trimmed VALUES (0, 0);
    CREATE VIEW extent AS
        SELECT t.offset AS trimmed, t.total AS gone,
               coalesce(e.offset, t.offset) AS last, coalesce(e.total, t.total) AS total
        FROM trimmed AS t LEFT JOIN (SELECT offset, total FROM entries ORDER BY offset DESC LIMIT 1) AS e;"""
_IDENTITY = """
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS identity (id TEXT NOT NULL) STRICT;
    INSERT INTO identity SELECT lower(hex(randomblob(8))) WHERE NOT EXISTS (SELECT * FROM identity);"""
_APPEND = "INSERT INTO entries SELECT last + 1, ?, ?, total + ?, ?, ? FROM extent"
_EXTENT = "SELECT trimmed, last, total - gone FROM extent"
_READ = "SELECT offset, kind, at, checksum, payload FROM entries WHERE offset > ? AND offset <= ? ORDER BY offset"
_NEWEST = """
    SELECT offset, kind, at, checksum, payload FROM entries WHERE kind = ? AND offset <= ?
    ORDER BY offset DESC LIMIT 1"""
_MOVE_TRIMMED = "UPDATE trimmed SET offset = e.offset, total = e.total FROM entries AS e WHERE e.offset = ?"
_TRIM = "DELETE FROM entries WHERE offset <= (SELECT offset FROM trimmed)"


@dataclass(frozen=True, slots=True)
class Entry:
    """One micro-batch as it was appended; `frame` has the schema of its `kind`."""

    offset: int
    kind: Kind
    at: datetime
    frame: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is: the offsets, the rows of all entries together, and the bytes on the disk."""

    first: int
    last: int
    rows: int
    bytes: int


class Log:
    """The log in the file `path`, made where there is none; `readonly`: to read what another process writes.

    `limit_bytes`: the file grows no larger than that; the write-ahead log beside it takes some 4 MB more, or what the
    largest entry takes. Threads may share a Log. Every method raises StoreError where the file is damaged or the disk
    does not do its part.
    """

    def __init__(self, path: Path, *, readonly: bool = False, limit_bytes: int | None = None) -> None:
        self.path = path
        self.limit_bytes = limit_bytes
        self._guard = threading.Lock()
        with ExitStack() as opened:
            if not readonly:
                make_folder(path.parent)
                opened.enter_context(_only_writer(path))
            self._connection = opened.enter_context(closing(self._reader() if readonly else self._writer()))
            self._opened = opened.pop_all()

    def append(self, kind: Kind, batch: pl.DataFrame, at: datetime) -> int:
        """Write `batch`, learned `at` (aware); it is on the disk when its offset is returned.

        Raises ValueError where it has not the schema of `kind`, or is larger than ENTRY_BYTES. A StoreError does not
        end the log: once there is space again, the next append succeeds.
        """
        payload = _packed(kind, batch)
        row = (kind, (at - _EPOCH) // _MICROSECOND, batch.height, crc32(payload), payload)
        with self._guard, self._explained():
            offset = self._connection.execute(_APPEND, row).lastrowid
        assert offset is not None  # it is None only before the first insert
        return offset

    def read(self, after: int = 0, upto: int | None = None) -> Iterator[Entry]:
        """The entries after offset `after`, to `upto` or to what is the last one now, in order; a few MB at a time.

        Entries that were trimmed before are passed over; one that is trimmed before its turn raises StoreError.
        """
        extent = self.extent
        return self._entries(max(after, extent.first - 1), extent.last if upto is None else min(upto, extent.last))

    def newest(self, kind: Kind) -> Entry | None:
        """The newest entry of a kind; None where there is none."""
        extent = self.extent
        with closing(self._reader()) as connection, self._explained():
            row = connection.execute(_NEWEST, (kind, extent.last)).fetchone()
        return None if row is None else self._entry(*row)

    @property
    def id(self) -> str:
        """What tells this log from every other one, whose offsets mean other entries."""
        with self._guard, self._explained():
            return str(self._connection.execute("SELECT id FROM identity").fetchone()[0])

    @property
    def first(self) -> int:
        """The offset of the oldest entry; last + 1 where there is none."""
        return self.extent.first

    @property
    def last(self) -> int:
        """The offset of the newest entry, even if it was trimmed; 0 before the first one."""
        return self.extent.last

    @property
    def extent(self) -> Extent:
        """How much there is."""
        with self._guard, self._explained():
            trimmed, last, rows = self._connection.execute(_EXTENT).fetchone()
        files = [self.path, self.path.with_name(f"{self.path.name}-wal")]
        return Extent(trimmed + 1, last, rows, sum(f.stat().st_size for f in files if f.exists()))

    def trim(self, before: int) -> int:
        """Drop the entries with a smaller offset than `before`; returns how many. Appends go on meanwhile.

        Their space is used again; free space beyond SPARE_BYTES, or what is in use, is given back to the disk.
        """
        extent = self.extent
        last = min(before - 1, extent.last)
        dropped = 0
        for upto in range(extent.first - 1 + TRIMMED_AT_ONCE, last + TRIMMED_AT_ONCE, TRIMMED_AT_ONCE):
            with self._guard, self._explained(), self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                self._connection.execute(_MOVE_TRIMMED, (min(upto, last),))
                dropped += self._connection.execute(_TRIM).rowcount
            sleep(_TURN_S)
        self._give_back()
        return dropped

    def close(self) -> None:
        """Let another process write. What is being read may be read to its end."""
        with self._guard:
            self._opened.close()

    def _entries(self, after: int, last: int) -> Iterator[Entry]:
        with closing(self._reader()) as connection:
            while after < last:
                for row in self._some(connection, after, last):
                    entry = self._entry(*row)
                    yield entry
                    after = entry.offset

    def _entry(self, offset: int, kind: Kind, at: int, checksum: int, payload: bytes) -> Entry:
        if crc32(payload) != checksum:
            raise self._damaged(f"entry {offset:,} is not what was written")
        return Entry(offset, kind, _EPOCH + at * _MICROSECOND, _unpacked(kind, payload))

    def _some(self, connection: sqlite3.Connection, after: int, last: int) -> list[tuple[int, Kind, int, int, bytes]]:
        """The next rows, of READ_BYTES or one. With them the transaction ends: a slow reader delays no checkpoint."""
        rows, size = [], 0
        with self._explained(), closing(connection.execute(_READ, (after, last))) as found:
            for row in found:
                rows.append(row)
                size += len(row[-1])
                if size >= READ_BYTES:
                    break
        if not rows or rows[-1][0] != after + len(rows):
            raise StoreError(
                f"Entry {after + 1:,} of the log {self.path} was trimmed before it was read.",
                remedy="Read again from the first entry there is.",
            )
        return rows

    def _give_back(self) -> None:
        """Shorten the file where more of it is free than should be: the pages at its end move forward."""
        while excess := self._excess():
            with self._guard, self._explained():
                # A script, since `execute` would end the vacuum after its first page. A checkpoint shortens the file.
                self._connection.executescript(f"PRAGMA incremental_vacuum({excess}); PRAGMA wal_checkpoint")
            sleep(_TURN_S)

    def _excess(self) -> int:
        """How many free pages are to be given back now."""
        with self._guard, self._explained():
            free, pages = _told(self._connection, "freelist_count"), _told(self._connection, "page_count")
        return max(0, min(free - max(pages - free, SPARE_BYTES // _PAGE_BYTES), TRIMMED_AT_ONCE))

    def _reader(self) -> sqlite3.Connection:
        """A new connection that cannot write."""
        with self._explained(), ExitStack() as opened:
            none = StoreError(f"There is no log at {self.path}.", remedy="Start the desk, which makes it.")
            if not self.path.exists():
                raise none
            connection = opened.enter_context(closing(_connect(self.path, "rw")))
            connection.execute("PRAGMA query_only = ON")
            if not self._is_made(connection):
                raise none
            opened.pop_all()
            return connection

    def _writer(self) -> sqlite3.Connection:
        """The one connection that writes; makes the tables where there are none."""
        with self._explained(), ExitStack() as opened:
            connection = opened.enter_context(closing(_connect(self.path, "rwc")))
            made = self._is_made(connection)  # first: no other program's file is to be changed
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}").fetchall()
            if self.limit_bytes is not None:
                connection.execute(f"PRAGMA max_page_count = {max(1, self.limit_bytes // _PAGE_BYTES)}")
            if not made:
                with connection:
                    connection.executescript(_TABLES)
                    connection.execute(f"PRAGMA application_id = {_MARK}")
                    connection.execute(f"PRAGMA user_version = {_SCHEMA}")
            with connection:
                connection.executescript(_IDENTITY)
            # What a killed writer left may not be on the disk yet, and is about to be shown.
            connection.execute("PRAGMA wal_checkpoint").fetchall()
            sync(self.path.parent)
            opened.pop_all()
            return connection

    def _is_made(self, connection: sqlite3.Connection) -> bool:
        """Whether the tables are there; StoreError where the file is another program's, or a newer one's."""
        empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
        mark, schema = _told(connection, "application_id"), _told(connection, "user_version")
        if mark != _MARK and not (empty and mark == 0):
            raise StoreError(f"{self.path} is not a log of Openbell.", remedy="Move it away, or name another file.")
        if schema > _SCHEMA:
            raise StoreError(
                f"The log {self.path} has schema {schema}, which is newer than this program knows.",
                remedy="Upgrade Openbell, or move the file away to start a new log.",
            )
        return mark == _MARK

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """SQLite's errors as StoreError, with what to do."""
        try:
            yield
        except sqlite3.ProgrammingError:  # ours, such as a use after `close`
            raise
        except sqlite3.DatabaseError as error:
            raise self._sentence(error) from error

    def _sentence(self, error: sqlite3.DatabaseError) -> StoreError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest tells more of the same
        if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            return self._damaged(str(error))
        if code == sqlite3.SQLITE_FULL:
            limit = "" if self.limit_bytes is None else f"it may take {self.limit_bytes:,} bytes, and "
            free = shutil.disk_usage(self.path.parent).free
            return StoreError(
                f"The log {self.path} is full: {limit}{free:,} bytes are free on its disk.",
                remedy="Make space or let it take more; then it goes on by itself.",
            )
        return StoreError(
            f"The log {self.path} cannot be read or written: {error}.",
            remedy="Is the disk full, or is the file somebody else's?",
        )

    def _damaged(self, what: str) -> StoreError:
        return StoreError(
            f"The log {self.path} is damaged: {what}.",
            remedy="Restore it from a backup, or move it away to start a new one; prices in the lake are not affected.",
        )


def _packed(kind: Kind, batch: pl.DataFrame) -> bytes:
    """An Arrow IPC stream.

    String views (the newest level) are written four times as fast as plain strings. LZ4 costs the time that it saves on
    a fast disk, and takes a third of the space; dictionaries would be slower both ways.
    """
    if not _has(batch, SCHEMAS[kind]):
        raise ValueError(f"not a frame of {kind}: {dict(batch.schema)} instead of {dict(SCHEMAS[kind])}")
    packed = batch.write_ipc_stream(None, compression="lz4", compat_level=pl.CompatLevel.newest()).getvalue()
    if len(packed) > ENTRY_BYTES:
        raise ValueError(f"a batch of {batch.height:,} {kind} takes {len(packed):,} bytes; append it in parts")
    return packed


def _unpacked(kind: Kind, payload: bytes) -> pl.DataFrame:
    """The frame, with today's columns where an older program wrote it."""
    frame = pl.read_ipc_stream(payload)
    return frame if _has(frame, SCHEMAS[kind]) else frames.conform(frame, SCHEMAS[kind])


def _has(frame: pl.DataFrame, schema: frames.Schema) -> bool:
    return frame.columns == list(schema) and frame.dtypes == list(schema.values())


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    """Transactions begin and end where we say so; `mode` as in SQLite's addresses."""
    address = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(address, uri=True, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)


def _told(connection: sqlite3.Connection, pragma: str) -> int:
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])


@contextmanager
def _only_writer(path: Path) -> Iterator[None]:
    """Nobody else writes to the log within; raises StoreError where somebody does.

    A lock of SQLite's own lasts for one transaction, or shuts out readers; and a process that opens and closes the
    database file a second time would lose it. So it is the lock of a file beside it, which ends with the process.
    """
    try:
        lock = path.with_name(f"{path.name}-writer").open("w")
    except OSError as error:
        raise unwritable(path.parent, error) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreError(
                f"The log {path} is being written by another desk.", remedy="End that one, or name another file."
            ) from error
        yield
