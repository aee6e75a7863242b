"""What a person says of instruments: items of their own with prices by day, and facts that no vendor tells."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from openbell.api.access import Caller, Role, TheCaller, TheDesk, allow
from openbell.api.edits import assert_begun
from openbell.api.portfolios import Exact
from openbell.api.problems import NotFound
from openbell.api.shapes import Number
from openbell.books.facts import assert_currency
from openbell.desk import Desk
from openbell.model.money import currency_of, decimal_of
from openbell.model.symbols import ticker_of
from openbell.store.itembook import LONGEST_SECTOR, OWN, ItemBook, SetFacts, Type
from openbell.store.itembook import Item as KeptItem

router = APIRouter(tags=["items"])

MOST_PRICES = 20_000


class Price(BaseModel):
    """What one unit was worth on a day; null forgets the day."""

    day: date
    price: Exact | None


class ItemDraft(BaseModel):
    """An item as its owner words it."""

    name: str = Field(min_length=1, max_length=120)
    currency: str = Field(max_length=3)
    type: Type = "other"


class Item(ItemDraft):
    """Something that no exchange lists; transactions name it by `instrument`."""

    id: int
    instrument: str
    prices: list[Price]


class Items(BaseModel):
    """The caller's, oldest first."""

    items: list[Item]


class Prices(BaseModel):
    """Prices to be set; other days stay."""

    prices: list[Price] = Field(max_length=MOST_PRICES)


class Facts(BaseModel):
    """What its holder says of an instrument; null: what the desk knows."""

    type: Type | None = None
    sector: str | None = Field(None, min_length=1, max_length=LONGEST_SECTOR)
    country: str | None = Field(None, pattern="^[A-Z]{2}$")
    currency: str | None = Field(None, max_length=3)
    """That its prices are in; of an own item, that of the item."""


class AllFacts(BaseModel):
    """What the caller has said, by instrument."""

    facts: dict[str, Facts]


@router.get("/items", dependencies=[allow(Role.VIEWER)])
def items(desk: TheDesk, caller: TheCaller) -> Items:
    """The caller's own items with their prices."""
    book = ItemBook(desk.ledger)
    found = book.items(caller.id)
    prices = book.prices([each.id for each in found])
    return Items(items=[_shape(each, prices.get(each.id, [])) for each in found])


@router.post("/items", dependencies=[allow(Role.MEMBER)], status_code=201)
def add_item(desk: TheDesk, caller: TheCaller, draft: ItemDraft) -> Item:
    """A new item of the caller."""
    return _shape(ItemBook(desk.ledger).add(caller.id, _kept(draft)), [])


@router.put("/items/{number}", dependencies=[allow(Role.MEMBER)])
def change_item(desk: TheDesk, caller: TheCaller, number: Number, draft: ItemDraft) -> Item:
    """Rename an item, or say what it is and what it is counted in."""
    book = ItemBook(desk.ledger)
    _assert_there(desk, caller, number)
    changed = _kept(draft, number)
    book.change(caller.id, changed)
    return _shape(changed, book.prices([number]).get(number, []))


@router.delete("/items/{number}", dependencies=[allow(Role.MEMBER)], status_code=204)
def remove_item(desk: TheDesk, caller: TheCaller, number: Number) -> None:
    """Forget an item that no transaction names, with its prices."""
    _assert_there(desk, caller, number)
    ItemBook(desk.ledger).remove(caller.id, number)


@router.put("/items/{number}/prices", dependencies=[allow(Role.MEMBER)])
def price_item(desk: TheDesk, caller: TheCaller, number: Number, told: Prices) -> Item:
    """Say what one unit of an item was worth on some days."""
    book = ItemBook(desk.ledger)
    item = _assert_there(desk, caller, number)
    book.price(caller.id, number, prices_of(desk, told.prices))
    return _shape(item, book.prices([number]).get(number, []))


@router.get("/facts", dependencies=[allow(Role.VIEWER)])
def facts(desk: TheDesk, caller: TheCaller) -> AllFacts:
    """What the caller has said of instruments."""
    found = ItemBook(desk.ledger).facts(caller.id)
    return AllFacts(facts={key: Facts.model_validate(each, from_attributes=True) for key, each in found.items()})


@router.put("/facts/{instrument}", dependencies=[allow(Role.MEMBER)])
def set_facts(desk: TheDesk, caller: TheCaller, instrument: Annotated[str, Path(max_length=20)], told: Facts) -> Facts:
    """Say of what type, sector, country and currency an instrument is; it counts in the caller's portfolios. A currency
    is for what the desk knows none of: 422 for another one than it knows, but for the one that was said before."""
    currency = None if told.currency is None else currency_of(told.currency)
    said, key = SetFacts(told.type, told.sector, told.country, currency), key_of(desk, caller, instrument)
    book = ItemBook(desk.ledger)
    if not key.startswith(OWN):
        assert_currency(desk, key, currency, book.facts(caller.id).get(key, SetFacts()).currency)
    book.set_facts(caller.id, key, said)
    return Facts.model_validate(said, from_attributes=True)


def prices_of(desk: Desk, told: Iterable[Price]) -> dict[date, Decimal | None]:
    """Prices by day, None for those that are forgotten; raises InvalidInput for one of a day that is yet to come."""
    for each in told:
        if each.price is not None:
            assert_begun(desk, each.day)
    return {each.day: None if each.price is None else decimal_of(each.price, "price") for each in told}


def key_of(desk: Desk, caller: Caller, told: str) -> str:
    """The id of an instrument that is told by its id or ticker; of own items, the caller's only."""
    if told.startswith(OWN) and told.removeprefix(OWN).isdecimal():
        return _assert_there(desk, caller, int(told.removeprefix(OWN))).instrument
    register = desk.history.register
    return told if register.knows(told) else register.id_of(ticker_of(told, "instrument"))


def _assert_there(desk: Desk, caller: Caller, number: int) -> KeptItem:
    found = next((each for each in ItemBook(desk.ledger).items(caller.id) if each.id == number), None)
    if found is None:
        raise NotFound(f"There is no item {number}.", remedy="List yours with GET /items.")
    return found


def _kept(draft: ItemDraft, number: int = 0) -> KeptItem:
    return KeptItem(number, draft.name.strip(), currency_of(draft.currency), draft.type)


def _shape(item: KeptItem, prices: list[tuple[date, Decimal]]) -> Item:
    return Item(
        id=item.id,
        name=item.name,
        currency=item.currency,
        type=item.type,
        instrument=item.instrument,
        prices=[Price(day=day, price=f"{price:f}") for day, price in prices],
    )
