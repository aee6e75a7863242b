"""The raw archive: what vendors said, word for word, as compressed lines of JSON in a file for each vendor and UTC day.

A line holds `at` (microseconds since 1970) and the frame: `text`, or `base64` where it is binary; a line with neither
says that a new connection began. Lines are compressed in blocks, each a gzip member of its own that is appended as a
whole: who is killed loses the last one at most, and `zcat` reads the file.
"""

from __future__ import annotations

import base64
import gzip
import heapq
import logging
import os
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from openbell.providers.streams.spoken import Frame

log = logging.getLogger(__name__)

BLOCK_BYTES = 256_000
"""Lines that are compressed together; some 20 to 50 kB on the disk."""

BLOCK_AGE = timedelta(seconds=5)
"""A block is written no later than that, where anything more is said."""

HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00"
"""How each block begins: gzip, deflate, no name, no time."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
READ_BYTES = 1 << 20


class Line(msgspec.Struct, omit_defaults=True):
    """One frame, or the beginning of a connection."""

    at: int
    text: str | None = None
    base64: str | None = None

    @property
    def instant(self) -> datetime:
        """When it was heard."""
        return EPOCH + timedelta(microseconds=self.at)

    @property
    def frame(self) -> Frame | None:
        """The frame; None where a connection began."""
        return self.text if self.base64 is None else base64.b64decode(self.base64)


_line = msgspec.json.Decoder(Line)


class Archive:
    """Keeps what one vendor says in `folder`; a disk that is full costs the archive, not the prices."""

    def __init__(self, folder: Path, vendor: str) -> None:
        self._folder = folder / vendor
        self._block: list[bytes] = []
        self._size = 0
        self._since: datetime | None = None

    def begin(self, at: datetime) -> None:
        """A connection begins."""
        self._add(Line(_micros(at)), at)

    def keep(self, frame: Frame, at: datetime) -> None:
        """Keep a frame that was heard at `at`."""
        if isinstance(frame, str):
            self._add(Line(_micros(at), frame), at)
        else:
            self._add(Line(_micros(at), base64=base64.b64encode(frame).decode()), at)

    def flush(self) -> None:
        """Write what waits."""
        if self._since is None:
            return
        path = self._folder / f"{self._since:%Y-%m-%d}.jsonl.gz"
        block = gzip.compress(b"".join(self._block), compresslevel=3, mtime=0)
        self._block, self._size, self._since = [], 0, None
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(handle, block)
            finally:
                os.close(handle)
        except OSError as error:
            log.warning("%s cannot be written, and misses what was just said: %s.", path, error.strerror)

    def _add(self, line: Line, at: datetime) -> None:
        since = self._since
        if since is not None and (at.date() != since.date() or not since <= at < since + BLOCK_AGE):
            self.flush()
        if self._since is None:
            self._since = at
        packed = msgspec.json.encode(line) + b"\n"
        self._block.append(packed)
        self._size += len(packed)
        if self._size >= BLOCK_BYTES:
            self.flush()


def archived(path: Path) -> Iterator[Line]:
    """The lines of a file, oldest first; a block that a kill has cut off is passed over."""
    data = b""
    with path.open("rb") as file:
        while more := file.read(READ_BYTES):
            data += more
            *whole, data = _blocks(data)
            for block in whole:
                yield from _lines(block)
    yield from _lines(data)


def merged(paths: Iterator[Path], vendor_of: Callable[[Path], str]) -> Iterator[tuple[str, Line]]:
    """The lines of several files, each with its vendor, in the order in which they were heard."""

    def told(path: Path) -> Iterator[tuple[str, Line]]:
        vendor = vendor_of(path)
        return ((vendor, line) for line in archived(path))

    yield from heapq.merge(*(told(path) for path in paths), key=lambda pair: pair[1].at)


def _blocks(data: bytes) -> list[bytes]:
    """`data` cut before each block."""
    cuts = [0]
    while (cut := data.find(HEAD, cuts[-1] + len(HEAD))) >= 0:
        cuts.append(cut)
    return [data[start:end] for start, end in zip(cuts, [*cuts[1:], len(data)], strict=True)]


def _lines(block: bytes) -> Iterator[Line]:
    if not block:
        return
    try:
        unpacked = gzip.decompress(block)
    except (OSError, EOFError, zlib.error):
        log.warning("a block of %d bytes is cut off", len(block))
        return
    yield from (_line.decode(line) for line in unpacked.splitlines())


def _micros(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)
