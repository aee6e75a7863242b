"""What runs when: a table of (cadence, job over a Desk), run by the clock or by hand."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Event, Thread

import polars as pl

from openbell.desk import Desk
from openbell.ingest.fetching import fetch_bars
from openbell.ingest.storing import Stored, store
from openbell.model.errors import OpenbellError, ProviderError, RateLimited, UnknownSymbol
from openbell.model.interval import DAY, MINUTE, Interval
from openbell.model.words import counted
from openbell.settings import WATCHED, Settings
from openbell.store.ledger import Fetch, FetchState

log = logging.getLogger(__name__)

DEMO = ((DAY, timedelta(days=1), timedelta(days=731)), (MINUTE, timedelta(minutes=1), timedelta(days=30)))
"""What is kept of the simulated market: the interval, the length of its bars, and how far back."""
DEMO_ROWS = 200_000
"""Bars that are made, checked and stored at once: some 200 MB while that lasts."""
FIRST_DAYS, FIRST_MINUTES = timedelta(days=5 * 366), timedelta(days=7)
RETRY_AFTER = timedelta(minutes=15)
"""How long a failed fetch waits, where the vendor names no time."""
REMIND_AFTER = timedelta(hours=1)
"""How long the log is spared the same failure of a job."""


def open_demo(desk: Desk) -> Stored:
    """Bring the simulated market's history up to now: two years of days, thirty days of minutes, every action."""
    now = desk.clock()
    listed = desk.simulated.instruments()
    symbols = listed["ticker"].to_list()
    desk.lake.append_instruments(listed, now)
    if not desk.ledger.watchlists():
        desk.ledger.add_watchlist("Watchlist", symbols)
    total = Stored()
    for interval, step, span in DEMO:
        spans = desk.lake.spans().filter(pl.col("interval") == str(interval))
        newest = dict(spans.select("symbol", "last").iter_rows())
        due = {s: max(newest[s] + step, now - span) if s in newest else now - span for s in symbols}
        for part in _parts(due, step, now):
            total += _simulate(desk, part, interval, now, now - step)
    return total


