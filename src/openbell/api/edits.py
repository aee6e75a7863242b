"""Edits of transactions: none leaves another one without its units unasked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, TypeVar

from fastapi import Query

from openbell.api.problems import NotFound
from openbell.books import edited
from openbell.books.held import Edited
from openbell.desk import Desk
from openbell.model.errors import InvalidInput, Unconfirmed
from openbell.model.transactions import SAID, TOLD_ACTIONS, Kind, newest_day
from openbell.model.transactions import Transaction as ModelTransaction
from openbell.portfolio.lots import Problem
from openbell.store.itembook import ItemBook
from openbell.store.portfoliobook import Kept, PortfolioBook
from openbell.store.transactionbook import MovedOn, TransactionBook

REFUSED = {"oversold": "quantity", "unknown_lot": "picks"}
"""What no new transaction is made to be, and by which field."""

ROUNDS = 5
"""How often others may be faster before whoever writes is told so."""

OversoldToo = Annotated[bool, Query(description="Write it all the same where a sale would lack units by it.")]


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to become of a transaction."""

    wanted: ModelTransaction | None
    """None: it goes."""
    oversold_too: bool
    number: int = 0
    """0: it is new."""

    def harmless(self, *, chosen: bool) -> bool:
        """Whether it can take nothing from anybody: new cash, and new units that come in. Where lots were `chosen`,
        new ones may be taken in their stead by what chose none, and what they were chosen for lacks them."""
        told = self.wanted
        if told is None or self.number:
            return False
        return told.instrument is None or (not chosen and told.quantity > 0 and told.kind not in TOLD_ACTIONS)


Written = TypeVar("Written")


def fitting(
    desk: Desk, kept: Kept, edit: Edit, write: Callable[[str | None], Written]
) -> tuple[Written, tuple[Problem, ...]]:
    """Write what gives nothing away that was not held, unless a sale is marked as short; with what else is odd in it.

    Raises as `in_one_state`.
    """
    if edit.harmless(chosen=TransactionBook(desk.ledger).chooses(kept.portfolio.id)):
        return write(None), ()

    def looked_at(now: Kept) -> tuple[Written, tuple[Problem, ...]]:
        found = edited(desk, now, edit.wanted, edit.number)
        _assert_fits(desk, found, edit)
        return write(now.state), found.own

    return in_one_state(desk, kept, looked_at)


def in_one_state(desk: Desk, kept: Kept, write: Callable[[Kept], Written]) -> Written:
    """What `write` writes of a portfolio that it has looked at, and that must be as it was then: else it looks again.

    Raises NotFound where the portfolio is gone, and MovedOn where others were faster each time.
    """
    for _ in range(ROUNDS):
        try:
            return write(kept)
        except MovedOn:
            kept = _again(desk, kept)
    raise MovedOn(
        f"{kept.portfolio.name} was changed by others again and again meanwhile; nothing was written.",
        remedy="Try again in a moment.",
    )


def _again(desk: Desk, kept: Kept) -> Kept:
    """The portfolio as it is now."""
    now = PortfolioBook(desk.ledger).find(kept.portfolio.id)
    if now is None:
        raise NotFound(f"{kept.portfolio.name} was removed meanwhile.", remedy="List yours with GET /portfolios.")
    return now


def _assert_fits(desk: Desk, found: Edited, edit: Edit) -> None:
    if found.lacking and not edit.number:
        lacking = found.lacking[0]
        raise InvalidInput(REFUSED[lacking.kind], lacking.what, remedy=lacking.remedy)
    if not edit.oversold_too:
        assert_none_lacks(desk, [*found.lacking, *found.others])


def assert_none_lacks(desk: Desk, every: Sequence[Problem]) -> None:
    """Raise Unconfirmed for transactions that would lack units, or lots that they chose."""
    if every:
        more = f" So would {len(every) - 1} more transactions." if len(every) > 1 else ""
        raise Unconfirmed(
            "oversold_too", f"{_left_without(desk, every[0])}{more}", remedy="Change that first, or confirm it."
        )


def _left_without(desk: Desk, problem: Problem) -> str:
    """That a transaction would lack something."""
    told, key = problem.transaction, problem.instrument or ""
    name = ItemBook(desk.ledger).names([key]).get(key) or desk.history.register.instrument(key).ticker
    if told is None or problem.kind == "unknown_lot":
        return f"The sale of {name} on {problem.day} would lack the lots that it chose."
    what = {Kind.SELL: "sale", Kind.TRANSFER: "transfer"}.get(told.kind, "delivery")
    return f"The {what} of {-told.quantity:f} {name} on {told.day} would lack its units."


def assert_begun(desk: Desk, day: date) -> None:
    """Raise InvalidInput for a day that has begun nowhere on earth."""
    if day > newest_day(desk.clock()):
        raise InvalidInput("day", f"{day} is yet to come.", remedy="Enter it when it has happened.")


OF_AMOUNTS = {Kind.DIVIDEND, Kind.INTEREST, Kind.FEE, Kind.TAX, Kind.TRANSFER, Kind.OPENING}
"""What may be of money or of units, and is of nothing without either."""
WHOLE = Decimal(1)


def assert_of_something(told: ModelTransaction) -> None:
    """Raise InvalidInput for what somebody types that moves nothing, or where more than all of a cost would leave."""
    if told.kind in OF_AMOUNTS and not (told.cash or told.quantity or told.tax or told.fee):
        what = SAID.get(told.kind, str(told.kind))
        raise InvalidInput("cash", f"{what.capitalize()} of nothing changes nothing.", remedy="Write how much it was.")
    if told.kind is Kind.SPIN_OFF and told.ratio is not None and told.ratio > WHOLE:
        raise InvalidInput(
            "ratio",
            f"The part of the cost that leaves is {told.ratio:f}, which is more than all of it.",
            remedy="Write it from 0 to 1; the company publishes it.",
        )
