"""A file opened once for all presets to look at: its text, its rows, its JSON, its XML elements."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any
from xml.etree import ElementTree as ET

from openbell.model.errors import InvalidInput, UnreadableFile
from openbell.statements.text import decoded
from openbell.statements.unpack import unpacked

DELIMITERS = (",", ";", "\t", "|")
LONGEST_CELL = 100_000
"""Characters; what is longer has lost its closing quotation mark. The reader's own limit is all modules' at once."""
HEADER_WITHIN = 60
"""A table's header stands among so many rows."""
MOST_ROWS = 200_000
"""Under the header, and what stands above it."""
SNIFFED_ROWS = 200


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a table as it stands in the file; `line` is where it begins, the first is 1."""

    line: int
    cells: tuple[str, ...]

    @property
    def content(self) -> str:
        """The row in one line, for whoever has to look at it."""
        return " | ".join(self.cells).strip()

    @property
    def filled(self) -> int:
        """How many cells say something."""
        return sum(map(bool, map(str.strip, self.cells)))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook that has a table, as the rows of its CSV would be; `others` have tables, too."""

    title: str
    records: tuple[Record, ...]
    others: tuple[str, ...] = ()


class Contents:
    """What is in a file, or in one sheet of it, which has no text; `name` is only for messages.

    Raises UnreadableFile for what is no text.
    """

    def __init__(self, data: bytes | Sheet, name: str) -> None:
        self.name = name
        self.sheet = data if isinstance(data, Sheet) else None
        self.text, self.notes = _of_sheet(data) if isinstance(data, Sheet) else decoded(unpacked(data, name), name)
        self.head = self.text[:4000].lstrip("\ufeff \t\r\n")

    @cached_property
    def records(self) -> tuple[Record, ...]:
        """The rows of a table that say anything; none for JSON and XML."""
        if self.sheet is not None:
            return self.sheet.records
        if self.head[:1] in {"{", "[", "<"}:
            return ()
        return _records(self.text.removeprefix("\ufeff"), _delimiter(self.text), self.name)

    @cached_property
    def document(self) -> Any:
        """The JSON document, its numbers exact; None where it is none."""
        if self.head[:1] not in {"{", "["}:
            return None
        try:
            return json.loads(self.text.lstrip("\ufeff"), parse_float=Decimal, parse_constant=_no_number)
        except (ValueError, RecursionError, InvalidInput) as error:
            raise UnreadableFile(self.name, f"the JSON is damaged: {error}.", remedy="Export it again.") from error

    @cached_property
    def root(self) -> ET.Element | None:
        """The XML document's root; None where it is none."""
        if not self.head.startswith("<"):
            return None
        if "<!DOCTYPE" in self.head or "<!ENTITY" in self.text:
            raise UnreadableFile(
                self.name, "the XML declares a document type, which no broker's does.", remedy="Export it again."
            )
        try:
            return ET.fromstring(self.text.lstrip("\ufeff \t\r\n"))  # noqa: S314  # entities were refused
        except (ET.ParseError, ValueError) as error:
            raise UnreadableFile(self.name, f"the XML is damaged: {error}.", remedy="Export it again.") from error


def _of_sheet(sheet: Sheet) -> tuple[str, tuple[str, ...]]:
    if not sheet.others:
        return "", ()
    others = ", ".join(map(repr, sheet.others))
    return "", (f"read from the sheet {sheet.title!r}; not from {others}",)


def _no_number(text: str) -> Decimal:
    raise InvalidInput("number", f"{text} is no amount")


def too_long(name: str) -> UnreadableFile:
    """That a table has more rows than are read."""
    return UnreadableFile(
        name,
        f"it has more than {MOST_ROWS:,} rows.",
        remedy="Export a shorter period, and import one after the other.",
    )


def _delimiter(text: str) -> str:
    """What splits the first lines most evenly into most cells."""
    head = text[:100_000]

    def evenness(delimiter: str) -> int:
        widths = Counter[int]()
        try:
            for index, row in enumerate(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)):
                if index == SNIFFED_ROWS:
                    break
                widths[len(row)] += len(row) > 1
        except csv.Error:
            return 0
        return max((width * count for width, count in widths.items()), default=0)

    return max(DELIMITERS, key=evenness)


def _records(text: str, delimiter: str, name: str) -> tuple[Record, ...]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    records, begins = list[Record](), 1
    try:
        for cells in reader:
            if max(map(len, cells), default=0) > LONGEST_CELL:
                raise csv.Error(f"it has more than {LONGEST_CELL:,} characters")  # noqa: TRY301  # as the reader would
            record = Record(begins, tuple(cells))
            begins = reader.line_num + 1
            if any(map(str.strip, cells)):
                records.append(record)
            if len(records) > MOST_ROWS + HEADER_WITHIN:
                raise too_long(name)
    except csv.Error as error:
        raise UnreadableFile(
            name,
            f"a cell from line {begins} on does not end: {error}.",
            remedy="Is a quotation mark missing, or a note far too long?",
        ) from error
    return tuple(records)
