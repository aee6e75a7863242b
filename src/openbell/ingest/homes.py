"""Where the symbols of a batch trade, asked seldom: the register is slower than prices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import polars as pl

from openbell.ingest.prints import Session
from openbell.model.sessions import EXCHANGES, sessions

ASKED = timedelta(seconds=10)
"""So long an answer counts: the desk may learn where a symbol trades."""

ROUND_THE_CLOCK = "24/7"
DAY = timedelta(days=1)


class Homes:
    """The exchanges of symbols, from `exchange_of`; one that no calendar knows counts as none."""

    def __init__(self, exchange_of: Callable[[str], str | None]) -> None:
        self._exchange_of = exchange_of
        self._told: dict[str, str | None] = {}
        self._asked: datetime | None = None

    def look(self, now: datetime) -> None:
        """Before a batch: answers that are too old at `now` are asked for again."""
        if self._asked is None or not self._asked <= now < self._asked + ASKED:
            self._told, self._asked = {}, now

    def known(self, symbol: str) -> str | None:
        """The exchange of `symbol`; None where it is not known."""
        if symbol not in self._told:
            told = self._exchange_of(symbol)
            self._told[symbol] = told if told in EXCHANGES else None
        return self._told[symbol]

    def apart(self, rows: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
        """The rows by calendar, each with an exchange that keeps it; without an exchange, around the clock."""
        symbols = rows["symbol"].unique().to_list()
        venues = {symbol: self.known(symbol) or ROUND_THE_CLOCK for symbol in symbols}
        calendars = {venue: EXCHANGES[venue].calendar for venue in set(venues.values())}
        for calendar in sorted(set(calendars.values())):
            there = [symbol for symbol in symbols if calendars[venues[symbol]] == calendar]
            mine = rows if len(there) == len(symbols) else rows.filter(pl.col("symbol").is_in(there))
            yield min(venue for venue, kept in calendars.items() if kept == calendar), mine

    def session_of(self, symbol: str, at: datetime) -> Session | None:
        """The session that the market of `symbol` has at an instant, extended hours included; None outside."""
        near = sessions(self.known(symbol) or ROUND_THE_CLOCK, at.date() - DAY, at.date() + DAY)
        held = near.filter((pl.col("pre") <= at) & (pl.col("post") > at))
        return None if held.is_empty() else held.select("pre", "open").row(0)
