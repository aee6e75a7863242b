"""From what a feed tells to the log, the tape and the lake: nothing is lost, and nothing counts twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

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
from openbell.model.errors import StoreError
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

    def close(self) -> None:
        self.log.close()

    def restart(self) -> None:
        self.close()
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


def quotes_of(table: str) -> Told:
    """Quotes: symbol, seconds after noon, price and the day's volume."""
    rows = [line.split() for line in table.strip().splitlines()]
    return Told(quotes=frame_of(QUOTES, (
        {"symbol": symbol, "ts": NOON + timedelta(seconds=float(second)), "price": float(price),
         "volume": float(volume), "source": "vendor"}
        for symbol, second, price, volume in rows
    )))  # fmt: skip


def official(desk: Desk, start: datetime, volume: float) -> None:
    """The vendor's own minute is stored."""
    row = {"symbol": "ACME", "interval": "1m", "ts": start, "open": 9.0, "high": 12.0, "low": 9.0, "close": 11.5,
           "volume": volume, "scale": "raw", "source": "vendor"}  # fmt: skip
    desk.lake.append_bars(frame_of(BARS, [row]), desk.now)


def test_a_healed_minute_stays_as_it_was_healed(desk: Desk):
    desk.now = NOON + timedelta(seconds=65)
    desk.tell("ACME 1 10.0 100\nACME 61 10.0 7\nBOLT 1 50.0 3")
    desk.save()
    desk.tell("ACME 50 10.5 7")  # late, and not saved yet
    desk.now += timedelta(seconds=5)
    official(desk, NOON, 5000.0)
    desk.intake.healed(["ACME"], NOON, NOON + timedelta(minutes=1))
    assert desk.tape.minutes(["ACME"])["ts"].to_list() == [NOON + timedelta(minutes=1)]
    whole = [("12:00", 9.0, 12.0, 9.0, 11.5, 5000.0), ("12:01", 10.0, 10.0, 10.0, 10.0, 7.0)]
    desk.now = NOON + timedelta(minutes=2)
    desk.tell("ACME 45 11.2 3")
    desk.save()
    assert desk.minutes() == whole
    desk.now = NOON + timedelta(minutes=3)
    desk.restart()
    desk.tell("ACME 46 11.2 3\nBOLT 46 51.0 2")
    desk.save()
    assert desk.minutes() == whole
    assert desk.minutes("BOLT") == [("12:00", 50.0, 51.0, 50.0, 51.0, 5.0)]


def test_a_healed_minute_stays_so_when_the_mark_leaves_the_log(desk: Desk):
    desk.now = NOON + timedelta(minutes=20)
    desk.tell("ACME 901 10.0 100")
    official(desk, NOON + timedelta(minutes=15), 5000.0)
    desk.intake.healed(["ACME"], NOON, NOON + timedelta(minutes=16))
    desk.tell("BOLT 1140 50.0 3")
    assert desk.intake.close_before(NOON + timedelta(minutes=5), desk.lake, upto=desk.log.last) == 0
    assert desk.intake.close_before(NOON + timedelta(minutes=15), desk.lake, upto=desk.log.last) == 0
    desk.intake._log.trim(desk.log.last)  # all but the newest mark
    desk.restart()
    desk.tell("ACME 902 10.0 100")
    desk.save()
    assert desk.minutes() == [("12:15", 9.0, 12.0, 9.0, 11.5, 5000.0)]
    desk.intake.close_before(NOON + timedelta(minutes=16), desk.lake, upto=desk.log.last)
    assert "ACME" not in desk.log.newest("marks").frame["detail"].item()  # closed: nothing could change it


def test_minutes_that_another_source_tells_better_are_dropped_whole(desk: Desk):
    desk.tell("ACME 1 10.0 100\nBOLT 1 50.0 3\nACME 3 10.0 100")
    desk.tape.drop(["ACME"], NOON, NOON + timedelta(minutes=1))
    desk.now = NOON + timedelta(minutes=1)
    assert desk.tape.unsaved(desk.now)["symbol"].to_list() == ["BOLT"]
    assert desk.tape.minutes(["ACME", "BOLT"])["symbol"].to_list() == ["BOLT"]


