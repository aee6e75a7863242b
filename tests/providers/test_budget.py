"""A vendor's calls are counted for good: across restarts, threads and clocks that are set back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.stores import InMemory
from openbell.model.errors import RateLimited, UnknownSymbol
from openbell.providers.base import Capabilities, Rate
from openbell.providers.budget import Budget, Metered, Remaining, Spent
from openbell.providers.http import Response

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY, MINUTE, SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)


class InFile:
    def __init__(self, path: Path) -> None:
        self.path = path

    def load_budget(self, provider: str) -> Mapping[str, Any] | None:
        return json.loads(self.path.read_text()).get(provider) if self.path.exists() else None

    def save_budget(self, provider: str, state: Mapping[str, Any]) -> None:
        self.path.write_text(json.dumps({provider: state}))


def vendor(*rates: Rate) -> Capabilities:
    return Capabilities("vendor", "A vendor", rates=rates)


def test_a_spent_budget_says_when_the_next_try_is():
    budget, five = Budget(InMemory()), vendor(Rate(5, MINUTE))
    for second in (0, 1, 2, 30, 31):
        budget.take(five, NOON + second * SECOND)
    with pytest.raises(
        RateLimited, match=r"vendor: rate-limited \(5 calls in 1 min are spent\), next try 12:01 UTC"
    ) as no:
        budget.take(five, NOON + 40 * SECOND)
    assert no.value.retry_after == 20
    assert not isinstance(no.value, UnknownSymbol)
    budget.take(five, NOON + MINUTE)
    with pytest.raises(RateLimited) as no:
        budget.take(five, NOON + MINUTE)
    assert no.value.retry_after == 1


def test_a_refused_call_is_not_counted_and_the_longest_wait_of_two_rates_counts():
    budget, both = Budget(InMemory()), vendor(Rate(1, SECOND), Rate(2, DAY))
    budget.take(both, NOON)
    for _ in range(5):
        with pytest.raises(Spent):
            budget.take(both, NOON)
    budget.take(both, NOON + SECOND)
    with pytest.raises(Spent, match=r"2 calls in 24 h are spent\), next try 2026-11-21 12:00 UTC") as no:
        budget.take(both, NOON + MINUTE)
    assert no.value.retry_after == (DAY - MINUTE).total_seconds()


def test_what_remains_is_told_per_rate():
    budget, both = Budget(InMemory()), vendor(Rate(1, SECOND), Rate(25, DAY))
    budget.take(both, NOON)
    assert budget.remaining(both, NOON) == (
        Remaining(Rate(1, SECOND), 0, NOON + SECOND),
        Remaining(Rate(25, DAY), 24, None),
    )
    assert budget.remaining(both, NOON + SECOND)[0] == Remaining(Rate(1, SECOND), 1, None)


def test_a_restart_forgets_nothing(tmp_path: Path):
    two = vendor(Rate(2, DAY))
    for _ in range(2):
        Budget(InFile(tmp_path / "budget.json")).take(two, NOON)
    with pytest.raises(Spent):
        Budget(InFile(tmp_path / "budget.json")).take(two, NOON + MINUTE)
    Budget(InFile(tmp_path / "budget.json")).take(two, NOON + DAY)


def test_the_vendors_own_ban_is_kept_and_told_apart_from_our_count(tmp_path: Path):
    free = vendor()
    Budget(InFile(tmp_path / "budget.json")).block("vendor", NOON + timedelta(hours=2), "too many requests")
    budget = Budget(InFile(tmp_path / "budget.json"))
    assert budget.blocked("vendor", NOON) == (NOON + timedelta(hours=2), "too many requests")
    with pytest.raises(Spent, match=r"rate-limited \(too many requests\), next try 14:00 UTC"):
        budget.take(free, NOON)
    budget.take(free, NOON + timedelta(hours=2))
    assert budget.blocked("vendor", NOON + timedelta(hours=2)) is None


def test_a_clock_that_is_set_back_mints_no_calls_and_locks_nobody_out():
    budget, two = Budget(InMemory()), vendor(Rate(2, MINUTE))
    budget.take(two, NOON + 400 * DAY)  # the clock was wrong
    budget.take(two, NOON)
    with pytest.raises(Spent) as no:
        budget.take(two, NOON)
    assert no.value.retry_after == 60
    with pytest.raises(Spent):
        budget.take(two, NOON - 30 * DAY)
    budget.take(two, NOON + MINUTE)


@given(st.lists(st.floats(0, 30, allow_nan=False), max_size=60), st.integers(1, 6))
def test_no_window_of_the_rate_ever_holds_more_calls_than_allowed(gaps: list[float], calls: int):
    budget, rate = Budget(InMemory()), Rate(calls, timedelta(seconds=10))
    now, taken, waits = NOON, list[datetime](), list[float]()
    for gap in gaps:
        now += timedelta(seconds=gap)
        try:
            budget.take(vendor(rate), now)
        except Spent as error:
            waits.append(error.retry_after)
        else:
            taken.append(now)
    assert all(0 < wait <= 10 for wait in waits)
    for at in taken:
        assert sum(at <= other < at + rate.per for other in taken) <= calls


def test_threads_share_one_budget():
    budget, fifty = Budget(InMemory()), vendor(Rate(50, DAY))

    def call(_: int) -> bool:
        try:
            budget.take(fifty, NOON)
        except Spent:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(call, range(200))) == 50


class Counting:
    def __init__(self) -> None:
        self.paths: list[str] = []

    def get(self, path: str, params: Mapping[str, str]) -> Response:
        self.paths.append(path)
        return Response(200, "")


def test_each_request_is_taken_from_the_budget_and_a_short_wait_is_sat_out():
    now, slept = [NOON], list[float]()

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += timedelta(seconds=seconds)

    fetch = Counting()
    metered = Metered(fetch, Budget(InMemory()), vendor(Rate(1, SECOND), Rate(3, DAY)), lambda: now[0], sleep=sleep)
    for path in "abc":
        metered.get(path, {})
    with pytest.raises(Spent):
        metered.get("d", {})
    assert (fetch.paths, slept) == (["a", "b", "c"], [1.0, 1.0])
