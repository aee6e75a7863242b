"""What people say that instruments of the market were worth, on days that nobody else tells a price of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from openbell.model.errors import InvalidInput
from openbell.model.money import PriceByHand, amount, currency_of
from openbell.model.transactions import assert_day
from openbell.store.ledger import Ledger
from openbell.store.portfoliotables import HAND_PRICES, changed, text

HandPrices = Mapping[date, PriceByHand]
"""Of one instrument, as traded on each day, oldest first."""


class PriceBook:
    """Prices by hand; each person's apart."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def prices(self, owner: int) -> dict[str, HandPrices]:
        """By instrument, what a person has said."""
        columns = HAND_PRICES.c
        query = sa.select(HAND_PRICES).where(columns.owner == owner).order_by(columns.instrument, columns.day)
        found: dict[str, dict[date, PriceByHand]] = {}
        with self._ledger.transaction() as connection:
            for row in connection.execute(query):
                price = PriceByHand(Decimal(row.price), row.currency)
                found.setdefault(row.instrument, {})[date.fromisoformat(row.day)] = price
        return dict(found)

    def price(self, owner: int, instrument: str, told: Mapping[date, PriceByHand | None]) -> None:
        """Set what one unit was worth on some days; None forgets a day."""
        rows = _rows(owner, instrument, {day: price for day, price in told.items() if price is not None})
        mine = (HAND_PRICES.c.owner == owner) & (HAND_PRICES.c.instrument == instrument)
        with self._ledger.transaction(alone=True) as connection:
            days = [day.isoformat() for day in told]
            connection.execute(sa.delete(HAND_PRICES).where(mine & HAND_PRICES.c.day.in_(days)))
            if rows:
                connection.execute(sa.insert(HAND_PRICES), rows)
            changed(connection, owner=owner)


def said_by_hand(connection: sa.Connection, owner: int, told: Mapping[str, HandPrices]) -> list[dict[str, Any]]:
    """Write prices where the owner has said nothing yet; returns what `unsaid_by_hand` undoes."""
    mine = HAND_PRICES.c.owner == owner
    held = connection.execute(sa.select(HAND_PRICES).where(mine)).all() if told else []
    days = {(row.instrument, row.day) for row in held}
    rows = [
        row
        for instrument, said in told.items()
        for row in _rows(owner, instrument, said)
        if (instrument, row["day"]) not in days
    ]
    if rows:
        connection.execute(sa.insert(HAND_PRICES), rows)
        changed(connection, owner=owner)
    return rows


def unsaid_by_hand(connection: sa.Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Take back what `said_by_hand` wrote, where it is still the same."""
    for row in rows:
        same = (HAND_PRICES.c[name].is_not_distinct_from(row[name]) for name in row)
        connection.execute(sa.delete(HAND_PRICES).where(*same))


def checked_prices(told: Mapping[date, Decimal]) -> list[tuple[str, str]]:
    """Days and prices as they are kept; raises InvalidInput for what is none."""
    for day in told:
        assert_day(day, "day")
    kept = {day.isoformat(): amount(price, "price") for day, price in told.items()}
    if any(price <= 0 for price in kept.values()):
        raise InvalidInput("price", "A price is more than 0.", remedy="Leave a day out whose price is not known.")
    return [(day, text(price)) for day, price in kept.items()]


def _rows(owner: int, instrument: str, told: HandPrices) -> list[dict[str, Any]]:
    codes = {day.isoformat(): each.currency for day, each in told.items()}
    return [
        {
            "owner": owner,
            "instrument": instrument,
            "day": day,
            "price": price,
            "currency": None if (code := codes[day]) is None else currency_of(code),
        }
        for day, price in checked_prices({day: each.price for day, each in told.items()})
    ]
