"""A real day of trades, and one of minutes, replayed through a whole desk: stream, log, tape, alerts, lake."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
from polars.testing import assert_frame_equal

from bars.tables import lean_minutes
from market import SHARED, needs_shared
from openbell.alerts.conditions import Crosses, Symbol
from openbell.alerts.rules import Rule
from openbell.bars.aggregate import NOT_LAST, OFFICIAL, bars_from, flags_of
from openbell.desk import Desk, open_desk
from openbell.live import Live
from openbell.model.frames import BARS
from openbell.model.interval import MINUTE
from openbell.model.sessions import sessions
from openbell.providers.files import Reading, read
from openbell.rulebook import Rulebook, body_of
from openbell.settings import Settings
from openbell.store.firingbook import FiringBook
from openbell.store.log import Log
from openbell.store.outbox import Outbox
from openbell.store.watchbook import WatchBook

pytestmark = needs_shared

DAY = date(2013, 10, 11)
TICKS = SHARED / "ticks" / "lean_tick_ibm_20131011_trade.zip"
MINUTES = SHARED / "ohlcv_intraday" / "lean_min_ibm_20131011_trade.zip"
LEVEL = 186.0


@contextmanager
def replaying(folder: Path, recorded: Path) -> Iterator[Desk]:
    """A desk that plays the file as fast as it can, with a rule on IBM; it is over at the end of the block."""
    settings = Settings(home=folder, streams="replay", replay=recorded, replay_speed=0)
    with closing(open_desk(settings)) as desk:
        WatchBook(desk.ledger).add("Mine", ["IBM"])
        rule = Rule(id="new", name="Level", condition=Crosses(LEVEL), target=Symbol("IBM"), message="{price}")
        Rulebook(desk).kept.add_rule(rule.name, body_of(rule), desk.clock())
        live = Live(desk)
        live.start()
        try:
            yield desk
        finally:
            live.stop()


def until_told(desk: Desk, rows: int) -> None:
    """Wait until the log holds so many trades, and the alerts have heard them."""
    end = time.monotonic() + 60
    told, heard = 0, False
    while time.monotonic() < end:
        with closing(Log(desk.settings.log, readonly=True)) as log:
            entries = [(entry.offset, entry.frame.height) for entry in log.read() if entry.kind == "trades"]
        cursor = Outbox(desk.ledger).cursor("rules")
        told = sum(height for _, height in entries)
        heard = cursor is not None and entries != [] and cursor.offset >= entries[-1][0]
        if told >= rows and heard:
            return
        time.sleep(0.1)
    raise AssertionError(f"{told} of {rows} trades were told, heard: {heard}")


def stored(folder: Path) -> pl.DataFrame:
    """What the lake holds once the desk was started again, whose last minute was still running when it was ended."""
    with closing(open_desk(Settings(home=folder, offline=True))) as desk:
        live = Live(desk)
        live.start()
        live.stop()
        return desk.lake.bars(["IBM"], MINUTE, datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def fired(folder: Path) -> list[str]:
    with closing(open_desk(Settings(home=folder, offline=True))) as desk:
        return [each.message for each in reversed(FiringBook(desk.ledger).firings(most=500))]


def test_a_real_day_of_trades_makes_the_vendors_minutes_and_every_alert(tmp_path: Path):
    trades = read(TICKS, Reading(), now=datetime.now(UTC)).trades.sort("ts", "seq")
    with replaying(tmp_path, TICKS) as desk:
        until_told(desk, trades.height)
    bars = stored(tmp_path)
    wanted = bars_from(trades, MINUTE, sessions("XNYS", DAY, DAY))
    assert_frame_equal(bars.select(*BARS).drop("source"), wanted.drop("source"))
    own = lean_minutes(MINUTES, "IBM", DAY)
    both = bars.join(own, on=["symbol", "ts"], suffix="_file")
    assert both.filter(pl.col("volume") == pl.col("volume_file")).height >= 418
    cross = trades.filter(pl.col("ts") > datetime(2013, 10, 11, 20, tzinfo=UTC)).sort("size").row(-1, named=True)
    session_end = bars.filter(pl.col("ts") == datetime(2013, 10, 11, 19, 59, tzinfo=UTC)).row(0, named=True)
    assert (session_end["close"], session_end["volume"] > cross["size"]) == (cross["price"], True)
    assert fired(tmp_path) == crossings(trades)


def test_a_real_day_of_minutes_is_what_it_was(tmp_path: Path):
    own = lean_minutes(MINUTES, "IBM", DAY)
    with replaying(tmp_path, MINUTES) as desk:
        until_told(desk, 4 * own.height)
    assert_frame_equal(stored(tmp_path).select(own.columns).drop("source"), own.drop("source"))
    assert fired(tmp_path)


def crossings(trades: pl.DataFrame) -> list[str]:
    """The prices that reached LEVEL from the other side, of trades that set a price."""
    flags = flags_of(trades["condition"])
    sets = trades.filter(pl.Series(flags & (OFFICIAL | NOT_LAST) == 0), ~pl.col("suspicious").fill_null(value=False))
    price, before = sets["price"], sets["price"].shift()
    crossed = price.filter(((before < LEVEL) & (price >= LEVEL)) | ((before > LEVEL) & (price <= LEVEL)))
    return [f"{each:.{max(2, len(repr(each).partition('.')[2]))}f}" for each in crossed]
