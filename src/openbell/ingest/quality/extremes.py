"""Highs and lows of a day that nobody can have traded at: many times away from all prices around them."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from openbell.ingest.quality.findings import findings_of
from openbell.ingest.quality.ratios import LARGE
from openbell.model.interval import DAY, Interval

MANY = 5.0
"""How many times away an extreme must be: in the flash crash of 2010-05-06 large companies fell to less than half."""

LEAST = 1.0
"""Below this the price of a penny stock, of which single trades do lie that far apart."""


def extreme_findings(series: pl.DataFrame, interval: Interval) -> Iterator[pl.DataFrame]:
    """Daily bars of `series` whose high or low is far from their open and close and from both days beside them.

    The open and the close must go on from the day before and into the day after: a crash stays in one of them.
    """
    if interval != DAY or not series.select((pl.col("high") / pl.col("low") > MANY).any()).item():
        return
    bars = _with_days_beside(series)
    calm = pl.all_horizontal(
        (one / other).log().abs().fill_null(0.0) < LARGE
        for one, other in (
            (pl.col("open"), pl.col("previous_close")),
            (pl.col("close"), pl.col("open")),
            (pl.col("next_open"), pl.col("close")),
        )
    )
    beside = pl.any_horizontal(pl.col("previous_close", "next_open").is_not_null())
    usual_low = pl.min_horizontal("open", "close", "previous_low", "next_low")
    usual_high = pl.max_horizontal("open", "close", "previous_high", "next_high")
    far = (("low", usual_low / pl.col("low"), usual_low), ("high", pl.col("high") / usual_high, usual_high))
    for name, times, usual in far:
        rows = bars.filter(calm, beside, times > MANY, usual >= LEAST, pl.col("nr").is_not_null())
        if rows.height:
            sentence = f"The {name} of {{}} is far from all prices around it: {{}} at the open, {{}} at the close."
            yield findings_of(rows, "far_extreme", pl.format(sentence, name, "open", "close"))


def _with_days_beside(series: pl.DataFrame) -> pl.DataFrame:
    """`series` (sorted) with the close and the range of the day before each, and the open and the range of the next."""
    same, follows = (pl.col("symbol") == pl.col("symbol").shift(by) for by in (1, -1))
    return series.with_columns(
        *(pl.when(same).then(pl.col(name).shift()).alias(f"previous_{name}") for name in ("low", "high", "close")),
        *(pl.when(follows).then(pl.col(name).shift(-1)).alias(f"next_{name}") for name in ("low", "high", "open")),
    )
