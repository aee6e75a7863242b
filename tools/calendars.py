"""Writes the table of sessions and holidays that `openbell.model.sessions` reads, from `exchange_calendars`.

Run `.venv/bin/python tools/calendars.py` after an upgrade of `exchange_calendars`, or of the list of exchanges. The
same versions of it and of pyarrow give the same bytes.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import exchange_calendars
import polars as pl
import pyarrow.parquet as pq

from openbell.model.sessions import AROUND_THE_CLOCK, EXCHANGES, FIRST, LAST

SHIPPED = Path(__file__).parents[1] / "src" / "openbell" / "model" / "calendars.parquet"

MISNAMED = {"President's Day": "Washington's Birthday"}
"""Names of `exchange_calendars` that no exchange uses, and the exchange's own (NYSE rule 7.2)."""

CLOCKS = ("open", "close", "break_start", "break_end")


def main(target: Path) -> None:
    """Write the table of every exchange's calendar to `target`."""
    zones = {venue.calendar: venue.zone for venue in EXCHANGES.values() if venue.calendar not in AROUND_THE_CLOCK}
    tables = [table_of(name, zone) for name, zone in sorted(zones.items())]
    write(tables, target)
    rows = sum(table.height for table in tables)
    print(f"{target}: {len(tables)} calendars, {rows} sessions and holidays, {target.stat().st_size} bytes")


def table_of(name: str, zone: str) -> pl.DataFrame:
    """The sessions of a calendar (wall times in `zone`, half days) and its holidays (a name, no times), by day."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # exchange_calendars calls what newer pandas deprecates
        source = calendar_of(name)
        sessions = sessions_of(source, zone)
        holidays = holidays_of(source, set(sessions["day"]))
    closed = pl.DataFrame({"day": list(holidays), "holiday": list(holidays.values())})
    return (
        pl.concat([sessions, closed], how="diagonal")
        .sort("day")
        .select(pl.lit(name).alias("calendar"), "day", *CLOCKS, "half_day", "holiday")
    )


def calendar_of(name: str) -> Any:  # exchange_calendars is untyped
    """The calendar over its own reach, within FIRST and LAST."""
    kind = type(exchange_calendars.get_calendar(name, start="2020-01-01", end="2020-12-31"))  # a class is not offered
    earliest, latest = kind.bound_min(), kind.bound_max()
    start = FIRST if earliest is None else max(FIRST, earliest.date())
    end = LAST if latest is None else min(LAST, latest.date())
    return exchange_calendars.get_calendar(name, start=start.isoformat(), end=end.isoformat())


def sessions_of(source: Any, zone: str) -> pl.DataFrame:
    """day, CLOCKS as wall times, half_day; raises ValueError for a session that is not within its own day."""
    schedule = source.schedule
    instants = {column: pl.Series(schedule[column].dt.tz_convert(None).to_numpy()) for column in CLOCKS}
    frame = pl.DataFrame({"day": pl.Series(schedule.index.to_numpy()).cast(pl.Date), **instants}).with_columns(
        pl.col(CLOCKS).dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    )
    if frame.filter(pl.any_horizontal(pl.col(CLOCKS).dt.date() != pl.col("day"))).height:
        raise ValueError(f"{source.name}: a session opens or closes on another day; a wall time cannot tell which.")
    half_days = pl.Series(source.early_closes.to_numpy()).cast(pl.Date)
    return frame.with_columns(pl.col(CLOCKS).dt.time(), half_day=pl.col("day").is_in(half_days.implode()))


def holidays_of(source: Any, trade_dates: set[date]) -> Mapping[date, str]:
    """Weekdays without a session, by name; those that no rule explains (storms, mourning) are `Closed for the day`."""
    adhoc = pl.Series([str(stamp)[:10] for stamp in source.adhoc_holidays], dtype=pl.String).str.to_date()
    named: dict[date, str] = dict.fromkeys(adhoc, "Closed for the day")
    if source.regular_holidays is not None:
        rules = source.regular_holidays.holidays(source.first_session, source.last_session, return_name=True)
        named |= {stamp.date(): name_of(rule) for stamp, rule in rules.items()}
    return {day: name for day, name in named.items() if day.weekday() < 5 and day not in trade_dates}


def name_of(rule: str) -> str:
    """The holiday's name without the years in which the rule holds, as the exchange calls it."""
    name = re.sub(r"\s*\(.*\)$", "", rule)
    return MISNAMED.get(name, name)


def write(tables: list[pl.DataFrame], target: Path) -> None:
    """Write a row group for each calendar, so that one is read without the others."""
    schema = tables[0].to_arrow().schema
    repeating = [column for column in schema.names if column != "day"]  # a few values each; days grow by 1 or 3
    with pq.ParquetWriter(
        target,
        schema,
        compression="zstd",
        compression_level=19,
        use_dictionary=repeating,
        column_encoding={"day": "DELTA_BINARY_PACKED"},
    ) as writer:
        for table in tables:
            writer.write_table(table.to_arrow(), row_group_size=table.height)


if __name__ == "__main__":
    main(SHIPPED)
