"""Which trades were told before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from openbell.bars.buckets import TICK, Instants, instants_of
from openbell.model.sessions import EPOCH

Keys = NDArray[np.uint64]

MOST = 16_000_000
"""So many trades are remembered at most, 8 bytes each; beyond that the oldest ones are forgotten before their time."""

SECOND = 1_000_000
MANY_RUNS = 16
LONG_AGO = np.iinfo(np.int64).min


class Seen:
    """The identities of trades, by the second of their stamps. A trade that is told again bears the same stamp.

    Nearly every trade is newer than all before it, and need not be looked for. Not thread-safe.
    """

    def __init__(self) -> None:
        self._runs: dict[int, list[Keys]] = {}  # of each second, some sorted runs of keys
        self._newest = LONG_AGO
        self._count = 0

    def again(self, keys: Keys, stamps: Instants) -> NDArray[np.bool_]:
        """Which of a batch are `remembered`, or stand in it before; asking remembers nothing."""
        told = ~pl.Series(keys).is_first_distinct().to_numpy()
        for second, places in _by_second(stamps, np.flatnonzero(stamps <= self._newest)):
            wanted = keys[places]
            for run in self._runs.get(second, ()):
                told[places] |= run[np.minimum(run.searchsorted(wanted), run.size - 1)] == wanted
        return told

    def remember(self, keys: Keys, stamps: Instants) -> None:
        """Trades that count, which were not told before."""
        if not keys.size:
            return
        for second, places in _by_second(stamps, np.arange(keys.size)):
            runs = self._runs.setdefault(second, [])
            runs.append(np.sort(keys[places]))
            if len(runs) >= MANY_RUNS:
                runs[:] = [np.sort(np.concatenate(runs))]
        self._newest = max(self._newest, int(stamps.max()))
        self._count += keys.size
        while self._count > MOST and len(self._runs) > 1:
            self._drop(min(self._runs))

    def forget(self, before: datetime) -> None:
        """Trades from before that are told again come too late to count anyway."""
        first = (before - EPOCH) // TICK // SECOND
        for second in [each for each in self._runs if each < first]:
            self._drop(second)

    def _drop(self, second: int) -> None:
        self._count -= sum(run.size for run in self._runs.pop(second))


def identities(trades: pl.DataFrame) -> tuple[Keys, Instants]:
    """A number for each trade, and its stamp: vendors number their trades per symbol and venue, anew every day."""
    parts = [trades[name].hash(seed) for seed, name in enumerate(("source", "symbol", "venue", "id"))]
    keys = parts[0].to_numpy()
    for part in parts[1:]:
        keys = keys ^ part.to_numpy()
    return keys, instants_of(trades["ts"])


def _by_second(stamps: Instants, places: NDArray[np.intp]) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """The `places` second by second."""
    if not places.size:
        return
    seconds = stamps[places] // SECOND
    if seconds.min() == seconds.max():
        yield int(seconds[0]), places
        return
    order = np.argsort(seconds, kind="stable")
    for part in np.split(order, np.flatnonzero(np.diff(seconds[order])) + 1):
        yield int(seconds[part[0]]), places[part]
