"""A broker's file of 20,000 rows: uploaded, looked at and booked, through the API of a desk in a process of its own."""

from __future__ import annotations

import http.client
import json
import random
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.rows import Row, Skipped
from bench.server import running
from bench.timing import seconds

ROWS = 20_000
CHOSEN = {"file": "made.csv", "midway": True}
"""As the page sends it; some of it is paid before it is bought."""
HEADER = (
    "Action,Time,ISIN,Ticker,Name,No. of shares,Price / share,Currency (Price / share),Exchange rate,Result,"
    "Currency (Result),Total,Currency (Total),Withholding tax,Currency (Withholding tax),"
    "Currency conversion fee,Currency (Currency conversion fee),Notes,ID"
)


def measure() -> Iterator[Row | Skipped]:
    """Trading 212's format; a new ledger."""
    file = statement(ROWS)
    with tempfile.TemporaryDirectory() as folder:
        with running(Path(folder) / "home") as desk:
            connection = http.client.HTTPConnection(urlsplit(desk.url).netloc, timeout=300)
            _post(connection, "portfolios", {"name": "made", "base": "USD"})
            whole = seconds(partial(_import, connection, file))
            connection.close()
        bare = seconds(partial(_executemany, Path(folder) / "bare.db", file))
    yield Row(
        f"import of {ROWS:,} rows: upload, preview, confirm",
        whole,
        "s",
        limit=5,
        peers={"SQLite's executemany of the same texts": bare},
    )


def statement(rows: int) -> str:
    """Deposits, purchases and dividends in 60 instruments, the same each time."""
    dice, at, lines = random.Random(5), datetime(2014, 1, 2, 9), [HEADER]  # noqa: DTZ001  # as the broker prints it
    for nth in range(rows):
        at += timedelta(minutes=dice.randint(60, 300))
        units, price, number = dice.randint(1, 90), dice.randint(1000, 30000) / 100, nth % 60
        named = f"US00000{number:05d},MADE{number:02d},Made {number}"
        if nth % 10 == 0:
            lines.append(f"Deposit,{at},,,,,,,,,,{units * 100}.00,USD,,,,,a note,ID{nth}")
        elif nth % 7 == 0:
            total = f"{units * 0.23:.2f}"
            lines.append(f"Dividend (Dividend),{at},{named},{units},0.23,USD,Not available,,,{total},USD,0.10,USD,,,,")
        else:
            total = f"{units * price + 0.15:.2f}"
            lines.append(f"Market buy,{at},{named},{units},{price},USD,1.00,,,{total},USD,,,0.15,USD,,EOF{nth}")
    return "\n".join(lines) + "\n"


def _import(connection: http.client.HTTPConnection, file: str) -> None:
    key = _post(connection, "portfolios/1/uploads", file)["key"]
    found = _post(connection, f"portfolios/1/uploads/{key}/preview", CHOSEN)
    assert (found["counts"]["new"], found["ready"]) == (ROWS, True), found["counts"]
    booked = _post(connection, "portfolios/1/imports", {"upload": key, **CHOSEN})
    assert booked["counts"]["new"] == ROWS


def _post(connection: http.client.HTTPConnection, path: str, told: object) -> Any:
    body = told if isinstance(told, str) else json.dumps(told)
    kind = "application/octet-stream" if isinstance(told, str) else "application/json"
    connection.request("POST", f"/api/v1/{path}", body.encode(), {"Content-Type": kind})
    answer = connection.getresponse()
    said = answer.read()
    if answer.status >= 300:
        raise RuntimeError(f"{path}: {answer.status} {said[:300]!r}")
    return json.loads(said)


def _executemany(path: Path, file: str) -> None:
    rows = [line.split(",") for line in file.splitlines()[1:]]
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA synchronous=FULL")
        database.execute(f"CREATE TABLE told ({', '.join(f'c{nth} TEXT' for nth in range(len(rows[0])))})")
        database.executemany(f"INSERT INTO told VALUES ({', '.join('?' * len(rows[0]))})", rows)
    database.close()
