"""Vendor errors in real files, imported: each is set aside, what is provable is repaired, and the lake is right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from market import SHARED, needs_shared
from openbell.desk import Desk, open_desk
from openbell.ingest.importing import import_file
from openbell.model.interval import DAY
from openbell.providers.files import Reading
from openbell.settings import Settings

pytestmark = needs_shared

DIRTY = SHARED / "ohlcv_dirty"
ALWAYS = (datetime(1990, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
BAD_ROWS = {
    "4063-T-1d-bad-stock-split": 9,
    "8TRA-DE-1d-missing-div-adjust": 2,
    "AET-L-1d-100x-error": 14,
    "ALPHA-PA-1d-bad-stock-split": 1,
    "CNE-L-1d-bad-stock-split": 1,
    "DEX-AX-1d-bad-stock-split": 15,
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = open_desk(Settings(home=tmp_path / "home", offline=True), lambda: datetime(2026, 11, 20, tzinfo=UTC))
    yield desk
    desk.close()


@pytest.mark.parametrize("name", BAD_ROWS)
def test_every_wrong_row_is_set_aside_and_the_repaired_series_is_what_it_should_be(desk: Desk, name: str):
    done = import_file(DIRTY / f"{name}.csv", desk.lake, Reading(symbol="X"), now=desk.clock())
    rejects = desk.lake.rejects()
    assert rejects.height == done.stored.rejects == BAD_ROWS[name]
    assert rejects["repaired"].all()
    truth = pl.read_csv(DIRTY / f"{name}-fixed.csv", try_parse_dates=False, infer_schema_length=None).select(
        pl.col("Date").str.slice(0, 10).str.to_date().alias("day"),
        *(pl.col(column).cast(pl.Float64).name.to_lowercase() for column in ("Open", "High", "Low", "Close", "Volume")),
        pl.col("Adj Close").cast(pl.Float64).alias("adjusted"),
    )
    ours = desk.history.bars("X", DAY, *ALWAYS, adjust="split").bars.with_columns(pl.col("ts").dt.date().alias("day"))
    both = truth.join(ours, on="day", suffix="_ours", how="full").sort("day")
    assert both.height == truth.height == ours.height
    for price in ("open", "high", "low", "close"):
        assert both[f"{price}_ours"].to_list() == pytest.approx(both[price].to_list(), rel=2e-4), price
    assert both["volume_ours"].to_list() == pytest.approx(both["volume"].to_list(), abs=1.0, rel=1e-6)
    repaired = desk.lake.bars(["X"], DAY, *ALWAYS).filter(pl.col("source").str.ends_with("+repair"))
    assert repaired.height == BAD_ROWS[name]


def test_our_own_adjustment_has_the_dividend_that_the_vendors_lacks(desk: Desk):
    import_file(DIRTY / "8TRA-DE-1d-missing-div-adjust.csv", desk.lake, Reading(symbol="8TRA.DE"), now=desk.clock())
    total = desk.history.bars("8TRA.DE", DAY, *ALWAYS, adjust="total").bars["close"].to_list()
    assert total[:2] == pytest.approx([18.6291382416581, 18.0900009155273], rel=1e-9)
