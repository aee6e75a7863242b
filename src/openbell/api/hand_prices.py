"""What a person says that instruments of the market were worth, on days that nobody else tells a price of."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from openbell.api.access import Role, TheCaller, TheDesk, allow
from openbell.api.items import MOST_PRICES, Price, prices_of
from openbell.books.prices import hand_currency
from openbell.desk import Desk
from openbell.model.symbols import ticker_of
from openbell.store.pricebook import HandPrices as Said
from openbell.store.pricebook import PriceBook

router = APIRouter(tags=["items"])


class HandPricesDraft(BaseModel):
    """Prices to be set; other days stay. The currency is needed where the desk knows none of the instrument."""

    prices: list[Price] = Field(max_length=MOST_PRICES)
    currency: str | None = Field(None, max_length=3)


class HandPrices(BaseModel):
    """Of one instrument, as traded on each day: a split since divides them. They count where no close is known."""

    currency: str | None
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
    """Say what one unit was worth on some days; it counts in the caller's portfolios where no close is known."""
    book, key = PriceBook(desk.ledger), _id(desk, instrument)
    prices = prices_of(desk, told.prices)
    currency = hand_currency(desk, key, book.prices(caller.id).get(key), told.currency)
    book.price(caller.id, key, currency, prices)
    return _shape(book.prices(caller.id).get(key, Said(currency)))


def _id(desk: Desk, told: str) -> str:
    """Of an id or a ticker."""
    register = desk.history.register
    return told if register.knows(told) else register.id_of(ticker_of(told, "instrument"))


def _shape(said: Said) -> HandPrices:
    return HandPrices(
        currency=said.currency,
        prices=[Price(day=day, price=f"{price:f}") for day, price in said.prices.items()],
    )
