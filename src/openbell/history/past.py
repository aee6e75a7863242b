"""Questions about past prices: bars of any interval and adjustment, from whatever the lake holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import polars as pl

from openbell.bars.adjust import adjusted, impossible
from openbell.bars.resample import resample
from openbell.bars.statistics import by_day
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
    last_day: date | None
    """The newest date of a stored daily bar: a later day is made of intraday bars and may lack some."""


@dataclass(frozen=True, slots=True)
class Series:
    """Bars of one instrument as asked for, with the actions of the stretch (raw) and what should be known of them."""

    instrument: Instrument
    interval: Interval
    adjust: Scale
    bars: pl.DataFrame
    actions: pl.DataFrame
    notes: tuple[str, ...]


class History:
    """The lake, asked in the reader's words. Tickers in, bars out.

    A split or dividend changes nothing before its ex date has come by the `clock`, though vendors announce it earlier.
    """

    def __init__(self, lake: Lake, clock: Callable[[], datetime]) -> None:
        self._lake = lake
        self._clock = clock
        self._register: tuple[tuple[int, ...], Register] | None = None
        self._priced: tuple[tuple[int, ...], frozenset[str]] | None = None
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
        if not ticker.strip():
            raise InvalidInput("symbol", "No symbol was named.", remedy="Name one, such as AAPL.")
        register = self.register
        key = register.id_of(ticker.upper(), on)
        if not self.knows(ticker, on):
            raise NoData(
                f"There are no prices of {ticker.upper()} here.",
                remedy=f"Fetch it with `openbell fetch {ticker.upper()}`, or import a file with `openbell import`.",
            )
        return register.instrument(key)

    def knows(self, ticker: str, on: date | None = None) -> bool:
        """Whether the desk has ever heard of `ticker`."""
        key = self.register.id_of(ticker.upper(), on)
        return self.register.knows(key) or key in self._with_prices()

    def _with_prices(self) -> frozenset[str]:
        """The ids of all that has bars, as of the newest commit."""
        version = self._lake.version()
        if self._priced is None or self._priced[0] != version:
            self._priced = (version, frozenset(self._lake.spans()["symbol"]))
        return self._priced[1]

    def past(self, moment: datetime) -> tuple[datetime, tuple[str, ...]]:
        """`moment`, or now where it is yet to come; and a note where it is of a later day than today (UTC)."""
        now = self._clock()
        if moment <= now:
            return moment, ()
        if moment <= _midnight(now.date()) + _DAY_LENGTH:  # the end of today
            return now, ()
        return now, (f"{said(moment)} is yet to come; this is what is known now.",)

    def stored(self, key: str) -> pl.DataFrame:
        """What is stored of the instrument with id `key`: interval, first, last, rows."""
        return self._lake.spans().filter(pl.col("symbol") == key)

    def days_of(self, instrument: Instrument, interval: Interval, start: datetime, end: datetime) -> int:
        """On how many of its exchange's dates bars of the stored `interval` begin, of start <= ts < end."""
        stamps = self._lake.stamps(instrument.id, interval, start, end)
        zone = EXCHANGES[instrument.exchange or "24/7"].zone if interval.intraday else "UTC"
        quarters = stamps.dt.truncate("15m").unique()  # far fewer to convert, and in any zone a day begins with one
        return quarters.dt.convert_time_zone(zone).dt.date().n_unique()

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
        due = self._happened(actions, instrument, as_of)
        past = _Past(self._lake, (instrument,), self.stored(instrument.id), due, adjust, as_of)
        if not _makes(past.stored, interval):
            have, finer = ", ".join(past.stored["interval"].unique().sort()), "minute" if interval.intraday else "daily"
            raise InvalidInput(
                "interval",
                f"{instrument.ticker} is stored as {have} bars, which cannot make {interval} bars.",
                remedy=f"Ask for an interval that is stored, or fetch {finer} bars.",
            )
        rows = past.intraday(interval, start, end, hours) if interval.intraday else past.daily(interval, start, end)
        return Series(
            instrument,
            interval,
            adjust,
            rows,
            actions.filter(pl.col("ex_date").is_between(start.date(), end.date())),
            (
                *_scale_notes(rows, adjust),
                *_source_notes(rows),
                *_short_notes(interval),
                *past.dividend_notes(rows),
                *_longer_notes(past.stored, interval, rows, start),
            ),
        )

    def latest(self, instruments: Sequence[Instrument]) -> dict[str, Latest]:
        """The last sessions of each instrument that has prices, by id; read once for each version of the lake."""
        hour = self._clock().replace(minute=0, second=0, microsecond=0)  # an ex date comes without a commit
        key = (self._lake.version(), hour, tuple(i.id for i in instruments))
        if key not in self._latest:
            self._latest = {key: self._read_latest(instruments)}
        return self._latest[key]

    def days(self, instruments: Sequence[Instrument], start: datetime, end: datetime) -> pl.DataFrame:
        """The daily bars of all `instruments` with start <= ts < end, split-adjusted, by id."""
        parts = [self._past_of(group).daily(DAY, start, end) for group in self._alike(instruments)]
        return pl.concat([frame_of(BARS), *parts])

    def _read_latest(self, instruments: Sequence[Instrument]) -> dict[str, Latest]:
        found: dict[str, Latest] = {}
        for group in self._alike(instruments):
            found |= self._latest_of(group)
        return found

    def _alike(self, instruments: Sequence[Instrument]) -> list[tuple[Instrument, ...]]:
        """Those that have days or make them, in groups that need one read: of an exchange, and stored alike."""
        spans = self._lake.spans().filter(pl.col("symbol").is_in([i.id for i in instruments]))
        by_id = _making_days(spans).partition_by("symbol", as_dict=True)
        alike: dict[tuple[object, ...], list[Instrument]] = {}
        for instrument in instruments:
            if (stored := by_id.get((instrument.id,))) is not None:
                newest: datetime = max(stored["last"].to_list())
                kept = tuple(stored["interval"].sort())
                alike.setdefault((instrument.exchange, newest.date(), kept), []).append(instrument)
        return [tuple(group) for group in alike.values()]

    def _past_of(self, group: tuple[Instrument, ...]) -> _Past:
        """What makes the days of instruments that are alike, split-adjusted as of now."""
        ids = [i.id for i in group]
        stored = _making_days(self._lake.spans().filter(pl.col("symbol").is_in(ids)))
        due = self._happened(self._lake.actions(ids), group[0], None)
        return _Past(self._lake, group, stored, due, "split", None)

    def _latest_of(self, group: tuple[Instrument, ...]) -> dict[str, Latest]:
        ids = [i.id for i in group]
        past = self._past_of(group)
        stored = past.stored
        newest: datetime = max(stored["last"].to_list())
        days = past.daily(DAY, newest - LATEST, newest + _DAY_LENGTH).drop_nulls("close")
        line = past.last_session(days)
        ends, daily = dict[str, datetime](), dict[str, date]()
        for row in stored.sort("last").iter_rows(named=True):
            interval = Interval.parse(row["interval"])
            if interval.intraday:
                ends[row["symbol"]] = row["last"] + interval.length
            elif interval == DAY:
                daily[row["symbol"]] = row["last"].date()
        return {
            key: Latest(rows, line.filter(pl.col("symbol") == key), ends.get(key), daily.get(key))
            for key in ids
            if not (rows := days.filter(pl.col("symbol") == key)).is_empty()
        }

    def _happened(self, actions: pl.DataFrame, instrument: Instrument, as_of: datetime | None) -> pl.DataFrame:
        """The `actions` whose ex date has come on the exchange by `as_of`, else by now."""
        zone = ZoneInfo(EXCHANGES[instrument.exchange or "24/7"].zone)
        return actions.filter(pl.col("ex_date") <= (as_of or self._clock()).astimezone(zone).date())

    def close_before(self, ticker: str, moment: datetime, adjust: Scale, as_of: datetime | None = None) -> float | None:
        """The close of the last session that ended by `moment`, on the scale `adjust`; None where none is stored."""
        instrument = self.instrument(ticker)
        exchange, stored = instrument.exchange or "24/7", self.stored(instrument.id)
        if not _makes(stored, DAY):
            return None
        before = sessions(exchange, moment.date() - timedelta(days=14), moment.date()).filter(pl.col("close") <= moment)
        if before.is_empty():
            return None
        day = _midnight(before["trade_date"].item(-1)) + _DAY_LENGTH
        closes = self.bars(ticker, DAY, day - timedelta(days=14), day, adjust=adjust, as_of=as_of).bars["close"]
        return closes.drop_nulls().last()  # type: ignore[return-value]  # a column of floats

    def dates(self, ticker: str, start: datetime, end: datetime, as_of: datetime | None = None) -> list[date]:
        """The dates with a daily close of start <= ts < end, in order; none where days are neither stored nor made."""
        if not _makes(self.stored(self.instrument(ticker).id), DAY):
            return []
        days = self.bars(ticker, DAY, start, end, adjust="raw", as_of=as_of).bars
        return days.drop_nulls("close")["ts"].dt.date().to_list()


