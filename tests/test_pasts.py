"""What the rules must know of the past is asked for once, and again only while it lacks something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from openbell.desk import Desk, open_desk
from openbell.model.frames import BARS, QUOTES, conform, frame_of
from openbell.model.frames import UTC as UTC_STAMP
from openbell.model.sessions import market_state, sessions
from openbell.pasts import Pasts
from openbell.rulebook import Rulebook
from openbell.settings import Settings

MORNING = datetime(2026, 3, 4, 12, tzinfo=UTC)
"""A Wednesday, 7 o'clock in New York."""

FOLLOWED = {"ACME": True}
"""The symbols that rules are on, and whether these follow their prices."""


@dataclass
class Clock:
    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    opened = open_desk(Settings(home=tmp_path, offline=True), clock)
    yield opened
    opened.close()


def store(desk: Desk, day: date, close: float, symbol: str = "ACME") -> None:
    row = {"symbol": symbol, "interval": "1d", "ts": datetime(day.year, day.month, day.day, tzinfo=UTC)}
    prices = dict.fromkeys(("open", "high", "low", "close"), close)
    told = row | prices | {"volume": 1.0, "scale": "raw", "source": "file"}
    desk.lake.append_bars(conform(pl.DataFrame([told]), BARS), desk.clock())


def asked(pasts: Pasts, symbols: Mapping[str, bool], now: datetime) -> None:
    """What is to be asked for at `now` is."""
    pasts.look(symbols, now)
    while pasts.behind:
        pasts.ask()


def test_a_past_that_lacks_something_is_asked_for_again_once_anything_was_stored_and_ever_later(
    desk: Desk, clock: Clock
):
    pasts = Pasts(desk, Rulebook(desk), MORNING, {})
    found = []
    for minute in range(40):
        clock.now = MORNING + timedelta(minutes=minute)
        pasts.look(FOLLOWED, clock.now)
        while pasts.behind:
            found.append((minute, pasts.ask()))
        if minute != 10:
            desk.lake.append_bars(a_minute(minute), MORNING)
    assert found == [(0, None), (1, "ACME"), (3, "ACME"), (7, "ACME"), (15, "ACME"), (30, "ACME")]


def test_a_past_that_lacks_nothing_is_asked_for_once_a_trade_date(desk: Desk, clock: Clock):
    pasts = Pasts(desk, Rulebook(desk), MORNING, {"ACME": MORNING})
    assert pasts("ACME", MORNING.date()).previous_close is None
    store(desk, date(2026, 3, 3), 9.0)
    assert pasts("ACME", MORNING.date()).previous_close is None
    assert pasts.refresh("ACME")
    assert pasts("ACME", MORNING.date()).previous_close == 9.0
    store(desk, date(2026, 3, 2), 8.0)
    clock.now += timedelta(hours=1)
    pasts.look(FOLLOWED, clock.now)
    assert (pasts.behind, pasts.refresh("ACME")) == (False, False)
    pasts.look(FOLLOWED, clock.now + timedelta(days=1))
    assert (pasts.unknown, pasts.ask(), pasts.behind) == (True, None, False)


@pytest.mark.parametrize("symbol", ["ACME", "VOD.L", "7203.T", "CBA.AX", "BTC-USD"])
def test_a_day_that_a_stream_has_told_serves_until_the_exchanges_own_is_there(desk: Desk, clock: Clock, symbol: str):
    day, book = date(2026, 3, 3), Rulebook(desk)
    (session,) = sessions(book.exchange_of(symbol), day, day).rows(named=True)
    minutes = pl.datetime_range(session["open"], session["close"], "1m", closed="left", eager=True)
    heard = pl.DataFrame({"ts": minutes.cast(UTC_STAMP)}).with_columns(
        symbol=pl.lit(symbol), interval=pl.lit("1m"), close=100.0, high=100.0, low=100.0, open=100.0, volume=1.0,
        scale=pl.lit("raw"), source=pl.lit("vendor:stream"),
    )  # fmt: skip
    desk.lake.append_bars(conform(heard, BARS), session["close"])
    pasts, followed = Pasts(desk, book, session["open"], {symbol: session["open"]}), {symbol: True}
    pasts.keep(followed)
    clock.now = session["post"] + timedelta(seconds=2)
    asked(pasts, followed, clock.now)
    following = market_state(book.exchange_of(symbol), clock.now).session_date
    assert pasts(symbol, following).previous_close == 100.0
    clock.now += timedelta(minutes=45)
    store(desk, day, 110.0, symbol)
    asked(pasts, followed, clock.now)
    assert (pasts(symbol, following).previous_close, pasts(symbol, following).highest(1)) == (110.0, 110.0)


