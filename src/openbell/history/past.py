"""Questions about past prices: bars of any interval and adjustment, from whatever the lake holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import polars as pl

from openbell.bars.adjust import adjusted
from openbell.bars.resample import resample
from openbell.model.errors import InvalidInput, OpenbellError
from openbell.model.frames import BARS, Scale, frame_of
from openbell.model.interval import DAY, Interval
from openbell.model.sessions import EXCHANGES, sessions
from openbell.store.lake import Lake
from openbell.store.register import Instrument, Register

Hours = Literal["regular", "extended"]


class NoData(OpenbellError):
    """The lake holds no bars of this symbol."""


@dataclass(frozen=True, slots=True)
class Series:
    """Bars of one instrument as asked for, with the actions of the stretch (raw) and what should be known of them."""

    instrument: Instrument
    interval: Interval
    bars: pl.DataFrame
    actions: pl.DataFrame
    notes: tuple[str, ...]


class History:
    """The lake, asked in the reader's words. Tickers in, bars out."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._register: tuple[tuple[int, ...], Register] | None = None

    @property
    def register(self) -> Register:
        """The register as of the newest commit."""
        version = self._lake.version()
        if self._register is None or self._register[0] != version:
            self._register = (version, Register(self._lake.instruments()))
        return self._register[1]

    def instrument(self, ticker: str, on: date | None = None) -> Instrument:
        """The instrument that bears `ticker`; raises NoData when the desk has never heard of it."""
        register = self.register
        key = register.id_of(ticker.upper(), on)
        if not register.knows(key) and self.stored(key).is_empty():
            raise NoData(
                f"There are no prices of {ticker.upper()} here.",
                remedy=f"Fetch it with `openbell fetch {ticker.upper()}`, or import a file with `openbell import`.",
            )
        return register.instrument(key)

    def stored(self, key: str) -> pl.DataFrame:
        """What is stored of the instrument with id `key`: interval, first, last, rows."""
        return self._lake.spans().filter(pl.col("symbol") == key)

    def bars(
        self,
        ticker: str,
        interval: Interval,
        start: datetime,
        end: datetime,
        *,
        adjust: Scale = "split",
        as_of: datetime | None = None,
        hours: Hours = "regular",
    ) -> Series:
        """Bars of `ticker` with start <= ts < end on the scale `adjust`, as known at `as_of` (default: now).

        Raises NoData for an unknown ticker and InvalidInput for a stretch that ends before it starts or an interval
        finer than what is stored. A stretch without trades has no bars.
        """
        if end <= start:
            raise InvalidInput(
                "to", f"The stretch ends ({end:%Y-%m-%d %H:%M}) before it starts ({start:%Y-%m-%d %H:%M})."
            )
        instrument = self.instrument(ticker, (end - timedelta(microseconds=1)).date())
        actions = self._lake.actions([instrument.id], as_of=as_of)
        past = _Past(self._lake, instrument, self.stored(instrument.id), actions, adjust, as_of)
        rows = past.intraday(interval, start, end, hours) if interval.intraday else past.daily(interval, start, end)
        return Series(
            instrument,
            interval,
            rows,
            actions.filter(pl.col("ex_date").is_between(start.date(), end.date())),
            _scale_notes(rows, adjust),
        )

    def close_before(self, ticker: str, moment: datetime, adjust: Scale, as_of: datetime | None = None) -> float | None:
        """The last daily close before the trade date of `moment`, on the scale `adjust`; None where none is stored."""
        day = _midnight(moment.date())
        closes = self.bars(ticker, DAY, day - timedelta(days=14), day, adjust=adjust, as_of=as_of).bars["close"]
        return None if closes.is_empty() else closes.item(-1)


