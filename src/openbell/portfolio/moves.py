"""What each transaction moved, from one part of a portfolio to another or from outside: the flows of every return."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Literal, NamedTuple

from openbell.model.money import LARGEST
from openbell.model.transactions import TOLD_ACTIONS, Kind, Transaction
from openbell.portfolio.actions import Happening
from openbell.portfolio.cash import charges, moved
from openbell.portfolio.lots import SMALLEST, ZERO


class Part(NamedTuple):
    """One thing that is counted: the units of an instrument, or the cash of a currency, in one account."""

    account: int
    instrument: str | None
    """None: cash."""
    currency: str
    """Of cash; empty for units."""


def in_order(part: Part) -> tuple[int, str, str]:
    """By what parts are listed that nothing else puts in order, however their figures were reckoned."""
    return part.account, part.instrument or "", part.currency


@dataclass(frozen=True, slots=True)
class Move:
    """Worth that came into a part (more than 0) or left it (less than 0), other than by its own gain."""

    day: date
    part: Part
    amount: Decimal | None
    """In the portfolio's currency, at the rate of the day; None: a price or a rate is missing."""
    transaction: Transaction | None
    """None: an action of the instrument moved it."""
    event: int
    """The same number for all moves of one event: what stays inside whatever is looked at cancels out."""
    note: str = ""
    """What was assumed of it."""


Charged = Literal["income", "fee", "tax"]


class Paid(NamedTuple):
    """An amount as it was paid."""

    amount: Decimal
    currency: str
    """Empty: units of the part's instrument, worth their price of the day."""


@dataclass(frozen=True, slots=True)
class Charge:
    """Income, a fee or a tax of one part, in the portfolio's currency. Income is before tax and fees."""

    day: date
    part: Part
    kind: Charged
    amount: Decimal | None
    """What was `paid`, each at the rate of the day; None: a price or a rate is missing."""
    transaction: Transaction
    paid: tuple[Paid, ...]


Worth = Callable[[Decimal, str, date], Decimal | None]
"""An amount of a currency on a day, in the portfolio's."""
UnitsWorth = Callable[[str, Decimal, date], Decimal | None]
"""Units of an instrument at their price of a day, in the portfolio's currency."""


def rounded(number: Decimal) -> Decimal:
    """`number` to as many decimals as an amount can have, so that sums stay exact."""
    return number.quantize(SMALLEST) if abs(number) < LARGEST else number


