"""36 hours of a desk on a clock that a test moves: prints come around the clock, and bars are those of its sessions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from threading import Event

import polars as pl
import pytest

from openbell.desk import Desk, open_desk
from openbell.live import Live
from openbell.model.frames import INSTRUMENTS, TRADES, conform, frame_of
from openbell.model.interval import DAY, MINUTE
from openbell.model.sessions import market_state
from openbell.providers.base import Capabilities
from openbell.providers.streams.sales import Sale
from openbell.providers.streams.spoken import Told
from openbell.providers.streams.wanted import Wanted
from openbell.settings import Settings
from openbell.store.watchbook import WatchBook

STEP = timedelta(minutes=5)
CLOSING_CROSS = f"{Sale.CLOSING_PRINT:02X}"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class AroundTheClock:
    """A stream that prints one unit at the middle of each minute, open or not, a cent higher than the minute before,
    and moves the clock. `closes`: a cross of 500 units comes two seconds after each."""

    capabilities = Capabilities(name="around", title="Around the clock", quotes=True)
    mute = None

    def __init__(self, start: datetime, closes: list[datetime]) -> None:
        self.start, self.now, self.closes = start, start, closes
        self.states: list[tuple[datetime, str]] = []
        self.over = Event()

    def clock(self) -> datetime:
        return self.now

    async def told(self, wanted: Wanted) -> AsyncIterator[Told]:
        yield Told(ready=True)
        while self.now < self.start + timedelta(hours=36):
            begun, self.now = self.now, self.now + STEP
            self.states.append((begun, market_state("XNYS", begun).state))
            yield Told(trades=conform(pl.DataFrame([*self._trades(begun)], infer_schema_length=None), TRADES))
        self.over.set()
        await wanted.other_than(wanted.symbols)

    def _trades(self, begun: datetime) -> Iterator[dict[str, object]]:
        for minute in range(STEP // timedelta(minutes=1)):
            at = begun + timedelta(minutes=minute, seconds=30)
            facts = {"symbol": "ACME", "source": "around", "seq": 0, "condition": None}
            if at.replace(second=0) in self.closes:
                cross = at.replace(second=2)
                yield facts | {"ts": cross, "price": self.price(cross), "size": 500.0, "condition": CLOSING_CROSS}
            yield facts | {"ts": at, "price": self.price(at), "size": 1.0}

    def price(self, at: datetime) -> float:
        return 100 + ((at - self.start) // timedelta(minutes=1)) / 100


@contextmanager
def a_desk(folder: Path, market: AroundTheClock) -> Iterator[Desk]:
    opened = open_desk(Settings(home=folder, providers="alphavantage", streams=""), market.clock)
    desk = replace(opened, streams=(market,))
    facts = {
        "id": "ACME",
        "ticker": "ACME",
        "simulated": False,
        "name": "Acme",
        "exchange": "XNYS",
        "currency": "USD",
        "source": "test",
    }
    desk.lake.append_instruments(frame_of(INSTRUMENTS, [facts]), market.now)
    WatchBook(desk.ledger).add("Mine", ["ACME"])
    yield desk
    desk.close()


def runs(stamps: list[datetime]) -> list[tuple[str, str]]:
    """Minutes as the stretches that they make without a hole."""
    found = []
    for _, pairs in groupby(enumerate(stamps), key=lambda pair: pair[1] - timedelta(minutes=pair[0])):
        alike = [at for _, at in pairs]
        found.append((f"{alike[0]:%a %H:%M}", f"{alike[-1]:%a %H:%M}"))
    return found


@pytest.mark.parametrize(
    ("start", "states", "stored", "regular", "crosses"),
    [
        (  # the clocks of New York go forward at 07:00 UTC on Sunday
            "2025-03-09 06:00",
            ["Sun 06:00 closed", "Mon 08:00 pre", "Mon 13:30 open"],
            [("Mon 08:00", "Mon 17:59")],
            [("Mon 13:30", "Mon 17:59")],
            [],
        ),
        (  # they go back at 06:00
            "2025-11-02 05:00",
            ["Sun 05:00 closed", "Mon 09:00 pre", "Mon 14:30 open"],
            [("Mon 09:00", "Mon 16:59")],
            [("Mon 14:30", "Mon 16:59")],
            [],
        ),
        (  # a day as any other, its night, and the holiday after it
            "2025-11-26 12:00",
            ["Wed 12:00 pre", "Wed 14:30 open", "Wed 21:00 post", "Thu 01:00 closed"],
            [("Wed 12:00", "Thu 00:59")],
            [("Wed 14:30", "Wed 20:59")],
            ["2025-11-26 21:00"],
        ),
        (  # the holiday, and the half day after it
            "2025-11-27 12:00",
            ["Thu 12:00 closed", "Fri 09:00 pre", "Fri 14:30 open", "Fri 18:00 post", "Fri 22:00 closed"],
            [("Fri 09:00", "Fri 21:59")],
            [("Fri 14:30", "Fri 17:59")],
            ["2025-11-28 18:00"],
        ),
    ],
)
def test_36_hours_make_the_minutes_of_their_sessions_and_a_day_that_sums_them(
    tmp_path: Path,
    start: str,
    states: list[str],
    stored: list[tuple[str, str]],
    regular: list[tuple[str, str]],
    crosses: list[str],
):
    market = AroundTheClock(utc(start), [utc(cross) for cross in crosses])
    with a_desk(tmp_path, market) as desk:
        live = Live(desk)
        live.start()
        assert market.over.wait(30)
        live.stop()
        changes = [next(group) for _, group in groupby(market.states, key=lambda seen: seen[1])]
        assert [f"{at:%a %H:%M} {state}" for at, state in changes] == states
        always = (market.start, market.now)
        assert runs(desk.lake.bars(["ACME"], MINUTE, *always)["ts"].to_list()) == stored
        minutes = desk.history.bars("ACME", MINUTE, *always).bars
        assert runs(minutes["ts"].to_list()) == regular
        assert minutes["volume"].sum() == minutes.height + 500 * len(crosses)
        (day,) = desk.history.bars("ACME", DAY, *always).bars.to_dicts()
        assert (day["open"], day["close"]) == (minutes["open"].item(0), minutes["close"].item(-1))
        assert (day["high"], day["low"], day["volume"]) == (
            minutes["high"].max(),
            minutes["low"].min(),
            minutes["volume"].sum(),
        )
        assert all(day["close"] == market.price(cross) for cross in market.closes)
