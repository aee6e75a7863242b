"""Dividends that the prices contradict, and adjusted closes that contradict the dividends."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from openbell.ingest.quality.findings import findings_of
from openbell.ingest.quality.series import located_in, steps_of, with_previous
from openbell.model.frames import ACTIONS, REJECTS, Scale, conform

VISIBLE = 0.001
"""The smallest share of the price at which a dividend can be told from the rounding of an adjusted close."""

UNSEEN = 0.15
"""A dividend of this share of the price that does not show on its ex date is a mistake of unit."""

TWICE = timedelta(days=4)
"""Within how many days two equal dividends are one: the shortest real rhythm is a week."""

EX_DATE = pl.col("ex_date").dt.to_string()


def dividend_findings(
    series: pl.DataFrame, due: pl.DataFrame, adj_close: pl.DataFrame | None, scale: Scale
) -> tuple[list[pl.DataFrame], pl.DataFrame]:
    """Findings on the rows whose adjusted close contradicts the dividends, and the dividends to doubt: `nr` (their
    number among the actions), `reason` and `detail`. Dividends before the first row of the batch are left alone.

    A dividend is doubted where it repeats another one within days, and where it is in another unit than the prices.
    That is proven by the vendor's own adjusted close which takes off a hundredth (or a hundred times) of it, or by a
    dividend of more than 15 % of the price by which the price does not fall.
    """
    starts = series.filter(pl.col("nr").is_not_null()).group_by("symbol").agg(start=pl.col("ts").min())
    dividends = due.filter(kind="dividend").join(starts, on="symbol").filter(pl.col("at") >= pl.col("start"))
    if dividends.is_empty() or scale == "total":
        return [], _repeated(dividends)
    rows = series.filter(pl.col("symbol").is_in(dividends["symbol"].unique().to_list()))
    if adj_close is not None:
        stated = adj_close.select("symbol", "ts", "adj_close").unique(["symbol", "ts"], keep="last")
        rows = rows.join(stated, on=["symbol", "ts"], how="left", maintain_order="left")
    applied = _applied(rows, due, scale).join(dividends, on="nr", how="semi")
    doubts = pl.concat([_unseen(applied), _other_unit(applied), _repeated(dividends)])
    return _adjusted(rows, applied), doubts.unique("nr", keep="first").sort("nr")


def dividend_rejects(doubts: pl.DataFrame, actions: pl.DataFrame, origin: str) -> pl.DataFrame:
    """REJECTS, interval null, of the dividends in doubt."""
    rows = doubts.join(actions.with_row_index("nr"), on="nr", maintain_order="left")
    return conform(
        rows.with_columns(
            ts=pl.col("ex_date").cast(REJECTS["ts"]),
            row=pl.struct(*ACTIONS).struct.json_encode(),
            repaired=pl.lit(value=False),
            origin=pl.lit(origin),
        ),
        REJECTS,
    )


def _applied(rows: pl.DataFrame, due: pl.DataFrame, scale: Scale) -> pl.DataFrame:
    """The dividends in reach of `rows`, each with its `share` of the close before, and the share `applied` that the
    vendor's adjusted close takes off before the ex date (null where there is none).

    The factor before the ex date is 1 - D/C of the dividend D and the close C before it (CRSP's and Yahoo's method).
    """
    stated = pl.col("adj_close") / pl.col("close") if "adj_close" in rows.columns else pl.lit(None, pl.Float64)
    closes = (
        with_previous(rows).with_columns(stated=stated).with_columns(change=pl.col("stated").shift() / pl.col("stated"))
    )
    shown = ["dividend"] if scale == "split" else ["dividend", "split", "spinoff"]
    located = located_in(closes, due.filter(pl.col("kind").is_in(shown)))
    return (
        located.join(steps_of(located), on="row")
        .filter(kind="dividend")
        .with_columns(share=1 - pl.col("paid_step").exp(), applied=1 - pl.col("change") / pl.col("step").exp())
    )


def _adjusted(rows: pl.DataFrame, applied: pl.DataFrame) -> list[pl.DataFrame]:
    """Rows before a dividend that the vendor's adjusted close leaves out or misstates.

    The rows themselves are right, so they stay: Openbell computes its own adjustment.
    """
    off = (pl.col("applied") - pl.col("share")).abs()
    wrong = applied.filter(
        (pl.col("share") > VISIBLE) & (off > pl.max_horizontal(0.1 * pl.col("share"), VISIBLE)) & ~_unit_is_off()
    )
    if wrong.is_empty():
        return []
    last = wrong.sort("symbol", "at").group_by("symbol", maintain_order=True).last()
    earlier = rows.join(last.select("symbol", "at", "amount", "ex_date"), on="symbol", maintain_order="left").filter(
        (pl.col("ts") < pl.col("at")) & pl.col("adj_close").is_not_null() & pl.col("nr").is_not_null()
    )
    sentence = (
        "The vendor's adjusted close {} does not reflect the dividend of {} on {}; the row is kept, "
        "since the adjustment is computed from the dividends."
    )
    detail = pl.format(sentence, pl.col("adj_close").round_sig_figs(7), "amount", EX_DATE)
    return [findings_of(earlier, "adjusted_close", detail, pl.lit(1.0))]


def _doubts(dividends: pl.DataFrame, reason: str, detail: pl.Expr) -> pl.DataFrame:
    """One doubt per row of `dividends`."""
    # rechunk: see findings_of
    return dividends.rechunk().select("nr", pl.lit(reason).alias("reason"), detail.cast(pl.String).alias("detail"))


def _unit_is_off() -> pl.Expr:
    times = pl.col("share") / pl.col("applied")
    return (times.is_between(70, 140) | times.is_between(1 / 140, 1 / 70)).fill_null(value=False)


def _other_unit(applied: pl.DataFrame) -> pl.DataFrame:
    """Dividends of which the vendor's adjusted close takes off a hundredth, or a hundred times as much."""
    larger = pl.col("share") > pl.col("applied")
    sentence = "The dividend of {} on {} is a hundred times {word} than the vendor's adjusted close takes off."
    return pl.concat(
        _doubts(
            applied.filter(_unit_is_off() & side),
            reason,
            pl.format(sentence.replace("{word}", word), "amount", EX_DATE),
        )
        for side, reason, word in ((larger, "dividend_100", "more"), (~larger, "dividend_0_01", "less"))
    )


