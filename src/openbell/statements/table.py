"""A table with its header found: rows whose cells are asked for by our own words."""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TypeVar

from openbell.model.errors import InvalidInput, UnreadableFile
from openbell.statements.contents import HEADER_WITHIN, Contents, Record
from openbell.statements.draft import Ignored, Outcome, Problem

Columns = Mapping[str, Sequence[str]]
"""Our word for a column, and what brokers call it; a name that ends in `*` is a beginning."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: `row["amount"]` is the cell's text, empty where there is none."""

    record: Record
    places: Mapping[str, int]

    def __getitem__(self, column: str) -> str:
        place = self.places.get(column, -1)
        cells = self.record.cells
        return cells[place].strip() if 0 <= place < len(cells) else ""

    def after(self, column: str) -> str:
        """The cell to the right of `column`: some brokers give two columns one name."""
        place = self.places.get(column, -2) + 1
        cells = self.record.cells
        return cells[place].strip() if 0 <= place < len(cells) else ""

    @property
    def line(self) -> int:
        """Where it begins in the file, the first line is 1."""
        return self.record.line

    def ignored(self, reason: str) -> Ignored:
        """That the row moves nothing."""
        return Ignored((self.line,), reason, self.record.content)

    def problem(self, what: str, remedy: str, *, blocking: bool = True) -> Problem:
        """What is wrong with the row."""
        return Problem((self.line,), what, remedy, self.record.content, blocking)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows under a header, and what stands above it."""

    name: str
    header: Record
    places: Mapping[str, int]
    rows: tuple[Row, ...]
    above: tuple[Record, ...]

    def column(self, name: str) -> Iterator[str]:
        """All cells of a column."""
        return (row[name] for row in self.rows)

    def require(self, *columns: str) -> None:
        """Raise UnreadableFile that names what is missing, before anything is read wrongly."""
        missing = [column.replace("_", " ") for column in columns if column not in self.places]
        if missing:
            raise UnreadableFile(
                self.name,
                f"line {self.header.line} has no column for {', '.join(missing)}; it has "
                f"{', '.join(cell.strip() or '(no name)' for cell in self.header.cells)}.",
                remedy="Export it again with all columns, or map the columns yourself.",
            )

    def framed(self) -> list[Outcome]:
        """The header and what stands above it, which are no rows of the table."""
        return framing((*self.above, self.header))


def framing(records: Iterable[Record]) -> list[Outcome]:
    """The header and what stands above it."""
    return [Ignored((record.line,), "the header, or above it", record.content, frame=True) for record in records]


@lru_cache(maxsize=4096)
def plain(header: str) -> str:
    """A header's name, or a broker's word, for comparing: no accents, strokes or capitals."""
    folded = unicodedata.normalize("NFKD", header.strip().strip("\ufeff").lower().replace("ł", "l"))
    letters = "".join(c for c in folded if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", letters).strip()


def table_of(contents: Contents, columns: Columns, signature: Iterable[str]) -> Table | None:
    """The table whose header has all columns of `signature`, None where no row among the first is such a header."""
    wanted = set(signature)
    for index, record in enumerate(contents.records[:HEADER_WITHIN]):
        if record.filled < len(wanted):
            continue
        places = places_of(record.cells, columns)
        if wanted <= places.keys():
            rows = tuple(Row(each, places) for each in contents.records[index + 1 :])
            return Table(contents.name, record, places, rows, contents.records[:index])
    return None


def places_of(header: Sequence[str], columns: Columns) -> dict[str, int]:
    """Where each of our columns stands; a column of the file is one of ours at most, the exact names first."""
    names = [plain(cell) for cell in header]
    places, taken = dict[str, int](), set[int]()
    for exact in (True, False):
        for ours, theirs in columns.items():
            if ours in places:
                continue
            place = next((at for one in theirs if (at := _place(names, plain(one), exact, taken)) is not None), None)
            if place is not None:
                places[ours] = place
                taken.add(place)
    return places


def _place(names: Sequence[str], wanted: str, exact: bool, taken: set[int]) -> int | None:
    if wanted.endswith("*"):
        if exact:
            return None
        return next((i for i, name in enumerate(names) if name.startswith(wanted[:-1]) and i not in taken), None)
    return next((i for i, name in enumerate(names) if name == wanted and i not in taken), None) if exact else None


class Waiting:
    """Rows that wait for their other half, by the columns that both have in common; the first in, the first out."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns
        self._rows: dict[tuple[str, ...], deque[Row]] = {}

    def put(self, row: Row) -> None:
        """`row` waits."""
        self._rows.setdefault(self._key(row), deque()).append(row)

    def take(self, other: Row) -> Row | None:
        """The row that waited for `other` the longest, None where none did."""
        waiting = self._rows.get(self._key(other))
        return waiting.popleft() if waiting else None

    def __iter__(self) -> Iterator[Row]:
        """Those that still wait."""
        return (row for rows in self._rows.values() for row in rows)

    def _key(self, row: Row) -> tuple[str, ...]:
        return tuple(row[column] for column in self._columns)


Reader = Callable[[Row], Outcome | Iterable[Outcome]]
T = TypeVar("T")


def each(rows: Iterable[Row], read: Reader, *, remark: int = 1) -> list[Outcome]:
    """What every row becomes; one that raises InvalidInput is a problem, one of `remark` cells at most says nothing."""
    outcomes = list[Outcome]()
    for row in rows:
        if row.record.filled <= remark:
            outcomes.append(row.ignored("a remark, not a transaction"))
            continue
        read_one = attempt(row, partial(read, row))
        if isinstance(read_one, Iterable):
            outcomes.extend(read_one)
        else:
            outcomes.append(read_one)
    return outcomes


def attempt(row: Row, read: Callable[[], T]) -> T | Problem:
    """What `read` gives; that a cell of `row` is wrong is a problem of the row."""
    try:
        return read()
    except InvalidInput as error:
        return row.problem(error.what, error.remedy or "Correct it in the file.")
