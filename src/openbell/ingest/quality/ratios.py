"""Ratios of prices: which look like a split, which like a unit mistaken for its hundredth."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import exp, log

LARGE = log(1.4)
"""The log of the smallest overnight change that is looked at: a split of 3:2 on a day that rises by 4 %."""

NEAR = 0.04
"""How far, as a log, the market may move a split's ratio overnight for the jump still to look like it."""

SPLITS = (3 / 2, 2.0, 5 / 2, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 12.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 100.0)
"""The ratios that companies choose."""

IMPLAUSIBLE = log(4.8)
"""From here on any jump at an ordinary turnover looks like a split, also one of an odd ratio."""

HUNDRED = log(100)


def like_split(jump: float) -> float | None:
    """The log of the split's ratio that a price change of log `jump` looks like, with the sign of the change."""
    near = min(SPLITS, key=lambda ratio: abs(log(ratio) - abs(jump)))
    size = log(near)
    if abs(size - abs(jump)) > NEAR:
        if abs(jump) < IMPLAUSIBLE:
            return None
        size = log(round(exp(abs(jump))))
    return size if jump > 0 else -size


def chosen(size: float) -> bool:
    """Whether companies split by the ratio of log `size`."""
    return any(abs(abs(size) - log(ratio)) < 1e-9 for ratio in SPLITS)


def matches(jump: float, ratio: float) -> bool:
    """Whether a change of log `jump` is that of a known split `ratio`, one way or the other.

    The larger the ratio, the less a market's own move can be mistaken for it, and the more room it gets.
    """
    return abs(abs(jump) - abs(log(ratio))) <= max(0.06, 0.12 * abs(log(ratio)))


def is_hundred(jump: float) -> bool:
    """Whether a change of log `jump` is a factor of about 100 (pence for pounds), which no market moves overnight."""
    return abs(abs(jump) - HUNDRED) < 0.3


def spoken(ratio: float) -> str:
    """The split of `ratio` new units per old one as it is announced: `4:1`, `1:50`, `33:70`."""
    terms = Fraction(ratio).limit_denominator(100) if ratio > 1 else 1 / Fraction(1 / ratio).limit_denominator(100)
    if abs(terms / ratio - 1) > 1e-6:
        return f"{ratio:.6g}:1"
    return f"{terms.numerator}:{terms.denominator}"


def in_ticks(change: float, prices: Iterable[float | None]) -> bool:
    """Whether `change` is one or two ticks of so coarse a quotation as `prices` show (1, 2, 3 ...)."""
    return abs(change) < 2.01 * min(_last_digit(price) for price in prices if price is not None)


def _last_digit(price: float) -> float:
    """The worth of the last digit of `price`; six digits are looked at, since vendors send 32-bit numbers."""
    digits = f"{price:.6g}"
    return 10.0 ** -len(digits.partition(".")[2]) if "e" not in digits else float("1" + digits[digits.index("e") :])
