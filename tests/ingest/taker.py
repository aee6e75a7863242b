"""A desk that takes in a vendor's day until it is killed: `python taker.py FOLDER`. Prints each acknowledged batch.

The vendor tells its trades again from a little before where the desk was: as after a broken connection.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from openbell.alarm import Alarm
from openbell.alerts.conditions import Crosses, Drawdown, Moves, Symbol
from openbell.alerts.rules import Rule
from openbell.alerts.watch import Facts
from openbell.desk import open_desk
from openbell.ingest.intake import LATENESS, Intake
from openbell.model.frames import TRADES, conform
from openbell.providers.streams.spoken import Told
from openbell.rulebook import Rulebook, body_of
from openbell.settings import Settings
from openbell.store.log import Log

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
BATCHES, ROWS = 600, 200
STEP = timedelta(seconds=20)
AGAIN = 3
"""Batches that are told again after a restart."""


def batch(nth: int) -> pl.DataFrame:
    """The trades of one step, some of them minutes late; each has its number."""
    rng = np.random.default_rng(nth)
    begun = int((START + nth * STEP).timestamp() * 1e6)
    late = np.where(rng.random(ROWS) < 0.05, rng.integers(0, 600, ROWS) * 1_000_000, 0)
    stamps = begun + rng.integers(0, 20_000_000, ROWS) - late
    told = pl.DataFrame(
        {
            "symbol": [f"Q{n}" for n in rng.integers(0, 8, ROWS)],
            "ts": pl.Series(stamps).cast(TRADES["ts"]),
            "price": 100 + rng.integers(0, 500, ROWS) / 100,
            "size": rng.integers(1, 500, ROWS).astype(float),
            "id": np.arange(ROWS) + nth * ROWS,
            "source": "vendor",
        }
    )
    return conform(told, TRADES)


def make_rules(book: Rulebook) -> None:
    """Some of each kind that prices set off, on every symbol, unless an earlier run has made them."""
    if book.kept.rules():
        return
    conditions = [Crosses(102.5), Moves(4.0, "last_alert"), Moves(1.0, "minutes", 10), Drawdown(3.0)]
    book.kept.add_channel("in-app", "Page", {})
    for symbol in (f"Q{n}" for n in range(8)):
        for condition in conditions:
            name = f"{symbol} {condition}"
            rule = Rule(id="new", name=name, condition=condition, target=Symbol(symbol), cooldown=timedelta(minutes=5))
            book.kept.add_rule(name, body_of(rule), START)


def take_all(folder: Path, *, first: int = 0, said: Callable[[str], object] = str) -> None:
    """Take in every batch from a little before `first`, saving and closing minutes in between."""
    now = START + (first + 2) * STEP  # time has gone on while the desk was away

    def clock() -> datetime:
        return now

    desk = open_desk(Settings(home=folder, offline=True), clock)
    log, lake = Log(desk.settings.log), desk.lake
    intake = Intake(log, desk.tape, exchange_of=lambda _symbol: "24/7", clock=clock)
    intake.restore()
    make_rules(Rulebook(desk))
    alarm = Alarm(desk, log, intake, Facts)
    alarm.start()
    said("open")
    told = 0
    for nth in range(max(0, first - AGAIN), BATCHES):
        now = max(now, START + (nth + 1) * STEP)
        intake.take(Told(trades=batch(nth)))
        told = log.last
        said(str(nth))
        if nth % 6 == 5:
            intake.save(lake, now)
        if nth % 60 == 59:
            intake.close_before(now - LATENESS, lake, upto=alarm.kept)
    now += timedelta(minutes=1)
    intake.save(lake, now)
    while alarm.kept < told:
        now += timedelta(seconds=3)  # the alarm looks at the clock, and keeps where it is
        time.sleep(0.01)
    alarm.stop()
    log.close()
    desk.close()


if __name__ == "__main__":
    take_all(Path(sys.argv[1]), first=int(sys.argv[2]), said=partial(print, flush=True))
