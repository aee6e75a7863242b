"""When a job runs next: pure functions of its cadence, of its runs before, and of now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from openbell.model.sessions import reach, sessions

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
"""After the first failure in a row, and at most; the wait doubles each time."""

AROUND = timedelta(days=30)
"""In so many days every exchange has a session: the longest holidays are shorter."""


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again, `period` after the last good run began."""

    period: timedelta


@dataclass(frozen=True, slots=True)
class AfterSessions:
    """Once after each session of the exchanges, `delay` after its close; half days close early."""

    exchanges: frozenset[str]
    delay: timedelta


Cadence = Every | AfterSessions


def next_run(cadence: Cadence, last_ok: datetime | None, now: datetime) -> datetime:
    """When the job is due next, given when its last good run began; a time up to `now`: it is due.

    However many times were missed, one run makes up for them. A run that began after `now` was stamped by a clock that
    has since been set back: it proves nothing, and the job is due.
    """
    known = last_ok if last_ok is not None and last_ok <= now else None
    if isinstance(cadence, Every):
        return now if known is None else known + cadence.period
    ends = [session_ends(each, now) for each in sorted(cadence.exchanges)]
    over = [end + cadence.delay for each in ends for end in each if end + cadence.delay <= now]
    if over and (known is None or known < max(over)):
        return max(over)
    coming = (end + cadence.delay for each in ends for end in each if end + cadence.delay > now)
    return min(coming, default=now + AROUND)


def wait_after(failures: int) -> timedelta:
    """How long the clock leaves a job alone after so many failures in a row."""
    doubled: timedelta = FIRST_WAIT * 2 ** min(max(failures - 1, 0), 10)
    return min(doubled, LONGEST_WAIT)


def held_back(not_before: datetime | None, told: datetime, now: datetime) -> datetime | None:
    """Until when a job has to wait, which was `told` at the end of a run; None where it need not.

    What was told after `now` came from a clock that has since been set back, and so did the time to wait for.
    """
    return not_before if not_before is not None and told <= now < not_before else None


def session_ends(exchange: str, now: datetime) -> list[datetime]:
    """The closes of the sessions around `now`, oldest first."""
    first, last = reach(exchange)
    if not first <= now.date() <= last:
        return []
    return sessions(exchange, (now - AROUND).date(), (now + AROUND).date())["close"].to_list()
