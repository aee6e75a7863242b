"""Which way a column of exchange rates goes: prices times the rate, or over it. The whole column decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, cast

from openbell.model.errors import Undecided
from openbell.statements.making import per

Way = Literal["times", "over", ""]
"""What makes money of the account of a price: the price times the rate, or over it; empty where nothing tells."""

_COSTS = Decimal("0.05")
"""By how much fees and taxes may part an amount from its units times price."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One row with a rate: units times price in the price's currency, and what moved, where the row tells it."""

    worth: Decimal
    rate: Decimal
    amount: Decimal | None

    @property
    def ways(self) -> frozenset[Way]:
        """Those that come to the amount but for costs."""
        if self.amount is None:
            return frozenset()
        came: dict[Way, Decimal] = {"times": self.worth * self.rate, "over": self.worth / self.rate}
        return frozenset(way for way, one in came.items() if abs(abs(one) - abs(self.amount)) <= abs(one) * _COSTS)


def way_of(rows: Iterable[Changed], name: str, *, told: str = "") -> Way:
    """The way in which all rows with an amount agree; raises Undecided where others have none and would need it."""
    if told:
        return cast("Way", told)
    rows = list(rows)
    agreed = {way for ways in (row.ways for row in rows) if len(ways) == 1 for way in ways}
    if len(agreed) == 1:
        return agreed.pop()
    needing = next((row for row in rows if row.amount is None), None)
    if needing is None:
        return ""
    raise Undecided(
        name,
        f"It does not say what a rate such as {needing.rate} does to a price in another currency.",
        option="rate",
        options=("times", "over"),
        remedy="Say whether what moved is the price times the rate or over it.",
    )


def counted(rate: Decimal | None, way: Way) -> Decimal | None:
    """What was counted for one of the price's currency; None where the file does not tell."""
    if not rate or not way:
        return None
    return rate if way == "times" else per(Decimal(1), rate)
