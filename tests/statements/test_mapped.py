"""Files that no preset knows, read by their columns."""

from __future__ import annotations

import pytest

from openbell.model.errors import Undecided
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
