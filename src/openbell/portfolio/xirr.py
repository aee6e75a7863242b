"""The money-weighted return: the one yearly rate at which all that was paid in and taken out balances."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from openbell.portfolio.book import Days

YEAR = 365.0
"""ACT/365: a year is 365 days, leap years too."""

METHOD = (
    "The rate r at which the flows balance: the sum of flow / (1 + r)^(days since the first / 365) is 0 (internal rate "
    "of return, ACT/365, as spreadsheets' XIRR). Of several such rates, the one where the sum falls as r rises, as an "
    "investor's does, and of those the one nearest to 0."
)

_BILLION = 1e9
_HIGHEST = 101.0  # 1 + 10,000 % a year
_GRID = 161
_ROW, _ZOOMS = 33, 10  # each time 16 times nearer

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MoneyWeighted:
    """A money-weighted return, or the reason why there is none."""

    annual: float | None
    """A year; None where no rate balances the flows, or none that a number can tell, or where it is not asked for."""
    period: float | None = None
    """Over the whole stretch, not annualised: (1 + annual)^(days/365) - 1."""
    reason: str = ""
    """Why there is no rate; empty where there is all that was asked for."""
    also: tuple[float, ...] = ()
    """Further rates a year that balance the same flows."""


def money_weighted(days: Days, flows: Floats) -> MoneyWeighted:
    """The rate that balances `flows`, one per element of `days`, in any order: paid in < 0, taken out > 0.

    Where the signs change once, the rate is unique and found wherever it lies. Where they change more often (Descartes:
    as many rates are possible), only rates that anybody could have had are considered: over the whole stretch at least
    a billionth of the money is left, and it grows by at most 10,000 % a year or to the billionfold in all. Outside, one
    flow outweighs all others together, and the rate says nothing of them.
    """
    if not np.isfinite(flows).all():
        return MoneyWeighted(None, reason="a flow is not known")
    years, sums = _by_day(days, flows)
    if sums.size == 0:
        return MoneyWeighted(None, reason="no money was paid in or taken out")
    if sums.size == 1 or (sums > 0).all() or (sums < 0).all():
        return MoneyWeighted(None, reason=_one_sided(sums))
    turns = int(np.count_nonzero(np.sign(sums[1:]) != np.sign(sums[:-1])))
    brackets = [_around(years, sums)] if turns == 1 else list(_crossings(years, sums))
    roots = [_root(years, sums, low, high) for low, high in brackets]
    if not roots:
        return MoneyWeighted(None, reason="no rate that anybody could have had balances the flows")
    return _told(_chosen(years, sums, roots), roots, float(years[-1]))


def of_investor(days: Days, flows: Floats) -> MoneyWeighted:
    """As `money_weighted`; flows of less than a year say nothing of a year, so that there is `period` alone."""
    found, moved = money_weighted(days, flows), days[flows != 0]
    if found.period is None or (moved.max() - moved.min()).astype("timedelta64[D]").astype(int) >= YEAR:
        return found
    return MoneyWeighted(None, found.period)


def _by_day(days: Days, flows: Floats) -> tuple[Floats, Floats]:
    """Years since the first flow that is not 0, and the sum of each day; days whose flows cancel are left out."""
    moved = flows != 0
    dates, place = np.unique(days[moved], return_inverse=True)
    sums = np.bincount(place, weights=flows[moved], minlength=dates.size)
    dates, sums = dates[sums != 0], sums[sums != 0]
    if dates.size == 0:
        return np.empty(0), np.empty(0)
    return (dates - dates[0]).astype(np.int64) / YEAR, sums


def _one_sided(sums: Floats) -> str:
    if sums.size == 1:
        return "all flows are of one day"
    return "money was only taken out" if sums[0] > 0 else "money was only paid in, and nothing is left"


def _chosen(years: Floats, sums: Floats, roots: list[float]) -> float:
    """See METHOD."""
    falling = [root for root in roots if _slope(years, sums, root) < 0]
    return min(falling or roots, key=abs)


def _told(chosen: float, roots: list[float], stretch: float) -> MoneyWeighted:
    annual, period = _rate(chosen), _rate(chosen * stretch)
    also = tuple(rate for root in roots if root != chosen and (rate := _rate(root)) is not None)
    if annual is None:
        reason = (
            "a year at this pace would be beyond all numbers" if chosen > 0 else "a year at this pace leaves nothing"
        )
        return MoneyWeighted(None, period, reason, also)
    return MoneyWeighted(annual, period, "", also)


def _rate(log: float) -> float | None:
    """None: no number tells it, as little as a loss so near to all that nothing but -1 is left of it."""
    try:
        rate = math.expm1(log)
    except OverflowError:
        return None
    return rate if rate > -1 else None


def _balance(years: Floats, sums: Floats, log: float) -> float:
    """The flows' present value at ln(1 + r) = `log`, as a part of what they are without signs: from -1 to 1."""
    weights = _weights(years, log)
    return float(weights @ sums) / float(weights @ np.abs(sums))


