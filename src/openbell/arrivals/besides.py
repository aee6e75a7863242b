"""What a file tells beside its rows, prices by hand and facts of instruments: which of it counts here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from openbell.arrivals.matching import OWN_ITEM, Match
from openbell.books.facts import traded_in
from openbell.desk import Desk
from openbell.model.words import counted
from openbell.statements.draft import Beside, Statement
from openbell.store.portfoliobook import Kept


def sifted(
    desk: Desk, kept: Kept, statement: Statement, matches: Mapping[str, Match], by: int, today: date
) -> Statement:
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
    for key, (there, here) in _otherwise(desk, beside, matches).items():
        beside = _without(beside, key)
        notes.append(f"{matches[key].named} is in {there} there, in {here} here: its prices by hand are left out.")
    return replace(statement, beside=beside, notes=(*statement.notes, *notes))


def _begun(told: Mapping[date, Decimal], today: date) -> Mapping[date, Decimal]:
    return {day: price for day, price in told.items() if day <= today}


def _otherwise(desk: Desk, beside: Beside, matches: Mapping[str, Match]) -> dict[str, tuple[str, str]]:
    """By key, in which currency the file tells prices that this desk knows to be in another, and in which one."""
    found = {}
    for key in matches.keys() & (beside.prices.keys() | beside.facts.keys()):
        match = matches[key]
        if match.id is None or match.id.startswith(OWN_ITEM):
            continue
        there, here = beside.facts.get(key, {}).get("currency") or match.named.currency, traded_in(desk, match.id)
        if there and here and there != here:
            found[key] = there, here
    return dict(sorted(found.items()))


def _without(beside: Beside, key: str) -> Beside:
    """Without prices of an instrument, and without their currency."""
    prices = {each: told for each, told in beside.prices.items() if each != key}
    facts = {name: said for name, said in beside.facts.get(key, {}).items() if name != "currency"}
    return Beside(prices, {**beside.facts, key: facts} if key in beside.facts else beside.facts)
