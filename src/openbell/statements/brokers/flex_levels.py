"""The elements of a Flex statement, and which of them only sum up others.

A query writes a section once for every level of detail that is ticked: a trade as its executions, its order and its
lots, a payment in detail and in summary. Each is read at the finest level that is there, so that it counts once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from openbell.statements.numbers import POINT

_TRADES = frozenset({"Trade", "TradeConfirm"})
_OF_TRADES = frozenset({"SYMBOL_SUMMARY", "ASSET_SUMMARY", "CLOSED_LOT", "SUMMARY_BY_SYMBOL"})
_SUMS = _OF_TRADES | {"ORDER", "LOT", "WASH_SALE", "CURRENCY"}


@dataclass(frozen=True, slots=True)
class Element:
    """One element of the file that tells something; `number` is its place among them, the first is 1."""

    number: int
    tag: str
    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "").strip()

    @property
    def content(self) -> str:
        """What it says, without what is empty."""
        said = " ".join(f'{name}="{value}"' for name, value in self.values.items() if value)
        return f"<{self.tag} {said}>"

    @property
    def level(self) -> str:
        """Its level of detail, empty where the query does not tell it."""
        return self["levelOfDetail"].upper()

    @property
    def is_order(self) -> bool:
        """Whether it is a trade as it was ordered."""
        return self.tag == "Order" or (self.tag in _TRADES and self.level == "ORDER")

    @property
    def is_execution(self) -> bool:
        """Whether it is a trade as it was executed."""
        return self.tag in _TRADES and self.level not in _SUMS

    def amount(self, *names: str) -> Decimal | None:
        """The first of these that is given."""
        return next((POINT.number(self[name], name) for name in names if self[name]), None)


class Levels:
    """What of some elements is told by others of them."""

    def __init__(self, elements: Sequence[Element]) -> None:
        executions = [each for each in elements if each.is_execution]
        self._ordered = {order for each in executions if (order := _order_of(each))}
        self._traded = {trade for each in executions for trade in _trades_of(each)}
        self._has_trades = bool(executions) or any(each.is_order for each in elements)
        self._detailed = {_paid(each) for each in elements if each.level == "DETAIL"}

    def is_sum(self, element: Element) -> bool:
        """Whether other elements tell it in more detail."""
        if element.tag == "OpenPosition":
            return False
        if element.is_order:
            return self._is_executed(element)
        if element.level == "SUMMARY":
            return _paid(element) in self._detailed
        return element.level in _SUMS

    def is_sum_of_nothing(self, element: Element) -> bool:
        """Whether it sums up trades, none of which the file tells."""
        return element.level in _OF_TRADES and element.tag != "OpenPosition" and not self._has_trades

    def _is_executed(self, order: Element) -> bool:
        known = _order_of(order)
        if known and self._ordered:
            return known in self._ordered
        return _trades_of(order)[0] in self._traded


def _order_of(element: Element) -> tuple[str, str] | None:
    number = element["ibOrderID"] or element["orderID"]
    return (element["accountId"], number) if number else None


def _trades_of(element: Element) -> tuple[tuple[str, ...], ...]:
    """By what a trade is known that has no number: with its day where it has one, and without."""
    named = (element["accountId"], element["symbol"] or element["isin"], element["currency"])
    day = element["tradeDate"]
    return ((*named, day), named) if day else (named,)


def _paid(element: Element) -> tuple[str, ...]:
    """What a payment is of, on both of its levels."""
    return (element.tag, element["type"], element["currency"], element["symbol"] or element["isin"])
