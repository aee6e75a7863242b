"""A trade whose price and amount do not fit is told; what costs and rounding can explain is not."""

from __future__ import annotations

import pytest

from openbell.portfolio.told_price import unlike_price
from portfolio.books import rows

FITS = [
    "1 buy  ACME  10   -1000   price=100",
    "1 buy  ACME  10   -1009.9 price=100 fee=9.9",
    "1 sell ACME -10    985    price=100 fee=9 tax=6",
    "1 buy  ACME  10   -1015   price=100",
    "1 buy  ACME  1000 -1449   price=1.45",
    "1 buy  ACME  3    -100    price=33.33",
    "1 buy  ACME  10   -900    price=100 price_currency=EUR",
    "1 buy  ACME  10   -900    price=100 fee=3 fee_currency=EUR",
    "1 buy  ACME  10   -900",
    "1 dividend ACME - 900     price=1",
]

ODD = {
    "1 buy  ACME  10 -800 price=1": "10 x 1 is 10 USD, but 800 USD was paid.",
    "1 sell ACME -10  800 price=8": "10 x 8 is 80 USD, but 800 USD was received.",
    "1 sell ACME -10  990 price=100 fee=90": "10 x 100 with 90 of costs is 910 USD, but 990 USD was received.",
}


@pytest.mark.parametrize("row", FITS)
def test_what_costs_and_rounding_explain_is_nothing_to_say(row: str):
    assert unlike_price(rows(row)[0]) == ""


@pytest.mark.parametrize("row", ODD)
def test_what_they_cannot_explain_is_said(row: str):
    assert unlike_price(rows(row)[0]) == f"{ODD[row]} Is the price, the number of units or a fee another one?"