def test_what_could_not_be_written_counts_when_it_is_told_again(desk: Desk, tmp_path: Path):
    desk.log.close()
    desk.log = Log(tmp_path / "small.db", limit_bytes=256 * 1024)
    desk.intake = Intake(desk.log, desk.tape, exchange_of=lambda _symbol: "24/7", clock=lambda: desk.now)
    told = [f"ACME 1 10.0 {n} {n}" for n in range(1, 20_000)]
    with pytest.raises(StoreError, match="full"):
        desk.tell("\n".join(told))
    assert desk.tape.minutes(["ACME"]).is_empty()
    assert desk.tell("\n".join(told[:2])) == Taken(rows=2)
    assert desk.tell("\n".join(told[:3])) == Taken(rows=1, repeated=2)


def test_rows_set_aside_while_others_are_saved_are_saved_next(desk: Desk):
    class Slow(Lake):
        def append_rejects(self, rejects: pl.DataFrame, known_at: datetime) -> int:
            desk.tell("ACME 2 -5 1")
            return super().append_rejects(rejects, known_at)

    desk.tell("ACME 1 0 1")
    desk.intake.save(Slow(desk.folder / "lake"), desk.now)
    desk.save()
    assert dict(desk.lake.reject_counts().select("reason", "count").iter_rows()) == {"not_positive": 2}


def test_rows_set_aside_that_cannot_be_stored_hold_up_no_minute(desk: Desk):
    class Full(Lake):
        def append_rejects(self, rejects: pl.DataFrame, known_at: datetime) -> int:
            raise StoreError("The lake is full.", remedy="Make space.")

    desk.tell("ACME 1 0 1\nACME 2 10.0 5")
    desk.now += timedelta(minutes=1)
    with pytest.raises(StoreError):
        desk.intake.save(Full(desk.folder / "lake"), desk.now)
    assert desk.minutes() == [("12:00", 10.0, 10.0, 10.0, 10.0, 5.0)]
    desk.save()
    assert desk.lake.reject_counts()["count"].to_list() == [1]


def test_a_clock_that_was_ahead_has_not_closed_the_future(desk: Desk, caplog: pytest.LogCaptureFixture):
    desk.now = NOON + timedelta(days=2)
    desk.intake.close_before(desk.now - LATENESS, desk.lake, upto=desk.log.last)
    desk.now = NOON + timedelta(minutes=1)
    assert desk.tell("ACME 60 10.0 5") == Taken(rows=1)
    assert "in the future" in caplog.text
    desk.now = NOON + timedelta(days=2)
    desk.intake.close_before(desk.now - LATENESS, desk.lake, upto=0)
    desk.now = NOON + timedelta(minutes=1)
    desk.restart()
    assert desk.tell("ACME 61 10.0 5") == Taken(rows=1)
    assert desk.intake.final == NOON + timedelta(minutes=1)
    assert desk.tape.minutes(["ACME"]).select("ts", "volume").rows() == [(NOON + timedelta(minutes=1), 10.0)]


def test_of_a_minute_that_two_streams_tell_the_fuller_one_counts(desk: Desk):
    desk.now = NOON + timedelta(seconds=59)
    desk.tell("ACME 1 10.0 100\nACME 20 11.0 100")
    other = trades_of("ACME 50 10.5 3").with_columns(source=pl.lit("zebra"))
    desk.intake.take(Told(trades=other))
    desk.now += timedelta(seconds=10)
    assert desk.save() == 1
    assert desk.minutes() == [("12:00", 10.0, 11.0, 10.0, 11.0, 200.0)]
    desk.intake.take(Told(trades=other.with_columns(ts=pl.col("ts") + timedelta(seconds=1))))
    assert desk.save() == 0
    desk.now += timedelta(minutes=1)
    desk.intake.take(Told(trades=other.with_columns(size=pl.lit(900.0))))
    assert desk.save() == 1
    assert desk.minutes() == [("12:00", 10.5, 10.5, 10.5, 10.5, 906.0)]


