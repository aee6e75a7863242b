"""Where a vendor's own words and numbers mislead: splits that are none, gains counted twice, zeros for no price."""

from __future__ import annotations

import polars as pl


def paid_on(dividend: float, gain: float, fall: float | None) -> float:
    """What a fund paid a share on a day for which Yahoo names a dividend and a capital gain.

    Yahoo's dividend mostly contains the gain already (DODFX, 2025-12-18: 0.837 contains 0.417, and the price fell by
    0.70). The gain comes on top only where it cannot be contained, or where `fall`, from the close before to that
    day's, lies nearer the sum.
    """
    contained = gain <= dividend and (fall is None or fall < dividend + gain / 2)
    return dividend if contained else dividend + gain


def priced_or_null(price: str) -> pl.Expr:
    """The column `price`, null where it is 0 beside a positive `close`: Yahoo's open of old series is 0 throughout."""
    return pl.when((pl.col(price) != 0) | ~(pl.col("close") > 0).fill_null(value=False)).then(price).alias(price)
