"""The sheets of an Excel workbook (.xlsx) as tables of text, as their CSV would be.

Nothing in a workbook is run: a formula is what it came to when the file was saved.
"""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from openbell.model.errors import UnreadableFile
from openbell.statements.contents import HEADER_WITHIN, MOST_ROWS, Record, Sheet, too_long

MOST_CELLS = 20_000_000
"""With the empty ones to the left of others: what 200,000 rows of the widest statement have."""
MOST_SHEETS = 100
_DAMAGED = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, SyntaxError, OSError, EOFError,
    NotImplementedError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What the reader raises for a part that is not as the standard has it: it says nothing of its own."""


def sheets_of(data: bytes, name: str) -> tuple[Sheet, ...]:
    """The sheets with a table, two columns of two rows at least; raises UnreadableFile for a damaged workbook."""
    try:
        sheets = [Sheet(title, tuple(_records(rows, name))) for title, rows in _read(data, name)]
    except _DAMAGED as error:
        raise UnreadableFile(name, "the workbook is damaged.", remedy="Save it again, or as CSV.") from error
    found = [sheet for sheet in sheets if sum(record.filled > 1 for record in sheet.records) > 1]
    if not found:
        raise UnreadableFile(name, "no sheet of the workbook has a table.", remedy="Export the activity again.")
    titles = [sheet.title for sheet in found]
    return tuple(replace(sheet, others=tuple(t for t in titles if t != sheet.title)) for sheet in found)


def _read(data: bytes, name: str) -> Iterator[tuple[str, Iterator[Sequence[Any]]]]:
    """Each sheet's title and rows."""
    from openpyxl import load_workbook  # noqa: PLC0415  # loads slowly

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and validations: they say nothing of what is in the cells
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            if len(book.worksheets) > MOST_SHEETS:
                raise UnreadableFile(
                    name, f"the workbook has more than {MOST_SHEETS} sheets.", remedy="Save the one as CSV."
                )
            for sheet in book.worksheets:
                sheet.reset_dimensions()
                yield sheet.title, sheet.iter_rows(values_only=True)
        finally:
            book.close()


def _records(rows: Iterator[Sequence[Any]], name: str) -> Iterator[Record]:
    size = 0
    for line, values in enumerate(rows, start=1):
        size += len(values)
        if line > MOST_ROWS + HEADER_WITHIN:
            raise too_long(name)
        if size > MOST_CELLS:
            raise UnreadableFile(name, f"it has more than {MOST_CELLS:,} cells.", remedy="Save the table as CSV.")
        cells = tuple(map(_text, values))
        if any(map(str.strip, cells)):
            yield Record(line, cells)


def _text(value: object) -> str:
    """A cell as CSV has it: days the year first, numbers with a decimal point."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds") if value.time() != time() else value.date().isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _number(value: float) -> str:
    """Three decimals get a fourth, since `1.234` alone could be a thousand and some."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = repr(value)
    return f"{text}0" if len(text.partition(".")[2]) == 3 else text
