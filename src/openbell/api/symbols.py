"""Symbols: what the desk has prices of, and what its vendors could bring."""

from __future__ import annotations

from datetime import datetime

import polars as pl
from fastapi import APIRouter, Query
from pydantic import BaseModel

from openbell.api.access import Role, TheDesk, allow
from openbell.desk import Desk
from openbell.model.errors import ProviderError
from openbell.store.register import Instrument

router = APIRouter(tags=["symbols"])


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
def symbol(desk: TheDesk, ticker: str) -> Symbol:
    """One symbol; 404 when the desk has never heard of it."""
    return _symbol(desk.history.instrument(ticker), desk.lake.spans())


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
