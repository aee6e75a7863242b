"""Interactive Brokers' activity statements and transaction histories: CSV in sections, each with its own header."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from openbell.model.errors import InvalidInput
from openbell.model.transactions import ZERO, Kind
from openbell.statements.answers import Answers
from openbell.statements.brokers.ibkr_german import in_english
from openbell.statements.brokers.ibkr_history import read_history
from openbell.statements.brokers.ibkr_words import (
    CANCELS,
    CASH_TYPES,
    CLOCK,
    KINDS,
    action_of,
    dividends_with_tax,
    meant_in,
    named_in,
    pair_of,
    without_cancelled,
)
from openbell.statements.contents import Contents
from openbell.statements.draft import Draft, Holding, Ignored, Named, Outcome
from openbell.statements.making import fee_in, moved, needed, per, traded
from openbell.statements.numbers import POINT, money_code
from openbell.statements.preset import Preset, Reading
from openbell.statements.table import Columns, Row, attempt, places_of

SECTION: Columns = {
    "order": ("datadiscriminator", "header"),
    "category": ("asset category", "vermögenswertkategorie", "anlagekategorie"),
    "currency": ("currency", "währung"),
    "symbol": ("symbol",),
    "date": (
        "date/time", "date", "settle date", "report date", "datum/zeit", "datum", "abwicklungsdatum",
        "abrechnungsdatum", "berichtsdatum",
    ),
    "trade_date": ("trade date",),
    "quantity": ("quantity", "qty", "menge"),
    "price": (
        "t. price", "price", "close price", "transfer price", "xfer. price", "xfer price", "t.-kurs", "schlusskurs",
    ),
    "proceeds": ("proceeds", "gross amount", "erlös", "erlöse", "erträge"),
    "commission": (
        "comm/fee", "commission", "comm in *", "comm in usd", "prov./gebühr", "provision/gebühr", "prov*",
    ),
    "amount": ("amount", "net amount", "betrag"),
    "code": ("code",),
    "description": ("description", "beschreibung"),
    "kind": ("transaction type", "subtitle", "type"),
    "account": ("account", "konto"),
    "cost": ("cost basis", "kostenbasis", "einstandswert"),
    "value": ("value", "market value", "wert"),
    "cash": ("cash amount",),
    "multiplier": ("mult",),
    "direction": ("direction",),
    "summary": ("financial instrument", "field name"),
    "price_currency": ("price currency",),
}  # fmt: skip
SECTIONS = {
    "trades": "trade", "transactions": "trade", "dividends": "cash", "withholding tax": "cash", "interest": "cash",
    "fees": "cash", "deposits & withdrawals": "cash", "other fees": "cash", "transaction fees": "taxed",
    "sales tax details": "taxed", "payment in lieu of dividends": "cash", "broker interest paid": "cash",
    "broker interest received": "cash", "corporate actions": "action", "open positions": "position",
    "transfers": "transfer", "transaction history": "history", "bond interest received": "cash",
    "commission adjustments": "cash", "cash transfers": "cash", "advisor fees": "cash", "871(m) withholding": "cash",
    "grant activity": "granted",
}  # fmt: skip
_TOTALS = ("total", "subtotal", "gesamt")
_TYPES = {
    "options": "option", "optionen": "option", "stocks": "stock", "aktien": "stock", "bonds": "bond",
    "anleihen": "bond", "funds": "fund", "fonds": "fund",
}  # fmt: skip


TELLING = re.compile(
    r"statement|account information|net asset value|change in (?:nav|combined|dividend|position)|performance|summary|"
    r"cash report|forex (?:balances|p/l)|financial instrument|codes|notes|accruals|location|exchange rate|"
    r"total p/l|collateral|borrow|yield|sycep|net stock position|unsettled|disclosure|legal|margin|tier|iban"
)
"""Sections that tell of what other sections move."""


def read(contents: Contents, answers: Answers) -> Reading:
    """All sections."""
    places, account, base, charged = dict[str, int](), "", answers.currency, ""
    outcomes: list[Outcome] = []
    cash, actions = list[Draft](), list[Row]()
    for record in contents.records:
        section, row_kind = in_english(record.cells[0]), (record.cells[1:2] or ("",))[0].strip()
        if row_kind == "Header":
            places = places_of(record.cells, SECTION)
            charged = _charged_in(record.cells[places["commission"]]) if "commission" in places else ""
            outcomes.append(Ignored((record.line,), "a header", record.content, frame=True))
            continue
        told = record.cells[2].strip() if len(record.cells) > 3 else ""
        if told in {"Account", "Konto"}:
            account = record.cells[3].strip()
        if told in {"Base Currency", "Basiswährung"}:
            base = money_code(record.cells[3])[0]
        kind = SECTIONS.get(section, "")
        row = Row(record, places)
        if not kind and row_kind == "Data" and not TELLING.search(section):
            what = f"The section {record.cells[0].strip()[:60]!r} is not known."
            outcomes.append(row.problem(what, "Export the statement in English, or add what it moved by hand."))
            continue
        if not kind or row_kind != "Data":
            reason = "a total" if row_kind in {"SubTotal", "Total"} else "of a section that moves nothing by itself"
            outcomes.append(Ignored((record.line,), reason, record.content))
            continue
        if kind == "action":
            actions.append(row)
            continue
        read_one = attempt(row, partial(_row, row, kind, section, account, base, charged))
        for outcome in read_one if isinstance(read_one, list) else [read_one]:
            (cash if isinstance(outcome, Draft) and kind in {"cash", "history"} else outcomes).append(outcome)  # type: ignore[arg-type]
    outcomes.extend(dividends_with_tax(cash))
    outcomes.extend(_actions(actions, account))
    return Reading(without_cancelled(outcomes), ("times are those of New York",))


def _charged_in(header: str) -> str:
    """The currency of commissions, where their column names it: `Comm in USD`."""
    found = re.fullmatch(r"(?:comm|prov\S*)(?: in)? ([a-z]{3})", header.strip().lower())
    return money_code(found[1].upper())[0] if found else ""


def _row(row: Row, kind: str, section: str, account: str, base: str, charged: str) -> Outcome | list[Outcome]:
    if "date" not in row.places and kind != "position":
        raise InvalidInput(
            "date", f"The section {section!r} has no date that is known.", remedy="Export the statement in English."
        )
    if kind == "history":
        return read_history(row, base)
    if any(said.strip().lower().startswith(_TOTALS) for said in (*row.record.cells[2:3], row["category"])):
        return row.ignored("a total")
    if kind == "trade":
        return _trade(row, account, charged)
    readers: dict[str, Callable[[Row, str], Outcome | list[Outcome]]] = {
        "position": _position, "transfer": _transfer, "taxed": _taxed, "granted": _granted,
    }  # fmt: skip
    if kind == "cash":
        return _cash(row, account, section)
    return readers[kind](row, account)


def _fixed(row: Row, account: str) -> dict[str, Any]:
    day, at = CLOCK.read(row["date"] or row["trade_date"])
    return {"day": day, "at": at, "currency": money_code(row["currency"])[0], "account": row["account"] or account,
            "rows": (row.line,)}  # fmt: skip


def _named(row: Row, code: str) -> Named | None:
    return Named(ticker=row["symbol"], currency=code, type=_type(row["category"])) if row["symbol"] else None


def _type(category: str) -> str:
    return next((kind for word, kind in _TYPES.items() if word in category.lower()), "")


def _trade(row: Row, account: str, charged: str) -> Outcome:
    if row["order"] and row["order"].lower() not in {"order", "trade", "execution"}:
        return row.ignored("a lot of another row, or a total")
    if "commission" not in row.places:
        what = "The section of trades has no column of commissions that is known."
        raise InvalidInput("commission", what, remedy="Export the statement in English.")
    fixed = _fixed(row, account)
    quantity = needed(POINT.number(row["quantity"], "quantity"), "quantity")
    proceeds = needed(POINT.number(row["proceeds"], "proceeds"), "proceeds")
    commission = -(POINT.number(row["commission"], "commission") or ZERO)
    if row["category"].lower().startswith(("forex", "devisen")):
        return _forex(row, quantity, proceeds, commission, charged, fixed)
    currency = fixed["currency"]
    return traded(
        buying=quantity > 0,
        quantity=quantity,
        cash=proceeds - (commission if charged in {"", currency} else ZERO),
        price=POINT.number(row["price"], "price"),
        **fee_in(currency, commission, charged),
        instrument=_named(row, currency),
        short=quantity < 0 and {"O", "Ca"} & set(row["code"].split(";")) == {"O"},
        note=CANCELS if "Ca" in row["code"].split(";") else "",
        **fixed,
    )


def _forex(
    row: Row, units: Decimal, proceeds: Decimal, commission: Decimal, charged: str, fixed: dict[str, Any]
) -> Draft:
    """A change of currencies; its commission is in the currency that was given where its column names none."""
    base, quoted = pair_of(row["symbol"])
    given, received = ((quoted, proceeds), (base, units)) if units > 0 else ((base, units), (quoted, proceeds))
    return Draft(
        kind=Kind.EXCHANGE,
        to_cash=abs(received[1]),
        to_currency=received[0],
        **{**fixed, "currency": given[0], "cash": -abs(given[1]) - (commission if charged in {"", given[0]} else ZERO)},
        **fee_in(given[0], commission, charged),
    )


def _cash(row: Row, account: str, section: str) -> Outcome:
    fixed = _fixed(row, account)
    amount = needed(POINT.number(row["amount"], "amount"), "amount")
    if not amount:
        return row.ignored("it moves no cash")
    meaning = CASH_TYPES.get(section, "") or ("fee" if "fee" in section else "interest")
    named = named_in(row["description"])
    if meaning == "dividend" and "return of capital" in row["description"].lower() and named:
        return Draft(kind=Kind.RETURN_OF_CAPITAL, cash=amount, instrument=named, note=row["description"], **fixed)
    kind = KINDS.get(meaning) or moved(amount)
    if kind is Kind.DIVIDEND and named is None:
        kind = Kind.INTEREST
    named = None if kind in {Kind.DEPOSIT, Kind.WITHDRAWAL} else named
    return Draft(kind=kind, cash=amount, instrument=named, note=row["description"], **fixed)


def _taxed(row: Row, account: str) -> Outcome:
    fixed = _fixed(row, account)
    amount = needed(POINT.number(row["amount"], "amount"), "amount")
    return Draft(
        kind=Kind.TAX, cash=amount, instrument=_named(row, fixed["currency"]), note=row["description"], **fixed
    )


def _position(row: Row, account: str) -> Outcome:
    if row["order"] and row["order"].lower() != "summary":
        return row.ignored("a lot of a position")
    currency = money_code(row["currency"])[0]
    return Holding(
        instrument=_named(row, currency),
        quantity=needed(POINT.number(row["quantity"], "quantity"), "quantity"),
        currency=currency,
        price=POINT.number(row["price"], "price"),
        value=POINT.number(row["value"], "value"),
        cost=POINT.number(row["cost"], "cost"),
        account=account,
        rows=(row.line,),
    )


def _transfer(row: Row, account: str) -> list[Outcome]:
    """Units, cash, or both; a row with neither is a problem."""
    fixed = {**_fixed(row, account), "note": row["kind"]}
    units, cash = POINT.number(row["quantity"], "quantity") or ZERO, POINT.number(row["cash"], "cash amount") or ZERO
    leaving = row["direction"].lower() == "out" or units < 0
    made: list[Outcome] = []
    if units and _symbol(row):
        value = POINT.number(row["value"], "market value")
        made.append(
            Draft(
                kind=Kind.DELIVERY_OUT if leaving else Kind.DELIVERY_IN,
                quantity=-abs(units) if leaving else units,
                price=POINT.number(row["price"], "price") or (per(abs(value), abs(units)) if value else None),
                instrument=_named(row, fixed["currency"]),
                **fixed,
            )
        )
    if cash:
        signed = -abs(cash) if leaving else cash
        made.append(Draft(kind=moved(signed), cash=signed, **fixed))
    if not made or (units and not _symbol(row)):
        return [row.problem("This transfer names neither units nor cash.", "Add it by hand: a delivery, or a deposit.")]
    return made


def _granted(row: Row, account: str) -> Outcome:
    what = f"{row['quantity']} units of {row['symbol']} were awarded; the row does not say whether they are held yet."
    return row.problem(what, "Add them as a delivery, at the price of the day when they became yours.")


def _symbol(row: Row) -> str:
    return row["symbol"].strip("-")


def _actions(rows: Sequence[Row], account: str) -> Iterable[Outcome]:
    """Rows whose descriptions are one but for the instrument in the last brackets are one action."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row["category"].lower().startswith(_TOTALS):
            yield row.ignored("a total")
            continue
        event = re.sub(r"\s*\([^()]*\)\s*$", "", row["description"])
        groups.setdefault((row["date"], event), []).append(row)
    for group in groups.values():
        made = attempt(group[0], partial(_action, group, account))
        yield from made if isinstance(made, list) else [made]


def _action(group: Sequence[Row], account: str) -> list[Outcome]:
    fixed: dict[str, Any] = {**_fixed(group[0], account), "rows": tuple(row.line for row in group)}
    parts = [
        (
            meant_in(row["description"]) or named_in(row["description"]),
            POINT.number(row["quantity"], "quantity") or ZERO,
            POINT.number(row["proceeds"], "proceeds") or ZERO,
        )
        for row in group
    ]
    content = "\n".join(row.record.content for row in group)
    return list(action_of(group[0]["description"], "", parts, fixed, content))


def _is_sectioned(contents: Contents) -> bool:
    heads = [(record.cells[0].strip(), record.cells[1:2]) for record in contents.records[:40]]
    return any(kind == ("Header",) for _, kind in heads) and any(kind == ("Data",) for _, kind in heads)


PRESET = Preset("ibkr-statement", "Interactive Brokers", _is_sectioned, read)
