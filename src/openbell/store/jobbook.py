"""The job book: when each job ran, what came of it, and who runs it now; never two at once, of any process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from openbell.model.errors import OpenbellError
from openbell.store.instants import instant_text, maybe_instant, maybe_instant_text
from openbell.store.ledger import Ledger
from openbell.store.numbers import number_of

By = Literal["clock", "hand"]
Outcome = Literal["done", "failed", "paused", "cut"]
"""`paused`: a vendor asked to wait, and it goes on then. `cut`: its process ended, or was told to."""
RunState = Literal["running", "done", "failed", "paused", "cut"]

LEASE = timedelta(seconds=60)
"""How long a run counts as running after it was last renewed; after a crash the job is free again."""
KEPT = 100
"""Runs of each job that are remembered."""
LONGEST = 2000
"""Characters of a result or an error."""

CUT = "It was cut off by the end of its process."

_META = sa.MetaData()
_RUNS = sa.Table(
    "job_runs",
    _META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("job", sa.String, nullable=False),
    sa.Column("asked_by", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("started", sa.String, nullable=False),
    sa.Column("finished", sa.String),
    sa.Column("result", sa.String, nullable=False),
    sa.Column("error", sa.String, nullable=False),
)
_STATES = sa.Table(
    "job_states",
    _META,
    sa.Column("job", sa.String, primary_key=True),
    sa.Column("run_id", sa.Integer),
    sa.Column("leased_until", sa.String),
    sa.Column("good", sa.String),
    sa.Column("failing_since", sa.String),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("not_before", sa.String),
    sa.Column("progress", sa.JSON(none_as_null=True)),
)


class Stopped(OpenbellError):
    """The desk is being closed; what is left is done at the next run."""


class AlreadyRuns(OpenbellError):
    """The job runs already, here or in another process; wait until it has ended."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: `done` of `total`, and with what."""

    done: int
    total: int
    detail: str


Tell = Callable[[Progress], None]
"""Told how far a run is; raises Stopped where the desk is being closed."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job; `error` says why it did not end well."""

    id: int
    job: str
    by: By
    state: RunState
    started: datetime
    finished: datetime | None = None
    result: str = ""
    error: str = ""

    @property
    def duration(self) -> timedelta | None:
        """How long it took; None while it runs."""
        return None if self.finished is None else self.finished - self.started


@dataclass(frozen=True, slots=True)
class Standing:
    """How a job stands."""

    job: str
    running: Run | None = None
    last: Run | None = None
    """The newest run that has ended."""
    good: datetime | None = None
    """When the newest run that ended well began: what came later is not done yet."""
    failing_since: datetime | None = None
    """When the first failure after that ended; None where there was none."""
    failures: int = 0
    """In a row."""
    not_before: datetime | None = None
    """The clock does not run it earlier: a vendor asked to wait, or it has failed."""
    progress: Progress | None = None


