"""Sales matched with purchases as the United Kingdom asks, in the portfolio's currency, over all its accounts.

In this order (HMRC, Capital Gains Manual CG51560; TCGA 1992): the purchases of the same day (s.105), then those of the
30 days after, the earliest first (s.106A), then the section 104 pool at its average cost. All purchases of a day count
as one. Units of different days are compared on one scale where a split lies between them. Sales that were marked short
are matched with what covered them, and are none of this.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from openbell.model.transactions import Transaction
from openbell.portfolio.holdings import Movement
from openbell.portfolio.lots import ZERO, Closed, Lot, Rule, Sum, nothing, times

AFTER = timedelta(days=30)

_Key = tuple[str, str, date, str]
"""An action: what it did, its instrument, day, and the other instrument."""


def pooled(
    movements: Sequence[Movement], lots: Sequence[Lot], closed: Iterable[Closed], base: str
) -> tuple[tuple[Lot, ...], tuple[Closed, ...]]:
    """Open and closed lots with costs and proceeds in `base`; an account's lot is its share of the pool, by units.

    `lots` and `closed` are what the same movements came to in another way: of short sales they stay.
    """
    matches = _Matches(movements, base)
    pools = _Pools(matches, base)
    for movement in movements:
        pools.follow(movement)
    short = [each for each in closed if each.short]
    every = sorted([*pools.closed, *short], key=lambda each: each.day)
    return tuple(_of_accounts(lots, pools.pools, base)), tuple(every)


@dataclass(slots=True)
class _Bought:
    """What all purchases of one day brought, as far as no sale is matched with it yet."""

    day: date
    first: Transaction
    scale: Fraction
    units: Fraction = Fraction(0)
    """On the scale of the instrument's first day."""
    cost: Sum | None = None

    def add(self, units: Fraction, cost: Sum) -> None:
        self.units += units
        self.cost = cost if self.cost is None else self.cost + cost

    def take(self, units: Fraction) -> Sum:
        """What `units` of them cost, which are matched now."""
        if self.cost is None:
            raise ValueError("nothing was bought")
        part = self.cost.part(_decimal(units), _decimal(self.units))
        self.units -= units
        self.cost = self.cost - part
        return part


@dataclass(slots=True)
class _Sold:
    """One sale, as far as it is not matched yet."""

    movement: Movement
    left: Fraction
    scale: Fraction
    found: list[tuple[_Bought, Fraction, Sum, Rule]] = field(default_factory=list)


@dataclass(slots=True)
class _Trades:
    """The purchases and sales of one instrument, by day."""

    bought: dict[date, _Bought] = field(default_factory=dict)
    sold: dict[date, list[_Sold]] = field(default_factory=dict)

    def match(self) -> None:
        """First every sale with its own day, then each in turn with the 30 days after it."""
        for day in sorted(self.sold.keys() & self.bought.keys()):
            self._pair(day, self.bought[day], "same_day")
        for day in sorted(self.sold):
            for later in sorted(each for each in self.bought if day < each <= day + AFTER):
                self._pair(day, self.bought[later], "30_days")

    def _pair(self, day: date, bought: _Bought, rule: Rule) -> None:
        for sold in self.sold[day]:
            if units := min(sold.left, bought.units):
                sold.left -= units
                sold.found.append((bought, units, bought.take(units), rule))


class _Matches:
    """Which sales are matched with purchases, so that both leave the pool as it is."""

    def __init__(self, movements: Sequence[Movement], base: str) -> None:
        self.before: dict[_Key, Decimal] = {}
        self.after: dict[_Key, Decimal] = {}
        self.sales: dict[int, _Sold] = {}
        self.purchases: dict[int, _Bought] = {}
        trades: dict[str, _Trades] = {}
        scales: dict[str, Fraction] = {}
        names: dict[str, str] = {}
        self._add_up(movements)
        done: set[_Key] = set()
        for movement in movements:
            name = names.get(movement.instrument, movement.instrument)
            scale = scales.get(name, Fraction(1))
            key = (movement.what, movement.instrument, movement.day, movement.other)
            if movement.what == "in" and movement.transaction:
                of = trades.setdefault(name, _Trades())
                day = of.bought.setdefault(movement.day, _Bought(movement.day, movement.transaction, scale))
                day.add(Fraction(movement.quantity) / scale, movement.sum.in_base(base))
                self.purchases[id(movement)] = day
            elif movement.what == "out":
                sold = _Sold(movement, Fraction(movement.quantity) / scale, scale)
                trades.setdefault(name, _Trades()).sold.setdefault(movement.day, []).append(sold)
                self.sales[id(movement)] = sold
            elif movement.what == "scale" and key not in done:
                scales[name] = scale * (self.ratio(key) or 1)  # 0: too few to leave a unit
            elif movement.what == "become" and self.ratio(key) == 1:
                names[movement.other] = name  # another name for the same
            done.add(key)
        for of in trades.values():
            of.match()

    def ratio(self, key: _Key) -> Fraction:
        """The units of all accounts after an action, for one before."""
        return Fraction(self.after[key]) / Fraction(self.before[key])

    def _add_up(self, movements: Sequence[Movement]) -> None:
        for movement in movements:
            if movement.what in {"scale", "become", "leave"}:
                key = (movement.what, movement.instrument, movement.day, movement.other)
                self.before[key] = self.before.get(key, ZERO) + movement.before
                self.after[key] = self.after.get(key, ZERO) + movement.quantity


