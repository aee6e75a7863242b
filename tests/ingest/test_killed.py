"""A desk that is killed at any moment has lost no acknowledged trade, counts none twice, and fires each alert once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from polars.testing import assert_frame_equal

from ingest import taker
from openbell.model.frames import BARS
from openbell.model.interval import MINUTE
from openbell.store.firingbook import FiringBook
from openbell.store.lake import Lake
from openbell.store.ledger import Ledger
from openbell.store.outbox import Outbox

KILLS = int(os.environ.get("OPENBELL_KILLS", "20"))
ALL = (taker.START.replace(hour=0), taker.START.replace(day=4))


def minutes(folder: Path) -> object:
    symbols = [f"Q{n}" for n in range(8)]
    return Lake(folder / "lake").bars(symbols, MINUTE, *ALL).select(*BARS)


def alerts(folder: Path) -> list[tuple[object, ...]]:
    """What fired, by rule and instant, and on how many ways; not its event, which names the place in the log."""
    ledger = Ledger(f"sqlite:///{folder / 'ledger.db'}")
    outbox = Outbox(ledger)
    fired = FiringBook(ledger).firings(most=100_000)
    ways = [(f.rule_id, f.at, f.price, f.message, len(outbox.deliveries(f.id))) for f in fired]
    ledger.close()
    return sorted(ways, key=lambda way: way[:2])


def test_kills_at_random_moments_lose_and_repeat_neither_trades_nor_alerts(tmp_path: Path):
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    taker.take_all(undisturbed)
    rng, first, kills = random.Random(11), 0, 0
    while first < taker.BATCHES - 1:
        process = subprocess.Popen(
            [sys.executable, taker.__file__, str(killed), str(first)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        if kills < KILLS:
            time.sleep(rng.uniform(0, 2 * 4.0 / KILLS))
            process.kill()
            kills += 1
        heard = [line for line in process.stdout.read().splitlines() if line.isdigit()]
        process.wait()
        process.stdout.close()
        first = max(first, *(int(line) for line in heard), 0) if heard else first
    assert kills >= KILLS // 2
    assert_frame_equal(minutes(killed), minutes(undisturbed))
    assert len(alerts(undisturbed)) > 200
    assert alerts(killed) == alerts(undisturbed)
    assert Lake(killed / "lake").reject_counts().is_empty()
