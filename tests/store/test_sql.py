"""What SQL sees of the lake: the desk's own view of bars and actions, and every version of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from openbell.model.frames import ACTIONS, BARS, frame_of
from openbell.model.interval import DAY
from openbell.store.lake import Lake
from openbell.store.sql import VIEWS, create_views, query

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
EX_DATE = date(2026, 3, 2)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def told(lake: Lake, close: float, source: str, known: int, symbol: str = "ACME") -> None:
    row = {"symbol": symbol, "interval": "1d", "ts": MONDAY, "close": close, "scale": "raw", "source": source}
    lake.append_bars(frame_of(BARS, [row]), MONDAY + timedelta(days=known))


def acted(lake: Lake, known: int, source: str, **values: float) -> None:
    row = {"symbol": "ACME", "ex_date": EX_DATE, "kind": "dividend", "source": source, **values}
    lake.append_actions(frame_of(ACTIONS, [row]), MONDAY + timedelta(days=known))


def test_bars_are_the_newest_known_of_any_source_as_the_desk_shows_them(lake: Lake):
    told(lake, 10.0, "yahoo", 1)
    told(lake, 11.0, "lean", 3)
    told(lake, 12.0, "yahoo", 2)
    told(lake, 99.0, "yahoo", 9, "BOLT")
    assert query(lake, "select close, source from bars where symbol = 'ACME'").rows() == [(11.0, "lean")]
    shown = lake.bars(["ACME"], DAY, MONDAY, MONDAY + timedelta(days=1))
    assert shown.select("close", "source").rows() == [(11.0, "lean")]
    every = query(lake, "select close from bar_versions where symbol = 'ACME' order by known_at")
    assert every["close"].to_list() == [10.0, 12.0, 11.0]


def test_of_what_two_sources_told_at_once_sql_shows_the_one_that_the_desk_shows(lake: Lake):
    for symbol, sources in {"ACME": ("lean", "yahoo"), "BOLT": ("yahoo", "lean")}.items():
        for close, source in enumerate(sources, start=10):
            told(lake, close, source, 1, symbol)
    shown = lake.bars(["ACME", "BOLT"], DAY, MONDAY, MONDAY + timedelta(days=1))
    wanted = [("ACME", 11.0, "yahoo"), ("BOLT", 10.0, "yahoo")]
    assert query(lake, "select symbol, close, source from bars order by symbol").rows() == wanted
    assert shown.select("symbol", "close", "source").rows() == wanted


def test_actions_are_those_that_were_not_withdrawn(lake: Lake):
    acted(lake, 1, "yahoo", amount=0.5)
    acted(lake, 2, "alphavantage", amount=0.6)
    wanted = ["amount", "source"]
    newest = query(lake, "select amount, source from actions")
    assert newest.rows() == lake.actions().select(wanted).rows() == [(0.6, "alphavantage")]
    acted(lake, 3, "alphavantage")
    assert query(lake, "select amount, source from actions").rows() == lake.actions().select(wanted).rows() == []
    assert query(lake, "select count(*) from action_versions").item() == 3


def test_a_filter_by_symbol_reaches_the_files(lake: Lake):
    told(lake, 10.0, "yahoo", 1)
    with duckdb.connect() as connection:
        create_views(lake, connection)
        plan = connection.execute("explain select * from bars where symbol = 'ACME'").fetchall()[0][1]
    assert "symbol='ACME'" in plan.partition("READ_PARQUET")[2].replace(" ", "")  # the last step of the plan


def test_an_empty_lake_has_the_same_tables(lake: Lake):
    empty = {view: query(lake, f"select * from {view}") for view in VIEWS}
    assert all(rows.is_empty() for rows in empty.values())
    assert empty["bars"].columns == empty["bar_versions"].columns
    assert empty["actions"].columns == empty["action_versions"].columns
