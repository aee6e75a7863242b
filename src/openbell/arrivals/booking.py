"""An import, written: its accounts, its items, its transactions, in one step that can be undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from openbell.arrivals.matching import OWN_ITEM, Match
from openbell.arrivals.review import Review
from openbell.desk import Desk
from openbell.model.errors import InvalidInput
from openbell.model.transactions import Account, Kind, Pick, Transaction
from openbell.statements.draft import Draft, Named
from openbell.store.importbook import Arrival, Batch, ImportBook
from openbell.store.itembook import OWN, Item, ItemBook, SetFacts
from openbell.store.portfoliobook import Kept
from openbell.store.pricebook import HandPrices
from openbell.store.transactionbook import TransactionBook


def booked(
    desk: Desk, kept: Kept, review: Review, *, file: str, sha256: str, by: int, mapping: Mapping[str, object]
) -> Batch:
    """Write what a review would book; raises InvalidInput where nothing is new, or an instrument must be chosen."""
    if review.unmatched:
        names = ", ".join(str(match.named) for match in review.unmatched[:5])
        raise InvalidInput(
            "instruments",
            f"It is not known what {names} {'is' if len(review.unmatched) == 1 else 'are'}.",
            remedy="Choose an instrument for each, or make an item of your own of it.",
        )
    if not review.taken:
        raise InvalidInput("file", "Nothing in this file is new.", remedy="It was imported before; nothing is to do.")
    places = _new_places(review)
    matches = [match for match in review.matches.values() if match.item is not None and _is_used(match, review)]
    arrival = Arrival(
        file=file[:200],
        sha256=sha256,
        preset=review.statement.preset,
        by=by,
        mapping=mapping,
        counts=counts(review),
        accounts=[account for _, account in places],
        items=[match.item for match in matches if match.item is not None],
        fingerprints=[draft.fingerprint for draft in review.taken],
        prices=_prices(desk, kept, review),
        hand_prices=_hand_prices(review),
        facts={**_currencies(desk, review), **_facts(review)},
        beside={draft.fingerprint: draft.withheld.fingerprint for draft in review.taken if draft.withheld},
    )
    imports = ImportBook(desk.ledger)

    def transactions(
        accounts: Sequence[Account], items: Sequence[Item], numbers: Sequence[int], batch: int
    ) -> Sequence[Transaction]:
        account_of = {told: place.account.id for told, place in review.places.items()}
        account_of |= {told: made.id for (told, _), made in zip(places, accounts, strict=True)}
        item_of = {match.named.key: made.instrument for match, made in zip(matches, items, strict=True)}
        number_of, id_of = _numbers(review, numbers, known), {**_ids(review), **item_of}
        return [
            _transaction(draft, number, account_of, id_of, number_of, batch)
            for draft, number in zip(review.taken, numbers, strict=True)
        ]

    known = _pickable(desk, kept, review, _known(review, imports.known(kept.portfolio.id)))
    return imports.book(kept.portfolio.id, arrival, transactions, desk.clock())


def counts(review: Review) -> dict[str, int]:
    """How many rows become what."""
    return {
        "new": len(review.taken),
        "known": len(review.sorting.known),
        "alike": len(review.sorting.alike),
        "twins": len(review.sorting.twins),
        "future": len(review.future),
        "ignored": len(review.statement.ignored),
        "problems": sum(each.blocking for each in review.statement.problems),
    }


def _prices(desk: Desk, kept: Kept, review: Review) -> dict[str, Mapping[date, Decimal]]:
    """By name, what the file tells of the prices of items: of those that it makes, and of those that are here."""
    here = {item.instrument: item.name for item in ItemBook(desk.ledger).items(kept.owner)}
    names = {key: match.item.name if match.item else here.get(match.id or "") for key, match in review.matches.items()}
    told = review.statement.beside.prices
    return {name: told[key] for key, name in names.items() if name is not None and key in told}


def _hand_prices(review: Review) -> dict[str, HandPrices]:
    """By id, what the file tells of prices by hand of what the market trades."""
    told, ids = review.statement.beside.prices, _ids(review)
    return {
        ids[key]: told[key] for key in review.matches if key in told and key in ids and not ids[key].startswith(OWN)
    }


def _currencies(desk: Desk, review: Review) -> dict[str, SetFacts]:
    """By id, what the file tells of the currency of prices by hand, where this desk knows none."""
    register = desk.history.register
    named = {_ids(review).get(key): match.named.currency for key, match in review.matches.items()}
    unknown = (key for key in _hand_prices(review) if register.instrument(key).currency is None)
    return {key: SetFacts(currency=code) for key in unknown if (code := named[key])}


def _facts(review: Review) -> dict[str, SetFacts]:
    """By id, what the file tells that somebody said of instruments."""
    told, ids = review.statement.beside.facts, _ids(review)
    return {
        ids[key]: SetFacts(*(said.get(name) for name in ("type", "sector", "country", "currency")))  # type: ignore[arg-type]  # checked as it is written
        for key, said in told.items()
        if key in ids
    }


def _new_places(review: Review) -> list[tuple[str, Account]]:
    """The accounts that are made, with what the file calls them: those only that something is booked in."""
    used = {draft.account for draft in review.taken}
    used |= {draft.to_account for draft in review.taken if draft.kind is Kind.TRANSFER}
    return [(told, place.account) for told, place in review.places.items() if told in used and not place.account.id]


def _is_used(match: Match, review: Review) -> bool:
    named = (each for draft in review.taken for each in (draft.instrument, draft.other))
    return any(each is not None and each.key == match.named.key for each in named)


def _ids(review: Review) -> dict[str, str]:
    return {key: match.id for key, match in review.matches.items() if match.id is not None and match.id != OWN_ITEM}


def _pickable(desk: Desk, kept: Kept, review: Review, known: Mapping[str, int]) -> Mapping[str, int]:
    """Of the rows that were imported before, those whose transactions are still there: sales may take their lots."""
    if not any(draft.picks for draft in review.taken):
        return {}
    there = {each.id for each in TransactionBook(desk.ledger).all(kept.portfolio.id)}
    return {fingerprint: number for fingerprint, number in known.items() if number in there}


def _numbers(review: Review, numbers: Sequence[int], known: Mapping[str, int]) -> dict[int, int]:
    """By the numbers of a file that this desk wrote, those that its transactions have here."""
    here = {draft.number: known[draft.fingerprint] for draft in review.statement.drafts if draft.fingerprint in known}
    return here | {draft.number: number for draft, number in zip(review.taken, numbers, strict=True)}


def _known(review: Review, imported: Mapping[tuple[str, int], int]) -> dict[str, int]:
    """By fingerprint, the transactions that rows of the file are already."""
    homes = {draft.fingerprint: review.places[draft.account].account.id for draft in review.statement.drafts}
    return {mark: number for (mark, account), number in imported.items() if homes.get(mark) == account}


def _transaction(
    draft: Draft,
    number: int,
    account_of: Mapping[str, int],
    id_of: Mapping[str, str],
    number_of: Mapping[int, int],
    batch: int,
) -> Transaction:
    picks = tuple(Pick(number_of[pick.opened], pick.quantity) for pick in draft.picks if pick.opened in number_of)
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
