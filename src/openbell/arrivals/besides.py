"""What a file tells beside its rows, prices by hand and facts of instruments: which of it counts here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from openbell.arrivals.matching import Match
from openbell.model.words import counted
from openbell.statements.draft import Beside, Statement
from openbell.store.portfoliobook import Kept


def sifted(kept: Kept, statement: Statement, matches: Mapping[str, Match], by: int, today: date) -> Statement:
    """The statement without what cannot count of that which it tells beside, and with a note of what was left out.

    What is said of instruments counts in all portfolios of their owner: nobody else says it, but of new items.
    """
    beside, notes = statement.beside, list[str]()
    if by != kept.owner:
        new = {key for key, match in matches.items() if match.item is not None}
        theirs = Beside({key: told for key, told in beside.prices.items() if key in new})
        if theirs != beside:
            beside = theirs
            notes.append("Its prices by hand and facts are left out: only who owns the portfolio says them.")
    if coming := sum(day > today for told in beside.prices.values() for day in told):
        beside = replace(beside, prices={key: _begun(told, today) for key, told in beside.prices.items()})
        notes.append(f"Left out: {counted(coming, 'price')} by hand of days that are yet to come.")
    return replace(statement, beside=beside, notes=(*statement.notes, *notes))


def _begun(told: Mapping[date, Decimal], today: date) -> Mapping[date, Decimal]:
    return {day: price for day, price in told.items() if day <= today}
