"""Numbers by day and part, the early days of which a history shares with the one that it goes on from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

FEW = 250
"""Days that are rather copied than kept apart: a year's sessions."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A row a day, a column a part. A block with fewer columns has 0 in those that came later."""

    blocks: tuple[Floats, ...]
    """Rows after rows; each column lies in one piece, so that sums over parts are the same however days are split."""

    @property
    def nbytes(self) -> int:
        """What it takes, together with those that it shares blocks with."""
        return sum(each.nbytes for each in self.blocks)

    def at(self, place: int) -> Floats:
        """The row of the day at `place`."""
        row = np.zeros(self.blocks[-1].shape[1])
        for block in self.blocks:
            if place < len(block):
                row[: block.shape[1]] = block[place]
                return row
            place -= len(block)
        raise IndexError(place)

    def across(self, inside: Mask) -> Floats:
        """The sum of the parts `inside`, day by day."""
        found = [_across(block, inside[: block.shape[1]]) for block in self.blocks]
        return found[0] if len(found) == 1 else np.concatenate(found)

    def whole(self) -> Floats:
        """All in one piece."""
        if len(self.blocks) == 1:
            return self.blocks[0]
        rows = np.zeros((sum(map(len, self.blocks)), self.blocks[-1].shape[1]), order="F")
        upto = 0
        for block in self.blocks:
            rows[upto : upto + len(block), : block.shape[1]] = block
            upto += len(block)
        return rows

    def then(self, kept: int, later: Floats) -> Rows:
        """The first `kept` rows, and those that are `later`: with as many columns or more."""
        early: list[Floats] = []
        for block in self.blocks:
            if kept > 0:
                early.append(block[:kept])
                kept -= len(block)
        few = [early.pop()] if early and len(early[-1]) < FEW else []
        return Rows((*early, Rows((*few, later)).whole()))


def _across(block: Floats, inside: Mask) -> Floats:
    total: Floats = (block if inside.all() else block[:, inside]).sum(axis=1)
    return total
