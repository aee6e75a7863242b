"""Copies of the ledger, made before its schema is changed."""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from openbell.model.errors import StoreError

log = logging.getLogger(__name__)

KEPT = 3
"""Copies that stay, the newest ones."""


def copy_before(url: sa.URL, schema: str) -> Path | None:
    """Copy a SQLite ledger of an older `schema` beside itself; of another database, say how its owner does it.

    Raises StoreError where the copy cannot be made: without one, nothing is changed.
    """
    if url.get_backend_name() != "sqlite":
        host = f"--host={url.host or 'localhost'} --port={url.port or 5432} --username={url.username or ''}"
        log.warning(
            "The ledger's schema %s is brought forward. A copy of PostgreSQL is made with: "
            "pg_dump --format=custom %s --file=ledger-%s.dump %s",
            *(schema, host, schema, url.database),
        )
        return None
    if not url.database or url.database == ":memory:":
        return None
    source = Path(url.database)
    copy = source.with_name(f"{source.name}.{schema}.copy")
    try:
        _copy(source, copy)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            f"The ledger {source} cannot be copied to {copy} before its schema is changed: {error}.",
            remedy="Make room on the disk, and start again; nothing was changed.",
        ) from error
    for old in _copies(source)[KEPT:]:
        old.unlink(missing_ok=True)
    log.info("The ledger of schema %s was copied to %s.", schema, copy)
    return copy


def _copy(source: Path, copy: Path) -> None:
    """The whole of it, on the disk, before it bears its name; only its owner reads it."""
    part = copy.with_name(f"{copy.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(part)) as writing:
        reading.backup(writing)
        writing.execute("pragma journal_mode=delete")
    with part.open("rb") as whole:
        os.fsync(whole.fileno())
    part.replace(copy)


def _copies(source: Path) -> list[Path]:
    """The copies of a ledger, those of the newest schema first."""
    return sorted(source.parent.glob(f"{source.name}.*.copy"), reverse=True)
