"""The job book: what ran, what failed since when, and never two at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from openbell.store.backfillbook import BackfillBook
from openbell.store.jobbook import KEPT, LEASE, AlreadyRuns, JobBook, Outcome, Progress
from openbell.store.ledger import Ledger
from openbell.store.upkeepbook import KEPT as KEPT_DAYS
from openbell.store.upkeepbook import Report, UpkeepBook

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def url(ledger_url: str) -> str:
    return ledger_url


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    ledger = Ledger(url)
    yield ledger
    ledger.close()


@pytest.fixture
def book(ledger: Ledger) -> JobBook:
    return JobBook(ledger)


def ran(book: JobBook, at: datetime, outcome: Outcome, job: str = "upkeep") -> None:
    """A run of a second."""
    run = book.begin(job, "clock", at)
    book.end(run, outcome, at + SECOND, result=f"{outcome}.", error="" if outcome == "done" else "Why.")


def test_a_job_that_never_ran_stands_with_nothing(book: JobBook):
    standing = book.standing("upkeep", NOON)
    assert (standing.running, standing.last, standing.good, standing.failures) == (None, None, None, 0)
    assert book.failing() == {}


def test_a_run_is_kept_with_its_times_and_result(book: JobBook):
    ran(book, NOON, "done")
    standing = book.standing("upkeep", NOON + MINUTE)
    assert standing.last == book.runs("upkeep")[0]
    assert standing.last is not None
    assert (standing.last.started, standing.last.duration, standing.last.result) == (NOON, SECOND, "done.")
    assert standing.good == NOON


def test_a_job_runs_once_at_a_time_until_its_lease_ends(book: JobBook, url: str):
    run = book.begin("upkeep", "clock", NOON)
    other = Ledger(url)
    for elsewhere in (book, JobBook(other)):
        with pytest.raises(AlreadyRuns, match="upkeep runs already"):
            elsewhere.begin("upkeep", "hand", NOON + MINUTE - SECOND)
    assert JobBook(other).begin("compact", "hand", NOON).job == "compact"
    book.renew(run, NOON + MINUTE)
    with pytest.raises(AlreadyRuns):
        book.begin("upkeep", "hand", NOON + MINUTE + LEASE - SECOND)
    second = JobBook(other).begin("upkeep", "hand", NOON + MINUTE + LEASE)
    states = [(each.id, each.state) for each in book.runs("upkeep")]
    assert states == [(second.id, "running"), (run.id, "cut")]
    book.end(run, "done", NOON + 3 * MINUTE, result="Too late.")  # it has lost its lease
    standing = book.standing("upkeep", NOON + 2 * MINUTE)
    assert standing.running is not None
    assert (standing.running.id, standing.good) == (second.id, None)
    other.close()


def test_a_lease_given_by_a_clock_that_was_set_back_is_none(book: JobBook):
    book.begin("upkeep", "clock", NOON + timedelta(days=400))
    assert book.standing("upkeep", NOON).running is None
    assert book.begin("upkeep", "clock", NOON).id


def test_failing_since_is_the_first_failure_after_the_last_good_run(book: JobBook):
    outcomes: list[Outcome] = ["failed", "done", "paused", "failed", "cut", "failed", "paused"]
    for nth, outcome in enumerate(outcomes):
        ran(book, NOON + nth * MINUTE, outcome)
    assert book.failing() == {"upkeep": NOON + 3 * MINUTE + SECOND}
    standing = book.standing("upkeep", NOON + timedelta(hours=1))
    assert (standing.failures, standing.good) == (2, NOON + MINUTE)
    ran(book, NOON + timedelta(hours=2), "done")
    assert book.failing() == {}


def test_old_runs_are_forgotten_and_the_first_failure_is_not(book: JobBook):
    ran(book, NOON, "done", job="compact")
    for nth in range(KEPT + 20):
        ran(book, NOON + nth * MINUTE, "failed")
    assert len(book.runs("upkeep", limit=1000)) == KEPT
    assert book.failing() == {"upkeep": NOON + SECOND}
    assert len(book.runs("compact")) == 1


def test_progress_is_told_while_a_job_runs(book: JobBook):
    run = book.begin("upkeep", "hand", NOON)
    book.tell(run, Progress(3, 8, "ACME"))
    assert book.standing("upkeep", NOON).progress == Progress(3, 8, "ACME")
    book.end(run, "done", NOON + SECOND)
    assert book.standing("upkeep", NOON).progress is None


RACE = """
import sys
from datetime import UTC, datetime
from openbell.store.jobbook import AlreadyRuns, JobBook
from openbell.store.ledger import Ledger
ledger = Ledger(sys.argv[1])
sys.stdin.readline()
try:
    JobBook(ledger).begin("upkeep", "hand", datetime(2026, 3, 2, 12, tzinfo=UTC))
    print("runs")
except AlreadyRuns:
    print("refused")
"""


def test_of_several_processes_at_the_same_moment_one_runs_a_job(ledger: Ledger, url: str):
    command = [sys.executable, "-c", RACE, url]
    pipe = subprocess.PIPE
    started = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(4)]
    said = [process.communicate("go\n", timeout=60)[0].strip() for process in started]
    assert sorted(said) == ["refused", "refused", "refused", "runs"]


def test_reports_of_a_symbol_are_kept_for_so_many_days(ledger: Ledger):
    book = UpkeepBook(ledger)
    first = date(2026, 1, 1)
    for nth in range(KEPT_DAYS + 5):
        for _ in range(2):
            book.save(Report("ACME", first + timedelta(days=nth), {"agree": nth}, NOON))
    book.save(Report("ZETA", first, {"agree": 1}, NOON))
    newest = first + timedelta(days=KEPT_DAYS + 4)
    assert book.last_days() == {"ACME": newest, "ZETA": first}
    found = book.reports("ACME", limit=1000)
    assert (len(found), found[0].day, found[0].told) == (KEPT_DAYS, newest, {"agree": KEPT_DAYS + 4})


def test_a_month_that_is_over_is_left_once_and_the_running_one_for_each_backfill(ledger: Ledger):
    book, months = BackfillBook(ledger), [date(2026, month, 1) for month in (1, 2, 3)]
    first = book.add("ACME", "1m", months[0], months[2], NOON)
    assert book.add("ACME", "1m", months[0], months[2], NOON + MINUTE) == first
    assert book.left(first) == (months[2], months[1], months[0])
    book.fetched(first, months[1:], 10, NOON + timedelta(days=3))
    assert book.left(first) == (months[0],)
    book.finish(first, "done", "")
    later = book.add("ACME", "1m", months[0], months[2], NOON + timedelta(days=90))
    assert book.left(later) == (months[2], months[0])  # March was not over then; February was
    assert book.left(book.add("ACME", "5m", months[0], months[0], NOON)) == (months[0],)
