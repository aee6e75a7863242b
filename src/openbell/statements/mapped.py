"""Files that no preset knows: which column is what is proposed from headers and contents, or told by the reader."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Words
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

from openbell.model.errors import InvalidInput, Undecided, UnreadableFile
from openbell.model.transactions import ZERO, Kind
from openbell.statements.answers import FIELDS, Answers, Mapping
from openbell.statements.balances import Told, breaks
from openbell.statements.contents import HEADER_WITHIN, Contents, Record
from openbell.statements.days import Clock, begins_with_day, order_of
from openbell.statements.draft import NEGLIGIBLE, Draft, Named, Outcome, Problem
from openbell.statements.making import moved, needed, traded
from openbell.statements.mapped_words import HEADERS, KINDS
from openbell.statements.numbers import Marks, marks_of, money_code, symbol_in
from openbell.statements.preset import Preset, Reading, newest_first
from openbell.statements.rates import Changed, Way, counted, way_of
from openbell.statements.table import Row, Table, each, places_of, plain

COLUMN = "Column"
"""What the columns of a file without a header are called, with their numbers."""
_CENT = Decimal("0.01")
_UNSIGNED = "no amount is less than 0, though money left: the kind of each row says which way it went"
_OF_UNITS = frozenset({"split", "in", "out", "spin_off"})
"""Kinds that move units alone."""
_LEAVING = frozenset({"buy", "fee", "tax", "withdrawal"})
"""Kinds that money leaves by."""
_COMING = frozenset({"deposit", "in"})
_INCOME = frozenset({Kind.DIVIDEND, Kind.INTEREST})


def header_of(contents: Contents, told: Words[str, str] | None = None) -> tuple[int, dict[str, int]] | None:
    """The row that names the columns, and where they stand: the one with most of ours among the first."""
    best: tuple[int, dict[str, int]] | None = None
    for index, record in enumerate(contents.records[:HEADER_WITHIN]):
        if told is None:
            places = places_of(record.cells, HEADERS)
        else:
            names = [plain(cell) for cell in record.cells]
            places = {ours: names.index(plain(theirs)) for ours, theirs in told.items() if plain(theirs) in names}
        if len(places) > len(best[1] if best else {}):
            best = (index, places)
    return best


AGAIN = "Export it again, of days on which something happened."


def proposed(contents: Contents) -> Mapping | None:
    """Which columns are what, by their names; None where no row of the file names a date and an amount or units."""
    found = header_of(contents)
    if found is None or "date" not in found[1] or not {"amount", "quantity"} & found[1].keys():
        return None
    index, places = found
    header = contents.records[index].cells
    columns = {ours: header[place].strip() for ours, place in places.items()}
    rows = contents.records[index + 1 :]
    column = "amount" if "amount" in places else "quantity"
    signed = any(_cell(record, places[column]).lstrip("$€£ ").startswith(("-", "−", "(")) for record in rows)
    return Mapping(columns=columns, signed=signed)


def _cell(record: Record, place: int) -> str:
    return record.cells[place].strip() if place < len(record.cells) else ""


@dataclass(frozen=True, slots=True)
class Manner:
    """How the rows of a mapped file are written."""

    mapping: Mapping
    clock: Clock
    amounts: Marks
    units: Marks
    currency: str
    way: Way = ""

    def codes(self, row: Row) -> tuple[str, Decimal, str, Decimal]:
        """The currencies of a row's amounts and of its price, and what one of each as printed is."""
        currency, part = money_code(row["currency"] or symbol_in(row["amount"]) or self.currency)
        if not row["price_currency"]:
            return currency, part, currency, part
        return (currency, part, *money_code(row["price_currency"]))


