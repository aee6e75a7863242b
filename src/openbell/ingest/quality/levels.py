"""Levels of one symbol's prices: blocks on a wrong scale, and jumps like splits that no action records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log
from typing import Literal

import numpy as np

from openbell.ingest.quality.ratios import HUNDRED, IMPLAUSIBLE, LARGE, NEAR, chosen, is_hundred, like_split, matches
from openbell.ingest.quality.track import BUSY, Split, Track

NEAR_EX = 10
"""Sessions from a split's ex date within which vendors change the scale, if not on the date itself."""

NEWS = log(3)
"""The log of the largest overnight change that news makes now and then."""

YEAR = 260
"""Sessions within which a block on the wrong scale must end for its two edges to be believed."""

SPIKE = 3
"""Sessions after which, at most, a jump is taken back that was none."""

PERSISTS = 3
"""Sessions that a level must last on both sides for a split to be inferred, if not for `MANY_BARS`."""

MANY_BARS = 60
"""Bars of one level that count as lasting, though they are of fewer sessions."""

Cause = Literal["split", "hundred", "absent", "like"]


@dataclass(frozen=True, slots=True)
class Jump:
    """A change before `row` that the market does not make; `size` is its log, that of the ratio it is taken for."""

    row: int
    size: float
    cause: Cause
    split: Split | None = None
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with the rows of `where`: their prices are exp(`size`) times the right ones."""

    where: slice
    cause: Cause
    size: float
    split: Split | None
    repair: float | None
    """The factor that provably repairs their prices."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the jumps of one symbol come to."""

    verdicts: tuple[Verdict, ...]
    inferred: tuple[Jump, ...]
    kept: tuple[Jump, ...]
    """Jumps like splits across missing sessions: in doubt the row is kept."""


def judge(track: Track, *, raw: bool, promises_raw: bool) -> Judged:
    """The blocks on a wrong scale and the unrecorded splits of one symbol."""
    jumps = _jumps(track, raw=raw)
    verdicts = [*_wrong_levels(track, jumps, raw=raw)]
    inferred: list[Jump] = []
    kept: list[Jump] = []
    likes = [jump for jump in jumps if jump.cause in ("like", "absent")]
    spiked: set[int] = set()
    for jump, back in pairwise(likes):
        if _taken_back(track, jump, back) and jump.row not in spiked:
            spiked |= {jump.row, back.row}
            verdicts.append(Verdict(slice(jump.row, back.row), "like", jump.size, None, None))
    for jump in likes:
        if jump.row in spiked or not track.own[jump.row]:
            continue
        if raw and promises_raw and _is_split(track, jump, jumps):
            inferred.append(jump)
        elif _may_stay(track, jump, jumps):
            kept.append(jump)
        else:
            verdicts.append(Verdict(track.of_session(jump.row), jump.cause, jump.size, jump.split, None))
    return Judged(tuple(verdicts), tuple(inferred), tuple(kept))


def _jumps(track: Track, *, raw: bool) -> list[Jump]:
    """The changes too large for the market, oldest first, each with its cause."""
    rows = [int(row) for row in np.flatnonzero(np.abs(track.gap) > LARGE) if not track.in_ticks(int(row))]
    by_split = {row: split for row in rows if (split := _split_at(track, row)) is not None}
    found = []
    for row in rows:
        jump = _by_split(track, row, by_split, raw=raw) or _by_unit(track, row) or _by_likeness(track, row)
        if jump is not None:
            found.append(jump)
    return found


def _split_at(track: Track, row: int) -> Split | None:
    """The recorded split whose ratio the change before `row` has, the one nearest in time."""
    alike = [split for split in track.splits if abs(log(split.ratio)) > LARGE and matches(track.gap[row], split.ratio)]
    return min(alike, key=lambda split: abs(split.row - row), default=None)


def _by_split(track: Track, row: int, by_split: dict[int, Split], *, raw: bool) -> Jump | None:
    """The change before `row` as a split applied to one side only: near its ex date, or taken back within a year.

    A change that news can make must also come in a calm session, or be taken back in one.
    """
    if row not in by_split:
        return None
    split, gap = by_split[row], float(track.gap[row])
    size = abs(log(split.ratio)) * (1 if gap > 0 else -1)
    partners = [
        other
        for other, its in by_split.items()
        if its.ratio == split.ratio and track.gap[other] * gap < 0 and abs(track.sessions_apart(row, other)) <= YEAR
    ]
    near = split.row < len(track.gap) and abs(track.sessions_apart(row, split.row)) <= (NEAR_EX if track.daily else 1)
    if abs(size) < NEWS and all(track.calm(edge) is False for edge in (row, *partners)):
        return None
    if raw and row == split.row and not partners:
        return Jump(row, size, "absent", split)
    return Jump(row, size, "split", split) if near or partners else None


def _by_unit(track: Track, row: int) -> Jump | None:
    """The change before `row` as one of units: pence for pounds."""
    gap = float(track.gap[row])
    if not is_hundred(gap):
        return None
    return Jump(row, HUNDRED if gap > 0 else -HUNDRED, "hundred", exact=abs(abs(gap) - HUNDRED) < 1e-4)