def _balances(years: Floats, sums: Floats, logs: Floats) -> Floats:
    """As `_balance`, of many rates at once."""
    powers = -np.outer(logs, years)
    weights = np.exp(powers - np.maximum(powers[:, :1], powers[:, -1:]))
    values: Floats = (weights @ sums) / (weights @ np.abs(sums))
    return values


def _slope(years: Floats, sums: Floats, log: float) -> float:
    weights = _weights(years, log)
    return -float(weights @ (sums * years)) / float(weights @ np.abs(sums))


def _weights(years: Floats, log: float) -> Floats:
    """What one unit of each day counts, as a part of what the heaviest day's does: never too large for a number.

    The heaviest is the first day or the last.
    """
    powers = -log * years
    weights: Floats = np.exp(powers - max(powers[0], powers[-1]))
    return weights


def _around(years: Floats, sums: Floats) -> tuple[float, float]:
    """Two rates with the only one that balances between them."""
    at_zero = _balance(years, sums, 0.0)
    outwards = 1.0 if (at_zero > 0) == (sums[0] < 0) else -1.0  # with r the first flows gain weight
    near, far = 0.0, outwards / years[-1]
    while _balance(years, sums, far) * at_zero > 0:
        near, far = far, 2 * far
    return min(near, far), max(near, far)


def _crossings(years: Floats, sums: Floats) -> Iterator[tuple[float, float]]:
    """Brackets of one rate each, over the range that is considered."""
    stretch = float(years[-1])
    logs = np.linspace(-math.log(_BILLION) / stretch, max(math.log(_HIGHEST), math.log(_BILLION) / stretch), _GRID)
    values = _balances(years, sums, logs)
    signs, sizes = np.sign(values), np.abs(values)
    for left in np.flatnonzero((signs[:-1] * signs[1:] < 0) | (values[:-1] == 0)):
        yield float(logs[left]), float(logs[left + 1])
    # where it comes nearest to 0 and turns back, it may have been beyond
    same_side = (signs[:-2] == signs[1:-1]) & (signs[1:-1] == signs[2:])
    turns = same_side & (sizes[1:-1] <= sizes[:-2]) & (sizes[1:-1] <= sizes[2:])
    for left in np.flatnonzero(turns):
        low, high = float(logs[left]), float(logs[left + 2])
        turn = _nearest(years, sums, low, high)
        if _balance(years, sums, turn) * values[left] < 0:
            yield low, turn
            yield turn, high


def _nearest(years: Floats, sums: Floats, low: float, high: float) -> float:
    """Where between the two the balance is nearest to 0, or beyond it: of a row of rates the neighbours of the best."""
    side = math.copysign(1.0, _balance(years, sums, low))
    for _ in range(_ZOOMS):
        logs = np.linspace(low, high, _ROW)
        best = int(np.argmin(side * _balances(years, sums, logs)))
        low, high = float(logs[max(best - 1, 0)]), float(logs[min(best + 1, _ROW - 1)])
    return (low + high) / 2


def _root(years: Floats, sums: Floats, low: float, high: float) -> float:
    """The balancing rate in a bracket: Newton's step where it stays inside, else half of the bracket."""
    rises = _balance(years, sums, high) > 0
    timed, sizes = sums * years, np.abs(sums)
    log = (low + high) / 2
    for _ in range(200):
        weights = _weights(years, log)
        size = float(weights @ sizes)
        value, slope = float(weights @ sums) / size, -float(weights @ timed) / size
        if value == 0:
            return log
        low, high = (low, log) if (value > 0) == rises else (log, high)
        step = log - value / slope if slope else math.nan
        following = step if low < step < high else (low + high) / 2
        if abs(following - log) <= 1e-15 * max(1.0, abs(log)):
            return following
        log = following
    return log
