"""Degiro's account rows, before they are put together: where the columns stand, what each row is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from openbell.model.errors import InvalidInput, Undecided
from openbell.model.transactions import ZERO
from openbell.statements.brokers.degiro_words import ISIN, TRADE, event_of, meaning_of, side_of
from openbell.statements.contents import HEADER_WITHIN, Contents, Record
from openbell.statements.days import Clock
from openbell.statements.draft import Named
from openbell.statements.numbers import Marks, marks_of, money_code
from openbell.statements.table import plain
from openbell.statements.text import mended

CLOCK = Clock("dmy", "Europe/Amsterdam")


@dataclass(frozen=True, slots=True)
class Places:
    """Where the columns stand: in every language in the same order, one more since rows have a value date."""

    isin: int
    header: int

    def cell(self, record: Record, after_isin: int) -> str:
        """The cell so many columns after the ISIN's."""
        place = self.isin + after_isin
        return mended(record.cells[place].strip()) if 0 <= place < len(record.cells) else ""

    def pair(self, record: Record, after_isin: int) -> tuple[str, str]:
        """A currency and its amount, whichever of the two stands first."""
        first, second = self.cell(record, after_isin), self.cell(record, after_isin + 1)
        return (second, first) if any(map(str.isdigit, first)) else (first, second)


@dataclass(frozen=True, slots=True)
class Trade:
    """What the description of a trade says."""

    side: int
    event: str
    quantity: Decimal
    price: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One row of the export, with the lines that were broken off it."""

    records: tuple[Record, ...]
    day: date
    at: datetime | None
    time: str
    named: Named | None
    said: str
    meaning: str
    currency: str
    change: Decimal | None
    balance: tuple[str, Decimal] | None
    order: str
    trade: Trade | None

    @property
    def rows(self) -> tuple[int, ...]:
        """The lines of the file."""
        return tuple(record.line for record in self.records)

    @property
    def content(self) -> str:
        """The row as it stands in the file."""
        return "\n".join(record.content for record in self.records)

    @property
    def cash(self) -> Decimal:
        """What it moves."""
        return self.change or ZERO


def places_in(contents: Contents) -> Places | None:
    """Where an account export's columns stand; None for another file: amounts have no name of their own."""
    for index, record in enumerate(contents.records[:HEADER_WITHIN]):
        names = [plain(cell) for cell in record.cells]
        place = next((i for i, name in enumerate(names) if "isin" in name.split()), -1)
        if place not in {3, 4} or not place + 7 <= len(names) <= place + 9:
            continue
        if not names[place + 4] and not names[place + 6] and all(names[:place]) and names[place + 5]:
            return Places(place, index)
    return None


def joined(contents: Contents, places: Places) -> Iterable[tuple[Record, ...]]:
    """The rows with those that continue them: an order number or a name too long is broken off to the next line."""
    current: list[Record] = []
    for record in contents.records[places.header + 1 :]:
        if record.cells[0].strip() or not current:
            if current:
                yield tuple(current)
            current = [record]
        else:
            current.append(record)
    if current:
        yield tuple(current)


def whole(records: tuple[Record, ...]) -> Record:
    """One row of several lines."""
    if len(records) == 1:
        return records[0]
    width = max(len(record.cells) for record in records)
    cells = ["".join(r.cells[i].strip() if i < len(r.cells) else "" for r in records) for i in range(width)]
    return Record(records[0].line, tuple(cells))


def marks_in(contents: Contents, places: Places, told: str) -> tuple[Marks, Marks]:
    """How the amounts are printed, and how the descriptions print theirs."""
    rows = [whole(records) for records in joined(contents, places)]
    amounts = [places.pair(row, after)[1] for row in rows for after in (3, 5)]
    columns = marks_of(amounts, contents.name, "the amounts", told=told)
    said = [found for row in rows if (found := TRADE.match(places.cell(row, 1)))]
    try:
        prices = marks_of(
            (text.strip() for found in said for text in (found["quantity"], found["price"])),
            contents.name,
            "the descriptions",
            told=told,
        )
    except Undecided:
        prices = columns
    return columns, prices


def movement(records: tuple[Record, ...], places: Places, marks: tuple[Marks, Marks]) -> Movement:
    """What one row says; raises InvalidInput."""
    row = whole(records)
    said, time = places.cell(row, 1), places.cell(row, 3 - 5 if places.isin == 3 else 1 - 4)
    day, at = CLOCK.read(row.cells[0], time)
    code, amount = places.pair(row, 3)
    balance_code, balance = places.pair(row, 5)
    left = marks[0].number(balance, "balance")
    trade = _trade(said, marks[1])
    return Movement(
        records=records,
        day=day,
        at=at,
        time=time,
        named=_named(places.cell(row, -1), places.cell(row, 0), said),
        said=said,
        meaning="trade" if trade else meaning_of(said),
        currency=money_code(code)[0] if code else "",
        change=marks[0].number(amount, "change"),
        balance=(balance_code, left) if balance_code and left is not None else None,
        order=places.cell(row, 7),
        trade=trade,
    )


def _named(product: str, isin: str, said: str) -> Named | None:
    found = ISIN.search(said)
    isin = isin or (found[0] if found else "")
    if not isin and not product:
        return None
    return Named(isin=isin, name=product)


def _trade(said: str, marks: Marks) -> Trade | None:
    found = TRADE.match(said)
    if found is None:
        return None
    quantity, price = marks.number(found["quantity"], "quantity"), marks.number(found["price"], "price")
    if quantity is None or price is None:
        raise InvalidInput("quantity", f"{said[:60]!r} names no quantity or price.")
    code = found["currency"] if found["currency"] == "GBp" else found["currency"].upper()
    currency, part = money_code(code, "price_currency")
    event = event_of(found["event"]) if found["event"] else ""
    return Trade(side_of(found["side"]), event, quantity, price * part, currency)
