"""How a portfolio's value is spread: by type, sector, country, currency, account, position and so on, nested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal, localcontext
from typing import Literal, get_args

from openbell.portfolio.lots import EXACTLY, ZERO
from openbell.portfolio.moves import Part, rounded
from openbell.portfolio.valuation import History, currency_of
from openbell.portfolio.worth import Worth

Dimension = Literal["type", "sector", "country", "currency", "account", "instrument", "position"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)

METHOD = (
    "The value of each part / the value of all parts that have one. Shares are cut to a ten-thousandth of a percent; "
    "what that leaves over goes to those that lost most by it, so that they add up to 100 % (largest remainders)."
)
UNKNOWN = "unknown"

_SMALLEST = Decimal("0.000001")
_SENSE = 1_000_000
"""So many times the whole a part may be at most."""


@dataclass(frozen=True, slots=True)
class Slice:
    """What has one thing in common."""

    key: str
    """The type, the sector, ..., the account's number, the instrument's id, both of a position; `unknown` where nobody
    knows."""
    value: Decimal
    share: Decimal | None
    """Of the whole, from 0 to 1; less than 0 where it is owed. None where the whole is not more than 0, or nothing
    beside its parts."""
    parts: tuple[Part, ...]
    inner: tuple[Slice, ...] = ()
    """The same value by the next dimension; their shares add up to this one's."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """The slices, the largest first, and what has no value."""

    total: Decimal
    slices: tuple[Slice, ...]
    unvalued: tuple[Worth, ...] = ()


def allocation(of: History, every: Sequence[Worth], by: Sequence[Dimension]) -> Allocation:
    """What `worths` tells of one day, by each dimension inside the one before."""
    valued = [each for each in every if each.value is not None]
    total = _total(valued)
    slices = _slices(of, valued, by, Decimal(1) if total > 0 else None)
    return Allocation(total, slices, tuple(each for each in every if each.value is None))


def key_of(of: History, part: Part, dimension: Dimension) -> str:
    """What `part` is in one dimension. Cash is of type, sector and country `cash`."""
    if dimension == "account":
        return str(part.account)
    if dimension == "position":
        return f"{part.account} {key_of(of, part, 'instrument')}"
    if dimension == "currency":
        return currency_of(of.book, part) or UNKNOWN
    if part.instrument is None:
        return "cash" if dimension != "instrument" else f"cash {part.currency}"
    if dimension == "instrument":
        return part.instrument
    facts = of.book.facts.get(part.instrument)
    return (getattr(facts, dimension) if facts else None) or UNKNOWN


def shares(values: Sequence[Decimal], whole: Decimal) -> list[Decimal]:
    """`whole` in parts like `values`, in millionths that add up to it exactly (the largest remainders method)."""
    with localcontext(EXACTLY):
        total = sum(values, ZERO)
        exact = [whole * value / total for value in values]
        cut = [part.quantize(_SMALLEST, ROUND_DOWN) for part in exact]
        over = whole - sum(cut, ZERO)
        step = _SMALLEST.copy_sign(over)
        order = sorted(range(len(values)), key=lambda at: (cut[at] - exact[at]) * (1 if over > 0 else -1))
        for at in order[: int(abs(over) / _SMALLEST)]:
            cut[at] += step
        return cut


def _has_shares(values: Sequence[Decimal], total: Decimal) -> bool:
    """Whether the whole is something beside its parts, and not what is left of amounts that nearly cancel out."""
    return total != 0 and abs(total) * _SENSE >= max(map(abs, values))


def _slices(of: History, valued: Sequence[Worth], by: Sequence[Dimension], whole: Decimal | None) -> tuple[Slice, ...]:
    if not by or not valued:
        return ()
    groups: dict[str, list[Worth]] = {}
    for each in valued:
        groups.setdefault(key_of(of, each.part, by[0]), []).append(each)
    sums = {key: _total(each) for key, each in groups.items()}
    keys = sorted(groups, key=lambda key: (-sums[key], key))
    together = _total(valued)
    known: Sequence[Decimal | None] = (
        [None] * len(keys)
        if whole is None or not _has_shares(tuple(sums.values()), together)
        else shares([sums[key] for key in keys], whole)
    )
    return tuple(
        Slice(key, sums[key], share, tuple(each.part for each in groups[key]), _slices(of, groups[key], by[1:], share))
        for key, share in zip(keys, known, strict=True)
    )


def _total(valued: Sequence[Worth]) -> Decimal:
    return rounded(sum((each.value for each in valued if each.value is not None), ZERO))
