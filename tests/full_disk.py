"""A desk whose disk is full for a while, in a process of its own: prints what it told meanwhile and what it has.

The limit of a file's size stands for the disk: every file that is longer than that cannot grow.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

from openbell.desk import open_desk
from openbell.live import Live
from openbell.model.interval import MINUTE
from openbell.settings import Settings
from openbell.store.log import Log
from openbell.store.watchbook import WatchBook
from vendor import Line, trade, trades, vendor

COIN = "BTC-USD"
shift = [timedelta(0)]
full, told = Event(), []


def now() -> datetime:
    return datetime.now(UTC) + shift[0]


def limit(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def scene(line: Line) -> None:
    """Trades of one unit at ever new prices, fewer than a person could not count."""
    line.hear()
    while not line.vendor.over.is_set():
        time.sleep(0.02)
        with suppress(TimeoutError):
            line.connection.recv(timeout=0.001)
        told.append(1)
        line.say(trades(trade(COIN, 100.0 + len(told) / 1000, 1.0, now())))


def until(so, seconds=30.0) -> None:
    end = time.monotonic() + seconds
    while not so():
        if time.monotonic() > end:
            raise AssertionError("it never was so")
        time.sleep(0.01)


def main(folder: Path) -> None:
    with vendor(scene) as fake:
        settings = Settings(
            home=folder, providers="alphavantage", streams="finnhub", finnhub_key="k", finnhub_stream_url=fake.url
        )
        desk = open_desk(settings, now)
        WatchBook(desk.ledger).add("Mine", [COIN])
        live = Live(desk)
        live.start()
        feed = lambda: live.health()[0]  # noqa: E731
        until(lambda: feed().rows > 20)
        limit(1)
        until(lambda: feed().state != "live")
        down = (feed().state, feed().detail)
        shift[0] += timedelta(minutes=1)
        until(lambda: "wait in the log" in feed().detail)
        unsaved = feed().detail
        limit(resource.RLIM_INFINITY)
        until(lambda: feed().state == "live")
        rows = feed().rows
        until(lambda: feed().rows > rows + 20)
        shift[0] += timedelta(minutes=1)
        until(lambda: "wait in the log" not in feed().detail)
        up = feed().detail
        live.stop()
        desk.close()
    with closing(Log(settings.log, readonly=True)) as log:
        heard = sum(entry.frame["size"].sum() for entry in log.read() if entry.kind == "trades")
    running = desk.tape.unsaved(now() + timedelta(minutes=1))["volume"].sum()
    stored = desk.lake.bars([COIN], MINUTE, now() - timedelta(hours=1), now() + timedelta(hours=1))["volume"].sum()
    sys.stdout.write(json.dumps({"down": down, "unsaved": unsaved, "up": up, "heard": heard, "kept": stored + running}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
