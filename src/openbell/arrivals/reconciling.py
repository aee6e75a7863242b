"""What a portfolio holds against what the broker says in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from openbell.arrivals.review import Review
from openbell.books import Reckoned
from openbell.statements.draft import Holding
from openbell.statements.reconcile import Difference, reconcile


def reconciled(reckoned: Reckoned, review: Review, day: date, account: int | None) -> tuple[Difference, ...]:
    """Where the units at the end of `day` in an account, or in all, are others than the file's holdings.

    Names are ids of instruments, as the review has matched them; what it could not match keeps the file's name. Cash
    is compared only where the file tells of some, by its currency.
    """
    holdings = _holdings(review)
    history, told = reckoned.history, {name for name, each in holdings.items() if each.instrument is None}
    place, ours = history.place(day), dict[str, Decimal]()
    for part, steps in history.steps.items():
        name = part.instrument or part.currency
        if account not in {None, part.account} or (part.instrument is None and name not in told) or place < 0:
            continue
        ours[name] = ours.get(name, Decimal(0)) + steps.on(day)
    return reconcile(ours, holdings)


def _holdings(review: Review) -> Mapping[str, Holding]:
    """By name; several rows of one instrument together."""
    found: dict[str, Holding] = {}
    for each in review.statement.holdings:
        match = review.matches.get(each.instrument.key) if each.instrument is not None else None
        name = each.currency if each.instrument is None else (match.id if match and match.id else str(each.instrument))
        before = found.get(name)
        found[name] = each if before is None else replace(each, quantity=each.quantity + before.quantity)
    return found
