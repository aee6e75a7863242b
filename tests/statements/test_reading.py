from __future__ import annotations

import gzip
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbell.model.errors import InvalidInput, Undecided, UnreadableFile
from openbell.model.transactions import Kind
from openbell.statements.answers import Answers, Mapping
from openbell.statements.contents import Contents
from openbell.statements.days import Clock, order_of
from openbell.statements.numbers import POINT, Marks, marks_of, money_code, symbol_in
from openbell.statements.presets import read
from openbell.statements.unpack import LARGEST_BYTES, unpacked
from statements.told import told

HEAD = "Date,Type,Symbol,Quantity,Price,Amount,Currency,Note\n"
BUY = '2024-03-05,buy,ACME,10,100.00,"-1,000.00",USD,Nestlé\n'
TOLD = ["2024-03-05 buy ACME 10 -1000 USD @100"]

COMMA = Marks(",")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,56", "1234.56"), ("-0,07", "-0.07"), ("1 046,3825", "1046.3825"), ("1'234,5", "1234.5"),
        ("12,50 €", "12.50"), ("€ -12,50", "-12.50"), ("−3,5", "-3.5"), ("5,00-", "-5.00"), ("1\u00a0234,5", "1234.5"),
    ],
)  # fmt: skip
def test_numbers_with_a_decimal_comma(text: str, number: str):
    assert COMMA.number(text, "x") == Decimal(number)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234.56", "1234.56"), ("($2,091.72)", "-2091.72"), ("€-597.49", "-597.49"), ("-$694.48", "-694.48"),
        ("1'234.56", "1234.56"), ("USD 85.11", "85.11"), ("1E-8", "0.00000001"), (".5", "0.5"), ("+7", "7"),
        ("3102.3217898325970226955", "3102.321789832597"), ("12,34,567.50", "1234567.50"),
    ],
)  # fmt: skip
def test_numbers_with_a_decimal_point(text: str, number: str):
    assert POINT.number(text, "x") == Decimal(number)


@pytest.mark.parametrize("text", ["", " ", "-", "--", "n/a", "Not available"])
def test_a_blank_is_no_number_and_not_zero(text: str):
    assert POINT.number(text, "x") is None


@pytest.mark.parametrize("text", ["NaN", "1e400", "Infinity", "1.2.3", "12a4", "1,23", "1e16", "=1+1", "٣x"])
def test_what_is_no_amount_is_refused_with_the_field(text: str):
    with pytest.raises(InvalidInput) as refused:
        POINT.number(text, "amount")
    assert refused.value.field == "amount"


def test_the_column_decides_what_its_marks_mean():
    assert marks_of(["1,234", "5,00"], "f", "amounts") == COMMA
    assert marks_of(["1,234", "5.00"], "f", "amounts") == POINT
    assert marks_of(["1", "20"], "f", "amounts") == POINT
    assert marks_of(["1.234", "2.345"], "f", "amounts", told=",") == COMMA


def test_a_column_that_can_be_read_in_two_ways_is_asked_about():
    with pytest.raises(Undecided) as asked:
        marks_of(["1,234", "2,345", "7"], "f", "amounts")
    assert (asked.value.option, asked.value.options) == ("decimal", (".", ","))


def test_in_a_column_with_both_marks_only_the_doubtful_cell_is_refused():
    marks = marks_of(["26,45", "-97.93"], "f", "amounts")
    assert marks == Marks("")
    assert marks.number("1.046,38", "x") == Decimal("1046.38")
    assert marks.number("1 757,95", "x") == Decimal("1757.95")
    with pytest.raises(InvalidInput, match="two meanings"):
        marks.number("1,234", "x")


@given(st.decimals(min_value=-(10**11), max_value=10**11, places=2))
def test_a_number_is_read_as_it_was_printed_in_every_manner(number: Decimal):
    english = f"{number:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert POINT.number(english, "x") == COMMA.number(german, "x") == number
    assert POINT.number(f"({abs(number):,.2f})", "x") == -abs(number)
    assert POINT.number(english.replace(",", "'"), "x") == number


