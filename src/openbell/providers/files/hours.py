"""The time zone and the stamp side of naive intraday stamps, proved by the hours of their exchange; else a question.

The exchange is the one that the symbols' suffix names, New York's where they have none. A reading (zone x start | end)
is ruled out by any bar that begins outside the hours of a session: 04:00-20:00 in New York (17:00 on half days), from
the open to the closing auction elsewhere. What is left must also touch the day's edges: the open and the close where
the file has regular hours only, 04:00 or 20:00 where it has more. Exactly one such reading is a proof. Hong Kong opens
and closes at New York's clock times, but pauses from 12:00 to 13:00: bars that never cover half past twelve are not
New York's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

import polars as pl

from openbell.model.errors import Undecided
from openbell.model.frames import UTC
from openbell.model.interval import Interval
from openbell.model.sessions import AROUND_THE_CLOCK, EXCHANGES, sessions
from openbell.model.symbols import exchange_of
from openbell.providers.files.table import Table

Side = Literal["start", "end"]
NEW_YORK = "America/New_York"
XNYS = "XNYS"
AUCTION = timedelta(minutes=15)
"""How long after the close the closing auctions outside New York end at the latest: Hong Kong's by 16:10, Sydney's by
16:12."""
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


def venue_of(symbols: pl.Series) -> str | None:
    """The one exchange whose hours the symbols keep: a suffix's, New York's without; None for several or for none."""
    named = {exchange_of(symbol) or XNYS for symbol in symbols.drop_nulls().unique()}
    exchange = named.pop() if len(named) == 1 else None
    return None if exchange in AROUND_THE_CLOCK else exchange


def clock_of(
    table: Table,
    stamps: pl.Series,
    interval: Interval,
    *,
    exchange: str | None,
    zone: str | None,
    side: Side | None,
    assume: Side | None = None,
) -> Clock:
    """The one clock by which the naive `stamps` fit the hours of `exchange`; `zone` and `side` where known.

    `exchange`: None where no hours prove anything. `assume`: the side to take where the zone is known and nothing
    proves the other. Raises Undecided.
    """
    if zone is not None and side is not None:
        return Clock(zone, side)
    if zone is not None and assume is not None:
        proved = _side_by_regular_hours(stamps, zone, interval)
        how = "by New York's regular hours" if proved else "as most vendors do; pass --stamp end if they are the end"
        return Clock(zone, proved or assume, (f"stamps taken as the {proved or assume} of the bar, {how}",))
    ticks = stamps.drop_nulls().unique().sort()
    fits = _fitting(ticks, interval, exchange, zone, side) if exchange else {}
    if len(fits) == 1:
        clock, (fitting, days) = next(iter(fits.items()))
        hours = f"{fitting} of {days} days fit {_hours(exchange)}"
        return Clock(
            clock.zone, clock.side, (f"stamps are {clock.zone} time at the {clock.side} of the bar ({hours})",)
        )
    raise _undecided(table, ticks, exchange, zone=zone, side=side, left=list(fits))


def _fitting(
    ticks: pl.Series, interval: Interval, exchange: str, zone: str | None, side: Side | None
) -> dict[Clock, tuple[int, int]]:
    """The clocks that fit, and how many days of how many; of two that say the same, the exchange's own."""
    zones = [zone] if zone else dict.fromkeys((EXCHANGES[exchange].zone, "UTC", NEW_YORK))
    fits: dict[Clock, tuple[int, int]] = {}
    starts: list[pl.Series] = []
    for clock in (Clock(z, s) for z in zones for s in ([side] if side else SIDES)):
        begun = clock.start(ticks, interval)
        fit = _days_that_fit(begun, interval, exchange)
        if fit and not any(begun.equals(other) for other in starts):
            fits[clock] = fit
            starts.append(begun)
    return fits


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
    later = sessions(XNYS, after + timedelta(days=1), after + timedelta(days=14))
    return later["trade_date"][0] if later.height else after + timedelta(days=1)


def _days_that_fit(starts: pl.Series, interval: Interval, exchange: str) -> tuple[int, int] | None:
    """How many of the days touch the edges of the session, and of how many; None where the reading is ruled out."""
    if starts.is_empty() or starts.null_count():
        return None  # a stamp in the hour that the zone skips rules the zone out
    placed, late = _placed(starts, exchange), _late(exchange)
    if not _inside(placed):
        return None
    ends = placed.group_by("day", maintain_order=True).agg(
        pl.first("open", "close", "pre", "post"), first=pl.min("start"), last=pl.max("start") + interval.length
    )
    # some vendors give the closing print a bar of its own, which begins at the close
    closing = pl.col("last") - interval.length <= pl.col("close") + late
    if not ends.select(((pl.col("first") >= pl.col("open")) & closing).all()).item():
        return _extended(ends)
    return _regular(ends) if exchange != XNYS or _covers_noon(placed, interval) else None


