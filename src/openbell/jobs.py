"""What runs when: a table of (cadence, job over a Desk), run by the clock or by hand."""

from __future__ import annotations

import logging
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
from openbell.settings import WATCHED
from openbell.store.ledger import Fetch, FetchState

log = logging.getLogger(__name__)

DEMO = ((DAY, timedelta(days=1), timedelta(days=731)), (MINUTE, timedelta(minutes=1), timedelta(days=30)))
"""What is kept of the simulated market: the interval, the length of its bars, and how far back."""
DEMO_ROWS = 200_000
"""Bars that are made, checked and stored at once: some 100 MB while that lasts."""
FIRST_DAYS, FIRST_MINUTES = timedelta(days=5 * 366), timedelta(days=7)
RETRY_AFTER = timedelta(minutes=15)
"""How long a failed fetch waits, where the vendor names no time."""


def open_demo(desk: Desk) -> Stored:
    """Bring the simulated market's history up to now: two years of days, thirty days of minutes, every action."""
    now = desk.clock()
    listed = desk.simulated.instruments()
    symbols = listed["ticker"].to_list()
    if not all(map(desk.history.register.knows, symbols)):
        desk.lake.append_instruments(listed, now)
    if not desk.ledger.watchlists():
        desk.ledger.add_watchlist("Watchlist", symbols)
    total = Stored()
    for interval, step, span in DEMO:
        spans = desk.lake.spans().filter(pl.col("interval") == str(interval))
        newest = dict(spans.select("symbol", "last").iter_rows())
        due = {s: max(newest[s] + step, now - span) if s in newest else now - span for s in symbols}
        for part in _parts(due, step, now):
            total += _simulate(desk, part, interval, now)
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


def _simulate(desk: Desk, starts: Mapping[str, datetime], interval: Interval, now: datetime) -> Stored:
    """Store the bars of each symbol from its start on, and the actions since that day."""
    market = desk.simulated
    bars = pl.concat(market.bars(symbol, interval, start, now) for symbol, start in starts.items())
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
    if fetch.state == "unknown":
        return False
    if fetch.next_try is not None:
        return now >= fetch.next_try
    return now - fetch.at >= timedelta(days=1)


def fetch_symbol(desk: Desk, symbol: str) -> Fetch:
    """Fetch the first history of `symbol`: days, then recent minutes; its state is kept in the ledger."""
    state = Fetch(symbol, "history", "running", "Fetching prices.", 0, None, desk.clock())
    desk.ledger.save_fetch(state)
    now, rows = desk.clock(), 0
    try:
        for interval, span in ((DAY, FIRST_DAYS), (MINUTE, FIRST_MINUTES)):
            rows += fetch_bars(desk.lake, desk.vendors, symbol, interval, now - span, now, clock=desk.clock).rows
        state = replace(state, state="done", detail=f"{rows} bars stored.", rows=rows, at=desk.clock())
    except OpenbellError as error:
        state = _failed(state, error, desk.clock())
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


def poll_quotes(desk: Desk) -> None:
    """The latest quotes of the watched real symbols, onto the tape."""
    register = desk.history.register
    listed = dict.fromkeys(s for w in desk.ledger.watchlists() for s in w.symbols)
    symbols = [s for s in listed if not register.instrument(s).simulated]
    if symbols:
        desk.tape.update(desk.vendors.quotes(symbols))


def follow_demo(desk: Desk) -> None:
    """The minutes that closed since the last run, and at midnight the day."""
    open_demo(desk)


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


JOBS: Mapping[str, Job] = {
    "demo": Job("Follow the simulated market", timedelta(minutes=1), follow_demo, lambda desk: desk.demo),
    "fetch": Job("Fetch watched symbols", timedelta(minutes=1), watch_vendors, _online),
    "quotes": Job("Poll quotes", timedelta(minutes=1), poll_quotes, _online),
    "compact": Job("Compact the lake", timedelta(hours=1), compact),
}


class Clockwork:
    """Runs the jobs that apply to a desk, each at its cadence, in one thread until stopped."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        """Begin; the first runs come at once."""
        self._thread.start()

    def stop(self) -> None:
        """End after the job that is running."""
        self._stopped.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        jobs = {name: job for name, job in JOBS.items() if job.applies(self._desk)}
        due = dict.fromkeys(jobs, self._desk.clock())
        while not self._stopped.is_set():
            for name, job in jobs.items():
                if self._desk.clock() >= due[name]:
                    self._attempt(name, job)
                    due[name] = self._desk.clock() + job.every
            self._stopped.wait(1.0)

    def _attempt(self, name: str, job: Job) -> None:
        try:
            job.run(self._desk)
        except ProviderError as error:
            log.warning("job %s: %s", name, error)
        except Exception:  # one failed job must not end the others; the trace is in the log
            log.exception("job %s failed", name)
