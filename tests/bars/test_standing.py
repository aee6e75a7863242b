"""Changes are measured from the last close before a stretch, risk from the returns of one year."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, pairwise
from operator import mul

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bars.tables import bars_of
from openbell.bars.standing import FEWEST_RETURNS, bases, last_year, ranges, risks

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def days_of(closes: dict[str, list[float | None]], start: datetime = NEW_YEAR) -> pl.DataFrame:
    """Daily bars from `start` on, one a day; None is a day without a bar."""
    lines = [
        f"{symbol} {start + timedelta(days=nth):%Y-%m-%d} {close} {close} {close} {close} 1"
        for symbol, each in closes.items()
        for nth, close in enumerate(each)
        if close is not None
    ]
    return bars_of("\n".join(lines), "1d", "split")


def starts_of(table: str) -> pl.DataFrame:
    rows = [line.split() for line in table.strip().splitlines()]
    return pl.DataFrame(
        {"symbol": s, "span": span, "start": datetime.fromisoformat(start).replace(tzinfo=UTC)}
        for s, span, start in rows
    )


def test_a_stretch_is_measured_from_the_last_close_before_it():
    days = bars_of(
        """
        ACME 2026-01-05 9 9 9 10 1
        ACME 2026-01-06 9 9 9 11 1
        ACME 2026-01-09 9 9 9 -  1
        ACME 2026-01-30 9 9 9 12 1
        BOLT 2026-01-06 9 9 9 20 1""",
        "1d",
    )
    asked = starts_of("""
        ACME its-day   2026-01-06
        ACME after     2026-01-10
        ACME fortnight 2026-01-20
        ACME long-past 2026-01-21
        ACME before    2026-01-05
        BOLT its-own   2026-01-10""")
    found = bases(days, asked)
    assert {row["span"]: (row["day"], row["close"]) for row in found.iter_rows(named=True)} == {
        "its-day": (date(2026, 1, 5), 10.0),
        "after": (date(2026, 1, 6), 11.0),
        "fortnight": (date(2026, 1, 6), 11.0),
        "long-past": (None, None),
        "before": (None, None),
        "its-own": (date(2026, 1, 6), 20.0),
    }


def test_a_year_is_each_symbols_last_fifty_two_weeks():
    days = pl.concat([days_of({"ACME": [1.0] * 400}), days_of({"BOLT": [1.0] * 400}, datetime(2020, 1, 1, tzinfo=UTC))])
    found = ranges(last_year(days)).sort("symbol")
    assert found["since"].to_list() == [
        date(2026, 1, 1) + timedelta(days=400 - 364),
        date(2020, 1, 1) + timedelta(days=400 - 364),
    ]
    assert last_year(days)["symbol"].value_counts()["count"].to_list() == [364, 364]


def test_the_range_is_of_lows_and_highs_and_of_closes_where_those_are_missing():
    days = bars_of(
        """
        ACME 2026-01-05 9 12 8 10 1
        ACME 2026-01-06 9 -  - 7  1""",
        "1d",
    )
    assert ranges(days).row(0, named=True) == {"symbol": "ACME", "since": date(2026, 1, 5), "low": 7.0, "high": 12.0}


def risk_of(closes: dict[str, list[float | None]], benchmark: str = "SPY", periods: float = 252.0) -> pl.DataFrame:
    lengths = pl.DataFrame({"symbol": list(closes), "periods": [periods] * len(closes)})
    return risks(days_of(closes), benchmark, lengths).sort("symbol")


def test_risk_is_as_the_textbooks_have_it():
    rng = np.random.default_rng(7)
    spy = (100 * np.exp(np.cumsum(rng.normal(0, 0.01, 61)))).tolist()
    acme = (50 * np.exp(np.cumsum(rng.normal(0, 0.02, 61)))).tolist()
    found = risk_of({"ACME": acme, "SPY": spy}).row(0, named=True)
    returns = [np.diff(each) / each[:-1] for each in (np.array(acme), np.array(spy))]
    assert found["volatility"] == pytest.approx(np.std(np.diff(np.log(acme)), ddof=1) * math.sqrt(252), rel=1e-12)
    deepest = min(acme[late] / acme[early] - 1 for early in range(61) for late in range(early, 61))
    assert found["max_drawdown"] == pytest.approx(deepest, rel=1e-12)
    beta = np.cov(returns)[0, 1] / np.var(returns[1], ddof=1)
    assert found["beta"] == pytest.approx(beta, rel=1e-9)
    assert found["returns"] == 60


def test_beta_is_of_moves_between_days_that_both_have():
    spy = [100.0 * 1.01 ** (nth % 5) for nth in range(40)]
    twice = list(accumulate((1 + 2 * (b / a - 1) for a, b in pairwise(spy)), mul, initial=1.0))
    assert risk_of({"ACME": twice, "SPY": spy})["beta"].to_list() == [pytest.approx(2), pytest.approx(1)]
    holed: list[float | None] = [None if nth % 7 == 3 else each for nth, each in enumerate(spy)]
    assert risk_of({"ACME": holed, "SPY": spy})["beta"].to_list() == [pytest.approx(1), pytest.approx(1)]


def test_too_few_days_tell_no_risk_and_a_benchmark_that_stands_still_or_is_not_there_no_beta():
    few = [float(nth + 1) for nth in range(FEWEST_RETURNS)]
    enough = [*few, 99.0]
    found = risk_of({"ENOUGH": enough, "FEW": few, "SPY": [5.0] * 30})
    assert found["volatility"].is_null().to_list() == [False, True, False]
    assert found["max_drawdown"].to_list() == [0.0, None, 0.0]
    assert found["beta"].to_list() == [None, None, None]
    assert risk_of({"ENOUGH": enough})["beta"].to_list() == [None]


CENTS = st.integers(100, 100_000).map(lambda cents: cents / 100)
PRICES = st.lists(CENTS, min_size=FEWEST_RETURNS + 1, max_size=60)


@given(PRICES.filter(lambda prices: len(set(prices)) > 1), st.floats(0.01, 100))
def test_a_scale_changes_no_risk(prices: list[float], scale: float):
    plain, scaled = (risk_of({"ACME": each, "SPY": prices}) for each in (prices, [p * scale for p in prices]))
    for name in ("volatility", "max_drawdown", "beta"):
        assert scaled[name].to_list() == pytest.approx(plain[name].to_list(), rel=1e-6, abs=1e-9)


@given(PRICES)
def test_a_drawdown_is_a_fraction_and_who_only_rises_has_none(prices: list[float]):
    fell = risk_of({"ACME": prices})["max_drawdown"].item()
    assert -1 <= fell <= 0
    assert risk_of({"ACME": sorted(prices)})["max_drawdown"].item() == 0
