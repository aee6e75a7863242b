"""Interactive Brokers' flat tables, as Flex queries write them in CSV: one of trades, one of cash."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from openbell.model.transactions import ZERO, Kind
from openbell.statements.answers import Answers
from openbell.statements.brokers.flex_levels import Element, Levels
from openbell.statements.brokers.ibkr_words import (
    CANCELS,
    CASH_TYPES,
    CLOCK,
    KINDS,
    dividends_with_tax,
    named_in,
    pair_of,
    without_cancelled,
)
from openbell.statements.contents import Contents
from openbell.statements.draft import Draft, Named, Outcome
from openbell.statements.making import fee_in, moved, needed, traded
from openbell.statements.numbers import POINT, money_code
from openbell.statements.preset import Preset, Reading
from openbell.statements.table import Columns, Row, Table, each, table_of

FLAT_TRADES: Columns = {
    "side": ("buy/sell",),
    "trade_date": ("tradedate", "trade date", "date/time", "datetime"),
    "isin": ("isin",),
    "symbol": ("symbol",),
    "description": ("description",),
    "category": ("assetclass", "asset class"),
    "quantity": ("quantity",),
    "price": ("tradeprice", "trade price", "price"),
    "money": ("trademoney", "trade money", "proceeds", "amount"),
    "currency": ("currencyprimary", "currency"),
    "commission": ("ibcommission", "ib commission", "commission"),
    "commission_currency": ("ibcommissioncurrency", "ib commission currency", "commissioncurrency"),
    "tax": ("taxes",),
    "notes": ("notes/codes", "notes", "code"),
    "ref": ("tradeid", "trade id", "transactionid"),
    "account": ("clientaccountid", "accountid"),
    "level": ("levelofdetail", "level of detail"),
    "order": ("iborderid", "orderid", "ib order id"),
}
FLAT_CASH: Columns = {
    "kind": ("type",),
    "date": ("settledate", "settle date", "date/time", "reportdate"),
    "isin": ("isin",),
    "symbol": ("symbol",),
    "description": ("description",),
    "amount": ("amount",),
    "currency": ("currencyprimary", "currency"),
    "ref": ("transactionid", "transaction id"),
    "account": ("clientaccountid", "accountid"),
    "level": ("levelofdetail", "level of detail"),
}
_FLAT_NEEDS = ("side", "trade_date", "quantity", "commission")
_CASH_NEEDS = ("kind", "date", "description", "amount", "currency")


def read_flat_trades(contents: Contents, answers: Answers) -> Reading:
    """One row a trade; those without an instrument change currencies, and the file does not say which other."""
    table = table_of(contents, FLAT_TRADES, _FLAT_NEEDS)
    if table is None:
        raise AssertionError(contents.name)
    table.require("price", "currency", "commission_currency")
    if "isin" not in table.places and "symbol" not in table.places:
        table.require("isin")
    return Reading([*table.framed(), *without_cancelled(each(table.rows, _leveled(table, "Trade", _flat_trade)))])


def _leveled(table: Table, tag: str, read: Callable[[Row], Outcome]) -> Callable[[Row], Outcome]:
    """`read` for rows that no others of the table tell in more detail."""
    if not {level.upper() for level in table.column("level")} - {"", "EXECUTION", "DETAIL"}:
        return read
    elements = {row.line: _element(row, tag) for row in table.rows}
    levels = Levels(list(elements.values()))

    def one(row: Row) -> Outcome:
        element = elements[row.line]
        if levels.is_sum_of_nothing(element):
            what = f"This sums up trades of {row['symbol'] or 'some instruments'} that are not in the file."
            return row.problem(what, "Tick Executions in the query's Trades, and export again.")
        return row.ignored("a summary of other rows") if levels.is_sum(element) else read(row)

    return one


def _element(row: Row, tag: str) -> Element:
    """The row as the same query writes it in XML, as far as its level of detail goes."""
    day = re.split("[;, ]", row["trade_date"])[0]
    told = {
        "levelOfDetail": row["level"], "accountId": row["account"], "ibOrderID": row["order"],
        "symbol": row["symbol"], "isin": row["isin"], "currency": row["currency"], "tradeDate": day,
        "type": row["kind"],
    }  # fmt: skip
    return Element(row.line, tag, told)


def _flat_trade(row: Row) -> Outcome:
    currency, _ = money_code(row["currency"])
    day, at = CLOCK.read(row["trade_date"])
    quantity, price = POINT.number(row["quantity"], "quantity"), needed(POINT.number(row["price"], "price"), "price")
    commission = -(POINT.number(row["commission"], "commission") or ZERO)
    cancels = "(CA" in row["side"].upper() or "Ca" in row["notes"].split(";")
    buying = row["side"].upper().startswith("BUY") != cancels
    money = POINT.number(row["money"], "money")
    gross = abs(money) if money is not None else abs(needed(quantity, "quantity") * price)
    tax = -(POINT.number(row["tax"], "tax") or ZERO)
    inside = commission if row["commission_currency"] == currency else ZERO
    fixed: dict[str, Any] = {"day": day, "at": at, "ref": row["ref"], "account": row["account"], "rows": (row.line,)}
    if "." in row["symbol"] and (row["category"] == "CASH" or not row["isin"]):
        base, quoted = pair_of(row["symbol"])
        units = abs(needed(quantity, "quantity"))
        given, received = ((quoted, gross), (base, units)) if buying else ((base, units), (quoted, gross))
        own = commission if row["commission_currency"] in {"", given[0]} else ZERO
        return Draft(
            kind=Kind.EXCHANGE,
            currency=given[0],
            cash=-given[1] - own,
            to_cash=received[1],
            to_currency=received[0],
            **fee_in(given[0], commission, row["commission_currency"]),
            **fixed,
        )
    if not row["isin"] and not row["symbol"]:
        return row.problem(
            f"This changes {abs(needed(quantity, 'quantity'))} of a currency that the row does not name, "
            f"for {gross} {currency}.",
            "Export with the column Symbol, or add the exchange by hand.",
        )
    return traded(
        buying=buying,
        quantity=quantity,
        cash=-(gross + inside + tax) if buying else gross - inside - tax,
        currency=currency,
        price=price,
        tax=tax,
        note=CANCELS if cancels else "",
        instrument=Named(isin=row["isin"], ticker=row["symbol"], name=row["description"], currency=currency),
        **fee_in(currency, commission, row["commission_currency"]),
        **fixed,
    )


def read_flat_cash(contents: Contents, answers: Answers) -> Reading:
    """One row a payment; each tax with the dividend that it was withheld from."""
    table = table_of(contents, FLAT_CASH, _CASH_NEEDS)
    if table is None:
        raise AssertionError(contents.name)
    outcomes = each(table.rows, _leveled(table, "CashTransaction", _flat_cash))
    drafts = [one for one in outcomes if isinstance(one, Draft)]
    others = [one for one in outcomes if not isinstance(one, Draft)]
    return Reading([*table.framed(), *others, *dividends_with_tax(drafts)])


def _flat_cash(row: Row) -> Outcome:
    meaning = CASH_TYPES.get(row["kind"].lower(), "")
    if not meaning:
        return row.problem(f"{row['kind'][:60]!r} is no type of cash that is known.", "Add what it moved by hand.")
    amount = needed(POINT.number(row["amount"], "amount"), "amount")
    found = named_in(row["description"])
    ticker = row["symbol"] or (found.ticker if found else "")
    named = Named(isin=row["isin"], ticker=ticker) if row["isin"] or ticker else None
    kind = KINDS.get(meaning) or moved(amount)
    if kind is Kind.DIVIDEND and "return of capital" in row["description"].lower():
        kind = Kind.RETURN_OF_CAPITAL
    if kind is Kind.DIVIDEND and named is None:
        kind = Kind.INTEREST
    return Draft(
        kind=kind,
        day=CLOCK.day(row["date"]),
        currency=money_code(row["currency"])[0],
        cash=amount,
        instrument=None if kind in {Kind.DEPOSIT, Kind.WITHDRAWAL} else named,
        ref=row["ref"],
        note=row["description"],
        account=row["account"],
        rows=(row.line,),
    )


TRADES = Preset(
    "ibkr-trades",
    "Interactive Brokers",
    lambda contents: table_of(contents, FLAT_TRADES, _FLAT_NEEDS) is not None,
    read_flat_trades,
    own_refs=True,
    family="ibkr",
)
CASH = Preset(
    "ibkr-cash",
    "Interactive Brokers",
    lambda contents: table_of(contents, FLAT_CASH, _CASH_NEEDS) is not None,
    read_flat_cash,
    own_refs=True,
    family="ibkr",
)
