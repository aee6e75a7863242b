"""From what a feed tells to the log, the tape and the lake: nothing is lost, and nothing counts twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from bars.tables import lean_minutes
from market import SHARED, needs_shared
from openbell.bars.aggregate import bars_from
from openbell.ingest.intake import LATENESS, Intake, Taken
from openbell.ingest.tape import Tape
from openbell.model.frames import BARS, QUOTES, TRADES, frame_of
from openbell.model.interval import MINUTE
from openbell.model.sessions import sessions
from openbell.providers.files import Reading, read
from openbell.providers.simulated import Simulated
from openbell.providers.streams.spoken import Told
from openbell.store.lake import Lake
from openbell.store.log import Log

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ALWAYS = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))


@dataclass
class Desk:
    """An intake over a folder that outlives it, and the time."""

    folder: Path
    now: datetime = NOON
    venue: str = "24/7"

    def __post_init__(self) -> None:
        self.lake = Lake(self.folder / "lake")
        self.open()

    def open(self) -> None:
        self.log, self.tape = Log(self.folder / "log.db"), Tape()
        self.intake = Intake(self.log, self.tape, exchange_of=lambda _symbol: self.venue, clock=lambda: self.now)
        self.intake.restore()

    def restart(self) -> None:
        self.log.close()
        self.open()

    def tell(self, table: str) -> Taken:
        """Take in trades: symbol, seconds after noon, price, size and perhaps an id."""
        return self.intake.take(Told(trades=trades_of(table)))

    def save(self) -> int:
        return self.intake.save(self.lake, self.now)

    def minutes(self, symbol: str = "ACME") -> list[tuple[str, float, float, float, float, float]]:
        """The minutes of the lake, as HH:MM, open, high, low, close and volume."""
        rows = self.lake.bars([symbol], MINUTE, *ALWAYS).select("ts", "open", "high", "low", "close", "volume")
        return [(f"{ts:%H:%M}", *rest) for ts, *rest in rows.iter_rows()]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.log.close()


def trades_of(table: str) -> pl.DataFrame:
    rows = [line.split() for line in table.strip().splitlines()]
    return frame_of(TRADES, (
        {"symbol": row[0], "ts": NOON + timedelta(seconds=float(row[1])), "price": float(row[2]),
         "size": float(row[3]), "id": int(row[4]) if len(row) > 4 else None, "source": "vendor"}
        for row in rows
    ))  # fmt: skip


def test_a_minute_goes_to_the_lake_once_it_is_over(desk: Desk):
    desk.now = NOON + timedelta(seconds=62)
    desk.tell("ACME 1 10.0 100\nACME 30 10.5 50\nACME 61 10.2 10")
    assert desk.save() == 1
    assert desk.minutes() == [("12:00", 10.0, 10.5, 10.0, 10.5, 150.0)]
    assert desk.save() == 0
    desk.now = NOON + timedelta(days=3)  # the next trade comes when it comes: the clock ends the minute
    assert desk.save() == 1
    assert desk.minutes()[1] == ("12:01", 10.2, 10.2, 10.2, 10.2, 10.0)


def test_a_late_trade_corrects_its_minute_and_the_old_bar_can_still_be_asked_for(desk: Desk):
    desk.tell("ACME 1 10.0 100")
    first = desk.now = NOON + timedelta(minutes=1)
    desk.save()
    desk.now = NOON + timedelta(minutes=20)
    desk.tell("ACME 30 11.0 7")
    assert desk.save() == 1
    assert desk.minutes() == [("12:00", 10.0, 11.0, 10.0, 11.0, 107.0)]
    before = desk.lake.bars(["ACME"], MINUTE, *ALWAYS, as_of=first)
    assert before["volume"].to_list() == [100.0]


def test_what_comes_later_than_that_is_set_aside_with_a_reason(desk: Desk):
    desk.now = NOON + timedelta(seconds=4000)
    desk.tell("ACME 1 10.0 100\nACME 4000 10.2 5")
    desk.save()
    desk.intake.close_before(desk.now - LATENESS, desk.lake, upto=desk.log.last)
    assert desk.tell("ACME 2 10.0 100") == Taken(rows=0, repeated=0, rejects=1)
    desk.save()
    assert desk.lake.reject_counts().select("source", "reason", "count").rows() == [("vendor", "too_late", 1)]
    desk.restart()
    assert desk.tell("ACME 2 10.0 100").rejects == 1
    desk.now += timedelta(minutes=5)
    desk.save()
    assert [volume for *_, volume in desk.minutes()] == [100.0, 5.0]


def test_a_trade_that_is_told_again_counts_once_also_after_a_restart(desk: Desk):
    told = "ACME 1 10.0 100 7\nACME 2 10.0 100 8\nBOLT 2 50.0 100 8"
    assert desk.tell(told) == Taken(rows=3)
    assert desk.tell(f"{told}\nACME 3 10.0 1 9\nACME 3 10.0 1 9") == Taken(rows=1, repeated=4)
    desk.restart()
    assert desk.tell(told) == Taken(rows=0, repeated=3)
    assert desk.tell("ACME 4 10.0 2\nACME 4 10.0 2") == Taken(rows=2)  # without an id, two are two
    assert desk.tape.minutes(["ACME"])["volume"].to_list() == [205.0]


def test_prices_that_cannot_be_are_set_aside(desk: Desk):
    desk.tell("ACME 1 10.0 100")
    bad = desk.tell(
        "ACME 2 0 1\nACME 2 -1 1\nACME 2 1000 1\nACME 2 0.1 1\nACME 2 10 -5\nACME 86400 10 1\nACME 3 10.1 1"
    )
    assert bad == Taken(rows=1, repeated=0, rejects=6)
    desk.save()
    counts = dict(desk.lake.reject_counts().select("reason", "count").iter_rows())
    assert counts == {"not_positive": 2, "jump_100": 1, "jump_0_01": 1, "negative_volume": 1, "future": 1}
    assert desk.tape.latest(["ACME"])["ACME"]["price"] == 10.1


def test_a_price_that_stays_far_away_is_believed_in_the_end(desk: Desk):
    desk.tell("ACME 1 10.0 100")
    taken = [desk.tell(f"ACME {second} 200.0 1").rows for second in range(2, 10)]
    assert taken == [0, 0, 0, 0, 0, 1, 1, 1]


def test_the_tape_is_the_same_after_a_restart(desk: Desk):
    desk.intake.take(Told(quotes=frame_of(QUOTES, [
        {"symbol": "ACME", "ts": NOON, "price": 10.0, "volume": 50.0, "bid": 9.9, "ask": 10.1, "source": "vendor"}
    ])))  # fmt: skip
    desk.tell("ACME 1 10.2 5\nBOLT 2 50.0 1")
    quotes, minutes = desk.tape.latest(["ACME", "BOLT"]), desk.tape.minutes(["ACME", "BOLT"])
    assert quotes["ACME"]["price"] == 10.2
    assert quotes["ACME"]["bid"] == 9.9
    desk.restart()
    assert desk.tape.latest(["ACME", "BOLT"]) == quotes
    assert_frame_equal(desk.tape.minutes(["ACME", "BOLT"]), minutes)


def test_listeners_hear_every_entry_in_order_and_can_catch_up(desk: Desk):
    heard: list[int] = []
    desk.intake.listen(lambda entry: heard.append(entry.offset))
    for second in range(5):
        desk.tell(f"ACME {second} 10.0 1")
    assert heard == [1, 2, 3, 4, 5]
    missed = list(desk.intake.entries(after=3))
    assert [(entry.offset, entry.trades.height) for entry in missed] == [(4, 1), (5, 1)]


def test_the_simulated_markets_seconds_make_its_own_minutes(desk: Desk):
    market = Simulated(1792, lambda: desk.now)
    symbols = market.instruments()["ticker"].to_list()
    start = datetime(2026, 3, 2, 23, 58, tzinfo=UTC)
    for second in range(-1, 240):  # over midnight, when volumes begin anew
        desk.now = start + timedelta(seconds=second)
        desk.intake.take(Told(quotes=market.quotes(symbols)))
    desk.now = start + timedelta(minutes=4)
    desk.save()
    for symbol in symbols:
        own = market.bars(symbol, MINUTE, start, desk.now).filter(pl.col("low") > 0, pl.col("high") >= pl.col("low"))
        stored = desk.lake.bars([symbol], MINUTE, start, desk.now)
        both = own.join(stored, on="ts", suffix="_stored")
        sound = both.filter(
            pl.col("close") / pl.col("close_stored") < 2, pl.col("close") / pl.col("close_stored") > 0.5
        )
        assert sound.height >= stored.height - 1
        for name in ("high", "low", "close", "volume"):
            assert sound[name].to_list() == pytest.approx(sound[f"{name}_stored"].to_list()), (symbol, name)


BATCHES = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from(["ACME", "BOLT"]), st.integers(0, 240), st.integers(900, 1100), st.integers(1, 9),
            st.one_of(st.none(), st.integers(1, 5)),
        ),
        min_size=1, max_size=6,
    ),
    max_size=8,
)  # fmt: skip
STEPS = st.lists(st.sampled_from(["restart", "save", "close", "go on"]), min_size=8, max_size=8)


def run(
    folder: Path, batches: Sequence[Sequence[tuple[str, int, int, int, int | None]]], steps: Sequence[str]
) -> pl.DataFrame:
    """The lake's newest minutes after all batches, with something happening after each."""
    desk = Desk(folder, now=NOON + timedelta(minutes=5))
    with closing(desk.log):
        for batch, step in zip(batches, steps, strict=False):
            desk.tell("\n".join(f"{s} {at} {price / 100} {size} {key or ''}" for s, at, price, size, key in batch))
            desk.now += timedelta(seconds=20)
            if step == "restart":
                desk.restart()
            elif step == "save":
                desk.save()
            elif step == "close":
                desk.intake.close_before(NOON - timedelta(minutes=1), desk.lake, upto=desk.log.last)
        desk.now += timedelta(minutes=5)
        desk.save()
        return desk.lake.bars(["ACME", "BOLT"], MINUTE, *ALWAYS).select(*BARS)


