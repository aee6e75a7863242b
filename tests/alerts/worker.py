"""A process that fires, or delivers, until it is killed: `worker.py fire|deliver URL [minutes later]`."""

from __future__ import annotations

import asyncio
import random
import sys
from datetime import UTC, datetime, timedelta

from openbell.alerts.deliver import deliver
from openbell.store.ledger import Ledger
from openbell.store.outbox import Cursor, Fired, Outbox

START = datetime(2026, 3, 2, 15, tzinfo=UTC)
ENTRIES = 60


def fired_at(offset: int) -> list[Fired]:
    """What the entry of the log at `offset` makes fire: two symbols, the second one every third time."""
    symbols = ["ACME", "ZETA"] if offset % 3 == 0 else ["ACME"]
    at = START + timedelta(seconds=offset)
    return [Fired(1, f"{s}@{offset}", s, at, 10.0 + offset, f"{s} at {offset}") for s in symbols]


def fire(outbox: Outbox) -> None:
    """Evaluate the log from the cursor on; the state counts what fired so far."""
    while True:
        cursor = outbox.cursor("alerts") or Cursor("log", 0, {"count": 0})
        if cursor.offset == ENTRIES:
            return
        fired = fired_at(cursor.offset + 1)
        outbox.record(
            "alerts", Cursor(cursor.log, cursor.offset + 1, {"count": cursor.state["count"] + len(fired)}), fired, START
        )


def main() -> None:
    what, url = sys.argv[1:3]
    outbox = Outbox(ledger := Ledger(url))
    sys.stdout.write("open\n")
    sys.stdout.flush()
    if what == "fire":
        fire(outbox)
    else:
        later = START + timedelta(minutes=int(sys.argv[3]))
        asyncio.run(deliver(outbox, lambda: later, random.Random(5).random))
    ledger.close()


if __name__ == "__main__":
    main()
