"""What a vendor calls a split: new shares for old ones, or a part of the company given away."""

from __future__ import annotations

from fractions import Fraction
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
    near = [Fraction(round(larger * part), part) for part in range(1, WHOLE + 1)]
    if any(abs(float(each) - larger) <= ROUNDING * larger for each in near):
        return "split"
    return "split" if larger <= 1.1 and abs(larger * 100 - round(larger * 100)) <= 100 * ROUNDING else "spinoff"