@settings(deadline=None, max_examples=40)
@given(batches=BATCHES, steps=STEPS)
def test_whatever_happens_between_batches_the_minutes_are_the_same(batches, steps):
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        undisturbed = run(Path(one), batches, ["go on"] * 8)
        assert_frame_equal(run(Path(other), batches, steps), undisturbed)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000), cut=st.integers(1, 200))
def test_closing_minutes_and_going_on_changes_no_minute_of_quotes(seed, cut):
    """What was quoted before the cut must be known after it: the day's volume goes on from there."""
    market = Simulated(seed, lambda: NOON + timedelta(hours=1))
    symbol = market.instruments()["ticker"].item(0)
    with TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        with closing(desk.log):
            start = NOON
            for second in range(0, 220, 4):
                desk.now = start + timedelta(seconds=second)
                market._clock = lambda: desk.now
                desk.intake.take(Told(quotes=market.quotes([symbol])))
                if second // 4 == cut // 4:
                    desk.intake.close_before(desk.now.replace(second=0), desk.lake, upto=desk.log.last)
                    desk.restart()
            desk.now = start + timedelta(minutes=4)
            desk.save()
            total = desk.lake.bars([symbol], MINUTE, *ALWAYS)["volume"].sum()
            first = market.quotes([symbol])
            assert first.height == 1
            market._clock = lambda: start + timedelta(seconds=216)
            last_volume = market.quotes([symbol])["volume"].item()
            market._clock = lambda: start
            assert total == pytest.approx(last_volume - market.quotes([symbol])["volume"].item())


