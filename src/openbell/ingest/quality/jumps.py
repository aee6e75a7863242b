"""Findings from prices in a row: bars that mix two scales, blocks on a wrong scale, jumps like unrecorded splits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp

import polars as pl

from openbell.ingest.quality.findings import findings_of
from openbell.ingest.quality.hours import covered, session_numbers
from openbell.ingest.quality.levels import Jump, Verdict, judge
from openbell.ingest.quality.ratios import LARGE, spoken
from openbell.ingest.quality.series import with_gaps
from openbell.ingest.quality.track import Split, Track
from openbell.model.frames import ACTIONS, Scale, frame_of
from openbell.model.interval import DAY, Interval


@dataclass(frozen=True, slots=True)
class Jumps:
    """What the jumps of a batch come to."""

    findings: list[pl.DataFrame]
    inferred: pl.DataFrame
    """ACTIONS: the splits that the prices prove."""
    notes: list[str]


def jump_findings(
    series: pl.DataFrame,
    due: pl.DataFrame,
    *,
    exchanges: Mapping[str, str],
    interval: Interval,
    scale: Scale,
    promises_raw: bool,
) -> Jumps:
    """Blocks on a wrong scale and jumps like splits in `series` (rows in order, stored ones without `nr`)."""
    bars = with_gaps(_suspects(series, due, scale), due, scale, interval)
    wild = bars.filter(pl.col("gap").abs() > LARGE)["symbol"].unique().to_list()
    found: list[pl.DataFrame] = []
    inferred: list[dict[str, object]] = []
    notes: list[str] = []
    splits = due.filter(kind="split")
    for (symbol,), rows in bars.filter(pl.col("symbol").is_in(wild)).group_by("symbol", maintain_order=True):
        track = _track(rows, splits.filter(symbol=symbol), exchanges.get(str(symbol)), interval)
        judged = judge(track, raw=scale == "raw", promises_raw=promises_raw)
        found += [_finding(track, verdict) for verdict in judged.verdicts]
        inferred += [_action(track, jump) for jump in judged.inferred]
        notes += [_note(track, jump) for jump in judged.kept]
    return Jumps(found, frame_of(ACTIONS, inferred), notes)


def _suspects(series: pl.DataFrame, due: pl.DataFrame, scale: Scale) -> pl.DataFrame:
    """The rows of those symbols whose prices jump, or must jump since a split is recorded."""
    same = pl.col("symbol") == pl.col("symbol").shift()
    change = pl.coalesce("open", "close") / pl.col("close").shift()
    jumping = series.filter(same & ~change.is_between(exp(-LARGE), exp(LARGE)))["symbol"]
    split = due.filter(pl.col("kind") != "dividend")["symbol"] if scale == "raw" else due["symbol"].clear()
    return series.filter(pl.col("symbol").is_in(pl.concat([jumping, split]).unique().to_list()))


def _track(rows: pl.DataFrame, splits: pl.DataFrame, venue: str | None, interval: Interval) -> Track:
    starts = rows["ts"].search_sorted(splits["at"], "left") if splits.height else pl.Series([], dtype=pl.UInt32)
    dated = interval.intraday or interval == DAY
    return Track(
        rows,
        session_numbers(venue, rows["ts"], interval).to_numpy(),
        tuple(
            Split(ratio, row, str(ex_date))
            for ratio, row, ex_date in zip(splits["ratio"], starts, splits["ex_date"], strict=True)
        ),
        daily=dated,
        calendar=not dated or (venue is not None and covered(venue, rows["ts"].dt.date())),
    )


def _finding(track: Track, verdict: Verdict) -> pl.DataFrame:
    """The findings on the rows of one verdict; none on stored rows."""
    rows = track.bars[verdict.where].filter(pl.col("nr").is_not_null())
    reason = "split_like_jump"
    if verdict.cause == "hundred":
        reason = "jump_100" if verdict.size > 0 else "jump_0_01"
    factor = None if verdict.repair is None else pl.lit(verdict.repair)
    return findings_of(rows, reason, _sentence(track, verdict), factor)


def _sentence(track: Track, verdict: Verdict) -> pl.Expr:
    times = float(f"{exp(abs(verdict.size)):.4g}")
    off = f"{times:,g} times too {'high' if verdict.size > 0 else 'low'}"
    if verdict.cause == "like":
        start = track.bars.row(verdict.where.start, named=True)
        moved = f"from {start['previous']:.6g} to {start['first']:.6g}"
        return pl.lit(
            f"The price moves {moved} like a split of {spoken(exp(-verdict.size))}, and none is recorded: "
            "import or fetch the symbol's splits, then import this again."
        )
    if verdict.cause == "absent" and verdict.split:
        return pl.lit(
            f"The split of {spoken(verdict.split.ratio)} recorded for {verdict.split.ex_date} does not show in "
            "the prices: they may be adjusted already (import with --scale split), or the split is wrong."
        )
    if verdict.split:
        cause = f"the split of {spoken(verdict.split.ratio)} recorded for {verdict.split.ex_date} is not in it"
    else:
        cause = "as if in another unit, such as pence for pounds"
    close = pl.col("close").round_sig_figs(7)
    if verdict.repair is None:
        return pl.format(f"The close {{}} is {off}, {cause}; check the source.", close)
    repaired = (pl.col("close") * verdict.repair).round_sig_figs(7)
    return pl.format(f"The close {{}} is {off}, {cause}; {{}} is kept in its place.", close, repaired)


def _action(track: Track, jump: Jump) -> dict[str, object]:
    row = track.bars.row(jump.row, named=True)
    return {
        "symbol": row["symbol"],
        "ex_date": row["ts"].date(),
        "kind": "split",
        "ratio": round(exp(-jump.size), 9),  # a whole number again
        "source": "inferred",
    }


def _note(track: Track, jump: Jump) -> str:
    row = track.bars.row(jump.row, named=True)
    return (
        f"{row['symbol']} moves from {row['previous']:.6g} to {row['first']:.6g} by {row['ts']:%Y-%m-%d} "
        f"like a split of {spoken(exp(-jump.size))}; kept, since sessions before are missing."
    )
