"""What is known of the instruments of a book: by the register, by the owner's items, and by what the owner said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from openbell.desk import Desk
from openbell.model.errors import InvalidInput
from openbell.model.money import PARTS
from openbell.portfolio.book import Facts
from openbell.store.itembook import Item, SetFacts


def facts_of(
    ids: Iterable[str], desk: Desk, items: Mapping[str, Item], told: Mapping[str, SetFacts]
) -> dict[str, Facts]:
    """The facts of instruments by id; what the owner said goes before what vendors say, but for the currency: in what
    closes are told is no opinion."""
    return {key: _set(_known(key, desk, items), told.get(key)) for key in sorted(set(ids))}


def _known(key: str, desk: Desk, items: Mapping[str, Item]) -> Facts:
    if (item := items.get(key)) is not None:
        return Facts(key, item.name, item.name, item.currency, type=item.type)
    found = desk.history.register.instrument(key)
    return Facts(
        id=key,
        ticker=found.ticker,
        name=found.name,
        currency=currency_of(found.currency),
        exchange=found.exchange,
        type=found.type,
        sector=desk.simulated.sector_of(found.ticker) if found.simulated else None,
        country=found.isin[:2] if found.isin and found.type == "stock" else None,
        isin=found.isin,
    )


def currency_of(told: str | None) -> str | None:
    """The currency that prices are told in, where that may be a part of one: pounds, where London tells pence."""
    return PARTS[told][0] if told is not None and told in PARTS else told


def traded_in(desk: Desk, instrument: str) -> str | None:
    """The currency that the desk knows prices of an instrument to be in; None: nobody but its owner can tell."""
    return currency_of(desk.history.register.instrument(instrument).currency)


def assert_currency(desk: Desk, instrument: str, told: str | None, kept: str | None) -> None:
    """Raise InvalidInput for another currency than the desk knows: the closes that it has are in that.

    One that was said before anybody knew it, and is `kept`, may stay: it counts for nothing.
    """
    known = traded_in(desk, instrument)
    if told is not None and known is not None and told not in {known, kept}:
        ticker = desk.history.register.instrument(instrument).ticker
        raise InvalidInput(
            "currency", f"{ticker} is traded in {known}, not {told}.", remedy=f"Leave it out, or say {known}."
        )


def in_currency(facts: Facts, told: str | None) -> Facts:
    """With the currency that its owner says it is in, where nobody else knows one."""
    return facts if facts.currency else replace(facts, currency=told)


def _set(facts: Facts, told: SetFacts | None) -> Facts:
    if told is None:
        return facts
    said = replace(
        facts,
        type=told.type or facts.type,
        sector=told.sector or facts.sector,
        country=told.country or facts.country,
    )
    return in_currency(said, told.currency)
