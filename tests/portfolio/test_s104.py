"""Gains as the United Kingdom counts them, against worked reports."""

from __future__ import annotations

import calendar
import csv
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from market import SHARED, needs_shared
from openbell.model.transactions import Kind, Transaction
from openbell.portfolio.book import Action, Book
from openbell.portfolio.walk import Walked, walk
from portfolio.books import book, on, split

WORKED = SHARED / "worked_capital_gains"
D = Decimal


def report(path: str) -> dict[str, str]:
    """The lines of a worked report, by what stands before the colon."""
    lines = (WORKED / path).read_text().split("Excess Reported Income")[0].splitlines()
    return {key.strip(): value.strip() for key, _, value in (line.rpartition(":") for line in lines) if key}


def months_rates() -> dict[date, str]:
    """The revenue's rates, dollars for a pound, on every day of each month that is known."""
    lines = (line for line in (WORKED / "exchange_rates_data.csv").read_text().splitlines() if line[0] != "#")
    months = {line["month"][:7]: line["rate"] for line in csv.DictReader(lines) if line["currency"] == "USD"}
    return {
        date(year, month, each): rate
        for key, rate in months.items()
        for year, month in [map(int, key.split("-"))]
        for each in range(1, calendar.monthrange(year, month)[1] + 1)
    }


def uk(transactions: list[Transaction], *actions: Action) -> Book:
    return book(transactions, method="s104", base="GBP", actions=actions, rates={"GBP/USD": months_rates()})


def summary(walked: Walked, year: int) -> dict[str, str]:
    """The year's figures as the worked reports print them.

    All sales of an instrument on a day are one disposal, and its gain is rounded to the penny; the proceeds are not.
    Fees of a sale count as costs, and not against the proceeds; costs are the proceeds less the gains.
    """
    gains: dict[tuple[str, date], Decimal] = {}
    proceeds = D(0)
    for each in walked.closed:
        if date(year, 4, 6) <= each.day < date(year + 1, 4, 6):
            disposal = (each.instrument, each.day)
            gains[disposal] = gains.get(disposal, D(0)) + each.proceeds.amount - each.cost.amount
            proceeds += each.proceeds.amount + each.proceeds.fees
    rounded = [penny(gain) for gain in gains.values()]
    return {
        "Disposals": str(len(rounded)),
        "Disposal proceeds": _pounds(proceeds),
        "Allowable costs": _pounds(proceeds - sum(rounded)),
        "Gain": _pounds(sum(gain for gain in rounded if gain > 0)),
        "Loss": _pounds(-sum(gain for gain in rounded if gain < 0)),
        "Total gain": _pounds(sum(rounded)),
    } | {lot.instrument: f"{lot.quantity:.2f}, {_pounds(lot.cost.amount)}" for lot in walked.lots}


def penny(amount: Decimal | int) -> Decimal:
    return D(amount).quantize(D("0.01"), ROUND_HALF_UP)


def _pounds(amount: Decimal | int) -> str:
    return f"£{penny(amount):,}"


def assert_like(figures: dict[str, str], worked: dict[str, str]) -> None:
    assert figures == {key: worked[key] for key in figures}


def raw(path: str) -> Iterator[Transaction]:
    """The rows of a `raw` file, which begins with the newest."""
    lines = list(csv.DictReader((WORKED / "raw" / path).read_text().splitlines()))
    for number, line in enumerate(reversed(lines), start=1):
        quantity, price, fees = (D(line[field]) for field in ("quantity", "price", "fees"))
        kind, sign = {"BUY": (Kind.BUY, 1), "SELL": (Kind.SELL, -1), "STOCK_SPLIT": (Kind.SPLIT, 1)}.get(
            line["action"], (Kind.DIVIDEND, 0)
        )
        if line["action"] == "TRANSFER":
            kind = Kind.DEPOSIT if price > 0 else Kind.WITHDRAWAL
        yield Transaction(
            id=number,
            account=1,
            day=date.fromisoformat(line["date"]),
            currency=line["currency"],
            kind=kind,
            instrument=line["symbol"] or None,
            quantity=sign * quantity,
            cash=quantity * price * (-sign or 1) - fees,
            fee=fees,
        )


RENAMED = Action("FB", on("2022-06-09"), "rename", "vendor", other="META")


@needs_shared
def test_a_split_told_in_units_a_new_ticker_and_a_purchase_within_30_days() -> None:
    walked = walk(uk(list(raw("test_data.csv")), RENAMED))
    assert_like(summary(walked, 2022), report("raw/expected_output.txt"))
    assert [problem.kind for problem in walked.problems] == ["dividend_before_buy"]