@pytest.mark.parametrize(("code", "known"), [("GBX", ("GBP", "0.01")), ("GBp", ("GBP", "0.01")), ("GBP", ("GBP", "1"))])
def test_pence_are_parts_of_pounds(code: str, known: tuple[str, str]):
    assert money_code(code) == (known[0], Decimal(known[1]))


def test_a_currency_sign_names_its_currency():
    assert [symbol_in(text) for text in ("-$0.01", "€5", "12.30 CHF", "7", "(£2)")] == ["USD", "EUR", "CHF", "", "GBP"]


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("19-12-2022", "dmy", date(2022, 12, 19)), ("6/10/2022", "mdy", date(2022, 6, 10)),
        ("20220503;100000", "ymd", date(2022, 5, 3)), ("2024-01-03, 10:30:00", "ymd", date(2024, 1, 3)),
        ("05-Jan-2024", "ymd", date(2024, 1, 5)), ("Jan 5, 2024", "mdy", date(2024, 1, 5)),
        ("31.12.24", "dmy", date(2024, 12, 31)),
    ],
)  # fmt: skip
def test_days_in_every_manner(text: str, order, day: date):
    assert Clock(order).day(text) == day


@pytest.mark.parametrize("text", ["31-02-2024", "yesterday", "2024-13-01", "", "99/99/9999", "12345678"])
def test_what_is_no_day_is_refused(text: str):
    with pytest.raises(InvalidInput):
        Clock("dmy").day(text)


def test_the_column_decides_the_order_of_day_and_month():
    assert order_of(["03/04/2024", "13/04/2024"], "f", "dates") == "dmy"
    assert order_of(["03/04/2024", "04/13/2024"], "f", "dates") == "mdy"
    with pytest.raises(Undecided) as asked:
        order_of(["03/04/2024", "05/06/2024"], "f", "dates")
    assert order_of(["03.04.2024", "05.06.2024"], "f", "dates") == "dmy"
    assert order_of(["03.04.2024", "04.13.2024"], "f", "dates") == "mdy"
    assert (asked.value.option, asked.value.options) == ("dates", ("dmy", "mdy"))


def test_a_year_of_two_digits_can_come_first_and_only_orders_that_every_day_has_are_asked_about():
    assert order_of(["31.12.25", "02.01.26", "15.01.26", "28.02.26"], "f", "dates") == "dmy"
    assert order_of(["25/12/31", "26/01/02", "26/01/15"], "f", "dates") == "ymd"
    assert order_of(["31-12-45"], "f", "dates") == "dmy"
    assert order_of(["99/99/24", "04/13/24"], "f", "dates") == "mdy"
    assert order_of(["03.04.24", "05.06.24"], "f", "dates") == "dmy"
    with pytest.raises(Undecided, match=r"'31\.12\.25' in dates can be day or year first") as asked:
        order_of(["31.12.25"], "f", "dates")
    assert asked.value.options == ("dmy", "ymd")
    assert "dmy is day first, ymd year first" in asked.value.remedy


def test_an_instant_is_in_the_file_s_zone_and_the_day_stays_as_printed():
    assert Clock("dmy", "Europe/Amsterdam").read("15-07-2022", "16:55") == (
        date(2022, 7, 15), datetime(2022, 7, 15, 14, 55, tzinfo=UTC),
    )  # fmt: skip
    assert Clock("ymd", "Europe/Zurich").local("2021-09-15T22:00:00.000Z")[0] == date(2021, 9, 16)
    assert Clock("ymd").read("2024-01-01 3:04:05 PM")[1] is None


