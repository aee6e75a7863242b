"""The checks in their order, and what they leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import polars as pl

from openbell.ingest.quality.dividends import dividend_findings, dividend_rejects
from openbell.ingest.quality.findings import FINDINGS, first_findings, kept, rejects_of
from openbell.ingest.quality.hours import by_exchange, future_findings, session_findings, unreached
from openbell.ingest.quality.rows import duplicates, once, row_findings
from openbell.ingest.quality.series import entitlements
from openbell.ingest.quality.settle import settle
from openbell.model.errors import InvalidInput
from openbell.model.frames import ACTIONS, BARS, REJECTS, Scale, conform, frame_of
from openbell.model.interval import Interval


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a batch: every row is in `clean` or in `rejects`, a repaired one in both, a repeated one once."""

    clean: pl.DataFrame
    """BARS to store, sorted by symbol and ts, on the scale they came in; a repaired row's source ends in `+repair`."""
    rejects: pl.DataFrame
    """REJECTS: the rows as they came, with the reason; also suspicious dividends, whose interval is null."""
    doubted: pl.DataFrame
    """ACTIONS: those of the dividends given that the prices contradict."""
    inferred: pl.DataFrame
    """ACTIONS, source `inferred`: splits that raw prices prove though no action records them."""
    notes: tuple[str, ...]
    """What was not checked, and what the reader should know."""


def check(
    bars: pl.DataFrame,
    *,
    actions: pl.DataFrame,
    exchanges: Mapping[str, str],
    now: datetime,
    origin: str,
    before: pl.DataFrame | None = None,
    adj_close: pl.DataFrame | None = None,
    promises_raw: bool = False,
) -> Checked:
    """`bars` (BARS of one interval, any symbols) sorted into rows to keep and rows set aside.

    `actions` are those that the source sent along or that are known; `exchanges` maps symbols to their MIC;
    `before` holds the stored bars right before these, on the same scale; `adj_close` (symbol, ts, adj_close) is the
    vendor's own adjusted close; `promises_raw` says that the format declares its prices to be as traded.
    Raises InvalidInput where `bars` hold more than one interval or scale.
    """
    if bars.is_empty():
        return Checked(frame_of(BARS), frame_of(REJECTS), frame_of(ACTIONS), frame_of(ACTIONS), ())
    interval = Interval.parse(_only(bars, "interval"))
    scale = cast("Scale", _only(bars, "scale"))
    stored = frame_of(BARS) if before is None else before.filter(scale=scale, interval=str(interval))
    rows, repeats = once(_ordered(bars))
    untimely, notes = _by_calendar(rows.filter(pl.col("ts").is_not_null()), exchanges, interval, now)
    found = [*row_findings(rows), *untimely]
    found.append(duplicates(_without(rows, found)))
    due = entitlements(actions, scale, exchanges, interval)
    settled = settle(
        _without(rows, found),
        stored,
        due,
        exchanges=exchanges,
        interval=interval,
        scale=scale,
        promises_raw=promises_raw,
    )
    unadjusted, doubts = dividend_findings(settled.series, due, adj_close, scale)
    findings = first_findings([*found, settled.findings, *unadjusted])
    return Checked(
        clean=conform(kept(rows, findings), BARS),
        rejects=pl.concat([rejects_of(rows, findings, origin), dividend_rejects(doubts, actions, origin)]),
        doubted=conform(actions.with_row_index("nr").join(doubts, on="nr", how="semi"), ACTIONS),
        inferred=settled.inferred,
        notes=(*notes, *repeats, *settled.notes),
    )


def _by_calendar(
    rows: pl.DataFrame, exchanges: Mapping[str, str], interval: Interval, now: datetime
) -> tuple[list[pl.DataFrame], list[str]]:
    """Findings on rows outside the sessions or not ended yet, and notes on what could not be checked."""
    found: list[pl.DataFrame] = []
    notes: list[str] = []
    for venue, there in by_exchange(rows, exchanges):
        found += future_findings(venue, there, interval, now)
        if venue is None:
            notes.append(_unchecked(there))
        else:
            found += session_findings(venue, there, interval)
            notes += filter(None, [unreached(venue, there)])
    return found, notes


def _only(bars: pl.DataFrame, column: str) -> str:
    value = bars[column][0]
    if value is None or not (bars[column] == value).all():
        raise InvalidInput(column, f"The bars differ in their {column}.", remedy="Check them one by one.")
    return str(value)


def _ordered(bars: pl.DataFrame) -> pl.DataFrame:
    """`bars` numbered as they came, sorted by symbol and stamp; rows of one stamp stay in order."""
    same = pl.col("symbol") == pl.col("symbol").shift()
    ascending = (pl.col("symbol") > pl.col("symbol").shift()) | (same & (pl.col("ts") >= pl.col("ts").shift()))
    numbered = conform(bars, BARS).with_row_index("nr")
    if numbered.select(ascending.slice(1).fill_null(value=False).all()).item():
        return numbered
    return numbered.sort("symbol", "ts", maintain_order=True)


def _without(rows: pl.DataFrame, found: list[pl.DataFrame]) -> pl.DataFrame:
    """The rows that none of the findings names."""
    named = pl.concat([frame_of(FINDINGS), *found])
    return rows if named.is_empty() else rows.join(named, on="nr", how="anti", maintain_order="left")


def _unchecked(rows: pl.DataFrame) -> str:
    symbols = rows["symbol"].unique().sort().to_list()
    named = ", ".join(symbols[:5]) + (" ..." if len(symbols) > 5 else "")
    return f"No exchange is known for {named}: not checked against sessions."
