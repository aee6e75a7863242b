"""What a vendor's "split factor" was: a split, or a spin-off that was filed as one."""

from __future__ import annotations

from typing import Literal

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
