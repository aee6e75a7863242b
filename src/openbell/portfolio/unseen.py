"""Splits that only statements tell and that the closes of those days do not show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from math import log

import numpy as np

from openbell.model.transactions import Kind
from openbell.portfolio.actions import NEAR, Happening
from openbell.portfolio.book import Closes
from openbell.portfolio.lots import Problem

PLAIN = log(1.25)
"""Of a smaller ratio, closes of some days cannot tell: they move as much by themselves."""

FURTHEST = timedelta(days=2 * NEAR)


def unseen_splits(
    happened: Iterable[Happening],
    splits: Mapping[str, Sequence[tuple[date, Fraction]]],
    closes: Mapping[str, Closes],
    call: Callable[[str], str] = str,
) -> Iterator[Problem]:
    """Those whose closes, on both sides, changed by less than half of what the split asks for.

    Statements book some days before a split and after it: closes from before a week until after one are compared.
    `call`: what people call an instrument.
    """
    for each in happened:
        ratios = [ratio for day, ratio in splits.get(each.instrument, ()) if day == each.day and ratio > 0]
        told = closes.get(each.instrument)
        if each.kind is not Kind.SPLIT or each.sources != ("statement",) or not ratios or told is None:
            continue
        sides = _sides(told, each.day)
        asked = log(ratios[0])
        if sides is None or abs(asked) < PLAIN:
            continue
        (before, first), (after, last) = sides
        if abs(log(first / last) - asked) > abs(asked) / 2:
            yield _problem(each, call(each.instrument), ratios[0], f"{first:g} on {before} and {last:g} on {after}")


def _sides(told: Closes, day: date) -> tuple[tuple[date, float], tuple[date, float]] | None:
    """A close from before the week around `day` and one from after it; nearer ones where there are no others."""
    days = told.days
    early = _within(told, day - FURTHEST, day - timedelta(days=1))
    late = _within(told, day, day + FURTHEST)
    if early.size == 0 or late.size == 0:
        return None
    far_early = early[days[early] < np.datetime64(day - timedelta(days=NEAR))]
    far_late = late[days[late] > np.datetime64(day + timedelta(days=NEAR))]
    before = int(far_early[-1] if far_early.size else early[0])
    after = int(far_late[0] if far_late.size else late[-1])
    return (days[before].item(), float(told.prices[before])), (days[after].item(), float(told.prices[after]))


def _within(told: Closes, first: date, last: date) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    return np.flatnonzero((told.days >= np.datetime64(first)) & (told.days <= np.datetime64(last)))


def _problem(each: Happening, name: str, ratio: Fraction, closes: str) -> Problem:
    told = each.told[0]
    return Problem(
        "split_unseen",
        "doubtful",
        f"A split of {name} on {each.day} was told, {ratio.numerator} for {ratio.denominator}, but its "
        f"closes do not show one: {closes}.",
        "Its prices may be adjusted for splits, as those of many files are: bring such as were traded. If there was no "
        "split, delete it.",
        each.day,
        told.account,
        each.instrument,
        told,
    )
