"""A statement's bytes, plain or out of gzip or a zip of one file. Sizes are counted, not believed."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from typing import Protocol

from openbell.model.errors import UnreadableFile

LARGEST_BYTES = 64 << 20  # unpacked; 200,000 rows of the widest statement are 60 MB
FREE_BYTES = 1 << 20  # below this a bomb harms nobody
LARGEST_RATIO = 100  # statements pack about 10:1; bombs 1000:1
CHUNK_BYTES = 1 << 20

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
        raise UnreadableFile(name, "this is an Excel workbook.", remedy="Save its sheet as CSV, and import that.")
    return data


def _gunzipped(data: bytes, name: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            inner = _drained(stream, len(data), name)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise _broken(name, "gzip") from error
    return _not_packed_again(inner, name)


def _unzipped(data: bytes, name: str) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_workbook(archive, name)
            with archive.open(_only_table(archive, name)) as stream:
                inner = _drained(stream, len(data), name)
    except (zipfile.BadZipFile, EOFError, zlib.error, ValueError) as error:
        raise _broken(name, "zip") from error
    except NotImplementedError as error:
        raise UnreadableFile(
            name, f"the archive is packed in an unusual way ({error}).", remedy="Pack it again as plain zip."
        ) from error
    except RuntimeError as error:  # zipfile says so, and nothing else, of an encrypted member
        raise UnreadableFile(name, "the archive has a password.", remedy="Unpack it first.") from error
    return _not_packed_again(inner, name)


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
    if names & {"xl/workbook.xml", "xl/workbook.bin"} or {"content.xml", "mimetype"} <= names:
        raise UnreadableFile(name, "this is a spreadsheet.", remedy="Save its sheet as CSV, and import that.")


def _drained(stream: Readable, packed_bytes: int, name: str) -> bytes:
    """All of `stream`, given up as soon as it grows out of proportion."""
    kept = io.BytesIO()
    while chunk := stream.read(CHUNK_BYTES):
        kept.write(chunk)
        size = kept.tell()
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
