"""When each listing trades: companies around the clock, by days of UTC; currencies from Sunday's to Friday's evening.

Days are counted from the launch, minutes too. A session has as many minutes as a day, also where clocks are changed:
that happens while currencies rest.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import numpy as np

from openbell.model.sessions import sessions
from openbell.providers.simulated.companies import EXCHANGE, LAUNCH, Company
from openbell.providers.simulated.noise import Indices
from openbell.providers.simulated.prices import MINUTES

EPOCH = date.fromisoformat(LAUNCH)
MIDNIGHT = datetime.combine(EPOCH, time(), UTC)
WEEK = 7
"""Days in which there is a session."""


def day_at(instant: datetime) -> int:
    """The day of UTC."""
    return (instant.astimezone(UTC).date() - EPOCH).days


def trade_days(company: Company, first: int, last: int) -> Indices:
    """The trade dates from `first` to `last`, both included."""
    return _opened(company.exchange, first, last)[0] if company.exchange != EXCHANGE else np.arange(first, last + 1)


def opens(company: Company, day: Indices) -> Indices:
    """The minutes in which the sessions of the trade dates `day` begin."""
    if company.exchange == EXCHANGE or day.size == 0:
        return day * MINUTES
    days, minutes = _opened(company.exchange, int(day[0]), int(day[-1]))
    return minutes[np.searchsorted(days, day)]


def over_by(company: Company, now: datetime) -> int:
    """The first day whose session is not over yet, if it has one."""
    today = day_at(now)
    if company.exchange == EXCHANGE:
        return today
    day, opened = newest(company, now)
    return day + 1 if _minutes(now) >= opened + MINUTES else day


def newest(company: Company, now: datetime) -> tuple[int, int]:
    """The trade date of the last session that had begun by `now`, and the minute in which it began."""
    today = day_at(now)
    if company.exchange == EXCHANGE:
        return today, today * MINUTES
    days, minutes = _opened(company.exchange, today - WEEK, today + 1)
    at = int(np.searchsorted(minutes, _minutes(now), side="right")) - 1
    return int(days[at]), int(minutes[at])


def instant(minute: int) -> datetime:
    """When a minute begins."""
    return MIDNIGHT + timedelta(minutes=minute)


def _minutes(at: datetime) -> int:
    return (at - MIDNIGHT) // timedelta(minutes=1)


@lru_cache(maxsize=64)
def _opened(exchange: str, first: int, last: int) -> tuple[Indices, Indices]:
    """The trade dates from `first` to `last`, and the minutes in which they begin."""
    table = sessions(exchange, EPOCH + timedelta(days=first), EPOCH + timedelta(days=last))
    days = table["trade_date"].to_physical().to_numpy().astype(np.int64) - (EPOCH - date(1970, 1, 1)).days
    minutes = table["open"].dt.epoch("s").to_numpy() // 60 - (EPOCH - date(1970, 1, 1)).days * MINUTES
    return days, minutes
