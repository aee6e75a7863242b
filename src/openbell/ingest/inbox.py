"""Splits and dividends that are news: noticed, shown with what they do to the prices, withdrawn and brought back.

What a vendor tells is in the prices at once; the entry says so, and lets the owner take it back. What only a jump
suggests changes nothing until the owner applies it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import exp, log
from typing import Any

import msgspec
import polars as pl

from openbell.ingest.quality.ratios import like_split
from openbell.model.frames import ACTIONS, OWNER, frame_of
from openbell.model.interval import DAY
from openbell.store.inboxbook import Entry, InboxBook
from openbell.store.lake import Lake

BEFORE = timedelta(days=31)
"""An ex date so long before a symbol's first fetch is still news when it is told later."""
AROUND = timedelta(days=14)
"""How far from the ex date the closes around it may lie."""

FOREVER = datetime(2200, 1, 1, tzinfo=UTC)

VALUES = ("ratio", "amount", "currency", "source")


@dataclass(frozen=True, slots=True)
class Preview:
    """What an event does to the prices before it: they are multiplied by `factor`. Changes are shares, not percents."""

    factor: float | None
    close_before: float | None
    close_after: float | None
    change: float | None
    """From one close to the other, as traded."""
    adjusted_change: float | None
    """The same with the event applied."""
    in_use: bool
    """Whether the prices are adjusted for it now."""


def notice(lake: Lake, book: InboxBook, key: str, since: datetime, now: datetime) -> None:
    """Put into the inbox what is known of the instrument `key` after `since`, its first fetch, and what its prices
    suggest; repeating it changes nothing."""
    news = lake.actions([key]).filter(
        pl.col("known_at") > since, pl.col("ex_date") > (since - BEFORE).date(), pl.col("source") != OWNER
    )
    for (day, kind), rows in news.partition_by("ex_date", "kind", as_dict=True, maintain_order=True).items():
        if isinstance(day, date):
            book.notice(key, day, str(kind), rows.select(VALUES).to_dicts(), now)
    known = set(lake.actions([key]).filter(pl.col("kind") == "split")["ex_date"]) | {
        entry.ex_date for entry in book.entries() if entry.symbol == key and entry.kind == "split"
    }
    for day, ratio in _suggested(lake, key, since).items():
        if day not in known:
            told = {"ratio": ratio, "amount": None, "currency": None, "source": "inferred"}
            book.notice(key, day, "split", [told], now)


def preview(lake: Lake, entry: Entry) -> Preview:
    """What applying the entry does, or does already."""
    before, after = _closes_around(lake, entry)
    factor: float | None = 1.0
    for row in entry.told:
        if row["ratio"]:
            factor = None if factor is None else factor / row["ratio"]
        elif row["amount"] and before:
            factor = None if factor is None else factor - row["amount"] / before
        else:
            factor = None
    change = after / before - 1 if before and after else None
    adjusted = after / (before * factor) - 1 if before and after and factor and factor > 0 else None
    return Preview(factor, before, after, change, adjusted, in_use(lake, entry))


def in_use(lake: Lake, entry: Entry) -> bool:
    """Whether the prices are adjusted for the event of the entry."""
    event = (pl.col("ex_date") == entry.ex_date) & (pl.col("kind") == entry.kind)
    return not lake.actions([entry.symbol]).filter(event).is_empty()


def apply(lake: Lake, book: InboxBook, number: int, now: datetime) -> Entry:
    """Have the event of an entry in the prices: brought back where it was undone, entered where only prices suggest it;
    applying it again changes nothing. Raises InvalidInput when there is no such entry."""
    entry = book.entry(number)
    if not in_use(lake, entry):
        lake.append_actions(_rows(entry, entry.told), now)
    if entry.state != "applied":
        book.decide(number, "applied", now)
    return book.entry(number)


def undo(lake: Lake, book: InboxBook, number: int, now: datetime) -> Entry:
    """Have the event of an entry out of the prices, whoever tells of it again; undoing it again changes nothing.

    Raises InvalidInput when there is no such entry.
    """
    entry = book.entry(number)
    if in_use(lake, entry):
        lake.append_actions(_rows(entry, ({},)), now)
    if entry.state != "undone":
        book.decide(number, "undone", now)
    return book.entry(number)


def _rows(entry: Entry, values: tuple[Mapping[str, Any], ...]) -> pl.DataFrame:
    """ACTIONS of the entry's event as the owner decides them; without values it is withdrawn."""
    event = {"symbol": entry.symbol, "ex_date": entry.ex_date, "kind": entry.kind}
    return frame_of(ACTIONS, ({**value, **event, "source": OWNER} for value in values))


def _closes_around(lake: Lake, entry: Entry) -> tuple[float | None, float | None]:
    """The last close before the ex date and the first one from it on, as traded."""
    noon = datetime(entry.ex_date.year, entry.ex_date.month, entry.ex_date.day, tzinfo=UTC)
    days = lake.bars([entry.symbol], DAY, noon - AROUND, noon + AROUND)
    raw = days.filter(pl.col("scale") == "raw").drop_nulls("close")
    return raw.filter(pl.col("ts") < noon)["close"].last(), raw.filter(pl.col("ts") >= noon)["close"].first()  # type: ignore[return-value]  # a column of floats


class _Row(msgspec.Struct):
    close: float | None


def _suggested(lake: Lake, key: str, since: datetime) -> dict[date, float]:
    """The ratio of a split by its ex date, where the days after the last good one were set aside for jumping like one.

    Only the first of them says so: those after it are as far off. Where a good day followed, it was a wrong price.
    """
    days = lake.bars([key], DAY, since - BEFORE - AROUND, FOREVER).drop_nulls("close")
    if days.is_empty():
        return {}
    last = days.row(-1, named=True)
    doubted = lake.rejects(reason="split_like_jump", symbol=key).filter(
        pl.col("interval") == str(DAY), pl.col("ts") > last["ts"], ~pl.col("repaired")
    )
    if doubted.is_empty():
        return {}
    first = doubted.sort("ts", "known_at").row(0, named=True)
    close = msgspec.json.decode(first["row"], type=_Row).close
    jump = like_split(log(close / last["close"])) if close else None
    return {} if jump is None else {first["ts"].date(): round(exp(-jump), 9)}
