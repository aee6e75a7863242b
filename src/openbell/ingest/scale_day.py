"""As of which day split-adjusted prices are: which of the known splits are in them, and what that makes of dividends.

A vendor adjusts for the splits known on the day of the download, which a file does not tell. Those up to its last row
are in it; later ones may be or not: prices of the same days that are stored decide, or else the user.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import log
from pathlib import Path

import polars as pl

from openbell.bars.adjust import unadjusted
from openbell.ingest.quality.ratios import spoken
from openbell.model.errors import Undecided
from openbell.model.frames import ACTIONS
from openbell.model.interval import DAY, Interval
from openbell.model.sessions import EXCHANGES
from openbell.model.symbols import exchange_of
from openbell.store.lake import Lake
from openbell.store.register import Register

AGREES = log(1.01)
"""The log of how far the closes of two sources may be apart, at the median, to be on the same scale."""

EVENT = ("symbol", "ex_date", "kind")

RATIOS = ("split", "spinoff")
"""The kinds of action that a vendor's split scale takes out."""


@dataclass(frozen=True, slots=True)
class ScaleDays:
    """The day as of which the prices of each split-adjusted symbol of a file are adjusted; and what decided it."""

    days: Mapping[str, date] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def convertible(bars: pl.DataFrame) -> bool:
    """Whether an ex date falls between the bars and never inside one, so that they can be put on another scale."""
    return all(step.intraday or step == DAY for step in map(Interval.parse, bars["interval"].unique()))


def due_actions(known: pl.DataFrame, delivered: pl.DataFrame) -> pl.DataFrame:
    """ACTIONS on record and those just delivered; an event that both tell of, as delivered."""
    return pl.concat([known.select(*ACTIONS).join(delivered, on=EVENT, how="anti"), delivered])


def scale_days(
    lake: Lake, register: Register, bars: pl.DataFrame, actions: pl.DataFrame, *, path: Path, given: bool, now: datetime
) -> ScaleDays:
    """The scale days of the split-adjusted `bars` of the file at `path`, which brought `actions` along.

    `given`: the user said that the prices are split-adjusted; then, where no prices of other sources decide, every
    split up to `now` is in them. Raises Undecided where nothing decides.
    """
    adjusted = register.identified(bars.filter(pl.col("scale") == "split"))
    if adjusted.is_empty() or not convertible(adjusted):
        return ScaleDays()
    ids = adjusted["symbol"].unique().to_list()
    due = due_actions(lake.actions(ids), register.identified(actions, on="ex_date"))
    splits = due.filter(pl.col("kind").is_in(RATIOS) & (pl.col("ex_date") <= now.date())).sort("ex_date")
    days = dict.fromkeys(ids, now.date())
    notes: list[str] = []
    for (key,), rows in adjusted.partition_by("symbol", as_dict=True, maintain_order=True).items():
        its = splits.filter(symbol=key)
        last: date = rows.select(pl.col("ts").max().dt.date()).item()
        later = its.filter(pl.col("ex_date") > last)
        if later.is_empty():
            continue
        stored = _stored_beside(lake, rows, others_only=given)
        day = _agreed(rows, stored, its, last, zone_of(register, str(key)))
        if day is None and not given:
            raise _undecided(path, str(key), later, any_inside=later.height < its.height)
        if day is not None:
            days[str(key)] = day
            notes.append(_note(str(key), later, day))
    return ScaleDays(days, tuple(notes))


