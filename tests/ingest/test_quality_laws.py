"""What holds of every batch, whatever is in it."""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, date, datetime

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from openbell.ingest.quality import Checked, check
from openbell.model.frames import ACTIONS, BARS, frame_of
from openbell.model.sessions import sessions

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
SESSIONS = sessions("XNYS", date(2024, 1, 2), date(2024, 3, 28))["trade_date"].to_list()
EXCHANGES = {"ACME": "XNYS", "OTHER": "24/7"}

ODD = st.sampled_from([None, 0.0, -1.0, math.nan, math.inf])
FACTORS = st.sampled_from([1.0] * 12 + [0.5, 2.0, 4.0, 0.25, 100.0, 0.01, 3.1, 1 / 3, 1e4, 17.0])


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, object]]:
    """A walk of daily bars with levels, gaps, repeated and impossible rows."""
    found: list[dict[str, object]] = []
    for symbol in draw(st.sampled_from([["ACME"], ["ACME", "OTHER"]])):
        level = draw(st.floats(0.01, 1000))
        for day in draw(st.lists(st.sampled_from(SESSIONS), max_size=30).map(sorted)):
            level *= draw(FACTORS) * draw(st.floats(0.95, 1.05))
            opened, closed = level, level * draw(st.floats(0.95, 1.05))
            row: dict[str, object] = {
                "open": opened,
                "high": max(opened, closed) * draw(st.sampled_from([1.0, 1.01, 2.0])),
                "low": min(opened, closed),
                "close": closed,
                "volume": draw(st.sampled_from([0.0, 100.0, 120.0, 5000.0, None])),
            }
            if draw(st.integers(0, 9)) == 0:
                row[draw(st.sampled_from(list(row)))] = draw(ODD)
            stamp = datetime(day.year, day.month, day.day, tzinfo=UTC)
            found.append(row | {"symbol": symbol, "interval": "1d", "ts": stamp, "source": "test"})
    return draw(st.permutations(found))


ACTION = st.fixed_dictionaries(
    {
        "symbol": st.sampled_from(["ACME", "OTHER"]),
        "ex_date": st.sampled_from(SESSIONS),
        "kind": st.just("split"),
        "ratio": st.sampled_from([2.0, 4.0, 0.25, 1e-4, 1.5]),
        "source": st.just("test"),
    }
) | st.fixed_dictionaries(
    {
        "symbol": st.sampled_from(["ACME", "OTHER"]),
        "ex_date": st.sampled_from(SESSIONS),
        "kind": st.just("dividend"),
        "amount": st.floats(0.001, 1000),
        "source": st.just("test"),
    }
)


def judged(bars: pl.DataFrame, actions: pl.DataFrame, *, promises_raw: bool) -> Checked:
    return check(bars, actions=actions, exchanges=EXCHANGES, now=NOW, origin="law", promises_raw=promises_raw)


def keys(frame: pl.DataFrame) -> Counter[tuple[str, datetime]]:
    return Counter(frame.select("symbol", "ts").rows())


BATCH = {
    "rows": rows(),
    "actions": st.lists(ACTION, max_size=4),
    "scale": st.sampled_from(["raw", "split", "total"]),
    "promises_raw": st.booleans(),
}


@settings(max_examples=150)
@given(**BATCH)
def test_every_row_ends_in_one_place_and_a_repaired_one_in_both(
    rows: list[dict[str, object]], actions: list[dict[str, object]], scale: str, promises_raw: bool
):
    bars = frame_of(BARS, rows).with_columns(scale=pl.lit(scale))
    result = judged(bars, frame_of(ACTIONS, actions), promises_raw=promises_raw)
    rejects = result.rejects.filter(pl.col("interval").is_not_null())
    repaired = result.clean.filter(pl.col("source").str.ends_with("+repair"))
    assert keys(result.clean) + keys(rejects.filter(~pl.col("repaired"))) == keys(bars)
    assert keys(repaired) == keys(rejects.filter("repaired"))
    untouched = result.clean.filter(~pl.col("source").str.ends_with("+repair"))
    assert untouched.join(bars, on=list(BARS), how="anti", nulls_equal=True).height == 0


