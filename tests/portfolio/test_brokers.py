"""What brokers' files come to: the trades and actions in them, read by a few lines."""

from __future__ import annotations

import csv
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

from market import SHARED, needs_shared
from openbell.model.transactions import Kind, Transaction
from openbell.portfolio.walk import walk
from portfolio.books import book

EXPORTS = SHARED / "broker_exports"
D = Decimal
Positions = dict[str, tuple[Decimal, Decimal | None]]


def comes_to(transactions: Iterator[Transaction]) -> Positions:
    walked = walk(book(list(transactions)))
    assert walked.problems == ()
    return {lot.instrument: (lot.quantity, lot.cost.amount) for lot in walked.lots}


def row(
    number: int, kind: Kind, day: date, name: str, units: str | int, cash: str = "0", **more: object
) -> Transaction:
    given = {"id": number, "account": 1, "currency": "USD"} | more
    return Transaction(kind=kind, day=day, instrument=name, quantity=D(units), cash=D(cash), **given)  # type: ignore[arg-type]


def american(text: str) -> date:
    month, day, year = map(int, text.split("/"))
    return date(year, month, day)


def of_robinhood(text: str) -> Iterator[Transaction]:
    for number, line in enumerate(csv.DictReader(text.splitlines(keepends=True)), start=1):
        code, name = line["Trans Code"], line["Instrument"]
        cash = re.sub(r"[$,)]", "", line["Amount"] or "0").replace("(", "-") or "0"
        if code in {"Buy", "Sell"}:
            units = line["Quantity"] if code == "Buy" else f"-{line['Quantity']}"
            yield row(number, Kind(code.lower()), american(line["Activity Date"]), name, units, cash)
        elif code == "SPL":
            yield row(number, Kind.SPLIT, american(line["Activity Date"]), name, line["Quantity"])


@needs_shared
def test_robinhood_tells_a_split_as_units_and_the_newest_row_first() -> None:
    told = of_robinhood((EXPORTS / "robinhood_constructed.csv").read_text())
    assert comes_to(told) == {"AAPL": (10, D("1743.1")), "AMZN": (20, 2480)}


def of_fidelity(text: str) -> Iterator[Transaction]:
    table = text[text.index("Run Date") :]
    for number, line in enumerate(csv.DictReader(table.splitlines()), start=1):
        action = line["Action"] or ""
        for word, kind in (("YOU BOUGHT", Kind.BUY), ("DISTRIBUTION", Kind.SPLIT)):
            if action.startswith(word):
                yield row(
                    number, kind, american(line["Run Date"]), line["Symbol"], line["Quantity"], line["Amount ($)"]
                )


@needs_shared
def test_fidelity_tells_a_split_as_a_distribution() -> None:
    told = of_fidelity((EXPORTS / "fidelity_constructed.csv").read_text("utf-8-sig"))
    assert comes_to(told) == {"NVDA": (100, D("8304.10"))}


def of_flex(statement: ET.Element) -> Iterator[Transaction]:
    names = {"FB": "META"}  # the day's ticker was another's; the register knows
    for number, trade in enumerate(statement.iter("Trade"), start=1):
        name = names.get(trade.attrib["symbol"], trade.attrib["symbol"])
        day = date.fromisoformat(trade.attrib["tradeDate"])
        yield row(number, Kind.BUY, day, name, trade.attrib["quantity"], trade.attrib["netCash"], fee=D(1))
    for number, action in enumerate(statement.iter("CorporateAction"), start=100):
        at = datetime.strptime(action.attrib["dateTime"], "%Y%m%d;%H%M%S").replace(tzinfo=UTC)
        yield row(number, Kind.SPLIT, at.date(), action.attrib["symbol"], action.attrib["quantity"], at=at)


@needs_shared
def test_a_flex_statement_comes_to_its_own_open_positions() -> None:
    statement = ET.parse(EXPORTS / "ibkr_flex_constructed.xml").getroot()
    positions = {
        each.attrib["symbol"]: (D(each.attrib["position"]), D(each.attrib["costBasisMoney"]))
        for each in statement.iter("OpenPosition")
    }
    assert comes_to(of_flex(statement)) == positions
