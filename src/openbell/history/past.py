"""Questions about past prices: bars of any interval and adjustment, from whatever the lake holds."""

from __future__ import annotations

from collections.abc import Sequence
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


LATEST = timedelta(days=45)
"""How far back the daily bars of the newest sessions are read."""


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest daily bars (split-adjusted; the last may still be running) and the intraday bars of the last one."""

    days: pl.DataFrame
    line: pl.DataFrame
    minute_end: datetime | None
    """The end of the newest stored intraday bar."""


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
        self._latest: dict[tuple[object, ...], dict[str, Latest]] = {}

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
        past = _Past(self._lake, (instrument,), self.stored(instrument.id), actions, adjust, as_of)
        rows = past.intraday(interval, start, end, hours) if interval.intraday else past.daily(interval, start, end)
        return Series(
            instrument,
            interval,
            rows,
            actions.filter(pl.col("ex_date").is_between(start.date(), end.date())),
            _scale_notes(rows, adjust),
        )

    def latest(self, instruments: Sequence[Instrument]) -> dict[str, Latest]:
        """The last sessions of each instrument that has prices, by id; read once for each version of the lake."""
        key = (self._lake.version(), tuple(i.id for i in instruments))
        if key not in self._latest:
            self._latest = {key: self._read_latest(instruments)}
        return self._latest[key]

    def _read_latest(self, instruments: Sequence[Instrument]) -> dict[str, Latest]:
        """In one read for all instruments of an exchange that are stored alike."""
        spans = self._lake.spans()
        alike: dict[tuple[object, ...], list[Instrument]] = {}
        for instrument in instruments:
            stored = spans.filter(pl.col("symbol") == instrument.id)
            if not stored.is_empty():
                newest: datetime = max(stored["last"].to_list())
                kept = tuple(stored["interval"].sort())
                alike.setdefault((instrument.exchange, newest.date(), kept), []).append(instrument)
        found: dict[str, Latest] = {}
        for group in alike.values():
            found |= self._latest_of(tuple(group), spans)
        return found

    def _latest_of(self, group: tuple[Instrument, ...], spans: pl.DataFrame) -> dict[str, Latest]:
        ids = [i.id for i in group]
        stored = spans.filter(pl.col("symbol").is_in(ids))
        past = _Past(self._lake, group, stored, self._lake.actions(ids), "split", None)
        newest: datetime = max(stored["last"].to_list())
        days = past.daily(DAY, newest - LATEST, newest + _DAY_LENGTH).drop_nulls("close")
        fine = [i for i in map(Interval.parse, stored["interval"].unique()) if i.intraday]
        line = frame_of(BARS)
        if fine and not days.is_empty():
            day = days["ts"].max()
            finest = min(fine, key=lambda i: i.length)
            if isinstance(day, datetime):
                line = past.intraday(finest, day, day + 2 * _DAY_LENGTH, "regular").drop_nulls("close")
        ends = {
            row["symbol"]: row["last"] + i.length
            for row in stored.sort("last").iter_rows(named=True)
            if (i := Interval.parse(row["interval"])).intraday
        }
        return {
            key: Latest(rows, line.filter(pl.col("symbol") == key), ends.get(key))
            for key in ids
            if not (rows := days.filter(pl.col("symbol") == key)).is_empty()
        }

    def close_before(self, ticker: str, moment: datetime, adjust: Scale, as_of: datetime | None = None) -> float | None:
        """The last daily close before the trade date of `moment`, on the scale `adjust`; None where none is stored."""
        day = _midnight(moment.date())
        closes = self.bars(ticker, DAY, day - timedelta(days=14), day, adjust=adjust, as_of=as_of).bars["close"]
        return None if closes.is_empty() else closes.item(-1)


@dataclass(frozen=True, slots=True)
class _Past:
    """The stored bars of instruments of one exchange, on one scale, as known at one instant."""

    lake: Lake
    instruments: tuple[Instrument, ...]
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
                f"{self.instruments[0].ticker} is stored as {have} bars, which cannot make {interval} bars.",
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
        last = days.group_by("symbol").agg(pl.max("ts").alias("last"))
        lasts = last["last"].to_list()
        rest = min(lasts) + _DAY_LENGTH if len(lasts) == len(self.instruments) else start
        if rest >= end:
            return days
        margin = _DAY_LENGTH  # a trade date's hours may begin the UTC day before and end the day after
        newer = self._made(DAY, rest - margin, end + margin, "regular").join(last, on="symbol", how="left")
        missing = (pl.col("ts") > pl.col("last")).fill_null(value=True) & pl.col("ts").is_between(
            rest, end, closed="left"
        )
        return pl.concat([days, newer.filter(missing).drop("last")]).sort("symbol", "ts")

    def _made(self, interval: Interval, start: datetime, end: datetime, hours: Hours) -> pl.DataFrame:
        """Bars of `interval` from the coarsest stored intraday bars, and where those have no day from finer ones."""
        made = frame_of(BARS)
        for base in self._bases(interval):
            rows = self._scaled(self._read(base, start, end))
            bars = resample(rows, interval, self._sessions(start, end), hours=hours)
            if not made.is_empty():
                date = pl.col("ts").dt.date().alias("date")
                held = made.select("symbol", date).unique()
                bars = bars.with_columns(date).join(held, on=["symbol", "date"], how="anti").drop("date")
            made = pl.concat([made, bars])
        return made.sort("symbol", "ts")

    def _bases(self, interval: Interval) -> list[Interval]:
        """The stored intraday intervals that can make `interval`, coarsest first."""
        kept = [i for i in map(Interval.parse, self.stored["interval"]) if i.intraday]
        if interval.intraday:
            kept = [i for i in kept if i.length <= interval.length and not interval.length % i.length]
        return sorted(kept, key=lambda i: i.length, reverse=True)

    def _read(self, interval: Interval, start: datetime, end: datetime) -> pl.DataFrame:
        ids = [i.id for i in self.instruments]
        return self.lake.bars(ids, interval, start, end, as_of=self.as_of).select(*BARS)

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

    @property
    def _exchange(self) -> str:
        return self.instruments[0].exchange or "24/7"

    def _zone(self) -> str:
        return EXCHANGES[self._exchange].zone

    def _sessions(self, start: datetime, end: datetime) -> pl.DataFrame:
        return sessions(self._exchange, start.date() - _DAY_LENGTH, end.date() + _DAY_LENGTH)


_DAY_LENGTH = timedelta(days=1)
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
