"""Fifty people who read their portfolios at once, from a desk in a process of its own, over real sockets."""

from __future__ import annotations

import http.client
import random
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from bench.books import made, priced, written
from bench.rows import Row, Skipped
from bench.server import resident, running
from openbell.desk import open_desk
from openbell.model.transactions import Portfolio
from openbell.portfolio.returns import RANGES
from openbell.settings import Settings

READERS, PORTFOLIOS = 50, 10
PAUSE_S, MEASURED_S = 1.0, 20.0
"""Each asks for one part of the page, looks at it for a second on average, and asks for the next."""
RESTED_S = 60
"""Then nobody asks for anything."""
PAGE = (
    *("positions", "income", "allocation", "checks", "lots"),
    *(f"{part}?range={each}" for part in ("history", "returns") for each in RANGES),
)


def measure() -> Iterator[Row | Skipped]:
    """Ten made portfolios; what is read has been read once, as pages that stay open do."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        numbers = _filled(home)
        with running(home) as desk:
            _read(desk.url, [f"portfolios/{number}/{part}" for number in numbers for part in PAGE])
            floor = _waits(desk.url, [[f"portfolios/{number}"] for number in numbers])
            waits = _waits(desk.url, [[f"portfolios/{number}/{part}" for part in PAGE] for number in numbers])
            held = resident(desk.process)
            time.sleep(RESTED_S)
            rested = resident(desk.process)
    yield Row(
        f"a part of the portfolio's page for {READERS} readers at once, p99",
        float(np.percentile(waits, 99)),
        "ms",
        limit=100,
        peers={"a portfolio's name alone": float(np.percentile(floor, 99))},
        note=f"{len(waits):,} answers; the desk holds {held / 1e6:.0f} MB then" if held else f"{len(waits):,} answers",
    )
    question = f"memory of a desk whose {PORTFOLIOS} portfolios were read, a minute later"
    if rested is None:
        yield Skipped(question, "this system does not tell a process's memory in /proc")
    else:
        yield Row(question, rested / 1e6, "MB", 250)


def _filled(home: Path) -> list[int]:
    """A home with prices and portfolios; their numbers."""
    desk = open_desk(Settings(home=home, offline=True))
    try:
        book = made(datetime.now(UTC).date() - timedelta(days=1))
        priced(desk, book)
        owner = desk.accounts.people.first_owner()
        assert owner is not None
        names = [Portfolio(0, f"made {nth}", "EUR", benchmark="MADE00") for nth in range(PORTFOLIOS)]
        return [written(desk, book, owner.id, name).portfolio.id for name in names]
    finally:
        desk.close()


def _waits(url: str, asked: Sequence[Sequence[str]]) -> list[float]:
    """How many milliseconds each answer took, of readers who begin at different instants."""
    waits: list[list[float]] = [[] for _ in range(READERS)]
    ends = time.perf_counter() + MEASURED_S
    threads = [
        threading.Thread(target=_reader, args=(url, asked[nth % len(asked)], random.Random(nth), ends, waits[nth]))
        for nth in range(READERS)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    if any(not each for each in waits):
        raise RuntimeError("a reader was not answered")
    return [wait for each in waits for wait in each]


def _reader(url: str, asked: Sequence[str], dice: random.Random, ends: float, waits: list[float]) -> None:
    connection = _connection(url)
    time.sleep(dice.uniform(0, PAUSE_S))
    while time.perf_counter() < ends:
        began = time.perf_counter()
        _ask(connection, dice.choice(asked))
        waits.append(1000 * (time.perf_counter() - began))
        time.sleep(dice.uniform(0, 2 * PAUSE_S))
    connection.close()


def _read(url: str, paths: Sequence[str]) -> None:
    connection = _connection(url)
    for path in paths:
        _ask(connection, path)
    connection.close()


def _connection(url: str) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)


def _ask(connection: http.client.HTTPConnection, path: str) -> None:
    connection.request("GET", f"/api/v1/{path}", headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status} {answer.read()[:300]!r}")
    answer.read()
