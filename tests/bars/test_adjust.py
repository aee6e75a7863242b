from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from bars.tables import actions_of, assert_bars, bars_of, closes_of, lean
from market import SHARED, needs_shared
from openbell.bars.adjust import adjusted, impossible, unadjusted
from openbell.model.errors import InvalidInput
from openbell.model.frames import ACTIONS, BARS, UTC, conform, frame_of

NONE = frame_of(ACTIONS)
RAW = """
    ACME 2026-01-02 400 440 396 420 100
    ACME 2026-01-05 100 110  99 105 500"""


def test_before_a_split_prices_are_divided_and_volumes_multiplied():
    split = actions_of("ACME 2026-01-05 split 4")
    assert_bars(
        adjusted(bars_of(RAW, "1d"), split, "split"),
        """
        ACME 2026-01-02 100 110 99 105 400
        ACME 2026-01-05 100 110 99 105 500""",
        interval="1d",
        scale="split",
    )


def test_a_reverse_split_multiplies_earlier_prices():
    split = actions_of("ACME 2026-01-05 split 0.1")
    bars = bars_of("ACME 2026-01-02 1 2 1 2 100", "1d")
    assert_bars(adjusted(bars, split, "split"), "ACME 2026-01-02 10 20 10 20 10", interval="1d", scale="split")


def test_a_spin_off_divides_prices_and_leaves_volumes():
    spinoff = actions_of("ACME 2026-01-05 spinoff 1.046")
    bars = bars_of("ACME 2026-01-02 104.6 104.6 104.6 104.6 100", "1d")
    assert_bars(adjusted(bars, spinoff, "split"), "ACME 2026-01-02 100 100 100 100 100", interval="1d", scale="split")


def test_a_dividend_counts_on_the_total_scale_only_against_the_close_before():
    dividend = actions_of("ACME 2026-01-05 dividend 42")
    bars = bars_of(
        """
        ACME 2026-01-02 400 440 396 420 100
        ACME 2026-01-05 380 381 379 380 500""",
        "1d",
    )
    assert_bars(
        adjusted(bars, dividend, "total"),
        """
        ACME 2026-01-02 360 396 356.4 378 100
        ACME 2026-01-05 380 381 379   380 500""",
        interval="1d",
        scale="total",
    )
    assert_frame_equal(adjusted(bars, dividend, "split"), bars.with_columns(scale=pl.lit("split")))


def test_a_dividend_on_the_day_of_a_split_is_paid_on_the_new_shares():
    both = actions_of("""
        ACME 2026-01-05 split    4
        ACME 2026-01-05 dividend 10.5""")  # of a close of 420 / 4 = 105
    assert_bars(
        adjusted(bars_of(RAW, "1d"), both, "total"),
        """
        ACME 2026-01-02  90  99 89.1 94.5 400
        ACME 2026-01-05 100 110 99  105   500""",
        interval="1d",
        scale="total",
    )


def test_two_dividends_of_one_day_are_added():
    both = actions_of("""
        ACME 2026-01-03 dividend 10
        ACME 2026-01-03 dividend 15""")
    assert adjusted(closes_of([None, 100.0, 75.0]), both, "total")["close"].to_list() == [None, 75.0, 75.0]


def test_several_actions_multiply_and_each_symbol_has_its_own():
    actions = actions_of("""
        ACME 2026-01-02 split 2
        ACME 2026-01-03 split 3
        BOLT 2026-01-02 split 10""")
    bars = pl.concat([closes_of([60.0, 30.0, 10.0]), closes_of([60.0, 30.0, 10.0], symbol="BOLT")])
    assert adjusted(bars, actions, "split")["close"].to_list() == pytest.approx([10, 10, 10, 6, 30, 10], rel=1e-15)


def test_the_same_action_from_two_sources_counts_once():
    first = actions_of("""
        ACME 2026-01-02 split    7
        ACME 2026-01-02 dividend 1""")
    second = actions_of(
        """
        ACME 2026-01-02 split    7.000007
        ACME 2026-01-02 dividend 1.0""",
        source="other",
    ).with_columns(currency=pl.lit(None, pl.String))
    bars = closes_of([70.0, 10.0])
    assert_frame_equal(adjusted(bars, pl.concat([first, second]), "total"), adjusted(bars, first, "total"))


def test_an_action_after_the_day_asked_for_has_not_happened():
    split = actions_of("ACME 2026-01-05 split 4")
    before = adjusted(bars_of(RAW, "1d"), split, "split", as_of=date(2026, 1, 4))
    assert before["close"].to_list() == [420.0, 105.0]