@needs_shared
def test_a_real_day_of_ticks_makes_the_vendors_own_minutes(tmp_path: Path):
    day = date(2013, 10, 11)
    trades = read(SHARED / "ticks" / "lean_tick_ibm_20131011_trade.zip", Reading(), now=NOON).trades.sort("ts", "seq")
    desk = Desk(tmp_path, venue="XNYS")
    with closing(desk.log):
        for first in range(0, trades.height, 500):
            batch = trades.slice(first, 500)
            desk.now = batch["ts"].item(-1)
            desk.intake.take(Told(trades=batch))
            if first % 5000 == 0:
                desk.save()
        desk.now += timedelta(minutes=1)
        desk.save()
        stored = desk.lake.bars(["IBM"], MINUTE, *ALWAYS).select(*BARS)
        wanted = bars_from(trades, MINUTE, sessions("XNYS", day, day))
        assert_frame_equal(stored.drop("source"), wanted.drop("source"))
        own = lean_minutes(SHARED / "ohlcv_intraday" / "lean_min_ibm_20131011_trade.zip", "IBM", day)
        both = stored.join(own, on=["symbol", "ts"], suffix="_file")
        assert both.filter(pl.col("volume") == pl.col("volume_file")).height >= 418
        assert desk.lake.reject_counts().filter(pl.col("reason") != "outside_session").is_empty()


def test_minutes_made_of_a_stream_say_so_and_stand_back_behind_official_ones(desk: Desk):
    desk.now = NOON + timedelta(minutes=5)
    desk.tell("ACME 1 10.0 100\nACME 61 10.2 5")
    desk.save()
    stored = desk.lake.bars(["ACME"], MINUTE, *ALWAYS)
    assert stored.select("close", "source").rows() == [(10.0, "vendor:stream"), (10.2, "vendor:stream")]
    official = stored.head(1).with_columns(close=pl.lit(10.05), high=pl.lit(10.05), source=pl.lit("vendor"))
    desk.lake.append_bars(official.select(*BARS), desk.now + timedelta(minutes=1))
    desk.tell("ACME 30 10.1 7\nACME 70 10.3 1")  # late, and in the minute after it
    desk.now += timedelta(minutes=2)
    desk.save()
    stored = desk.lake.bars(["ACME"], MINUTE, *ALWAYS)
    assert stored.select("close", "source").rows() == [(10.05, "vendor"), (10.3, "vendor:stream")]