def said(day: date) -> str:
    """A date, or that of an instant, as sentences say it: `2 Jan 1998`."""
    return f"{day.day} {day:%b %Y}"


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
        return self._made(interval, start, end, hours).filter(pl.col("ts").is_between(start, end, closed="left"))

    def daily(self, interval: Interval, start: datetime, end: datetime) -> pl.DataFrame:
        """Bars of a day or longer: from stored days and, for the days after them, from minutes.

        Where these make none, a longer bar is the stored one of that interval: monthly closes reach back furthest.
        """
        oldest = min(self.stored["first"].to_list(), default=start)
        first = _floor(interval, start) if start <= oldest else _first_of(interval, start)
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
        margin = _DAY_LENGTH  # a trade date's hours may begin the UTC day before and end the day after
        made = self._made(DAY, gap[0] - margin, gap[1] + margin, "regular")
        made = made.filter(pl.col("ts").is_between(start, end, closed="left"))
        missing = made.join(days, on=["symbol", "ts"], how="anti")
        return pl.concat([days, missing]).sort("symbol", "ts")

    def _gap(self, days: pl.DataFrame, start: datetime, end: datetime) -> tuple[datetime, datetime] | None:
        """From the first to the end of the last session without a stored day, where intraday bars may have it."""
        fine = self.stored.filter(pl.col("interval").str.contains(INTRADAY))
        if fine.is_empty():
            return None
        first, last = max(start, min(fine["first"].to_list())), min(end, max(fine["last"].to_list()) + _DAY_LENGTH)
        if first >= last:
            return None
        dates = sessions(self._exchange, first.date(), last.date()).select(pl.col("trade_date"))
        wanted = dates.join(pl.DataFrame({"symbol": [i.id for i in self.instruments]}), how="cross")
        held = days.select("symbol", pl.col("ts").dt.date().alias("trade_date"))
        missing = wanted.join(held, on=["symbol", "trade_date"], how="anti")["trade_date"]
        if missing.is_empty():
            return None
        lacking = missing.sort()
        return _midnight(lacking.item(0)), _midnight(lacking.item(-1)) + _DAY_LENGTH

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
        return sessions(self._exchange, start.date() - _DAY_LENGTH, end.date() + _DAY_LENGTH)


