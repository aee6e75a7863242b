"""Intervals are written one way, and what is not one is refused with a sentence."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbell.model.errors import InvalidInput
from openbell.model.interval import Interval


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("1m", "1m"),
        ("60m", "1h"),
        ("90m", "90m"),
        ("120s", "2m"),
        ("1d", "1d"),
        ("2w", "2w"),
        ("1mo", "1mo"),
        ("1q", "1q"),
    ],
)
def test_an_interval_has_one_spelling(text: str, written: str):
    assert str(Interval.parse(text)) == written


@pytest.mark.parametrize("text", ["", "m", "0m", "-1m", "1M", "1x", "1 m", "1.5h", "24h", "86400s", "00001d", "1dd"])
def test_what_is_no_interval_is_refused(text: str):
    with pytest.raises(InvalidInput) as refusal:
        Interval.parse(text)
    assert refusal.value.field == "interval"
    assert refusal.value.remedy


@given(st.integers(1, 9999), st.sampled_from(["s", "m", "h", "d", "w", "mo", "q", "y"]))
def test_what_is_written_is_read_back(count: int, unit: str):
    try:
        interval = Interval.parse(f"{count}{unit}")
    except InvalidInput:
        assert unit in {"s", "m", "h"}
        return
    assert Interval.parse(str(interval)) == interval


def test_only_intraday_bars_have_a_length():
    assert Interval.parse("90m").length == timedelta(minutes=90)
    with pytest.raises(ValueError, match="no fixed length"):
        _ = Interval.parse("1d").length
