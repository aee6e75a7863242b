"""Schwab's mergers for cash and redemptions: the cash in one row, the units that left in another."""

from __future__ import annotations

from openbell.statements.draft import Statement
from openbell.statements.presets import read
from statements.told import told

HEAD = "Date,Action,Symbol,Description,Quantity,Price,Fees & Comm,Amount\n"


def statement(*rows: str) -> Statement:
    return read((HEAD + "".join(f"01/08/2024,{row}\n" for row in rows)).encode(), "f")


def problems_of(statement: Statement) -> list[tuple[int, ...]]:
    return [problem.rows for problem in statement.problems]


def test_a_merger_for_cash_is_a_sale_of_the_units_that_left():
    merged = statement('Cash Merger,VMW,VMWARE,,,,"$1,425.00"', "Cash Merger Adj,VMW,VMWARE,-10,,$5.00,")
    assert told(merged) == ["2024-01-08 sell VMW -10 1425 USD fee=5"]
    assert (merged.drafts[0].rows, merged.problems) == ((2, 3), ())


def test_a_redemption_is_a_sale_and_each_finds_its_own():
    redeemed = statement(
        'Full Redemption Adj,912828ZZ1,TREASURY,"-1,000",,,',
        "Full Redemption Adj,912828YY2,NOTE,-500,,,",
        "Full Redemption,912828YY2,NOTE,,,,$500.00",
        'Full Redemption,912828ZZ1,TREASURY,,,,"$1,000.00"',
    )
    assert told(redeemed) == ["2024-01-08 sell TREASURY -1000 1000 USD", "2024-01-08 sell NOTE -500 500 USD"]


def test_a_merger_for_cash_and_shares_keeps_its_cash():
    merged = statement(
        "Cash/Stock Merger,AVGO,BROADCOM,2.5,,,",
        "Cash/Stock Merger,VMW,VMWARE,-10,,,",
        "Cash/Stock Merger,VMW,VMWARE,,,,$712.50",
    )
    assert told(merged) == ["2024-01-08 merger VMW 2.5 712.5 USD other=AVGO ratio=0.25"]
    assert (merged.drafts[0].rows, merged.problems) == ((2, 3, 4), ())


def test_half_of_an_action_is_a_problem_that_keeps_its_row():
    assert problems_of(statement("Cash Merger,VMW,VMWARE,,,,$10.00")) == [(2,)]
    assert problems_of(statement("Full Redemption Adj,VMW,VMWARE,-10,,,")) == [(2,)]
    assert problems_of(statement("Cash Merger,VMW,VMWARE,,,,$10.00", "Cash Merger Adj,TWTR,TWITTER,-10,,,")) == [
        (2,),
        (3,),
    ]


def test_units_that_are_no_number_are_a_problem_of_both_rows():
    assert problems_of(statement("Cash Merger,VMW,VMWARE,,,,$10.00", "Cash Merger Adj,VMW,VMWARE,-1o,,,")) == [(2, 3)]


AWARDS = (
    "Date,Action,Symbol,Description,Quantity,FeesAndCommissions,DisbursementElection,Amount,PurchaseDate,"
    "PurchaseFairMarketValue,VestDate,VestFairMarketValue,NetSharesDeposited\n"
)


def test_awarded_shares_are_the_net_ones_and_held_since_they_were_the_readers_own():
    rows = "02/02/2024,Deposit,GOOG,ESPP,4,,,,,,,,\n,,,,,,,,01/31/2024,$140.00,,,3\n"
    came = read((AWARDS + rows).encode(), "f").drafts[0]
    assert (str(came.day), str(came.acquired), came.quantity, came.price) == ("2024-02-02", "2024-01-31", 3, 140)
    assert came.rows == (2, 3)