def _unseen(applied: pl.DataFrame) -> pl.DataFrame:
    """Large dividends by which the price does not fall."""
    share = pl.col("amount") / pl.col("previous")
    fall = 1 - pl.coalesce("open", "close") / (pl.col("previous") * pl.col("step").exp())
    sentence = (
        "The dividend of {} on {} is {} % of the price before, which does not fall by it; "
        "it may be in another unit, such as pence for pounds."
    )
    detail = pl.format(sentence, "amount", EX_DATE, (100 * share).round(1))
    return _doubts(applied.filter((share > UNSEEN) & (fall < share / 3)), "dividend_100", detail)


def _repeated(dividends: pl.DataFrame) -> pl.DataFrame:
    """Dividends that equal the one a few days before."""
    same = pl.col("symbol") == pl.col("symbol").shift()
    near = pl.col("ex_date") - pl.col("ex_date").shift() <= TWICE
    equal = (pl.col("amount") / pl.col("amount").shift() - 1).abs() < 0.01
    ordered = dividends.sort("symbol", "ex_date").with_columns(earlier=pl.col("ex_date").shift())
    sentence = "The dividend of {} on {} repeats that of {}; check which one was paid."
    detail = pl.format(sentence, "amount", EX_DATE, pl.col("earlier").dt.to_string())
    return _doubts(ordered.filter(same & near & equal), "dividend_duplicate", detail)
