"""A portfolio as a household has one: two accounts, shares that were bought and sold, a split, dividends, flows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx

LONG_NOTE = "Bought after the annual report, which promised more than it kept"


def days_ago(days: int) -> date:
    return datetime.now(UTC).date() - timedelta(days=days)


def call(address: str, method: str, path: str, **asked: Any) -> Any:
    """What a desk answers; a refusal is told in its words."""
    answer = httpx.request(method, f"{address}/api/v1/{path}", timeout=30, **asked)
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


@dataclass
class Household:
    """A portfolio of a running desk, by its API."""

    address: str
    number: int
    accounts: list[int]

    @classmethod
    def make(cls, address: str, name: str = "Household", base: str = "USD", currency: str = "USD") -> Household:
        """An empty one with two accounts."""
        made = call(address, "POST", "portfolios", json={"name": name, "base": base, "benchmark": "BROMA"})
        for each in ("Depot Nord", "Pension"):
            call(address, "POST", f"portfolios/{made['id']}/accounts", json={"name": each, "currency": currency})
        told = call(address, "GET", f"portfolios/{made['id']}")
        return cls(address, made["id"], [account["id"] for account in told["accounts"]])

    @property
    def path(self) -> str:
        return f"/portfolio/{self.number}"

    def ask(self, what: str, **query: Any) -> Any:
        """What the desk answers about it."""
        return call(self.address, "GET", f"portfolios/{self.number}/{what}".rstrip("/"), params=query)

    def remove(self, name: str) -> None:
        """Forget it, for good."""
        call(self.address, "DELETE", f"portfolios/{self.number}", params={"name": name})

    def add(self, kind: str, days: int, account: int = 0, currency: str = "USD", **told: Any) -> dict[str, Any]:
        """A transaction of some days ago."""
        draft = {"kind": kind, "day": str(days_ago(days)), "account": self.accounts[account], "currency": currency}
        added: dict[str, Any] = call(
            self.address, "POST", f"portfolios/{self.number}/transactions", json={**draft, **told}
        )
        return added

    def trade(self, ticker: str, units: int, days: int, account: int = 0, **told: Any) -> dict[str, Any]:
        """Units bought, or sold where they are less than 0, at the close of that day."""
        day = str(days_ago(days))
        asked = {"symbol": ticker, "interval": "1d", "from": day, "to": day, "adjust": "raw"}
        (close,) = call(self.address, "GET", "bars", params=asked)["bars"]["close"]
        price = Decimal(str(close))
        amounts = {"price": str(price), "fee": "1.5", "cash": f"{-price * units - Decimal('1.5'):.2f}"}
        kind = "buy" if units > 0 else "sell"
        return self.add(kind, days, account, instrument=ticker, quantity=str(units), **amounts, **told)

    def live(self) -> Household:
        """What a household does in a year and a half."""
        self.add("deposit", 500, cash="15000")
        self.add("deposit", 400, account=1, cash="8000")
        self.trade("QUORB", 40, 495, note=LONG_NOTE, tags=["core", "tech"])
        self.trade("HAZLO", 50, 495)
        self.trade("LANTU", 3, 390, account=1)
        self.trade("HAZLO", 20, 390, account=1)
        self.trade("QUORB", -10, 60)
        self.add("dividend", 300, cash="42.5", tax="7.5", instrument="HAZLO")
        self.add("dividend", 30, account=1, cash="12", tax="2", instrument="LANTU")
        self.add("interest", 200, cash="133.10")
        self.add("fee", 200, account=1, cash="-12")
        self.add("withdrawal", 100, cash="-500")
        return self
