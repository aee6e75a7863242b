"""How a portfolio has done: its value over time, its returns between two days, and the same money in a benchmark."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import isfinite
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query
from pydantic import BaseModel

from openbell.api.answers import get_once
from openbell.api.reckoning import Asked, Held, Inside, TheAsked, TheStretch, held, in_order, instrument_of, text
from openbell.api.shapes import Column
from openbell.portfolio.benchmark import Benchmark as Compared
from openbell.portfolio.benchmark import benchmark
from openbell.portfolio.returns import Drawdown as Fall
from openbell.portfolio.returns import Performance as Known
from openbell.portfolio.returns import (
    Stretch,
    contributions,
    drawdown,
    index_of,
    performance,
    said_of_uncounted,
    uncounted,
)
from openbell.portfolio.twr import Floats
from openbell.portfolio.valuation import Mask, missing, net_invested, worth
from openbell.portfolio.xirr import MoneyWeighted

router = APIRouter(tags=["portfolios"])

MOST_GAPS = 50
"""Days without a value that are named."""


class Gap(BaseModel):
    """A day without a value, and what has none."""

    day: date
    without: list[str]


class History(BaseModel):
    """By day, in the portfolio's currency: value, net invested, index (1 at the start of the stretch), drawdown, and
    what the same money would be worth in the benchmark. Null: not known; `gaps` names the newest of such days."""

    base: str
    days: list[date]
    value: Column
    invested: Column
    index: Column
    drawdown: Column
    benchmark: Column | None
    benchmark_id: str | None
    gaps: list[Gap]
    total_gaps: int


class Rate(BaseModel):
    """A money-weighted return a year and over the stretch, or the reason why there is none."""

    annual: float | None
    period: float | None
    reason: str
    also: list[float]


class Drawdown(BaseModel):
    """The deepest fall; `recovered` is null until the old height is reached again."""

    depth: float
    peak: date
    trough: date
    recovered: date | None


class Performance(BaseModel):
    """What became of the money between the ends of two days; null: something is missing, and `notes` say what.

    `uncounted` are the tickers of which more was given away than was ever held: no gain is known of that, and none is
    in the figures.
    """

    first: date
    last: date
    start: str | None
    end: str | None
    paid_in: str | None
    taken_out: str | None
    gain: str | None
    simple: float | None
    twr: float | None
    twr_annual: float | None
    mwr: Rate
    income: str | None
    fees: str | None
    taxes: str | None
    currency_gain: str | None
    drawdown: Drawdown | None
    uncounted: list[str]
    notes: list[str]


class Contribution(Held):
    """What one part added to the gain of the whole; `notes` say what is not in it."""

    gain: str | None
    share: float | None
    notes: list[str]


class Benchmark(BaseModel):
    """The same money in another instrument."""

    instrument: str
    ticker: str
    value: float | None
    twr: float | None
    twr_annual: float | None
    mwr: Rate
    notes: list[str]


class Returns(BaseModel):
    """The returns of what was asked for, what each part contributed, and the benchmark beside."""

    base: str
    performance: Performance
    contributions: list[Contribution]
    benchmark: Benchmark | None


@get_once(router, "/portfolios/{number}/history")
def history(
    asked: TheAsked,
    inside: Inside,
    stretch: TheStretch,
    against: Annotated[str | None, Query(alias="benchmark", max_length=40)] = None,
) -> History:
    """The value by day, and what was invested for it."""
    of = asked.reckoned.history
    shown = slice(max(stretch.start, 0), stretch.end + 1)
    index = index_of(of, inside)
    gaps = [each for each in missing(of, inside) if of.days[shown][0] <= np.datetime64(each[0]) <= of.days[stretch.end]]
    level = index.levels[shown] / (1.0 if stretch.start < 0 else index.levels[stretch.start])
    compared = _compared(asked, inside, stretch, against)
    return History(
        base=of.base,
        days=of.days[shown].tolist(),
        value=_column(worth(of, inside)[shown]),
        invested=_column(net_invested(of, inside)[shown]),
        index=_column(level),
        drawdown=_column(_falls(level)),
        benchmark=None if compared is None else _column(compared.values[shown]),
        benchmark_id=None if compared is None else compared.instrument,
        gaps=[Gap(day=day, without=[held(asked, part).ticker for part in parts]) for day, parts in gaps[-MOST_GAPS:]],
        total_gaps=len(gaps),
    )


@get_once(router, "/portfolios/{number}/returns")
def returns(
    asked: TheAsked,
    inside: Inside,
    stretch: TheStretch,
    against: Annotated[str | None, Query(alias="benchmark", max_length=40)] = None,
) -> Returns:
    """Gains and returns over a stretch, of the whole or of an account, an instrument or a tag."""
    of = asked.reckoned.history
    index = index_of(of, inside)
    compared = _compared(asked, inside, stretch, against)
    without = uncounted(of, inside, stretch)
    names = dict.fromkeys(held(asked, each.part).ticker for each in without)
    return Returns(
        base=of.base,
        performance=_performance(performance(of, inside, stretch, index), drawdown(index, stretch), list(names)),
        contributions=[
            Contribution(
                **held(asked, each.part).model_dump(),
                gain=text(each.gain),
                share=each.share,
                notes=[said_of_uncounted(of, one) for one in without if one.part == each.part],
            )
            for each in sorted(
                contributions(of, inside, stretch), key=lambda each: (-(each.gain or Decimal(0)), in_order(each.part))
            )
        ],
        benchmark=None if compared is None else _benchmark(asked, compared),
    )


def _compared(asked: Asked, inside: Mask, stretch: Stretch, told: str | None) -> Compared | None:
    """The benchmark that was asked for, else the portfolio's own where it has prices."""
    of, own = asked.reckoned.history, asked.kept.portfolio.benchmark
    if told is not None:
        return benchmark(of, inside, stretch, instrument_of(asked, told))
    return benchmark(of, inside, stretch, own) if own is not None and own in of.book.closes else None


def _falls(level: Floats) -> Floats:
    """How far below the highest level so far, 0 or less; not known where the level is not."""
    highest: Floats = np.fmax.accumulate(level) if level.size else level
    falls: Floats = level / highest - 1
    return falls


def _column(values: Floats) -> Column:
    column: Column = values.tolist()
    if not np.isfinite(values).all():
        column = [each if each is not None and isfinite(each) else None for each in column]
    return column


def _rate(told: MoneyWeighted) -> Rate:
    return Rate(annual=told.annual, period=told.period, reason=told.reason, also=list(told.also))


def _performance(told: Known, fall: Fall | None, without: list[str]) -> Performance:
    amounts = ("start", "end", "paid_in", "taken_out", "gain", "income", "fees", "taxes", "currency_gain")
    return Performance(
        first=told.first,
        last=told.last,
        **{name: text(getattr(told, name)) for name in amounts},
        simple=told.simple,
        twr=told.twr,
        twr_annual=told.twr_annual,
        mwr=_rate(told.mwr),
        drawdown=None if fall is None else Drawdown.model_validate(fall, from_attributes=True),
        uncounted=without,
        notes=list(told.notes),
    )


def _benchmark(asked: Asked, told: Compared) -> Benchmark:
    return Benchmark(
        instrument=told.instrument,
        ticker=asked.reckoned.book.facts[told.instrument].ticker,
        value=told.value,
        twr=told.twr,
        twr_annual=told.twr_annual,
        mwr=_rate(told.mwr),
        notes=list(told.notes),
    )
