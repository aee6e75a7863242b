"""Backfills by month: newest first, within the budget, no month twice, gone on with after a stop or a kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from nightly_market import Clock, utc
from openbell.desk import Desk, open_desk
from openbell.jobs import Clockwork, run_now
from openbell.jobs.months import ask_for, withdraw
from openbell.model.errors import InvalidInput
from openbell.model.interval import MINUTE
from openbell.settings import Settings
from openbell.store.backfillbook import BackfillBook
from openbell.store.jobbook import JobBook
from openbell.store.ledger import Ledger
from recorded import Answer, Asked, Vendor, vendor

NOW = utc("2025-06-20 12:00")
HEAD = {"SPLITS": "effective_date,split_factor", "DIVIDENDS": "ex_dividend_date,amount"}
LISTED = "2025-02"


def alpha_vantage(asked: Asked) -> Answer:
    """Two minutes on the second Monday of each month since the listing."""
    function, month = asked.query["function"], asked.query.get("month", "")
    if function in HEAD:
        return Answer(HEAD[function] + "\n")
    if month < LISTED:
        return Answer(json.dumps({"Error Message": "Invalid API call."}))
    day = {"2025-02": "10", "2025-03": "10", "2025-04": "14", "2025-05": "12", "2025-06": "09"}[month]
    rows = [f"{month}-{day} 09:3{n}:00,10,10.1,9.9,10.05,100" for n in (1, 0)]
    return Answer("\n".join(["timestamp,open,high,low,close,volume", *rows]))


@contextmanager
def a_desk(folder: Path, server: Vendor, clock: Clock) -> Iterator[Desk]:
    settings = Settings(
        home=folder, providers="alphavantage", alphavantage_key="KEY", alphavantage_url=server.url, streams=""
    )
    desk = open_desk(settings, clock)
    yield desk
    desk.close()


@pytest.fixture
def clock() -> Clock:
    """Each look is two seconds later: the vendor allows one call a second."""

    class Patient(Clock):
        def __call__(self):
            self.now += timedelta(seconds=2)
            return self.now

    return Patient(NOW)


@pytest.fixture
def server() -> Iterator[Vendor]:
    with vendor(alpha_vantage) as found:
        yield found


def months_asked(server: Vendor) -> list[str]:
    return [each.query["month"] for each in server.asked if "month" in each.query]


def test_months_are_fetched_newest_first_and_each_once(tmp_path: Path, server: Vendor, clock: Clock):
    with a_desk(tmp_path, server, clock) as desk:
        ask_for(desk, "acme", "2025-03", None, "1m")
        run = run_now(desk, "backfill")
        assert (run.state, run.result) == ("done", "ACME: 8 bars stored, 4 of 4 months fetched.")
        assert months_asked(server) == ["2025-06", "2025-05", "2025-04", "2025-03"]
        bars = desk.lake.bars(["ACME"], MINUTE, utc("2025-01-01 00:00"), NOW)
        assert [f"{ts:%m-%d %H:%M}" for ts in bars["ts"]][:3] == ["03-10 13:30", "03-10 13:31", "04-14 13:30"]
        ask_for(desk, "ACME", "2025-02", "2025-05", "1m")
        assert run_now(desk, "backfill").result == "ACME: 2 bars stored, 4 of 4 months fetched."
        assert months_asked(server)[4:] == ["2025-02"]


def test_before_the_listing_nothing_more_is_asked(tmp_path: Path, server: Vendor, clock: Clock):
    with a_desk(tmp_path, server, clock) as desk:
        ask_for(desk, "ACME", "2024-06", "2025-03", "1m")
        run_now(desk, "backfill")
        done = BackfillBook(desk.ledger).all()[0]
        assert done.state == "done"
        assert months_asked(server)[:3] == ["2025-03", "2025-02", "2025-01"]
        assert BackfillBook(desk.ledger).open() == []


def test_a_spent_budget_is_waited_for_and_what_is_left_then_fetched(tmp_path: Path, server: Vendor, clock: Clock):
    limit = Answer(json.dumps({"Information": "Our standard API rate limit is 25 requests per day."}))
    with a_desk(tmp_path, server, clock) as desk:
        ask_for(desk, "ACME", "2025-03", "2025-06", "1m")
        server.answers = lambda asked: limit if asked.query.get("month") == "2025-04" else alpha_vantage(asked)
        clockwork = Clockwork(desk)
        clockwork.turn("backfill")
        book = JobBook(desk.ledger)
        standing = book.standing("backfill", clock.now)
        assert standing.last is not None
        assert standing.last.state == "paused"
        assert f"{standing.not_before:%m-%d %H:%M}" == "06-21 04:00"  # midnight in New York
        open_one = BackfillBook(desk.ledger).open()[0]
        assert [f"{month:%Y-%m}" for month in BackfillBook(desk.ledger).left(open_one)] == ["2025-04", "2025-03"]
        server.answers = alpha_vantage
        clock.now = utc("2025-06-21 03:00")
        clockwork.turn("backfill")
        assert len(book.runs("backfill")) == 1
        clock.now = utc("2025-06-21 04:01")
        clockwork.turn("backfill")
        assert book.runs("backfill")[0].state == "done"
        assert months_asked(server) == ["2025-06", "2025-05", "2025-04", "2025-04", "2025-03"]


def test_a_backfill_that_fails_keeps_none_behind_it_waiting(tmp_path: Path, server: Vendor, clock: Clock):
    garbage = Answer("<html>")
    server.answers = lambda asked: garbage if asked.query.get("symbol") == "BAD" else alpha_vantage(asked)
    with a_desk(tmp_path, server, clock) as desk:
        ask_for(desk, "BAD", "2025-05", "2025-05", "1m")
        ask_for(desk, "ACME", "2025-05", "2025-05", "1m")
        run = run_now(desk, "backfill")
        assert run.state == "failed"
        assert run.error.startswith("1 of 2 backfills failed. BAD 2025-05 to 2025-05, 1m: alphavantage: ")
        assert run.error.endswith("ACME: 2 bars stored, 1 of 1 month fetched.")
        assert [backfill.symbol for backfill in BackfillBook(desk.ledger).open()] == ["BAD"]
        assert withdraw(desk, "bad") == 1
        assert BackfillBook(desk.ledger).open() == []


def test_a_backfill_that_is_withdrawn_while_it_runs_ends(tmp_path: Path, server: Vendor, clock: Clock):
    with a_desk(tmp_path, server, clock) as desk:
        ask_for(desk, "ACME", "2025-03", "2025-06", "1m")

        def withdrawn_in_may(asked: Asked) -> Answer:
            if asked.query.get("month") == "2025-05":
                withdraw(desk, "ACME")
            return alpha_vantage(asked)

        server.answers = withdrawn_in_may
        run = run_now(desk, "backfill")
        assert (run.state, run.result) == ("done", "ACME: 4 bars stored, and what is left was withdrawn.")
        assert months_asked(server) == ["2025-06", "2025-05"]
        assert desk.lake.bars(["ACME"], MINUTE, utc("2025-05-01 00:00"), NOW).height == 4


KILLED = """
import sys
from openbell.cli import main
sys.argv = ["openbell", "job", "backfill", "ACME", "--from", "2025-03", "--to", "2025-06"]
main()
"""


def test_a_killed_backfill_goes_on_where_it_was(tmp_path: Path, server: Vendor, clock: Clock):
    def slow_in_april(asked: Asked) -> Answer:
        if asked.query.get("month") == "2025-04":
            time.sleep(20)
        return alpha_vantage(asked)

    server.answers = slow_in_april
    environment = {
        **os.environ, "OPENBELL_HOME": str(tmp_path), "OPENBELL_PROVIDERS": "alphavantage", "OPENBELL_STREAMS": "",
        "OPENBELL_ALPHAVANTAGE_KEY": "KEY", "OPENBELL_ALPHAVANTAGE_URL": server.url,
    }  # fmt: skip
    with subprocess.Popen([sys.executable, "-c", KILLED], env=environment) as process:
        while "2025-04" not in months_asked(server) and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    book = BackfillBook(ledger)
    assert [f"{month:%Y-%m}" for month in book.left(book.open()[0])] == ["2025-04", "2025-03"]
    ledger.close()
    server.answers = alpha_vantage
    server.asked.clear()
    with a_desk(tmp_path, server, clock) as desk:
        clock.now = utc("2027-06-20 12:00")  # the lease of the killed run is over
        assert run_now(desk, "backfill").state == "done"
    assert months_asked(server) == ["2025-04", "2025-03"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (("AC ME", "2025-01", None, "1m"), "symbol"),
        (("ACME", "2025-01", None, "1s"), "interval"),
        (("ACME", "2025-06", "2025-01", "1m"), "from"),
        (("ACME", "2025-06", "2025-07", "1m"), "from"),
        (("ACME", "soon", None, "1m"), "from"),
        (("ACME", "2025-01", "2025-13", "1m"), "to"),
    ],
)
def test_what_cannot_be_fetched_is_refused(
    tmp_path: Path, server: Vendor, clock: Clock, asked: tuple[str, str, str | None, str], field: str
):
    with a_desk(tmp_path, server, clock) as desk:
        with pytest.raises(InvalidInput) as refused:
            ask_for(desk, *asked)
        assert refused.value.field == field
