"""Where a vendor's own words and numbers mislead: splits that are none, gains counted twice, zeros for no price."""

from __future__ import annotations

from typing import Literal

import polars as pl

WHOLE = 20
"""The greatest smaller side of n:m that companies announce (21:20 is a stock dividend of 5 %)."""

ROUNDING = 6e-5
"""Vendors print factors with four decimals: 4:3 as 1.3333."""

NEAR_WHOLE = 2e-3
"""How far, as a share, a split may lie from a whole number: Google's of 2014 is 1998:1000 and 2002:1000 by class."""


def kind_of_factor(factor: float) -> Literal["split", "spinoff"]:
    """Whether a positive "split factor" changed the number of shares.

    Vendors also file spin-offs as splits, with the ratio of the prices before and after: IBM's 1.0460 of 2021-11-04 is
    Kyndryl leaving, and nobody's shares became more. What leaves lowers the price, so that a factor below 1 is always a
    consolidation, however odd (33:70). Above 1 it is a split when it is n:m with a small whole side (2:1, 3:2, 21:20),
    nearly whole (1.998), or a stock dividend of up to ten whole percent (103:100). No size divides the rest: GE gave
    away 1.281 and 1.253, and eBay's 2.376 is PayPal. A spin-off that happens to be worth a whole percent cannot be told
    from a stock dividend by its number.
    """
    if factor < 1:
        return "split"
    small = any(abs(round(factor * part) / part - factor) <= ROUNDING for part in range(1, WHOLE + 1))
    whole = round(factor)
    nearly_whole = whole >= 2 and abs(factor / whole - 1) <= NEAR_WHOLE
    percent = factor * 100 - 100
    stock_dividend = percent <= 10 and abs(percent - round(percent)) <= 100 * ROUNDING
    return "split" if small or nearly_whole or stock_dividend else "spinoff"


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
