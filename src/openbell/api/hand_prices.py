"""What a person says that instruments of the market were worth, on days that nobody else tells a price of."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from openbell.api.access import Role, TheCaller, TheDesk, allow
from openbell.api.items import MOST_PRICES, Price, prices_of
from openbell.books.prices import known_in, priced_in
from openbell.desk import Desk
from openbell.model.money import PriceByHand, currency_of
from openbell.model.symbols import ticker_of
from openbell.store.itembook import ItemBook
from openbell.store.pricebook import HandPrices as Said
from openbell.store.pricebook import PriceBook

router = APIRouter(tags=["items"])


class HandPrice(Price):
    """A price in the currency that it was said in, which it stays in; null: that of the instrument."""

    currency: str | None = Field(None, max_length=3)


class HandPricesDraft(BaseModel):
    """Prices to be set; other days stay."""

    prices: list[HandPrice] = Field(max_length=MOST_PRICES)


class HandPrices(BaseModel):
    """Of one instrument, as traded on each day: a split since divides them. They count where no close is known, and
    in another currency than it is traded in by the rate of their day."""

    prices: list[HandPrice]


class AllHandPrices(BaseModel):
    """What the caller has said, by instrument."""

    prices: dict[str, HandPrices]


@router.get("/hand-prices", dependencies=[allow(Role.VIEWER)])
def hand_prices(desk: TheDesk, caller: TheCaller) -> AllHandPrices:
    """The caller's own prices of instruments of the market."""
    facts = ItemBook(desk.ledger).facts(caller.id)
    said = PriceBook(desk.ledger).prices(caller.id)
    return AllHandPrices(prices={key: _shape(each, known_in(desk, key, facts.get(key))) for key, each in said.items()})


@router.put("/hand-prices/{instrument}", dependencies=[allow(Role.MEMBER)])
def price_by_hand(
    desk: TheDesk, caller: TheCaller, instrument: Annotated[str, Path(max_length=20)], told: HandPricesDraft
) -> HandPrices:
    """Say what one unit was worth on some days; it counts in the caller's portfolios where no close is known. Where it
    names no currency, it is in what the desk knows, else in what PUT /facts/{instrument} said."""
    book, key = PriceBook(desk.ledger), _id(desk, instrument)
    facts = ItemBook(desk.ledger).facts(caller.id).get(key)
    prices = prices_of(desk, told.prices)
    code = priced_in(desk, key, facts) if any(price is not None for price in prices.values()) else ""
    codes = {each.day: currency_of(each.currency) if each.currency else code for each in told.prices}
    said = {day: None if price is None else PriceByHand(price, codes[day]) for day, price in prices.items()}
    book.price(caller.id, key, said)
    return _shape(book.prices(caller.id).get(key, {}), known_in(desk, key, facts))


def _id(desk: Desk, told: str) -> str:
    """Of an id or a ticker."""
    register = desk.history.register
    return told if register.knows(told) else register.id_of(ticker_of(told, "instrument"))


def _shape(said: Said, traded_in: str | None) -> HandPrices:
    return HandPrices(
        prices=[
            HandPrice(day=day, price=f"{each.price:f}", currency=each.currency or traded_in)
            for day, each in said.items()
        ]
    )
