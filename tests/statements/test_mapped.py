"""Files that no preset knows, read by their columns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from openbell.model.errors import Undecided, UnreadableFile
from openbell.statements.answers import Answers, Mapping
from openbell.statements.contents import Contents
from openbell.statements.mapped import header_row
from openbell.statements.presets import read
from statements.told import told

GERMAN = b"Datum;Typ;Symbol;Anzahl;Betrag;W\xc3\xa4hrung\n2024-03-05;Kauf;ACME;1,500;%s;EUR\n"


def test_a_quantity_with_two_meanings_is_asked_about_where_the_amounts_have_no_mark():
    with pytest.raises(Undecided, match="'1,500' in the quantities") as asked:
        read(GERMAN % b"-150", "f")
    assert (asked.value.option, asked.value.options) == ("decimal", (".", ","))
    assert told(read(GERMAN % b"-150", "f", Answers(decimal=","))) == ["2024-03-05 buy ACME 1.5 -150 EUR"]


def test_the_amounts_tell_what_the_marks_of_the_quantities_mean():
    assert told(read(GERMAN % b"-150,00", "f")) == ["2024-03-05 buy ACME 1.5 -150 EUR"]
    assert told(read(GERMAN % b"-150.00", "f")) == ["2024-03-05 buy ACME 1500 -150 EUR"]


def test_a_sale_without_an_amount_comes_to_its_units_times_price_less_its_fee_whatever_sign_the_units_have():
    head = b"Date,Action,Symbol,Quantity,Price,Fee,Currency\n"
    rows = b"2024-03-05,Buy,ACME,10,100,5,USD\n2024-03-06,Sell,ACME,-4,100,5,USD\n2024-03-07,Sell,ACME,4,100,5,USD\n"
    assert told(read(head + rows, "f")) == [
        "2024-03-05 buy ACME 10 -1005 USD fee=5 @100",
        "2024-03-06 sell ACME -4 395 USD fee=5 @100",
        "2024-03-07 sell ACME -4 395 USD fee=5 @100",
    ]


@pytest.mark.parametrize("amounts", [(b"", b""), (b"7", b"43"), (b"10", b"50")])
def test_what_a_fee_and_a_tax_took_of_income_is_told_apart_from_it(amounts: tuple[bytes, bytes]):
    head = b"Date,Action,Symbol,Quantity,Price,Fee,Tax,Amount,Currency\n"
    rows = b"2024-03-05,Dividend,ACME,10,1,2,1,%s,USD\n2024-03-06,Interest,,1,50,2,5,%s,USD\n" % amounts
    assert told(read(head + rows, "f")) == [
        "2024-03-05 dividend ACME 0 7 USD fee=2 tax=1",
        "2024-03-06 interest - 0 43 USD fee=2 tax=5",
    ]


def test_an_answer_that_is_no_currency_is_asked_for_again():
    data = b"Date,Action,Symbol,Quantity,Price,Amount\n2024-03-05,Buy,ACME,10,100,-1000\n"
    for typed, says in (("", "does not say in which currency"), ("DOLL", "'DOLL' is not a currency")):
        with pytest.raises(Undecided, match=says) as asked:
            read(data, "f", Answers(currency=typed))
        assert asked.value.option == "currency"
    assert told(read(data, "f", Answers(currency="USD"))) == ["2024-03-05 buy ACME 10 -1000 USD @100"]


FOREIGN = b"Date,Action,Symbol,Quantity,Price,Price Currency,Exchange Rate,Fee,Amount,Currency\n"


def test_which_way_a_rate_goes_is_asked_about_where_no_row_tells_what_moved():
    data = FOREIGN + b"2024-03-05,Buy,ACME,10,100,USD,0.8,5,,EUR\n2024-03-06,Sell,ACME,-10,100,USD,0.8,5,,EUR\n"
    with pytest.raises(Undecided) as asked:
        read(data, "f")
    assert (asked.value.option, asked.value.options) == ("rate", ("times", "over"))
    assert told(read(data, "f", Answers(rate="times"))) == [
        "2024-03-05 buy ACME 10 -805 EUR fee=5 @100USD rate=0.8",
        "2024-03-06 sell ACME -10 795 EUR fee=5 @100USD rate=0.8",
    ]
    assert told(read(data, "f", Answers(rate="over"))) == [
        "2024-03-05 buy ACME 10 -1255 EUR fee=5 @100USD rate=1.25",
        "2024-03-06 sell ACME -10 1245 EUR fee=5 @100USD rate=1.25",
    ]


def test_the_rows_that_tell_what_moved_say_which_way_the_rates_of_the_others_go():
    data = FOREIGN + b"2024-03-05,Buy,ACME,10,100,USD,1.25,1,-801,EUR\n2024-03-06,Dividend,ACME,10,1,USD,1.25,,,EUR\n"
    assert told(read(data, "f")) == [
        "2024-03-05 buy ACME 10 -801 EUR fee=1 @100USD rate=0.8",
        "2024-03-06 dividend ACME 0 8 EUR",
    ]


def test_a_price_in_another_currency_without_a_rate_is_a_problem_and_no_amount():
    statement = read(FOREIGN + b"2024-03-05,Buy,ACME,10,100,USD,,5,,EUR\n", "f")
    assert statement.drafts == ()
    assert [(each.rows, each.blocking) for each in statement.problems] == [((2,), True)]
    assert "Its price is in USD, and nothing says how much EUR moved" in statement.problems[0].what


BARE = b"2024-02-13,Buy,AAPL,10,150,1500,USD\n2024-02-14,Sell,AAPL,4,160,640,USD\n"


@pytest.mark.parametrize("data", [BARE, BARE.splitlines(keepends=True)[0]])
def test_a_file_without_a_header_is_mapped_by_the_numbers_of_its_columns(data: bytes):
    with pytest.raises(Undecided, match=r"It begins with: 2024-02-13 \| Buy") as asked:
        read(data, "f")
    assert asked.value.option == "mapping"
    header = header_row(Contents(data, "f"))
    assert header is not None
    assert header.cells == tuple(f"Column {number}" for number in range(1, 8))
    named = ("date", "kind", "ticker", "quantity", "price", "amount", "currency")
    mapping = Mapping(columns=dict(zip(named, header.cells, strict=True)), signed=False)
    statement = read(data, "f", Answers(mapping=mapping))
    assert told(statement)[0] == "2024-02-13 buy AAPL 10 -1500 USD @150"
    assert statement.rows == set(range(1, len(data.splitlines()) + 1))


def test_dotted_days_of_a_german_file_are_not_asked_about():
    data = "Datum;Typ;Symbol;Anzahl;Betrag;Währung\n03.01.2024;Kauf;ACME;1;-150,00;EUR\n".encode()
    assert told(read(data, "f")) == ["2024-01-03 buy ACME 1 -150 EUR"]


UNSIGNED = b"""When,What,Sym,Qty,Px,Total,Ccy,Cost
2026-01-05,Deposit,,,,2000.00,EUR,
2026-01-06,Buy,QUORB,5,80.00,405.00,USD,5.00
2026-01-15,Sell,QUORB,2,82.00,162.00,USD,2.00
2026-01-16,Dividend,QUORB,,,3.00,USD,
2026-01-20,Withdrawal,,,,100.00,EUR,
2026-01-21,Fee,,,,1.50,EUR,
2026-01-22,Tax,,,,2.50,EUR,
2026-01-23,Debit,,,,7.00,EUR,
"""
WHEN = Mapping(
    columns={
        "date": "When", "kind": "What", "ticker": "Sym", "quantity": "Qty", "price": "Px", "amount": "Total",
        "currency": "Ccy", "fee": "Cost",
    }
)  # fmt: skip


@pytest.mark.parametrize("signed", [True, False])
def test_where_no_amount_has_a_sign_the_kind_says_which_way_money_went(signed: bool):
    statement = read(UNSIGNED, "f", Answers(mapping=replace(WHEN, signed=signed)))
    assert told(statement) == [
        "2026-01-05 deposit - 0 2000 EUR",
        "2026-01-06 buy QUORB 5 -405 USD fee=5 @80",
        "2026-01-15 sell QUORB -2 162 USD fee=2 @82",
        "2026-01-16 dividend QUORB 0 3 USD",
        "2026-01-20 withdrawal - 0 -100 EUR",
        "2026-01-21 fee - 0 -1.5 EUR",
        "2026-01-22 tax - 0 -2.5 EUR",
        "2026-01-23 withdrawal - 0 -7 EUR",
    ]
    said = "no amount is less than 0, though money left: the kind of each row says which way it went"
    assert (said in statement.notes) is signed
    assert statement.problems == ()


SIGNED = b"""When,What,Sym,Total,Ccy
2026-01-05,Deposit,,2000.00,EUR
2026-01-06,Fee,,-5.00,EUR
2026-01-07,Fee,,1.00,EUR
2026-01-16,Dividend,QUORB,-3.00,USD
2026-01-20,Withdrawal,,-100.00,EUR
2026-01-21,Transfer,,-10.00,EUR
"""
SIGNS = Mapping(columns={"date": "When", "kind": "What", "ticker": "Sym", "amount": "Total", "currency": "Ccy"})


def test_where_amounts_have_signs_a_row_against_its_kind_is_a_reversal():
    statement = read(SIGNED, "f", Answers(mapping=SIGNS))
    assert told(statement) == [
        "2026-01-05 deposit - 0 2000 EUR",
        "2026-01-06 fee - 0 -5 EUR",
        "2026-01-07 fee - 0 1 EUR",
        "2026-01-16 dividend QUORB 0 -3 USD",
        "2026-01-20 withdrawal - 0 -100 EUR",
        "2026-01-21 withdrawal - 0 -10 EUR",
    ]
    assert len(statement.notes) == 1


def test_amounts_that_are_less_than_0_in_every_row_that_money_left_by_have_signs_whatever_was_said():
    data = b"When,What,Total,Ccy\n2026-01-05,Deposit,9.00,EUR\n2026-01-06,Withdrawal,-5.00,EUR\n"
    mapping = Mapping(columns={"date": "When", "kind": "What", "amount": "Total", "currency": "Ccy"}, signed=False)
    assert told(read(data, "f", Answers(mapping=mapping))) == [
        "2026-01-05 deposit - 0 9 EUR", "2026-01-06 withdrawal - 0 -5 EUR",
    ]  # fmt: skip


def test_a_withdrawal_that_came_in_a_file_with_signs_deserves_a_look():
    data = b"Date,Type,Amount,Currency\n2026-01-05,Fee,-9.00,EUR\n2026-01-06,Withdrawal,5.00,EUR\n"
    statement = read(data, "f")
    assert told(statement) == ["2026-01-05 fee - 0 -9 EUR", "2026-01-06 deposit - 0 5 EUR"]
    assert [(each.what, each.blocking) for each in statement.problems] == [
        ("'Withdrawal' of 5.00 is booked as a deposit, by its sign.", False)
    ]


def test_a_word_that_says_no_direction_is_asked_about_where_amounts_have_no_sign():
    data = b"Date,Type,Amount,Currency\n2026-01-05,Fee,9.00,EUR\n2026-01-06,Transfer,5.00,EUR\n"
    statement = read(data, "f")
    assert told(statement) == ["2026-01-05 fee - 0 -9 EUR"]
    assert "'Transfer' does not say whether money came or left" in statement.problems[0].what
    only = b"Date,Type,Amount,Currency\n2026-01-06,Transfer,5.00,EUR\n"
    assert told(read(only, "f")) == ["2026-01-06 deposit - 0 5 EUR"]


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (b"Date,Type,Symbol,Quantity,Price,Amount\n", "it names columns, and no row stands below them"),
        (b"Date,Amount,Currency\n", "it names columns, and no row stands below them"),
        (b"My export\nDate,Amount,Currency\n", "it names columns, and no row stands below them"),
        (b"When,Symbol,How many\n", "it has one row alone: When . Symbol . How many"),
        (b"Sorry, nothing was found\n", "it has one row alone: Sorry . +nothing was found"),
        (b"hello\n", "It begins with: hello"),
    ],
)
def test_a_file_without_rows_says_so_and_asks_nothing(file: bytes, why: str):
    with pytest.raises(UnreadableFile, match=why) as refused:
        read(file, "f")
    assert not isinstance(refused.value, Undecided)
