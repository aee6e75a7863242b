"""Robinhood's report: options until they expire, and mergers for cash."""

from __future__ import annotations

from openbell.statements.draft import Statement
from openbell.statements.presets import read
from statements.told import told, units_of

HEAD = "Activity Date,Process Date,Settle Date,Instrument,Description,Trans Code,Quantity,Price,Amount\n"


def row(day: str, description: str, code: str, quantity: str, price: str = "", amount: str = "") -> str:
    return f'{day},{day},{day},SPY,{description},{code},{quantity},{price},"{amount}"\n'


def test_an_option_that_was_held_leaves_when_it_expires_and_one_that_was_sold_short_is_closed():
    statement = read(
        (
            HEAD
            + row("10/06/2023", "Option Expiration for SPY 10/6/2023 Put $420.00", "OEXP", "1S")
            + row("10/06/2023", "Option Expiration for SPY 10/6/2023 Call $450.00", "OEXP", "2")
            + row("10/02/2023", "SPY 10/6/2023 Call $450.00", "STO", "2", "$1.00", "$199.92")
            + row("10/01/2023", "SPY 10/6/2023 Put $420.00", "BTO", "1", "$1.00", "($100.04)")
        ).encode(),
        "f",
    )
    assert told(statement) == [
        "2023-10-01 buy SPY 10/6/2023 Put $420.00 1 -100.04 USD @1",
        "2023-10-02 sell SPY 10/6/2023 Call $450.00 -2 199.92 USD @1 short",
        "2023-10-06 buy SPY 10/6/2023 Call $450.00 2 0 USD",
        "2023-10-06 sell SPY 10/6/2023 Put $420.00 -1 0 USD",
    ]
    assert units_of(statement) == {}


def merged(*rows: str) -> Statement:
    return read((HEAD + "".join(f"10/27/2022,10/27/2022,10/27/2022,{row}\n" for row in rows)).encode(), "f")


CASH = "TWTR,Cash received thru Merger 20 shares at $54.20,MRGC,,,$1084.00"
SOLD = ["2022-10-27 sell TWTR -20 1084 USD"]


def test_a_merger_for_cash_is_a_sale_of_the_units_that_left():
    assert told(merged("TWTR,Twitter,MRGS,20S,,", CASH)) == SOLD
    assert told(merged(CASH, "TWTR,Cash Merger,MRGC,20S,,")) == SOLD
    assert told(merged("TWTR,Cash Merger,MRGC,20S,,$1084.00")) == SOLD
    assert told(merged("TWTR,Cash Merger,MRGC,20,,$1084.00")) == SOLD
    both = merged("TWTR,Twitter,MRGS,20S,,", CASH)
    assert (both.drafts[0].rows, both.problems) == ((2, 3), ())


def test_a_merger_for_cash_and_shares_keeps_its_cash():
    assert told(merged("AVGO,Broadcom,MRGS,5,,", "TWTR,Twitter,MRGS,20S,,", CASH)) == [
        "2022-10-27 merger TWTR 5 1084 USD other=AVGO ratio=0.25"
    ]


def test_cash_or_units_of_a_merger_alone_are_a_problem():
    for row in (CASH, "TWTR,Cash Merger,MRGC,20S,,"):
        alone = merged(row)
        assert (alone.drafts, [problem.rows for problem in alone.problems]) == ((), [(2,)])
