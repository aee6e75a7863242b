"""What an import would sell that its account does not hold, and what it would be paid before a purchase."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openbell.arrivals.becoming import become, ids_of, pickable
from openbell.arrivals.review import Review
from openbell.books import left_with
from openbell.desk import Desk
from openbell.portfolio.lots import Problem
from openbell.statements.draft import Draft
from openbell.store.itembook import OWN
from openbell.store.portfoliobook import Kept
from openbell.store.transactionbook import TransactionBook

KINDS = frozenset({"oversold", "dividend_before_buy", "action_of_nothing"})
"""Of the problems of a book, those that a purchase makes which is missing."""

KINDS_OF_OTHERS = KINDS | {"unknown_lot"}
"""Of transactions that are here, those too whose chosen lots others would take."""


@dataclass(frozen=True, slots=True)
class Unheld:
    """A row that needs units which are not there, with a sentence of why; without `draft`, a transaction that is here
    already, and would lack them once the file's rows are booked."""

    draft: Draft | None
    what: str
    remedy: str


def unheld(desk: Desk, kept: Kept, review: Review) -> tuple[Unheld, ...]:
    """Each row of what would be booked that needs units which nobody bought by then, oldest first."""
    if not any(draft.instrument is not None for draft in review.taken):
        return ()
    here = TransactionBook(desk.ledger).all(kept.portfolio.id)
    first = max((each.id for each in here), default=0) + 1
    numbers = range(first, first + len(review.taken))
    names = {f"{OWN}{key}": str(match.named) for key, match in review.matches.items()}
    ids = {key: f"{OWN}{key}" for key in review.matches} | ids_of(review)
    rows = become(review, numbers, _accounts(review), ids, pickable(desk, kept, review))
    draft_of = dict(zip(numbers, review.taken, strict=True))
    found = left_with(desk, kept, here, rows, KINDS_OF_OTHERS)
    told = ((each, draft_of.get(each.transaction.id)) for each in found if each.transaction is not None)
    return tuple(
        Unheld(draft, _worded(each, names), each.remedy) for each, draft in told if draft is None or each.kind in KINDS
    )


def _accounts(review: Review) -> dict[str, int]:
    """Those that are made yet have numbers that no other has."""
    return {told: place.account.id or -nth for nth, (told, place) in enumerate(review.places.items(), start=1)}


def _worded(problem: Problem, names: Mapping[str, str]) -> str:
    name = names.get(problem.instrument or "")
    return problem.what if name is None else problem.what.replace(problem.instrument or "", name)