def test_intraday_bars_are_adjusted_by_their_trade_date_in_the_exchanges_zone():
    split = actions_of("ACME 2026-03-03 split 2")
    bars = bars_of(
        """
        ACME 2026-03-02T19:30 20 20 20 20 1
        ACME 2026-03-03T04:00 10 10 10 10 2""",
        "30m",
    )  # 19:30 in New York is the third in UTC
    assert_bars(
        adjusted(bars, split, "split", zone="America/New_York"),
        """
        ACME 2026-03-02T19:30 10 10 10 10 2
        ACME 2026-03-03T04:00 10 10 10 10 2""",
        interval="30m",
        scale="split",
    )
    with pytest.raises(ValueError, match="zone"):
        adjusted(bars, split, "split")
    assert adjusted(bars, NONE, "split")["close"].to_list() == [20, 10]


def test_part_of_a_history_is_adjusted_by_the_closes_of_all_of_it():
    dividend = actions_of("ACME 2026-01-03 dividend 10")
    history = closes_of([50.0, 100.0, 90.0])
    assert adjusted(history.head(1), dividend, "total", closes=history)["close"].to_list() == [45.0]


def test_a_dividend_before_the_first_close_changes_nothing():
    assert adjusted(closes_of([50.0]), actions_of("ACME 2025-06-01 dividend 99"), "total")["close"].to_list() == [50.0]


def test_the_order_of_the_bars_is_kept_and_no_bars_stay_none():
    split = actions_of("ACME 2026-01-05 split 4")
    shuffled = bars_of(RAW, "1d").reverse()
    assert adjusted(shuffled, split, "split")["close"].to_list() == [105.0, 105.0]
    assert adjusted(shuffled, split, "split")["ts"].to_list() == shuffled["ts"].to_list()
    assert_frame_equal(adjusted(frame_of(BARS), split, "total"), frame_of(BARS))


def test_rows_already_on_the_scale_stay_and_those_on_another_are_refused():
    split = actions_of("ACME 2026-01-05 split 4")
    mixed = pl.concat([bars_of(RAW, "1d").head(1), bars_of(RAW, "1d", scale="split").tail(1)])
    assert adjusted(mixed, split, "split")["close"].to_list() == [105.0, 105.0]
    with pytest.raises(InvalidInput, match="ACME from tape are on the split scale and cannot be put on the total"):
        adjusted(mixed, split, "total")


@pytest.mark.parametrize("action", ["split 0", "split -2", "spinoff -", "dividend 0", "dividend -", "dividend nan"])
def test_an_action_without_a_positive_value_is_a_broken_promise(action: str):
    with pytest.raises(ValueError, match="of ACME on 2026-01-05 has no positive value"):
        adjusted(bars_of(RAW, "1d"), actions_of(f"ACME 2026-01-05 {action}"), "total")


def test_a_dividend_of_the_whole_price_is_passed_over_and_named():
    bars = bars_of(RAW, "1d")
    actions = actions_of("""
        ACME 2026-01-05 dividend 420
        ACME 2026-01-06 dividend 21""")  # a fifth of 105
    assert adjusted(bars, actions, "total")["close"].to_list() == pytest.approx([420 * 0.8, 84])
    assert impossible(actions, bars).rows() == [("ACME", date(2026, 1, 5), 420.0, 420.0)]


def test_a_dividend_on_the_day_of_a_consolidation_is_measured_on_the_new_shares():
    actions = actions_of("""
        ACME 2026-01-05 split    0.1
        ACME 2026-01-05 dividend 420""")  # of a close of 420 * 10
    assert impossible(actions, bars_of(RAW, "1d")).is_empty()


def test_a_week_may_hold_prices_on_both_sides_of_an_ex_date():
    week = bars_of("ACME 2026-01-05 1 1 1 1 1", "1w")
    with pytest.raises(InvalidInput, match="1w may hold prices on both sides"):
        adjusted(week, actions_of("ACME 2026-01-07 split 2"), "split")
    assert adjusted(week, NONE, "split")["close"].to_list() == [1.0]


def test_what_a_vendor_adjusted_is_converted_back_as_of_its_day():
    splits = actions_of("""
        ACME 2026-01-05 split 4
        ACME 2026-02-01 split 2""")
    vendors = bars_of("ACME 2026-01-02 100 110 99 105 400", "1d", scale="split")
    assert_bars(unadjusted(vendors, splits, date(2026, 1, 31)), "ACME 2026-01-02 400 440 396 420 100", interval="1d")
    assert_bars(unadjusted(vendors, splits, date(2026, 2, 1)), "ACME 2026-01-02 800 880 792 840 50", interval="1d")


ACTION = st.tuples(
    st.integers(0, 12), st.sampled_from(["split", "spinoff"]), st.sampled_from([0.05, 0.5, 1.046, 1.5, 4.0, 7.0])
)
CLOSES = st.lists(st.none() | st.floats(0.01, 1e6), min_size=1, max_size=10)


