"""Bars of one symbol for a chart, with indicators and the corporate actions of the stretch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated

import polars as pl
from fastapi import APIRouter, Query
from pydantic import BaseModel

from openbell.api.access import Role, TheDesk, allow
from openbell.api.shapes import Action, Bars, Column, action_of, bars_of, decimals_of, floats
from openbell.bars.indicators import compute
from openbell.history import History, Hours, Series
from openbell.history.stretch import Range, Stretch, instant, stretch
from openbell.model.frames import Scale
from openbell.model.interval import DAY, Interval
from openbell.model.sessions import EXCHANGES, sessions

router = APIRouter(tags=["bars"])


RUNNING = {"mean", "drawdown", "obv", "vwap"}
WARM_UP = {"s": timedelta(days=2), "m": timedelta(days=14), "h": timedelta(days=120), "d": timedelta(days=500)}
"""How far before a chart its indicators begin, by the interval's unit."""


class MarkedAction(Action):
    """An action with the bar it belongs to: the first one at or after its ex date."""

    ts: int | None


class Chart(BaseModel):
    """Everything one chart shows."""

    symbol: str
    name: str | None
    currency: str | None
    exchange: str | None
    zone: str
    simulated: bool
    interval: str
    intervals_offered: list[str]
    adjust: Scale
    start: datetime
    end: datetime
    as_of: datetime | None
    decimals: int
    bars: Bars
    indicators: dict[str, dict[str, Column]]
    actions: list[MarkedAction]
    previous_close: float | None
    summary: str
    sources: list[str]
    notes: list[str]


From = Annotated[str | None, Query(alias="from", description="a date or an instant, ISO 8601")]
To = Annotated[str | None, Query(description="a date (included) or an instant, ISO 8601")]


@router.get("/bars", dependencies=[allow(Role.VIEWER)])
def bars(
    desk: TheDesk,
    symbol: str,
    span: Annotated[Range | None, Query(alias="range")] = None,
    start: From = None,
    to: To = None,
    interval: str | None = None,
    adjust: Scale = "split",
    as_of: str | None = None,
    hours: Hours = "regular",
    indicators: str = "",
) -> Chart:
    """Bars of `symbol` over a `range` (default 6M) or from `from` to `to`; `indicators` separated by `;`."""
    asked = stretch(
        desk.history, symbol, span=span, start=start, end=to, interval=Interval.parse(interval) if interval else None
    )
    known = instant("as_of", as_of) if as_of else None
    series = desk.history.bars(symbol, asked.interval, asked.start, asked.end, adjust=adjust, as_of=known, hours=hours)
    specs = [spec.strip() for spec in indicators.split(";") if spec.strip()]
    last = series.bars["close"].drop_nulls()
    venue = EXCHANGES.get(series.instrument.exchange or "24/7", EXCHANGES["24/7"])
    return Chart(
        symbol=series.instrument.ticker,
        name=series.instrument.name,
        currency=series.instrument.currency,
        exchange=series.instrument.exchange,
        zone=venue.zone,
        simulated=series.instrument.simulated,
        interval=str(asked.interval),
        intervals_offered=[str(i) for i in asked.offered],
        adjust=adjust,
        start=asked.start,
        end=asked.end,
        as_of=known,
        decimals=decimals_of(last.item(-1) if not last.is_empty() else None),
        bars=bars_of(series.bars),
        indicators={
            spec: {name: floats(column) for name, column in lines.items()}
            for spec, lines in _indicators(desk.history, series, asked, specs, adjust, known, hours).items()
        },
        actions=_marked(series),
        previous_close=desk.history.close_before(symbol, asked.start, adjust, known),
        summary=_summary(series, asked),
        sources=series.bars["source"].unique().sort().to_list(),
        notes=list(series.notes),
    )


def _indicators(
    history: History,
    series: Series,
    asked: Stretch,
    specs: Sequence[str],
    adjust: Scale,
    as_of: datetime | None,
    hours: Hours,
) -> dict[str, dict[str, pl.Series]]:
    """The indicators over the shown bars; those with a window are warmed up on the bars before, where there are any.

    Running ones (drawdown, on-balance volume, cumulative mean) begin with the stretch.
    """
    warmed = [spec for spec in specs if spec.partition(":")[0] not in RUNNING]
    begin = asked.start - WARM_UP.get(asked.interval.unit, timedelta(days=20 * 366))
    days = sessions(series.instrument.exchange or "24/7", begin.date(), asked.end.date() + timedelta(days=1))
    begun = compute(series.bars, [spec for spec in specs if spec not in warmed], days)
    if not warmed or series.bars.is_empty():
        return begun | compute(series.bars, warmed, days)
    earlier = history.bars(
        series.instrument.ticker,
        asked.interval,
        begin,
        asked.end,
        adjust=adjust,
        as_of=as_of,
        hours=hours,
    ).bars
    shown = series.bars.height
    lines = compute(earlier, warmed, days)
    found = begun | {spec: {name: line.tail(shown) for name, line in each.items()} for spec, each in lines.items()}
    return {spec: found[spec] for spec in specs}


def _marked(series: Series) -> list[MarkedAction]:
    stamps = series.bars["ts"]
    return [
        MarkedAction(**action_of(row).model_dump(), ts=_bar_at(stamps, row["ex_date"], series.interval))
        for row in series.actions.iter_rows(named=True)
    ]


def _bar_at(stamps: pl.Series, day: date, interval: Interval) -> int | None:
    """The bar in which `day` lies; within the stretch, the first after it where the day itself has none."""
    dates = stamps.dt.date()
    long = not interval.intraday and interval != DAY
    row = int(dates.search_sorted(day, "right")) - 1 if long else int(dates.search_sorted(day, "left"))
    return int(stamps.item(row).timestamp()) if 0 <= row < stamps.len() else None


def _summary(series: Series, asked: Stretch) -> str:
    """One sentence for those who do not see the chart."""
    name, rows = series.instrument.ticker, series.bars.drop_nulls("close")
    if rows.is_empty():
        last_day = asked.end - timedelta(microseconds=1)
        return f"{name} has no prices from {asked.start:%d %b %Y} to {last_day:%d %b %Y}."
    priced = rows.select(
        "ts", "close", first=pl.coalesce("open", "close"), top=pl.coalesce("high", "close")
    ).with_row_index()
    first, last = priced["first"].item(0), priced["close"].item(-1)
    high = priced.sort("top", descending=True).row(0, named=True)
    stamps, form = rows["ts"], "%d %b %Y"
    if series.interval.intraday:
        stamps = stamps.dt.convert_time_zone(EXCHANGES[series.instrument.exchange or "24/7"].zone)
        form = "%H:%M" if stamps.dt.date().n_unique() == 1 else "%d %b %Y %H:%M"
    told, places = stamps.dt.strftime(form), decimals_of(last)
    change = (last / first - 1) * 100
    moved = f"rose {change:.1f} %" if change > 0.05 else f"fell {-change:.1f} %" if change < -0.05 else "hardly moved"
    return (
        f"{name} {moved}, from {first:.{places}f} to {last:.{places}f}, {told.item(0)} to {told.item(-1)}; "
        f"highest {high['top']:.{places}f}, {told.item(high['index'])}."
    )
