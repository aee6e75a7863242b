"""Fidelity's account history and positions: blank lines first, actions in capitals, a disclaimer at the end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from openbell.model.errors import InvalidInput
from openbell.model.transactions import ZERO, Kind
from openbell.statements.answers import Answers
from openbell.statements.balances import Told, breaks
from openbell.statements.brokers.fidelity_changes import (
    CLOCK,
    is_part,
    named,
    new_names,
    outcome_of,
    reorganisations,
)
from openbell.statements.contents import Contents
from openbell.statements.draft import Draft, Holding, Named, Outcome, Problem
from openbell.statements.making import moved, needed, traded
from openbell.statements.numbers import POINT, money_code
from openbell.statements.preset import Preset, Reading, newest_first
from openbell.statements.table import Columns, Row, Table, each, table_of

COLUMNS: Columns = {
    "date": ("run date", "date"),
    "account_name": ("account",),
    "account": ("account number",),
    "action": ("action",),
    "symbol": ("symbol",),
    "description": ("description", "security description"),
    "type": ("type", "security type"),
    "quantity": ("quantity",),
    "price": ("price ($)", "price"),
    "commission": ("commission ($)", "commission"),
    "fee": ("fees ($)", "fees"),
    "accrued": ("accrued interest ($)", "accrued interest"),
    "amount": ("amount ($)", "amount"),
    "balance": ("cash balance ($)", "cash balance"),
    "settle": ("settlement date",),
    "currency": ("currency",),
}
_NEEDS = ("date", "action", "symbol", "accrued")
_ACTIONS = tuple(
    (kind, re.compile(words))
    for kind, words in (
        ("split", r"^(?:reverse |forward |stock )*split"),  # first, since companies' names hold words of others
        ("rename", r"^name chang"),
        ("merger", r"^merger"),
        ("exchange", r"^exchanged"),
        ("dividend", r"^dividend"),
        ("buy", r"^(?:you )?bought|^buy\b|^purchase into core|^reinvestment|^(?:you )?bought"),
        ("sell", r"^(?:you )?sold|^sell\b|^redemption from core|^redemption payout|^redeemed|tender"),
        ("lieu", r"in lieu of"),
        ("capital", r"return of capital|non-?taxable distribution"),
        ("tax", r"foreign tax|tax withheld|non-?resident tax|federal tax|state tax"),
        ("dividend", r"dividend received|cap gain|capital gain|short-term|long-term|royalty"),
        ("interest", r"interest"),
        ("fee", r"\bfee\b|fee charged|commission|advisor"),
        ("split", r"split"),
        ("rename", r"name changed|cusip chang|symbol chang"),
        ("merger", r"merger|conversion"),
        ("distribution", r"^distribution|spin-?off|stock dividend"),
        ("expired", r"expired|assigned|exercised"),
        ("in or out", r"^transferred|^transfer of assets|^journaled|shares (?:deposited|received|delivered)"),
        ("cash", r"funds|direct|contribution|wire|check|deposit|withdraw|bill|rollover|transfer|journal|cash|misc"),
    )
)  # fmt: skip
_SPUN_FROM = re.compile(r"SPIN-?OFF FROM:\s*\(\s*([A-Z][A-Z.]*)\s*\)")


def read(contents: Contents, answers: Answers) -> Reading:
    """All rows; units for nothing are a split of what the file shows as held, else something spun off."""
    table = table_of(contents, COLUMNS, _NEEDS)
    if table is None:
        raise AssertionError(contents.name)
    table.require("quantity", "price", "amount")
    parts = {row.line: _kind(row["action"]) for row in table.rows if is_part(row, _kind(row["action"]))}
    whole: list[tuple[Row, str]] = []

    def part(row: Row) -> tuple[Outcome, ...]:
        """Put by until all of them are there, if its cells can be read."""
        _fixed(row), POINT.number(row["amount"], "amount"), POINT.number(row["quantity"], "quantity")
        whole.append((row, parts[row.line]))
        return ()

    unread = each((row for row in table.rows if row.line in parts), part)
    reorganised = reorganisations(whole)
    names = new_names(reorganised)
    bought = {
        found.key
        for row in table.rows
        if _kind(row["action"]) in {"buy", "sell"} and (found := _named(row, names)) is not None
    }
    outcomes = each((row for row in table.rows if row.line not in parts), lambda row: _event(row, bought, names))
    changes = [outcome_of(one, names, _fixed(one.rows[0])) for one in reorganised]
    return Reading([*table.framed(), *outcomes, *unread, *changes, *_breaks(table)])


@lru_cache(maxsize=1 << 15)
def _kind(action: str) -> str:
    text = action.lower().strip()
    return next((kind for kind, words in _ACTIONS if words.search(text)), "")


def _named(row: Row, names: Mapping[str, Named]) -> Named | None:
    return names.get(row["symbol"]) or named(row)


def _fixed(row: Row) -> dict[str, Any]:
    return {
        "day": CLOCK.day(row["date"]),
        "currency": money_code(row["currency"])[0] if row["currency"] else "USD",
        "account": row["account"] or row["account_name"],
        "rows": (row.line,),
    }


def _event(row: Row, bought: set[str], names: Mapping[str, Named]) -> Outcome | tuple[Outcome, ...]:
    if not row["action"] or row["date"].lower().startswith("date downloaded"):
        return row.ignored("a remark, not a transaction")
    kind = _kind(row["action"])
    if not kind:
        return row.problem(
            f"{row['action'][:60]!r} is nothing that is known of Fidelity.", "Add what it moved by hand."
        )
    amount, units = POINT.number(row["amount"], "amount"), POINT.number(row["quantity"], "quantity")
    fixed, about = _fixed(row), _named(row, names)
    if kind == "exchange" and units:
        kind = "buy" if units > 0 else "sell"
    if kind in {"buy", "sell"}:
        fee = (POINT.number(row["commission"], "commission") or ZERO) + (POINT.number(row["fee"], "fees") or ZERO)
        return traded(
            buying=kind == "buy", quantity=units, cash=needed(amount, "amount"), fee=abs(fee),
            price=POINT.number(row["price"], "price"), instrument=about, note=row["action"], **fixed,
        )  # fmt: skip
    if amount:
        return _cash(row, kind, amount, about, fixed)
    if not units:
        return row.ignored("it moves neither cash nor units")
    if about is None:
        return row.problem(f"{units} units of what? The row names neither a symbol nor a CUSIP.", "Add it by hand.")
    return _units(row, kind, units, about, bought, fixed)


def _cash(row: Row, kind: str, amount: Decimal, about: Named | None, fixed: dict[str, Any]) -> Draft:
    note = row["action"]
    if kind == "lieu" and about and amount > 0:
        return Draft(kind=Kind.SPLIT, cash=amount, instrument=about, note=note, **fixed)
    of_cash = {
        "dividend": Kind.DIVIDEND, "interest": Kind.INTEREST, "fee": Kind.FEE, "tax": Kind.TAX,
        "capital": Kind.RETURN_OF_CAPITAL,
    }.get(kind)  # fmt: skip
    if of_cash is Kind.DIVIDEND and about is None:
        of_cash = Kind.INTEREST
    if of_cash:
        return Draft(kind=of_cash, cash=amount, instrument=about, note=note, **fixed)
    return Draft(kind=moved(amount), cash=amount, note=note, **fixed)


def _units(
    row: Row, kind: str, units: Decimal, about: Named, bought: set[str], fixed: dict[str, Any]
) -> Outcome | tuple[Outcome, ...]:
    note = row["action"]
    spun = _SPUN_FROM.search(note.upper())
    if spun and kind == "distribution" and units > 0:
        parent = Named(ticker=spun[1], currency="USD")
        return Draft(kind=Kind.SPIN_OFF, quantity=units, instrument=parent, other=about, note=note, **fixed)
    if kind == "split" or (kind == "distribution" and about.key in bought):
        return Draft(kind=Kind.SPLIT, quantity=units, instrument=about, note=note, **fixed)
    if kind == "dividend":
        return Draft(kind=Kind.DIVIDEND, quantity=units, instrument=about, note=note, **fixed)
    if kind == "expired":
        return traded(buying=units > 0, quantity=units, cash=ZERO, instrument=about, note=note, **fixed)
    way = Kind.DELIVERY_IN if units > 0 else Kind.DELIVERY_OUT
    price = POINT.number(row["price"], "price")
    draft = Draft(kind=way, quantity=units, price=price, instrument=about, note=note, **fixed)
    if kind != "distribution":
        return draft
    what = f"{units} units of {about} came for nothing, and the file shows none bought before."
    remedy = "If it was a split, change it to one; if a spin-off, say of which company."
    return draft, row.problem(what, remedy, blocking=False)


def _breaks(table: Table) -> list[Problem]:
    told, days = [], []
    for row in table.rows:
        try:
            amount, balance = POINT.number(row["amount"], "amount"), POINT.number(row["balance"], "cash balance")
            days.append(CLOCK.day(row["date"]).toordinal())
        except InvalidInput:
            continue
        if balance is not None:
            pot = f"USD in {row['account'] or row['account_name']}".removesuffix(" in ")
            told.append(Told(pot, amount or ZERO, balance, row.line, row.record.content))
    return breaks(told[::-1] if newest_first(days) else told)


HELD: Columns = {
    "account": ("account number", "account name/number"),
    "name": ("account name",),
    "symbol": ("symbol",),
    "description": ("description",),
    "quantity": ("quantity",),
    "price": ("last price",),
    "value": ("current value",),
    "cost": ("cost basis total", "cost basis"),
}
_HELD_NEEDS = ("account", "symbol", "quantity", "price", "value")


def read_held(contents: Contents, answers: Answers) -> Reading:
    """The positions; money market funds that are cash (`SPAXX**`) are told as units of themselves."""
    table = table_of(contents, HELD, _HELD_NEEDS)
    if table is None:
        raise AssertionError(contents.name)

    def one(row: Row) -> Outcome:
        value = POINT.number(row["value"], "value")
        if not row["symbol"] or value is None:
            return row.ignored("a remark, or an amount that is pending")
        units = POINT.number(row["quantity"], "quantity")
        return Holding(
            instrument=Named(ticker=row["symbol"].rstrip("*"), name=row["description"], currency="USD"),
            quantity=value if units is None else units,
            currency="USD",
            price=POINT.number(row["price"], "price"),
            value=value,
            cost=POINT.number(row["cost"], "cost"),
            account=row["account"],
            rows=(row.line,),
        )

    return Reading([*table.framed(), *each(table.rows, one)])


PRESET = Preset("fidelity", "Fidelity", lambda contents: table_of(contents, COLUMNS, _NEEDS) is not None, read)
POSITIONS = Preset(
    "fidelity-positions", "Fidelity", lambda contents: table_of(contents, HELD, _HELD_NEEDS) is not None, read_held
)
