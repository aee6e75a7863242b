"""The market clock: is it open, until when, and which days off are coming."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import BaseModel

from openbell import __version__
from openbell.api.access import Role, TheDesk, allow
from openbell.model.sessions import EXCHANGES, holiday, market_state, sessions

router = APIRouter(tags=["market"])

UPCOMING_DAYS = 100


class Upcoming(BaseModel):
    """A day on which the exchange is closed or closes early."""

    date: date
    kind: Literal["holiday", "half_day"]
    name: str
    close: datetime | None


class Market(BaseModel):
    """What an exchange is doing now; the session is the one under way, else the next one."""

    exchange: str
    name: str
    zone: str
    state: Literal["open", "pre", "post", "closed"]
    since: datetime | None
    next_change: datetime | None
    next_state: str | None
    session_date: date
    open: datetime
    close: datetime
    half_day: bool
    holiday: str | None
    now: datetime
    upcoming: list[Upcoming]
    demo: bool
    version: str


@router.get("/market", dependencies=[allow(Role.VIEWER)])
def market(desk: TheDesk, exchange: str | None = None) -> Market:
    """The state of `exchange` (default: the demo market when it is open, else New York), and its next days off."""
    code = exchange or ("24/7" if desk.demo else "XNYS")
    now = desk.clock()
    state = market_state(code, now)
    zone = EXCHANGES[code].zone
    return Market(
        exchange=code,
        name="Simulated exchange" if code == "24/7" and desk.demo else state.name,
        zone=zone,
        state=state.state,
        since=state.since,
        next_change=state.next_change,
        next_state=state.next_state,
        session_date=state.session_date,
        open=state.open,
        close=state.close,
        half_day=state.half_day,
        holiday=state.holiday,
        now=now,
        upcoming=_upcoming(code, now.astimezone(ZoneInfo(zone)).date()),
        demo=desk.demo,
        version=__version__,
    )


def _upcoming(exchange: str, today: date) -> list[Upcoming]:
    half = sessions(exchange, today, today + timedelta(days=UPCOMING_DAYS)).filter("half_day")
    found = [
        Upcoming(date=row["trade_date"], kind="half_day", name="Half day", close=row["close"])
        for row in half.iter_rows(named=True)
    ]
    for offset in range(UPCOMING_DAYS):
        day = today + timedelta(days=offset)
        if (name := holiday(exchange, day)) is not None:
            found.append(Upcoming(date=day, kind="holiday", name=name, close=None))
    return sorted(found, key=lambda each: each.date)
