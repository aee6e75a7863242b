"""What a book comes to: lots, closed lots, and what does not fit."""

from __future__ import annotations

import gc
import json
import weakref
from dataclasses import replace
from decimal import Decimal

import pytest

from market import SHARED, needs_shared
from openbell.model.transactions import Method, Pick
from openbell.portfolio.lots import Closed, Lot
from openbell.portfolio.walk import Walked, walk
from portfolio.books import book, day, rows, split

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
        quantity, price, fee = (D(str(each)) for each in numbers)
        cash = -quantity * price - fee if what == "BUY" else quantity * price - fee
        table.append(f"{number} {what.lower()} X {quantity if what == 'BUY' else -quantity} {cash} fee={fee}")
    walked = walk(book("\n".join(table), method=method))
    assert {
        "realized": sum(each.proceeds.amount - each.cost.amount for each in walked.closed),
        "shares": sum(lot.quantity for lot in walked.lots),
        "cost": sum(lot.cost.amount for lot in walked.lots),
    } == case["answers"][named]


def test_the_dearest_lots_go_first_in_the_portfolios_own_currency() -> None:
    ours = book(
        """
        1 buy  ACME 10 -100 currency=EUR
        2 buy  ACME 10 -105
        3 buy  ACME 10  -99
        4 sell ACME -15 150""",
        method="hifo",
        rates={"EUR/USD": {day(1): "1.1"}},
    )
    assert closed(walk(ours)) == ["1 ACME 1>4 10 100 100", "1 ACME 2>4 5 52.5 50"]


def test_chosen_lots_come_before_the_method() -> None:
    trades = rows("""
        1 buy  ACME 10 -100
        2 buy  ACME 10 -110
        3 buy  ACME 10 -120
        4 sell ACME -15 180""")
    chosen = replace(trades[-1], picks=(Pick(3, D(4)), Pick(2, D(6))))
    walked = walk(book((*trades[:-1], chosen)))
    assert closed(walked) == ["1 ACME 2>4 6 66 72", "1 ACME 3>4 4 48 48", "1 ACME 1>4 5 50 60"]
    assert walked.problems == ()


def test_a_choice_of_more_than_a_lot_has_left_is_told_and_the_rest_goes_by_the_method() -> None:
    trades = rows("""
        1 buy  ACME 10 -100
        2 buy  ACME 10 -110
        4 sell ACME -15 180""")
    walked = walk(book((*trades[:-1], replace(trades[-1], picks=(Pick(2, D(12)), Pick(77, D(1)))))))
    assert closed(walked) == ["1 ACME 2>4 10 110 120", "1 ACME 1>4 5 50 60"]
    assert kinds(walked) == ["unknown_lot doubtful", "unknown_lot doubtful"]
    assert "2 units too many of transaction 2" in walked.problems[0].what


def test_in_a_pool_no_lot_can_be_chosen() -> None:
    trades = rows("""
        1 buy  ACME 10 -100
        2 sell ACME -5  60""")
    walked = walk(book((trades[0], replace(trades[1], picks=(Pick(1, D(5)),))), method="average"))
    assert (closed(walked), kinds(walked)) == (["1 ACME 1>2 5 50 60"], ["no_choice doubtful"])


def test_more_than_is_held_cannot_be_sold_and_everything_else_is_computed() -> None:
    walked = walk(
        book("""
        1 buy  ACME  10 -100
        2 sell ACME -15  300 ref=A-17
        3 buy  BOLT   1  -10
        4 buy  ACME   2  -30""")
    )
    assert held(walked) == ["1 ACME 4 2 30", "1 BOLT 3 1 10"]
    assert closed(walked) == ["1 ACME 1>2 10 100 200"]
    [problem] = walked.problems
    assert (problem.kind, problem.severity, problem.transaction.id) == ("oversold", "wrong", 2)
    assert problem.what == (
        "15 units of ACME were sold on 2024-01-02 (A-17), but the account held 10: no more can be counted."
    )
    assert "mark the sale as short" in problem.remedy


