"""Dividends that the prices contradict, and adjusted closes that contradict the dividends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import polars as pl

from openbell.ingest.quality.findings import findings_of
from openbell.ingest.quality.series import located_in, steps_of, with_previous
from openbell.model.frames import ACTIONS, REJECTS, Scale, conform, frame_of

VISIBLE = 0.001
"""The smallest share of the price at which a dividend can be told from the rounding of an adjusted close."""

UNSEEN = 0.15
"""A dividend of this share of the price that does not show on its ex date is a mistake of unit."""

TWICE = timedelta(days=4)
"""Within how many days two equal dividends are one: the shortest real rhythm is a week."""

EX_DATE = pl.col("ex_date").dt.to_string()


def applied_dividends(
    series: pl.DataFrame, due: pl.DataFrame, adj_close: pl.DataFrame | None, scale: Scale
) -> pl.DataFrame:
    """The dividends in reach of `series`, each with its `share` of the close before, and the share `applied` that the
    vendor's adjusted close takes off before the ex date (null where there is no adjusted close).

    The factor before the ex date is 1 - D/C of the dividend D and the close C before it (CRSP's and Yahoo's method).
    """
    closes = with_previous(series).with_columns(change=pl.lit(None, pl.Float64))
    if adj_close is not None:
        stated = adj_close.select("symbol", "ts", "adj_close").unique(["symbol", "ts"], keep="last")
        factor = pl.col("adj_close") / pl.col("close")
        closes = closes.join(stated, on=["symbol", "ts"], how="left", maintain_order="left").with_columns(
            change=factor.shift() / factor
        )
    shown = ["dividend"] if scale == "split" else ["dividend", "split", "spinoff"]
    located = located_in(closes, due.filter(pl.col("kind").is_in(shown)))
    return (
        located.join(steps_of(located), on="row")
        .filter(pl.col("kind") == "dividend")
        .with_columns(
            share=1 - pl.col("paid_step").exp(),
            applied=1 - pl.col("change") / pl.col("step").exp(),
        )
    )


def adjusted_close_findings(
    series: pl.DataFrame, applied: pl.DataFrame, adj_close: pl.DataFrame | None
) -> Iterator[pl.DataFrame]:
    """Rows of `series` before a dividend that the vendor's adjusted close leaves out or misstates.

    The rows themselves are right, so they stay: Openbell computes its own adjustment.
    """
    off = (pl.col("applied") - pl.col("share")).abs()
    wrong = applied.filter(
        (pl.col("share") > VISIBLE) & (off > pl.max_horizontal(0.1 * pl.col("share"), VISIBLE)) & ~_unit_is_off()
    )
    if adj_close is None or wrong.is_empty():
        return
    last = wrong.sort("symbol", "at").group_by("symbol", maintain_order=True).last()
    stated = adj_close.select("symbol", "ts", "adj_close").unique(["symbol", "ts"], keep="last").drop_nulls("adj_close")
    earlier = (
        series.filter(pl.col("nr").is_not_null())
        .join(last.select("symbol", "at", "amount", "ex_date"), on="symbol", maintain_order="left")
        .filter(pl.col("ts") < pl.col("at"))
        .join(stated, on=["symbol", "ts"], maintain_order="left")
    )
    sentence = (
        "The vendor's adjusted close {} does not reflect the dividend of {} on {}; the row is kept, "
        "since the adjustment is computed from the dividends."
    )
    detail = pl.format(sentence, pl.col("adj_close").round_sig_figs(7), "amount", EX_DATE)
    yield findings_of(earlier, "adjusted_close", detail, pl.lit(1.0))


def dividend_rejects(applied: pl.DataFrame, due: pl.DataFrame, actions: pl.DataFrame, origin: str) -> pl.DataFrame:
    """REJECTS, interval null: dividends that come twice within days, or in another unit than the prices.

    The latter is proven by the vendor's own adjusted close that takes off a hundredth (or a hundred times) of it, or
    by a dividend of more than 15 % of the price by which the price does not fall.
    """
    found = pl.concat([_unseen(applied), _other_unit(applied), _repeated(due)]).unique("nr", keep="first")
    rows = found.sort("nr").join(actions.with_row_index("nr"), on="nr", maintain_order="left")
    return conform(
        rows.with_columns(
            ts=pl.col("ex_date").cast(REJECTS["ts"]),
            row=pl.struct(*ACTIONS).struct.json_encode(),
            repaired=pl.lit(value=False),
            origin=pl.lit(origin),
        ),
        REJECTS,
    )


def _unit_is_off() -> pl.Expr:
    times = pl.col("share") / pl.col("applied")
    return (times.is_between(70, 140) | times.is_between(1 / 140, 1 / 70)).fill_null(value=False)


def _other_unit(applied: pl.DataFrame) -> pl.DataFrame:
    """Dividends of which the vendor's adjusted close takes off a hundredth, or a hundred times as much."""
    large = pl.col("share") > pl.col("applied")
    return (
        applied.filter(_unit_is_off())
        .rechunk()
        .select(
            "nr",
            reason=pl.when(large).then(pl.lit("dividend_100")).otherwise(pl.lit("dividend_0_01")),
            detail=pl.format(
                "The dividend of {} on {} is a hundred times {} than the one that the vendor's adjusted close takes off.",
                "amount",
                EX_DATE,
                pl.when(large).then(pl.lit("larger")).otherwise(pl.lit("smaller")),
            ),
        )
    )


def _unseen(applied: pl.DataFrame) -> pl.DataFrame:
    """Large dividends by which the price does not fall."""
    share = pl.col("amount") / pl.col("previous")
    fall = 1 - pl.coalesce("open", "close") / (pl.col("previous") * pl.col("step").exp())
    return (
        applied.filter((share > UNSEEN) & (fall < share / 3))
        .rechunk()
        .select(
            "nr",
            reason=pl.lit("dividend_100"),
            detail=pl.format(
                "The dividend of {} on {} is {} % of the price before, which does not fall by it; "
                "it may be in another unit, such as pence for pounds.",
                "amount",
                EX_DATE,
                (100 * share).round(1),
            ),
        )
    )


def _repeated(due: pl.DataFrame) -> pl.DataFrame:
    """Dividends that equal the one a few days before."""
    same = pl.col("symbol") == pl.col("symbol").shift()
    near = pl.col("ex_date") - pl.col("ex_date").shift() <= TWICE
    equal = (pl.col("amount") / pl.col("amount").shift() - 1).abs() < 0.01
    dividends = due.filter(pl.col("kind") == "dividend").sort("symbol", "ex_date")
    return (
        dividends.with_columns(earlier=pl.col("ex_date").shift())
        .filter(same & near & equal)
        .rechunk()
        .select(
            "nr",
            reason=pl.lit("dividend_duplicate"),
            detail=pl.format(
                "The dividend of {} on {} repeats that of {}; check which one was paid.",
                "amount",
                EX_DATE,
                pl.col("earlier").dt.to_string(),
            ),
        )
    )
