"""Jobs by the clock and by hand: booked, never twice at once, tried again after failures, let go of at the end."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event, Timer

import pytest

from nightly_market import WEDNESDAY_EVENING, Night, a_night, utc
from openbell.jobs import JOBS, Clockwork, next_of, run_apart, run_now
from openbell.model.errors import InvalidInput, OpenbellError
from openbell.store import lake
from openbell.store.jobbook import AlreadyRuns, JobBook, Stopped
from openbell.store.upkeepbook import UpkeepBook
from openbell.store.watchbook import WatchBook
from recorded import Answer, Asked


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    with a_night(tmp_path, "ACME") as found:
        yield found


def until(so: Callable[[], object]) -> None:
    """Wait until something is so; it must be within ten seconds."""
    for _ in range(1000):
        if so():
            return
        time.sleep(0.01)
    raise AssertionError("it never was so")


class Slow:
    """Yahoo, answering once it is let go."""

    def __init__(self, night: Night) -> None:
        self.night = night
        self.begun, self.go = Event(), Event()

    def __call__(self, asked: Asked) -> Answer:
        self.begun.set()
        self.go.wait(10)
        return self.night.market(asked)


def test_a_job_runs_once_at_a_time_whoever_starts_it(night: Night):
    slow = night.vendor.answers = Slow(night)
    night.clock.now = WEDNESDAY_EVENING
    run = night.clockwork.run_now("upkeep")
    assert slow.begun.wait(10)
    with pytest.raises(AlreadyRuns):
        run_now(night.desk, "upkeep")
    night.clockwork.turn("upkeep")
    standing = night.standing("upkeep")
    assert standing.running is not None
    assert standing.running.id == run.id
    assert standing.progress is not None
    assert (standing.progress.done, standing.progress.total, standing.progress.detail) == (0, 1, "ACME")
    slow.go.set()
    until(lambda: night.standing("upkeep").running is None)
    assert [(each.by, each.state) for each in JobBook(night.desk.ledger).runs("upkeep")] == [("hand", "done")]


def test_a_desk_that_is_closed_lets_go_of_its_jobs(night: Night):
    night.clock.now = WEDNESDAY_EVENING
    slow = night.vendor.answers = Slow(night)
    clockwork = Clockwork(night.desk)
    clockwork.start()
    assert slow.begun.wait(10)
    clockwork.stop()
    assert night.standing("upkeep").running is None
    assert JobBook(night.desk.ledger).runs("upkeep")[0].state == "cut"
    assert JobBook(night.desk.ledger).failing() == {}
    slow.go.set()


def test_a_desk_that_is_closed_lets_go_of_a_job_that_was_run_by_hand(night: Night):
    night.market.known = ("ACME", "BOLT")
    WatchBook(night.desk.ledger).watch(["BOLT"], most=1)
    night.clockwork.turn("fetch")
    night.clock.now = WEDNESDAY_EVENING
    slow = night.vendor.answers = Slow(night)
    night.clockwork.run_now("upkeep")
    assert slow.begun.wait(10)
    Timer(0.2, slow.go.set).start()
    night.clockwork.stop()
    assert night.standing("upkeep").running is None
    assert JobBook(night.desk.ledger).runs("upkeep")[0].state == "cut"
    assert list(UpkeepBook(night.desk.ledger).last_days()) == ["ACME"]  # what had begun was finished, and no more


def test_failures_are_tried_again_after_longer_and_longer_waits(night: Night):
    night.market.trouble["ACME"] = Answer("<html>", 200)
    for second in range(0, 16 * 60, 10):
        night.until(WEDNESDAY_EVENING + timedelta(seconds=second))
    runs = JobBook(night.desk.ledger).runs("upkeep")[::-1]
    assert [f"{run.started:%H:%M}" for run in runs] == ["21:45", "21:46", "21:48", "21:52", "22:00"]
    assert JobBook(night.desk.ledger).failing() == {"upkeep": runs[0].finished}


def test_a_clock_that_is_set_back_does_not_stop_the_jobs(night: Night):
    night.until(utc("2031-03-05 12:00"))
    night.until(WEDNESDAY_EVENING)
    assert [f"{run.started:%Y}" for run in JobBook(night.desk.ledger).runs("upkeep")] == ["2025", "2031"]
    night.until(WEDNESDAY_EVENING + timedelta(hours=1))
    assert len(JobBook(night.desk.ledger).runs("upkeep")) == 2


def test_the_clock_books_no_run_that_has_nothing_to_do(night: Night):
    for second in range(0, 60, 5):
        night.clock.now = WEDNESDAY_EVENING + timedelta(seconds=second)
        night.clockwork.turn("fetch")
        night.clockwork.turn("backfill")
    assert JobBook(night.desk.ledger).runs("fetch") == []
    assert JobBook(night.desk.ledger).runs("backfill") == []
    assert next_of(night.desk, JOBS["backfill"], night.standing("backfill")) is None
    WatchBook(night.desk.ledger).watch(["BOLT"], most=1)
    night.clockwork.turn("fetch")
    assert [run.result for run in JobBook(night.desk.ledger).runs("fetch")] == ["BOLT: 8 bars stored."]


def test_what_is_next_is_told_also_before_the_first_run(night: Night):
    night.until(WEDNESDAY_EVENING)
    upkeep = night.standing("upkeep")
    assert next_of(night.desk, JOBS["upkeep"], upkeep) == WEDNESDAY_EVENING + timedelta(days=1)


def test_a_job_that_is_none_or_not_of_this_desk_is_refused(night: Night):
    with pytest.raises(InvalidInput, match="no job 'nothing'"):
        run_now(night.desk, "nothing")
    with pytest.raises(InvalidInput, match="demo market is not open"):
        night.clockwork.run_now("demo")


def test_a_job_apart_says_what_came_of_it(night: Night):
    assert run_apart("compact", night.desk.settings) == "0 partitions rewritten."
    (night.desk.settings.folder / "lake" / "bars" / "_delta_log" / f"{0:020}.json").write_text("{")
    with pytest.raises(OpenbellError, match="The job compact failed: "):
        run_apart("compact", night.desk.settings)


def test_the_clock_compacts_a_lake_that_is_crowded_or_cannot_be_read(night: Night, monkeypatch: pytest.MonkeyPatch):
    def runs() -> list[tuple[str, str | None]]:
        night.clockwork.turn("compact")
        night.clock.now += timedelta(hours=2)
        return [(run.state, run.result) for run in JobBook(night.desk.ledger).runs("compact")]

    night.until(WEDNESDAY_EVENING)
    assert runs() == []
    monkeypatch.setattr(lake, "COMPACT_ABOVE", 0)  # here; the process that runs it keeps its own
    assert runs() == [("done", "0 partitions rewritten.")]
    monkeypatch.undo()
    log = night.desk.settings.folder / "lake" / "rejects" / "_delta_log"
    log.mkdir(parents=True)
    (log / f"{0:020}.json").write_text("{")
    assert [state for state, _ in runs()] == ["failed", "done"]


def test_a_job_apart_ends_with_the_desk(night: Night):
    stopped = Event()
    with night.desk.lake._bars.writing():  # it has to wait for its turn
        Timer(0.5, stopped.set).start()
        with pytest.raises(Stopped):
            run_apart("compact", night.desk.settings, stopped)
    assert children() == []


def test_a_job_apart_that_hangs_is_ended(night: Night):
    with night.desk.lake._bars.writing(), pytest.raises(OpenbellError, match=r"longer than 0:00:01"):
        run_apart("compact", night.desk.settings, longest=timedelta(seconds=1))
    assert children() == []


def children() -> list[str]:
    """The command lines of the processes that this one has begun with a job."""
    begun = subprocess.run(
        ["ps", "-o", "args=", "--ppid", str(os.getpid())], capture_output=True, text=True, check=False
    )
    return [line for line in begun.stdout.splitlines() if "openbell.jobs" in line]
