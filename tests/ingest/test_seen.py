"""Trades that are told again are known as long as their minutes are open."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbell.bars.buckets import TICK
from openbell.ingest import seen
from openbell.ingest.seen import Seen
from openbell.model.sessions import EPOCH

BATCHES = st.lists(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), max_size=12), max_size=30)
"""Keys and the seconds of their stamps."""


def asked(memory: Seen, rows: list[tuple[int, float]]) -> list[bool]:
    """Which of some trades were told before; the others are remembered."""
    keys = np.array([key for key, _ in rows], np.uint64)
    stamps = np.array([int(second * 1_000_000) for _, second in rows], np.int64)
    again = memory.again(keys, stamps)
    memory.remember(keys[~again], stamps[~again])
    return again.tolist()


@given(batches=BATCHES)
def test_a_trade_counts_once_in_however_many_batches_it_is_told(batches):
    memory, told = Seen(), set()
    for batch in batches:
        # a trade bears one stamp: its key tells the second
        rows = [(key + 10 * second, float(second)) for key, second in batch]
        wanted = []
        for key, _ in rows:
            wanted.append(key in told)
            told.add(key)
        assert asked(memory, rows) == wanted


def test_only_what_has_counted_is_remembered():
    memory = Seen()
    keys, stamps = np.array([1, 2], np.uint64), np.array([5, 5], np.int64)
    assert memory.again(keys, stamps).tolist() == [False, False]
    assert memory.again(keys, stamps).tolist() == [False, False]


def test_what_is_closed_is_forgotten():
    memory = Seen()
    asked(memory, [(1, 59.9), (2, 60.0)])
    memory.forget(EPOCH + timedelta(minutes=1))
    assert asked(memory, [(1, 59.9), (2, 60.0)]) == [False, True]


def test_of_too_many_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(seen, "MOST", 25)
    memory = Seen()
    for second in range(40):
        asked(memory, [(second, float(second))])
    assert asked(memory, [(second, float(second)) for second in range(40)]) == [False] * 15 + [True] * 25


def test_a_busy_second_is_remembered_whole():
    memory = Seen()
    rows = [(n, 5 + n * TICK.total_seconds()) for n in range(500)]
    for each in rows:
        asked(memory, [each])
    assert all(asked(memory, rows))
