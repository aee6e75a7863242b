"""Stored history played again: never a bar from the future, at any speed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import polars as pl
import pytest

from contracts.provider import ProviderContract
from openbell.model.errors import InvalidInput
from openbell.model.interval import DAY, MINUTE, Interval
from openbell.providers.replay import Replay
from openbell.providers.simulated import Simulated

STORED = datetime(2026, 11, 20, tzinfo=UTC)
"""Until when there is history."""
START = datetime(2026, 11, 10, 9, 30, tzinfo=UTC)
WALL = datetime(2030, 1, 1, tzinfo=UTC)


def history(symbol: str, interval: Interval, start: datetime, end: datetime) -> pl.DataFrame:
    return Simulated(7, lambda: STORED).bars(symbol, interval, start, end)


class Player:
    """A replay and the wall clock beside it."""

    def __init__(self, speed: float = 60.0) -> None:
        self.wall = WALL
        self.replay = Replay(history, START, speed, lambda: self.wall)

    def after(self, **passed: float) -> Replay:
        self.wall = WALL + timedelta(**passed)
        return self.replay


class TestTheContract(ProviderContract):
    symbol = "QUORB"
    ranges = MappingProxyType(
        {
            DAY: (START - timedelta(days=30), START),
            MINUTE: (START - timedelta(hours=2), START),
        }
    )
    empty = (DAY, datetime(2019, 1, 1, tzinfo=UTC), datetime(2019, 2, 1, tzinfo=UTC))

    @contextmanager
    def provider(self) -> Iterator[Replay]:
        yield Player().replay


def test_the_market_runs_at_its_speed_from_the_start():
    assert Player().after().now() == START
    assert Player().after(seconds=10).now() == START + timedelta(minutes=10)
    assert Player(speed=0.5).after(seconds=10).now() == START + timedelta(seconds=5)
    assert Player().after(seconds=-10).now() == START


def test_bars_appear_when_their_time_has_come():
    player = Player()
    far = START + timedelta(days=9)
    for seconds, last in ((0, "09:29"), (0.5, "09:29"), (1, "09:30"), (90, "10:59")):
        stamps = player.after(seconds=seconds).bars("QUORB", MINUTE, START - timedelta(hours=1), far)["ts"]
        assert f"{stamps[-1]:%H:%M}" == last
    assert player.after().bars("QUORB", DAY, START - timedelta(days=9), far)["ts"][-1] == datetime(
        2026, 11, 9, tzinfo=UTC
    )
    next_day = player.after(minutes=14.5).bars("QUORB", DAY, START - timedelta(days=9), far)["ts"][-1]
    assert next_day == datetime(2026, 11, 10, tzinfo=UTC)


def test_a_quote_is_the_close_of_the_last_minute_with_the_session_so_far():
    quote = Player().after(seconds=30.5).quotes(["QUORB"]).row(0, named=True)
    session = history("QUORB", MINUTE, datetime(2026, 11, 10, tzinfo=UTC), START + timedelta(minutes=30))
    before = history("QUORB", MINUTE, START - timedelta(days=1), datetime(2026, 11, 10, tzinfo=UTC))
    assert quote["ts"] == START + timedelta(minutes=30)
    assert (quote["price"], quote["open"]) == (session["close"][-1], session["open"][0])
    assert (quote["high"], quote["low"]) == (session["high"].max(), session["low"].min())
    assert (quote["volume"], quote["previous_close"]) == (session["volume"].sum(), before["close"][-1])


def test_a_replay_that_cannot_run_is_refused():
    with pytest.raises(InvalidInput, match="no time zone"):
        Replay(history, datetime(2026, 1, 1), 1.0, lambda: WALL)  # noqa: DTZ001  # the missing zone is the point
    with pytest.raises(InvalidInput, match="cannot run"):
        Replay(history, START, 0.0, lambda: WALL)
