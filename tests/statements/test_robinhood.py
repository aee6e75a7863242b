"""Options in Robinhood's report: each contract by itself, until it expires."""

from __future__ import annotations

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