@needs_shared
def test_all_of_a_position_sold_and_a_part_bought_back_within_30_days() -> None:
    walked = walk(uk(list(raw("test_data_2.csv")), RENAMED, split("AMZN", "2022-06-06", "10")))
    assert_like(summary(walked, 2022), report("raw/expected_output_2.txt"))
    assert walked.problems == ()


def schwab(path: str) -> Iterator[Transaction]:
    for number, line in enumerate(csv.DictReader((WORKED / "schwab" / path).read_text().splitlines()), start=1):
        bought = line["Action"] == "Buy"
        if line["Action"] not in {"Buy", "Sell"}:
            continue
        yield Transaction(
            id=number,
            account=1,
            day=date(int(line["Date"][6:]), int(line["Date"][:2]), int(line["Date"][3:5])),
            currency="USD",
            kind=Kind.BUY if bought else Kind.SELL,
            instrument=line["Symbol"],
            quantity=D(line["Quantity"]) * (1 if bought else -1),
            cash=_dollars(line["Amount"]),
            fee=_dollars(line["Fees & Comm"] or "0"),
        )


def _dollars(text: str) -> Decimal:
    return D(re.sub(r"[$,]", "", text))


@needs_shared
def test_each_purchase_sold_whole() -> None:
    walked = walk(uk(list(schwab("2023/transactions.csv"))))
    assert_like(summary(walked, 2023), report("schwab/2023/expected_output.txt"))
    assert (walked.lots, walked.problems) == ((), ())


@needs_shared
def test_fees_of_both_sides_in_pounds() -> None:
    lines = csv.DictReader((WORKED / "trading212/2024/inputs/transactions.csv").read_text().splitlines())
    trades = [
        Transaction(
            id=number,
            account=1,
            day=datetime.fromisoformat(line["Time"]).date(),
            currency="GBP",
            kind=Kind.SELL if "sell" in line["Action"] else Kind.BUY,
            instrument=line["Ticker"],
            quantity=D(line["No. of shares"]) * sign,
            cash=-D(line["Total"]) * sign,
            fee=D(line["Currency conversion fee"]),
        )
        for number, line in enumerate(lines, start=1)
        for word, sign in (("buy", 1), ("sell", -1))
        if line["Action"].endswith(word)
    ]
    walked = walk(uk(trades))
    assert_like(summary(walked, 2024), report("trading212/2024/expected_output.txt"))
    assert (walked.lots, walked.problems) == ((), ())


@needs_shared
def test_income_that_a_fund_reports_without_paying_it_adds_to_the_cost() -> None:
    statement = (WORKED / "interactive_brokers/test_basic.csv").read_text().splitlines()
    told = [line for line in csv.reader(statement) if line[0] == "Transaction History" and line[1] == "Data"]
    trades = [
        Transaction(
            id=number,
            account=1,
            day=date.fromisoformat(day),
            currency="GBP",
            kind=Kind(kind.lower()),
            instrument=symbol,
            quantity=D(quantity),
            cash=D(net),
            fee=-D(fee),
        )
        for number, (_, _, day, _, _, kind, symbol, quantity, _, _, fee, net) in enumerate(reversed(told), start=1)
        if kind in {"Buy", "Sell"}
    ]
    # the worked report takes it from the fund's own statement, which is not with the data: only its amount is
    reported = Transaction(
        id=9,
        account=1,
        day=on("2025-06-30"),
        currency="GBP",
        kind=Kind.RETURN_OF_CAPITAL,
        instrument="CNX1",
        cash=D("-12.54"),
    )
    walked = walk(uk([*trades, reported]))
    assert_like(summary(walked, 2025), report("interactive_brokers/expected_output.txt"))
    assert walk(uk(trades)).closed[0].cost.amount == D("2001.50")


def test_a_split_between_the_sale_and_the_purchase_within_30_days() -> None:
    walked = walk(
        book(
            """
            1  buy  ACME  10 -1000
            2  sell ACME -10  1200
            11 split ACME  - -     ratio=2
            12 buy  ACME  30 -1500""",
            method="s104",
            base="USD",
        )
    )
    assert [(each.rule, each.quantity, each.cost.amount, each.days) for each in walked.closed] == [
        ("30_days", 10, 1000, -10)
    ]
    assert [(lot.quantity, lot.cost.amount) for lot in walked.lots] == [(30, 1500)]


def test_the_pool_is_of_all_accounts_and_each_shows_its_share() -> None:
    walked = walk(
        book(
            """
            1  buy      ACME  10 -1000
            2  buy      ACME  30 -5000 account=2
            50 sell     ACME -10  2000
            60 transfer ACME -10     - account=2 to_account=3""",
            method="s104",
            base="USD",
        )
    )
    assert [(each.rule, each.cost.amount) for each in walked.closed] == [("pool", 1500)]
    assert [(lot.account, lot.quantity, lot.cost.amount) for lot in walked.lots] == [(2, 20, 3000), (3, 10, 1500)]
