"""Each reason for which a row is set aside, by a small market."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from openbell.ingest.quality import Checked, check
from openbell.model.errors import InvalidInput
from openbell.model.frames import ACTIONS, BARS, REJECTS, frame_of

NOW = datetime(2026, 6, 1, tzinfo=UTC)
NEW_YORK = {"ACME": "XNYS"}


def bars_of(table: str, *, interval: str = "1d", scale: str = "raw") -> pl.DataFrame:
    """BARS from lines of symbol, stamp (UTC), open, high, low, close, volume; `-` is null."""
    rows = []
    for line in table.split("\n"):
        if line.strip():
            symbol, stamp, *numbers = line.split()
            values = (None if number == "-" else float(number) for number in numbers)
            prices = dict(zip(("open", "high", "low", "close", "volume"), values, strict=True))
            ts = None if stamp == "-" else datetime.fromisoformat(stamp).replace(tzinfo=UTC)
            rows.append({"symbol": symbol, "interval": interval, "ts": ts, "scale": scale, "source": "test", **prices})
    return frame_of(BARS, rows)


def days(symbol: str, first: str, closes: list[float], *, volume: float = 1000, scale: str = "raw") -> pl.DataFrame:
    """Daily bars on consecutive weekdays that open at the close before, or in a jump at the close itself."""
    rows, day, previous = [], date.fromisoformat(first), closes[0]
    for close in closes:
        while day.weekday() > 4:
            day += timedelta(days=1)
        opened = previous if abs(close / previous - 1) < 0.2 else close
        prices = {"open": opened, "high": max(opened, close), "low": min(opened, close), "close": close}
        stamp = datetime(day.year, day.month, day.day, tzinfo=UTC)
        rows.append(
            {
                "symbol": symbol,
                "interval": "1d",
                "ts": stamp,
                **prices,
                "volume": volume,
                "scale": scale,
                "source": "test",
            }
        )
        day, previous = day + timedelta(days=1), close
    return frame_of(BARS, rows)


def split(ex_date: str, ratio: float, symbol: str = "ACME") -> dict[str, object]:
    return {"symbol": symbol, "ex_date": date.fromisoformat(ex_date), "kind": "split", "ratio": ratio, "source": "test"}


def dividend(ex_date: str, amount: float, symbol: str = "ACME") -> dict[str, object]:
    day = date.fromisoformat(ex_date)
    return {"symbol": symbol, "ex_date": day, "kind": "dividend", "amount": amount, "source": "test"}


def checked(
    bars: pl.DataFrame,
    *actions: dict[str, object],
    exchanges: Mapping[str, str] = NEW_YORK,
    now: datetime = NOW,
    before: pl.DataFrame | None = None,
    adj_close: pl.DataFrame | None = None,
    promises_raw: bool = False,
) -> Checked:
    return check(
        bars,
        actions=frame_of(ACTIONS, actions),
        exchanges=exchanges,
        now=now,
        origin="market.csv",
        before=before,
        adj_close=adj_close,
        promises_raw=promises_raw,
    )


def found(result: Checked) -> list[tuple[str, str, bool]]:
    """Date, reason and whether repaired, of each reject."""
    rejects = result.rejects.select(pl.col("ts").dt.strftime("%Y-%m-%d"), "reason", "repaired")
    return rejects.rows()


def closes(result: Checked) -> list[tuple[str, float]]:
    return result.clean.select(pl.col("ts").dt.strftime("%Y-%m-%d"), "close").rows()


def test_rows_that_are_fine_stay_as_they_came():
    bars = bars_of("""
        ACME 2024-01-02 10.0 10.5 9.5 10.2 100
        ACME 2024-01-03 10.2 10.9 10.1 10.8 -
        ACME 2024-01-04 - - - 10.7 0""")
    result = checked(bars)
    assert result.clean.equals(bars)
    assert (result.rejects.height, result.inferred.height, result.notes) == (0, 0, ())


@pytest.mark.parametrize(
    ("row", "reason", "sentence"),
    [
        ("10 11 9 - 5", "missing_price", "The row has no close."),
        ("10 11 9 nan 5", "not_finite", "Not a number: open 10.0, high 11.0, low 9.0, close NaN, volume 5.0."),
        ("10 inf 9 10 5", "not_finite", "Not a number: open 10.0, high inf, low 9.0, close 10.0, volume 5.0."),
        ("10 11 9 10 nan", "not_finite", "Not a number: open 10.0, high 11.0, low 9.0, close 10.0, volume NaN."),
        ("0 11 0 10 5", "not_positive", "A price is zero or less: open 0.0, high 11.0, low 0.0, close 10.0."),
        ("10 11 -9 10 5", "not_positive", "A price is zero or less: open 10.0, high 11.0, low -9.0, close 10.0."),
        (
            "10 10 9 10.1 5",
            "ohlc_order",
            "The high is not the highest or the low not the lowest: open 10.0, high 10.0, low 9.0, close 10.1.",
        ),
        (
            "- 11 10.5 10 5",
            "ohlc_order",
            "The high is not the highest or the low not the lowest: open none, high 11.0, low 10.5, close 10.0.",
        ),
        (
            "10 11 9 10 -5",
            "negative_volume",
            "The volume is negative: open 10.0, high 11.0, low 9.0, close 10.0, volume -5.0.",
        ),
        (
            "10 1000 9 10 5",
            "scale_mix",
            "The bar mixes two scales: open 10.0, high 1000.0, low 9.0, close 10.0; no repair is certain.",
        ),
    ],
)
def test_a_row_that_cannot_be_is_set_aside_with_its_numbers(row: str, reason: str, sentence: str):
    result = checked(bars_of(f"ACME 2024-01-02 10 11 9 10 5\nACME 2024-01-03 {row}"))
    assert closes(result) == [("2024-01-02", 10.0)]
    assert result.rejects.select("reason", "detail", "repaired", "origin").rows() == [
        (reason, sentence, False, "market.csv")
    ]


def test_a_row_without_a_stamp_is_set_aside():
    result = checked(bars_of("ACME - 10 11 9 10 5"))
    assert result.rejects.select("ts", "reason").rows() == [(None, "missing_stamp")]


def test_rows_around_one_without_a_stamp_are_put_in_order():
    row = "10 11 9 10 5"
    result = checked(bars_of(f"ACME 2024-01-03 {row}\nACME - {row}\nACME 2024-01-02 {row}"))
    assert closes(result) == [("2024-01-02", 10.0), ("2024-01-03", 10.0)]


def test_the_noise_of_a_division_is_no_wrong_order():
    assert checked(bars_of("ACME 2024-01-02 0.3 0.30000000000000004 0.3 0.30000000000000010 5")).rejects.height == 0


def test_a_reject_carries_the_row_as_json():
    reject = checked(bars_of("ACME 2024-01-02 10 11 9 10 -5")).rejects
    assert reject.schema == pl.Schema(REJECTS)
    assert json.loads(reject["row"].item()) == {
        "symbol": "ACME",
        "interval": "1d",
        "ts": "2024-01-02T00:00:00+00:00",
        "open": 10.0,
        "high": 11.0,
        "low": 9.0,
        "close": 10.0,
        "volume": -5.0,
        "scale": "raw",
        "source": "test",
    }


def test_of_rows_with_one_stamp_the_last_is_kept():
    result = checked(
        bars_of("""
        ACME 2024-01-03 10 11 9 10 5
        ACME 2024-01-02 10 11 9 10 5
        ACME 2024-01-03 10 11 9 10.5 5
        ACME 2024-01-02 10 11 9 10 5""")
    )
    assert closes(result) == [("2024-01-02", 10.0), ("2024-01-03", 10.5)]
    assert result.rejects.select("reason", "detail").rows() == [
        ("duplicate", "A later row bears the same stamp and is kept, with close 10.5; this one has 10.0."),
    ]
    assert result.notes == ("1 repeated row left out",)


def test_a_wrong_row_does_not_displace_a_right_one_of_its_stamp():
    result = checked(bars_of("ACME 2024-01-02 10 11 9 10 5\nACME 2024-01-02 10 11 9 10 -5"))
    assert closes(result) == [("2024-01-02", 10.0)]
    assert found(result) == [("2024-01-02", "negative_volume", False)]


def test_a_daily_bar_on_a_holiday_or_at_a_weekend_lies_outside_the_sessions():
    result = checked(
        bars_of("""
        ACME 2024-07-03 10 11 9 10 5
        ACME 2024-07-04 10 11 9 10 5
        ACME 2024-07-05 10 11 9 10 5
        ACME 2024-07-06 10 11 9 10 5""")
    )
    assert found(result) == [("2024-07-04", "outside_session", False), ("2024-07-06", "outside_session", False)]
    assert result.rejects["detail"][0] == "XNYS has no session at 2024-07-04."


def test_extended_hours_are_inside_and_the_night_is_not():
    bars = bars_of(
        """
        ACME 2024-07-02T07:59 10 11 9 10 5
        ACME 2024-07-02T08:00 10 11 9 10 0
        ACME 2024-07-02T23:59 10 11 9 10 0
        ACME 2024-07-03T00:00 10 11 9 10 5
        ACME 2024-07-03T20:59 10 11 9 10 5
        ACME 2024-07-03T21:00 10 11 9 10 5""",  # a half day, whose late trading ends at 17:00 in New York
        interval="1m",
    )
    outside = checked(bars).rejects.select(pl.col("ts").dt.strftime("%m-%d %H:%M"), "reason").rows()
    assert outside == [(stamp, "outside_session") for stamp in ("07-02 07:59", "07-03 00:00", "07-03 21:00")]


def test_a_closing_auction_in_london_is_inside():
    bars = bars_of("ACME 2024-07-02T15:35 10 11 9 10 5\nACME 2024-07-02T15:50 10 11 9 10 5", interval="5m")
    assert checked(bars, exchanges={"ACME": "XLON"}).rejects["ts"].dt.hour().to_list() == [15]


def test_a_symbol_without_an_exchange_is_not_held_to_sessions_and_a_note_says_so():
    result = checked(bars_of("ACME 2024-07-06 10 11 9 10 5"), exchanges={})
    assert result.rejects.height == 0
    assert result.notes == ("No exchange is known for ACME: not checked against sessions.",)


def test_where_the_calendar_does_not_reach_rows_are_kept_with_a_note():
    result = checked(bars_of("ACME 1900-01-06 10 11 9 10 5\nACME 2024-01-02 10 11 9 10 5"))
    assert result.rejects.height == 0
    assert len(result.notes) == 1
    assert "not checked against sessions" in result.notes[0]


@pytest.mark.parametrize(
    ("interval", "stamp", "now", "kept"),
    [
        ("1d", "2024-07-02", "2024-07-02T19:59", False),  # New York closes at 20:00 UTC
        ("1d", "2024-07-02", "2024-07-02T20:00", True),
        ("1m", "2024-07-02T19:59", "2024-07-02T19:59:30", False),
        ("1m", "2024-07-02T19:59", "2024-07-02T20:00", True),
        ("1w", "2024-07-01", "2024-07-05T19:00", False),
        ("1w", "2024-07-01", "2024-07-06T00:00", True),
        ("1mo", "2024-06-01", "2024-06-28T19:00", False),
        ("1mo", "2024-06-01", "2024-06-29T00:00", True),
    ],
)
def test_a_bar_is_kept_only_once_it_has_ended(interval: str, stamp: str, now: str, kept: bool):
    bars = bars_of(f"ACME {stamp} 10 11 9 10 5", interval=interval)
    result = checked(bars, now=datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert result.rejects["reason"].to_list() == ([] if kept else ["future"])


def test_without_an_exchange_only_days_to_come_are_in_the_future():
    bars = bars_of("ACME 2024-07-02 10 11 9 10 5\nACME 2024-07-03 10 11 9 10 5")
    result = checked(bars, exchanges={}, now=datetime(2024, 7, 2, 9, tzinfo=UTC))
    assert found(result) == [("2024-07-03", "future", False)]


def test_one_bar_of_a_hundred_times_the_price_is_set_aside():
    result = checked(days("ACME", "2024-02-05", [10, 10.1, 10.2, 1030, 10.2, 10.3]))
    assert found(result) == [("2024-02-08", "jump_100", False)]
    assert result.rejects["detail"].item() == (
        "The close 1030.0 is 100 times too high, as if in another unit, such as pence for pounds; check the source."
    )


def test_the_level_at_which_more_was_traded_is_believed():
    result = checked(days("ACME", "2024-01-08", [10, 10.1, 10.2, 0.102, 0.103]))
    assert found(result) == [("2024-01-11", "jump_0_01", False), ("2024-01-12", "jump_0_01", False)]


def test_a_stored_level_outweighs_a_batch_in_another_unit():
    before = days("ACME", "2024-01-08", [10, 10.1])
    result = checked(days("ACME", "2024-01-10", [1000, 1010, 1020]), before=before)
    assert [reason for _, reason, _ in found(result)] == ["jump_100"] * 3


def test_an_exact_hundredth_without_trades_is_repaired():
    traded = days("ACME", "2024-01-08", [14.55])
    quoted = days("ACME", "2024-01-09", [0.1455, 0.1455], volume=0)
    result = checked(pl.concat([traded, quoted]))
    assert found(result) == [("2024-01-09", "jump_0_01", True), ("2024-01-10", "jump_0_01", True)]
    assert result.clean["close"].to_list() == pytest.approx([14.55, 14.55, 14.55])
    assert result.clean["source"].to_list() == ["test", "test+repair", "test+repair"]


SPLIT_OFF = [100.0, 101, 102, 101, 100, 25.2, 25, 25.5, 25.2]
"""A split of 4:1 before the sixth day; from 2024-02-05 on that is Monday, 2024-02-12."""


def test_on_the_raw_scale_a_recorded_split_explains_the_jump():
    bars = days("ACME", "2024-02-05", SPLIT_OFF)
    assert checked(bars, split("2024-02-12", 4.0)).rejects.height == 0


def test_on_the_split_scale_rows_before_the_split_are_repaired():
    bars = days("ACME", "2024-02-05", SPLIT_OFF, scale="split")
    result = checked(bars, split("2024-02-12", 4.0))
    assert [(reason, repaired) for _, reason, repaired in found(result)] == [("split_like_jump", True)] * 5
    assert result.clean["close"].to_list() == [25, 25.25, 25.5, 25.25, 25, 25.2, 25, 25.5, 25.2]
    assert result.clean["volume"].to_list() == [4000] * 5 + [1000] * 4
    assert result.rejects["detail"][0] == (
        "The close 100.0 is 4 times too high, the split of 4:1 recorded for 2024-02-12 is not in it; "
        "25.0 is kept in its place."
    )


def test_a_split_recorded_a_session_late_is_still_found():
    bars = days("ACME", "2024-02-05", SPLIT_OFF, scale="split")
    assert checked(bars, split("2024-02-13", 4.0)).clean["close"][4] == 25


def test_a_raw_row_adjusted_too_early_is_repaired():
    result = checked(days("ACME", "2024-02-05", [100, 101, 25.3, 101, 100]), split("2024-06-10", 4.0))
    assert found(result) == [("2024-02-07", "split_like_jump", True)]
    assert result.clean["close"].to_list() == [100, 101, pytest.approx(101.2), 101, 100]


def test_the_ex_date_itself_may_be_on_the_old_scale():
    bars = days("ACME", "2024-02-05", [25, 25.2, 25, 100, 25.2, 25.5], scale="split")
    result = checked(bars, split("2024-02-08", 4.0))
    assert found(result) == [("2024-02-08", "split_like_jump", True)]
    assert result.clean["close"].to_list() == [25, 25.2, 25, 25, 25.2, 25.5]


def test_a_raw_split_recorded_a_day_late_leaves_one_day_in_doubt():
    result = checked(days("ACME", "2024-02-05", SPLIT_OFF), split("2024-02-13", 4.0))
    assert found(result) == [("2024-02-12", "split_like_jump", False)]


def test_a_month_may_halve_the_price_without_a_split():
    bars = bars_of(
        """
        ACME 2008-08-01 20.0 20.5 19.0 20.0 1000
        ACME 2008-09-01 20.0 20.5 19.0 20.0 1000
        ACME 2008-10-01 20.0 20.0 9.0 10.0 1500
        ACME 2008-11-01 10.0 10.5 9.5 10.2 1200""",
        interval="1mo",
    )
    assert checked(bars).rejects.height == 0


def test_a_recorded_split_that_raw_prices_do_not_show_is_questioned_at_its_date():
    result = checked(days("ACME", "2024-02-05", [100, 101, 102, 101, 100, 101]), split("2024-02-08", 4.0))
    assert found(result) == [("2024-02-08", "split_like_jump", False)]
    assert result.rejects["detail"].item() == (
        "The split of 4:1 recorded for 2024-02-08 does not show in the prices: they may be adjusted already "
        "(import with --scale split), or the split is wrong."
    )


def test_where_raw_prices_are_promised_an_unrecorded_split_is_inferred():
    result = checked(days("ACME", "2024-02-05", SPLIT_OFF), promises_raw=True)
    assert result.rejects.height == 0
    assert result.inferred.to_dicts() == [
        {
            "symbol": "ACME",
            "ex_date": date(2024, 2, 12),
            "kind": "split",
            "ratio": 4.0,
            "amount": None,
            "currency": None,
            "source": "inferred",
        }
    ]


def test_where_raw_prices_are_not_promised_the_first_day_of_the_new_level_is_set_aside():
    result = checked(days("ACME", "2024-02-05", SPLIT_OFF))
    assert found(result) == [("2024-02-12", "split_like_jump", False)]
    assert result.rejects["detail"].item() == (
        "The price moves from 100 to 25.2 like a split of 4:1, and none is recorded: "
        "import or fetch the symbol's splits, then import this again."
    )


def test_a_jump_at_the_seam_with_stored_bars_is_seen_once():
    before = days("ACME", "2024-02-05", SPLIT_OFF[:5])
    first = checked(days("ACME", "2024-02-12", SPLIT_OFF[5:6]), before=before)
    assert found(first) == [("2024-02-12", "split_like_jump", False)]
    later = checked(days("ACME", "2024-02-13", SPLIT_OFF[6:]), before=before)
    assert later.rejects.height == 0
    assert later.notes == (
        "ACME moves from 100 to 25 by 2024-02-13 like a split of 4:1; kept, since sessions before are missing.",
    )


def test_a_halving_at_many_times_the_turnover_is_news():
    crash = days("ACME", "2024-02-05", [100, 101, 102, 101, 100, 50, 51, 50]).with_columns(
        volume=pl.when(pl.col("close") <= 51).then(20_000.0).otherwise(1000.0)
    )
    for promises_raw in (True, False):
        result = checked(crash, promises_raw=promises_raw)
        assert (result.rejects.height, result.inferred.height) == (0, 0)


@pytest.mark.parametrize("calm", [True, False])
def test_a_fall_by_half_at_seven_times_the_units_is_news_though_the_money_is_half_of_that(calm: bool):
    volumes = [1000.0] * 5 + [2000.0 if calm else 7000.0] + [2000.0] * 4  # a split of 2:1 doubles the units
    bars = days("ACME", "2024-02-05", [100, 101, 102, 101, 100, 50, 51, 50, 51, 50])
    result = checked(bars.with_columns(volume=pl.Series(volumes)), promises_raw=True)
    assert result.rejects.height == 0
    assert result.inferred["ratio"].to_list() == ([2.0] if calm else [])


@pytest.mark.parametrize(("units", "ratios"), [(2000.0, []), (1500.0, []), (500.0, [0.5])])
def test_a_doubling_is_a_consolidation_only_where_half_the_units_are_traded(units: float, ratios: list[float]):
    bars = days("ACME", "2024-02-05", [10, 10.1, 10.2, 10.1, 10, 20.2, 20, 20.3, 20.2])
    result = checked(bars.with_columns(volume=pl.Series([1000.0] * 5 + [units] * 4)), promises_raw=True)
    assert result.inferred["ratio"].to_list() == ratios


def test_a_doubted_dividend_is_told_beside_its_reject():
    result = checked(days("ACME", "2024-02-05", [20, 20, 19.9, 20]), dividend("2024-02-07", 10.0))
    assert result.doubted.select("ex_date", "kind", "amount").rows() == [(date(2024, 2, 7), "dividend", 10.0)]


MEMORIAL_DAY = ["2024-05-22", "2024-05-23", "2024-05-24", "2024-05-28", "2024-05-29", "2024-05-30", "2024-05-31"]
"""Monday, 2024-05-27, is a holiday."""


def on_dates(dates: list[str], closes: list[float]) -> pl.DataFrame:
    return bars_of("\n".join(f"ACME {day} {c} {c} {c} {c} 1000" for day, c in zip(dates, closes, strict=True)))


@pytest.mark.parametrize("exchanges", [NEW_YORK, {}])
def test_a_jump_over_a_holiday_is_set_aside_though_the_exchange_is_not_known(exchanges: dict[str, str]):
    bars = on_dates(MEMORIAL_DAY, [1150.0, 1155.0, 1159.5, 69.0, 69.5, 70.0, 69.0])
    result = checked(bars, exchanges=exchanges)
    assert found(result) == [("2024-05-28", "split_like_jump", False)]
    assert result.clean["close"].to_list() == [1150.0, 1155.0, 1159.5, 69.5, 70.0, 69.0]


def test_a_jump_that_no_market_makes_stays_across_missing_sessions_only_where_it_lasts():
    dates = ["2024-05-08", "2024-05-09", "2024-05-10", *MEMORIAL_DAY]
    stays = checked(on_dates(dates, [1150.0, 1155.0, 1159.5, *[69.0] * 7]))
    assert stays.rejects.height == 0
    assert stays.notes == (
        "ACME moves from 1159.5 to 69 by 2024-05-22 like a split of 17:1; kept, since sessions before are missing.",
    )
    alone = checked(on_dates(dates[:5], [1150.0, 1155.0, 1159.5, 69.0, 69.5]))
    assert found(alone) == [("2024-05-22", "split_like_jump", False), ("2024-05-23", "split_like_jump", False)]


def test_the_ticks_of_a_penny_stock_are_no_splits():
    assert checked(days("ACME", "2024-02-05", [3, 1, 2, 2, 1, 2, 1, 3, 1])).rejects.height == 0


def test_a_doubling_taken_back_the_next_day_never_was():
    result = checked(days("ACME", "2024-02-05", [100, 101, 102, 204, 103, 102]))
    assert found(result) == [("2024-02-08", "split_like_jump", False)]


def test_a_special_dividend_explains_the_fall():
    result = checked(days("ACME", "2024-02-05", [100, 101, 100, 50, 51, 50]), dividend("2024-02-08", 50.0))
    assert result.rejects.height == 0


def test_a_bar_that_mixes_both_sides_of_a_split_is_set_aside():
    bars = bars_of(
        """
        ACME 2024-02-09T20:59 100 100 100 100 500
        ACME 2024-02-12T14:30 100 100 24.9 25.0 500
        ACME 2024-02-12T14:31 25.0 25.1 25.0 25.1 2000""",
        interval="1m",
    )
    result = checked(bars, split("2024-02-12", 4.0))
    assert found(result) == [("2024-02-12", "scale_mix", False)]


CALM = "ACME 2024-02-05 100 101 99 100 5\nACME 2024-02-06 {}\nACME 2024-02-07 {}"


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (
            "100 102 12 101 5",
            "The low of 12.0 is far from all prices around it: 100.0 at the open, 101.0 at the close.",
        ),
        (
            "99 800 98 101 5",
            "The high of 800.0 is far from all prices around it: 99.0 at the open, 101.0 at the close.",
        ),
    ],
)
def test_an_extreme_that_nobody_traded_at_is_set_aside(row: str, sentence: str):
    bars = bars_of(CALM.format(row, "100 103 98 102 5"))
    result = checked(bars)
    assert found(result) == [("2024-02-06", "far_extreme", False)]
    assert result.rejects["detail"].to_list() == [sentence]
    assert closes(result) == [("2024-02-05", 100.0), ("2024-02-07", 102.0)]
    newest = checked(bars.slice(1, 1), before=bars.head(1))
    assert found(newest) == [("2024-02-06", "far_extreme", False)]


@pytest.mark.parametrize(
    ("row", "after"),
    [
        ("100 102 35 101 5", "100 103 98 102 5"),  # a flash crash
        ("100 101 12 15 5", "15 16 12 14 5"),  # a crash that lasts
        ("100 100 12 100 5", "90 95 14 80 5"),  # the next day trades there too
        ("20 21 3 20 5", "20 22 19 21 5"),  # the open is far from the close before: another cause is looked for
    ],
)
def test_a_crash_is_no_impossible_extreme(row: str, after: str):
    result = checked(bars_of(CALM.format(row, after)))
    assert "far_extreme" not in result.rejects["reason"].to_list()


def test_a_penny_stock_may_trade_that_far_apart_within_a_day():
    penny = "ACME 2024-02-05 .05 .06 .04 .05 5\nACME 2024-02-06 .05 .05 .004 .05 5\nACME 2024-02-07 .05 .05 .04 .05 5"
    assert checked(bars_of(penny)).rejects.height == 0


ADJUSTED = """
    ACME 2024-02-05 20.0 20.0 20.0 20.0 5
    ACME 2024-02-06 20.0 20.0 20.0 20.0 5
    ACME 2024-02-07 19.0 19.0 19.0 19.0 5"""


def adjusted(*values: float) -> pl.DataFrame:
    return bars_of(ADJUSTED).select("symbol", "ts", adj_close=pl.Series(values, dtype=pl.Float64))


@pytest.mark.parametrize("scale", ["raw", "split"])
def test_an_adjusted_close_that_leaves_a_dividend_out_is_reported_and_the_row_is_kept(scale: str):
    bars = bars_of(ADJUSTED, scale=scale)
    result = checked(bars, dividend("2024-02-07", 1.0), adj_close=adjusted(20, 20, 19))
    assert found(result) == [("2024-02-05", "adjusted_close", True), ("2024-02-06", "adjusted_close", True)]
    assert result.clean.drop("source").equals(bars.drop("source"))
    assert result.clean["source"].to_list() == ["test+repair", "test+repair", "test"]
    assert result.rejects["detail"][0] == (
        "The vendor's adjusted close 20.0 does not reflect the dividend of 1.0 on 2024-02-07; the row is kept, "
        "since the adjustment is computed from the dividends."
    )


def test_an_adjusted_close_that_reflects_its_dividend_is_fine():
    result = checked(bars_of(ADJUSTED), dividend("2024-02-07", 1.0), adj_close=adjusted(19, 19, 19))
    assert result.rejects.height == 0


def test_an_adjusted_close_of_a_split_and_a_dividend_on_one_day_is_fine():
    bars = days("ACME", "2024-02-05", [100, 100, 49])  # 2:1, and 1.00 on each new unit
    stated = bars.select("symbol", "ts", adj_close=pl.Series([49.0, 49.0, 49.0]))
    actions = (split("2024-02-07", 2.0), dividend("2024-02-07", 1.0))
    assert checked(bars, *actions, adj_close=stated).rejects.height == 0


def test_a_dividend_in_another_unit_is_doubted():
    bars = days("ACME", "2024-02-05", [20, 20, 19.9, 20])
    unseen = checked(bars, dividend("2024-02-07", 10.0)).rejects
    assert unseen.select("symbol", "interval", "reason", "repaired").rows() == [("ACME", None, "dividend_100", False)]
    assert unseen["detail"].item() == (
        "The dividend of 10.0 on 2024-02-07 is 50.0 % of the price before, which does not fall by it; "
        "it may be in another unit, such as pence for pounds."
    )
    stated = bars.select("symbol", "ts", adj_close=pl.Series([19.8, 19.8, 19.9, 20.0]))
    assert checked(bars, dividend("2024-02-07", 20.0), adj_close=stated).rejects["reason"].to_list() == ["dividend_100"]


def test_a_dividend_that_comes_twice_within_days_is_doubted_once():
    bars = days("ACME", "2024-02-05", [20, 20, 19.9, 20])
    result = checked(bars, dividend("2024-02-06", 0.1), dividend("2024-02-07", 0.1))
    assert found(result) == [("2024-02-07", "dividend_duplicate", False)]


def test_dividends_before_the_batch_are_left_alone():
    bars = days("ACME", "2024-02-05", [20, 20, 19.9, 20])
    assert checked(bars, dividend("2023-02-06", 0.1), dividend("2023-02-07", 0.1)).rejects.height == 0


def test_one_action_from_two_sources_counts_once():
    bars = days("ACME", "2024-02-05", SPLIT_OFF)
    again = split("2024-02-12", 4.0) | {"source": "other"}
    assert checked(bars, split("2024-02-12", 4.0), again).rejects.height == 0


def test_many_symbols_are_judged_apart():
    other = days("OTHER", "2024-02-05", [5, 5.1, 5, 5.2])
    result = checked(pl.concat([other, days("ACME", "2024-02-05", SPLIT_OFF)]), exchanges=NEW_YORK | {"OTHER": "XNAS"})
    assert result.rejects.select("symbol", "reason").rows() == [("ACME", "split_like_jump")]
    assert result.clean["symbol"].to_list() == ["ACME"] * 8 + ["OTHER"] * 4


def test_an_empty_batch_is_fine():
    result = checked(frame_of(BARS))
    assert (result.clean.schema, result.clean.height, result.rejects.height) == (pl.Schema(BARS), 0, 0)


def test_bars_of_two_intervals_are_refused():
    mixed = pl.concat([bars_of("ACME 2024-02-05 1 1 1 1 1"), bars_of("ACME 2024-02-05 1 1 1 1 1", interval="1w")])
    with pytest.raises(InvalidInput, match="differ in their interval") as error:
        checked(mixed)
    assert error.value.field == "interval"
