# ruff: noqa: E501  # rows stand as brokers write them
"""Trading 212's splits, as older files tell them in one row and newer ones in two."""

from __future__ import annotations

from openbell.statements.draft import Statement
from openbell.statements.presets import read
from statements.told import told

HEAD = "Action,Time,ISIN,Ticker,Name,No. of shares,Price / share,Currency (Price / share),Total,Currency (Total),Notes,ID\n"


def statement(*rows: str) -> Statement:
    return read((HEAD + "".join(row + "\n" for row in rows)).encode(), "f")


def row(action: str, units: str, total: str) -> str:
    return f"{action},2022-06-06 10:00:00,US0231351067,AMZN,Amazon,{units},0,USD,{total},GBP,,"


def problems_of(statement: Statement) -> list[tuple[int, ...]]:
    return [problem.rows for problem in statement.problems]


def test_a_split_in_one_row_brings_its_units_and_no_cash():
    for total in ("", "0.00", "2307.69"):
        assert told(statement(row("Stock Split", "209", total))) == ["2022-06-06 split AMZN 209 0 GBP"]


def test_a_split_without_units_is_a_problem():
    assert problems_of(statement(row("Stock Split", "", "2307.69"))) == [(2,)]


def test_a_split_that_two_rows_tell_is_not_told_once_more():
    three = statement(
        row("Stock split close", "11", "1"), row("Stock split open", "220", "1"), row("Stock Split", "209", "0")
    )
    assert told(three) == ["2022-06-06 split AMZN 209 0 GBP ratio=20"]
    assert problems_of(three) == [(4,)]


def test_units_in_a_row_whose_word_tells_of_cash_are_a_problem():
    assert problems_of(statement(row("Fee", "3", "0.00"))) == [(2,)]
    assert told(statement(row("Spin off", "3", ""))) == ["2022-06-06 delivery_in AMZN 3 0 GBP"]