@pytest.mark.parametrize(
    "text", ["2024-01-01 10:00 +99:99", "0001-01-01 00:00 +05:00", "9999-12-31 23:59:59 Z", "2024-01-01 25:00 Z"]
)
def test_what_is_no_time_is_refused(text: str):
    with pytest.raises(InvalidInput, match="is not a time"):
        Clock("ymd").read(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"])
def test_a_file_is_read_in_each_encoding(encoding: str):
    statement = read((HEAD + BUY).encode(encoding), "f")
    assert told(statement) == TOLD
    assert statement.drafts[0].note == "Nestlé"


def test_a_file_that_mixes_encodings_is_read_and_says_so():
    data = HEAD.encode() + BUY.encode("utf-8") + BUY.replace("03-05", "03-06").encode("cp1252")
    statement = read(data, "f")
    assert [draft.note for draft in statement.drafts] == ["Nestlé", "Nestlé"]
    assert any("mixes encodings" in note for note in statement.notes)


@pytest.mark.parametrize("delimiter", [";", "\t", "|", ","])
def test_a_file_is_read_with_each_delimiter_after_a_preamble_and_before_a_disclaimer(delimiter: str):
    head = ("My broker", "", "Report of 2024", HEAD.strip().replace(",", delimiter))
    row = delimiter.join(("2024-03-05", "buy", "ACME", "10", "100.00", "-1000.00", "USD", '"two\nlines"'))
    statement = read("\r\n".join([*head, row, "", "All rights reserved."]).encode(), "f")
    assert told(statement) == TOLD
    assert statement.drafts[0].note == "two\nlines"
    assert statement.drafts[0].rows == (5,)


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def test_a_packed_file_is_unpacked():
    data = (HEAD + BUY).encode()
    assert told(read(gzip.compress(data), "f.gz")) == told(read(zipped(a=data), "f.zip")) == TOLD


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"%PDF-1.4", "PDF"),
        (b"\xd0\xcf\x11\xe0" + bytes(20), "Excel"),
        (zipped(**{"xl/workbook.xml": b"<x/>"}), "damaged"),
        (zipped(**{"xl/workbook.bin": b"x"}), "spreadsheet"),
        (zipped(a=b"1", b=b"2"), "2 files"),
        (zipped(a=bytes(40 << 20)), "64 MiB"),
        (gzip.compress(bytes(40 << 20), mtime=0), "64 MiB"),
        (gzip.compress(gzip.compress(b"a,b\n", mtime=0), mtime=0), "packed again"),
        (b"PK\x03\x04rubbish", "damaged"),
        (gzip.compress(b"a" * 1000, mtime=0)[:-9], "damaged"),
        (bytes(range(256)), "no text"),
        (b"hello", "no broker"),
        (b'{"a": NaN}', "damaged"),
        (b"[" * 100_000, "damaged"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "document type"),
        (b"<FlexQueryResponse>", "damaged"),
        ((HEAD + '2024-03-05,buy,"' + "x" * 200_000).encode(), "does not end"),
    ],
)
def test_what_is_no_statement_is_refused_with_what_it_is(data: bytes, says: str):
    with pytest.raises(UnreadableFile, match=says):
        read(data, "f")


def test_a_file_over_the_limit_is_refused_before_it_is_read():
    with pytest.raises(UnreadableFile, match="64 MiB"):
        unpacked(bytes(LARGEST_BYTES + 1), "f")


def test_200_000_rows_under_a_header_and_a_preamble_are_read_and_more_are_refused():
    row = b"a,b\n"
    assert len(Contents(row * 200_060, "f").records) == 200_060
    with pytest.raises(UnreadableFile, match="200,000 rows"):
        assert Contents(row * 200_061, "f").records


def test_cells_that_a_spreadsheet_would_run_are_only_text():
    statement = read((HEAD + '2024-03-05,buy,"=cmd()",10,100.00,-1000,USD,"@SUM(A1)"\n').encode(), "f")
    assert [(str(d.instrument), d.note) for d in statement.drafts] == [("=cmd()", "@SUM(A1)")]


def test_bad_rows_are_problems_with_their_line_and_the_others_are_read():
    rows = (
        "2024-03-05,buy,ACME,NaN,100.00,-1000,USD,\n2024-03-06,buy,ACME,1,1,1e400,USD,\n"
        "2024-03-07,deposit,,,,5.00,XXX,\n2024-03-08,juggle,ACME,1,1,-1,USD,\n2024-03-09,deposit,,,,5.00,USD,\n"
    )
    statement = read((HEAD + rows).encode(), "f")
    assert told(statement) == ["2024-03-09 deposit - 0 5 USD"]
    assert [problem.rows for problem in statement.problems] == [(2,), (3,), (4,), (5,)]
    assert "'XXX' is not a currency." in statement.problems[2].what
    assert "juggle" in statement.problems[3].what


