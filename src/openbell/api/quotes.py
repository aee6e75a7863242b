"""The latest quotes and the day's movers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from openbell.api.access import Role, TheCaller, TheDesk, allow
from openbell.api.owned import seen_by
from openbell.api.shapes import decimals_of, renamed
from openbell.board import Freshness, board, movers, unfollowed
from openbell.board import Missing as BoardMissing
from openbell.board import Quote as BoardQuote
from openbell.model.errors import InvalidInput
from openbell.rulebook import Rulebook

router = APIRouter(tags=["quotes"])

MOST = 500


class Spark(BaseModel):
    """A small line: `ts` in seconds since 1970."""

    ts: list[int]
    close: list[float]


class Quote(BaseModel):
    """The latest price of a symbol, as it was asked; `renamed_to`: its instrument's ticker, where that is another.

    `bid`, `ask` and their sizes: of a price that is live or delayed, where its source tells them. `type` and `sector`:
    where they are known.

    `day`: the trade date that the price is the close of; say `close of 3 Mar 2026` then, since `ts` is only when that
    session ended. Null for a price of some instant within a day: say `ts`.
    """

    symbol: str
    renamed_to: str | None
    name: str | None
    currency: str | None
    type: str | None
    sector: str | None
    price: float
    previous_close: float | None
    change: float | None
    change_pct: float | None
    open: float | None
    high: float | None
    low: float | None
    volume: float | None
    bid: float | None
    ask: float | None
    bid_size: float | None
    ask_size: float | None
    ts: datetime
    day: date | None
    freshness: Freshness
    age_s: float
    source: str
    simulated: bool
    decimals: int
    spark: Spark | None


class Missing(BaseModel):
    """A symbol without a price: why, and when the next try is."""

    symbol: str
    state: Literal["fetching", "rate_limited", "unknown", "no_data", "failed"]
    detail: str
    next_try: datetime | None


class Quotes(BaseModel):
    """Quotes in the order asked, and the symbols that have none."""

    now: datetime
    quotes: list[Quote]
    missing: list[Missing]


class Movers(BaseModel):
    """The symbols of the caller's watchlists that rose and fell most.

    `stale`: how many have a price too old to be ranked; `newest`: when the newest price of all was true.
    """

    up: list[Quote]
    down: list[Quote]
    stale: int
    newest: datetime | None


@router.get("/quotes", dependencies=[allow(Role.VIEWER)])
def quotes(
    desk: TheDesk,
    caller: TheCaller,
    symbols: str = Query(description="tickers separated by commas"),
    *,
    spark: bool = False,
) -> Quotes:
    """The latest quote of each of `symbols`; with `spark`, the line of its session.

    How the fetch of a missing one stands is told to owners, and to those who follow it.
    """
    now = desk.clock()
    found, missing = board(desk, asked_symbols(symbols), spark=spark)
    if missing and caller.role < Role.OWNER:
        missing = unfollowed(desk, missing, Rulebook(desk).watched_by(caller.id))
    return Quotes(now=now, quotes=[_shape(q, now) for q in found], missing=[_why(m) for m in missing])


@router.get("/movers", dependencies=[allow(Role.VIEWER)])
def day_movers(desk: TheDesk, caller: TheCaller, limit: int = Query(5, ge=1, le=50)) -> Movers:
    """The symbols of the caller's watchlists that rose and fell most against their previous close."""
    now = desk.clock()
    symbols = list(dict.fromkeys(symbol for each, _ in seen_by(desk, caller) for symbol in each.symbols))
    found = movers(desk, symbols, limit)
    return Movers(
        up=[_shape(q, now) for q in found.up],
        down=[_shape(q, now) for q in found.down],
        stale=found.stale,
        newest=found.newest,
    )


def asked_symbols(symbols: str) -> list[str]:
    """Tickers out of a query, each once; raises InvalidInput where they are too many."""
    asked = list(dict.fromkeys(s.strip().upper() for s in symbols.split(",") if s.strip()))
    if len(asked) > MOST:
        raise InvalidInput("symbols", f"{len(asked)} symbols were asked for; the most is {MOST}.")
    return asked


def _shape(quote: BoardQuote, now: datetime) -> Quote:
    spark = None
    if quote.spark is not None:
        spark = Spark(ts=[int(at.timestamp()) for at, _ in quote.spark], close=[close for _, close in quote.spark])
    return Quote(
        symbol=quote.symbol,
        renamed_to=renamed(quote.symbol, quote.instrument),
        name=quote.instrument.name,
        currency=quote.instrument.currency,
        type=quote.instrument.type,
        sector=quote.sector,
        price=quote.price,
        previous_close=quote.previous_close,
        change=quote.change,
        change_pct=quote.change_pct,
        open=quote.open,
        high=quote.high,
        low=quote.low,
        volume=quote.volume,
        bid=quote.bid,
        ask=quote.ask,
        bid_size=quote.bid_size,
        ask_size=quote.ask_size,
        ts=quote.ts,
        day=quote.day,
        freshness=quote.freshness,
        age_s=max(0.0, (now - quote.ts).total_seconds()),
        source=quote.source,
        simulated=quote.instrument.simulated,
        decimals=quote_decimals(quote.price, quote.previous_close, quote.instrument.ticker),
        spark=spark,
    )


def quote_decimals(price: float, before: float | None, ticker: str) -> int:
    """Those of the previous close, so that they do not change with a tick; of `price` where it is far below that."""
    return decimals_of(price if before is None or price < before / 10 else before, ticker)


def _why(missing: BoardMissing) -> Missing:
    return Missing(symbol=missing.symbol, state=missing.state, detail=missing.detail, next_try=missing.next_try)
