"""Degiro's transactions export, one row a fill, and its portfolio export, one row a position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from openbell.model.errors import InvalidInput
from openbell.model.transactions import ZERO
from openbell.statements.answers import Answers
from openbell.statements.brokers.degiro_rows import CLOCK
from openbell.statements.contents import HEADER_WITHIN, Contents, Record
from openbell.statements.draft import Draft, Holding, Named, Outcome, Problem
from openbell.statements.making import needed, per, traded
from openbell.statements.numbers import Marks, marks_of, money_code
from openbell.statements.preset import Preset, Reading
from openbell.statements.table import Columns, Row, each, framing, plain, table_of


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns of a transactions export stand: amounts have a currency in the next column, which has no name,
    or in their own name."""

    index: int
    isin: int
    price: int
    local: int
    value: int
    rate: int
    auto_fx: int | None
    fee: int
    total: int
    order: int
    names: tuple[str, ...]

    def code(self, record: Record, column: int) -> str:
        """The currency of an amount."""
        if column + 1 < len(self.names) and not self.names[column + 1]:
            return _cell(record, column + 1)
        last = self.names[column].split()[-1].upper()
        return last if len(last) == 3 else ""


def header_in(contents: Contents) -> Header | None:
    """Where the columns stand, by their order, which is the same in every language."""
    for index, record in enumerate(contents.records[:HEADER_WITHIN]):
        names = tuple(plain(cell) for cell in record.cells)
        if len(names) < 15 or "isin" not in names[3].split() or not all(names[:6]):
            continue
        price = next((i - 1 for i, name in enumerate(names) if not name), 0)
        after = [i for i, name in enumerate(names) if i > price and name]
        if price in {6, 7} and len(after) in {6, 7}:
            auto = after[3] if len(after) == 7 else None
            local, value, rate, fee, total, order = (*after[:3], *after[-3:])
            return Header(index, 3, price, local, value, rate, auto, fee, total, order, names)
    return None


def read_orders(contents: Contents, answers: Answers) -> Reading:
    """Every fill, in the currency that the account paid in."""
    header = header_in(contents)
    if header is None:
        raise AssertionError(contents.name)
    rows = contents.records[header.index + 1 :]
    columns = (header.price - 1, header.price, header.local, header.value, header.fee, header.total)
    marks = marks_of(
        (_cell(row, column) for row in rows for column in columns), contents.name, "the amounts", told=answers.decimal
    )
    above = contents.records[: header.index + 1]
    outcomes: list[Outcome] = framing(above)
    for records in _joined(rows):
        lines = tuple(record.line for record in records)
        try:
            outcomes.append(_fill(_whole(records), lines, header, marks))
        except InvalidInput as error:
            content = "\n".join(record.content for record in records)
            outcomes.append(Problem(lines, error.what, error.remedy or "Correct it in the file.", content))
    note = "only trades are in this export; dividends, fees and deposits are in the account export"
    return Reading(outcomes, ("times are those of Amsterdam", note))


def _joined(rows: Sequence[Record]) -> list[list[Record]]:
    joined: list[list[Record]] = []
    for row in rows:
        if _cell(row, 0) or not joined:
            joined.append([row])
        else:
            joined[-1].append(row)
    return joined


def _whole(records: Sequence[Record]) -> Record:
    width = max(len(record.cells) for record in records)
    return Record(records[0].line, tuple("".join(_cell(r, i) for r in records) for i in range(width)))


def _fill(row: Record, lines: tuple[int, ...], header: Header, marks: Marks) -> Draft:
    def amount(column: int | None) -> Decimal | None:
        return None if column is None else marks.number(_cell(row, column), header.names[column] or "amount")

    day, at = CLOCK.read(_cell(row, 0), _cell(row, 1))
    units = needed(amount(header.price - 1), "quantity")
    price_currency, part = money_code(header.code(row, header.price), "price_currency")
    currency, _ = money_code(header.code(row, header.total) or header.code(row, header.value))
    price = needed(amount(header.price), "price") * part
    value, total = amount(header.value), needed(amount(header.total), "total")
    fee = -((amount(header.fee) or ZERO) + (amount(header.auto_fx) or ZERO))
    local = (amount(header.local) or ZERO) * part
    foreign = price_currency != currency
    return traded(
        buying=units > 0,
        quantity=units,
        cash=total,
        day=day,
        at=at,
        instrument=Named(
            isin=_cell(row, header.isin),
            name=_cell(row, 2),
            exchange=_cell(row, header.isin + 1),
            currency=price_currency,
        ),
        currency=currency,
        fee=fee,
        price=price,
        price_currency=price_currency if foreign else "",
        rate=per(abs(value), abs(local)) if foreign and value and local else None,
        ref=_cell(row, header.order) or _cell(row, header.order + 1),
        rows=lines,
    )


def _cell(record: Record, place: int) -> str:
    return record.cells[place].strip() if 0 <= place < len(record.cells) else ""


HELD: Columns = {
    "name": ("product", "produkt", "producto", "produit", "prodotto", "produto"),
    "isin": ("symbol/isin", "symbool/isin", "ticker/isin", "symbole/isin", "simbolo/isin", "symbol | isin"),
    "quantity": ("quantity", "aantal", "anzahl", "amount", "numero", "quantite", "quantita", "quantidade", "cantidad"),
    "price": ("closing", "slotkoers", "schlusskurs", "schlußkurs", "cloture", "cierre", "chiusura", "clot*", "ultim*"),
    "local": ("local value", "lokale waarde", "wert", "valeur locale", "valor local", "valore locale", "valore"),
    "value": ("value in*", "waarde in*", "wert in*", "valeur en*", "valor en*", "valore in*", "valor em*"),
}


def read_held(contents: Contents, answers: Answers) -> Reading:
    """The positions and the cash on the day of the export, which the file does not tell."""
    table = table_of(contents, HELD, ("name", "isin", "local"))
    if table is None:
        raise AssertionError(contents.name)
    table.require("quantity", "local")
    cells = [text for row in table.rows for text in (row["quantity"], row["price"], row.after("local"), row["value"])]
    marks = marks_of(cells, contents.name, "the amounts", told=answers.decimal)
    return Reading([*table.framed(), *each(table.rows, lambda row: _held(row, marks))])


def _held(row: Row, marks: Marks) -> Holding:
    code, amount = row["local"], row.after("local")
    if any(map(str.isdigit, code)):
        code, amount = amount or code.split()[0], code
    currency, _ = money_code(code)
    value = marks.number(amount, "value")
    if not row["isin"]:
        return Holding(instrument=None, quantity=needed(value, "value"), currency=currency, rows=(row.line,))
    return Holding(
        instrument=Named(isin=row["isin"], name=row["name"], currency=currency),
        quantity=needed(marks.number(row["quantity"], "quantity"), "quantity"),
        currency=currency,
        price=marks.number(row["price"], "price"),
        value=value,
        rows=(row.line,),
    )


ORDERS = Preset("degiro-transactions", "Degiro", lambda contents: header_in(contents) is not None, read_orders)
PORTFOLIO = Preset(
    "degiro-portfolio",
    "Degiro",
    lambda contents: table_of(contents, HELD, ("name", "isin", "local")) is not None,
    read_held,
)
