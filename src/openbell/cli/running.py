"""One open desk a folder: a lock that lasts as long as its process, with the address to find it at, and its market."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from openbell.model.errors import InvalidInput
from openbell.settings import Settings

LOCK = "desk.lock"
DEMO = "desk.demo"
"""Stands beside the lock of a desk that opened the simulated market, and stays when it closes."""
GLANCE_S = 0.05
"""Longer than the doctor holds the lock to see whether it is free."""


@dataclass(frozen=True, slots=True)
class Running:
    """A desk that is open."""

    address: str
    process: int


@contextmanager
def alone(folder: Path, address: str, *, wait: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """Be the one open desk of `folder`, at `address`; raises InvalidInput where another is."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a+") as lock:
        try:
            _lock(lock, wait)
        except BlockingIOError as error:
            raise _open_already(folder, running(folder)) from error
        lock.truncate(0)
        lock.write(f"{os.getpid()} {address}\n")
        lock.flush()
        yield


def _lock(lock: TextIO, wait: Callable[[float], None]) -> None:
    """Lock `lock` for this process; raises BlockingIOError where another keeps it for longer than a glance."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        wait(GLANCE_S)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _open_already(folder: Path, other: Running | None) -> InvalidInput:
    if other is None:
        what, remedy = "This desk is already open", "Try again, or set OPENBELL_HOME to another folder."
    else:
        what = f"This desk is already open at {other.address} (process {other.process})"
        remedy = "Open that address, or set OPENBELL_HOME to another folder."
    return InvalidInput("home", f"{what}; its folder is {folder}.", remedy=remedy)


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


def remember(settings: Settings) -> None:
    """Keep which market the desk opened, for the commands beside and after it."""
    if settings.demo:
        (settings.folder / DEMO).touch()
    else:
        (settings.folder / DEMO).unlink(missing_ok=True)


def as_opened(settings: Settings) -> Settings:
    """The settings with the market that the desk opened last: where no vendor answered, it chose the simulated one."""
    return settings.model_copy(update={"demo": settings.demo or (settings.folder / DEMO).exists()})
