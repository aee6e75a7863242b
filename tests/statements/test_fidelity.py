# ruff: noqa: E501  # rows stand as brokers write them
"""Fidelity's reorganisations: what left and what came, in two rows or three."""

from __future__ import annotations

from openbell.statements.draft import Statement
from openbell.statements.presets import read
from statements.told import told, units_of

HEAD = "Run Date,Action,Symbol,Description,Type,Quantity,Price ($),Commission ($),Fees ($),Accrued Interest ($),Amount ($),Settlement Date\n"
NEW_LARGO = "03/08/2021,REVERSE SPLIT R/S FROM 517103404#REOR M0051311040001 LARGO RESOURCES LTD COM NPV (POST REV S (517103602) (Cash),LGO,LARGO,Cash,130,,,,,,\n"
OLD_LARGO = "03/08/2021,REVERSE SPLIT R/S TO 517103602#REOR M0051311040000 LARGO RESOURCES COM (517103404) (Cash),517103404,LARGO,Cash,-1300,,,,,,\n"


def statement(*rows: str) -> Statement:
    return read((HEAD + "".join(rows)).encode(), "f")


def bought(symbol: str, units: int) -> str:
    return f"01/08/2021,YOU BOUGHT SOMETHING (Cash),{symbol},SOMETHING,Cash,{units},1,,,,-{units},\n"


def problems_of(statement: Statement) -> list[tuple[int, ...]]:
    return [problem.rows for problem in statement.problems]


def test_a_reverse_split_in_two_rows_is_one_split_of_what_was_held():
    of_a_ticker = statement(NEW_LARGO, OLD_LARGO, bought("LGO", 1300))
    assert told(of_a_ticker) == [
        "2021-01-08 buy LGO 1300 -1300 USD @1",
        "2021-03-08 split LGO -1170 0 USD ratio=0.1",
    ]
    assert (of_a_ticker.drafts[1].rows, of_a_ticker.problems) == ((2, 3), ())


def test_purchases_that_are_told_under_the_old_cusip_are_of_the_share_that_it_became():
    assert units_of(statement(NEW_LARGO, OLD_LARGO, bought("517103404", 1300))) == {"LGO": 130}


def test_a_reverse_split_without_symbols_is_told_by_its_cusips():
    rows = [row.replace(",LGO,", ",,").replace(",517103404,", ",,") for row in (NEW_LARGO, OLD_LARGO)]
    split = statement(*rows).drafts[0]
    assert split.instrument is not None
    assert (split.instrument.cusip, split.quantity) == ("517103602", -1170)


def test_a_reverse_split_into_another_ticker_is_a_merger():
    assert told(statement(NEW_LARGO, OLD_LARGO.replace(",517103404,", ",LGORF,"))) == [
        "2021-03-08 merger LGORF 130 0 USD other=LGO ratio=0.1"
    ]


def test_half_of_a_reorganisation_is_a_problem_that_keeps_its_row():
    alone = statement(NEW_LARGO, bought("LGO", 1300))
    assert problems_of(alone) == [(2,)]
    assert "R/S FROM 517103404" in alone.problems[0].content
    assert units_of(alone) == {"LGO": 1300}


def test_a_spoiled_number_of_one_half_is_a_problem_of_both():
    spoiled = statement(NEW_LARGO.replace(",130,", ",13o,"), OLD_LARGO)
    assert (problems_of(spoiled), spoiled.drafts) == ([(2,), (3,)], ())


NAME_CHANGE = (
    "03/11/2021,NAME CHANGED N/C TO 30303M102#REOR M0051355040000 FACEBOOK (30303M999) (Cash),FB,FACEBOOK,Cash,-10,,,,,,\n",
    "03/11/2021,NAME CHANGED N/C FROM 30303M999#REOR M0051355040001 META PLATFORMS (META) (Cash),META,META,Cash,10,,,,,,\n",
)
SHARES_OF_WABTEC = (
    "03/09/2021,MERGER MER FROM 369604301#REOR M0051312040001 WABTEC (WAB) (Cash),WAB,WABTEC,Cash,0.5,,,,,,\n"
)
PAYOUT_OF_GET = (
    "03/09/2021,MERGER MER PAYOUT #REOR M0051312040000 GE TRANS (369604301) (Cash),GET,GE TRANS,Cash,-10,,,,,,\n"
)


def test_a_name_change_is_a_rename():
    assert told(statement(*NAME_CHANGE)) == ["2021-03-11 rename FB 0 0 USD other=META"]


def test_a_merger_for_shares_is_a_merger_and_one_for_cash_is_a_sale():
    assert told(statement(SHARES_OF_WABTEC, PAYOUT_OF_GET)) == ["2021-03-09 merger GET 0.5 0 USD other=WAB ratio=0.05"]
    cash = PAYOUT_OF_GET.replace("-10,,,,,,", "-10,,,,,712.50,")
    assert told(statement(cash)) == ["2021-03-09 sell GET -10 712.5 USD"]
    assert told(statement(SHARES_OF_WABTEC, cash)) == ["2021-03-09 merger GET 0.5 712.5 USD other=WAB ratio=0.05"]


def test_a_merger_into_two_companies_is_a_problem_with_all_its_rows():
    second = SHARES_OF_WABTEC.replace("0001 WABTEC (WAB)", "0002 OTHER (OTH)").replace(",WAB,", ",OTH,")
    three = statement(SHARES_OF_WABTEC, second, PAYOUT_OF_GET)
    assert (problems_of(three), three.drafts) == ([(2, 3, 4)], ())


def test_a_spin_off_that_names_its_parent_is_one():
    row = "03/10/2021,DISTRIBUTION SPINOFF FROM:(IP ) SYLVAMO CORP (SLVM) (Cash),SLVM,SYLVAMO,Cash,9,,,,,,\n"
    assert told(statement(row)) == ["2021-03-10 spin_off IP 9 0 USD other=SLVM"]


def test_units_of_nothing_that_is_named_are_a_problem():
    row = "03/10/2021,DISTRIBUTION OF SOMETHING (Cash),,No Description,Cash,9,,,,,,\n"
    assert problems_of(statement(row)) == [(2,)]


def test_what_a_row_is_does_not_hang_on_words_in_the_name_of_a_company():
    rows = [row.replace("LARGO", "ADVISORSHARES INTEREST FEE") for row in (NEW_LARGO, OLD_LARGO)]
    assert told(statement(*rows)) == ["2021-03-08 split LGO -1170 0 USD ratio=0.1"]
    paid = "03/10/2021,DIVIDEND RECEIVED STATE TAX FREE FUND (STF) (Cash),STF,FUND,Cash,,,,,,2.5,\n"
    assert told(statement(paid)) == ["2021-03-10 dividend STF 0 2.5 USD"]


def test_an_exchange_of_funds_sells_one_and_buys_the_other():
    out = "03/10/2021,EXCHANGED TO FXAIX FIDELITY MAGELLAN (FMAGX) (Cash),FMAGX,MAGELLAN,Cash,-10,50,,,,500,\n"
    back = "03/10/2021,EXCHANGED FROM FMAGX FIDELITY 500 (FXAIX) (Cash),FXAIX,500 INDEX,Cash,4,125,,,,-500,\n"
    assert told(statement(out, back)) == [
        "2021-03-10 sell FMAGX -10 500 USD @50",
        "2021-03-10 buy FXAIX 4 -500 USD @125",
    ]
    assert problems_of(statement(out.replace(",500,", ",,"))) == [(2,)]