def test_a_sale_without_any_units_is_a_problem_only() -> None:
    walked = walk(book("1 sell ACME -15 300"))
    assert (walked.lots, walked.closed, kinds(walked)) == ((), (), ["oversold wrong"])


def test_what_a_broker_rounds_is_no_sale_of_what_is_not_held() -> None:
    walked = walk(
        book("""
        1 buy  ACME  33.3333333 -100
        2 sell ACME -33.333334   120""")
    )
    assert (walked.lots, kinds(walked)) == ((), ["rounded note"])


def test_a_short_sale_is_covered_by_what_is_bought_next() -> None:
    walked = walk(
        book("""
        1 buy  ACME  10 -100
        2 sell ACME -30  599 fee=1 short=yes
        3 buy  ACME  25 -250.5 fee=0.5""")
    )
    assert held(walked) == ["1 ACME 3 5 50.1"]
    assert closed(walked) == ["1 ACME 1>2 10 100 199.666666666667", "1 ACME 2>3 20 200.4 399.333333333333"]
    assert [each.short for each in walked.closed] == [False, True]
    assert sum(each.proceeds.fees + each.cost.fees for each in walked.closed) == D("1.4")
    assert walked.problems == ()


def test_an_open_short_is_a_lot_of_less_than_nothing() -> None:
    assert held(walk(book("2 sell ACME -30 599 short=yes"))) == ["1 ACME 2 -30 -599"]


def test_a_sale_waits_for_the_purchase_of_the_same_day() -> None:
    walked = walk(
        book("""
        1 sell     ACME -5   60
        1 transfer ACME -10   - to_account=2
        1 sell     ACME -10 120 account=2
        1 buy      ACME  15 -150""")
    )
    assert (walked.lots, walked.problems) == ((), ())
    assert sorted(closed(walked)) == ["1 ACME 1>1 5 50 60", "2 ACME 1>1 10 100 120"]


def test_instants_order_a_day_and_a_sale_before_its_purchase_is_told() -> None:
    walked = walk(
        book("""
        1 sell ACME -5  60 at=10:00
        1 buy  ACME  5 -50 at=11:00""")
    )
    assert (held(walked), kinds(walked)) == (["1 ACME 1 5 50"], ["oversold wrong"])


def test_transfers_that_wait_for_each_other_are_settled() -> None:
    walked = walk(
        book("""
        1 buy      ACME  1 -10
        2 sell     ACME -1  12
        2 transfer ACME -1   - account=2 to_account=1
        2 transfer ACME -1   - to_account=2""")
    )
    assert (walked.lots, kinds(walked)) == ((), [])


def test_a_transfer_takes_cost_and_day_along() -> None:
    walked = walk(
        book("""
        1 buy      ACME  10 -100
        2 buy      ACME  10 -200
        3 transfer ACME -15   -2 to_account=2 fee=2
        9 sell     ACME -12  240 account=2""")
    )
    assert held(walked) == ["1 ACME 2 5 100", "2 ACME 2 3 60"]
    assert closed(walked) == ["2 ACME 1>9 10 100 200", "2 ACME 2>9 2 40 40"]
    assert [walked.units("ACME", each, day(5)) for each in (1, 2, None)] == [5, 15, 20]


def test_units_that_were_not_bought_cost_what_is_said_or_what_they_were_worth() -> None:
    walked = walk(
        book(
            """
            5 delivery_in ACME 2   - cost=30 acquired=2023-12-30
            5 opening     ACME 3   - cost=40 acquired=2023-12-31
            5 delivery_in ACME 4   - price=9
            5 dividend    ACME 1   -
            5 interest    COIN 0.5 -
            9 delivery_out ACME -2 -""",
            closes={"ACME": {day(4): 11.5, day(9): 20.0}},
        )
    )
    assert held(walked) == [
        "1 ACME 0 3 40", "1 ACME 5 4 36", "1 ACME 5 1 11.5", "1 COIN 5 0.5 ?"
    ]  # fmt: skip
    assert closed(walked) == ["1 ACME -1>9 2 30 40"]
    assert kinds(walked) == ["no_cost doubtful"]
    assert "COIN" in walked.problems[0].what


