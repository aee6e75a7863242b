"""What must have traded between two quotes: the new price, and the units by which the day's volume has grown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from openbell.model.frames import TRADES, UTC, Schema, conform, frame_of

HEARD: Schema = {"symbol": pl.String, "ts": UTC, "price": pl.Float64, "volume": pl.Float64}

UNINTERRUPTED = timedelta(minutes=1)
"""Within so long after the last quote, the volume of a new day was all traded since."""


@dataclass(frozen=True, slots=True)
class _Heard:
    ts: datetime
    price: float
    volume: float | None


class Prints:
    """Turns the quotes of vendors that push no trades into TRADES; the same quotes in order always make the same.

    A quote that repeats price and volume makes none. The first quote of a symbol, and one whose volume has fallen
    other than by the beginning of a new day, make a print of no size: what was traded before it is not known.
    """

    def __init__(self, heard: pl.DataFrame | None = None) -> None:
        rows = frame_of(HEARD) if heard is None else heard
        self._heard = {symbol: _Heard(*rest) for symbol, *rest in rows.select(*HEARD).iter_rows()}

    def heard(self) -> pl.DataFrame:
        """HEARD: the last quote of each symbol, with which another one of these goes on."""
        rows = [(symbol, each.ts, each.price, each.volume) for symbol, each in self._heard.items()]
        return pl.DataFrame(rows, schema=dict(HEARD), orient="row")

    def of(self, quotes: pl.DataFrame) -> pl.DataFrame:
        """TRADES of QUOTES in order of arrival; `seq` is the row's number in `quotes`."""
        rows = quotes.select("symbol", "ts", "price", "volume", "source").with_row_index("seq")
        made = []
        for seq, symbol, ts, price, volume, source in rows.filter(pl.col("price").is_not_null()).iter_rows():
            moved, size = self._traded(symbol, ts, price, volume)
            if moved:
                made.append((symbol, ts, seq, price, size, source))
        names = ("symbol", "ts", "seq", "price", "size", "source")
        schema = {name: TRADES[name] for name in names}
        return conform(pl.DataFrame(made, schema=schema, orient="row"), TRADES) if made else frame_of(TRADES)

    def _traded(self, symbol: str, ts: datetime, price: float, volume: float | None) -> tuple[bool, float | None]:
        """Whether anything traded since the last quote, and how many units; None where that is unknown."""
        last = self._heard.get(symbol)
        if last is not None and ts < last.ts:
            return False, None
        self._heard[symbol] = _Heard(ts, price, volume)
        if last is None:
            return True, None if volume is None else 0.0
        if volume is None or last.volume is None:
            return price != last.price or ts != last.ts, None
        grown = volume - last.volume
        if grown < 0:
            renewed = ts.date() > last.ts.date() and ts - last.ts <= UNINTERRUPTED
            return True, volume if renewed else 0.0
        return grown > 0 or price != last.price, grown
