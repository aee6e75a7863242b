"""Files that somebody is about to import: kept beside the ledger between upload and confirmation, a day at most."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from openbell.model.errors import InvalidInput, StoreError

LARGEST = 32_000_000
"""Bytes of one file."""
MOST = 10
"""Files of one person; the oldest give way."""
KEPT = timedelta(days=1)


class Uploads:
    """Files by person and by the SHA-256 of what is in them; nobody else reads them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, person: int, data: bytes, now: datetime) -> str:
        """Keep a file; returns its SHA-256. Raises InvalidInput for one that is empty or too large."""
        if not data:
            raise InvalidInput("file", "The file is empty.", remedy="Export it again.")
        if len(data) > LARGEST:
            raise InvalidInput(
                "file", f"The file has more than {LARGEST:,} bytes.", remedy="Export a shorter period, one by one."
            )
        self.sweep(now)
        self._make_room(person)
        key, folder = hashlib.sha256(data).hexdigest(), self._folder / str(person)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(folder / key, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
                file.write(data)
            os.utime(folder / key, (now.timestamp(), now.timestamp()))
        except OSError as error:
            raise StoreError(
                f"The file cannot be kept in {folder}: {error.strerror}.", remedy="Is the disk full?"
            ) from error
        return key

    def find(self, person: int, key: str, now: datetime) -> bytes:
        """What is in a file; raises InvalidInput where it is not kept any more."""
        path = self._folder / str(person) / key
        if not (len(key) == 64 and key.isalnum() and path.is_file() and not _is_old(path, now)):
            raise InvalidInput("upload", "The file is not here any more.", remedy="Upload it again.")
        return path.read_bytes()

    def sweep(self, now: datetime) -> int:
        """Forget all that was kept long enough, whosever it is; returns how many files that were."""
        old = [path for path in self._folder.glob("*/*") if _is_old(path, now)]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def waiting(self, now: datetime) -> bool:
        """Whether any file was kept long enough."""
        return any(_is_old(path, now) for path in self._folder.glob("*/*"))

    def drop(self, person: int, key: str) -> None:
        """Forget a file that `find` has found: it is imported."""
        (self._folder / str(person) / key).unlink(missing_ok=True)

    def forget(self, person: int) -> None:
        """Forget all files of a person, and that there were any."""
        folder = self._folder / str(person)
        for path in folder.glob("*"):
            path.unlink(missing_ok=True)
        with suppress(OSError):  # there was none
            folder.rmdir()

    def _make_room(self, person: int) -> None:
        """The oldest go where there are too many."""
        kept = sorted((self._folder / str(person)).glob("*"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in kept[MOST - 1 :]:
            path.unlink(missing_ok=True)


def _is_old(path: Path, now: datetime) -> bool:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime < (now - KEPT).timestamp()
    return True
