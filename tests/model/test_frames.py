"""Frames have the columns of their schema, in order and type; what is missing is null."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from openbell.model.errors import RateLimited, Undecided
from openbell.model.frames import ACTIONS, BARS, KNOWN, conform, frame_of, known


def test_a_missing_field_is_null():
    frame = frame_of(BARS, [{"symbol": "ACME", "close": 1.5}])
    assert frame.schema == pl.Schema(BARS)
    assert frame.row(0, named=True)["open"] is None


def test_columns_are_ordered_cast_and_completed():
    loose = pl.DataFrame({"close": [1], "symbol": ["ACME"], "extra": [True]})
    assert conform(loose, BARS).schema == pl.Schema(BARS)


def test_known_at_is_added_to_every_row():
    at = datetime(2026, 3, 2, tzinfo=UTC)
    frame = known(frame_of(ACTIONS, [{"symbol": "A"}, {"symbol": "B"}]), at)
    assert frame["known_at"].to_list() == [at, at]
    assert frame.schema["known_at"] == KNOWN["known_at"]


def test_an_error_carries_its_facts_and_the_remedy():
    limited = RateLimited("yahoo", "asked us to wait.", retry_after=60)
    assert (str(limited), limited.retry_after, limited.provider) == ("yahoo: asked us to wait.", 60, "yahoo")
    undecided = Undecided("a.csv", "two zones fit.", option="--tz", remedy="Say which with --tz.")
    assert str(undecided) == "a.csv: two zones fit. Say which with --tz."
    with pytest.raises(Undecided):
        raise undecided
