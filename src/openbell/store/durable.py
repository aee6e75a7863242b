"""Folders and files whose names outlast a power cut."""

from __future__ import annotations

import os
from pathlib import Path

from openbell.model.errors import StoreError


def make_folder(folder: Path) -> None:
    """Make `folder` and those above it, durably; raises StoreError where that cannot be."""
    missing = [f for f in (folder, *folder.parents) if not f.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for made in missing:
            sync(made.parent)
    except OSError as error:
        raise unwritable(folder, error) from error


def sync(path: Path) -> None:
    """What was written to the file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def unwritable(folder: Path, error: OSError) -> StoreError:
    """Why nothing can be kept in `folder`."""
    return StoreError(
        f"{folder} cannot be written: {error.strerror}.", remedy="Set OPENBELL_HOME to a folder of your own."
    )
