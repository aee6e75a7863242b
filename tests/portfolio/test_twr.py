"""The time-weighted return: by day, over days without a value, and whatever comes and goes."""

from __future__ import annotations

import csv
import json
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market import SHARED, needs_shared
from openbell.portfolio.twr import Index, annualised, chained


def index_of(rows: str) -> Index:
    """From lines of day, value at its end (- for unknown), paid in, taken out."""
    cells = [row.split() for row in rows.strip().splitlines()]
    columns = [
        np.array([math.nan if x == "-" else float(x) for x in column]) for column in list(zip(*cells, strict=True))[1:]
    ]
    return chained(np.array([row[0] for row in cells], "datetime64[D]"), *columns)


@needs_shared
def test_the_own_case_of_two_legs_is_minus_one_percent():
    case = json.loads((SHARED / "worked_perf/own_cases.json").read_text())["twr"]
    assert case["legs_begin_after_flow_end_before_flow"] == [[1000, 1100], [2100, 1890]]
    found = index_of("""
        2024-01-01 1000 1000 0
        2024-01-02 1100    0 0
        2024-01-03 1890 1000 0""")
    assert found.between(-1, 2) == pytest.approx(case["answer"], abs=1e-12)


@needs_shared
def test_published_daily_returns_are_the_returns_of_their_index():
    with (SHARED / "worked_perf/returns.csv").open() as file:
        percents = [(row[0], float(row[1]) / 100) for row in csv.reader(file)]
    days = np.array([day for day, _ in percents], "datetime64[D]")
    worth = np.cumprod(1 + np.array([percent for _, percent in percents]))
    paid = np.zeros(days.size)
    paid[0] = 1
    found = chained(days, worth, paid, np.zeros(days.size))
    assert found.levels == pytest.approx(worth, rel=1e-12)
    assert [found.between(place - 1, place) for place in range(days.size)] == pytest.approx(
        [percent for _, percent in percents], abs=1e-12
    )


def test_money_comes_at_the_start_of_its_day_and_goes_at_its_end():
    found = index_of("""
        2024-01-01 100 100   0
        2024-01-02 220 100   0
        2024-01-03   0   0 231""")
    assert found.levels == pytest.approx([1, 1.1, 1.155])


def test_all_sold_and_bought_again_later_goes_on_from_where_it_was():
    found = index_of("""
        2024-01-01 110 100   0
        2024-01-02   0   0 121
        2024-01-03   0   0   0
        2024-01-04  55  50   0""")
    assert found.levels == pytest.approx([1.1, 1.21, 1.21, 1.331])


def test_over_days_without_a_value_modified_dietz_stands():
    found = index_of("""
        2024-01-01 100 100 0
        2024-01-02   -   0 0
        2024-01-03   -  50 0
        2024-01-04 165   0 0""")
    assert math.isnan(found.levels[1])
    assert math.isnan(found.levels[2])
    assert found.between(0, 3) == pytest.approx(15 / (100 + 50 * 2 / 3))
    assert found.estimated == ((0, 3),)


def test_a_dividend_after_the_sale_is_said_to_be_outside():
    found = index_of("""
        2024-01-01 110 100   0
        2024-01-02   0   0 110
        2024-01-03   0   0   5""")
    assert found.levels == pytest.approx([1.1, 1.1, 1.1])
    assert found.unearned == (2,)


def test_more_owed_than_there_is_has_no_return_from_then_on():
    found = index_of("""
        2024-01-01  100 100 0
        2024-01-02  -20   0 0
        2024-01-03  -10   0 0""")
    assert found.between(-1, 0) == pytest.approx(0)
    assert found.between(-1, 2) is None
    assert found.undefined[0] == 1


def test_without_any_value_there_is_no_return():
    assert index_of("2024-01-01 - 100 0").between(-1, 0) is None


def test_a_year_is_asked_for_before_a_rate_a_year_is_told():
    first = np.datetime64("2023-01-01")
    assert annualised(0.1, first, first + 364) is None
    assert annualised(0.1, first, first + 365) == pytest.approx(0.1)
    assert annualised(0.21, first, first + 730) == pytest.approx(0.1)
    assert annualised(-1.0, first, first + 730) == -1.0
    assert annualised(None, first, first + 730) is None


GROWTHS = st.lists(st.floats(0.5, 2), min_size=2, max_size=20)


@given(GROWTHS, st.data())
def test_what_comes_and_goes_at_market_value_changes_no_return(growths: list[float], data: st.DataObject):
    size = len(growths)
    came = np.array(data.draw(st.lists(st.floats(0, 1000), min_size=size, max_size=size)))
    parts = data.draw(st.lists(st.floats(0, 0.9), min_size=size, max_size=size))
    days = np.datetime64("2024-01-01") + np.arange(size)
    worth, went, before = np.empty(size), np.empty(size), 100.0
    came[0] = 0
    for place, growth in enumerate(growths):
        at_end = (before + came[place]) * growth
        went[place] = parts[place] * at_end
        worth[place] = before = at_end - went[place]
    came[0] = 100.0
    assert chained(days, worth, came, went).levels == pytest.approx(np.cumprod(growths), rel=1e-9)


@given(GROWTHS)
def test_returns_of_neighbouring_stretches_multiply_to_that_of_both(growths: list[float]):
    days = np.datetime64("2024-01-01") + np.arange(len(growths))
    worth = 100 * np.cumprod(growths)
    paid = np.zeros(len(growths))
    paid[0] = 100
    found = chained(days, worth, paid, np.zeros(len(growths)))
    product = math.prod(1 + (found.between(a, b) or 0) for a, b in pairwise(range(-1, len(growths))))
    assert product - 1 == pytest.approx(found.between(-1, len(growths) - 1), rel=1e-9, abs=1e-12)
