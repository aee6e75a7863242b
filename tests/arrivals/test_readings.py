"""A file that is looked at again is not read again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from openbell.arrivals import Readings
from openbell.model.errors import UnreadableFile
from openbell.statements.answers import Answers, Mapping
from openbell.statements.draft import Statement
from openbell.statements.presets import read

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FILE = b"Date,Type,Symbol,Quantity,Amount,Currency\n2026-01-05,Buy,ACME,2,-20,USD\n2026-01-06,Sell,ACME,-1,12,USD\n"
MAPPED = Answers(mapping=Mapping(columns={"date": "Date", "kind": "Type", "amount": "Amount", "currency": "Currency"}))


class Noting:
    """Reads, and notes the names of the files that were read, one after the other."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, data: bytes, name: str, answers: Answers) -> Statement:
        self.asked.append(name)
        return read(data, name, answers)


@pytest.fixture
def reader() -> Noting:
    return Noting()


def test_a_file_is_read_once_while_it_is_looked_at(reader: Noting):
    found = Readings(reader)
    first = found.read(FILE, "f.csv", Answers(), NOON)
    assert first == read(FILE, "f.csv", Answers())
    assert found.read(bytes(bytearray(FILE)), "f.csv", Answers(), NOON + timedelta(minutes=1)) is first
    assert reader.asked == ["f.csv"]


def test_another_file_another_name_and_other_answers_are_read(reader: Noting):
    found = Readings(reader)
    for data, name, answers in (
        (FILE, "f.csv", Answers()),
        (FILE.replace(b"-20", b"-21"), "f.csv", Answers()),
        (FILE, "g.csv", Answers()),
        (FILE, "g.csv", MAPPED),
        (FILE, "g.csv", Answers(currency="EUR")),
    ):
        assert found.read(data, name, answers, NOON) == read(data, name, answers)
    assert reader.asked == ["f.csv", "f.csv", "g.csv", "g.csv", "g.csv"]


def test_what_cannot_be_read_is_said_each_time(reader: Noting):
    found = Readings(reader)
    for _ in range(2):
        with pytest.raises(UnreadableFile):
            found.read(b"\x00", "f", Answers(), NOON)
    assert reader.asked == ["f", "f"]


def test_what_nobody_asks_for_any_more_is_forgotten(reader: Noting):
    found = Readings(reader)
    found.read(FILE, "f", Answers(), NOON)
    found.read(FILE, "f", Answers(), NOON + timedelta(minutes=4))
    found.rest(NOON + timedelta(minutes=8))
    found.read(FILE, "f", Answers(), NOON + timedelta(minutes=8))
    assert reader.asked == ["f"]
    found.rest(NOON + timedelta(minutes=13))
    found.read(FILE, "f", Answers(), NOON + timedelta(minutes=13))
    found.rest(NOON)  # the clock was set back
    found.read(FILE, "f", Answers(), NOON)
    assert reader.asked == ["f", "f", "f"]


def test_nothing_is_kept_of_a_very_large_file(reader: Noting):
    found = Readings(reader, most=1)
    found.read(FILE, "f", Answers(), NOON)
    found.read(FILE, "f", Answers(), NOON)
    assert reader.asked == ["f", "f"]