def test_a_fee_in_units_is_worth_what_they_were() -> None:
    walked = walk(
        book(
            """
            1 buy COIN 10 -100
            2 fee COIN -1    -""",
            closes={"COIN": {day(2): 15.0}},
        )
    )
    assert closed(walked) == ["1 COIN 1>2 1 10 0"]
    assert walked.closed[0].proceeds.fees == 15


def test_a_dividend_before_the_purchase_is_a_mild_problem() -> None:
    walked = walk(
        book("""
        1 dividend ACME  - 5
        2 buy      ACME 10 -100
        3 dividend ACME  - 5
        4 sell     ACME -10 90
        5 dividend ACME  - 5""")
    )
    assert kinds(walked) == ["dividend_before_buy doubtful"]
    assert walked.problems[0].transaction.id == 1


def test_a_fee_in_another_currency_is_part_of_the_cost_at_the_days_rate() -> None:
    walked = walk(
        book("1 buy ACME 10 -100 fee=4 fee_currency=EUR", base="EUR", rates={"EUR/USD": {day(1): "1.25"}}),
    )
    [lot] = walked.lots
    assert (lot.cost.amount, lot.cost.fees, lot.cost.base) == (105, 5, 84)


def test_a_missing_rate_leaves_the_base_unknown_and_is_told_once() -> None:
    walked = walk(
        book(
            """
            1 buy ACME 10 -100
            2 buy ACME 10 -100
            40 buy ACME 10 -100""",
            base="EUR",
            rates={"EUR/USD": {day(33): "1.25"}},
        )
    )
    assert [(lot.cost.amount, lot.cost.base) for lot in walked.lots] == [(100, None), (100, None), (100, 80)]
    [problem] = walked.problems
    assert problem.what == (
        "What USD cost in EUR is not known on 2 days with transactions, from 2024-01-01 to 2024-01-02, "
        "nor in the 7 days before each."
    )
    assert problem.remedy == "Fetch or import EURUSD=X; until then these amounts are missing in EUR."


def test_the_largest_amounts_there_are_stay_exact() -> None:
    walked = walk(
        book("""
        1 buy  ACME 999999999999999 -999999999999999.999999999999
        2 sell ACME -333333333333333 0.000000000001""")
    )
    assert walked.lots[0].cost.amount + walked.closed[0].cost.amount == D("999999999999999.999999999999")


def test_an_empty_book_comes_to_nothing() -> None:
    walked = walk(book(""))
    assert (walked.lots, walked.closed, walked.problems) == ((), (), ())


def test_a_changed_past_is_walked_again() -> None:
    trades = rows("""
        1 buy  ACME 10 -100
        2 sell ACME -5   60
        3 sell ACME -5   60""")
    early = walk(book(trades[:2]), day(2))
    changed = (replace(trades[0], cash=D(-50)), *trades[1:])
    assert walk(book(changed), since=early) == walk(book(changed))
    assert walk(book(changed), since=early).closed[0].cost.amount == 25


def test_a_split_leaves_no_lot_below_nothing_beside_lots_that_are_held() -> None:
    table = "\n".join(["1 buy A 1 -10"] * 5 + ["1 buy A 0.000000000001 -0.01"])
    found = walk(book(table, actions=[split("A", "2", "0.6666666666666667")]), day(2))
    assert sum(lot.quantity for lot in found.lots) == found.units("A", 1, day(2))
    assert min(lot.quantity for lot in found.lots) >= 0


def test_no_more_is_transferred_than_is_short() -> None:
    walked = walk(
        book("""
        1 sell     ACME -3 30 short=yes
        2 transfer ACME -5  - to_account=2""")
    )
    assert (held(walked), kinds(walked)) == (["2 ACME 1 -3 -30"], ["oversold wrong"])


def test_a_walk_that_nobody_needs_is_gone_without_a_search_for_rings():
    gc.disable()
    try:
        gone = weakref.ref(walk(book(TRADES)).walk)
        assert gone() is None
    finally:
        gc.enable()
