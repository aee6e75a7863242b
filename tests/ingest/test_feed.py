"""A feed over a real WebSocket to a vendor that misbehaves: what is missed is healed, what is repeated counts once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import apart
from openbell.ingest.feed import Feed, Gap
from openbell.ingest.intake import Intake
from openbell.ingest.tape import Tape
from openbell.providers.budget import Budget
from openbell.providers.streams.finnhub import FinnhubDialect
from openbell.providers.streams.socket import Socket
from openbell.providers.streams.wanted import Wanted
from openbell.store.log import Log
from vendor import Line, Vendor, seconds_ago, trade, trades, vendor

COIN, OTHER = "BINANCE:BTCUSDT", "BINANCE:ETHUSDT"


def clock() -> datetime:
    return datetime.now(UTC)


class Saved(dict[str, dict[str, object]]):
    """A budget's store in memory."""

    load_budget = dict.get
    save_budget = dict.__setitem__


@dataclass
class Desk:
    """A feed of Finnhub's, its intake, and what it waited for and wanted healed."""

    vendor: Vendor
    log: Log
    mute: timedelta = timedelta(seconds=30)
    tape: Tape = field(default_factory=Tape)
    waits: list[float] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.intake = Intake(self.log, self.tape, exchange_of=lambda _symbol: "24/7", clock=clock)
        self.feed = Feed(
            Socket(lambda: FinnhubDialect("k3y", self.vendor.url), clock),
            self.intake,
            clock=clock,
            sleep=self._sleep,
            chance=lambda: 0.5,
            budget=Budget(Saved()),
            exchange_of=lambda _symbol: "24/7",
            heal=self._heal,
            mute=self.mute,
        )

    def run(self, until: Callable[[], bool], *symbols: str, then: Callable[[Wanted], None] | None = None) -> None:
        """Run the feed until something is so; it must be within ten seconds."""

        async def main() -> None:
            wanted = Wanted(symbols or [COIN])
            running = asyncio.create_task(self.feed.run(wanted, None))
            try:
                async with asyncio.timeout(10):
                    while not until():
                        if then is not None:
                            then(wanted)
                        await asyncio.sleep(0.01)
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

        apart.run(main())

    @property
    def sizes(self) -> list[float]:
        """The size of every trade in the log, in order."""
        return [size for entry in self.log.read() if entry.kind == "trades" for size in entry.frame["size"]]

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        await asyncio.sleep(0 if seconds != 600 else 60)

    async def _heal(self, gap: Gap) -> bool:
        self.gaps.append(gap)
        return True


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    opened = Log(tmp_path / "log.db")
    yield opened
    opened.close()


def tells(*sizes: float, ago: float = 1.0) -> Callable[[Line], None]:
    """A scene: the subscription is heard, then trades of these sizes are told, and the line stays open."""

    def scene(line: Line) -> None:
        line.hear()
        for size in sizes:
            line.say(trades(trade(COIN, 100.0, size, seconds_ago(ago))))
        line.stay()

    return scene


def drops_after(scene: Callable[[Line], None]) -> Callable[[Line], None]:
    def cut(line: Line) -> None:
        scene(line)
        line.cut()

    return cut


def says(*sizes: float) -> Callable[[Line], None]:
    def scene(line: Line) -> None:
        line.hear()
        line.say(*(trades(trade(COIN, 100.0, size, seconds_ago(1))) for size in sizes))

    return scene


def test_symbols_come_and_go_without_a_new_connection(log: Log):
    with vendor(tells(1, 2, 3)) as fake:
        desk = Desk(fake, log)
        desk.run(lambda: desk.sizes == [1, 2, 3], COIN)
        assert desk.feed.health.state == "live"
    with vendor(tells()) as fake:
        desk = Desk(fake, log)
        desk.run(lambda: len(fake.heard) >= 3, COIN, then=lambda wanted: wanted.want([OTHER]) if fake.heard else None)
        verbs = [("subscribe", COIN), ("unsubscribe", COIN), ("subscribe", OTHER)]
        assert fake.heard == [{"type": verb, "symbol": symbol} for verb, symbol in verbs]
        assert fake.connections == 1


