"""What is held at one moment of a walk: the lots of each account and instrument, and what was closed on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from openbell.model.transactions import Method, Pick, Transaction
from openbell.portfolio.lots import ZERO, Applied, Closed, Lot, Rule, Sum, nothing, shared
from openbell.portfolio.matching import taken

Key = tuple[int, str]
"""An account and an instrument."""


@dataclass(frozen=True, slots=True)
class Movement:
    """What a walk did to units that were held, for who matches sales with purchases in another way afterwards."""

    what: str
    """in | out | scale | cost | leave | become"""
    day: date
    account: int
    instrument: str
    transaction: Transaction | None
    quantity: Decimal
    """Scale, leave and become: the units afterwards, those of the other instrument."""
    sum: Sum
    before: Decimal = ZERO
    other: str = ""
    part: Decimal = ZERO
    acquired: date | None = None


class Holdings:
    """Lots by account and instrument; all lots of one key are held, or all are sold short."""

    def __init__(self, method: Method) -> None:
        self.method = method
        self.lots: dict[Key, list[Lot]] = {}
        self.held: dict[Key, Decimal] = {}
        self.steps: dict[Key, list[tuple[date, Decimal]]] = {}
        """The units at the end of each day on which they changed."""
        self.splits: dict[str, list[tuple[date, Fraction]]] = {}
        self.closed: list[Closed] = []
        self.moved_short: set[int] = set()
        """The transfers that moved what was sold short, by their ids."""
        self.never_held: dict[int, Decimal] = {}
        """By transaction, the units that it gave away and that were not there."""
        self.never_chosen: dict[tuple[int, int], Decimal] = {}
        """By transaction and the lot that it chose, the units that it was to take of that and that were not in it."""
        self.movements: list[Movement] | None = [] if method == "s104" else None

    def copy(self) -> Holdings:
        """One that goes on by itself."""
        new = Holdings(self.method)
        new.lots = {key: lots.copy() for key, lots in self.lots.items()}
        new.held = self.held.copy()
        new.steps = {key: steps.copy() for key, steps in self.steps.items()}
        new.splits = {name: splits.copy() for name, splits in self.splits.items()}
        new.closed = self.closed.copy()
        new.moved_short = self.moved_short.copy()
        new.never_held = self.never_held.copy()
        new.never_chosen = self.never_chosen.copy()
        new.movements = None if self.movements is None else self.movements.copy()
        return new

    def put_back(self, other: Holdings) -> None:
        """Be as `other` is, which must not be used any more."""
        self.lots, self.held, self.steps = other.lots, other.held, other.steps
        self.splits, self.closed, self.movements = other.splits, other.closed, other.movements
        self.moved_short, self.never_held = other.moved_short, other.never_held
        self.never_chosen = other.never_chosen

    def units(self, account: int, instrument: str) -> Decimal:
        """What is held now; less than 0: short."""
        return self.held.get((account, instrument), ZERO)

    def accounts_with(self, instrument: str) -> list[int]:
        """The accounts that hold it now, or are short of it."""
        return [account for (account, name), units in self.held.items() if name == instrument and units]

    def acquire(self, by: Transaction, key: Key, quantity: Decimal, cost: Sum, acquired: date | None = None) -> None:
        """Units come in: they cover what was sold short; the others are a new lot, or more of the pool."""
        day = acquired or by.day
        own = quantity - min(quantity, max(ZERO, -self.held.get(key, ZERO)))
        if own:
            self._record("in", by.day, key, by, own, cost.part(own, quantity), acquired=day)
        self._arrive(Lot(*key, by, day, quantity, cost), by.day, by)

    def sell_short(self, by: Transaction, key: Key, quantity: Decimal, proceeds: Sum) -> None:
        """Units that are not held are sold."""
        self._arrive(Lot(*key, by, by.day, -quantity, turned(proceeds)), by.day, by)

    def dispose(
        self, by: Transaction | None, day: date, key: Key, quantity: Decimal, proceeds: Sum, picks: Sequence[Pick] = ()
    ) -> None:
        """Units that are held go."""
        self._record("out", day, key, by, quantity, proceeds)
        rule: Rule = "average" if self.method == "average" else "lots"
        rest, left = proceeds, quantity
        for lot in self._taken(key, quantity, picks):
            got = rest.part(lot.quantity, left)
            rest, left = rest - got, left - lot.quantity
            self._close(lot, by, day, lot.quantity, lot.cost, got, rule)
        self._step(key, day, -quantity)

    def move(self, by: Transaction, source: Key, target: Key, quantity: Decimal) -> None:
        """Units go to another account, with what they cost and since when they are held; or what is short of them."""
        moved = self._taken(source, quantity, ())
        if self.held[source] < 0:
            self.moved_short.add(by.id)
        self._step(source, by.day, -sum((lot.quantity for lot in moved), ZERO))
        for lot in moved:
            self._arrive(replace(lot, account=target[0]), by.day, by)

    def scale(self, key: Key, day: date, after: Decimal, applied: Applied) -> None:
        """The same lots, in other units that come to `after`."""
        lots = self.lots[key]
        before = self.held[key]
        units = shared(after, [lot.quantity for lot in lots])
        scaled = [
            replace(lot, quantity=part, actions=(*lot.actions, applied)) for lot, part in zip(lots, units, strict=True)
        ]
        self.lots[key] = _without_empty(scaled)
        self._record("scale", day, key, None, after, lots[0].cost, before=before)
        self._step(key, day, after - before)

    def tell_scale(self, instrument: str, day: date, ratio: Fraction) -> None:
        """A unit is another one from `day` on, also where none is held."""
        self.splits.setdefault(instrument, []).append((day, ratio))
        if not any(self.held[account, instrument] > 0 for account in self.accounts_with(instrument)):
            units, before = Decimal(ratio.numerator), Decimal(ratio.denominator)
            self._record("scale", day, (0, instrument), None, units, nothing(""), before=before)

    def leave(
        self, by: Transaction | None, key: Key, day: date, other: str, units: Decimal, part: Decimal, applied: Applied
    ) -> None:
        """Units of `other` come out of each lot, with that part of its cost and its day."""
        lots = self.lots[key]
        self._record("leave", day, key, by, units, lots[0].cost, other=other, part=part)
        kept, come = [], []
        for lot, new in zip(lots, shared(units, [lot.quantity for lot in lots]), strict=True):
            left = lot.cost.part(part, Decimal(1)) if part else nothing(lot.cost.currency)
            actions = (*lot.actions, applied)
            kept.append(replace(lot, cost=lot.cost - left, actions=actions))
            come.append(replace(lot, instrument=other, quantity=new, cost=left, actions=actions))
        self.lots[key] = kept
        for lot in _without_empty(come):
            self._arrive(lot, day, by)

    def become(self, by: Transaction | None, key: Key, day: date, other: str, units: Decimal, applied: Applied) -> None:
        """The lots are of `other` from now on."""
        lots = self.lots.pop(key)
        self._record("become", day, key, by, units, lots[0].cost, before=self.held[key], other=other)
        self._step(key, day, -self.held[key])
        shares = shared(units, [lot.quantity for lot in lots])
        new = [
            replace(lot, instrument=other, quantity=part, actions=(*lot.actions, applied))
            for lot, part in zip(lots, shares, strict=True)
        ]
        for lot in _without_empty(new):
            self._arrive(lot, day, by)

    def return_capital(
        self, by: Transaction | None, day: date, key: Key, returned: Sum, in_currency: Callable[[Sum, str], Sum]
    ) -> None:
        """What was returned cuts the cost of each lot by its units; the excess is a gain. Less than 0 adds to it."""
        lots = self.lots[key]
        self._record("cost", day, key, by, self.held[key], returned)
        rest, left = returned, self.held[key]
        for at, lot in enumerate(lots):
            own = rest.part(lot.quantity, left)
            rest, left = rest - own, left - lot.quantity
            lots[at], over = _cut(lot, in_currency(own, lot.cost.currency))
            if over.amount or over.base:
                self._close(lot, by, day, ZERO, nothing(over.currency), over, "lots")

    def _arrive(self, lot: Lot, day: date, by: Transaction | None) -> None:
        """The lot is there, as far as it does not close what is held the other way round."""
        key = (lot.account, lot.instrument)
        held = self.held.get(key, ZERO)
        if held * lot.quantity < 0:
            against = min(abs(held), abs(lot.quantity))
            cost = lot.cost.part(against.copy_sign(lot.quantity), lot.quantity)
            if lot.quantity > 0:
                self._cover(by, day, key, against, cost)
            else:
                self.dispose(by, day, key, against, turned(cost))
            lot = _with(lot, lot.quantity - against.copy_sign(lot.quantity), lot.cost - cost)
        if lot.quantity:
            self._put(lot)
            self._step(key, day, lot.quantity)

    def _taken(self, key: Key, quantity: Decimal, picks: Sequence[Pick]) -> list[Lot]:
        """Lots of `quantity` units, which are no longer there."""
        lots = self.lots[key]
        out, gone = [], []
        for at, units in taken(lots, quantity, self.method, picks):
            lot = lots[at]
            if units == lot.quantity:
                out.append(lot)
                gone.append(at)
                continue
            cost = lot.cost.part(units, lot.quantity)
            out.append(_with(lot, units, cost))
            lots[at] = _with(lot, lot.quantity - units, lot.cost - cost)
        for at in sorted(gone, reverse=True):
            del lots[at]
        return out

    def _cover(self, by: Transaction | None, day: date, key: Key, quantity: Decimal, cost: Sum) -> None:
        rest, left = cost, quantity
        for lot in self._taken(key, quantity, ()):
            units = -lot.quantity
            own = rest.part(units, left)
            rest, left = rest - own, left - units
            self._close(lot, by, day, units, own, turned(lot.cost), "cover")
        self._step(key, day, quantity)

    def _close(
        self, lot: Lot, by: Transaction | None, day: date, quantity: Decimal, cost: Sum, proceeds: Sum, rule: Rule
    ) -> None:
        self.closed.append(
            Closed(
                lot.account,
                lot.instrument,
                lot.opened,
                by,
                day,
                lot.acquired,
                quantity,
                cost,
                proceeds,
                rule,
                lot.actions,
            )
        )

    def _put(self, lot: Lot) -> None:
        lots = self.lots.setdefault((lot.account, lot.instrument), [])
        if self.method == "average" and lot.quantity > 0:
            for at, pool in enumerate(lots):
                if pool.cost.currency == lot.cost.currency:
                    lots[at] = _pooled(pool, lot)
                    return
        lots.append(lot)

    def _step(self, key: Key, day: date, change: Decimal) -> None:
        units = self.held[key] = self.held.get(key, ZERO) + change
        steps = self.steps.setdefault(key, [])
        if steps and steps[-1][0] == day:
            steps[-1] = (day, units)
        else:
            steps.append((day, units))

    def _record(
        self,
        what: str,
        day: date,
        key: Key,
        by: Transaction | None,
        quantity: Decimal,
        amount: Sum,
        *,
        before: Decimal = ZERO,
        other: str = "",
        part: Decimal = ZERO,
        acquired: date | None = None,
    ) -> None:
        own = what in {"in", "out"} or not key[0] or self.held.get(key, ZERO) > 0  # what is short is in no pool
        if self.movements is not None and own:
            self.movements.append(Movement(what, day, *key, by, quantity, amount, before, other, part, acquired))


def turned(amount: Sum) -> Sum:
    """What was received as what was paid, and the other way round; fees and taxes stay what they are."""
    return Sum(
        None if amount.amount is None else -amount.amount,
        amount.currency,
        None if amount.base is None else -amount.base,
        amount.fees,
        amount.taxes,
    )


def _cut(lot: Lot, returned: Sum) -> tuple[Lot, Sum]:
    """The lot at what it cost less what was `returned`, and what exceeds that; in each currency by itself."""
    amount, over = _less(lot.cost.amount, returned.amount)
    base, over_base = _less(lot.cost.base, returned.base)
    cost = replace(lot.cost, amount=amount, base=base)
    return replace(lot, cost=cost), Sum(over, returned.currency, over_base)


def _less(cost: Decimal | None, returned: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    if cost is None or returned is None:
        return None, ZERO if returned is not None else None
    used = min(cost, returned) if cost >= 0 else returned
    return cost - used, returned - used


def _with(lot: Lot, quantity: Decimal, cost: Sum) -> Lot:
    return Lot(lot.account, lot.instrument, lot.opened, lot.acquired, quantity, cost, lot.actions, lot.pool)


def _pooled(pool: Lot, lot: Lot) -> Lot:
    return replace(
        pool,
        acquired=min(pool.acquired, lot.acquired),
        quantity=pool.quantity + lot.quantity,
        cost=pool.cost + lot.cost,
        pool=True,
        actions=pool.actions if pool.actions == lot.actions else (*dict.fromkeys((*pool.actions, *lot.actions)),),
    )


def _without_empty(lots: list[Lot]) -> list[Lot]:
    """Lots that are too small for a unit of the new kind leave their cost to the largest."""
    largest = max(range(len(lots)), key=lambda at: abs(lots[at].quantity))
    for at, lot in enumerate(lots):
        if not lot.quantity and at != largest and lot.cost.currency == lots[largest].cost.currency:
            lots[largest] = replace(lots[largest], cost=lots[largest].cost + lot.cost)
    return [lot for at, lot in enumerate(lots) if lot.quantity or at == largest]
