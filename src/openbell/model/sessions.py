"""When each exchange trades: sessions, half days, holidays by name, and the state of a market at an instant.

The facts are in `calendars.parquet` beside this module, a row for each session (its local opening hours) and for each
holiday (its name); `tools/calendars.py` writes it. Markets that trade around the clock need no table, and have no
holidays: currencies are quoted on Christmas, however thinly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from numpy.typing import NDArray

from openbell.model import frames
from openbell.model.errors import InvalidInput

State = Literal["open", "pre", "post", "closed"]


LONGEST_PAUSE = timedelta(days=15)
"""No exchange is closed for longer."""


class Exchange(NamedTuple):
    """An exchange: the calendar it keeps, its time zone, its name."""

    calendar: str
    zone: str
    title: str


EXCHANGES: Mapping[str, Exchange] = MappingProxyType(
    {
        "XNYS": Exchange("XNYS", "America/New_York", "New York Stock Exchange"),
        "XNAS": Exchange("XNYS", "America/New_York", "Nasdaq"),
        "ARCX": Exchange("XNYS", "America/New_York", "NYSE Arca"),
        "XASE": Exchange("XNYS", "America/New_York", "NYSE American"),
        "BATS": Exchange("XNYS", "America/New_York", "Cboe BZX"),
        "XTSE": Exchange("XTSE", "America/Toronto", "Toronto Stock Exchange"),
        "XLON": Exchange("XLON", "Europe/London", "London Stock Exchange"),
        "XPAR": Exchange("XPAR", "Europe/Paris", "Euronext Paris"),
        "XAMS": Exchange("XAMS", "Europe/Amsterdam", "Euronext Amsterdam"),
        "XMIL": Exchange("XMIL", "Europe/Rome", "Borsa Italiana"),
        "XETR": Exchange("XETR", "Europe/Berlin", "Xetra"),
        "XFRA": Exchange("XFRA", "Europe/Berlin", "Frankfurt Stock Exchange"),
        "XSWX": Exchange("XSWX", "Europe/Zurich", "SIX Swiss Exchange"),
        "XTKS": Exchange("XTKS", "Asia/Tokyo", "Tokyo Stock Exchange"),
        "XHKG": Exchange("XHKG", "Asia/Hong_Kong", "Hong Kong Stock Exchange"),
        "XASX": Exchange("XASX", "Australia/Sydney", "Australian Securities Exchange"),
        "24/5": Exchange("24/5", "America/New_York", "Currencies, around the clock, Monday to Friday"),
        "24/7": Exchange("24/7", "UTC", "Around the clock, every day"),
    }
)

AROUND_THE_CLOCK: Mapping[str, tuple[int, time]] = MappingProxyType({"24/5": (5, time(17)), "24/7": (7, time(0))})
"""By calendar: the days a week, from Monday on, that are sessions, and the local time at which one follows another.

Currencies change their trade date at 17:00 in New York: the week begins on Sunday at 17:00 with Monday's session and
ends on Friday at 17:00, 22:00 UTC in winter and 21:00 in summer. A session that changes at 0:00 is its own day.
"""

FIRST, LAST = date(1970, 1, 1), date(2049, 12, 31)
"""The dates of the calendars; some know fewer (`reach`). The holiday rules themselves begin in 1970."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

EXTENDED: Mapping[str, tuple[time, time, time]] = MappingProxyType({"XNYS": (time(4), time(20), time(17))})
"""By calendar: the local times when extended hours begin and end, and end on a half day (NYSE Arca, Nasdaq: 17:00)."""


@dataclass(frozen=True, slots=True)
class MarketState:
    """What a market is doing at an instant; the session is the one under way, else the next one. Instants are UTC."""

    exchange: str
    name: str
    state: State
    since: datetime | None
    """When the state began; None where it has never been another."""
    next_change: datetime | None
    """None where none is known."""
    next_state: State | None
    session_date: date
    open: datetime
    close: datetime
    half_day: bool
    holiday: str | None
    """The name of the local date's holiday, where it is a weekday without a session."""


@dataclass(frozen=True, slots=True, eq=False)
class _Calendar:
    """A calendar's sessions, the changes of its state (at, state), its holidays' names, and what is searched.

    `days` are the trade dates in days, `ends` the sessions' `post` and `turns` the changes' `at` in microseconds, all
    since 1970 UTC: a search takes a microsecond in an array, a hundred in a Polars column.
    """

    sessions: pl.DataFrame
    changes: pl.DataFrame
    holidays: Mapping[date, str]
    days: NDArray[np.int32]
    ends: NDArray[np.int64]
    turns: NDArray[np.int64]


def sessions(exchange: str, first: date, last: date) -> pl.DataFrame:
    """The sessions of `exchange` with first <= trade_date <= last, oldest first; dates beyond `reach` have none.

    trade_date: Date; pre, open, close, post: UTC instants (pre and post: the ends of the extended hours, equal to
    open and close where there are none); half_day: Boolean. Raises InvalidInput for an unknown exchange.
    """
    calendar = _calendar_of(_exchange(exchange))
    start = int(calendar.days.searchsorted(first.toordinal() - EPOCH.toordinal(), "left"))
    stop = int(calendar.days.searchsorted(last.toordinal() - EPOCH.toordinal(), "right"))
    return calendar.sessions.slice(start, max(0, stop - start))


def reach(exchange: str) -> tuple[date, date]:
    """The first and the last session that the calendar of `exchange` knows."""
    dates = _calendar_of(_exchange(exchange)).sessions["trade_date"]
    return dates.item(0), dates.item(-1)


