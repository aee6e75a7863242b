"""What is wrong with which row, and what becomes of it: the rejects to show and the rows to keep."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from openbell.model.frames import BARS, REJECTS, Schema, conform, frame_of

PRICES = ("open", "high", "low", "close")

FINDINGS: Schema = {
    "nr": pl.UInt32,  # the row's number within the batch
    "reason": pl.String,
    "detail": pl.String,
    "factor": pl.Float64,  # the proven repair: prices times this, volume divided by it; null where nothing is proven
}


def findings_of(rows: pl.DataFrame, reason: str, detail: pl.Expr, factor: pl.Expr | None = None) -> pl.DataFrame:
    """One finding per row of `rows` (which bear their `nr`), with the sentence `detail`."""
    return rows.rechunk().select(  # pl.format panics on some filtered chunks (Polars 2.1)
        "nr",
        pl.lit(reason).alias("reason"),
        detail.alias("detail"),
        (pl.lit(None) if factor is None else factor).cast(pl.Float64).alias("factor"),
    )


def first_findings(found: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The findings together, at most one per row: the first one given."""
    return pl.concat([frame_of(FINDINGS), *found]).unique("nr", keep="first", maintain_order=True).sort("nr")


def rejects_of(bars: pl.DataFrame, findings: pl.DataFrame, origin: str) -> pl.DataFrame:
    """REJECTS: each row of `bars` (numbered by `nr`) with a finding, as it came."""
    rows = findings.join(bars, on="nr", how="left", maintain_order="left")
    return conform(
        rows.with_columns(
            row=pl.struct(*BARS).struct.json_encode(),
            repaired=pl.col("factor").is_not_null(),
            origin=pl.lit(origin),
        ),
        REJECTS,
    )


def kept(bars: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """The rows of `bars` (numbered by `nr`) without a finding as they came, and the repaired ones with `+repair` behind
    their source."""
    if findings.is_empty():
        return bars
    repaired = pl.col("factor").is_not_null()
    rows = bars.join(findings, on="nr", how="left", maintain_order="left")
    return (
        rows.filter(pl.col("reason").is_null() | repaired)
        .with_columns(
            pl.when(repaired).then(pl.col(*PRICES) * pl.col("factor")).otherwise(pl.col(*PRICES)),
            pl.when(repaired).then(pl.col("volume") / pl.col("factor")).otherwise("volume").alias("volume"),
            pl.when(repaired).then(pl.col("source") + "+repair").otherwise("source").alias("source"),
        )
        .select(bars.columns)
    )
