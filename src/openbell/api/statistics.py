"""Averages of one symbol per trade date or per hour of the day."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from openbell.api.access import Role, TheDesk, allow
from openbell.api.bars import From, To
from openbell.api.shapes import Column, floats
from openbell.bars.statistics import by_day, by_hour
from openbell.history.stretch import Range, instant, stretch
from openbell.model.frames import Scale
from openbell.model.interval import Interval
from openbell.model.sessions import EXCHANGES, sessions

router = APIRouter(tags=["statistics"])


class Statistics(BaseModel):
    """One value per `label` (a trade date, or an hour on the exchange's clock) in each column.

    bars: how many a row is made of. mean_*: averages over them; high, low: extremes; volume: the total; vwap: typical
    prices weighted by volume, null of bars of a day or longer. Where no row has a second bar, mean_high and mean_low
    would repeat high and low, and are null; mean_open and mean_close are the bar's own.
    """

    symbol: str
    by: Literal["day", "hour"]
    interval: str
    zone: str
    label: list[str]
    bars: list[int]
    mean_open: Column
    mean_high: Column
    mean_low: Column
    mean_close: Column
    high: Column
    low: Column
    volume: Column
    vwap: Column


@router.get("/statistics", dependencies=[allow(Role.VIEWER)])
def statistics(
    desk: TheDesk,
    symbol: str,
    by: Literal["day", "hour"] = "day",
    span: Annotated[Range | None, Query(alias="range")] = None,
    start: From = None,
    to: To = None,
    interval: str | None = None,
    adjust: Scale = "split",
    as_of: str | None = None,
) -> Statistics:
    """Averages of `symbol` by day or hour over a `range` (default 6M) or from `from` to `to`, as known at `as_of`.

    By hour, bars of a day or longer have no row: ask for an intraday interval.
    """
    length = Interval.parse(interval) if interval else None
    known, _ = desk.history.past(instant("as_of", as_of)) if as_of else (None, ())
    asked = stretch(desk.history, symbol, span=span, start=start, end=to, interval=length, as_of=known)
    series = desk.history.bars(symbol, asked.interval, asked.start, asked.end, adjust=adjust, as_of=known)
    exchange = series.instrument.exchange or "24/7"
    zone, day = EXCHANGES[exchange].zone, timedelta(days=1)
    if by == "day":
        frame = by_day(series.bars, sessions(exchange, asked.start.date() - day, asked.end.date() + day))
        labels = [value.isoformat() for value in frame["date"]]
    else:
        frame = by_hour(series.bars, zone)
        labels = [f"{hour:02}:00" for hour in frame["hour"]]
    if frame["bars"].max() == 1:
        frame = frame.with_columns(mean_high=None, mean_low=None)
    columns = ("mean_open", "mean_high", "mean_low", "mean_close", "high", "low", "volume", "vwap")
    return Statistics(
        symbol=symbol.strip().upper(),
        by=by,
        interval=str(asked.interval),
        zone=zone,
        label=labels,
        bars=frame["bars"].to_list(),
        **{name: floats(frame[name]) for name in columns},
    )