def _placed(starts: pl.Series, exchange: str) -> pl.DataFrame:
    """Each start with the session of its date on the exchange; an auction after the close belongs to it."""
    begun = starts.alias("start").to_frame()
    days = begun.with_columns(day=pl.col("start").dt.convert_time_zone(EXCHANGES[exchange].zone).dt.date())
    venue = sessions(exchange, *days.select(a=pl.min("day"), z=pl.max("day")).row(0)).rename({"trade_date": "day"})
    return days.join(venue.with_columns(pl.col("post") + _late(exchange)), on="day", how="left")


def _late(exchange: str) -> timedelta:
    return timedelta(0) if exchange == XNYS else AUCTION


def _inside(placed: pl.DataFrame) -> bool:
    """Whether every bar begins in the hours of a session."""
    inside = (pl.col("start") >= pl.col("pre")) & (pl.col("start") < pl.col("post"))
    return bool(placed.select(inside.fill_null(value=False).all()).item())


def _covers_noon(placed: pl.DataFrame, interval: Interval) -> bool:
    """Whether on any day a bar covers 12:30 in New York."""
    noon = pl.col("day").dt.combine(time(12, 30)).dt.replace_time_zone(NEW_YORK).dt.convert_time_zone("UTC")
    since = noon - pl.col("start")
    return bool(placed.select(((since >= timedelta(0)) & (since < interval.length)).any()).item())


def _regular(ends: pl.DataFrame) -> tuple[int, int] | None:
    touching = ends.filter((pl.col("first") == pl.col("open")) & (pl.col("last") >= pl.col("close"))).height
    return (touching, ends.height) if touching and touching >= OFTEN * ends.height else None


def _extended(ends: pl.DataFrame) -> tuple[int, int] | None:
    """Some day begins at 04:00 or ends at 20:00 sharp, and whole days span the regular hours."""
    touching = ends.filter((pl.col("first") == pl.col("pre")) | (pl.col("last") == pl.col("post"))).height
    whole = ends.slice(1, max(0, ends.height - 2))  # the first and the last day may be cut
    spanning = whole.filter((pl.col("first") <= pl.col("open")) & (pl.col("last") >= pl.col("close"))).height
    return (touching, ends.height) if touching and spanning >= OFTEN * whole.height else None


def _undecided(
    table: Table, ticks: pl.Series, exchange: str | None, *, zone: str | None, side: Side | None, left: Iterable[Clock]
) -> Undecided:
    first, last = (_spoken(value) for value in (ticks.min(), ticks.max()))
    span = f"stamps from {first} to {last} carry no time zone"
    readings = " or ".join(f"{clock.zone} at the {clock.side} of the bar" for clock in left)
    if zone is None and (side is not None or len({clock.zone for clock in left}) != 1):
        why = f"{span}, and " + (f"may be {readings}." if readings else f"{_no_proof(ticks, exchange)}.")
        example = "--tz America/New_York"
        if side is None:
            return Undecided(
                table.path,
                why,
                option="--tz",
                remedy=f"Say which, and whether they mark a bar's start or end, such as {example} --stamp start.",
            )
        return Undecided(table.path, why, option="--tz", remedy=f"Say which with --tz, such as {example}.")
    return Undecided(
        table.path,
        f"{span.replace('carry no time zone', 'do not say')} whether they are the start or the end of a bar.",
        option="--stamp",
        remedy="Say which with --stamp start or --stamp end.",
    )


def _no_proof(ticks: pl.Series, exchange: str | None) -> str:
    """Why no reading is proved: none fits the exchange's hours, or too little of a day is there to tell."""
    if exchange is not None:
        here = ticks.dt.replace_time_zone(EXCHANGES[exchange].zone, ambiguous="earliest", non_existent="null")
        begun = here.dt.convert_time_zone("UTC").cast(UTC)
        if not begun.is_empty() and not begun.null_count() and _inside(_placed(begun, exchange)):
            return "are of too small a part of a session to tell it"
    return f"do not fit {_hours(exchange)}"


def _hours(exchange: str | None) -> str:
    if exchange is None:
        return "the hours of any one exchange"
    return "New York hours" if exchange == XNYS else f"the hours of {EXCHANGES[exchange].title}"


def _spoken(value: object) -> str:
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else "nowhere"
