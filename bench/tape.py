"""How many trades a second do a vendor's messages make, from their bytes to durable prices, minutes and alerts?"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from time import perf_counter, process_time

import msgspec
import numpy as np
import polars as pl

from bench import lakes, market
from bench.rows import Row, Skipped
from openbell.alerts.background import Background
from openbell.alerts.conditions import Crosses, Symbol
from openbell.alerts.rules import Rule
from openbell.alerts.watch import Watch
from openbell.ingest.intake import Heard, Intake
from openbell.ingest.seen import MOST
from openbell.ingest.tape import Tape
from openbell.model.frames import BARS, TRADES, conform, frame_of
from openbell.providers.streams.alpaca import AlpacaDialect
from openbell.store.lake import Lake
from openbell.store.log import Log

OPEN = datetime(2024, 7, 1, 13, 30, tzinfo=UTC)
SYMBOLS, RULES = 500, 1_000
FRAME, WAITING = 100, 400
"""Trades of a message, and messages that wait at a time: under this load so many have come meanwhile."""
SUSTAINED_S = 60.0
PLAIN_S = 10.0
SESSION = 10_000_000
"""Trades of a full session in the log, a thousand an entry."""

CODES = ('["@"]', '["@","I"]', '["@","F","I"]', '["@","T"]')


@dataclass(frozen=True, slots=True)
class _Sustained:
    rate: float
    plain: float
    of_processor: float
    """Trades in a second of the processor's own time, which other programs do not touch."""
    begun_mb: float
    ended_mb: float
    firings: int
    minutes: int


def measure(_symbols: int) -> Iterator[Row | Skipped]:
    """In a process of its own, on one core."""
    lakes.KEPT.mkdir(exist_ok=True)
    lakes.told(f"telling trades for {SUSTAINED_S + PLAIN_S:.0f} s and more")
    told = msgspec.json.decode(_alone("sustained"), type=_Sustained)
    yield Row(
        "trades a second on one core: JSON, checks, repeats, durable log, minutes, alert rules",
        told.rate,
        "trades/s",
        500_000,
        {"a plain loop with msgspec, without a log": told.plain},
        more=True,
        note=f"{SUSTAINED_S:.0f} s, {SYMBOLS} symbols, {RULES:,} rules, {FRAME * WAITING:,} trades waiting; "
        f"{told.minutes:,} minutes stored, {told.firings:,} alerts; "
        f"{told.of_processor:,.0f} a second of the processor's own time",
    )
    yield Row(
        "memory that it takes more after these 60 s",
        told.ended_mb - told.begun_mb,
        "MB",
        50,
        note=f"from {told.begun_mb:.0f} to {told.ended_mb:.0f} MB",
    )


def restart(_symbols: int) -> Iterator[Row | Skipped]:
    """From the start of a process until it is where it was."""
    lakes.KEPT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=lakes.KEPT) as folder:
        lakes.told(f"writing {SESSION / 1e6:.0f} million trades")
        _alone("session", folder)
        begun = perf_counter()
        rows, mb, used = json.loads(_alone("restored", folder, one_core=False))
        took = perf_counter() - begun
    if rows != SESSION:
        raise AssertionError(f"{rows:,} of {SESSION:,} trades are back")
    yield Row(
        f"live again with {SESSION / 1e6:.0f} million trades in the log",
        took,
        "s",
        10,
        note=f"holds {mb:.0f} MB; {used:.1f} s of the processor's own time",
    )


def _alone(what: str, *more: str, one_core: bool = True) -> str:
    command = [sys.executable, "-m", "bench.tape", what, *more]
    env = {**os.environ, "POLARS_MAX_THREADS": "1"} if one_core else None
    return subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True).stdout


