"""The desk's time does not go back by a little, and is believed when it goes back by much."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from openbell.desk import HELD, Steady

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_clock_that_is_set_back_stands_still_until_its_time_has_come_again():
    told = iter([NOON, NOON, NOON - timedelta(seconds=5), NOON - timedelta(seconds=1), NOON + timedelta(seconds=1)])
    clock = Steady(lambda: next(told))
    assert [clock() for _ in range(4)] == [NOON, NOON, NOON, NOON + timedelta(seconds=1)]


def test_a_clock_that_was_far_ahead_is_believed_when_it_is_set_right():
    told = iter([NOON + 2 * HELD, NOON, NOON + timedelta(seconds=1)])
    clock = Steady(lambda: next(told))
    assert [clock() for _ in range(2)] == [NOON, NOON + timedelta(seconds=1)]
