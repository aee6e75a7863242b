"""What a person says that instruments of the market were worth, on days that nobody else tells a price of."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from openbell.api.access import Role, TheCaller, TheDesk, allow
from openbell.api.items import MOST_PRICES, Price, prices_of
from openbell.books.prices import priced_in
from openbell.desk import Desk
from openbell.model.symbols import ticker_of
from openbell.store.itembook import ItemBook
from openbell.store.pricebook import HandPrices as Said
from openbell.store.pricebook import PriceBook

router = APIRouter(tags=["items"])


class HandPricesDraft(BaseModel):
    """Prices to be set; other days stay."""

    prices: list[Price] = Field(max_length=MOST_PRICES)


class HandPrices(BaseModel):
    """Of one instrument, as traded on each day: a split since divides them. They count where no close is known, and are
    in the currency of its facts."""

    prices: list[Price]


class AllHandPrices(BaseModel):
    """What the caller has said, by instrument."""

    prices: dict[str, HandPrices]


@router.get("/hand-prices", dependencies=[allow(Role.VIEWER)])
def hand_prices(desk: TheDesk, caller: TheCaller) -> AllHandPrices:
    """The caller's own prices of instruments of the market."""
    return AllHandPrices(prices={key: _shape(said) for key, said in PriceBook(desk.ledger).prices(caller.id).items()})


@router.put("/hand-prices/{instrument}", dependencies=[allow(Role.MEMBER)])
def price_by_hand(
    desk: TheDesk, caller: TheCaller, instrument: Annotated[str, Path(max_length=20)], told: HandPricesDraft
) -> HandPrices:
    """Say what one unit was worth on some days; it counts in the caller's portfolios where no close is known. Its
    currency is what the desk knows, else what PUT /facts/{instrument} said."""
    book, key = PriceBook(desk.ledger), _id(desk, instrument)
    prices = prices_of(desk, told.prices)
    if any(price is not None for price in prices.values()):
        priced_in(desk, key, ItemBook(desk.ledger).facts(caller.id).get(key))
    book.price(caller.id, key, prices)
    return _shape(book.prices(caller.id).get(key, {}))


def _id(desk: Desk, told: str) -> str:
    """Of an id or a ticker."""
    register = desk.history.register
    return told if register.knows(told) else register.id_of(ticker_of(told, "instrument"))


def _shape(said: Said) -> HandPrices:
    return HandPrices(prices=[Price(day=day, price=f"{price:f}") for day, price in said.items()])
