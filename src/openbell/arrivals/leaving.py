"""A portfolio on its way out: all that it is made of, for a file that can be brought back in."""

from __future__ import annotations

from openbell.books.facts import facts_of
from openbell.desk import Desk
from openbell.portfolio.book import Facts
from openbell.statements.draft import Named
from openbell.statements.own import Export
from openbell.store.itembook import ItemBook
from openbell.store.portfoliobook import Kept, PortfolioBook
from openbell.store.transactionbook import TransactionBook


def exported(desk: Desk, kept: Kept) -> Export:
    """The accounts and transactions of a portfolio, and what its instruments are called."""
    transactions = TransactionBook(desk.ledger).all(kept.portfolio.id)
    named = {key for each in transactions for key in (each.instrument, each.other) if key is not None}
    items = {each.instrument: each for each in ItemBook(desk.ledger).items(kept.owner)}
    facts = facts_of(named, desk.history.register, items, {})
    return Export(
        PortfolioBook(desk.ledger).accounts(kept.portfolio.id),
        {key: _named(each) for key, each in facts.items()},
        transactions,
        kept.portfolio,
    )


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
