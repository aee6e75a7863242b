"""How many trades a second are on the disk for good, a thousand at a time, and how soon are they all read back?"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import numpy as np
import polars as pl

from bench import lakes, market, servers
from bench.rows import Row, Skipped
from bench.timing import seconds
from openbell.model import frames
from openbell.store.log import Log

ROWS = 1_000
"""Trades of a batch."""
MADE = 500
"""Batches that differ."""
ROUNDS, MANY, FEW = 5, 2_000, 100
"""In each round the log and the bare file take MANY batches, a server FEW."""
OPEN = datetime(2024, 7, 1, 13, 30, tzinfo=UTC)
QUESTION = f"durable append of {ROWS:,} trades at a time"

Append = Callable[[int], object]
"""Puts the nth batch on the disk for good."""


def measure(_symbols: int) -> Iterator[Row | Skipped]:
    """All take turns on one disk. The log packs frames; its peers get their batches ready-made."""
    lakes.told("making trades")
    lakes.KEPT.mkdir(exist_ok=True)
    batches = [_trades(nth) for nth in range(MADE)]
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(dir=lakes.KEPT) as folder, ExitStack() as running:
        log = running.enter_context(closing(Log(Path(folder) / "log.db")))
        bare = running.enter_context(_bare_file(Path(folder), batches))
        peers: dict[str, tuple[Append, int]] = {"a bare file, written and fsynced": (bare, MANY)}
        for name, start in {"PostgreSQL": _postgres, "InfluxDB": _influx}.items():
            try:
                peers[name] = running.enter_context(start(batches)), FEW
            except servers.Missing as missing:
                lakes.told(f"WITHOUT {name}: {missing}")
                yield Skipped(f"{QUESTION}: {name}", str(missing))
        ours: list[list[float]] = []
        theirs: dict[str, list[list[float]]] = {name: [] for name in peers}
        for nth in range(ROUNDS):
            lakes.told(f"appending, round {nth + 1} of {ROUNDS}")
            ours.append(_times(lambda batch: log.append("trades", batches[batch], OPEN), MANY, nth))
            for name, (append, count) in peers.items():
                theirs[name].append(_times(append, count, nth))
        longest = 1000 * max(map(max, ours))
        note = f"longest {longest:.0f} ms; system load before {load:.1f}"
        rates = {name: _rate(rounds) for name, rounds in theirs.items()}
        yield Row(QUESTION, _rate(ours), "trades/s", 1_000_000, rates, more=True, note=note)
        yield _read_back(log)


def _times(append: Append, count: int, nth: int) -> list[float]:
    """Seconds of each of the `count` batches of round `nth`."""
    return [seconds(partial(append, batch % MADE)) for batch in range(nth * count, (nth + 1) * count)]


def _rate(rounds: Sequence[Sequence[float]]) -> float:
    """Trades a second: the median round."""
    return statistics.median(ROWS * len(times) / sum(times) for times in rounds)


def _read_back(log: Log) -> Row:
    rows = ROUNDS * MANY * ROWS
    found = 0

    def read() -> None:
        nonlocal found
        found = sum(entry.frame.height for entry in log.read())

    took = seconds(read)
    if found != rows:
        raise AssertionError(f"the log gave back {found:,} of {rows:,} trades")
    return Row(f"{rows / 1e6:.0f} million trades read back from the log", took, "s", 3)


def _trades(nth: int) -> pl.DataFrame:
    """The `nth` batch: 500 symbols, 4 venues, 4 conditions, a second after the batch before."""
    rng = np.random.default_rng([market.SEED, nth])
    start = int(OPEN.timestamp()) + nth

    def one_of(names: Sequence[str | None]) -> pl.Series:
        return pl.Series(names, dtype=pl.String).gather(rng.integers(0, len(names), ROWS))

    trades = pl.DataFrame(
        {
            "symbol": one_of(market.tickers(500)),
            "ts": 1_000_000 * start + 1_000 * np.arange(ROWS),
            "seq": nth * ROWS + np.arange(ROWS),
            "id": rng.integers(0, 2**40, ROWS),
            "price": np.round(rng.uniform(15.0, 400.0, ROWS), 2),
            "size": np.ceil(rng.lognormal(4.0, 1.0, ROWS)),
            "venue": one_of(["XNYS", "XNAS", "ARCX", "BATS"]),
            "condition": one_of(["@", "@ I", "@F I", None]),
            "suspicious": rng.random(ROWS) < 0.01,
            "source": one_of(["bench"]),
        }
    )
    return frames.conform(trades, frames.TRADES)


@contextmanager
def _bare_file(folder: Path, batches: Sequence[pl.DataFrame]) -> Iterator[Append]:
    """The limit of this disk: the log's own payloads, one after the other."""
    newest = pl.CompatLevel.newest()
    payloads = [b.write_ipc_stream(None, compression="lz4", compat_level=newest).getvalue() for b in batches]
    with (folder / "bare").open("wb", buffering=0) as file:

        def append(nth: int) -> None:
            file.write(payloads[nth])
            os.fsync(file)

        yield append