def ratios(drawn: list[tuple[int, str, float]]) -> pl.DataFrame:
    rows = [f"ACME {date(2026, 1, 1) + timedelta(days=day)} {kind} {ratio}" for day, kind, ratio in drawn]
    return actions_of("\n".join(rows))


@given(CLOSES, st.lists(ACTION, max_size=6))
def test_adjusting_and_back_is_where_one_began(closes, drawn):
    bars, actions = closes_of(closes), ratios(drawn)
    back = unadjusted(adjusted(bars, actions, "split"), actions, date(2026, 2, 1))
    assert_frame_equal(back, bars, rel_tol=1e-12, abs_tol=0)


@given(CLOSES, st.lists(ACTION.filter(lambda action: action[1] == "split"), max_size=6))
def test_a_split_changes_no_turnover(closes, drawn):
    bars = closes_of(closes)
    turnover = pl.col("close") * pl.col("volume")
    after = adjusted(bars, ratios(drawn), "split")
    assert_frame_equal(after.select(turnover), bars.select(turnover), rel_tol=1e-12, abs_tol=0)


def lean_days(name: str) -> pl.DataFrame:
    rows = lean(SHARED / "ohlcv_daily" / f"lean_{name}_daily.zip", ["day", "open", "high", "low", "close", "volume"])
    days = rows.with_columns(
        (pl.col("open", "high", "low", "close") / 10_000).round(4),
        symbol=pl.lit(name), interval=pl.lit("1d"), scale=pl.lit("raw"), source=pl.lit("lean"),
        ts=pl.col("day").str.to_datetime("%Y%m%d %H:%M", time_unit="us", time_zone="UTC"),
    )  # fmt: skip
    return conform(days, BARS)


@needs_shared
@pytest.mark.parametrize("name", ["aapl", "ibm", "spy"])
def test_total_closes_are_those_of_a_published_factor_file(name: str):
    """A row of the file holds, up to its day, the factors of dividends and splits and the raw close of that day."""
    file = pl.read_csv(
        SHARED / "ohlcv_daily" / f"lean_{name}_factor.csv",
        has_header=False,
        new_columns=["day", "price", "split", "close"],
    ).with_columns(pl.col("day").cast(pl.String).str.to_date("%Y%m%d"))
    days = lean_days(name)
    following = days.select(day=pl.col("ts").dt.date(), ex_date=pl.col("ts").dt.date().shift(-1))
    steps = (
        file.with_columns(
            ratio=(pl.col("split").shift(-1) / pl.col("split")).round(3),
            dividend=(1 - pl.col("price") / pl.col("price").shift(-1)) * pl.col("close"),
        )
        .join(following, on="day")
        .drop_nulls("ex_date")
    )
    row = {"symbol": pl.lit(name), "source": pl.lit("lean")}
    splits = steps.filter(pl.col("ratio") != 1).select("ex_date", "ratio", kind=pl.lit("split"), **row)
    paid = steps.filter(pl.col("dividend") > 0.001).select("ex_date", amount="dividend", kind=pl.lit("dividend"), **row)
    actions = pl.concat([conform(splits, ACTIONS), conform(paid, ACTIONS)])
    total = adjusted(days, actions, "total").select(day=pl.col("ts").dt.date(), total="close")
    expected = file.join(total, on="day").with_columns(published=pl.col("close") * pl.col("price") * pl.col("split"))
    compared = expected.filter(pl.col("day") > days["ts"].dt.date().min())
    assert compared.height > 10
    assert compared.filter((pl.col("total") / pl.col("published") - 1).abs() > 5e-5).is_empty()


@needs_shared
def test_the_last_close_before_apples_split_of_2020_is_the_published_one_as_of_2021():
    actions = actions_of("""
        aapl 2020-08-31 split    4
        aapl 2020-11-06 dividend 0.205
        aapl 2021-02-05 dividend 0.205""")
    total = adjusted(lean_days("aapl"), actions, "total")
    assert total.filter(pl.col("ts").dt.date() == date(2020, 8, 28))["close"].item() == pytest.approx(
        124.4066, abs=5e-3
    )


@needs_shared
def test_a_vendors_missing_dividend_adjustment_is_computed():
    file = SHARED / "ohlcv_dirty" / "8TRA-DE-1d-missing-div-adjust-fixed.csv"
    table = pl.read_csv(file).with_columns(pl.col("Date").str.slice(0, 10).str.to_date())
    bars = conform(
        table.select(
            pl.col("Open", "High", "Low", "Close", "Volume").name.to_lowercase(),
            symbol=pl.lit("8TRA.DE"), interval=pl.lit("1d"), scale=pl.lit("raw"), ts=pl.col("Date").cast(UTC),
        ),
        BARS,
    )  # fmt: skip
    total = adjusted(bars, actions_of("8TRA.DE 2023-06-02 dividend 0.7"), "total")
    assert total["close"].to_list() == pytest.approx(table["Adj Close"].to_list(), rel=1e-7)
