"""Whether a trade paid what its units cost at the price that it tells."""

from __future__ import annotations

from decimal import Decimal

from openbell.model.transactions import Kind, Transaction
from openbell.portfolio.book import said

COSTS = Decimal("0.02")
"""As a share of the amount, what costs that nobody tells apart may come to."""

CENTS = Decimal("0.05")
"""What rounding of the amounts may come to."""


def unlike_price(told: Transaction) -> str:
    """A sentence where `told` moved another amount than its units and price come to; empty where that fits, or where
    they are not in one currency. Costs that are told are counted, and what rounding and costs can explain is none."""
    if told.kind not in {Kind.BUY, Kind.SELL} or told.price is None or not told.quantity:
        return ""
    code = told.currency
    if told.price_currency not in {"", code} or told.fee_currency not in {"", code}:
        return ""
    gross = abs(told.quantity) * told.price
    costs = told.fee + told.tax
    expected = gross + costs if told.kind is Kind.BUY else gross - costs
    moved = -told.cash if told.kind is Kind.BUY else told.cash
    last_digit = Decimal(1).scaleb(min(-2, int(told.price.as_tuple().exponent)))
    explained = COSTS * max(gross, abs(moved)) + CENTS + abs(told.quantity) * last_digit / 2
    if abs(expected - moved) <= explained:
        return ""
    done = "paid" if told.kind is Kind.BUY else "received"
    beside = f" with {said(costs)} of costs" if costs else ""
    return (
        f"{said(abs(told.quantity))} x {said(told.price)}{beside} is {said(expected)} {code}, but "
        f"{said(moved)} {code} was {done}. Is the price, the number of units or a fee another one?"
    )
