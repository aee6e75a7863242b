"""The rows of one Degiro order put together: the trade, its currency legs, its fees and taxes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

from openbell.model.money import DECIMALS
from openbell.model.transactions import ZERO, Kind
from openbell.statements.brokers.degiro_rows import Movement
from openbell.statements.draft import NEGLIGIBLE, Draft, Outcome, Problem

_CENT = Decimal("0.01")
_FINEST = Decimal(1).scaleb(-DECIMALS)


def booked_trades(rows: Sequence[Movement]) -> list[Outcome]:
    """Drafts of one order: in the currency that the account paid in where Degiro changed the money itself."""
    fills = [row for row in rows if row.trade]
    costs = [row for row in rows if row.meaning in {"fee", "transaction_tax"}]
    legs = [row for row in rows if row.meaning == "exchange"]
    paid = _paid(fills, legs)
    outcomes: list[Outcome] = []
    for number, fill in enumerate(fills):
        in_money = paid[number] if paid else None
        inside, apart = _shared(costs if number == 0 else [], in_money[0] if in_money else fill.currency)
        outcomes.append(_fill(fill, in_money, inside, legs if paid else []))
        outcomes.extend(_cost(row) for row in apart)
        outcomes.extend(_doubts(fill))
    if not paid:
        outcomes.extend(exchanges(legs))
    return outcomes


def _paid(fills: Sequence[Movement], legs: Sequence[Movement]) -> list[tuple[str, Decimal]]:
    """What each fill came to in the account's currency; empty where no legs change exactly what was traded."""
    foreign = {fill.currency for fill in fills}
    theirs = [leg for leg in legs if leg.currency in foreign]
    ours = [leg for leg in legs if leg.currency not in foreign]
    codes = {leg.currency for leg in ours}
    traded = sum((fill.cash for fill in fills), ZERO)
    if len(foreign) != 1 or len(codes) != 1 or not traded:
        return []
    if abs(sum((leg.cash for leg in theirs), ZERO) + traded) > NEGLIGIBLE:
        return []
    total = sum((leg.cash for leg in ours), ZERO)
    if (total > 0) != (traded > 0):
        return []
    parts = [(total * fill.cash / traded).quantize(_CENT, ROUND_DOWN) for fill in fills]
    parts[0] += total - sum(parts, ZERO)
    return [(codes.copy().pop(), part) for part in parts]


def _shared(costs: Sequence[Movement], currency: str) -> tuple[list[Movement], list[Movement]]:
    """The costs of a trade that it holds itself, and those apart: it has one fee, and its tax is in its currency."""
    own = [row for row in costs if row.currency == currency]
    foreign = [row for row in costs if row.currency != currency and row.meaning == "fee"]
    if len({row.currency for row in foreign}) == 1 and not any(row.meaning == "fee" for row in own):
        own += foreign
    return own, [row for row in costs if row not in own]


def _cost(row: Movement) -> Draft:
    return Draft(
        kind=Kind.FEE if row.meaning == "fee" else Kind.TAX,
        day=row.day,
        at=row.at,
        instrument=row.named,
        currency=row.currency,
        cash=row.cash,
        ref=row.order,
        note=row.said,
        rows=row.rows,
    )


def _fill(
    fill: Movement, paid: tuple[str, Decimal] | None, costs: Sequence[Movement], legs: Sequence[Movement]
) -> Draft:
    trade = fill.trade
    if trade is None:
        raise AssertionError(fill)
    currency, cash = paid or (fill.currency, fill.cash)
    fees = [row for row in costs if row.meaning == "fee"]
    taxes = [row for row in costs if row.meaning == "transaction_tax"]
    fee = -sum((row.cash for row in fees), ZERO)
    fee_currency = next((row.currency for row in fees if row.currency != currency), "")
    tax = -sum((row.cash for row in taxes), ZERO)
    buying = cash < 0 or (cash == 0 and trade.side >= 0)
    return Draft(
        kind=Kind.BUY if buying else Kind.SELL,
        day=fill.day,
        at=fill.at,
        instrument=fill.named,
        quantity=trade.quantity if buying else -trade.quantity,
        currency=currency,
        cash=cash - tax - (ZERO if fee_currency else fee),
        fee=fee,
        fee_currency=fee_currency,
        tax=max(tax, ZERO),
        price=trade.price,
        price_currency="" if trade.currency == currency else trade.currency,
        rate=(abs(cash) / abs(fill.cash)).quantize(_FINEST) if paid and fill.cash else None,
        ref=fill.order,
        note=fill.said if trade.event else "",
        rows=tuple(sorted({*fill.rows, *(row for each in (*costs, *legs) for row in each.rows)})),
    )


def _doubts(fill: Movement) -> list[Problem]:
    """Whether the amount is not quantity times price, nor a whole number of times it, as a contract's is."""
    trade = fill.trade
    if trade is None or not fill.cash or not trade.quantity * trade.price or trade.currency != fill.currency:
        return []
    times = abs(fill.cash) / (trade.quantity * trade.price)
    whole = times.to_integral_value()
    if abs(fill.cash) < 1 or (whole and abs(times - whole) < whole / 100):
        return []
    what = f"{trade.quantity} at {trade.price} is {trade.quantity * trade.price:,}, but {abs(fill.cash):,} moved."
    return [Problem(fill.rows, what, "Compare with the broker's note of the trade.", fill.content, blocking=False)]


def exchanges(legs: Sequence[Movement]) -> list[Outcome]:
    """Pairs of legs as exchanges, in the order in which they stand; a leg without its other is a problem."""
    waiting: list[Movement] = []
    outcomes: list[Outcome] = []
    for leg in legs:
        other = next((w for w in waiting if (w.cash > 0) != (leg.cash > 0) and w.currency != leg.currency), None)
        if other is None:
            waiting.append(leg)
            continue
        waiting.remove(other)
        outcomes.append(_exchange(*((leg, other) if leg.cash < 0 else (other, leg))))
    outcomes.extend(
        Problem(
            leg.rows,
            f"The other half of this change of currency ({leg.cash:+,} {leg.currency}) is not in the file.",
            "Export a longer period, or add the exchange by hand.",
            leg.content,
        )
        for leg in waiting
    )
    return outcomes


def _exchange(given: Movement, received: Movement) -> Draft:
    return Draft(
        kind=Kind.EXCHANGE,
        day=given.day,
        at=given.at,
        currency=given.currency,
        cash=given.cash,
        to_cash=received.cash,
        to_currency=received.currency,
        ref=given.order,
        rows=tuple(sorted({*given.rows, *received.rows})),
    )
