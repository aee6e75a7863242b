"""The paths of the simulated market: days, the minutes inside a day, the seconds inside a minute.

Each level is drawn inside the one above it: a day's minutes start at its open, touch its high and its low, and end at
its close; a minute's seconds do the same. So a day's bar is the aggregate of its minutes by construction. Days are
counted from the launch; everything is a pure function of (seed, company, day).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from openbell.providers.simulated.companies import Company
from openbell.providers.simulated.noise import Floats, Indices, key_of, normal, uniform

MINUTES = 1440
MARKET_VOLATILITY, SECTOR_VOLATILITY = 0.007, 0.004
MEMORY = 0.9965
"""What is left of a price's distance to its trend after a day: prices wander, yet stay near their size for decades."""

QUARTER = 91
"""Days from one dividend to the next."""

BAD_PRINT = 1 / 50_000
"""The share of minutes in which the feed prints nonsense."""

Flags = NDArray[np.bool_]


class Prices(NamedTuple):
    """Four arrays of one shape."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats

    def at(self, index: Indices) -> Prices:
        """Those at `index`."""
        return Prices(*(each[index] for each in self))


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """Daily bars, one row per day from the launch; `ratio` and `dividend` are those whose ex date is the day."""

    prices: Prices
    volume: Floats
    previous_close: Floats  # on the day's own scale: divided by the day's split
    ratio: Floats
    dividend: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Minutes:
    """Minute bars as arrays of (days, 1440). A minute without volume has no bar; one of `bad` is nonsense."""

    prices: Prices
    volume: Floats
    bad: Flags


@lru_cache(maxsize=64)
def days_of(seed: int, company: Company, count: int) -> Days:
    """The first `count` days of `company`, raw."""
    index = np.arange(count)
    ratio, payout = _splits(company, index), _payouts(company, index)
    level = _trend(company, index) + _wander(_returns(seed, company, index))
    scale = np.cumprod((1.0 - payout) / ratio)
    close = np.exp(level) * scale
    carried = np.exp(np.concatenate(([math.log(company.price)], level[:-1]))) * scale
    volatility = math.hypot(company.volatility, company.beta * MARKET_VOLATILITY, SECTOR_VOLATILITY)

    def rolls(name: str) -> Floats:
        return normal(key_of(seed, company.ticker, name), index)

    open_ = carried * np.exp(0.3 * volatility * rolls("gap"))
    high = np.maximum(open_, close) * np.exp(volatility * (0.25 + 0.35 * np.abs(rolls("high"))))
    low = np.minimum(open_, close) * np.exp(-volatility * (0.25 + 0.35 * np.abs(rolls("low"))))
    volume = np.floor(company.turnover * np.cumprod(ratio) ** 0.5 * np.exp(0.35 * rolls("volume"))) + 4.0
    prices = Prices(*(on_tick(each, company.decimals) for each in (open_, high, low, close)))
    last = np.concatenate((on_tick(np.array([company.price]), company.decimals), prices.close[:-1])) / ratio
    return Days(prices, volume, last, ratio, np.round(last * payout, company.decimals + 2))


def _splits(company: Company, day: Indices) -> Floats:
    if company.split is None:
        return np.ones(len(day))
    since = day - company.split.first
    return np.where((since >= 0) & (since % company.split.every == 0), company.split.ratio, 1.0)


def _payouts(company: Company, day: Indices) -> Floats:
    """The share of the price paid out on each ex date; each company has its own week of the quarter."""
    turn = key_of(0, company.ticker) % QUARTER
    return np.where((day % QUARTER == turn) & (day > 0), company.dividend_yield * QUARTER / 365, 0.0)


def _trend(company: Company, day: Indices) -> Floats:
    """The logarithm of the trend: growth makes up for splits and dividends, so that raw prices keep their size."""
    growth = -math.log1p(-company.dividend_yield * QUARTER / 365) / QUARTER
    if company.split is not None:
        growth += math.log(company.split.ratio) / company.split.every
    return np.asarray(math.log(company.price) + growth * day)


def _returns(seed: int, company: Company, day: Indices) -> Floats:
    """Each day's surprise: what moves the market, the sector and the company alone; one day in 60 is news."""
    market = MARKET_VOLATILITY * normal(key_of(seed, "market"), day)
    sector = SECTOR_VOLATILITY * normal(key_of(seed, "sector", company.sector), day)
    news = np.where(uniform(key_of(seed, company.ticker, "news"), day) < 1 / 60, 3.0, 1.0)
    own = company.volatility * news * normal(key_of(seed, company.ticker, "own"), day)
    return company.beta * (market + sector) + own


def _wander(surprise: Floats) -> Floats:
    """y[t] = MEMORY y[t-1] + surprise[t], without a loop."""
    decay = MEMORY ** np.arange(len(surprise))
    return np.asarray(decay * np.cumsum(surprise / decay))


def on_tick(price: Floats, decimals: int) -> Floats:
    """`price` rounded to `decimals`, and never below the smallest price there is."""
    return np.maximum(np.round(price, decimals), 10.0**-decimals)


