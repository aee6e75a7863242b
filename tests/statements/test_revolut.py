"""Revolut's mergers for shares, in two rows of one moment, and its fees, which are told by the total only."""

from __future__ import annotations

from openbell.statements.draft import Statement
from openbell.statements.presets import read
from statements.told import told

HEAD = "Date,Ticker,Type,Quantity,Price per share,Total Amount,Currency,FX Rate\n"


def statement(*rows: str) -> Statement:
    return read((HEAD + "".join(row + "\n" for row in rows)).encode(), "f")


def merger(second: str, ticker: str, quantity: str) -> str:
    return f"2024-01-06T14:31:{second}.123456Z,{ticker},MERGER - STOCK,{quantity},,USD 0,USD,1.09"


def test_what_left_and_what_came_at_one_moment_is_a_merger():
    merged = statement(merger("00", "VMW", "-4"), merger("01", "AVGO", "1"))
    assert told(merged) == ["2024-01-06 merger VMW 1 0 USD other=AVGO ratio=0.25"]
    assert (merged.drafts[0].rows, merged.problems) == ((2, 3), ())


def test_two_mergers_of_one_day_are_told_apart_by_their_moments():
    merged = statement(merger("00", "A", "-4"), merger("00", "B", "1"), merger("30", "D", "3"), merger("31", "C", "-9"))
    assert told(merged) == [
        "2024-01-06 merger A 1 0 USD other=B ratio=0.25",
        "2024-01-06 merger C 3 0 USD other=D ratio=0.333333333333",
    ]


def test_half_of_a_merger_is_a_problem():
    for rows in ([merger("00", "VMW", "-4")], [merger("00", "VMW", "-4"), merger("30", "AVGO", "1")]):
        alone = statement(*rows)
        assert (alone.drafts, len(alone.problems)) == ((), len(rows))
    assert len(statement(merger("00", "VMW", "")).problems) == 1


def test_a_fee_is_what_the_total_has_beside_units_times_price():
    traded = statement(
        "2024-01-02T14:31:00.123456Z,AAPL,BUY - MARKET,2,USD 185.20,USD 371.40,USD,1.09",
        '2024-01-03T14:31:00.123456Z,AAPL,SELL - LIMIT,1,"USD 1,185.20","USD 1,184.20",USD,1.09',
        "2024-01-04T14:31:00.123456Z,MSFT,BUY - MARKET,0.76672417,USD 26.09,USD 20,USD,1.09",
        "2024-01-05T14:31:00.123456Z,MSFT,BUY - MARKET,1,USD 26.09,EUR 29.00,EUR,1.09",
    )
    assert told(traded) == [
        "2024-01-02 buy AAPL 2 -371.4 USD fee=1 @185.2",
        "2024-01-03 sell AAPL -1 1184.2 USD fee=1 @1185.2",
        "2024-01-04 buy MSFT 0.76672417 -20 USD @26.09",
        "2024-01-05 buy MSFT 1 -29 EUR @26.09",
    ]
