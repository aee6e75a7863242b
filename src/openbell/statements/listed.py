"""A plain list of what is held, of no broker: a symbol and its units in each row, by its headers or as it is told."""

from __future__ import annotations

from openbell.model.errors import UnreadableFile
from openbell.model.money import CURRENCIES
from openbell.statements.answers import FIELDS, Answers, Mapping
from openbell.statements.contents import Contents
from openbell.statements.days import begins_with_day
from openbell.statements.draft import Holding, Named, Outcome
from openbell.statements.making import needed
from openbell.statements.mapped_words import HEADERS
from openbell.statements.numbers import Marks, marks_of
from openbell.statements.preset import Preset, Reading
from openbell.statements.table import Columns, Row, Table, each, table_of

_NAMES = ("ticker", "isin", "cusip", "wkn", "name")
_COLUMNS: Columns = {ours: HEADERS[ours] for ours in (*_NAMES, "quantity", "price", "currency", "account")}
_NUMBERS = ("quantity", "price")


def is_told(mapping: Mapping) -> bool:
    """Whether columns are said to be those of a list of holdings: units of something, and no day."""
    told = mapping.columns.keys()
    return "quantity" in told and "date" not in told and not told.isdisjoint(_NAMES)


def read(contents: Contents, answers: Answers) -> Reading:
    """What is held, of each row; a currency's code in place of a symbol is cash."""
    table = _told(contents, answers.mapping) if answers.mapping else _found(contents)
    if table is None:
        raise UnreadableFile(
            contents.name,
            "no row has these columns beside each other, such as Symbol and Quantity.",
            remedy="Say which column is what.",
        )
    marks = marks_of(
        [row[name] for row in table.rows for name in _NUMBERS], contents.name, "the numbers", told=answers.decimal
    )
    return Reading([*table.framed(), *each(table.rows, lambda row: _held(row, marks), remark=0)])


def _found(contents: Contents) -> Table | None:
    for name in _NAMES:
        table = table_of(contents, _COLUMNS, (name, "quantity"))
        if table is not None:
            return table
    return None


def _told(contents: Contents, mapping: Mapping) -> Table | None:
    columns = {ours: (theirs,) for ours, theirs in mapping.columns.items() if ours in FIELDS}
    return table_of(contents, columns, columns)


def _held(row: Row, marks: Marks) -> Outcome:
    named = {name: row[name] for name in _NAMES}
    code = next((text for text in named.values() if text), "")
    if not code:
        return row.ignored("it names nothing")
    quantity = needed(marks.number(row["quantity"], "quantity"), "quantity")
    cash = code.upper() in CURRENCIES and not row["isin"]
    return Holding(
        instrument=None if cash else Named(**named),
        quantity=quantity,
        currency=code.upper() if cash else row["currency"].upper(),
        price=None if cash else marks.number(row["price"], "price"),
        account=row["account"],
        rows=(row.line,),
    )


def _is_list(contents: Contents) -> bool:
    """Whether a table names things and their units, and no row of it has a day: transactions have one."""
    table = _found(contents)
    if table is None:
        return False
    numbers = {table.places[name] for name in _NUMBERS if name in table.places}
    texts = (cell for row in table.rows for at, cell in enumerate(row.record.cells) if at not in numbers)
    return bool(table.rows) and not any(map(begins_with_day, texts))


PRESET = Preset("holdings", "", _is_list, read)
