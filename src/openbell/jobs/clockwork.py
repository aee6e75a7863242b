"""Who runs the jobs: the clock, each at its cadence, or somebody by hand; both book what came of it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread

from openbell.desk import Desk
from openbell.jobs.cadence import Every, held_back, next_run, wait_after
from openbell.jobs.table import JOBS, Job
from openbell.model.errors import InvalidInput, OpenbellError, RateLimited
from openbell.settings import Settings
from openbell.store.jobbook import CUT, LEASE, AlreadyRuns, JobBook, Progress, Run, Standing, Stopped

log = logging.getLogger(__name__)

LOOK = timedelta(seconds=30)
"""A clock may be set, a machine may sleep: the time of the next run is worked out again this often."""


def run_apart(name: str, settings: Settings) -> str:
    """Run a job in a process of its own, and return what came of it; raises OpenbellError where it fails."""
    environment = {
        **os.environ,
        "OPENBELL_HOME": str(settings.folder),
        "OPENBELL_DEMO": str(settings.demo).lower(),
        "OPENBELL_OFFLINE": str(settings.offline).lower(),
    }
    command = [sys.executable, "-m", "openbell.jobs", name]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  # ours
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise OpenbellError(f"The job {name} failed: {lines[-1]}")
    return done.stdout.strip()


def run_now(desk: Desk, name: str) -> Run:
    """Run a job by hand, here and to its end; raises InvalidInput for one that this desk has not, and AlreadyRuns."""
    job = _applying(desk, name)
    book = JobBook(desk.ledger)
    return _run(desk, name, job, book, book.begin(name, "hand", desk.clock()), Event(), apart=False)


def start_now(desk: Desk, name: str) -> Run:
    """Begin to run a job by hand, in a thread of its own; raises as `run_now` does."""
    job = _applying(desk, name)
    book = JobBook(desk.ledger)
    run = book.begin(name, "hand", desk.clock())
    arguments = (desk, name, job, book, run, Event())
    Thread(target=_run, args=arguments, kwargs={"apart": job.apart}, name=f"job {name}", daemon=True).start()
    return run


def _applying(desk: Desk, name: str) -> Job:
    job = JOBS.get(name)
    if job is None:
        raise InvalidInput("name", f"There is no job {name!r}.", remedy=f"Use one of {', '.join(JOBS)}.")
    if not job.applies(desk):
        reason = "the demo market is not open on this desk" if name == "demo" else "this desk is offline"
        raise InvalidInput("name", f"The job {name!r} does not apply: {reason}.", remedy="See `openbell jobs`.")
    return job


def due(desk: Desk, job: Job, standing: Standing, now: datetime, *, opening: bool = False) -> datetime:
    """When the clock runs a job next. `opening`: the desk has just been opened, and what has a period runs at once."""
    cadence = job.cadence(desk)
    at = next_run(cadence, None if opening and isinstance(cadence, Every) else standing.good, now)
    told = None if standing.last is None else standing.last.finished
    return at if told is None else max(at, held_back(standing.not_before, told, now) or at)


def next_of(desk: Desk, job: Job, standing: Standing) -> datetime | None:
    """When a job runs next, now at the earliest; None where it has nothing to do yet."""
    now = desk.clock()
    return max(due(desk, job, standing, now), now) if job.wanted(desk) else None


class Clockwork:
    """Runs the jobs that apply to a desk until stopped: each at its cadence, in a thread of its own."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._book = JobBook(desk.ledger)
        self._stopped = Event()
        self._opening = {name for name, job in JOBS.items() if job.applies(desk)}
        self._runs: dict[str, Run] = {}
        self._threads = [
            Thread(target=self._keep, args=(name,), name=f"job {name}", daemon=True) for name in sorted(self._opening)
        ]

    def start(self) -> None:
        """Begin; what is due runs at once."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End; a job that runs may finish for a few seconds, and what it has stored stays."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(timeout=3)
        for run in [*self._runs.values()]:  # those that are not over are free at once for the next process
            self._book.end(run, "cut", self._desk.clock(), error=CUT)

    def turn(self, name: str) -> datetime:
        """Run the job if it is due and has anything to do; returns when it is to be looked at again."""
        job, now = JOBS[name], self._desk.clock()
        at = due(self._desk, job, self._book.standing(name, now), now, opening=name in self._opening)
        if at > now:
            return at
        if job.wanted(self._desk):
            try:
                self._runs[name] = self._book.begin(name, "clock", now)
            except AlreadyRuns:
                return now + LOOK
            _run(self._desk, name, job, self._book, self._runs[name], self._stopped, apart=job.apart)
            del self._runs[name]
        self._opening.discard(name)
        cadence = job.cadence(self._desk)
        return now + cadence.period if isinstance(cadence, Every) else now + LOOK

    def _keep(self, name: str) -> None:
        while not self._stopped.is_set():
            try:
                again = self.turn(name) - self._desk.clock()
            except OpenbellError as error:  # the ledger does not answer
                log.warning("job %s: %s", name, error)
                again = LOOK
            except Exception:  # whatever it was, the clock goes on
                log.exception("job %s could not be looked at", name)
                again = LOOK
            self._stopped.wait(min(max(again, timedelta(seconds=1)), LOOK).total_seconds())


def _run(desk: Desk, name: str, job: Job, book: JobBook, run: Run, stopped: Event, *, apart: bool) -> Run:
    """Run a job that was begun, to its end, whatever that is; returns it as booked."""

    def tell(progress: Progress) -> None:
        if stopped.is_set():
            raise Stopped("The desk is being closed.")
        book.tell(run, progress)

    with _renewed(desk, book, run, stopped):
        try:
            result = run_apart(name, desk.settings) if apart else job.run(desk, tell)
            book.end(run, "done", desk.clock(), result=result)
        except Stopped:
            book.end(run, "cut", desk.clock(), error=CUT)
        except RateLimited as error:
            until = desk.clock() + timedelta(seconds=error.retry_after)
            book.end(run, "paused", desk.clock(), error=str(error), not_before=until)
        except OpenbellError as error:
            log.warning("job %s: %s", name, error)
            _failed(desk, book, run, str(error))
        except Exception as error:  # a job that fails must be run again; the trace is in the log
            log.exception("job %s failed", name)
            _failed(desk, book, run, f"{name} failed: {type(error).__name__}. The log has more.")
    return next(each for each in book.runs(name) if each.id == run.id)


def _failed(desk: Desk, book: JobBook, run: Run, error: str) -> None:
    now = desk.clock()
    failures = book.standing(run.job, now).failures + 1
    book.end(run, "failed", now, error=error, not_before=now + wait_after(failures))


@contextmanager
def _renewed(desk: Desk, book: JobBook, run: Run, stopped: Event) -> Iterator[None]:
    """Renew the lease of `run` while inside; a desk that is closed lets go of it."""
    over = Event()

    def beat() -> None:
        while not over.wait((LEASE / 3).total_seconds()) and not stopped.is_set():
            try:
                book.renew(run, desk.clock())
            except OpenbellError as error:
                log.warning("job %s: %s", run.job, error)

    thread = Thread(target=beat, name=f"lease of {run.job}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