def minutes_of(seed: int, company: Company, days: Days, day: Indices) -> Minutes:
    """The minutes of each `day`; the bars with volume that are not `bad` add up to the day's bar exactly."""
    bar = days.prices.at(day)
    low, high = bar.low[:, None], bar.high[:, None]
    path = bridge(key_of(seed, company.ticker, "minutes"), day, bar, MINUTES, company.decimals)
    open_, close = path.points[:, :-1], path.points[:, 1:]
    minute = day[:, None] * MINUTES + np.arange(MINUTES)
    reach = (high - low) * (0.4 / math.sqrt(MINUTES))

    def wick(name: str) -> Floats:
        return np.asarray(reach * np.abs(normal(key_of(seed, company.ticker, name), minute)))

    touched = np.zeros(minute.shape, dtype=bool)
    touched[:, [0, -1]] = True
    touched[np.arange(len(day)), path.at_high] = True
    touched[np.arange(len(day)), path.at_low] = True
    bad = (uniform(key_of(seed, company.ticker, "bad"), minute) < BAD_PRINT) & ~touched
    top, bottom, tick = np.maximum(open_, close), np.minimum(open_, close), 10.0**-company.decimals
    upper = np.clip(
        on_tick(top + _short_of(high - top, wick("upper")), company.decimals), top, np.maximum(top, high - tick)
    )
    lower = np.clip(
        on_tick(bottom - _short_of(bottom - low, wick("lower")), company.decimals),
        np.minimum(bottom, low + tick),
        bottom,
    )
    chance = np.where(bad, 0.0, np.exp(0.7 * normal(key_of(seed, company.ticker, "share"), minute)))
    return Minutes(Prices(open_, upper, lower, close), _shares(days.volume[day], chance, touched), bad)


def _short_of(room: Floats, reach: Floats) -> Floats:
    """`reach`, the shorter the less `room` there is, and never all of it."""
    space = np.where(room > 0, room, 1.0)
    return np.where(room > 0, space * -np.expm1(-reach / space), 0.0)


def _shares(total: Floats, chance: Floats, touched: Flags) -> Floats:
    """Each day's `total` over its minutes: U-shaped, whole units, at least one in the four minutes `touched`."""
    middle = np.abs(np.arange(MINUTES) / (MINUTES / 2) - 1.0)
    upto = np.cumsum((0.5 + 1.6 * middle**3) * chance, axis=1)
    spread = np.floor((total - 4.0)[:, None] * (upto / upto[:, -1:]))
    return np.diff(spread, axis=1, prepend=0.0) + touched


class Path(NamedTuple):
    """One walk per row of `points`, and the step at which each touches its high and its low."""

    points: Floats
    at_high: Indices
    at_low: Indices


def bridge(key: int, rows: Indices, bar: Prices, steps: int, decimals: int) -> Path:
    """Paths of `steps` + 1 points from open to close, inside [low, high] and touching both.

    A random walk from 0 to 1 is pinned to its four points (a Brownian bridge), folded back at the bounds, and bent so
    that it leaves them quickly: prices do not stay at their extremes. `rows` number the walks: the same number gives
    the same walk.
    """
    at_high, at_low = _two_steps(key, rows, steps)
    early, late = np.minimum(at_high, at_low)[:, None], np.maximum(at_high, at_low)[:, None]
    open_, high, low, close = (each[:, None] for each in bar)
    width = np.where(high > low, high - low, 1.0)
    rising = at_low[:, None] == early
    step = np.arange(steps + 1)[None, :]
    walk = np.cumsum(normal(key, rows[:, None] * (steps + 1) + step), axis=1) * (0.75 / math.sqrt(steps))

    def straight(*levels: Floats) -> Floats:
        start, first, second, end = levels
        before = start + (first - start) * (step / early)
        between = first + (second - first) * ((step - early) / (late - early))
        after = second + (end - second) * ((step - late) / (steps - late))
        return np.where(step <= early, before, np.where(step <= late, between, after))

    first, last = ((1.0 - np.cos(np.pi * (each - low) / width)) / 2.0 for each in (open_, close))
    pinned = straight(first, np.where(rising, 0.0, 1.0), np.where(rising, 1.0, 0.0), last)
    drift = straight(*(np.take_along_axis(walk, at, 1) for at in (0 * early, early, late, 0 * late + steps)))
    bent = np.arccos(1.0 - 2.0 * _folded(pinned + walk - drift)) / np.pi
    points = np.clip(on_tick(low + width * bent, decimals), low, high)
    points[:, [0]], points[:, [-1]] = open_, close  # to the last bit
    return Path(points, at_high, at_low)


def _two_steps(key: int, rows: Indices, steps: int) -> tuple[Indices, Indices]:
    """Two steps for each row, far from each other and from both ends: no price crosses its range at once."""
    apart = max(1, steps // 20)
    span = steps - 2 * apart
    one = (uniform(key ^ 1, rows) * span).astype(np.int64)
    other = (one + apart + (uniform(key ^ 2, rows) * (span - 2 * apart + 1)).astype(np.int64)) % span
    return apart + one, apart + other


def _folded(path: Floats) -> Floats:
    """`path` reflected at 0 and 1 as often as it takes."""
    return np.asarray(1.0 - np.abs(path % 2.0 - 1.0))
