"""What a file tells beside its rows, prices by hand and facts of instruments: which of it counts here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from openbell.arrivals.matching import Match
from openbell.statements.draft import Beside, Statement
from openbell.store.portfoliobook import Kept


def sifted(kept: Kept, statement: Statement, matches: Mapping[str, Match], by: int) -> Statement:
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
    return replace(statement, beside=beside, notes=(*statement.notes, *notes))