def summed(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum; None where one is not known."""
    total = ZERO
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def told_cash(transactions: Sequence[Transaction]) -> frozenset[int]:
    """The accounts whose cash is told: deposits into it, an opening balance, or money of another account at its start.

    Of the others only trades are known: their purchases count as money paid in and their sales as money taken out,
    since the balance would otherwise be a debt that does not exist. What another account sends later tells nothing of
    how the earlier purchases were paid.
    """
    told = {each.account for each in transactions if each.kind is Kind.DEPOSIT}
    told |= {each.account for each in transactions if each.kind is Kind.OPENING and each.cash and not each.instrument}
    return frozenset(told.union(_begun_by_transfer(transactions)))


def _begun_by_transfer(transactions: Sequence[Transaction]) -> Iterator[int]:
    """The accounts whose cash another one sent money to on its first day."""
    sent = [each for each in transactions if each.kind is Kind.TRANSFER and not each.instrument]
    for account in {each.to_account for each in sent if each.to_account is not None}:
        first = min(
            (
                each.day
                for each in transactions
                if account in {each.account, each.to_account}
                and any(part.account == account for part, _ in cash_effects(each))
            ),
            default=None,
        )
        if any(each.day == first and each.to_account == account for each in sent):
            yield account


def cash_effects(transaction: Transaction) -> Iterator[tuple[Part, Decimal]]:
    """How a transaction changes balances: each part of cash and by how much."""
    for _, account, currency, amount in moved(transaction):
        yield Part(account, None, currency), amount


def moves_of(
    transactions: Sequence[Transaction],
    told: frozenset[int],
    worth: Worth,
    units_worth: UnitsWorth,
    never_held: Mapping[int, Decimal],
) -> Iterator[Move]:
    """The moves of every transaction, in order; `event` is its place.

    Units that it gave away and that were `never_held` moved nothing: what a sale received for them came from outside,
    since what they had gained is not known.
    """
    for event, each in enumerate(transactions):
        for part, amount, note in _moved(each, told, worth, units_worth, never_held.get(each.id, ZERO)):
            if part.instrument is not None or part.account in told or note == _OUTSIDE:
                yield Move(each.day, part, None if amount is None else rounded(amount), each, event, note)


def charges_of(transactions: Iterable[Transaction], worth: Worth, units_worth: UnitsWorth) -> Iterator[Charge]:
    """Income before tax and fees, fees and taxes, of every transaction."""
    for each in transactions:
        part = Part(each.account, each.instrument, "" if each.instrument else each.currency)
        if each.kind in {Kind.DIVIDEND, Kind.INTEREST}:
            income = tuple(_income(each))
            worths = [
                worth(paid.amount, paid.currency, each.day)
                if paid.currency
                else units_worth(each.instrument or "", paid.amount, each.day)
                for paid in income
            ]
            yield Charge(each.day, part, "income", summed(worths), each, income)
        for cost in charges([each]):
            paid = Paid(cost.amount, cost.currency)
            yield Charge(each.day, part, cost.what, worth(*paid, each.day), each, (paid,))


def _income(each: Transaction) -> Iterator[Paid]:
    """Cash before tax and fees, and units that came at what their lot counts as having cost."""
    fee = each.fee if each.fee_currency in {"", each.currency} else ZERO
    cash = each.cash + each.tax + fee
    if cash or not each.quantity:
        yield Paid(cash, each.currency)
    if not each.quantity:
        return
    if each.cost is not None:
        yield Paid(each.cost - min(each.cash, ZERO), each.currency)
    elif each.price is not None:
        yield Paid(each.price * each.quantity, each.price_currency or each.currency)
    else:
        yield Paid(each.quantity, "")


def changeovers(
    happened: Iterable[Happening],
    steps: Mapping[tuple[int, str], Sequence[tuple[date, Decimal]]],
    transactions: Sequence[Transaction],
    units_worth: UnitsWorth,
) -> Iterator[Move]:
    """What spin-offs, mergers and renames moved from one instrument to another: the new units at their first price.

    The new units are those that came on that day and that no transaction brought.
    """
    events = count(len(transactions))
    for action in happened:
        if action.other is None:
            continue
        for (account, instrument), changes in steps.items():
            came = _change(changes, action.day) if instrument == action.other else ZERO
            came -= sum((_brought(each, account, instrument, action.day) for each in transactions), ZERO) if came else 0
            if came:
                valued = units_worth(instrument, came, action.day)
                amount, event = None if valued is None else rounded(valued), next(events)
                source = Part(account, action.instrument, "")
                yield Move(action.day, source, None if amount is None else -amount, None, event)
                yield Move(action.day, Part(account, instrument, ""), amount, None, event)


def _change(changes: Sequence[tuple[date, Decimal]], day: date) -> Decimal:
    before = ZERO
    for changed, units in changes:
        if changed == day:
            return units - before
        before = units
    return ZERO


def _brought(each: Transaction, account: int, instrument: str, day: date) -> Decimal:
    if each.day != day or each.instrument != instrument or each.kind in TOLD_ACTIONS:
        return ZERO
    sent = -_left(each) if each.to_account == account else ZERO
    return sent + (_left(each) if each.account == account else ZERO)


def _left(each: Transaction, lacking: Decimal = ZERO) -> Decimal:
    """Units, less than 0, that a transfer took out of its account; more, where those were sold short."""
    units = each.quantity + lacking
    return -units if each.kind is Kind.TRANSFER and each.short else units


_OUTSIDE = "paid from outside: this account's cash is not told"
_UNTOLD = "sent between an account whose cash is told and one whose is not"
_INTERNAL = frozenset({Kind.INTEREST, Kind.FEE, Kind.TAX})
_BY_VALUE = frozenset({Kind.DELIVERY_IN, Kind.DELIVERY_OUT, Kind.OPENING})

_Moved = tuple[Part, Decimal | None, str]


def _moved(
    each: Transaction, told: frozenset[int], worth: Worth, units_worth: UnitsWorth, lacking: Decimal
) -> Iterator[_Moved]:
    if each.kind is Kind.EXCHANGE or (each.kind is Kind.TRANSFER and not each.instrument):
        yield from _sent(each, told, worth)
        return
    if each.instrument is None:
        yield from _plain_cash(each, told, worth)
        return
    position = Part(each.account, each.instrument, "")
    for part, amount in cash_effects(each):
        valued = worth(amount, part.currency, each.day)
        yield part, valued, ""
        if each.kind is not Kind.OPENING:
            yield position, None if valued is None else -valued, ""
        if each.kind is Kind.SELL and lacking:
            yield position, None if valued is None else valued * lacking / -each.quantity, ""
    if not each.quantity + lacking:
        return
    if each.kind in _BY_VALUE:
        yield position, *_value(each, each.quantity + lacking, worth, units_worth)
    elif each.kind is Kind.TRANSFER and each.to_account is not None:
        valued = units_worth(each.instrument, -_left(each, lacking), each.day)
        yield position, None if valued is None else -valued, ""
        yield Part(each.to_account, each.instrument, ""), valued, ""


def _sent(each: Transaction, told: frozenset[int], worth: Worth) -> Iterator[_Moved]:
    """Cash to another currency or account: what arrived is what left; a fee or a margin is the sender's loss."""
    for part, arrived in cash_effects(each):
        if arrived > 0:
            valued = worth(arrived, part.currency, each.day)
            note = "" if (part.account in told) == (each.account in told) else _UNTOLD
            yield Part(each.account, None, each.currency), None if valued is None else -valued, note
            yield part, valued, note


def _plain_cash(each: Transaction, told: frozenset[int], worth: Worth) -> Iterator[_Moved]:
    """Deposits are flows; interest, fees and taxes are gains or losses of the cash itself, wherever it lies."""
    for part, amount in cash_effects(each):
        valued = worth(amount, part.currency, each.day)
        if each.kind not in _INTERNAL:
            yield part, valued, ""
        elif each.account not in told:
            yield part, None if valued is None else -valued, _OUTSIDE


def _value(each: Transaction, quantity: Decimal, worth: Worth, units_worth: UnitsWorth) -> tuple[Decimal | None, str]:
    """What `quantity` units that came or went without a trade are worth that day: by its close, else as is told."""
    assert each.instrument is not None
    valued = units_worth(each.instrument, quantity, each.day)
    if valued is not None:
        return valued, ""
    if each.price is not None:
        priced = worth(each.price * quantity, each.price_currency or each.currency, each.day)
        return priced, "at the price that the statement tells: there is no close of that day"
    if each.cost is not None:
        return worth(
            each.cost * quantity / abs(each.quantity), each.currency, each.day
        ), "at its cost: there is no price of that day"
    return None, "no price of that day is known"
