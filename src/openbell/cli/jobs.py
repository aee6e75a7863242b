"""Jobs from the command line: how each stands, and one run by hand."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from openbell.cli import terminal
from openbell.desk import Desk
from openbell.jobs import JOBS, months, next_of, run_now
from openbell.model.errors import InvalidInput, OpenbellError
from openbell.model.words import counted
from openbell.store.jobbook import AlreadyRuns, JobBook, Standing


def listed(desk: Desk, *, as_json: bool) -> None:
    """Print the jobs of a desk with their last and next runs; also those that it had when it was opened otherwise."""
    book, rows = JobBook(desk.ledger), []
    for name, job in JOBS.items():
        standing, applies = book.standing(name, desk.clock()), job.applies(desk)
        last, coming = standing.last, next_of(desk, job, standing) if applies else None
        if not (applies or last or standing.running):
            continue
        rows.append(
            {
                "name": name,
                "does": job.title,
                "last": None if last is None else last.started.replace(microsecond=0),
                "took_s": None if last is None or last.duration is None else round(last.duration.total_seconds(), 1),
                "state": _state(standing, coming),
                "result": None if last is None else last.error or last.result,
                "next": None if coming is None else coming.replace(microsecond=0),
            }
        )
    kinds: dict[str, pl.DataType | type[pl.DataType]] = {
        "last": pl.Datetime("us", "UTC"),
        "next": pl.Datetime("us", "UTC"),
        "took_s": pl.Float64,
    }
    terminal.frame(pl.DataFrame(rows, schema_overrides=kinds), as_json=as_json)


def _state(standing: Standing, coming: datetime | None) -> str:
    if standing.running:
        return "running"
    if standing.last is not None:
        return standing.last.state
    return "nothing to do now" if coming is None else "waits"


def run(desk: Desk, name: str) -> None:
    """Run a job now and print what came of it; raises OpenbellError where it failed."""
    done = run_now(desk, name)
    if done.state == "failed":
        raise OpenbellError(f"The job {name} failed. {done.error}")
    print(done.result if done.state == "done" else f"{done.error} It goes on then, or when it is run again.")


def backfill(desk: Desk, symbol: str | None, first: str | None, last: str | None, interval: str) -> None:
    """Fetch months of a symbol, if one is named, and whatever other months are still to be fetched."""
    if symbol is not None:
        if first is None:
            raise InvalidInput("from", "No month to begin with was named.", remedy="Write --from 2020-01.")
        months.ask_for(desk, symbol, first, last, interval)
    try:
        run(desk, "backfill")
    except AlreadyRuns:
        print("The open desk fetches months already; these are among them. `openbell jobs` shows how far it is.")


def withdraw(desk: Desk, symbol: str | None) -> None:
    """Have no more months of a symbol fetched."""
    if symbol is None:
        raise InvalidInput("symbol", "No symbol was named.", remedy="Write `openbell job backfill AAPL --withdraw`.")
    gone = months.withdraw(desk, symbol)
    print(f"{counted(gone, 'backfill')} of {symbol.strip().upper()} withdrawn; what was fetched stays.")
