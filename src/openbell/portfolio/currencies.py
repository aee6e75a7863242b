"""What one currency cost in another on each day of a series: the rule of `rates`, a column at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from openbell.portfolio.book import Days, RateSeries
from openbell.portfolio.rates import CARRIED
from openbell.portfolio.valuation import Flows

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
Unknown = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]
"""Of each step that nobody knows, the place of the day that it leads to and of the part."""

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


def currency_gains(
    values: Floats, flows: Flows, currencies: Sequence[str], rates: Mapping[str, Floats]
) -> tuple[Floats, Unknown]:
    """By part and day, summed up: what of its gain came from its currency alone; and the steps that nobody knows.

    From one valued day to the next the price's part is the gain in the currency itself at the rate before, and the
    currency's is the rest: price at the first rate, currency at the last price, day by day. A step within which
    something came or left that nobody knows the worth of counts as nothing in the sums.
    """
    gains = np.zeros_like(values)
    foreign = {code: rate for code, rate in rates.items() if not (rate == 1).all()}
    known = {code for code, rate in foreign.items() if np.isfinite(rate).all()}
    whole = np.logical_and.reduce(np.isfinite(values), axis=0)
    whole[flows.part[np.isnan(flows.amount)]] = False
    together = [column for column, code in enumerate(currencies) if code in known and whole[column]]
    if together:
        columns, each = np.array(together), np.stack([foreign[currencies[column]] for column in together], 1)
        gains[:, columns] = _gains_together(values[:, columns], flows, columns, each)
    unknown: list[tuple[int, int]] = []
    for column, code in enumerate(currencies):
        if code in foreign and not (code in known and whole[column]):
            rate, mine = foreign[code], flows.part == column
            flow = np.bincount(flows.place[mine], weights=flows.amount[mine], minlength=rate.size).astype(np.float64)
            gains[:, column], steps = _currency_gain(values[:, column], flow, rate)
            unknown += [(place, column) for place in steps.tolist()]
    places, parts = np.array(unknown, np.intp).reshape(-1, 2).T
    return gains, (places, parts)


def _gains_together(values: Floats, flows: Flows, columns: npt.NDArray[np.intp], rates: Floats) -> Floats:
    """As `_currency_gain`, of parts that have a value and a rate on each day."""
    at = np.searchsorted(columns, flows.part)
    mine = columns[np.minimum(at, columns.size - 1)] == flows.part
    cell = flows.place[mine] * columns.size + at[mine]
    flow = np.bincount(cell, weights=flows.amount[mine], minlength=values.size).reshape(values.shape)
    before, rates_before = np.zeros_like(values), rates.copy()
    before[1:], rates_before[1:] = values[:-1], rates[:-1]
    in_currency = values / rates - before / rates_before - flow / rates
    gains: Floats = np.cumsum(values - before - flow - in_currency * rates_before, axis=0)
    return gains


def _currency_gain(value: Floats, flow: Floats, rate: Floats) -> tuple[Floats, npt.NDArray[np.intp]]:
    """The sums, NaN on a day without a value or a rate, and the places of the steps that nobody knows.

    Nothing is worth nothing at any rate.
    """
    valued = np.flatnonzero(np.isfinite(value) & (np.isfinite(rate) | (value == 0)))
    summed = np.full(value.size, np.nan)
    if valued.size == 0:
        return summed, valued
    starts = np.append(0, valued[:-1] + 1)
    upto = int(valued[-1]) + 1
    own, flow_in_currency = (np.divide(each, rate, out=np.zeros_like(each), where=each != 0) for each in (value, flow))
    came, came_in_currency = np.add.reduceat(flow[:upto], starts), np.add.reduceat(flow_in_currency[:upto], starts)
    gain = value[valued] - np.append(0.0, value[valued][:-1]) - came
    in_currency = own[valued] - np.append(0.0, own[valued][:-1]) - came_in_currency
    rate_before = np.append(rate[valued][:1], rate[valued][:-1])
    rate_before = np.where(np.isfinite(rate_before), rate_before, rate[valued])
    steps = gain - np.multiply(in_currency, rate_before, out=np.zeros_like(in_currency), where=in_currency != 0)
    known = np.isfinite(steps)
    summed[valued] = np.cumsum(np.where(known, steps, 0.0))
    return summed, valued[~known]
