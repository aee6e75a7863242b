"""Which symbols of a batch need a closer look: one pass over columns, however many rules there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Instants = NDArray[np.int64]

LONG_AGO = np.iinfo(np.int64).min // 4
"""Before every instant, in microseconds since 1970; a batch's span can be added to it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Columns of one length, in order of arrival. `code`: the symbol's place in the screen."""

    code: NDArray[np.intp]
    ts: Instants
    seq: Instants
    value: Numbers
    price: Numbers

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Batch:
        """These rows only."""
        return Batch(self.code[rows], self.ts[rows], self.seq[rows], self.value[rows], self.price[rows])


class Screen:
    """The newest value of each symbol, and the bounds within which nothing happens to any of its rules.

    A row older than the newest of its symbol does not count: a late print of an old price is no crossing. Of the same
    instant, the one with the higher `seq` is the newer; of the same `seq` too, only the first counts.
    """

    def __init__(self, symbols: Sequence[str]) -> None:
        self._names = pl.Enum(list(symbols))
        size = len(symbols)
        self.ts = np.full(size, LONG_AGO)
        self.seq = np.full(size, -1)
        self.value = np.full(size, np.nan)
        self.lower = np.full(size, -np.inf)
        self.upper = np.full(size, np.inf)
        self.turn = np.full(size, float(LONG_AGO))
        """From this instant on the bounds no longer hold; in the beginning none do."""

    def forget(self, code: int) -> None:
        """Nothing has been heard of this symbol."""
        self.ts[code], self.seq[code], self.value[code] = LONG_AGO, -1, np.nan
        self.lower[code], self.upper[code], self.turn[code] = -np.inf, np.inf, LONG_AGO

    def codes(self, symbols: pl.Series) -> NDArray[np.intp]:
        """The place of each symbol; -1 for one that nobody watches."""
        places = symbols.cast(self._names, strict=False).to_physical()
        if places.null_count():
            places = places.cast(pl.Int64).fill_null(-1)
        return places.to_numpy().astype(np.intp)

    def sift(self, batch: Batch) -> Iterator[tuple[int, Batch]]:
        """By symbol, the rows of those for which something may happen; of the others the newest row is remembered."""
        # short integers are sorted by their digits, fifteen times as fast
        key = batch.code.astype(np.uint16) if self.ts.size < 1 << 16 else batch.code
        rows = self._newer(batch.take(np.argsort(key, kind="stable")))
        if not rows.code.size:
            return
        first = np.flatnonzero(np.diff(rows.code, prepend=-1))
        last = np.append(first[1:], rows.code.size) - 1
        code = rows.code[first]
        reached = np.minimum.reduceat(rows.value, first) <= self.lower[code]
        reached |= np.maximum.reduceat(rows.value, first) >= self.upper[code]
        reached |= rows.ts[last] >= self.turn[code]
        quiet, end = code[~reached], last[~reached]
        self.ts[quiet], self.seq[quiet], self.value[quiet] = rows.ts[end], rows.seq[end], rows.value[end]
        for each in np.flatnonzero(reached):
            yield int(code[each]), rows.take(np.arange(first[each], last[each] + 1))

    def _newer(self, rows: Batch) -> Batch:
        """The rows, which are by symbol, without those that came too late."""
        if not rows.code.size:
            return rows
        held = self.ts[rows.code]
        newer = (rows.ts > held) | ((rows.ts == held) & (rows.seq > self.seq[rows.code]))
        since = rows.ts - rows.ts.min()
        lifted = since + rows.code * (since.max() + 1)  # each symbol above the one before: one running maximum for all
        newer &= lifted == np.maximum.accumulate(lifted)
        kept = rows if newer.all() else rows.take(newer)
        again = (np.diff(kept.code) == 0) & (np.diff(kept.ts) == 0) & (np.diff(kept.seq) <= 0)
        return kept.take(np.append(True, ~again)) if again.any() else kept
