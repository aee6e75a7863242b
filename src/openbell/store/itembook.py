"""What people say of instruments: items of their own with prices by day, and facts that no vendor tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, get_args

import sqlalchemy as sa

from openbell.model.errors import InvalidInput
from openbell.model.money import currency_of
from openbell.model.words import assert_text, counted
from openbell.store.ledger import Ledger, own_name
from openbell.store.portfoliotables import FACTS, ITEMS, PRICES, TRANSACTIONS, changed, numbered
from openbell.store.pricebook import checked_prices

OWN = "own:"
"""Before the number of an item, where an instrument is named."""

NAMING = (TRANSACTIONS.c.instrument, TRANSACTIONS.c.other)
"""Where a transaction names an instrument."""

LONGEST_SECTOR = 60

_COUNTRY = re.compile("[A-Z]{2}")
"""As ISO 3166 codes them."""

Type = Literal["stock", "etf", "fund", "index", "currency", "crypto", "commodity", "cash", "other"]
TYPES: tuple[Type, ...] = get_args(Type)


@dataclass(frozen=True, slots=True)
class Item:
    """Something that no exchange lists: a house, a coin in a drawer, a private share."""

    id: int
    name: str
    currency: str
    type: Type = "other"

    @property
    def instrument(self) -> str:
        """As transactions name it."""
        return f"{OWN}{self.id}"


@dataclass(frozen=True, slots=True)
class SetFacts:
    """What its holder says of an instrument; None: what the desk knows."""

    type: Type | None = None
    sector: str | None = None
    country: str | None = None
    currency: str | None = None
    """That its prices are in."""


class ItemBook:
    """Own items, their prices, and facts set by hand; each person's apart."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def items(self, owner: int) -> list[Item]:
        """A person's items, oldest first."""
        with self._ledger.transaction() as connection:
            rows = connection.execute(sa.select(ITEMS).where(ITEMS.c.owner == owner).order_by(ITEMS.c.id)).all()
        return [Item(r.id, r.name, r.currency, r.type) for r in rows]

    def nameable(self, owner: int, portfolio: int, person: int) -> list[Item]:
        """The items that a person may name in a portfolio: its owner any, others those that it names already."""
        if person == owner:
            return self.items(owner)
        columns = TRANSACTIONS.c
        named = sa.union(*(sa.select(each).where(columns.portfolio == portfolio) for each in NAMING))
        with self._ledger.transaction() as connection:
            known = set(connection.execute(named).scalars())
        return [item for item in self.items(owner) if item.instrument in known]

    def names(self, instruments: Iterable[str]) -> dict[str, str]:
        """What the items among `instruments` are called, whoever's they are."""
        numbers = [int(each.removeprefix(OWN)) for each in instruments if each.startswith(OWN)]
        if not numbers:
            return {}
        with self._ledger.transaction() as connection:
            rows = connection.execute(sa.select(ITEMS.c.id, ITEMS.c.name).where(ITEMS.c.id.in_(numbers))).all()
        return {f"{OWN}{row.id}": row.name for row in rows}

    def add(self, owner: int, draft: Item) -> Item:
        """A new item; raises InvalidInput for a name that another one of the person bears."""
        with own_name("item"), self._ledger.transaction(alone=True) as connection:
            return added(connection, owner, draft)

    def change(self, owner: int, item: Item) -> None:
        """Replace the name, currency and type of an item; raises InvalidInput when there is no such one."""
        mine = (ITEMS.c.owner == owner) & (ITEMS.c.id == item.id)
        with own_name("item"), self._ledger.transaction(alone=True) as connection:
            values = {**_values(item), "version": ITEMS.c.version + 1}
            if connection.execute(sa.update(ITEMS).where(mine).values(**values)).rowcount != 1:
                raise _missing(item.id)
            changed(connection, owner=owner)

    def remove(self, owner: int, number: int) -> None:
        """Forget an item with its prices and facts; raises InvalidInput where transactions name it."""
        named = f"{OWN}{number}"
        held = (TRANSACTIONS.c.instrument == named) | (TRANSACTIONS.c.other == named)
        with self._ledger.transaction(alone=True) as connection:
            count = connection.execute(sa.select(sa.func.count()).select_from(TRANSACTIONS).where(held)).scalar_one()
            if count:
                told = f"It is in {counted(count, 'transaction')}, deleted ones too."
                raise InvalidInput("id", told, remedy="Change them first.")
            mine = (ITEMS.c.owner == owner) & (ITEMS.c.id == number)
            if connection.execute(sa.delete(ITEMS).where(mine)).rowcount != 1:
                raise _missing(number)
            forget_facts(connection, [named])

    # prices

    def prices(self, items: Sequence[int]) -> dict[int, list[tuple[date, Decimal]]]:
        """By item, what its owner said one unit was worth, oldest first."""
        query = sa.select(PRICES).where(PRICES.c.item.in_(list(items))).order_by(PRICES.c.item, PRICES.c.day)
        found: dict[int, list[tuple[date, Decimal]]] = {}
        with self._ledger.transaction() as connection:
            for row in connection.execute(query):
                found.setdefault(row.item, []).append((date.fromisoformat(row.day), Decimal(row.price)))
        return found

    def price(self, owner: int, number: int, told: Mapping[date, Decimal | None]) -> None:
        """Set what one unit was worth on some days; None forgets a day. Raises InvalidInput for no such item."""
        rows = _priced(number, {day: price for day, price in told.items() if price is not None})
        with self._ledger.transaction(alone=True) as connection:
            mine = (ITEMS.c.owner == owner) & (ITEMS.c.id == number)
            if connection.execute(sa.update(ITEMS).where(mine).values(version=ITEMS.c.version + 1)).rowcount != 1:
                raise _missing(number)
            for day in told:
                same = (PRICES.c.item == number) & (PRICES.c.day == day.isoformat())
                connection.execute(sa.delete(PRICES).where(same))
            if rows:
                connection.execute(sa.insert(PRICES), rows)
            changed(connection, owner=owner)

    # facts

    def facts(self, owner: int) -> dict[str, SetFacts]:
        """By instrument, what a person has said of it."""
        with self._ledger.transaction() as connection:
            rows = connection.execute(sa.select(FACTS).where(FACTS.c.owner == owner)).all()
        return {row.instrument: SetFacts(row.type, row.sector, row.country, row.currency) for row in rows}

    def set_facts(self, owner: int, instrument: str, facts: SetFacts) -> None:
        """Replace what a person says of an instrument; of an item, that is a change of it."""
        values = _fact(owner, instrument, facts)
        mine = (FACTS.c.owner == owner) & (FACTS.c.instrument == instrument)
        item = (ITEMS.c.owner == owner) & (sa.literal(OWN) + sa.cast(ITEMS.c.id, sa.String) == instrument)
        with self._ledger.transaction(alone=True) as connection:
            connection.execute(sa.update(ITEMS).where(item).values(version=ITEMS.c.version + 1))
            connection.execute(sa.delete(FACTS).where(mine))
            if facts != SetFacts():
                connection.execute(sa.insert(FACTS).values(**values))
            changed(connection, owner=owner)