@dataclass(frozen=True, slots=True)
class _Past:
    """One instrument's stored bars, on one scale, as known at one instant."""

    lake: Lake
    instrument: Instrument
    stored: pl.DataFrame
    actions: pl.DataFrame
    adjust: Scale
    as_of: datetime | None

    def intraday(self, interval: Interval, start: datetime, end: datetime, hours: Hours) -> pl.DataFrame:
        """Bars of `interval` from the coarsest stored ones that make it."""
        if self.stored.is_empty():
            return frame_of(BARS)
        if not self._bases(interval):
            have = ", ".join(self.stored["interval"].unique().sort())
            raise InvalidInput(
                "interval",
                f"{self.instrument.ticker} is stored as {have} bars, which cannot make {interval} bars.",
                remedy="Ask for a longer interval, or fetch minute bars.",
            )
        return self._made(interval, start, end, hours).filter(pl.col("ts").is_between(start, end, closed="left"))

    def daily(self, interval: Interval, start: datetime, end: datetime) -> pl.DataFrame:
        """Bars of a day or longer: from stored days and, for the days after them, from minutes."""
        first = _first_of(interval, start)
        kept = {Interval.parse(text) for text in self.stored["interval"]}
        if interval in kept and interval != DAY and DAY not in kept and not any(i.intraday for i in kept):
            return self._scaled(self._read(interval, first, end))
        days = self._days(first, end)
        return days if interval == DAY else resample(days, interval, self._sessions(first, end))

    def _days(self, start: datetime, end: datetime) -> pl.DataFrame:
        days = self._scaled(self._read(DAY, start, end))
        rest = start if days.is_empty() else days["ts"].item(-1) + timedelta(days=1)
        if rest >= end:
            return days
        margin = timedelta(days=1)  # a trade date's hours may begin the UTC day before and end the day after
        newer = self._made(DAY, rest - margin, end + margin, "regular")
        return pl.concat([days, newer.filter(pl.col("ts").is_between(rest, end, closed="left"))])

    def _made(self, interval: Interval, start: datetime, end: datetime, hours: Hours) -> pl.DataFrame:
        """Bars of `interval` from the coarsest stored intraday bars, and where those have no day from finer ones."""
        made = frame_of(BARS)
        for base in self._bases(interval):
            rows = self._scaled(self._read(base, start, end))
            bars = resample(rows, interval, self._sessions(start, end), hours=hours)
            if not made.is_empty():
                bars = bars.filter(~pl.col("ts").dt.date().is_in(made["ts"].dt.date().unique().implode()))
            made = pl.concat([made, bars])
        return made.sort("ts")

    def _bases(self, interval: Interval) -> list[Interval]:
        """The stored intraday intervals that can make `interval`, coarsest first."""
        kept = [i for i in map(Interval.parse, self.stored["interval"]) if i.intraday]
        if interval.intraday:
            kept = [i for i in kept if i.length <= interval.length and not interval.length % i.length]
        return sorted(kept, key=lambda i: i.length, reverse=True)

    def _read(self, interval: Interval, start: datetime, end: datetime) -> pl.DataFrame:
        return self.lake.bars([self.instrument.id], interval, start, end, as_of=self.as_of).select(*BARS)

    def _scaled(self, rows: pl.DataFrame) -> pl.DataFrame:
        """`rows` on the scale asked for; those that came on another one and cannot be converted stay as they are."""
        scales = set(rows["scale"].unique())
        if scales <= {self.adjust} or self.adjust == "raw" or "raw" not in scales or _long(rows):
            return rows
        convertible = pl.col("scale").is_in(["raw", self.adjust])
        moved = adjusted(
            rows.filter(convertible), self.actions, self.adjust, zone=self._zone(), closes=self._closes(rows)
        )
        return pl.concat([moved, rows.filter(~convertible)]).sort("symbol", "ts")

    def _closes(self, rows: pl.DataFrame) -> pl.DataFrame | None:
        """The raw daily bars that dividends are measured against, where `rows` are not that themselves."""
        if self.adjust != "total":
            return None
        first = rows["ts"].item(0) - timedelta(days=14)
        return self._read(DAY, first, _END)

    def _zone(self) -> str:
        return EXCHANGES[self.instrument.exchange or "24/7"].zone

    def _sessions(self, start: datetime, end: datetime) -> pl.DataFrame:
        day = timedelta(days=1)
        return sessions(self.instrument.exchange or "24/7", start.date() - day, end.date() + day)


_END = datetime(2200, 1, 1, tzinfo=UTC)


def _long(rows: pl.DataFrame) -> bool:
    """Whether the bars span several sessions, so that an ex date may fall inside one."""
    return not rows.is_empty() and not (step := Interval.parse(rows["interval"].item(0))).intraday and step != DAY


def _scale_notes(bars: pl.DataFrame, adjust: Scale) -> tuple[str, ...]:
    words = {"raw": "as traded", "split": "split-adjusted", "total": "adjusted for splits and dividends"}
    return tuple(
        f"Some bars came {words[scale]} and cannot be put on the {adjust} scale; they are shown as they came."
        for scale in sorted(set(bars["scale"].unique()) - {adjust})
    )


def _first_of(interval: Interval, start: datetime) -> datetime:
    """The label of the first bar that may begin at or after `start`: a week that began before it is left out."""
    day = start.date() if start == _midnight(start.date()) else start.date() + timedelta(days=1)
    if interval.unit == "w":
        day += timedelta(days=-day.weekday() % 7)
    elif interval.unit in {"mo", "q", "y"}:
        months = {"mo": 1, "q": 3, "y": 12}[interval.unit]
        while day.day != 1 or (day.month - 1) % months:
            day += timedelta(days=1)
    return _midnight(day)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
