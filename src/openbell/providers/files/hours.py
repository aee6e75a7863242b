"""The time zone and the stamp side of naive intraday stamps, proved by New York trading hours; else a question.

A reading (zone x start | end) is ruled out by any bar that begins outside 04:00-20:00 New York of a session (17:00 on
half days). What is left must also touch the day's edges: 09:30 and the close where the file has regular hours only,
04:00 or 20:00 where it has more. Exactly one such reading is a proof.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from openbell.model.errors import InvalidInput, Undecided
from openbell.model.frames import UTC
from openbell.model.interval import Interval
from openbell.model.sessions import sessions
from openbell.providers.files.table import Table

Side = Literal["start", "end"]
NEW_YORK = "America/New_York"
CANDIDATES = ("UTC", NEW_YORK)
SIDES: tuple[Side, ...] = ("start", "end")
SAMPLE_ROWS = 20_000
OFTEN = 0.6  # of the days must touch both edges: illiquid names miss a first or a last bar


@dataclass(frozen=True, slots=True)
class Clock:
    """How to turn a naive stamp into the start of its bar in UTC."""

    zone: str
    side: Side
    notes: tuple[str, ...] = ()

    def start(self, stamps: pl.Series, interval: Interval) -> pl.Series:
        """The bars' starts in UTC; null where the zone skips that hour; of an hour that comes twice, the first."""
        instants = stamps.dt.replace_time_zone(self.zone, ambiguous="earliest", non_existent="null")
        begun = instants.dt.convert_time_zone("UTC").cast(UTC)
        return begun - interval.length if self.side == "end" else begun


def clock_of(
    table: Table,
    stamps: pl.Series,
    interval: Interval,
    *,
    zone: str | None,
    side: Side | None,
    assume: Side | None = None,
) -> Clock:
    """The one clock that fits the naive `stamps`; `zone` and `side` where known. Raises Undecided, InvalidInput.

    `assume`: the side to take where the zone is known and nothing proves the other.
    """
    if zone is not None:
        _check_zone(zone)
        if side is not None:
            return Clock(zone, side)
    if zone is not None and assume is not None:
        proved = _side_by_regular_hours(stamps, zone, interval)
        how = "by New York's regular hours" if proved else "as most vendors do; pass --stamp end if they are the end"
        return Clock(zone, proved or assume, (f"stamps taken as the {proved or assume} of the bar, {how}",))
    ticks = stamps.drop_nulls().unique().sort()
    fits = {
        clock: fit
        for clock in (Clock(z, s) for z in ([zone] if zone else CANDIDATES) for s in ([side] if side else SIDES))
        if (fit := _days_that_fit(clock.start(ticks, interval), interval))
    }
    if len(fits) == 1:
        clock, (fitting, days) = next(iter(fits.items()))
        why = (
            f"stamps are {clock.zone} time at the {clock.side} of the bar ({fitting} of {days} days fit New York hours)"
        )
        return Clock(clock.zone, clock.side, (why,))
    raise _undecided(table, ticks, zone=zone, side=side, left=list(fits))


def _side_by_regular_hours(stamps: pl.Series, zone: str, interval: Interval) -> Side | None:
    """`end` where most days run from 09:30 + a bar to 16:00, `start` where from 09:30 to 16:00 - a bar; else None.

    Quick, and without a calendar: for stamps whose zone is known.
    """
    local = stamps.head(SAMPLE_ROWS).dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    clock = local.dt.convert_time_zone(NEW_YORK).alias("at").to_frame()
    first, last = pl.col("first"), pl.col("last")
    opening, length = pl.duration(hours=9, minutes=30), interval.length
    closing = pl.duration(hours=16)
    days = (
        clock.group_by(day=pl.col("at").dt.truncate("1d"))
        .agg(first=pl.min("at"), last=pl.max("at"))
        .select(first - pl.col("day"), last - pl.col("day"))
        .select(
            end=((first == opening + length) & (last == closing)).mean(),
            start=((first == opening) & (last == closing - length)).mean(),
        )
    )
    return next((side for side in SIDES if (days[side][0] or 0.0) >= OFTEN), None)


