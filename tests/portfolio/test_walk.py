"""What a book comes to: lots, closed lots, and what does not fit."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from market import SHARED, needs_shared
from openbell.model.transactions import Method
from openbell.portfolio.lots import Closed, Lot
from openbell.portfolio.walk import Walked, walk
from portfolio.books import book, day

D = Decimal


def held(walked: Walked) -> list[str]:
    """account instrument acquired quantity cost"""
    return [_lot(lot) for lot in walked.lots]


def _lot(lot: Lot) -> str:
    return f"{lot.account} {lot.instrument} {(lot.acquired - day(1)).days + 1} {lot.quantity} {_money(lot.cost.amount)}"


def closed(walked: Walked) -> list[str]:
    """account instrument acquired>closed quantity cost proceeds"""
    return [_closed(lot) for lot in walked.closed]


def _closed(lot: Closed) -> str:
    days = f"{(lot.acquired - day(1)).days + 1}>{(lot.day - day(1)).days + 1}"
    amounts = f"{_money(lot.cost.amount)} {_money(lot.proceeds.amount)}"
    return f"{lot.account} {lot.instrument} {days} {lot.quantity} {amounts}"


def _money(amount: Decimal | None) -> str:
    return "?" if amount is None else f"{amount.normalize() + 0:f}"


def kinds(walked: Walked) -> list[str]:
    return [f"{problem.kind} {problem.severity}" for problem in walked.problems]


TRADES = """
    1 buy  ACME  100 -1005 fee=5
    2 buy  ACME   50  -705 fee=5
    3 split ACME   -     - ratio=2
    4 sell ACME -120   956 fee=4
    5 buy  ACME   20  -180
    6 sell ACME -100   746 fee=4"""


@pytest.mark.parametrize(
    ("method", "lots", "gains"),
    [
        ("fifo", ["1 ACME 2 80 564", "1 ACME 5 20 180"], ["1 ACME 1>4 120 603 956", "1 ACME 1>6 80 402 596.8"]),
        (
            "lifo",
            ["1 ACME 1 100 502.5"],
            ["1 ACME 2>4 100 705 796.666666666667", "1 ACME 1>4 20 100.5 159.333333333333"],
        ),
        ("average", ["1 ACME 1 100 603"], ["1 ACME 1>4 120 684 956", "1 ACME 1>6 100 603 746"]),
    ],
)
def test_each_method_takes_its_own_lots_through_a_split(method: Method, lots: list[str], gains: list[str]) -> None:
    walked = walk(book(TRADES, method=method))
    assert held(walked) == lots
    assert closed(walked)[: len(gains)] == gains
    assert walked.problems == ()


@needs_shared
@pytest.mark.parametrize(("named", "method"), [("FIFO", "fifo"), ("LIFO", "lifo"), ("AVG", "average")])
def test_the_worked_lots_come_out(named: str, method: Method) -> None:
    case = json.loads((SHARED / "worked_perf" / "own_cases.json").read_text())["lots"]
    table = []
    for number, (what, *numbers) in enumerate(case["trades"], start=1):
        if what == "SPLIT":
            table.append(f"{number} split X - - ratio={numbers[0]}")
            continue
        quantity, price, fee = map(lambda each: D(str(each)), numbers)
        cash = -quantity * price - fee if what == "BUY" else quantity * price - fee
        table.append(f"{number} {what.lower()} X {quantity if what == 'BUY' else -quantity} {cash} fee={fee}")
    walked = walk(book("\n".join(table), method=method))
    assert {
        "realized": sum(each.proceeds.amount - each.cost.amount for each in walked.closed),
        "shares": sum(lot.quantity for lot in walked.lots),
        "cost": sum(lot.cost.amount for lot in walked.lots),
    } == case["answers"][named]
