"""One open desk a folder: a lock that lasts as long as its process, with the address to find it at."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from openbell.model.errors import InvalidInput

LOCK = "desk.lock"


@dataclass(frozen=True, slots=True)
class Running:
    """A desk that is open."""

    address: str
    process: int


@contextmanager
def alone(folder: Path, address: str) -> Iterator[None]:
    """Be the one open desk of `folder`, at `address`; raises InvalidInput where another is."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            other = running(folder)
            where = f" at {other.address} (process {other.process})" if other else ""
            raise InvalidInput(
                "home",
                f"This desk is already open{where}; its folder is {folder}.",
                remedy="Open that address, or set OPENBELL_HOME to another folder.",
            ) from error
        lock.truncate(0)
        lock.write(f"{os.getpid()} {address}\n")
        lock.flush()
        yield


def running(folder: Path) -> Running | None:
    """The open desk of `folder`, if there is one."""
    try:
        with (folder / LOCK).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        process, _, address = (folder / LOCK).read_text().strip().partition(" ")
        return Running(address, int(process)) if process.isdigit() else None
    except FileNotFoundError:
        return None
    return None
