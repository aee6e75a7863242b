"""What the desk counts as held against what the broker says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from openbell.model.transactions import ZERO
from openbell.statements.draft import Holding


@dataclass(frozen=True, slots=True)
class Difference:
    """One position that the two do not agree on."""

    instrument: str
    ours: Decimal
    theirs: Decimal
    holding: Holding | None
    """What the broker told; None where it tells nothing of it."""

    @property
    def missing(self) -> Decimal:
        """What the desk has too few of; less than 0: too many."""
        return self.theirs - self.ours


def reconcile(
    positions: Mapping[str, Decimal], holdings: Mapping[str, Holding], *, tolerance: Decimal = ZERO
) -> tuple[Difference, ...]:
    """Where the units of `positions` and `holdings`, by the same names, differ by more than `tolerance`; by name.

    Cash goes along under a name of its own, such as its currency. What neither counts any of agrees.
    """
    differences = []
    for instrument in sorted({*positions, *holdings}):
        holding = holdings.get(instrument)
        ours, theirs = positions.get(instrument, ZERO), holding.quantity if holding else ZERO
        if abs(ours - theirs) > tolerance:
            differences.append(Difference(instrument, ours, theirs, holding))
    return tuple(differences)