def read(contents: Contents, answers: Answers) -> Reading:
    """All rows by the mapping that was told, or by the one that proposes itself."""
    mapping = answers.mapping or proposed(contents)
    table = None if mapping is None else _table(contents, mapping)
    if mapping is None or table is None:
        raise unmapped(contents)
    if not table.rows:
        raise UnreadableFile(contents.name, "it names columns, and no row stands below them.", remedy=AGAIN)
    named = ("price", "amount", "fee", "tax", "balance")
    printed = [row[name] for row in table.rows for name in named]
    amounts = marks_of(printed, contents.name, "the amounts", told=answers.decimal)
    units = marks_of((*table.column("quantity"), *printed), contents.name, "the quantities", told=answers.decimal)
    order = order_of(table.column("date"), contents.name, "the dates", told=answers.dates)
    manner = Manner(mapping, Clock(order, answers.zone), amounts, units, answers.currency or _signs(table))
    if not manner.currency and "currency" not in table.places:
        raise Undecided(
            contents.name, "it does not say in which currency its amounts are.", option="currency",
            remedy="Say the currency, such as USD.",
        )  # fmt: skip
    manner = replace(manner, way=way_of(_changed(table, manner), contents.name, told=answers.rate))
    signed = _signed(table, manner)
    notes = () if signed or (answers.mapping and not mapping.signed) else (_UNSIGNED,)
    manner = replace(manner, mapping=replace(mapping, signed=signed))
    framed = table.framed() if table.header.line else []
    outcomes = [*framed, *each(table.rows, lambda row: _event(row, manner))]
    columns = ", ".join(f"{theirs!r} as {ours.replace('_', ' ')}" for ours, theirs in mapping.columns.items())
    return Reading([*outcomes, *_breaks(table, manner)], (f"read by its columns: {columns}", *notes))


def header_row(contents: Contents) -> Record | None:
    """The row that names the columns, else the first of two cells or more that a row of as many follows.

    Of a file that begins with its data, a row that is not in it: `Column 1`, `Column 2`, its line is 0.
    """
    found = header_of(contents)
    if found is not None and not _is_data(row := contents.records[found[0]]):
        return row
    rows = contents.records[: HEADER_WITHIN + 1]
    first = next((row for row, below in pairwise(rows) if 2 <= len(row.cells) == len(below.cells)), None)
    if first is None or _is_data(first):
        width = max((len(row.cells) for row in rows if _is_data(row)), default=0)
        return Record(0, tuple(f"{COLUMN} {number}" for number in range(1, width + 1))) if width else None
    return first


def _is_data(record: Record) -> bool:
    return record.filled > 1 and any(map(begins_with_day, record.cells))


def _numbered(contents: Contents, mapping: Mapping) -> Table | None:
    """All rows, where the columns are told by their numbers."""
    header = header_row(contents)
    if header is None or header.line:
        return None
    names = [plain(cell) for cell in header.cells]
    places = {ours: names.index(plain(theirs)) for ours, theirs in mapping.columns.items() if plain(theirs) in names}
    if places.keys() != mapping.columns.keys() or "date" not in places:
        return None
    return Table(contents.name, header, places, tuple(Row(each, places) for each in contents.records), ())


def unmapped(contents: Contents) -> UnreadableFile:
    """That the file is of no kind that is known, with what it begins with; Undecided where it has columns to map."""
    header = header_row(contents)
    if len(contents.records) == 1 and (only := contents.records[0]).filled > 1 and not _is_data(only):
        return UnreadableFile(contents.name, f"it has one row alone: {only.content[:120]}", remedy=AGAIN)
    if header is not None:
        began = "" if header.line else f" It begins with: {contents.records[0].content[:200]}"
        return Undecided(
            contents.name, f"no broker's file is like this, and no row names a date and an amount.{began}",
            option="mapping", remedy="Say which column is what.",
        )  # fmt: skip
    first = contents.records[0].content[:120] if contents.records else contents.head[:120]
    return UnreadableFile(
        contents.name,
        f"no broker's file is like this, and no row names a date and an amount. It begins with: {first}",
        remedy="Say which column is what.",
    )


def _table(contents: Contents, mapping: Mapping) -> Table | None:
    if strange := mapping.columns.keys() - set(FIELDS):
        raise InvalidInput(
            "mapping",
            f"{min(strange)[:40]!r} is nothing that a column can be.",
            remedy=f"Choose of {', '.join(FIELDS)}.",
        )
    found = header_of(contents, mapping.columns)
    if found is None or "date" not in found[1]:
        return _numbered(contents, mapping)
    index, places = found
    missing = mapping.columns.keys() - places.keys()
    if missing:
        names = ", ".join(repr(mapping.columns[ours]) for ours in sorted(missing))
        raise UnreadableFile(contents.name, f"it has no column {names}.", remedy="Map its columns again.")
    rows = tuple(Row(record, places) for record in contents.records[index + 1 :])
    return Table(contents.name, contents.records[index], places, rows, contents.records[:index])


def _signs(table: Table) -> str:
    """The currency whose sign stands at every amount, if it is one."""
    codes = {symbol_in(row[name]) for row in table.rows for name in ("amount", "price") if row[name]} - {""}
    return codes.pop() if len(codes) == 1 else ""