def test_a_quote_that_cannot_be_is_set_aside_also_after_a_restart(desk: Desk):
    desk.intake.take(quotes_of("ACME 0 10.0 100"))
    assert desk.intake.take(quotes_of("ACME 1 1000.0 110")) == Taken(rejects=1)
    desk.restart()
    assert desk.intake.take(quotes_of("ACME 2 1000.0 110\nACME 2 10.1 110")) == Taken(rows=1, rejects=1)
    assert desk.tape.latest(["ACME"])["ACME"]["price"] == 10.1
    assert [desk.intake.take(quotes_of(f"ACME {n} 200.0 110")).rows for n in range(3, 10)] == [0] * 5 + [1] * 2


def test_a_price_is_believed_in_the_end_whatever_others_do(desk: Desk):
    desk.tell("ACME 1 10.0 100\nBOLT 1 50.0 1")
    desk.now = NOON + timedelta(minutes=1)
    taken = 0
    for second in range(2, 12):
        taken += desk.tell(f"ACME {second} 200.0 1").rows
        desk.tell(f"BOLT {second} 50.0 1")
    assert taken == 5


def test_a_line_that_is_taken_up_again_counts_no_volume_twice(desk: Desk):
    desk.intake.take(quotes_of("ACME 0 10.0 1000\nACME 1 10.0 1100"), "vendor")
    desk.now = NOON + timedelta(seconds=200)
    desk.intake.take(Told(ready=True), "vendor")
    desk.restart()
    desk.intake.take(quotes_of("ACME 190 10.1 901000\nACME 191 10.1 901005"), "vendor")
    assert desk.tape.minutes(["ACME"]).select("close", "volume").rows() == [(10.0, 100.0), (10.1, 5.0)]
    desk.restart()
    assert desk.tape.minutes(["ACME"]).select("close", "volume").rows() == [(10.0, 100.0), (10.1, 5.0)]


def test_a_first_quote_and_an_old_one_leave_the_stored_minutes_alone(desk: Desk):
    desk.now = NOON + timedelta(days=1)
    official(desk, NOON, 900_000.0)
    whole = desk.minutes()
    desk.intake.take(quotes_of("ACME 58 11.5 30000"))
    desk.intake.take(quotes_of("ACME 59 11.6 30500"))
    assert desk.save() == 0
    assert desk.minutes() == whole
    assert desk.tape.latest(["ACME"])["ACME"]["price"] == 11.6


def test_a_batch_that_repeats_itself_counts_once_and_one_of_nothing_leaves_no_entry(desk: Desk):
    table = "\n".join(f"ACME {n} 1{n}.0 5 {n}\nACME {n} 0 1" for n in (3, 1, 2, 3))
    assert desk.intake.take(Told(trades=trades_of(table))) == Taken(rows=3, repeated=1, rejects=4)
    assert desk.intake.take(Told()) == Taken()
    assert [(entry.kind, entry.frame.height) for entry in desk.log.read()] == [("rejects", 4), ("trades", 3)]


def test_closing_minutes_drops_what_made_them_but_nothing_that_is_still_needed(desk: Desk):
    for minute in range(5):
        desk.now = NOON + timedelta(minutes=minute, seconds=30)
        desk.tell(f"ACME {60 * minute} 10.0 1 {minute}")
    assert desk.intake.close_before(NOON + timedelta(minutes=3), desk.lake, upto=2) == 2
    assert desk.log.first == 3
    assert desk.intake.close_before(NOON + timedelta(minutes=3), desk.lake, upto=desk.log.last) == 1
    assert desk.log.first == 4
    assert len(desk.minutes()) == 4
    desk.restart()
    assert desk.tell("ACME 180 10.0 1 3\nACME 240 10.0 1 4") == Taken(repeated=2)


