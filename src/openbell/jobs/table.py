"""The jobs of a desk: what they do, when they run, and what they say of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from openbell.desk import Desk
from openbell.jobs.cadence import AfterSessions, Cadence, Every
from openbell.jobs.demo import open_demo
from openbell.jobs.first_fetch import waiting, watch_vendors
from openbell.jobs.months import open_backfills, work_off
from openbell.jobs.nightly import keep_up, venues
from openbell.model.errors import InvalidInput, StoreError
from openbell.model.words import counted
from openbell.store.jobbook import Tell
from openbell.store.uploads import Uploads

AFTER_CLOSE = timedelta(minutes=45)
"""When vendors have settled a day: late trades count for 30 minutes, and bars settle 20 minutes after their end."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something to run over a desk again and again; `run` returns what came of it as a sentence."""

    title: str
    cadence: Callable[[Desk], Cadence]
    run: Callable[[Desk, Tell], str]
    applies: Callable[[Desk], bool] = lambda _desk: True
    wanted: Callable[[Desk], object] = lambda _desk: True
    """Whether there is anything to do: the clock books no run that does nothing."""
    apart: bool = False
    """Whether a desk that is open runs it in a process of its own, so that the memory it needs ends with it."""


def _every(**period: float) -> Callable[[Desk], Cadence]:
    cadence = Every(timedelta(**period))
    return lambda _desk: cadence


def _after_sessions(desk: Desk) -> Cadence:
    return AfterSessions(venues(desk), AFTER_CLOSE)


def _online(desk: Desk) -> bool:
    return not desk.settings.offline


def _demo(desk: Desk, _tell: Tell) -> str:
    stored = open_demo(desk)
    return f"{counted(stored.rows, 'bar')} stored, {counted(stored.rejects, 'bad print')} set aside."


def _fetch(desk: Desk, _tell: Tell) -> str:
    return " ".join(f"{each.symbol}: {each.detail}" for each in watch_vendors(desk)) or "No symbol waits."


def _compact(desk: Desk, _tell: Tell) -> str:
    return f"{counted(desk.lake.compact(), 'partition')} rewritten."


def _untidy(desk: Desk) -> bool:
    """Whether the lake is crowded, or cannot be read: then the run fails, and says why."""
    try:
        return desk.lake.untidy()
    except StoreError:
        return True


def _sweep(desk: Desk, _tell: Tell) -> str:
    return f"{counted(Uploads(desk.settings.uploads).sweep(desk.clock()), 'file')} forgotten."


def _unimported(desk: Desk) -> bool:
    return Uploads(desk.settings.uploads).waiting(desk.clock())


def _upkeep(desk: Desk, tell: Tell) -> str:
    return keep_up(desk, tell, settled=AFTER_CLOSE)


JOBS: Mapping[str, Job] = {
    "demo": Job("Follow the simulated market", _every(hours=1), _demo, lambda desk: desk.demo),
    "fetch": Job("Fetch the history of new symbols", _every(seconds=5), _fetch, _online, waiting),
    "upkeep": Job("Complete and check each day after the close", _after_sessions, _upkeep, _online, venues),
    "backfill": Job("Fetch past months", _every(seconds=20), work_off, _online, open_backfills),
    "compact": Job("Compact the lake", _every(hours=1), _compact, wanted=_untidy, apart=True),
    "sweep": Job("Forget uploaded files that nobody imported", _every(hours=1), _sweep, wanted=_unimported),
}


def job_of(field: str, name: str) -> Job:
    """The job of a name that was given as `field`; raises InvalidInput."""
    if name not in JOBS:
        raise InvalidInput(field, f"There is no job {name!r}.", remedy=f"Use one of {', '.join(JOBS)}.")
    return JOBS[name]
