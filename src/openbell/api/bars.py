"""Bars of one symbol for a chart, with indicators and the corporate actions of the stretch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from math import floor, log10
from typing import Annotated
from zoneinfo import ZoneInfo

import polars as pl
from fastapi import APIRouter, Query
from pydantic import BaseModel

from openbell.api.access import Role, TheDesk, allow
from openbell.api.shapes import Action, Bars, Column, action_of, bars_of, decimals_of, floats, ratio_said, renamed
from openbell.bars.indicators import compute
from openbell.history import History, Hours, Series
from openbell.history.notes import said
from openbell.history.stretch import Range, Stretch, instant, stretch
from openbell.model.errors import InvalidInput
from openbell.model.frames import Scale
from openbell.model.interval import DAY, Interval
from openbell.model.sessions import EXCHANGES, sessions
from openbell.model.words import counted

router = APIRouter(tags=["bars"])

MOST_NAMED = 2
"""So many splits are told one by one, more by their number."""

THIN = "\N{NARROW NO-BREAK SPACE}"

YEAR = timedelta(days=366)
"""The longest bar; its first day lies within."""
RUNNING = {"mean", "drawdown", "obv", "vwap"}
WARM_UP = {"s": timedelta(days=2), "m": timedelta(days=14), "h": timedelta(days=120), "d": timedelta(days=500)}
"""How far before a chart its indicators begin, by the interval's unit."""


class MarkedAction(Action):
    """An action with the bar it belongs to: the first one at or after its ex date."""

    ts: int | None


class Chart(BaseModel):
    """Everything one chart shows.

    `symbol`: as it was asked; `renamed_to`: its instrument's ticker, where that is another. `change_pct`: from the
    last close before the range (`previous_close`), where there is one, else from the first close, to the last close.
    """

    symbol: str
    renamed_to: str | None
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
    change_pct: float | None
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
    length = Interval.parse(interval) if interval else None
    known, unknown = desk.history.past(instant("as_of", as_of)) if as_of else (None, ())
    asked = stretch(desk.history, symbol, span=span, start=start, end=to, interval=length, as_of=known)
    series = desk.history.bars(symbol, asked.interval, asked.start, asked.end, adjust=adjust, as_of=known, hours=hours)
    specs = [spec.strip() for spec in indicators.split(";") if spec.strip()]
    before = desk.history.close_before(symbol, asked.start, adjust, known)
    closes = series.bars["close"].drop_nulls()
    last = None if closes.is_empty() else closes.item(-1)
    base = before or _first_close(desk.history, series, adjust, known)
    name = symbol.strip().upper()
    venue = EXCHANGES.get(series.instrument.exchange or "24/7", EXCHANGES["24/7"])
    return Chart(
        symbol=name,
        renamed_to=renamed(name, series.instrument),
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
        decimals=decimals_of(last, series.instrument.ticker),
        bars=bars_of(series.bars),
        indicators={
            spec: {name: floats(column) for name, column in lines.items()}
            for spec, lines in _indicators(desk.history, series, asked, specs, adjust, known, hours).items()
        },
        actions=_marked(series),
        previous_close=before,
        change_pct=None if last is None or base is None else (last / base - 1) * 100,
        summary=_summary(desk.history, name, series, asked, before, base, known),
        sources=series.bars["source"].unique().sort().to_list(),
        notes=[*unknown, *series.notes],
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


def _summary(
    history: History,
    name: str,
    series: Series,
    asked: Stretch,
    before: float | None,
    base: float | None,
    as_of: datetime | None,
) -> str:
    """One sentence for those who do not see the chart; the change is the chart's, from `base`."""
    rows = series.bars.drop_nulls("close")
    if rows.is_empty() or base is None:
        return f"{name} has no prices from {said(asked.start)} to {said(asked.end - timedelta(microseconds=1))}."
    last = rows["close"].item(-1)
    top = rows.select("ts", top=pl.coalesce("high", "close")).sort("top", descending=True, maintain_order=True).row(0)
    change = (last / base - 1) * 100
    amount = f"{_grouped(abs(change), 1)} %"
    moved = f"rose {amount}" if change > 0.05 else f"fell {amount}" if change < -0.05 else "hardly moved"
    price = partial(_price, ticker=series.instrument.ticker)
    measured = f"from {price(base)}{', the close before,' if before else ''} to {price(last)}"
    stamps = (rows["ts"].item(0), rows["ts"].item(-1), top[0])
    if series.interval.intraday:
        zone = ZoneInfo(EXCHANGES[series.instrument.exchange or "24/7"].zone)
        local = [stamp.astimezone(zone) for stamp in stamps]
        one_day = local[0].date() == local[1].date()
        first, end, when = (f"{at:%H:%M}" if one_day else f"{said(at)} {at:%H:%M}" for at in local)
        days = local[0].date(), local[1].date()
    else:
        begun = history.dates(name, stamps[0], min(stamps[0] + timedelta(days=400), asked.end), as_of)
        ended = history.dates(name, stamps[1], asked.end, as_of)
        days = next(iter(begun), stamps[0].date()), next(reversed(ended), stamps[1].date())
        first, end = map(said, days)
        when = _within(series.interval, top[0])
    raw = _splits_in(series, None if before else days[0], days[1]) if series.adjust == "raw" else ""
    return f"{name} {moved}{raw}, {measured}, {first} to {end}; highest {price(top[1])}, {when}."


def _splits_in(series: Series, after: date | None, until: date) -> str:
    """The splits that a change of raw prices includes: those `after` a date (None: all of the stretch), `until` one."""
    splits = series.actions.filter(pl.col("ex_date") <= until, kind="split").unique("ex_date").sort("ex_date")
    ratios = splits["ratio"] if after is None else splits.filter(pl.col("ex_date") > after)["ratio"]
    few = " and ".join(f"a {ratio_said(ratio)} split" for ratio in ratios)
    named = few if len(ratios) <= MOST_NAMED else counted(len(ratios), "split")
    return f" (raw prices; includes {named})" if named else ""


def _price(number: float, ticker: str) -> str:
    """With its decimals; one below 1 with four digits that say something."""
    if not 0 < number < 1:
        return _grouped(number, decimals_of(number, ticker))
    exact = f"{number:.{3 - floor(log10(number))}f}".rstrip("0")
    return f"{exact:0<4}"


def _first_close(history: History, series: Series, adjust: Scale, as_of: datetime | None) -> float | None:
    """The first close of the chart: that of its first day, where its bars are longer and days are held."""
    rows = series.bars.drop_nulls("close").select("ts", "close")
    if rows.is_empty():
        return None
    first, close = rows.row(0)
    if series.interval.intraday or series.interval == DAY:
        return float(close)
    try:
        days = history.bars(series.instrument.ticker, DAY, first, first + YEAR, adjust=adjust, as_of=as_of).bars
    except InvalidInput:  # stored by the week or the month only
        return float(close)
    closes = days["close"].drop_nulls()
    return float(closes.item(0)) if closes.len() else float(close)


def _grouped(number: float, places: int) -> str:
    """`1 234.50`, as the page writes it."""
    return f"{number:,.{places}f}".replace(",", THIN)


def _within(interval: Interval, label: datetime) -> str:
    """When something was that is known to lie in the bar of a day or longer with this `label`."""
    if interval == DAY:
        return said(label)
    named = {"w": f"in the week of {said(label)}", "mo": f"in {label:%b %Y}", "y": f"in {label:%Y}"}
    return named.get(interval.unit if interval.count == 1 else "", f"in the bar of {said(label)}")