@contextmanager
def _postgres(batches: Sequence[pl.DataFrame]) -> Iterator[Append]:
    """COPY and COMMIT, as text, which it takes faster than its binary form; a table without any index."""
    import psycopg

    columns = {
        pl.String: "text",
        pl.Int64: "bigint",
        pl.Float64: "float8",
        pl.Boolean: "boolean",
        frames.UTC: "timestamptz",
    }
    table = ", ".join(f"{name} {columns[dtype]}" for name, dtype in frames.TRADES.items())
    stamp = "%Y-%m-%d %H:%M:%S%.6f+00"
    texts = [
        b.write_csv(include_header=False, separator="\t", null_value="\\N", datetime_format=stamp).encode()
        for b in batches
    ]
    with servers.postgres(lakes.KEPT) as address, psycopg.connect(address) as connection:
        connection.execute(f"CREATE TABLE trades ({table})")
        connection.commit()

        def append(nth: int) -> None:
            with connection.cursor() as cursor, cursor.copy("COPY trades FROM STDIN") as copy:
                copy.write(texts[nth])
            connection.commit()

        yield append
        _assert_all("PostgreSQL", connection.execute("SELECT count(*) FROM trades").fetchall()[0][0])


@contextmanager
def _influx(batches: Sequence[pl.DataFrame]) -> Iterator[Append]:
    """Writes over one HTTP connection; symbol, venue and source are tags, which are what it finds rows by."""
    fields = 'price={},size={},seq={}i,id={}i,condition="{}",suspicious={}'
    line = pl.format(
        f"trades,symbol={{}},venue={{}},source={{}} {fields} {{}}",
        *("symbol", "venue", "source", "price", "size", "seq", "id", pl.col("condition").fill_null(""), "suspicious"),
        pl.col("ts").dt.timestamp("us"),
    )
    texts = ["\n".join(b.select(line).to_series()).encode() for b in batches]
    with servers.influx(lakes.KEPT) as address, closing(HTTPConnection(address.removeprefix("http://"))) as connection:

        def ask(path: str, body: bytes = b"") -> bytes:
            connection.request("POST", path, body)
            answer = connection.getresponse()
            told = answer.read()
            if answer.status not in {200, 204}:
                raise RuntimeError(f"InfluxDB answered {answer.status}: {told.decode()}")
            return told

        ask("/query?q=" + quote("CREATE DATABASE bench"))
        yield lambda nth: ask("/write?db=bench&precision=u", texts[nth])
        told = json.loads(ask("/query?db=bench&q=" + quote("SELECT count(price) FROM trades")))
        _assert_all("InfluxDB", told["results"][0]["series"][0]["values"][0][1])


def _assert_all(server: str, rows: int) -> None:
    if rows != ROUNDS * FEW * ROWS:
        raise AssertionError(f"{server} holds {rows:,} of {ROUNDS * FEW * ROWS:,} trades")
