"""When a job runs next: over clock changes, half days, holidays, absences, and clocks that are set back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbell.jobs.cadence import AfterSessions, Every, held_back, next_run, session_ends, wait_after

HOURLY = Every(timedelta(hours=1))
DELAY = timedelta(minutes=45)
NEW_YORK = AfterSessions(frozenset({"XNYS"}), DELAY)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def runs(cadence: Every | AfterSessions, start: str, hours: float, last_ok: datetime | None) -> Iterator[str]:
    """When a job that always ends well runs, by a clock that is looked at each minute."""
    first = utc(start)
    for minute in range(int(hours * 60)):
        now = first + timedelta(minutes=minute)
        if next_run(cadence, last_ok, now) <= now:
            last_ok = now
            yield f"{now:%a %d %b %H:%M}"


@pytest.mark.parametrize(
    ("start", "found"),
    [
        ("2026-03-04 12:00", ["Wed 04 Mar 21:45", "Thu 05 Mar 21:45"]),  # 16:45 in New York, winter
        ("2026-03-08 00:00", []),  # the Sunday on which the clocks go forward, and half of Monday
        ("2026-03-09 00:00", ["Mon 09 Mar 20:45"]),  # 16:45 in New York, summer
        ("2026-10-30 12:00", ["Fri 30 Oct 20:45"]),
        ("2026-11-02 12:00", ["Mon 02 Nov 21:45", "Tue 03 Nov 21:45"]),  # the clocks have gone back
        ("2026-11-26 12:00", ["Fri 27 Nov 18:45"]),  # Thanksgiving, then a half day that closes at 13:00
        ("2026-11-25 12:00", ["Wed 25 Nov 21:45"]),  # the day before, and Thanksgiving
        ("2026-07-03 00:00", []),  # Independence Day, kept on the Friday before
    ],
)
def test_36_hours_show_a_run_after_each_session(start: str, found: list[str]):
    assert [*runs(NEW_YORK, start, 36, utc(start))] == found


def test_a_week_in_which_the_clocks_change_has_a_run_after_each_session():
    assert [*runs(NEW_YORK, "2026-03-05 00:00", 7 * 24, utc("2026-03-05 00:00"))] == [
        "Thu 05 Mar 21:45",
        "Fri 06 Mar 21:45",
        "Mon 09 Mar 20:45",
        "Tue 10 Mar 20:45",
        "Wed 11 Mar 20:45",
    ]


def test_several_exchanges_have_a_run_after_each_of_them():
    both = AfterSessions(frozenset({"XNYS", "XTKS"}), DELAY)
    assert [*runs(both, "2026-03-04 00:00", 24, utc("2026-03-04 00:00"))] == ["Wed 04 Mar 07:15", "Wed 04 Mar 21:45"]


def test_an_absence_of_months_is_made_up_for_by_one_run():
    assert [*runs(NEW_YORK, "2026-03-07 12:00", 12, utc("2025-08-01 12:00"))] == ["Sat 07 Mar 12:00"]
    assert next_run(NEW_YORK, utc("2025-08-01 12:00"), utc("2026-03-07 12:00")) == utc("2026-03-06 21:45")
    assert [*runs(HOURLY, "2026-03-07 12:00", 2, utc("2025-08-01 12:00"))] == ["Sat 07 Mar 12:00", "Sat 07 Mar 13:00"]


def test_what_never_ran_is_due():
    assert next_run(HOURLY, None, utc("2026-03-07 12:00")) == utc("2026-03-07 12:00")
    assert next_run(NEW_YORK, None, utc("2026-03-07 12:00")) == utc("2026-03-06 21:45")


def test_a_run_stamped_by_a_clock_that_was_set_back_proves_nothing():
    now, then = utc("2026-03-07 12:00"), utc("2031-01-01 12:00")
    assert next_run(HOURLY, then, now) == now
    assert next_run(NEW_YORK, then, now) <= now
    assert [*runs(HOURLY, "2026-03-07 12:00", 2, then)] == ["Sat 07 Mar 12:00", "Sat 07 Mar 13:00"]


def test_without_exchanges_and_beyond_the_calendars_nothing_is_due():
    now = utc("2026-03-07 12:00")
    assert next_run(AfterSessions(frozenset(), DELAY), None, now) > now
    assert next_run(NEW_YORK, None, utc("2060-03-07 12:00")) > utc("2060-03-07 12:00")


MOMENTS = st.integers(0, 50 * 365 * 24 * 60).map(lambda minutes: utc("1990-01-01 00:00") + timedelta(minutes=minutes))


@given(now=MOMENTS, back=st.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_job_is_due_exactly_when_a_session_has_settled_since(now: datetime, back: timedelta):
    settled = [end + DELAY for end in session_ends("XNYS", now) if end + DELAY <= now]
    due = next_run(NEW_YORK, now - back, now)
    assert (due <= now) == (now - back < max(settled))
    assert due - DELAY in session_ends("XNYS", now)


def test_after_failures_the_clock_waits_twice_as_long_each_time():
    assert [wait_after(n) // timedelta(minutes=1) for n in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_wait_is_kept_unless_a_clock_that_was_set_back_has_told_of_it():
    now, hour = utc("2026-03-07 12:00"), timedelta(hours=1)
    assert held_back(now + 20 * hour, now - hour, now) == now + 20 * hour
    assert held_back(now + 20 * hour, now + hour, now) is None
    assert held_back(now, now - hour, now) is None
    assert held_back(None, now - hour, now) is None
