"""Trading 212's history export: one row an event, times in UTC, all amounts in the account's currency.

Newer files name each amount's currency in a column of its own; older ones in the header (`Total (GBP)`). Columns that
no row of the period fills are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

from openbell.model.errors import InvalidInput
from openbell.model.transactions import ZERO, Kind
from openbell.statements.answers import Answers
from openbell.statements.contents import Contents, Record
from openbell.statements.days import Clock
from openbell.statements.draft import NEGLIGIBLE, Draft, Named, Outcome
from openbell.statements.making import meaning, moved, needed, per, traded
from openbell.statements.numbers import POINT, money_code
from openbell.statements.preset import Preset, Reading, with_rows
from openbell.statements.table import Columns, Row, Table, attempt, each, plain, table_of

CLOCK = Clock("ymd", "UTC")
_CENT = Decimal("0.01")
COLUMNS: Columns = {
    "action": ("action",),
    "time": ("time", "time (utc)"),
    "isin": ("isin",),
    "ticker": ("ticker",),
    "name": ("name",),
    "quantity": ("no. of shares",),
    "price": ("price / share",),
    "price_currency": ("currency (price / share)",),
    "rate": ("exchange rate",),
    "result": ("result", "result (*"),
    "total": ("total", "total (*"),
    "total_currency": ("currency (total)",),
    "tax": ("withholding tax",),
    "tax_currency": ("currency (withholding tax)",),
    "from": ("currency conversion from amount",),
    "from_currency": ("currency (currency conversion from amount)",),
    "to": ("currency conversion to amount",),
    "to_currency": ("currency (currency conversion to amount)",),
    "notes": ("notes",),
    "ref": ("id",),
}
COSTS = {
    "currency conversion fee": "fee", "transaction fee": "fee", "finra fee": "fee", "deposit fee": "fee",
    "stamp duty": "tax", "stamp duty reserve tax": "tax", "french transaction tax": "tax", "ptm levy": "fee",
    "italian transaction tax": "tax", "spanish transaction tax": "tax", "merchant fee": "fee",
}  # fmt: skip
MEANINGS = {
    "market buy": "buy", "limit buy": "buy", "stop buy": "buy", "stop limit buy": "buy", "buy": "buy",
    "market sell": "sell", "limit sell": "sell", "stop sell": "sell", "stop limit sell": "sell", "sell": "sell",
    "dividend": "dividend", "distribution": "dividend", "return of capital": "capital",
    "dividend (return of capital": "capital", "dividend adjustment": "dividend", "dividend (tax exempted": "dividend",
    "interest on cash": "interest", "lending interest": "interest", "share lending interest": "interest",
    "interest": "interest", "result adjustment": "interest", "cashback": "interest", "spending cashback": "interest",
    "deposit": "cash", "withdrawal": "cash", "card debit": "cash", "card credit": "cash", "new card cost": "fee",
    "spending": "cash", "free shares promotion": "cash", "currency conversion": "exchange",
    "stock distribution": "given", "custom stock distribution": "given", "free shares": "given", "transfer in": "in",
    "transfer out": "out", "stock split close": "close", "stock split open": "open", "spin-off": "given",
    "spin off": "given",
    "stock split": "split", "fee": "fee", "custody fee": "fee",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cost:
    """A column of fees or taxes."""

    kind: str
    place: int
    code: str
    """Empty: `code_place` tells it."""
    code_place: int


def read(contents: Contents, answers: Answers) -> Reading:
    """All rows; the two rows of a split together."""
    table = _table(contents)
    if table is None:
        raise AssertionError(contents.name)
    table.require("time", "quantity", "price", "total")
    costs = _costs(table)
    code = _code_in(table, "total") or answers.currency
    outcomes = table.framed()
    halves: list[Row] = []
    told_in_two = {_of(row) for row in table.rows if meaning(MEANINGS, row["action"]) in {"close", "open"}}

    def one(row: Row) -> Outcome | Iterable[Outcome]:
        kind = meaning(MEANINGS, row["action"])
        if kind in {"close", "open"}:
            halves.append(_straight(row))
            return ()
        if kind == "split" and _of(row) in told_in_two:
            return row.problem("Two other rows of this day tell this split.", "Add it by hand if it is another.")
        return _event(_straight(row), costs, code)

    outcomes.extend(each(table.rows, one))
    outcomes.extend(_splits(halves, code))
    return Reading(outcomes)


def _table(contents: Contents) -> Table | None:
    return table_of(contents, COLUMNS, ("action", "time", "total", "ticker"))


def _of(row: Row) -> tuple[str, str]:
    """Of which share and day a split is."""
    return row["ticker"], row["time"][:10]


def _code_in(table: Table, column: str) -> str:
    """The currency in a header such as `Total (GBP)`."""
    name = table.header.cells[table.places[column]]
    code = name.partition("(")[2].rstrip(" )")
    return money_code(code)[0] if code else ""


def _costs(table: Table) -> list[Cost]:
    names = [plain(cell) for cell in table.header.cells]
    costs = []
    for place, name in enumerate(names):
        bare, _, code = name.partition(" (")
        if bare in COSTS:
            other = names.index(f"currency ({bare})") if f"currency ({bare})" in names else -1
            costs.append(Cost(COSTS[bare], place, code.rstrip(") ").upper(), other))
    return costs


def _straight(row: Row) -> Row:
    """The row with its cells under their headers: some rows have the notes and the id before the shares."""
    places, cells = row.places, row.record.cells
    at, ref = places["quantity"], places.get("ref", -1)
    if at < ref and ref < len(cells) and cells[at + 1].startswith("EOF"):
        mended = (*cells[:at], *cells[at + 2 : ref + 1], *cells[at : at + 2], *cells[ref + 1 :])
        return replace(row, record=Record(row.line, mended))
    return row


def _named(row: Row) -> Named:
    code = row["price_currency"]
    return Named(isin=row["isin"], ticker=row["ticker"], name=row["name"], currency=money_code(code)[0] if code else "")


def _price(row: Row) -> tuple[Decimal | None, str, Decimal]:
    """Of a share, its currency, and what one of the printed is."""
    price = POINT.number(row["price"], "price")
    currency, part = money_code(row["price_currency"]) if row["price_currency"] else ("", Decimal(1))
    return (None if price is None else price * part), currency, part


def _event(row: Row, costs: list[Cost], told: str) -> Outcome | Iterable[Outcome]:
    kind = meaning(MEANINGS, row["action"])
    if not kind:
        return row.problem(
            f"{row['action'][:60]!r} is nothing that is known of Trading 212.", "Add what it moved by hand."
        )
    day, at = CLOCK.read(row["time"])
    currency = money_code(row["total_currency"] or row["from_currency"] or told)[0]
    total = POINT.number(row["total"], "total")
    fixed: dict[str, Any] = {
        "day": day,
        "at": at,
        "currency": currency,
        "ref": row["ref"],
        "note": row["notes"],
        "rows": (row.line,),
    }
    if kind in {"buy", "sell"}:
        return _trade(row, costs, needed(total, "total"), fixed, buying=kind == "buy")
    if kind in {"dividend", "capital"}:
        return _dividend(row, needed(total, "total"), fixed, kind)
    if kind in {"in", "out", "given"}:
        return _delivered(row, fixed, kind, total)
    if kind == "exchange":
        return _exchange(row, fixed)
    units = POINT.number(row["quantity"], "quantity")
    if kind == "split":  # the shares that came on top of those that were held; its total is what they are worth
        return Draft(kind=Kind.SPLIT, instrument=_named(row), quantity=needed(units, "quantity"), **fixed)
    if units and not total:
        return row.problem(f"{row['action'][:60]} of {units} units tells no cash.", "Add what it moved by hand.")
    cash = needed(total, "total")
    if not cash:
        return row.ignored("it moves no cash")
    of_cash = {"interest": Kind.INTEREST, "fee": Kind.FEE}.get(kind) or moved(cash)
    return Draft(kind=of_cash, cash=cash, **fixed)


def _trade(row: Row, costs: list[Cost], total: Decimal, fixed: dict[str, Any], *, buying: bool) -> Draft:
    price, price_currency, part = _price(row)
    currency = str(fixed["currency"])
    printed = POINT.number(row["rate"], "rate")
    rate = per(Decimal(1), printed * part) if printed and price_currency != currency else None
    rates = {currency: Decimal(1), price_currency: Decimal(1) if price_currency == currency else rate}
    sums, strange = _sums(row, costs, currency, rates)
    note = " ".join([str(fixed["note"]), *strange]).strip()
    return traded(
        buying=buying,
        quantity=POINT.number(row["quantity"], "quantity"),
        cash=abs(total),
        instrument=_named(row),
        price=price,
        price_currency="" if price_currency == currency else price_currency,
        rate=rate,
        fee=sums["fee"],
        tax=sums["tax"],
        **{**fixed, "note": note},
    )


def _sums(
    row: Row, costs: list[Cost], currency: str, rates: Mapping[str, Decimal | None]
) -> tuple[dict[str, Decimal], list[str]]:
    """Fees and taxes in the currency of the total, which is net of them all; what no rate changes is told in words."""
    sums, strange = {"fee": ZERO, "tax": ZERO}, []
    cells = row.record.cells
    for cost in costs:
        amount = POINT.number(cells[cost.place], "fee") if cost.place < len(cells) else None
        if not amount:
            continue
        told = cells[cost.code_place].strip() if 0 <= cost.code_place < len(cells) else ""
        code, part = money_code(cost.code or told or currency)
        charged, rate = abs(amount) * part, rates.get(code)
        if rate is None:
            strange.append(f"A {cost.kind} of {charged} {code} is a part of the total.")
        else:
            sums[cost.kind] += charged if code == currency else (charged * rate).quantize(_CENT)
    return sums, strange


def _dividend(row: Row, total: Decimal, fixed: dict[str, Any], kind: str) -> Draft:
    """The total is what arrived; the tax is told in another currency at times, and then only in the note."""
    price, price_currency, _ = _price(row)
    currency, note = str(fixed["currency"]), str(fixed["note"])
    withheld = POINT.number(row["tax"], "withholding tax") or ZERO
    code, part = money_code(row["tax_currency"] or currency)
    if withheld and code != currency:
        units = POINT.number(row["quantity"], "quantity")
        gross = units * price if units and price is not None and code == price_currency else ZERO
        net = gross - withheld * part
        note = f"{note} {withheld * part} {code} of tax were withheld.".strip()
        withheld = _converted(total, withheld * part, net)
    elif withheld:
        withheld *= part
    return Draft(
        kind=Kind.DIVIDEND if kind == "dividend" else Kind.RETURN_OF_CAPITAL,
        instrument=_named(row),
        cash=total,
        tax=withheld if kind == "dividend" else ZERO,
        price=price,
        price_currency="" if price_currency == currency else price_currency,
        **{**fixed, "note": note},
    )


def _converted(total: Decimal, tax: Decimal, net: Decimal) -> Decimal:
    """Foreign tax at the rate that the net amount was changed at; 0 where the row does not tell it."""
    if net <= 0 or abs(net) <= NEGLIGIBLE:
        return ZERO
    return (tax * total / net).quantize(_CENT)


def _delivered(row: Row, fixed: dict[str, Any], kind: str, total: Decimal | None) -> Draft:
    price, price_currency, _ = _price(row)
    units = abs(needed(POINT.number(row["quantity"], "quantity"), "quantity"))
    currency = str(fixed["currency"])
    return Draft(
        kind=Kind.DELIVERY_OUT if kind == "out" else Kind.DELIVERY_IN,
        instrument=_named(row),
        quantity=-units if kind == "out" else units,
        price=price or None,
        price_currency="" if price_currency == currency else price_currency,
        cost=abs(total) if total and kind == "in" else None,
        **{**fixed, "note": str(fixed["note"]) or row["action"]},
    )


def _exchange(row: Row, fixed: dict[str, Any]) -> Outcome:
    """Both sides are told in columns that only files with a conversion have."""
    given, received = row["from_currency"], row["to_currency"]
    if not given or not received:
        raise InvalidInput(
            "to_cash", "The row does not tell what was received.", remedy="Add the exchange of currencies by hand."
        )
    return Draft(
        kind=Kind.EXCHANGE,
        cash=-abs(needed(POINT.number(row["from"], "cash"), "cash")),
        to_cash=abs(needed(POINT.number(row["to"], "to_cash"), "to_cash")),
        to_currency=money_code(received)[0],
        **{**fixed, "currency": money_code(given)[0]},
    )


def _splits(halves: list[Row], told: str) -> list[Outcome]:
    """The close of all old units and the opening of all new ones are one split."""
    outcomes: list[Outcome] = []
    closed = [row for row in halves if meaning(MEANINGS, row["action"]) == "close"]
    for opened in [row for row in halves if row not in closed]:
        old = next((row for row in closed if _of(row) == _of(opened)), None)
        if old is None:
            outcomes.append(_lonely(opened))
            continue
        closed.remove(old)
        outcomes.append(attempt(opened, partial(_split, old, opened, told)))
    outcomes.extend(_lonely(row) for row in closed)
    return outcomes


def _split(old: Row, opened: Row, told: str) -> Draft:
    day, at = CLOCK.read(opened["time"])
    before = abs(needed(POINT.number(old["quantity"], "quantity"), "quantity"))
    after = abs(needed(POINT.number(opened["quantity"], "quantity"), "quantity"))
    draft = Draft(
        kind=Kind.SPLIT,
        day=day,
        at=at,
        instrument=_named(opened),
        quantity=after - before,
        ratio=per(after, before),
        currency=money_code(opened["total_currency"] or told)[0],
        ref=opened["ref"],
        rows=(opened.line,),
    )
    return with_rows(draft, (old.line,))


def _lonely(row: Row) -> Outcome:
    return row.problem(
        "The other half of this split is not in the file.", "Export a longer period, or add the split by hand."
    )


PRESET = Preset("trading212", "Trading 212", lambda contents: _table(contents) is not None, read, own_refs=True)