def _parts(due: Mapping[str, datetime], step: timedelta, now: datetime) -> Iterator[dict[str, datetime]]:
    """The symbols whose next bar has closed, with its stamp; so many at a time that their bars fill little memory."""
    late = {symbol: start for symbol, start in due.items() if start + step <= now}
    if not late:
        return
    bars_each = (now - min(late.values())) // step
    size = max(1, DEMO_ROWS // bars_each)
    symbols = list(late)
    for first in range(0, len(symbols), size):
        yield {symbol: late[symbol] for symbol in symbols[first : first + size]}


def _simulate(
    desk: Desk, starts: Mapping[str, datetime], interval: Interval, now: datetime, newest: datetime
) -> Stored:
    """Store the bars of each symbol from its start to `newest`, and the actions since that day.

    The market reads the clock itself: without `newest`, a bar that closes meanwhile would be set aside as future.
    """
    market, end = desk.simulated, newest + timedelta.resolution
    bars = pl.concat(market.bars(symbol, interval, start, end) for symbol, start in starts.items())
    actions = pl.concat(market.actions(symbol, start.date(), now.date()) for symbol, start in starts.items())
    return store(desk.lake, bars, actions, now=now, origin="demo market", promises_raw=True)


def watch_vendors(desk: Desk) -> None:
    """Fetch every watched symbol that was never fetched, or whose next try has come; one state per symbol."""
    if not desk.ledger.watchlists():
        desk.ledger.add_watchlist("Watchlist", WATCHED)
    done = {f.symbol: f for f in desk.ledger.fetches()}
    listed = {s for w in desk.ledger.watchlists() for s in w.symbols}
    for symbol in sorted(listed):
        if desk.history.register.instrument(symbol).simulated:
            continue
        fetch = done.get(symbol)
        if fetch is None or _due(fetch, desk.clock()):
            fetch_symbol(desk, symbol)


def _due(fetch: Fetch, now: datetime) -> bool:
    if fetch.state in {"unknown", "imported"}:
        return False
    if fetch.state in {"waiting", "running"}:  # one that runs when this is asked was cut off by the end of its process
        return True
    if fetch.next_try is not None:
        return now >= fetch.next_try
    return now - fetch.at >= timedelta(days=1)


def fetch_symbol(desk: Desk, symbol: str) -> Fetch:
    """Fetch the first history of `symbol`: days, then recent minutes; its state is kept in the ledger."""
    state = Fetch(symbol, "history", "running", "Fetching prices.", 0, None, desk.clock())
    desk.ledger.save_fetch(state)
    now, total = desk.clock(), Stored()
    try:
        for interval, span in ((DAY, FIRST_DAYS), (MINUTE, FIRST_MINUTES)):
            total += fetch_bars(desk.lake, desk.vendors, symbol, interval, now - span, now, clock=desk.clock)
        detail = " ".join((f"{counted(total.rows, 'bar')} stored.", *total.notes))
        state = replace(state, state="done", detail=detail, rows=total.rows, at=desk.clock())
    except OpenbellError as error:
        state = _failed(state, error, desk.clock())
    except Exception as error:  # one symbol's trouble must not keep the others waiting; the trace is in the log
        log.exception("fetching %s failed", symbol)
        unforeseen = OpenbellError(f"{symbol} could not be stored: {type(error).__name__}.", remedy="The log has more.")
        state = _failed(state, unforeseen, desk.clock())
    desk.ledger.save_fetch(state)
    return state


def _failed(fetch: Fetch, error: OpenbellError, now: datetime) -> Fetch:
    kind: FetchState = "failed"
    next_try: datetime | None = now + RETRY_AFTER
    if isinstance(error, RateLimited):
        kind, next_try = "rate_limited", now + timedelta(seconds=error.retry_after)
    elif isinstance(error, UnknownSymbol):
        kind, next_try = "unknown", None
    return replace(fetch, state=kind, detail=str(error), next_try=next_try, at=now)


def compact(desk: Desk) -> int:
    """Keep the number of the lake's files bounded."""
    return desk.lake.compact()


def _online(desk: Desk) -> bool:
    return not desk.settings.offline


@dataclass(frozen=True, slots=True)
class Job:
    """Something to run over a desk every so often."""

    title: str
    every: timedelta
    run: Callable[[Desk], object]
    applies: Callable[[Desk], bool] = lambda _desk: True
    apart: bool = False
    """Whether the clock runs it in a process of its own, so that the memory it needs ends with it."""


JOBS: Mapping[str, Job] = {
    "demo": Job("Follow the simulated market", timedelta(hours=1), open_demo, lambda desk: desk.demo),
    "fetch": Job("Fetch watched symbols", timedelta(seconds=5), watch_vendors, _online),
    "compact": Job("Compact the lake", timedelta(hours=1), compact, apart=True),
}


def run_apart(name: str, settings: Settings) -> str:
    """Run a job as `openbell job` does, and return what it printed; raises OpenbellError where it fails."""
    environment = {
        **os.environ,
        "OPENBELL_HOME": str(settings.folder),
        "OPENBELL_DEMO": str(settings.demo).lower(),
        "OPENBELL_OFFLINE": str(settings.offline).lower(),
    }
    command = [sys.executable, "-m", "openbell", "job", name]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  # ours
    if done.returncode != 0:
        raise OpenbellError(f"The job {name} failed: {done.stderr.strip()}")
    return done.stdout.strip()


class Clockwork:
    """Runs the jobs that apply to a desk until stopped: each at its cadence, in a thread of its own."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stopped = Event()
        jobs = ((name, job) for name, job in JOBS.items() if job.applies(desk))
        self._threads = [Thread(target=self._run, args=each, name=f"job {each[0]}", daemon=True) for each in jobs]

    def start(self) -> None:
        """Begin; the first runs come at once."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End; a job that runs may finish for a few seconds, and what it has stored stays."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(timeout=3)

    def _run(self, name: str, job: Job) -> None:
        told = Told()
        while not self._stopped.is_set():
            try:
                if job.apart:
                    run_apart(name, self._desk.settings)
                else:
                    job.run(self._desk)
                told.again(None, self._desk.clock())
            except ProviderError as error:
                if told.again(error, self._desk.clock()):
                    log.warning("job %s: %s", name, error)
            except Exception as error:  # a job that fails must be run again; the trace is in the log
                if told.again(error, self._desk.clock()):
                    log.exception("job %s failed", name)
            self._stopped.wait(job.every.total_seconds())


class Told:
    """Which failure of a job the log has been told last."""

    def __init__(self) -> None:
        self._failure: str | None = None
        self._at: datetime | None = None

    def again(self, error: Exception | None, now: datetime) -> bool:
        """Whether to tell it of this outcome (None: success): of a failure at first, and then once in REMIND_AFTER."""
        failure = None if error is None else f"{type(error).__name__}: {error}"
        if failure == self._failure and self._at is not None and now - self._at < REMIND_AFTER:
            return False
        self._failure, self._at = failure, now
        return failure is not None
