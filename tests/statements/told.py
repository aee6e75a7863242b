"""A statement as a small table, for comparing and for reading."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from openbell.model.transactions import Kind
from openbell.statements.draft import Draft, Statement


def told(statement: Statement) -> list[str]:
    """One line a draft: day, kind, instrument, units, cash, currency, and what else it says."""
    return [line_of(draft) for draft in statement.drafts]


def line_of(draft: Draft) -> str:
    parts = [str(draft.day), draft.kind.value, str(draft.instrument or "-"), plain(draft.quantity), plain(draft.cash)]
    parts.append(draft.currency)
    if draft.fee:
        parts.append(f"fee={plain(draft.fee)}{draft.fee_currency}")
    if draft.tax:
        parts.append(f"tax={plain(draft.tax)}")
    if draft.price is not None:
        parts.append(f"@{plain(draft.price)}{draft.price_currency}")
    if draft.rate is not None:
        parts.append(f"rate={plain(draft.rate)}")
    if draft.cost is not None:
        parts.append(f"cost={plain(draft.cost)}")
    if draft.to_cash:
        parts.append(f"to={plain(draft.to_cash)}{draft.to_currency}")
    if draft.other:
        parts.append(f"other={draft.other}")
    if draft.ratio is not None:
        parts.append(f"ratio={plain(draft.ratio)}")
    if draft.short:
        parts.append("short")
    if draft.account:
        parts.append(f"in={draft.account}")
    return " ".join(parts)


def plain(number: Decimal) -> str:
    return f"{number.normalize():f}" if number else "0"


def cash_of(statement: Statement) -> dict[str, Decimal]:
    """What the drafts come to in each currency."""
    sums = defaultdict[str, Decimal](Decimal)
    for draft in statement.drafts:
        sums[draft.currency] += draft.cash
        if draft.fee and draft.fee_currency:
            sums[draft.fee_currency] -= draft.fee
        if draft.to_cash:
            sums[draft.to_currency] += draft.to_cash
    return {currency: total for currency, total in sums.items() if total}


def units_of(statement: Statement) -> dict[str, Decimal]:
    """What the drafts leave of each instrument, by ticker, ISIN or name."""
    units = defaultdict[str, Decimal](Decimal)
    for draft in statement.drafts:
        if draft.instrument is None or draft.kind is Kind.MERGER:
            continue
        units[str(draft.instrument)] += draft.quantity
    return {name: total for name, total in units.items() if total}
