"""What presets have in common when they make drafts: signs, rounding, kinds by the direction of cash."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from openbell.model.errors import InvalidInput
from openbell.model.money import DECIMALS
from openbell.model.transactions import ZERO, Kind
from openbell.statements.draft import Draft

_FINEST = Decimal(1).scaleb(-DECIMALS)


def traded(*, buying: bool, quantity: Decimal | None, cash: Decimal, **rest: Any) -> Draft:
    """A trade whose signs follow from its side; a sale's cash is below 0 where fees were more than its proceeds."""
    units = abs(needed(quantity, "quantity"))
    return Draft(
        kind=Kind.BUY if buying else Kind.SELL,
        quantity=units if buying else -units,
        cash=-abs(cash) if buying else cash,
        **rest,
    )


def moved(cash: Decimal) -> Kind:
    """A deposit or a withdrawal, by its sign."""
    return Kind.DEPOSIT if cash > 0 else Kind.WITHDRAWAL


def needed(number: Decimal | None, field: str) -> Decimal:
    """`number`; raises InvalidInput where the row has none."""
    if number is None:
        raise InvalidInput(field, f"The row has no {field}.", remedy="Correct it in the file.")
    return number


def per(one: Decimal, other: Decimal) -> Decimal | None:
    """One for each of the other, in as many decimals as the desk counts with; None of nothing."""
    return (one / other).quantize(_FINEST) if other else None


def meaning(table: Mapping[str, str], said: str) -> str:
    """What a broker's word means: the word itself, else the longest beginning that is known; empty for none."""
    text = " ".join(said.lower().split())
    if text in table:
        return table[text]
    return next((table[known] for known in sorted(table, key=len, reverse=True) if text.startswith(known)), "")


def fee_in(cash_currency: str, fee: Decimal, fee_currency: str) -> dict[str, Any]:
    """The fields of a fee: its currency only where it is another than that of the cash."""
    if not fee:
        return {"fee": ZERO}
    return {"fee": fee, "fee_currency": "" if fee_currency in {"", cash_currency} else fee_currency}
