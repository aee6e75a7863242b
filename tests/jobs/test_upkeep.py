"""The nightly upkeep, over a real socket: what it completes, compares, says, and how it goes on after trouble."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from nightly_market import DAYS, MINUTES, TUESDAY_NOON, WEDNESDAY_EVENING, Night, a_night, closes, utc
from openbell.alerts.conditions import Crosses, Symbol
from openbell.alerts.rules import Rule
from openbell.ingest.fetching import fetch_bars
from openbell.model.interval import DAY, MINUTE
from openbell.rulebook import Rulebook, body_of
from openbell.store.jobbook import JobBook
from openbell.store.upkeepbook import UpkeepBook
from recorded import Answer, vendor

WEDNESDAY = date(2025, 2, 19)
COMPARED = (
    "1 of 4 minutes agree; 1 close differs by at most 0.01; 1 volume differs by more than 10%; "
    "1 not streamed; 1 only streamed"
)
STREAMED = """
    09:30 11.20 11.25 11.20 11.22 100
    09:31 11.22 11.30 11.22 11.29 150
    09:32 11.28 11.28 11.26 11.27 200
    09:34 11.29 11.29 11.29 11.29 5"""


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    with a_night(tmp_path, "ACME", "BOLT") as found:
        yield found


def stored(night: Night, interval: str = "1m") -> list[float]:
    length = MINUTE if interval == "1m" else DAY
    return closes(night.desk.lake.bars(["ACME"], length, utc("2025-02-01 00:00"), utc("2025-03-01 00:00")))


def test_a_day_is_completed_and_compared_once_its_session_has_settled(night: Night):
    tuesday = night.until(WEDNESDAY_EVENING - timedelta(days=1)).last
    night.stream(STREAMED)
    assert night.until(WEDNESDAY_EVENING - timedelta(minutes=1)).last == tuesday
    assert stored(night, "1d") == [10.5, 11.0, 11.2]
    run = night.until(WEDNESDAY_EVENING).last
    assert run is not None
    assert (run.state, run.error) == ("done", "")
    assert run.result == f"2 symbols completed, 10 bars stored. ACME: {COMPARED}."
    assert stored(night, "1d") == [10.5, 11.0, 11.2, 11.5]
    assert stored(night) == [11.22, 11.28, 11.27, 11.29, 11.29]  # official where there is an official minute
    report = UpkeepBook(night.desk.ledger).reports("ACME")[0]
    assert (report.day, report.told["agree"], report.told["official"]) == (WEDNESDAY, 1, 4)


def test_what_was_streamed_can_still_be_asked_for_and_does_not_come_back(night: Night):
    night.stream(STREAMED)
    before = night.clock()
    night.until(WEDNESDAY_EVENING)
    asked = (["ACME"], MINUTE, utc("2025-02-19 00:00"), utc("2025-02-20 00:00"))
    assert closes(night.desk.lake.bars(*asked, as_of=before)) == [11.22, 11.29, 11.27, 11.29]
    assert night.stream("09:31 11.22 11.30 11.22 11.25 150\n09:35 11.3 11.3 11.3 11.3 1") == 1  # 09:35 is news
    assert closes(night.desk.lake.bars(*asked)) == [11.22, 11.28, 11.27, 11.29, 11.29, 11.3]


def test_a_day_is_completed_once(night: Night):
    night.until(WEDNESDAY_EVENING)
    assert night.asked() == ["ACME", "BOLT"]
    night.until(WEDNESDAY_EVENING + timedelta(hours=5))
    assert night.asked() == []
    assert len(JobBook(night.desk.ledger).runs("upkeep")) == 1


def test_an_absence_of_weeks_is_made_up_for_at_once(night: Night):
    night.stream(STREAMED)
    night.market.days = DAYS + "\n2025-02-20 09:30 11.5 11.9 11.4 11.8 900\n2025-03-14 09:30 11.8 12.0 11.7 11.9 900"
    night.market.minutes = MINUTES + "\n2025-03-14 09:30 11.8 11.81 11.8 11.8 10"
    run = night.until(utc("2025-03-15 12:00")).last
    assert run is not None
    assert run.state == "done"
    days = night.desk.lake.bars(["ACME"], DAY, utc("2025-02-01 00:00"), utc("2025-04-01 00:00"))
    assert closes(days) == [10.5, 11.0, 11.2, 11.5, 11.8, 11.9]
    reports = [(r.day, r.told["text"]) for r in UpkeepBook(night.desk.ledger).reports("ACME")]
    assert reports == [
        (date(2025, 3, 14), "1 minute, none of them streamed"),
        (
            WEDNESDAY,
            COMPARED,
        ),
    ]


def test_a_symbol_under_a_rule_has_its_history_and_its_upkeep_as_a_watched_one(tmp_path: Path):
    with a_night(tmp_path, "ACME") as night:
        rule = Rule(id="new", name="BOLT", condition=Crosses(12.0), target=Symbol("BOLT"))
        Rulebook(night.desk).kept.add_rule("BOLT", body_of(rule), night.clock())
        night.clockwork.turn("fetch")
        assert [run.result for run in JobBook(night.desk.ledger).runs("fetch")] == ["BOLT: 2 bars stored."]
        run = night.until(WEDNESDAY_EVENING).last
        assert run is not None
        assert run.result == "2 symbols completed, 12 bars stored."
        assert UpkeepBook(night.desk.ledger).last_days() == {"ACME": WEDNESDAY, "BOLT": WEDNESDAY}


def test_a_gap_that_waited_for_its_healing_when_the_desk_was_stopped_is_filled(night: Night):
    night.stream(
        "09:30 11.20 11.25 11.20 11.22 100"
    )  # on Wednesday; what follows was missed, and nobody came to heal it
    night.market.days = DAYS + "\n2025-02-21 09:30 11.5 11.9 11.4 11.8 900"
    night.market.minutes = MINUTES + "\n2025-02-21 09:30 11.8 11.81 11.8 11.8 10"
    night.clock.now = utc(
        "2025-02-21 14:32"
    )  # the desk is opened on Friday, and heals what it has missed since it ended
    begun = utc("2025-02-19 21:00")
    fetch_bars(night.desk.lake, night.desk.vendors, "ACME", MINUTE, begun, night.clock(), clock=night.clock)
    assert stored(night) == [11.22, 11.8]
    night.until(utc("2025-02-21 21:45"))
    assert stored(night) == [11.22, 11.28, 11.27, 11.29, 11.8]


def test_one_symbols_failure_does_not_stop_the_others_and_only_it_is_tried_again(night: Night):
    night.market.trouble["ACME"] = Answer("<html>", 200)
    standing = night.until(WEDNESDAY_EVENING)
    run = standing.last
    assert run is not None
    assert run.state == "failed"
    assert run.error.startswith("1 of 2 symbols failed. ACME: yahoo: ")
    assert standing.not_before == run.finished + timedelta(minutes=1)
    assert list(JobBook(night.desk.ledger).failing()) == ["upkeep"]
    night.asked()
    del night.market.trouble["ACME"]
    assert night.until(WEDNESDAY_EVENING + timedelta(seconds=59)).last == run
    again = night.until(WEDNESDAY_EVENING + timedelta(seconds=62))
    assert again.last is not None
    assert (again.last.state, again.failing_since) == ("done", None)
    assert night.asked() == ["ACME"]


def test_a_vendor_that_asks_to_wait_is_left_alone_until_then(night: Night):
    night.market.trouble["BOLT"] = Answer("Too Many Requests", 429, {"Retry-After": "1800"})
    standing = night.until(WEDNESDAY_EVENING)
    assert standing.last is not None
    assert (standing.last.state, standing.failing_since) == ("paused", None)
    assert "rate" in standing.last.error.lower() or "too many" in standing.last.error.lower()
    night.asked()
    night.market.trouble.clear()
    night.until(WEDNESDAY_EVENING + timedelta(minutes=29))
    assert night.asked() == []
    again = night.until(WEDNESDAY_EVENING + timedelta(minutes=31))
    assert again.last is not None
    assert again.last.state == "done"
    assert night.asked() == ["BOLT"]


def test_a_symbol_that_has_to_wait_keeps_no_other_waiting(night: Night):
    night.market.trouble["ACME"] = Answer("Too Many Requests", 429, {"Retry-After": "0"})
    run = night.until(WEDNESDAY_EVENING).last
    assert run is not None
    assert run.state == "paused"
    assert run.error.endswith("1 of 2 symbols must wait: ACME. 1 symbol completed, 6 bars stored.")
    assert UpkeepBook(night.desk.ledger).last_days() == {"BOLT": WEDNESDAY}


def test_a_wrong_answer_is_a_failure_also_where_the_next_vendors_day_is_spent(tmp_path: Path):
    spent = Answer(json.dumps({"Information": "Our standard API rate limit is 25 requests per day."}))
    with vendor(lambda _asked: spent) as second, a_night(tmp_path, "ACME", "BOLT", second=second.url) as night:
        night.market.trouble["ACME"] = Answer("<html>", 200)
        standing = night.until(WEDNESDAY_EVENING)
        assert standing.last is not None
        assert standing.last.state == "failed"
        assert standing.last.error.startswith("1 of 2 symbols failed. ACME: yahoo: ")
        assert standing.failing_since == standing.last.finished
        assert UpkeepBook(night.desk.ledger).last_days() == {"BOLT": WEDNESDAY}


def test_a_symbol_that_the_vendor_no_longer_knows_fails_nothing(night: Night):
    night.market.known = ("ACME",)
    run = night.until(WEDNESDAY_EVENING).last
    assert run is not None
    assert run.state == "done"
    assert "No vendor knows BOLT any more." in run.result


def test_a_first_history_fetched_after_the_close_is_complete(tmp_path: Path):
    with a_night(tmp_path, "ACME") as night:
        night.clock.now = TUESDAY_NOON + timedelta(hours=5)  # Tuesday has settled, and all of it is fetched now
        night.clockwork.turn("upkeep")
        night.asked()
        run = night.until(TUESDAY_NOON + timedelta(hours=6)).last
        assert run is not None


def test_a_correction_is_a_new_row(night: Night):
    night.until(WEDNESDAY_EVENING)
    known = night.clock()
    night.market.days = DAYS.replace("11.1 11.5 1300", "11.1 11.4 1350") + "\n2025-02-20 09:30 11.5 11.9 11.4 11.8 900"
    night.until(WEDNESDAY_EVENING + timedelta(days=1))
    assert stored(night, "1d") == [10.5, 11.0, 11.2, 11.4, 11.8]
    asked = (["ACME"], DAY, utc("2025-02-19 00:00"), utc("2025-02-20 00:00"))
    assert closes(night.desk.lake.bars(*asked, as_of=known)) == [11.5]


@pytest.mark.parametrize(
    ("start", "runs"),
    [
        ("2025-03-08 12:00", []),  # a Saturday; the clocks go forward on Sunday
        ("2025-03-10 00:00", ["2025-03-10 20:45"]),
        ("2025-11-27 12:00", ["2025-11-28 18:45"]),  # Thanksgiving, and a half day after it
        ("2025-10-31 12:00", ["2025-10-31 20:45"]),
        ("2025-11-03 00:00", ["2025-11-03 21:45"]),  # the clocks have gone back
    ],
)
def test_36_hours_of_a_running_desk(night: Night, start: str, runs: list[str]):
    night.until(utc(start))  # makes up for the absence
    before = len(JobBook(night.desk.ledger).runs("upkeep"))
    for quarter in range(36 * 4):
        night.until(utc(start) + timedelta(minutes=15 * quarter))
    booked = JobBook(night.desk.ledger).runs("upkeep")
    assert [f"{run.started:%Y-%m-%d %H:%M}" for run in reversed(booked[: len(booked) - before])] == runs
    assert {run.state for run in booked} == {"done"}
