"""After a session: what is missing is fetched, and streamed minutes are held against the official ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from openbell.ingest.fetching import fetch_bars
from openbell.ingest.storing import Stored
from openbell.model.errors import NotEntitled, NotOffered
from openbell.model.frames import STREAMED
from openbell.model.interval import DAY, MINUTE, Interval
from openbell.model.sessions import reach, sessions
from openbell.model.words import counted
from openbell.providers.base import Capabilities
from openbell.providers.ordered import Ordered
from openbell.store.lake import Lake

FIRST_DAYS, FIRST_MINUTES = timedelta(days=5 * 366), timedelta(days=7)
"""How far back a symbol without any prices is fetched."""
DAYS_AGAIN, MINUTES_AGAIN = timedelta(days=7), timedelta(days=1)
"""So much of what is stored is asked for again: vendors correct, and a day was fetched before its late hours."""
LOOKED_BACK = (timedelta(days=10), timedelta(days=60))
"""How far before the newest minute the newest official one is looked for."""
COMPARED = timedelta(days=30)
"""How far back days are compared."""
SAME_PRICE = 5e-7
"""As a share: closer prices are the same, written with other digits."""
SAME_VOLUME = 0.1
"""As a share of the official volume: streams miss odd lots and auctions."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session of an exchange that has ended."""

    exchange: str
    day: date
    open: datetime
    close: datetime