class _Market:
    """Alpaca's messages of a market whose time is that of the measurement."""

    def __init__(self) -> None:
        self._rng = np.random.default_rng(market.SEED)
        self.symbols = market.tickers(SYMBOLS)
        self._cents = self._rng.integers(1500, 40_000, SYMBOLS)
        self.levels = [(symbol, cents / 100) for symbol, cents in zip(self.symbols, self._cents.tolist(), strict=True)]
        self._ids = count(1)
        self.elapsed = 0.0

    def now(self) -> datetime:
        """The market's time."""
        return OPEN + timedelta(seconds=self.elapsed)

    def frames(self, since: float) -> Sequence[bytes]:
        """What has been traded from `since` until now, in the vendor's order, which is nearly that of the stamps."""
        rng, rows = self._rng, FRAME * WAITING
        which = rng.integers(0, SYMBOLS, rows)
        np.add.at(self._cents, which, rng.integers(-1, 2, rows))
        spread = np.sort(rng.uniform(since, self.elapsed, rows)) - rng.exponential(0.0005, rows)
        nanos = int(OPEN.timestamp()) * 10**9 + (np.maximum(spread, 0.0) * 1e9).astype(np.int64)
        stamps = np.datetime_as_string(nanos.astype("datetime64[ns]"))
        columns = zip(
            which.tolist(), stamps.tolist(), self._cents[which].tolist(), rng.integers(1, 500, rows).tolist(),
            rng.integers(0, 4, rows).tolist(), rng.choice(list("VNQP"), rows).tolist(), self._ids,
            strict=False,
        )  # fmt: skip
        told = [
            f'{{"T":"t","S":"{self.symbols[n]}","i":{number},"x":"{venue}","p":{cents / 100},"s":{size},'
            f'"c":{CODES[code]},"z":"C","t":"{stamp.rstrip("0").rstrip(".")}Z"}}'
            for n, stamp, cents, size, code, venue, number in columns
        ]
        return [f"[{','.join(told[first : first + FRAME])}]".encode() for first in range(0, rows, FRAME)]


def _sustained() -> _Sustained:
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory(dir=lakes.KEPT) as folder, closing(Log(Path(folder) / "log.db")) as log:
        made, lake, fired, stored = _Market(), Lake(Path(folder) / "lake"), 0, 0
        intake = Intake(log, Tape(), exchange_of=lambda _symbol: "XNAS", clock=made.now)
        watch = _watch(made)

        def hear(heard: Heard) -> None:
            nonlocal fired
            fired += len(watch.hear(heard.trades, heard.quotes))

        intake.listen(hear)
        dialect = AlpacaDialect("key", "secret", "sip")
        rows, since, saved = 0, 0.0, made.now()
        begun_s: float | None = None
        begun_mb, begun_rows, used_s = 0.0, 0, 0.0
        made.elapsed = 0.04
        while begun_s is None or made.elapsed - begun_s < SUSTAINED_S:
            frames = made.frames(since)
            since, start, used = made.elapsed, perf_counter(), process_time()
            taken = intake.take(dialect.hear(frames, made.now()))
            if made.now() - saved >= timedelta(minutes=1):
                stored, saved = stored + intake.save(lake, made.now()), made.now()
            made.elapsed += perf_counter() - start
            used_s += process_time() - used
            if taken.rows != FRAME * WAITING:
                raise AssertionError(f"{taken} of {FRAME * WAITING:,} trades")
            rows += taken.rows
            if begun_s is None and rows > MOST + FRAME * WAITING * 50 and stored:  # it has all that it will ever hold
                begun_s, begun_mb, begun_rows, used_s = made.elapsed, _memory_mb(), rows, 0.0
        told = rows - begun_rows
        ended_mb = _memory_mb()
        rate = told / (made.elapsed - begun_s)
        return _Sustained(rate, _plain(made), told / used_s, begun_mb, ended_mb, fired, stored)


