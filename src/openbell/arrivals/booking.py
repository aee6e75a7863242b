"""An import, written: its accounts, its items, its transactions, in one step that can be undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
from openbell.store.itembook import Item
from openbell.store.portfoliobook import Kept


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

    So too where rows need units that are not there, unless the file may begin `midway`; raises MovedOn where others
    have changed the portfolio since it was `kept`, and what is there may be another thing now.
    """
    if review.unmatched:
        names = ", ".join(str(match.named) for match in review.unmatched[:5])
        raise InvalidInput(
            "instruments",
            f"It is not known what {names} {'is' if len(review.unmatched) == 1 else 'are'}.",
            remedy="Choose an instrument for each, or make an item of your own of it.",
        )
    if not review.taken and not review.news:
        raise InvalidInput("file", "Nothing in this file is new.", remedy=_why_nothing(review))
    if not midway and (lacking := unheld(desk, kept, review)):
        raise _lacking(lacking)
    places = _new_places(review)
    matches = [review.matches[key] for key in review.made]
    news = review.news
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
        prices=news.prices,
        item_facts=news.item_facts,
        hand_prices=news.hand_prices,
        facts=news.facts,
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

    return ImportBook(desk.ledger).book(
        kept.portfolio.id, arrival, transactions, desk.clock(), deed, state=None if midway else kept.state
    )


def _lacking(lacking: Sequence[Unheld]) -> InvalidInput:
    rows = sum(each.draft is not None for each in lacking)
    what = f"{counted(rows, 'row')} of the file {'needs' if rows == 1 else 'need'} units that are not there"
    return InvalidInput(
        "midway",
        f"{what if rows else 'Transactions that are here would lack units'}: {lacking[0].what}",
        remedy="Import what came before first, or say that the file may begin midway.",
    )


def counts(review: Review) -> dict[str, int]:
    """How many rows become what, and how many prices and facts by hand are new `beside` them."""
    return {
        "new": len(review.taken),
        "known": len(review.sorting.known),
        "alike": len(review.sorting.alike),
        "twins": len(review.sorting.twins),
        "future": len(review.future),
        "ignored": len(review.statement.ignored),
        "beside": len(review.news),
        "problems": sum(each.blocking for each in review.statement.problems),
    }


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
        if meant is None or not review.uses(key):
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
