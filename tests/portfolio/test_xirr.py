"""The money-weighted return, against published cases and against a slow search."""

from __future__ import annotations

import csv
import json
import math
from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from market import SHARED, needs_shared
from openbell.portfolio.xirr import MoneyWeighted, money_weighted

WORKED = SHARED / "worked_xirr"


def cases() -> list[tuple[str, float | None]]:
    return list(json.loads((WORKED / "expected.json").read_text()).items()) if WORKED.is_dir() else []


def table(rows: str) -> MoneyWeighted:
    pairs = [row.split() for row in rows.strip().splitlines()]
    return money_weighted(np.array([day for day, _ in pairs], "datetime64[D]"), np.array([float(x) for _, x in pairs]))


@needs_shared
@pytest.mark.parametrize(("name", "expected"), cases())
def test_each_published_case_has_its_published_answer(name: str, expected: float | None):
    with (WORKED / name).open() as file:
        rows = [(day_of(row[0]), float(row[1])) for row in csv.reader(file)]
    found = money_weighted(np.array([day for day, _ in rows], "datetime64[D]"), np.array([flow for _, flow in rows]))
    if expected is None:
        assert found == MoneyWeighted(None, reason="no rate that anybody could have had balances the flows")
    else:
        assert found.annual == pytest.approx(expected, rel=0, abs=1e-9)


def day_of(typed: str) -> date:
    return date.fromisoformat(typed) if "-" in typed else datetime.strptime(typed, "%m/%d/%Y").date()  # noqa: DTZ007


def test_the_own_case_is_as_computed_by_exact_arithmetic():
    found = table("""
        2020-01-01 -1000
        2020-07-01 -1000
        2021-01-01  1890""")
    assert found.annual == pytest.approx(-0.0725517465528071, abs=1e-12)
    assert found.period == pytest.approx(0.9274482534471929 ** (366 / 365) - 1, abs=1e-12)


def test_one_payment_and_one_withdrawal_give_their_growth():
    found = table("""
        2023-01-01 -100
        2024-01-01  107""")
    assert found.annual == pytest.approx(0.07, abs=1e-14)
    assert found.period == pytest.approx(0.07, abs=1e-14)


def test_a_tenth_in_one_day_is_told_for_the_day_and_for_a_year():
    found = table("""
        2024-05-06 -100
        2024-05-07  110""")
    assert found.period == pytest.approx(0.1, abs=1e-12)
    assert found.annual == pytest.approx(1.1**365 - 1, rel=1e-9)


def test_a_yearly_rate_beyond_all_numbers_is_none_while_the_period_is_told():
    found = table("""
        2024-05-06   -1
        2024-05-07 1000""")
    assert found.annual is None
    assert found.period == pytest.approx(999, rel=1e-9)
    assert found.reason == "a year at this pace would be beyond all numbers"


def test_a_yearly_loss_of_all_but_what_a_number_can_tell_is_none_while_the_period_is_told():
    found = table("""
        2024-05-06 -1000
        2024-05-07   500""")
    assert found == MoneyWeighted(None, found.period, "a year at this pace leaves nothing")
    assert found.period == pytest.approx(-0.5, abs=1e-12)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("2024-01-01 0", "no money was paid in or taken out"),
        ("2024-01-01 -5\n2024-01-01 5", "no money was paid in or taken out"),
        ("2024-01-01 -5\n2024-01-01 6", "all flows are of one day"),
        ("2024-01-01 -5\n2024-02-01 -6", "money was only paid in, and nothing is left"),
        ("2024-01-01 5\n2024-02-01 6", "money was only taken out"),
        ("2024-01-01 -5\n2024-02-01 nan", "a flow is not known"),
    ],
)
def test_where_there_is_no_rate_the_reason_is_said(rows: str, reason: str):
    assert table(rows) == MoneyWeighted(None, reason=reason)


def test_of_several_rates_the_investors_is_taken_and_the_others_are_told():
    found = table("""
        2021-01-01 -1000
        2022-01-01  2500
        2023-01-01 -1540""")  # (1 + r) is 1.1 or 1.4
    assert found.annual == pytest.approx(0.4, abs=1e-12)  # between the two the present value rises with the rate
    assert found.also == pytest.approx((0.1,), abs=1e-12)


FLOWS = st.lists(
    st.tuples(st.integers(0, 4000), st.integers(-10_000, 10_000)), min_size=2, max_size=12, unique_by=lambda row: row[0]
)


@given(FLOWS)
def test_the_flows_balance_at_the_rate_that_is_told(flows: list[tuple[int, int]]):
    found = from_offsets(flows)
    assume(found.annual is not None and found.annual > -0.999)  # nearer to -1, a float has too few digits left
    for rate in (found.annual, *(also for also in found.also if also > -0.999)):
        assert abs(balance(flows, math.log1p(rate))) < 1e-9


@given(FLOWS)
def test_a_rate_that_a_slow_search_finds_is_found(flows: list[tuple[int, int]]):
    found = from_offsets(flows)
    slow = bisected(flows)
    assume(slow is not None and slow > -7)  # nearer to -100 % a year, a float has too few digits left
    assert found.annual is not None or found.reason.startswith("a year")
    if found.annual is not None and slow is not None and not found.also:
        assert math.log1p(found.annual) == pytest.approx(slow, rel=1e-7, abs=1e-7)


@given(st.integers(1, 10_000), st.integers(1, 10_000), st.integers(30, 4000))
def test_the_currency_and_the_first_day_do_not_matter(paid: int, taken: int, days: int):
    flows = [(0, -paid), (days, taken)]
    moved = [(900, -paid * 7), (900 + days, taken * 7)]
    one, other = from_offsets(flows), from_offsets(moved)
    assert one.period == pytest.approx(other.period, rel=1e-12, abs=1e-12)
    assert (one.annual is None, one.reason) == (other.annual is None, other.reason)
    if one.annual is not None:
        assert one.annual == pytest.approx(other.annual, rel=1e-12, abs=1e-12)


def from_offsets(flows: list[tuple[int, int]]) -> MoneyWeighted:
    days = np.datetime64("2010-01-01") + np.array([day for day, _ in flows])
    return money_weighted(days, np.array([float(flow) for _, flow in flows]))


def balance(flows: list[tuple[int, int]], log: float) -> float:
    """The present value as a part of the flows without signs, by plain sums."""
    first = min(day for day, flow in flows if flow)
    powers = [-log * (day - first) / 365 for day, _ in flows]
    weights = [math.exp(power - max(powers)) for power in powers]
    weighed = [weight * flow for weight, (_, flow) in zip(weights, flows, strict=True)]
    return math.fsum(weighed) / math.fsum(map(abs, weighed))


def bisected(flows: list[tuple[int, int]]) -> float | None:
    """ln(1 + r), where the balance changes sign between a billionth left and 10,000 % a year, by bisection."""
    moved = [flow for _, flow in sorted(flows) if flow]
    if not moved:
        return None
    stretch = (max(day for day, flow in flows if flow) - min(day for day, flow in flows if flow)) / 365
    low, high = (-math.log(1e9) / stretch if stretch else -1.0), math.log(101)
    if balance(flows, low) * balance(flows, high) >= 0:
        return None
    rises = balance(flows, high) > 0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if (balance(flows, middle) > 0) == rises else (middle, high)
    return (low + high) / 2