def holiday(exchange: str, day: date) -> str | None:
    """The name of the holiday for which `exchange` is closed on `day`; None at weekends and on sessions."""
    return _calendar_of(_exchange(exchange)).holidays.get(day)


def market_state(exchange: str, now: datetime) -> MarketState:
    """The state of `exchange` at the aware instant `now`; a lunch break is `closed`."""
    venue = _exchange(exchange)
    calendar = _calendar_of(venue)
    instant = (now - EPOCH) // timedelta(microseconds=1)
    row = int(calendar.ends.searchsorted(instant, "right"))  # the first session that ends after now
    change = int(calendar.turns.searchsorted(instant, "right"))
    if row == calendar.sessions.height or change == 0:
        begin, end = reach(exchange)
        raise InvalidInput("now", f"The calendar of {exchange} knows {begin} to {end}, not {now}.")
    session = calendar.sessions.row(row, named=True)
    since, state = calendar.changes.row(change - 1)
    following, next_state = calendar.changes.row(change)
    upcoming = change < calendar.changes.height - 1  # the last change is the end of the calendar, not the market's
    return MarketState(
        exchange=exchange,
        name=venue.title,
        state=state,
        since=since if change > 1 else None,
        next_change=following if upcoming else None,
        next_state=next_state if upcoming else None,
        session_date=session["trade_date"],
        open=session["open"],
        close=session["close"],
        half_day=session["half_day"],
        holiday=calendar.holidays.get(now.astimezone(ZoneInfo(venue.zone)).date()),
    )


def _exchange(code: str) -> Exchange:
    if code not in EXCHANGES:
        raise InvalidInput("exchange", f"There is no exchange {code!r}.", remedy=f"Use one of {', '.join(EXCHANGES)}.")
    return EXCHANGES[code]


def _calendar_of(venue: Exchange) -> _Calendar:
    return _calendar(venue.calendar, venue.zone)


@cache  # threads that meet here before the first answer each read the same facts, in milliseconds
def _calendar(name: str, zone: str) -> _Calendar:
    if name in AROUND_THE_CLOCK:
        schedule, holidays = _around_the_clock(*AROUND_THE_CLOCK[name], zone), {}
    else:
        table = _table(name)
        schedule = _schedule(table.filter(pl.col("holiday").is_null()), zone, EXTENDED.get(name))
        holidays = dict(table.filter(pl.col("holiday").is_not_null()).select("day", "holiday").iter_rows())
    found, changes = schedule.drop("break_start", "break_end"), _changes(schedule)
    return _Calendar(
        sessions=found,
        changes=changes,
        holidays=holidays,
        days=found["trade_date"].to_physical().to_numpy(),
        ends=found["post"].to_physical().to_numpy(),
        turns=changes["at"].to_physical().to_numpy(),
    )


def _around_the_clock(days_a_week: int, turn: time, zone: str) -> pl.DataFrame:
    """A session for each trade date: from the day before at `turn` until `turn`; the whole day where that is 0:00."""
    last = 0 if turn > time(0) else 1
    begin, end = (_local(pl.lit(turn), zone, days=days) for days in (last - 1, last))
    return (
        pl.date_range(FIRST, LAST, eager=True)
        .to_frame("day")
        .filter(pl.col("day").dt.weekday() <= days_a_week)
        .select(
            pl.col("day").alias("trade_date"), pre=begin, open=begin, close=end, post=end, half_day=pl.lit(value=False)
        )
        .with_columns(pl.lit(None, frames.UTC).alias(column) for column in ("break_start", "break_end"))
    )


def _table(name: str) -> pl.DataFrame:
    stored = files("openbell.model").joinpath("calendars.parquet").read_bytes()
    return pl.scan_parquet(stored).filter(pl.col("calendar") == name).collect()


def _schedule(table: pl.DataFrame, zone: str, extended: tuple[time, time, time] | None) -> pl.DataFrame:
    pre, post = pl.col("open"), pl.col("close")
    if extended is not None:
        begin, end, half = (pl.lit(clock) for clock in extended)
        pre, post = begin, pl.when("half_day").then(half).otherwise(end)
    clocks = {"pre": pre, "open": pl.col("open"), "close": pl.col("close"), "post": post}
    breaks = {column: pl.col(column) for column in ("break_start", "break_end")}
    return table.select(
        pl.col("day").alias("trade_date"),
        *(_local(clock, zone).alias(column) for column, clock in clocks.items()),
        "half_day",
        *(_local(clock, zone).alias(column) for column, clock in breaks.items()),
    )


def _local(clock: pl.Expr, zone: str, *, days: int = 0) -> pl.Expr:
    """The instant of the wall time `clock` in `zone`, `days` after the day."""
    day = pl.col("day").dt.offset_by(f"{days}d")
    return day.dt.combine(clock).dt.replace_time_zone(zone).dt.convert_time_zone("UTC").cast(frames.UTC)


def _changes(schedule: pl.DataFrame) -> pl.DataFrame:
    """The instants at which the state changes (at), and the state from each on."""
    steps: tuple[tuple[str, State], ...] = (  # of several at one instant the last counts
        ("close", "post"),
        ("post", "closed"),
        ("pre", "pre"),
        ("break_start", "closed"),
        ("break_end", "open"),
        ("open", "open"),
    )
    moments = pl.concat(schedule.select(at=column, state=pl.lit(state)) for column, state in steps).drop_nulls("at")
    return (
        moments.sort("at", maintain_order=True)
        .unique("at", keep="last", maintain_order=True)
        .filter(pl.col("state").ne_missing(pl.col("state").shift()))
        .rechunk()
    )
