"""Two to eight symbols over one stretch, read from the lake and set beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import polars as pl

from openbell.bars.compare import Comparison, compare
from openbell.history.notes import said
from openbell.history.past import History
from openbell.history.stretch import OFFERED, Range, Stretch, newest_of, offered_in, stretch
from openbell.model.errors import InvalidInput
from openbell.model.frames import BARS, Scale, frame_of
from openbell.model.interval import Interval
from openbell.model.sessions import sessions
from openbell.store.register import Instrument

CUT = timedelta(days=7)
"""Where the common stretch leaves out more than this of somebody's prices, it is said whose prices are shorter."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A symbol that cannot be drawn, and why."""

    symbol: str
    detail: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison, the stretch and the scale it was asked in, and the instruments in it, in order."""

    stretch: Stretch
    adjust: Scale
    instruments: tuple[Instrument, ...]
    comparison: Comparison
    missing: tuple[Missing, ...]
    notes: tuple[str, ...]


def compared(
    history: History,
    tickers: Sequence[str],
    *,
    span: Range | None = None,
    start: str | None = None,
    end: str | None = None,
    interval: Interval | None = None,
    adjust: Scale = "split",
    window: int = 20,
) -> Compared:
    """Compare `tickers` over the stretch up to the newest price of any, in an interval that all can show.

    The comparison is of the part of it in which all have prices; those that have none there are `missing`, and change
    nothing for the others. Symbols are named as they were asked. Raises InvalidInput unless there are two to eight
    different symbols, and NoData for one that is not known.
    """
    named = list(dict.fromkeys(t.strip().upper() for t in tickers if t.strip()))
    if not 2 <= len(named) <= 8:
        raise InvalidInput(
            "symbols", f"{len(named)} symbols were named to compare.", remedy="Name two to eight different ones."
        )
    instruments = {name: history.instrument(name) for name in named}
    _refuse_twins(instruments)
    stored = {name: history.stored(instrument.id) for name, instrument in instruments.items()}
    held = {name: rows for name, rows in stored.items() if not rows.is_empty()}
    newest = max(held, key=lambda name: newest_of(held[name]), default=named[0])
    oldest = min(held, key=lambda name: min(held[name]["first"].to_list()), default=named[0])
    measure = oldest if span == "Max" else newest  # else a newcomer's few bars would be all there is
    asked = stretch(history, measure, span=span, start=start, end=end, interval=interval)
    if span == "Max" and held:
        asked = replace(asked, end=newest_of(held[newest]))
    offered = {
        name: offered_in(history, instruments[name], asked.start, asked.end)
        for name, rows in held.items()
        if min(rows["first"].to_list()) < asked.end and newest_of(rows) > asked.start
    }
    shared = tuple(i for i in asked.offered if all(i in each for each in offered.values()))
    over = Stretch(asked.start, asked.end, interval or _fitting(asked.interval, shared), shared)
    series = {name: history.bars(name, over.interval, over.start, over.end, adjust=adjust) for name in offered}
    bars = pl.concat([frame_of(BARS), *(s.bars.with_columns(pl.lit(n).alias("symbol")) for n, s in series.items())])
    day = timedelta(days=1)
    days = {
        name: sessions(instrument.exchange or "24/7", over.start.date() - day, over.end.date() + day)
        for name, instrument in instruments.items()
    }
    comparison = compare(bars, named, days, window=window)
    return Compared(
        over,
        adjust,
        tuple(series[name].instrument if name in series else instruments[name] for name in named),
        comparison,
        tuple(_missing(name, stored[name], over, bars, comparison.common) for name in comparison.left_out),
        (*_cuts(bars, comparison, stored), *dict.fromkeys(note for s in series.values() for note in s.notes)),
    )


def _refuse_twins(instruments: Mapping[str, Instrument]) -> None:
    """Two tickers of one instrument have nothing to compare."""
    bearers: dict[str, str] = {}
    for name, instrument in instruments.items():
        if (twin := bearers.setdefault(instrument.id, name)) != name:
            raise InvalidInput("symbols", f"{twin} and {name} are the same instrument.", remedy="Name one of the two.")


def _fitting(wanted: Interval, shared: Sequence[Interval]) -> Interval:
    """The interval `wanted`, else the next coarser one of those `shared`, else the coarsest."""
    if not shared:
        raise InvalidInput(
            "symbols", "These symbols are stored in intervals that have nothing in common.", remedy="Fetch daily bars."
        )
    coarser = OFFERED[OFFERED.index(wanted) :] if wanted in OFFERED else (wanted,)
    return next((i for i in coarser if i in shared), shared[-1])


def _missing(
    name: str,
    stored: pl.DataFrame,
    over: Stretch,
    bars: pl.DataFrame,
    common: tuple[datetime, datetime] | None,
) -> Missing:
    """Why the symbol `name` is not drawn beside those that have the `common` stretch."""
    if stored.is_empty():
        return Missing(name, f"There are no prices of {name} here yet.")
    own = bars.drop_nulls("close").filter(pl.col("symbol") == name)["ts"].sort()
    if common is not None and not own.is_empty():
        return Missing(name, f"{name} has no price at the same time as the others; {_apart(own, common)}.")
    first, last = min(stored["first"].to_list()), newest_of(stored) - timedelta(microseconds=1)
    ends = over.end - timedelta(microseconds=1)
    return Missing(
        name,
        f"{name} has no prices from {said(over.start)} to {said(ends)}; "
        f"those held are of {said(first)} to {said(last)}.",
    )


def _apart(own: pl.Series, common: tuple[datetime, datetime]) -> str:
    """Why prices at the instants `own` are not beside the `common` ones.

    By the day: markets that are open at different hours of it share longer bars.
    """
    first, last = own.item(0), own.item(-1)
    if last.date() < common[0].date():
        return f"its prices end on {said(last)}"
    if first.date() > common[1].date():
        return f"its prices begin on {said(first)}"
    return "longer bars may have"


def _cuts(bars: pl.DataFrame, comparison: Comparison, stored: Mapping[str, pl.DataFrame]) -> list[str]:
    """Whose prices make the common stretch much shorter than those of others."""
    if comparison.common is None:
        return []
    drawn = bars.filter(~pl.col("symbol").is_in(list(comparison.left_out))).drop_nulls("close")
    reach = drawn.group_by("symbol", maintain_order=True).agg(pl.min("ts").alias("first"), pl.max("ts").alias("last"))
    begin, end = comparison.common
    notes = []
    if reach.filter(pl.col("first") < begin - CUT).height:
        late = reach.filter(pl.col("first") == begin)["symbol"]
        since = max([begin, *(min(stored[name]["first"].to_list()) for name in late)])
        whose = ", ".join(late) or "one of them"
        notes.append(f"All begin on {said(since)}, when the prices of {whose} begin.")
    if reach.filter(pl.col("last") > end + CUT).height:
        early = reach.filter(pl.col("last") == end)["symbol"]
        whose = ", ".join(early) or "one of them"
        notes.append(f"All end with the bar of {said(end)}, where the prices of {whose} end.")
    return notes
