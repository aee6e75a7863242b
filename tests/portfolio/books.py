"""Books as small tables: what the tests of portfolios build their cases from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from openbell.model.transactions import Account, Kind, Method, Portfolio, Transaction
from openbell.portfolio.book import Action, Book, Closes, Facts, RateSeries

FIRST = date(2024, 1, 1)


def day(number: int) -> date:
    """2024-01-01 is day 1."""
    return FIRST + timedelta(days=number - 1)


def rows(table: str) -> tuple[Transaction, ...]:
    """Transactions numbered from 1; a line is `day kind instrument quantity cash [field=value ...]`.

    The day is a date or a number, `-` is nothing; the currency is USD and the account 1 unless a field says otherwise.
    """
    lines = [line.split() for line in table.strip().splitlines()]
    return tuple(_row(number, *words) for number, words in enumerate(lines, start=1))


def _row(number: int, when: str, kind: str, instrument: str, quantity: str, cash: str, *fields: str) -> Transaction:
    given: dict[str, Any] = dict(field.split("=", 1) for field in fields)
    for name in ("fee", "tax", "price", "rate", "cost", "ratio", "to_cash"):
        if name in given:
            given[name] = Decimal(given[name])
    for name in ("account", "to_account"):
        if name in given:
            given[name] = int(given[name])
    if "acquired" in given:
        given["acquired"] = on(given["acquired"])
    trade_date = on(when)
    if "at" in given:
        given["at"] = datetime.fromisoformat(f"{trade_date}T{given['at']}").replace(tzinfo=UTC)
    given["short"] = bool(given.get("short"))
    return Transaction(
        **{"account": 1, "currency": "USD", "id": number}
        | given
        | {
            "kind": Kind(kind),
            "day": trade_date,
            "instrument": None if instrument == "-" else instrument,
            "quantity": Decimal(0 if quantity == "-" else quantity),
            "cash": Decimal(0 if cash == "-" else cash),
        }
    )


def on(when: str) -> date:
    """A date as it is written in a table."""
    return date.fromisoformat(when) if "-" in when else day(int(when))


def book(
    transactions: Iterable[Transaction] | str,
    *,
    method: Method = "fifo",
    base: str = "USD",
    actions: Iterable[Action] = (),
    closes: Mapping[str, Mapping[date, float]] | None = None,
    currencies: Mapping[str, str] | None = None,
    rates: Mapping[str, Mapping[date, str]] | None = None,
) -> Book:
    """One portfolio; closes and rates by day, rates of pairs such as `USD/EUR`."""
    told = rows(transactions) if isinstance(transactions, str) else tuple(transactions)
    accounts = sorted({t.account for t in told} | {t.to_account for t in told if t.to_account})
    names = {name for t in told for name in (t.instrument, t.other) if name}
    return Book(
        portfolio=Portfolio(1, "Ours", base, method),
        accounts=tuple(Account(each, f"Account {each}", base) for each in accounts),
        transactions=told,
        facts={name: Facts(name, name, currency=(currencies or {}).get(name, "USD")) for name in names},
        actions=tuple(actions),
        closes={name: closes_of(prices) for name, prices in (closes or {}).items()},
        rates=tuple(rates_of(pair, told) for pair, told in (rates or {}).items()),
    )


def closes_of(prices: Mapping[date, float]) -> Closes:
    days = np.array(sorted(prices), dtype="datetime64[D]")
    return Closes(days, np.array([prices[each] for each in sorted(prices)]), "test", sessions=days)


def rates_of(pair: str, told: Mapping[date, str], source: str = "test") -> RateSeries:
    base, quote = pair.split("/")
    days = np.array(sorted(told), dtype="datetime64[D]")
    return RateSeries(base, quote, days, np.array([float(told[each]) for each in sorted(told)]), source)


def split(instrument: str, when: str, ratio: str, source: str = "vendor") -> Action:
    return Action(instrument, on(when), "split", source, ratio=Decimal(ratio))
