"""One symbol's bars as columns of numbers, and what is usual among them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import exp

import numpy as np
import numpy.typing as npt
import polars as pl

from openbell.ingest.quality.findings import PRICES
from openbell.ingest.quality.ratios import in_ticks

Floats = npt.NDArray[np.float64]

USUAL = 20
"""The number of sessions that make the usual turnover."""

CALM = 4.0
"""A session is calm where it trades at most this many times the usual: news moves more, a split does not."""

BUSY = 2.0
"""The turnover on a split's first day, of the usual, that casts doubt on it: 1.6 at most on those of Apple, IBM and
Microsoft from 1999 to 2020, 10 on Apple's fall by half of 2000-09-29."""


@dataclass(frozen=True, slots=True)
class Split:
    """A recorded split and the first row on its new scale; the number of rows where there is none."""

    ratio: float
    row: int
    ex_date: str


@dataclass(frozen=True)
class Track:
    """One symbol's bars, oldest first; `session` numbers their sessions, `bars` hold `first`, `previous` and `gap`."""

    bars: pl.DataFrame
    session: npt.NDArray[np.int64]
    splits: tuple[Split, ...]
    daily: bool
    """Whether the bars last a session or less; over weeks and months the market itself halves and doubles."""
    calendar: bool = True
    """Whether no session is missed in the count; else it is one of weekdays, holidays included."""

    @cached_property
    def gap(self) -> Floats:
        """The log of each change from the close before that no action explains; 0 in the first row."""
        return self.bars["gap"].fill_null(0.0).to_numpy()

    @cached_property
    def own(self) -> npt.NDArray[np.bool_]:
        """Whether the row is of the batch; the others are stored already."""
        return self.bars["nr"].is_not_null().to_numpy()

    @cached_property
    def traded(self) -> npt.NDArray[np.bool_]:
        """Whether anything was traded in the row."""
        return (self.bars["volume"].fill_null(0.0) > 0).to_numpy()

    def sessions_apart(self, earlier: int, later: int) -> int:
        """The number of sessions from one row to a later one; 0 within one."""
        return int(self.session[later] - self.session[earlier])

    def misses_sessions(self, row: int) -> bool:
        """Whether sessions are missing before `row`; where they are weekdays, one missing may be a holiday."""
        return self.sessions_apart(row - 1, row) > (1 if self.calendar else 2)

    def of_session(self, row: int) -> slice:
        """The rows of the session of `row`, from it on."""
        return slice(row, int(np.searchsorted(self.session, self.session[row], "right")))

    def in_ticks(self, row: int) -> bool:
        """Whether the change before `row` is one or two ticks of a coarsely quoted price (1, 2, 3 ...)."""
        near = self.bars[max(0, row - 3) : row + 1].select(PRICES)
        unexplained = self.bars["first"][row] * (1 - exp(-self.gap[row]))
        return in_ticks(unexplained, [price for prices in near.rows() for price in prices])

    def turnover_as_split(self, row: int, size: float) -> float | None:
        """The turnover of the session of `row`, of the usual, if its change of log `size` is a split; None where no
        volume is known.

        A split of 2:1 doubles the units at the same money: the larger of the money and of the units on the old scale.
        """
        money, units = self._of_usual(self._turnovers, row), self._of_usual(self._volumes, row)
        return None if money is None or units is None else max(money, units * exp(size))

    def split_like(self, row: int, size: float) -> bool | None:
        """Whether the session of `row` trades as if its change of log `size` were a split, or were wrong; None where
        no volume is known. News of such a size moves more units, and more money."""
        as_split, units = self.turnover_as_split(row, size), self._of_usual(self._volumes, row)
        return None if as_split is None or units is None else as_split < BUSY or units < CALM

    def calm(self, row: int) -> bool | None:
        """Whether the session of `row` trades no more than usual, in money or in units; None where not known."""
        money, units = self._of_usual(self._turnovers, row), self._of_usual(self._volumes, row)
        return None if money is None or units is None else min(money, units) < CALM

    @cached_property
    def _begins(self) -> npt.NDArray[np.int64]:
        return np.flatnonzero(np.diff(self.session, prepend=self.session[0] - 1))

    @cached_property
    def _volumes(self) -> Floats:
        return np.add.reduceat(self.bars["volume"].fill_null(0.0).to_numpy(), self._begins)

    @cached_property
    def _turnovers(self) -> Floats:
        money = self.bars.select((pl.col("volume") * pl.col("close")).fill_null(0.0)).to_series().to_numpy()
        return np.add.reduceat(money, self._begins)

    def _of_usual(self, traded: Floats, row: int) -> float | None:
        at = int(np.searchsorted(self._begins, row, "right")) - 1
        usual = traded[max(0, at - USUAL) : at]
        if np.count_nonzero(usual) < 3:
            usual = np.append(usual, traded[at + 1 : at + 1 + USUAL])
        usual = usual[usual > 0]
        return float(traded[at] / np.median(usual)) if len(usual) else None