def test_a_mapping_that_is_told_reads_what_does_not_propose_itself():
    data = b"Wann;Was;Papier;Stk;Summe\n05.03.2024;Zugang;ACME;1.000;-1.000,50\n"
    with pytest.raises(UnreadableFile, match="no broker"):
        read(data, "f")
    columns = {"date": "Wann", "kind": "Was", "ticker": "Papier", "quantity": "Stk", "amount": "Summe"}
    mapping = Mapping(columns=columns, kinds={"Zugang": Kind.BUY})
    answers = Answers(mapping=mapping, dates="dmy", decimal=",", currency="EUR")
    assert told(read(data, "f", answers)) == ["2024-03-05 buy ACME 1000 -1000.5 EUR"]
    with pytest.raises(InvalidInput, match="'colour' is nothing"):
        read(data, "f", Answers(mapping=Mapping(columns={**columns, "colour": "Stk"})))
    with pytest.raises(UnreadableFile, match="no column 'Stueck'"):
        read(data, "f", Answers(mapping=Mapping(columns={**columns, "quantity": "Stueck"})))


def test_a_file_without_a_currency_is_asked_about():
    data = b"Date,Type,Amount\n2024-03-05,deposit,5.00\n"
    with pytest.raises(Undecided) as asked:
        read(data, "f")
    assert asked.value.option == "currency"
    assert told(read(data, "f", Answers(currency="CHF"))) == ["2024-03-05 deposit - 0 5 CHF"]


def test_a_preset_that_does_not_exist_or_does_not_fit_is_refused():
    with pytest.raises(InvalidInput, match="no preset"):
        read(b"a,b", "f", Answers(preset="acme"))
    with pytest.raises(InvalidInput, match="no file of Degiro"):
        read((HEAD + BUY).encode(), "f", Answers(preset="degiro"))


def test_a_running_balance_that_does_not_follow_is_told_and_the_row_kept():
    rows = (
        "Date,Type,Amount,Currency,Balance\n2024-01-03,deposit,5,USD,17\n2024-01-02,deposit,5,USD,10\n"
        "2024-01-01,deposit,5,USD,5\n"
    )
    statement = read(rows.encode(), "f")
    assert len(statement.drafts) == 3
    assert [(p.rows, p.blocking) for p in statement.problems] == [((2,), False)]
    assert "17" in statement.problems[0].what


@pytest.mark.parametrize("zone", ["America/New_York"])
def test_a_ghostfolio_file_from_elsewhere_asks_for_its_zone(zone: str):
    activity = (
        '{"currency": "USD", "date": "2021-09-16T04:00:00.000Z", "fee": 0, "quantity": 5, "symbol": "MSFT",'
        ' "type": "BUY", "unitPrice": 1}'
    )
    data = ('{"activities": [' + activity + "]}").encode()
    with pytest.raises(Undecided) as asked:
        read(data, "f")
    assert asked.value.option == "zone"
    assert zone in asked.value.options
    assert told(read(data, "f", Answers(zone=zone)))[0].startswith("2021-09-16 buy MSFT 5")


def test_a_row_that_nothing_calls_a_purchase_is_not_taken_for_one():
    data = b"Date,What,Symbol,Quantity,Price,Currency\n2024-01-03,DIVIDEND,AAPL,1,2.4,USD\n"
    statement = read(data, "f")
    assert statement.drafts == ()
    assert "bought, sold or received" in statement.problems[0].what
    mapping = Mapping(
        columns={"date": "Date", "kind": "What", "ticker": "Symbol", "quantity": "Quantity", "price": "Price"}
    )
    assert told(read(data, "f", Answers(mapping=mapping, currency="USD"))) == ["2024-01-03 dividend AAPL 0 2.4 USD"]


def test_the_header_and_what_stands_above_it_are_no_rows_without_effect():
    statement = read(("Account of Ann\n" + HEAD + BUY).encode(), "f")
    assert (statement.ignored, [each.rows for each in statement.frame]) == ((), [(1,), (2,)])
    assert told(statement) == TOLD