def _kind(row: Row, mapping: Mapping, quantity: Decimal | None, amount: Decimal | None) -> str:
    word = row["kind"]
    if word:
        told = {plain(known): kind for known, kind in mapping.kinds.items()}.get(plain(word))
        if told:
            return str(told)
        text = plain(word).replace(" ", "_")
        for known in (text, *text.split("_")):
            if known in KINDS:
                return KINDS[known]
        raise InvalidInput(
            "kind", f"{word[:60]!r} is no kind of transaction that is known.", remedy="Say what it means."
        )
    if not quantity:
        return "cash"
    if quantity > 0 and not amount:
        raise InvalidInput(
            "kind", "Nothing says whether this was bought, sold or received.", remedy="Map the column that says it."
        )
    return "sell" if quantity < 0 or (amount or ZERO) > 0 else "buy"


def _event(row: Row, manner: Manner) -> Outcome | tuple[Outcome, ...]:
    day, at = manner.clock.read(row["date"], row["time"])
    quantity, price = manner.units.number(row["quantity"], "quantity"), manner.amounts.number(row["price"], "price")
    amount = manner.amounts.number(row["amount"], "amount")
    if not amount and not quantity:
        return row.ignored("it moves neither cash nor units")
    fee, tax = (abs(manner.amounts.number(row[name], name) or ZERO) for name in ("fee", "tax"))
    kind = _kind(row, manner.mapping, quantity, amount)
    currency, part, price_currency, price_part = manner.codes(row)
    price = None if price is None else price * price_part
    amount, fee, tax = (None if amount is None else amount * part), fee * part, tax * part
    foreign = price_currency != currency
    rate = counted(manner.amounts.number(row["rate"], "rate"), manner.way) if foreign and price_part == 1 else None
    worth = None if quantity is None or price is None else quantity * price
    if amount is None and worth is not None and kind not in _OF_UNITS:
        worth = _in_account(worth, rate, price_currency, currency)
        amount = _worth(kind, worth, fee + tax)
    fixed: dict[str, Any] = {
        "day": day, "at": at, "currency": currency, "note": row["note"], "ref": row["ref"], "account": row["account"],
        "rows": (row.line,),
    }  # fmt: skip
    named = _named(row)
    if kind in {"buy", "sell"}:
        cash = _net(kind, abs(needed(amount, "amount")), worth, fee + tax)
        return traded(
            buying=kind == "buy", quantity=quantity, cash=cash, price=price, fee=fee, tax=tax, instrument=named,
            price_currency=price_currency if foreign else "", rate=rate, **fixed,
        )  # fmt: skip
    if kind in _OF_UNITS and quantity:
        return _units(row, kind, quantity, named, {**fixed, "price": price or None})
    if not amount:
        return row.ignored("it moves neither cash nor units")
    if kind in _INCOME:
        amount = _net(kind, amount, worth, fee + tax)
    return _cash(row, kind, amount, named, (fee, tax), manner.mapping.signed, fixed)


def _signed(table: Table, manner: Manner) -> bool:
    """Whether amounts are less than 0 where money left: what was told, unless all rows of the file say otherwise.

    Where no row says that money left, the signs are all there is to go by.
    """
    every, leaving = list[Decimal](), list[Decimal]()
    for row in table.rows:
        try:
            amount = manner.amounts.number(row["amount"], "amount")
            quantity = manner.units.number(row["quantity"], "quantity")
            kind = _kind(row, manner.mapping, quantity, amount) if amount else ""
        except InvalidInput:
            continue
        if amount:
            every.append(amount)
            leaving += [amount] if row["kind"] and kind in _LEAVING else []
    if not leaving:
        return True
    if manner.mapping.signed:
        return any(amount < 0 for amount in every)
    return all(amount < 0 for amount in leaving)


def _changed(table: Table, manner: Manner) -> Iterator[Changed]:
    """The rows whose price is in another currency than what moved, and which tell a rate."""
    for row in table.rows:
        try:
            numbers = (manner.amounts.number(row[name], name) for name in ("rate", "price", "amount"))
            rate, price, amount = numbers
            units = manner.units.number(row["quantity"], "quantity")
            currency, part, price_currency, price_part = manner.codes(row)
        except InvalidInput:
            continue
        if rate and price and units and currency != price_currency and price_part == 1:
            yield Changed(units * price, rate, None if amount is None else amount * part)


