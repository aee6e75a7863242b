"""When each exchange trades: sessions, half days, holidays by name, and the state of a market at an instant.

The facts come from `exchange_calendars`; its import takes seconds, so it waits until a calendar is first asked for.
"""

from __future__ import annotations

import re
import warnings
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from threading import Lock
from types import MappingProxyType
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

import polars as pl

from openbell.model.errors import InvalidInput
from openbell.model.frames import UTC

State = Literal["open", "pre", "post", "closed"]


class Exchange(NamedTuple):
    """An exchange: its calendar in `exchange_calendars`, its time zone, its name."""

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
        "24/5": Exchange("24/5", "UTC", "Around the clock, Monday to Friday"),
        "24/7": Exchange("24/7", "UTC", "Around the clock, every day"),
    }
)

FIRST, LAST = date(1970, 1, 1), date(2049, 12, 31)
"""The dates asked of a calendar; some know fewer (`reach`). The holiday rules themselves begin in 1970."""

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


@dataclass(frozen=True, slots=True)
class _Calendar:
    """A calendar's sessions, the instants at which its state changes, and its holidays' names."""

    sessions: pl.DataFrame
    instants: list[datetime]
    states: list[State]
    holidays: Mapping[date, str]


def sessions(exchange: str, first: date, last: date) -> pl.DataFrame:
    """The sessions of `exchange` with first <= trade_date <= last, oldest first; dates beyond `reach` have none.

    trade_date: Date; pre, open, close, post: UTC instants (pre and post: the ends of the extended hours, equal to
    open and close where there are none); half_day: Boolean. Raises InvalidInput for an unknown exchange.
    """
    every = _calendar(_exchange(exchange).calendar).sessions
    dates = every["trade_date"]
    start = int(dates.search_sorted(first, "left"))
    return every.slice(start, max(0, int(dates.search_sorted(last, "right")) - start))


def reach(exchange: str) -> tuple[date, date]:
    """The first and the last session that the calendar of `exchange` knows."""
    dates = _calendar(_exchange(exchange).calendar).sessions["trade_date"]
    return dates.item(0), dates.item(-1)


def holiday(exchange: str, day: date) -> str | None:
    """The name of the holiday for which `exchange` is closed on `day`; None at weekends and on sessions."""
    return _calendar(_exchange(exchange).calendar).holidays.get(day)


def market_state(exchange: str, now: datetime) -> MarketState:
    """The state of `exchange` at the aware instant `now`; a lunch break is `closed`."""
    venue = _exchange(exchange)
    calendar = _calendar(venue.calendar)
    row = int(calendar.sessions["post"].search_sorted(now.astimezone(ZoneInfo("UTC")), "right"))  # ends after now
    change = bisect_right(calendar.instants, now)
    if row == calendar.sessions.height or change == 0:
        begin, end = reach(exchange)
        raise InvalidInput("now", f"The calendar of {exchange} knows {begin} to {end}, not {now}.")
    session = calendar.sessions.row(row, named=True)
    upcoming = change < len(calendar.instants) - 1  # the last change is the end of the calendar, not the market's
    return MarketState(
        exchange=exchange,
        name=venue.title,
        state=calendar.states[change - 1],
        since=calendar.instants[change - 1] if change > 1 else None,
        next_change=calendar.instants[change] if upcoming else None,
        next_state=calendar.states[change] if upcoming else None,
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


_READING = Lock()


def _calendar(name: str) -> _Calendar:
    with _READING:  # warnings are silenced for the whole process: one reader at a time
        return _read(name)


@cache
def _read(name: str) -> _Calendar:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # exchange_calendars calls what newer pandas deprecates
        source = _source(name)
        schedule = _schedule(name, source)
        holidays = _holidays(source, set(schedule["trade_date"]))
    instants, states = _changes(schedule)
    return _Calendar(schedule.drop("break_start", "break_end"), instants, states, holidays)


def _source(name: str) -> Any:  # exchange_calendars is untyped
    import exchange_calendars as calendars  # noqa: PLC0415  # takes seconds

    kind = type(calendars.get_calendar(name, start="2020-01-01", end="2020-12-31"))  # its bounds ask for a calendar
    earliest, latest = kind.bound_min(), kind.bound_max()
    start = FIRST if earliest is None else max(FIRST, earliest.date())
    end = LAST if latest is None else min(LAST, latest.date())
    return calendars.get_calendar(name, start=start.isoformat(), end=end.isoformat())


def _schedule(name: str, source: Any) -> pl.DataFrame:
    columns = source.schedule
    frame = pl.DataFrame(
        {
            "trade_date": pl.Series(columns.index.to_numpy()).cast(pl.Date),
            **{
                column: pl.Series(columns[column].dt.tz_convert(None).to_numpy()).cast(pl.Datetime("us"))
                for column in ("open", "close", "break_start", "break_end")
            },
        }
    ).with_columns(pl.col("open", "close", "break_start", "break_end").dt.replace_time_zone("UTC").cast(UTC))
    half_days = pl.Series(source.early_closes.to_numpy()).cast(pl.Date)
    frame = frame.with_columns(half_day=pl.col("trade_date").is_in(half_days.implode()))
    pre, post = pl.col("open"), pl.col("close")
    if name in EXTENDED:
        begin, end, half = EXTENDED[name]
        zone = str(source.tz)
        pre = _local(pl.lit(begin), zone)
        post = _local(pl.when("half_day").then(pl.lit(half)).otherwise(pl.lit(end)), zone)
    return frame.select(
        "trade_date", pre.alias("pre"), "open", "close", post.alias("post"), "half_day", "break_start", "break_end"
    )


def _local(clock: pl.Expr, zone: str) -> pl.Expr:
    """The instant of the wall time `clock` in `zone` on the trade date."""
    return pl.col("trade_date").dt.combine(clock).dt.replace_time_zone(zone).dt.convert_time_zone("UTC").cast(UTC)


def _changes(schedule: pl.DataFrame) -> tuple[list[datetime], list[State]]:
    """The instants at which the state changes, and the state from each on."""
    steps: tuple[tuple[str, State], ...] = (  # of several at one instant the last counts
        ("close", "post"),
        ("post", "closed"),
        ("pre", "pre"),
        ("break_start", "closed"),
        ("break_end", "open"),
        ("open", "open"),
    )
    moments = pl.concat(schedule.select(at=column, state=pl.lit(state)) for column, state in steps).drop_nulls("at")
    changes = (
        moments.sort("at", maintain_order=True)
        .unique("at", keep="last", maintain_order=True)
        .filter(pl.col("state").ne_missing(pl.col("state").shift()))
    )
    return changes["at"].to_list(), changes["state"].to_list()


def _holidays(source: Any, trade_dates: set[date]) -> Mapping[date, str]:
    """Weekdays without a session, by name; those that no rule explains (storms, mourning) are `Closed for the day`."""
    start, end = source.first_session, source.last_session
    adhoc = pl.Series([str(stamp)[:10] for stamp in source.adhoc_holidays], dtype=pl.String).str.to_date()
    named: dict[date, str] = dict.fromkeys(adhoc, "Closed for the day")
    if source.regular_holidays is not None:
        rules = source.regular_holidays.holidays(start, end, return_name=True)
        named |= {stamp.date(): _plain(rule) for stamp, rule in rules.items()}
    return {day: name for day, name in named.items() if day.weekday() < 5 and day not in trade_dates}


def _plain(rule: str) -> str:
    """The holiday's name without the years in which the rule holds."""
    return re.sub(r"\s*\(.*\)$", "", rule)
