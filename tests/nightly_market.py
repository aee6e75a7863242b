"""Yahoo over two sessions, a clock that a test moves, and a desk between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from openbell.desk import Desk, open_desk
from openbell.jobs import Clockwork, fetch_symbol
from openbell.model.frames import BARS, STREAM, frame_of
from openbell.settings import Settings
from openbell.store.jobbook import JobBook, Standing
from openbell.store.watchbook import WatchBook
from recorded import Answer, Asked, Vendor, vendor
from yahoo_market import NOT_FOUND, chart


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


TUESDAY_NOON, WEDNESDAY_EVENING = utc("2025-02-18 17:00"), utc("2025-02-19 21:45")
"""When the symbols are first fetched, and when Wednesday has settled: 16:45 in New York."""

DAYS = """
    2025-02-13 09:30 10.0 10.6  9.9 10.5 1000
    2025-02-14 09:30 10.5 11.2 10.4 11.0 1200
    2025-02-18 09:30 11.0 11.4 10.9 11.2 1100
    2025-02-19 09:30 11.2 11.6 11.1 11.5 1300"""
MINUTES = """
    2025-02-19 09:30 11.20 11.25 11.20 11.22 100
    2025-02-19 09:31 11.22 11.30 11.22 11.28 150
    2025-02-19 09:32 11.28 11.28 11.26 11.27 300
    2025-02-19 09:33 11.27 11.29 11.27 11.29 200"""


class Clock:
    """A clock that a test moves, and that is a millisecond later each time it is read."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


@dataclass
class Market:
    """Yahoo, as it is at the clock's time, over a real socket."""

    clock: Clock
    known: tuple[str, ...] = ("ACME", "BOLT")
    trouble: dict[str, Answer] = field(default_factory=dict)
    events: Mapping[str, object] = field(default_factory=dict)
    days: str = DAYS
    minutes: str = MINUTES

    def __call__(self, asked: Asked) -> Answer:
        symbol = asked.path.rpartition("/")[2]
        if symbol in self.trouble:
            return self.trouble[symbol]
        if symbol not in self.known:
            return NOT_FOUND
        newest = self._newest_session()
        session = (f"{newest} 09:30", f"{newest} 16:00")
        rows = self.days if asked.query["interval"] == "1d" else self.minutes
        told = "\n".join(line for line in rows.strip().splitlines() if line.split()[0] <= newest)
        traded = f"{newest} 16:00:01"
        return chart(told, symbol=symbol, events=self.events, session=session, traded=traded)

    def _newest_session(self) -> str:
        return max(
            line.split()[0]
            for line in self.days.strip().splitlines()
            if line.split()[0] <= f"{self.clock.now:%Y-%m-%d}"
        )


@dataclass
class Night:
    """A desk whose upkeep a test looks at."""

    desk: Desk
    clock: Clock
    market: Market
    vendor: Vendor
    clockwork: Clockwork

    def until(self, moment: datetime) -> Standing:
        """What became of the upkeep when the clock looks at that time."""
        self.clock.now = moment
        self.clockwork.turn("upkeep")
        return self.standing("upkeep")

    def standing(self, job: str) -> Standing:
        return JobBook(self.desk.ledger).standing(job, self.clock.now)

    def asked(self) -> list[str]:
        """Of which symbols Yahoo was asked since the last time, in order."""
        found = [each.path.rpartition("/")[2] for each in self.vendor.asked]
        self.vendor.asked.clear()
        return list(dict.fromkeys(found))

    def stream(self, rows: str, symbol: str = "ACME", day: str = "2025-02-19") -> int:
        """Minutes made of a stream, as the intake stores them; a line is New York's winter time and the bar."""
        bars = []
        for line in rows.strip().splitlines():
            at, *numbers = line.split()
            prices = dict(zip(("open", "high", "low", "close", "volume"), map(float, numbers), strict=True))
            ts = utc(f"{day} {at}") + timedelta(hours=5)
            bars.append(
                {"symbol": symbol, "interval": "1m", "ts": ts, "scale": "raw", "source": f"yahoo{STREAM}", **prices}
            )
        return self.desk.lake.append_bars(frame_of(BARS, bars), self.clock(), provisional=True)


@contextmanager
def a_night(folder: Path, *symbols: str, second: str = "") -> Iterator[Night]:
    """The desk on Tuesday noon, with a first history of `symbols`; `second`: Alpha Vantage's address."""
    clock = Clock(TUESDAY_NOON)
    market = Market(clock)
    with vendor(market) as server:
        settings = Settings(
            home=folder, yahoo_url=server.url, yahoo_cookie_url=f"{server.url}/cookie", streams="",
            providers="yahoo,alphavantage" if second else "yahoo", alphavantage_key="KEY" if second else "",
            alphavantage_url=second or "http://127.0.0.1:1",
        )  # fmt: skip
        desk = open_desk(settings, clock)
        WatchBook(desk.ledger).add("Mine", symbols)
        for symbol in symbols:
            fetch_symbol(desk, symbol)
        server.asked.clear()
        yield Night(desk, clock, market, server, Clockwork(desk))
        desk.close()


def closes(bars: pl.DataFrame) -> list[float]:
    return bars["close"].to_list()