def _in_account(worth: Decimal, rate: Decimal | None, price_currency: str, currency: str) -> Decimal:
    """Units times price in the currency that moved; raises InvalidInput where no rate tells it."""
    if price_currency == currency:
        return worth
    if rate is None:
        raise InvalidInput(
            "amount",
            f"Its price is in {price_currency}, and nothing says how much {currency} moved.",
            remedy="Map the column of the amount, or that of the exchange rate.",
        )
    return (worth * rate).quantize(_CENT)


def _worth(kind: str, gross: Decimal, costs: Decimal) -> Decimal:
    """Units times price, where the file tells no amount: of a trade before its costs, which `_net` adds."""
    return abs(gross) if kind in {"buy", "sell"} else gross - costs


def _net(kind: str, amount: Decimal, worth: Decimal | None, costs: Decimal) -> Decimal:
    """What moved: the amount, with the costs where it is only units times price."""
    if not costs or worth is None or abs(amount - abs(worth)) > NEGLIGIBLE:
        return amount
    return amount + costs if kind == "buy" else amount - costs


def _named(row: Row) -> Named | None:
    parts = {name: row[name] for name in ("ticker", "isin", "cusip", "wkn", "name", "exchange")}
    return Named(**parts) if any(parts[name] for name in ("ticker", "isin", "cusip", "wkn", "name")) else None


def _units(
    row: Row, kind: str, quantity: Decimal, named: Named | None, fixed: dict[str, Any]
) -> Outcome | tuple[Outcome, ...]:
    if kind == "split":
        return Draft(kind=Kind.SPLIT, quantity=quantity, instrument=named, **{**fixed, "price": None})
    leaving = kind == "out"
    draft = Draft(
        kind=Kind.DELIVERY_OUT if leaving else Kind.DELIVERY_IN,
        quantity=-abs(quantity) if leaving else abs(quantity),
        instrument=named,
        **fixed,
    )
    if kind != "spin_off":
        return draft
    what = f"{quantity} units came of a spin-off, and the file does not say of which company they were a part."
    return draft, row.problem(what, "Say of which, and which part of the cost left with them.", blocking=False)


def _cash(
    row: Row,
    kind: str,
    amount: Decimal,
    named: Named | None,
    costs: tuple[Decimal, Decimal],
    signed: bool,
    fixed: dict[str, Any],
) -> Outcome | tuple[Outcome, ...]:
    """Of income the amount is what is left of it after its `costs`, which are its fee and its tax."""
    if not signed and kind in _LEAVING | {"out"}:
        amount = -amount
    of_cash = {
        "dividend": Kind.DIVIDEND, "interest": Kind.INTEREST, "fee": Kind.FEE, "tax": Kind.TAX,
        "capital": Kind.RETURN_OF_CAPITAL,
    }.get(kind)  # fmt: skip
    if of_cash is Kind.DIVIDEND and named is None:
        of_cash = Kind.INTEREST
    if of_cash is None:
        return _came_or_left(row, kind, amount, signed, fixed)
    fee, tax = costs if of_cash in _INCOME else (ZERO, ZERO)
    return Draft(kind=of_cash, cash=amount, fee=fee, tax=tax, instrument=named, **fixed)


def _came_or_left(
    row: Row, kind: str, amount: Decimal, signed: bool, fixed: dict[str, Any]
) -> Outcome | tuple[Outcome, ...]:
    """A deposit or a withdrawal: by its sign, and with a doubt where its word says the other."""
    draft = Draft(kind=moved(amount), cash=amount, **fixed)
    if not signed and kind not in _COMING | _LEAVING | {"out"}:
        what = f"Amounts have no sign here, and {row['kind'][:60]!r} does not say whether money came or left."
        raise InvalidInput("kind", what, remedy="Say what it means.")
    if not signed or kind not in {"deposit", "withdrawal"} or draft.kind.value == kind:
        return draft
    what = f"{row['kind'][:60]!r} of {row['amount'][:40]} is booked as a {draft.kind.value}, by its sign."
    return draft, row.problem(what, "Correct the file if that is wrong.", blocking=False)


def _breaks(table: Table, manner: Manner) -> list[Problem]:
    told, days = [], []
    for row in table.rows:
        try:
            balance, amount = (manner.amounts.number(row[name], name) for name in ("balance", "amount"))
            days.append(manner.clock.day(row["date"]).toordinal())
        except InvalidInput:
            continue
        if balance is not None:
            pot = f"{row['account']} {row['currency'] or manner.currency}".strip()
            told.append(Told(pot, amount, balance, row.line, row.record.content))
    return breaks(told[::-1] if newest_first(days) else told)


PRESET = Preset("mapped", "", lambda contents: proposed(contents) is not None, read)
