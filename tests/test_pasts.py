"""What the rules must know of the past is asked for once, and again only while it lacks something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from openbell.desk import Desk, open_desk
from openbell.model.frames import BARS, conform
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


def store(desk: Desk, day: date, close: float) -> None:
    row = {"symbol": "ACME", "interval": "1d", "ts": datetime(day.year, day.month, day.day, tzinfo=UTC)}
    prices = dict.fromkeys(("open", "high", "low", "close"), close)
    told = row | prices | {"volume": 1.0, "scale": "raw", "source": "file"}
    desk.lake.append_bars(conform(pl.DataFrame([told]), BARS), MORNING)


def test_a_past_that_lacks_something_is_asked_for_again_once_anything_was_stored_and_ever_later(
    desk: Desk, clock: Clock
):
    pasts = Pasts(desk, Rulebook(desk), MORNING, {})
    asked = []
    for minute in range(40):
        clock.now = MORNING + timedelta(minutes=minute)
        pasts.look(FOLLOWED, clock.now)
        while pasts.behind:
            asked.append((minute, pasts.ask()))
        if minute != 10:
            desk.lake.append_bars(a_minute(minute), MORNING)
    assert asked == [(0, None), (1, "ACME"), (3, "ACME"), (7, "ACME"), (15, "ACME"), (30, "ACME")]


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


def a_minute(minute: int) -> pl.DataFrame:
    row = {"symbol": "BOLT", "interval": "1m", "ts": MORNING - timedelta(days=9, minutes=minute), "close": 1.0}
    return conform(pl.DataFrame([row | {"volume": 1.0, "scale": "raw", "source": "file"}]), BARS)