@dataclass(frozen=True, slots=True)
class Agreement:
    """How the streamed minutes of a session compare with the official ones; a minute may differ in both ways."""

    official: int
    streamed: int
    agree: int
    closes_differ: int
    furthest: float
    """The largest difference between two closes."""
    volumes_differ: int
    only_official: int
    only_streamed: int

    def __str__(self) -> str:
        if not self.streamed:
            return f"{counted(self.official, 'minute')}, none of them streamed"
        if not self.official:
            return f"{counted(self.streamed, 'streamed minute')}, and no official one to compare with"
        parts = [f"{self.agree} of {counted(self.official, 'minute')} agree"]
        if self.closes_differ:
            differ = "close differs" if self.closes_differ == 1 else "closes differ"
            parts.append(f"{self.closes_differ} {differ} by at most {self.furthest:.4g}")
        if self.volumes_differ:
            differ = "volume differs" if self.volumes_differ == 1 else "volumes differ"
            parts.append(f"{self.volumes_differ} {differ} by more than {SAME_VOLUME:.0%}")
        if self.only_official:
            parts.append(f"{self.only_official} not streamed")
        if self.only_streamed:
            parts.append(f"{self.only_streamed} only streamed")
        return "; ".join(parts)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the upkeep of one symbol came to."""

    stored: Stored
    agreements: dict[date, Agreement]


def last_session(exchange: str, now: datetime, settled: timedelta) -> Session | None:
    """The newest session of `exchange` that closed `settled` ago; None beyond its calendar."""
    first, last = reach(exchange)
    if not first <= now.date() <= last:
        return None
    around = sessions(exchange, now.date() - COMPARED, now.date() + timedelta(days=1))
    ended = around.filter(pl.col("close") + settled <= now)
    if ended.is_empty():
        return None
    row = ended.row(-1, named=True)
    return Session(exchange, row["trade_date"], row["open"], row["close"])


def complete(
    lake: Lake,
    vendors: Ordered,
    offers: Sequence[Capabilities],
    symbol: str,
    key: str,
    session: Session,
    *,
    complete_until: datetime,
    clock: Callable[[], datetime],
) -> Kept:
    """Fetch what is missing of `symbol` (days, splits and dividends, minutes) up to now, after any absence, and compare
    the days up to `session`. `key` is the instrument's id. Raises ProviderError where no vendor delivers days.

    Corrections are new rows. Minutes are asked for from `complete_until` on: those after it may have gaps, whatever is
    stored behind them. They reach back as far as the vendors offer them; without any, a note says so.
    """
    now = clock()
    newest_day = _newest(lake, key, DAY)
    since = now - FIRST_DAYS if newest_day is None else newest_day - DAYS_AGAIN
    stored = fetch_bars(lake, vendors, symbol, DAY, since, now, clock=clock)
    since = min(complete_until, minutes_missing_since(lake, key, now))
    try:
        stored += fetch_within_reach(lake, vendors, offers, symbol, MINUTE, since, now, clock=clock)
    except (NotOffered, NotEntitled) as error:
        stored += Stored(notes=(f"No minutes of {symbol}: {error}",))
    return Kept(stored, agreements(lake, key, session, since))


def fetch_within_reach(
    lake: Lake,
    vendors: Ordered,
    offers: Sequence[Capabilities],
    symbol: str,
    interval: Interval,
    start: datetime,
    end: datetime,
    *,
    clock: Callable[[], datetime],
) -> Stored:
    """As `fetch_bars` in one piece, from as far back as a vendor has bars and gives them to us.

    Raises the ProviderError of the shortest reach.
    """
    reaches = [each.bars[interval] for each in offers if interval in each.bars]
    starts = sorted({start if back is None else max(start, clock() - back) for back in reaches} or {start})
    for first in starts[:-1]:
        try:
            return fetch_bars(lake, vendors, symbol, interval, first, end, clock=clock, whole=True)
        except (NotOffered, NotEntitled):  # what reaches further takes another plan
            continue
    if starts[-1] >= end:
        raise NotOffered("openbell", f"no vendor has bars of {interval} before {starts[-1]:%Y-%m-%d}.")
    return fetch_bars(lake, vendors, symbol, interval, starts[-1], end, clock=clock, whole=True)


def minutes_missing_since(lake: Lake, key: str, now: datetime) -> datetime:
    """From when on official minutes are to be asked for: a day before the newest, or all that was only streamed."""
    newest = _newest(lake, key, MINUTE)
    if newest is None:
        return now - FIRST_MINUTES
    first = newest
    for back in LOOKED_BACK:
        told = lake.bars_by_source([key], MINUTE, newest - back, newest + timedelta.resolution)
        official = told.filter(~STREAMED)["ts"].max()
        if isinstance(official, datetime):
            return official - MINUTES_AGAIN
        first = told["ts"].item(0)
    return min(first, now - FIRST_MINUTES)


def agreements(lake: Lake, key: str, session: Session, since: datetime) -> dict[date, Agreement]:
    """By trade date up to that of `session`: how streamed and official minutes of regular hours compare.

    Days before are there where anything was streamed: they were not compared while the desk was away.
    """
    first = max(since.date(), session.day - COMPARED)
    days = sessions(session.exchange, min(first, session.day), session.day)
    told = lake.bars_by_source([key], MINUTE, days["open"].item(0), days["close"].item(-1))
    found: dict[date, Agreement] = {}
    for day, opens, closes in days.select("trade_date", "open", "close").iter_rows():
        rows = told.filter(pl.col("ts") >= opens, pl.col("ts") < closes)
        agreement = compared(rows.filter(STREAMED), rows.filter(~STREAMED))
        if agreement.streamed or day == session.day:
            found[day] = agreement
    return found


def compared(streamed: pl.DataFrame, official: pl.DataFrame) -> Agreement:
    """How two sets of BARS of one symbol compare, minute by minute; of several sources the one known last counts."""
    mine, theirs = (
        rows.sort("known_at").unique("ts", keep="last").select("ts", "close", "volume") for rows in (streamed, official)
    )
    both = theirs.join(mine, on="ts", suffix="_streamed")
    off = (pl.col("close") - pl.col("close_streamed")).abs()
    volume = (pl.col("volume") - pl.col("volume_streamed")).abs() > SAME_VOLUME * pl.col("volume")
    judged = both.select(
        off=off.fill_null(0.0),
        close=(off > SAME_PRICE * pl.col("close").abs()).fill_null(value=False),
        volume=volume.fill_null(value=False),
    )
    return Agreement(
        official=theirs.height,
        streamed=mine.height,
        agree=judged.filter(~pl.col("close") & ~pl.col("volume")).height,
        closes_differ=judged.filter("close").height,
        furthest=float(judged.filter("close").select(pl.max("off").fill_null(0.0)).item()) if judged.height else 0.0,
        volumes_differ=judged.filter("volume").height,
        only_official=theirs.height - both.height,
        only_streamed=mine.height - both.height,
    )


def _newest(lake: Lake, key: str, interval: Interval) -> datetime | None:
    """The newest stored bar, whoever told of it."""
    spans = lake.spans().filter(symbol=key, interval=str(interval))
    newest = spans["last"].max()
    return newest if isinstance(newest, datetime) else None
