"""From what a reader asked for to a stretch of time: a range, or two ends, and an interval that fits."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal, get_args

import polars as pl

from openbell.history.past import History, NoData
from openbell.model.errors import InvalidInput
from openbell.model.interval import DAY, Interval
from openbell.model.sessions import sessions
from openbell.store.register import Instrument

Range = Literal["1D", "5D", "1M", "3M", "6M", "YTD", "1Y", "5Y", "Max"]
RANGES: Final[tuple[Range, ...]] = get_args(Range)

OFFERED: Final = tuple(map(Interval.parse, ("1m", "5m", "15m", "30m", "1h", "2h", "1d", "1w", "1mo", "1q", "1y")))
"""What a chart can be asked for; only what the stored bars can make is offered."""

FITTING: Final = (
    (timedelta(days=1), "1m"),
    (timedelta(days=8), "5m"),
    (timedelta(days=32), "30m"),
    (timedelta(days=95), "1h"),
    (timedelta(days=190), "2h"),
    (timedelta(days=3 * 366), "1d"),
    (timedelta(days=30 * 366), "1w"),
    (timedelta.max, "1mo"),
)
"""The interval that shows a span of at most that length in a few hundred bars."""


COUNTED = timedelta(days=200)
"""In a stretch up to so long the days that have intraday bars are counted; a longer one fits bars of a day and more."""
NEARLY_ALL = 0.9
"""An interval covers a stretch when its bars are of so many of the days that the best stored one knows, less one: the
newest day may still lack them."""

DAY_LENGTH = timedelta(days=1)
EARLIEST, LATEST = 1700, 2200
"""The years that can be asked for: from before the first exchange's prices, with room for arithmetic on either side."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """start <= ts < end, the interval to show it in, and the intervals that could show it."""

    start: datetime
    end: datetime
    interval: Interval
    offered: tuple[Interval, ...]


def stretch(
    history: History,
    ticker: str,
    *,
    span: Range | None = None,
    start: str | None = None,
    end: str | None = None,
    interval: Interval | None = None,
    as_of: datetime | None = None,
) -> Stretch:
    """The stretch of a `span` (default 6M) up to the newest stored bar, or from `start` to `end` (ISO 8601).

    One without an end is over at `as_of`: nobody knew later bars.

    Raises NoData where nothing of `ticker` is stored, InvalidInput for ends that cannot be read.
    """
    instrument = history.instrument(ticker)
    stored = history.stored(instrument.id)
    if stored.is_empty():
        raise NoData(f"There are no prices of {instrument.ticker} here yet.", remedy="Its fetch may still run.")
    if span is not None and (start or end):
        raise InvalidInput("range", "Both a range and its ends were given.", remedy="Give one of the two.")
    newest, oldest = newest_of(stored), min(stored["first"].to_list())
    if as_of is not None and as_of > oldest:
        newest = min(newest, as_of)
    if start or end:
        first, last = instant("from", start) if start else oldest, instant("to", end, end=True) if end else newest
        if last <= first:
            raise _backwards(instrument, start, end, oldest, newest)
    else:
        first, last = oldest if span == "Max" else start_of(instrument, span or "6M", newest), newest
    offered = offered_in(history, instrument, first, last)
    fitting = _fitting(min(last, newest) - max(first, oldest), span, offered)
    return Stretch(first, last, interval or fitting, offered)


def _backwards(
    instrument: Instrument, start: str | None, end: str | None, oldest: datetime, newest: datetime
) -> InvalidInput:
    """What is wrong with a stretch that ends before it starts, in the words of whoever typed it."""
    if start and end:
        return InvalidInput("to", f"The stretch ends ({end}) before it starts ({start}).", remedy="Swap the two.")
    name, last = instrument.ticker, (newest - timedelta(microseconds=1)).date()
    if start:
        what = f"The prices of {name} end on {last}, before the stretch starts ({start})."
        return InvalidInput("from", what, remedy=f"Begin on {last} or earlier.")
    what = f"The prices of {name} begin on {oldest.date()}, after the stretch ends ({end})."
    return InvalidInput("to", what, remedy=f"End on {oldest.date()} or later.")


