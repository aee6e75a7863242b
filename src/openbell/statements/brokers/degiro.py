"""Degiro's account export: every movement of cash, the parts of one trade on rows of their own.

The columns stand in the same places in every language; only the words differ. Amounts move Degiro's own balance and
that of the cash account at flatex together, so sweeps between the two are no flows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from openbell.model.errors import InvalidInput
from openbell.model.transactions import ZERO, Kind
from openbell.statements.answers import Answers
from openbell.statements.balances import Told, breaks
from openbell.statements.brokers.degiro_events import corporate
from openbell.statements.brokers.degiro_rows import Movement, joined, marks_in, movement, places_in
from openbell.statements.brokers.degiro_trades import booked_trades, exchanges
from openbell.statements.contents import Contents
from openbell.statements.draft import Draft, Ignored, Outcome, Problem
from openbell.statements.preset import Preset, Reading, newest_first
from openbell.statements.table import framing

_MOVES_NOTHING = {
    "sweep": "money between Degiro and its cash account: no flow",
    "reservation": "a reservation, undone when the payment is booked",
    "fund": "cash and its money market fund are one",
}
_CASH = {"interest": Kind.INTEREST, "fund_price": Kind.INTEREST, "fee": Kind.FEE, "rebate": Kind.FEE}


def read(contents: Contents, answers: Answers) -> Reading:
    """All movements of an account export; of each order one draft per fill."""
    places = places_in(contents)
    if places is None:
        raise AssertionError(contents.name)
    marks = marks_in(contents, places, answers.decimal)
    above = contents.records[: places.header + 1]
    outcomes: list[Outcome] = framing(above)
    movements = []
    for records in joined(contents, places):
        try:
            movements.append(movement(records, places, marks))
        except InvalidInput as error:
            lines = tuple(record.line for record in records)
            content = "\n".join(record.content for record in records)
            outcomes.append(Problem(lines, error.what, error.remedy or "Correct it in the file.", content))
    outcomes.extend(_outcomes(movements))
    outcomes.extend(_breaks(movements))
    return Reading(outcomes, ("times are those of Amsterdam",))


def _outcomes(movements: Sequence[Movement]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    orders, events, legs = _grouped(movements)
    told = {id(row) for rows in (*orders, events, *legs) for row in rows}
    for rows in orders:
        outcomes.extend(booked_trades(rows))
    outcomes.extend(corporate(events))
    for rows in legs:
        outcomes.extend(exchanges(rows))
    rest = [row for row in movements if id(row) not in told]
    dividends = [row for row in rest if row.meaning == "dividend" and row.change is not None]
    taxes = [row for row in rest if row.meaning == "dividend_tax" and row.change is not None]
    outcomes.extend(_dividends(dividends, taxes))
    paired = {id(row) for row in (*dividends, *taxes)}
    outcomes.extend(_alone(row) for row in rest if id(row) not in paired)
    return outcomes


def _grouped(
    movements: Sequence[Movement],
) -> tuple[list[list[Movement]], list[Movement], list[list[Movement]]]:
    """The rows of each order with a trade; the corporate actions; the currency legs of neither, by their minute."""
    groups = defaultdict[tuple[object, ...], list[Movement]](list)
    events, legs = [], defaultdict[tuple[object, ...], list[Movement]](list)
    for row in movements:
        if row.trade and row.trade.event:
            events.append(row)
        elif row.trade or (row.change is not None and row.meaning in {"fee", "transaction_tax", "exchange"}):
            instrument = row.named.key if row.named else ""
            groups[(row.day, row.order) if row.order else (row.day, row.time, instrument)].append(row)
    orders = []
    for key, rows in groups.items():
        if any(row.trade for row in rows):
            orders.append(rows)
        else:
            legs[key].extend(row for row in rows if row.meaning == "exchange")
    return orders, events, [rows for rows in legs.values() if rows]


def _dividends(dividends: Sequence[Movement], taxes: Sequence[Movement]) -> Iterable[Draft]:
    """Each dividend with the tax that was withheld from it, told on a row of its own."""
    free = defaultdict[tuple[object, ...], list[Movement]](list)
    for each in taxes:
        free[(each.day, each.named, each.currency)].append(each)
    for dividend in dividends:
        withheld = free[(dividend.day, dividend.named, dividend.currency)]
        tax = next((row for row in withheld if (row.cash > 0) != (dividend.cash > 0)), None)
        if tax is not None:
            withheld.remove(tax)
        yield _booked(dividend, Kind.DIVIDEND, tax)
    for lone in free.values():
        for row in lone:
            yield _booked(row, Kind.TAX, None)


def _alone(row: Movement) -> Outcome:
    """What a row is that belongs to no other."""
    if row.meaning in _MOVES_NOTHING:
        return Ignored(row.rows, _MOVES_NOTHING[row.meaning], row.content)
    if not row.change:
        return Ignored(row.rows, "it moves no cash", row.content)
    if row.meaning in {"deposit", "withdrawal"}:
        return _booked(row, Kind.DEPOSIT if row.cash > 0 else Kind.WITHDRAWAL, None, named=False)
    if row.meaning in _CASH:
        return _booked(row, _CASH[row.meaning], None)
    if row.meaning == "transaction_tax":
        return _booked(row, Kind.TAX, None)
    if row.meaning == "capital" and row.named:
        return _booked(row, Kind.RETURN_OF_CAPITAL, None)
    return Problem(
        row.rows, f"{row.said[:80]!r} is nothing that is known of Degiro.", "Add what it moved by hand.", row.content
    )


def _booked(row: Movement, kind: Kind, tax: Movement | None, *, named: bool = True) -> Draft:
    withheld = -tax.cash if tax else ZERO
    draft = Draft(
        kind=kind,
        day=row.day,
        at=row.at,
        instrument=row.named if named else None,
        currency=row.currency,
        cash=row.cash - withheld,
        tax=withheld,
        ref=row.order,
        note="" if kind is Kind.DIVIDEND else row.said,
        rows=row.rows,
    )
    if tax is None:
        return draft
    return replace(draft, rows=tuple(sorted({*row.rows, *tax.rows})), withheld=_booked(tax, Kind.TAX, None))


def _breaks(movements: Sequence[Movement]) -> list[Problem]:
    ordered = movements[::-1] if newest_first([row.day.toordinal() for row in movements]) else movements
    return breaks(
        Told(row.balance[0], row.change if row.currency in {"", row.balance[0]} else Decimal(0), row.balance[1],
             row.rows[0], row.content)
        for row in ordered
        if row.balance
    )  # fmt: skip


PRESET = Preset("degiro", "Degiro", lambda contents: places_in(contents) is not None, read)