def _watch(made: _Market) -> Watch:
    rules = [
        Rule(
            id=f"{symbol}{n}",
            name="level",
            condition=Crosses(round(level * (0.95 + 0.1 * n), 2)),
            target=Symbol(symbol),
        )
        for symbol, level in made.levels
        for n in range(RULES // SYMBOLS)
    ]
    nothing = Background(frame_of(BARS))
    return Watch(
        rules,
        members=lambda rule: [rule.target.symbol] if isinstance(rule.target, Symbol) else [],
        backgrounds=lambda _symbol, _day: nothing,
        exchange_of=lambda _symbol: "XNAS",
    )


class _Plain(msgspec.Struct, gc=False):
    T: str
    S: str
    i: int
    p: float
    s: float
    t: str


def _plain(made: _Market) -> float:
    """Trades a second of the loop that one would write first: a set of ids, a minute's bar and two levels a symbol."""
    decoder = msgspec.json.Decoder(list[_Plain])
    levels = {symbol: (0.95 * level, 1.05 * level) for symbol, level in made.levels}
    last, ids = dict(made.levels), set[int]()
    bars: dict[tuple[str, str], list[float]] = {}
    rows, took, fired, since = 0, 0.0, 0, made.elapsed
    while took < PLAIN_S:
        made.elapsed += 0.03
        frames = made.frames(since)
        since, start = made.elapsed, perf_counter()
        for frame in frames:
            for trade in decoder.decode(frame):
                if trade.i in ids or not trade.p > 0:
                    continue
                ids.add(trade.i)
                bar = bars.get(key := (trade.S, trade.t[:16]))
                if bar is None:
                    bars[key] = [trade.p, trade.p, trade.p, trade.p, trade.s]
                else:
                    bar[1] = max(bar[1], trade.p)
                    bar[2] = min(bar[2], trade.p)
                    bar[3] = trade.p
                    bar[4] += trade.s
                before = last[trade.S]
                for level in levels[trade.S]:
                    fired += (before < level) != (trade.p < level)
                last[trade.S] = trade.p
        took += perf_counter() - start
        rows += FRAME * WAITING
    return rows / took


def _write_session(folder: Path) -> None:
    """A session's trades, as a desk has taken them."""
    rng = np.random.default_rng(market.SEED)
    names, venues, codes = (
        pl.Series(each, dtype=pl.String) for each in (market.tickers(SYMBOLS), list("VNQP"), ["01", "80000001", None])
    )
    rows, begin = 1_000, int(OPEN.timestamp() * 1e6)
    step = int(6.5 * 3600 * 1e6) // SESSION
    with closing(Log(folder / "log.db")) as log:
        for first in range(0, SESSION, rows):
            nth = np.arange(first, first + rows)
            trades = pl.DataFrame(
                {
                    "symbol": names.gather(rng.integers(0, SYMBOLS, rows)),
                    "ts": begin + nth * step,
                    "seq": nth,
                    "id": nth,
                    "price": np.round(rng.uniform(99.0, 101.0, rows), 2),
                    "size": np.ceil(rng.lognormal(4.0, 1.0, rows)),
                    "venue": venues.gather(rng.integers(0, 4, rows)),
                    "condition": codes.gather(rng.integers(0, 3, rows)),
                    "source": names.new_from_index(0, rows),
                }
            )
            log.append("trades", conform(trades, TRADES), OPEN)


def _restore(folder: Path) -> tuple[int, float, float]:
    """How many trades' entries are back, the memory held, and the processor's time of the whole process."""
    with closing(Log(folder / "log.db")) as log:
        intake = Intake(log, Tape(), exchange_of=lambda _symbol: "XNAS", clock=lambda: OPEN + timedelta(hours=7))
        entries = intake.restore()
        return entries * (SESSION // entries), _memory_mb(), process_time()


def _memory_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["sustained"]:
            print(msgspec.json.encode(_sustained()).decode())
        case ["session", folder]:
            _write_session(Path(folder))
        case ["restored", folder]:
            print(json.dumps(_restore(Path(folder))))