def next_session(after: date) -> date:
    """The first New York Stock Exchange session after `after`."""
    later = new_york_sessions(after, after + timedelta(days=14)).filter(pl.col("day") > after)
    return later["day"][0] if later.height else after + timedelta(days=1)


def new_york_sessions(first: date, last: date) -> pl.DataFrame:
    """NYSE sessions as day, pre (04:00), open, close and post (20:00; 17:00 on half days), in UTC."""
    return sessions("XNYS", first, last).rename({"trade_date": "day"})


def _days_that_fit(starts: pl.Series, interval: Interval) -> tuple[int, int] | None:
    """How many of the days touch the edges of the session, and of how many; None where the reading is ruled out."""
    if starts.is_empty() or starts.null_count():
        return None  # a stamp in the hour that the zone skips rules the zone out
    begun = starts.alias("start").to_frame()
    days = begun.with_columns(day=pl.col("start").dt.convert_time_zone(NEW_YORK).dt.date())
    venue = new_york_sessions(*days.select(a=pl.min("day"), z=pl.max("day")).row(0))
    placed = days.join(venue, on="day", how="left")
    inside = (pl.col("start") >= pl.col("pre")) & (pl.col("start") < pl.col("post"))
    if not placed.select(inside.fill_null(value=False).all()).item():
        return None
    ends = placed.group_by("day", maintain_order=True).agg(
        pl.first("open", "close", "pre", "post"), first=pl.min("start"), last=pl.max("start") + interval.length
    )
    # some vendors give the closing print a bar of its own, which begins at the close
    regular = ends.select(
        ((pl.col("first") >= pl.col("open")) & (pl.col("last") - interval.length <= pl.col("close"))).all()
    ).item()
    return _regular(ends) if regular else _extended(ends)


def _regular(ends: pl.DataFrame) -> tuple[int, int] | None:
    touching = ends.filter((pl.col("first") == pl.col("open")) & (pl.col("last") >= pl.col("close"))).height
    return (touching, ends.height) if touching and touching >= OFTEN * ends.height else None


def _extended(ends: pl.DataFrame) -> tuple[int, int] | None:
    """Some day begins at 04:00 or ends at 20:00 sharp, and whole days span the regular hours."""
    touching = ends.filter((pl.col("first") == pl.col("pre")) | (pl.col("last") == pl.col("post"))).height
    whole = ends.slice(1, max(0, ends.height - 2))  # the first and the last day may be cut
    spanning = whole.filter((pl.col("first") <= pl.col("open")) & (pl.col("last") >= pl.col("close"))).height
    return (touching, ends.height) if touching and spanning >= OFTEN * whole.height else None


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput(
            "tz", f"There is no time zone {zone!r}.", remedy="Use a name such as America/New_York."
        ) from error


def _undecided(
    table: Table, ticks: pl.Series, *, zone: str | None, side: Side | None, left: Iterable[Clock]
) -> Undecided:
    first, last = (_spoken(value) for value in (ticks.min(), ticks.max()))
    span = f"stamps from {first} to {last} carry no time zone"
    readings = " or ".join(f"{clock.zone} at the {clock.side} of the bar" for clock in left)
    if zone is None and (side is not None or len({clock.zone for clock in left}) != 1):
        why = f"{span}, and " + (f"may be {readings}." if readings else "fit no New York trading hours.")
        return Undecided(table.path, why, option="--tz", remedy="Say which with --tz, such as --tz America/New_York.")
    return Undecided(
        table.path,
        f"{span.replace('carry no time zone', 'do not say')} whether they are the start or the end of a bar.",
        option="--stamp",
        remedy="Say which with --stamp start or --stamp end.",
    )


def _spoken(value: object) -> str:
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else "nowhere"
