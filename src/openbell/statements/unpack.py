"""A statement's bytes, plain or out of gzip or a zip of one file; and whether they are a workbook.

Sizes are counted, not believed.
"""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from openbell.model.errors import UnreadableFile

LARGEST_BYTES = 64 << 20  # unpacked; 200,000 rows of the widest statement are 60 MB
FREE_BYTES = 1 << 20  # below this a bomb harms nobody
LARGEST_RATIO = 100  # statements pack about 10:1; bombs 1000:1
CHUNK_BYTES = 1 << 20
MOST_PARTS = 2_000  # of a workbook; a sheet has two
MOST_MARKS = 10_000_000  # of its XML; a cell has four
MOST_MARKS_OF_STYLES = 400_000  # each is an object that the reader makes

ZIP, GZIP, PDF, OLD_EXCEL = b"PK", b"\x1f\x8b", b"%PDF", b"\xd0\xcf\x11\xe0"
EXPORT_REMEDY = "Export the activity as CSV from your broker, and import that."


class Readable(Protocol):
    """Bytes a piece at a time; GzipFile and ZipExtFile are no common type."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""
        ...


def unpacked(data: bytes, name: str) -> bytes:
    """The one table in `data`; raises UnreadableFile, which says the limit, for what is no table or far too large."""
    if len(data) > LARGEST_BYTES:
        raise _too_large(name)
    if data.startswith(GZIP):
        return _gunzipped(data, name)
    if data.startswith(ZIP):
        return _unzipped(data, name)
    if data.startswith(PDF):
        raise UnreadableFile(name, "this is a PDF.", remedy=EXPORT_REMEDY)
    if data.startswith(OLD_EXCEL):
        raise UnreadableFile(name, "this is an old Excel workbook.", remedy="Save it as .xlsx, and import that.")
    return data


def is_workbook(data: bytes, name: str) -> bool:
    """Whether `data` is an Excel workbook (.xlsx); raises UnreadableFile for one that unpacks to far too much."""
    if len(data) > LARGEST_BYTES:
        raise _too_large(name)
    if not data.startswith(ZIP):
        return False
    with _opened(data, name) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            return False
        if len(archive.infolist()) > MOST_PARTS:
            raise _too_large(name)
        size = marks = 0
        for info in archive.infolist():
            with archive.open(info) as stream:
                part = _drained(stream, len(data), name, size)
            if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
                raise UnreadableFile(name, "its XML declares a document type, which no workbook's does.")
            of_part = part.count(b"<")
            size, marks = size + len(part), marks + of_part
            if marks > MOST_MARKS or (info.filename == "xl/styles.xml" and of_part > MOST_MARKS_OF_STYLES):
                raise UnreadableFile(name, "the workbook has too much in it.", remedy="Save the table as CSV.")
    return True


def _gunzipped(data: bytes, name: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            inner = _drained(stream, len(data), name)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise _broken(name, "gzip") from error
    return _not_packed_again(inner, name)


def _unzipped(data: bytes, name: str) -> bytes:
    with _opened(data, name) as archive:
        _refuse_workbook(archive, name)
        with archive.open(_only_table(archive, name)) as stream:
            inner = _drained(stream, len(data), name)
    return _not_packed_again(inner, name)


@contextmanager
def _opened(data: bytes, name: str) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield archive
    except (zipfile.BadZipFile, EOFError, zlib.error, ValueError) as error:
        raise _broken(name, "zip") from error
    except NotImplementedError as error:
        raise UnreadableFile(
            name, f"the archive is packed in an unusual way ({error}).", remedy="Pack it again as plain zip."
        ) from error
    except RuntimeError as error:  # zipfile says so, and nothing else, of an encrypted member
        raise UnreadableFile(name, "the archive has a password.", remedy="Unpack it first.") from error


def _only_table(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    tables = [
        info
        for info in archive.infolist()
        if not info.is_dir() and not any(part.startswith((".", "__MACOSX")) for part in info.filename.split("/"))
    ]
    if len(tables) == 1:
        return tables[0]
    what = "the archive is empty." if not tables else f"the archive holds {len(tables):,} files."
    raise UnreadableFile(name, what, remedy="Import one statement at a time.")


def _refuse_workbook(archive: zipfile.ZipFile, name: str) -> None:
    names = set(archive.namelist())
    if "xl/workbook.bin" in names or {"content.xml", "mimetype"} <= names:
        raise UnreadableFile(name, "this is a spreadsheet.", remedy="Save it as .xlsx or CSV, and import that.")


def _drained(stream: Readable, packed_bytes: int, name: str, before: int = 0) -> bytes:
    """All of `stream`, given up as soon as it grows out of proportion, with the bytes `before` it."""
    kept = io.BytesIO()
    while chunk := stream.read(CHUNK_BYTES):
        kept.write(chunk)
        size = before + kept.tell()
        if size > LARGEST_BYTES or (size > FREE_BYTES and size > LARGEST_RATIO * packed_bytes):
            raise _too_large(name)
    return kept.getvalue()


def _not_packed_again(data: bytes, name: str) -> bytes:
    if data.startswith((ZIP, GZIP)):
        raise UnreadableFile(name, "the file inside is packed again.", remedy="Unpack the outer archive first.")
    return unpacked(data, name)


def _broken(name: str, kind: str) -> UnreadableFile:
    return UnreadableFile(name, f"the {kind} archive is damaged or cut short.", remedy="Download it again.")


def _too_large(name: str) -> UnreadableFile:
    return UnreadableFile(
        name,
        f"it is over {LARGEST_BYTES >> 20} MiB, or unpacks to over {LARGEST_RATIO} times its size: no statement does.",
        remedy="Export a shorter period, and import one after the other.",
    )
