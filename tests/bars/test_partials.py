from __future__ import annotations

from datetime import timedelta
from random import Random

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from bars.tables import DAY, assert_bars, at, trades_of
from openbell.bars.aggregate import bars_from
from openbell.bars.partials import PARTIALS, Grid, bars_of, merged, partials_from
from openbell.model.frames import TRADES, frame_of
from openbell.model.interval import MINUTE
from openbell.model.sessions import sessions

MONDAY = sessions("XNYS", DAY, DAY)
GRID = Grid(MONDAY)

PRINTS = st.lists(
    st.tuples(
        st.sampled_from(["ACME", "BOLT"]),
        st.one_of(st.integers(19_740, 19_920), st.integers(43_080, 43_380)),  # around 09:30 and 16:00, from 04:00
        st.integers(1, 500),
        st.one_of(st.none(), st.integers(1, 999)),
        st.sampled_from([None, "80", "100000"]),
    ),
    max_size=40,
)


def test_a_minute_is_the_same_in_however_many_parts_its_trades_come():
    early = trades_of("""
        ACME 09:30:30 10.2 100
        ACME 09:30:40 10.3 100""")
    late = trades_of("""
        ACME 09:30:10 10.1  50
        ACME 09:30:20 10.9   -""")
    assert_bars(
        bars_of(merged([partials_from(part, GRID) for part in (early, late)])),
        "ACME 09:30 10.1 10.9 10.1 10.3 250",
    )


@given(prints=PRINTS, cuts=st.lists(st.integers(0, 40), max_size=4), seed=st.integers(0, 99))
def test_parts_in_any_order_make_the_bars_of_all_trades(prints, cuts, seed):
    names = ("symbol", "ts", "price", "size", "condition", "seq", "source")
    trades = frame_of(
        TRADES,
        (
            dict(zip(names, (symbol, at("04:00") + timedelta(seconds=second), *rest, seq, "tape"), strict=True))
            for seq, (symbol, second, *rest) in enumerate(prints)
        ),
    )
    ends = sorted(min(cut, trades.height) for cut in cuts)
    parts = [trades[first:last] for first, last in zip([0, *ends], [*ends, trades.height], strict=True)]
    Random(seed).shuffle(parts)
    once = merged([partials_from(part, GRID) for part in parts])
    twice = merged([once.filter(pl.col("symbol") == "ACME"), once.filter(pl.col("symbol") != "ACME")])
    for found in (once, twice):
        assert dict(found.schema) == PARTIALS
        assert_frame_equal(bars_of(found), bars_from(trades, MINUTE, MONDAY))


def test_no_trades_are_no_bars():
    assert bars_of(merged([])).is_empty()
    assert bars_of(partials_from(frame_of(TRADES), GRID)).is_empty()
