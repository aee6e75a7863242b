"""The time-weighted return: what one unit of money that was there all the time became, whenever more came or went."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from openbell.portfolio.book import Days
from openbell.portfolio.xirr import YEAR

Floats = npt.NDArray[np.float64]

METHOD = (
    "Each day's growth, (value at the end + what was taken out that day) / (value at the end of the day before + what "
    "was paid in that day), multiplied over all days: money comes at the start of its day and goes at its end. Over a "
    "stretch of days without a value the Modified Dietz return stands for them: gain / (value before + each flow "
    "weighted by the part of the stretch that it was there), as the Global Investment Performance Standards name both."
)


@dataclass(frozen=True, slots=True)
class Index:
    """What one unit became, day by day."""

    days: Days
    levels: Floats
    """At the end of each day; NaN where the value is not known. 1 before the first money came."""
    estimated: tuple[tuple[int, int], ...] = ()
    """Places of the valued days before and after each stretch without a value."""
    undefined: tuple[int, ...] = ()
    """Places of days whose gain had no capital behind it; from the first of them on where what was owed exceeds what
    was there, the index is not known."""
    unearned: tuple[int, ...] = ()
    """Places of days with a gain while nothing was held, such as a dividend after the sale; not in the index."""

    def between(self, start: int, end: int) -> float | None:
        """The return from the end of the day at `start` (-1: from before the first) to the end of that at `end`."""
        before = 1.0 if start < 0 else float(self.levels[start])
        after = float(self.levels[end])
        if not (np.isfinite(before) and np.isfinite(after)) or before == 0:
            return None
        return after / before - 1


def chained(days: Days, values: Floats, paid_in: Floats, taken_out: Floats) -> Index:
    """The index of a series of `values` at the end of each day; both flows at least 0, NaN values where not known."""
    valued = np.flatnonzero(np.isfinite(values))
    levels = np.full(days.size, np.nan)
    if valued.size == 0:
        return Index(days, levels)
    ends = np.append(0.0, values[valued])
    came, went, capital = _over(valued, paid_in, taken_out)
    base = ends[:-1] + capital
    gain = ends[1:] - ends[:-1] - came + went
    idle = np.abs(base) <= _NOTHING * np.maximum(1.0, np.maximum(np.abs(ends[:-1]), came + went))
    growth = np.ones(valued.size)
    np.divide(gain, base, out=growth, where=~idle)
    growth[~idle] += 1
    owed = ~idle & ((base < 0) | (growth < 0))
    growth[owed] = np.nan
    levels[valued] = np.cumprod(growth)
    return Index(
        days,
        levels,
        _stretches(valued),
        tuple(valued[owed].tolist()),
        tuple(valued[idle & (np.abs(gain) > _NOTHING)].tolist()),
    )


def annualised(total: float | None, first: np.datetime64, last: np.datetime64) -> float | None:
    """`total` as a rate a year, from one year on (ACT/365); shorter stretches say nothing of a year: None."""
    length = int((last - first).astype("timedelta64[D]").astype(int))
    if total is None or length < YEAR:
        return None
    return float(max(1 + total, 0.0) ** (YEAR / length) - 1)


_NOTHING = 1e-9


def _over(valued: npt.NDArray[np.intp], paid_in: Floats, taken_out: Floats) -> tuple[Floats, Floats, Floats]:
    """Of each stretch that ends with a valued day: paid in, taken out, and the flows weighted by how long they were."""
    if valued.size == paid_in.size:  # each day is a stretch of its own
        return paid_in, taken_out, paid_in
    starts = np.append(0, valued[:-1] + 1)
    upto = slice(0, int(valued[-1]) + 1)
    came, went = np.add.reduceat(paid_in[upto], starts), np.add.reduceat(taken_out[upto], starts)
    lengths = valued - starts + 1
    place = np.arange(upto.stop)
    end = np.repeat(valued, lengths)
    length = np.repeat(lengths, lengths)
    weighted = paid_in[upto] * (end - place + 1) / length - taken_out[upto] * (end - place) / length
    return came, went, np.add.reduceat(weighted, starts)


def _stretches(valued: npt.NDArray[np.intp]) -> tuple[tuple[int, int], ...]:
    if valued[-1] == valued.size - 1:
        return ()
    before = np.append(-1, valued[:-1])
    longer = valued - before > 1
    return tuple(zip(before[longer].tolist(), valued[longer].tolist(), strict=True))
