"""Stored history as if it happened now: the same protocols as a vendor, at any speed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import polars as pl

from openbell.model.errors import InvalidInput, UnknownSymbol
from openbell.model.frames import BARS, QUOTES, conform, frame_of
from openbell.model.interval import DAY, MINUTE, Interval
from openbell.providers.base import Capabilities
from openbell.providers.window import offered, utc_range

NAME = "replay"
History = Callable[[str, Interval, datetime, datetime], pl.DataFrame]
"""BARS of a symbol with start <= ts < end, raw; raises UnknownSymbol."""

LOOK_BACK = timedelta(days=10)
"""How far back the last price may lie: longer than any exchange's holidays."""


class Replay:
    """Plays `history` from `start` on; `speed` seconds of market pass in each second of `clock`.

    Nothing after the market's time is ever delivered, nor a bar that has not ended by then. Quotes step from minute to
    minute; their session is the UTC day.
    """

    def __init__(
        self,
        history: History,
        start: datetime,
        speed: float,
        clock: Callable[[], datetime],
        *,
        intervals: Sequence[Interval] = (MINUTE, DAY),
    ) -> None:
        if start.tzinfo is None:
            raise InvalidInput(
                "start", f"start {start.isoformat()} has no time zone.", remedy="Pass an aware datetime."
            )
        if not speed > 0:
            raise InvalidInput("speed", f"A market cannot run at {speed} times its speed.", remedy="Use more than 0.")
        self._history = history
        self._start = start.astimezone(UTC)
        self._speed = speed
        self._clock = clock
        self._began = clock()
        self.capabilities = Capabilities(
            name=NAME, title="Replay of stored history", bars=dict.fromkeys(intervals), quotes=True
        )

    def now(self) -> datetime:
        """The market's time."""
        return self._start + max(self._clock() - self._began, timedelta(0)) * self._speed

    def bars(self, symbol: str, interval: Interval, start: datetime, end: datetime) -> pl.DataFrame:
        """BARS of `symbol` with start <= ts < end that have ended by the market's time; raises ProviderError."""
        start, end = utc_range(start, end)
        offered(self.capabilities, interval)
        now = self.now()
        bars = self._history(symbol, interval, start, max(min(end, now), start))
        ended = bars.filter(pl.col("ts").dt.offset_by(str(interval)) <= now)
        return conform(ended.sort("ts").with_columns(source=pl.lit(NAME)), BARS)

    def quotes(self, symbols: Sequence[str]) -> pl.DataFrame:
        """QUOTES as of the last minute that has ended, in the order asked; symbols without one are left out."""
        quotes = [frame_of(QUOTES)]
        for symbol in symbols:
            with suppress(UnknownSymbol):
                quotes.append(self._quote(symbol))
        return pl.concat(quotes)

    def _quote(self, symbol: str) -> pl.DataFrame:
        now = self.now()
        minutes = self.bars(symbol, MINUTE, now - LOOK_BACK, now)
        day = pl.col("ts").dt.date()
        today = minutes.filter(day == day.max())
        before = minutes.filter(day < day.max())
        quote = today.select(
            symbol=pl.lit(symbol),
            ts=pl.col("ts").last().dt.offset_by("1m"),
            price=pl.last("close"),
            previous_close=pl.lit(before["close"].last() if before.height else None, dtype=pl.Float64),
            open=pl.first("open"),
            high=pl.max("high"),
            low=pl.min("low"),
            volume=pl.sum("volume"),
            source=pl.lit(NAME),
        )
        return conform(quote.filter(pl.col("price").is_not_null()), QUOTES)
