"""Edits of transactions: none leaves another one without its units unasked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypeVar

from fastapi import Query

from openbell.api.problems import NotFound
from openbell.books import edited
from openbell.books.held import Edited
from openbell.desk import Desk
from openbell.model.errors import InvalidInput, Unconfirmed
from openbell.model.transactions import TOLD_ACTIONS, Kind, newest_day
from openbell.model.transactions import Transaction as ModelTransaction
from openbell.portfolio.lots import Problem
from openbell.store.portfoliobook import Kept, PortfolioBook
from openbell.store.transactionbook import MovedOn

REFUSED = {"oversold": "quantity", "unknown_lot": "picks"}
"""What no new transaction is made to be, and by which field."""

OversoldToo = Annotated[bool, Query(description="Write it all the same where a sale would lack units by it.")]


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to become of a transaction."""

    wanted: ModelTransaction | None
    """None: it goes."""
    oversold_too: bool
    number: int = 0
    """0: it is new."""

    @property
    def harmless(self) -> bool:
        """Whether it can take units from nobody: new cash, and new units that only come in."""
        told = self.wanted
        if told is None or self.number:
            return False
        return told.instrument is None or (told.quantity > 0 and told.kind not in TOLD_ACTIONS)


Written = TypeVar("Written")


def fitting(
    desk: Desk, kept: Kept, edit: Edit, write: Callable[[str | None], Written]
) -> tuple[Written, tuple[Problem, ...]]:
    """Write what gives nothing away that was not held, unless a sale is marked as short; with what else is odd in it.

    What is held is looked at again where the portfolio was changed before it was written; raises NotFound where it is
    gone.
    """
    if edit.harmless:
        return write(None), ()
    while True:
        found = edited(desk, kept, edit.wanted, edit.number)
        _assert_fits(found, edit)
        try:
            return write(kept.state), found.own
        except MovedOn:
            kept = _again(desk, kept)


def _again(desk: Desk, kept: Kept) -> Kept:
    """The portfolio as it is now."""
    now = PortfolioBook(desk.ledger).find(kept.portfolio.id)
    if now is None:
        raise NotFound(f"{kept.portfolio.name} was removed meanwhile.", remedy="List yours with GET /portfolios.")
    return now


def _assert_fits(found: Edited, edit: Edit) -> None:
    if found.lacking and not edit.number:
        lacking = found.lacking[0]
        raise InvalidInput(REFUSED[lacking.kind], lacking.what, remedy=lacking.remedy)
    if not edit.oversold_too:
        assert_none_lacks([*found.lacking, *found.others])


def assert_none_lacks(every: Sequence[Problem]) -> None:
    """Raise Unconfirmed for transactions that would lack units, or lots that they chose."""
    if every:
        more = f" So would {len(every) - 1} more transactions." if len(every) > 1 else ""
        raise Unconfirmed(
            "oversold_too", f"{_left_without(every[0])}{more}", remedy="Change that first, or confirm it."
        )


def _left_without(problem: Problem) -> str:
    """That a transaction would lack something."""
    told = problem.transaction
    if told is None or problem.kind == "unknown_lot":
        return f"The sale of {problem.instrument} on {problem.day} would lack the lots that it chose."
    what = {Kind.SELL: "sale", Kind.TRANSFER: "transfer"}.get(told.kind, "delivery")
    return f"The {what} of {-told.quantity:f} {told.instrument} on {told.day} would lack its units."


def assert_begun(desk: Desk, day: date) -> None:
    """Raise InvalidInput for a day that has begun nowhere on earth."""
    if day > newest_day(desk.clock()):
        raise InvalidInput("day", f"{day} is yet to come.", remedy="Enter it when it has happened.")
