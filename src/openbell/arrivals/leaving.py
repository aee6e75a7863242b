"""A portfolio on its way out: all that it is made of, for a file that can be brought back in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace

from openbell.books.facts import facts_of, in_currency
from openbell.desk import Desk
from openbell.model.money import PriceByHand
from openbell.portfolio.book import Facts
from openbell.statements.draft import Beside, Named
from openbell.statements.own import Export
from openbell.store.itembook import OWN, Item, ItemBook
from openbell.store.portfoliobook import Kept, PortfolioBook
from openbell.store.pricebook import HandPrices, PriceBook
from openbell.store.transactionbook import TransactionBook


def exported(desk: Desk, kept: Kept) -> Export:
    """The accounts and transactions of a portfolio, and what its instruments are called."""
    transactions = TransactionBook(desk.ledger).all(kept.portfolio.id)
    named = {key for each in transactions for key in (each.instrument, each.other) if key is not None}
    items = {each.instrument: each for each in ItemBook(desk.ledger).items(kept.owner)}
    said = {key: each for key, each in PriceBook(desk.ledger).prices(kept.owner).items() if key in named}
    facts = facts_of(named, desk, items, {})
    told = ItemBook(desk.ledger).facts(kept.owner)
    facts |= {key: in_currency(facts[key], told[key].currency) for key in facts.keys() & told.keys()}
    called = {key: _named(each) for key, each in facts.items()}
    return Export(
        PortfolioBook(desk.ledger).accounts(kept.portfolio.id),
        called,
        transactions,
        kept.portfolio,
        origin_of(kept),
        _beside(desk, kept, called, items, said),
        dict(kept.settings),
    )


def origin_of(kept: Kept) -> str:
    """What no other portfolio of any desk is marked with: when it was made, and its number."""
    return f"{kept.created.isoformat()} {kept.portfolio.id}"


def _beside(
    desk: Desk, kept: Kept, named: Mapping[str, Named], items: Mapping[str, Item], said: Mapping[str, HandPrices]
) -> Beside:
    book = ItemBook(desk.ledger)
    by_hand = book.prices([items[key].id for key in named if key in items])
    facts = {key: asdict(told) for key, told in sorted(book.facts(kept.owner).items()) if key in named}
    beside = Beside(
        {}, {key: {name: fact for name, fact in told.items() if fact is not None} for key, told in facts.items()}
    )
    own = {f"{OWN}{number}": {day: PriceByHand(price) for day, price in told} for number, told in by_hand.items()}
    theirs = {key: _plainly(each, beside.currency(named[key])) for key, each in said.items()}
    return replace(beside, prices={**own, **theirs})


def _plainly(told: HandPrices, currency: str | None) -> HandPrices:
    """Prices, without the currency of those that are in that of the instrument."""
    return {day: replace(each, currency=None) if each.currency == currency else each for day, each in told.items()}


def _named(facts: Facts) -> Named:
    return Named(
        id=facts.id,
        ticker=facts.ticker,
        isin=facts.isin or "",
        name=facts.name or "",
        exchange=facts.exchange or "",
        currency=facts.currency or "",
        type=facts.type or "",
    )
