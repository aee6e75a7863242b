"""What a portfolio holds against what the broker says in a file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from openbell.arrivals.review import Review
from openbell.books import Reckoned
from openbell.model.transactions import Kind, Transaction
from openbell.portfolio.cash import moved
from openbell.statements.draft import Draft, Holding, Named
from openbell.statements.reconcile import Difference, reconcile


def reconciled(
    reckoned: Reckoned, review: Review, day: date, account: int | None, *, coming: bool = False
) -> tuple[Difference, ...]:
    """Where the units at the end of `day` in an account, or in all, are others than the file's holdings.

    Names are ids of instruments, as the review has matched them; what it could not match keeps the file's name. Cash
    is compared only where the file tells of some, by its currency. With `coming`, as it would be once the file's own
    rows are booked.
    """
    holdings = _holdings(review)
    history, told = reckoned.history, {name for name, each in holdings.items() if each.instrument is None}
    place, ours = history.place(day), dict[str, Decimal]()
    for part, steps in history.steps.items():
        name = part.instrument or part.currency
        if account not in {None, part.account} or (part.instrument is None and name not in told) or place < 0:
            continue
        ours[name] = ours.get(name, Decimal(0)) + steps.on(day)
    for name, units in _coming(review, day, account, told) if coming else ():
        ours[name] = ours.get(name, Decimal(0)) + units
    return reconcile(ours, holdings)


def _coming(review: Review, day: date, account: int | None, told: Collection[str]) -> Iterator[tuple[str, Decimal]]:
    """What the rows of the file would add, by their own quantities."""
    for draft in review.taken:
        here = review.places[draft.account].account.id
        there = review.places[draft.to_account].account.id if draft.kind is Kind.TRANSFER else None
        if draft.day > day:
            continue
        if draft.instrument is not None and draft.quantity:
            name = _name_of(review, draft.instrument)
            for place, units in ((here, draft.quantity), (there, -draft.quantity)):
                if place is not None and account in {None, place}:
                    yield name, units
        for _, place, currency, amount in moved(_numbered(draft)):
            if currency in told and account in {None, here if place == _HERE else there}:
                yield currency, amount


_HERE, _THERE = 1, 2


def _numbered(draft: Draft) -> Transaction:
    """The transaction that a draft becomes, in accounts that stand for its own."""
    return draft.booked(
        _HERE,
        instrument=draft.instrument.key if draft.instrument else None,
        other=draft.other.key if draft.other else None,
        to_account=_THERE if draft.kind is Kind.TRANSFER else None,
    )


def _name_of(review: Review, named: Named) -> str:
    match = review.matches.get(named.key)
    return match.id if match and match.id and match.item is None else str(named)


def _holdings(review: Review) -> Mapping[str, Holding]:
    """By name; several rows of one instrument together."""
    found: dict[str, Holding] = {}
    for each in review.statement.holdings:
        name = each.currency if each.instrument is None else _name_of(review, each.instrument)
        before = found.get(name)
        found[name] = each if before is None else replace(each, quantity=each.quantity + before.quantity)
    return found
