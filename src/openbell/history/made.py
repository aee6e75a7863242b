"""Bars made of those that are stored: of any interval, on any scale, from the coarsest that make it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import polars as pl

from openbell.bars.adjust import adjusted, impossible
from openbell.bars.resample import resample
from openbell.bars.statistics import by_day
from openbell.model.frames import BARS, Scale, frame_of
from openbell.model.interval import DAY, Interval
from openbell.model.sessions import EXCHANGES, sessions
from openbell.store.lake import Lake
from openbell.store.register import Instrument

Hours = Literal["regular", "extended"]

DAY_LENGTH = timedelta(days=1)
_END = datetime(2200, 1, 1, tzinfo=UTC)
INTRADAY = r"^\d+[smh]$"


@dataclass(frozen=True, slots=True)
class Past:
    """The stored bars of instruments of one exchange, on one scale, as known at one instant."""

    lake: Lake
    instruments: tuple[Instrument, ...]
    stored: pl.DataFrame
    actions: pl.DataFrame
    adjust: Scale
    as_of: datetime | None

    def intraday(self, interval: Interval, start: datetime, end: datetime, hours: Hours) -> pl.DataFrame:
        """Bars of `interval` from the coarsest stored ones that make it."""
        return self._made(interval, start, end, hours).filter(pl.col("ts").is_between(start, end, closed="left"))

    def daily(self, interval: Interval, start: datetime, end: datetime) -> pl.DataFrame:
        """Bars of a day or longer: from stored days and, for the days after them, from minutes.

        Where these make none, a longer bar is the stored one of that interval: monthly closes reach back furthest.
        """
        oldest = min(self.stored["first"].to_list(), default=start)
        first = label_of(interval, start) if start <= oldest else _first_of(interval, start)
        days = self._days(first, end)
        if interval == DAY:
            return days
        made = resample(days, interval, self._sessions(first, end))
        stored = self._scaled(self._read(interval, first, end))
        return pl.concat([made, stored.join(made, on=["symbol", "ts"], how="anti")]).sort("symbol", "ts")

    def _days(self, start: datetime, end: datetime) -> pl.DataFrame:
        days = self._scaled(self._read(DAY, start, end))
        gap = self._gap(days, start, end)
        if gap is None:
            return days
        margin = DAY_LENGTH  # a trade date's hours may begin the UTC day before and end the day after
        made = self._made(DAY, gap[0] - margin, gap[1] + margin, "regular")
        made = made.filter(pl.col("ts").is_between(start, end, closed="left"))
        missing = made.join(days, on=["symbol", "ts"], how="anti")
        return pl.concat([days, missing]).sort("symbol", "ts")

    def _gap(self, days: pl.DataFrame, start: datetime, end: datetime) -> tuple[datetime, datetime] | None:
        """From the first to the end of the last session without a stored day, where intraday bars may have it."""
        fine = self.stored.filter(pl.col("interval").str.contains(INTRADAY))
        if fine.is_empty():
            return None
        first, last = max(start, min(fine["first"].to_list())), min(end, max(fine["last"].to_list()) + DAY_LENGTH)
        if first >= last:
            return None
        dates = sessions(self._exchange, first.date(), last.date()).select(pl.col("trade_date"))
        wanted = dates.join(pl.DataFrame({"symbol": [i.id for i in self.instruments]}), how="cross")
        held = days.select("symbol", pl.col("ts").dt.date().alias("trade_date"))
        missing = wanted.join(held, on=["symbol", "trade_date"], how="anti")["trade_date"]
        if missing.is_empty():
            return None
        lacking = missing.sort()
        return midnight(lacking.item(0)), midnight(lacking.item(-1)) + DAY_LENGTH

    def last_session(self, days: pl.DataFrame) -> pl.DataFrame:
        """The finest stored bars of the session of the newest of `days`, in its regular hours."""
        fine = [i for i in map(Interval.parse, self.stored["interval"].unique()) if i.intraday]
        if not fine or days.is_empty():
            return frame_of(BARS)
        day: datetime = days["ts"].max()  # type: ignore[assignment]  # a column of instants, and not empty
        session = sessions(self._exchange, day.date(), day.date())
        if session.is_empty():
            return frame_of(BARS)
        finest = min(fine, key=lambda i: i.length)
        return self.intraday(finest, session["open"].item(), session["close"].item(), "regular").drop_nulls("close")

    def _made(self, interval: Interval, start: datetime, end: datetime, hours: Hours) -> pl.DataFrame:
        """Bars of `interval` from stored intraday bars: for each date from those that cover most of it."""
        venue = self._sessions(start, end)
        read = ((base, self._read(base, start, end)) for base in _bases(self.stored, interval))
        found = [(base, rows) for base, rows in read if not rows.is_empty()]
        made = [self._resampled(rows, interval, venue, hours) for _, rows in found]
        if len(made) < 2:
            return made[0] if made else frame_of(BARS)
        date = pl.col("ts").dt.date().alias("date")
        parts = []
        for rank, ((base, rows), bars) in enumerate(zip(found, made, strict=True)):
            counted = by_day(rows, venue) if interval == DAY else rows.group_by("symbol", date).agg(bars=pl.len())
            covered = counted.select("symbol", "date", covered=pl.col("bars") * base.length)
            parts.append(bars.with_columns(date, rank=pl.lit(rank)).join(covered, on=["symbol", "date"], how="left"))
        every = pl.concat(parts).sort("covered", "rank", descending=[True, False], nulls_last=True)
        best = every.unique(["symbol", "date"], keep="first", maintain_order=True).select("symbol", "date", "rank")
        return every.join(best, on=["symbol", "date", "rank"], how="semi").select(*BARS).sort("symbol", "ts")

    def _resampled(self, rows: pl.DataFrame, interval: Interval, venue: pl.DataFrame, hours: Hours) -> pl.DataFrame:
        """`rows` as bars of `interval` on the scale asked for.

        A bar of a day or shorter lies in one trade date, so scaling fewer bars afterwards gives the same; not so where
        rows of several scales meet in one bar.
        """
        if rows["scale"].n_unique() == 1:
            return self._scaled(resample(rows, interval, venue, hours=hours))
        return resample(self._scaled(rows), interval, venue, hours=hours)

    def _read(self, interval: Interval, start: datetime, end: datetime) -> pl.DataFrame:
        ids = [i.id for i in self.instruments]
        return self.lake.bars(ids, interval, start, end, as_of=self.as_of).select(*BARS)

    def _scaled(self, rows: pl.DataFrame) -> pl.DataFrame:
        """`rows` on the scale asked for; those that came on another one and cannot be converted stay as they are."""
        scales = set(rows["scale"].unique())
        if scales <= {self.adjust} or self.adjust == "raw" or "raw" not in scales:
            return rows
        if self.actions.is_empty():
            return rows.with_columns(scale=pl.when(scale="raw").then(pl.lit(self.adjust)).otherwise("scale"))
        if _long(rows):
            return rows
        convertible = pl.col("scale").is_in(["raw", self.adjust])
        moved = adjusted(
            rows.filter(convertible), self.actions, self.adjust, zone=self._zone(), closes=self._closes(rows)
        )
        return pl.concat([moved, rows.filter(~convertible)]).sort("symbol", "ts")

    def dividend_notes(self, rows: pl.DataFrame) -> list[str]:
        """A note on each dividend that `rows` should reflect and cannot."""
        closes = self._closes(rows) if "total" in rows["scale"] else None
        if closes is None:
            return []
        later = self.actions.filter(pl.col("ex_date") > rows["ts"].min())
        return [
            f"The dividend of {amount:g} on {day} is not below the close of {close:g} before it, so it is not in these "
            f"prices; import or fetch the dividends of {symbol} again, or the prices of that day."
            for symbol, day, amount, close in impossible(later, closes).iter_rows()
        ]

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
        return sessions(self._exchange, start.date() - DAY_LENGTH, end.date() + DAY_LENGTH)


def _bases(stored: pl.DataFrame, interval: Interval) -> list[Interval]:
    """The stored intraday intervals that can make `interval`, coarsest first."""
    kept = [i for i in map(Interval.parse, stored["interval"].unique()) if i.intraday]
    if interval.intraday:
        kept = [i for i in kept if i.length <= interval.length and not interval.length % i.length]
    return sorted(kept, key=lambda i: i.length, reverse=True)


def making_days(stored: pl.DataFrame) -> pl.DataFrame:
    """What is stored that has days or makes them: monthly bars may be newer, and are not."""
    return stored.filter((pl.col("interval") == str(DAY)) | pl.col("interval").str.contains(INTRADAY))


def makes(stored: pl.DataFrame, interval: Interval) -> bool:
    """Whether what is stored can make bars of `interval`; nothing stored makes none of any."""
    kept = {Interval.parse(text) for text in stored["interval"]}
    days = DAY in kept and not interval.intraday
    return not kept or interval in kept or days or bool(_bases(stored, interval))


def _long(rows: pl.DataFrame) -> bool:
    """Whether the bars span several sessions, so that an ex date may fall inside one."""
    return not rows.is_empty() and not (step := Interval.parse(rows["interval"].item(0))).intraday and step != DAY


def label_of(interval: Interval, start: datetime) -> datetime:
    """The label of the bar in which `start` lies."""
    day = start.date()
    if interval.unit == "w":
        day -= timedelta(days=day.weekday())
    elif interval.unit in {"mo", "q", "y"}:
        months = {"mo": 1, "q": 3, "y": 12}[interval.unit]
        day = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    return midnight(day)


def _first_of(interval: Interval, start: datetime) -> datetime:
    """The label of the first bar that may begin at or after `start`: a week that began before it is left out."""
    day = start.date() if start == midnight(start.date()) else start.date() + timedelta(days=1)
    if interval.unit == "w":
        day += timedelta(days=-day.weekday() % 7)
    elif interval.unit in {"mo", "q", "y"}:
        months = {"mo": 1, "q": 3, "y": 12}[interval.unit]
        while day.day != 1 or (day.month - 1) % months:
            day += timedelta(days=1)
    return midnight(day)


def midnight(day: date) -> datetime:
    """When a day begins in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
