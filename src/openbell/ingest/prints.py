"""What must have traded between two quotes: the new price, and the units by which the day's volume has grown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import msgspec
import polars as pl

from openbell.model.frames import TRADES, conform, frame_of

UNINTERRUPTED = timedelta(minutes=5)
"""After a longer silence nobody knows when the day's volume has grown: the vendor's own bars will tell."""

EARLY = timedelta(minutes=5)
"""So soon after the opening a day's volume was traded right then: most of it in the opening auction."""

Session = tuple[datetime, datetime]
"""When the extended hours of a session begin, and when it opens."""


class Last(msgspec.Struct, frozen=True, array_like=True):
    """The last quote of a symbol from one source."""

    symbol: str
    ts: datetime
    price: float
    volume: float | None
    source: str = ""
    broken: datetime | None = None
    """When the connection began anew since."""


class Prints:
    """Turns the quotes of vendors that push no trades into TRADES; the same quotes in order always make the same.

    A quote that repeats price and volume makes none, nor does the first one of a symbol: it may be of any age. A print
    has no size where it is not known since when the volume has grown: after a silence or a broken connection.
    """

    def __init__(self, session_of: Callable[[str, datetime], Session | None], heard: Iterable[Last] = ()) -> None:
        """`session_of`: the session that a symbol's market has at an instant, if it has any then."""
        self._session_of = session_of
        self._heard = {(each.symbol, each.source): each for each in heard}

    def heard(self) -> tuple[Last, ...]:
        """The last quotes, with which another one of these goes on."""
        return tuple(self._heard.values())

    def interrupt(self, feed: str, at: datetime) -> None:
        """The `feed` (empty: any) has listened only since `at`; it names itself in its sources, before a colon."""
        for key, last in self._heard.items():
            if feed in {"", last.source.partition(":")[0]}:
                self._heard[key] = msgspec.structs.replace(last, broken=at)

    def of(self, quotes: pl.DataFrame, since: datetime) -> pl.DataFrame:
        """TRADES of QUOTES in order of arrival; `seq` is the row's number in `quotes`. Quotes from before `since` are
        remembered, and make none."""
        rows = quotes.select("symbol", "ts", "price", "volume", "source").with_row_index("seq")
        made = []
        for seq, symbol, ts, price, volume, source in rows.filter(pl.col("price").is_not_null()).iter_rows():
            moved, size = self._traded(Last(symbol, ts, price, volume, source))
            if moved and ts >= since:
                made.append((symbol, ts, seq, price, size, source))
        names = ("symbol", "ts", "seq", "price", "size", "source")
        schema = {name: TRADES[name] for name in names}
        return conform(pl.DataFrame(made, schema=schema, orient="row"), TRADES) if made else frame_of(TRADES)

    def _traded(self, new: Last) -> tuple[bool, float | None]:
        """Whether anything traded since the last quote, and how many units; None where sizes are unknown."""
        last = self._heard.get((new.symbol, new.source))
        if last is not None and new.ts < last.ts:
            return False, None
        self._heard[new.symbol, new.source] = new
        if last is None:
            return False, None
        if new.volume is None or last.volume is None:
            return new.price != last.price or new.ts != last.ts, None
        grown = new.volume - last.volume
        if grown == 0 and new.price == last.price:
            return False, None
        if grown >= 0 and new.ts.date() == last.ts.date() and _followed(new, last):
            return True, grown
        return True, self._since_the_opening(new.volume, grown, new, last)

    def _since_the_opening(self, volume: float, grown: float, new: Last, last: Last) -> float:
        """Units traded where the volume did not simply grow in a day."""
        session = self._session_of(new.symbol, new.ts)
        if session is None:
            return 0.0
        begin, opening = session
        just_open = last.ts < opening <= new.ts <= opening + EARLY and (last.broken is None or last.broken <= opening)
        if last.ts < begin or grown < 0:
            return volume if just_open else 0.0
        return grown if just_open or _followed(new, last) else 0.0


def _followed(new: Last, last: Last) -> bool:
    """Whether the one was heard right after the other."""
    return last.broken is None and new.ts - last.ts <= UNINTERRUPTED
