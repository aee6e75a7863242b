"""What one currency cost in another on each day of a series: the rule of `rates`, a column at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from openbell.portfolio.book import Days, RateSeries
from openbell.portfolio.rates import CARRIED

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

_NEVER = -(2**62)


def rates_on(series: Sequence[RateSeries], base: str, quote: str, on: Days) -> Floats:
    """What one `base` cost in `quote` on each of the days, as `Rates.rate` has it; NaN where that has none."""
    if base == quote:
        return np.ones(on.size)
    rates, of = _between(series, base, quote, on)
    direct = of > _NEVER
    for third in sorted(_partners(series, base) & _partners(series, quote)):
        first, first_of = _between(series, base, third, on)
        second, second_of = _between(series, third, quote, on)
        way_of = np.minimum(first_of, second_of)
        newer = ~direct & (way_of > of)
        rates, of = np.where(newer, first * second, rates), np.where(newer, way_of, of)
    return rates


def _between(series: Sequence[RateSeries], base: str, quote: str, on: Days) -> tuple[Floats, Places]:
    """Rates told directly or as the inverse, the newest of them, and the days that they are of."""
    rates, of = np.full(on.size, np.nan), np.full(on.size, _NEVER)
    straight = [each for each in series if (each.base, each.quote) == (base, quote)]
    inverse = [each for each in series if (each.base, each.quote) == (quote, base)]
    for each, inverted in [*((one, False) for one in straight), *((one, True) for one in inverse)]:
        known = np.isfinite(each.rates) & (each.rates > 0)
        told = 1 / each.rates[known] if inverted else each.rates[known]
        newest, day = _carried(each.days[known], told, on)
        newer = day > of
        rates, of = np.where(newer, newest, rates), np.where(newer, day, of)
    return rates, of


def _carried(days: Days, rates: Floats, on: Days) -> tuple[Floats, Places]:
    if days.size == 0:
        return np.full(on.size, np.nan), np.full(on.size, _NEVER)
    place = np.searchsorted(days, on, side="right") - 1
    day = days[place].astype("datetime64[D]").astype(np.int64)
    fresh = (place >= 0) & (on.astype("datetime64[D]").astype(np.int64) - day <= CARRIED)
    return np.where(fresh, rates[place], np.nan), np.where(fresh, day, _NEVER)


def _partners(series: Sequence[RateSeries], currency: str) -> set[str]:
    return {each.quote for each in series if each.base == currency} | {
        each.base for each in series if each.quote == currency
    }