OWN_VOLUME = {"dukascopy", "mt5"}
"""Sources whose volumes are a broker's own, or counts of ticks."""

_DAY_LENGTH = timedelta(days=1)
_END = datetime(2200, 1, 1, tzinfo=UTC)
INTRADAY = r"^\d+[smh]$"


def _bases(stored: pl.DataFrame, interval: Interval) -> list[Interval]:
    """The stored intraday intervals that can make `interval`, coarsest first."""
    kept = [i for i in map(Interval.parse, stored["interval"].unique()) if i.intraday]
    if interval.intraday:
        kept = [i for i in kept if i.length <= interval.length and not interval.length % i.length]
    return sorted(kept, key=lambda i: i.length, reverse=True)


def _making_days(stored: pl.DataFrame) -> pl.DataFrame:
    """What is stored that has days or makes them: monthly bars may be newer, and are not."""
    return stored.filter((pl.col("interval") == str(DAY)) | pl.col("interval").str.contains(INTRADAY))


def _makes(stored: pl.DataFrame, interval: Interval) -> bool:
    """Whether what is stored can make bars of `interval`; nothing stored makes none of any."""
    kept = {Interval.parse(text) for text in stored["interval"]}
    days = DAY in kept and not interval.intraday
    return not kept or interval in kept or days or bool(_bases(stored, interval))


