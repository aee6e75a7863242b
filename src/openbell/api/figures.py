"""Figures beside the price: changes over spans, and the risk of the last year."""

from __future__ import annotations

from datetime import date, datetime

from fastapi import APIRouter, Query
from pydantic import BaseModel

from openbell.api.access import Role, TheDesk, allow
from openbell.api.quotes import asked_symbols
from openbell.board import board
from openbell.desk import Desk
from openbell.figures import Figures as DeskFigures
from openbell.figures import figures
from openbell.model.symbols import ticker_of
from openbell.providers.simulated.companies import WHOLE_MARKET

router = APIRouter(tags=["quotes"])

BENCHMARK = "SPY"


class SpanChange(BaseModel):
    """In percent, from the last close before a span, of the day `since`: split-adjusted, without dividends."""

    since: date
    close: float
    change_pct: float


class Risk(BaseModel):
    """Of the fifty-two weeks up to the newest day; `since`: the first of them that there is.

    `volatility` (a year's) and `max_drawdown` are fractions, and like `beta` of so many daily `returns`; null where
    those are fewer than 20.
    """

    since: date
    low: float | None
    high: float | None
    volatility: float | None
    max_drawdown: float | None
    beta: float | None
    returns: int


class Figures(BaseModel):
    """Of one symbol; a span that its stored days do not reach back to is not among the `changes`."""

    symbol: str
    changes: dict[str, SpanChange]
    risk: Risk | None


class FiguresOfAll(BaseModel):
    """In the order asked, without those that have no price.

    `benchmark` is what beta is measured by; where there are no prices of it (`benchmark_known`), there is no beta.
    """

    now: datetime
    benchmark: str
    benchmark_known: bool
    figures: list[Figures]


@router.get("/figures", dependencies=[allow(Role.VIEWER)])
def figures_of(
    desk: TheDesk,
    symbols: str = Query(description="tickers separated by commas"),
    benchmark: str | None = Query(None, description="what beta is measured by; SPY, or the demo market's own fund"),
) -> FiguresOfAll:
    """What changed of each of `symbols` over 5D, 1M, 3M, YTD and 1Y, and the risk of its last fifty-two weeks."""
    measure = ticker_of(benchmark, "benchmark") if benchmark else _usual(desk)
    quotes = board(desk, asked_symbols(symbols))[0]
    register = desk.history.register
    key = register.id_of(measure)
    found = figures(desk, quotes, register.instrument(key))
    return FiguresOfAll(
        now=desk.clock(),
        benchmark=measure,
        benchmark_known=not desk.history.stored(key).is_empty(),
        figures=[_shape(each) for each in found],
    )


def _usual(desk: Desk) -> str:
    """What the market is measured by."""
    if desk.demo and desk.history.stored(desk.history.register.id_of(BENCHMARK)).is_empty():
        return WHOLE_MARKET
    return BENCHMARK


def _shape(found: DeskFigures) -> Figures:
    risk = found.risk
    return Figures(
        symbol=found.symbol,
        changes={
            span: SpanChange(since=each.since, close=each.close, change_pct=each.change_pct)
            for span, each in found.changes.items()
        },
        risk=None
        if risk is None
        else Risk(
            since=risk.since,
            low=risk.low,
            high=risk.high,
            volatility=risk.volatility,
            max_drawdown=risk.max_drawdown,
            beta=risk.beta,
            returns=risk.returns,
        ),
    )
