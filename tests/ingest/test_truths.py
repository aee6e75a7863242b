"""What is known to be true of real price files holds after their import."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from market import SHARED, needs_shared
from openbell.desk import Desk, open_desk
from openbell.ingest.importing import Imported, import_file
from openbell.model.frames import Scale
from openbell.model.interval import DAY, MINUTE, Interval
from openbell.providers.files import Reading, find
from openbell.settings import Settings

pytestmark = needs_shared

Import = Callable[..., Imported]

NEEDS_AN_ANSWER = {
    "skender_default.csv": Reading(symbol="SKND"),
    "skfolio_20stocks_adjclose_1990_2022.csv.gz": Reading(scale="total"),
    "sp500_index_1950_2018.csv.gz": Reading(symbol="SPX"),
    "SP500_NOV2019_IDay.csv": Reading(symbol="SPX"),
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An empty desk at a time after all of the files."""
    desk = open_desk(Settings(home=tmp_path / "home", offline=True), lambda: datetime(2026, 11, 20, 22, tzinfo=UTC))
    yield desk
    desk.close()


@pytest.fixture
def imported(desk: Desk) -> Import:
    def run(path: str, **reading: object) -> Imported:
        return import_file(SHARED / path, desk.lake, Reading(**reading), now=desk.clock())

    return run


def daily(desk: Desk, symbol: str, day: str, adjust: Scale = "raw") -> dict[str, float]:
    start = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return desk.history.bars(symbol, DAY, start, start + timedelta(days=1), adjust=adjust).bars.row(0, named=True)


def minutes(desk: Desk, symbol: str, day: str, interval: str = "1m", **how: object) -> pl.DataFrame:
    start = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return desk.history.bars(
        symbol, Interval.parse(interval), start, start + timedelta(days=1, hours=6), adjust="raw", **how
    ).bars


def aapl_from_lean(imported: Import) -> Imported:
    return imported("ohlcv_daily/lean_aapl_daily.zip")


def test_apples_four_splits_come_with_its_file(desk: Desk, imported: Import):
    done = aapl_from_lean(imported)
    assert (done.stored.rows, done.stored.rejects) == (5846, 3)  # three lows are impossible
    splits = desk.lake.actions(["AAPL"]).filter(pl.col("kind") == "split")
    assert splits.select("ex_date", "ratio").rows() == [
        (date(2000, 6, 21), 2.0),
        (date(2005, 2, 28), 2.0),
        (date(2014, 6, 9), 7.0),
        (date(2020, 8, 31), 4.0),
    ]
    assert daily(desk, "AAPL", "2014-06-06")["close"] == 645.57
    assert daily(desk, "AAPL", "2014-06-09")["open"] == 92.69
    assert daily(desk, "AAPL", "2020-08-28")["close"] == 499.23
    assert daily(desk, "AAPL", "2020-08-31")["open"] == 127.67


def test_adjusted_on_read_is_what_leans_factors_say(desk: Desk, imported: Import):
    aapl_from_lean(imported)
    assert daily(desk, "AAPL", "2014-06-06", "total")["close"] == pytest.approx(20.7777, abs=2e-4)
    assert daily(desk, "AAPL", "2020-08-28", "total")["close"] == pytest.approx(124.4066, abs=2e-4)
    assert daily(desk, "AAPL", "2014-06-06", "split")["close"] == pytest.approx(645.57 / 28)
    assert daily(desk, "AAPL", "2014-06-06", "split")["volume"] == pytest.approx(
        daily(desk, "AAPL", "2014-06-06")["volume"] * 28
    )


def test_a_daily_file_alone_still_shows_its_splits(desk: Desk, tmp_path: Path):
    alone = tmp_path / "lean_aapl_daily.zip"
    alone.write_bytes((SHARED / "ohlcv_daily/lean_aapl_daily.zip").read_bytes())
    done = import_file(alone, desk.lake, Reading(), now=desk.clock())
    assert (done.stored.rows, done.stored.rejects) == (5846, 3)
    splits = desk.lake.actions(["AAPL"])
    assert splits["ratio"].to_list() == [2.0, 2.0, 7.0, 4.0]
    assert splits["source"].unique().to_list() == ["inferred"]