def instant(field: str, text: str, *, end: bool = False) -> datetime:
    """The instant written `text`: an ISO date (as an `end`: the whole day included) or an ISO instant, UTC if naive."""
    try:
        whole_day = len(text) == 10
        moment = _midnight(date.fromisoformat(text)) if whole_day else datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(
            field, f"{text!r} is not a date.", remedy="Write 2026-11-20 or 2026-11-20T14:30:00-05:00."
        ) from error
    if not EARLIEST <= moment.year < LATEST:
        raise InvalidInput(
            field, f"There are no prices in {moment.year}.", remedy=f"Ask within {EARLIEST} to {LATEST}."
        )
    if end and whole_day:
        moment += timedelta(days=1)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def offered_in(history: History, instrument: Instrument, start: datetime, end: datetime) -> tuple[Interval, ...]:
    """The intervals whose stored bars cover about all of start <= ts < end; where none does, those that touch it."""
    stored = history.stored(instrument.id)
    first, last = max(start, min(stored["first"].to_list())), min(end, newest_of(stored))
    slack = timedelta(days=5)
    late = max(first, last - max(slack, (last - first) / 4))
    whole = stored.filter(pl.col("first") <= first + slack, pl.col("last") >= late - DAY_LENGTH)
    touching = stored.filter(pl.col("first") < last, pl.col("last") >= first - DAY_LENGTH)
    if last - first <= COUNTED:
        whole = _without_holes(history, instrument, whole, start, end)
    chosen = next(part for part in (whole, touching, stored) if not part.is_empty())
    kept = {Interval.parse(text) for text in chosen["interval"]}
    fine = [i.length for i in kept if i.intraday]
    daily = bool(fine) or DAY in kept

    def makes(i: Interval) -> bool:
        return any(i.length >= f and not i.length % f for f in fine) if i.intraday else daily

    return tuple(i for i in OFFERED if i in kept or makes(i)) or tuple(kept)


def newest_of(stored: pl.DataFrame) -> datetime:
    """The instant just after the newest stored bar."""
    ends: list[tuple[datetime, Interval]] = [
        (row["last"], Interval.parse(row["interval"])) for row in stored.iter_rows(named=True)
    ]
    return max(last + (i.length if i.intraday else timedelta(days=1)) for last, i in ends)


def start_of(instrument: Instrument, span: Range, newest: datetime) -> datetime:
    """When a `span` (any but `Max`) that ends just before `newest` begins."""
    last = (newest - timedelta(microseconds=1)).date()
    if span in {"1D", "5D"}:
        return _session_starts(instrument, newest, 1 if span == "1D" else 5)
    if span == "YTD":
        return _midnight(date(last.year, 1, 1))
    return _midnight(_months_before(last, {"1M": 1, "3M": 3, "6M": 6, "1Y": 12, "5Y": 60}[span]))


def _session_starts(instrument: Instrument, newest: datetime, count: int) -> datetime:
    """The start of the last `count` sessions up to `newest`, extended hours and the day's own label included."""
    last = newest - timedelta(microseconds=1)
    days = sessions(instrument.exchange or "24/7", last.date() - timedelta(days=16), last.date())
    days = days.filter(pl.col("pre") <= last).tail(count)
    if days.is_empty():
        return newest - timedelta(days=count)
    first: datetime = days["pre"].item(0)
    return min(_midnight(days["trade_date"].item(0)), first)


def _without_holes(
    history: History, instrument: Instrument, stored: pl.DataFrame, start: datetime, end: datetime
) -> pl.DataFrame:
    """The `stored` intervals that have bars on nearly all days of the stretch; those longer than a day, uncounted."""
    fine = {text: i for text in stored["interval"] if (i := Interval.parse(text)).intraday or i == DAY}
    if len(fine) < 2:
        return stored
    days = {text: history.days_of(instrument, i, start, end) for text, i in fine.items()}
    most = max(days.values())
    holed = [text for text, count in days.items() if not count or count + 1 < NEARLY_ALL * most]
    return stored.filter(~pl.col("interval").is_in(holed))


def _fitting(length: timedelta, span: Range | None, offered: Sequence[Interval]) -> Interval:
    """The wanted interval, else the next coarser one that is offered, else the coarsest."""
    fixed = {"1D": "1m", "5D": "5m"}.get(span or "")
    wanted = Interval.parse(fixed or next(text for limit, text in FITTING if length <= limit))
    coarser = OFFERED[OFFERED.index(wanted) :]
    return next((i for i in coarser if i in offered), offered[-1])


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
