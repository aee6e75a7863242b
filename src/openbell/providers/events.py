"""What a vendor calls a split: new shares for old ones, or a part of the company given away."""

from __future__ import annotations

from typing import Literal

WHOLE = 20
"""The greatest smaller side of n:m that companies announce (21:20 is a stock dividend of 5 %)."""

ROUNDING = 6e-5
"""Vendors print factors with four decimals: 4:3 as 1.3333."""


def kind_of_factor(factor: float) -> Literal["split", "spinoff"]:
    """Whether a "split factor" changed the number of shares.

    It did when it is n:m with a small whole side (2:1, 3:2, 21:20, 1:30) or a stock dividend of up to ten whole percent
    (103:100). Vendors also file spin-offs as splits, with the ratio of the prices before and after: IBM's 1.0460 of
    2021-11-04 is Kyndryl leaving, and nobody's shares became more. A spin-off that happens to be worth a whole percent
    cannot be told from a stock dividend by its number.
    """
    larger = max(factor, 1 / factor)
    wholes = ((round(larger * part), part) for part in range(1, WHOLE + 1))
    ratios = (many / few if factor > 1 else few / many for many, few in wholes)
    percent = larger * 100 - 100
    is_dividend = percent <= 10 and abs(percent - round(percent)) <= 100 * ROUNDING
    return "split" if is_dividend or any(abs(ratio - factor) <= ROUNDING for ratio in ratios) else "spinoff"