@dataclass(slots=True)
class _Pool:
    """All units of one instrument that are held, and what they cost."""

    first: Transaction
    acquired: date
    units: Decimal
    cost: Sum

    def add(self, other: _Pool) -> _Pool:
        if not self.units:
            return other
        return _Pool(self.first, min(self.acquired, other.acquired), self.units + other.units, self.cost + other.cost)


class _Pools:
    """The pools along the way, and the sales that were made out of them or matched."""

    def __init__(self, matches: _Matches, base: str) -> None:
        self._matches = matches
        self._base = base
        self._done: set[object] = set()
        self.pools: dict[str, _Pool] = {}
        self.closed: list[Closed] = []

    def follow(self, movement: Movement) -> None:
        """What the movement does to its pool; what happens to every account is done once."""
        if movement.what == "in":
            self._buy(movement)
        elif movement.what == "out":
            self._sell(movement)
        elif movement.instrument not in self.pools:
            return
        elif movement.what == "cost":
            self._return(movement)
        elif (key := (movement.what, movement.instrument, movement.day, movement.other)) not in self._done:
            self._done.add(key)
            self._change(movement, key)

    def _buy(self, movement: Movement) -> None:
        bought = self._matches.purchases[id(movement)]
        if id(bought) in self._done or not bought.units or bought.cost is None:
            return
        self._done.add(id(bought))
        units = times(_decimal(bought.units), bought.scale)
        self._put(movement.instrument, _Pool(bought.first, movement.acquired or movement.day, units, bought.cost))

    def _put(self, instrument: str, pool: _Pool) -> None:
        before = self.pools.get(instrument)
        self.pools[instrument] = pool if before is None else before.add(pool)

    def _sell(self, movement: Movement) -> None:
        sold = self._matches.sales[id(movement)]
        rest, left = movement.sum.in_base(self._base), movement.quantity
        for bought, units, cost, rule in sold.found:
            own = min(times(_decimal(units), sold.scale), left)
            got = rest.part(own, left)
            rest, left = rest - got, left - own
            self._close(movement, bought.first, bought.day, own, cost, got, rule)
        pool = self.pools.get(movement.instrument)
        if not left:
            return
        if pool and pool.units:
            cost = pool.cost.part(min(left, pool.units), pool.units)
            pool.units, pool.cost = pool.units - min(left, pool.units), pool.cost - cost
            self._close(movement, pool.first, pool.acquired, left, cost, rest, "pool")
        elif movement.transaction:
            unknown = Sum(None, self._base, None)
            self._close(movement, movement.transaction, movement.day, left, unknown, rest, "pool")

    def _return(self, movement: Movement) -> None:
        pool, returned = self.pools[movement.instrument], movement.sum.in_base(self._base)
        if returned.amount is None or pool.cost.amount is None:
            pool.cost = Sum(None, self._base, None, pool.cost.fees, pool.cost.taxes)
            return
        cut = min(returned.amount, pool.cost.amount)
        pool.cost = replace(pool.cost, amount=pool.cost.amount - cut, base=pool.cost.amount - cut)
        if over := returned.amount - cut:
            gain = Sum(over, self._base, over)
            self._close(movement, pool.first, pool.acquired, ZERO, nothing(self._base), gain, "pool")

    def _change(self, movement: Movement, key: _Key) -> None:
        pool = self.pools[movement.instrument]
        if movement.what == "leave":
            left = pool.cost.part(movement.part, Decimal(1)) if movement.part else nothing(self._base)
            pool.cost -= left
            self._put(movement.other, _Pool(pool.first, pool.acquired, self._matches.after[key], left))
            return
        pool.units = times(pool.units, self._matches.ratio(key))
        if movement.what == "become":
            del self.pools[movement.instrument]
            self._put(movement.other, pool)

    def _close(
        self, by: Movement, opened: Transaction, acquired: date, units: Decimal, cost: Sum, proceeds: Sum, rule: Rule
    ) -> None:
        self.closed.append(
            Closed(by.account, by.instrument, opened, by.transaction, by.day, acquired, units, cost, proceeds, rule)
        )


def _of_accounts(lots: Sequence[Lot], pools: dict[str, _Pool], base: str) -> Iterable[Lot]:
    """Each account's share of the pools; what is short, and what came out of that, keeps its own cost."""
    units: dict[str, dict[int, Decimal]] = {}
    for lot in lots:
        if lot.quantity > 0:
            held = units.setdefault(lot.instrument, {})
            held[lot.account] = held.get(lot.account, ZERO) + lot.quantity
    actions = {(lot.account, lot.instrument): lot.actions for lot in reversed(lots)}
    for lot in lots:
        if lot.quantity < 0:
            yield lot
        elif lot.instrument not in pools:
            yield replace(lot, cost=lot.cost.in_base(base))
    for instrument, held in units.items():
        if (pool := pools.get(instrument)) is None:
            continue
        rest, left = pool.cost, sum(held.values(), ZERO)
        for account, own in held.items():
            cost = rest.part(own, left)
            rest, left = rest - cost, left - own
            yield Lot(
                account, instrument, pool.first, pool.acquired, own, cost, actions[account, instrument], pool=True
            )


def _decimal(units: Fraction) -> Decimal:
    return Decimal(units.numerator) / units.denominator
