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
) -> Stretch:
    """The stretch of a `span` (default 6M) up to the newest stored bar, or from `start` to `end` (ISO 8601).

    Raises NoData where nothing of `ticker` is stored, InvalidInput for ends that cannot be read.
    """
    instrument = history.instrument(ticker)
    stored = history.stored(instrument.id)
    if stored.is_empty():
        raise NoData(f"There are no prices of {instrument.ticker} here yet.", remedy="Its fetch may still run.")
    if span is not None and (start or end):
        raise InvalidInput("range", "Both a range and its ends were given.", remedy="Give one of the two.")
    newest, oldest = _newest(stored), min(stored["first"].to_list())
    if start or end:
        first, last = instant("from", start) if start else oldest, instant("to", end, end=True) if end else newest
    else:
        first, last = _start(instrument, oldest, span or "6M", newest), newest
    offered = _offered(stored, max(first, oldest), min(last, newest))
    fitting = _fitting(min(last, newest) - max(first, oldest), span, offered)
    return Stretch(first, last, interval or fitting, offered)


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


def _start(instrument: Instrument, oldest: datetime, span: Range, newest: datetime) -> datetime:
    last = (newest - timedelta(microseconds=1)).date()
    if span in {"1D", "5D"}:
        return _session_starts(instrument, newest, 1 if span == "1D" else 5)
    if span == "Max":
        return oldest
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


def _newest(stored: pl.DataFrame) -> datetime:
    """The instant just after the newest stored bar."""
    ends: list[tuple[datetime, Interval]] = [
        (row["last"], Interval.parse(row["interval"])) for row in stored.iter_rows(named=True)
    ]
    return max(last + (i.length if i.intraday else timedelta(days=1)) for last, i in ends)


def _offered(stored: pl.DataFrame, start: datetime, end: datetime) -> tuple[Interval, ...]:
    """The intervals whose stored bars cover about the whole stretch; where none does, those that touch it."""
    slack = timedelta(days=5)
    late = max(start, end - max(slack, (end - start) / 4))
    whole = stored.filter(pl.col("first") <= start + slack, pl.col("last") >= late - DAY_LENGTH)
    touching = stored.filter(pl.col("first") < end, pl.col("last") >= start - DAY_LENGTH)
    chosen = next(part for part in (whole, touching, stored) if not part.is_empty())
    kept = {Interval.parse(text) for text in chosen["interval"]}
    fine = [i.length for i in kept if i.intraday]
    daily = bool(fine) or DAY in kept

    def makes(i: Interval) -> bool:
        return any(i.length >= f and not i.length % f for f in fine) if i.intraday else daily

    return tuple(i for i in OFFERED if i in kept or makes(i)) or tuple(kept)


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