def added(connection: sa.Connection, owner: int, draft: Item, batch: int | None = None) -> Item:
    """A new item, in the midst of a transaction of the ledger."""
    values = _values(draft)
    number = numbered(connection, ITEMS)[0]
    connection.execute(sa.insert(ITEMS).values(id=number, owner=owner, batch=batch, version=1, **values))
    return Item(number, **values)


def assert_facts(said: SetFacts) -> None:
    """Raise InvalidInput for facts that are none, whatever they are said of."""
    _fact(0, "", said)


def forget_facts(connection: sa.Connection, items: Sequence[str]) -> None:
    """What was said of items goes with them: another one may get the number."""
    connection.execute(sa.delete(FACTS).where(FACTS.c.instrument.in_(items)))


def said_besides(
    connection: sa.Connection,
    owner: int,
    prices: Mapping[str, Mapping[date, Decimal]],
    facts: Mapping[str, SetFacts],
    of_items: Mapping[str, SetFacts],
) -> dict[str, Any]:
    """Write prices and facts of items, by name, and facts of others, by id, where the owner has said nothing yet.

    Facts of which the owner has said no currency get the one that is told. Returns what `unsaid` undoes.
    """
    mine = connection.execute(sa.select(ITEMS.c.name, ITEMS.c.id).where(ITEMS.c.owner == owner))
    numbers = {row.name: row.id for row in mine}
    facts = {**facts, **{f"{OWN}{numbers[name]}": said for name, said in of_items.items() if name in numbers}}
    told = [row for name, days in prices.items() if name in numbers for row in _priced(numbers[name], days)]
    held = (
        {(row.item, row.day) for row in connection.execute(sa.select(PRICES.c.item, PRICES.c.day))} if told else set()
    )
    new_prices = [row for row in told if (row["item"], row["day"]) not in held]
    known = {row.instrument: row for row in connection.execute(sa.select(FACTS).where(FACTS.c.owner == owner))}
    checked = {key: _fact(owner, key, said) for key, said in facts.items()}
    new_facts = [row for key, row in checked.items() if key not in known]
    codes = {key: row["currency"] for key, row in checked.items() if key in known and known[key].currency is None}
    completed = [{**known[key]._asdict(), "currency": code} for key, code in codes.items() if code is not None]
    for row in completed:
        connection.execute(sa.update(FACTS).where(_same(FACTS, {**row, "currency": None})).values(**row))
    for table, rows in ((PRICES, new_prices), (FACTS, new_facts)):
        if rows:
            connection.execute(sa.insert(table), rows)
    if new_prices or new_facts or completed:
        changed(connection, owner=owner)
    return {"prices": new_prices, "facts": new_facts, "completed": completed}


