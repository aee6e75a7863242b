"""Rows that share their early days are as rows in one piece."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from openbell.portfolio.rows import FEW, Floats, Rows

sizes = st.integers(2, 3 * FEW)


def made(days: int, parts: int) -> Floats:
    return np.asfortranarray(np.random.default_rng(days).normal(0, 1e5, (days, parts)))


@given(sizes, st.lists(st.tuples(st.floats(0, 1), sizes, st.integers(0, 4)), max_size=5), st.data())
def test_what_goes_on_is_as_in_one_piece(days: int, later: list[tuple[float, int, int]], data: st.DataObject):
    whole = made(days, 12)
    rows = Rows((whole,))
    for share, more, new in later:
        kept, tail = int(share * len(whole)), made(more, whole.shape[1] + new)
        rows = rows.then(kept, tail)
        early = np.hstack([whole[:kept], np.zeros((kept, new))])
        whole = np.asfortranarray(np.vstack([early, tail]))
    inside = np.array(data.draw(st.lists(st.booleans(), min_size=whole.shape[1], max_size=whole.shape[1])))
    assert np.array_equal(rows.whole(), whole)
    assert np.array_equal(rows.across(inside), (whole if inside.all() else whole[:, inside]).sum(axis=1))
    assert all(np.array_equal(rows.at(place), whole[place]) for place in (0, len(whole) // 2, len(whole) - 1))


def test_many_early_days_are_shared_and_few_are_copied():
    early = made(FEW + 10, 3)
    one_day_more = Rows((early,)).then(FEW + 9, made(2, 3))
    assert np.shares_memory(one_day_more.blocks[0], early)
    assert [len(each) for each in one_day_more.blocks] == [FEW + 9, 2]
    assert [len(each) for each in one_day_more.then(FEW + 10, made(2, 3)).blocks] == [FEW + 9, 3]
