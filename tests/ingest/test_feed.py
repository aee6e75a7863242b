"""A feed over a real WebSocket to a vendor that misbehaves: what is missed is healed, what is repeated counts once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import polars as pl
import pytest

import apart
from openbell.ingest.feed import Feed
from openbell.ingest.gaps import Coverage, Gap
from openbell.ingest.intake import Intake
from openbell.ingest.tape import Tape
from openbell.model.errors import BadResponse
from openbell.model.frames import QUOTES, frame_of
from openbell.providers.base import Capabilities
from openbell.providers.budget import Budget
from openbell.providers.streams.finnhub import FinnhubDialect
from openbell.providers.streams.polled import Polled
from openbell.providers.streams.socket import Socket
from openbell.providers.streams.spoken import Stream, Told
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
    ping_s: float = 15.0
    tape: Tape = field(default_factory=Tape)
    waits: list[float] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    """How it was doing before each wait."""
    gaps: list[Gap] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.intake = Intake(self.log, self.tape, exchange_of=lambda _symbol: "24/7", clock=clock)
        dialect = partial(FinnhubDialect, "k3y", self.vendor.url)
        self.feed = self.feed_of(Socket(dialect, clock, mute=self.mute, ping_s=self.ping_s))

    def feed_of(self, stream: Stream) -> Feed:
        """A feed of any stream."""
        return Feed(
            stream,
            self.intake,
            clock=clock,
            sleep=self._sleep,
            chance=lambda: 0.5,
            budget=Budget(Saved()),
            exchange_of=lambda _symbol: "24/7",
            coverage=Coverage(),
            heal=self._heal,
        )

    def run(self, until: Callable[[], bool], *symbols: str, then: Callable[[Wanted], None] | None = None) -> None:
        """Run the feed until something is so; it must be within ten seconds."""

        async def main() -> None:
            wanted = Wanted(symbols or [COIN])
            running = asyncio.create_task(self.feed.run(wanted))
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
        self.told.append(f"{self.feed.state}: {self.feed.health.detail}")
        await asyncio.sleep(0 if seconds != 600 else 60)

    async def _heal(self, gap: Gap, tell: Callable[[str], None]) -> bool:
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


def ticking() -> Callable[[Line], None]:
    """A scene: a trade of one unit every hundredth of a second."""

    def scene(line: Line) -> None:
        line.hear()
        while not line.vendor.over.is_set():
            line.say(trades(trade(COIN, 100.0, 1, clock())))
            time.sleep(0.01)

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


def test_a_quiet_line_that_answers_pings_is_kept(log: Log):
    started = time.monotonic()
    with vendor(tells()) as fake:
        desk = Desk(fake, log, mute=timedelta(seconds=0.6), ping_s=0.05)
        desk.run(lambda: time.monotonic() - started > 2.0)
        assert (fake.connections, desk.waits) == (1, [])


def test_a_line_that_answers_pings_and_never_speaks_is_given_up_too(log: Log):
    with vendor(tells(), tells(8)) as fake:
        desk = Desk(fake, log, mute=timedelta(seconds=0.2), ping_s=0.02)
        desk.run(lambda: desk.sizes == [8])
        assert "nothing was said for" in desk.told[0]


class Quoted:
    """A source of quotes that answers at once."""

    capabilities = Capabilities(name="quotes", title="Quotes", quotes=True)

    def quotes(self, symbols: Sequence[str]) -> pl.DataFrame:
        rows = [{"symbol": symbol, "ts": clock(), "price": 10.0, "source": "quotes"} for symbol in symbols]
        return frame_of(QUOTES, rows)


def test_a_feed_with_nothing_to_ask_for_is_live_and_is_asked_for_what_is_due_later(log: Log):
    desk, due = Desk(Vendor([]), log), list[str]()
    desk.feed = desk.feed_of(Polled(Quoted(), timedelta(seconds=0.05), due=lambda _symbols: tuple(due)))
    desk.run(lambda: desk.feed.state == "live")
    assert (desk.feed.health.down, desk.feed.health.rows) == (None, 0)
    due.append(COIN)
    desk.run(lambda: desk.feed.health.rows > 2)
    assert desk.waits == []


@pytest.mark.parametrize("failures", [0, 1])
def test_a_feed_that_connects_is_down_only_after_a_failure(log: Log, failures: int):
    class Slow:
        capabilities = Capabilities(name="slow", title="Slow", quotes=True)
        mute = None
        begun = 0

        async def told(self, wanted: Wanted) -> AsyncIterator[Told]:
            self.begun += 1
            if self.begun <= failures:
                raise BadResponse("slow", "said nothing.")
            await asyncio.sleep(60)
            yield Told()

    desk, slow = Desk(Vendor([]), log), Slow()
    desk.feed = desk.feed_of(slow)
    desk.run(lambda: slow.begun == failures + 1)
    health = desk.feed.health
    assert (health.state, health.down is None) == ("connecting", failures == 0)


def test_what_is_asked_for_once_in_a_while_is_not_taken_for_dead(log: Log):
    polled = Polled(Quoted(), timedelta(minutes=1))
    assert polled.mute is None
    desk = Desk(Vendor([]), log)
    desk.feed = desk.feed_of(Polled(Quoted(), timedelta(seconds=0.2)))
    desk.run(lambda: desk.feed.health.rows == 4)
    assert (desk.feed.health.connections, desk.feed.health.gaps, desk.waits) == (1, 1, [])


def test_a_symbol_that_is_added_to_an_open_line_has_its_own_gap(log: Log):
    with vendor(ticking()) as fake:
        desk = Desk(fake, log)
        desk.run(lambda: len(desk.gaps) == 2, then=lambda wanted: wanted.want([COIN, OTHER]) if desk.sizes else None)
        assert [gap.symbols for gap in desk.gaps] == [(COIN,), (OTHER,)]
        assert fake.connections == 1


def test_a_failure_that_nobody_foresaw_is_told_and_passes(log: Log, caplog: pytest.LogCaptureFixture):
    class Odd:
        capabilities = Capabilities(name="odd", title="Odd", quotes=True)
        mute = None
        begun = 0

        async def told(self, wanted: Wanted) -> AsyncIterator[Told]:
            self.begun += 1
            if self.begun == 1:
                raise KeyError("price")
            yield Told(ready=True)
            await asyncio.sleep(60)

    desk = Desk(Vendor([]), log)
    desk.feed = desk.feed_of(Odd())
    desk.run(lambda: desk.feed.state == "live")
    assert desk.told == ["failed: It failed for a reason of its own (KeyError: 'price')."]
    assert "the feed of odd failed" in caplog.text


def test_a_clock_that_is_set_back_stops_nothing(log: Log):
    with vendor(ticking()) as fake:
        desk = Desk(fake, log)
        shift = [timedelta(0)]
        desk.feed._clock = lambda: clock() + shift[0]

        def set_back(_: Wanted) -> None:
            if len(desk.sizes) > 3:
                shift[0] = timedelta(hours=-3)

        desk.run(lambda: len(desk.sizes) > 20, then=set_back)
        health = desk.feed.health
    assert (health.state, health.connections) == ("live", 1)
    assert len(desk.feed._counted) < 20
    assert all(gap.start <= gap.end for gap in desk.gaps)


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
