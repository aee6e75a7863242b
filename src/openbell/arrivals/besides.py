"""What a file tells beside its rows, prices by hand and facts of instruments: which of it counts here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import partial

from openbell.arrivals.matching import Match
from openbell.books.facts import traded_in
from openbell.books.prices import known_in
from openbell.desk import Desk
from openbell.model.errors import InvalidInput
from openbell.model.money import PriceByHand, currency_of
from openbell.model.words import counted
from openbell.statements.draft import Beside, Problem, Statement
from openbell.store.itembook import ItemBook, SetFacts, assert_facts
from openbell.store.portfoliobook import Kept
from openbell.store.pricebook import HandPrices, checked_prices

Said = tuple[str, str | date]
"""An instrument's key, and which fact or the day of which price is told of it."""


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
    wrong = dict(refused(replace(statement, beside=beside), matches))
    beside = _without(beside, wrong)
    if coming := sum(day > today for told in beside.prices.values() for day in told):
        beside = replace(beside, prices={key: _begun(told, today) for key, told in beside.prices.items()})
        notes.append(f"Left out: {counted(coming, 'price')} by hand of days that are yet to come.")
    items = {each.instrument: each.currency for each in ItemBook(desk.ledger).items(kept.owner)}
    said = ItemBook(desk.ledger).facts(kept.owner)
    for key, match in sorted(matches.items()):
        if match.id is not None and (key in beside.prices or key in beside.facts):
            own = match.item.currency if match.item is not None else items.get(match.id)
            beside, note = _own(beside, match, own) if own else _traded(desk, beside, match, match.id, said)
            notes += note
    problems = (*statement.problems, *wrong.values())
    return replace(statement, beside=beside, notes=(*statement.notes, *notes), problems=problems)


def refused(statement: Statement, matches: Mapping[str, Match]) -> Iterator[tuple[Said, Problem]]:
    """What is told of `matches` and cannot be, with the rows that name the instrument."""
    for (key, name), told, asserted in _told(statement.beside, matches):
        try:
            asserted()
        except InvalidInput as error:
            what = f"Of {matches[key].named}: {error.what} That is left out."
            yield (key, name), Problem(_rows(statement, key), what, error.remedy, f"{name}: {told}", False)


def _told(beside: Beside, matches: Mapping[str, Match]) -> Iterator[tuple[Said, object, Callable[[], object]]]:
    """Each fact and price, and what raises InvalidInput where it is none."""
    for key in matches:
        facts = beside.facts.get(key, {})
        for name in SetFacts.__slots__:
            if name in facts:
                one = SetFacts(**{name: facts[name]})  # type: ignore[arg-type]  # that is what is asked
                yield (key, name), facts[name], partial(assert_facts, one)
        for day, each in beside.prices.get(key, {}).items():
            yield (key, day), each.price, partial(_assert_price, day, each, facts.get("currency"))


def _assert_price(day: date, told: PriceByHand, code: str | None) -> None:
    """Raise InvalidInput for a price that is none, or in a currency that is none: in another it would be another."""
    checked_prices({day: told.price})
    if (said := told.currency or code) is not None:
        currency_of(said)


def _rows(statement: Statement, key: str) -> tuple[int, ...]:
    """The rows that name an instrument."""
    named = ((draft, (draft.instrument, draft.other)) for draft in statement.drafts)
    return tuple(row for draft, pair in named if key in {each.key for each in pair if each} for row in draft.rows)


def _without(beside: Beside, wrong: Collection[Said]) -> Beside:
    if not wrong:
        return beside
    return replace(
        beside,
        prices={
            key: {day: each for day, each in told.items() if (key, day) not in wrong}
            for key, told in beside.prices.items()
        },
        facts={
            key: {name: said for name, said in told.items() if (key, name) not in wrong}
            for key, told in beside.facts.items()
        },
    )


def _begun(told: HandPrices, today: date) -> HandPrices:
    return {day: price for day, price in told.items() if day <= today}


def _own(beside: Beside, match: Match, here: str) -> tuple[Beside, list[str]]:
    """Of an item those prices that are in its currency: another item of its name may be meant."""
    key, there = match.named.key, beside.currency(match.named)
    kept = {day: each for day, each in beside.prices.get(key, {}).items() if (each.currency or there) in {None, here}}
    gone = sorted({each.currency or there or "" for day, each in beside.prices.get(key, {}).items() if day not in kept})
    said = f"{match.named} is in {' and '.join(gone)} there, in {here} here: its prices by hand are left out."
    return _with_prices(beside, key, kept), [said] if gone else []


def _traded(
    desk: Desk, beside: Beside, match: Match, instrument: str, said: Mapping[str, SetFacts]
) -> tuple[Beside, list[str]]:
    """Of what the market trades the prices, each with its currency, and no other currency than the desk knows."""
    key, there = match.named.key, beside.currency(match.named)
    here, facts = known_in(desk, instrument, said.get(instrument)), beside.facts.get(key, {})
    told = beside.prices.get(key, {})
    prices = {day: PriceByHand(each.price, each.currency or there or here) for day, each in told.items()}
    others = sorted({each.currency for each in prices.values() if each.currency and here} - {here or ""})
    note = (
        f"Prices by hand of {match.named} are in {' and '.join(others)}, and it is in {here} here: they count by the "
    )
    if (code := facts.get("currency")) and traded_in(desk, instrument) not in {None, code}:
        facts = {name: fact for name, fact in facts.items() if name != "currency"}
        beside = replace(beside, facts={**beside.facts, key: facts})
    return _with_prices(beside, key, prices), [f"{note}rate of their day."] if others else []


def _with_prices(beside: Beside, key: str, prices: HandPrices) -> Beside:
    others = {each: told for each, told in beside.prices.items() if each != key}
    return replace(beside, prices={**others, key: prices} if prices else others)
