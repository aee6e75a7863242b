"""Bars outside their exchange's sessions, and bars that have not ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from openbell.ingest.quality.findings import findings_of
from openbell.model import frames
from openbell.model.interval import DAY, Interval
from openbell.model.sessions import reach, sessions

AUCTION = timedelta(minutes=15)
"""How long after the close a bar may start: closing auctions print late (London at 16:35, Xetra 17:35)."""

CLOCK = "%Y-%m-%d %H:%M:%S UTC"


def by_exchange(bars: pl.DataFrame, exchanges: Mapping[str, str]) -> Iterator[tuple[str | None, pl.DataFrame]]:
    """The rows of `bars` exchange by exchange; None for those of symbols without one."""
    symbols = bars["symbol"].unique().to_list()
    homes = {symbol: exchanges.get(symbol) for symbol in symbols}
    for venue in sorted(set(homes.values()), key=str):
        there = [symbol for symbol in symbols if homes[symbol] == venue]
        yield venue, bars if len(there) == len(symbols) else bars.filter(pl.col("symbol").is_in(there))


def session_findings(venue: str, rows: pl.DataFrame, interval: Interval) -> Iterator[pl.DataFrame]:
    """Rows of `venue` that lie in none of its sessions; only intraday and daily bars can.

    Extended hours count as inside, and so does a bar that only touches a session. Where the calendar does not
    reach, nothing is said.
    """
    if rows.is_empty() or not (interval.intraday or interval == DAY):
        return
    schedule = _schedule(venue, rows)
    ts = rows["ts"].to_physical().to_numpy()
    known_from, known_to = reach(venue)
    known = (ts >= _micros(known_from)) & (ts < _micros(known_to + timedelta(days=1)))
    inside = _in_hours(ts, schedule, interval.length) if interval.intraday else _on_dates(ts, schedule)
    outside = known & ~inside
    if outside.any():
        when = pl.col("ts").dt.strftime(CLOCK if interval.intraday else "%Y-%m-%d")
        detail = pl.format(f"{venue} has no session at {{}}.", when)
        yield findings_of(rows.filter(pl.Series(outside)), "outside_session", detail)


def unreached(venue: str, rows: pl.DataFrame) -> str | None:
    """A note where the calendar of `venue` does not cover all of `rows`."""
    if covered(venue, rows["ts"].dt.date()):
        return None
    known_from, known_to = reach(venue)
    return f"The calendar of {venue} knows {known_from} to {known_to}: rows beyond were not checked against sessions."


def future_findings(venue: str | None, rows: pl.DataFrame, interval: Interval, now: datetime) -> Iterator[pl.DataFrame]:
    """Rows whose bar ends after `now`; a bar of a day or longer ends with the last session in it.

    Where the exchange is not known, a bar of days lasts at least until its last weekday begins in UTC: no market
    closes before that.
    """
    span = pl.col("ts").dt.offset_by(str(interval))
    recent = rows.filter(span > now)
    if recent.is_empty():
        return
    ends = recent.with_columns(end=span) if interval.intraday else _with_ends(venue, recent, span)
    late = ends.filter(pl.col("end") > now)
    if late.height:
        sentence = f"The bar ends at {{}}, after {now.astimezone(UTC):{CLOCK}}; fetch it again when it is over."
        yield findings_of(late, "future", pl.format(sentence, pl.col("end").dt.strftime(CLOCK)))


def session_numbers(venue: str | None, ts: pl.Series, interval: Interval) -> pl.Series:
    """A number for the session (week, month ...) of each stamp, one more for the next one: two numbers apart, one lies
    between. Where the calendar is not known, sessions are weekdays."""
    dates = ts.to_frame("ts").select(day=pl.col("ts").dt.date())
    if not (interval.intraday or interval == DAY):
        months = {"mo": 1, "q": 3, "y": 12}.get(interval.unit)
        day = pl.col("day")
        weeks = (day.cast(pl.Int64) + 3) // 7  # 1970-01-01 was a Thursday
        number = weeks if months is None else (day.dt.year() * 12 + day.dt.month() - 1).cast(pl.Int64) // months
        return dates.select(number // interval.count).to_series()
    if venue is None or not covered(venue, dates["day"]):
        return dates.select(pl.business_day_count(pl.date(1970, 1, 1), "day").cast(pl.Int64)).to_series()
    schedule = _schedule(venue, ts.to_frame("ts"))
    if interval.intraday:
        begins = schedule["pre"]
        ts = ts + interval.length - timedelta(microseconds=1)  # a bar that touches the opening belongs to it
    else:
        begins = schedule["trade_date"].cast(frames.UTC)
    return pl.Series(begins.search_sorted(ts, "right"), dtype=pl.Int64)


def covered(venue: str, days: pl.Series) -> bool:
    """Whether the calendar of `venue` knows all of `days`, give or take a week."""
    known_from, known_to = reach(venue)
    week = timedelta(days=7)
    return bool((days >= known_from - week).all() and (days <= known_to + week).all())


def _with_ends(venue: str | None, rows: pl.DataFrame, span: pl.Expr) -> pl.DataFrame:
    """`rows` (of days or longer) with `end`, the instant after which nothing more can trade in the bar."""
    last_day = span.dt.offset_by("-1d").dt.date()
    weekday = last_day.dt.add_business_days(0, roll="backward").cast(frames.UTC)
    dated = rows.with_columns(last_day=last_day, end=pl.max_horizontal("ts", weekday))
    if venue is None:
        return dated
    closes = _schedule(venue, dated, beyond=timedelta(days=366)).select("trade_date", over="close")
    ordered = dated.sort("last_day").join_asof(closes, left_on="last_day", right_on="trade_date", strategy="backward")
    in_bar = pl.col("trade_date") >= pl.col("ts").dt.date()
    return ordered.with_columns(end=pl.when(in_bar).then("over").otherwise("end"))


def _schedule(venue: str, rows: pl.DataFrame, beyond: timedelta = timedelta(0)) -> pl.DataFrame:
    """The sessions of `venue` around `rows`, as far as they are known."""
    first, last = _span(rows)
    known_from, known_to = reach(venue)
    return sessions(venue, max(first - timedelta(days=1), known_from), min(last + timedelta(days=1) + beyond, known_to))


def _span(rows: pl.DataFrame) -> tuple[date, date]:
    """The first and the last date of `rows`."""
    dates = rows.select(pl.col("ts").min().dt.date().alias("first"), pl.col("ts").max().dt.date().alias("last"))
    return dates.item(0, "first"), dates.item(0, "last")


def _in_hours(ts: npt.NDArray[np.int64], schedule: pl.DataFrame, length: timedelta) -> npt.NDArray[np.bool_]:
    """Whether [ts, ts + length) touches a session's extended hours, or starts in the auction after its close."""
    hours = schedule.select("pre", end=pl.max_horizontal("post", pl.col("close") + AUCTION))
    begins, ends = hours["pre"].to_physical().to_numpy(), hours["end"].to_physical().to_numpy()
    if not len(begins):
        return np.zeros(len(ts), dtype=np.bool_)
    session = np.searchsorted(begins, ts + length // timedelta(microseconds=1), side="left") - 1
    return (session >= 0) & (ts < ends[np.maximum(session, 0)])


def _on_dates(ts: npt.NDArray[np.int64], schedule: pl.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether `ts` is the label of a session."""
    labels = schedule["trade_date"].cast(frames.UTC).to_physical().to_numpy()
    if not len(labels):
        return np.zeros(len(ts), dtype=np.bool_)
    at = np.minimum(np.searchsorted(labels, ts), len(labels) - 1)
    return np.asarray(labels[at] == ts)


def _micros(day: date) -> int:
    """The label of `day` as the microseconds that a frame stores."""
    return (datetime.combine(day, time(), UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