def test_batches_are_taken_while_minutes_are_closed(desk: Desk):
    """Only for a moment does the one wait for the other: nothing is lost that comes in between."""
    desk.now = NOON + timedelta(minutes=2)
    desk.tell("ACME 1 10.0 100\nACME 61 10.0 1")
    taken: list[Taken] = []

    class Busy(Lake):
        def append_bars(self, bars: pl.DataFrame, known_at: datetime, **how: bool) -> int:
            other = Thread(target=lambda: taken.append(desk.tell("ACME 2 10.0 1\nACME 62 10.0 4")))
            other.start()
            other.join(timeout=10)
            return super().append_bars(bars, known_at, **how)

    desk.intake.close_before(NOON + timedelta(minutes=1), Busy(desk.folder / "lake"), upto=desk.log.last)
    assert taken == [Taken(rows=1, rejects=1)]
    desk.now += timedelta(minutes=1)
    desk.save()
    assert [volume for *_, volume in desk.minutes()] == [100.0, 5.0]


def test_an_exchange_that_no_calendar_knows_is_none(desk: Desk):
    desk.venue = "XBOM"
    desk.restart()
    assert desk.tell("ACME 1 10.0 100") == Taken(rows=1)
    assert desk.tape.minutes(["ACME"])["volume"].to_list() == [100.0]


def test_where_a_symbol_trades_is_asked_seldom_and_learned_soon(desk: Desk):
    asked: list[str] = []

    def exchange_of(symbol: str) -> str | None:
        asked.append(symbol)
        return "XNYS" if len(asked) > 2 else None

    desk.intake = Intake(desk.log, desk.tape, exchange_of=exchange_of, clock=lambda: desk.now)
    for second in range(5):
        assert desk.tell(f"ACME {second} 10.0 1\nBOLT {second} 50.0 1") == Taken(rows=2)
    assert sorted(asked) == ["ACME", "BOLT"]
    desk.now = NOON + timedelta(hours=15)  # night in New York
    assert desk.tell("ACME 54000 10.0 1") == Taken(rejects=1)


def test_many_entries_are_acted_on_together_with_the_same_result(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("openbell.ingest.intake.RESTORED", 3)
    for n in range(20):
        desk.tell(f"ACME {n} {10 + n / 10} 5 {n}\nBOLT {n} 50 1\nACME {n} 0 1")
        if n % 7 == 0:
            desk.intake.take(quotes_of(f"COIL {n} 9.0 {n}"))
    before = desk.tape.minutes(["ACME", "BOLT", "COIL"]), desk.tape.latest(["ACME", "BOLT", "COIL"])
    desk.restart()
    assert_frame_equal(desk.tape.minutes(["ACME", "BOLT", "COIL"]), before[0])
    assert desk.tape.latest(["ACME", "BOLT", "COIL"]) == before[1]
    assert desk.tell("ACME 3 10.3 5 3") == Taken(repeated=1)


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
    with closing(desk):
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


@settings(max_examples=40)
@given(batches=BATCHES, steps=STEPS)
def test_whatever_happens_between_batches_the_minutes_are_the_same(batches, steps):
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        undisturbed = run(Path(one), batches, ["go on"] * 8)
        assert_frame_equal(run(Path(other), batches, steps), undisturbed)


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), cut=st.integers(1, 200))
def test_closing_minutes_and_going_on_changes_no_minute_of_quotes(seed, cut):
    """What was quoted before the cut must be known after it: the day's volume goes on from there."""
    market = Simulated(seed, lambda: NOON + timedelta(hours=1))
    symbol = market.instruments()["ticker"].item(0)
    with TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        with closing(desk):
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
    with closing(desk):
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
