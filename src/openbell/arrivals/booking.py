"""An import, written: its accounts, its items, its transactions, in one step that can be undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from openbell.arrivals.becoming import become, ids_of, pickable
from openbell.arrivals.matching import Match, names_of
from openbell.arrivals.review import Review
from openbell.arrivals.unheld import Unheld, unheld
from openbell.desk import Desk
from openbell.model.errors import InvalidInput
from openbell.model.transactions import Account, Kind, Transaction
from openbell.model.words import counted
from openbell.store.auditbook import Deed
from openbell.store.importbook import Arrival, Batch, ImportBook, NotUnderstood
from openbell.store.itembook import OWN, Item, ItemBook, SetFacts
from openbell.store.portfoliobook import Kept
from openbell.store.pricebook import HandPrices


def booked(
    desk: Desk,
    kept: Kept,
    review: Review,
    *,
    file: str,
    sha256: str,
    by: int,
    mapping: Mapping[str, object],
    midway: bool = False,
    deed: Deed | None = None,
) -> Batch:
    """Write what a review would book; raises InvalidInput where nothing is new, or an instrument must be chosen.

    So too where rows need units that are not there, unless the file may begin `midway`.
    """
    if review.unmatched:
        names = ", ".join(str(match.named) for match in review.unmatched[:5])
        raise InvalidInput(
            "instruments",
            f"It is not known what {names} {'is' if len(review.unmatched) == 1 else 'are'}.",
            remedy="Choose an instrument for each, or make an item of your own of it.",
        )
    if not review.taken:
        raise InvalidInput("file", "Nothing in this file is new.", remedy=_why_nothing(review))
    if not midway and (lacking := unheld(desk, kept, review)):
        raise _lacking(lacking)
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
        facts=_facts(desk, review),
        beside={draft.fingerprint: draft.withheld.fingerprint for draft in review.taken if draft.withheld},
        called=_called(review, matches),
        problems=[
            NotUnderstood(each.rows, each.what, each.remedy, each.content, each.blocking)
            for each in review.statement.problems
        ],
    )
    lots = pickable(desk, kept, review)

    def transactions(
        accounts: Sequence[Account], items: Sequence[Item], numbers: Sequence[int], batch: int
    ) -> Sequence[Transaction]:
        account_of = {told: place.account.id for told, place in review.places.items()}
        account_of |= {told: made.id for (told, _), made in zip(places, accounts, strict=True)}
        item_of = {match.named.key: made.instrument for match, made in zip(matches, items, strict=True)}
        return become(review, numbers, account_of, {**ids_of(review), **item_of}, lots, batch)

    return ImportBook(desk.ledger).book(kept.portfolio.id, arrival, transactions, desk.clock(), deed)


def _lacking(lacking: Sequence[Unheld]) -> InvalidInput:
    rows = sum(each.draft is not None for each in lacking)
    what = f"{counted(rows, 'row')} of the file {'needs' if rows == 1 else 'need'} units that are not there"
    return InvalidInput(
        "midway",
        f"{what if rows else 'Transactions that are here would lack units'}: {lacking[0].what}",
        remedy="Import what came before first, or say that the file may begin midway.",
    )


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
    told, ids = review.statement.beside.prices, ids_of(review)
    return {
        ids[key]: told[key] for key in review.matches if key in told and key in ids and not ids[key].startswith(OWN)
    }


def _facts(desk: Desk, review: Review) -> dict[str, SetFacts]:
    """By id, what the file tells that somebody said of instruments, and in which currency their prices by hand are.

    An item has a currency of its own.
    """
    told, ids, codes = review.statement.beside.facts, ids_of(review), _currencies(desk, review)
    found = {ids[key]: _fact(said) for key, said in told.items() if key in ids}
    found |= {key: replace(said, currency=None) for key, said in found.items() if key.startswith(OWN)}
    for key, code in codes.items():
        said = found.get(key, SetFacts())
        found[key] = replace(said, currency=said.currency or code)
    return {key: said for key, said in found.items() if said != SetFacts()}


def _fact(told: Mapping[str, str]) -> SetFacts:
    return SetFacts(*(told.get(name) for name in ("type", "sector", "country", "currency")))  # type: ignore[arg-type]  # checked as it is written


def _currencies(desk: Desk, review: Review) -> dict[str, str]:
    """By id, what the file tells of the currency of prices by hand, where this desk knows none."""
    register, ids = desk.history.register, ids_of(review)
    named = {ids.get(key): match.named.currency for key, match in review.matches.items()}
    unknown = (key for key in _hand_prices(review) if register.instrument(key).currency is None)
    return {key: code for key in unknown if (code := named[key])}


def _why_nothing(review: Review) -> str:
    """What became of the rows instead: they are here already, were left out, could not be read, or move nothing."""
    sorting, blocking = review.sorting, [problem for problem in review.statement.problems if problem.blocking]
    said = {
        "imported before": len(sorting.known),
        "left out, or of a day to come": len(sorting.new) + len(sorting.alike),
        "not read": len(blocking),
        "moving nothing": len(review.statement.ignored),
    }
    told = "; ".join(f"{what}: {count}" for what, count in said.items() if count)
    return "The file has no rows." if not told else f"Of its rows, {told}. The preview tells why of each."


def _called(review: Review, made: Sequence[Match]) -> dict[str, str | int]:
    """By what the file calls it, what each instrument was confirmed to be: what two bear is no name of one.

    `made`: those that become the items of the arrival. A ticker changes its bearer: it counts where it was chosen.
    """
    places = {match.named.key: at for at, match in enumerate(made)}
    ids, found, shared = ids_of(review), dict[str, str | int](), set[str]()
    for key, match in review.matches.items():
        meant = places.get(key, ids.get(key))
        if meant is None or not _is_used(match, review):
            continue
        for name in names_of(match.named):
            if name.startswith("ticker ") and match.how not in {"chosen", "known"}:
                continue
            shared |= {name} if found.setdefault(name, meant) != meant else set()
    return {name: meant for name, meant in found.items() if name not in shared}


def _new_places(review: Review) -> list[tuple[str, Account]]:
    """The accounts that are made, with what the file calls them: those that something is booked in, or nothing at all
    is told of."""
    told_of = {draft.account for draft in review.statement.drafts}
    told_of |= {draft.to_account for draft in review.statement.drafts if draft.kind is Kind.TRANSFER}
    used = {draft.account for draft in review.taken} | (review.places.keys() - told_of)
    used |= {draft.to_account for draft in review.taken if draft.kind is Kind.TRANSFER}
    return [(told, place.account) for told, place in review.places.items() if told in used and not place.account.id]


def _is_used(match: Match, review: Review) -> bool:
    named = (each for draft in review.taken for each in (draft.instrument, draft.other))
    return any(each is not None and each.key == match.named.key for each in named)