def test_a_split_that_becomes_known_later_changes_a_past_that_lacked_nothing(desk: Desk, clock: Clock):
    store(desk, date(2026, 3, 3), 100.0)
    pasts = Pasts(desk, Rulebook(desk), MORNING, {})
    pasts.keep(FOLLOWED)
    asked(pasts, FOLLOWED, clock.now)
    split = {"symbol": "ACME", "ex_date": MORNING.date(), "kind": "split", "ratio": 2.0, "source": "vendor"}
    desk.lake.append_actions(pl.DataFrame([split]), clock.now)
    clock.now += timedelta(seconds=59)
    pasts.look(FOLLOWED, clock.now)
    assert not pasts.behind  # many symbols' are stored one after another
    clock.now += timedelta(seconds=1)
    pasts.look(FOLLOWED, clock.now)
    assert (pasts.ask(), pasts("ACME", MORNING.date()).previous_close) == ("ACME", 50.0)


def test_a_symbol_that_comes_back_is_asked_for_anew(desk: Desk):
    store(desk, date(2026, 3, 3), 9.0)
    pasts = Pasts(desk, Rulebook(desk), MORNING, {})
    pasts.keep(FOLLOWED)
    assert pasts("ACME", MORNING.date()).previous_close == 9.0
    store(desk, date(2026, 3, 3), 9.5)
    pasts.keep({})
    pasts.keep(FOLLOWED)
    assert pasts("ACME", MORNING.date()).previous_close == 9.5


def test_the_price_at_which_a_rule_begins_stays_though_the_quote_goes_on(desk: Desk, clock: Clock):
    clock.now = MORNING + timedelta(hours=4, seconds=31)
    desk.tape.update(quoted(clock.now - timedelta(seconds=10), price=120.0))
    pasts = Pasts(desk, Rulebook(desk), MORNING, {})
    pasts.keep(FOLLOWED)
    begun = pasts("ACME", MORNING.date())
    assert (begun.last, begun.last_at) == (120.0, clock.now - timedelta(seconds=10))
    desk.tape.update(quoted(clock.now + timedelta(seconds=30), bid=119.0))
    store(desk, date(2026, 3, 3), 9.0)
    clock.now += timedelta(minutes=1)
    asked(pasts, FOLLOWED, clock.now)
    again = pasts("ACME", MORNING.date())
    assert (again.previous_close, again.last, again.last_at) == (9.0, begun.last, begun.last_at)


def test_an_open_that_came_before_a_feed_was_heard_again_is_not_known(desk: Desk, clock: Clock):
    store(desk, date(2026, 3, 3), 9.0)
    pasts = Pasts(desk, Rulebook(desk), MORNING, {})
    pasts.keep(FOLLOWED)
    assert pasts("ACME", MORNING.date()).complete
    clock.now = MORNING + timedelta(hours=2, minutes=29)
    pasts.resume(clock.now)
    assert pasts("ACME", MORNING.date()).complete
    clock.now += timedelta(minutes=10)
    pasts.resume(clock.now)
    assert not pasts("ACME", MORNING.date()).complete


def quoted(ts: datetime, **what: float) -> pl.DataFrame:
    return frame_of(QUOTES, [{"symbol": "ACME", "ts": ts, "source": "vendor", **what}])


def a_minute(minute: int) -> pl.DataFrame:
    row = {"symbol": "BOLT", "interval": "1m", "ts": MORNING - timedelta(days=9, minutes=minute), "close": 1.0}
    return conform(pl.DataFrame([row | {"volume": 1.0, "scale": "raw", "source": "file"}]), BARS)
