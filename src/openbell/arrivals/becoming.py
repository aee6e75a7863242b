"""The transactions that the rows of an import become, once its accounts and items have numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from openbell.arrivals.matching import OWN_ITEM
from openbell.arrivals.review import Review
from openbell.desk import Desk
from openbell.model.transactions import Kind, Transaction
from openbell.statements.draft import Draft, Named
from openbell.store.importbook import ImportBook
from openbell.store.portfoliobook import Kept
from openbell.store.transactionbook import TransactionBook


def become(
    review: Review,
    numbers: Sequence[int],
    account_of: Mapping[str, int],
    id_of: Mapping[str, str],
    pickable: Mapping[str, int],
    batch: int | None = None,
) -> list[Transaction]:
    """What is taken of the file, in its order, with `numbers`; `account_of` and `id_of` by what the file calls them."""
    here = {draft.number: pickable[draft.fingerprint] for draft in _drafts(review) if draft.fingerprint in pickable}
    number_of = here | {draft.number: number for draft, number in zip(review.taken, numbers, strict=True)}
    return [
        _transaction(draft, number, account_of, id_of, number_of, batch)
        for draft, number in zip(review.taken, numbers, strict=True)
    ]


def ids_of(review: Review) -> dict[str, str]:
    """By the key in the file, what there is already of the instruments that it names."""
    return {key: match.id for key, match in review.matches.items() if match.id is not None and match.id != OWN_ITEM}


def pickable(desk: Desk, kept: Kept, review: Review) -> Mapping[str, int]:
    """Of the rows that were imported before, those whose transactions are still there: sales may take their lots."""
    if not any(draft.picks for draft in review.taken):
        return {}
    there = {each.id for each in TransactionBook(desk.ledger).all(kept.portfolio.id)}
    homes = {draft.fingerprint: review.places[draft.account].account.id for draft in _drafts(review)}
    imported = ImportBook(desk.ledger).known(kept.portfolio.id)
    return {
        mark: number for (mark, account), number in imported.items() if homes.get(mark) == account and number in there
    }


def _drafts(review: Review) -> Sequence[Draft]:
    return review.statement.drafts


def _transaction(
    draft: Draft,
    number: int,
    account_of: Mapping[str, int],
    id_of: Mapping[str, str],
    number_of: Mapping[int, int],
    batch: int | None,
) -> Transaction:
    picks = tuple(replace(pick, opened=number_of[pick.opened]) for pick in draft.picks if pick.opened in number_of)
    return (replace(draft, picks=picks) if draft.picks else draft).booked(
        account_of[draft.account],
        instrument=_id(draft.instrument, id_of),
        other=_id(draft.other, id_of),
        to_account=account_of[draft.to_account] if draft.kind is Kind.TRANSFER else None,
        batch=batch,
        number=number,
    )


def _id(named: Named | None, id_of: Mapping[str, str]) -> str | None:
    return None if named is None else id_of[named.key]
