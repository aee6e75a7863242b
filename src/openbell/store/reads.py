"""Recent reads of bars, kept in memory as long as nothing was stored since."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Final

import polars as pl

CACHED_READS: Final = 256
"""Results of recent reads of the newest version kept in memory."""
CACHED_ROWS: Final = 300_000
"""A row takes some 70 bytes: a day of minutes 30 kB, a year 7 MB, all together 20 MB."""
KEPT_ROWS: Final = 120_000
"""A larger result, of more than a symbol's year of minutes, is not kept: it would push out all others."""


class Reads:
    """The newest results, by a key that begins with the version they were read from; threads may share it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], pl.DataFrame] = OrderedDict()
        self._guard = Lock()

    def find(self, key: tuple[object, ...]) -> pl.DataFrame | None:
        """What was read under `key`, if that is still kept."""
        with self._guard:
            if (found := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
            return found

    def remember(self, key: tuple[object, ...], rows: pl.DataFrame) -> None:
        """Keep a result; what was read from another version is forgotten, and so is what was not asked for longest."""
        if rows.height > KEPT_ROWS:
            return
        with self._guard:
            for old in [known for known in self._kept if known[0] != key[0]]:
                del self._kept[old]  # nobody asks for the version before a commit again
            self._kept[key] = rows
            total = sum(r.height for r in self._kept.values())
            while len(self._kept) > CACHED_READS or total > CACHED_ROWS:
                total -= self._kept.popitem(last=False)[1].height
