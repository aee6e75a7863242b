"""Interactive Brokers' Flex statements in XML: trades, corporate actions, cash, transfers and open positions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from openbell.model.errors import InvalidInput
from openbell.model.transactions import ZERO, Kind
from openbell.statements.answers import Answers
from openbell.statements.brokers.flex_levels import Element, Levels
from openbell.statements.brokers.ibkr_words import CASH_TYPES, action_of, dividends_with_tax, pair_of
from openbell.statements.contents import Contents
from openbell.statements.days import Clock
from openbell.statements.draft import Draft, Holding, Ignored, Named, Outcome, Problem
from openbell.statements.making import fee_in, moved, needed, traded
from openbell.statements.numbers import money_code
from openbell.statements.preset import Preset, Reading

CLOCK = Clock("ymd", "America/New_York")
_TYPES = {"STK": "stock", "OPT": "option", "FUND": "fund", "BOND": "bond", "CRYPTO": "crypto", "ETF": "etf"}
_DESCRIBED = frozenset({"Trade", "Order", "OpenPosition", "TradeConfirm", "Transfer"})
"""Whose description is the name of the instrument."""

_CONTAINERS = frozenset(
    {
        "FlexQueryResponse", "FlexStatements", "FlexStatement", "Trades", "CorporateActions", "CashTransactions",
        "OpenPositions", "Transfers", "TransactionTaxes", "SalesTaxes", "TradeConfirms", "OptionEAE", "Elements",
    }
)  # fmt: skip


_TELLING = frozenset(
    {
        "AccountInformation", "FlexStatement", "FlexQueryResponse", "EquitySummaryByReportDateInBase",
        "CashReportCurrency", "StatementOfFundsLine", "ChangeInPositionValue", "Lot", "FxLot", "OptionEAE",
        "FxTransaction", "InterestAccrualsCurrency", "SLBActivity", "SLBFee", "TransferLot", "ChangeInDividendAccrual",
        "OpenDividendAccrual", "SecurityInfo", "ConversionRate", "SymbolSummary", "AssetSummary", "ChangeInNAV",
        "WashSale", "NetStockPosition", "UnbundledCommissionDetail", "TierInterestDetail", "PriorPeriodPosition",
        "MTDYTDPerformanceSummaryUnderlying", "MTMPerformanceSummaryUnderlying", "FIFOPerformanceSummaryUnderlying",
        "RoutingCommission", "FdicInsuredDepositsByBank", "FxPosition", "ComplexPosition", "SLBOpenContract",
    }
)  # fmt: skip
"""What tells of that which other elements move."""


def read(contents: Contents, answers: Answers) -> Reading:
    """Every element of the sections that move something."""
    root = contents.root
    if root is None:
        raise AssertionError(contents.name)
    elements = [
        Element(number, node.tag, dict(node.attrib))
        for number, node in enumerate(
            (node for node in root.iter() if node.attrib and not (node.tag in _CONTAINERS and len(node))), start=1
        )
        if isinstance(node.tag, str)
    ]
    outcomes: list[Outcome] = []
    actions, dividends = [], []
    cancelled, levels = _cancelled(elements), Levels(elements)
    for element in elements:
        if levels.is_sum_of_nothing(element):
            what = f"This sums up trades of {element['symbol'] or 'some instruments'} that are not in the file."
            outcomes.append(_problem(element, what, "Tick Executions in the query's Trades, and export again."))
        elif levels.is_sum(element):
            outcomes.append(_ignored(element, "a summary of other elements"))
        elif element["transactionID"] in cancelled and element.tag == "Trade":
            outcomes.append(_ignored(element, "cancelled, or what cancels it"))
        elif element.tag == "CorporateAction":
            actions.append(element)
        else:
            outcome = _attempt(element, partial(_element, element))
            if isinstance(outcome, Draft) and element.tag == "CashTransaction":
                dividends.append(outcome)
            else:
                outcomes.append(outcome)
    outcomes.extend(dividends_with_tax(dividends))
    outcomes.extend(_actions(actions))
    return Reading(outcomes, ("days are New York's",))


def _cancelled(elements: Iterable[Element]) -> set[str]:
    """Trades that were cancelled and the rows that cancel them, by their ids."""
    trades = [element for element in elements if element.tag == "Trade"]
    gone = set[str]()
    for element in trades:
        if _cancels(element):
            gone.add(element["transactionID"])
            original = element["origTransactionID"] or element["origTradeID"]
            matches = (
                each
                for each in trades
                if each is not element
                and each["transactionID"] not in gone
                and (
                    (original.strip("0") and original in {each["transactionID"], each["tradeID"]})
                    or (each["tradeID"] == element["tradeID"] and element["tradeID"])
                )
            )
            found = next(matches, None)
            if found is not None:
                gone.add(found["transactionID"])
    gone.discard("")
    return gone


def _cancels(element: Element) -> bool:
    codes = set(element["notes"].split(";")) | set(element["notesAndCodes"].split(";"))
    return "Ca" in codes or element["transactionType"].endswith("Cancel") or element["buySell"].endswith("(Ca.)")


def _ignored(element: Element, reason: str) -> Ignored:
    return Ignored((element.number,), reason, element.content)


def _problem(element: Element, what: str, remedy: str, *, blocking: bool = True) -> Problem:
    return Problem((element.number,), what, remedy, element.content, blocking)


def _attempt(element: Element, read_one: Callable[[], Outcome]) -> Outcome:
    try:
        return read_one()
    except InvalidInput as error:
        return _problem(element, error.what, error.remedy or "Correct it in the file.")


def _element(element: Element) -> Outcome:
    readers: Mapping[str, Callable[[Element], Outcome]] = {
        "Trade": _trade,
        "TradeConfirm": _trade,
        "Order": _trade,
        "CashTransaction": _cash,
        "OpenPosition": _position,
        "Transfer": _transfer,
        "TransactionTax": _tax,
        "SalesTax": _tax,
    }
    reader = readers.get(element.tag)
    if reader:
        return reader(element)
    if element.tag in _TELLING:
        return _ignored(element, "of a section that moves nothing by itself")
    return _problem(element, f"{element.tag!r} is nothing that is known of Flex.", "Add what it moved by hand.")


def _named(element: Element) -> Named | None:
    if not element["symbol"] and not element["isin"]:
        return None
    code = element["currency"]
    return Named(
        ticker=element["symbol"],
        isin=element["isin"] or (element["securityID"] if element["securityIDType"] == "ISIN" else ""),
        cusip=element["cusip"] or (element["securityID"] if element["securityIDType"] == "CUSIP" else ""),
        name=element["description"] if element.tag in _DESCRIBED else "",
        exchange=element["listingExchange"],
        currency=money_code(code)[0] if code else "",
        type=_TYPES.get(element["assetCategory"], "other" if element["assetCategory"] else ""),
    )


def _trade(element: Element) -> Outcome:
    if element.is_order and _cancels(element):
        return _problem(element, "An order was cancelled; the file does not say which.", "Remove its trade by hand.")
    if element["assetCategory"] == "CASH":
        return _forex(element)
    stamp = element["dateTime"] or element["tradeDate"]
    day, at = CLOCK.read(stamp) if stamp else CLOCK.read(element["reportDate"])
    day = CLOCK.day(element["tradeDate"]) if element["tradeDate"] else day
    currency, _ = money_code(element["currency"])
    quantity = needed(element.amount("quantity"), "quantity")
    quantity = abs(quantity) if element["buySell"].startswith("BUY") else -abs(quantity)
    commission = -(element.amount("ibCommission", "commission") or ZERO)
    fee_currency = element["ibCommissionCurrency"] or element["commissionCurrency"] or currency
    tax = -(element.amount("taxes", "tax") or ZERO)
    proceeds = needed(element.amount("proceeds"), "proceeds")
    own_fee = commission if fee_currency == currency else ZERO
    return traded(
        buying=quantity > 0,
        quantity=quantity,
        cash=proceeds - own_fee - tax,
        day=day,
        at=at,
        currency=currency,
        instrument=_named(element),
        price=element.amount("tradePrice", "price"),
        tax=tax,
        short=quantity < 0 and "O" in element["openCloseIndicator"].split(";"),
        ref=element["tradeID"] or element["transactionID"],
        account=element["accountId"],
        rows=(element.number,),
        **fee_in(currency, commission, fee_currency),
    )


def _forex(element: Element) -> Outcome:
    """EUR.USD: units of the first currency for the second one."""
    base, quoted = pair_of(element["symbol"])
    day, at = CLOCK.read(element["dateTime"] or element["tradeDate"])
    units = needed(element.amount("quantity"), "quantity")
    units = abs(units) if element["buySell"].startswith("BUY") else -abs(units)
    against = abs(needed(element.amount("proceeds", "tradeMoney"), "proceeds"))
    commission = -(element.amount("ibCommission", "commission") or ZERO)
    fee_currency = element["ibCommissionCurrency"] or element["commissionCurrency"]
    given, received = ((quoted, against), (base, units)) if units > 0 else ((base, -units), (quoted, against))
    inside = commission if fee_currency in {"", given[0]} else ZERO
    return Draft(
        kind=Kind.EXCHANGE,
        day=day,
        at=at,
        currency=given[0],
        cash=-given[1] - inside,
        to_cash=received[1],
        to_currency=received[0],
        ref=element["tradeID"] or element["transactionID"],
        account=element["accountId"],
        rows=(element.number,),
        **fee_in(given[0], commission, fee_currency),
    )


def _cash(element: Element) -> Outcome:
    amount = needed(element.amount("amount"), "amount")
    kind = CASH_TYPES.get(element["type"].lower(), "")
    if not kind:
        return _problem(element, f"{element['type'][:60]!r} is no type of cash that is known.", "Add it by hand.")
    named = _named(element)
    if kind == "dividend" and "return of capital" in element["description"].lower() and named:
        kind = "capital"
    kinds = {"dividend": Kind.DIVIDEND, "tax": Kind.TAX, "interest": Kind.INTEREST, "fee": Kind.FEE,
             "capital": Kind.RETURN_OF_CAPITAL}  # fmt: skip
    of_cash = kinds.get(kind) or moved(amount)
    if of_cash is Kind.DIVIDEND and named is None:
        of_cash = Kind.INTEREST
    stamp = element["settleDate"] or element["dateTime"] or element["reportDate"]
    return Draft(
        kind=of_cash,
        day=CLOCK.day(stamp),
        currency=money_code(element["currency"])[0],
        cash=amount,
        instrument=named if of_cash not in {Kind.DEPOSIT, Kind.WITHDRAWAL} else None,
        ref=element["transactionID"],
        note=element["description"],
        account=element["accountId"],
        rows=(element.number,),
    )


def _position(element: Element) -> Outcome:
    if element["levelOfDetail"] == "LOT":
        return _ignored(element, "a lot of a position")
    return Holding(
        instrument=_named(element),
        quantity=needed(element.amount("position", "quantity"), "position"),
        currency=money_code(element["currency"])[0],
        day=CLOCK.day(element["reportDate"]) if element["reportDate"] else None,
        price=element.amount("markPrice"),
        value=element.amount("positionValue"),
        cost=element.amount("costBasisMoney"),
        account=element["accountId"],
        rows=(element.number,),
    )


def _transfer(element: Element) -> Outcome:
    units, cash = element.amount("quantity") or ZERO, element.amount("cashTransfer") or ZERO
    day = CLOCK.day(element["date"] or element["reportDate"])
    leaving = element["direction"] == "OUT"
    fixed: dict[str, Any] = {
        "day": day,
        "currency": money_code(element["currency"])[0],
        "ref": element["transactionID"],
        "note": " ".join(filter(None, (element["type"], element["company"], element["account"]))),
        "account": element["accountId"],
        "rows": (element.number,),
    }
    if units and element["symbol"]:
        return Draft(
            kind=Kind.DELIVERY_OUT if leaving else Kind.DELIVERY_IN,
            instrument=_named(element),
            quantity=-abs(units) if leaving else abs(units),
            price=element.amount("transferPrice") or None,
            **fixed,
        )
    if cash:
        return Draft(kind=moved(cash), cash=cash, **fixed)
    return _ignored(element, "it moves neither cash nor units")


def _tax(element: Element) -> Outcome:
    amount = element.amount("taxAmount", "salesTax")
    if not amount:
        return _ignored(element, "it moves no cash")
    return Draft(
        kind=Kind.TAX,
        day=CLOCK.day(element["date"]),
        currency=money_code(element["currency"])[0],
        cash=amount,
        instrument=_named(element),
        ref=element["transactionID"] or element["tradeId"],
        note=element["taxDescription"] or element["taxType"],
        account=element["accountId"],
        rows=(element.number,),
    )


def _actions(elements: Sequence[Element]) -> Iterable[Outcome]:
    """Corporate actions: rows with one `actionID`, or one description but for what is in its last brackets, are one."""
    groups: dict[tuple[str, ...], list[Element]] = {}
    for element in elements:
        text = element["actionDescription"] or element["description"]
        event = element["actionID"] or re.sub(r"\s*\([^()]*\)\s*$", "", text)
        groups.setdefault((element["accountId"], element["type"], event), []).append(element)
    for group in groups.values():
        yield from _action(group)


def _action(group: Sequence[Element]) -> Iterable[Outcome]:
    first = group[0]
    text = first["actionDescription"] or first["description"]
    try:
        yield from action_of(
            text,
            first["type"],
            [(_named(e), e.amount("quantity") or ZERO, e.amount("proceeds", "amount") or ZERO) for e in group],
            {
                "day": CLOCK.day(first["dateTime"] or first["reportDate"]),
                "currency": money_code(first["currency"])[0],
                "ref": first["transactionID"] or first["actionID"],
                "account": first["accountId"],
                "rows": tuple(e.number for e in group),
            },
            "\n".join(e.content for e in group),
        )
    except InvalidInput as error:
        rows = tuple(e.number for e in group)
        yield Problem(rows, error.what, error.remedy or "Add it by hand.", "\n".join(e.content for e in group))


def _is_flex(contents: Contents) -> bool:
    root = contents.root
    return root is not None and (root.tag == "FlexQueryResponse" or root.find(".//CashTransaction") is not None)


PRESET = Preset("ibkr-flex", "Interactive Brokers", _is_flex, read, own_refs=True, family="ibkr")