def as_paid(delivered: pl.DataFrame, known: pl.DataFrame, days: Mapping[str, date]) -> pl.DataFrame:
    """The ACTIONS of a file with the dividends of its split-adjusted symbols as paid: times the splits after them
    that are in its prices, save those that came along, which its reader has undone."""
    ratio = pl.col("kind").is_in(RATIOS)
    others = known.filter(ratio).join(delivered.filter(ratio), on=["symbol", "ex_date"], how="anti")
    if others.is_empty() or not days:
        return delivered
    until = pl.DataFrame({"symbol": list(days), "until": list(days.values())})
    numbered = delivered.with_row_index("nr")
    undone = (
        numbered.filter(pl.col("kind") == "dividend")
        .join(until, on="symbol")
        .join(others.select("symbol", "ratio", split_date="ex_date"), on="symbol", suffix="_later")
        .filter(pl.col("split_date") > pl.col("ex_date"), pl.col("split_date") <= pl.col("until"))
        .group_by("nr")
        .agg(paid=(pl.first("amount") * pl.col("ratio_later").product()).round(6))
    )
    joined = numbered.join(undone, on="nr", how="left", maintain_order="left")
    return joined.with_columns(amount=pl.coalesce("paid", "amount")).select(*ACTIONS)


def zone_of(register: Register, key: str) -> str:
    """The time zone of the exchange of an instrument, UTC where none is known."""
    return EXCHANGES[register.instrument(key).exchange or exchange_of(key) or "24/7"].zone


def _stored_beside(lake: Lake, rows: pl.DataFrame, *, others_only: bool) -> pl.DataFrame:
    """The stored raw bars of the days of `rows`; by choice without those of their own source.

    Those may be these very rows, stored when their splits were not known.
    """
    first, last = rows["ts"].min(), rows["ts"].max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return rows.clear()
    interval = Interval.parse(rows["interval"].item(0))
    stored = lake.bars([rows["symbol"].item(0)], interval, first, last + timedelta.resolution)
    own = pl.col("source").str.strip_suffix("+repair").is_in(rows["source"].unique().to_list())
    return stored.filter((pl.col("scale") == "raw") & ~(own & pl.lit(others_only)))


def _agreed(rows: pl.DataFrame, stored: pl.DataFrame, splits: pl.DataFrame, last: date, zone: str) -> date | None:
    """The scale day on which the closes of `rows` are those of the `stored` bars; None where there is none."""
    as_of_last = unadjusted(rows, splits, last, zone=zone)
    both = as_of_last.join(stored.select("ts", "close"), on="ts", suffix="_stored").drop_nulls(["close"])
    off = both.select((pl.col("close_stored") / pl.col("close")).log().median()).item()
    if off is None:
        return None
    later = splits.filter(pl.col("ex_date") > last)
    candidates = {last: 0.0} | dict(later.select("ex_date", pl.col("ratio").log().cum_sum()).iter_rows())
    day = min(candidates, key=lambda each: abs(candidates[each] - off))
    return day if abs(candidates[day] - off) < AGREES else None


def _undecided(path: Path, symbol: str, later: pl.DataFrame, *, any_inside: bool) -> Undecided:
    """Where a split lies among the rows, the prices are on no account raw."""
    before = "" if any_inside else f", --scale raw if before {later['ex_date'].item(0)}"
    return Undecided(
        str(path),
        f"the {_listed(later)} of {symbol} may or may not be in these prices.",
        option="--scale",
        remedy=(
            f"Pass --scale split if the file was downloaded after {later['ex_date'].item(-1)}{before}; "
            "or fetch prices of these days first, which decide."
        ),
    )


def _note(symbol: str, later: pl.DataFrame, day: date) -> str:
    inside, outside = later.filter(pl.col("ex_date") <= day), later.filter(pl.col("ex_date") > day)
    said = [
        f"the {_listed(part)} {'are' if part.height > 1 else 'is'} {word} them"
        for part, word in ((inside, "in"), (outside, "not in"))
        if part.height
    ]
    return f"The prices of {symbol} agree with those stored: {', '.join(said)}."


def _listed(splits: pl.DataFrame) -> str:
    named = [f"{spoken(ratio)} on {day}" for ratio, day in splits.select("ratio", "ex_date").iter_rows()]
    return f"split{'s' if len(named) > 1 else ''} of {' and '.join(named)}"
