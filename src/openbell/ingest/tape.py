"""The latest quote of each symbol, in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock

import polars as pl

Quote = Mapping[str, object]
"""One row of QUOTES."""


class Tape:
    """The newest quote per symbol; an older one never replaces it. Thread-safe."""

    def __init__(self) -> None:
        self._quotes: dict[str, Quote] = {}
        self._guard = Lock()

    def update(self, quotes: pl.DataFrame) -> None:
        """Take in QUOTES."""
        with self._guard:
            for row in quotes.iter_rows(named=True):
                held = self._quotes.get(row["symbol"])
                if held is None or str(held["ts"]) <= str(row["ts"]):
                    self._quotes[row["symbol"]] = row

    def latest(self, symbols: Sequence[str]) -> dict[str, Quote]:
        """The newest quote of each of `symbols` that has one."""
        with self._guard:
            return {symbol: self._quotes[symbol] for symbol in symbols if symbol in self._quotes}