def test_spys_minutes_add_up_to_its_day(desk: Desk, imported: Import):
    imported("ohlcv_intraday/lean_min_spy_20131011_trade.zip")
    day = daily(desk, "SPY", "2013-10-11")
    assert (day["open"], day["high"], day["low"], day["close"], day["volume"]) == (
        168.90,
        170.32,
        168.77,
        170.30,
        88751455,
    )
    assert minutes(desk, "SPY", "2013-10-11").height == 390


def test_apples_minutes_add_up_and_its_corrupt_bar_is_set_aside(desk: Desk, imported: Import):
    for day in ("05", "06", "09"):
        imported(f"ohlcv_intraday/lean_min_aapl_201406{day}_trade.zip")
    day = daily(desk, "AAPL", "2014-06-09")
    assert (day["open"], day["high"], day["low"], day["close"], day["volume"]) == (92.69, 93.88, 91.75, 93.70, 72875948)
    corrupt = desk.lake.rejects().filter(pl.col("ts") == datetime(2014, 6, 9, 8, 0, tzinfo=UTC))
    assert corrupt["reason"].to_list() == ["scale_mix"]
    assert minutes(desk, "AAPL", "2014-06-09", hours="extended")["ts"].min() == datetime(2014, 6, 9, 8, 1, tzinfo=UTC)


def test_ibms_ticks_make_the_vendors_minutes(desk: Desk, imported: Import):
    imported("ohlcv_intraday/lean_min_ibm_20131011_trade.zip")
    start = datetime(2013, 10, 11, tzinfo=UTC)
    vendor = desk.lake.bars(["IBM"], MINUTE, start, start + timedelta(days=1))
    imported("ticks/lean_tick_ibm_20131011_trade.zip")
    ours = desk.lake.bars(["IBM"], MINUTE, start, start + timedelta(days=1))
    both = vendor.join(ours, on="ts", suffix="_ours")
    assert both.filter(pl.col("volume") == pl.col("volume_ours")).height >= 418
    last = ours.filter(pl.col("ts") == datetime(2013, 10, 11, 19, 59, tzinfo=UTC)).row(0, named=True)
    assert last["volume"] >= 181_242


def test_thanksgiving_week_of_2020_in_alpha_vantages_minutes(desk: Desk, imported: Import):
    imported("ohlcv_intraday/av_MSFT_1min_ext_202012.csv.gz")
    assert minutes(desk, "MSFT", "2020-11-26").is_empty()
    half = minutes(desk, "MSFT", "2020-11-27").row(-1, named=True)
    assert half["ts"] == datetime(2020, 11, 27, 17, 59, tzinfo=UTC)  # the vendor stamps its end, 13:00 New York
    extended = minutes(desk, "MSFT", "2020-11-27", hours="extended")
    cross = extended.filter(pl.col("volume") == 1_480_168)
    assert cross["close"].to_list() == [215.23]


def test_half_days_and_dst_in_the_quarter_hours(desk: Desk, imported: Import):
    imported("ohlcv_intraday/duka_m15_AAPL_20200801_20201231.csv.gz")
    half = minutes(desk, "AAPL", "2020-11-27", "15m")
    assert (half.height, half["ts"].item(-1)) == (14, datetime(2020, 11, 27, 17, 45, tzinfo=UTC))
    assert minutes(desk, "AAPL", "2020-10-30", "15m")["ts"].item(0) == datetime(2020, 10, 30, 13, 30, tzinfo=UTC)
    assert minutes(desk, "AAPL", "2020-11-02", "15m")["ts"].item(0) == datetime(2020, 11, 2, 14, 30, tzinfo=UTC)
    split_day = minutes(desk, "AAPL", "2020-08-31", "15m")
    assert (split_day.height, split_day["open"].item(0)) == (23, 127.527)


