"""Questions about past prices: bars of any interval and adjustment, from whatever the lake holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from openbell.history.made import DAY_LENGTH, Hours, Past, makes, making_days, midnight
from openbell.history.notes import of_longer, of_scale, of_short, of_source, said
from openbell.model.errors import InvalidInput, OpenbellError
from openbell.model.frames import BARS, Scale, frame_of
from openbell.model.interval import DAY, Interval
from openbell.model.sessions import EXCHANGES, sessions
from openbell.store.lake import Lake
from openbell.store.register import Instrument, Register


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
        if moment <= midnight(now.date()) + DAY_LENGTH:  # the end of today
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
        past = Past(self._lake, (instrument,), self.stored(instrument.id), due, adjust, as_of)
        if not makes(past.stored, interval):
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
                *of_scale(rows, adjust),
                *of_source(rows),
                *of_short(interval),
                *past.dividend_notes(rows),
                *of_longer(past.stored, interval, rows, start),
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
        by_id = making_days(spans).partition_by("symbol", as_dict=True)
        alike: dict[tuple[object, ...], list[Instrument]] = {}
        for instrument in instruments:
            if (stored := by_id.get((instrument.id,))) is not None:
                newest: datetime = max(stored["last"].to_list())
                kept = tuple(stored["interval"].sort())
                alike.setdefault((instrument.exchange, newest.date(), kept), []).append(instrument)
        return [tuple(group) for group in alike.values()]

    def _past_of(self, group: tuple[Instrument, ...]) -> Past:
        """What makes the days of instruments that are alike, split-adjusted as of now."""
        ids = [i.id for i in group]
        stored = making_days(self._lake.spans().filter(pl.col("symbol").is_in(ids)))
        due = self._happened(self._lake.actions(ids), group[0], None)
        return Past(self._lake, group, stored, due, "split", None)

    def _latest_of(self, group: tuple[Instrument, ...]) -> dict[str, Latest]:
        ids = [i.id for i in group]
        past = self._past_of(group)
        stored = past.stored
        newest: datetime = max(stored["last"].to_list())
        days = past.daily(DAY, newest - LATEST, newest + DAY_LENGTH).drop_nulls("close")
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
        if not makes(stored, DAY):
            return None
        before = sessions(exchange, moment.date() - timedelta(days=14), moment.date()).filter(pl.col("close") <= moment)
        if before.is_empty():
            return None
        day = midnight(before["trade_date"].item(-1)) + DAY_LENGTH
        closes = self.bars(ticker, DAY, day - timedelta(days=14), day, adjust=adjust, as_of=as_of).bars["close"]
        return closes.drop_nulls().last()  # type: ignore[return-value]  # a column of floats

    def dates(self, ticker: str, start: datetime, end: datetime, as_of: datetime | None = None) -> list[date]:
        """The dates with a daily close of start <= ts < end, in order; none where days are neither stored nor made."""
        if not makes(self.stored(self.instrument(ticker).id), DAY):
            return []
        days = self.bars(ticker, DAY, start, end, adjust="raw", as_of=as_of).bars
        return days.drop_nulls("close")["ts"].dt.date().to_list()
