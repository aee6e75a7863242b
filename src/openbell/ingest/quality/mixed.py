"""Bars that mix two scales: one price still on the old side of a split, or in another unit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from math import log

import polars as pl

from openbell.ingest.quality.findings import PRICES, findings_of
from openbell.ingest.quality.ratios import IMPLAUSIBLE, NEAR, SPLITS, in_ticks
from openbell.model.interval import Interval

CERTAIN = 50.0
"""From here on the high over the low is no market's doing, but a unit's."""

WIDE = 1.8
"""The smallest high over low that is looked at."""

DAYS = timedelta(days=5)
"""How near a recorded split must be to explain a bar by itself."""


def mixed_findings(series: pl.DataFrame, due: pl.DataFrame, interval: Interval) -> Iterator[pl.DataFrame]:
    """Bars of `series` whose prices belong to two scales.

    A high of 50 times the low is enough. Else the bar must go from end to end and join its neighbours there, by a
    ratio that a recorded split explains, or that looks like one at a volume that news would raise.
    """
    spread = pl.col("high") / pl.col("low")
    if not series.select((spread > WIDE).any()).item():
        return
    bars = _with_neighbours(series).filter(spread > WIDE).with_columns(spread=spread.log())
    bars = bars.join(_recorded(bars, due), on="nr", how="left").filter(pl.col("nr").is_not_null())
    body = (pl.col("close") / pl.col("open")).log().abs()
    joins = _near("previous", "open").fill_null(value=True) & (_near("next", "close") | _near("next", "open"))
    looks = (pl.col("spread") > IMPLAUSIBLE) | pl.any_horizontal(
        (pl.col("spread") - log(r)).abs() < NEAR for r in SPLITS
    )
    enough = pl.when(pl.col("begins") & pl.lit(interval.intraday)).then(log(1.9)).otherwise(log(2.9))
    calm = pl.col("volume") <= 4 * pl.col("usual")
    unexplained = looks & (pl.col("spread") > enough) & calm
    mixed = (pl.col("spread") > log(CERTAIN)) | (
        (body > 0.8 * pl.col("spread")) & joins & (pl.col("recorded").fill_null(value=False) | unexplained)
    )
    found = bars.filter(mixed)
    coarse = [in_ticks(row[1] - row[2], (*row, close)) for *row, close in found.select(*PRICES, "previous").iter_rows()]
    found = found.filter(~pl.Series(coarse, dtype=pl.Boolean))
    if found.height:
        numbers = (pl.col(name).cast(pl.String).fill_null("none") for name in PRICES)
        sentence = "The bar mixes two scales: open {}, high {}, low {}, close {}; no repair is certain."
        yield findings_of(found, "scale_mix", pl.format(sentence, *numbers))


def _with_neighbours(series: pl.DataFrame) -> pl.DataFrame:
    """`series` with the close before and the price after each bar, the usual volume of its symbol, and whether the
    bar `begins` a session."""
    same, follows = (pl.col("symbol") == pl.col("symbol").shift(by) for by in (1, -1))
    pause = pl.col("ts") - pl.col("ts").shift() > timedelta(hours=2)
    return series.with_columns(
        previous=pl.when(same).then(pl.col("close").shift()),
        next=pl.when(follows).then(pl.coalesce("open", "close").shift(-1)),
        begins=(~same | pause).fill_null(value=True),
        usual=pl.col("volume").filter(pl.col("volume") > 0).median().over("symbol"),
    )


def _near(one: str, other: str) -> pl.Expr:
    return (pl.col(one) / pl.col(other)).log().abs() < 0.2


def _recorded(bars: pl.DataFrame, due: pl.DataFrame) -> pl.DataFrame:
    """By bar `nr`: whether a recorded split nearby has the ratio of its high to its low."""
    splits = due.filter(kind="split").select("symbol", "at", "ratio")
    close_by = (pl.col("at") - pl.col("ts")).abs() <= DAYS
    alike = (pl.col("ratio").log().abs() - pl.col("spread")).abs() < 0.1
    pairs = bars.select("nr", "symbol", "ts", "spread").join(splits, on="symbol").filter(close_by & alike)
    return pairs.select("nr", recorded=pl.lit(value=True)).unique()