def test_the_half_day_of_july_2025_in_yahoos_five_minutes(desk: Desk, imported: Import):
    imported("ohlcv_intraday/yahoo5m_AAPL_2025.csv.gz")
    half = minutes(desk, "AAPL", "2025-07-03", "5m")
    assert half.filter(pl.col("volume") > 0)["ts"].item(-1) == datetime(2025, 7, 3, 16, 55, tzinfo=UTC)
    assert half.height == 42
    assert minutes(desk, "AAPL", "2025-07-02", "5m").height == 78
    assert minutes(desk, "AAPL", "2025-07-04", "5m").is_empty()


def test_facebooks_prices_belong_to_meta(desk: Desk, imported: Import):
    assert imported("ohlcv_daily/fang_FB.csv").stored.rows == 1008
    assert desk.history.instrument("FB", date(2016, 1, 4)).id == "META"
    assert daily(desk, "META", "2016-12-30")["close"] == 115.050003


def test_microsofts_special_dividend_is_proved_by_the_adjusted_close(desk: Desk, imported: Import):
    imported("ohlcv_daily/wiki_MSFT_daily.csv.gz")
    actions = desk.lake.actions(["MSFT"])
    split = actions.filter(pl.col("kind") == "split")
    assert split.select("ex_date", "ratio").rows() == [(date(2003, 2, 18), 2.0)]
    special = actions.filter(pl.col("ex_date") == date(2004, 11, 15))["amount"].item()
    assert special == pytest.approx(3.08, abs=0.02)  # 3.00 and the quarter's 0.08, ex on the same day


def test_quandls_columns_give_the_actions_of_2014(desk: Desk, imported: Import):
    imported("ohlcv_daily/quandl2014_AAPL.csv")
    actions = desk.lake.actions(["AAPL"])
    assert actions.filter(pl.col("kind") == "split").select("ex_date", "ratio").rows() == [(date(2014, 6, 9), 7.0)]
    assert actions.filter(pl.col("kind") == "dividend")["amount"].to_list() == [3.05, 3.29, 0.47, 0.47]
    assert daily(desk, "AAPL", "2014-06-06")["close"] == 645.57


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(p, id=p.name)
        for folder in ("ohlcv_daily", "ohlcv_intraday", "ticks")
        for p in find([SHARED / folder])
    ]
    if SHARED.is_dir()
    else [],
)
def test_every_file_imports_and_loses_no_row(desk: Desk, path: Path):
    done = import_file(path, desk.lake, NEEDS_AN_ANSWER.get(path.name, Reading()), now=desk.clock())
    assert done.stored.rows + done.stored.actions + done.quotes + done.instruments > 0
    again = import_file(
        path, desk.lake, NEEDS_AN_ANSWER.get(path.name, Reading()), now=desk.clock() + timedelta(days=1)
    )
    assert again.stored.rows == 0
    assert again.stored.known == done.stored.rows
    assert (again.stored.rejects, again.stored.actions, again.quotes, again.instruments) == (0, 0, 0, 0)


def test_the_corrupt_bar_and_three_impossible_lows_and_nothing_else_are_set_aside(desk: Desk):
    for folder in ("ohlcv_daily", "ohlcv_intraday", "ticks"):
        for path in find([SHARED / folder]):
            import_file(path, desk.lake, NEEDS_AN_ANSWER.get(path.name, Reading()), now=desk.clock())
    with pl.Config(tbl_rows=50, fmt_str_lengths=200):
        rejects = desk.lake.rejects().select("symbol", "ts", "reason", "detail", "origin")
        assert sorted(rejects["reason"]) == ["far_extreme"] * 3 + ["scale_mix"], rejects
