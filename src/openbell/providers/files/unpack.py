"""A file's bytes, plain or out of gzip or zip. Nothing is written to disk; sizes are counted, not believed."""

from __future__ import annotations

import errno
import gzip
import io
import os
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from openbell.model.errors import InvalidInput, UnreadableFile

LARGEST_BYTES = 1 << 30  # unpacked, all members together
FREE_BYTES = 16 << 20  # below this a bomb harms nobody
LARGEST_RATIO = 100  # years of one constant price pack about 40:1; bombs 1000:1
MOST_MEMBERS = 10_000
CHUNK_BYTES = 1 << 20

EXTENSIONS = (".csv", ".txt", ".tsv", ".parquet", ".zip", ".gz")
ZIP, GZIP, PARQUET = b"PK\x03\x04", b"\x1f\x8b", b"PAR1"
SPLIT_REMEDY = "Unpack or split it and import the parts."


@dataclass(frozen=True, slots=True)
class Member:
    """One table's bytes; `name` is the inner file's, without `.gz`."""

    path: str
    name: str
    data: bytes

    @property
    def parquet(self) -> bool:
        """Whether the bytes are a Parquet file, by its magic number."""
        return self.data.startswith(PARQUET)


class Readable(Protocol):
    """Bytes a piece at a time; GzipFile and ZipExtFile are no common type."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""
        ...


def members(path: Path) -> list[Member]:
    """The tables packed in the file at `path`; raises UnreadableFile for what is broken, nested or far too large."""
    try:
        about = path.stat()
        _require_regular(path, about)
        packed_bytes = about.st_size
        with path.open("rb") as file:
            magic = file.read(4)
            file.seek(0)
            if magic == ZIP or magic[:4] == b"PK\x05\x06":
                return _zipped(path, file, packed_bytes)
            if magic[:2] == GZIP:
                return [_gunzipped(path, file, packed_bytes)]
            if packed_bytes > LARGEST_BYTES:
                raise _too_large(path)
            return [Member(str(path), path.name, file.read())]
    except FileNotFoundError as error:
        raise UnreadableFile(str(path), "there is no such file.", remedy="Check the path.") from error
    except OSError as error:
        raise _unopened(path, error) from error


def find(paths: Iterable[Path], *, most: int | None = None) -> list[Path]:
    """The price files among `paths`, folders searched to the bottom, sorted and each once.

    A search stays within its folder and file system, and ends with InvalidInput once a folder holds more than `most`;
    raises UnreadableFile for what is no file or folder, or holds nothing.
    """
    found: set[Path] = set()
    for path in paths:
        found.update(_files_of(path, most))
    return sorted(found)


def _files_of(path: Path, most: int | None) -> list[Path]:
    try:
        about = path.stat()
        if not stat.S_ISDIR(about.st_mode):
            _require_regular(path, about)
            with path.open("rb"):
                return [path]
        home, inside, outward = path.resolve(), list[Path](), None
        for found in _candidates(path, about.st_dev):
            if not _file_within(found, home):
                outward = outward or (found if found.is_symlink() else None)
                continue
            inside.append(found)
            if most is not None and len(inside) > most:
                raise _too_many(path, inside, most)
    except FileNotFoundError as error:
        raise UnreadableFile(str(path), "there is no such file or folder.", remedy="Check the path.") from error
    except OSError as error:
        raise _unopened(path, error) from error
    if not inside:
        raise _none_in(path, outward)
    return inside


def _unopened(path: Path, error: OSError) -> UnreadableFile:
    if error.errno == errno.ELOOP:
        return UnreadableFile(
            str(path),
            "this is a link that leads back to itself.",
            remedy="Give the file or folder that it is to lead to.",
        )
    reason = error.strerror or "it cannot be opened"
    return UnreadableFile(str(path), f"{reason}.", remedy="Check its permissions and the disk.")


def _none_in(folder: Path, outward: Path | None) -> UnreadableFile:
    """That `folder` holds no price files, and a link that was passed by where there is one."""
    if outward is None:
        return UnreadableFile(
            str(folder), "the folder holds no price files.", remedy=f"Looked for {', '.join(EXTENSIONS)}."
        )
    return UnreadableFile(
        str(folder),
        f"the folder holds no price files, only links that a search does not follow, such as {outward}.",
        remedy="Give the files or the folder that they lead to.",
    )


def _require_regular(path: Path, about: os.stat_result) -> None:
    """Raise UnreadableFile for a pipe, a device or a socket, which may keep a reader waiting for ever."""
    if stat.S_ISREG(about.st_mode):
        return
    what = "a folder, not a file" if stat.S_ISDIR(about.st_mode) else "a pipe, a device or a socket, not a file"
    raise UnreadableFile(str(path), f"this is {what}.", remedy="Save the prices in a file, and give that.")


def _candidates(folder: Path, device: int) -> Iterator[Path]:
    """What is named as a price file below `folder`, and links to folders; not what is hidden or on another device."""
    next(folder.iterdir(), None)  # a folder that cannot be read is told; one inside it is passed by
    for here, folders, names in os.walk(folder):
        at = Path(here)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and _on_device(at / name, device))
        yield from (at / name for name in folders if (at / name).is_symlink())
        for name in sorted(names):
            if name.lower().endswith(EXTENSIONS) and not name.startswith("."):
                yield at / name


def _on_device(folder: Path, device: int) -> bool:
    try:
        return folder.lstat().st_dev == device
    except OSError:
        return False


def _file_within(file: Path, home: Path) -> bool:
    try:
        return file.is_file() and (not file.is_symlink() or file.resolve().is_relative_to(home))
    except OSError:
        return False


def _too_many(folder: Path, inside: list[Path], most: int) -> InvalidInput:
    parts = (file.relative_to(folder).parts for file in inside)
    places = Counter(folder / part[0] if len(part) > 1 else folder for part in parts).most_common(3)
    told = ", ".join(f"{count:,} in {place}" for place, count in places)
    return InvalidInput(
        "paths",
        f"{folder} holds more than {most:,} price files: among the first are {told}.",
        remedy="Name the folder that you mean, or pass --yes to import them all.",
    )


def _gunzipped(path: Path, file: IO[bytes], packed_bytes: int) -> Member:
    try:
        with gzip.open(file) as stream:
            data = _drain(path, stream, packed_bytes, already=0)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise _broken(path, "gzip") from error
    name = path.name[:-3] if path.name.lower().endswith(".gz") else path.name
    _refuse_nested(path, name, data)
    return Member(str(path), name, data)


def _zipped(path: Path, file: IO[bytes], packed_bytes: int) -> list[Member]:
    try:
        with zipfile.ZipFile(file) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir() and _counts(info.filename)]
            _refuse_workbook(path, archive)
            _refuse_outward(path, infos)
            if len(infos) > MOST_MEMBERS:
                raise UnreadableFile(str(path), f"the archive holds {len(infos):,} files.", remedy=SPLIT_REMEDY)
            return _drained_members(path, archive, infos, packed_bytes)
    except (zipfile.BadZipFile, EOFError, zlib.error, ValueError) as error:
        raise _broken(path, "zip") from error
    except NotImplementedError as error:
        raise UnreadableFile(
            str(path), f"the archive is packed in an unusual way ({error}).", remedy="Pack it again as plain zip."
        ) from error
    except RuntimeError as error:  # zipfile says so, and nothing else, of an encrypted member
        raise UnreadableFile(str(path), "the archive has a password.", remedy="Unpack it first.") from error


def _drained_members(
    path: Path, archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], packed_bytes: int
) -> list[Member]:
    unpacked, drained = 0, []
    for info in infos:
        with archive.open(info) as stream:
            data = _drain(path, stream, packed_bytes, already=unpacked)
        _refuse_nested(path, info.filename, data)
        unpacked += len(data)
        drained.append(Member(str(path), info.filename.rsplit("/", 1)[-1], data))
    if not drained:
        raise UnreadableFile(str(path), "the archive is empty.")
    return drained


def _counts(name: str) -> bool:
    """Whether a member is no system's own: hidden, or of a Mac."""
    parts = name.split("/")
    return not any(part.startswith((".", "__MACOSX")) and part != ".." for part in parts)