def _by_likeness(track: Track, row: int) -> Jump | None:
    """The change before `row` as an unrecorded split: between sessions, at a turnover that news would raise."""
    size = like_split(float(track.gap[row]))
    if size is None or track.sessions_apart(row - 1, row) == 0:
        return None
    alike = track.split_like(row, size)
    if alike is None or not track.daily:  # then only a jump that no news makes is one
        alike = alike is not False and abs(size) > IMPLAUSIBLE
    return Jump(row, size, "like") if alike else None


def _taken_back(track: Track, jump: Jump, back: Jump) -> bool:
    return abs(jump.size + back.size) < 2 * NEAR and track.sessions_apart(jump.row, back.row) <= SPIKE


def _may_stay(track: Track, jump: Jump, jumps: Sequence[Jump]) -> bool:
    """Whether sessions are missing that may explain the jump; one that no market makes must last besides."""
    if not track.misses_sessions(jump.row):
        return False
    return abs(jump.size) < IMPLAUSIBLE or _lasts(track, jump.row, _level(track, jump, jumps)[1] - 1)


def _level(track: Track, jump: Jump, jumps: Sequence[Jump]) -> tuple[int, int]:
    """The first row of the level before the jump, and the row after the last one of the level behind it."""
    around = [other.row for other in jumps if other.row != jump.row]
    earlier = max([row for row in around if row < jump.row], default=0)
    return earlier, min([row for row in around if row > jump.row], default=len(track.gap))


def _is_split(track: Track, jump: Jump, jumps: Sequence[Jump]) -> bool:
    """Whether the jump is a split beyond doubt: a usual ratio, lasting levels, a turnover that goes on as before."""
    earlier, after = _level(track, jump, jumps)
    turnover = track.turnover_as_split(jump.row, jump.size)
    return (
        jump.cause == "like"
        and chosen(jump.size)
        and turnover is not None
        and turnover < BUSY
        and track.sessions_apart(jump.row - 1, jump.row) <= NEAR_EX
        and _lasts(track, earlier, jump.row - 1)
        and _lasts(track, jump.row, after - 1)
    )


def _lasts(track: Track, first: int, last: int) -> bool:
    return track.sessions_apart(first, last) >= PERSISTS - 1 or last - first >= MANY_BARS


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of one scale: the logs by which known splits and units take it away from that of the first row."""

    where: slice
    by_split: float
    by_unit: float
    edges: tuple[Jump, ...]
    """The jumps at its ends."""


def _wrong_levels(track: Track, jumps: Sequence[Jump], *, raw: bool) -> Iterator[Verdict]:
    """The rows whose scale is off by a known split or by a hundred, block by block."""
    blocks = _blocks(track, [jump for jump in jumps if jump.cause in ("split", "hundred")])
    right = _right(track, blocks)
    for block in blocks:
        by_split, by_unit = block.by_split - right.by_split, block.by_unit - right.by_unit
        if max(abs(by_split), abs(by_unit)) < NEAR:
            continue
        if abs(by_unit) < NEAR:
            proven = not (raw and any(edge.split and edge.row == edge.split.row for edge in block.edges))
        else:
            proven = abs(by_split) < NEAR and _unit_is_proven(track, block, blocks, right)
        yield Verdict(
            block.where,
            "split" if abs(by_unit) < NEAR else "hundred",
            by_split + by_unit,
            next((edge.split for edge in block.edges if edge.split), None),
            exp(-by_split - by_unit) if proven else None,
        )


def _blocks(track: Track, edges: Sequence[Jump]) -> list[Block]:
    rows = [0, *(edge.row for edge in edges), len(track.gap)]
    by_split = np.cumsum([0.0, *(edge.size if edge.cause == "split" else 0.0 for edge in edges)])
    by_unit = np.cumsum([0.0, *(edge.size if edge.cause == "hundred" else 0.0 for edge in edges)])
    return [
        Block(
            slice(rows[at], rows[at + 1]),
            float(by_split[at]),
            float(by_unit[at]),
            tuple(edges[max(0, at - 1) : at + 1]),
        )
        for at in range(len(rows) - 1)
    ]


def _right(track: Track, blocks: Sequence[Block]) -> Block:
    """A block on the scale to be believed: the one of rows after the last split in question, of stored rows, of most
    traded rows, of most rows, of the newest row; the first of these that decides."""
    ex_row = max((edge.split.row for block in blocks for edge in block.edges if edge.split), default=0)
    weights: dict[tuple[float, float], tuple[bool, bool, int, int, int]] = {}
    for block in blocks:
        scale = round(block.by_split, 6), round(block.by_unit, 6)
        after, stored, traded, rows, _ = weights.get(scale, (False, False, 0, 0, 0))
        where = block.where
        weights[scale] = (
            after or where.stop > ex_row,
            stored or not track.own[where].all(),
            traded + int(track.traded[where].sum()),
            rows + where.stop - where.start,
            where.stop,
        )
    best = max(weights, key=lambda scale: weights[scale])
    return next(block for block in blocks if (round(block.by_split, 6), round(block.by_unit, 6)) == best)


def _unit_is_proven(track: Track, block: Block, blocks: Sequence[Block], right: Block) -> bool:
    """Whether the factor of a hundred is exact, and shares were traded at the right level only."""
    at_right = [
        other for other in blocks if abs(other.by_unit - right.by_unit) + abs(other.by_split - right.by_split) < NEAR
    ]
    return (
        any(edge.exact for edge in block.edges)
        and not track.traded[block.where].any()
        and any(track.traded[other.where].any() for other in at_right)
    )
