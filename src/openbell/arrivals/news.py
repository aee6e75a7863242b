"""What a file tells beside its rows that nobody has said here: prices by hand and facts, as the ledger keeps them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from openbell.arrivals.matching import OWN_ITEM, Match
from openbell.books.facts import traded_in
from openbell.desk import Desk
from openbell.model.words import counted
from openbell.statements.draft import NOTHING, Beside
from openbell.store.itembook import OWN, ItemBook, SetFacts
from openbell.store.pricebook import HandPrices, PriceBook

ItemPrices = Mapping[date, Decimal]


@dataclass(frozen=True, slots=True)
class News:
    """What would be written beside the rows; its length is how many prices, and of how many instruments facts."""

    prices: Mapping[str, ItemPrices] = field(default_factory=dict)
    """By the name of an item."""
    item_facts: Mapping[str, SetFacts] = field(default_factory=dict)
    """By the name of an item."""
    hand_prices: Mapping[str, HandPrices] = field(default_factory=dict)
    """By the id of what the market trades."""
    facts: Mapping[str, SetFacts] = field(default_factory=dict)
    """By the id of what the market trades; with the currency of its prices, where nobody knows one."""

    def __len__(self) -> int:
        return self._prices + self._facts

    def __str__(self) -> str:
        """A sentence about it."""
        told = [counted(self._prices, "price") + " by hand"] if self._prices else []
        told += [f"what was said of {counted(self._facts, 'instrument')}"] if self._facts else []
        return f"New beside them: {' and '.join(told)}."

    @property
    def _prices(self) -> int:
        return sum(map(len, [*self.prices.values(), *self.hand_prices.values()]))

    @property
    def _facts(self) -> int:
        return len(self.item_facts) + len(self.facts)


NO_NEWS = News()


def news_of(desk: Desk, owner: int, beside: Beside, matches: Mapping[str, Match], made: Collection[str]) -> News:
    """Of what is told `beside`, that of which its owner has said nothing; `made`: the keys of items that are made."""
    if beside == NOTHING:
        return NO_NEWS
    book = ItemBook(desk.ledger)
    items = {each.instrument: each for each in book.items(owner)}
    ids = {key: each.id for key, each in matches.items() if each.id is not None and each.id != OWN_ITEM}
    names = {key: items[named].name for key, named in ids.items() if named in items}
    names |= {key: item.name for key in made if (item := matches[key].item) is not None}
    traded = {key: named for key, named in ids.items() if not named.startswith(OWN)}
    priced = book.prices([each.id for each in items.values()])
    said = book.facts(owner)
    return News(
        dict(
            _item_prices(beside, names, {items[f"{OWN}{number}"].name: dict(told) for number, told in priced.items()})
        ),
        dict(_item_facts(beside, names, {each.name for key, each in items.items() if key in said})),
        dict(_hand_prices(beside, traded, PriceBook(desk.ledger).prices(owner))),
        dict(_facts(desk, beside, traded, matches, said)),
    )


def _item_prices(
    beside: Beside, names: Mapping[str, str], held: Mapping[str, ItemPrices]
) -> Iterator[tuple[str, ItemPrices]]:
    for key in sorted(names.keys() & beside.prices.keys()):
        here = held.get(names[key], {})
        if new := {day: each.price for day, each in beside.prices[key].items() if day not in here}:
            yield names[key], new


def _item_facts(beside: Beside, names: Mapping[str, str], said: Collection[str]) -> Iterator[tuple[str, SetFacts]]:
    """An item has a currency of its own."""
    for key in sorted(names.keys() & beside.facts.keys()):
        told = replace(_fact(beside.facts[key]), currency=None)
        if names[key] not in said and told != SetFacts():
            yield names[key], told


def _hand_prices(
    beside: Beside, ids: Mapping[str, str], held: Mapping[str, HandPrices]
) -> Iterator[tuple[str, HandPrices]]:
    for key in sorted(ids.keys() & beside.prices.keys()):
        here = held.get(ids[key], {})
        if new := {day: each for day, each in beside.prices[key].items() if day not in here}:
            yield ids[key], new


def _facts(
    desk: Desk, beside: Beside, ids: Mapping[str, str], matches: Mapping[str, Match], said: Mapping[str, SetFacts]
) -> Iterator[tuple[str, SetFacts]]:
    """With the currency of prices that are told, where nobody knows one: what is said here already gets that alone."""
    for key, named in ids.items():
        told, here = _fact(beside.facts.get(key, {})), said.get(named, SetFacts())
        if told.currency is None and key in beside.prices and traded_in(desk, named) is None:
            told = replace(told, currency=matches[key].named.currency or None)
        if told != SetFacts() and (here == SetFacts() or (here.currency is None and told.currency is not None)):
            yield named, told


def _fact(told: Mapping[str, str]) -> SetFacts:
    return SetFacts(*(told.get(name) for name in ("type", "sector", "country", "currency")))  # type: ignore[arg-type]  # checked as it is written