class JobBook:
    """Runs of jobs, in the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def begin(self, job: str, by: By, now: datetime) -> Run:
        """A run of `job` that is the caller's for LEASE, and longer when renewed; raises AlreadyRuns."""
        self._make_state(job)
        with self._ledger.transaction(alone=True) as connection:
            state = connection.execute(sa.select(_STATES).where(_STATES.c.job == job).with_for_update()).one()
            if state.run_id is not None:
                if _leased(state.leased_until, now):
                    raise AlreadyRuns(f"The job {job} runs already.", remedy="Wait until it has ended.")
                _close(connection, state.run_id, "cut", now, error=CUT)
            values = {
                "job": job,
                "asked_by": by,
                "state": "running",
                "started": instant_text(now),
                "result": "",
                "error": "",
            }
            number = number_of(connection, sa.insert(_RUNS).values(**values), "run")
            lease = {"run_id": number, "leased_until": instant_text(now + LEASE), "progress": None}
            connection.execute(sa.update(_STATES).where(_STATES.c.job == job).values(**lease))
            _forget_old(connection, job)
        return Run(number, job, by, "running", now)

    def renew(self, run: Run, now: datetime) -> None:
        """The run goes on."""
        self._change(run, leased_until=instant_text(now + LEASE))

    def tell(self, run: Run, progress: Progress) -> None:
        """How far the run is."""
        self._change(run, progress={"done": progress.done, "total": progress.total, "detail": progress.detail})

    def end(
        self,
        run: Run,
        outcome: Outcome,
        now: datetime,
        *,
        result: str = "",
        error: str = "",
        not_before: datetime | None = None,
    ) -> None:
        """The run has ended; one that lost its lease meanwhile changes nothing but itself."""
        with self._ledger.transaction(alone=True) as connection:
            query = sa.select(_STATES).where(_STATES.c.job == run.job).with_for_update()
            state = connection.execute(query).one()
            _close(connection, run.id, outcome, now, result=result, error=error)
            if state.run_id != run.id:
                return
            changes: dict[str, Any] = {"run_id": None, "leased_until": None, "progress": None}
            if outcome == "done":
                changes |= {"good": instant_text(run.started), "failing_since": None, "failures": 0, "not_before": None}
            elif outcome == "failed":
                since = state.failing_since or instant_text(now)
                changes |= {
                    "failing_since": since,
                    "failures": state.failures + 1,
                    "not_before": maybe_instant_text(not_before),
                }
            elif outcome == "paused":
                changes |= {"not_before": maybe_instant_text(not_before)}
            connection.execute(sa.update(_STATES).where(_STATES.c.job == run.job).values(**changes))

    def standing(self, job: str, now: datetime) -> Standing:
        """How `job` stands at `now`; one that never ran stands with nothing."""
        with self._ledger.transaction() as connection:
            state = connection.execute(sa.select(_STATES).where(_STATES.c.job == job)).one_or_none()
            if state is None:
                return Standing(job)
            ended = sa.select(_RUNS).where(_RUNS.c.job == job, _RUNS.c.state != "running").order_by(_RUNS.c.id.desc())
            last = connection.execute(ended.limit(1)).one_or_none()
            held = state.run_id is not None and _leased(state.leased_until, now)
            running = connection.execute(sa.select(_RUNS).where(_RUNS.c.id == state.run_id)).one() if held else None
        return Standing(
            job,
            None if running is None else _run(running),
            None if last is None else _run(last),
            maybe_instant(state.good),
            maybe_instant(state.failing_since),
            state.failures,
            maybe_instant(state.not_before),
            Progress(**state.progress) if running is not None and state.progress else None,
        )

    def runs(self, job: str, *, limit: int = KEPT) -> list[Run]:
        """The newest runs of `job`, newest first."""
        query = sa.select(_RUNS).where(_RUNS.c.job == job).order_by(_RUNS.c.id.desc()).limit(limit)
        with self._ledger.transaction() as connection:
            rows: Sequence[sa.Row[Any]] = connection.execute(query).all()
        return [_run(row) for row in rows]

    def failing(self) -> dict[str, datetime]:
        """The jobs whose newest finished run failed, and when the first failure since the last good run ended."""
        query = sa.select(_STATES.c.job, _STATES.c.failing_since).where(_STATES.c.failing_since.is_not(None))
        with self._ledger.transaction() as connection:
            rows = connection.execute(query.order_by(_STATES.c.job)).all()
        return {row.job: datetime.fromisoformat(row.failing_since) for row in rows}

    def _make_state(self, job: str) -> None:
        with self._ledger.transaction() as connection:
            if connection.execute(sa.select(_STATES.c.job).where(_STATES.c.job == job)).one_or_none() is not None:
                return
        with suppress(sa.exc.IntegrityError), self._ledger.transaction(alone=True) as connection:  # another was faster
            connection.execute(sa.insert(_STATES).values(job=job, failures=0))

    def _change(self, run: Run, **changes: Any) -> None:
        with self._ledger.transaction(alone=True) as connection:
            mine = (_STATES.c.job == run.job) & (_STATES.c.run_id == run.id)
            connection.execute(sa.update(_STATES).where(mine).values(**changes))


def _close(
    connection: sa.Connection, number: int, outcome: Outcome, now: datetime, *, result: str = "", error: str = ""
) -> None:
    values = {"state": outcome, "finished": instant_text(now), "result": result[:LONGEST], "error": error[:LONGEST]}
    still = (_RUNS.c.id == number) & (_RUNS.c.state == "running")
    connection.execute(sa.update(_RUNS).where(still).values(**values))


def _forget_old(connection: sa.Connection, job: str) -> None:
    mine = _RUNS.c.job == job
    kept = sa.select(_RUNS.c.id).where(mine).order_by(_RUNS.c.id.desc()).offset(KEPT).limit(1)
    newest_old = connection.execute(kept).scalar_one_or_none()
    if newest_old is not None:
        connection.execute(sa.delete(_RUNS).where(mine & (_RUNS.c.id <= newest_old)))


def _leased(until: str | None, now: datetime) -> bool:
    """Whether somebody holds the lease; one far in the future was given by a clock that has since been set back."""
    end = maybe_instant(until)
    return end is not None and now < end <= now + 2 * LEASE


def _run(row: sa.Row[Any]) -> Run:
    started = datetime.fromisoformat(row.started)
    return Run(row.id, row.job, row.asked_by, row.state, started, maybe_instant(row.finished), row.result, row.error)
