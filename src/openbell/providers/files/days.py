"""The trade date of a row: of daily bars that vendors stamp with an instant, and of the splits beside intraday bars."""

from __future__ import annotations

from datetime import time

import polars as pl

from openbell.model.errors import Undecided
from openbell.model.frames import UTC
from openbell.model.sessions import EXCHANGES
from openbell.model.symbols import exchange_of
from openbell.providers.files.hours import NEW_YORK
from openbell.providers.files.stamps import Stamps, all_midnight
from openbell.providers.files.table import Table

BELLS = (time(9, 30), time(16))
MORNING, EVENING = time(4), time(20)
"""A naive time between them is of the day that it names, in any zone that a vendor writes."""


def dates_of(
    table: Table, stamps: Stamps, symbols: pl.Series, *, tz: str | None, written_in: str | None
) -> tuple[pl.Series, tuple[str, ...]]:
    """The trade dates of daily and longer bars, as naive midnights, and what they were told by.

    An instant is dated in `tz`, else as its own offset says, else in the zone that the symbols' suffix names, else in
    New York where it is always the opening or the closing bell there. A naive stamp is dated as it stands, unless it is
    a midnight of that zone told in UTC (`written_in`: the zone that the vendor writes). Raises Undecided where the
    date depends on a zone that nothing tells.
    """
    if stamps.kind == "date":
        return stamps.values, ()
    zone = tz or _zone_of(symbols)
    if stamps.kind == "instant" or written_in == "UTC":
        return _of_instants(table, stamps, zone, asked=tz is not None)
    if zone is not None and all_midnight(moved := _moved(stamps.values, zone)):
        return moved, (f"each stamp is a midnight of {zone} in UTC: dates",)
    known = stamps.values.drop_nulls()
    if tz is None and not ((known.dt.time() >= MORNING) & (known.dt.time() <= EVENING)).all():
        raise _undecided(table, known)
    return stamps.values.dt.truncate("1d"), ("times of day left out: dates as they stand",)


def local_dates(rows: pl.DataFrame, stamps: Stamps) -> pl.Series:
    """The date of each intraday row (symbol, ts in UTC, in the order of `stamps`) where its exchange is.

    As the stamps' own offset has it, or as they stand; instants in UTC are dated by the symbol's suffix.
    """
    if stamps.kind != "instant" or stamps.local is not None:
        return (stamps.values if stamps.local is None else stamps.local).dt.date()
    zones = {symbol: _zone(symbol) for symbol in rows["symbol"].drop_nulls().unique()}
    found = rows.select(day=pl.col("ts").dt.date())["day"]
    for zone in sorted({zone for zone in zones.values() if zone is not None}):
        there = rows["symbol"].is_in([symbol for symbol, own in zones.items() if own == zone])
        found = rows["ts"].dt.convert_time_zone(zone).dt.date().zip_with(there, found)
    return found


def _of_instants(table: Table, stamps: Stamps, zone: str | None, *, asked: bool) -> tuple[pl.Series, tuple[str, ...]]:
    if stamps.local is not None and not asked:
        return stamps.local.dt.truncate("1d"), ("dates are those of the stamps' own offset",)
    if zone is None and _at_one_bell(_moved(stamps.values, NEW_YORK)):
        zone = NEW_YORK
    if zone is None:
        raise _undecided(table, stamps.values.drop_nulls())
    return _moved(stamps.values, zone).dt.truncate("1d"), (f"instants dated in {zone}",)


def _at_one_bell(local: pl.Series) -> bool:
    times = local.drop_nulls().dt.time().unique()
    return times.len() == 1 and times[0] in BELLS


def _moved(utc: pl.Series, zone: str) -> pl.Series:
    return utc.dt.replace_time_zone("UTC").cast(UTC).dt.convert_time_zone(zone).dt.replace_time_zone(None)


def _zone_of(symbols: pl.Series) -> str | None:
    zones = {_zone(symbol) for symbol in symbols.drop_nulls().unique()}
    return zones.pop() if len(zones) == 1 else None


def _zone(symbol: str) -> str | None:
    exchange = exchange_of(symbol)
    return None if exchange is None else EXCHANGES[exchange].zone


def _undecided(table: Table, known: pl.Series) -> Undecided:
    return Undecided(
        table.path,
        f"the daily stamps carry times such as {known[0]}, which lie on two dates in different time zones.",
        option="--tz",
        remedy="Say in which zone the date counts with --tz, such as --tz Europe/London.",
    )
