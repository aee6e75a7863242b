"""Files as spreadsheets and web pages write them: German ones, day before month, columns of their own names."""

from __future__ import annotations

from datetime import date

import pytest

from openbell.model.errors import InvalidInput, Undecided, UnreadableFile
from openbell.model.interval import DAY

GERMAN = (
    "Datum;Eröffnung;Hoch;Tief;Schluss;Volumen\r\n"
    "02.03.2026;1.010,00;1.011,00;1.009,50;1.010,50;1.000\r\n"
    "03.03.2026;1.010,50;1.012,00;1.010,00;1.011,75;1.100\r\n"
)
GERMAN_ROWS = [
    (date(2026, 3, 2), 1010.0, 1011.0, 1009.5, 1010.5, 1000.0),
    (date(2026, 3, 3), 1010.5, 1012.0, 1010.0, 1011.75, 1100.0),
]
AMBIGUOUS = "Date,Open,High,Low,Close\n02/03/2026,1,2,0.5,1.5\n03/03/2026,1,2,0.5,1.6\n"


def rows(found):
    prices = found.bars.select("ts", "open", "high", "low", "close", "volume").rows()
    return [(stamp.date(), *rest) for stamp, *rest in prices]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_german_spreadsheet_is_read_in_either_encoding(load, encoding):
    found = load("SAP.csv", GERMAN.encode(encoding))
    assert rows(found) == GERMAN_ROWS
    assert "dates are day.month.year, as where points are written" in found.notes


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_excels_unicode_text_is_read(load, encoding):
    mark = "" if encoding == "utf-16" else "\ufeff"
    found = load("SAP.txt", (mark + GERMAN.replace(";", "\t")).encode(encoding))
    assert rows(found) == GERMAN_ROWS


def test_columns_that_nobody_knows_are_named(load):
    strange = GERMAN.replace("Datum", "Tag").replace("Schluss", "Ende")
    with pytest.raises(UnreadableFile, match="Name them with --columns"):
        load("SAP.csv", strange)
    assert rows(load("SAP.csv", strange, columns={"ts": "Tag", "close": "Ende"})) == GERMAN_ROWS
    with pytest.raises(InvalidInput, match="has no column 'End'"):
        load("SAP.csv", strange, columns={"ts": "Tag", "close": "End"})


@pytest.mark.parametrize(
    ("order", "days", "note"),
    [("dmy", ["2026-03-02", "2026-03-03"], "day/month/year"), ("mdy", ["2026-02-03", "2026-03-03"], "month/day/year")],
)
def test_an_order_of_dates_that_nothing_proves_is_asked_for(load, order, days, note):
    with pytest.raises(Undecided) as caught:
        load("ACME.csv", AMBIGUOUS)
    assert caught.value.option == "--dates"
    found = load("ACME.csv", AMBIGUOUS, dates=order, interval=DAY)
    assert [stamp.date().isoformat() for stamp in found.bars["ts"]] == days
    assert f"dates are {note}" in found.notes


def test_years_of_two_digits_are_read_in_the_order_that_is_told(load):
    found = load("ACME.csv", AMBIGUOUS.replace("/2026", "/26"), dates="dmy")
    assert [stamp.date().isoformat() for stamp in found.bars["ts"]] == ["2026-03-02", "2026-03-03"]


def test_an_order_that_is_proved_is_told_with_its_reason(load):
    found = load("ACME.csv", AMBIGUOUS + "13/03/2026,1,2,0.5,1.7\n")
    assert "dates are day/month/year: the other way some are no dates" in found.notes


def test_nasdaqs_own_file_has_the_month_first(load):
    found = load(
        "HistoricalData_ACME.csv",
        """
        Date,Close/Last,Volume,Open,High,Low
        03/04/2026,$11.75,"1,200",$11.50,$12.00,$11.00
        03/03/2026,$11.50,"1,100",$10.50,$12.00,$10.00
        """,
    )
    assert (found.preset, found.bars["symbol"][0], found.bars["source"][0]) == ("nasdaq", "ACME", "nasdaq")
    assert rows(found) == [
        (date(2026, 3, 3), 10.5, 12.0, 10.0, 11.5, 1100.0),
        (date(2026, 3, 4), 11.5, 12.0, 11.0, 11.75, 1200.0),
    ]


def test_a_copy_that_a_browser_numbered_keeps_its_symbol_and_says_so(load):
    found = load("AAPL (1).csv", "Date,Open,High,Low,Close\n2024-01-02,1,2,0.5,1.5\n2024-01-03,1,2,0.5,1.5\n")
    assert found.bars["symbol"][0] == "AAPL"
    assert "symbol AAPL from the file name" in found.notes


def test_a_daily_file_with_a_long_gap_is_daily(load):
    found = load("ACME.csv", "Date,Open,High,Low,Close\n2024-01-02,1,2,1,1\n2024-01-03,1,2,1,1\n2024-01-22,1,2,1,1\n")
    assert found.bars["interval"].unique().to_list() == ["1d"]


@pytest.mark.parametrize(
    ("first", "unit", "starts"),
    [
        ("1704205800", "seconds", "2024-01-02T14:30"),
        ("1704205800000", "milliseconds", "2024-01-02T14:30"),
        ("1704205800000000", "microseconds", "2024-01-02T14:30"),
        ("1704205800000000000", "nanoseconds", "2024-01-02T14:30"),
        ("999999960", "seconds", "2001-09-09T01:46"),
    ],
)
def test_counts_since_1970_are_read_in_their_unit(load, first, unit, starts):
    per_minute = 60 * {"seconds": 1, "milliseconds": 10**3, "microseconds": 10**6, "nanoseconds": 10**9}[unit]
    lines = [f"{int(first) + at * per_minute},1,2,0.5,1.5,100" for at in range(3)]
    found = load("ACME.csv", "\n".join(["timestamp,open,high,low,close,volume", *lines]))
    assert found.bars["ts"].dt.strftime("%Y-%m-%dT%H:%M")[0] == starts
    assert found.bars.height == 3
    assert f"stamps are {unit} since 1970, UTC" in found.notes
