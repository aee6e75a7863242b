"""How soon is an alert in the outbox, counted from the trade that sets it off, while 20,000 trades a second come in?"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Thread

import numpy as np
import polars as pl

from bench import lakes
from bench.rows import Row, Skipped
from openbell.alarm import Alarm
from openbell.alerts.conditions import Condition, Crosses, Moves, Symbol
from openbell.alerts.rules import Rule
from openbell.alerts.watch import Facts
from openbell.desk import Desk, open_desk
from openbell.ingest.intake import Intake
from openbell.model.frames import INSTRUMENTS, TRADES, conform
from openbell.providers.streams.spoken import Told
from openbell.rulebook import Rulebook, body_of
from openbell.settings import Settings
from openbell.store.log import Log

SYMBOLS, ROWS = 500, 1_000
PACE_S = ROWS / 20_000
LASTS_S = 30.0
EVERY = 2
"""Each so many batches have a trade that fires."""
LEVEL = 150.0
FIRST_OWNER = 1
SETTLES = timedelta(seconds=3)


def measure(_symbols: int) -> Iterator[Row | Skipped]:
    """A real intake, log, ledger and alarm; the paces of a busy market."""
    lakes.KEPT.mkdir(exist_ok=True)
    load = os.getloadavg()[0]
    with (
        tempfile.TemporaryDirectory(dir=lakes.KEPT) as folder,
        closing(open_desk(Settings(home=Path(folder), offline=True))) as desk,
        closing(Log(desk.settings.log)) as log,
    ):
        names = [f"S{nth}" for nth in range(SYMBOLS)]
        _make(desk, names)
        intake = Intake(log, desk.tape, exchange_of=lambda _symbol: "24/7", clock=desk.clock)
        alarm = Alarm(desk, log, intake, Facts)
        alarm.start()
        time.sleep(SETTLES.total_seconds())
        waits = _paced(desk, intake, alarm, names)
        alarm.stop()
    yield Row(
        "an alert in the outbox, from the trade that sets it off, at 20,000 trades/s",
        float(np.percentile(waits, 99)),
        "ms",
        limit=50,
        note=f"p99 of {len(waits)}, median {statistics.median(waits):.1f} ms; {2 * SYMBOLS} rules; load {load:.1f}",
    )


def _make(desk: Desk, names: list[str]) -> None:
    """The symbols, and two rules on each."""
    listed = pl.DataFrame({"id": names, "ticker": names, "exchange": "24/7"})
    desk.lake.append_instruments(conform(listed, INSTRUMENTS), desk.clock())
    book = Rulebook(desk)
    for name in names:
        conditions: tuple[Condition, ...] = (Crosses(LEVEL), Moves(40.0, "open"))
        for condition in conditions:
            rule = Rule(id="new", name=f"{name} {condition}", condition=condition, target=Symbol(name))
            book.kept.add_rule(rule.name, body_of(rule), desk.clock())


def _paced(desk: Desk, intake: Intake, alarm: Alarm, names: list[str]) -> list[float]:
    """For each alert the milliseconds from its trade to its row."""
    rng = np.random.default_rng(3)
    waits: list[float] = []
    ends = time.monotonic() + LASTS_S
    nth, due = 0, time.monotonic()
    while time.monotonic() < ends:
        fires = nth > 0 and nth % EVERY == 0
        before = alarm.newest(FIRST_OWNER)
        prices = 100 + rng.integers(0, 500, ROWS) / 100
        symbols = rng.integers(1, SYMBOLS, ROWS)
        if fires or nth == 0:
            symbols[-1], prices[-1] = 0, LEVEL + (1 if nth // EVERY % 2 else -1)
        trades = pl.DataFrame(
            {
                "symbol": np.array(names)[symbols],
                "ts": [desk.clock()] * ROWS,
                "price": prices,
                "size": 1.0,
                "id": np.arange(ROWS) + nth * ROWS,
                "source": "vendor",
            }
        )
        batch = Told(trades=conform(trades, TRADES))
        told = time.monotonic()
        taking = Thread(target=intake.take, args=[batch])
        taking.start()
        while fires and alarm.newest(FIRST_OWNER) == before and time.monotonic() < told + 5:
            time.sleep(0.0005)
        kept = time.monotonic()
        taking.join()
        if fires:
            waits.append(1000 * (kept - told))
        nth, due = nth + 1, due + PACE_S
        time.sleep(max(0.0, due - time.monotonic()))
    return waits
