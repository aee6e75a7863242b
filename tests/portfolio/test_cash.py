"""Balances, and what went to fees and taxes."""

from __future__ import annotations

import csv
from decimal import Decimal

from market import SHARED, needs_shared
from openbell.portfolio.cash import Charge, Charged, cash, charged, charges
from openbell.portfolio.rates import Rates
from portfolio.books import day, rates_of, rows

D = Decimal


def test_each_account_and_currency_has_its_balance_by_day() -> None:
    money = cash(
        rows("""
        1 deposit    -     -  1000
        2 buy        ACME 10  -502 fee=2
        2 exchange   -     -  -110 to_cash=100 to_currency=EUR
        3 transfer   -     -   -50 to_account=2
        3 transfer   -     -   -20 to_account=2 to_cash=18 to_currency=EUR fee=1
        4 sell       ACME -1    60 fee=3 fee_currency=EUR
        5 withdrawal -     -  -100 account=2
        6 transfer   ACME -9    -5 to_account=2 fee=5""")
    )
    assert [money.balance("USD", 1, day(each)) for each in range(7)] == [0, 1000, 388, 318, 378, 378, 373]
    assert [money.balance("EUR", None, day(each)) for each in (1, 2, 3, 4)] == [0, 100, 118, 115]
    assert money.balances(day(9)) == {(1, "USD"): 373, (1, "EUR"): 97, (2, "USD"): -50, (2, "EUR"): 18}


def test_a_fee_that_a_transfer_paid_does_not_arrive() -> None:
    money = cash(rows("1 transfer - - -51 to_account=2 fee=1"))
    assert money.balances(day(1)) == {(1, "USD"): -51, (2, "USD"): 50}


def test_every_fee_and_tax_is_a_charge_once() -> None:
    told = rows("""
        1 buy      ACME 10 -502 fee=2
        2 dividend ACME  -   85 tax=15
        3 fee      -     -   -4 fee=4
        4 fee      -     -    1
        5 tax      -     -   -7
        6 sell     ACME -1   60 fee=3 fee_currency=EUR""")
    assert charges(told) == [
        Charge("fee", D(2), "USD", told[0]),
        Charge("tax", D(15), "USD", told[1]),
        Charge("fee", D(4), "USD", told[2]),
        Charge("fee", D(-1), "USD", told[3]),
        Charge("tax", D(7), "USD", told[4]),
        Charge("fee", D(3), "EUR", told[5]),
    ]


def test_charges_are_added_at_each_days_rate_and_those_without_one_are_named() -> None:
    told = rows("""
        1  fee - - -4
        2  tax - - -8
        40 fee - - -2""")
    rates = Rates([rates_of("USD/EUR", {day(1): "0.5", day(2): "0.75"})])
    every = charges(told)
    assert charged(every, "EUR", rates) == Charged(D(2), D(6), (every[2],))


@needs_shared
def test_a_year_of_trades_leaves_the_balance_that_the_worked_report_prints() -> None:
    folder = SHARED / "worked_capital_gains" / "schwab" / "2023"
    lines = csv.DictReader((folder / "transactions.csv").read_text().splitlines())
    table = "\n".join(
        f"{number} {'deposit' if amount > 0 else 'withdrawal'} - - {amount}"
        for number, amount in enumerate((D(line["Amount"].replace("$", "")) for line in lines), start=1)
    )
    assert f"{cash(rows(table)).balance('USD', None, day(99))} (USD)" in (folder / "expected_output.txt").read_text()
