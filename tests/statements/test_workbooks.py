# ruff: noqa: DTZ001  # cells know no zone
"""Statements in workbooks: read as their CSV would be, and given up where they are none."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime, time

import pytest

from openbell.model.errors import InvalidInput, Undecided, UnreadableFile
from openbell.statements.answers import Answers, Mapping
from openbell.statements.presets import contents_of, read
from statements.told import told
from statements.workbooks import rewritten, workbook

SHEET = "xl/worksheets/sheet1.xml"
ACTIVITY = {
    1: ("Date", "Type", "Details", "Amount", "Units / Contracts", "Realized Equity Change", "Realized Equity",
        "Balance", "Position ID", "Asset type", "NWA"),
    2: ("02/01/2024 10:00:00", "Deposit", "1000.00 USD", 1000, "-", 1000, 1000, 1000, "-", "-", 0),
    3: (datetime(2024, 1, 2, 11), "Open Position", "AAPL/USD", 185.25, "1.5", 0, 1000, 814.75, 2500000001, "Stocks", 0),
    4: (datetime(2024, 1, 3, 11), "Position closed", "AAPL/USD", 190.1, 1.5, 4.85, 1004.85, 1004.85, 2500000001,
        "Stocks", 0),
}  # fmt: skip
TABLE = {
    1: ("Date", "Action", "Symbol", "Quantity", "Amount", "Currency", "Note"),
    2: (datetime(2024, 3, 5), "Buy", "ACME", 1.234, -150.5, "USD", "=1+1"),
}
TOLD = ["2024-03-05 buy ACME 1.234 -150.5 USD"]


def test_the_sheet_that_a_preset_knows_is_read_and_the_others_are_named():
    summary = {1: ("Account Summary", ""), 2: ("Name", "Somebody"), 3: ("Currency", "USD")}
    statement = read(workbook({"Account Summary": summary, "Account Activity": ACTIVITY}), "etoro.xlsx")
    assert statement.preset == "etoro"
    assert told(statement) == [
        "2024-01-02 deposit - 0 1000 USD",
        "2024-01-02 buy AAPL 1.5 -185.25 USD @123.5",
        "2024-01-03 sell AAPL -1.5 190.1 USD @126.733333333333",
    ]
    assert [draft.rows for draft in statement.drafts] == [(2,), (3,), (4,)]
    assert [draft.ref for draft in statement.drafts] == ["", "2500000001", "2500000001"]
    assert statement.notes == ("read from the sheet 'Account Activity'; not from 'Account Summary'",)


def test_a_table_that_no_preset_knows_is_read_by_its_columns_with_numbers_and_days_as_they_are():
    statement = read(workbook({"Sheet1": TABLE}), "f.xlsx")
    assert told(statement) == TOLD
    assert [draft.note for draft in statement.drafts] == ["=1+1"]


def test_which_of_several_tables_is_meant_is_asked():
    data = workbook({"2023": TABLE, "2024": TABLE, "Empty": {}})
    with pytest.raises(Undecided, match="'2023', '2024'") as asked:
        read(data, "f.xlsx")
    assert (asked.value.option, asked.value.options) == ("sheet", ("2023", "2024"))
    assert told(read(data, "f.xlsx", Answers(sheet="2024"))) == TOLD
    with pytest.raises(InvalidInput, match="no sheet 'Empty' with a table"):
        read(data, "f.xlsx", Answers(sheet="Empty"))


def test_a_table_of_a_workbook_can_be_mapped():
    rows = {1: ("When", "What", "How many", "Money"), 2: (datetime(2024, 3, 5), "ACME", 2, -150)}
    columns = {"date": "When", "ticker": "What", "quantity": "How many", "amount": "Money"}
    answers = Answers(mapping=Mapping(columns=columns), currency="USD")
    assert told(read(workbook({"Sheet1": rows}), "f.xlsx", answers)) == ["2024-03-05 buy ACME 2 -150 USD"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.234, "1.2340"), (0.1, "0.1"), (1234, "1234"), (5.0, "5"), (-0.5, "-0.5"),
        (True, "TRUE"), (datetime(2024, 1, 2), "2024-01-02"), (datetime(2024, 1, 2, 9, 30), "2024-01-02 09:30:00"),
        (time(9, 30), "09:30:00"), ("007", "007"), ("=A1", "=A1"),
    ],
)  # fmt: skip
def test_a_cell_is_the_text_that_a_csv_would_have(value: object, text: str):
    data = workbook({"Sheet1": {1: ("Date", "Amount"), 2: ("2024-01-02", value), 3: ("", None)}})
    assert [record.cells for record in contents_of(data, "f").records] == [("Date", "Amount"), ("2024-01-02", text)]


def of_cells(cells: str) -> Callable[[bytes], bytes]:
    return lambda sheet: sheet[: sheet.index(b"<sheetData")] + f"<sheetData>{cells}</sheetData></worksheet>".encode()


BOOK = workbook({"Sheet1": TABLE})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (rewritten(BOOK, "xl/styles.xml", lambda part: part + b" " * (80 << 20)), "100 times its size"),
        (rewritten(BOOK, "xl/styles.xml", lambda part: part + b"<a/>" * 400_000, zipfile.ZIP_STORED), "too much in it"),
        (rewritten(BOOK, SHEET, lambda part: part + b"<a/>" * 10_000_000, zipfile.ZIP_STORED), "too much in it"),
        (rewritten(BOOK, SHEET, lambda part: b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + part), "document type"),
        (rewritten(BOOK, SHEET, of_cells('<row r="1"><c r="ZZZZZ1"><v>1</v></c></row>')), "damaged"),
        (rewritten(BOOK, SHEET, of_cells('<row><c r="XFD1"/></row>' * 1300)), "20,000,000 cells"),
        (rewritten(BOOK, SHEET, of_cells('<row r="900000000"><c r="A900000000"><v>1</v></c></row>')), "200,000 rows"),
        (rewritten(BOOK, SHEET, lambda part: part[: len(part) // 2]), "damaged"),
        (rewritten(BOOK, SHEET, of_cells('<row r="x"/>')), "damaged"),
        (rewritten(BOOK, "xl/workbook.xml", lambda _: b"<x/>"), "no sheet"),
        (workbook({"Sheet1": {1: ("A remark",)}}), "no sheet of the workbook has a table"),
    ],
)
def test_what_is_no_sound_workbook_is_refused_with_the_reason(data: bytes, said: str):
    with pytest.raises(UnreadableFile, match=said):
        read(data, "f.xlsx")


def test_many_parts_that_are_small_each_are_too_large_together():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        for number in range(90):
            archive.writestr(f"xl/{number}.xml", " " * 900_000)
    with pytest.raises(UnreadableFile, match="100 times its size"):
        read(out.getvalue(), "f.xlsx")


def test_a_workbook_of_other_programs_is_refused_with_what_to_do():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "x")
        archive.writestr("content.xml", "x")
    with pytest.raises(UnreadableFile, match=r"Save it as \.xlsx or CSV"):
        read(out.getvalue(), "f.ods")
