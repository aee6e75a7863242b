"""What people say that instruments of the market were worth, on days that nobody else tells a price of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from openbell.model.errors import InvalidInput
from openbell.model.money import amount
from openbell.model.transactions import assert_day
from openbell.store.ledger import Ledger
from openbell.store.portfoliotables import HAND_PRICES, changed, text

HandPrices = Mapping[date, Decimal]
"""Of one instrument, as traded on each day, oldest first; in the currency that is known of it, or that was said of it
among its facts."""


class PriceBook:
    """Prices by hand; each person's apart."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def prices(self, owner: int) -> dict[str, HandPrices]:
        """By instrument, what a person has said."""
        columns = HAND_PRICES.c
        query = sa.select(HAND_PRICES).where(columns.owner == owner).order_by(columns.instrument, columns.day)
        found: dict[str, dict[date, Decimal]] = {}
        with self._ledger.transaction() as connection:
            for row in connection.execute(query):
                found.setdefault(row.instrument, {})[date.fromisoformat(row.day)] = Decimal(row.price)
        return dict(found)

    def price(self, owner: int, instrument: str, told: Mapping[date, Decimal | None]) -> None:
        """Set what one unit was worth on some days; None forgets a day."""
        prices = checked_prices({day: price for day, price in told.items() if price is not None})
        mine = (HAND_PRICES.c.owner == owner) & (HAND_PRICES.c.instrument == instrument)
        with self._ledger.transaction(alone=True) as connection:
            days = [day.isoformat() for day in told]
            connection.execute(sa.delete(HAND_PRICES).where(mine & HAND_PRICES.c.day.in_(days)))
            if rows := [_row(owner, instrument, *each) for each in prices]:
                connection.execute(sa.insert(HAND_PRICES), rows)
            changed(connection, owner=owner)


def said_by_hand(connection: sa.Connection, owner: int, told: Mapping[str, HandPrices]) -> list[dict[str, Any]]:
    """Write prices where the owner has said nothing yet; returns what `unsaid_by_hand` undoes."""
    mine = HAND_PRICES.c.owner == owner
    held = connection.execute(sa.select(HAND_PRICES).where(mine)).all() if told else []
    days = {(row.instrument, row.day) for row in held}
    rows = [
        _row(owner, instrument, day, price)
        for instrument, said in told.items()
        for day, price in checked_prices(said)
        if (instrument, day) not in days
    ]
    if rows:
        connection.execute(sa.insert(HAND_PRICES), rows)
        changed(connection, owner=owner)
    return rows


def unsaid_by_hand(connection: sa.Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Take back what `said_by_hand` wrote, where it is still the same."""
    for row in rows:
        connection.execute(sa.delete(HAND_PRICES).where(*(HAND_PRICES.c[name] == row[name] for name in row)))


def checked_prices(told: Mapping[date, Decimal]) -> list[tuple[str, str]]:
    """Days and prices as they are kept; raises InvalidInput for what is none."""
    for day in told:
        assert_day(day, "day")
    kept = {day.isoformat(): amount(price, "price") for day, price in told.items()}
    if any(price <= 0 for price in kept.values()):
        raise InvalidInput("price", "A price is more than 0.", remedy="Leave a day out whose price is not known.")
    return [(day, text(price)) for day, price in kept.items()]


def _row(owner: int, instrument: str, day: str, price: str) -> dict[str, Any]:
    return {"owner": owner, "instrument": instrument, "day": day, "price": price}