def _long(rows: pl.DataFrame) -> bool:
    """Whether the bars span several sessions, so that an ex date may fall inside one."""
    return not rows.is_empty() and not (step := Interval.parse(rows["interval"].item(0))).intraday and step != DAY


def _scale_notes(bars: pl.DataFrame, adjust: Scale) -> tuple[str, ...]:
    words = {"raw": "as traded", "split": "split-adjusted", "total": "adjusted for splits and dividends"}
    return tuple(
        f"Some bars came {words[scale]} and cannot be put on the {adjust} scale; they are shown as they came."
        for scale in sorted(set(bars["scale"].unique()) - {adjust})
    )


def _source_notes(bars: pl.DataFrame) -> tuple[str, ...]:
    """What is meant by volume where it is not what an exchange counts."""
    own = sorted(set(bars["source"].unique()) & OWN_VOLUME)
    return tuple(f"Volumes from {source} are the broker's own or count ticks, not the shares traded." for source in own)


def _short_notes(interval: Interval) -> tuple[str, ...]:
    """That bars are cut at the close, where they fit no hour and so hardly a session."""
    hour = timedelta(hours=1)
    if not interval.intraday or not hour % interval.length or not interval.length % hour:
        return ()
    return (f"{interval} bars are counted from each open; the last one before a close may be shorter.",)


def _longer_notes(stored: pl.DataFrame, interval: Interval, bars: pl.DataFrame, start: datetime) -> list[str]:
    """Where bars are not made of days, and where longer bars than those shown reach back further."""
    if interval.intraday or bars.is_empty():
        return []
    days = _making_days(stored)
    longer = stored.filter(~pl.col("interval").is_in([*days["interval"], str(interval)])).sort("first")
    begin, end = bars["ts"].item(0), bars["ts"].item(-1)
    if not days.is_empty() and str(interval) in stored["interval"] and interval != DAY:
        first, last = min(days["first"].to_list()), max(days["last"].to_list())
        if begin < _floor(interval, first) or end > last:
            return [f"Before {said(first)} and after {said(last)} these are {interval} bars as they were stored."]
    if not longer.is_empty() and start < begin and longer["first"].item(0) < begin - timedelta(days=31):
        held = longer["interval"].item(0)
        return [f"{held} bars since {said(longer['first'].item(0))} are held; choose {held} to see them."]
    return []


def _floor(interval: Interval, start: datetime) -> datetime:
    """The label of the bar in which `start` lies."""
    day = start.date()
    if interval.unit == "w":
        day -= timedelta(days=day.weekday())
    elif interval.unit in {"mo", "q", "y"}:
        months = {"mo": 1, "q": 3, "y": 12}[interval.unit]
        day = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    return _midnight(day)


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
