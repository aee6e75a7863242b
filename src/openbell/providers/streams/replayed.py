"""A recorded day as a stream: what vendors said, or the ticks and minutes of files, as if it happened now."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from pathlib import Path

import polars as pl

from openbell.model.errors import UnreadableFile
from openbell.model.frames import TRADES, conform
from openbell.model.interval import MINUTE
from openbell.providers.base import Capabilities
from openbell.providers.files import Reading, find, read
from openbell.providers.streams.alpaca import AlpacaDialect
from openbell.providers.streams.archive import merged
from openbell.providers.streams.finnhub import FinnhubDialect
from openbell.providers.streams.schwab import SchwabDialect, Streamer
from openbell.providers.streams.spoken import Dialect, Told
from openbell.providers.streams.wanted import Wanted
from openbell.providers.streams.yahoo import YahooDialect

NAME = "replay"
ENDING = ".jsonl.gz"
TOGETHER = timedelta(milliseconds=100)
"""What is said within so long is told at once: by the reader's clock, so that a fast replay has larger batches."""

HURRIED = timedelta(minutes=1)
"""The same of the market's time, where a day is played as fast as can be."""

DIALECTS: Mapping[str, Callable[[], Dialect]] = {
    "alpaca": lambda: AlpacaDialect("", ""),
    "finnhub": lambda: FinnhubDialect(""),
    "schwab": lambda: SchwabDialect(Streamer("", "", "", "", ""), ""),
    "yahoo": YahooDialect,
}
"""By the folder of the archive; what is replayed needs no key."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was told at an instant."""

    at: datetime
    told: Told


class Replayed:
    """Plays a file or a folder; `speed` seconds of market pass in each second, or as fast as can be where it is 0.

    The archive of vendors (`archive.py`) is spoken again through their dialects; of other files, trades are told as
    they stand, and a minute as four trades at its open, extremes and close.
    """

    capabilities = Capabilities(name=NAME, title="Replay of a recorded day", quotes=True)
    mute: timedelta | None = None
    """A recorded pause is no silence."""

    def __init__(self, path: Path, speed: float, clock: Callable[[], datetime]) -> None:
        """Raises UnreadableFile where there is nothing to play."""
        self._path = path
        self._speed = speed
        self._clock = clock
        first = next(_said(path, clock()), None)
        if first is None:
            raise UnreadableFile(
                str(path), "There is nothing to replay.", remedy="Name an archive, or files of prices."
            )
        self._at, self._since = first.at, clock()
        self._playing = False
        self._told = 0
        self._done = False

    def now(self) -> datetime:
        """The market's time; it stands still before anybody listens, and goes on as any clock once all is told."""
        passed = max(self._clock() - self._since, timedelta(0))
        if self._done:
            return self._at + passed
        return self._at + passed * self._speed if self._playing else self._at

    async def told(self, wanted: Wanted) -> AsyncIterator[Told]:
        """As Stream promises; a connection that is opened again goes on where the last one was."""
        yield Told(ready=True)
        self._at, self._since, self._playing = self.now(), self._clock(), True
        span = TOGETHER * self._speed if self._speed else HURRIED
        for each in islice(_together(_said(self._path, self._clock()), span), self._told, None):
            self._told += 1
            if self._speed:
                await asyncio.sleep(max(0.0, (each.at - self.now()).total_seconds()) / self._speed)
            elif each.at > self._at:
                self._at = each.at
            yield _only(each.told, wanted)
        if not self._done:
            self._at, self._since, self._done = self.now(), self._clock(), True
        await asyncio.Event().wait()


def _only(told: Told, wanted: Wanted) -> Told:
    mine = pl.col("symbol").is_in(list(wanted.symbols))
    return Told(trades=told.trades.filter(mine), quotes=told.quotes.filter(mine), rejects=told.rejects)


def _together(said: Iterable[Said], span: timedelta) -> Iterator[Said]:
    """What was said within `span` of the first of each, as one."""
    batch: list[Said] = []
    for each in said:
        if batch and each.at - batch[0].at >= span:
            yield _one(batch)
            batch = []
        batch.append(each)
    if batch:
        yield _one(batch)


def _one(batch: Sequence[Said]) -> Said:
    told = [each.told for each in batch]
    trades, quotes, rejects = (pl.concat(getattr(t, name) for t in told) for name in ("trades", "quotes", "rejects"))
    return Said(batch[-1].at, Told(trades=trades, quotes=quotes, rejects=rejects))


def _said(path: Path, now: datetime) -> Iterator[Said]:
    """All that was said, oldest first."""
    spoken = sorted(path.rglob(f"*{ENDING}")) if path.is_dir() else [path] if path.name.endswith(ENDING) else []
    return _spoken(spoken) if spoken else _traded(path, now)


def _spoken(paths: Sequence[Path]) -> Iterator[Said]:
    dialects: dict[str, Dialect] = {}
    chosen = (path for path in paths if path.parent.name in DIALECTS)
    lines = merged(chosen, lambda path: path.parent.name)
    for (vendor, at), alike in groupby(lines, key=lambda pair: (pair[0], pair[1].at)):
        frames = []
        for _, line in alike:
            if (frame := line.frame) is None:
                dialects[vendor] = DIALECTS[vendor]()
            else:
                frames.append(frame)
        if frames:
            instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
            told = dialects.setdefault(vendor, DIALECTS[vendor]()).hear(frames, instant)
            yield Said(instant, replace(told, replies=(), ready=False, ended=None, refused={}))


def _traded(path: Path, now: datetime) -> Iterator[Said]:
    """Files of ticks or minutes."""
    trades = [_trades_of(each, now) for each in find([path])]
    table = pl.concat(trades).sort("ts", maintain_order=True) if trades else pl.DataFrame(schema=dict(TRADES))
    for (at,), part in table.group_by(pl.col("ts").dt.truncate(TOGETHER), maintain_order=True):
        newest = part["ts"].max()
        yield Said(newest if isinstance(newest, datetime) else at, Told(trades=part))


def _trades_of(path: Path, now: datetime) -> pl.DataFrame:
    contents = read(path, Reading(), now=now)
    minutes = contents.bars.filter(pl.col("interval") == str(MINUTE))
    return pl.concat([conform(contents.trades, TRADES), *_trades_in(minutes)])


def _trades_in(minutes: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """A minute as four trades: its open, its extremes, of which a rising one has the low first, and its close."""
    rises = pl.col("close") >= pl.col("open")
    steps = (
        (0, pl.col("open")),
        (20, pl.when(rises).then("low").otherwise("high")),
        (40, pl.when(rises).then("high").otherwise("low")),
        (59, pl.col("close")),
    )
    for seq, (second, price) in enumerate(steps):
        told = minutes.select(
            "symbol",
            "source",
            ts=pl.col("ts") + timedelta(seconds=second),
            seq=pl.lit(seq, pl.Int64),
            price=price,
            size=pl.col("volume") / len(steps),
        )
        yield conform(told.drop_nulls("price"), TRADES)
