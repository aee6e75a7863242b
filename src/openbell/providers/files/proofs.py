"""Splits and dividends that a table proves: its own action columns, or the steps of its adjusted close.

The factor f = adjusted / close is constant between actions. From one day to the next r = f / f(before).
A split of ratio k on raw closes gives r = k. A dividend d gives r = 1 / (1 - d / close(before)) as CRSP, Yahoo and
Tiingo reckon, and r = 1 + d / close as Quandl's WIKI did; a file follows one of the two: the one in which its dividends
are the rounder.

A large step is a split, a special dividend (ZIM, 2022-03-22: 17.00 of 79.60), or a split and a dividend on one day; in
each case the close moved with it. An exact ratio is a split. Else the reading with the rounder dividend wins, and from
LIKELY on the split. A file that promises closes adjusted for splits breaks its promise by an exact split of 2:1 or more
only; where it does, all its steps are read without the promise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import log
from typing import Any

import polars as pl

from openbell.model.factors import kind_of_factor
from openbell.model.frames import ACTIONS, Scale, frame_of
from openbell.providers.events import paid_on

SPLIT_FROM = 1.22  # no ordinary dividend is 18 % of the price; 5:4 is the smallest common split above it
SPLITS = tuple(
    sorted({Fraction(n, d) for n in range(1, 61) for d in range(1, 61) if 1 in {n, d} or (n <= 10 and d <= 4)})
)
FLOAT32 = 1.2e-7  # relative; Yahoo computes in it
ORDINARY = 1.1  # a dividend beside a split is less than 9 % of the price
LIKELY = 1.5  # from here on a split and a dividend on one day are likelier than a third of the price paid out
CERTAIN = 2.0  # and from here on an exact ratio is a split, whatever the file promises
NOISE = 20.0  # an action stands this far above the ordinary day's wobble


@dataclass(frozen=True, slots=True)
class Proof:
    """The actions found, whether the closes are raw, and the days on which the factor moved without a reason."""

    actions: pl.DataFrame
    raw: bool
    odd_days: tuple[date, ...] = ()


def explicit_actions(rows: pl.DataFrame, scale: Scale, source: str) -> pl.DataFrame:
    """ACTIONS of the columns `dividend`, `gain` and `split` of `rows` (symbol, day, close); amounts as paid.

    On the `split` scale a dividend is stated after all later splits: it is multiplied by those in the file.
    """
    splits = _explicit_splits(rows, source)
    paid = _explicit_dividends(rows)
    if scale != "raw" and not splits.is_empty() and not paid.is_empty():
        paid = _undone(paid, splits)
    dividends = paid.select("symbol", "ex_date", amount=pl.col("amount").round(6))
    return ordered(pl.concat([splits, _actions(dividends, "dividend", source)]))


BY_CHANCE = 2
"""So many decimals fewer the amounts may have without meaning anything: CRSP's rule is the usual one."""


def proved_actions(rows: pl.DataFrame, source: str, decimals: tuple[int, int], promised: Scale | None = None) -> Proof:
    """The actions that the column `adjusted` of daily `rows` (symbol, ts, close) proves; `decimals` of both.

    `promised`: the scale that the closes are said to be on.
    """
    steps = list(_steps(rows, decimals).iter_rows(named=True))
    proof = _proof(steps, source, promised=promised == "split")
    return _proof(steps, source, promised=False) if proof.raw else proof


def _proof(steps: list[dict[str, Any]], source: str, *, promised: bool) -> Proof:
    of_day_before, of_ex_day = (
        [_explained(step, promised, of_ex_day=of_ex_day) for step in steps] for of_ex_day in (False, True)
    )
    gained = sum(_digits(found) for found in of_day_before) - sum(_digits(found) for found in of_ex_day)
    explained = of_ex_day if gained > BY_CHANCE else of_day_before
    actions = [
        {"symbol": step["symbol"], "ex_date": step["ex_date"], "source": source, **action}
        for step, found in zip(steps, explained, strict=True)
        for action in found
    ]
    odd = tuple(step["ex_date"] for step, found in zip(steps, explained, strict=True) if not found)
    raw = any(action["kind"] == "split" for action in actions)
    return Proof(ordered(frame_of(ACTIONS, actions)), raw, odd)


def ordered(actions: pl.DataFrame) -> pl.DataFrame:
    """`actions` once each, oldest first."""
    return actions.unique(maintain_order=True).sort("symbol", "ex_date", "kind", maintain_order=True)


def simple_ratio(ratio: float, tolerance: float) -> float | None:
    """The split that `ratio` is, within the relative `tolerance`: whole or of small terms; None where it is none."""
    best = min(SPLITS, key=lambda fraction: abs(ratio / float(fraction) - 1))
    return float(best) if abs(ratio / float(best) - 1) <= tolerance else None


def rounded(amount: float, error: float) -> float:
    """`amount` with the fewest decimals that lie within its `error`, six at most."""
    return next(
        (round(amount, digits) for digits in range(6) if abs(round(amount, digits) - amount) <= error), round(amount, 6)
    )


def _explicit_splits(rows: pl.DataFrame, source: str) -> pl.DataFrame:
    if "split" not in rows.columns:
        return frame_of(ACTIONS)
    split = rows.filter((pl.col("split") > 0) & (pl.col("split") != 1))
    found = (
        {"symbol": symbol, "ex_date": day, "kind": kind_of_factor(ratio), "ratio": ratio, "source": source}
        for symbol, day, ratio in split.select("symbol", "day", "split").iter_rows()
    )
    return ordered(frame_of(ACTIONS, found))


