"""Symbols: what the desk has prices of, and what its vendors could bring."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import polars as pl
from fastapi import APIRouter, Query
from pydantic import BaseModel

from openbell.api.access import Role, TheDesk, allow
from openbell.desk import Desk
from openbell.model.errors import InvalidInput, ProviderError
from openbell.model.frames import BARS, frame_of
from openbell.model.interval import DAY
from openbell.store.register import Instrument

router = APIRouter(tags=["symbols"])

YEAR, QUARTER = timedelta(days=364), 63
"""Fifty-two weeks, and the sessions of a quarter."""


class Symbol(BaseModel):
    """An instrument under its newest ticker, and what is stored of it."""

    id: str
    ticker: str
    name: str | None
    exchange: str | None
    currency: str | None
    type: str | None
    simulated: bool
    source: str | None
    intervals: list[str]
    first: datetime | None
    last: datetime | None


class Profile(Symbol):
    """With the year that ends with its newest daily bar, split-adjusted: the lowest and highest price, and the average
    volume of the last quarter of it. `year_since`: the first day of it that there is a bar of. Null where no daily bars
    can be made."""

    year_since: date | None
    year_low: float | None
    year_high: float | None
    average_volume: float | None


class Symbols(BaseModel):
    """Matches, best first; `note` tells when a vendor could not be asked."""

    symbols: list[Symbol]
    note: str | None


@router.get("/symbols", dependencies=[allow(Role.VIEWER)])
def symbols(desk: TheDesk, q: str = "", limit: int = Query(20, ge=1, le=500), *, remote: bool = False) -> Symbols:
    """Symbols whose ticker or name contains `q`; with `remote`, also what the vendors find."""
    spans = desk.lake.spans()
    stored = set(spans["symbol"])
    wanted = q.strip().upper()
    listed = {i.id: i for i in desk.history.register if i.id in stored or i.simulated}
    listed |= {key: Instrument(key, key) for key in stored if key not in listed}
    found = [i for i in listed.values() if wanted in f"{i.ticker} {(i.name or '').upper()}"]
    found.sort(key=lambda i: (i.ticker != wanted, not i.ticker.startswith(wanted), i.ticker))
    shown = [_symbol(i, spans) for i in found[:limit]]
    note = None
    if remote and wanted:
        try:
            shown += _remote(desk, wanted, {s.ticker for s in shown})
        except ProviderError as error:
            note = str(error)
    return Symbols(symbols=shown[:limit], note=note)


@router.get("/symbols/{ticker}", dependencies=[allow(Role.VIEWER)])
def symbol(desk: TheDesk, ticker: str) -> Profile:
    """One symbol; 404 when the desk has never heard of it."""
    known = _symbol(desk.history.instrument(ticker), desk.lake.spans())
    days = _year_of(desk, known)
    volumes = days["volume"].tail(QUARTER).drop_nulls()
    extremes = days.select(low=pl.coalesce("low", "close").min(), high=pl.coalesce("high", "close").max())
    return Profile(
        **known.model_dump(),
        year_since=None if days.is_empty() else days["ts"].item(0).date(),
        year_low=extremes["low"].item(),
        year_high=extremes["high"].item(),
        average_volume=None if volumes.is_empty() else float(volumes.sum()) / volumes.len(),
    )


def _year_of(desk: Desk, known: Symbol) -> pl.DataFrame:
    """Its daily bars of the year up to the newest one; none where they cannot be made."""
    if known.last is None:
        return frame_of(BARS)
    end = known.last.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)  # a day's bar is a date
    try:
        return desk.history.bars(known.ticker, DAY, end - YEAR, end).bars
    except InvalidInput:
        return frame_of(BARS)


def _symbol(instrument: Instrument, spans: pl.DataFrame) -> Symbol:
    mine = spans.filter(pl.col("symbol") == instrument.id)
    return Symbol(
        id=instrument.id,
        ticker=instrument.ticker,
        name=instrument.name,
        exchange=instrument.exchange,
        currency=instrument.currency,
        type=instrument.type,
        simulated=instrument.simulated,
        source=instrument.source,
        intervals=mine["interval"].to_list(),
        first=min(mine["first"].to_list(), default=None),
        last=max(mine["last"].to_list(), default=None),
    )


def _remote(desk: Desk, text: str, known: set[str]) -> list[Symbol]:
    return [
        Symbol(
            id=row["ticker"],
            ticker=row["ticker"],
            name=row["name"],
            exchange=row["exchange"],
            currency=row["currency"],
            type=row["type"],
            simulated=False,
            source=row["source"],
            intervals=[],
            first=None,
            last=None,
        )
        for row in desk.vendors.search(text).iter_rows(named=True)
        if row["ticker"] not in known
    ]
