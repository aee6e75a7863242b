"""The tape: the latest quote of each symbol and the minutes that are still in the making, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from threading import RLock

import polars as pl

from openbell.bars.partials import PARTIALS, bars_of, merged
from openbell.model.frames import BARS, QUOTES, frame_of

Quote = Mapping[str, object]
"""One row of QUOTES."""

MINUTE = timedelta(minutes=1)
KEY = ("symbol", "start")
"""Of a minute; several sources may tell it."""

MANY_PARTS = 32
"""So many parts wait before they are put together: a batch need not touch what others have told."""


class Tape:
    """The newest quote per symbol, and its running minutes from `final` on. Thread-safe; an older quote never replaces
    a newer one."""

    def __init__(self) -> None:
        self._quotes: dict[str, dict[str, object]] = {}
        self._versions: dict[str, int] = {}
        self._version = 0
        self._parts: list[pl.DataFrame] = []
        self._unsaved: list[pl.DataFrame] = []
        self._guard = RLock()

    @property
    def version(self) -> int:
        """Grows with every change."""
        return self._version

    def update(self, quotes: pl.DataFrame) -> None:
        """Take in QUOTES; what a newer quote leaves out stays as it was."""
        with self._guard:
            for row in quotes.iter_rows(named=True):
                held = self._quotes.get(row["symbol"], {})
                if not held or _not_later(held["ts"], row["ts"]):
                    told = {name: value for name, value in row.items() if value is not None}
                    self._put(row["symbol"], {**_EMPTY, **held, **told})

    def trade(self, partials: pl.DataFrame) -> None:
        """Take in PARTIALS of trades never told before."""
        if partials.is_empty():
            return
        rows = (
            partials.sort("sets_price", "last_at", "last_ts", "last_seq")
            .unique("symbol", keep="last")
            .select("symbol", "sets_price", price="close", ts="last_ts", source="source")
        )
        with self._guard:
            self._parts.append(partials)
            self._unsaved.append(partials.select(KEY))
            for told in rows.iter_rows(named=True):
                held, sets_price = self._quotes.get(told["symbol"], _EMPTY), told.pop("sets_price")
                late = held["ts"] is not None and not _not_later(held["ts"], told["ts"])  # it changes a minute only
                passed_over = late or (held["price"] is not None and not sets_price)
                self._put(told["symbol"], held if passed_over else held | told)
            if len(self._parts) >= MANY_PARTS:
                self._gather()

    def latest(self, symbols: Sequence[str]) -> dict[str, Quote]:
        """The newest quote of each of `symbols` that has one."""
        with self._guard:
            return {symbol: self._quotes[symbol] for symbol in symbols if symbol in self._quotes}

    def changed(self, symbols: Iterable[str], since: int) -> list[str]:
        """Those of `symbols` that changed after the tape's `version` was `since`."""
        with self._guard:
            return [symbol for symbol in symbols if self._versions.get(symbol, 0) > since]

    def minutes(self, symbols: Sequence[str], start: datetime | None = None) -> pl.DataFrame:
        """BARS of the minutes of `symbols` that are not final, from `start` on; the newest may still run."""
        mine = pl.col("symbol").is_in(list(symbols))
        if start is not None:
            mine &= pl.col("start") >= start
        with self._guard:
            parts = list(self._parts)
        return bars_of(merged([part.filter(mine) for part in parts]))

    def unsaved(self, now: datetime) -> pl.DataFrame:
        """BARS of the minutes that have ended by `now` and have changed since they were last said to be `saved`."""
        with self._guard:
            keys = self._changed_keys().filter(pl.col("start") + MINUTE <= now)
            parts = list(self._parts)
        return _bars_at(keys, parts) if keys.height else frame_of(BARS)

    def saved(self, bars: pl.DataFrame) -> None:
        """The lake holds `bars` now, which `unsaved` has told.

        A trade that came meanwhile makes its minute unsaved again: its bar differs from the one that was saved.
        """
        with self._guard:
            keys = self._changed_keys()
            same = _bars_at(bars.select("symbol", start="ts"), self._parts)
            done = same.join(bars, on=list(BARS), how="semi", nulls_equal=True)
            self._unsaved = [keys.join(done.select("symbol", start="ts"), on=KEY, how="anti")]

    def forget(self, before: datetime) -> None:
        """Minutes that began before `before` are final: they are in the lake, and nothing changes them any more."""
        with self._guard:
            self._parts = [self._gather().filter(pl.col("start") >= before)]
            self._unsaved = [self._changed_keys().filter(pl.col("start") >= before)]

    def drop(self, symbols: Sequence[str], start: datetime, end: datetime) -> None:
        """The minutes of `symbols` that begin from `start` to before `end` are told better by another source."""
        there = pl.col("symbol").is_in(list(symbols)) & (pl.col("start") >= start) & (pl.col("start") < end)
        with self._guard:
            self._parts = [self._gather().filter(~there)]
            self._unsaved = [self._changed_keys().filter(~there)]

    def _put(self, symbol: str, quote: dict[str, object]) -> None:
        self._version += 1
        self._quotes[symbol] = quote
        self._versions[symbol] = self._version

    def _gather(self) -> pl.DataFrame:
        """All parts as one."""
        if len(self._parts) != 1:
            self._parts = [merged(self._parts)]
        return self._parts[0]

    def _changed_keys(self) -> pl.DataFrame:
        empty = frame_of(PARTIALS).select(KEY)
        self._unsaved = [pl.concat([empty, *self._unsaved]).unique()]
        return self._unsaved[0]


def _bars_at(keys: pl.DataFrame, parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """BARS of the minutes with these keys."""
    return bars_of(merged([part.join(keys, on=KEY, how="semi") for part in parts]))


_EMPTY: dict[str, object] = dict.fromkeys(QUOTES)


def _not_later(held: object, told: object) -> bool:
    return isinstance(held, datetime) and isinstance(told, datetime) and held <= told