def _explicit_dividends(rows: pl.DataFrame) -> pl.DataFrame:
    """symbol, ex_date and amount on the scale of the file; a fund's capital gains are counted once (`paid_on`)."""
    stated = [pl.col(name) if name in rows.columns else pl.lit(0.0).alias(name) for name in ("dividend", "gain")]
    fall = pl.col("close").shift().over("symbol", order_by="ts") - pl.col("close")
    paid = (
        rows.select("symbol", "day", *(each.fill_null(0.0) for each in stated), fall=fall)
        .filter((pl.col("dividend") > 0) | (pl.col("gain") > 0))
        .select("symbol", "day", "dividend", "gain", "fall")
    )
    amounts = [paid_on(*row) for row in paid.select("dividend", "gain", "fall").iter_rows()]
    return paid.select("symbol", pl.Series("amount", amounts, dtype=pl.Float64), ex_date="day")


def _undone(paid: pl.DataFrame, splits: pl.DataFrame) -> pl.DataFrame:
    later = paid.with_row_index("n").join(splits.select("symbol", "ratio", on="ex_date"), on="symbol", how="left")
    factor = pl.col("ratio").filter(pl.col("on") > pl.col("ex_date")).product()
    return later.group_by("n", maintain_order=True).agg(pl.first("symbol", "ex_date"), pl.first("amount") * factor)


def _actions(rows: pl.DataFrame, kind: str, source: str) -> pl.DataFrame:
    filled = rows.with_columns(kind=pl.lit(kind), source=pl.lit(source))
    missing = [pl.lit(None).cast(dtype).alias(name) for name, dtype in ACTIONS.items() if name not in filled.columns]
    return filled.with_columns(missing).select(pl.col(name).cast(dtype) for name, dtype in ACTIONS.items())


def _steps(rows: pl.DataFrame, decimals: tuple[int, int]) -> pl.DataFrame:
    """The days on which the factor moved by more than the printed digits and the ordinary wobble explain."""
    close_error, adjusted_error = (0.5 * 10.0**-digits for digits in decimals)
    usable = rows.filter((pl.col("close") > 0) & (pl.col("adjusted") > 0)).sort("symbol", "ts")
    error = adjusted_error / pl.col("adjusted") + 2 * FLOAT32
    if decimals[0] > 4:  # else the vendor computed with the exact price as printed
        error = error + close_error / pl.col("close")
    factors = usable.with_columns(factor=pl.col("adjusted") / pl.col("close"), error=error)
    moves = factors.select(
        "symbol",
        ex_date=pl.col("ts").dt.date(),
        close="close",
        before=pl.col("close").shift().over("symbol"),
        move=(pl.col("factor") / pl.col("factor").shift()).over("symbol"),
        error=(pl.col("error") + pl.col("error").shift()).over("symbol"),
    ).drop_nulls()
    wobble = pl.max_horizontal(2 * pl.col("error"), NOISE * (pl.col("move") - 1).abs().median().over("symbol"))
    return moves.with_columns(wobble=wobble).filter((pl.col("move") - 1).abs() > pl.col("wobble"))


def _explained(step: dict[str, Any], promised: bool, *, of_ex_day: bool) -> list[dict[str, object]]:
    """The split, the dividend, or both in one step; empty where neither explains it."""
    move, jump = step["move"], step["before"] / step["close"]
    tolerance = max(1e-4, 2 * step["wobble"])
    alone = _with_dividend(step, 1.0, of_ex_day=of_ex_day) if move > 1 else []
    if 1 / SPLIT_FROM < move < SPLIT_FROM:
        return alone
    if not 0.5 < log(jump) / log(move) < 1.5:
        return []  # the close went its own way: the adjusted close is wrong
    exact = simple_ratio(move, tolerance)
    split = exact or (None if promised else _split_beside_a_dividend(move))
    if split is None or (promised and 1 < split < CERTAIN):
        return alone
    both = _with_dividend(step, split, of_ex_day=of_ex_day)
    doubtful = exact is None and 1 < move < LIKELY
    return alone if doubtful and _digits(alone) <= _digits(both) else both


def _split_beside_a_dividend(move: float) -> float | None:
    """The ratio that leaves an ordinary dividend of `move`: a usual one, then the one with the smallest dividend."""
    fitting = [split for split in reversed(SPLITS) if 1 < move / float(split) < ORDINARY]
    sides = {split: max(split.numerator, split.denominator) for split in fitting}
    usual = (split for split in fitting if sides[split] <= 10 or sides[split] % 5 == 0)
    best = next(usual, fitting[0] if fitting else None)
    return None if best is None else float(best)


def _with_dividend(step: dict[str, Any], split: float, *, of_ex_day: bool) -> list[dict[str, object]]:
    """The step as a split (1: none) and the dividend that is left of it."""
    found: list[dict[str, object]] = [{"kind": "split", "ratio": split}] if split != 1 else []
    rest = step["move"] / split
    amount = step["close"] * (rest - 1) if of_ex_day else step["before"] / split * (1 - 1 / rest)
    if rest - 1 > (0 if split == 1 else 2 * step["wobble"]):
        error = max(2 * step["error"] * step["before"], 1e-6)
        found.append({"kind": "dividend", "amount": rounded(amount, error)})
    return found


def _digits(actions: list[dict[str, object]]) -> int:
    """How many decimals the dividends have."""
    amounts = [action["amount"] for action in actions if "amount" in action]
    return sum(len(f"{amount:.6f}".rstrip("0").split(".")[1]) for amount in amounts)