def _refuse_workbook(path: Path, archive: zipfile.ZipFile) -> None:
    """Raise UnreadableFile for what spreadsheets save: Excel's .xlsx and the .ods of the others are zip archives."""
    names = set(archive.namelist())
    if names & {"xl/workbook.xml", "xl/workbook.bin"}:
        raise UnreadableFile(str(path), "this is an Excel workbook.", remedy="Save its sheet as CSV, and import that.")
    if {"content.xml", "mimetype"} <= names:
        raise UnreadableFile(str(path), "this is a spreadsheet.", remedy="Save its sheet as CSV, and import that.")


def _refuse_outward(path: Path, infos: Iterable[zipfile.ZipInfo]) -> None:
    """Raise UnreadableFile for a member whose path leaves the archive: somebody means harm."""
    for info in infos:
        if info.filename.startswith("/") or ".." in info.filename.split("/"):
            raise UnreadableFile(
                str(path),
                f"the path of {info.filename} in it leads outside the archive.",
                remedy="Do not trust it; get the file from its source again.",
            )


def _drain(path: Path, stream: Readable, packed_bytes: int, *, already: int) -> bytes:
    """All of `stream`, given up as soon as it grows out of proportion."""
    kept = io.BytesIO()
    while chunk := stream.read(CHUNK_BYTES):
        kept.write(chunk)
        unpacked = already + kept.tell()
        if unpacked > LARGEST_BYTES or (unpacked > FREE_BYTES and unpacked > LARGEST_RATIO * packed_bytes):
            raise _too_large(path)
    return kept.getvalue()


def _refuse_nested(path: Path, name: str, data: bytes) -> None:
    if data.startswith((ZIP, GZIP)):
        raise UnreadableFile(str(path), f"{name} inside it is packed again.", remedy="Unpack the outer archive first.")


def _broken(path: Path, kind: str) -> UnreadableFile:
    return UnreadableFile(str(path), f"the {kind} archive is damaged or cut short.", remedy="Download it again.")


def _too_large(path: Path) -> UnreadableFile:
    return UnreadableFile(
        str(path),
        f"it unpacks to over {LARGEST_RATIO} times its size, or over {LARGEST_BYTES >> 30} GiB: no price file does.",
        remedy=SPLIT_REMEDY,
    )
