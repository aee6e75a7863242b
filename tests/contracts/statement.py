"""What every preset promises: a file of its broker is recognised alone, and no row of it is lost."""

from __future__ import annotations

import csv
import io
from typing import ClassVar

import pytest

from openbell.model.errors import UnreadableFile
from openbell.statements.contents import Contents
from openbell.statements.draft import Statement
from openbell.statements.fingerprints import Known, new_rows
from openbell.statements.presets import read, recognised
from statements.told import told
from statements.workbooks import workbook


class PresetContract:
    """A preset's facts: its name, a file, what it becomes, and which columns it cannot do without."""

    preset: ClassVar[str]
    file: ClassVar[str]
    drafts: ClassVar[str]
    needs: ClassVar[tuple[str, ...]] = ()
    """Columns by their names in the file."""
    ignored: ClassVar[int] = 1
    problems: ClassVar[int] = 0
    doubts: ClassVar[int] = 0
    holdings: ClassVar[int] = 0

    def statement(self) -> Statement:
        return read(self.file.encode(), "file")

    def test_it_is_recognised_by_its_contents_and_by_no_other_preset(self):
        assert [preset.name for preset in recognised(Contents(self.file.encode(), "file"))] == [self.preset]

    def test_its_rows_become_these_drafts(self):
        assert told(self.statement()) == [line.strip() for line in self.drafts.strip().splitlines() if line.strip()]

    def test_every_row_is_accounted_for(self):
        statement = self.statement()
        contents = Contents(self.file.encode(), "file")
        assert {record.line for record in contents.records} <= statement.rows
        blocking = [problem for problem in statement.problems if problem.blocking]
        doubts = [problem for problem in statement.problems if not problem.blocking]
        frame = statement.frame
        found = (len(statement.ignored) + len(frame), len(blocking), len(doubts), len(statement.holdings))
        assert found == (self.ignored, self.problems, self.doubts, self.holdings)
        assert all(problem.what and problem.remedy and problem.content for problem in statement.problems)

    def test_every_draft_can_be_booked(self):
        for draft in self.statement().drafts:
            draft.check()

    def test_the_same_file_again_adds_nothing(self):
        first = self.statement().drafts
        assert len({draft.fingerprint for draft in first}) == len(first)
        known = [Known(d.fingerprint, d.kind, d.day, d.currency, d.quantity, d.cash) for d in first]
        again = new_rows(self.statement().drafts, known)
        assert (again.new, again.alike, again.known) == ((), (), first)

    def test_its_table_in_a_workbook_becomes_the_same_drafts(self):
        rows = Contents(self.file.encode(), "file").records
        if not rows or self.preset == "beancount":
            return
        statement = read(workbook({"Activity": {row.line: row.cells for row in rows}}), "file.xlsx")
        plain = self.statement()
        assert (statement.preset, told(statement)) == (self.preset, told(plain))
        assert statement.rows == plain.rows
        assert [draft.fingerprint for draft in statement.drafts] == [draft.fingerprint for draft in plain.drafts]

    def test_a_file_without_a_column_that_it_needs_is_refused(self):
        for column in self.needs:
            with pytest.raises(UnreadableFile):
                read(without(self.file, column).encode(), "file")

    def test_a_row_that_is_spoiled_is_a_problem_that_carries_it(self):
        """Of a table: a nonsense cell in each place is never dropped, and never spoils another row."""
        rows = list(csv.reader(io.StringIO(self.file, newline=""), delimiter=delimiter(self.file)))
        full = [i for i, row in enumerate(rows) if sum(map(bool, row)) > 3]
        if self.file.lstrip()[:1] in {"{", "<"} or len(full) < 2:
            return
        last = full[-1]
        for place in range(len(rows[last])):
            spoiled = [list(row) for row in rows]
            spoiled[last][place] = "?!"
            data = written(spoiled, delimiter(self.file)).encode()
            try:
                statement = read(data, "file")
            except UnreadableFile:
                continue
            assert {record.line for record in Contents(data, "file").records} <= statement.rows


def delimiter(text: str) -> str:
    return ";" if text.count(";") > text.count(",") else ","


def written(rows: list[list[str]], mark: str) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=mark, lineterminator="\n").writerows(rows)
    return out.getvalue()


def without(text: str, column: str) -> str:
    """The table without one column."""
    mark = delimiter(text)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    at, header = next((i, row) for i, row in enumerate(rows) if column in row)
    place = header.index(column)
    return written([row[:place] + row[place + 1 :] if i >= at else row for i, row in enumerate(rows)], mark)
