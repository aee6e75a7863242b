"""Files that no preset knows, read by their columns."""

from __future__ import annotations

import pytest

from openbell.model.errors import Undecided
from openbell.statements.answers import Answers
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