@settings(max_examples=150)
@given(**BATCH)
def test_what_is_kept_is_sound_sorted_and_unique(
    rows: list[dict[str, object]], actions: list[dict[str, object]], scale: str, promises_raw: bool
):
    bars = frame_of(BARS, rows).with_columns(scale=pl.lit(scale))
    clean = judged(bars, frame_of(ACTIONS, actions), promises_raw=promises_raw).clean
    prices = pl.col("open", "high", "low", "close")
    assert clean.schema == pl.Schema(BARS)
    assert clean.equals(clean.sort("symbol", "ts"))
    assert max(keys(clean).values(), default=1) == 1
    assert clean["close"].null_count() == 0
    assert clean.filter(pl.any_horizontal(~prices.is_finite(), prices <= 0, pl.col("volume") < 0)).height == 0
    high, low = pl.col("high") * (1 + 1e-9), pl.col("low") * (1 - 1e-9)
    wrong = (high < pl.max_horizontal("open", "close")) | (low > pl.min_horizontal("open", "close"))
    assert clean.filter(wrong).height == 0
    assert clean.filter(pl.col("ts") >= NOW).height == 0


@settings(max_examples=150)
@given(**BATCH)
def test_the_order_of_the_rows_does_not_matter(
    rows: list[dict[str, object]], actions: list[dict[str, object]], scale: str, promises_raw: bool
):
    bars = frame_of(BARS, rows).with_columns(scale=pl.lit(scale)).unique(["symbol", "ts"], maintain_order=True)
    actions_due = frame_of(ACTIONS, actions)
    shuffled = judged(bars, actions_due, promises_raw=promises_raw)
    ordered = judged(bars.sort("symbol", "ts"), actions_due, promises_raw=promises_raw)
    assert shuffled.clean.equals(ordered.clean)
    assert shuffled.inferred.equals(ordered.inferred)


@settings(max_examples=150)
@given(**BATCH)
def test_what_is_kept_holds_when_it_is_looked_at_again(
    rows: list[dict[str, object]], actions: list[dict[str, object]], scale: str, promises_raw: bool
):
    bars = frame_of(BARS, rows).with_columns(scale=pl.lit(scale))
    once = judged(bars, frame_of(ACTIONS, actions), promises_raw=promises_raw)
    again = judged(once.clean, frame_of(ACTIONS, actions), promises_raw=promises_raw)
    assert again.rejects.filter(pl.col("interval").is_not_null()).height == 0
    assert again.clean.equals(once.clean)
    assert again.inferred.equals(once.inferred)


@st.composite
def plausible(draw: st.DrawFn) -> tuple[list[float], list[int]]:
    """A calm market's closes and the rows to damage by a factor of a hundred."""
    steps = draw(st.lists(st.floats(-0.04, 0.04), min_size=8, max_size=40))
    walk = [50.0]
    for step in steps:
        walk.append(walk[-1] * (1 + step))
    damaged = draw(st.lists(st.integers(1, len(walk) - 1), max_size=len(walk) // 3, unique=True))
    return walk, damaged


@settings(max_examples=150)
@given(market=plausible(), factor=st.sampled_from([100.0, 0.01]))
def test_rows_in_another_unit_are_found_and_no_others_and_then_nothing_is_left_to_find(
    market: tuple[list[float], list[int]], factor: float
):
    walk, damaged = market
    bars = frame_of(
        BARS,
        [
            {
                "symbol": "ACME",
                "interval": "1d",
                "ts": datetime(day.year, day.month, day.day, tzinfo=UTC),
                **dict.fromkeys(("open", "high", "low", "close"), close * (factor if row in damaged else 1)),
                "volume": 1000.0,
                "scale": "raw",
                "source": "test",
            }
            for row, (day, close) in enumerate(zip(SESSIONS, walk, strict=False))
        ],
    )
    later = datetime(2025, 1, 1, tzinfo=UTC)
    keywords = {"actions": frame_of(ACTIONS), "exchanges": EXCHANGES, "now": later, "origin": "law"}
    result = check(bars, **keywords)
    assert result.rejects["ts"].to_list() == [bars["ts"][row] for row in sorted(damaged)]
    assert set(result.rejects["reason"]) <= {"jump_100" if factor > 1 else "jump_0_01"}
    assert check(result.clean, **keywords).rejects.height == 0