def test_a_dropped_line_is_taken_up_again_and_what_was_missed_is_healed(log: Log):
    with vendor(drops_after(says(1, 2)), drops_after(says(3)), tells(4)) as fake:
        desk = Desk(fake, log)
        desk.run(lambda: desk.sizes == [1, 2, 3, 4] and desk.feed.health.healed == 3)
        assert fake.connections == 3
        assert fake.heard == [{"type": "subscribe", "symbol": COIN}] * 3
        assert desk.waits == [1.0, 2.0]  # doubled each time, jittered by a chance of a half
        begun, first, second = desk.gaps
        assert begun.start == begun.end  # of the minute in which it began to listen
        assert first.symbols == (COIN,)
        assert first.start < first.end <= second.start < second.end
        assert desk.feed.health.gaps == 3


def test_a_line_on_which_nothing_is_said_is_given_up(log: Log):
    with vendor(tells(), tells(7)) as fake:
        desk = Desk(fake, log, mute=timedelta(seconds=0.3))
        desk.run(lambda: desk.sizes == [7])
        assert fake.connections == 2
        assert desk.waits == [1.0]


def test_garbage_and_half_a_message_lose_only_themselves(log: Log):
    def babbles(line: Line) -> None:
        line.hear()
        good = trades(trade(COIN, 100.0, 1, seconds_ago(2)))
        line.say(b"\xff\xfe\x00", "not json", {"type": "trade", "data": 5}, good, {"type": "ping"})
        line.half(b'{"type":"trade","data":[{"s":"BINANCE:BTCUSDT"}]}')

    with vendor(babbles, tells(2)) as fake:
        desk = Desk(fake, log)
        desk.run(lambda: desk.sizes == [1, 2])
        assert desk.feed.health.rejects == 3


def test_what_is_repeated_counts_once_and_what_is_told_late_counts_in_its_minute(log: Log):
    first, second = (seconds_ago(ago).replace(second=10) - timedelta(minutes=ago) for ago in (3, 2))

    def repeats(line: Line) -> None:
        line.hear()
        early, late = trades(trade(COIN, 101.0, 5, first)), trades(trade(COIN, 102.0, 7, second))
        line.say(late, early, late, early, early)
        line.stay()

    with vendor(repeats) as fake:
        desk = Desk(fake, log)
        desk.run(lambda: len(desk.sizes) >= 2)
        bars = desk.tape.minutes([COIN])
        assert bars.select("ts", "close", "volume").rows() == [
            (first.replace(second=0, microsecond=0), 101.0, 5.0),
            (second.replace(second=0, microsecond=0), 102.0, 7.0),
        ]


def test_a_refused_key_is_told_and_not_tried_again_at_once(log: Log):
    with vendor(tells(), refusals={0: (401, {})}) as fake:
        desk = Desk(fake, log)
        desk.run(lambda: desk.feed.health.state == "refused")
        health = desk.feed.health
        assert "HTTP 401" in health.detail
        assert "k3y" not in health.detail
        assert desk.waits == [600.0]
        assert fake.connections == 1


def test_a_vendor_that_wants_fewer_connections_is_left_alone_so_long(log: Log):
    with vendor(tells(5), refusals={0: (429, {"Retry-After": "17"})}) as fake:
        desk = Desk(fake, log)
        desk.run(lambda: desk.sizes == [5])
        assert desk.waits == [17.0]


def test_a_vendor_that_is_not_there_is_tried_again_ever_more_seldom(log: Log):
    with vendor(tells()) as gone:
        desk = Desk(gone, log)
    desk.run(lambda: len(desk.waits) >= 9)
    assert desk.waits[:9] == [1, 2, 4, 8, 16, 32, 64, 120, 120]
