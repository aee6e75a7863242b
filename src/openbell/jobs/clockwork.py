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
from time import monotonic

from openbell.desk import Desk
from openbell.jobs.cadence import Every, held_back, next_run, wait_after
from openbell.jobs.table import JOBS, Job, job_of
from openbell.model.errors import InvalidInput, OpenbellError, RateLimited
from openbell.settings import Settings
from openbell.store.jobbook import CUT, LEASE, AlreadyRuns, JobBook, Progress, Run, Standing, Stopped

log = logging.getLogger(__name__)

LOOK = timedelta(seconds=30)
"""A clock may be set, a machine may sleep: the time of the next run is worked out again this often."""


LONGEST_APART = timedelta(hours=6)
"""A process that has not ended by then hangs."""

HEARD_S = 0.2
"""How soon a process hears that the desk is being closed."""

PATIENCE_S = 1.0
"""What a process that is to end is given, and then no more."""

NEVER = Event()


def run_apart(name: str, settings: Settings, stopped: Event = NEVER, *, longest: timedelta = LONGEST_APART) -> str:
    """Run a job in a process of its own, which never outlives this call, and return what came of it.

    Raises OpenbellError where it fails or takes longer than `longest`, and Stopped.
    """
    environment = {
        **os.environ,
        "OPENBELL_HOME": str(settings.folder),
        "OPENBELL_DEMO": str(settings.demo).lower(),
        "OPENBELL_OFFLINE": str(settings.offline).lower(),
    }
    command, end = [sys.executable, "-m", "openbell.jobs", name], monotonic() + longest.total_seconds()
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True) as process:  # noqa: S603  # ours
        try:
            while True:
                try:
                    told, complaint = process.communicate(timeout=HEARD_S)
                    break
                except subprocess.TimeoutExpired:
                    if stopped.is_set():
                        raise Stopped("The desk is being closed.") from None
                    if monotonic() > end:
                        raise OpenbellError(f"The job {name} was ended: it took longer than {longest}.") from None
        finally:
            _end(process)
    if process.returncode != 0:
        lines = complaint.strip().splitlines() or [f"exit code {process.returncode}"]
        raise OpenbellError(f"The job {name} failed: {lines[-1]}")
    return told.strip()


def _end(process: subprocess.Popen[str]) -> None:
    """End a process that has not ended by itself."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()


def run_now(desk: Desk, name: str) -> Run:
    """Run a job by hand, here and to its end; raises InvalidInput for one that this desk has not, and AlreadyRuns."""
    job = _applying(desk, name)
    book = JobBook(desk.ledger)
    return _run(desk, name, job, book, book.begin(name, "hand", desk.clock()), Event(), apart=False)


def _applying(desk: Desk, name: str) -> Job:
    job = job_of("name", name)
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


STOPPED_S = 3.0
"""What all jobs together are given to end by themselves."""


class Clockwork:
    """Runs the jobs that apply to a desk until stopped, each in a thread of its own: at its cadence, and by hand."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._book = JobBook(desk.ledger)
        self._stopped = Event()
        self._opening = {name for name, job in JOBS.items() if job.applies(desk)}
        self._runs: dict[int, Run] = {}
        """Those that are not over."""
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
        end = monotonic() + STOPPED_S
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, end - monotonic()))
        for run in [*self._runs.values()]:  # those that are not over are free at once for the next process
            self._book.end(run, "cut", self._desk.clock(), error=CUT)

    def run_now(self, name: str) -> Run:
        """Begin to run a job by hand; raises as the function `run_now` does."""
        job = _applying(self._desk, name)
        run = self._book.begin(name, "hand", self._desk.clock())
        thread = Thread(target=self._run, args=(job, run), name=f"job {name}", daemon=True)
        self._threads = [*(each for each in self._threads if each.is_alive() or not each.ident), thread]
        thread.start()
        return run

    def turn(self, name: str) -> datetime:
        """Run the job if it is due and has anything to do; returns when it is to be looked at again."""
        job, now = JOBS[name], self._desk.clock()
        at = due(self._desk, job, self._book.standing(name, now), now, opening=name in self._opening)
        if at > now:
            return at
        if job.wanted(self._desk):
            try:
                run = self._book.begin(name, "clock", now)
            except AlreadyRuns:
                return now + LOOK
            self._run(job, run)
        self._opening.discard(name)
        cadence = job.cadence(self._desk)
        return now + cadence.period if isinstance(cadence, Every) else now + LOOK

    def _run(self, job: Job, run: Run) -> None:
        self._runs[run.id] = run
        try:
            _run(self._desk, run.job, job, self._book, run, self._stopped, apart=job.apart)
        finally:
            del self._runs[run.id]

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
            result = run_apart(name, desk.settings, stopped) if apart else job.run(desk, tell)
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
