from __future__ import annotations

import runpy
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from market import SHARED, needs_shared
from openbell.model.errors import InvalidInput
from openbell.model.frames import UTC as STAMP
from openbell.model.sessions import EXCHANGES, MarketState, _calendar, holiday, market_state, reach, sessions


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def session(
    trade_date: str, pre: str, opens: str, close: str, post: str, *, half_day: bool = False
) -> dict[str, object]:
    stamps = {"pre": pre, "open": opens, "close": close, "post": post}
    return {
        "trade_date": date.fromisoformat(trade_date),
        **{name: instant(stamp) for name, stamp in stamps.items()},
        "half_day": half_day,
    }


def sessions_of(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(
        rows,
        schema={
            "trade_date": pl.Date,
            "pre": STAMP,
            "open": STAMP,
            "close": STAMP,
            "post": STAMP,
            "half_day": pl.Boolean,
        },
    )


def test_thanksgiving_week_has_a_holiday_and_a_half_day_whose_evening_ends_at_five():
    assert_frame_equal(
        sessions("XNYS", date(2026, 11, 25), date(2026, 11, 29)),
        sessions_of(
            session("2026-11-25", "2026-11-25T09:00", "2026-11-25T14:30", "2026-11-25T21:00", "2026-11-26T01:00"),
            session(
                "2026-11-27",
                "2026-11-27T09:00",
                "2026-11-27T14:30",
                "2026-11-27T18:00",
                "2026-11-27T22:00",
                half_day=True,
            ),
        ),
    )


def test_the_clocks_of_new_york_and_london_change_on_different_sundays():
    new_york = sessions("XNYS", date(2026, 3, 6), date(2026, 3, 9))["open"].to_list()
    london = sessions("XLON", date(2026, 3, 27), date(2026, 3, 30))["open"].to_list()
    assert new_york == [instant("2026-03-06T14:30"), instant("2026-03-09T13:30")]
    assert london == [instant("2026-03-27T08:00"), instant("2026-03-30T07:00")]


def test_a_market_that_never_closes_has_a_session_every_day_from_midnight_to_midnight():
    assert_frame_equal(
        sessions("24/7", date(2026, 11, 28), date(2026, 11, 29)),
        sessions_of(
            session("2026-11-28", "2026-11-28T00:00", "2026-11-28T00:00", "2026-11-29T00:00", "2026-11-29T00:00"),
            session("2026-11-29", "2026-11-29T00:00", "2026-11-29T00:00", "2026-11-30T00:00", "2026-11-30T00:00"),
        ),
    )


def test_the_week_of_currencies_runs_from_sunday_to_friday_at_five_in_new_york():
    opens = ["2026-03-05T22:00", "2026-03-08T21:00", "2026-03-09T21:00"]  # the clocks change on Sunday the 8th
    closes = ["2026-03-06T22:00", "2026-03-09T21:00", "2026-03-10T21:00"]
    days = ["2026-03-06", "2026-03-09", "2026-03-10"]
    assert_frame_equal(
        sessions("24/5", date(2026, 3, 6), date(2026, 3, 10)),
        sessions_of(*(session(day, a, a, z, z) for day, a, z in zip(days, opens, closes, strict=True))),
    )
    assert market_state("24/5", instant("2026-03-08T22:30")).session_date == date(2026, 3, 9)


def test_a_weekend_and_a_range_turned_round_have_no_sessions():
    assert sessions("XNYS", date(2026, 11, 28), date(2026, 11, 29)).is_empty()
    assert sessions("XNYS", date(2026, 11, 30), date(2026, 11, 2)).is_empty()


@pytest.mark.parametrize("exchange", EXCHANGES)
def test_every_exchange_has_sessions_in_order_that_do_not_overlap(exchange: str):
    found = sessions(exchange, date(2020, 1, 1), date(2027, 12, 31))
    assert found.height > 1900
    assert (
        found.select(
            (pl.col("pre") <= pl.col("open"))
            & (pl.col("open") < pl.col("close"))
            & (pl.col("close") <= pl.col("post"))
            & (pl.col("post") <= pl.col("pre").shift(-1).fill_null(pl.col("post")))
        )
        .to_series()
        .all()
    )


@needs_shared
def test_every_open_and_close_of_new_york_since_1990_is_that_of_the_record():
    record = pl.read_csv(SHARED / "calendar" / "xnys_sessions.csv.gz", try_parse_dates=True)
    expected = record.select(
        trade_date=pl.col(record.columns[0]).dt.date(),
        open=pl.col("open").cast(STAMP),
        close=pl.col("close").cast(STAMP),
    )
    found = sessions("XNYS", expected["trade_date"].item(0), expected["trade_date"].item(-1))
    assert_frame_equal(found.select("trade_date", "open", "close"), expected)


@needs_shared
def test_the_weekdays_without_a_session_in_new_york_are_the_recorded_holidays_and_each_has_a_name():
    record = pl.read_csv(SHARED / "calendar" / "nyse_all_full_day_holidays_since_1928.csv", has_header=False)
    first, last = reach("XNYS")[0], date(2021, 7, 5)
    recorded = [day for day in record.to_series().str.to_date("%m/%d/%Y") if first <= day <= last]
    weekdays = pl.date_range(first, last, eager=True).to_frame("day").filter(pl.col("day").dt.weekday() < 6)["day"]
    traded = set(sessions("XNYS", first, last)["trade_date"])
    assert [day for day in weekdays if day not in traded] == recorded
    assert [day for day in recorded if holiday("XNYS", day) is None] == []


@pytest.mark.parametrize(
    ("exchange", "day", "name"),
    [
        ("XNYS", "2026-11-26", "Thanksgiving"),
        ("XNAS", "2026-07-03", "July 4th"),
        ("XNYS", "2025-01-09", "Closed for the day"),  # mourning for President Carter
        ("XLON", "2026-08-31", "Summer Bank Holiday"),
        ("XTKS", "2026-07-20", "Marine Day"),
        ("XNYS", "2026-11-27", None),
        ("XNYS", "2026-11-28", None),
        ("24/7", "2026-12-25", None),
    ],
)
def test_holidays_bear_their_names(exchange: str, day: str, name: str | None):
    assert holiday(exchange, date.fromisoformat(day)) == name


def test_on_thanksgiving_the_market_is_closed_until_the_half_day_after():
    assert market_state("XNYS", instant("2026-11-26T15:00")) == MarketState(
        exchange="XNYS",
        name="New York Stock Exchange",
        state="closed",
        since=instant("2026-11-26T01:00"),
        next_change=instant("2026-11-27T09:00"),
        next_state="pre",
        session_date=date(2026, 11, 27),
        open=instant("2026-11-27T14:30"),
        close=instant("2026-11-27T18:00"),
        half_day=True,
        holiday="Thanksgiving",
    )


@pytest.mark.parametrize(
    ("exchange", "now", "state", "next_state", "change"),
    [
        ("XNYS", "2026-11-27T09:00", "pre", "open", "2026-11-27T14:30"),
        ("XNYS", "2026-11-27T14:30", "open", "post", "2026-11-27T18:00"),
        ("XNYS", "2026-11-27T18:00", "post", "closed", "2026-11-27T22:00"),
        ("XNYS", "2026-11-27T22:00", "closed", "pre", "2026-11-30T09:00"),
        ("XLON", "2026-11-27T16:30", "closed", "open", "2026-11-30T08:00"),
        ("XTKS", "2026-11-27T02:45", "closed", "open", "2026-11-27T03:30"),  # lunch in Tokyo
        ("XHKG", "2026-12-24T04:00", "closed", "open", "2026-12-28T01:30"),  # a half day ends where lunch would begin
        ("24/5", "2026-11-25T12:00", "open", "closed", "2026-11-27T22:00"),
        ("24/5", "2026-11-27T22:00", "closed", "open", "2026-11-29T22:00"),  # the weekend, in New York's winter
        ("24/5", "2026-07-05T20:59", "closed", "open", "2026-07-05T21:00"),
    ],
)
def test_a_state_begins_at_its_first_instant(exchange: str, now: str, state: str, next_state: str, change: str):
    found = market_state(exchange, instant(now))
    assert (found.state, found.next_state, found.next_change) == (state, next_state, instant(change))


def test_an_instant_is_the_same_in_any_zone():
    now = instant("2026-11-27T14:30")
    assert market_state("XNYS", now.astimezone(ZoneInfo("Asia/Tokyo"))) == market_state("XNYS", now)


def test_a_market_that_never_closes_has_no_next_change():
    found = market_state("24/7", instant("2026-11-28T12:00"))
    assert (found.state, found.since, found.next_change, found.next_state) == ("open", None, None, None)
    assert found.session_date == date(2026, 11, 28)


def test_an_unknown_exchange_is_refused_with_those_that_exist():
    with pytest.raises(InvalidInput, match=r"no exchange 'XXXX'.*XNYS"):
        sessions("XXXX", date(2026, 1, 1), date(2026, 1, 2))


def test_an_instant_beyond_the_calendar_is_refused_with_its_reach():
    assert reach("XTKS")[0] == date(1997, 1, 6)
    with pytest.raises(InvalidInput, match="XTKS knows 1997-01-06 to"):
        market_state("XTKS", instant("1990-05-01T03:00"))


def test_a_frame_of_sessions_belongs_to_its_reader():
    first, last = date(2026, 11, 2), date(2026, 11, 6)
    mine = sessions("XNYS", first, last)
    mine[0, "half_day"] = True
    mine.drop_in_place("post")
    assert_frame_equal(
        sessions("XNYS", first, first),
        sessions_of(
            session("2026-11-02", "2026-11-02T09:00", "2026-11-02T14:30", "2026-11-02T21:00", "2026-11-03T01:00")
        ),
    )


def test_readers_who_ask_first_and_at_once_get_the_same_answer():
    now = instant("2026-11-27T14:30")
    expected = [market_state(exchange, now) for exchange in EXCHANGES]
    _calendar.cache_clear()
    with ThreadPoolExecutor(8) as readers:
        found = [readers.submit(market_state, exchange, now) for _ in range(8) for exchange in EXCHANGES]
    assert [answer.result() for answer in found] == expected * 8


def test_sessions_are_read_without_pandas_and_exchange_calendars():
    program = """
import sys
from datetime import UTC, date, datetime
from openbell.model.sessions import EXCHANGES, holiday, market_state, sessions
for exchange in EXCHANGES:
    sessions(exchange, date(2026, 1, 1), date(2026, 12, 31))
    holiday(exchange, date(2026, 12, 25))
    market_state(exchange, datetime(2026, 11, 27, 14, 30, tzinfo=UTC))
print({"pandas", "exchange_calendars", "pyarrow"} & set(sys.modules))
"""
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed == "set()\n"


@pytest.fixture(scope="module")
def tool() -> dict[str, Any]:
    """What `tools/calendars.py` defines."""
    return runpy.run_path(str(Path(__file__).parents[2] / "tools" / "calendars.py"))


def test_the_shipped_table_is_what_the_tool_writes_from_the_installed_exchange_calendars(
    tool: dict[str, Any], tmp_path: Path
):
    written = tmp_path / "calendars.parquet"
    tool["main"](written)
    shipped, found = pl.read_parquet(tool["SHIPPED"]), pl.read_parquet(written)
    assert shipped.equals(found), (
        f"Run tools/calendars.py; new facts:\n{found.join(shipped, on=found.columns, how='anti', nulls_equal=True)}"
    )


def test_the_same_facts_are_written_as_the_same_bytes(tool: dict[str, Any], tmp_path: Path):
    tables = pl.read_parquet(tool["SHIPPED"]).partition_by("calendar", maintain_order=True)
    written = [tmp_path / "first.parquet", tmp_path / "second.parquet"]
    for path in written:
        tool["write"](tables, path)
    assert written[0].read_bytes() == written[1].read_bytes()
    assert written[0].stat().st_size < 100_000


# exchange_calendars lets currencies change their date at midnight UTC; here it is 17:00 in New York.
@pytest.mark.parametrize("calendar", sorted({exchange.calendar for exchange in EXCHANGES.values()} - {"24/5"}))
def test_every_session_over_the_whole_reach_is_that_of_exchange_calendars(calendar: str, tool: dict[str, Any]):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # exchange_calendars calls what newer pandas deprecates
        source = tool["calendar_of"](calendar)
        schedule = source.schedule
        columns = {column: schedule[column].dt.tz_convert(None).to_numpy() for column in ("open", "close")}
        columns |= {"trade_date": schedule.index.to_numpy(), "half_day": schedule.index.isin(source.early_closes)}
    expected = pl.DataFrame(columns).select(
        pl.col("trade_date").cast(pl.Date), pl.col("open", "close").dt.replace_time_zone("UTC").cast(STAMP), "half_day"
    )
    found = sessions(calendar, date.min, date.max)
    assert_frame_equal(found.select(expected.columns), expected)
    assert reach(calendar) == (expected["trade_date"].item(0), expected["trade_date"].item(-1))
