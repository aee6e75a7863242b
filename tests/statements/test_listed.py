"""A plain list of what is held."""

from __future__ import annotations

from decimal import Decimal

import pytest

from openbell.model.errors import Undecided, UnreadableFile
from openbell.statements.answers import Answers, Mapping
from openbell.statements.presets import read


def held(data: bytes, answers: Answers = Answers()) -> list[tuple[str, Decimal]]:  # noqa: B008  # frozen
    statement = read(data, "f", answers)
    assert (statement.preset, statement.drafts) == ("holdings", ())
    return [(str(each.instrument or each.currency), each.quantity) for each in statement.holdings]


def test_a_list_of_symbols_and_units_says_what_is_held_and_a_currency_is_cash():
    assert held(b"Symbol,Quantity\nQUORB,66\nEUR,12.5\n") == [("QUORB", Decimal(66)), ("EUR", Decimal("12.5"))]
    assert held("ISIN;Name;Stück\nUS0378331005;Apple;1,25\n".encode()) == [("US0378331005", Decimal("1.25"))]


def test_its_columns_can_be_told():
    mapping = Mapping(columns={"ticker": "What", "quantity": "How many"})
    assert held(b"What,How many\nQUORB,66\n", Answers(mapping=mapping)) == [("QUORB", Decimal(66))]
    with pytest.raises(UnreadableFile, match="no row has these columns"):
        read(b"Which,How many\nQUORB,66\n", "f", Answers(mapping=mapping))


def test_a_row_without_units_is_a_problem():
    (problem,) = read(b"Symbol,Quantity\nQUORB,66\nACME,\n,3\n", "f").problems
    assert problem.rows == (3,)


def test_a_table_with_days_is_no_list_of_holdings():
    with pytest.raises(Undecided, match="no row names a date and an amount"):
        read(b"When,Symbol,Quantity\n2026-01-05,QUORB,66\n", "f")
