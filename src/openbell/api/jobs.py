"""What runs in the background: each job's last and next run, jobs run by hand, backfills, reports of the upkeep."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from openbell.api.access import Role, TheCaller, TheClockwork, TheDesk, ThePlace, allow, deed_of
from openbell.api.problems import NotFound
from openbell.desk import Desk
from openbell.jobs import JOBS, Job, next_of
from openbell.jobs.months import ask_for
from openbell.store.backfillbook import Backfill as StoredBackfill
from openbell.store.backfillbook import BackfillBook, BackfillState
from openbell.store.jobbook import By, JobBook, Run, RunState, Standing
from openbell.store.upkeepbook import UpkeepBook

router = APIRouter(tags=["jobs"])

Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="of a backfill")]


class JobRun(BaseModel):
    """One run of a job; `result` says what came of it, `error` why it did not end well."""

    id: int
    by: By
    state: RunState
    at: datetime
    duration_s: float | None
    ok: bool
    result: str
    error: str


class JobProgress(BaseModel):
    """How far a run is."""

    done: int
    total: int
    detail: str


class JobShape(BaseModel):
    """A job of this desk. `paused`: a vendor has asked to wait. `next` is null where there is nothing to do."""

    name: str
    title: str
    state: Literal["idle", "running", "failed", "paused"]
    last: JobRun | None
    next: datetime | None
    failing_since: datetime | None
    progress: JobProgress | None


class Jobs(BaseModel):
    """The jobs that apply to this desk."""

    jobs: list[JobShape]


class Runs(BaseModel):
    """The newest runs of a job, newest first."""

    runs: list[JobRun]


class BackfillAsked(BaseModel):
    """Which months to fetch, written 2020-01; `to` is this month where it is absent."""

    symbol: str
    first: str = Field(alias="from")
    to: str | None = None
    interval: str = "1m"


class Backfill(BaseModel):
    """A range of months to fetch, and how many are `done`; `first` and `last` by their first days."""

    id: int
    symbol: str
    interval: str
    first: date
    last: date
    state: BackfillState
    detail: str
    done: int
    total: int
    created: datetime


class Backfills(BaseModel):
    """The newest first."""

    backfills: list[Backfill]


class Report(BaseModel):
    """What the upkeep found of one symbol's day; counts are null where the day could not be compared."""

    symbol: str
    day: date
    at: datetime
    text: str
    official: int | None = None
    streamed: int | None = None
    agree: int | None = None
    closes_differ: int | None = None
    furthest: float | None = None
    volumes_differ: int | None = None
    only_official: int | None = None
    only_streamed: int | None = None


class Reports(BaseModel):
    """The newest day first."""

    reports: list[Report]


@router.get("/jobs", dependencies=[allow(Role.VIEWER)])
def jobs(desk: TheDesk) -> Jobs:
    """Every job with its last and next run."""
    return Jobs(jobs=[_job(desk, name, job) for name, job in JOBS.items() if job.applies(desk)])


@router.get("/jobs/backfills", dependencies=[allow(Role.VIEWER)])
def backfills(desk: TheDesk) -> Backfills:
    """What was asked to be fetched by month, and how far it is."""
    return Backfills(backfills=[_backfill(desk, each) for each in BackfillBook(desk.ledger).all()])


@router.get("/jobs/reports", dependencies=[allow(Role.VIEWER)])
def reports(desk: TheDesk, symbol: str | None = None, limit: int = Query(100, ge=1, le=1000)) -> Reports:
    """How streamed minutes compared with the vendor's official ones."""
    asked = symbol.upper() if symbol else None
    found = UpkeepBook(desk.ledger).reports(asked, limit=limit)
    return Reports(reports=[_report(each.symbol, each.day, each.at, dict(each.told)) for each in found])


@router.get("/jobs/{name}/runs", dependencies=[allow(Role.VIEWER)])
def runs(desk: TheDesk, name: str) -> Runs:
    """The newest runs of a job."""
    _known(name)
    return Runs(runs=[_run(each) for each in JobBook(desk.ledger).runs(name)])


@router.post("/jobs/backfill", status_code=202, dependencies=[allow(Role.OWNER)])
def backfill(desk: TheDesk, caller: TheCaller, place: ThePlace, asked: BackfillAsked) -> Backfill:
    """Have months fetched in the background, newest first, within the vendors' budgets."""
    begun = ask_for(desk, asked.symbol, asked.first, asked.to, asked.interval)
    about = f"{begun.symbol}, {begun.first:%Y-%m} to {begun.last:%Y-%m}"
    desk.accounts.audit.write(deed_of(desk, caller, "past months asked for", place, about))
    return _backfill(desk, begun)


@router.delete("/jobs/backfills/{number}", status_code=204, dependencies=[allow(Role.OWNER)])
def withdraw(desk: TheDesk, caller: TheCaller, place: ThePlace, number: Number) -> None:
    """Have nothing more fetched for a backfill, and forget it; what it has fetched stays."""
    if not BackfillBook(desk.ledger).withdraw(number):
        raise NotFound(f"There is no backfill {number}.", remedy="List them with GET /jobs/backfills.")
    desk.accounts.audit.write(deed_of(desk, caller, "past months withdrawn", place, f"backfill {number}"))


@router.post("/jobs/{name}/run", status_code=202, dependencies=[allow(Role.OWNER)])
def run(desk: TheDesk, caller: TheCaller, place: ThePlace, clockwork: TheClockwork, name: str) -> JobRun:
    """Run a job now, in the background; 409 while it runs."""
    _known(name)
    begun = clockwork.run_now(name)
    desk.accounts.audit.write(deed_of(desk, caller, "job run", place, name))
    return _run(begun)


def _known(name: str) -> None:
    if name not in JOBS:
        raise NotFound(f"There is no job {name!r}.", remedy=f"Use one of {', '.join(JOBS)}.")


def _job(desk: Desk, name: str, job: Job) -> JobShape:
    standing = JobBook(desk.ledger).standing(name, desk.clock())
    progress = standing.progress
    return JobShape(
        name=name,
        title=job.title,
        state=_state(standing, desk.clock()),
        last=None if standing.last is None else _run(standing.last),
        next=next_of(desk, job, standing),
        failing_since=standing.failing_since,
        progress=None
        if progress is None
        else JobProgress(done=progress.done, total=progress.total, detail=progress.detail),
    )


def _state(standing: Standing, now: datetime) -> Literal["idle", "running", "failed", "paused"]:
    if standing.running is not None:
        return "running"
    if standing.last is not None and standing.last.state == "paused" and (standing.not_before or now) > now:
        return "paused"
    return "idle" if standing.failing_since is None else "failed"


def _run(run: Run) -> JobRun:
    return JobRun(
        id=run.id,
        by=run.by,
        state=run.state,
        at=run.started,
        duration_s=None if run.duration is None else run.duration.total_seconds(),
        ok=run.state == "done",
        result=run.result,
        error=run.error,
    )


def _backfill(desk: Desk, stored: StoredBackfill) -> Backfill:
    total = len(stored.months)
    return Backfill(
        id=stored.id,
        symbol=stored.symbol,
        interval=stored.interval,
        first=stored.first,
        last=stored.last,
        state=stored.state,
        detail=stored.detail,
        done=total - len(BackfillBook(desk.ledger).left(stored)),
        total=total,
        created=stored.created,
    )


def _report(symbol: str, day: date, at: datetime, told: dict[str, Any]) -> Report:
    text = str(told.pop("text", told.get("error", "")))
    return Report.model_validate({**told, "symbol": symbol, "day": day, "at": at, "text": text})