def unsaid(connection: sa.Connection, said: Mapping[str, Any]) -> None:
    """Take back what `said_besides` wrote, where it is still the same."""
    for table, rows in ((PRICES, said["prices"]), (FACTS, said["facts"])):
        for row in rows:
            connection.execute(sa.delete(table).where(_same(table, row)))
    for row in said.get("completed", ()):
        connection.execute(sa.update(FACTS).where(_same(FACTS, row)).values(currency=None))


def _same(table: sa.Table, row: Mapping[str, Any]) -> sa.ColumnElement[bool]:
    """Where a row is still as it was written; of what an old import does not remember, it wrote nothing."""
    return sa.and_(*(column.is_not_distinct_from(row.get(column.name)) for column in table.c))


def _priced(number: int, told: Mapping[date, Decimal]) -> list[dict[str, Any]]:
    return [{"item": number, "day": day, "price": price} for day, price in checked_prices(told)]


def _fact(owner: int, instrument: str, said: SetFacts) -> dict[str, Any]:
    _assert_type(said.type)
    _assert_sector(said.sector)
    if said.country is not None and not _COUNTRY.fullmatch(said.country):
        raise InvalidInput("country", f"{said.country[:20]!r} is no country.", remedy="Use two letters, such as CH.")
    if said.currency is not None and instrument.startswith(OWN):
        raise InvalidInput("currency", "An item of one's own has one already.", remedy="Change the item.")
    values = {"type": said.type, "sector": said.sector, "country": said.country}
    values["currency"] = None if said.currency is None else currency_of(said.currency)
    return {"owner": owner, "instrument": instrument, **values}


def _values(item: Item) -> dict[str, Any]:
    if not 0 < len(item.name.strip()) <= len(item.name) <= 120:
        raise InvalidInput("name", "A name has 1 to 120 characters.")
    _assert_type(item.type)
    return {"name": item.name, "currency": currency_of(item.currency), "type": item.type}


def _assert_type(told: str | None) -> None:
    if told is not None and told not in TYPES:
        raise InvalidInput("type", f"There is no type {told[:20]!r}.", remedy=f"Use one of {', '.join(TYPES)}.")


def _assert_sector(told: str | None) -> None:
    if told is None:
        return
    assert_text(told, "sector")
    if not 0 < len(told.strip()) <= len(told) <= LONGEST_SECTOR:
        raise InvalidInput("sector", f"A sector has 1 to {LONGEST_SECTOR} characters.")


def _missing(number: int) -> InvalidInput:
    return InvalidInput("id", f"There is no item {number}.", remedy="List yours to see their numbers.")
