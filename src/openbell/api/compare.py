"""Two to eight symbols beside each other, aligned by time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import polars as pl
from fastapi import APIRouter, Query
from pydantic import BaseModel

from openbell.api.access import Role, TheDesk, allow
from openbell.api.bars import From, To
from openbell.api.shapes import Column, decimals_of, floats, seconds
from openbell.history.comparison import Compared, compared
from openbell.history.stretch import Range
from openbell.model.frames import Scale
from openbell.model.interval import Interval

router = APIRouter(tags=["compare"])


class Lines(BaseModel):
    """A value per symbol at each of `ts`, seconds since 1970; null where a symbol has none."""

    ts: list[int]
    values: dict[str, Column]


class Daily(BaseModel):
    """Per trade date: mean close, volume, and share of all volume (0 to 1) of each symbol.

    One bar a day has no mean: `average` is null throughout then, and `note` says what to do.
    """

    dates: list[date]
    average: dict[str, Column]
    volume: dict[str, Column]
    share: dict[str, Column]
    note: str | None


class Missing(BaseModel):
    """A symbol that has no prices in the stretch, or none together with the others, and why."""

    symbol: str
    detail: str


class Row(BaseModel):
    """One symbol's statistics over the common stretch.

    Beta is against the first symbol that is not missing; volatility is annualised; drawdown is at most 0.
    """

    symbol: str
    name: str | None
    currency: str | None
    simulated: bool
    first: float | None
    last: float | None
    change_pct: float | None
    high: float | None
    low: float | None
    volatility: float | None
    max_drawdown: float | None
    average_volume: float | None
    beta: float | None
    bars: int | None
    decimals: int


class Comparison(BaseModel):
    """Everything the Compare page shows, all of one stretch: from the first to the last bar that all symbols have.

    `start`, `end`: the stretch that was asked. `common_start`, `common_end`: the labels of the first and the last
    common bar; every change is from the close of the one to that of the other. A symbol that is `missing` stays in
    `symbols`, with nulls.
    """

    symbols: list[str]
    interval: str
    intervals_offered: list[str]
    start: datetime
    end: datetime
    common_start: datetime | None
    common_end: datetime | None
    missing: list[Missing]
    window: int
    rebased: Lines
    ratio: Lines
    moving_average: Lines
    hourly_high: Lines
    daily: Daily
    statistics: list[Row]
    correlation: list[list[float | None]]
    notes: list[str]


@router.get("/compare", dependencies=[allow(Role.VIEWER)])
def compare(
    desk: TheDesk,
    symbols: Annotated[str, Query(description="two to eight tickers separated by commas")],
    span: Annotated[Range | None, Query(alias="range")] = None,
    start: From = None,
    to: To = None,
    interval: str | None = None,
    adjust: Scale = "split",
    window: int = 20,
) -> Comparison:
    """Compare symbols over a `range` (default 6M) or from `from` to `to`, where all of them have prices."""
    answer = compared(
        desk.history,
        symbols.split(","),
        span=span,
        start=start,
        end=to,
        interval=Interval.parse(interval) if interval else None,
        adjust=adjust,
        window=window,
    )
    c = answer.comparison
    common_start, common_end = c.common or (None, None)
    return Comparison(
        symbols=list(c.symbols),
        interval=str(answer.stretch.interval),
        intervals_offered=[str(i) for i in answer.stretch.offered],
        start=answer.stretch.start,
        end=answer.stretch.end,
        common_start=common_start,
        common_end=common_end,
        missing=[Missing(symbol=each.symbol, detail=each.detail) for each in answer.missing],
        window=window,
        rebased=_lines(c.rebased),
        ratio=_lines(c.ratio),
        moving_average=_lines(c.moving_average),
        hourly_high=_lines(c.hourly_high),
        daily=_daily(answer),
        statistics=_rows(answer),
        correlation=c.correlation,
        notes=list(answer.notes),
    )


def _daily(answer: Compared) -> Daily:
    c, interval = answer.comparison, answer.stretch.interval
    average, note = _columns(c.daily_average), None
    if not interval.intraday:
        average = {symbol: [None] * len(values) for symbol, values in average.items()}
        note = (
            f"An average over a day is made of bars within it; these are {interval} bars. Choose an intraday interval."
        )
    return Daily(
        dates=c.daily_average["date"].to_list(),
        average=average,
        volume=_columns(c.daily_volume),
        share=_columns(c.daily_share),
        note=note,
    )


def _lines(frame: pl.DataFrame) -> Lines:
    return Lines(ts=seconds(frame["ts"]), values=_columns(frame))


def _columns(frame: pl.DataFrame) -> dict[str, Column]:
    return {name: floats(frame[name]) for name in frame.columns[1:]}


def _rows(answer: Compared) -> list[Row]:
    return [
        Row(
            **row,
            name=instrument.name,
            currency=instrument.currency,
            simulated=instrument.simulated,
            decimals=decimals_of(row["last"], instrument.ticker),
        )
        for instrument, row in zip(answer.instruments, answer.comparison.statistics.iter_rows(named=True), strict=True)
    ]
